//! What the planner makes of the statements, on tables that it knows nothing of yet: each follows an index, none sorts more than
//! it must, and what is due is found without a look at what is not.

use crate::connection::Connection;
use crate::options::{Options, PLANS, Target};
use crate::testing::Database;
use crate::{PostgresStore, read, schema, turn};
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Index, Order, RowKey, Scan, Store, Table, Write, instant_key};
use std::time::{Duration, Instant};

/// The plan of a statement, with what it did when `analyze` is asked for.
fn plan(database: &Database, sql: &str, types: &str, values: &str, analyze: &str) -> String {
    let explain = format!(
        "SET search_path = depesza; {PLANS} PREPARE asked ({types}) AS {sql}; \
         EXPLAIN ({analyze} COSTS OFF) EXECUTE asked ({values})"
    );
    database.sql(&explain).join("\n")
}

const ALL: &[(&str, &str, &str)] = &[
    (read::VERSION, "bytea", "'p'"),
    (read::READ, "bytea, int2[], bytea[]", "'p', '{4}', '{1}'"),
    (read::BEGIN, "bytea, int2[], bytea[]", "'p', '{1,4}', '{1,1}'"),
    (read::LIST, "bytea, int2, bytea, bytea, int8", "'p', 4, '', 'z', 10"),
    (read::FIND, "int2, bytea", "19, 'r'"),
    (read::DUE, "int2, bytea, int8", "0, '9', 1000"),
    (read::SCAN, "bytea, int2, bytea, bytea, int8", "'p', 0, '', 'z', 100"),
    (read::SCAN_BACK, "bytea, int2, bytea, bytea, int8", "'p', 0, '', 'z', 100"),
    (
        read::SCANS,
        "bytea, int2[], bytea[], bytea[], int8[], bool[]",
        "'p', '{0,8}', '{a,b}', '{c,d}', '{1,2}', '{true,false}'",
    ),
    (turn::TAKE, "bytea, int2, bytea", "'p', 0, '9'"),
];

#[test]
fn questions_follow_indexes() {
    let database = Database::create();
    drop(PostgresStore::open(database.url()).unwrap());
    for (sql, types, values) in ALL {
        let plan = plan(&database, sql, types, values, "");
        for no in ["Seq Scan", "Bitmap", "Hash", "Merge", "Materialize", "Sort", "Join Filter"] {
            assert!(!plan.contains(no), "{sql}\n{plan}");
        }
    }
}

fn queued(id: String, at: i64) -> Write {
    let key = instant_key(Timestamp::from_ms(at));
    Write {
        row: RowKey { table: Table::Message, id },
        doc: Some("{}".to_owned()),
        add: vec![Entry { index: Index::Due, key }],
        remove: Vec::new(),
    }
}

/// 10,000 practices, one of them with 20,000 messages in its queue: `due` looks at as many rows as it gives.
#[test]
fn due_looks_at_what_it_gives() {
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    // as `put_commit` does it, ten thousand times
    let key = "convert_to(lpad(n::text, 15, '0'), 'UTF8')";
    database.sql(&format!(
        "SET search_path = depesza; {PLANS}
         SELECT count(put_commit(convert_to(n::text, 'UTF8'), 0, '12345678', '{{4}}', '{{1}}', '{{\"{{}}\"}}', '{{}}', '{{}}',
            '{{}}', '{{}}', '{{}}', '{{}}', '{{0}}', ARRAY[{key}], '{{4}}', '{{1}}',
            '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{0}}', ARRAY[{key}]))
         FROM generate_series(1, 10000) AS n"
    ));
    let long = PracticeId::new("long");
    for version in 0..20_u64 {
        let some = version * 1_000..(version + 1) * 1_000;
        let writes = some.map(|n| queued(format!("{n:06}"), 5_000 + n as i64)).collect();
        store.commit(&Commit { practice: long.clone(), version, writes }).unwrap();
    }
    let until = Timestamp::from_ms(5_001);
    let due = store.due(Index::Due, until, 10_000).unwrap();
    assert_eq!(due.len(), 5_002);
    // those of one instant by their ids
    assert_eq!((due[0].0.as_str(), due[4_999].0.as_str(), due[5_000].0.as_str()), ("1", "5000", "long"));
    assert_eq!(store.due(Index::Due, until, 3).unwrap(), due[..3]);
    let (sql, types, _) = ALL[5];
    let values = format!("0, '{}', 100", instant_key(until));
    let plan = plan(&database, sql, types, &values, "ANALYZE, TIMING OFF, SUMMARY OFF,");
    let looked = "queues_by_time on queues (actual rows=100 loops=1)";
    assert!(plan.contains(looked) && !plan.contains("Removed"), "{plan}");
}

