#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
//! The same rows give the same calls: in any order within the settle time, cut into any pieces, read again, and over a restart
//! at any byte.

mod sets;

use depesza::model::{Call, Timestamp};
use depesza_call_records::asterisk::{Feed, Joiner, Row, read};
use depesza_call_records::{Place, lines::Lines};
use proptest::prelude::*;
use sets::Set;
use std::collections::{BTreeMap, BTreeSet};

const SET: [Set; 5] = Set::ALL;

/// Calls by their identifiers; told again, the first stands.
fn by_id(calls: impl IntoIterator<Item = Call>) -> BTreeMap<String, Call> {
    let mut all = BTreeMap::new();
    for call in calls {
        all.entry(call.id.to_string()).or_insert(call);
    }
    all
}

fn whole(set: Set) -> BTreeMap<String, Call> {
    let calls = read(&set.rows(), set.options()).unwrap().calls;
    let count = calls.len();
    let calls = by_id(calls);
    assert_eq!(calls.len(), count, "every call has its own identifier");
    calls
}

/// The identifiers of calls that are not on both sides alike.
fn differing(one: BTreeMap<String, Call>, other: BTreeMap<String, Call>) -> Vec<String> {
    let ids: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    ids.into_iter().filter(|id| one.get(*id) != other.get(*id)).cloned().collect()
}

proptest! {
    #[test]
    fn any_order_within_the_settle_time_gives_the_same_calls(number in 0..SET.len(), late in prop::collection::vec(0..=2_i64, 200)) {
        let set = SET[number];
        // all rows of a channel are written when it hangs up; each comes up to two seconds after that
        let parsed = set.parsed();
        let mut hung_up: BTreeMap<&str, i64> = BTreeMap::new();
        for row in &parsed {
            let end = hung_up.entry(&row.channel).or_insert(i64::MIN);
            *end = row.end.and_utc().timestamp().max(*end);
        }
        let mut written = i64::MIN;
        let mut rows: Vec<(i64, Row)> = Vec::new();
        for (row, late) in parsed.iter().zip(late.iter().cycle()) {
            written = written.max(hung_up[row.channel.as_str()]);
            rows.push((written + late, row.clone()));
        }
        rows.sort_by_key(|(came, _)| *came);
        let mut joiner = Joiner::new(set.options()).unwrap();
        let mut calls = Vec::new();
        for (_, row) in rows {
            calls.extend(joiner.take(row, Place::START));
        }
        calls.extend(joiner.flush());
        prop_assert_eq!(differing(by_id(calls), whole(set)), Vec::<String>::new());
    }

    #[test]
    fn any_pieces_give_the_same_calls(number in 0..SET.len(), sizes in prop::collection::vec(1..2000_usize, 1..20)) {
        let set = SET[number];
        let bytes = set.rows();
        let (mut lines, mut joiner) = (Lines::default(), Joiner::new(set.options()).unwrap());
        let mut calls = Vec::new();
        let (mut rest, mut sizes) = (bytes.as_slice(), sizes.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            rest = after;
            for line in lines.feed(piece) {
                let line = line.unwrap();
                let row = Row::from_csv(line.place.line, &line.bytes, set.options().columns).unwrap().unwrap();
                calls.extend(joiner.take(row, line.place));
            }
        }
        calls.extend(joiner.flush());
        prop_assert_eq!(differing(by_id(calls), whole(set)), Vec::<String>::new());
    }

    #[test]
    fn edge_126_a_restart_at_any_byte_tells_every_call_and_no_other(number in 0..SET.len(), at in 0.0..1.0_f64) {
        let set = SET[number];
        let bytes = set.rows();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("Master.csv");
        let now = Timestamp::from_ms(1_795_400_000_000);
        std::fs::write(&path, &bytes[..(bytes.len() as f64 * at) as usize]).unwrap();
        let mut before = Feed::new(&path, set.options(), None).unwrap();
        let mut calls = before.poll(now).unwrap().calls;
        let position = serde_json::to_string(&before.position()).unwrap();
        drop(before);
        std::fs::write(&path, &bytes).unwrap();
        let mut after = Feed::new(&path, set.options(), serde_json::from_str(&position).unwrap()).unwrap();
        calls.extend(after.poll(now).unwrap().calls);
        calls.extend(after.flush().calls);
        prop_assert_eq!(differing(by_id(calls), whole(set)), Vec::<String>::new());
    }
}

#[test]
fn edge_126_read_again_every_call_has_the_same_identifier() {
    for set in SET {
        assert_eq!(whole(set), whole(set));
    }
}
