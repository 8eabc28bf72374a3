//! Fixed texts and values in turn, as a compiled body has them: the fixed ones folded and counted once, so that a
//! message costs a copy of them and a look at its values.

use super::{Level, Tally, safe};
#[cfg(target_arch = "x86_64")]
use super::vector;
use crate::text::{gsm7, links, transliterate};
use std::ops::Range;

/// So many bytes beyond the end of what is copied may be read and written: the width of the widest register.
pub(super) const SLACK: usize = 64;

/// A part of what is joined.
pub(crate) enum Part<'a> {
    /// The same in every message.
    Fixed(&'a str),
    /// The value of a column, or what stands for it when it is empty.
    Value(usize, Option<&'a str>),
}

/// Why a message cannot be made of its parts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusual {
    /// The column has no value, and nothing stands for it.
    Missing(usize),
    /// A value has to be cleaned, or may change what is beside it: to be rendered the plain way.
    Other,
}

/// Where a fixed text lies, as written and folded.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Fixed {
    raw: Range<usize>,
    plain: Range<usize>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Fallback {
    pub(super) text: Fixed,
    /// Nothing when it cannot be folded by itself.
    pub(super) tally: Option<Tally>,
}

/// A fixed text, which may be empty, and the value after it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) before: Fixed,
    pub(super) column: Option<usize>,
    pub(super) fallback: Option<Fallback>,
}

/// Fixed texts and values in turn.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Joined {
    steps: Vec<Step>,
    /// All fixed texts as they are written, and [`SLACK`].
    raw: String,
    /// And folded.
    plain: String,
    /// Of the fixed texts, folded.
    fixed: Tally,
    /// Whether the fixed texts can be folded each by itself, whatever stands between them.
    folds: bool,
}

impl Joined {
    pub(crate) fn new<'a>(parts: impl Iterator<Item = Part<'a>>) -> Self {
        let mut joined = Self {
            steps: Vec::new(),
            raw: String::new(),
            plain: String::new(),
            fixed: Tally::default(),
            folds: true,
        };
        let (mut text, mut after_value) = (String::new(), false);
        for part in parts {
            match part {
                Part::Fixed(fixed) => text.push_str(fixed),
                Part::Value(column, fallback) => {
                    joined.step(&text, after_value, Some((column, fallback)));
                    text.clear();
                    after_value = true;
                }
            }
        }
        joined.step(&text, after_value, None);
        let slack = "\0".repeat(SLACK);
        joined.raw.push_str(&slack);
        joined.plain.push_str(&slack);
        joined
    }

    fn step(&mut self, text: &str, after_value: bool, value: Option<(usize, Option<&str>)>) {
        let (before, tally) = self.add(text, after_value, value.is_some());
        match tally {
            Some(tally) => self.fixed.merge(tally),
            None => self.folds = false,
        }
        let fallback = value.and_then(|(_, fallback)| fallback).map(|fallback| {
            let (text, tally) = self.add(fallback, true, true);
            Fallback { text, tally }
        });
        self.steps.push(Step { before, column: value.map(|(column, _)| column), fallback });
    }

    fn add(&mut self, text: &str, after_value: bool, before_value: bool) -> (Fixed, Option<Tally>) {
        let (raw, plain) = (self.raw.len(), self.plain.len());
        self.raw.push_str(text);
        let folded = fold_alone(text, after_value, before_value);
        let tally = folded.map(|(folded, tally)| {
            self.plain.push_str(&folded);
            tally
        });
        (Fixed { raw: raw..self.raw.len(), plain: plain..self.plain.len() }, tally)
    }

    /// Whether [`rows`](Self::rows) can fold: else every row is [`Unusual::Other`].
    pub(crate) fn folds(&self) -> bool {
        self.folds
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn fixed(&self) -> Tally {
        self.fixed
    }

    /// A fixed text, folded or as written.
    #[inline(always)]
    pub(super) fn text<const PLAIN: bool>(&self, fixed: &Fixed) -> &str {
        let text = if PLAIN { self.plain.get(fixed.plain.clone()) } else { self.raw.get(fixed.raw.clone()) };
        text.unwrap_or_default()
    }

    /// The bytes of all fixed texts, folded or as written: a bound for what is copied.
    pub(super) fn len<const PLAIN: bool>(&self) -> usize {
        if PLAIN { self.plain.len() } else { self.raw.len() }
    }

    /// Appends a message for each of the rows, as `value(row, column)` has its values: as written, or when `PLAIN`
    /// folded. After each, `on_row` is told what is known of it (as written: nothing); of what is unusual, nothing is
    /// appended.
    #[inline]
    pub(crate) fn rows<'v, const PLAIN: bool>(
        &self,
        rows: Range<usize>,
        value: impl Fn(usize, usize) -> &'v str,
        out: &mut String,
        mut on_row: impl FnMut(usize, Result<Tally, Unusual>, &mut String),
    ) {
        if PLAIN && !self.folds {
            rows.for_each(|row| on_row(row, Err(Unusual::Other), out));
            return;
        }
        #[cfg(target_arch = "x86_64")]
        match Level::best() {
            Level::Safe => {}
            level => return vector::rows::<PLAIN>(level, self, rows, value, out, on_row),
        }
        safe::rows::<PLAIN>(self, rows, value, out, on_row);
    }
}

/// A fixed text folded without its neighbours, if they cannot matter: if nothing at its ends reaches over to a value, and no
/// link begins or ends beyond it.
fn fold_alone(text: &str, after_value: bool, before_value: bool) -> Option<(String, Tally)> {
    let touches = |character: char| matches!(character, 'w' | 'W' | '/');
    if (after_value && text.starts_with(touches)) || (before_value && text.ends_with(touches)) {
        return None;
    }
    let mut plain = String::new();
    let simple = safe::fold_into(text, &mut plain);
    if let Some(tally) = simple.filter(|tally| !tally.link) {
        return Some((plain, tally));
    }
    let is_edge = |character: char| character.is_ascii_graphic() || character == ' ' || character == '\n';
    if !text.starts_with(is_edge) || !text.ends_with(is_edge) || !links_lie_within(text, before_value) {
        return None;
    }
    let folded = transliterate(text).text.into_owned();
    let (septets, extensions) = safe::septets(&folded)?;
    let (units, has_pairs) = safe::utf16_units(text);
    let longer = isize::try_from(septets).ok()? - isize::try_from(units).ok()?;
    (!has_pairs).then_some((folded, Tally { septets, extensions, longer, link: false }))
}

/// Whether every sign of a link belongs to one that the text itself begins and ends.
fn links_lie_within(text: &str, before_value: bool) -> bool {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for link in links(text) {
        rest.push_str(text.get(at..link.start).unwrap_or_default());
        rest.push(' ');
        let after = text.get(link.end..).unwrap_or_default();
        if before_value && !after.contains(char::is_whitespace) {
            return false;
        }
        at = link.end;
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    let mut folded = String::new();
    safe::fold_into(&gsm_only(&rest), &mut folded).is_some_and(|tally| !tally.link)
}

fn gsm_only(text: &str) -> String {
    text.chars().map(|character| if gsm7::septets(character).is_some() { character } else { '?' }).collect()
}

impl Tally {
    /// Another character of so many septets, which was one unit.
    #[inline(always)]
    pub(super) fn add(&mut self, septets: u32) {
        self.septets += septets as usize;
        self.extensions += usize::from(septets > 1);
        self.longer += septets as isize - 1;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.septets += other.septets;
        self.extensions += other.extensions;
        self.longer += other.longer;
        self.link |= other.link;
    }
}
