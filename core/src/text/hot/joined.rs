//! Fixed texts and values in turn, as a compiled body has them: the fixed ones folded and counted once, so that a
//! message costs a copy of them and a look at its values.

#[cfg(target_arch = "x86_64")]
use super::vector;
use super::{Level, Tally, safe};
use crate::text::transliterate;
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

/// Where the values of rows come from, and who is told of each message. Its methods are to be `#[inline(always)]`.
pub(crate) trait RowTable<'v> {
    /// A value; an empty one is none.
    fn value(&self, row: usize, column: usize) -> &'v str;
    /// The values of some rows in one column.
    fn column(&self, column: usize, rows: Range<usize>, into: &mut [&'v str]);
    /// The message of the row stands at the end of `out`; or it does not, for a value is missing, has to be cleaned, or changes
    /// what is beside it: then it is to be rendered the plain way. Says whether `out` was left as it was.
    fn written(&mut self, row: usize, done: Option<Tally>, out: &mut String) -> bool;
}

/// Where a fixed text lies, as written and folded.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Fixed {
    raw: Range<usize>,
    plain: Range<usize>,
}

impl Fixed {
    #[inline(always)]
    pub(super) fn range<const PLAIN: bool>(&self) -> Range<usize> {
        if PLAIN { self.plain.clone() } else { self.raw.clone() }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Fallback {
    pub(super) text: Fixed,
    raw: Tally,
    /// Nothing when it cannot be folded by itself.
    plain: Option<Tally>,
}

impl Fallback {
    pub(super) fn tally<const PLAIN: bool>(&self) -> Option<Tally> {
        if PLAIN { self.plain } else { Some(self.raw) }
    }
}

/// A fixed text, which may be empty, and the value after it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) before: Fixed,
    pub(super) column: usize,
    pub(super) fallback: Option<Fallback>,
}

/// Fixed texts and values in turn.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Joined {
    steps: Vec<Step>,
    /// After the last value.
    last: Fixed,
    /// All fixed texts as they are written, and [`SLACK`].
    raw: String,
    /// And folded.
    plain: String,
    /// Of the fixed texts, as written and folded: what is to be expected of a row.
    fixed: [Tally; 2],
    /// Whether the fixed texts can be folded each by itself, whatever stands between them.
    folds: bool,
}

impl Joined {
    pub(crate) fn new<'a>(parts: impl Iterator<Item = Part<'a>>) -> Self {
        let mut joined = Self {
            steps: Vec::new(),
            last: Fixed { raw: 0..0, plain: 0..0 },
            raw: String::new(),
            plain: String::new(),
            fixed: [Tally::default(); 2],
            folds: true,
        };
        let (mut text, mut after_value) = (String::new(), false);
        for part in parts {
            match part {
                Part::Fixed(fixed) => text.push_str(fixed),
                Part::Value(column, fallback) => {
                    let before = joined.fixed_text(&text, after_value, true);
                    let fallback = fallback.map(|fallback| {
                        let (text, raw, plain) = joined.add(fallback, true, true);
                        Fallback { text, raw, plain }
                    });
                    joined.steps.push(Step { before, column, fallback });
                    text.clear();
                    after_value = true;
                }
            }
        }
        joined.last = joined.fixed_text(&text, after_value, false);
        let slack = "\0".repeat(SLACK);
        joined.raw.push_str(&slack);
        joined.plain.push_str(&slack);
        joined
    }

    fn fixed_text(&mut self, text: &str, after_value: bool, before_value: bool) -> Fixed {
        let (fixed, raw, plain) = self.add(text, after_value, before_value);
        let [all_raw, all_plain] = &mut self.fixed;
        all_raw.merge(raw);
        match plain {
            Some(tally) => all_plain.merge(tally),
            None => self.folds = false,
        }
        fixed
    }

    fn add(&mut self, text: &str, after_value: bool, before_value: bool) -> (Fixed, Tally, Option<Tally>) {
        let (raw, plain) = (self.raw.len(), self.plain.len());
        self.raw.push_str(text);
        let folded = fold_alone(text, after_value, before_value);
        let tally = folded.map(|(folded, tally)| {
            self.plain.push_str(&folded);
            tally
        });
        let fixed = Fixed { raw: raw..self.raw.len(), plain: plain..self.plain.len() };
        (fixed, Tally { breaks: safe::unclean(text), ..Tally::default() }, tally)
    }

    /// Whether [`rows`](Self::rows) can fold: else no row is made of its parts.
    pub(crate) fn folds(&self) -> bool {
        self.folds
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn last(&self) -> &Fixed {
        &self.last
    }

    /// What is to be expected of the fixed texts alone: breaks and pairs, and how much longer folding has made them than
    /// their folded form says.
    pub(super) fn fixed<const PLAIN: bool>(&self) -> &Tally {
        let [raw, plain] = &self.fixed;
        if PLAIN { plain } else { raw }
    }

    /// A fixed text, folded or as written.
    #[inline(always)]
    pub(super) fn text<const PLAIN: bool>(&self, fixed: &Fixed) -> &str {
        self.texts::<PLAIN>().get(fixed.range::<PLAIN>()).unwrap_or_default()
    }

    /// All fixed texts, folded or as written, and [`SLACK`] bytes.
    #[inline(always)]
    pub(super) fn texts<const PLAIN: bool>(&self) -> &str {
        if PLAIN { &self.plain } else { &self.raw }
    }

    /// Appends a message for each of the rows: as written, or when `PLAIN` folded. After each, the table is told what is
    /// known of it (as written: nothing).
    #[inline]
    pub(crate) fn rows<'v, const PLAIN: bool>(
        &self,
        rows: Range<usize>,
        table: &mut impl RowTable<'v>,
        out: &mut String,
    ) {
        if PLAIN && !self.folds {
            for row in rows {
                table.written(row, None, out);
            }
            return;
        }
        #[cfg(target_arch = "x86_64")]
        match Level::best() {
            Level::Safe => {}
            level => return vector::rows::<PLAIN>(level, self, rows, table, out),
        }
        safe::rows::<PLAIN>(self, rows, table, out);
    }
}

