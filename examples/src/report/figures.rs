//! The figures that a report shows.

use chrono::{NaiveDate, NaiveDateTime};
use depesza::model::Status;

/// A practice's month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The practice's name.
    pub practice: String,
    /// ISO 4217 code of the currency of all costs.
    pub currency: String,
    /// What this run told the engine that it did not know.
    pub new_facts: u32,
    /// What this run told that it knew.
    pub known_facts: u32,
    /// Messages that left in this run.
    pub new_messages: usize,
    /// A row for each day of the span, in order.
    pub days: Vec<Day>,
    /// The campaigns, in the order of the practice.
    pub campaigns: Vec<CampaignFigures>,
    /// Visits that were confirmed, in order of time.
    pub confirmed: Vec<VisitAnswer>,
    /// Visits that were declined, in order of time.
    pub declined: Vec<VisitAnswer>,
    /// Why messages were not sent, the most frequent first.
    pub reasons: Vec<ReasonCount>,
}

/// Outgoing messages by what became of them. Each is in one field, but for `delivered`, which is part of `sent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// A gateway took them, and nothing says that they failed.
    pub sent: u32,
    /// Of these, those that reached the handset.
    pub delivered: u32,
    /// They could not be sent or delivered.
    pub failed: u32,
    /// Decisions not to send, withdrawn messages included.
    pub skipped: u32,
    /// Still to be sent, or nobody knows yet.
    pub open: u32,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn planned(&self) -> u32 {
        self.sent + self.failed + self.skipped + self.open
    }

    /// Counts so many messages of a status. Incoming ones do not count.
    pub fn add(&mut self, status: Status, count: u32) {
        match status {
            Status::Delivered | Status::PartlyDelivered => {
                self.sent += count;
                self.delivered += count;
            }
            Status::Submitted | Status::Sent | Status::Unconfirmed => self.sent += count,
            Status::Undelivered | Status::Expired | Status::Failed => self.failed += count,
            Status::Cancelled | Status::Skipped => self.skipped += count,
            Status::Planned | Status::Claimed | Status::Submitting | Status::InDoubt => self.open += count,
            Status::Received => {}
        }
    }

    /// Their sum.
    #[must_use]
    pub fn sum(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            sent: sum.sent + one.sent,
            delivered: sum.delivered + one.delivered,
            failed: sum.failed + one.failed,
            skipped: sum.skipped + one.skipped,
            open: sum.open + one.open,
        })
    }
}

/// A day of the month; messages count on the day they went or were to go, decisions not to send on the day they were made,
/// replies on the day they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day on the practice's wall.
    pub date: NaiveDate,
    /// A public holiday.
    pub holiday: bool,
    /// Messages that were due.
    pub counts: Counts,
    /// Messages from patients.
    pub replies: u32,
}

/// What a campaign did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignFigures {
    /// Its name.
    pub name: String,
    /// Its messages.
    pub counts: Counts,
    /// Parts of what was sent.
    pub parts: u32,
    /// Cost of what was sent, in thousandths of the currency's unit.
    pub cost_milli: i64,
    /// Answers TAK.
    pub yes: u32,
    /// Answers NIE.
    pub no: u32,
    /// Other answers.
    pub other: u32,
}

impl CampaignFigures {
    /// The sums of some campaigns.
    #[must_use]
    pub fn total(name: &str, campaigns: &[Self]) -> Self {
        let count = |figure: fn(&Self) -> u32| campaigns.iter().map(figure).sum();
        Self {
            name: name.to_owned(),
            counts: Counts::sum(campaigns.iter().map(|one| one.counts)),
            parts: count(|one| one.parts),
            cost_milli: campaigns.iter().map(|one| one.cost_milli).sum(),
            yes: count(|one| one.yes),
            no: count(|one| one.no),
            other: count(|one| one.other),
        }
    }
}

/// A visit that was answered for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitAnswer {
    /// Its start on the practice's wall.
    pub start: NaiveDateTime,
    /// The patient, as the desk calls them.
    pub patient: String,
    /// Who sees the patient; empty where nobody is named.
    pub doctor: String,
    /// The staff said so, not the patient.
    pub by_staff: bool,
    /// It was called off after the answer.
    pub called_off: bool,
}

/// A reason for not sending, and how often it was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// The reason, as a person reads it.
    pub reason: String,
    /// How many messages.
    pub count: u32,
}
