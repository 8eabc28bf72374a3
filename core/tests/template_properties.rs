//! Compiling and rendering against a slow reference that shares no code with them, on random bodies and values.
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used)]

use depesza::model::{LinkMarker, TemplateSubject};
use depesza::template::{Catalogue, Slot, Template, ValueWriter, Values, VisitValues};
use proptest::prelude::*;

const URL: &str = "www.estomed.pl/(imie)";

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new(TemplateSubject::Visits);
    catalogue.add_link(LinkMarker { name: "link".into(), url: URL.into() }).unwrap();
    catalogue
}

/// The grammar, read off character by character. It knows the names `imie`, `nazwisko` and `link`, the format `wolacz`,
/// and bodies made of the fragments below.
mod reference {
    pub enum Part {
        Text(String),
        Value(&'static str, Option<String>),
        Link,
    }

    /// The parts, or the code and the first character of each fault.
    pub fn read(body: &str) -> Result<Vec<Part>, Vec<(&'static str, usize)>> {
        let chars: Vec<char> = body.chars().collect();
        let (mut parts, mut faults, mut at) = (Vec::new(), Vec::new(), 0);
        if body.trim().is_empty() {
            faults.push(("empty_body", 0));
        }
        while at < chars.len() {
            if chars[at] != '(' {
                parts.push(Part::Text(chars[at].to_string()));
                at += 1;
                continue;
            }
            let next_bracket = |from: usize| (from..chars.len()).find(|i| "()".contains(chars[*i]));
            if chars.get(at + 1) == Some(&'(')
                && let Some(close) = next_bracket(at + 2)
                && chars[close] == ')'
                && chars.get(close + 1) == Some(&')')
            {
                parts.push(Part::Text(chars[at + 1..=close].iter().collect()));
                at = close + 2;
                continue;
            }
            let end = next_bracket(at + 1);
            let inside: String = chars[at + 1..end.unwrap_or(chars.len())].iter().collect();
            let closed = end.is_some_and(|end| chars[end] == ')');
            let (outcome, found) = judge(&inside, closed, end.is_some());
            faults.extend(found.into_iter().map(|code| (code, at)));
            match outcome {
                Outcome::Plain => {
                    parts.push(Part::Text("(".into()));
                    at += 1;
                }
                Outcome::Taken(part) => {
                    parts.extend(part);
                    at = end.unwrap() + usize::from(closed);
                }
            }
        }
        if faults.is_empty() { Ok(parts) } else { Err(faults) }
    }

    enum Outcome {
        Plain,
        Taken(Option<Part>),
    }

    fn judge(inside: &str, closed: bool, paired: bool) -> (Outcome, Vec<&'static str>) {
        let (head, fallback) = match inside.find('|') {
            Some(bar) => (&inside[..bar], Some(inside[bar + 1..].trim())),
            None => (inside, None),
        };
        let (name, format) = match head.find(':') {
            Some(colon) => (head[..colon].trim(), Some(head[colon + 1..].trim())),
            None => (head.trim(), None),
        };
        let is_word = |text: &str| {
            text.starts_with(char::is_alphabetic) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        let all_words = is_word(name.split([' ', '\n', '-']).next().unwrap())
            && name.split(char::is_whitespace).filter(|part| !part.is_empty()).all(|part| {
                part.split('-')
                    .all(|word| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_'))
            });
        let known = match fold(name).as_str() {
            "imie" => Some("imie"),
            "nazwisko" => Some("nazwisko"),
            "link" => Some("link"),
            _ => None,
        };
        if !closed {
            return if paired && known.is_some() && fallback.is_some() {
                (Outcome::Taken(None), vec!["bracket_in_fallback"])
            } else {
                (Outcome::Plain, vec![])
            };
        }
        let Some(known) = known else {
            let meant = match fallback {
                Some(_) => all_words,
                None => is_word(name) && format.is_none_or(is_word),
            };
            return if meant {
                (Outcome::Taken(None), vec!["unknown_placeholder"])
            } else {
                (Outcome::Plain, vec![])
            };
        };
        if fallback.is_none() && format.is_some_and(|format| !format.is_empty() && !is_word(format)) {
            return (Outcome::Plain, vec![]);
        }
        let mut faults = Vec::new();
        if fallback == Some("") {
            faults.push("empty_fallback");
        }
        let has_format = match format.map(fold).as_deref() {
            None => true,
            Some("wolacz") => known == "imie",
            Some(_) => false,
        };
        if !has_format {
            faults.push("unknown_format");
        }
        let part = match (known, format) {
            ("link", _) => Part::Link,
            ("imie", Some(_)) => Part::Value("imie:wolacz", fallback.map(str::to_owned)),
            (name, _) => Part::Value(name, fallback.map(str::to_owned)),
        };
        (Outcome::Taken(Some(part)), faults)
    }

    fn fold(name: &str) -> String {
        name.to_lowercase().replace('ę', "e").replace('ł', "l")
    }

    /// The text, or the name of the first placeholder without a value.
    pub fn render(parts: &[Part], value: impl Fn(&str) -> String) -> Result<String, String> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(plain) => text += plain,
                Part::Link => text += super::URL,
                Part::Value(name, fallback) => {
                    let harmless: String =
                        value(name).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                    match (harmless.trim(), fallback) {
                        ("", Some(fallback)) => text += fallback,
                        ("", None) => return Err(name.replace(":wolacz", "")),
                        (shown, _) => text += shown,
                    }
                }
            }
        }
        Ok(text)
    }
}

