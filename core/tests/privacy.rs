//! Names, numbers and bodies never show in `Debug`, `Display`, errors, events, or the ids of rows.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod rig;
mod samples;
mod world;

use depesza::campaign::{Scene, check};
use depesza::engine::{Engine, EngineError, Outcome};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::{
    Commit, Found, Index, MAX_PAGE, MemoryStore, Order, RowKey, Scan, Store, StoreError, Table,
};
use depesza::{phone, template};
use samples::{NUMBER, PRIVATE};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex};
use world::*;

const PHONE: &str = "501 777 333";

/// Fails where a text shows what is private.
fn silent(what: &str, text: &str) {
    let plain: String = text.to_lowercase().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    for private in [PRIVATE.to_lowercase().as_str(), NUMBER] {
        assert!(!plain.contains(private), "{what} shows {private}: {text}");
    }
}

fn silent_debug(what: &str, value: &impl Debug) {
    silent(what, &format!("{value:?}"));
    silent(what, &format!("{value:#?}"));
}

fn silent_error(what: &str, error: &(impl Display + Debug)) {
    silent(what, &error.to_string());
    silent_debug(what, error);
}

#[test]
fn the_test_itself_sees_what_shows() {
    for loud in ["Poufne-imie", "+48 501 777 333", "501-777-333"] {
        assert!(std::panic::catch_unwind(|| silent("x", loud)).is_err());
    }
}

#[test]
fn no_type_of_the_model_shows_what_is_private() {
    let mut loud = 0;
    for sample in samples::all() {
        let text = sample.json.to_string();
        loud += usize::from(text.contains(PRIVATE) || text.contains(NUMBER));
        for debug in &sample.debug {
            silent(sample.name, debug);
        }
    }
    assert!(loud > 10, "the samples hold private texts: {loud}");
}

#[test]
fn redacted_texts_never_print_and_still_serialise() {
    let name = Name::new(format!("{PRIVATE}!"));
    assert_eq!(format!("{name:?}"), "<redacted>");
    assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{PRIVATE}!\""));
    silent_debug("secret", &Secret::new(PRIVATE));
}

/// A day of everything that a practice with talkative data goes through.
fn lived() -> (World, Arc<MemoryStore>, Vec<Outcome>) {
    let store = Arc::new(MemoryStore::default());
    let practice = Practice { secret: Secret::new(format!("{PRIVATE} {PRIVATE} {PRIVATE}")), ..practice() };
    let mut world = World::on(store.clone(), "2026-11-16 09:00", practice, Simulator::new(GATEWAY.into(), 1));
    let mut spec = day_before("10:00");
    spec.bodies.default = "(imie) (nazwisko), (lekarz|-). Odpisz TAK lub NIE.".into();
    world.start("p", spec);
    world.start("b", booking(10));
    let mut outcomes = Vec::new();
    let named = |patient: &mut Patient| {
        patient.first_name = samples::patient().first_name;
        patient.last_name = samples::patient().last_name;
        patient.guardian = samples::patient().guardian;
    };
    for no in ["1", "2"] {
        outcomes.push(world.patient_with(no, PHONE, named));
        let doctor = samples::visit().doctor;
        let start = if no == "1" { "2026-11-20 12:30" } else { "2026-11-21 12:30" };
        outcomes.push(world.visit_with(&format!("w{no}"), no, start, |visit| visit.doctor = doctor.clone()));
    }
    outcomes.push(world.patient_with("3", "501 777 33", named));
    outcomes.push(world.visit("w3", "3", "2026-11-20 12:30"));
    world.run_until("2026-11-19 10:05");
    outcomes.push(world.reply(PHONE, "TAK"));
    outcomes.push(world.reply(PHONE, &format!("{PRIVATE} przyjdzie")));
    let numbers = [RejectClass::RecipientInvalid, RejectClass::RecipientOptedOut];
    world.gateway.script(numbers.map(|class| SubmitResult::Rejected { class, code: "x".into() }));
    world.visit("w4", "1", "2026-11-27 12:30");
    world.run_until("2026-11-20 10:05");
    outcomes.push(world.reply(PHONE, "STOP"));
    outcomes.push(world.reply_with(PHONE, &format!("{PRIVATE} cz. 1"), |sms| {
        sms.part = Some(InboundPart { reference: 1, part: 1, parts: 2 });
    }));
    let mut rule = samples::call_rule_spec();
    (rule.sender, rule.when.own_numbers, rule.when.times) = (None, Vec::new(), Vec::new());
    rule.when.statuses.push(CallStatus::Answered);
    world.desk(|desk, now| desk.save_rule("r".into(), rule, now));
    for (id, caller) in [("1", PHONE), ("2", "anonymous"), ("3", "501 777 33")] {
        let now = world.now;
        let call =
            Call { id: id.into(), caller: caller.into(), ended_at: now, started_at: now, ..samples::call() };
        outcomes.push(world.tell(Fact::CallEnded(call)));
    }
    (world, store, outcomes)
}

