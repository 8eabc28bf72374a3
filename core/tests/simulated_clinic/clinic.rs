//! The clinic and its host: what happens in a day, told to an engine that is made anew for every call and whose process
//! may die in any of them.

use super::dice::Dice;
use super::process::{MortalGateway, MortalStore, Process};
use super::setup::{CLINIC, GATEWAY, Setup, body};
use super::truth::{Appointment, Card, Expected, Running, Truth, instant, midnight, wall};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use depesza::engine::{Engine, EngineError, Outcome};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::{MemoryStore, Store, StoreError};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What will happen.
#[derive(Clone)]
pub enum Deed {
    Book,
    BookSeries,
    Move,
    CallOff,
    Reopen,
    ChangeRoom,
    Arrive(usize),
    /// The evening's, or the next morning's, word on a day's visits.
    Close(NaiveDate),
    EditCard,
    Merge,
    StaffConfirms,
    RemindByHand,
    TellAgain,
    ChangeCampaign,
    Resume(usize),
    Reply {
        from: String,
        reference: String,
    },
    SmsAgain(SmsReceived),
    ReportAgain(DeliveryReport),
}

/// What the run came to, so that a test can tell that something happened in it.
#[derive(Debug, Default, PartialEq)]
pub struct Figures {
    pub visits: u64,
    pub sent: u64,
    pub answers_applied: u64,
    pub ambiguous: u64,
    pub stops: u64,
    pub deaths: u64,
    pub checked_visits: u64,
    pub certain_reminders: u64,
    pub cap_used_up: u64,
}

pub struct Clinic {
    pub seed: u64,
    pub setup: Setup,
    pub truth: Truth,
    pub dice: Dice,
    pub now: Timestamp,
    pub today: NaiveDate,
    pub memory: Arc<MemoryStore>,
    pub simulator: Arc<Simulator>,
    pub process: Arc<Process>,
    pub figures: Figures,
    store: Arc<dyn Store>,
    gateway: Arc<dyn Gateway>,
    diary: BTreeMap<(Timestamp, u64), Deed>,
    entries: u64,
    last_facts: VecDeque<(Timestamp, Vec<Fact>)>,
    told: Vec<Fact>,
    host_wakes: Timestamp,
    pub silent_until: Timestamp,
    pub oracle: super::oracle::Oracle,
    inbound: u64,
}

impl Clinic {
    pub fn new(seed: u64) -> Self {
        let setup = Setup::new(seed);
        let process = Arc::new(Process::new(seed ^ 0xdead));
        let memory = Arc::new(MemoryStore::new());
        let simulator = Simulator::new(GATEWAY.into(), seed)
            .with_faults(setup.faults)
            .with_capabilities(setup.capabilities.clone());
        let simulator = Arc::new(simulator);
        let truth = Truth {
            tolerance_ms: i64::from(setup.practice.settings.move_tolerance_min) * MINUTE_MS,
            ..Truth::default()
        };
        let now = midnight(setup.first_day);
        let mut clinic = Self {
            seed,
            truth,
            dice: Dice::new(seed),
            now,
            today: setup.first_day,
            store: Arc::new(MortalStore { store: memory.clone(), process: process.clone() }),
            gateway: Arc::new(MortalGateway { gateway: simulator.clone(), process: process.clone() }),
            memory,
            simulator,
            process,
            setup,
            figures: Figures::default(),
            diary: BTreeMap::new(),
            entries: 0,
            last_facts: VecDeque::new(),
            told: Vec::new(),
            host_wakes: now,
            silent_until: now,
            oracle: super::oracle::Oracle::default(),
            inbound: 0,
        };
        clinic.open();
        clinic
    }

    fn open(&mut self) {
        let practice = self.setup.practice.clone();
        self.insist(|engine, now| engine.open_practice(&practice, now));
        for _ in 0..40 {
            self.new_card();
        }
        for (id, spec) in std::mem::take(&mut self.setup.campaigns) {
            let id = CampaignId::from(id);
            self.start_campaign(id, spec);
        }
    }

    fn start_campaign(&mut self, id: CampaignId, spec: CampaignSpec) {
        self.insist(|engine, now| {
            let clinic = engine.practice(CLINIC.into());
            match clinic.as_user("kierownik".into()).create_campaign(id.clone(), spec.clone(), now) {
                Err(EngineError::CampaignExists(_)) => Ok(()),
                other => other,
            }
        });
        self.desk(&id, CampaignStatus::Active);
        let status = CampaignStatus::Active;
        self.truth.campaigns.push(Running { id, spec, activated_at: self.now, status, changed_at: self.now });
    }

    /// An engine on the store and gateway that may fail.
    fn engine(&self) -> Engine {
        Engine::new(self.store.clone(), vec![(GATEWAY.into(), self.gateway.clone())])
    }

