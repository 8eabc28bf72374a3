//! Scans, shared indexes and queues.

use super::{
    Check, END, Entry, Index, ODD, Order, Scan, Store, Table, Write, commit, delete, doc, entries, pairs,
    practice, put, row, scan,
};
use crate::model::{PracticeId, Timestamp};
use crate::store::instant_key;
use std::sync::Arc;

pub(super) const CHECKS: &[Check] = &[
    Check { name: "scan gives a range of keys in both orders", run: scan_ranges },
    Check { name: "scan stops at its limit", run: scan_limits },
    Check { name: "rows under one key come by table and id", run: equal_keys },
    Check { name: "a row can stand under several keys and in several indexes", run: several_entries },
    Check { name: "entries are removed, added and added again", run: entries_change },
    Check { name: "remove comes before add", run: remove_then_add },
    Check { name: "a new document keeps the entries", run: documents_keep_entries },
    Check { name: "a deleted row takes its entries along", run: deletion_of_entries },
    Check { name: "a shared index spans practices", run: shared_index },
    Check { name: "due gives each practice's earliest instant", run: due_order },
    Check { name: "due leaves out what is later, done or in the other queue", run: due_bounds },
];

const ASC: Order = Order::Ascending;
const DESC: Order = Order::Descending;

fn scan_ranges(store: &Arc<dyn Store>) {
    let p = practice("p");
    // each row stands under a key other than its id, so that the two cannot be confused
    let id = |n: usize| format!("{:03}", ODD.len() - n);
    let writes = ODD
        .iter()
        .enumerate()
        .map(|(n, key)| put(Table::Message, &id(n), &[(Index::MessageVisit, key)]))
        .collect();
    commit(&**store, &p, writes);
    let expected: Vec<(String, String)> =
        ODD.iter().enumerate().map(|(n, key)| ((*key).to_owned(), id(n))).collect();
    assert_eq!(scan(&**store, &p, Index::MessageVisit, ("", END), ASC, 100), expected);
    for (n, from) in ODD.iter().enumerate() {
        for (m, to) in ODD.iter().enumerate() {
            let mut part = expected.get(n..m).unwrap_or_default().to_vec();
            assert_eq!(
                scan(&**store, &p, Index::MessageVisit, (from, to), ASC, 100),
                part,
                "{from:?}..{to:?}"
            );
            part.reverse();
            assert_eq!(
                scan(&**store, &p, Index::MessageVisit, (from, to), DESC, 100),
                part,
                "{from:?}..{to:?}"
            );
        }
    }
    assert_eq!(scan(&**store, &p, Index::MessageTime, ("", END), ASC, 100), Vec::new());
}

