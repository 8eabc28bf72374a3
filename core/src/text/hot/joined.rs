//! Fixed texts and values in turn, as a compiled body has them: the fixed ones folded and counted once, so that a
//! message costs a copy of them and a look at its values.

#[cfg(target_arch = "x86_64")]
use super::by_level;
use super::plain::Plain;
use super::{Level, Measure, SLACK, append, safe};
use crate::text::transliterate;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};

/// A value up to this length, in bytes, is counted with the room for a row.
pub(super) const SHORT: usize = 64;

/// A part of what is joined.
pub(crate) enum Part<'a> {
    /// The same in every message.
    Fixed(&'a str),
    /// The value of a column, or what stands for it when it is empty.
    Value(usize, Option<&'a str>),
}

/// Where the values of rows come from, and who is told of each message, in their order.
pub(crate) trait RowTable<'v> {
    /// A value; an empty one is none.
    fn value(&self, row: usize, column: usize) -> &'v str;
    /// The message of the row stands at the end of `written`; of a folded one the measure is known. Whether it is taken as it
    /// is: else it goes away again, and [`plainly`](Self::plainly) is asked.
    fn written(&mut self, measure: &Measure, written: &str) -> bool;
    /// Appends the message of the row the plain way, or nothing: a value is missing, has to be cleaned, or changes what is
    /// beside it.
    fn plainly(&mut self, row: usize, out: &mut String);
}

/// Whether a value stands before and after a fixed text.
#[derive(Clone, Copy)]
struct Beside {
    before: bool,
    after: bool,
}

/// Where a text lies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) len: usize,
}

/// Where a fixed text lies, as written and folded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Fixed {
    raw: Place,
    plain: Place,
}

impl Fixed {
    #[inline(always)]
    pub(super) fn place<const PLAIN: bool>(&self) -> Place {
        if PLAIN { self.plain } else { self.raw }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Fallback {
    pub(super) text: Fixed,
    raw: Measure,
    /// Nothing when it cannot be folded by itself.
    plain: Option<Measure>,
    /// Whether it is a septet for each byte, folded, and nothing else is to be known of it.
    pub(super) is_usual: bool,
}

impl Fallback {
    pub(super) fn measure<const PLAIN: bool>(&self) -> Option<Measure> {
        if PLAIN { self.plain } else { Some(self.raw) }
    }
}

/// A fixed text, which may be empty, and the value after it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) before: Fixed,
    /// Below [`Joined::columns`].
    pub(super) column: usize,
    /// Whether a sign of links may stand beside the value, folded.
    pub(super) is_beside_link_sign: bool,
    /// In its own place: a step is read for every value.
    pub(super) fallback: Option<Box<Fallback>>,
}

/// Whether values are expected to have letters to fold. What becomes of a row does not depend on it, only how soon.
#[derive(Default)]
pub(super) struct Guess(AtomicU8);

/// So many rows without letters have to come before none are expected.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "for registers"))]
const WITHOUT_LETTERS: u8 = 8;

#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "for registers"))]
impl Guess {
    #[inline(always)]
    pub(super) fn has_letters(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// What a row had. Written only when it is news: threads share it, and whose news are lost does not matter.
    #[inline(always)]
    pub(super) fn note(&self, has_letters: bool) {
        let before = self.0.load(Ordering::Relaxed);
        let now = if has_letters { WITHOUT_LETTERS } else { before.saturating_sub(1) };
        if now != before {
            self.0.store(now, Ordering::Relaxed);
        }
    }
}

impl Clone for Guess {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Guess {
    /// All are alike.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Guess {}

/// Columns of rows for registers.
const VALUES: usize = 32;

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
    fixed: [Measure; 2],
    septets_beyond: Option<isize>,
    /// Whether the fixed texts can be folded each by itself, whatever stands between them.
    folds: bool,
    most: usize,
    columns: usize,
    /// Of the rows to come, by the last ones.
    pub(super) guess: Guess,
}

impl Joined {
    pub(crate) fn new<'a>(parts: impl Iterator<Item = Part<'a>>) -> Self {
        let mut joined = Self {
            steps: Vec::new(),
            last: Fixed { raw: Place { start: 0, len: 0 }, plain: Place { start: 0, len: 0 } },
            raw: String::new(),
            plain: String::new(),
            fixed: [Measure::default(); 2],
            septets_beyond: None,
            folds: true,
            most: 0,
            columns: 0,
            guess: Guess::default(),
        };
        let (mut text, mut before) = (String::new(), false);
        for part in parts {
            match part {
                Part::Fixed(fixed) => text.push_str(fixed),
                Part::Value(column, fallback) => {
                    let fixed = joined.fixed_text(&text, Beside { before, after: true });
                    let fallback = fallback.map(|fallback| {
                        let (text, raw, plain) = joined.add(fallback, Beside { before: true, after: true });
                        let is_usual =
                            plain.is_some_and(|plain| plain.is_usual() && plain.septets == text.plain.len);
                        Box::new(Fallback { text, raw, plain, is_usual })
                    });
                    joined.columns = joined.columns.max(column + 1);
                    joined.steps.push(Step { before: fixed, column, is_beside_link_sign: false, fallback });
                    text.clear();
                    before = true;
                }
            }
        }
        joined.last = joined.fixed_text(&text, Beside { before, after: false });
        joined.look_beside_values();
        joined.look_at_septets();
        joined.most = joined.raw.len().max(joined.plain.len()) + joined.steps.len() * SHORT;
        let slack = "\0".repeat(SLACK);
        joined.raw.push_str(&slack);
        joined.plain.push_str(&slack);
        joined
    }

