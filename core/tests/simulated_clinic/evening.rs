//! What must be so at the end of a day: every visit has its message or a reason; answers, events and figures are exact.

use super::clinic::Clinic;
use super::oracle::{brief, briefs};
use super::setup::CLINIC;
use super::truth::{Running, wall};
use chrono::{Days, NaiveDate};
use depesza::engine::{stored_message, stored_patient};
use depesza::model::*;
use depesza::store::{Index, Table};
use std::collections::{BTreeMap, BTreeSet};

impl Clinic {
    /// (e) A visit that stood at its time has for every step of every campaign that is for it a message, or a reason.
    pub fn check_reminded(&mut self, place: usize) {
        let visit = &self.truth.visits[place];
        if visit.visit.state.is_off() || visit.told_at >= visit.starts_at {
            return;
        }
        let engine = self.looking();
        let messages = engine.practice(CLINIC.into()).messages_of_visit(&visit.visit.id).unwrap();
        let was_silent = self.oracle.silent.iter().any(|(_, until)| *until > visit.starts_at);
        for running in &self.truth.campaigns {
            let Timing::Reminder { steps } = &running.spec.timing else { continue };
            let room = visit.visit.room.as_ref().map(|room| &room.id);
            let mine = room.is_some_and(|room| running.spec.filters.rooms.contains(room));
            if !mine
                || running.status != CampaignStatus::Active
                || running.activated_at >= visit.starts_at
                || was_silent
            {
                continue;
            }
            for (step, timing) in (0_u8..).zip(steps) {
                let mut of_step = messages.iter().filter(|message| {
                    message.origin.step() == Some((&running.id, step))
                        && message.subjects.iter().any(|subject| {
                            subject.visit == visit.visit.id
                                && self.truth.near(subject.starts_at, visit.starts_at)
                        })
                });
                let settled = |message: &&Message| match message.status {
                    Status::Planned | Status::Claimed | Status::Cancelled | Status::Received => false,
                    Status::Submitting => message.use_by.plus_ms(10 * MINUTE_MS) > self.now,
                    Status::Skipped | Status::Failed => message.reason.is_some(),
                    _ => true,
                };
                let Some(message) = of_step.find(settled) else {
                    self.fail(format!(
                        "V{place} at {} has neither a message nor a reason for {} step {step}:{}",
                        visit.visit.start,
                        running.id,
                        briefs(&messages)
                    ))
                };
                if let Some(why) = self.unlikely(place, message, timing) {
                    self.fail(format!("V{place}: {why}: {}", brief(message)));
                }
                if self.is_certain(place, running, timing) {
                    let sent = message.submitted_at.is_some();
                    let held_back = matches!(
                        message.reason,
                        Some(Reason::DailyCap {} | Reason::NumberMarkedBad {} | Reason::SameTime {})
                    ) || self.setup.practice.settings.daily_budget_milli.is_some();
                    if !sent && !held_back {
                        self.fail(format!("V{place} should have been reminded: {}", brief(message)));
                    }
                    self.figures.certain_reminders += u64::from(sent);
                }
            }
        }
        self.figures.checked_visits += 1;
    }

    /// The messages about a visit, a line each.
    pub fn messages_about(&self, visit: &VisitId) -> String {
        briefs(&self.looking().practice(CLINIC.into()).messages_of_visit(visit).unwrap())
    }

