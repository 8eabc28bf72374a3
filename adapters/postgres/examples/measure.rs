//! Measures commits, questions and turns on a database, with documents and entries of the engine's usual sizes:
//! `adapters/postgres/cluster run cargo run --release -p depesza-postgres --features testing --example measure [ROWS]`
//! (a million rows without one). With `SETTINGS='fsync=on'` in front each commit waits for the disk.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a tool for those who work on the store")]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Index, Order, RowKey, Scan, Store, Table, Write, instant_key};
use depesza_postgres::PostgresStore;
use depesza_postgres::testing::Database;
use std::time::Instant;

const ROWS: u64 = 100;
const DOC_BYTES: usize = 1_000;

/// A message with twenty entries, whose patient and visit are spread over the whole practice.
fn message(n: u64) -> Write {
    let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let at = instant_key(Timestamp::from_ms(1_700_000_000_000 + (n * 60_000) as i64));
    let mut keys = vec![
        (Index::Due, at.clone()),
        (Index::MessageTime, format!("{at}|{n:012}")),
        (Index::MessagePatient, format!("{:05}|{at}|{n:012}", spread % 20_000)),
        (Index::MessageVisit, format!("{:06}", spread % 300_000)),
        (Index::MessageNumber, format!("{n:012}")),
        (Index::MessagePhone, format!("+48{:09}|{at}|{n:012}", spread % 1_000_000_000)),
        (Index::MessageKind, format!("reminder|{at}|{n:012}")),
        (Index::MessageStatus, format!("planned|{at}|{n:012}")),
        (Index::MessageCampaign, format!("przypomnienie|{at}|{n:012}")),
        (Index::Reference, format!("{spread:016x}")),
    ];
    // a text's words
    keys.extend((0..10).map(|word| {
        let word = (spread >> word) % 5_000;
        (Index::MessageWord, format!("słowo{word}|{at}|{n:012}"))
    }));
    let add = keys.into_iter().map(|(index, key)| Entry { index, key }).collect();
    let doc = Some(format!(r#"{{"n":{n},"text":"{}"}}"#, "x".repeat(DOC_BYTES)));
    Write { row: RowKey { table: Table::Message, id: format!("{n:012}") }, doc, add, remove: Vec::new() }
}

/// The same message claimed: another document, another place in the queue and in the lists by status.
fn claimed(n: u64) -> Write {
    let new = message(n);
    let later = instant_key(Timestamp::from_ms(1_900_000_000_000 + n as i64));
    let due = new.add[0].clone();
    let status = new.add[7].clone();
    let mut write = Write { add: Vec::new(), remove: vec![due, status.clone()], ..new };
    write.add.push(Entry { index: Index::Due, key: later });
    write.add.push(Entry { key: status.key.replace("planned", "claimed"), ..status });
    write
}

struct Filling<'s> {
    store: &'s PostgresStore,
    practice: PracticeId,
}

impl Filling<'_> {
    fn commit(&self, writes: Vec<Write>) {
        let version = self.store.version(&self.practice).unwrap();
        self.store.commit(&Commit { practice: self.practice.clone(), version, writes }).unwrap();
    }

    fn scan(&self, index: Index, from: String, to: String, limit: u32) -> usize {
        let scan = Scan { index, from, to, limit, order: Order::Ascending };
        self.store.scan(&self.practice, &scan).unwrap().len()
    }

    fn questions(&self, rows: u64) {
        each("one patient's messages", 500, |n| {
            let patient = n.wrapping_mul(7_919) % 20_000;
            self.scan(Index::MessagePatient, format!("{patient:05}|"), format!("{patient:05}}}"), 50);
        });
        each("the 100 earliest of the queue", 200, |_| {
            assert_eq!(self.scan(Index::Due, String::new(), "~".to_owned(), 100), 100);
        });
        each("due", 1_000, |_| {
            assert_eq!(self.store.due(Index::Due, Timestamp::MAX, 100).unwrap().len(), 1);
        });
        each("version", 1_000, |_| assert!(self.store.version(&self.practice).unwrap() > 0));
        each("10 rows by id", 500, |n| {
            let row = |m: u64| RowKey { table: Table::Message, id: format!("{:012}", (n * 37 + m) % rows) };
            let found = self.store.read(&self.practice, &(0..10).map(row).collect::<Vec<_>>()).unwrap();
            assert!(found.iter().all(Option::is_some));
        });
        each("a turn taken and given back", 500, |_| {
            assert!(self.store.turn(&self.practice, Index::Due, Timestamp::MAX).unwrap().is_some());
        });
        each("a commit of one changed row", 300, |n| self.commit(vec![message(n)]));
    }
}

fn each(what: &str, times: u64, mut work: impl FnMut(u64)) {
    work(0);
    let start = Instant::now();
    (0..times).for_each(&mut work);
    println!("  {what}: {:.0} us", start.elapsed().as_secs_f64() * 1e6 / times as f64);
}

fn rate(what: &str, rows: u64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    println!("  {what}: {:.0} rows/s", rows as f64 / start.elapsed().as_secs_f64());
}

fn main() {
    let wanted: u64 = std::env::args().nth(1).map_or(1_000_000, |rows| rows.parse().unwrap());
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    let filling = Filling { store: &store, practice: PracticeId::new("clinic") };
    let mut rows = 0;
    for size in [10_000, wanted] {
        let new = size - rows;
        rate("new rows with 20 entries", new, || {
            for first in (rows..size).step_by(ROWS as usize) {
                filling.commit((first..first + ROWS).map(message).collect());
            }
        });
        rows = size;
        println!(" at {rows} rows:");
        filling.questions(rows);
        let first = rows / 2;
        rate("rows changed, 2 entries moved", 5_000, || {
            for first in (first..first + 5_000).step_by(ROWS as usize) {
                filling.commit((first..first + ROWS).map(claimed).collect());
            }
        });
    }
    let sizes = "SELECT c.relname || ' ' || pg_size_pretty(pg_relation_size(c.oid)) FROM pg_class c \
        WHERE c.relnamespace = 'depesza'::regnamespace AND pg_relation_size(c.oid) > 1000000 ORDER BY pg_relation_size(c.oid) DESC";
    for line in database.sql(sizes) {
        println!("  {line}");
    }
}
