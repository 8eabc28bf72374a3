#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
//! Every call of the five real sets, as it is read from its rows, against what truly happened.
//!
//! Where rows cannot tell, the call stands by its key in `CANNOT_TELL` with the reason and with what is read instead; nothing
//! else may differ, and nothing may stand there that does not differ.

mod sets;

use depesza::model::{Call, CallDirection, CallStatus};
use depesza_call_records::asterisk::read;
use sets::{Set, Truth, digits};
use std::collections::BTreeSet;

/// What rows say of a call instead of the truth.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Differs {
    /// The exchange wrote no row.
    NoRow,
    /// Another number than the one that was dialled.
    Called(&'static str),
    /// A person, where a machine answered.
    Person,
    /// Talk seconds.
    Talk(u32),
    /// Another direction.
    Way(CallDirection),
}
use Differs::{Called, NoRow, Person, Talk, Way};

const SILENT: &str = "unanswered=no: nothing is written of a call that rang no phone of ours";
const NO_PHONE: &str = "unanswered=no: nothing is written where the phone is off or does not exist";
const NO_MATCH: &str = "no extension matches what was dialled: no row in either setting";
const SWITCHED_OFF: &str = "the dialplan switched the record off, though people spoke";
const CLICK: &str = "the number to be dialled never came into the dialplan: dst is s, and no trunk was taken";
const CLICK_SILENT: &str =
    "unanswered=no: nothing is written of a click to call whose own phone did not answer";
const LED_ON: &str = "a menu led on to a queue that has a number of its own; only the last step is in dst";
const OVERWRITTEN: &str = "the transfer wrote its own target over the first leg's dst and dcontext";
const RINGING: &str =
    "the transferred leg counts as answered from the transfer on: the second phone's ringing is in it";
const GREETING: &str = "a greeting answered before the one phone rang: its ringing is counted as talk";
const MAILBOX: &str = "the called party's own mailbox answers like a person";

const CANNOT_TELL: &[(&str, Differs, &str)] = &[
    ("A-0113", Talk(9), RINGING),
    ("A-0142", NoRow, SILENT),
    ("A-0189", NoRow, SILENT),
    ("A-0193", NoRow, NO_PHONE),
    ("A-0197", NoRow, SWITCHED_OFF),
    ("B-0128", Talk(9), RINGING),
    ("B-0176", NoRow, SILENT),
    ("B-0212", Called("221234521"), LED_ON),
    ("B-0244", Talk(4), GREETING),
    ("B-0256", NoRow, SILENT),
    ("B-0259", NoRow, NO_PHONE),
    ("B-0260", NoRow, NO_PHONE),
    ("B-0262", NoRow, SWITCHED_OFF),
    ("B-0272", Called("501999888"), OVERWRITTEN),
    ("B-0272", Talk(9), RINGING),
    ("B-0293", NoRow, SILENT),
    ("B-0294", NoRow, SILENT),
    ("B-0299", NoRow, SILENT),
    ("B-0310", Person, MAILBOX),
    ("B-0310", Talk(2), MAILBOX),
    ("B-0311", NoRow, SILENT),
    ("B-0313", NoRow, NO_MATCH),
    ("B-click-none", NoRow, CLICK_SILENT),
    ("B2-0078", NoRow, NO_MATCH),
    ("B2-click-61", Way(CallDirection::Internal), CLICK),
    ("B2-click-61", Called("s"), CLICK),
    ("B2-7019", NoRow, SWITCHED_OFF),
    ("B2-7021", Talk(9), RINGING),
    ("C-0086", Talk(9), RINGING),
    ("C-0134", Called("221234521"), LED_ON),
    ("C-0155", Talk(4), GREETING),
    ("C-0239", Talk(9), RINGING),
    ("C-0246", Person, MAILBOX),
    ("C-0246", Talk(2), MAILBOX),
];

fn status(truth: &Truth, set: Set) -> CallStatus {
    if truth.human_answered {
        return CallStatus::Answered;
    }
    let b2 = set == Set::B2;
    match truth.scenario.rsplit('/').next().unwrap() {
        "vm_na" | "vm_busy" | "vm_direct" | "ql_vm" | "chain_vm" => CallStatus::Voicemail,
        "busy" | "rg_allbusy" | "q_allbusy" | "fwd_busy" | "ringbusy" | "out_busy" | "pbusy" => {
            CallStatus::Busy
        }
        "burst" if truth.what_happened.contains("busy") => CallStatus::Busy,
        // a rejected click to call
        "click_na" => CallStatus::Busy,
        "cong" | "c34" | "pcong" | "out_cong" | "dead" | "out_blk" if b2 => CallStatus::Congestion,
        "cong" | "c20" | "screen_no" | "nopeer" | "wait" => CallStatus::Failed,
        "cancel" | "rg_cancel" | "out_na" | "q_ab" | "ivr_2cancel" | "rodo_cancel" | "hunt_cancel"
        | "loc_cancel"
            if b2 =>
        {
            CallStatus::Cancelled
        }
        _ => CallStatus::NoAnswer,
    }
}