/// Bodies dense in everything the grammar looks at.
fn body() -> impl Strategy<Value = String> {
    let dense = prop_oneof![
        4 => Just("("),
        4 => Just(")"),
        2 => Just("|"),
        2 => Just(":"),
        2 => Just(" "),
        4 => prop::sample::select(vec![
            "imie", "Imię", "IMIĘ", "nazwisko", "link", "wolacz", "wołacz", "abc", "pok", "_", "-", "3", ".", "\n", "🙂",
            "ż", "((", "))", "(imie)", "(imie|ty)", "(Nazwisko | pani)", "(imie:wołacz)", "((imie))", "(link)",
        ]),
    ];
    let whole = prop::sample::select(vec![
        "Witaj ",
        "(imie)",
        "(Imię|Pacjencie)",
        "(imie : Wołacz | ty)",
        "(NAZWISKO)",
        "(link)",
        "((pilne))",
        "((imie))",
        "(parter, pok. 3)",
        "(tel: 12 34)",
        "(pon-pt)",
        "(",
        ")",
        ":)",
        "\n",
        "🙂",
        "(abc)",
        "(imie|)",
        "(imie|a (",
        "(imie:x)",
        "(link:x| )",
    ]);
    let fragments = prop_oneof![prop::collection::vec(dense, 0..24), prop::collection::vec(whole, 0..8)];
    fragments.prop_map(|fragments| fragments.concat())
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(" \t".to_owned()),
        Just("(link)".to_owned()),
        Just("((imie|x))".to_owned()),
        "[ A-Za-zżółć()|:\n\u{0}\u{85}]{0,12}",
        Just("Anna".to_owned()),
    ]
}

struct Raw<'a>(&'a str);

impl Values for Raw<'_> {
    fn write(&self, _: Slot, out: &mut ValueWriter<'_>) {
        out.text(self.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn compiling_and_rendering_agree_with_the_reference(
        body in body(), first in value(), vocative in value(), last in value()
    ) {
        let compiled = Template::compile(&body, &catalogue());
        let read = reference::read(&body);
        let (template, parts) = match (compiled, read) {
            (Ok(template), Ok(parts)) => (template, parts),
            (Err(faults), Err(expected)) => {
                let found: Vec<(&str, usize)> = faults
                    .iter()
                    .map(|fault| (fault.kind.code(), body[..fault.at.start].chars().count()))
                    .collect();
                prop_assert_eq!(found, expected, "{}", body);
                return Ok(());
            }
            (compiled, read) => {
                return Err(TestCaseError::fail(format!("{body:?}: {compiled:?}, reference {:?}", read.err())));
            }
        };
        let values = VisitValues {
            first_name: &first, first_name_vocative: &vocative, last_name: &last, ..VisitValues::default()
        };
        let expected = reference::render(&parts, |name| match name {
            "imie" => first.clone(),
            "imie:wolacz" if vocative.chars().all(|c| c.is_whitespace() || c.is_control()) => first.clone(),
            "imie:wolacz" => vocative.clone(),
            _ => last.clone(),
        });
        let mut text = "before ".to_owned();
        let result = template.render_into(&values, &mut text).map_err(|missing| missing.placeholder);
        prop_assert_eq!(&text[..7], "before ");
        match expected {
            Ok(expected) => prop_assert_eq!((result, &text[7..]), (Ok(()), expected.as_str()), "{}", body),
            Err(name) => prop_assert_eq!((result, &text[7..]), (Err(name), ""), "{}", body),
        }
    }

    #[test]
    fn faults_and_placeholders_lie_in_the_body(body in body()) {
        let spans = match Template::compile(&body, &catalogue()) {
            Ok(template) => template.placeholders().map(|placeholder| placeholder.at).collect::<Vec<_>>(),
            Err(faults) => faults.iter().map(|fault| fault.at).collect(),
        };
        prop_assert!(spans.windows(2).all(|pair| pair[0].start <= pair[1].start));
        for at in spans {
            prop_assert!(body.get(at.start..at.end).is_some_and(|part| part.starts_with('(') || part == body));
            let line = body.split('\n').nth(at.line - 1).unwrap();
            let line_start: usize = body.split('\n').take(at.line - 1).map(|line| line.len() + 1).sum();
            let in_line = line.chars().take(at.column - 1).map(char::len_utf8).sum::<usize>();
            prop_assert_eq!(line_start + in_line, at.start);
        }
    }

    #[test]
    fn any_text_compiles_or_has_faults_in_it(body in "\\PC{0,60}|[()|: \\PC]{0,60}") {
        if let Err(faults) = Template::compile(&body, &catalogue()) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| body.get(fault.at.start..fault.at.end).is_some()));
        }
    }

    #[test]
    fn any_value_leaves_one_line_and_no_hole(value in any::<String>()) {
        let template = Template::compile("a(imie)b", &catalogue()).unwrap();
        let mut text = String::new();
        match template.render_into(&Raw(&value), &mut text) {
            Ok(()) => {
                prop_assert!(text.len() > 2 && text.starts_with('a') && text.ends_with('b'));
                let breaks = |c: char| c.is_control() || ['\u{2028}', '\u{2029}'].contains(&c);
                prop_assert!(!text.contains(breaks), "a control character is left");
            }
            Err(_) => prop_assert_eq!(text, ""),
        }
    }
}
