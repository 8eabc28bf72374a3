//! Whether everything is accounted for, when all is over: the store's messages against the gateway's log, both against what
//! the offices told, events and statistics against the messages.
//!
//! Not allowed here: an excuse that depends on what faults there were, but for those that [`Excuses`] names.

use crate::gateway::{Kind, Taken};
use crate::office::{BOOKING, Office, REMINDER, TrueVisit};
use crate::watched::is_held;
use depesza::engine::Engine;
use depesza::message::is_final;
use depesza::model::{
    CampaignId, DeliveryState, Direction, Event, Happening, Message, MessageId, PracticeId, Reply, Status,
    Tally, Timestamp, VisitId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What may be otherwise than in a trial whose clock only goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excuses {
    /// Nothing.
    None,
    /// A message may not have gone, with its reason: by the clock its time had passed, or its visit was over when it was first
    /// told.
    ClockJumped,
    /// The store is an old copy that was put back: the log knows of more. Nothing may have gone twice all the same.
    OldCopy,
}

/// What became of a trial.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Messages to patients by their status at the end.
    pub statuses: BTreeMap<Status, u64>,
    /// Messages that reached a handset.
    pub sent: u64,
    /// Events.
    pub events: u64,
    /// Visits called off.
    pub off: u64,
    /// Visits moved.
    pub moved: u64,
    /// What was found wrong.
    pub wrong: Vec<String>,
}

type Stored = BTreeMap<(PracticeId, MessageId), Message>;

/// Looks at everything.
#[must_use]
pub fn account(office: &Office, log: &[Taken], kind: Kind, excuses: Excuses, now: Timestamp) -> Account {
    let mut account = Account { sent: log.len() as u64, ..Account::default() };
    let mut stored = Stored::new();
    for practice in office.practices() {
        messages(office.engine(), practice, &mut stored, &mut account);
        events(office.engine(), practice, &stored, &mut account);
        statistics(office.engine(), practice, &stored, &mut account);
    }
    handsets(log, kind, &stored, &mut account);
    fates(log, kind, &stored, now, &mut account);
    let visits = Visits::of(&stored, log);
    for visit in &office.visits {
        account.off += u64::from(visit.off.is_some());
        account.moved += u64::from(!visit.moved.is_empty());
        visits.check(visit, kind, excuses, &mut account);
    }
    account
}

fn messages(engine: &Engine, practice: &PracticeId, stored: &mut Stored, account: &mut Account) {
    let clinic = engine.practice(practice.clone());
    for number in 1.. {
        let Some(message) = clinic.message(MessageId(number)).unwrap() else { break };
        if message.direction == Direction::Outgoing {
            *account.statuses.entry(message.status).or_default() += 1;
        }
        stored.insert((practice.clone(), message.id), message);
    }
}

/// Numbers without gaps; the last word on every message is the status it has.
fn events(engine: &Engine, practice: &PracticeId, stored: &Stored, account: &mut Account) {
    let clinic = engine.practice(practice.clone());
    let (mut last, mut told) = (0, BTreeMap::new());
    loop {
        let page: Vec<Event> = clinic.events(last, 1_000).unwrap();
        if page.is_empty() {
            break;
        }
        for event in page {
            if event.no != last + 1 {
                account.wrong.push(format!("{practice}: event {} follows {last}", event.no));
            }
            last = event.no;
            if let Happening::MessageChanged { message, status, .. } = event.what {
                told.insert(message, status);
            }
        }
    }
    account.events += last;
    let of_practice =
        stored.iter().filter(|((of, _), message)| of == practice && message.direction == Direction::Outgoing);
    for ((_, id), message) in of_practice {
        let silent = matches!(message.status, Status::Planned | Status::Claimed | Status::Submitting);
        if !silent && told.get(id) != Some(&message.status) {
            account.wrong.push(format!(
                "{practice}: the last event of {} tells {:?}",
                brief(message),
                told.get(id)
            ));
        }
    }
}