fn scan_limits(store: &Arc<dyn Store>) {
    let p = practice("p");
    let keys = ["1", "2", "3", "4"];
    commit(
        &**store,
        &p,
        keys.iter().map(|key| put(Table::Message, key, &[(Index::MessageTime, key)])).collect(),
    );
    let found = |range, order, limit| {
        let found = scan(&**store, &p, Index::MessageTime, range, order, limit);
        found.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(found(("", END), ASC, 1), ["1"]);
    assert_eq!(found(("", END), DESC, 1), ["4"]);
    assert_eq!(found(("2", END), ASC, 2), ["2", "3"]);
    assert_eq!(found(("", "4"), DESC, 2), ["3", "2"], "the limit counts from the far end");
    assert_eq!(found(("", END), ASC, 4).len(), 4);
    assert_eq!(found(("", END), DESC, 5).len(), 4);
}

fn equal_keys(store: &Arc<dyn Store>) {
    let p = practice("p");
    let key = instant_key(Timestamp::from_ms(5));
    let queue = [(Index::Due, key.as_str())];
    // numbers as ids, and a table that an alphabet would put elsewhere
    let writes = vec![
        put(Table::Parts, "0", &queue),
        put(Table::Message, "9", &queue),
        put(Table::Message, "10", &queue),
        put(Table::BadNumber, "5", &queue),
        put(Table::Practice, "z", &queue),
        put(Table::Message, "é", &queue),
        put(Table::Message, "e", &queue),
    ];
    commit(&**store, &p, writes);
    let whole = |order, limit| {
        let all = Scan { index: Index::Due, from: String::new(), to: END.to_owned(), limit, order };
        let found = store.scan(&p, &all).expect("scan");
        found.into_iter().map(|found| found.row).collect::<Vec<_>>()
    };
    let mut expected = vec![
        row(Table::Practice, "z"),
        row(Table::Message, "10"),
        row(Table::Message, "9"),
        row(Table::Message, "e"),
        row(Table::Message, "é"),
        row(Table::BadNumber, "5"),
        row(Table::Parts, "0"),
    ];
    assert_eq!(whole(ASC, 100), expected);
    assert_eq!(whole(ASC, 3), expected[..3]);
    expected.reverse();
    assert_eq!(whole(DESC, 100), expected);
    assert_eq!(whole(DESC, 3), expected[..3]);
}

fn several_entries(store: &Arc<dyn Store>) {
    let p = practice("p");
    let many = [(Index::RequestMessage, "m1"), (Index::RequestMessage, "m2"), (Index::RequestNumber, "m1")];
    commit(&**store, &p, vec![put(Table::Request, "r", &many), put(Table::Request, "s", &many[1..2])]);
    let messages = scan(&**store, &p, Index::RequestMessage, ("", END), ASC, 9);
    assert_eq!(messages, pairs(&[("m1", "r"), ("m2", "r"), ("m2", "s")]));
    assert_eq!(scan(&**store, &p, Index::RequestNumber, ("", END), ASC, 9), pairs(&[("m1", "r")]));
}

fn change(id: &str, remove: &[(Index, &str)], add: &[(Index, &str)]) -> Write {
    Write { remove: entries(remove), ..put(Table::Message, id, add) }
}

fn entries_change(store: &Arc<dyn Store>) {
    let p = practice("p");
    let (a, b, r) = ((Index::MessageTime, "a"), (Index::MessageTime, "b"), (Index::Reference, "r"));
    let here = || scan(&**store, &p, Index::MessageTime, ("", END), ASC, 9);
    let shared = || store.find(Index::Reference, "r").expect("find").len();
    commit(&**store, &p, vec![change("1", &[], &[a, r]), change("2", &[], &[a, r])]);
    assert_eq!((here(), shared()), (pairs(&[("a", "1"), ("a", "2")]), 2));
    commit(&**store, &p, vec![change("1", &[a, r], &[b])]);
    assert_eq!((here(), shared()), (pairs(&[("a", "2"), ("b", "1")]), 1), "the other row keeps its entry");
    commit(&**store, &p, vec![change("1", &[a, r, r], &[b, b])]);
    assert_eq!((here(), shared()), (pairs(&[("a", "2"), ("b", "1")]), 1), "twice is once");
    commit(&**store, &p, vec![change("1", &[b], &[a, r])]);
    assert_eq!((here(), shared()), (pairs(&[("a", "1"), ("a", "2")]), 2));
}

fn remove_then_add(store: &Arc<dyn Store>) {
    let p = practice("p");
    let both = [(Index::MessageTime, "a"), (Index::Reference, "r")];
    commit(&**store, &p, vec![change("1", &[], &both)]);
    commit(&**store, &p, vec![change("1", &both, &both)]);
    assert_eq!(scan(&**store, &p, Index::MessageTime, ("", END), ASC, 9), pairs(&[("a", "1")]));
    assert_eq!(store.find(Index::Reference, "r"), Ok(vec![(p, row(Table::Message, "1"))]));
}

fn documents_keep_entries(store: &Arc<dyn Store>) {
    let p = practice("p");
    commit(&**store, &p, vec![change("1", &[], &[(Index::MessageTime, "a"), (Index::Reference, "r")])]);
    let new = Write { doc: Some("{}".to_owned()), ..change("1", &[], &[]) };
    commit(&**store, &p, vec![new]);
    let all =
        Scan { index: Index::MessageTime, from: String::new(), to: END.to_owned(), limit: 9, order: ASC };
    let found = store.scan(&p, &all).expect("scan");
    assert_eq!(found.iter().map(|found| found.doc.as_str()).collect::<Vec<_>>(), ["{}"]);
    assert_eq!(store.find(Index::Reference, "r"), Ok(vec![(p, row(Table::Message, "1"))]));
}

fn deletion_of_entries(store: &Arc<dyn Store>) {
    let p = practice("p");
    let at = Timestamp::from_ms(1);
    let key = instant_key(at);
    let all = [(Index::Due, key.as_str()), (Index::MessageTime, "t"), (Index::Reference, "r")];
    let kept = put(Table::Request, "1", &[(Index::MessageTime, "t")]);
    commit(&**store, &p, vec![put(Table::Message, "1", &all), kept]);
    // neither the entries that `remove` leaves out nor one that `add` brings may stay
    let gone = Write {
        add: entries(&[(Index::Work, &key), (Index::Reference, "s")]),
        remove: entries(&[(Index::MessageTime, "t")]),
        ..delete(Table::Message, "1")
    };
    commit(&**store, &p, vec![gone]);
    let look = || {
        assert_eq!(
            scan(&**store, &p, Index::MessageTime, ("", END), ASC, 9),
            pairs(&[("t", "1")]),
            "another row's"
        );
        for queue in [Index::Due, Index::Work] {
            assert_eq!(scan(&**store, &p, queue, ("", END), ASC, 9), Vec::new());
            assert_eq!(store.due(queue, at, 9), Ok(Vec::new()));
        }
        for key in ["r", "s"] {
            assert_eq!(store.find(Index::Reference, key), Ok(Vec::new()));
        }
    };
    look();
    commit(&**store, &p, vec![put(Table::Message, "1", &[])]);
    look();
}

fn shared_index(store: &Arc<dyn Store>) {
    let key = "gw|ODD '%' ż";
    for name in ["b", "ż", "a", "B"] {
        let writes = vec![
            put(Table::Message, "2", &[(Index::ProviderId, key), (Index::ProviderId, "other")]),
            put(Table::Message, "10", &[(Index::ProviderId, key)]),
            put(Table::Practice, "practice", &[(Index::OwnNumber, key)]),
        ];
        commit(&**store, &practice(name), writes);
    }
    let both = |name: &str| {
        [(practice(name), row(Table::Message, "10")), (practice(name), row(Table::Message, "2"))]
    };
    assert_eq!(store.find(Index::ProviderId, key), Ok(["B", "a", "b", "ż"].map(both).concat()));
    assert_eq!(store.find(Index::OwnNumber, key).map(|found| found.len()), Ok(4));
    assert_eq!(store.find(Index::Reference, key), Ok(Vec::new()));
    for part in ["gw|ODD '%' ", "", "GW|odd '%' ż", "gw|ODD '%' ż "] {
        assert_eq!(store.find(Index::ProviderId, part), Ok(Vec::new()), "{part:?}");
    }
    commit(&**store, &practice("a"), vec![delete(Table::Message, "2"), delete(Table::Message, "10")]);
    assert_eq!(store.find(Index::ProviderId, key), Ok(["B", "b", "ż"].map(both).concat()));
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

fn queued(table: Table, id: &str, queue: Index, key: String) -> Write {
    let add = vec![Entry { index: queue, key }];
    Write { row: row(table, id), doc: Some(doc(id)), add, remove: Vec::new() }
}

fn due_order(store: &Arc<dyn Store>) {
    for queue in [Index::Due, Index::Work] {
        let firsts = [("c", 300), ("a", 100), ("d", 200), ("b", 200), ("e", 1_700_000_000_000)];
        for (name, first) in firsts {
            let key = |more: i64| instant_key(at(first + more));
            // keys may go on after the instant, as long as they sort
            let writes = vec![
                queued(Table::Message, "late", queue, key(5_000)),
                queued(Table::Message, "first", queue, format!("{}|x", key(0))),
                queued(Table::Parts, "next", queue, key(1)),
            ];
            commit(&**store, &practice(name), writes);
        }
        let expected: Vec<(PracticeId, Timestamp)> =
            [("a", 100), ("b", 200), ("d", 200), ("c", 300), ("e", 1_700_000_000_000)]
                .map(|(name, first)| (practice(name), at(first)))
                .to_vec();
        assert_eq!(store.due(queue, Timestamp::MAX, 100), Ok(expected.clone()));
        assert_eq!(store.due(queue, Timestamp::MAX, 2), Ok(expected[..2].to_vec()), "limit");
        assert_eq!(store.due(queue, at(200), 100), Ok(expected[..3].to_vec()), "until is included");
        assert_eq!(store.due(queue, at(199), 100), Ok(expected[..1].to_vec()));
        assert_eq!(store.due(queue, at(99), 100), Ok(Vec::new()));
    }
}

fn due_bounds(store: &Arc<dyn Store>) {
    let p = practice("p");
    assert_eq!(store.due(Index::Due, Timestamp::MAX, 9), Ok(Vec::new()), "an empty store");
    commit(&**store, &p, vec![put(Table::Visit, "v", &[(Index::VisitStart, "000000000000001")])]);
    assert_eq!(store.due(Index::Due, Timestamp::MAX, 9), Ok(Vec::new()), "another index is no queue");
    let (soon, late) = (instant_key(at(10)), instant_key(Timestamp::MAX));
    let writes = vec![
        queued(Table::Message, "1", Index::Due, soon.clone()),
        queued(Table::Message, "2", Index::Due, late),
        queued(Table::Job, "3", Index::Work, instant_key(at(-5))),
    ];
    commit(&**store, &p, writes);
    assert_eq!(store.due(Index::Due, at(10), 9), Ok(vec![(p.clone(), at(10))]));
    assert_eq!(
        store.due(Index::Work, at(0), 9),
        Ok(vec![(p.clone(), at(0))]),
        "before 1970 is due since 1970"
    );
    commit(&**store, &p, vec![change("1", &[(Index::Due, &soon)], &[])]);
    assert_eq!(store.due(Index::Due, at(10), 9), Ok(Vec::new()));
    assert_eq!(store.due(Index::Due, Timestamp::MAX, 9), Ok(vec![(p.clone(), Timestamp::MAX)]));
    commit(&**store, &p, vec![delete(Table::Message, "2")]);
    assert_eq!(store.due(Index::Due, Timestamp::MAX, 9), Ok(Vec::new()));
}
