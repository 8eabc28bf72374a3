//! What must never happen and what must: checked against the truth for everything that reaches a handset, and every
//! evening against what the engine says of itself.

use super::clinic::{Clinic, Deed};
use super::setup::CLINIC;
use super::truth::{instant, is_holiday, wall};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use depesza::gateway::Taken;
use depesza::model::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Oracle {
    pub by_day: BTreeMap<NaiveDate, BTreeSet<usize>>,
    /// When the host's timer stood still.
    pub silent: Vec<(Timestamp, Timestamp)>,
    pub acknowledgements: u64,
    seen: usize,
    sent: BTreeMap<(CampaignId, u8, usize), Vec<Timestamp>>,
    references: BTreeSet<String>,
    /// Messages of campaigns to a card on a day.
    per_day: BTreeMap<(usize, NaiveDate), u32>,
    /// What the messages cost that first reached a handset on a day.
    spent: BTreeMap<NaiveDate, i64>,
    pub last_event: u64,
}

impl Oracle {
    /// One card's messages count for the other from now on.
    pub fn merged(&mut self, from: usize, into: usize) {
        let theirs: Vec<_> = self
            .per_day
            .range((from, NaiveDate::MIN)..(from + 1, NaiveDate::MIN))
            .map(|(k, v)| (*k, *v))
            .collect();
        for ((_, day), count) in theirs {
            *self.per_day.entry((into, day)).or_default() += count;
        }
    }
}

impl Clinic {
    /// Checks what reached handsets since the last look.
    pub fn look_at_handsets(&mut self) {
        for taken in self.simulator.taken_from(self.oracle.seen) {
            self.oracle.seen += 1;
            self.figures.sent += 1;
            if !self.oracle.references.insert(taken.reference.clone()) {
                self.fail(format!("{} was sent again", taken.reference));
            }
            let number = taken.reference.rsplit('-').next().and_then(|id| u64::from_str_radix(id, 16).ok());
            let id = MessageId(number.unwrap_or_else(|| self.fail("a reference that is none")));
            let Some(message) = self.looking().practice(CLINIC.into()).message(id).unwrap() else {
                self.fail("a message that the store does not know")
            };
            self.check_sent(&taken, &message);
        }
    }

    fn check_sent(&mut self, taken: &Taken, message: &Message) {
        let say = |what: &str| format!("{what}: {}", brief(message));
        if taken.at != self.now {
            self.fail(say("sent at another time than now"));
        }
        let campaign = match &message.origin {
            Origin::OptOutAck { .. } => {
                let Some(left) = self.oracle.acknowledgements.checked_sub(1) else {
                    self.fail(say("an acknowledgement without a STOP"))
                };
                self.oracle.acknowledgements = left;
                return;
            }
            Origin::ManualReminder { campaign, .. } | Origin::Campaign { campaign, .. } => campaign.clone(),
            Origin::Chat { .. } => self.fail(say("nobody wrote this")),
        };
        let Some(running) = self.truth.campaigns.iter().find(|running| running.id == campaign) else {
            self.fail(say("of no campaign"))
        };
        let (kind, purpose, tag) =
            (running.spec.timing.kind(), running.spec.purpose, running.spec.name.clone());
        let step = message.origin.step().map(|(_, step)| step);
        if step.is_some() && running.status != CampaignStatus::Active {
            self.fail(say("its campaign is not active"));
        }
        let text = taken.body.reveal();
        if text.split(' ').next() != Some(&*tag) {
            self.fail(say("the text of another campaign"));
        }
        let visits = self.visits_named(text);
        let subjects: BTreeSet<&str> =
            message.subjects.iter().map(|subject| subject.visit.as_str()).collect();
        if visits.is_empty()
            || visits.iter().map(|place| format!("V{place}")).any(|id| !subjects.contains(&*id))
        {
            self.fail(say("the text names other visits than the message"));
        }
        for place in &visits {
            self.check_visit_now(*place, kind, text, &say);
        }
        self.check_recipient(&visits, purpose, taken, &say);
        if let Some(step) = step {
            self.check_hours(&say);
            self.check_cap(visits[0], message, &say);
            for place in &visits {
                let start = self.truth.visits[*place].starts_at;
                let key = (campaign.clone(), step, *place);
                let before = self.oracle.sent.entry(key).or_default();
                let again = before.iter().any(|sent| sent.since_ms(start).abs() <= self.truth.tolerance_ms);
                before.push(start);
                if again {
                    self.fail(say("the same message twice"));
                }
            }
        }
        if message.expects_reply {
            let about = visits.iter().map(|place| (*place, self.truth.visits[*place].starts_at)).collect();
            self.truth.asked(taken.to.reveal(), about, &taken.reference);
        }
        if self.dice.chance(if message.expects_reply { 400 } else { 20 }) {
            let most = if self.dice.chance(700) { HOUR_MS } else { 3 * DAY_MS };
            let at = self.now.plus_ms(self.dice.between(20_000, most));
            let from = taken.to.reveal().to_owned();
            self.note(at, Deed::Reply { from, reference: taken.reference.clone() });
        }
    }

