//! Random commits and reads, against a model too simple to be wrong: a list that every question goes through from
//! end to end.

use super::{Check, Commit, END, Entry, Index, ODD, Order, RowKey, Scan, Store, StoreError, Table, Write};
use crate::model::{PracticeId, Timestamp};
use crate::store::{Found, instant_key, key_instant};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const CHECKS: &[Check] =
    &[Check { name: "random commits and reads agree with a simple model", run: agrees_with_model }];

const STEPS: usize = 600;
const SEED: u64 = 20_261_122;
const PRACTICES: &[&str] = &["p", "P", "p|q"];
const TABLES: &[Table] = &[Table::Message, Table::Visit, Table::Parts];
const INDEXES: &[Index] =
    &[Index::Due, Index::Work, Index::MessageTime, Index::VisitStart, Index::Reference, Index::OwnNumber];

/// SplitMix64 (Steele, Lea, Flood 2014): enough chance for tests, the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    fn practice(&mut self) -> PracticeId {
        PracticeId::new(self.of(PRACTICES))
    }

    /// Few ids, so that rows are met again.
    fn row(&mut self) -> RowKey {
        RowKey { table: self.of(TABLES), id: self.of(ODD).to_owned() }
    }

    fn key(&mut self, index: Index) -> String {
        match index {
            Index::Due | Index::Work => {
                let key = instant_key(Timestamp::from_ms(self.below(12) as i64));
                if self.below(3) == 0 { format!("{key}|{}", self.of(ODD)) } else { key }
            }
            _ => format!("{}{}", self.of(ODD), self.of(&["", "", "|", "1"])),
        }
    }

    fn entry(&mut self) -> Entry {
        let index = self.of(INDEXES);
        Entry { index, key: self.key(index) }
    }

    fn bounds(&mut self, index: Index) -> (String, String) {
        match self.below(3) {
            0 => (String::new(), END.to_owned()),
            1 => (self.key(index), END.to_owned()),
            // the wrong way round as often as not: then nothing lies between
            _ => (self.key(index), self.key(index)),
        }
    }
}

/// A row of the model.
struct Line {
    practice: PracticeId,
    row: RowKey,
    doc: String,
    entries: Vec<Entry>,
}

#[derive(Default)]
struct Model {
    versions: BTreeMap<PracticeId, u64>,
    lines: Vec<Line>,
}

impl Model {
    fn version(&self, practice: &PracticeId) -> u64 {
        self.versions.get(practice).copied().unwrap_or(0)
    }

