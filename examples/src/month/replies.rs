//! What patients write back, and what the desk does about it.
//!
//! The generator does not know the engine: it guesses when reminders go out, so that some answers come to nothing, as
//! in life.

use super::GATEWAY;
use super::bookings::Booking;
use super::people::Person;
use super::rng::Rng;
use super::time::{FROM, TO, day, instant, is_open, local, wall};
use chrono::{Days, NaiveDateTime, Timelike};
use depesza::model::{
    Body, Fact, GatewayId, HOUR_MS, InboundPart, MINUTE_MS, Phone, Reply, SECOND_MS, SmsReceived, Timestamp,
    UserId, VisitId, VisitState,
};

/// The number that patients answer to.
const DESK_NUMBER: &str = "+48573000111";

/// Facts that are no changes of visits or cards.
pub fn replies(rng: &mut Rng, people: &[Person], bookings: &mut [Booking]) -> Vec<(Timestamp, Fact)> {
    let mut post = Post { facts: Vec::new(), number: 0 };
    for booking in bookings.iter_mut() {
        let Some(person) = people.get(booking.person) else { continue };
        let last = booking.last().map(|(at, visit)| (*at, visit.clone()));
        let Some((changed_at, visit)) = last else { continue };
        let start = visit.start;
        let reminded = reminder_time(start);
        if !stood(booking, start) {
            continue;
        }
        if !person.is_reachable() {
            post.by_telephone(rng, booking, &visit.id, reminded);
            continue;
        }
        let late = !rng.percent(58);
        let at = if late {
            // the second reminder, three hours before, gets fewer
            instant(start).plus_ms(-3 * HOUR_MS + rng.between(4, 150) * MINUTE_MS)
        } else {
            reminded.plus_ms(rng.between(5, 240) * MINUTE_MS)
        };
        let hour = local(at).hour();
        if (late && !rng.percent(22)) || !(8..22).contains(&hour) || !in_the_month(at) {
            continue;
        }
        let Some(from) = person.writes_from(at) else { continue };
        let text = rng.weighted(ANSWERS);
        post.sms(rng, at, from, text);
        if rng.percent(3) && text.to_lowercase().starts_with("tak") {
            let later = at.plus_ms(rng.between(30, 120) * MINUTE_MS);
            post.sms(rng, later, from, "NIE");
        }
        if text.to_lowercase().starts_with("nie") && changed_at < at && rng.percent(70) {
            let done = at.plus_ms(rng.between(10, 90) * MINUTE_MS);
            if done < instant(start) {
                booking.tell(done, |visit| visit.state = VisitState::Cancelled);
            }
        }
    }
    post.set_by_hand(rng, people, bookings);
    post.strangers(rng);
    post.long_ones(rng, people);
    post.facts
}

/// What patients answer, as often as they do.
const ANSWERS: &[(u32, &str)] = &[
    (400, "TAK"),
    (140, "tak"),
    (150, "Tak"),
    (25, "TAK "),
    (8, "Tak\u{a0}"),
    (12, "\u{feff}TAK"),
    (40, "Tak."),
    (14, "TAK!"),
    (60, "TAK, będę"),
    (30, "Tak, dziękuję"),
    (10, "Tak 😊"),
    (12, "👍"),
    (6, "Так"),
    (4, "ＴＡＫ"),
    (55, "NIE"),
    (30, "nie"),
    (20, "Nie"),
    (12, "Nie dam rady"),
    (6, "nie wiem jeszcze"),
    (12, "tak, ale o 15"),
    (22, "Czy mogę przyjść pół godziny później?"),
    (10, "Kto pisze?"),
    (14, "Dziękuję za przypomnienie"),
    (9, "STOP"),
    (10, "Proszę już nie przysyłać, STOP"),
    (9, ""),
];

/// When the first reminder of a visit goes out: at 10:00 the day before, on a holiday earlier.
fn reminder_time(start: NaiveDateTime) -> Timestamp {
    let mut date = start.date() - Days::new(1);
    while super::time::HOLIDAYS.contains(&date) {
        date = date - Days::new(1);
    }
    instant(wall(date, 10 * 60))
}

/// Whether a visit was in the calendar, as it is now, when its first reminder went out.
fn stood(booking: &Booking, start: NaiveDateTime) -> bool {
    booking
        .at(reminder_time(start))
        .is_some_and(|then| then.state == VisitState::Booked && then.start == start)
}

fn in_the_month(at: Timestamp) -> bool {
    instant(wall(FROM, 8 * 60)) <= at && at <= instant(wall(TO, 22 * 60))
}

struct Post {
    facts: Vec<(Timestamp, Fact)>,
    number: u32,
}

impl Post {
    fn sms(&mut self, rng: &mut Rng, received_at: Timestamp, from: &str, text: &str) {
        let sms = self.inbound(received_at, from, text);
        let told_at = received_at.plus_ms(rng.between(1, 25) * SECOND_MS);
        if rng.percent(2) {
            // the gateway asks again for a receipt it missed
            self.facts
                .push((told_at.plus_ms(rng.between(1, 90) * SECOND_MS), Fact::SmsReceived(sms.clone())));
        }
        self.facts.push((told_at, Fact::SmsReceived(sms)));
    }

