//! The Polish vocative of a first name: `(imie:wolacz)` for cards on which nobody wrote one.
//!
//! What is known of a name (`names.txt`, a list with its sources in its head) goes before the
//! rules, and where neither is sure the nominative stands: "Dzień dobry, Nguyen" is right, a wrong ending is not. Foreign
//! names that end in `-a` decline in Polish as Polish ones do (Olena: Oleno); those that end in a consonant mostly stay
//! as they are (Oleksandr, John).
//!
//! The room knows letters only: no patient, and nobody's sex. A name in `-a` has the same vocative whoever bears it
//! (Kuba: Kubo, Barnaba: Barnabo); in a consonant it is a man's, unless the list says otherwise (Nel, Ingrid).

mod rules;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The list: name, vocative, sex, and a mark where the rules would say something else.
const NAMES: &str = include_str!("names.txt");

/// The vocative by the name, both in lower case.
static KNOWN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let lines = NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut known = BTreeMap::new();
    for line in lines {
        let mut fields = line.split(';');
        if let (Some(name), Some(vocative)) = (fields.next(), fields.next()) {
            known.insert(name.to_lowercase(), vocative.to_lowercase());
        }
    }
    known
});

/// How one calls out to the bearer of a first name, in Polish: Anno, Janie, Anno Mario, Janie-Pawle. The name itself
/// where that is not certain. Capitals stay as they are: ANNA gives ANNO, anna gives anno.
///
/// ```
/// use depesza::template::vocative;
///
/// assert_eq!(vocative("Katarzyna"), "Katarzyno");
/// assert_eq!(vocative("PIOTR"), "PIOTRZE");
/// assert_eq!(vocative("Nguyen"), "Nguyen");
/// ```
#[must_use]
pub fn vocative(first_name: &str) -> Cow<'_, str> {
    let name: String = first_name.nfc().collect();
    let mut out = String::with_capacity(name.len() + 2);
    // one part that is not certain leaves the whole name as it is: half a vocative is worse than none
    for part in name.split_inclusive([' ', '-']) {
        let word = part.trim_end_matches([' ', '-']);
        if word.is_empty() {
            out.push_str(part);
            continue;
        }
        let lower = word.to_lowercase();
        let Some(form) = KNOWN.get(&lower).cloned().or_else(|| rules::vocative(&lower)) else {
            return Cow::Borrowed(first_name);
        };
        push_in_shape(&form, word, &mut out);
        out.push_str(part.get(word.len()..).unwrap_or_default());
    }
    Cow::Owned(out)
}

/// Appends a form in the capitals of the name it is of.
fn push_in_shape(form: &str, name: &str, out: &mut String) {
    if name.chars().nth(1).is_some() && name.chars().all(char::is_uppercase) {
        out.extend(form.chars().flat_map(char::to_uppercase));
        return;
    }
    let mut written = name.chars();
    for letter in form.chars() {
        // as far as the two go together, the letters of the name; an ending is in lower case
        match written.next() {
            Some(typed) if typed.to_lowercase().eq(std::iter::once(letter)) => out.push(typed),
            _ => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Name, vocative, sex, whether the rules would say something else.
    fn lines() -> Vec<(&'static str, &'static str, &'static str, bool)> {
        let lines = NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let fields = |line: &'static str| {
            let fields: Vec<&str> = line.split(';').collect();
            assert!(fields.len() == 3 || (fields.len() == 4 && fields[3] == "!"), "{line}");
            (fields[0], fields[1], fields[2], fields.len() == 4)
        };
        lines.map(fields).collect()
    }

    #[test]
    fn the_list_is_well_formed_and_long_enough() {
        let (mut seen, lines) = (BTreeSet::new(), lines());
        for (name, vocative, sex, _) in &lines {
            assert!(seen.insert(name.to_lowercase()), "{name} stands twice");
            assert!(matches!(*sex, "f" | "m"), "{name}");
            for form in [name, vocative] {
                assert!(
                    form.starts_with(char::is_uppercase) && form.chars().all(char::is_alphabetic),
                    "{form}"
                );
            }
        }
        assert!(lines.len() >= 1_200, "{}", lines.len());
    }

    #[test]
    fn every_listed_name_has_its_form() {
        for (name, form, ..) in lines() {
            assert_eq!(vocative(name), form);
            assert_eq!(vocative(&name.to_uppercase()), form.to_uppercase());
            assert_eq!(vocative(&name.to_lowercase()), form.to_lowercase());
        }
    }

    #[test]
    fn the_rules_alone_are_right_or_silent_but_where_the_list_marks_them_wrong() {
        let (mut sure, mut wrong, mut unmarked) = (0, 0, Vec::new());
        for (name, form, _, marked) in lines() {
            let by_rule = rules::vocative(&name.to_lowercase());
            let contradicts = by_rule.as_ref().is_some_and(|by_rule| *by_rule != form.to_lowercase());
            if contradicts != marked {
                unmarked.push((name, by_rule.clone(), form));
            }
            sure += u32::from(by_rule.is_some());
            wrong += u32::from(contradicts);
        }
        assert!(unmarked.is_empty(), "{unmarked:#?}");
        assert!(sure > 900, "the rules decide {sure}");
        assert!(wrong * 50 < sure, "the rules are wrong on {wrong} of {sure}");
    }
}
