//! A simulated clinic: some 50 visits a day, random moves, cancellations, re-openings, card edits, merges, answers; a
//! gateway that fails in every way; a host whose process dies between any two steps and begins again from the store.
//!
//! Whatever happens: no message reaches a handset twice, none after its use-by time or about a visit that is no longer so,
//! none without consent, none outside the sending hours; every visit has its message or a reason; answers, events and
//! figures are exact. The truth is kept apart from the engine and simply (`truth.rs`). The same seed gives the same bytes.
//!
//! `cargo test -p depesza --test simulated_clinic` runs 90 days of 8 seeds. Three years, or other seeds:
//!
//! ```text
//! DEPESZA_DAYS=1096 DEPESZA_SEEDS=0-7 cargo test -p depesza --release --test simulated_clinic -- --nocapture
//! ```
//!
//! A failure says the seed, the day, what is wrong and the last facts.
// a test may fail by panicking, and reads its surroundings
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod campaigns;
mod cards;
mod clinic;
mod dice;
mod evening;
mod oracle;
mod process;
mod replies;
mod setup;
mod truth;
mod visits;

use clinic::{Clinic, Figures};
use std::sync::Mutex;
use std::thread;

const SETTLING_DAYS: u64 = 5;

fn live(seed: u64, days: u64) -> Clinic {
    let mut clinic = Clinic::new(seed);
    for day in 0..days + SETTLING_DAYS {
        clinic.live_a_day(day < days);
        if day % 90 == 44 {
            clinic.recount();
        }
    }
    clinic.recount();
    clinic.look_up();
    clinic
}

/// `DEPESZA_SEEDS` as `3` or `0-7`.
fn seeds() -> Vec<u64> {
    let text = std::env::var("DEPESZA_SEEDS").unwrap_or_else(|_| "0-7".into());
    let (first, last) = text.split_once('-').unwrap_or((&text, &text));
    (first.parse().expect("a seed")..=last.parse().expect("a seed")).collect()
}

fn days() -> u64 {
    std::env::var("DEPESZA_DAYS").map_or(90, |days| days.parse().expect("a number of days"))
}

#[test]
fn a_simulated_clinic_keeps_its_promises_whatever_happens() {
    let (days, seeds) = (days(), seeds());
    let left = Mutex::new(seeds.iter().rev().copied().collect::<Vec<u64>>());
    let workers = thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    let work = || {
        let mut done = Vec::new();
        loop {
            let next = left.lock().unwrap().pop();
            let Some(seed) = next else { return done };
            let started = std::time::Instant::now();
            let figures = live(seed, days).figures;
            println!("seed {seed}: {days} days in {:.1} s, {figures:?}", started.elapsed().as_secs_f64());
            done.push(figures);
        }
    };
    let figures: Vec<Figures> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    // the run was worth something
    for figures in figures {
        assert!(figures.visits >= 30 * days && figures.sent >= 40 * days, "{figures:?}");
        assert!(figures.deaths >= days && figures.checked_visits >= 10 * days, "{figures:?}");
        if days >= 30 {
            assert!(figures.answers_applied >= 3 * days && figures.stops > 0, "{figures:?}");
            assert!(figures.ambiguous > 0, "{figures:?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| live(11, 12).memory.dump());
        let other = scope.spawn(|| live(11, 12).memory.dump());
        (one.join().unwrap(), other.join().unwrap())
    });
    assert!(one == other, "two runs of one seed differ");
    assert!(live(12, 12).memory.dump() != one, "two seeds give the same run");
}