    /// Why a reason cannot be the right one.
    fn unlikely(&self, place: usize, message: &Message, step: &ReminderStep) -> Option<String> {
        let visit = &self.truth.visits[place];
        match message.reason.as_ref()? {
            Reason::SameDay { visit: other } => {
                let other =
                    other.as_str().strip_prefix('V').and_then(|digits| digits.parse::<usize>().ok())?;
                let first = &self.truth.visits[other];
                let stands =
                    !first.visit.state.is_off() && first.visit.start.date() == visit.visit.start.date();
                let earlier = first.starts_at <= visit.starts_at;
                // what changed after the reminder's time does not unsay what was decided then
                let too_late = first.changed_at.max(visit.changed_at) >= visit.wanted(step);
                (!(too_late || stands && earlier)).then(|| {
                    let (state, start, at) = (first.visit.state, first.visit.start, wall(first.changed_at));
                    format!("V{other} is {state:?} at {start} since {at}, not on this day")
                })
            }
            Reason::JoinedInto { message } => {
                let engine = self.looking();
                let joint = engine.practice(CLINIC.into()).message(*message).unwrap()?;
                let named = joint.subjects.iter().any(|subject| subject.visit == visit.visit.id);
                (!named || joint.submitted_at.is_none())
                    .then(|| "that other message does not name it".to_owned())
            }
            Reason::NoConsent { .. }
            | Reason::OptedOut {}
            | Reason::NoNumber {}
            | Reason::PatientDeceased {} => {
                let card = self.truth.root(visit.card);
                let undisturbed = !visit.disturbed && !self.truth.cards[card].disturbed;
                (undisturbed && self.truth.may_send(card, Purpose::Visits).is_ok())
                    .then(|| "that was never so".to_owned())
            }
            _ => None,
        }
    }

    /// Whether nothing at all stood in the way of a reminder.
    fn is_certain(&self, place: usize, running: &Running, step: &ReminderStep) -> bool {
        let visit = &self.truth.visits[place];
        let card = &self.truth.cards[visit.card];
        let day = visit.visit.start.date();
        let alone = |other: &usize| {
            *other == place
                || self.truth.visits[*other].visit.start.date() != day
                    && self.truth.visits[*other].earlier_starts.iter().all(|start| start.date() != day)
        };
        !visit.disturbed
            && !card.disturbed
            && card.merged_into.is_none()
            && card.visits.iter().all(alone)
            && visit.told_at.plus_ms(6 * DAY_MS) < visit.wanted(step)
            && running.changed_at < visit.told_at
            && self.oracle.silent.iter().all(|(_, until)| *until < visit.told_at)
            && self.truth.may_send(visit.card, running.spec.purpose).is_ok()
            && running.spec.shared_number == SharedNumber::Each
    }

    /// (f) The confirmation of a visit is what the answers say.
    pub fn check_confirmation(&self, place: usize) {
        let visit = &self.truth.visits[place];
        let file = self.looking().practice(CLINIC.into()).visit(&visit.visit.id).unwrap().unwrap();
        let theirs = file.confirmation.map(|confirmation| confirmation.reply);
        let ours = visit.confirmation.map(|(reply, ..)| reply);
        if theirs != ours {
            self.fail(format!("V{place} has the answer {theirs:?} and should have {ours:?}"));
        }
    }

    /// Booking and follow-up: a message, or a reason, some days after the day.
    fn check_after(&self, place: usize) {
        let visit = &self.truth.visits[place];
        let engine = self.looking();
        let messages = engine.practice(CLINIC.into()).messages_of_visit(&visit.visit.id).unwrap();
        for running in &self.truth.campaigns {
            let since = match running.spec.timing.kind() {
                CampaignKind::Booking => visit.booked_at,
                CampaignKind::FollowUp => visit.ends_at,
                _ => continue,
            };
            let off = visit.visit.state.is_off();
            let held =
                running.status != CampaignStatus::Active || running.changed_at.plus_ms(DAY_MS) > self.now;
            if off || since <= running.activated_at || held || visit.told_at > visit.starts_at {
                continue;
            }
            let settled = messages.iter().any(|message| {
                message.origin.step() == Some((&running.id, 0))
                    && !matches!(message.status, Status::Planned | Status::Claimed | Status::Cancelled)
            });
            if !settled {
                self.fail(format!("V{place} has nothing of {}:{}", running.id, briefs(&messages)));
            }
        }
    }

