//! The gateway of a trial: it lives in the trial's process and so outlives every dispatcher. Its log is the truth about what
//! reached handsets.

use crate::clock::Clock;
use crate::dice::Dice;
use crate::dispatcher::GATEWAY;
use depesza::model::{
    Body, Capabilities, DAY_MS, DeliveryReport, DeliveryState, LookupResult, MINUTE_MS, MessageId,
    OwnReference, Phone, PracticeId, RejectClass, SECOND_MS, Submission, SubmitResult, Timestamp,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What a gateway promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Our reference is unique for a day, and messages can be looked up by it.
    Idempotent,
    /// It takes whatever comes, knows no reference of ours and looks nothing up.
    Plain,
}

impl Kind {
    /// The same in the engine's words.
    #[must_use]
    pub fn capabilities(self) -> Capabilities {
        let unique = self == Self::Idempotent;
        Capabilities {
            own_reference: if unique {
                OwnReference::Unique { window_ms: DAY_MS }
            } else {
                OwnReference::None
            },
            look_up: unique,
            batch: 10,
            reports: true,
            cancel: false,
        }
    }
}

/// How a gateway misbehaves: calls or messages out of a thousand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// The longest a call takes, in milliseconds.
    pub slow_ms: u64,
    /// Calls that are never taken in, and never answered.
    pub not_taken: u64,
    /// Calls that are taken in, wholly or in part, and never answered.
    pub answer_lost: u64,
    /// Calls that are taken in and answered with garbage.
    pub garbage: u64,
    /// Calls that are taken in and answered for some of their messages only.
    pub short: u64,
    /// Messages that are refused for now.
    pub transient: u64,
    /// Messages that are to be tried later.
    pub try_later: u64,
    /// Messages that are never reported on.
    pub no_report: u64,
    /// Calls that are taken in and answered only after `late_ms`.
    pub late: u64,
    /// How late that is, in milliseconds.
    pub late_ms: u64,
}

impl Habits {
    /// Now and then something goes wrong.
    pub const ORDINARY: Self = Self {
        slow_ms: 30,
        not_taken: 20,
        answer_lost: 30,
        garbage: 5,
        short: 5,
        transient: 5,
        try_later: 10,
        no_report: 100,
        late: 0,
        late_ms: 0,
    };
}

/// What the gateway sent to a handset.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Our reference.
    pub reference: String,
    /// The gateway's own identifier.
    pub provider_id: String,
    /// Whose message.
    pub practice: PracticeId,
    /// Which.
    pub message: MessageId,
    /// The version of the commit that made it `Submitting`.
    pub committed: u64,
    /// To whom.
    pub to: Phone,
    /// What.
    pub body: Body,
    /// When, by the engine's time of the attempt.
    pub at: Timestamp,
    /// What the last report said.
    pub reported: Option<DeliveryState>,
}

/// A report on its way, and how often it found nobody.
#[derive(Clone)]
pub struct Report {
    /// The place in the log.
    pub place: usize,
    /// The report.
    pub report: DeliveryReport,
    /// Earlier tries.
    pub tries: u32,
}

/// What happened to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Answered as it should be.
    Answered,
    /// Neither taken nor answered.
    NotTaken,
    /// Taken, not answered.
    AnswerLost,
    /// Taken, answered with garbage.
    Garbage,
    /// Taken, answered in part.
    Short,
    /// Taken, answered late.
    Late,
}

#[derive(Default)]
struct State {
    habits: Habits,
    log: Vec<Taken>,
    places: BTreeMap<String, usize>,
    reports: BTreeMap<(Timestamp, u64), Report>,
    next_report: u64,
    fates: BTreeMap<Fate, u64>,
    in_flight: u64,
    repeats: u64,
}

/// The gateway.
pub struct TrialGateway {
    kind: Kind,
    clock: Arc<Clock>,
    dice: Mutex<Dice>,
    state: Mutex<State>,
}

impl TrialGateway {
    /// A gateway with habits.
    #[must_use]
    pub fn new(kind: Kind, habits: Habits, clock: Arc<Clock>, seed: u64) -> Self {
        let state = Mutex::new(State { habits, ..State::default() });
        Self { kind, clock, dice: Mutex::new(Dice::new(seed)), state }
    }

    /// Changes its habits.
    pub fn behave(&self, habits: Habits) {
        self.state().habits = habits;
    }

    /// Everything that reached handsets, in order.
    #[must_use]
    pub fn log(&self) -> Vec<Taken> {
        self.state().log.clone()
    }

