//! After an erasure no byte of the patient is left in the file, its log, or its free pages.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use depesza::engine::{Desk, Engine};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza_sqlite::SqliteStore;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const CLINIC: &str = "kowalska";

/// What stands of the patient in the store before, each in the form it was told in.
const SENTINELS: [&str; 14] = [
    "Żółcisława",
    "Żółcisławo",
    "Brzęczykiewiczówna",
    "Dobroniega",
    "Gąsienicowa",
    "1987-03-14",
    "601 777 111",
    "+48601777111",
    "+48 601-777-222",
    "kanałowe-siódemka",
    "dr Zenobiusz Źdźbło",
    "Nie zdążę, utknęłam w Pcimiu",
    "część pierwsza długiej",
    "czytelnie-zapisano",
];

/// The forms in which a text could stand in a file: as it is, folded as search indexes hold words, plain as messages go
/// out, its digits alone, as UTF-16, and in hexadecimal and base64.
fn forms(text: &str) -> BTreeSet<Vec<u8>> {
    let plain: String = text.chars().map(plain).collect();
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 5);
        words.map(ToOwned::to_owned).collect()
    };
    let mut texts: BTreeSet<String> = [text.to_owned(), plain.clone()].into();
    texts.extend(texts.clone().iter().flat_map(|text| [text.to_lowercase(), text.to_uppercase()]));
    texts.extend(texts.clone().iter().flat_map(|text| words(text)));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 9 {
        texts.extend([digits.clone(), digits.strip_prefix("48").unwrap_or(&digits).to_owned()]);
    }
    let mut forms = BTreeSet::new();
    for text in texts {
        let utf_16: Vec<u16> = text.encode_utf16().collect();
        forms.insert(utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect());
        forms.insert(utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect());
        forms.insert(text.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        forms.extend((0..3).map(|shift| base64_inside(text.as_bytes(), shift)));
        // as JSON escapes it
        let escaped: String = text
            .chars()
            .map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
            .collect();
        forms.extend([escaped.into_bytes(), text.into_bytes()]);
    }
    forms
}

fn plain(c: char) -> char {
    let polish = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".chars().position(|known| known == c);
    polish.and_then(|at| "acelnoszzACELNOSZZ".chars().nth(at)).unwrap_or(c)
}

/// The characters of base64 that depend on these bytes alone, where they begin `shift` bytes into a group of three.
fn base64_inside(bytes: &[u8], shift: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole: Vec<u8> = bytes.iter().skip((3 - shift) % 3).copied().collect();
    let groups = whole.chunks_exact(3);
    groups
        .flat_map(|group| {
            let bits = group.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
            [18, 12, 6, 0].map(|at| ALPHABET[((bits >> at) & 63) as usize])
        })
        .collect()
}

/// The bytes of all files of a database, with where each pair of bytes stands.
struct Bytes {
    bytes: Vec<u8>,
    pairs: Vec<Vec<usize>>,
}

impl Bytes {
    fn of(directory: &Path) -> Self {
        let mut bytes = Vec::new();
        for entry in fs::read_dir(directory).unwrap() {
            bytes.extend(fs::read(entry.unwrap().path()).unwrap());
            bytes.extend([0; 64]);
        }
        let mut pairs = vec![Vec::new(); 1 << 16];
        for (at, pair) in bytes.windows(2).enumerate() {
            pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])].push(at);
        }
        Self { bytes, pairs }
    }

    fn has(&self, form: &[u8]) -> bool {
        assert!(form.len() > 3, "a form that stands anywhere");
        let places = &self.pairs[usize::from(form[0]) << 8 | usize::from(form[1])];
        places.iter().any(|at| self.bytes[*at..].starts_with(form))
    }
}

/// The sentinels of which any form stands in any file of the database.
fn found(directory: &Path) -> Vec<&'static str> {
    let bytes = Bytes::of(directory);
    SENTINELS.into_iter().filter(|text| forms(text).iter().any(|form| bytes.has(form))).collect()
}

/// The same after an erasure: the campaign's own text stays the practice's.
fn left(directory: &Path) -> Vec<&'static str> {
    found(directory).into_iter().filter(|text| *text != "czytelnie-zapisano").collect()
}

