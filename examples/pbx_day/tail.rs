//! Follows a file by the clock of the machine, until Ctrl-C or until nothing comes any more.

use crate::args::Args;
use crate::{place, show, text};
use depesza::model::{Call, Timestamp};
use depesza_call_records::asterisk::Options;
use depesza_examples::exchange::follow::Follower;
use depesza_examples::read::records::unread;
use depesza_examples::report::calls::{self, News, Outcome};
use depesza_rules_file::RulesFile;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Between two looks at the file.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows the records, shows each call when it was told, and says what came of all of them in the end.
pub fn follow(args: &Args, rules: &RulesFile, records: (&Path, Options)) -> Result<Vec<Outcome>, String> {
    let language = args.language();
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed)).map_err(text)?;
    let place = place::open(args.store.as_deref())?;
    let file = records.0.display().to_string();
    let mut follower =
        Follower::open(rules, place.store, records, args.position(), args.clock(), now()).map_err(text)?;
    let (mut told, mut waiting): (Vec<Call>, usize) = (Vec::new(), 0);
    let mut last_news = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let look = follower.look(now()).map_err(text)?;
        if let Some(error) = look.failed {
            eprintln!("{file}: {error}");
        }
        if !look.read.faults.is_empty() {
            eprintln!("{}", unread(&file, &look.read));
        }
        if !look.read.calls.is_empty() || follower.waiting() != waiting {
            (last_news, waiting) = (Instant::now(), follower.waiting());
        }
        let outcomes = calls::outcomes(&follower.host().clinic(), &look.read.calls).map_err(text)?;
        show(&calls::lines(&calls::ask(rules, &outcomes, news(&follower), language), language))?;
        told.extend(look.read.calls);
        if args.idle_exit.is_some_and(|seconds| last_news.elapsed() >= Duration::from_secs(seconds)) {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    let outcomes = calls::outcomes(&follower.host().clinic(), &told).map_err(text)?;
    show(&format!(
        "\n{}",
        calls::summary(&calls::ask(rules, &outcomes, news(&follower), language), language)
    ))?;
    Ok(outcomes)
}

fn news(follower: &Follower) -> News {
    News::Sent { messages: follower.host().left(), told: follower.told() }
}

#[allow(clippy::disallowed_methods, reason = "the host's clock: the engine has none")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
