//! The practices of a trial: what their hosts tell the engine while dispatchers work and die, and the truth about it.

use crate::dice::Dice;
use crate::dispatcher::GATEWAY;
use crate::watched::{Moment, Watched};
use depesza::calendar;
use depesza::engine::{Engine, EngineError};
use depesza::model::{
    Body, CampaignSpec, Consent, ConsentSource, Consents, DAY_MS, Fact, HOUR_MS, Language, MINUTE_MS, Name,
    Patient, PatientStatus, Permission, Phone, Practice, PracticeId, Price, Secret, Sender, SenderApproval,
    Settings, SmsReceived, Timestamp, User, Visit, VisitId, VisitState, Zone,
};
use depesza::store::{Store, StoreError};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The campaign that says that a visit was booked, a minute later.
pub const BOOKING: &str = "booking";
/// The campaign that reminds two hours before.
pub const REMINDER: &str = "reminder";
/// How long a host tries to tell something while the store is not available.
const PATIENCE: Duration = Duration::from_secs(60);

/// A visit as it truly is.
#[derive(Clone, Debug)]
pub struct TrueVisit {
    /// Whose.
    pub practice: PracticeId,
    /// Its identifier.
    pub id: VisitId,
    /// Its start.
    pub starts_at: Timestamp,
    /// Earlier starts, each with the practice's version at which it no longer held.
    pub moved: Vec<(Timestamp, u64)>,
    /// The practice's version at which it was called off.
    pub off: Option<u64>,
    /// When it was booked, and told for the first time.
    pub booked_at: Timestamp,
    number: String,
    revision: u64,
}

/// The hosts.
pub struct Office {
    store: Arc<dyn Store>,
    engine: Engine,
    /// The version of the last commit that this process made.
    version: Arc<AtomicU64>,
    dice: Dice,
    practices: Vec<PracticeId>,
    /// All visits.
    pub visits: Vec<TrueVisit>,
    answers: u64,
    /// How often the store was not available for a fact.
    pub refused: u64,
    /// Whether hosts give up at once when the store is not available, instead of telling it again.
    pub gives_up: bool,
}

fn practice(id: &PracticeId) -> Practice {
    let hours = json!({"ranges": [{"from": "00:00", "to": "24:00"}], "holidays": "send"});
    let settings = Settings {
        senders: vec![Sender {
            id: "48500100200".into(),
            receives: true,
            approval: SenderApproval::Approved,
        }],
        prices: vec![Price { prefix: "+48".into(), part_milli: 90 }],
        sending_hours: serde_json::from_value(hours).unwrap(),
        breaker: None,
        ..Settings::default()
    };
    Practice {
        id: id.clone(),
        name: "Dentica".into(),
        address: None,
        phone: None,
        zone: Zone::default(),
        language: Language::Pl,
        secret: Secret::new("a secret of the trial"),
        separate_permissions: Default::default(),
        settings,
    }
}

/// Opens an ordinary practice that may send at any hour.
///
/// # Panics
/// When the engine refuses it.
pub fn open_practice(engine: &Engine, id: &PracticeId, now: Timestamp) {
    engine.open_practice(&practice(id), now).unwrap();
}

/// An engine that tells facts and sends nothing. It notes the version of its last commit.
fn engine(store: Arc<dyn Store>, version: Arc<AtomicU64>) -> Engine {
    let watched = Watched::new(store, move |moment| {
        if let Moment::Ended(_, Ok(committed)) = moment {
            version.store(*committed, Ordering::Relaxed);
        }
    });
    Engine::new(Arc::new(watched), Vec::new())
}