/// Reads a stored document as its type and formats it.
fn shown<R: Debug + Serialize + DeserializeOwned>(doc: &str) -> [String; 2] {
    let record: R = serde_json::from_str(doc).unwrap();
    [format!("{record:?}"), format!("{record:#?}")]
}

#[test]
fn nothing_that_the_engine_decided_or_stored_shows_what_is_private() {
    let (world, store, outcomes) = lived();
    silent_debug("outcomes", &outcomes);
    silent_debug("events", &world.clinic().events(0, 1_000).unwrap());
    silent_debug("messages", &world.clinic().messages(&MessageFilter::default(), None, 1_000).unwrap());
    silent_debug("taken", &world.gateway.taken());
    silent_debug("store", &*store);
    let mut tables = std::collections::BTreeSet::new();
    let dump = store.dump();
    assert!(dump.contains(PRIVATE) && dump.contains(NUMBER), "the data themselves are there");
    for line in dump.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let (Some(table), Some(id), Some(doc)) = (row[1].as_str(), row[2].as_str(), row[3].as_str()) else {
            continue;
        };
        silent(table, id);
        tables.insert(table.to_owned());
        let debug = match Table::from_name(table).unwrap() {
            Table::Practice if id == "practice" => shown::<Practice>(doc),
            Table::Practice => shown::<Counters>(doc),
            Table::Patient => shown::<PatientFile>(doc),
            Table::Visit => shown::<VisitFile>(doc),
            Table::Campaign => shown::<Campaign>(doc),
            Table::Message => shown::<Message>(doc),
            Table::Request => shown::<Request>(doc),
            Table::OptOut => shown::<OptOutRecord>(doc),
            Table::BadNumber => shown::<BadNumber>(doc),
            Table::Event => {
                silent("stored event", doc);
                shown::<Event>(doc)
            }
            Table::Job => shown::<Job>(doc),
            Table::Tally => {
                silent("stored figures", doc);
                shown::<Tally>(doc)
            }
            Table::Pause => shown::<GatewayPause>(doc),
            Table::Parts => shown::<InboundParts>(doc),
            Table::CallRule => shown::<CallRule>(doc),
            Table::Call => shown::<CallFile>(doc),
            Table::Audit => {
                silent("stored audit trail", doc);
                shown::<AuditEntry>(doc)
            }
            Table::Account => shown::<Account>(doc),
            // what users write of no patient
            Table::Template | Table::Draft => [doc.to_owned(), String::new()],
        };
        for text in debug {
            silent(table, &text);
        }
    }
    for table in ["bad_number", "opt_out", "parts", "request", "event", "call", "call_rule", "audit"] {
        assert!(tables.contains(table), "{table} was not tried: {tables:?}");
    }
}

/// Keeps every commit, to show it, and can spoil every document it gives.
struct Talkative {
    inner: MemoryStore,
    commits: Mutex<Vec<String>>,
    spoilt: Mutex<bool>,
}

impl Talkative {
    fn spoil(&self, doc: String) -> String {
        if *self.spoilt.lock().unwrap() { format!("{{\"first_name\":\"{PRIVATE} {NUMBER}") } else { doc }
    }
}

impl Store for Talkative {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.inner.version(practice)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        let docs = self.inner.read(practice, rows)?;
        let of_practice = |row: &RowKey| row.table == Table::Practice;
        let docs = docs.into_iter().zip(rows);
        let spoil = |(doc, row)| Option::map(doc, |doc| if of_practice(row) { doc } else { self.spoil(doc) });
        Ok(docs.map(spoil).collect())
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.inner.list(practice, table, from, to, limit)?;
        Ok(rows.into_iter().map(|(id, doc)| (id, self.spoil(doc))).collect())
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        let found = self.inner.scan(practice, scan)?;
        self.commits.lock().unwrap().extend([format!("{scan:?}"), format!("{found:?}")]);
        Ok(found.into_iter().map(|found| Found { doc: self.spoil(found.doc), ..found }).collect())
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        self.commits.lock().unwrap().push(format!("{commit:?} {commit:#?}"));
        self.inner.commit(commit)
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.inner.find(index, key)
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.inner.due(queue, until, limit)
    }
}

#[test]
fn what_passes_to_the_store_and_errors_of_spoilt_documents_show_nothing() {
    let store = Arc::new(Talkative {
        inner: MemoryStore::default(),
        commits: Mutex::default(),
        spoilt: Mutex::default(),
    });
    let gateway = Simulator::new(GATEWAY.into(), 1);
    let mut world = World::on(store.clone(), "2026-11-16 09:00", practice(), gateway);
    world.start("p", day_before("10:00"));
    let named = |patient: &mut Patient| patient.first_name = samples::patient().first_name;
    world.patient_with("1", PHONE, named);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 10:05");
    world.reply_with(PHONE, PRIVATE, |sms| sms.part = Some(InboundPart { reference: 1, part: 1, parts: 2 }));
    let commits = std::mem::take(&mut *store.commits.lock().unwrap());
    assert!(commits.len() > 20);
    for shown in commits {
        silent("a call of the store", &shown);
    }
    *store.spoilt.lock().unwrap() = true;
    let clinic = world.clinic();
    let errors = [
        clinic.visit(&"w1".into()).unwrap_err(),
        clinic.messages(&MessageFilter::default(), None, 10).unwrap_err(),
        clinic.events(0, MAX_PAGE).unwrap_err(),
        clinic
            .apply(&[Fact::Patient(Patient { revision: 99, ..samples::patient() })], world.now)
            .unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, EngineError::Store(StoreError::Corrupt(_))), "{error}");
        silent_error("corrupt", &error);
    }
}

