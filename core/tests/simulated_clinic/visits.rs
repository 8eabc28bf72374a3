//! Visits: booked, moved, called off, opened again, closed in the evening; and what the desk does about them.

use super::clinic::Clinic;
use super::setup::CLINIC;
use super::truth::{Appointment, instant, wall};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use depesza::engine::{EngineError, Outcome};
use depesza::model::*;
use depesza::store::StoreError;

impl Clinic {
    pub fn room(&mut self) -> Option<Room> {
        let id = match self.dice.below(20) {
            0 => return None,
            1..=6 => "r1",
            7..=12 => "r2",
            _ => "r3",
        };
        Some(Room { id: id.into(), name: format!("Gabinet {id}") })
    }

    /// A time on the wall so many days ahead, in opening hours, not in the past.
    pub fn free_time(&mut self, least_days: i64, most_days: i64) -> NaiveDateTime {
        loop {
            // more visits are booked for soon than for late
            let span = self.dice.between(least_days, most_days + 1);
            let days = if self.dice.chance(500) { span } else { self.dice.between(least_days, span + 1) };
            let minute = if self.setup.round_the_clock {
                self.dice.between(0, 288) * 5
            } else {
                self.dice.between(96, 222) * 5
            };
            let start = wall(self.now).date().and_time(NaiveTime::MIN)
                + TimeDelta::days(days)
                + TimeDelta::minutes(minute);
            if instant(start) > self.now.plus_ms(5 * MINUTE_MS) {
                return start;
            }
            if days == 0 && least_days == 0 && self.dice.chance(300) {
                return self.free_time(1, most_days.max(1));
            }
        }
    }

    pub fn who(&mut self) -> usize {
        if self.dice.chance(250) {
            return self.new_card();
        }
        let place = self.dice.place(self.truth.cards.len());
        self.truth.root(place)
    }

    pub fn book(&mut self, start: NaiveDateTime, series: Option<(String, usize)>) {
        let card = match &series {
            Some((_, card)) => *card,
            None => self.who(),
        };
        let place = self.truth.visits.len();
        let booked_at = self.dice.chance(60).then(|| self.now.plus_ms(-self.dice.between(0, 3 * DAY_MS)));
        let visit = Visit {
            id: format!("V{place}").as_str().into(),
            revision: 1,
            patient: self.truth.cards[card].patient.id.clone(),
            start,
            zone: None,
            duration_min: u32::try_from(self.dice.between(2, 12) * 5).unwrap(),
            state: VisitState::Booked,
            visit_type: None,
            doctor: Some(Doctor { id: "d1".into(), name: Name::new(format!("V{place}")) }),
            room: self.room(),
            booked_at,
            series: series.map(|(name, _)| name),
            first_visit: None,
        };
        self.truth.visits.push(Appointment {
            starts_at: instant(start),
            ends_at: instant(start),
            booked_at: booked_at.unwrap_or(self.now),
            told_at: self.now,
            card,
            confirmation: None,
            disturbed: false,
            earlier_starts: Vec::new(),
            asks: Vec::new(),
            changed_at: self.now,
            visit: visit.clone(),
        });
        self.truth.cards[card].visits.push(place);
        self.oracle.by_day.entry(start.date()).or_default().insert(place);
        self.figures.visits += 1;
        self.place_visit(place, visit);
    }

    pub fn book_series(&mut self) {
        let card = self.who();
        let first = self.free_time(1, 10);
        let name = format!("series {}", self.truth.visits.len());
        for week in 0..4 {
            self.book(first + TimeDelta::weeks(week), Some((name.clone(), card)));
        }
    }

    /// A visit to come whose state fits.
    pub fn some_visit(&mut self, fits: impl Fn(&Visit) -> bool) -> Option<usize> {
        for _ in 0..20 {
            // the newest few hundred: older ones are over
            let count = self.truth.visits.len();
            let place = count.checked_sub(1 + self.dice.place(count.clamp(1, 1_500)))?;
            let visit = &self.truth.visits[place];
            let ahead = self.now.plus_ms(20 * MINUTE_MS) < visit.starts_at;
            if ahead && fits(&visit.visit) && visit.visit.state != VisitState::Arrived {
                return Some(place);
            }
        }
        None
    }

