//! Rendering, transliterating, counting, and all of it in one pass, beside peers:
//! `cargo bench --manifest-path benches/peers/Cargo.toml --bench text`.
//!
//! - `-- --rounds N`: so many rounds instead of 31; `--quick` is 9 rounds
//! - `-- --only WORK`: `render`, `transliterate`, `count` or `fused`
//! - `-- --check`: only whether all contenders agree
//! - `-- --json FILE`: the figures for programs, an object a line (`benches/plot` draws them)
//!
//! First all contenders have to agree on every message. Then they are measured in turn, round by round, on one core. A batch is
//! as many passes over the 10,000 messages as make a millisecond; who takes longer than 20 for one gets as many messages as
//! that allows, at least 100. What counts is the time on the processor, and the median of the rounds.

mod contender;
mod counting;
mod folding;
mod fusing;
mod goals;
mod ours;
mod rendering;
mod report;
mod rows;
mod scripts;
mod section;
mod versions;

use contender::Work;
use report::Machine;
use rows::{Letters, Messages, ROWS, mean_bytes};
use section::Section;
use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

struct Plan {
    rounds: usize,
    works: Vec<Work>,
    only_check: bool,
    json: Option<File>,
}

impl Plan {
    fn of(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut plan = Self { rounds: 31, works: Work::ALL.to_vec(), only_check: false, json: None };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument}: expected a value"));
            match argument.as_str() {
                // what cargo itself gives
                "--bench" => {}
                "--quick" => plan.rounds = 9,
                "--check" => plan.only_check = true,
                "--json" => {
                    // cargo runs a bench in its package, the name is one of where it was typed
                    let file = Path::new(&env::var("PWD").unwrap_or_default()).join(value()?);
                    plan.json = Some(File::create(file).map_err(|error| format!("--json: {error}"))?);
                }
                "--rounds" => plan.rounds = value()?.parse().map_err(|_| "--rounds: expected a number")?,
                "--only" => {
                    let name = value()?;
                    plan.works.retain(|work| work.name() == name);
                    if plan.works.is_empty() {
                        return Err(format!("--only: no work {name}"));
                    }
                }
                other => return Err(format!("no argument {other}")),
            }
        }
        Ok(plan)
    }
}

fn main() -> ExitCode {
    match Plan::of(env::args().skip(1)) {
        Ok(plan) => run(plan),
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

fn run(mut plan: Plan) -> ExitCode {
    stay_on_this_core();
    let installed = if plan.works.contains(&Work::Count) { scripts::prepare() } else { PathBuf::new() };
    let messages = Letters::ALL.map(|letters| Messages::new(letters, ROWS));
    let mut sections: Vec<Section> = plan
        .works
        .iter()
        .flat_map(|work| messages.iter().map(|messages| Section::new(*work, messages, &installed)))
        .collect();
    // not all(): everything that is different is worth a look
    if sections.iter_mut().filter_map(|section| (!section.agrees()).then_some(())).count() > 0 {
        return ExitCode::FAILURE;
    }
    println!("all contenders agree on all {ROWS} messages");
    if plan.only_check {
        return ExitCode::SUCCESS;
    }
    sections.iter_mut().for_each(Section::calibrate);
    for _ in 0..plan.rounds {
        sections.iter_mut().for_each(Section::round);
    }
    section::share_memcpy(&mut sections);
    let machine = Machine::this();
    println!("{}, one core; {}; {}", machine.processor, machine.system, machine.compiler);
    for messages in &messages {
        println!(
            "{ROWS} {} messages: {:.0} characters, {:.0} bytes, finished {:.0} bytes on average",
            messages.letters.name(),
            messages.mean_chars(),
            mean_bytes(messages.texts),
            mean_bytes(messages.finished)
        );
    }
    println!("medians of {} rounds\n", plan.rounds);
    report::print(&sections);
    report::print_levels(&sections);
    goals::print(&sections);
    if let Some(file) = &mut plan.json
        && let Err(error) = report::write_json(file, &machine, &sections)
    {
        eprintln!("--json: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The processor's caches are the work's own, and its counters and clock one.
fn stay_on_this_core() {
    #[cfg(target_os = "linux")]
    {
        let mut one = rustix::thread::CpuSet::new();
        one.set(rustix::thread::sched_getcpu());
        if let Err(error) = rustix::thread::sched_setaffinity(None, &one) {
            println!("it is not kept on one core: {error}");
        }
    }
}