/// The counters are what counting gives.
fn statistics(engine: &Engine, practice: &PracticeId, stored: &Stored, account: &mut Account) {
    let clinic = engine.practice(practice.clone());
    let mut counted: BTreeMap<_, Tally> = BTreeMap::new();
    for ((of, _), message) in stored {
        let (true, Some((campaign, step))) = (of == practice, message.origin.step()) else { continue };
        let key = (campaign.clone(), step, message.day);
        let tally = counted.entry(key).or_insert_with(|| Tally::empty(campaign.clone(), step, message.day));
        *tally.statuses.entry(message.status).or_default() += 1;
        match message.reply {
            Some(Reply::Yes) => tally.yes += 1,
            Some(Reply::No) => tally.no += 1,
            Some(Reply::Other) => tally.other += 1,
            None => {}
        }
        let went = !matches!(
            message.status,
            Status::Planned
                | Status::Claimed
                | Status::Submitting
                | Status::Failed
                | Status::Cancelled
                | Status::Skipped
        );
        if went {
            tally.parts += i64::from(message.parts);
            tally.cost_milli += message.cost_milli;
        }
    }
    for campaign in [BOOKING, REMINDER] {
        let mut kept = clinic.figures(&campaign.into()).unwrap();
        for tally in &mut kept {
            tally.statuses.retain(|_, count| *count != 0);
            let found = counted.remove(&(tally.campaign.clone(), tally.step, tally.day));
            let none = || Tally::empty(tally.campaign.clone(), tally.step, tally.day);
            let found = found.unwrap_or_else(none);
            let of = |tally: &Tally| {
                (tally.statuses.clone(), tally.parts, tally.cost_milli, tally.yes, tally.no, tally.other)
            };
            if of(tally) != of(&found) {
                account.wrong.push(format!(
                    "{practice}: {campaign} on {}: kept {:?}, counted {:?}",
                    tally.day,
                    of(tally),
                    of(&found)
                ));
            }
        }
    }
    for key in counted.keys() {
        account.wrong.push(format!("{practice}: nothing is kept of {key:?}"));
    }
}

/// No text went to a number twice: each names its visit's time, so that would be one message for the patient, whatever the
/// store makes of it.
#[must_use]
pub fn texts_that_went_twice(log: &[Taken]) -> Vec<String> {
    let mut texts = BTreeSet::new();
    let again = log.iter().filter(|taken| !texts.insert((&taken.to, &taken.body)));
    again.map(|taken| format!("{}: the number had this text before", taken.reference)).collect()
}

/// Events and statistics fit the messages, and no message is in a dispatcher's hands: what holds also after an old copy was
/// put back, when the log knows of more than the store.
#[must_use]
pub fn account_of_copy(office: &Office, log: &[Taken]) -> Account {
    let mut account =
        Account { sent: log.len() as u64, wrong: texts_that_went_twice(log), ..Account::default() };
    let mut stored = Stored::new();
    for practice in office.practices() {
        messages(office.engine(), practice, &mut stored, &mut account);
        events(office.engine(), practice, &stored, &mut account);
        statistics(office.engine(), practice, &stored, &mut account);
    }
    let held = stored.values().filter(|message| is_held(message.status));
    account.wrong.extend(held.map(|message| format!("still held: {}", brief(message))));
    account
}

/// Nothing twice: neither under one reference, nor by two messages that stand for the same; and all of it is stored.
fn handsets(log: &[Taken], kind: Kind, stored: &Stored, account: &mut Account) {
    account.wrong.extend(texts_that_went_twice(log));
    let (mut references, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for taken in log {
        if !references.insert(&taken.reference) {
            account.wrong.push(format!("{kind:?}: {} went twice", taken.reference));
        }
        let Some(message) = stored.get(&(taken.practice.clone(), taken.message)) else {
            account.wrong.push(format!("{} went and is not stored", taken.reference));
            continue;
        };
        if message.reference.as_ref() != Some(&taken.reference) || message.number.as_ref() != Some(&taken.to)
        {
            account.wrong.push(format!("what went is not what is stored: {}", brief(message)));
        }
        let key = (&taken.practice, message.origin.step(), &message.subjects);
        if !keys.insert(key) {
            account.wrong.push(format!("two messages went for one: {}", brief(message)));
        }
    }
}

/// Every message is final, in doubt with its reason, or planned for later, and that is what the log says too.
fn fates(log: &[Taken], kind: Kind, stored: &Stored, now: Timestamp, account: &mut Account) {
    let went: BTreeMap<_, &Taken> =
        log.iter().map(|taken| ((taken.practice.clone(), taken.message), taken)).collect();
    for (key, message) in stored.iter().filter(|(_, message)| message.direction == Direction::Outgoing) {
        let taken = went.get(key);
        let right = match message.status {
            Status::Planned => taken.is_none() && message.due_at > now,
            Status::Skipped | Status::Failed => taken.is_none() && message.reason.is_some(),
            Status::Cancelled => taken.is_none(),
            Status::InDoubt => kind == Kind::Plain && message.reason.is_some(),
            Status::Delivered | Status::Undelivered => taken.is_some_and(|taken| {
                let said = match message.status {
                    Status::Delivered => DeliveryState::Delivered,
                    _ => DeliveryState::Undelivered,
                };
                taken.reported == Some(said) && message.provider_ids.iter().all(|id| *id == taken.provider_id)
            }),
            Status::Unconfirmed => taken.is_some_and(|taken| {
                message.provider_ids == [taken.provider_id.clone()]
                    && !matches!(taken.reported, Some(DeliveryState::Delivered | DeliveryState::Undelivered))
            }),
            // leases and reports are over
            _ => false,
        };
        if !right
            || !(is_final(message.status) || matches!(message.status, Status::Planned | Status::InDoubt))
        {
            let reported = taken.map(|taken| taken.reported);
            account.wrong.push(format!("not accounted for (went: {reported:?}): {}", brief(message)));
        }
    }
}

/// Messages by what they stand for.
struct Visits<'s> {
    messages: BTreeMap<(&'s PracticeId, &'s VisitId), Vec<&'s Message>>,
    committed: BTreeMap<(PracticeId, MessageId), u64>,
}

