//! How a host drives the engine, from its files to the last day: the example to start from.
//!
//! ```text
//! files ── Month::read ── checked as a whole, no store touched
//!                │
//!            Month::play ── open_practice, apply (cards and calendar), create_campaign, activate
//!                │
//!              Host::run ── the next moment at which something happens: a fact, next_due(), a report
//!                           └─ apply · work · dispatch · delivery reports
//! ```
//!
//! A real host has the wall clock instead of [`Host::run`]'s jumps, and a gateway instead of the simulator; the calls are
//! the same. Not allowed here: reading files, and what a screen shows.

mod host;
mod rehearsal;

pub use host::{DESK, Host, Told, gateway};

use crate::read::{self, Faults, Inputs, Paths};
use chrono::{Days, NaiveDate, NaiveTime};
use depesza::calendar;
use depesza::engine::EngineError;
use depesza::model::{CampaignId, DryRun, DryRunRequest, Fact, Language, Timestamp, Zone};
use depesza::store::{MemoryStore, Store};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A span of days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Span {
    /// Whether a day is in it.
    #[must_use]
    pub fn has(&self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Its first instant on a wall.
    #[must_use]
    pub fn opens(&self, zone: Zone) -> Timestamp {
        calendar::resolve(zone, self.from.and_time(NaiveTime::MIN))
    }

    /// Its last instant on a wall.
    #[must_use]
    pub fn closes(&self, zone: Zone) -> Timestamp {
        let next = self.to.checked_add_days(Days::new(1)).unwrap_or(self.to);
        calendar::resolve(zone, next.and_time(NaiveTime::MIN)).plus_ms(-1)
    }
}

/// Why a month, or a day of calls, cannot be played. No store was touched.
#[derive(Debug)]
pub enum Refused {
    /// Files are wrong: everything that is, by file and line.
    Files(Vec<Faults>),
    /// The calendar is empty.
    NoVisits,
    /// There is no call in the records.
    NoCalls,
    /// The last day comes before this first one.
    EndsBefore(NaiveDate),
    /// The engine could not look the files over.
    Engine(EngineError),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(files) => {
                files.iter().try_for_each(|faults| writeln!(f, "{faults}"))?;
                f.write_str("Nothing was imported.")
            }
            Self::NoVisits => f.write_str("The calendar is empty: there is nothing to play."),
            Self::NoCalls => f.write_str("The records hold no call: there is nothing to play."),
            Self::EndsBefore(from) => write!(f, "--to: expected {from} or later"),
            Self::Engine(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

/// A practice's files that are right as a whole: only such a month can be played.
#[derive(Clone, Debug)]
pub struct Month {
    inputs: Inputs,
    span: Span,
}

impl Month {
    /// Reads all files and has the engine look them over on an empty store in memory; without days of its own, the month is
    /// as long as the calendar. Faults of campaigns are named in `language`.
    ///
    /// # Errors
    /// All that is wrong with the files.
    pub fn read(
        paths: Paths<'_>,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        language: Language,
    ) -> Result<Self, Refused> {
        let inputs = read::read(paths).map_err(Refused::Files)?;
        let (first, last) = inputs.days().ok_or(Refused::NoVisits)?;
        let span = Span { from: from.unwrap_or(first), to: to.unwrap_or(last) };
        if span.to < span.from {
            return Err(Refused::EndsBefore(span.from));
        }
        let faults = rehearsal::faults(&inputs, paths, language).map_err(Refused::Engine)?;
        if faults.is_empty() { Ok(Self { inputs, span }) } else { Err(Refused::Files(faults)) }
    }

    /// What was read.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The days that are played.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The first and the last instant.
    #[must_use]
    pub fn bounds(&self) -> (Timestamp, Timestamp) {
        let zone = self.inputs.plan.practice.zone;
        (self.span.opens(zone), self.span.closes(zone))
    }

    /// Plays the month on a store, telling `progress` the time again and again. On a store that knows it already, all of
    /// it is told once more, and nothing is sent twice.
    ///
    /// # Errors
    /// The store's.
    pub fn play(
        &self,
        store: Arc<dyn Store>,
        progress: &mut dyn FnMut(Timestamp),
    ) -> Result<Host, EngineError> {
        let (opening, closing) = self.bounds();
        let during = self.inputs.facts.iter().map(|told| &told.what).filter(|told| told.at >= opening);
        // the calendar is there before the campaigns start: nobody is told of a visit booked long ago
        let mut host = self.imported(store)?;
        host.start(&self.inputs.plan.campaigns, opening)?;
        host.run(during, closing, progress)?;
        Ok(host)
    }

    /// What would go out in the span if its campaigns were started at its beginning: nothing is stored, nothing sent.
    ///
    /// # Errors
    /// The engine's: the span has at most 366 days.
    pub fn dry_run(&self) -> Result<DryRun, EngineError> {
        let mut host = self.imported(Arc::new(MemoryStore::new()))?;
        host.prepare(&self.inputs.plan.campaigns, self.bounds().0)?;
        let request = DryRunRequest { from: self.span.from, to: self.span.to, campaigns: None };
        host.clinic().dry_run(&request, host.now())
    }

    /// The campaigns' names.
    #[must_use]
    pub fn campaign_names(&self) -> BTreeMap<CampaignId, String> {
        self.inputs.plan.campaigns.iter().map(|one| (one.id.clone(), one.spec.name.clone())).collect()
    }

    /// A host that has told what there was before the first day.
    fn imported(&self, store: Arc<dyn Store>) -> Result<Host, EngineError> {
        let (opening, _) = self.bounds();
        let cards = self.inputs.patients.iter().map(|card| Fact::Patient(card.what.clone()));
        let visits = self.inputs.visits.iter().map(|visit| Fact::Visit(visit.what.clone()));
        let missed = self.inputs.facts.iter().map(|told| &told.what).filter(|told| told.at < opening);
        let import: Vec<Fact> = cards.chain(visits).chain(missed.map(|told| told.fact.clone())).collect();
        let mut host = Host::open(store, &self.inputs.plan.practice, opening.plus_ms(-1))?;
        host.tell(&import)?;
        Ok(host)
    }
}
