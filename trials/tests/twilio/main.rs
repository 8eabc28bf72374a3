//! Counting against another's: Twilio's calculator (npm `sms-segments-calculator` 1.3.0) on generated messages.
//!
//! Encoding and units never differ. Where the number of parts does, exactly one of the `reasons` must hold for the
//! message, each with the clause of the standard that is ours. The calculator runs in one process of node.
//!
//! | command | what it does |
//! |---|---|
//! | `cargo test -p depesza-trials --test twilio` | 10,000 messages, always the same |
//! | `DEPESZA_SEED=7 DEPESZA_MESSAGES=1000000 …` | others, and more of them |
//! | `DEPESZA_SEED=fresh … -- --nocapture` | a new seed, which is printed |
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice)]

mod messages;
mod peer;
mod reasons;

use depesza::model::{Clusters, Encoding};
use depesza::text;
use messages::Messages;
use peer::Peer;
use reasons::{Compared, OF_COUNTING, OF_KEEPING, Reason, ours, their_packing};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn seed() -> u64 {
    match setting("DEPESZA_SEED").as_deref() {
        None => 20_261_122,
        Some("fresh") => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
            u64::from(now.subsec_nanos()) ^ now.as_secs()
        }
        Some(seed) => seed.parse().expect("DEPESZA_SEED: a number, or fresh"),
    }
}

/// The name of the one reason that holds.
fn the_reason(reasons: &[Reason], compared: &Compared<'_>, what: &str) -> &'static str {
    let holding: Vec<&Reason> = reasons.iter().filter(|reason| (reason.holds)(compared)).collect();
    match &*holding {
        [reason] => reason.name,
        others => {
            let names: Vec<_> = others.iter().map(|reason| (reason.name, reason.clause)).collect();
            panic!("{what}: not one reason but {names:?}\n{:?}\n{:?}", compared.text, compared.theirs);
        }
    }
}

#[test]
fn encoding_and_units_never_differ_and_parts_only_for_one_of_the_reasons() {
    let seed = seed();
    let count = setting("DEPESZA_MESSAGES")
        .map_or(10_000, |count| count.parse().expect("DEPESZA_MESSAGES: a number"));
    println!("{count} messages of the seed {seed}");
    let peer = Peer::ask(Messages::new(seed).take(count));
    let mut tally: BTreeMap<String, u64> = BTreeMap::new();
    let mut seen = |what: String| *tally.entry(what).or_default() += 1;

    for (number, text) in Messages::new(seed).take(count).enumerate() {
        let text = &*text;
        let what = format!("message {number} of the seed {seed}");
        let (segments, theirs) = (text::segments(text), peer.answer());
        assert_eq!(segments.encoding, theirs.encoding, "{what}: {text:?}");
        assert_eq!(segments.units, theirs.units, "{what}: {text:?}");
        assert_eq!(theirs.count as usize, theirs.parts.len(), "{what}: {text:?}");
        let compared = Compared { text, theirs: &theirs };
        if theirs.encoding == Encoding::Gsm7 {
            // no clusters, so nothing may differ
            assert_eq!(ours(text, Clusters::Ignore), theirs.parts, "{what}: {text:?}");
            assert_eq!(ours(text, Clusters::Keep), theirs.parts, "{what}: {text:?}");
            assert_eq!(segments.count, theirs.count, "{what}: {text:?}");
        } else {
            assert_eq!(their_packing(&theirs.clusters), theirs.parts, "{what}: {text:?}");
            if segments.count != theirs.count {
                seen(format!("parts counted: {}", the_reason(&OF_COUNTING, &compared, &what)));
            }
            if ours(text, Clusters::Keep) != theirs.parts {
                seen(format!("clusters kept: {}", the_reason(&OF_KEEPING, &compared, &what)));
            }
        }
        seen(format!("{:?} of {} parts", segments.encoding, segments.count.min(5)));
    }
    peer.finish();

    for (what, times) in &tally {
        println!("{times:>8}  {what}");
    }
    if count >= 10_000 {
        // a reason that no message has is no reason
        let counting = OF_COUNTING.iter().map(|reason| format!("parts counted: {}", reason.name));
        let keeping = OF_KEEPING.iter().map(|reason| format!("clusters kept: {}", reason.name));
        for wanted in counting.chain(keeping) {
            assert!(tally.contains_key(&wanted), "{wanted}: no such message");
        }
        for encoding in [Encoding::Gsm7, Encoding::Ucs2] {
            for parts in 1..=5 {
                let wanted = format!("{encoding:?} of {parts} parts");
                assert!(tally.get(&wanted).is_some_and(|times| *times > 20), "{wanted}: too few");
            }
        }
    }
}
