//! Instructions of the text kernels, counted under valgrind: `benches/instructions/check` runs this and compares.
//!
//! The kernels are those of the bench beside peers, each over the first hundred of its messages, after a pass that is not
//! counted and has grown the buffers. No clock is read and nothing is compared here.

#[allow(dead_code, reason = "the bench beside peers uses the rest")]
#[path = "../peers/text/contender.rs"]
mod contender;
#[allow(dead_code, reason = "the bench beside peers uses the rest")]
#[path = "../peers/text/ours.rs"]
mod ours;
#[allow(dead_code, reason = "the bench beside peers uses the rest")]
#[path = "../peers/text/rows.rs"]
mod rows;

use contender::{Contender, Work};
use gungraun::prelude::*;
use rows::{Letters, Messages};

const MESSAGES: usize = 100;

/// The best of depesza's on the best level that valgrind's processor has, or on a named one.
fn warm(work: Work, letters: Letters, level: Option<&str>) -> Box<dyn Contender> {
    let messages = Messages::new(letters, MESSAGES);
    let levels = ours::levels();
    let level = levels.into_iter().find(|known| level.is_none_or(|level| level == known.name));
    let level = level.expect("a level that is there");
    let ways = match work {
        Work::Render => ours::render(&messages, level),
        Work::Transliterate => ours::transliterate(&messages, level),
        Work::Count => ours::count(&messages, level),
        Work::Fused => ours::fused(&messages, level),
    };
    let mut kernel = ways.into_iter().next().expect("a way");
    kernel.pass(MESSAGES);
    kernel
}

use Letters::{Plain, Polish};
use Work::{Count, Fused, Render, Transliterate};

#[library_benchmark(setup = warm)]
#[bench::count_plain(Count, Plain, None)]
#[bench::count_polish(Count, Polish, None)]
#[bench::transliterate_plain(Transliterate, Plain, None)]
#[bench::transliterate_polish(Transliterate, Polish, None)]
#[bench::render_plain(Render, Plain, None)]
#[bench::render_polish(Render, Polish, None)]
#[bench::fused_plain(Fused, Plain, None)]
#[bench::fused_polish(Fused, Polish, None)]
#[bench::safe_count_plain(Count, Plain, Some("safe"))]
#[bench::safe_transliterate_polish(Transliterate, Polish, Some("safe"))]
#[bench::safe_render_polish(Render, Polish, Some("safe"))]
#[bench::safe_fused_polish(Fused, Polish, Some("safe"))]
fn hundred(mut kernel: Box<dyn Contender>) -> Box<dyn Contender> {
    kernel.pass(MESSAGES);
    // dropped after the counting
    kernel
}

library_benchmark_group!(name = text, benchmarks = hundred);
main!(library_benchmark_groups = text);