/// A transaction as old as a backup keeps every removed entry where it was. Neither the head of a queue nor its claims walk
/// over them.
#[test]
fn what_was_taken_away_is_not_walked_over() {
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    let practice = PracticeId::new("p");
    let commit = |version, writes| {
        store.commit(&Commit { practice: practice.clone(), version, writes }).unwrap();
    };
    for version in 0..6_u64 {
        let some = version * 1_000..(version + 1) * 1_000;
        commit(version, some.map(|n| queued(format!("{n:06}"), n as i64)).collect());
    }
    let mut old = session(&database);
    run(&mut old, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM depesza.practices");
    for version in 6..11_u64 {
        let some = (version - 6) * 1_000..(version - 5) * 1_000;
        let later = |n: u64| {
            let (then, now) =
                (queued(format!("{n:06}"), 9_000_000 + n as i64), queued(String::new(), n as i64));
            Write { remove: now.add, ..then }
        };
        commit(version, some.map(later).collect());
    }
    let (sql, types, _) = ALL[6];
    let pages = |from: &str| -> u64 {
        let values = format!("'p', 0, '{from}', '{}', 10", instant_key(Timestamp::from_ms(8_000_000)));
        let plan = plan(&database, sql, types, &values, "ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF,");
        let pages = plan.split("Buffers: shared hit=").nth(1).and_then(|rest| rest.split_whitespace().next());
        pages.unwrap().parse().unwrap()
    };
    // from the beginning as from where the first one stands
    let head = pages(&instant_key(Timestamp::from_ms(5_000)));
    assert!(pages("") <= head + 5 && head < 200, "{} and {head} pages", pages(""));
    run(&mut old, "ROLLBACK");
}

fn session(database: &Database) -> Connection {
    let target = Target::of(database.url(), Options::default()).unwrap();
    Connection::open(&target, Instant::now() + Duration::from_secs(10)).unwrap()
}

fn run(connection: &mut Connection, sql: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    connection.run_until(deadline, async |session| session.batch(sql).await).unwrap();
}

/// No statement, those inside of the function included, looks at more rows than it is asked for, though all were planned when
/// the tables were empty.
#[test]
fn nothing_reads_more_than_it_is_asked_for() {
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    let (rounds, each) = (40_u64, 50_u64);
    for practice in ["one", "two"].map(PracticeId::new) {
        for version in 0..rounds {
            // half of the rows are there already; their entries stay, move, and are shared
            let put = |n: u64| {
                let mut write = queued(format!("{n:06}"), n as i64);
                write.add.push(Entry { index: Index::Reference, key: version.to_string() + &n.to_string() });
                write.remove.push(Entry {
                    index: Index::Reference,
                    key: format!("{}{n}", version.saturating_sub(1)),
                });
                write
            };
            let first = version * each / 2;
            let mut writes: Vec<_> = (first..first + each).map(put).collect();
            if let Some(before) = first.checked_sub(1) {
                writes.push(Write { doc: None, ..queued(format!("{before:06}"), 0) });
            }
            store.commit(&Commit { practice: practice.clone(), version, writes }).unwrap();
            let row = |n| RowKey { table: Table::Message, id: format!("{n:06}") };
            store.read(&practice, &[row(first), row(first + 1)]).unwrap();
            let scan =
                |order| Scan { index: Index::Due, from: String::new(), to: "~".into(), limit: 2, order };
            store.scan(&practice, &scan(Order::Ascending)).unwrap();
            store.scans(&practice, &[scan(Order::Ascending), scan(Order::Descending)]).unwrap();
            store.list(&practice, Table::Message, "", "~", 2).unwrap();
            store.due(Index::Due, Timestamp::MAX, 1).unwrap();
            store.find(Index::Reference, "7").unwrap();
            store.turn(&practice, Index::Due, Timestamp::MAX).unwrap();
        }
    }
    // what a session counted is there when it has ended
    drop(store);
    let end = Instant::now() + Duration::from_secs(30);
    let others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'depesza' AND datname = current_database()";
    while database.sql(others) != ["0"] {
        assert!(Instant::now() < end, "the store's connections do not end");
    }
    // a row is looked up, deleted and added at the most; the small tables are used by each of a dozen calls
    let most = 2 * rounds * each * 4;
    let read = database.sql(&format!(
        "SELECT relname, indexrelname, seq_tup_read, idx_tup_read FROM pg_stat_user_tables t \
         JOIN pg_stat_user_indexes USING (relid, schemaname, relname) \
         WHERE schemaname = 'depesza' AND (seq_tup_read > 0 OR idx_tup_read > {most} OR t.idx_scan = 0)"
    ));
    assert_eq!(read, Vec::<String>::new(), "more than {most} entries read");
}

mod schema_steps {
    use super::*;

    const SECOND: &str = "ALTER TABLE practices ADD COLUMN since int4 NOT NULL DEFAULT 5";

    fn migrate(database: &Database, steps: &[&str]) -> Result<(), String> {
        let done = schema::migrate(&mut session(database), "depesza", steps);
        done.map_err(|failure| failure.into_error().to_string())
    }

    fn version(database: &Database) -> String {
        database.sql("SELECT schema_version FROM depesza.about").concat()
    }

    #[test]
    fn steps_apply_once_and_forward() {
        let database = Database::create();
        migrate(&database, schema::STEPS).unwrap();
        for _ in 0..2 {
            migrate(&database, &[schema::STEPS[0], SECOND]).unwrap();
            assert_eq!(version(&database), "2");
        }
        let refused = migrate(&database, schema::STEPS).unwrap_err();
        assert!(refused.contains("newer release: schema 2, this release knows 1"), "{refused}");
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_as_it_was() {
        let database = Database::create();
        migrate(&database, &["CREATE TABLE rows (x int4)", "CREATE TABLE rows (x int4)"]).unwrap_err();
        assert_eq!(database.sql("SELECT to_regnamespace('depesza') IS NULL"), ["t"]);
        migrate(&database, schema::STEPS).unwrap();
        migrate(&database, &[schema::STEPS[0], SECOND, "CREATE TABLE rows (x int4)"]).unwrap_err();
        assert_eq!(version(&database), "1");
    }

    #[test]
    fn another_programs_schema_is_left_alone_and_an_empty_one_used() {
        let database = Database::create();
        database.sql("CREATE SCHEMA depesza; CREATE TABLE depesza.visits (n int4)");
        let refused = migrate(&database, schema::STEPS).unwrap_err();
        assert!(refused.contains("the schema depesza holds another program's tables"), "{refused}");
        assert_eq!(
            database.sql("SELECT relname FROM pg_class WHERE relnamespace = 'depesza'::regnamespace"),
            ["visits"]
        );
        // an empty one that the administrator made, since the user may not
        database.sql("DROP TABLE depesza.visits");
        migrate(&database, schema::STEPS).unwrap();
    }
}
