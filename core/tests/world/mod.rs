//! A small world for scenarios: one practice, a simulated gateway, and a clock that jumps to the next deadline.
//!
//! Nothing is kept between steps but the store: the engine is made anew for every call, as after a restart.
// every test file uses another part of it, and a test kit may fail by panicking
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use chrono::NaiveDateTime;
use depesza::calendar;
use depesza::engine::{Clinic, Desk, Engine, EngineError, Outcome};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::{MemoryStore, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

pub struct World {
    pub store: Arc<dyn Store>,
    pub gateway: Arc<Simulator>,
    pub now: Timestamp,
    pub practice: Practice,
    pub engine: Engine,
    revisions: BTreeMap<String, u64>,
    inbound: u64,
}

pub const GATEWAY: &str = "sim";
pub const CLINIC: &str = "kowalska";

/// A wall time in Warsaw: `2026-11-16 09:00`.
pub fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a wall time such as 2026-11-16 09:00")
}

/// The same as an instant.
pub fn at(text: &str) -> Timestamp {
    calendar::resolve(Zone::default(), local(text))
}

/// A practice with an ordinary two-way sender, prices, and defaults for the rest.
pub fn practice() -> Practice {
    let settings = Settings {
        senders: vec![Sender {
            id: "48500100200".into(),
            receives: true,
            approval: SenderApproval::Approved,
        }],
        prices: vec![Price { prefix: "+48".into(), part_milli: 90 }],
        ..Settings::default()
    };
    Practice {
        id: CLINIC.into(),
        name: "Dentica".into(),
        address: Some("ul. Długa 5, Radom".into()),
        phone: Some("48 362 12 34".into()),
        zone: Zone::default(),
        language: Language::Pl,
        secret: Secret::new("a secret of the test practice"),
        separate_permissions: Default::default(),
        settings,
    }
}

/// A campaign with defaults, from its timing.
pub fn campaign(name: &str, timing: Timing) -> CampaignSpec {
    let json = serde_json::json!({
        "name": name,
        "timing": serde_json::to_value(&timing).unwrap(),
        "bodies": {"default": "(imie), wizyta (data) o (godzina). Odpisz TAK lub NIE."},
    });
    serde_json::from_value(json).unwrap()
}

/// A reminder one day before at a time ("10:00").
pub fn day_before(time: &str) -> CampaignSpec {
    campaign("Przypomnienie", Timing::Reminder { steps: vec![step_days(1, time)] })
}

pub fn step_days(days_before: u32, time: &str) -> ReminderStep {
    ReminderStep::Days { days_before, at: time.parse().unwrap() }
}

/// A booking message after so many minutes.
pub fn booking(delay_min: u32) -> CampaignSpec {
    let mut spec = campaign("Umówienie", Timing::Booking { delay_min, max_age_min: 1_440 });
    spec.bodies.default = "(imie), zapisano wizyte (data) o (godzina).".into();
    spec
}

/// A reminder so many hours before.
pub fn hours_before(hours_before: u32) -> CampaignSpec {
    campaign("Przypomnienie", Timing::Reminder { steps: vec![ReminderStep::Hours { hours_before }] })
}

/// A message so many minutes after a visit that took place.
pub fn follow_up(delay_min: u32) -> CampaignSpec {
    let after = FollowUpTime::Delay { delay_min };
    let mut spec = campaign("Po wizycie", Timing::FollowUp { after, max_age_h: 72 });
    spec.bodies.default = "(imie), dziekujemy za wizyte (data).".into();
    spec
}

/// Hours of every day, or of some days of the week ("mon", "tue").
pub fn window(weekdays: &[&str], from: &str, to: &str) -> SendWindow {
    let mut range = serde_json::json!({"from": from, "to": to});
    if !weekdays.is_empty() {
        range["weekdays"] = serde_json::json!(weekdays);
    }
    serde_json::from_value(serde_json::json!({"ranges": [range]})).unwrap()
}

pub fn room(id: &str) -> Option<Room> {
    Some(Room { id: id.into(), name: format!("gabinet {id}") })
}

pub fn doctor(id: &str, name: &str) -> Option<Doctor> {
    Some(Doctor { id: id.into(), name: Name::new(name) })
}

/// Fates of messages, as [`World::fates`] tells them.
pub const DELIVERED: (Status, Option<&str>) = (Status::Delivered, None);
pub const PLANNED: (Status, Option<&str>) = (Status::Planned, None);

pub fn skipped(reason: &'static str) -> (Status, Option<&'static str>) {
    (Status::Skipped, Some(reason))
}

pub fn cancelled(reason: &'static str) -> (Status, Option<&'static str>) {
    (Status::Cancelled, Some(reason))
}

/// Monday 2026-11-16 at nine, patient 1, a reminder the day before at ten.
pub fn world() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world
}

