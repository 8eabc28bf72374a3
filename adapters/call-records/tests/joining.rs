#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
//! Which rows are one call, and when it is told.

mod sets;

use depesza::model::{CallStatus, Timestamp};
use depesza_call_records::Place;
use depesza_call_records::asterisk::{CALL_LEGS, Joiner, Options, Row};
use sets::Set;

fn place(line: u64) -> Place {
    Place { offset: line * 100, line, ..Place::START }
}

#[test]
fn a_half_of_a_transfer_waits_for_the_call_it_belongs_to() {
    // an attended transfer: the rows of the phone that transferred come first, the caller's minutes later
    let rows = Set::C.parsed();
    let (halves, main, later) = (&rows[7..10], &rows[10..13], &rows[55]);
    let mut joiner = Joiner::new(Set::C.options()).unwrap();
    for row in halves {
        assert!(joiner.take(row.clone(), place(1)).is_empty());
    }
    // another call, a minute and a half later by its own times
    let mut told = joiner.take(later.clone(), place(2));
    assert_eq!((told.len(), joiner.waiting()), (0, 2));
    for row in main {
        told.extend(joiner.take(row.clone(), place(3)));
    }
    told.extend(joiner.flush());
    let call = told.iter().find(|call| call.id.as_str() == "1795306792.12").unwrap();
    assert_eq!(
        (call.status, call.talk_s, call.answered_by.as_deref()),
        (CallStatus::Answered, 14, Some("201"))
    );
    assert_eq!(told.len(), 2);
}

#[test]
fn a_half_that_nothing_follows_never_takes_the_identifier_of_its_call() {
    let rows = Set::C.parsed();
    let mut joiner = Joiner::new(Set::C.options()).unwrap();
    joiner.take(rows[7].clone(), place(1));
    let told = joiner.flush();
    assert_eq!(told[0].id.as_str(), "1795306792.13");
}

#[test]
fn a_conference_of_two_callers_is_a_call_for_each() {
    let conference = Set::C.parsed()[63].clone();
    let mut other = conference.clone();
    other.channel = "IAX2/operator-1".into();
    other.src = "601000009".into();
    other.uniqueid = Some("1795306924.90".into());
    other.linkedid = other.uniqueid.clone();
    let mut joiner = Joiner::new(Set::C.options()).unwrap();
    joiner.take(conference, place(1));
    joiner.take(other, place(2));
    assert_eq!(joiner.waiting(), 1);
    let mut callers: Vec<String> =
        joiner.flush().iter().map(|call| call.caller.reveal().to_owned()).collect();
    callers.sort();
    assert_eq!(callers, ["601000009", "603700802"]);
}

#[test]
fn a_local_leg_whose_other_half_left_no_row_counts_as_a_person() {
    let rows = Set::C.parsed();
    let mut joiner = Joiner::new(Set::C.options()).unwrap();
    joiner.take(rows[31].clone(), place(1));
    let call = joiner.flush().remove(0);
    assert_eq!((call.status, call.talk_s), (CallStatus::Answered, 2));
    assert_eq!(call.answered_by, None, "a number of the outside is no extension");
}

#[test]
fn a_call_is_told_when_the_hosts_clock_has_moved_by_the_settle_time_without_a_row() {
    let rows = Set::B.parsed();
    let mut joiner = Joiner::new(Set::B.options()).unwrap();
    let at = |second: i64| Timestamp::from_ms(second * 1000);
    joiner.take(rows[3].clone(), place(4));
    assert!(joiner.advance(at(100)).is_empty());
    assert!(joiner.advance(at(104)).is_empty());
    joiner.take(rows[4].clone(), place(5));
    assert!(joiner.advance(at(106)).is_empty());
    assert_eq!(joiner.resume_at(), Some(place(4)));
    // a clock that was put back begins to wait again
    assert!(joiner.advance(at(50)).is_empty());
    assert_eq!(joiner.advance(at(55)).len(), 1);
    assert_eq!((joiner.waiting(), joiner.resume_at()), (0, None));
}

#[test]
fn to_resume_no_call_is_cut() {
    // a call that is told has rows on both sides of one that waits
    let rows = Set::B.parsed();
    let mut joiner = Joiner::new(Options { settle_s: 60, ..Set::B.options() }).unwrap();
    joiner.take(rows[3].clone(), place(1));
    joiner.advance(Timestamp::from_ms(0));
    joiner.take(rows[7].clone(), place(2));
    joiner.take(rows[4].clone(), place(3));
    joiner.advance(Timestamp::from_ms(1_000));
    joiner.take(rows[7].clone(), place(4));
    let told = joiner.advance(Timestamp::from_ms(61_000));
    assert_eq!((told.len(), joiner.waiting()), (1, 1));
    assert_eq!(joiner.resume_at(), Some(place(1)));
}

#[test]
fn a_call_of_too_many_legs_is_told_at_the_limit() {
    let row: Row = Set::B.parsed()[3].clone();
    let mut joiner = Joiner::new(Set::B.options()).unwrap();
    let mut told = 0;
    for line in 0..CALL_LEGS as u64 + 1 {
        told += joiner.take(row.clone(), place(line)).len();
    }
    assert_eq!((told, joiner.waiting()), (1, 1));
}