    fn inbound(&mut self, received_at: Timestamp, from: &str, text: &str) -> SmsReceived {
        self.number += 1;
        SmsReceived {
            gateway: GatewayId::from(GATEWAY),
            provider_id: Some(format!("mo-{:06}", self.number)),
            from: Phone::from(from),
            to: Some(DESK_NUMBER.to_owned()),
            body: Body::from(text),
            received_at,
            in_reply_to: None,
            part: None,
            opt_out: false,
        }
    }

    /// Who has no mobile is called up the day before.
    fn by_telephone(&mut self, rng: &mut Rng, booking: &mut Booking, visit: &VisitId, reminded: Timestamp) {
        if !rng.percent(30) || !is_open(local(reminded).date()) || !in_the_month(reminded) {
            return;
        }
        let reply = if rng.percent(90) { Reply::Yes } else { Reply::No };
        self.set(reminded.plus_ms(rng.between(0, 420) * MINUTE_MS), visit, reply, "recepcja-anna");
        booking.set_by_hand = true;
    }

    fn set(&mut self, at: Timestamp, visit: &VisitId, reply: Reply, by: &str) {
        self.facts.push((at, Fact::ConfirmationSet { visit: visit.clone(), reply, by: UserId::from(by) }));
    }

    /// Where two of a family are asked at once and one TAK comes, the desk calls and sets both.
    fn set_by_hand(&mut self, rng: &mut Rng, people: &[Person], bookings: &mut [Booking]) {
        let told: Vec<_> = bookings
            .iter()
            .filter_map(|booking| {
                let person = people.get(booking.person)?;
                let (_, visit) = booking.last()?;
                let number = person.writes_from.clone()?;
                let asked = stood(booking, visit.start)
                    && person.is_reachable()
                    && !visit.state.is_off()
                    && !booking.set_by_hand;
                asked.then(|| (visit.start, number, booking.person, visit.id.clone()))
            })
            .collect();
        for pair in told.iter().enumerate().flat_map(|(place, one)| {
            let others = told.iter().skip(place + 1);
            others
                .filter(move |other| other.0.date() == one.0.date() && other.1 == one.1 && other.2 != one.2)
                .map(move |other| (one, other))
        }) {
            let ((start, number, _, one), (_, _, _, other)) = pair;
            let asked = reminder_time(*start);
            if !in_the_month(asked) {
                continue;
            }
            let written = asked.plus_ms(rng.between(5, 90) * MINUTE_MS);
            self.sms(rng, written, number, "TAK");
            if rng.percent(55) && is_open(local(asked).date()) {
                let called = written.plus_ms(rng.between(15, 120) * MINUTE_MS);
                self.set(called, one, Reply::Yes, "recepcja-anna");
                self.set(called.plus_ms(20 * SECOND_MS), other, Reply::Yes, "recepcja-anna");
            }
        }
    }

    /// Texts from numbers that are on no card.
    fn strangers(&mut self, rng: &mut Rng) {
        for (date, minutes, from, text) in [
            (day(2026, 10, 14), 11 * 60 + 3, "+48600000001", "Dzień dobry, czy są wolne terminy u dr Nowak?"),
            (day(2026, 10, 22), 16 * 60 + 40, "+48600000002", "TAK"),
            (day(2026, 11, 4), 9 * 60 + 12, "2580", "Wygraj samochód! Wyślij TAK"),
            (day(2026, 11, 9), 21 * 60 + 55, "+48600000001", "STOP"),
        ] {
            self.sms(rng, instant(wall(date, minutes)), from, text);
        }
    }

    /// Long texts in parts, not in order; the last one never comes whole.
    fn long_ones(&mut self, rng: &mut Rng, people: &[Person]) {
        let writers =
            people.iter().filter(|person| person.is_reachable() && !person.is_new).skip(40).step_by(37);
        for ((place, person), date) in
            (1..).zip(writers).zip([15, 20, 23, 27, 29].map(|date| day(2026, 10, date)))
        {
            let received_at = instant(wall(date, 12 * 60 + rng.below(240)));
            let Some(from) = person.writes_from(received_at) else { continue };
            let texts = [
                "Dzień dobry, dostałam wiadomość o wizycie, ale jestem teraz w pracy i nie mogę ",
                "rozmawiać. Czy dałoby się przełożyć na przyszły tydzień po południu? Pozdrawiam",
            ];
            for (part, delay_s) in [(2_u8, 2), (1, 6)] {
                if place == 5 && part == 1 {
                    continue;
                }
                let text = texts.get(usize::from(part) - 1).copied().unwrap_or_default();
                let mut sms = self.inbound(received_at, from, text);
                sms.part = Some(InboundPart { reference: 100 + place, part, parts: 2 });
                self.facts.push((received_at.plus_ms(delay_s * SECOND_MS), Fact::SmsReceived(sms)));
            }
        }
    }
}