    pub fn move_a_visit(&mut self) {
        let Some(place) = self.some_visit(|visit| !visit.state.is_off()) else { return };
        let old = self.truth.visits[place].visit.start;
        let back = self.truth.visits[place].earlier_starts.last().copied();
        let start = match (self.dice.below(10), back) {
            (0..=3, Some(back)) => back,
            (4 | 5, _) => old + TimeDelta::minutes(5 * self.dice.between(-3, 4)),
            _ => self.free_time(0, 30),
        };
        if instant(start) > self.now.plus_ms(MINUTE_MS) && start != old {
            self.truth.visits[place].earlier_starts.push(old);
            self.change_visit(place, |visit| visit.start = start);
        }
    }

    pub fn change_visit(&mut self, place: usize, change: impl FnOnce(&mut Visit)) {
        let mut visit = self.truth.visits[place].visit.clone();
        change(&mut visit);
        visit.revision += 1 + self.dice.below(3);
        self.truth.visits[place].disturbed = true;
        self.place_visit(place, visit);
    }

    /// Tells a visit as it is now, and writes the truth of it.
    pub fn place_visit(&mut self, place: usize, visit: Visit) {
        self.tell(&[Fact::Visit(visit.clone())]);
        self.write_visit(place, visit);
    }

    pub fn write_visit(&mut self, place: usize, visit: Visit) {
        let appointment = &mut self.truth.visits[place];
        let (old_day, new_day) = (appointment.visit.start.date(), visit.start.date());
        appointment.starts_at = instant(visit.start);
        appointment.ends_at = appointment.starts_at.plus_ms(i64::from(visit.duration_min) * MINUTE_MS);
        appointment.visit = visit;
        appointment.changed_at = self.now;
        if old_day != new_day {
            self.oracle.by_day.entry(old_day).or_default().remove(&place);
            self.oracle.by_day.entry(new_day).or_default().insert(place);
        }
        self.truth.visit_changed(place);
    }

    /// The practice says what became of a day's visits, in one batch; some it forgets.
    pub fn close(&mut self, day: NaiveDate) {
        let over: Vec<usize> = self
            .visits_of(day)
            .into_iter()
            .filter(|place| self.truth.visits[*place].ends_at < self.now)
            .collect();
        self.finish_work();
        for place in &over {
            self.check_reminded(*place);
        }
        let mut closed = Vec::new();
        for place in over {
            if !matches!(self.truth.visits[place].visit.state, VisitState::Booked | VisitState::Arrived) {
                continue;
            }
            let mut visit = self.truth.visits[place].visit.clone();
            visit.revision += 1;
            visit.state = match self.dice.below(100) {
                0..=4 => continue,
                5..=11 => VisitState::NoShow,
                _ => VisitState::TookPlace,
            };
            closed.push((place, visit));
        }
        let facts: Vec<Fact> = closed.iter().map(|(_, visit)| Fact::Visit(visit.clone())).collect();
        self.tell(&facts);
        for (place, visit) in closed {
            self.write_visit(place, visit);
        }
    }

    pub fn finish_work(&mut self) {
        while self.insist(|engine, now| engine.work(now, 100)).more {}
    }

    pub fn staff_confirms(&mut self) {
        let Some(place) = self.some_visit(|visit| !visit.state.is_off()) else { return };
        let reply = self.dice.pick(&[Reply::Yes, Reply::No]);
        let visit = self.truth.visits[place].visit.id.clone();
        self.tell(&[Fact::ConfirmationSet { visit, reply, by: "recepcja".into() }]);
        let at = self.truth.visits[place].starts_at;
        self.truth.visits[place].confirmation = Some((reply, at, true));
    }

    pub fn remind_by_hand(&mut self) {
        let Some(place) = self.some_visit(|visit| !visit.state.is_off()) else { return };
        let visit = self.truth.visits[place].visit.id.clone();
        self.truth.visits[place].disturbed = true;
        let asked = self
            .engine()
            .practice(CLINIC.into())
            .as_user(User::new("recepcja", Permission::CLINIC))
            .remind(&visit, self.now);
        let died = self.process.revive();
        match asked {
            Ok(_) | Err(EngineError::NoReminderCampaign(_)) => {}
            // the person sees an error, and does not try again
            Err(EngineError::Store(StoreError::Unavailable(_))) if died => {}
            Err(error) => self.fail(format!("a reminder by hand: {error}")),
        }
    }

    pub fn tell_again(&mut self) {
        if self.told.is_empty() {
            return;
        }
        let place = self.dice.place(self.told.len());
        let fact = self.told.swap_remove(place);
        let outcome = self.tell(&[fact]);
        if outcome != [Outcome::Known] {
            self.fail(format!("a fact told again gave {outcome:?}"));
        }
    }
}
