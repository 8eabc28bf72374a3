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
pub struct Out {
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Default for Out {
    fn default() -> Self {
        // so large that it begins a page: what crosses the end of one takes five times as long
        Self { text: String::with_capacity(1 << 18), bytes: Vec::with_capacity(1 << 18) }
    }
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

/// What of the processor depesza uses, and how it is told to.
#[derive(Clone, Copy)]
pub struct Level {
    pub name: &'static str,
    pub choose: fn(),
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

const PLACES: usize = 16;

/// A contender of this process.
pub struct Here<F> {
    name: String,
    level: Option<Level>,
    one: F,
    /// Passes take them in turn: some places in memory are half as fast as others, whoever writes there.
    outs: [Out; PLACES],
    passes: usize,
}

/// A contender that does `one` for a message. The loop is compiled for each, and what is written is shown to the
/// optimiser as read.
pub fn here<F>(name: impl Into<String>, one: F) -> Box<dyn Contender>
where
    F: FnMut(usize, &mut Out) -> Option<Cost> + 'static,
{
    Box::new(Here { name: name.into(), level: None, one, outs: Default::default(), passes: 0 })
}

/// The same, on a level of the processor that is chosen before each pass.
pub fn on_level<F>(name: &str, level: Level, one: F) -> Box<dyn Contender>
where
    F: FnMut(usize, &mut Out) -> Option<Cost> + 'static,
{
    Box::new(Here { name: name.to_owned(), level: Some(level), one, outs: Default::default(), passes: 0 })
}

impl<F> Here<F> {
    fn choose_level(&self) {
        if let Some(level) = self.level {
            (level.choose)();
        }
    }
}

impl<F: FnMut(usize, &mut Out) -> Option<Cost>> Contender for Here<F> {
    fn name(&self) -> &str {
        &self.name
    }

    fn level(&self) -> Option<&str> {
        self.level.map(|level| level.name)
    }

    fn one(&mut self, message: usize, out: &mut Out) -> Option<Cost> {
        self.choose_level();
        out.clear();
        (self.one)(message, out)
    }

    fn pass(&mut self, messages: usize) {
        self.choose_level();
        self.passes += 1;
        let out = &mut self.outs[self.passes % PLACES];
        for message in 0..messages {
            out.clear();
            black_box((self.one)(message, out));
            black_box(&*out);
        }
    }
}

/// A contender that does all messages at once: `all` does the first so many, and `one` reads what became of one of them.
struct Whole<S, A, R> {
    name: String,
    level: Level,
    done: S,
    /// Whether all are done, for who asks for one.
    is_done: bool,
    messages: usize,
    all: A,
    one: R,
}

/// All messages at once, into `done`, which is used again and again.
pub fn whole<S, A, R>(
    name: &str,
    level: Level,
    messages: usize,
    done: S,
    all: A,
    one: R,
) -> Box<dyn Contender>
where
    S: 'static,
    A: FnMut(&mut S, usize) + 'static,
    R: Fn(&S, usize, &mut Out) -> Option<Cost> + 'static,
{
    Box::new(Whole { name: name.to_owned(), level, done, is_done: false, messages, all, one })
}

impl<S, A, R> Contender for Whole<S, A, R>
where
    A: FnMut(&mut S, usize),
    R: Fn(&S, usize, &mut Out) -> Option<Cost>,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn level(&self) -> Option<&str> {
        Some(self.level.name)
    }

    fn one(&mut self, message: usize, out: &mut Out) -> Option<Cost> {
        if !self.is_done {
            self.pass(self.messages);
            self.is_done = true;
        }
        out.clear();
        (self.one)(&self.done, message, out)
    }

    fn pass(&mut self, messages: usize) {
        (self.level.choose)();
        (self.all)(&mut self.done, messages);
        black_box(&self.done);
        self.is_done = false;
    }
}

/// How long this thread has been on a processor: what else the machine does does not count.
fn on_the_processor() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}
