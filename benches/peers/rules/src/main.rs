//! The index over rules beside other ways to the same answer:
//! `cargo run --release --manifest-path benches/peers/rules/Cargo.toml`, with `-- --quick` for fewer calls and rules, with numbers
//! (`-- 100 10000`) for those counts of rules.
//!
//! First all contenders have to find the same rules for every call of the sample. Then they are measured in turn, round by
//! round and size by size, so that whatever else the machine does falls on all alike.

mod cedar;
mod contender;
mod counting;
mod rules;
mod scan;
mod zen;

use contender::{Contender, Depesza};
use depesza::call::Seen;
use depesza::model::Call;
use rules::Numbers;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What is measured.
struct Plan {
    sizes: Vec<usize>,
    calls: usize,
    sample: usize,
    rounds: usize,
}

/// A slow contender answers so many calls of the sample in a round as it can in this time.
const ROUND: Duration = Duration::from_secs(4);
/// And in the comparison beforehand, in this.
const COMPARISON: Duration = Duration::from_secs(30);
/// Calls that are made at once, so that their texts need not all be kept.
const CHUNK: usize = 10_000;

/// The rules of a size, the calls, and everyone who is to match them.
struct Size {
    rules: usize,
    calls: &'static [Seen],
    /// Times of chunks, in nanoseconds for a call.
    seeing_ns: Vec<f64>,
    index: Subject<Depesza<'static>>,
    peers: Vec<Subject<Box<dyn Contender>>>,
    matches: u64,
    allocations: u64,
}

struct Subject<C> {
    contender: C,
    build: Duration,
    /// How many calls it answers in a round, and in the comparison beforehand.
    calls: usize,
    compared: usize,
    /// For a call, a round each.
    times_ns: Vec<f64>,
}

impl<C> Subject<C> {
    fn build(build: impl FnOnce() -> C, calls: usize) -> Self {
        let start = Instant::now();
        let contender = build();
        Self { contender, build: start.elapsed(), calls, compared: calls, times_ns: Vec::new() }
    }
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Calls as the account sees them, and what seeing one took.
fn seen(rules: usize, count: usize) -> (Vec<Seen>, Vec<f64>) {
    let practice = rules::practice();
    let mut calls = rules::calls(Numbers::of(rules));
    let (mut all, mut times_ns) = (Vec::with_capacity(count), Vec::new());
    while all.len() < count {
        let chunk: Vec<Call> = calls.by_ref().take(CHUNK.min(count - all.len())).collect();
        let start = Instant::now();
        all.extend(chunk.iter().map(|call| Seen::of(call, &practice)));
        times_ns.push(start.elapsed().as_nanos() as f64 / chunk.len() as f64);
    }
    (all, times_ns)
}

impl Size {
    fn new(count: usize, plan: &Plan) -> Self {
        let rules = rules::rules(count);
        let (calls, seeing_ns) = seen(count, plan.calls);
        // they are there until the end
        let calls: &'static [Seen] = calls.leak();
        let sample = &calls[..plan.sample.min(calls.len())];
        let index = Subject::build(|| Depesza::new(&rules, calls), calls.len());
        let builds: [&dyn Fn() -> Box<dyn Contender>; 3] = [
            &|| Box::new(scan::Scan::new(&rules, sample)),
            &|| Box::new(zen::Zen::new(&rules, sample)),
            &|| Box::new(cedar::Cedar::new(&rules, sample)),
        ];
        let mut peers: Vec<Subject<Box<dyn Contender>>> =
            builds.map(|build| Subject::build(build, sample.len())).into();
        for peer in &mut peers {
            let start = Instant::now();
            peer.contender.matching(0, &mut Vec::new());
            let call = start.elapsed().as_nanos().max(1);
            let within =
                |time: Duration| usize::try_from(time.as_nanos() / call).unwrap().clamp(5, sample.len());
            (peer.calls, peer.compared) = (within(ROUND), within(COMPARISON));
            if peer.calls < sample.len() {
                let (name, ms) = (peer.contender.name(), call / 1_000_000);
                println!(
                    "{count} rules: a call takes {name} {ms} ms, so it answers {} calls of the sample in a round, \
                     and {} in the comparison",
                    peer.calls, peer.compared
                );
            }
        }
        Self { rules: count, calls, seeing_ns, index, peers, matches: 0, allocations: 0 }
    }

    /// Whether all find the same rules for every call of the sample; what is different is printed.
    fn agree(&self) -> bool {
        let (mut known, mut found) = (Vec::new(), Vec::new());
        let mut agree = true;
        for peer in &self.peers {
            for call in 0..peer.compared {
                self.index.contender.matching(call, &mut known);
                peer.contender.matching(call, &mut found);
                if known != found {
                    println!(
                        "{} rules, call {call} ({:?}): depesza finds {known:?}, {} finds {found:?}",
                        self.rules,
                        self.calls[call],
                        peer.contender.name()
                    );
                    agree = false;
                    break;
                }
            }
        }
        agree
    }

