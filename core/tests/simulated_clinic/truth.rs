//! What is true in the clinic, kept without the engine: cards, visits, questions asked and answers given. Small and
//! slow where the engine is clever, so that the two can only agree when both are right.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Europe::Warsaw;
use depesza::model::*;
use std::collections::BTreeMap;

/// The instant of a time on the wall in Warsaw; one that does not exist is the next that does.
pub fn instant(wall: NaiveDateTime) -> Timestamp {
    match Warsaw.from_local_datetime(&wall).earliest() {
        Some(at) => at.to_utc().into(),
        None => instant(wall.with_second(0).unwrap() + TimeDelta::minutes(1)),
    }
}

pub fn wall(at: Timestamp) -> NaiveDateTime {
    at.utc().with_timezone(&Warsaw).naive_local()
}

pub fn midnight(day: NaiveDate) -> Timestamp {
    instant(day.and_time(NaiveTime::MIN))
}

/// The public holidays of Poland, written down anew.
pub fn is_holiday(day: NaiveDate) -> bool {
    let fixed = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 24), (12, 25), (12, 26)];
    let easter = match day.year() {
        2026 => (4, 5),
        2027 => (3, 28),
        2028 => (4, 16),
        2029 => (4, 1),
        2030 => (4, 21),
        year => panic!("look up Easter {year}"),
    };
    let easter = NaiveDate::from_ymd_opt(day.year(), easter.0, easter.1).unwrap();
    fixed.contains(&(day.month(), day.day()))
        || [0, 1, 49, 60].iter().any(|after| easter + Days::new(*after) == day)
}

pub struct Card {
    pub patient: Patient,
    /// The number that messages go to, E.164, where the card has one that can receive.
    pub number: Option<String>,
    pub merged_into: Option<usize>,
    /// The practice's default consented for it.
    pub by_default: bool,
    /// Changed in any way after its creation.
    pub disturbed: bool,
    pub visits: Vec<usize>,
}

pub struct Appointment {
    pub visit: Visit,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub booked_at: Timestamp,
    pub told_at: Timestamp,
    pub card: usize,
    /// The answer that stands, the start it is for, and whether the staff gave it.
    pub confirmation: Option<(Reply, Timestamp, bool)>,
    /// Anything but its booking and its end happened to it.
    pub disturbed: bool,
    pub earlier_starts: Vec<NaiveDateTime>,
    pub asks: Vec<usize>,
    pub changed_at: Timestamp,
}

impl Appointment {
    /// When a step of a reminder wants to go, wherever the sending hours put it.
    pub fn wanted(&self, step: &ReminderStep) -> Timestamp {
        match step {
            ReminderStep::Days { days_before, at } => {
                let day = self.visit.start.date() - Days::new((*days_before).into());
                instant(day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(at.seconds(), 0).unwrap()))
            }
            ReminderStep::Hours { hours_before } => {
                self.starts_at.plus_ms(-i64::from(*hours_before) * HOUR_MS)
            }
            ReminderStep::WorkingDays { .. } => {
                panic!("no campaign of the simulated clinic counts working days")
            }
        }
    }
}

/// A question that reached a handset.
pub struct Ask {
    pub about: Vec<(usize, Timestamp)>,
    pub closed: bool,
}

/// What should come of an answer.
#[derive(Debug, PartialEq)]
pub enum Expected {
    Applied,
    Noted,
    Ambiguous,
    TooLate,
    StaffDecided,
    NoRequest,
}

pub struct Running {
    pub id: CampaignId,
    pub spec: CampaignSpec,
    pub activated_at: Timestamp,
    pub status: CampaignStatus,
    pub changed_at: Timestamp,
}

#[derive(Default)]
pub struct Truth {
    pub cards: Vec<Card>,
    pub visits: Vec<Appointment>,
    pub asks: Vec<Ask>,
    pub asks_of: BTreeMap<String, Vec<usize>>,
    pub ask_by_reference: BTreeMap<String, usize>,
    pub campaigns: Vec<Running>,
    /// When a number's owner last wrote STOP.
    pub stops: BTreeMap<String, Timestamp>,
    pub tolerance_ms: i64,
}

impl Truth {
    /// The card that stayed after merges.
    pub fn root(&self, card: usize) -> usize {
        self.cards[card].merged_into.map_or(card, |into| self.root(into))
    }