    /// The visits a text names, in the order of their numbers.
    fn visits_named(&self, text: &str) -> Vec<usize> {
        let words = text.split([' ', ',']);
        let ids = words.filter_map(|word| word.strip_prefix('V').and_then(|digits| digits.parse().ok()));
        let places: BTreeSet<usize> = ids.filter(|place| *place < self.truth.visits.len()).collect();
        places.into_iter().collect()
    }

    /// Whether a message of this kind makes sense for the visit as it is at this moment, and names its time.
    fn check_visit_now(&self, place: usize, kind: CampaignKind, text: &str, say: &impl Fn(&str) -> String) {
        let visit = &self.truth.visits[place];
        let state = visit.visit.state;
        let wrong = match kind {
            CampaignKind::Reminder | CampaignKind::Rescheduled => {
                state != VisitState::Booked || self.now >= visit.starts_at
            }
            CampaignKind::Booking => {
                state != VisitState::Booked
                    || self.now >= visit.starts_at
                    || self.now > visit.booked_at.plus_ms(DAY_MS + 10 * MINUTE_MS)
                        && !self.waited_for_hours(visit.booked_at.plus_ms(DAY_MS))
            }
            CampaignKind::FollowUp => {
                state != VisitState::TookPlace || self.now > visit.ends_at.plus_ms(72 * HOUR_MS)
            }
            CampaignKind::Cancelled => !state.is_off() || self.now > visit.starts_at,
        };
        if wrong {
            self.fail(say(&format!(
                "not for visit V{place}, which is {state:?} at {}",
                wall(visit.starts_at)
            )));
        }
        if !times_in(text).any(|time| self.truth.near(instant(time), visit.starts_at)) {
            self.fail(say(&format!("does not name {}", visit.visit.start)));
        }
        let minor = text.ends_with("minor");
        let one_card = self.visits_named(text).len() == 1 && !self.truth.cards[visit.card].disturbed;
        if one_card && minor != self.is_minor(place) {
            self.fail(say("the wrong body for the patient's age"));
        }
    }

    /// Whether this is the first hour after a limit in which anything could go, and nothing could at the limit itself.
    fn waited_for_hours(&self, limit: Timestamp) -> bool {
        let (limit, now) = (wall(limit), wall(self.now));
        let open = (8..20).contains(&limit.hour()) && !is_holiday(limit.date());
        let from = limit.date() + Days::new(u64::from(limit.hour() >= 8));
        let closed_since = from.iter_days().take_while(|day| *day < now.date()).all(is_holiday);
        !self.setup.round_the_clock && !open && closed_since && now.hour() == 8
    }

    fn check_recipient(
        &self,
        visits: &[usize],
        purpose: Purpose,
        taken: &Taken,
        say: &impl Fn(&str) -> String,
    ) {
        for place in visits {
            let card = self.truth.root(self.truth.visits[*place].card);
            if let Err(why) = self.truth.may_send(card, purpose) {
                self.fail(say(&format!("V{place}: {why}")));
            }
            if self.truth.cards[card].number.as_deref() != Some(taken.to.reveal()) {
                self.fail(say(&format!(
                    "V{place}: to {}, a number that is not on the card",
                    taken.to.reveal()
                )));
            }
        }
    }