impl World {
    /// A world at a wall time of Warsaw, with an ordinary practice.
    pub fn new(now: &str) -> Self {
        Self::with(now, practice(), Simulator::new(GATEWAY.into(), 1))
    }

    pub fn with(now: &str, practice: Practice, gateway: Simulator) -> Self {
        Self::on(Arc::new(MemoryStore::default()), now, practice, gateway)
    }

    pub fn on(store: Arc<dyn Store>, now: &str, practice: Practice, gateway: Simulator) -> Self {
        let gateway = Arc::new(gateway);
        let engine = engine(&store, &gateway);
        engine.open_practice(&practice, at(now)).unwrap();
        Self { store, gateway, now: at(now), practice, engine, revisions: BTreeMap::new(), inbound: 0 }
    }

    pub fn clinic(&self) -> Clinic<'_> {
        self.engine.practice(CLINIC.into())
    }

    /// Changes the practice's settings.
    pub fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.practice.settings);
        self.engine.open_practice(&self.practice, self.now).unwrap();
    }

    pub fn tell(&mut self, fact: Fact) -> Outcome {
        self.clinic().apply(&[fact], self.now).unwrap().pop().unwrap()
    }

    fn next_revision(&mut self, of: &str) -> u64 {
        let revision = self.revisions.entry(of.to_owned()).or_default();
        *revision += 1;
        *revision
    }

    /// A card with a consent for information on visits, changed as asked, and told.
    pub fn patient_with(&mut self, id: &str, phone: &str, change: impl FnOnce(&mut Patient)) -> Outcome {
        let yes = Consent { given: true, at: at("2026-01-01 10:00"), source: ConsentSource::Person };
        let mut patient = Patient {
            id: id.into(),
            revision: self.next_revision(&format!("patient {id}")),
            first_name: Name::new(format!("Imie{id}")),
            last_name: Name::new(format!("Nazwisko{id}")),
            vocative: None,
            phone: (!phone.is_empty()).then(|| Phone::new(phone)),
            guardian: None,
            birth_date: None,
            consents: Consents { visits: Some(yes), marketing: None, other: None },
            status: PatientStatus::Active,
            created_at: None,
        };
        change(&mut patient);
        self.tell(Fact::Patient(patient))
    }

    pub fn patient(&mut self, id: &str, phone: &str) -> Outcome {
        self.patient_with(id, phone, |_| {})
    }

    /// A booked visit of half an hour, changed as asked, and told.
    pub fn visit_with(
        &mut self,
        id: &str,
        patient: &str,
        start: &str,
        change: impl FnOnce(&mut Visit),
    ) -> Outcome {
        let mut visit = Visit {
            id: id.into(),
            revision: self.next_revision(&format!("visit {id}")),
            patient: patient.into(),
            start: local(start),
            zone: None,
            duration_min: 30,
            state: VisitState::Booked,
            visit_type: None,
            doctor: None,
            room: None,
            booked_at: None,
            series: None,
            first_visit: Some(false),
        };
        change(&mut visit);
        self.tell(Fact::Visit(visit))
    }

    pub fn visit(&mut self, id: &str, patient: &str, start: &str) -> Outcome {
        self.visit_with(id, patient, start, |_| {})
    }

    pub fn visit_state(&mut self, id: &str, patient: &str, start: &str, state: VisitState) -> Outcome {
        self.visit_with(id, patient, start, |visit| visit.state = state)
    }

    /// Creates and activates a campaign, and works off its job.
    pub fn start(&mut self, id: &str, spec: CampaignSpec) {
        let clinic = self.clinic();
        let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
        desk.create_campaign(id.into(), spec, self.now).unwrap();
        desk.activate(&id.into(), self.now).unwrap();
        self.work();
    }

    /// What a person at the desk does with a campaign; its job is worked off.
    pub fn desk<T>(&mut self, act: impl FnOnce(&Desk<'_>, Timestamp) -> Result<T, EngineError>) -> T {
        let done = {
            let clinic = self.clinic();
            act(&clinic.as_user(User::new("recepcja", Permission::CLINIC)), self.now).unwrap()
        };
        self.work();
        done
    }

    pub fn edit(&mut self, id: &str, spec: CampaignSpec) {
        self.desk(|desk, now| desk.edit_campaign(&id.into(), spec, now));
    }

    pub fn pause(&mut self, id: &str) {
        self.desk(|desk, now| desk.pause(&id.into(), now));
    }

    pub fn resume(&mut self, id: &str) {
        self.desk(|desk, now| desk.resume(&id.into(), now));
    }

    pub fn end(&mut self, id: &str) {
        self.desk(|desk, now| desk.end(&id.into(), now));
    }

    /// A reminder by hand.
    pub fn remind(&mut self, visit: &str) -> MessageId {
        self.desk(|desk, now| desk.remind(&visit.into(), now))
    }

    pub fn work(&self) {
        while self.engine.work(self.now, 1_000).unwrap().more {}
    }

    /// An SMS from a number, now.
    pub fn reply(&mut self, from: &str, body: &str) -> Outcome {
        self.reply_with(from, body, |_| {})
    }

    pub fn reply_with(&mut self, from: &str, body: &str, change: impl FnOnce(&mut SmsReceived)) -> Outcome {
        self.inbound += 1;
        let mut sms = SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: Some(format!("mo-{}", self.inbound)),
            from: Phone::new(from),
            to: None,
            body: Body::new(body),
            received_at: self.now,
            in_reply_to: None,
            part: None,
            opt_out: false,
        };
        change(&mut sms);
        self.tell(Fact::SmsReceived(sms))
    }

    /// Jumps from deadline to deadline until a wall time, dispatching, working and passing reports on; then it is that
    /// time.
    pub fn run_until(&mut self, until: &str) {
        let until = at(until);
        loop {
            self.engine = engine(&self.store, &self.gateway);
            let due = self.engine.next_due().unwrap();
            let next = due.into_iter().chain(self.gateway.next_report()).min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            self.step();
        }
        self.now = until;
    }

    /// What a host's timer does.
    pub fn step(&mut self) {
        self.work();
        self.engine.dispatch(self.now, 100_000).unwrap();
        for report in self.gateway.reports(self.now) {
            self.tell(Fact::DeliveryReport(report));
        }
    }

    /// What went to handsets: wall time, number, text.
    pub fn sent(&self) -> Vec<(String, String, String)> {
        let taken = self.gateway.taken().into_iter();
        taken
            .map(|taken| {
                let time = calendar::local(Zone::default(), taken.at).format("%Y-%m-%d %H:%M").to_string();
                (time, taken.to.reveal().to_owned(), taken.body.reveal().to_owned())
            })
            .collect()
    }

    /// The wall times at which messages went, in order.
    pub fn sent_at(&self) -> Vec<String> {
        self.sent().into_iter().map(|(time, ..)| time).collect()
    }

    pub fn messages(&self, visit: &str) -> Vec<Message> {
        self.clinic().messages_of_visit(&visit.into()).unwrap()
    }

    /// The newest messages of the practice, newest first.
    pub fn newest(&self, limit: u32) -> Vec<Message> {
        let page = self.clinic().messages(&MessageFilter::default(), None, limit).unwrap();
        page.rows.into_iter().map(|row| row.message).collect()
    }

    /// The only message of a visit.
    pub fn message(&self, visit: &str) -> Message {
        let mut messages = self.messages(visit);
        assert_eq!(messages.len(), 1, "{messages:#?}");
        messages.pop().unwrap()
    }

    /// Status and reason code of each message of a visit, in the order of their numbers.
    pub fn fates(&self, visit: &str) -> Vec<(Status, Option<&'static str>)> {
        let messages = self.messages(visit);
        messages.iter().map(|message| (message.status, message.reason.as_ref().map(Reason::code))).collect()
    }

    /// The texts that went, in order.
    pub fn texts(&self) -> Vec<String> {
        self.sent().into_iter().map(|(.., text)| text).collect()
    }

    pub fn confirmation(&self, visit: &str) -> Option<Reply> {
        self.clinic()
            .visit(&visit.into())
            .unwrap()
            .unwrap()
            .confirmation
            .map(|confirmation| confirmation.reply)
    }

    pub fn events(&self) -> Vec<Happening> {
        self.clinic().events(0, 1_000).unwrap().into_iter().map(|event| event.what).collect()
    }
}