    /// Finds the values that have a sign of links beside them, or another value, which may bring one.
    fn look_beside_values(&mut self) {
        let last = self.steps.len();
        let fixed = self.steps.iter().map(|step| &step.before).chain([&self.last]);
        let edges = fixed.enumerate().map(|(index, fixed)| {
            let text = self.text::<true>(fixed);
            let is_nothing = index > 0 && index < last && text.is_empty();
            let is_sign = |byte: Option<&u8>| is_nothing || byte.is_some_and(|byte| is_link_sign(*byte));
            [is_sign(text.as_bytes().first()), is_sign(text.as_bytes().last())]
        });
        let edges: Vec<[bool; 2]> = edges.collect();
        for (step, [[_, before], [after, _]]) in self.steps.iter_mut().zip(edges.array_windows()) {
            step.is_beside_link_sign = *before || *after;
        }
    }

    fn look_at_septets(&mut self) {
        let [_, fixed] = &self.fixed;
        let all = self.steps.iter().map(|step| &step.before).chain([&self.last]);
        let bytes: usize = all.map(|fixed| fixed.plain.len).sum();
        self.septets_beyond = fixed.is_usual().then(|| fixed.septets as isize - bytes as isize);
    }

    fn fixed_text(&mut self, text: &str, values: Beside) -> Fixed {
        let (fixed, raw, plain) = self.add(text, values);
        let [all_raw, all_plain] = &mut self.fixed;
        all_raw.merge(raw);
        match plain {
            Some(measure) => all_plain.merge(measure),
            None => self.folds = false,
        }
        fixed
    }

    fn add(&mut self, text: &str, values: Beside) -> (Fixed, Measure, Option<Measure>) {
        let (raw, plain) = (self.raw.len(), self.plain.len());
        self.raw.push_str(text);
        let folded = fold_alone(text, values);
        let measure = folded.map(|(folded, measure)| {
            self.plain.push_str(&folded);
            measure
        });
        let fixed = Fixed {
            raw: Place { start: raw, len: self.raw.len() - raw },
            plain: Place { start: plain, len: self.plain.len() - plain },
        };
        (fixed, Measure { breaks: safe::unclean(text), ..Measure::default() }, measure)
    }