    /// Whether a message of this purpose may be sent to this card now.
    pub fn may_send(&self, card: usize, purpose: Purpose) -> Result<(), &'static str> {
        let card = &self.cards[self.root(card)];
        if card.patient.status != PatientStatus::Active {
            return Err("the card is not in use");
        }
        let number = card.number.as_ref().ok_or("no number that can receive")?;
        let on_card = card.patient.consents.of(purpose);
        let given = match on_card {
            Some(consent) => consent.given,
            None => card.by_default && purpose == Purpose::Visits,
        };
        if !given {
            return Err("no consent");
        }
        let Some(stop) = self.stops.get(number) else { return Ok(()) };
        let lifted =
            on_card.is_some_and(|consent| consent.source == ConsentSource::Person && consent.at > *stop);
        if lifted { Ok(()) } else { Err("the number opted out") }
    }

    pub fn near(&self, one: Timestamp, other: Timestamp) -> bool {
        one.since_ms(other).abs() <= self.tolerance_ms
    }

    fn stands(&self, (visit, asked): (usize, Timestamp)) -> bool {
        let visit = &self.visits[visit];
        matches!(visit.visit.state, VisitState::Booked | VisitState::Arrived)
            && self.near(visit.starts_at, asked)
    }

    /// A visit is no more as it was: its answer and its open questions may fall.
    pub fn visit_changed(&mut self, place: usize) {
        if let Some((_, at, _)) = self.visits[place].confirmation
            && (self.visits[place].visit.state.is_off() || !self.near(self.visits[place].starts_at, at))
        {
            self.visits[place].confirmation = None;
        }
        for ask in self.visits[place].asks.clone() {
            let standing = self.asks[ask].about.iter().any(|subject| self.stands(*subject));
            self.asks[ask].closed |= !standing;
        }
        // a visit that is as it was asked about again
        let asks = &self.visits[place].asks;
        if asks.iter().all(|ask| self.asks[*ask].closed) {
            let stands = |ask: &&usize| self.asks[**ask].about.iter().any(|subject| self.stands(*subject));
            if let Some(last) = asks.iter().rev().find(stands).copied() {
                self.asks[last].closed = false;
            }
        }
    }

    /// A message that asks reached a handset: another one about the same visits asks the same question again.
    pub fn asked(&mut self, number: &str, about: Vec<(usize, Timestamp)>, reference: &str) {
        let same = |ask: &Ask| {
            !ask.closed && ask.about.iter().map(|(visit, _)| visit).eq(about.iter().map(|(visit, _)| visit))
        };
        let of_number = self.asks_of.entry(number.to_owned()).or_default();
        let known = of_number.iter().copied().find(|ask| same(&self.asks[*ask]));
        let ask = known.unwrap_or(self.asks.len());
        if known.is_none() {
            of_number.push(ask);
            for (visit, _) in &about {
                self.visits[*visit].asks.push(ask);
            }
            self.asks.push(Ask { about, closed: false });
        }
        self.ask_by_reference.insert(reference.to_owned(), ask);
    }

    fn is_recent(&self, ask: usize, now: Timestamp) -> bool {
        let first = self.asks[ask].about.iter().map(|(_, start)| *start).min();
        first.is_some_and(|first| first >= now.plus_ms(-3 * DAY_MS))
    }

    fn is_open(&self, ask: &Ask, now: Timestamp) -> bool {
        !ask.closed && ask.about.iter().map(|(_, start)| *start).min().is_some_and(|first| now < first)
    }

    /// Which question an answer belongs to, and what should come of it; says so without changing anything.
    pub fn expect(
        &self,
        from: &str,
        answered: Option<&str>,
        reply: Reply,
        now: Timestamp,
    ) -> (Expected, Option<usize>) {
        let none = Vec::new();
        let of_number = self.asks_of.get(from).unwrap_or(&none);
        let ask = match answered.and_then(|reference| self.ask_by_reference.get(reference)) {
            Some(ask) => *ask,
            None => {
                let mut open = of_number.iter().filter(|ask| self.is_open(&self.asks[**ask], now));
                match (open.next(), open.next()) {
                    (Some(ask), None) => *ask,
                    (Some(_), Some(_)) => return (Expected::Ambiguous, None),
                    // for three days after a question is over an answer to it is a late one
                    (None, _)
                        if reply != Reply::Other && of_number.iter().any(|ask| self.is_recent(*ask, now)) =>
                    {
                        return (Expected::TooLate, None);
                    }
                    (None, _) => return (Expected::NoRequest, None),
                }
            }
        };
        if reply == Reply::Other {
            return (Expected::Noted, Some(ask));
        }
        if !self.is_open(&self.asks[ask], now) {
            return (Expected::TooLate, None);
        }
        let standing: Vec<_> = self.asks[ask].about.iter().filter(|subject| self.stands(**subject)).collect();
        let by_staff =
            |visit: usize| self.visits[visit].confirmation.is_some_and(|(_, _, by_staff)| by_staff);
        let expected = match standing.iter().any(|(visit, _)| !by_staff(*visit)) {
            true => Expected::Applied,
            false if standing.is_empty() => Expected::TooLate,
            false => Expected::StaffDecided,
        };
        (expected, Some(ask))
    }

    /// Writes an answer that counts on its visits.
    pub fn answer(&mut self, ask: usize, reply: Reply) {
        for (visit, asked) in self.asks[ask].about.clone() {
            let by_staff = self.visits[visit].confirmation.is_some_and(|(_, _, by_staff)| by_staff);
            if self.stands((visit, asked)) && !by_staff {
                self.visits[visit].confirmation = Some((reply, self.visits[visit].starts_at, false));
            }
        }
    }
}