    fn of<'a>(&'a self, practice: &'a PracticeId) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.practice == *practice)
    }

    fn commit(&mut self, commit: &Commit) -> Result<u64, StoreError> {
        let found = self.version(&commit.practice);
        if found != commit.version {
            return Err(StoreError::Conflict { expected: commit.version, found });
        }
        for write in &commit.writes {
            let place = |line: &Line| line.practice == commit.practice && line.row == write.row;
            let old = self.lines.iter().position(place).map(|n| self.lines.swap_remove(n));
            let Some(doc) = write.doc.clone() else { continue };
            let mut entries = old.map(|line| line.entries).unwrap_or_default();
            entries.retain(|entry| !write.remove.contains(entry));
            entries.extend(write.add.iter().cloned());
            entries.sort();
            entries.dedup();
            self.lines.push(Line { practice: commit.practice.clone(), row: write.row.clone(), doc, entries });
        }
        self.versions.insert(commit.practice.clone(), found + 1);
        Ok(found + 1)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Vec<Option<String>> {
        rows.iter()
            .map(|row| self.of(practice).find(|line| line.row == *row).map(|line| line.doc.clone()))
            .collect()
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: usize,
    ) -> Vec<(String, String)> {
        let inside = |line: &&Line| line.row.table == table && *line.row.id >= *from && *line.row.id < *to;
        let mut all: Vec<_> =
            self.of(practice).filter(inside).map(|line| (line.row.id.clone(), line.doc.clone())).collect();
        all.sort();
        all.truncate(limit);
        all
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Vec<Found> {
        let mut all = Vec::new();
        for line in self.of(practice) {
            for entry in line.entries.iter().filter(|entry| entry.index == scan.index) {
                if entry.key >= scan.from && entry.key < scan.to {
                    all.push(Found { key: entry.key.clone(), row: line.row.clone(), doc: line.doc.clone() });
                }
            }
        }
        all.sort_by(|a, b| (&a.key, &a.row).cmp(&(&b.key, &b.row)));
        if scan.order == Order::Descending {
            all.reverse();
        }
        all.truncate(scan.limit as usize);
        all
    }

    fn find(&self, index: Index, key: &str) -> Vec<(PracticeId, RowKey)> {
        let holds = |line: &&Line| line.entries.iter().any(|entry| entry.index == index && entry.key == key);
        let mut all: Vec<_> =
            self.lines.iter().filter(holds).map(|line| (line.practice.clone(), line.row.clone())).collect();
        all.sort();
        all
    }

    fn due(&self, queue: Index, until: Timestamp, limit: usize) -> Vec<(PracticeId, Timestamp)> {
        let mut firsts: BTreeMap<&PracticeId, Timestamp> = BTreeMap::new();
        for line in &self.lines {
            for entry in line.entries.iter().filter(|entry| entry.index == queue) {
                let at = key_instant(&entry.key).expect("queue keys are instants");
                let first = firsts.entry(&line.practice).or_insert(at);
                *first = at.min(*first);
            }
        }
        let mut due: Vec<_> =
            firsts.into_iter().filter(|(_, at)| *at <= until).map(|(id, at)| (at, id.clone())).collect();
        due.sort();
        due.truncate(limit);
        due.into_iter().map(|(at, id)| (id, at)).collect()
    }
}

fn random_commit(chance: &mut Chance, model: &Model, step: usize) -> Commit {
    let practice = chance.practice();
    let now = model.version(&practice);
    let version = match chance.below(8) {
        0 => now + 1,
        1 => now.saturating_sub(1),
        _ => now,
    };
    let mut writes: BTreeMap<RowKey, Write> = BTreeMap::new();
    for n in 0..chance.below(6) {
        let row = chance.row();
        let doc = (chance.below(4) > 0).then(|| format!("[{step},{n}]"));
        let add = (0..chance.below(4)).map(|_| chance.entry()).collect();
        // sometimes what stands, sometimes what does not
        let standing = model.of(&practice).find(|line| line.row == row).map(|line| line.entries.clone());
        let mut remove: Vec<Entry> = standing.unwrap_or_default();
        remove.retain(|_| chance.below(2) == 0);
        remove.extend((0..chance.below(2)).map(|_| chance.entry()));
        writes.insert(row.clone(), Write { row, doc, add, remove });
    }
    Commit { practice, version, writes: writes.into_values().collect() }
}

fn compare(chance: &mut Chance, model: &Model, store: &dyn Store) {
    let p = chance.practice();
    let limit = chance.of(&[1, 2, 5, 1_000]);
    assert_eq!(store.version(&p), Ok(model.version(&p)));
    let rows: Vec<_> = (0..chance.below(5)).map(|_| chance.row()).collect();
    assert_eq!(store.read(&p, &rows), Ok(model.read(&p, &rows)));
    assert_eq!(store.begin(&p, &rows), Ok((model.version(&p), model.read(&p, &rows))));
    let (table, (from, to)) = (chance.of(TABLES), chance.bounds(Index::MessageTime));
    assert_eq!(
        store.list(&p, table, &from, &to, limit),
        Ok(model.list(&p, table, &from, &to, limit as usize))
    );
    let index = chance.of(&INDEXES[..4]);
    let (from, to) = chance.bounds(index);
    for order in [Order::Ascending, Order::Descending] {
        let scan = Scan { index, from: from.clone(), to: to.clone(), limit, order };
        assert_eq!(store.scan(&p, &scan), Ok(model.scan(&p, &scan)));
    }
    let index = chance.of(&INDEXES[4..]);
    let key = chance.key(index);
    assert_eq!(store.find(index, &key), Ok(model.find(index, &key)));
    let (queue, until) = (chance.of(&INDEXES[..2]), Timestamp::from_ms(chance.below(15) as i64));
    assert_eq!(store.due(queue, until, limit), Ok(model.due(queue, until, limit as usize)));
}

fn agrees_with_model(store: &Arc<dyn Store>) {
    let mut chance = Chance(SEED);
    let mut model = Model::default();
    for step in 0..STEPS {
        let commit = random_commit(&mut chance, &model, step);
        assert_eq!(store.commit(&commit), model.commit(&commit), "step {step}");
        compare(&mut chance, &model, &**store);
    }
}