fn direction(word: &str) -> CallDirection {
    match word {
        "in" => CallDirection::Incoming,
        "out" => CallDirection::Outgoing,
        _ => CallDirection::Internal,
    }
}

/// What is wrong with a call, beside what is expected to be.
fn compare(set: Set, truth: &Truth, call: Option<&Call>, differs: &[Differs]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: &str, read: String, expected: String| {
        if read != expected {
            wrong.push(format!(
                "{} {}: {what}: read {read}, expected {expected}",
                truth.call_key, truth.scenario
            ));
        }
    };
    let Some(call) = call else {
        check("rows", "none".into(), if differs.contains(&NoRow) { "none".into() } else { "a call".into() });
        return wrong;
    };
    let mut way = direction(&truth.direction);
    let mut called = digits(&truth.called);
    let mut answered = truth.human_answered;
    let mut talk = None;
    for differ in differs {
        match *differ {
            NoRow => check("rows", "a call".into(), "none".into()),
            Called(number) => called = number.to_owned(),
            Person => answered = true,
            Talk(seconds) => talk = Some(seconds),
            Way(direction) => way = direction,
        }
    }
    check("direction", format!("{:?}", call.direction), format!("{way:?}"));
    check("called", digits(call.called.reveal()), called);
    // an outgoing call shows the clinic's number, not the extension; a click to call has no caller in its row, and a blocked
    // prefix is found before the shown number is set: both leave the extension
    let caller = match (truth.direction.as_str(), truth.scenario.as_str()) {
        ("in" | "internal", _) | ("out", "click" | "click_na" | "out_blk") => digits(&truth.caller),
        _ => "221234500".to_owned(),
    };
    check("caller", digits(call.caller.reveal()), caller);
    let expected = if answered { CallStatus::Answered } else { status(truth, set) };
    check("status", format!("{:?}", call.status), format!("{expected:?}"));
    match talk {
        Some(seconds) => check("talk", call.talk_s.to_string(), seconds.to_string()),
        None if (f64::from(call.talk_s) - truth.talk_s).abs() <= 1.0 => {}
        None => check("talk", call.talk_s.to_string(), truth.talk_s.to_string()),
    }
    wrong
}

#[test]
fn every_call_of_the_real_sets_is_read_as_it_was() {
    let mut wrong = Vec::new();
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    for set in Set::ALL {
        let told = read(&set.rows(), set.options()).unwrap();
        assert_eq!(told.faults, []);
        let mut left: Vec<&Call> = told.calls.iter().collect();
        let truths = set.truths();
        let (mut right, mut absent) = (0, 0);
        for truth in &truths {
            let differs: Vec<Differs> = CANNOT_TELL
                .iter()
                .filter(|(key, ..)| *key == truth.call_key)
                .map(|(_, differs, _)| *differs)
                .collect();
            listed
                .extend(CANNOT_TELL.iter().filter(|(key, ..)| *key == truth.call_key).map(|(key, ..)| *key));
            let found = set.call_of(truth, &told.calls);
            if let Some(call) = found {
                let before = left.len();
                left.retain(|other| other.id != call.id);
                if left.len() + 1 != before {
                    wrong.push(format!("{}: two calls are one", truth.call_key));
                }
            } else {
                absent += 1;
            }
            let differences = compare(set, truth, found, &differs);
            if differences.is_empty() && differs.is_empty() {
                right += 1;
            }
            // what stands on the list must differ
            for differ in &differs {
                let others: Vec<Differs> = differs.iter().filter(|other| *other != differ).copied().collect();
                if compare(set, truth, found, &others).is_empty() {
                    wrong
                        .push(format!("{}: {differ:?} is read right and stands on the list", truth.call_key));
                }
            }
            wrong.extend(differences);
        }
        wrong.extend(left.iter().map(|call| format!("{set:?}: a call too much: {}", call.id)));
        println!("{set:?}: {} calls, {right} read right, {absent} without a row", truths.len());
    }
    for (key, ..) in CANNOT_TELL {
        assert!(listed.contains(key), "{key} is no call of the sets");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