fn engine(store: &Arc<dyn Store>, gateway: &Arc<Simulator>) -> Engine {
    let gateway: Arc<dyn Gateway> = gateway.clone();
    Engine::new(store.clone(), vec![(GATEWAY.into(), gateway)])
}

/// A patient of that number, with a consent and a telephone of their own.
pub fn numbered_patient(world: &World, n: usize) -> Fact {
    let yes = Consent { given: true, at: world.now, source: ConsentSource::Person };
    Fact::Patient(Patient {
        id: PatientId::new(format!("p{n:06}")),
        revision: 1,
        first_name: Name::new("Anna"),
        last_name: Name::new("Nowak"),
        vocative: None,
        phone: Some(Phone::new(format!("5010{n:05}"))),
        guardian: None,
        birth_date: None,
        consents: Consents { visits: Some(yes), marketing: None, other: None },
        status: PatientStatus::Active,
        created_at: None,
    })
}

/// Their visit of the same number.
pub fn numbered_visit(n: usize, revision: u64, start: &str, state: VisitState) -> Fact {
    Fact::Visit(Visit {
        id: VisitId::new(format!("v{n:06}")),
        revision,
        patient: PatientId::new(format!("p{n:06}")),
        start: local(start),
        zone: None,
        duration_min: 30,
        state,
        visit_type: None,
        doctor: None,
        room: None,
        booked_at: None,
        series: None,
        first_visit: None,
    })
}
