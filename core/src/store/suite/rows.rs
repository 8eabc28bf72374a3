//! Versions, commits, documents and their lists.

use super::{
    Check, Commit, END, Index, ODD, Order, Store, StoreError, Table, Write, commit, delete, doc, entries,
    ids, pairs, practice, put, put_doc, read_one, row, scan,
};
use std::sync::Arc;

pub(super) const CHECKS: &[Check] = &[
    Check { name: "an unknown practice has version 0 and no rows", run: unknown_practice },
    Check { name: "each commit raises the version by one", run: versions_grow },
    Check { name: "a commit at another version is refused and changes nothing", run: conflict },
    Check { name: "documents come back byte by byte", run: documents },
    Check { name: "a document of a megabyte is kept", run: big_document },
    Check { name: "a commit of a thousand rows is kept", run: big_commit },
    Check { name: "read answers in the order asked", run: read_order },
    Check { name: "ids that differ in one byte are different rows", run: odd_ids },
    Check { name: "list gives a range of ids in the order of their bytes", run: list_ranges },
    Check { name: "a deleted row is gone", run: deletion },
    Check { name: "a scrub keeps everything that stands", run: scrubbing },
    Check { name: "practices never see each other's rows", run: separate_practices },
];

fn unknown_practice(store: &Arc<dyn Store>) {
    let p = practice("nobody");
    assert_eq!(store.version(&p), Ok(0));
    assert_eq!(store.read(&p, &[row(Table::Visit, "1"), row(Table::Job, "2")]), Ok(vec![None, None]));
    assert_eq!(store.begin(&p, &[row(Table::Visit, "1")]), Ok((0, vec![None])));
    assert_eq!(store.list(&p, Table::Visit, "", END, 10), Ok(Vec::new()));
    assert_eq!(scan(&**store, &p, Index::Due, ("", END), Order::Ascending, 10), Vec::new());
    let refused =
        store.commit(&Commit { practice: p.clone(), version: 7, writes: vec![put(Table::Visit, "1", &[])] });
    assert_eq!(refused, Err(StoreError::Conflict { expected: 7, found: 0 }));
    assert_eq!(store.version(&p), Ok(0));
    assert_eq!(read_one(&**store, &p, Table::Visit, "1"), None);
}

fn versions_grow(store: &Arc<dyn Store>) {
    let p = practice("p");
    let created =
        store.commit(&Commit { practice: p.clone(), version: 0, writes: vec![put(Table::Visit, "1", &[])] });
    assert_eq!(created, Ok(1));
    assert_eq!(
        store.commit(&Commit { practice: p.clone(), version: 1, writes: Vec::new() }),
        Ok(2),
        "without rows"
    );
    assert_eq!(store.commit(&Commit { practice: p.clone(), version: 2, writes: Vec::new() }), Ok(3));
    assert_eq!(store.version(&p), Ok(3));
    assert_eq!(read_one(&**store, &p, Table::Visit, "1"), Some(doc("1")));
}

fn conflict(store: &Arc<dyn Store>) {
    let p = practice("p");
    let due = "000000000000005";
    commit(&**store, &p, vec![put(Table::Message, "1", &[(Index::Due, due), (Index::Reference, "r1")])]);
    commit(&**store, &p, vec![put(Table::Message, "2", &[])]);
    for version in [0, 1, 3] {
        let changed = Write {
            row: row(Table::Message, "1"),
            doc: Some("{}".to_owned()),
            add: entries(&[(Index::Work, due), (Index::Reference, "r2")]),
            remove: entries(&[(Index::Due, due), (Index::Reference, "r1")]),
        };
        let writes = vec![put(Table::Message, "0", &[]), changed, delete(Table::Message, "2")];
        let refused = store.commit(&Commit { practice: p.clone(), version, writes });
        assert_eq!(refused, Err(StoreError::Conflict { expected: version, found: 2 }));
        assert_eq!(store.version(&p), Ok(2));
        assert_eq!(ids(&**store, &p, Table::Message, "", END, 10), ["1", "2"]);
        assert_eq!(scan(&**store, &p, Index::Due, ("", END), Order::Ascending, 9), pairs(&[(due, "1")]));
        assert_eq!(scan(&**store, &p, Index::Work, ("", END), Order::Ascending, 9), Vec::new());
        assert_eq!(store.find(Index::Reference, "r1"), Ok(vec![(p.clone(), row(Table::Message, "1"))]));
        assert_eq!(store.find(Index::Reference, "r2"), Ok(Vec::new()));
    }
}

