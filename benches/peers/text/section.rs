//! One work on one kind of messages: who does it, whether they agree, and how long they took.

use super::contender::{Contender, Cost, Out, Work, here};
use super::rows::{Letters, Messages, mean_bytes};
use super::{counting, folding, fusing, ours, rendering, scripts};
use std::path::Path;
use std::time::Duration;

/// So many passes make a batch that it takes so long.
const BATCH: Duration = Duration::from_millis(1);
/// Who takes longer than this for one pass does it for fewer messages.
const LONGEST: Duration = Duration::from_millis(20);
/// And is asked for so many to find out.
const FIRST: usize = 100;

pub struct Section {
    pub work: Work,
    pub letters: Letters,
    /// Of the finished text, on average.
    pub bytes: f64,
    texts: &'static [&'static str],
    /// Of the finished text: see [`share_memcpy`].
    pub memcpy_ns: f64,
    /// The first is memcpy, those of depesza come next.
    pub subjects: Vec<Subject>,
}

/// What copying takes depends on where the texts happen to lie, by up to a half: sections whose texts have the same
/// length share the median of all their rounds.
pub fn share_memcpy(sections: &mut [Section]) {
    let lengths: Vec<f64> = sections.iter().map(|section| section.bytes).collect();
    for length in lengths {
        let is_alike = |section: &Section| section.bytes == length;
        let times: Vec<f64> =
            sections.iter().filter(|section| is_alike(section)).flat_map(Section::memcpy).collect();
        let memcpy_ns = median(times);
        sections
            .iter_mut()
            .filter(|section| is_alike(section))
            .for_each(|section| section.memcpy_ns = memcpy_ns);
    }
}

pub struct Subject {
    pub contender: Box<dyn Contender>,
    /// How many messages are in a pass, and passes in a batch.
    messages: usize,
    passes: u32,
    /// For a message, a round each.
    pub times_ns: Vec<f64>,
}

impl Section {
    pub fn new(work: Work, messages: &Messages, installed: &Path) -> Self {
        let texts = match work {
            Work::Render | Work::Count => messages.texts,
            Work::Transliterate | Work::Fused => messages.finished,
        };
        let mut all = vec![memcpy(texts)];
        for level in ours::levels() {
            all.extend(match work {
                Work::Render => ours::render(messages, level),
                Work::Transliterate => ours::transliterate(messages, level),
                Work::Count => ours::count(messages, level),
                Work::Fused => ours::fused(messages, level),
            });
        }
        all.extend(match work {
            Work::Render => rendering::peers(messages),
            Work::Transliterate => folding::peers(messages),
            Work::Count => counting::peers(messages),
            Work::Fused => fusing::peers(messages),
        });
        if work == Work::Count {
            all.extend(scripts::peers(messages, installed));
        }
        let subject =
            |contender| Subject { contender, messages: texts.len(), passes: 1, times_ns: Vec::new() };
        let subjects = all.into_iter().map(subject).collect();
        Self {
            work,
            letters: messages.letters,
            bytes: mean_bytes(texts),
            texts,
            memcpy_ns: f64::NAN,
            subjects,
        }
    }

    pub fn title(&self) -> String {
        format!("{}, {}", self.work.name(), self.letters.name())
    }

    /// Whether all say the same of every message as the first of depesza's, and the texts are the finished ones; the first
    /// difference of each is printed.
    pub fn agrees(&mut self) -> bool {
        let (mut out, mut agrees) = (Out::default(), true);
        let costs: Vec<Option<Cost>> = match self.subjects.get_mut(1) {
            Some(ours) => {
                (0..self.texts.len()).map(|message| ours.contender.one(message, &mut out)).collect()
            }
            None => return false,
        };
        let title = self.title();
        for (index, subject) in self.subjects.iter_mut().enumerate() {
            for (message, expected) in costs.iter().enumerate() {
                let cost = subject.contender.one(message, &mut out);
                let has_cost = index == 0 || cost == *expected;
                let has_text = self.work == Work::Count || out.written() == self.texts[message];
                if !has_cost || !has_text {
                    println!("{title}: {} differs at message {message}:", subject.contender.name());
                    println!("  {}\n  {} {cost:?}", self.texts[message], out.written());
                    println!("  expected {expected:?}");
                    agrees = false;
                    break;
                }
            }
        }
        agrees
    }

    /// Warms all up and finds what makes a batch.
    pub fn calibrate(&mut self) {
        for subject in &mut self.subjects {
            subject.calibrate(self.texts.len());
        }
    }

    /// Each in turn.
    pub fn round(&mut self) {
        for subject in &mut self.subjects {
            let took = subject.contender.batch(subject.messages, subject.passes);
            let messages = f64::from(subject.passes) * subject.messages as f64;
            subject.times_ns.push(took.as_nanos() as f64 / messages);
        }
    }

    fn memcpy(&self) -> impl Iterator<Item = f64> {
        self.subjects.iter().take(1).flat_map(|memcpy| memcpy.times_ns.iter().copied())
    }

    /// What the subject takes for a message.
    pub fn ns(&self, subject: &Subject) -> f64 {
        let is_memcpy = self.subjects.first().is_some_and(|first| std::ptr::eq(first, subject));
        if is_memcpy { self.memcpy_ns } else { subject.median_ns() }
    }

    /// Depesza's on a level.
    pub fn ours<'s>(&'s self, level: &'s str) -> impl Iterator<Item = &'s Subject> {
        self.subjects.iter().filter(move |subject| subject.contender.level() == Some(level))
    }

    /// The fastest of depesza's on the best level of the processor.
    pub fn ours_ns(&self) -> f64 {
        ours::levels().first().map_or(f64::NAN, |best| self.ours_on(&[best.name]))
    }

    /// The fastest of depesza's on the levels; not a number where there is none.
    pub fn ours_on(&self, levels: &[&str]) -> f64 {
        let ours = levels.iter().flat_map(|level| self.ours(level));
        ours.map(Subject::median_ns).fold(f64::NAN, f64::min)
    }

    /// Of the peer whose name begins so.
    pub fn peer_ns(&self, name: &str) -> f64 {
        let peer = self.subjects.iter().find(|subject| {
            subject.contender.level().is_none() && subject.contender.name().starts_with(name)
        });
        peer.map_or(f64::NAN, Subject::median_ns)
    }
}

impl Subject {
    fn calibrate(&mut self, messages: usize) {
        self.contender.batch(FIRST, 1);
        let first = self.contender.batch(FIRST, 1).as_nanos().max(1);
        let within = LONGEST.as_nanos() * FIRST as u128 / first;
        self.messages = usize::try_from(within).unwrap_or(messages).clamp(FIRST, messages);
        let pass = self.contender.batch(self.messages, 1).as_nanos().max(1);
        self.passes = u32::try_from(BATCH.as_nanos().div_ceil(pass)).unwrap_or(u32::MAX);
    }

    pub fn median_ns(&self) -> f64 {
        median(self.times_ns.clone())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { at(middle) } else { (at(middle.saturating_sub(1)) + at(middle)) / 2.0 }
}

/// The floor: the finished text, message by message, into one buffer.
fn memcpy(texts: &'static [&'static str]) -> Box<dyn Contender> {
    here("memcpy", move |message, out| {
        out.text.push_str(texts[message]);
        None
    })
}
