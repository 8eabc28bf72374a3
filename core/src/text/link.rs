//! Where the links of a text are: what is neither folded nor, if asked, cut. No address is checked or changed.

use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

const STARTS: [&str; 3] = ["https://", "http://", "www."];

/// The links in the text, as byte ranges in their order; they never overlap.
///
/// A link starts with `http://`, `https://` or `www.` in any case, and runs over visible ASCII but `"`, `<`, `>` and
/// the backtick, and over letters, digits and marks of every script (RFC 3987 allows them). Closing punctuation after
/// it belongs to the sentence, and so does `)` or `]` unless the link itself opened it.
pub fn links(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(rest) = text.get(at..) {
            let start = at + rest.find(['h', 'H', 'w', 'W'])?;
            let tail = text.get(start..)?;
            let Some(prefix) = STARTS.iter().find(|prefix| starts_with(tail, prefix)) else {
                at = start + 1;
                continue;
            };
            let run = tail.find(|character| !is_link(character)).unwrap_or(tail.len());
            at = start + run;
            let link = tail.get(..run).map_or(0, |run| closed(run).len());
            if link > prefix.len() {
                at = start + link;
                return Some(start..at);
            }
        }
        None
    })
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_link(character: char) -> bool {
    if character.is_ascii() {
        character.is_ascii_graphic() && !matches!(character, '"' | '<' | '>' | '`')
    } else {
        character.is_alphanumeric() || is_combining_mark(character)
    }
}

/// The link without the punctuation that closes the sentence around it.
fn closed(mut link: &str) -> &str {
    let unclosed =
        |open: char, close: char| link.matches(close).count().saturating_sub(link.matches(open).count());
    let (mut round, mut square) = (unclosed('(', ')'), unclosed('[', ']'));
    while let Some(last) = link.chars().next_back() {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '|' | '{' | '}' | '(' | '[' => {}
            ')' if round > 0 => round -= 1,
            ']' if square > 0 => square -= 1,
            _ => break,
        }
        link = link.get(..link.len() - last.len_utf8()).unwrap_or_default();
    }
    link
}

#[cfg(test)]
mod tests {
    use super::links;

    fn found(text: &str) -> Vec<&str> {
        links(text).filter_map(|range| text.get(range)).collect()
    }

    #[test]
    fn edge_091_a_link_ends_where_the_sentence_goes_on() {
        for (text, expected) in [
            ("Zob. https://k.pl/a?x=1&utm_source=sms.", "https://k.pl/a?x=1&utm_source=sms"),
            ("(http://k.pl/a)", "http://k.pl/a"),
            (
                "https://pl.wikipedia.org/wiki/Grypa_(choroba), tak",
                "https://pl.wikipedia.org/wiki/Grypa_(choroba)",
            ),
            ("„https://k.pl/x” i", "https://k.pl/x"),
            ("https://k.pl/łódź – mapa", "https://k.pl/łódź"),
            ("WWW.K.PL/a~b…", "WWW.K.PL/a~b"),
            ("<https://k.pl/>", "https://k.pl/"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn edge_091_what_only_looks_like_a_link() {
        for text in ["http", "https://", "www.", "www...", "http:// k.pl", "hwhwhw", ""] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn edge_091_every_link_is_found_once() {
        assert_eq!(found("http://a.pl www.b.pl;HTTPS://c.pl"), ["http://a.pl", "www.b.pl;HTTPS://c.pl"]);
    }
}