    /// An engine that only looks.
    pub fn looking(&self) -> Engine {
        Engine::new(self.memory.clone(), Vec::new())
    }

    pub fn fail(&self, what: impl std::fmt::Display) -> ! {
        let facts: Vec<String> =
            self.last_facts.iter().map(|(at, facts)| format!("  {} {facts:?}", wall(*at))).collect();
        panic!(
            "seed {}, day {}, {}: {what}\nthe last facts:\n{}",
            self.seed,
            self.today,
            wall(self.now),
            facts.join("\n")
        )
    }

    /// Does a call until its process survives it; what it did before it died it may do again.
    fn insist<T>(&mut self, call: impl Fn(&Engine, Timestamp) -> Result<T, EngineError>) -> T {
        loop {
            match call(&self.engine(), self.now) {
                Ok(done) if !self.process.revive() => return done,
                // it died after its last commit
                Ok(_) => {}
                Err(EngineError::Store(StoreError::Unavailable(_))) if self.process.revive() => {}
                Err(error) => self.fail(format!("refused: {error}")),
            }
            self.now = self.now.plus_ms(self.dice.between(0, 3_000));
        }
    }

    /// Tells facts together until they are acknowledged, and says what became of them the first time.
    fn tell(&mut self, facts: &[Fact]) -> Vec<Outcome> {
        self.last_facts.push_back((self.now, facts.to_vec()));
        if self.last_facts.len() > 15 {
            self.last_facts.pop_front();
        }
        let outcomes = self.insist(|engine, now| engine.practice(CLINIC.into()).apply(facts, now));
        if self.dice.chance(20) {
            self.told.extend(
                facts.iter().filter(|fact| matches!(fact, Fact::Patient(_) | Fact::Visit(_))).cloned(),
            );
        }
        outcomes
    }

    pub fn note(&mut self, at: Timestamp, deed: Deed) {
        self.entries += 1;
        self.diary.insert((at, self.entries), deed);
    }

    /// One day, from midnight to midnight, deadline by deadline.
    pub fn live_a_day(&mut self, busy: bool) {
        if busy {
            self.plan_day();
        }
        let end = midnight(self.today + Days::new(1));
        loop {
            let deed = self.diary.keys().next().map(|(at, _)| *at);
            let due =
                self.looking().next_due().unwrap().map(|due| due.max(self.host_wakes).max(self.silent_until));
            let report = self.simulator.next_report();
            let Some(next) = deed.into_iter().chain(due).chain(report).min().filter(|next| *next < end)
            else {
                break;
            };
            self.now = self.now.max(next);
            if due == Some(next) {
                self.run_engine();
            } else if report == Some(next) {
                self.pass_reports_on();
            } else if let Some((_, deed)) = self.diary.pop_first() {
                self.act(deed);
            }
        }
        self.now = self.now.max(end);
        self.end_day();
        self.today = self.today + Days::new(1);
    }

    /// What the host's timer does.
    fn run_engine(&mut self) {
        let engine = self.engine();
        let limit = self.dice.between(1, 60).unsigned_abs();
        let done = engine.work(self.now, 2).and_then(|worked| {
            let sent = engine.dispatch(self.now, limit)?;
            Ok(worked.more || sent.more)
        });
        let died = self.process.revive();
        self.host_wakes = match done {
            Ok(_) if !died => self.now.plus_ms(1),
            Ok(_) | Err(EngineError::Store(StoreError::Unavailable(_))) => {
                self.now.plus_ms(self.dice.between(100, 150_000))
            }
            Err(error) => self.fail(format!("dispatch: {error}")),
        };
        self.look_at_handsets();
    }

    fn pass_reports_on(&mut self) {
        for report in self.simulator.reports(self.now) {
            let outcome = self.tell(&[Fact::DeliveryReport(report.clone())]);
            if outcome == [Outcome::Unmatched] || self.dice.chance(30) {
                let later = self.now.plus_ms(self.dice.between(MINUTE_MS, 4 * HOUR_MS));
                if self.dice.chance(700) {
                    self.note(later, Deed::ReportAgain(report));
                }
            }
        }
    }

