//! Several threads and handles on one store, and stores that are closed and opened again.

use super::{
    Check, Commit, END, Index, Order, Store, StoreError, Table, commit, delete, doc, ids, pairs, practice,
    put, put_doc, read_one, row, scan,
};
use crate::model::{PracticeId, Timestamp};
use crate::store::instant_key;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub(super) const CHECKS: &[Check] = &[
    Check { name: "threads that retry on a conflict lose no count", run: counter },
    Check { name: "practices never conflict with each other", run: parallel_practices },
    Check { name: "a reader sees whole commits only", run: whole_commits },
];

const THREADS: usize = 4;
const ROUNDS: u64 = 25;

fn count(store: &dyn Store, practice: &PracticeId, times: u64) {
    for _ in 0..times {
        loop {
            let version = store.version(practice).expect("version");
            let before = number(read_one(store, practice, Table::Tally, "n"));
            let writes = vec![put_doc(Table::Tally, "n", &(before + 1).to_string())];
            match store.commit(&Commit { practice: practice.clone(), version, writes }) {
                Ok(now) => {
                    assert_eq!(now, version + 1);
                    break;
                }
                Err(StoreError::Conflict { expected, found }) => {
                    assert!(expected == version && found > version, "a conflict without another commit");
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

fn number(doc: Option<String>) -> u64 {
    doc.map_or(0, |doc| doc.parse().expect("a number"))
}

fn counter(store: &Arc<dyn Store>) {
    let p = practice("p");
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| count(&**store, &p, ROUNDS));
        }
    });
    let all = ROUNDS * THREADS as u64;
    assert_eq!(number(read_one(&**store, &p, Table::Tally, "n")), all);
    assert_eq!(store.version(&p), Ok(all));
}

fn parallel_practices(store: &Arc<dyn Store>) {
    thread::scope(|scope| {
        for n in 0..THREADS {
            scope.spawn(move || {
                let p = practice(&format!("p{n}"));
                for round in 0..ROUNDS {
                    let key = format!("{round:03}");
                    let shared = format!("{n}-{round}");
                    let entries = [(Index::MessageTime, key.as_str()), (Index::Reference, shared.as_str())];
                    let writes = vec![put(Table::Message, &key, &entries)];
                    let done = store.commit(&Commit { practice: p.clone(), version: round, writes });
                    assert_eq!(done, Ok(round + 1));
                    assert_eq!(
                        store.find(Index::Reference, &shared),
                        Ok(vec![(p.clone(), row(Table::Message, &key))])
                    );
                }
            });
        }
    });
    for n in 0..THREADS {
        let p = practice(&format!("p{n}"));
        let found = scan(&**store, &p, Index::MessageTime, ("", END), Order::Ascending, 100);
        assert_eq!(found.len() as u64, ROUNDS);
    }
}

fn whole_commits(store: &Arc<dyn Store>) {
    let p = practice("p");
    let done = AtomicBool::new(false);
    let write = |n: u64| {
        // the row that stands for this number moves to its key, and both halves carry the number
        let number = n.to_string();
        let (old, new) = (format!("{:03}", n.wrapping_sub(1)), format!("{n:03}"));
        let mut writes =
            vec![put_doc(Table::Visit, "left", &number), put_doc(Table::Visit, "right", &number)];
        writes.push(put(Table::Message, &new, &[(Index::MessageTime, &new)]));
        if n > 0 {
            writes.push(delete(Table::Message, &old));
        }
        commit(&**store, &p, writes);
    };
    let halves = [row(Table::Visit, "left"), row(Table::Visit, "right")];
    let look = || {
        let seen = store.read(&p, &halves).expect("read");
        assert_eq!(seen[0], seen[1], "two rows of one commit in one read");
        let moved = scan(&**store, &p, Index::MessageTime, ("", END), Order::Ascending, 10);
        assert_eq!(moved.len(), 1, "a scan sees a row either at its old or at its new key");
        let first = number(seen.into_iter().next().flatten());
        assert!(moved[0].1.parse::<u64>().expect("a number") >= first, "a later call does not go back");
        let later = number(read_one(&**store, &p, Table::Visit, "right"));
        assert!(later >= first, "a later call does not go back");
    };
    write(0);
    thread::scope(|scope| {
        for _ in 1..THREADS {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    look();
                }
            });
        }
        for n in 1..=ROUNDS {
            write(n);
        }
        done.store(true, Ordering::Relaxed);
    });
    look();
}

