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

/// The best of depesza's ways on the level.
fn warm(work: Work, letters: Letters, level: &str) -> Box<dyn Contender> {
    let messages = Messages::new(letters, MESSAGES);
    let level = ours::levels().into_iter().find(|known| level == known.name);
    let level = level.expect("a level that valgrind and the processor have");
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
#[bench::avx2_count_plain(Count, Plain, "AVX2")]
#[bench::avx2_count_polish(Count, Polish, "AVX2")]
#[bench::avx2_transliterate_plain(Transliterate, Plain, "AVX2")]
#[bench::avx2_transliterate_polish(Transliterate, Polish, "AVX2")]
#[bench::avx2_render_plain(Render, Plain, "AVX2")]
#[bench::avx2_render_polish(Render, Polish, "AVX2")]
#[bench::avx2_fused_plain(Fused, Plain, "AVX2")]
#[bench::avx2_fused_polish(Fused, Polish, "AVX2")]
#[bench::sse2_count_plain(Count, Plain, "SSE2")]
#[bench::sse2_count_polish(Count, Polish, "SSE2")]
#[bench::sse2_transliterate_plain(Transliterate, Plain, "SSE2")]
#[bench::sse2_transliterate_polish(Transliterate, Polish, "SSE2")]
#[bench::sse2_render_plain(Render, Plain, "SSE2")]
#[bench::sse2_render_polish(Render, Polish, "SSE2")]
#[bench::sse2_fused_plain(Fused, Plain, "SSE2")]
#[bench::sse2_fused_polish(Fused, Polish, "SSE2")]
#[bench::safe_count_plain(Count, Plain, "safe")]
#[bench::safe_count_polish(Count, Polish, "safe")]
#[bench::safe_transliterate_plain(Transliterate, Plain, "safe")]
#[bench::safe_transliterate_polish(Transliterate, Polish, "safe")]
#[bench::safe_render_plain(Render, Plain, "safe")]
#[bench::safe_render_polish(Render, Polish, "safe")]
#[bench::safe_fused_plain(Fused, Plain, "safe")]
#[bench::safe_fused_polish(Fused, Polish, "safe")]
fn hundred(mut kernel: Box<dyn Contender>) -> Box<dyn Contender> {
    kernel.pass(MESSAGES);
    // dropped after the counting
    kernel
}

library_benchmark_group!(name = text, benchmarks = hundred);
main!(library_benchmark_groups = text);