    fn plan_day(&mut self) {
        let day = self.today;
        let often: &[(i64, Deed)] = &[
            (50, Deed::Book),
            (1, Deed::BookSeries),
            (7, Deed::Move),
            (5, Deed::CallOff),
            (2, Deed::Reopen),
            (2, Deed::ChangeRoom),
            (5, Deed::EditCard),
            (1, Deed::Merge),
            (1, Deed::StaffConfirms),
            (1, Deed::RemindByHand),
            (3, Deed::TellAgain),
            (1, Deed::ChangeCampaign),
        ];
        for (mean, deed) in often {
            let count = match deed {
                Deed::Merge => i64::from(self.dice.chance(300)),
                Deed::ChangeCampaign => i64::from(self.dice.chance(80)),
                Deed::BookSeries => i64::from(self.dice.chance(300)),
                _ => self.dice.between(mean / 2, mean + mean / 2 + 1),
            };
            for _ in 0..count {
                // mostly in opening hours, some by the portal at night
                let minute = if self.dice.chance(900) {
                    self.dice.between(450, 1_190)
                } else {
                    self.dice.between(0, 1_440)
                };
                let at = midnight(day).plus_ms(minute * MINUTE_MS + self.dice.between(0, 60_000));
                self.note(at, deed.clone());
            }
        }
        for place in self.visits_of(day) {
            if self.dice.chance(300) {
                let at = self.truth.visits[place].starts_at.plus_ms(-self.dice.between(0, 15 * MINUTE_MS));
                self.note(at, Deed::Arrive(place));
            }
        }
        // the night clinic closes its day when the last visit is over
        let closing = if self.setup.round_the_clock { 1_440 } else { self.dice.between(1_210, 1_380) };
        let late = if self.dice.chance(150) { 12 * 60 } else { 0 };
        self.note(midnight(day).plus_ms((closing + late) * MINUTE_MS), Deed::Close(day));
        if self.setup.pauses && self.dice.chance(100) {
            self.silent_until = self.now.plus_ms(self.dice.between(HOUR_MS, 20 * HOUR_MS));
            self.oracle.silent.push((self.now, self.silent_until));
        }
    }

    pub fn visits_of(&self, day: NaiveDate) -> Vec<usize> {
        self.oracle.by_day.get(&day).into_iter().flatten().copied().collect()
    }

    fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Book => {
                let start = self.free_time(0, 60);
                self.book(start, None);
            }
            Deed::BookSeries => self.book_series(),
            Deed::Move => self.move_a_visit(),
            Deed::CallOff => {
                let state = if self.dice.chance(800) { VisitState::Cancelled } else { VisitState::Deleted };
                if let Some(place) = self.some_visit(|visit| !visit.state.is_off()) {
                    self.change_visit(place, |visit| visit.state = state);
                }
            }
            Deed::Reopen => {
                if let Some(place) = self.some_visit(|visit| visit.state.is_off()) {
                    self.change_visit(place, |visit| visit.state = VisitState::Booked);
                }
            }
            Deed::ChangeRoom => {
                let room = self.room();
                if let Some(place) = self.some_visit(|visit| !visit.state.is_off()) {
                    self.change_visit(place, |visit| visit.room = room);
                }
            }
            Deed::Arrive(place) => {
                if self.truth.visits[place].visit.state == VisitState::Booked
                    && self.truth.visits[place].starts_at > self.now
                    && self.truth.visits[place].starts_at < self.now.plus_ms(20 * MINUTE_MS)
                {
                    let disturbed = self.truth.visits[place].disturbed;
                    self.change_visit(place, |visit| visit.state = VisitState::Arrived);
                    self.truth.visits[place].disturbed = disturbed;
                }
            }
            Deed::Close(day) => self.close(day),
            Deed::EditCard => self.edit_card(),
            Deed::Merge => self.merge(),
            Deed::StaffConfirms => self.staff_confirms(),
            Deed::RemindByHand => self.remind_by_hand(),
            Deed::TellAgain => self.tell_again(),
            Deed::ChangeCampaign => self.change_campaign(),
            Deed::Resume(place) => self.desk_status(place, CampaignStatus::Active),
            Deed::Reply { from, reference } => self.reply(&from, &reference),
            Deed::SmsAgain(sms) => {
                let outcome = self.tell(&[Fact::SmsReceived(sms)]);
                if outcome != [Outcome::Known] {
                    self.fail(format!("an SMS told again gave {outcome:?}"));
                }
            }
            Deed::ReportAgain(report) => {
                self.tell(&[Fact::DeliveryReport(report)]);
            }
        }
    }

    // ---- cards

    fn mobile(&mut self) -> (Phone, String) {
        let digits =
            501_000_000 + u64::try_from(self.truth.cards.len()).unwrap() * 1_009 + self.dice.below(1_000);
        self.typed(digits)
    }

    /// A Polish mobile number as somebody typed it, and in E.164.
    fn typed(&mut self, digits: u64) -> (Phone, String) {
        let text = digits.to_string();
        let (a, b, c) = (&text[..3], &text[3..6], &text[6..]);
        let typed = match self.dice.below(5) {
            0 => format!("{a} {b} {c}"),
            1 => format!("+48{text}"),
            2 => format!("0048 {a}-{b}-{c}"),
            3 => format!("48{text}"),
            _ => format!("(+48) {a}{b}{c}"),
        };
        (Phone::new(typed), format!("+48{text}"))
    }

    /// A number of the family, sometimes, else a new one.
    fn family_number(&mut self) -> (Phone, String) {
        let place = self.dice.place(self.truth.cards.len().max(1));
        let known = self.truth.cards.get(place).and_then(|card| card.number.clone());
        match known.and_then(|number| number.strip_prefix("+48").map(|digits| digits.parse().unwrap())) {
            Some(digits) => self.typed(digits),
            None => self.mobile(),
        }
    }

    fn new_number(&mut self) -> (Option<Phone>, Option<String>) {
        let german =
            self.setup.practice.settings.phones.allowed_prefixes.iter().any(|prefix| prefix == "+49");
        match self.dice.below(100) {
            0..=3 => (Some(Phone::new("48 362 12 34")), None),
            4 | 5 => (Some(Phone::new("+49 151 23456789")), german.then(|| "+4915123456789".to_owned())),
            6 | 7 => (None, None),
            8 => (Some(Phone::new("12 34")), None),
            9..=19 => {
                let (typed, number) = self.family_number();
                (Some(typed), Some(number))
            }
            _ => {
                let (typed, number) = self.mobile();
                (Some(typed), Some(number))
            }
        }
    }

    fn consent(&mut self, yes: u64, no: u64) -> Option<Consent> {
        let at = self.now;
        let source = if self.dice.chance(900) { ConsentSource::Person } else { ConsentSource::Import };
        match self.dice.below(100) {
            roll if roll < yes => Some(Consent { given: true, at, source }),
            roll if roll < yes + no => Some(Consent { given: false, at, source }),
            _ => None,
        }
    }

    fn new_card(&mut self) -> usize {
        let place = self.truth.cards.len();
        let (mut phone, mut number) = self.new_number();
        let mut guardian = None;
        let mut birth_date = self
            .dice
            .chance(800)
            .then(|| self.today - Days::new(self.dice.between(19 * 366, 80 * 366).unsigned_abs()));
        if self.dice.chance(120) {
            let (typed, theirs) = self.family_number();
            guardian = Some(Guardian { name: Some(Name::new("Opiekun")), phone: typed });
            (phone, number) = (None, Some(theirs));
            birth_date = Some(self.today - Days::new(self.dice.between(366, 18 * 366).unsigned_abs()));
        }
        let created_at = self.dice.chance(700).then_some(self.now);
        let visits = self.consent(80, 8);
        let patient = Patient {
            id: format!("p{place}").as_str().into(),
            revision: 1,
            first_name: Name::new(format!("Imie{place}")),
            last_name: Name::new("Nowak"),
            vocative: None,
            phone,
            guardian,
            birth_date,
            consents: Consents { visits, marketing: self.consent(50, 10), other: None },
            status: PatientStatus::Active,
            created_at,
        };
        let since = self.setup.practice.settings.default_consent_since;
        let by_default = visits.is_none()
            && since.is_some_and(|since| created_at.is_some_and(|created_at| created_at >= since));
        self.tell(&[Fact::Patient(patient.clone())]);
        self.truth.cards.push(Card {
            patient,
            number,
            merged_into: None,
            by_default,
            disturbed: false,
            visits: Vec::new(),
        });
        place
    }

    fn edit_card(&mut self) {
        let place = self.dice.place(self.truth.cards.len());
        let mut patient = self.truth.cards[place].patient.clone();
        let mut number = self.truth.cards[place].number.clone();
        patient.revision += 1 + self.dice.below(3);
        match self.dice.below(20) {
            0..=5 => {
                (patient.phone, number) = self.new_number();
                patient.guardian = None;
            }
            6..=9 => patient.consents.visits = self.consent(50, 45),
            10..=12 => patient.consents.marketing = self.consent(50, 45),
            13 => patient.status = PatientStatus::Deceased,
            14 => patient.status = PatientStatus::Inactive,
            15 | 16 => patient.status = PatientStatus::Active,
            _ => patient.last_name = Name::new("Nowakowska"),
        }
        self.tell(&[Fact::Patient(patient.clone())]);
        let card = &mut self.truth.cards[place];
        card.patient = patient;
        card.number = number;
        card.disturbed = true;
    }

    fn merge(&mut self) {
        let (from, into) = (self.dice.place(self.truth.cards.len()), self.dice.place(self.truth.cards.len()));
        if from == into
            || self.truth.cards[from].merged_into.is_some()
            || self.truth.cards[into].merged_into.is_some()
        {
            return;
        }
        let ids = [from, into].map(|place| self.truth.cards[place].patient.id.clone());
        let [from_id, into_id] = ids;
        self.tell(&[Fact::PatientsMerged { from: from_id, into: into_id }]);
        self.truth.cards[from].merged_into = Some(into);
        self.truth.cards[into].disturbed = true;
        for visit in std::mem::take(&mut self.truth.cards[from].visits) {
            self.truth.visits[visit].card = into;
            self.truth.cards[into].visits.push(visit);
        }
        self.oracle.merged(from, into);
    }

    // ---- visits

    fn room(&mut self) -> Option<Room> {
        let id = match self.dice.below(20) {
            0 => return None,
            1..=6 => "r1",
            7..=12 => "r2",
            _ => "r3",
        };
        Some(Room { id: id.into(), name: format!("Gabinet {id}") })
    }

    /// A time on the wall so many days ahead, in opening hours, not in the past.
    fn free_time(&mut self, least_days: i64, most_days: i64) -> NaiveDateTime {
        loop {
            // more visits are booked for soon than for late
            let span = self.dice.between(least_days, most_days + 1);
            let days = if self.dice.chance(500) { span } else { self.dice.between(least_days, span + 1) };
            let minute = if self.setup.round_the_clock {
                self.dice.between(0, 288) * 5
            } else {
                self.dice.between(96, 222) * 5
            };
            let start = wall(self.now).date().and_time(NaiveTime::MIN)
                + TimeDelta::days(days)
                + TimeDelta::minutes(minute);
            if instant(start) > self.now.plus_ms(5 * MINUTE_MS) {
                return start;
            }
            if days == 0 && least_days == 0 && self.dice.chance(300) {
                return self.free_time(1, most_days.max(1));
            }
        }
    }

    fn who(&mut self) -> usize {
        if self.dice.chance(250) {
            return self.new_card();
        }
        let place = self.dice.place(self.truth.cards.len());
        self.truth.root(place)
    }

    fn book(&mut self, start: NaiveDateTime, series: Option<(String, usize)>) {
        let card = match &series {
            Some((_, card)) => *card,
            None => self.who(),
        };
        let place = self.truth.visits.len();
        let booked_at = self.dice.chance(60).then(|| self.now.plus_ms(-self.dice.between(0, 3 * DAY_MS)));
        let visit = Visit {
            id: format!("V{place}").as_str().into(),
            revision: 1,
            patient: self.truth.cards[card].patient.id.clone(),
            start,
            zone: None,
            duration_min: u32::try_from(self.dice.between(2, 12) * 5).unwrap(),
            state: VisitState::Booked,
            visit_type: None,
            doctor: Some(Doctor { id: "d1".into(), name: Name::new(format!("V{place}")) }),
            room: self.room(),
            booked_at,
            series: series.map(|(name, _)| name),
            first_visit: None,
        };
        self.truth.visits.push(Appointment {
            starts_at: instant(start),
            ends_at: instant(start),
            booked_at: booked_at.unwrap_or(self.now),
            told_at: self.now,
            card,
            confirmation: None,
            disturbed: false,
            earlier_starts: Vec::new(),
            asks: Vec::new(),
            changed_at: self.now,
            visit: visit.clone(),
        });
        self.truth.cards[card].visits.push(place);
        self.oracle.by_day.entry(start.date()).or_default().insert(place);
        self.figures.visits += 1;
        self.place_visit(place, visit);
    }

    fn book_series(&mut self) {
        let card = self.who();
        let first = self.free_time(1, 10);
        let name = format!("series {}", self.truth.visits.len());
        for week in 0..4 {
            self.book(first + TimeDelta::weeks(week), Some((name.clone(), card)));
        }
    }

    /// A visit to come whose state fits.
    fn some_visit(&mut self, fits: impl Fn(&Visit) -> bool) -> Option<usize> {
        for _ in 0..20 {
            // the newest few hundred: older ones are over
            let count = self.truth.visits.len();
            let place = count.checked_sub(1 + self.dice.place(count.clamp(1, 1_500)))?;
            let visit = &self.truth.visits[place];
            let ahead = self.now.plus_ms(20 * MINUTE_MS) < visit.starts_at;
            if ahead && fits(&visit.visit) && visit.visit.state != VisitState::Arrived {
                return Some(place);
            }
        }
        None
    }

    fn move_a_visit(&mut self) {
        let Some(place) = self.some_visit(|visit| !visit.state.is_off()) else { return };
        let old = self.truth.visits[place].visit.start;
        let back = self.truth.visits[place].earlier_starts.last().copied();
        let start = match (self.dice.below(10), back) {
            (0..=3, Some(back)) => back,
            (4 | 5, _) => old + TimeDelta::minutes(5 * self.dice.between(-3, 4)),
            _ => self.free_time(0, 30),
        };
        if instant(start) > self.now.plus_ms(MINUTE_MS) && start != old {
            self.truth.visits[place].earlier_starts.push(old);
            self.change_visit(place, |visit| visit.start = start);
        }
    }

    fn change_visit(&mut self, place: usize, change: impl FnOnce(&mut Visit)) {
        let mut visit = self.truth.visits[place].visit.clone();
        change(&mut visit);
        visit.revision += 1 + self.dice.below(3);
        self.truth.visits[place].disturbed = true;
        self.place_visit(place, visit);
    }

    /// Tells a visit as it is now, and writes the truth of it.
    fn place_visit(&mut self, place: usize, visit: Visit) {
        self.tell(&[Fact::Visit(visit.clone())]);
        self.write_visit(place, visit);
    }

    fn write_visit(&mut self, place: usize, visit: Visit) {
        let appointment = &mut self.truth.visits[place];
        let (old_day, new_day) = (appointment.visit.start.date(), visit.start.date());
        appointment.starts_at = instant(visit.start);
        appointment.ends_at = appointment.starts_at.plus_ms(i64::from(visit.duration_min) * MINUTE_MS);
        appointment.visit = visit;
        appointment.changed_at = self.now;
        if old_day != new_day {
            self.oracle.by_day.entry(old_day).or_default().remove(&place);
            self.oracle.by_day.entry(new_day).or_default().insert(place);
        }
        self.truth.visit_changed(place);
    }

    /// The practice says what became of a day's visits, in one batch; some it forgets.
    fn close(&mut self, day: NaiveDate) {
        let over: Vec<usize> = self
            .visits_of(day)
            .into_iter()
            .filter(|place| self.truth.visits[*place].ends_at < self.now)
            .collect();
        self.finish_work();
        for place in &over {
            self.check_reminded(*place);
        }
        let mut closed = Vec::new();
        for place in over {
            if !matches!(self.truth.visits[place].visit.state, VisitState::Booked | VisitState::Arrived) {
                continue;
            }
            let mut visit = self.truth.visits[place].visit.clone();
            visit.revision += 1;
            visit.state = match self.dice.below(100) {
                0..=4 => continue,
                5..=11 => VisitState::NoShow,
                _ => VisitState::TookPlace,
            };
            closed.push((place, visit));
        }
        let facts: Vec<Fact> = closed.iter().map(|(_, visit)| Fact::Visit(visit.clone())).collect();
        self.tell(&facts);
        for (place, visit) in closed {
            self.write_visit(place, visit);
        }
    }

    fn finish_work(&mut self) {
        while self.insist(|engine, now| engine.work(now, 100)).more {}
    }

    fn staff_confirms(&mut self) {
        let Some(place) = self.some_visit(|visit| !visit.state.is_off()) else { return };
        let reply = self.dice.pick(&[Reply::Yes, Reply::No]);
        let visit = self.truth.visits[place].visit.id.clone();
        self.tell(&[Fact::ConfirmationSet { visit, reply, by: "recepcja".into() }]);
        let at = self.truth.visits[place].starts_at;
        self.truth.visits[place].confirmation = Some((reply, at, true));
    }

    fn remind_by_hand(&mut self) {
        let Some(place) = self.some_visit(|visit| !visit.state.is_off()) else { return };
        let visit = self.truth.visits[place].visit.id.clone();
        self.truth.visits[place].disturbed = true;
        let asked = self.engine().practice(CLINIC.into()).as_user("recepcja".into()).remind(&visit, self.now);
        let died = self.process.revive();
        match asked {
            Ok(_) | Err(EngineError::NoReminderCampaign(_)) => {}
            // the person sees an error, and does not try again
            Err(EngineError::Store(StoreError::Unavailable(_))) if died => {}
            Err(error) => self.fail(format!("a reminder by hand: {error}")),
        }
    }

    fn tell_again(&mut self) {
        if self.told.is_empty() {
            return;
        }
        let place = self.dice.place(self.told.len());
        let fact = self.told.swap_remove(place);
        let outcome = self.tell(&[fact]);
        if outcome != [Outcome::Known] {
            self.fail(format!("a fact told again gave {outcome:?}"));
        }
    }

    // ---- campaigns

    fn desk(&mut self, id: &CampaignId, to: CampaignStatus) {
        self.insist(|engine, now| {
            let clinic = engine.practice(CLINIC.into());
            let desk = clinic.as_user("kierownik".into());
            let done = match to {
                CampaignStatus::Active => desk.activate(id, now),
                CampaignStatus::Paused => desk.pause(id, now),
                _ => desk.end(id, now),
            };
            match done {
                // it was done already, in a life before
                Err(EngineError::CampaignStep(step)) if step.from == step.to => Ok(()),
                other => other,
            }
        });
    }

    fn desk_status(&mut self, place: usize, to: CampaignStatus) {
        if self.truth.campaigns[place].status == to
            || self.truth.campaigns[place].status == CampaignStatus::Ended
        {
            return;
        }
        let id = self.truth.campaigns[place].id.clone();
        self.desk(&id, to);
        self.truth.campaigns[place].status = to;
        self.truth.campaigns[place].changed_at = self.now;
    }

    fn change_campaign(&mut self) {
        let place = self.dice.place(self.truth.campaigns.len());
        if self.truth.campaigns[place].status != CampaignStatus::Active {
            return;
        }
        if self.dice.chance(400) {
            self.desk_status(place, CampaignStatus::Paused);
            let until = self.now.plus_ms(self.dice.between(HOUR_MS, 3 * DAY_MS));
            return self.note(until, Deed::Resume(place));
        }
        let mut spec = self.truth.campaigns[place].spec.clone();
        if self.dice.chance(150) {
            // over, and its like begins
            self.desk_status(place, CampaignStatus::Ended);
            let id = format!("{}-{}", self.truth.campaigns[place].id, self.truth.campaigns.len());
            return self.start_campaign(id.as_str().into(), spec);
        }
        match self.dice.below(4) {
            0 => spec.min_lead_min = 30 * u32::try_from(self.dice.between(1, 8)).unwrap(),
            1 => spec.bodies.default = format!("{} v{}", body(&spec.name), self.dice.below(100)),
            2 => spec.late = self.dice.pick(&[LatePolicy::Auto, LatePolicy::SendNow, LatePolicy::Skip]),
            _ => {
                if let Timing::Reminder { steps } = &mut spec.timing {
                    let at = self.dice.pick(&["09:00", "12:30", "18:00"]).parse().unwrap();
                    let days_before = u32::try_from(self.dice.between(1, 5)).unwrap();
                    steps[0] = ReminderStep::Days { days_before, at };
                }
            }
        }
        let id = self.truth.campaigns[place].id.clone();
        self.insist(|engine, now| {
            engine.practice(CLINIC.into()).as_user("kierownik".into()).edit_campaign(&id, spec.clone(), now)
        });
        self.truth.campaigns[place].spec = spec;
        self.truth.campaigns[place].changed_at = self.now;
    }

    // ---- replies

    fn sms(&mut self, from: &str, text: &str) -> SmsReceived {
        self.inbound += 1;
        let digits = from.trim_start_matches('+');
        SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: self.dice.chance(900).then(|| format!("mo-{}", self.inbound)),
            from: Phone::new(digits),
            to: Some("48500100200".into()),
            body: Body::new(text),
            received_at: self.now,
            in_reply_to: None,
            part: None,
            opt_out: false,
        }
    }

    fn reply(&mut self, from: &str, reference: &str) {
        let (text, reply) = match self.dice.below(100) {
            0..=44 => (self.dice.pick(&["TAK", "tak", " Tak ", "tak\u{a0}", "\u{feff}TAK"]), Reply::Yes),
            45..=59 => (self.dice.pick(&["NIE", "nie", "Nie\u{200b}"]), Reply::No),
            60..=79 => (
                self.dice.pick(&["TAK, będę", "nie wiem", "dziękuję", "tak ale o 15", "", "🙂"]),
                Reply::Other,
            ),
            80..=91 => return self.long_reply(from),
            92..=95 => ("prosze STOP z tym", Reply::Other),
            _ => return self.stop(from),
        };
        let mut sms = self.sms(from, text);
        sms.in_reply_to = self.dice.chance(300).then(|| reference.to_owned());
        let (mut expected, ask) = self.truth.expect(from, sms.in_reply_to.as_deref(), reply, self.now);
        let mentions_stop = text.contains("STOP");
        let before = self.now;
        let answer = self.receive(&sms);
        let effect = answer.effect;
        if self.now != before {
            // the host died in between: the answer may have come too late meanwhile
            expected = self.truth.expect(from, sms.in_reply_to.as_deref(), reply, before).0;
        }
        let wanted = match expected {
            _ if mentions_stop => ReplyEffect::StopMentioned,
            Expected::Applied => ReplyEffect::Applied,
            Expected::Noted => ReplyEffect::Noted,
            Expected::Ambiguous => ReplyEffect::Ambiguous,
            Expected::TooLate => ReplyEffect::TooLate,
            Expected::StaffDecided => ReplyEffect::StaffDecided,
            Expected::NoRequest => ReplyEffect::NoRequest,
        };
        if effect != wanted {
            // a question whose sending is in doubt may have been asked: the engine cannot know that it was not
            let named =
                sms.in_reply_to.as_ref().is_some_and(|own| self.truth.ask_by_reference.contains_key(own));
            if named || !self.may_have_asked(from) {
                self.fail(format!(
                    "{reply:?} should be {wanted:?} and was {effect:?}:{}",
                    answer.visits.iter().map(|visit| self.messages_about(visit)).collect::<String>()
                ));
            }
            self.figures.ambiguous += u64::from(effect == ReplyEffect::Ambiguous);
            if effect == ReplyEffect::Applied {
                for place in
                    answer.visits.iter().filter_map(|id| id.as_str().strip_prefix('V')?.parse::<usize>().ok())
                {
                    self.truth.visits[place].confirmation =
                        Some((reply, self.truth.visits[place].starts_at, false));
                }
            }
        } else if wanted == ReplyEffect::Applied {
            self.truth.answer(ask.unwrap(), reply);
            self.figures.answers_applied += 1;
        } else if wanted == ReplyEffect::Ambiguous {
            self.figures.ambiguous += 1;
        }
        for place in
            ask.into_iter().flat_map(|ask| self.truth.asks[ask].about.clone()).map(|(visit, _)| visit)
        {
            self.check_confirmation(place);
        }
        if self.dice.chance(200) {
            let later = self.now.plus_ms(self.dice.between(1, 2 * DAY_MS));
            self.note(later, Deed::SmsAgain(sms));
        }
    }

    /// Tells an SMS that must be new, and says what came of it.
    fn receive(&mut self, sms: &SmsReceived) -> Answer {
        let deaths = self.process.deaths();
        match self.tell(&[Fact::SmsReceived(sms.clone())]).first() {
            Some(Outcome::Received(id)) => self.answer(*id),
            // taken in by a process that died before it could say so
            Some(Outcome::Known) if self.process.deaths() > deaths => {
                let engine = self.looking();
                let clinic = engine.practice(CLINIC.into());
                let events = clinic.events(self.oracle.last_event, 1_000).unwrap();
                let mut received = events.iter().rev().filter_map(|event| match event.what {
                    Happening::Received { message, .. } => Some(message),
                    _ => None,
                });
                let last =
                    received.next().unwrap_or_else(|| self.fail("an SMS is known and was not received"));
                self.answer(last)
            }
            other => self.fail(format!("a new SMS gave {other:?}")),
        }
    }

    fn answer(&self, id: MessageId) -> Answer {
        let engine = self.looking();
        engine.practice(CLINIC.into()).message(id).unwrap().unwrap().answer.unwrap()
    }

    /// Whether a message that asks may be on its way to this number for all the engine knows, and is not.
    fn may_have_asked(&self, number: &str) -> bool {
        let engine = self.looking();
        let clinic = engine.practice(CLINIC.into());
        (0..self.truth.cards.len()).any(|card| {
            let messages = clinic.messages_of_patient(&self.truth.cards[card].patient.id, 200).unwrap();
            messages.iter().any(|message| {
                message.expects_reply
                    && message.number.as_ref().is_some_and(|theirs| theirs.reveal() == number)
                    && (message.unanswered || matches!(message.status, Status::Submitting | Status::InDoubt))
                    && message
                        .reference
                        .as_ref()
                        .is_some_and(|own| !self.truth.ask_by_reference.contains_key(own))
            })
        })
    }

    /// A long text in parts that come in any order, some never.
    fn long_reply(&mut self, from: &str) {
        let reference = u16::try_from(self.dice.below(60_000)).unwrap();
        let mut parts: Vec<SmsReceived> = (1..=3)
            .map(|part| {
                let mut sms = self.sms(from, &format!("czesc {part} dlugiej odpowiedzi "));
                sms.part = Some(InboundPart { reference, part, parts: 3 });
                sms
            })
            .collect();
        for last in (1..parts.len()).rev() {
            let other = self.dice.place(last + 1);
            parts.swap(last, other);
        }
        let whole = self.dice.chance(800);
        if !whole {
            parts.pop();
        }
        for sms in &parts {
            self.tell(&[Fact::SmsReceived(sms.clone())]);
        }
        if self.dice.chance(300) {
            let later = self.now.plus_ms(self.dice.between(20 * MINUTE_MS, DAY_MS));
            self.note(later, Deed::SmsAgain(parts.swap_remove(0)));
        }
    }

    fn stop(&mut self, from: &str) {
        let sms = self.sms(from, "Stop");
        let effect = self.receive(&sms).effect;
        if effect != ReplyEffect::OptOut {
            self.fail(format!("STOP was {effect:?}"));
        }
        self.truth.stops.insert(from.to_owned(), sms.received_at);
        self.oracle.acknowledgements += 1;
        self.figures.stops += 1;
        for card in &mut self.truth.cards {
            card.disturbed |= card.number.as_deref() == Some(from);
        }
    }

    /// Under 18 on the day of a visit.
    pub fn is_minor(&self, place: usize) -> bool {
        let visit = &self.truth.visits[place];
        let Some(birth) = self.truth.cards[visit.card].patient.birth_date else { return false };
        let day = visit.visit.start.date();
        let years =
            day.year() - birth.year() - i32::from((day.month(), day.day()) < (birth.month(), birth.day()));
        years < 18
    }
}
