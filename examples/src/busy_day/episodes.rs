//! What happened in the day: some stories that show what rules do, and a crowd around them.

use super::happened::{Happened, Party, at};
use super::people::{anybody, somebody, withheld};
use super::ways::{
    DESK, End, REGISTRATION, SECRETARIAT, SHOWN, SURGERY, VIP, direct, group, internal, menu, outgoing,
    queue, transferred, voicemail,
};
use crate::month::rng::Rng;
use std::collections::BTreeSet;

/// Calls of the crowd.
const CROWD: usize = 266;

/// All calls of the day, in no order. No two begin or end in one second.
pub fn calls(rng: &mut Rng) -> Vec<Happened> {
    let mut calls = stories(rng);
    let mut taken: BTreeSet<i64> = calls.iter().flat_map(|call| [call.start, call.end]).collect();
    let regulars: Vec<Party> = (0..40).map(|_| somebody(rng)).collect();
    let mut made = 0;
    while made < CROWD {
        let party = if rng.percent(30) { rng.pick(&regulars).clone() } else { anybody(rng) };
        let start = moment(rng);
        let call = random(rng, party, start);
        if taken.contains(&call.start) || taken.contains(&call.end) {
            continue;
        }
        taken.extend([call.start, call.end]);
        calls.push(call);
        made += 1;
    }
    calls
}

/// When somebody calls: mornings are busy, evenings quiet.
fn moment(rng: &mut Rng) -> i64 {
    let hours =
        [(5, 7), (26, 8), (24, 9), (18, 10), (14, 11), (9, 12), (10, 13), (11, 14), (10, 15), (10, 16)];
    let late = [(7, 17), (4, 18), (3, 19), (2, 20), (1, 22), (1, 24), (1, 25)];
    let hour = rng.weighted(&[hours.as_slice(), late.as_slice()].concat());
    at(hour, 0, 0) + rng.between(0, 3_599)
}

/// Talk is either short or long: the records of a call behind a menu do not tell to the second when it began.
fn talk_s(rng: &mut Rng) -> i64 {
    if rng.percent(35) { rng.between(240, 900) } else { rng.between(12, 120) }
}

/// Whether somebody waits, or hangs up at once.
fn wait_s(rng: &mut Rng) -> i64 {
    if rng.percent(15) { rng.between(1, 2) } else { rng.between(9, 30) }
}