    /// How many that are.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.state().log.len()
    }

    /// Calls by what happened to them.
    #[must_use]
    pub fn fates(&self) -> BTreeMap<Fate, u64> {
        self.state().fates.clone()
    }

    /// Messages that came again under a known reference and were not sent again.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        self.state().repeats
    }

    /// Whether a call is being dealt with.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.state().in_flight > 0
    }

    /// When the next report is due.
    #[must_use]
    pub fn next_report(&self) -> Option<Timestamp> {
        self.state().reports.keys().next().map(|(at, _)| *at)
    }

    /// The reports that are due; each is given once.
    #[must_use]
    pub fn reports(&self, now: Timestamp) -> Vec<Report> {
        let mut state = self.state();
        let later = state.reports.split_off(&(now.plus_ms(1), 0));
        std::mem::replace(&mut state.reports, later).into_values().collect()
    }

    /// A report found its message.
    pub fn reported(&self, report: &Report) {
        let mut state = self.state();
        let reported = &mut state.log[report.place].reported;
        // "sent" can find its message after the last word did
        if report.report.state != DeliveryState::Sent || reported.is_none() {
            *reported = Some(report.report.state);
        }
    }

    /// A report found nobody: it comes again a few times, as it may have been faster than the answer.
    pub fn report_later(&self, report: Report, now: Timestamp) {
        if report.tries < 4 {
            let again = Report { tries: report.tries + 1, ..report };
            self.state().plan(now.plus_ms(10 * MINUTE_MS), again);
        }
    }

    /// A report that could not be told comes again.
    pub fn report_again(&self, report: Report, now: Timestamp) {
        self.state().plan(now.plus_ms(MINUTE_MS), report);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn chance(&self, per_mille: u64) -> bool {
        self.dice.lock().unwrap().chance(per_mille)
    }

    fn fate(&self, habits: &Habits) -> Fate {
        let rates = [
            (habits.not_taken, Fate::NotTaken),
            (habits.answer_lost, Fate::AnswerLost),
            (habits.garbage, Fate::Garbage),
            (habits.short, Fate::Short),
            (habits.late, Fate::Late),
        ];
        let fate =
            rates.into_iter().find(|(rate, _)| self.chance(*rate)).map_or(Fate::Answered, |(_, fate)| fate);
        *self.state().fates.entry(fate).or_default() += 1;
        fate
    }

    /// Deals with a call. What is to be written back, as a line; `None` closes the connection. `took` runs between taking
    /// and answering.
    pub fn submit(
        &self,
        batch: &[Submission],
        committed: &[(PracticeId, MessageId, u64)],
        took: impl FnOnce(),
    ) -> Option<String> {
        let habits = {
            let mut state = self.state();
            state.in_flight += 1;
            state.habits
        };
        let answer = self.deal(habits, batch, committed, took);
        self.state().in_flight -= 1;
        answer
    }

    fn deal(
        &self,
        habits: Habits,
        batch: &[Submission],
        committed: &[(PracticeId, MessageId, u64)],
        took: impl FnOnce(),
    ) -> Option<String> {
        let fate = self.fate(&habits);
        let pause_ms = |most: u64| self.dice.lock().unwrap().below(most + 1);
        // a network and a provider take their time, half of it before the messages are taken in
        let pause = Duration::from_millis(pause_ms(habits.slow_ms) / 2);
        std::thread::sleep(pause);
        if fate == Fate::NotTaken {
            return None;
        }
        let all = batch.len();
        let taken = if fate == Fate::AnswerLost { 1 + self.dice.lock().unwrap().place(all) } else { all };
        let pairs = batch.iter().zip(committed).take(taken);
        let mut answers: Vec<SubmitResult> =
            pairs.map(|(one, place)| self.take(&habits, one, place)).collect();
        took();
        std::thread::sleep(pause);
        match fate {
            Fate::AnswerLost | Fate::NotTaken => return None,
            Fate::Garbage => return Some("<html>502 Bad Gateway</html>".to_owned()),
            Fate::Short => answers.truncate(all / 2),
            Fate::Late => std::thread::sleep(Duration::from_millis(habits.late_ms)),
            Fate::Answered => {}
        }
        Some(serde_json::to_string(&answers).unwrap())
    }

    fn take(
        &self,
        habits: &Habits,
        one: &Submission,
        (practice, message, committed): &(PracticeId, MessageId, u64),
    ) -> SubmitResult {
        let unique = self.kind == Kind::Idempotent;
        let mut state = self.state();
        if unique && let Some(place) = state.places.get(&one.reference) {
            let provider_id = state.log[*place].provider_id.clone();
            state.repeats += 1;
            return accepted(provider_id, one.parts);
        }
        if self.chance(habits.transient) {
            return SubmitResult::Rejected { class: RejectClass::Transient, code: "busy".into() };
        }
        if self.chance(habits.try_later) {
            return SubmitResult::TryLater { after_ms: 20 * SECOND_MS };
        }
        let place = state.log.len();
        let provider_id = format!("g{place}");
        state.places.insert(one.reference.clone(), place);
        state.log.push(Taken {
            reference: one.reference.clone(),
            provider_id: provider_id.clone(),
            practice: practice.clone(),
            message: *message,
            committed: *committed,
            to: one.to.clone(),
            body: one.body.clone(),
            at: one.at,
            reported: None,
        });
        if !self.chance(habits.no_report) {
            let end = if self.chance(20) { DeliveryState::Undelivered } else { DeliveryState::Delivered };
            let mut at = self.clock.now();
            for what in [DeliveryState::Sent, end] {
                at = at.plus_ms(self.dice.lock().unwrap().between(SECOND_MS, 4 * MINUTE_MS));
                let report = DeliveryReport {
                    gateway: GATEWAY.into(),
                    provider_id: Some(provider_id.clone()),
                    reference: unique.then(|| one.reference.clone()),
                    part: None,
                    state: what,
                    at,
                    raw: "".into(),
                    cost_milli: None,
                };
                state.plan(at, Report { place, report, tries: 0 });
            }
        }
        accepted(provider_id, one.parts)
    }

    /// What became of a message.
    #[must_use]
    pub fn look_up(&self, reference: &str) -> LookupResult {
        let state = self.state();
        if state.habits.not_taken > 0 && self.chance(100) {
            return LookupResult::Unsure {};
        }
        match state.places.get(reference) {
            Some(place) => LookupResult::Known {
                provider_ids: vec![state.log[*place].provider_id.clone()],
                state: DeliveryState::Accepted,
            },
            None => LookupResult::NotFound {},
        }
    }
}

impl State {
    fn plan(&mut self, at: Timestamp, report: Report) {
        self.next_report += 1;
        self.reports.insert((at, self.next_report), report);
    }
}

fn accepted(provider_id: String, parts: u32) -> SubmitResult {
    SubmitResult::Accepted { provider_ids: vec![provider_id], parts: Some(parts), cost_milli: None }
}
