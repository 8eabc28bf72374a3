//! All of a practice's files together: read before anything is done with any of them.

use super::{Faults, Lined, campaigns, facts, patients, visits};
use chrono::NaiveDate;
use depesza::model::{Patient, Visit, Zone};
use std::path::Path;

/// Where the files are.
#[derive(Clone, Copy, Debug)]
pub struct Paths<'p> {
    /// The calendar, `.ics` or CSV.
    pub visits: &'p Path,
    /// The cards, CSV.
    pub patients: &'p Path,
    /// The practice with its settings and campaigns, TOML.
    pub campaigns: &'p Path,
    /// What happened, JSON lines.
    pub facts: &'p Path,
}

/// What is in them.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The practice and what it sends.
    pub plan: campaigns::Plan,
    /// The cards at the beginning.
    pub patients: Vec<Lined<Patient>>,
    /// The calendar at the beginning.
    pub visits: Vec<Lined<Visit>>,
    /// What happened then, in order of time.
    pub facts: Vec<Lined<facts::Told>>,
}

impl Inputs {
    /// The first and the last day of the calendar; none where it is empty.
    #[must_use]
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let told = self.facts.iter().filter_map(|told| match &told.what.fact {
            depesza::model::Fact::Visit(visit) => Some(visit),
            _ => None,
        });
        let mut days =
            self.visits.iter().map(|visit| &visit.what).chain(told).map(|visit| visit.start.date());
        let first = days.next()?;
        Some(days.fold((first, first), |(from, to), day| (from.min(day), to.max(day))))
    }
}

/// Reads all files.
///
/// # Errors
/// All that is wrong with each file that has something wrong.
pub fn read(paths: Paths<'_>) -> Result<Inputs, Vec<Faults>> {
    let plan = campaigns::read(paths.campaigns);
    // with a faulty plan the other files are still read, to name what is wrong with them too
    let zone = plan.as_ref().map_or_else(|_| Zone::default(), |plan| plan.practice.zone);
    let patients = patients::read(paths.patients, zone);
    let visits = visits(paths.visits, zone);
    let facts = facts::read(paths.facts);
    match (plan, patients, visits, facts) {
        (Ok(plan), Ok(patients), Ok(visits), Ok(facts)) => Ok(Inputs { plan, patients, visits, facts }),
        (plan, patients, visits, facts) => {
            let faults = [plan.err(), patients.err(), visits.err(), facts.err()];
            Err(faults.into_iter().flatten().collect())
        }
    }
}