fn random(rng: &mut Rng, party: Party, start: i64) -> Happened {
    let closed = !(at(7, 30, 0)..at(18, 0, 0)).contains(&start);
    let talk = talk_s(rng);
    let wait = wait_s(rng);
    let answered = if closed { 10 } else { 58 };
    let end = match rng.below(100) {
        share if share < answered => End::Talk(talk),
        58..84 => End::GaveUp,
        84..90 => End::Busy,
        90..92 => End::Failed,
        _ => End::TimeOut,
    };
    let phone = *rng.pick(&DESK);
    let busy_s = if matches!(end, End::Busy | End::Failed) { 1 } else { wait };
    match rng.below(100) {
        0..14 => direct(party, SECRETARIAT, "204", start, busy_s, end),
        14..46 => group(party, start, wait, if matches!(end, End::Talk(_)) { end } else { End::GaveUp }),
        46..64 => {
            queue(party, start, rng.weighted(&[(3, 1), (2, 2)]), matches!(end, End::Talk(_)).then_some(talk))
        }
        64..70 => menu(party, start, rng.between(2, 3), None),
        70..74 => menu(party, start, rng.between(6, 14), Some((rng.between(6, 15), End::Talk(talk)))),
        74..81 => voicemail(party, SURGERY, start, 20, rng.between(6, 60)),
        81..84 => transferred(party, start, rng.between(3, 12), (rng.between(10, 40), talk)),
        84..95 => outgoing(called(rng), phone, start, busy_s.max(3), end),
        _ => internal(phone, rng.pick::<&'static str>(&["204", "205", "206"]), start, rng.between(2, 9), end),
    }
}

/// Whom the practice calls.
fn called(rng: &mut Rng) -> Party {
    let mut party = somebody(rng);
    party.name.clear();
    party
}

fn party(number: &str) -> Party {
    Party { number: number.to_owned(), name: String::new() }
}

/// What the rules are there for, each at its hour.
fn stories(rng: &mut Rng) -> Vec<Happened> {
    let mut calls = Vec::new();
    // missed, and talked to five minutes later: the message is taken back
    let patient = somebody(rng);
    calls.push(group(patient.clone(), at(9, 12, 7), 21, End::GaveUp));
    calls.push(group(patient, at(9, 17, 2), 6, End::Talk(74)));
    // six times in ten minutes: one message
    let impatient = somebody(rng);
    for minute in [30, 32, 34, 36, 37, 39] {
        calls.push(direct(impatient.clone(), SECRETARIAT, "204", at(10, minute, 11), 14, End::GaveUp));
    }
    // the same person under two spellings of a number
    calls.push(group(party("+48601700800"), at(11, 3, 1), 17, End::GaveUp));
    calls.push(queue(party("0601700800"), at(11, 14, 5), 2, None));
    // VIPs: the second call ends exactly the least time after the first, the third a second too early
    for minute in [0, 30] {
        calls.push(direct(party("602300400"), VIP, "206", at(12, minute, 9), 20, End::GaveUp));
    }
    calls.push(direct(party("602300400"), VIP, "206", at(13, 0, 8), 20, End::TimeOut));
    calls.push(direct(party("605100900"), VIP, "206", at(13, 20, 40), 1, End::Busy));
    calls.push(direct(party("605100900"), VIP, "206", at(14, 2, 33), 8, End::Talk(312)));
    // the practice calls, nobody answers, and the patient calls back within the minute
    calls.push(outgoing(party("506200300"), "202", at(13, 41, 0), 25, End::TimeOut));
    calls.push(group(party("+48506200300"), at(13, 41, 48), 5, End::Talk(20)));
    calls.push(outgoing(party("0048506200301"), "202", at(13, 46, 17), 22, End::TimeOut));
    calls.push(outgoing(party("506200302"), "203", at(13, 50, 3), 2, End::GaveUp));
    calls.push(outgoing(party("224440011"), "203", at(13, 52, 30), 24, End::TimeOut));
    // an own number that comes back over the network, an extension that comes over the trunk, a code for a withheld number
    calls.push(direct(party(SHOWN), SECRETARIAT, "204", at(14, 10, 3), 12, End::GaveUp));
    calls.push(direct(party("204"), SECRETARIAT, "204", at(14, 12, 40), 11, End::GaveUp));
    calls.push(direct(party("266696687"), SECRETARIAT, "204", at(14, 15, 22), 13, End::GaveUp));
    calls.push(direct(withheld(rng), SECRETARIAT, "204", at(14, 20, 31), 16, End::GaveUp));
    // a country that is not allowed
    calls.push(direct(party("+380501234567"), SECRETARIAT, "204", at(14, 31, 5), 12, End::GaveUp));
    // lines that are busy or broken
    calls.push(direct(party("00447700900123"), SECRETARIAT, "204", at(15, 1, 2), 1, End::Busy));
    calls.push(direct(party("607700806"), SECRETARIAT, "204", at(15, 2, 44), 1, End::Failed));
    calls.push(direct(party("608800907"), REGISTRATION, "201", at(15, 3, 50), 1, End::Busy));
    // the edge of the evening: one second before six, and six o'clock
    calls.push(direct(party("609100200"), SECRETARIAT, "204", at(17, 59, 59), 19, End::GaveUp));
    calls.push(direct(party("609100201"), SECRETARIAT, "204", at(18, 0, 0), 17, End::GaveUp));
    // the night: after midnight it is still Friday's
    calls.push(group(party("510400500"), at(22, 10, 12), 29, End::GaveUp));
    calls.push(group(party("510400500"), at(23, 50, 30), 28, End::GaveUp));
    calls.push(direct(party("510400501"), SECRETARIAT, "204", at(23, 59, 50), 27, End::GaveUp));
    calls.push(voicemail(party("510400502"), SURGERY, at(24, 40, 15), 20, 31));
    calls
}
