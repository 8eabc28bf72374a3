//! The clinic and its host: what happens in a day, told to an engine that is made anew for every call and whose process
//! may die in any of them.

use super::dice::Dice;
use super::process::{MortalGateway, MortalStore, Process};
use super::setup::{CLINIC, GATEWAY, Setup};
use super::truth::{Truth, midnight, wall};
use chrono::{Days, NaiveDate};
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
    pub store: Arc<dyn Store>,
    pub gateway: Arc<dyn Gateway>,
    pub diary: BTreeMap<(Timestamp, u64), Deed>,
    pub entries: u64,
    pub last_facts: VecDeque<(Timestamp, Vec<Fact>)>,
    pub told: Vec<Fact>,
    pub host_wakes: Timestamp,
    pub silent_until: Timestamp,
    pub oracle: super::oracle::Oracle,
    pub inbound: u64,
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

    pub fn open(&mut self) {
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

    /// An engine on the store and gateway that may fail.
    pub fn engine(&self) -> Engine {
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
    pub fn insist<T>(&mut self, call: impl Fn(&Engine, Timestamp) -> Result<T, EngineError>) -> T {
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
    pub fn tell(&mut self, facts: &[Fact]) -> Vec<Outcome> {
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
    pub fn run_engine(&mut self) {
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

    pub fn pass_reports_on(&mut self) {
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

    pub fn plan_day(&mut self) {
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

    pub fn act(&mut self, deed: Deed) {
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
}