/// A fixed text folded without its neighbours, if they cannot matter: nothing at its ends reaches over to a value, and no link
/// goes on beyond them.
fn fold_alone(text: &str, after_value: bool, before_value: bool) -> Option<(String, Tally)> {
    // what touches a value must have nothing of a link
    let (head, tail) = (text.split(char::is_whitespace).next(), text.rsplit(char::is_whitespace).next());
    if (after_value && safe::pairs(head?) > 0) || (before_value && safe::pairs(tail?) > 0) {
        return None;
    }
    let is_edge = |character: char| character.is_ascii_graphic() || matches!(character, ' ' | '\n');
    let mut plain = String::new();
    let longer = match safe::fold_into(text, &mut plain).filter(|tally| tally.pairs == 0) {
        Some(tally) => tally.longer,
        None if text.starts_with(is_edge) && text.ends_with(is_edge) => {
            plain = transliterate(text).text.into_owned();
            let (septets, _) = safe::septets(&plain)?;
            let (units, has_pairs) = safe::utf16_units(text);
            let longer = isize::try_from(septets).ok()? - isize::try_from(units).ok()?;
            (!has_pairs).then_some(longer)?
        }
        None => return None,
    };
    // what a row will be found to have of it
    let seen = safe::fold_row(&plain, &mut String::new())?;
    Some((plain, Tally { longer: longer - seen.longer, ..seen }))
}

impl Tally {
    /// Another character of so many septets, which was one unit.
    #[inline(always)]
    pub(super) fn add(&mut self, septets: u32) {
        self.septets += septets as usize;
        self.extensions += usize::from(septets > 1);
        self.longer += septets as isize - 1;
    }

    /// How much longer folding has made a fixed text.
    pub(super) fn longer_alone(&self) -> isize {
        // a folded text is longer than its units by its pairs of septets
        self.longer.saturating_add_unsigned(self.extensions)
    }

    /// Both together.
    #[inline(always)]
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.merge(*other);
        self
    }

    #[inline(always)]
    pub(super) fn merge(&mut self, other: Self) {
        self.septets = self.septets.wrapping_add(other.septets);
        self.extensions = self.extensions.wrapping_add(other.extensions);
        self.longer = self.longer.wrapping_add(other.longer);
        self.pairs = self.pairs.wrapping_add(other.pairs);
        self.breaks = self.breaks.wrapping_add(other.breaks);
    }
}
