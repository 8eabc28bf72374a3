//! The memory store keeps every promise of a store.

use depesza::store::{Commit, Entry, Index, MemoryStore, Order, RowKey, Scan, Store, Table, Write, suite};
use std::sync::Arc;

#[test]
fn conforms() {
    suite::run(&mut || Arc::new(MemoryStore::new()));
}

#[test]
fn handles_share_it() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    suite::two_handles(&store, &store.clone());
}

fn message(id: &str, number: &str) -> Write {
    let entry = Entry { index: Index::MessageNumber, key: number.to_owned() };
    let row = RowKey { table: Table::Message, id: id.to_owned() };
    Write { row, doc: Some(format!(r#"{{"to":"{number}"}}"#)), add: vec![entry], remove: Vec::new() }
}

#[test]
fn same_commits_same_dump() {
    let commit = |practice: &str, version, writes| Commit { practice: practice.into(), version, writes };
    let one = MemoryStore::new();
    one.commit(&commit("b", 0, vec![message("1", "+48501000001"), message("2", "+48501000002")])).unwrap();
    one.commit(&commit("a", 0, vec![message("1", "+48501000001")])).unwrap();
    let other = MemoryStore::new();
    other.commit(&commit("a", 0, vec![message("1", "+48501000001")])).unwrap();
    // a refused commit leaves no trace, not even of its practice
    other.commit(&commit("c", 3, vec![message("9", "+48501000009")])).unwrap_err();
    assert_ne!(one.dump(), other.dump());
    other.commit(&commit("b", 0, vec![message("2", "+48501000002"), message("1", "+48501000001")])).unwrap();
    assert_eq!(one.dump(), other.dump());
    let line = r#"["a","message","1","{\"to\":\"+48501000001\"}",[["message_number","+48501000001"]]]"#;
    assert_eq!(one.dump().lines().nth(1), Some(line));
}

#[test]
fn debug_shows_no_document_and_no_key() {
    let store = MemoryStore::new();
    let commit = Commit { practice: "p".into(), version: 0, writes: vec![message("1", "+48501000001")] };
    store.commit(&commit).unwrap();
    let (from, to) = ("+48501000001".to_owned(), "+48501000002".to_owned());
    let scan = Scan { index: Index::MessageNumber, from, to, limit: 1, order: Order::Ascending };
    let found = store.scan(&"p".into(), &scan).unwrap();
    assert_eq!(found.len(), 1);
    let printed = format!("{store:?} {commit:?} {scan:?} {found:?}");
    assert!(printed.contains("MessageNumber") && !printed.contains("48501"), "{printed}");
}

/// What is written in databases out there: lines may be added at the end, and nowhere else.
#[test]
fn stored_numbers_never_change() {
    let tables =
        "practice patient visit campaign message request opt_out bad_number event job tally pause parts";
    let indexes = "due work message_visit message_patient message_submitted message_open message_number \
        message_underway message_time message_inbound request_number request_visit request_message visit_patient \
        visit_took_place visit_series visit_start patient_number tally_campaign reference provider_id own_number";
    for (code, name) in (0..).zip(tables.split(' ')) {
        let table = Table::from_name(name).unwrap();
        assert_eq!((table.code(), Table::from_code(code)), (code, Some(table)));
    }
    for (code, name) in (0..).zip(indexes.split_whitespace()) {
        let index = Index::from_name(name).unwrap();
        assert_eq!((index.code(), Index::from_code(code)), (code, Some(index)));
    }
    assert_eq!(Table::from_code(u16::MAX), None);
}
