//! How names compare: folding, what can be a name, which known name is near.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest name of a link marker or of a host's placeholder, in characters.
pub const MAX_NAME_CHARS: usize = 32;

/// What a piece of text is as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A letter, then letters, digits and `_`.
    Word,
    /// Several of those with white space or `-` between them.
    Words,
    /// Nothing that could be a name.
    Other,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        let words = || text.split_whitespace().flat_map(|word| word.split('-'));
        let word_char = |c: char| c.is_alphanumeric() || c == '_' || is_combining_mark(c);
        let starts_well = words().next().is_some_and(|word| word.starts_with(char::is_alphabetic));
        if !starts_well || words().any(|word| word.is_empty() || !word.chars().all(word_char)) {
            return Self::Other;
        }
        if words().nth(1).is_none() { Self::Word } else { Self::Words }
    }
}

/// The form in which names are compared.
pub(super) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars().filter(|c| !is_invisible(*c)).nfc() {
        if c.is_whitespace() || c == '-' {
            gap = !key.is_empty();
            continue;
        }
        if gap {
            key.push('_');
            gap = false;
        }
        key.extend(c.to_lowercase().map(without_polish_mark));
    }
    key
}

/// Whether two names of placeholders are one: case, Polish diacritics and the signs between words set aside.
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

fn without_polish_mark(c: char) -> char {
    match c {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        _ => c,
    }
}

/// Whether a text made only of such characters shows nothing.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c)
}

/// Unicode's `Default_Ignorable_Code_Point`, without the unassigned ones outside plane 14.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The first `MAX_NAME_CHARS` characters of what was typed, for a fault.
pub(super) fn excerpt(typed: &str) -> String {
    typed.trim().chars().take(MAX_NAME_CHARS).collect()
}

/// The known name that `typed` (a key) most likely means: at most one slip in up to five letters, two in more; else the
/// first name that begins with it.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let length = typed.chars().count();
    if length > 2 * MAX_NAME_CHARS {
        return None;
    }
    let slips = if length <= 5 { 1 } else { 2 };
    let by_slips = known
        .clone()
        .map(|name| (slips_between(typed, &key(name)), name))
        .filter(|(count, _)| *count <= slips)
        .min_by_key(|(count, _)| *count);
    by_slips
        .map(|(_, name)| name)
        .or_else(|| known.clone().find(|name| length >= 3 && key(name).starts_with(typed)))
}

/// Letters added, left out, changed or swapped with their neighbour (optimal string alignment distance).
fn slips_between(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (i, ca) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        let mut last_b = None;
        for (j, cb) in b.iter().copied().enumerate() {
            let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut best =
                (at(&row, j) + usize::from(ca != cb)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            if j > 0 && last_a == Some(cb) && last_b == Some(ca) {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
            last_b = Some(cb);
        }
        last_a = Some(ca);
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_case_polish_letters_separators_and_invisible_characters() {
        assert_eq!(key("Imię"), "imie");
        assert_eq!(key("IMIE\u{328}"), "imie");
        assert_eq!(key(" Dzień-Tygodnia "), "dzien_tygodnia");
        assert_eq!(key("ZAŻÓŁĆ GĘŚLĄ JAŹŃ"), "zazolc_gesla_jazn");
        assert_eq!(key("imi\u{200B}e"), "imie");
        assert_eq!(key("résumé"), "résumé");
    }

    #[test]
    fn shapes() {
        for word in ["imie", " Imię ", "a", "x2", "dzien_tygodnia", "x\u{302}"] {
            assert_eq!(Shape::of(word), Shape::Word, "{word}");
        }
        for words in ["dzień tygodnia", "pon-pt", "pokój 3"] {
            assert_eq!(Shape::of(words), Shape::Words, "{words}");
        }
        for other in ["", " ", "2", "3D", "_", "pok. 3", "a - b", "-a", "a-", "❤", "a,b"] {
            assert_eq!(Shape::of(other), Shape::Other, "{other}");
        }
    }

    #[test]
    fn slips_are_counted() {
        for (a, b, slips) in
            [("imie", "imie", 0), ("imei", "imie", 1), ("", "abc", 3), ("abc", "", 3), ("dta", "data", 1)]
        {
            assert_eq!(slips_between(a, b), slips, "{a} {b}");
        }
        assert_eq!(slips_between("kitten", "sitting"), 3);
    }

    #[test]
    fn the_nearest_name_is_near() {
        let known = ["imie", "gabinet", "dzien_tygodnia"];
        let near = |typed| nearest(typed, known.iter().copied());
        assert_eq!(near("imei"), Some("imie"));
        assert_eq!(near("gabient"), Some("gabinet"));
        assert_eq!(near("dzien"), Some("dzien_tygodnia"));
        assert_eq!(near("abc"), None);
        assert_eq!(near("g"), None);
    }
}