    pub fn end_day(&mut self) {
        for place in self.visits_of(self.today) {
            self.check_confirmation(place);
        }
        if self.silent_until < self.now {
            for place in self.visits_of(self.today - Days::new(5)) {
                self.check_after(place);
            }
        }
        let engine = self.looking();
        loop {
            let events = engine.practice(CLINIC.into()).events(self.oracle.last_event, 1_000).unwrap();
            if events.is_empty() {
                break;
            }
            for event in events {
                if event.no != self.oracle.last_event + 1 {
                    self.fail(format!("event {} after {}", event.no, self.oracle.last_event));
                }
                self.oracle.last_event = event.no;
            }
        }
        self.figures.deaths = self.process.deaths();
    }

    /// (i) Every message and every patient is found by what it says, and by nothing that it said before.
    pub fn look_up(&self) {
        let mut looked_at = 0;
        for line in self.memory.dump().lines() {
            let Ok((_, table, id, doc, entries)) =
                serde_json::from_str::<(PracticeId, Table, String, String, Vec<(Index, String)>)>(line)
            else {
                continue; // a practice's own line
            };
            let derived = match table {
                Table::Message => stored_message(&serde_json::from_str(&doc).unwrap()),
                Table::Patient => stored_patient(&serde_json::from_str(&doc).unwrap()),
                _ => continue,
            };
            let derived = derived.unwrap().add.into_iter().map(|entry| (entry.index, entry.key));
            let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) =
                (derived.collect(), entries.into_iter().collect());
            if ours != theirs {
                let differ = ours.symmetric_difference(&theirs).collect::<Vec<_>>();
                self.fail(format!("the entries of {id} in {table}: {differ:#?}"));
            }
            looked_at += 1;
        }
        assert!(looked_at > 100, "{looked_at} rows");
    }

    /// (h) The counters of statistics are what counting all messages anew gives.
    pub fn recount(&self) {
        let engine = self.looking();
        let clinic = engine.practice(CLINIC.into());
        let mut counted: BTreeMap<(CampaignId, u8, NaiveDate), Tally> = BTreeMap::new();
        let mut from = None;
        loop {
            let page = clinic.messages(&MessageFilter::default(), from.as_deref(), 1_000).unwrap();
            for MessageRow { message, .. } in &page.rows {
                let Some((campaign, step)) = message.origin.step() else { continue };
                let key = (campaign.clone(), step, message.day);
                let empty = || Tally::empty(campaign.clone(), step, message.day);
                count(counted.entry(key).or_insert_with(empty), message);
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        for running in &self.truth.campaigns {
            let theirs: Vec<Tally> = clinic.figures(&running.id).unwrap();
            let nothing =
                |tally: &Tally| *tally == Tally::empty(tally.campaign.clone(), tally.step, tally.day);
            let theirs: Vec<Tally> = theirs.into_iter().filter(|tally| !nothing(tally)).collect();
            let ours: Vec<Tally> = counted
                .iter()
                .filter(|((id, ..), _)| *id == running.id)
                .map(|(_, tally)| tally.clone())
                .collect();
            if theirs != ours {
                let first = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
                self.fail(format!(
                    "the figures of {}: {} days counted, {} kept, the first that differ: {first:#?}",
                    running.id,
                    ours.len(),
                    theirs.len()
                ));
            }
        }
    }
}

fn count(tally: &mut Tally, message: &Message) {
    *tally.statuses.entry(message.status).or_default() += 1;
    if let (Status::Skipped, Some(reason)) = (message.status, &message.reason) {
        *tally.skipped.entry(reason.code().into()).or_default() += 1;
    }
    let paid = matches!(
        message.status,
        Status::Submitted
            | Status::Sent
            | Status::Delivered
            | Status::PartlyDelivered
            | Status::Unconfirmed
            | Status::Undelivered
            | Status::Expired
            | Status::InDoubt
    );
    if paid {
        tally.parts += i64::from(message.parts);
        tally.cost_milli += message.cost_milli;
    }
    let lost = matches!(message.status, Status::Undelivered | Status::Expired | Status::InDoubt);
    tally.asked += i64::from(paid && !lost && message.expects_reply);
    match message.reply {
        Some(Reply::Yes) => tally.yes += 1,
        Some(Reply::No) => tally.no += 1,
        Some(Reply::Other) => tally.other += 1,
        None => {}
    }
}