    fn round(&mut self) {
        let mut places = Vec::with_capacity(1_024);
        let (mut matches, calls) = (0, self.calls.len());
        let allocated = counting::allocations();
        let start = Instant::now();
        for call in 0..calls {
            self.index.contender.matching(call, &mut places);
            matches += black_box(&places).len();
        }
        let took = start.elapsed();
        self.allocations += counting::allocations() - allocated;
        self.index.times_ns.push(took.as_nanos() as f64 / calls as f64);
        self.matches = u64::try_from(matches).unwrap();
        for peer in &mut self.peers {
            let start = Instant::now();
            for call in 0..peer.calls {
                peer.contender.matching(call, &mut places);
                black_box(&places);
            }
            peer.times_ns.push(start.elapsed().as_nanos() as f64 / peer.calls as f64);
        }
    }

    fn peer_ns(&self, name: &str) -> Option<f64> {
        let peer = self.peers.iter().find(|peer| peer.contender.name() == name)?;
        Some(median(&peer.times_ns))
    }
}

fn plan() -> Plan {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut plan = match arguments.iter().any(|argument| argument == "--quick") {
        true => Plan { sizes: vec![100, 1_000, 10_000], calls: 100_000, sample: 200, rounds: 3 },
        false => {
            Plan { sizes: vec![100, 1_000, 10_000, 100_000], calls: 1_000_000, sample: 1_000, rounds: 7 }
        }
    };
    let sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if !sizes.is_empty() {
        plan.sizes = sizes;
    }
    plan
}

fn main() -> ExitCode {
    let plan = plan();
    let mut sizes: Vec<Size> = plan.sizes.iter().map(|count| Size::new(*count, &plan)).collect();
    // not all(): everything that is different is worth a look
    if sizes.iter().filter(|size| !size.agree()).count() > 0 {
        return ExitCode::FAILURE;
    }
    println!("all contenders find the same rules\n");
    for _ in 0..plan.rounds {
        sizes.iter_mut().for_each(Size::round);
    }
    print(&sizes, &plan);
    ExitCode::SUCCESS
}

fn print(sizes: &[Size], plan: &Plan) {
    let line = |name: &str, value: &dyn Fn(&Size) -> String| {
        let values: Vec<String> = sizes.iter().map(|size| format!("{:>16}", value(size))).collect();
        println!("{name:<34}{}", values.concat());
    };
    let figure = |value: f64| match value {
        value if value.is_nan() => "-".to_owned(),
        value if value < 1_000.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    };
    let index_ns = |size: &Size| median(&size.index.times_ns);
    line("rules", &|size| size.rules.to_string());
    line("matches a call", &|size| figure(size.matches as f64 / size.calls.len() as f64));
    line("seeing a call, ns", &|size| figure(median(&size.seeing_ns)));
    line("depesza, ns a call", &|size| figure(index_ns(size)));
    for name in ["linear scan", "zen-engine", "cedar-policy"] {
        line(&format!("{name}, ns a call"), &|size| figure(size.peer_ns(name).unwrap_or(f64::NAN)));
        line("  so many times depesza's", &|size| {
            figure(size.peer_ns(name).unwrap_or(f64::NAN) / index_ns(size))
        });
    }
    line("depesza, allocations", &|size| size.allocations.to_string());
    line("depesza, built in ms", &|size| figure(size.index.build.as_secs_f64() * 1_000.0));
    for name in ["zen-engine", "cedar-policy"] {
        let build =
            |size: &Size| size.peers.iter().find(|peer| peer.contender.name() == name).map(|peer| peer.build);
        line(&format!("{name}, built in ms"), &|size| {
            figure(build(size).map_or(f64::NAN, |build| build.as_secs_f64() * 1_000.0))
        });
    }
    println!(
        "\nmedians of {} rounds; depesza over {} calls, the others over the first {} of them",
        plan.rounds, plan.calls, plan.sample
    );
    goals(sizes);
}

fn goals(sizes: &[Size]) {
    let of = |rules: usize| sizes.iter().find(|size| size.rules == rules);
    let (Some(small), Some(large)) = (of(100), of(10_000)) else { return };
    let (from, to) = (median(&small.index.times_ns), median(&large.index.times_ns));
    let word = |met: bool| if met { "met" } else { "MISSED" };
    println!("\nfrom 100 to 10,000 rules: {:.2} times, at most 4: {}", to / from, word(to / from <= 4.0));
    for (name, least) in [("linear scan", 200.0), ("zen-engine", 400.0)] {
        let ratio = large.peer_ns(name).unwrap_or(f64::NAN) / to;
        println!(
            "at 10,000 rules {ratio:.0} times faster than {name}, at least {least}: {}",
            word(ratio >= least)
        );
    }
    let allocations: u64 = sizes.iter().map(|size| size.allocations).sum();
    println!("allocations: {allocations}, none: {}", word(allocations == 0));
}