/// Checks a store that outlives its process: `open` opens the same data each time, which are empty at first. Each handle
/// is dropped before the next is opened.
///
/// # Panics
/// When something that was committed is missing, or something is there that was not.
pub fn reopens(open: &mut dyn FnMut() -> Arc<dyn Store>) {
    let (p, other) = (practice("p"), practice("other"));
    let due = instant_key(Timestamp::from_ms(7));
    let first = open();
    let entries = [(Index::Due, due.as_str()), (Index::Reference, "r"), (Index::MessageTime, "t")];
    commit(&*first, &p, vec![put(Table::Message, "1", &entries), put(Table::Message, "2", &[])]);
    commit(&*first, &p, vec![delete(Table::Message, "2"), put(Table::Visit, "ż", &[])]);
    commit(&*first, &other, vec![put(Table::Visit, "v", &[])]);
    drop(first);
    for version in 2..4 {
        let store = open();
        assert_eq!((store.version(&p), store.version(&other)), (Ok(version), Ok(1)));
        assert_eq!(ids(&*store, &p, Table::Message, "", END, 9), ["1"]);
        assert_eq!(read_one(&*store, &p, Table::Visit, "ż"), Some(doc("ż")));
        assert_eq!(
            scan(&*store, &p, Index::MessageTime, ("", END), Order::Ascending, 9),
            pairs(&[("t", "1")])
        );
        assert_eq!(store.find(Index::Reference, "r"), Ok(vec![(p.clone(), row(Table::Message, "1"))]));
        assert_eq!(store.due(Index::Due, Timestamp::MAX, 9), Ok(vec![(p.clone(), Timestamp::from_ms(7))]));
        let stale = store.commit(&Commit { practice: p.clone(), version: version - 1, writes: Vec::new() });
        assert_eq!(stale, Err(StoreError::Conflict { expected: version - 1, found: version }));
        commit(&*store, &p, Vec::new());
    }
}

/// Checks a store that several processes may use at once: both handles are open on the same data, which are empty.
///
/// # Panics
/// When one handle misses or loses what the other committed.
pub fn two_handles(one: &Arc<dyn Store>, two: &Arc<dyn Store>) {
    let p = practice("p");
    assert_eq!(two.version(&p), Ok(0));
    commit(&**one, &p, vec![put(Table::Message, "1", &[(Index::Reference, "r"), (Index::MessageTime, "t")])]);
    assert_eq!(two.version(&p), Ok(1));
    assert_eq!(read_one(&**two, &p, Table::Message, "1"), Some(doc("1")));
    assert_eq!(two.find(Index::Reference, "r"), Ok(vec![(p.clone(), row(Table::Message, "1"))]));
    let refused = two.commit(&Commit { practice: p.clone(), version: 0, writes: Vec::new() });
    assert_eq!(refused, Err(StoreError::Conflict { expected: 0, found: 1 }));
    commit(&**two, &p, vec![delete(Table::Message, "1")]);
    assert_eq!(read_one(&**one, &p, Table::Message, "1"), None);

    let counted = practice("counted");
    thread::scope(|scope| {
        for store in [one, two, one, two] {
            scope.spawn(|| count(&**store, &counted, ROUNDS));
        }
    });
    for store in [one, two] {
        assert_eq!(number(read_one(&**store, &counted, Table::Tally, "n")), ROUNDS * 4);
    }
}