#[test]
fn faulty_facts_are_named_by_field_without_their_content() {
    let world = World::new("2026-11-16 09:00");
    let long = || format!("{PRIVATE}{}", "x".repeat(600));
    let id = || format!("{PRIVATE}{}", "x".repeat(300));
    let sms = samples::sms_received();
    let facts = [
        Fact::Patient(Patient { first_name: long().into(), ..samples::patient() }),
        Fact::Patient(Patient { last_name: long().into(), ..samples::patient() }),
        Fact::Patient(Patient { vocative: Some(long().into()), ..samples::patient() }),
        Fact::Patient(Patient { phone: Some(long().into()), ..samples::patient() }),
        Fact::Patient(Patient { id: id().as_str().into(), ..samples::patient() }),
        Fact::Patient(Patient {
            guardian: Some(Guardian { name: None, phone: long().into() }),
            ..samples::patient()
        }),
        Fact::Visit(Visit { visit_type: Some(long()), ..samples::visit() }),
        Fact::Visit(Visit {
            doctor: Some(Doctor { id: "d".into(), name: long().into() }),
            ..samples::visit()
        }),
        Fact::SmsReceived(SmsReceived { from: long().into(), ..sms.clone() }),
        Fact::SmsReceived(SmsReceived { body: PRIVATE.repeat(50_000).into(), ..sms }),
    ];
    for fact in facts {
        let error = world.clinic().apply(&[fact], world.now).unwrap_err();
        assert!(matches!(error, EngineError::Fact { .. }), "{error}");
        silent_error("a faulty fact", &error);
    }
}

#[test]
fn errors_of_numbers_templates_and_settings_show_nothing() {
    let policy = PhonePolicy::default();
    for number in [PHONE, "501777333 w. 5", "+48501777333/2", "501777333501777333", "Poufne"] {
        if let Err(fault) = phone::parse(number, &policy) {
            silent_error("a number", &fault);
        }
        match phone::recipient(number, &policy) {
            Ok(number) => silent_debug("a recipient", &number),
            Err(refusal) => silent_error("a refusal", &refusal),
        }
    }
    let mut faulty = samples::practice();
    faulty.secret = Secret::new(PRIVATE);
    faulty.settings.currency = "?".into();
    let engine = Engine::new(Arc::new(MemoryStore::default()), Vec::new());
    let error = engine.open_practice(&faulty, at("2026-11-16 09:00")).unwrap_err();
    silent_error("settings", &error);
    let faults =
        check(&CampaignSpec { name: String::new(), ..samples::campaign_spec() }, &samples::practice());
    silent_debug("a campaign's faults", &faults);
    let missing = template::MissingValue { placeholder: "lekarz".into() };
    silent_error("a missing value", &missing);
}

#[test]
fn the_scene_of_a_plan_shows_nothing() {
    let (world, ..) = lived();
    let visit = world.clinic().visit(&"w1".into()).unwrap().unwrap();
    let patient = PatientFile {
        patient: samples::patient(),
        told_at: world.now,
        number: Ok(Phone::new(NUMBER)),
        default_consent: None,
        merged_into: None,
        erased_at: None,
    };
    let scene = Scene {
        now: world.now,
        practice: &samples::practice(),
        visit: &visit,
        patient: Some(&patient),
        opt_out: None,
        bad_number: false,
        first_visit: true,
        same_day: std::slice::from_ref(&visit),
        series: &[],
    };
    silent_debug("a scene", &scene);
}

#[test]
fn a_gateway_hears_what_it_needs_and_no_name_beside_the_text() {
    let gateway = Arc::new(rig::WiredGateway::new(Arc::default(), rig::idempotent()));
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    spec.bodies.default = "Wizyta (data) o (godzina).".into();
    world.start("p", spec);
    world.patient_with("1", PHONE, |patient| patient.first_name = samples::patient().first_name);
    world.visit("w1", "1", "2026-11-20 12:30");
    let engine =
        Engine::new(world.store.clone(), vec![(GATEWAY.into(), gateway.clone() as Arc<dyn Gateway>)]);
    engine.dispatch(at("2026-11-19 10:00"), 10).unwrap();
    let handed = gateway.handed();
    assert_eq!(handed.len(), 1);
    assert!(!serde_json::to_string(&handed).unwrap().contains(PRIVATE));
    assert!(!handed[0].reference.contains(NUMBER) && !handed[0].reference.contains(CLINIC));
    silent_debug("a submission", &handed);
    let scan = Scan {
        index: Index::MessageNumber,
        from: NUMBER.into(),
        to: NUMBER.into(),
        limit: 1,
        order: Order::Ascending,
    };
    silent_debug("a scan", &scan);
}