fn campaigns() -> [(&'static str, CampaignSpec); 2] {
    let spec = |name: &str, timing: serde_json::Value, body: &str| {
        serde_json::from_value(json!({"name": name, "timing": timing, "bodies": {"default": body}})).unwrap()
    };
    [
        (
            BOOKING,
            spec(
                "Umówienie",
                json!({"kind": "booking", "delay_min": 1}),
                "(imie), zapisano wizytę (data) o (godzina).",
            ),
        ),
        (
            REMINDER,
            spec(
                "Przypomnienie",
                json!({"kind": "reminder", "steps": [{"hours_before": 2}]}),
                "(imie), wizyta (data) o (godzina). Odpisz TAK lub NIE.",
            ),
        ),
    ]
}

impl Office {
    /// Opens so many practices with their campaigns.
    ///
    /// # Panics
    /// When the engine refuses them.
    #[must_use]
    pub fn open(store: Arc<dyn Store>, practices: usize, seed: u64, now: Timestamp) -> Self {
        // a day before, so that no visit is booked before its campaign began, even where the clock is set back
        let now = now.plus_ms(-DAY_MS);
        let version = Arc::new(AtomicU64::new(0));
        let engine = engine(store.clone(), version.clone());
        let practices: Vec<PracticeId> = (0..practices).map(|n| PracticeId::new(format!("p{n}"))).collect();
        for id in &practices {
            open_practice(&engine, id, now);
            let clinic = engine.practice(id.clone());
            let desk = clinic.as_user(User::new("desk", Permission::CLINIC));
            for (campaign, spec) in campaigns() {
                desk.create_campaign(campaign.into(), spec, now).unwrap();
                desk.activate(&campaign.into(), now).unwrap();
            }
        }
        while engine.work(now, 1_000).unwrap().more {}
        Self {
            store,
            engine,
            version,
            dice: Dice::new(seed),
            practices,
            visits: Vec::new(),
            answers: 0,
            refused: 0,
            gives_up: false,
        }
    }

    /// The practices.
    #[must_use]
    pub fn practices(&self) -> &[PracticeId] {
        &self.practices
    }

    /// The engine of this process.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Goes on with a store that was opened anew.
    pub fn reopen(&mut self, store: Arc<dyn Store>) {
        (self.engine, self.store) = (engine(store.clone(), self.version.clone()), store);
    }

    /// Does it until the store is available, as a host does: telling again changes nothing.
    ///
    /// # Panics
    /// When the engine refuses it, or the store is not available for a minute.
    pub fn insist<T>(&mut self, act: impl Fn(&Engine) -> Result<T, EngineError>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(done) = self.attempt(&act) {
                return done;
            }
            assert!(begun.elapsed() < PATIENCE, "the store is not available for too long");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Does it if the store is available, or until it is where hosts do not give up.
    ///
    /// # Panics
    /// As [`insist`](Self::insist).
    pub fn dare<T>(&mut self, act: impl Fn(&Engine) -> Result<T, EngineError>) -> Option<T> {
        if self.gives_up { self.attempt(act) } else { Some(self.insist(act)) }
    }

    /// Does it if the store is available.
    fn attempt<T>(&mut self, act: impl Fn(&Engine) -> Result<T, EngineError>) -> Option<T> {
        match act(&self.engine) {
            Ok(done) => Some(done),
            Err(EngineError::Store(StoreError::Unavailable(_))) => {
                self.refused += 1;
                None
            }
            Err(error) => panic!("the engine refuses a fact: {error}"),
        }
    }

    /// Tells facts; the version of the commit that took them in, or a later one. `None`: the host gave up.
    fn tell(&mut self, practice: &PracticeId, facts: &[Fact], now: Timestamp) -> Option<u64> {
        let apply = |engine: &Engine| engine.practice(practice.clone()).apply(facts, now);
        let refused = self.refused;
        self.dare(apply)?;
        if self.refused == refused {
            return Some(self.version.load(Ordering::Relaxed));
        }
        // it may have been a commit whose answer was lost
        let store = self.store.clone();
        Some(self.insist(|_| Ok(store.version(practice)?)))
    }

    /// Tells everything again as it is now, as a host does after an old copy was put back.
    pub fn tell_all_again(&mut self, now: Timestamp) {
        for place in 0..self.visits.len() {
            let mut visit = self.visits[place].clone();
            visit.revision -= 1; // the last one, not a new one
            let state = if visit.off.is_some() { VisitState::Cancelled } else { VisitState::Booked };
            let facts = [visit.card(), visit.fact(state)];
            self.tell(&visit.practice.clone(), &facts, now);
        }
    }

    /// One thing happens in one of the practices: a visit is booked, moved, called off, or a patient answers.
    pub fn happens(&mut self, now: Timestamp) {
        let known = self.visits.len();
        match self.dice.below(10) {
            6 | 7 if known > 0 => {
                let place = known - 1 - self.dice.place(known.min(200));
                self.change(place, now, true);
            }
            8 if known > 0 => {
                let place = known - 1 - self.dice.place(known.min(200));
                self.change(place, now, false);
            }
            9 if known > 0 => {
                let place = known - 1 - self.dice.place(known.min(300));
                self.answer(place, now);
            }
            _ => self.book(now),
        }
    }

    /// A new patient books a visit, two and a half to six hours ahead.
    pub fn book(&mut self, now: Timestamp) {
        let number = format!("+48{}", 501_000_000 + self.visits.len());
        let practice = self.practices[self.dice.place(self.practices.len())].clone();
        let mut visit = TrueVisit {
            practice: practice.clone(),
            id: VisitId::new(format!("v{}", self.visits.len())),
            starts_at: self.later(now),
            moved: Vec::new(),
            off: None,
            number,
            booked_at: now,
            revision: 0,
        };
        let facts = [visit.card(), visit.fact(VisitState::Booked)];
        if self.tell(&practice, &facts, now).is_some() {
            self.visits.push(visit);
        }
    }

    fn later(&mut self, now: Timestamp) -> Timestamp {
        // on a whole minute of the wall's clock, as calendars have it
        let at = now.ms() / MINUTE_MS + self.dice.between(150, 360);
        let wall = calendar::local(Zone::default(), Timestamp::from_ms(at * MINUTE_MS));
        calendar::resolve(Zone::default(), wall)
    }

    fn change(&mut self, place: usize, now: Timestamp, moves: bool) {
        let mut visit = self.visits[place].clone();
        if visit.off.is_some() || visit.starts_at <= now.plus_ms(HOUR_MS) {
            return;
        }
        let before = visit.starts_at;
        if moves {
            visit.starts_at = self.later(now);
        }
        let state = if moves { VisitState::Booked } else { VisitState::Cancelled };
        let fact = visit.fact(state);
        let Some(version) = self.tell(&visit.practice.clone(), &[fact], now) else { return };
        if moves {
            visit.moved.push((before, version));
        } else {
            visit.off = Some(version);
        }
        self.visits[place] = visit;
    }

    fn answer(&mut self, place: usize, now: Timestamp) {
        self.answers += 1;
        let sms = SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: Some(format!("mo{}", self.answers)),
            from: Phone::new(self.visits[place].number.clone()),
            to: None,
            body: Body::new(if self.dice.chance(700) { "TAK" } else { "NIE" }),
            received_at: now,
            in_reply_to: None,
            part: None,
            opt_out: false,
        };
        let practice = self.visits[place].practice.clone();
        self.tell(&practice, &[Fact::SmsReceived(sms)], now);
    }
}

impl TrueVisit {
    fn card(&self) -> Fact {
        let asked = Timestamp::from_ms(1_767_225_600_000); // 2026-01-01
        let yes = Consent { given: true, at: asked, source: ConsentSource::Person };
        Fact::Patient(Patient {
            id: self.id.as_str().into(),
            revision: 1,
            first_name: Name::new("Anna"),
            last_name: Name::new("Nowak"),
            vocative: None,
            phone: Some(Phone::new(self.number.clone())),
            guardian: None,
            birth_date: None,
            consents: Consents { visits: Some(yes), marketing: None, other: None },
            status: PatientStatus::Active,
            created_at: None,
        })
    }

    fn fact(&mut self, state: VisitState) -> Fact {
        self.revision += 1;
        Fact::Visit(Visit {
            id: self.id.clone(),
            revision: self.revision,
            patient: self.id.as_str().into(),
            start: calendar::local(Zone::default(), self.starts_at),
            zone: None,
            duration_min: 30,
            state,
            visit_type: None,
            doctor: None,
            room: None,
            booked_at: Some(self.booked_at),
            series: None,
            first_visit: Some(false),
        })
    }
}