fn at(text: &str) -> Timestamp {
    format!("{text}:00+01:00").parse().unwrap()
}

struct Clinic {
    engine: Engine,
    gateway: Arc<Simulator>,
}

impl Clinic {
    fn open(path: &Path) -> Self {
        let gateway = Arc::new(Simulator::new("sim".into(), 1));
        let store = Arc::new(SqliteStore::open(path).unwrap());
        let engine = Engine::new(store, vec![("sim".into(), gateway.clone() as Arc<dyn Gateway>)]);
        let practice = serde_json::json!({
            "id": CLINIC, "name": "Dentica", "secret": "sixteen bytes or more",
            "settings": {"senders": [{"id": "48500100200", "receives": true}], "diacritics": "polish"}
        });
        engine.open_practice(&serde_json::from_value(practice).unwrap(), at("2026-11-16T09:00")).unwrap();
        Self { engine, gateway }
    }

    fn desk<T>(&self, act: impl FnOnce(&Desk<'_>) -> T) -> T {
        act(&self.engine.practice(CLINIC.into()).as_user(User::new("anna", Permission::ALL)))
    }

    fn tell(&self, facts: serde_json::Value, now: Timestamp) {
        let facts: Vec<Fact> = serde_json::from_value(facts).unwrap();
        self.engine.practice(CLINIC.into()).apply(&facts, now).unwrap();
    }

    /// Dispatches until a time and passes reports on.
    fn run(&self, until: Timestamp) {
        loop {
            let due = self.engine.next_due().unwrap().into_iter().chain(self.gateway.next_report()).min();
            let Some(now) = due.filter(|due| *due <= until) else { return };
            while self.engine.work(now, 100).unwrap().more {}
            self.engine.dispatch(now, 1_000).unwrap();
            let taken = self.gateway.taken();
            let reports = self.gateway.reports(now).into_iter().map(|report| {
                // as receipts of SMPP do, it quotes the text and the number
                let quoted =
                    taken.iter().find(|taken| Some(&taken.reference) == report.reference.as_ref()).unwrap();
                let raw = format!("id:1 to:{} text:{}", quoted.to.reveal(), quoted.body.reveal());
                Fact::DeliveryReport(DeliveryReport { raw: raw.into(), ..report })
            });
            let reports: Vec<Fact> = reports.collect();
            self.engine.practice(CLINIC.into()).apply(&reports, now).unwrap();
        }
    }
}

fn patient(id: &str, first: &str, last: &str, phone: &str) -> serde_json::Value {
    serde_json::json!({
        "fact": "patient", "id": id, "revision": 1, "first_name": first, "last_name": last, "phone": phone,
        "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}
    })
}

fn sms(id: &str, from: &str, body: &str, at: Timestamp) -> serde_json::Value {
    serde_json::json!({
        "fact": "sms_received", "gateway": "sim", "provider_id": id, "from": from, "body": body, "received_at": at
    })
}

/// A clinic in which the patient has left a trace wherever one can be left, among many others.
fn lived(path: &Path) -> Clinic {
    let clinic = Clinic::open(path);
    let start = at("2026-11-16T09:00");
    let reminder = serde_json::json!({
        "name": "Przypomnienie",
        "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
        "bodies": {"default": "(imie) (nazwisko), czytelnie-zapisano (data) o (godzina), (lekarz|-). Odpisz TAK lub NIE."}
    });
    clinic.desk(|desk| {
        desk.create_campaign("p".into(), serde_json::from_value(reminder).unwrap(), start).unwrap();
        desk.activate(&"p".into(), start).unwrap();
    });
    // many others, before and after, so that pages split and overflow
    let others = |from: usize| {
        for n in from..from + 60 {
            let (id, phone) = (format!("o{n}"), format!("502{n:06}"));
            let visit = serde_json::json!({
                "fact": "visit", "id": format!("v{n}"), "revision": 1, "patient": id, "start": "2026-11-20T09:00:00"
            });
            clinic.tell(serde_json::json!([patient(&id, "Jan", "Kowalski", &phone), visit]), start);
        }
    };
    others(0);
    let mut card = patient("7", "Żółcisława", "Brzęczykiewiczówna", "601 777 111");
    card["vocative"] = "Żółcisławo".into();
    card["birth_date"] = "1987-03-14".into();
    card["guardian"] = serde_json::json!({"name": "Dobroniega Gąsienicowa", "phone": "+48 601-777-222"});
    let visit = |id: &str, start: &str| {
        serde_json::json!({
            "fact": "visit", "id": id, "revision": 1, "patient": "7", "start": start,
            "visit_type": "kanałowe-siódemka",
            "doctor": {"id": "z", "name": "dr Zenobiusz Źdźbło"}, "room": {"id": "1", "name": "gabinet 1"}
        })
    };
    clinic.tell(
        serde_json::json!([card, visit("w1", "2026-11-20T12:30:00"), visit("w2", "2026-12-20T12:30:00")]),
        start,
    );
    others(60);
    clinic.run(at("2026-11-19T11:00"));
    let now = at("2026-11-19T11:30");
    clinic.tell(serde_json::json!([sms("m1", "601777111", "TAK", now)]), now);
    clinic.tell(serde_json::json!([sms("m2", "48601777111", "Nie zdążę, utknęłam w Pcimiu", now)]), now);
    clinic.tell(serde_json::json!([sms("m3", "601777222", "Nie zdążę, utknęłam w Pcimiu", now)]), now);
    let mut part = sms("m4", "601777111", "część pierwsza długiej", now);
    part["part"] = serde_json::json!({"reference": 7, "part": 1, "parts": 2});
    clinic.tell(serde_json::json!([part]), now);
    let call = serde_json::json!({
        "fact": "call_ended", "system": "pbx", "id": "1", "direction": "incoming", "caller": "601 777 111",
        "called": "221234501", "started_at": now, "ended_at": now, "ring_s": 1, "talk_s": 1,
        "status": "answered", "raw_status": "ANSWERED"
    });
    clinic.tell(serde_json::json!([call]), now);
    clinic.desk(|desk| desk.remind(&"w2".into(), now)).unwrap();
    clinic.run(at("2026-11-19T11:35"));
    clinic
}

#[test]
fn after_an_erasure_no_byte_of_the_patient_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let clinic = lived(&directory.path().join("a.db"));
    assert_eq!(found(directory.path()), SENTINELS, "all of it is there before");
    let now = at("2026-11-19T11:36");
    let figures = |clinic: &Clinic| clinic.engine.practice(CLINIC.into()).figures(&"p".into()).unwrap();
    let before: i64 = figures(&clinic).iter().map(|tally| tally.statuses.values().sum::<i64>()).sum();
    let erased = clinic.desk(|desk| desk.erase_patient(&"7".into(), now)).unwrap();
    assert!(erased.scrubbed && erased.visits == 2, "{erased:?}");
    assert_eq!(left(directory.path()), Vec::<&str>::new());
    assert_eq!(
        figures(&clinic).iter().map(|tally| tally.statuses.values().sum::<i64>()).sum::<i64>(),
        before
    );
    // and nothing comes back when the file is used on, closed and opened again
    clinic.run(at("2026-12-21T09:00"));
    drop(clinic);
    let clinic = Clinic::open(&directory.path().join("a.db"));
    clinic.run(at("2026-12-22T09:00"));
    assert_eq!(left(directory.path()), Vec::<&str>::new());
}

#[test]
fn a_scrub_that_others_hold_up_is_said_and_the_same_call_does_it_later() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let clinic = lived(&path);
    let now = at("2026-11-19T11:36");
    // a reader of another program that does not end keeps the log
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM rows").unwrap();
    let erased = clinic.desk(|desk| desk.erase_patient(&"7".into(), now)).unwrap();
    assert!(!erased.scrubbed && erased.visits == 2, "{erased:?}");
    reader.execute_batch("ROLLBACK").unwrap();
    let again = clinic.desk(|desk| desk.erase_patient(&"7".into(), now)).unwrap();
    assert!(again.scrubbed && again.visits == 0, "{again:?}");
    assert_eq!(left(directory.path()), Vec::<&str>::new());
}
