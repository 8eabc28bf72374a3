//! What happens to visits: moved, moved back, called off, re-opened, and how they ended.

use super::bookings::{Booking, slot};
use super::people::Person;
use super::rng::Rng;
use super::time::{FROM, TO, desk_hours, instant, local, open_day_from, wall};
use chrono::{Days, NaiveDateTime, TimeDelta};
use depesza::model::{
    Doctor, Fact, HOUR_MS, MINUTE_MS, Name, PatientStatus, Room, RoomId, SECOND_MS, Timestamp, VisitState,
};
use std::collections::BTreeSet;

/// Moves, cancellations and other changes before a visit's day is over.
pub fn changes(rng: &mut Rng, bookings: &mut [Booking]) {
    let starts = bookings.iter().filter_map(|booking| Some((booking.chair, booking.last()?.1.start)));
    let mut taken: BTreeSet<_> = starts.collect();
    for booking in bookings {
        let Some((booked_at, start)) = booking.last().map(|(at, visit)| (*at, visit.start)) else { continue };
        let Some(at) = before_the_visit(rng, booked_at, start) else { continue };
        match rng.below(100) {
            0..=8 => moved(rng, booking, at, start, &mut taken),
            9..=18 => called_off(rng, booking, at),
            19 => another_doctor(booking, at),
            20 => booking.tell(at, |visit| visit.start += TimeDelta::minutes(15)),
            _ => {}
        }
    }
}

/// Some moment at which the desk is there, between the booking and the visit, and not before the month.
fn before_the_visit(rng: &mut Rng, booked_at: Timestamp, start: NaiveDateTime) -> Option<Timestamp> {
    // most patients call in the last days
    let days = *rng.pick(&[0_u64, 0, 1, 1, 1, 2, 3, 5, 8, 14]);
    let first = local(booked_at).date();
    let date = open_day_from((start.date() - Days::new(days)).max(first));
    let at = desk_hours(rng, date);
    let earliest = booked_at.plus_ms(10 * MINUTE_MS);
    let latest = instant(start).plus_ms(-HOUR_MS);
    (earliest < at && at < latest).then_some(at)
}

fn moved(
    rng: &mut Rng,
    booking: &mut Booking,
    at: Timestamp,
    start: NaiveDateTime,
    taken: &mut BTreeSet<(usize, NaiveDateTime)>,
) {
    let shift = rng.between(-3, 9);
    let date = open_day_from(start.date() + TimeDelta::days(shift)).min(TO);
    let chair = booking.chair;
    let ahead = |to: &NaiveDateTime| instant(*to) > at.plus_ms(HOUR_MS) && !taken.contains(&(chair, *to));
    let Some(to) = (0..8).find_map(|_| slot(rng, chair, date).filter(ahead)) else { return };
    // the old hour stays taken, so that a visit can be moved back
    taken.insert((chair, to));
    booking.tell(at, |visit| visit.start = to);
    let back = at.plus_ms(rng.between(20, 2_000) * MINUTE_MS);
    if rng.percent(12) && back.plus_ms(HOUR_MS) < instant(start.min(to)) {
        booking.tell(back, |visit| visit.start = start);
    }
}

fn called_off(rng: &mut Rng, booking: &mut Booking, at: Timestamp) {
    let state = if rng.percent(12) { VisitState::Deleted } else { VisitState::Cancelled };
    booking.tell(at, |visit| visit.state = state);
    let reopened = at.plus_ms(rng.between(15, 1_500) * MINUTE_MS);
    let start = booking.last().map(|(_, visit)| instant(visit.start));
    if rng.percent(14) && start.is_some_and(|start| reopened.plus_ms(HOUR_MS) < start) {
        booking.tell(reopened, |visit| visit.state = VisitState::Booked);
    }
}

/// The same hour with another doctor in another room.
fn another_doctor(booking: &mut Booking, at: Timestamp) {
    booking.tell(at, |visit| {
        visit.doctor = Some(Doctor { id: "d7".to_owned(), name: Name::from("dr Łukasz Mazur") });
        visit.room =
            Some(Room { id: RoomId::from("g2"), name: "Gabinet 2, chirurgia; piętro I".to_owned() });
    });
}

/// How visits ended: closed in the evening, some on the next morning, some never.
pub fn outcomes(rng: &mut Rng, people: &[Person], bookings: &mut [Booking]) {
    let end = instant(wall(TO + Days::new(1), 0));
    for booking in bookings {
        let Some(visit) = booking.last().map(|(_, visit)| visit) else { continue };
        let came =
            people.get(booking.person).is_some_and(|person| person.card.status == PatientStatus::Active);
        if visit.state.is_off() || !came || rng.percent(2) {
            continue;
        }
        let (start, duration_min) = (visit.start, visit.duration_min);
        let date = start.date();
        let at = if rng.percent(86) {
            let over = instant(start).plus_ms(i64::from(duration_min) * MINUTE_MS);
            let evening = instant(wall(date, 18 * 60 + 45)).plus_ms(rng.between(0, 5_400) * SECOND_MS);
            evening.max(over.plus_ms(10 * MINUTE_MS))
        } else {
            instant(wall(open_day_from(date + Days::new(1)), 8 * 60))
                .plus_ms(rng.between(0, 3_600) * SECOND_MS)
        };
        let state = if rng.percent(5) { VisitState::NoShow } else { VisitState::TookPlace };
        if at < end && date >= FROM {
            booking.tell(at, |visit| visit.state = state);
        }
    }
}

/// What a host tells once more: the same again, and an older revision that comes late.
pub fn told_again(rng: &mut Rng, bookings: &[Booking]) -> Vec<(Timestamp, Fact)> {
    let (opening, end) = (instant(wall(FROM, 0)), instant(wall(TO, 20 * 60)));
    let mut facts = Vec::new();
    for booking in bookings.iter().step_by(70) {
        let stale = rng.percent(30);
        let [.., older, newer] = booking.told.as_slice() else { continue };
        let at = newer.0.plus_ms(rng.between(1, 90) * MINUTE_MS);
        if opening < older.0 && at < end {
            let visit = if stale { &older.1 } else { &newer.1 };
            facts.push((at, Fact::Visit(visit.clone())));
        }
    }
    facts
}