impl<'s> Visits<'s> {
    fn of(stored: &'s Stored, log: &[Taken]) -> Self {
        let mut messages: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((practice, _), message) in stored.iter().filter(|(_, m)| m.direction == Direction::Outgoing) {
            for subject in &message.subjects {
                messages.entry((practice, &subject.visit)).or_default().push(message);
            }
        }
        let place = |taken: &Taken| ((taken.practice.clone(), taken.message), taken.committed);
        Self { messages, committed: log.iter().map(place).collect() }
    }

    fn check(&self, visit: &TrueVisit, kind: Kind, excuses: Excuses, account: &mut Account) {
        let none = Vec::new();
        let messages = self.messages.get(&(&visit.practice, &visit.id)).unwrap_or(&none);
        let sent = |message: &Message| self.committed.get(&(visit.practice.clone(), message.id)).copied();
        for message in messages {
            let Some(committed) = sent(message) else { continue };
            if visit.off.is_some_and(|off| committed > off) {
                account.wrong.push(format!("submitted after its visit was called off: {}", brief(message)));
            }
            let start = message.subjects[0].starts_at;
            // it may have been moved back in between: the last time that it left this start counts
            let left = visit.moved.iter().rev().find(|(before, _)| *before == start);
            if start != visit.starts_at && left.is_some_and(|(_, version)| committed > *version) {
                account.wrong.push(format!("submitted after its visit was moved: {}", brief(message)));
            }
        }
        // a visit that was over when it was first told gets nothing; the clock was set back since, and it was moved
        let was_over = excuses == Excuses::ClockJumped && visit.starts_at <= visit.booked_at;
        if visit.off.is_some() || was_over {
            return;
        }
        // the reminder for the time at which it stands; and that it was booked, unless it was moved meanwhile
        let campaigns: &[&str] = if visit.moved.is_empty() { &[BOOKING, REMINDER] } else { &[REMINDER] };
        for campaign in campaigns {
            let campaign = CampaignId::new(*campaign);
            let stands = |message: &&&Message| {
                message.origin.step().is_some_and(|(of, _)| *of == campaign)
                    && message.subjects[0].starts_at == visit.starts_at
            };
            let of_campaign: Vec<&&Message> = messages.iter().filter(stands).collect();
            let told_why = of_campaign.iter().any(|message| message.reason.is_some());
            let went = of_campaign.iter().filter(|message| sent(message).is_some()).count();
            let doubt = of_campaign.iter().any(|message| message.status == Status::InDoubt);
            let right = match kind {
                _ if excuses == Excuses::ClockJumped && told_why => went <= 1,
                Kind::Idempotent => went == 1,
                Kind::Plain => went == 1 || went == 0 && doubt,
            };
            if !right {
                let all: Vec<String> = messages.iter().map(|message| brief(message)).collect();
                account.wrong.push(format!("{campaign} of {} went {went} times: {all:?}", visit.id));
            }
        }
    }
}

fn brief(message: &Message) -> String {
    format!(
        "message {} {:?} about {:?}: {:?} {:?}, due {}, submitted {:?}, attempts {}, lease {:?}, report due {:?}",
        message.id,
        message.origin.step(),
        message.subjects,
        message.status,
        message.reason,
        message.due_at,
        message.submitted_at,
        message.attempts,
        message.lease,
        message.report_due,
    )
}
