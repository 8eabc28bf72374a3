//! The figures that a report shows.

use chrono::{NaiveDate, NaiveDateTime};

/// A practice's month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The practice's name.
    pub practice: String,
    /// ISO 4217 code of the currency of all costs.
    pub currency: String,
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

/// A day of the month; messages count on the day they were due, replies on the day they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day on the practice's wall.
    pub date: NaiveDate,
    /// A public holiday.
    pub holiday: bool,
    /// Messages that were due, whatever became of them.
    pub planned: u32,
    /// Messages that a gateway took.
    pub sent: u32,
    /// Of these, those that reached the handset.
    pub delivered: u32,
    /// Messages that could not be sent or delivered.
    pub failed: u32,
    /// Decisions not to send, withdrawn messages included.
    pub skipped: u32,
    /// Messages from patients.
    pub replies: u32,
}

/// What a campaign did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignFigures {
    /// Its name.
    pub name: String,
    /// Messages it planned, whatever became of them.
    pub planned: u32,
    /// Messages that a gateway took.
    pub sent: u32,
    /// Of these, those that reached the handset.
    pub delivered: u32,
    /// Messages that could not be sent or delivered.
    pub failed: u32,
    /// Decisions not to send, withdrawn messages included.
    pub skipped: u32,
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
            planned: count(|one| one.planned),
            sent: count(|one| one.sent),
            delivered: count(|one| one.delivered),
            failed: count(|one| one.failed),
            skipped: count(|one| one.skipped),
            parts: count(|one| one.parts),
            cost_milli: campaigns.iter().map(|one| one.cost_milli).sum(),
            yes: count(|one| one.yes),
            no: count(|one| one.no),
            other: count(|one| one.other),
        }
    }
}

/// A visit that was answered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitAnswer {
    /// Its start on the practice's wall.
    pub start: NaiveDateTime,
    /// The patient, as the desk calls them.
    pub patient: String,
    /// Who sees the patient; empty where nobody is named.
    pub doctor: String,
    /// The staff said so, not the patient.
    pub by_staff: bool,
}

/// A reason for not sending, and how often it was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// The reason, as a person reads it.
    pub reason: String,
    /// How many messages.
    pub count: u32,
}