    /// Whether its fixed texts can be folded each by itself.
    pub(crate) fn folds(&self) -> bool {
        self.folds
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn last(&self) -> &Fixed {
        &self.last
    }

    /// What is to be expected of the fixed texts alone: breaks and signs of links, and how much longer folding has made them than
    /// their folded form says.
    pub(super) fn fixed<const PLAIN: bool>(&self) -> &Measure {
        let [raw, plain] = &self.fixed;
        if PLAIN { plain } else { raw }
    }

    /// Septets of the fixed texts, folded, less their bytes, when this is all there is to know of a row of usual values; else nothing.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "for registers"))]
    #[inline(always)]
    pub(super) fn septets_beyond(&self) -> Option<isize> {
        self.septets_beyond
    }

    /// A fixed text, folded or as written.
    #[inline(always)]
    pub(super) fn text<const PLAIN: bool>(&self, fixed: &Fixed) -> &str {
        let Place { start, len } = fixed.place::<PLAIN>();
        self.texts::<PLAIN>().get(start..start + len).unwrap_or_default()
    }

    /// All fixed texts, folded or as written, and [`SLACK`] bytes.
    #[inline(always)]
    pub(super) fn texts<const PLAIN: bool>(&self) -> &str {
        if PLAIN { &self.plain } else { &self.raw }
    }

    /// Appends a message for each of the rows: as written, or when `PLAIN` folded, which takes that it [`folds`](Self::folds).
    #[inline]
    pub(crate) fn rows<'v, const PLAIN: bool>(
        &self,
        rows: Range<usize>,
        cells: &mut impl RowTable<'v>,
        out: &mut String,
    ) {
        let mut values = [""; VALUES];
        let Some(values) = values.get_mut(..self.columns).filter(|_| Level::best() != Level::Safe) else {
            return safe::rows::<PLAIN>(self, rows, cells, out);
        };
        for row in rows {
            for (column, value) in values.iter_mut().enumerate() {
                *value = cells.value(row, column);
            }
            let before = out.len();
            let measure = append(out, self.most, |room| self.row::<PLAIN>(values, room));
            if !measure.is_some_and(|measure| cells.written(&measure, out)) {
                out.truncate(before);
                cells.plainly(row, out);
            }
        }
    }

    /// [`rows`](Self::rows) for one and for registers, from the beginning of `out`: what is written, and of a folded one the measure. `None` when the
    /// row cannot be put together as it is, or not here.
    #[inline(always)]
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables, reason = "there are no registers"))]
    pub(crate) fn row<'o, const PLAIN: bool>(
        &self,
        values: &[&str],
        out: &'o mut [MaybeUninit<u8>],
    ) -> Option<(&'o str, Measure)> {
        #[cfg(target_arch = "x86_64")]
        match Level::best() {
            Level::Safe => {}
            level => return by_level::row::<PLAIN>(level, self, values, out),
        }
        None
    }

    /// So many values a row has to have.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "for registers"))]
    #[inline(always)]
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The fixed texts, fallbacks among them, and short values: no message without a longer value takes more bytes.
    #[inline(always)]
    pub(crate) fn most(&self) -> usize {
        self.most
    }
}

/// What a link begins with: two of these side by side.
#[inline(always)]
pub(super) fn is_link_sign(byte: u8) -> bool {
    matches!(byte, b'w' | b'W' | b'/')
}

/// A fixed text folded without its neighbours, if they cannot matter: nothing at its ends reaches over to a value, and no link
/// goes on beyond them.
fn fold_alone(text: &str, values: Beside) -> Option<(String, Measure)> {
    // what touches a value must have nothing of a link
    let (head, tail) = (text.split(char::is_whitespace).next(), text.rsplit(char::is_whitespace).next());
    if (values.before && safe::link_signs(head?) > 0) || (values.after && safe::link_signs(tail?) > 0) {
        return None;
    }
    let is_edge = |character: char| character.is_ascii_graphic() || matches!(character, ' ' | '\n');
    let mut plain = String::new();
    let longer = match safe::fold_into(text, &mut plain).filter(|measure| measure.link_signs == 0) {
        Some(measure) => measure.longer,
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
    Some((plain, Measure { longer: longer - seen.longer, ..seen }))
}

impl Measure {
    /// Another character, which was one unit.
    #[inline(always)]
    pub(super) fn add(&mut self, plain: Plain) {
        self.septets += plain.septets() as usize;
        self.extensions += usize::from(plain.is_extension());
        self.longer += plain.septets() as isize - 1;
    }

    /// Of fixed texts: whether their septets are all there is to know.
    fn is_usual(&self) -> bool {
        self.extensions == 0 && self.longer_alone() == 0
    }

    /// Of fixed texts: how much longer folding has made them.
    #[inline(always)]
    pub(super) fn longer_alone(&self) -> isize {
        // folded, they are longer than their units by their extension characters
        self.longer.saturating_add_unsigned(self.extensions)
    }

    #[inline(always)]
    pub(super) fn merge(&mut self, other: Self) {
        self.septets = self.septets.wrapping_add(other.septets);
        self.extensions = self.extensions.wrapping_add(other.extensions);
        self.longer = self.longer.wrapping_add(other.longer);
        self.link_signs = self.link_signs.wrapping_add(other.link_signs);
        self.breaks = self.breaks.wrapping_add(other.breaks);
    }
}
