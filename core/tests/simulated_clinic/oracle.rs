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
            Origin::Chat { .. } | Origin::AfterCall { .. } => self.fail(say("nobody asked for this")),
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
            // these name no visit
            CampaignKind::Recall | CampaignKind::Birthday | CampaignKind::Broadcast => true,
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
pub fn brief(message: &Message) -> String {
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

pub fn briefs(messages: &[Message]) -> String {
    messages.iter().map(|message| format!("\n  {}", brief(message))).collect()
}