    fn check_hours(&self, say: &impl Fn(&str) -> String) {
        let now = wall(self.now);
        let open = (8..20).contains(&now.hour()) && !is_holiday(now.date());
        if !open && !self.setup.round_the_clock {
            self.fail(say("outside the sending hours"));
        }
    }

    fn check_cap(&mut self, place: usize, message: &Message, say: &impl Fn(&str) -> String) {
        let day = wall(self.now).date();
        let card = self.truth.root(self.truth.visits[place].card);
        let count = self.oracle.per_day.entry((card, day)).or_default();
        *count += 1;
        let settings = &self.setup.practice.settings;
        let count = *count;
        if settings.daily_cap.is_some_and(|cap| count > cap) {
            let patient = message.patient.clone().unwrap();
            let all = self.looking().practice(CLINIC.into()).messages_of_patient(&patient, 50).unwrap();
            self.fail(format!("{}\nthe patient's:{}", say("beyond the patient's daily cap"), briefs(&all)));
        }
        self.figures.cap_used_up += u64::from(settings.daily_cap == Some(count));
        // money is reserved on the day of the first attempt
        let first_try = wall(message.submitted_at.unwrap_or(self.now)).date();
        let spent = self.oracle.spent.entry(first_try).or_default();
        *spent += message.cost_milli;
        if settings.daily_budget_milli.is_some_and(|budget| *spent > budget) {
            self.fail(say("beyond the day's budget"));
        }
    }

    // ---- the evening

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
                    let held_back = matches!(message.reason, Some(Reason::DailyCap {} | Reason::NumberMarkedBad {} | Reason::SameTime {}))
                            || self.setup.practice.settings.daily_budget_milli.is_some()
                            // brought forward to the last minute of a day, and the host began again too late
                            || message.reason == Some(Reason::NoAllowedSlot {})
                                && wall(message.due_at).time().minute() == 59;
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
    fn is_certain(&self, place: usize, running: &super::truth::Running, step: &ReminderStep) -> bool {
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

    /// (h) The counters of statistics are what counting all messages anew gives.
    pub fn recount(&self) {
        let engine = self.looking();
        let clinic = engine.practice(CLINIC.into());
        let mut counted: BTreeMap<(CampaignId, u8, NaiveDate), Tally> = BTreeMap::new();
        let mut from = None;
        loop {
            let page = clinic.messages(from.as_deref(), 1_000).unwrap();
            for message in &page.messages {
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
    match message.reply {
        Some(Reply::Yes) => tally.yes += 1,
        Some(Reply::No) => tally.no += 1,
        Some(Reply::Other) => tally.other += 1,
        None => {}
    }
}

/// Every day of a text with every hour of it.
fn times_in(text: &str) -> impl Iterator<Item = NaiveDateTime> {
    let words = || text.split([' ', ',']);
    let days: Vec<NaiveDate> =
        words().filter_map(|word| NaiveDate::parse_from_str(word, "%d.%m.%Y").ok()).collect();
    let hours: Vec<NaiveTime> =
        words().filter_map(|word| NaiveTime::parse_from_str(word, "%H:%M").ok()).collect();
    days.into_iter().flat_map(move |day| hours.clone().into_iter().map(move |hour| day.and_time(hour)))
}

/// A message on one line, as far as it matters here.
fn brief(message: &Message) -> String {
    let times = [Some(message.planned_at), Some(message.due_at), Some(message.use_by), message.submitted_at];
    let [planned, due, use_by, submitted] = times.map(|at| at.map(wall));
    format!(
        "message {} {:?} about {:?}: {:?} {:?}, planned {planned:?}, due {due:?}, use by {use_by:?}, submitted \
         {submitted:?}, held {}, reports {}",
        message.id,
        message.origin,
        message.subjects,
        message.status,
        message.reason,
        message.held,
        message.reports.len(),
    )
}

fn briefs(messages: &[Message]) -> String {
    messages.iter().map(|message| format!("\n  {}", brief(message))).collect()
}