fn documents(store: &Arc<dyn Store>) {
    let p = practice("p");
    // white space, the order of names, escapes, repeated names and long numbers: a store that parses would lose them
    let docs = [
        r#"{ "b" : 1,  "a" : [ 1.0, 1e2, 12345678901234567890.123 ] }"#,
        r#"{"a":"\u0000\u0142ł","a":2}"#,
        "{\"text\":\"zażółć gęślą jaźń 😀 '\\\"\\\\ % _ \\r\\n\"}\n",
        "{}",
    ];
    let writes =
        docs.iter().enumerate().map(|(n, doc)| put_doc(Table::Message, &n.to_string(), doc)).collect();
    commit(&**store, &p, writes);
    for (n, doc) in docs.iter().enumerate() {
        assert_eq!(read_one(&**store, &p, Table::Message, &n.to_string()).as_deref(), Some(*doc));
    }
    commit(&**store, &p, vec![put_doc(Table::Message, "0", "[]")]);
    assert_eq!(
        read_one(&**store, &p, Table::Message, "0").as_deref(),
        Some("[]"),
        "a later document replaces"
    );
}

fn big_document(store: &Arc<dyn Store>) {
    let p = practice("p");
    let big = format!(r#"{{"text":"{}"}}"#, "ż".repeat(512 * 1024));
    commit(&**store, &p, vec![put_doc(Table::Campaign, "big", &big), put(Table::Campaign, "small", &[])]);
    assert!(read_one(&**store, &p, Table::Campaign, "big").as_deref() == Some(&big));
    assert_eq!(read_one(&**store, &p, Table::Campaign, "small"), Some(doc("small")));
}

fn big_commit(store: &Arc<dyn Store>) {
    let p = practice("p");
    let names: Vec<String> = (0..1_000).map(|n| format!("{n:04}")).collect();
    let writes = names
        .iter()
        .map(|id| {
            put(Table::Message, id, &[(Index::MessageTime, id.as_str()), (Index::MessagePatient, "same")])
        })
        .collect();
    commit(&**store, &p, writes);
    assert_eq!(ids(&**store, &p, Table::Message, "", END, 1_000), names);
    for index in [Index::MessageTime, Index::MessagePatient] {
        let found = scan(&**store, &p, index, ("", END), Order::Ascending, 1_000);
        assert!(found.iter().map(|(_, id)| id).eq(&names), "{index}");
    }
}

fn read_order(store: &Arc<dyn Store>) {
    let p = practice("p");
    commit(
        &**store,
        &p,
        vec![put(Table::Visit, "a", &[]), put(Table::Visit, "b", &[]), put(Table::Job, "a", &[])],
    );
    let asked = [
        row(Table::Visit, "b"),
        row(Table::Visit, "missing"),
        row(Table::Visit, "a"),
        row(Table::Job, "b"),
        row(Table::Visit, "b"),
    ];
    let expected = vec![Some(doc("b")), None, Some(doc("a")), None, Some(doc("b"))];
    let version = store.version(&p).expect("version");
    assert_eq!(store.begin(&p, &asked), Ok((version, expected.clone())), "begin is version and read");
    assert_eq!(store.begin(&p, &[]), Ok((version, Vec::new())));
    assert_eq!(store.read(&p, &asked), Ok(expected));
    assert_eq!(store.read(&p, &[]), Ok(Vec::new()));
    let many: Vec<_> = (0..5_000).map(|n| row(Table::Visit, if n % 2 == 0 { "a" } else { "no" })).collect();
    let docs = store.read(&p, &many).expect("read of many rows");
    assert!(docs.iter().enumerate().all(|(n, found)| *found == (n % 2 == 0).then(|| doc("a"))));
    assert_eq!(docs.len(), many.len());
}

fn odd_ids(store: &Arc<dyn Store>) {
    assert!(ODD.is_sorted(), "the suite's own list");
    let p = practice("p");
    commit(&**store, &p, ODD.iter().rev().map(|id| put(Table::Patient, id, &[])).collect());
    for id in ODD {
        assert_eq!(read_one(&**store, &p, Table::Patient, id), Some(doc(id)));
    }
    commit(&**store, &p, ODD.iter().step_by(2).map(|id| delete(Table::Patient, id)).collect());
    for (n, id) in ODD.iter().enumerate() {
        assert_eq!(read_one(&**store, &p, Table::Patient, id), (n % 2 == 1).then(|| doc(id)), "{id:?}");
    }
}

fn list_ranges(store: &Arc<dyn Store>) {
    let p = practice("p");
    commit(&**store, &p, ODD.iter().rev().map(|id| put(Table::Visit, id, &[])).collect());
    commit(&**store, &p, vec![put(Table::Patient, "a", &[]), put(Table::Campaign, "a", &[])]);
    assert_eq!(ids(&**store, &p, Table::Visit, "", END, 100), ODD);
    for (n, from) in ODD.iter().enumerate() {
        for (m, to) in ODD.iter().enumerate() {
            let expected = ODD.get(n..m).unwrap_or_default();
            assert_eq!(ids(&**store, &p, Table::Visit, from, to, 100), expected, "{from:?}..{to:?}");
        }
        assert_eq!(ids(&**store, &p, Table::Visit, from, END, 2), ODD[n..ODD.len().min(n + 2)], "limit");
    }
    assert_eq!(ids(&**store, &p, Table::Visit, "a", "a\u{0}", 5), ["a"], "one id alone");
    assert_eq!(store.list(&p, Table::Job, "", END, 5), Ok(Vec::new()));
}

/// That nothing is left of what went cannot be seen through the trait: a store's own tests look into its files.
fn scrubbing(store: &Arc<dyn Store>) {
    let p = practice("p");
    let keys = [(Index::Due, "1"), (Index::Reference, "r")];
    let version = commit(&**store, &p, vec![put(Table::Message, "a", &keys), put(Table::Message, "b", &[])]);
    let version = version.max(commit(&**store, &p, vec![delete(Table::Message, "b")]));
    for _ in 0..2 {
        store.scrub().expect("scrub");
    }
    assert_eq!(store.version(&p), Ok(version), "a scrub is no commit");
    assert_eq!(read_one(&**store, &p, Table::Message, "a"), Some(doc("a")));
    assert_eq!(read_one(&**store, &p, Table::Message, "b"), None);
    let found = scan(&**store, &p, Index::Due, ("", END), Order::Ascending, 9);
    assert_eq!(found, pairs(&[("1", "a")]));
    assert_eq!(store.find(Index::Reference, "r"), Ok(vec![(p.clone(), row(Table::Message, "a"))]));
    assert_eq!(commit(&**store, &p, vec![put(Table::Message, "c", &[])]), version + 1);
}

fn deletion(store: &Arc<dyn Store>) {
    let p = practice("p");
    commit(&**store, &p, vec![put(Table::Visit, "a", &[]), put(Table::Visit, "b", &[])]);
    commit(&**store, &p, vec![delete(Table::Visit, "a"), delete(Table::Visit, "never there")]);
    assert_eq!(ids(&**store, &p, Table::Visit, "", END, 5), ["b"]);
    commit(&**store, &p, vec![put(Table::Visit, "a", &[])]);
    assert_eq!(ids(&**store, &p, Table::Visit, "", END, 5), ["a", "b"]);
}

fn separate_practices(store: &Arc<dyn Store>) {
    // names that would run into ids and keys if a store joined them without care
    let names = ["a", "A", "a|b", "a|", "ą", "%"];
    for (n, name) in names.iter().enumerate() {
        for _ in 0..=n {
            let own = put(Table::Visit, name, &[(Index::VisitStart, "k")]);
            let same = put_doc(Table::Job, "b|c", &format!("{n}"));
            commit(&**store, &practice(name), vec![own, same]);
        }
    }
    for (n, name) in names.iter().enumerate() {
        let p = practice(name);
        assert_eq!(store.version(&p).map(usize::try_from), Ok(Ok(n + 1)));
        assert_eq!(ids(&**store, &p, Table::Visit, "", END, 10), [*name]);
        assert_eq!(
            scan(&**store, &p, Index::VisitStart, ("", END), Order::Ascending, 9),
            pairs(&[("k", name)])
        );
        assert_eq!(read_one(&**store, &p, Table::Job, "b|c"), Some(format!("{n}")));
    }
    commit(&**store, &practice("a"), vec![delete(Table::Visit, "a"), delete(Table::Job, "b|c")]);
    assert_eq!(read_one(&**store, &practice("A"), Table::Job, "b|c").as_deref(), Some("1"));
}
