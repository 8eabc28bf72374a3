//! What is measured: something that does one work to all messages, and says what came of it so that others can be held
//! against it.

use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

/// The works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Rows in, texts out.
    Render,
    /// Texts in, texts without Polish letters out.
    Transliterate,
    /// Texts in, coding and segments out.
    Count,
    /// Rows in, texts without Polish letters, their coding and segments out.
    Fused,
}

impl Work {
    pub const ALL: [Self; 4] = [Self::Render, Self::Transliterate, Self::Count, Self::Fused];

    pub fn name(self) -> &'static str {
        match self {
            Self::Render => "render",
            Self::Transliterate => "transliterate",
            Self::Count => "count",
            Self::Fused => "fused",
        }
    }
}

/// What a message costs, in words that every counter knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub is_gsm7: bool,
    pub segments: u32,
}

/// Where a message is written: a peer uses what it can, or puts its own in the place.
#[derive(Default)]
pub struct Out {
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Out {
    fn clear(&mut self) {
        self.text.clear();
        self.bytes.clear();
    }

    /// What was written, by one way or the other.
    pub fn written(&self) -> &str {
        if self.text.is_empty() { std::str::from_utf8(&self.bytes).unwrap() } else { &self.text }
    }
}

/// Someone who does a work.
pub trait Contender {
    /// As it stands in the table.
    fn name(&self) -> &str;

    /// What of the processor it uses, where it says so.
    fn level(&self) -> Option<&str> {
        None
    }

    /// The work for one message; the cost where the work has one.
    fn one(&mut self, message: usize, out: &mut Out) -> Option<Cost>;

    /// The work for the first `messages`, once.
    fn pass(&mut self, messages: usize);

    /// The time for the first `messages`, so many times.
    fn batch(&mut self, messages: usize, passes: u32) -> Duration;
}

/// A contender of this process.
pub struct Here<F> {
    name: String,
    level: Option<(&'static str, fn(&str))>,
    one: F,
    out: Out,
}

/// A contender that does `one` for a message. The loop is compiled for each, and what is written is shown to the
/// optimiser as read.
pub fn here<F>(name: impl Into<String>, one: F) -> Box<dyn Contender>
where
    F: FnMut(usize, &mut Out) -> Option<Cost> + 'static,
{
    Box::new(Here { name: name.into(), level: None, one, out: Out::default() })
}

/// The same, on a level of the processor that is chosen before each pass.
pub fn on_level<F>(name: &str, level: &'static str, choose: fn(&str), one: F) -> Box<dyn Contender>
where
    F: FnMut(usize, &mut Out) -> Option<Cost> + 'static,
{
    Box::new(Here { name: name.to_owned(), level: Some((level, choose)), one, out: Out::default() })
}

impl<F> Here<F> {
    fn choose_level(&self) {
        if let Some((level, choose)) = self.level {
            choose(level);
        }
    }
}

impl<F: FnMut(usize, &mut Out) -> Option<Cost>> Contender for Here<F> {
    fn name(&self) -> &str {
        &self.name
    }

    fn level(&self) -> Option<&str> {
        self.level.map(|(level, _)| level)
    }

    fn one(&mut self, message: usize, out: &mut Out) -> Option<Cost> {
        self.choose_level();
        out.clear();
        (self.one)(message, out)
    }

    fn pass(&mut self, messages: usize) {
        self.choose_level();
        for message in 0..messages {
            self.out.clear();
            black_box((self.one)(message, &mut self.out));
            black_box(&self.out);
        }
    }

    fn batch(&mut self, messages: usize, passes: u32) -> Duration {
        if passes > 1 {
            // the caches are full of what was measured before
            self.pass(messages);
        }
        let start = on_the_processor();
        for _ in 0..passes {
            self.pass(messages);
        }
        on_the_processor().saturating_sub(start)
    }
}

/// How long this thread has been on a processor: what else the machine does does not count.
fn on_the_processor() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}
