//! SMS after a call: who gets a message, when, and why somebody gets none.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::engine::{EngineError, Outcome, RuleSwitch};
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::MemoryStore;
use serde_json::json;
use std::sync::Arc;
use world::*;

const NOW: &str = "2026-11-16 09:00"; // a Monday
const PATIENT: &str = "501234567";
const OFFICE: &str = "22 123 45 01";

/// An account with two own numbers, at nine on a Monday.
fn account() -> World {
    let mut world = World::new(NOW);
    world.set(|settings| {
        let own = |number: &str| OwnNumber { number: number.into(), label: None };
        settings.calls.own_numbers = vec![own("221234501"), own("+48221234502"), own("801")];
        settings.senders.push(Sender {
            id: "DENTICA".into(),
            receives: false,
            approval: SenderApproval::Approved,
        });
        settings.senders.push(Sender {
            id: "NOWY".into(),
            receives: false,
            approval: SenderApproval::Pending,
        });
    });
    world
}

/// A rule for unanswered and busy incoming calls, changed as asked.
fn missed(change: impl FnOnce(&mut CallRuleSpec)) -> CallRuleSpec {
    let mut spec: CallRuleSpec = serde_json::from_value(json!({
        "name": "Nieodebrane",
        "when": { "statuses": ["no_answer", "busy"] },
        "body": "Oddzwonimy. (numer) (godzina)",
    }))
    .unwrap();
    change(&mut spec);
    spec
}

fn save(world: &mut World, id: &str, spec: CallRuleSpec) {
    world.desk(|desk, now| desk.save_rule(id.into(), spec, now));
}

/// An unanswered incoming call that ended now, after ringing for 20 seconds, changed as asked.
fn call_with(world: &World, id: &str, change: impl FnOnce(&mut Call)) -> Call {
    let mut call = Call {
        system: "pbx".into(),
        id: id.into(),
        direction: CallDirection::Incoming,
        caller: Phone::new(PATIENT),
        called: Phone::new(OFFICE),
        own_number: None,
        answered_by: None,
        started_at: world.now.plus_ms(-20_000),
        ended_at: world.now,
        ring_s: 20,
        talk_s: 0,
        status: CallStatus::NoAnswer,
        raw_status: "NO ANSWER".into(),
        raw_cause: None,
    };
    change(&mut call);
    call
}

fn tell_with(world: &mut World, id: &str, change: impl FnOnce(&mut Call)) -> CallFile {
    let call = call_with(world, id, change);
    assert_eq!(world.tell(Fact::CallEnded(call)), Outcome::Applied);
    file(world, id)
}

fn tell(world: &mut World, id: &str) -> CallFile {
    tell_with(world, id, |_| {})
}

fn file(world: &World, id: &str) -> CallFile {
    world.clinic().call("pbx", &id.into()).unwrap().unwrap()
}

/// What came of a call: the rules that acted, each with `planned` or the code of its reason.
fn acted(file: &CallFile) -> Vec<(String, &'static str)> {
    let outcome = |outcome: &RuleOutcome| match outcome {
        RuleOutcome::Planned { .. } => "planned",
        RuleOutcome::Skipped { reason } => reason.code(),
    };
    file.acted.iter().map(|acted| (acted.rule.as_str().to_owned(), outcome(&acted.outcome))).collect()
}

fn only(outcome: &'static str) -> Vec<(String, &'static str)> {
    times(outcome, 1)
}

fn times(outcome: &'static str, count: usize) -> Vec<(String, &'static str)> {
    vec![("r".to_owned(), outcome); count]
}

fn fate(world: &World, id: &str) -> (Status, Option<&'static str>) {
    let message = world.clinic().messages_of_call("pbx", &id.into()).unwrap().pop().unwrap();
    (message.status, message.reason.as_ref().map(Reason::code))
}

fn answered(call: &mut Call) {
    (call.status, call.talk_s) = (CallStatus::Answered, 60);
}

#[test]
fn a_missed_call_gets_its_message_at_once() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    assert_eq!(acted(&tell(&mut world, "1")), only("planned"));
    world.run_until("2026-11-16 10:00");
    assert_eq!(
        world.sent(),
        [(
            "2026-11-16 09:00".to_owned(),
            "+48501234567".to_owned(),
            "Oddzwonimy. +48501234567 08:59".to_owned()
        )]
    );
    assert_eq!(fate(&world, "1"), DELIVERED);
}

#[test]
fn edge_113_a_withheld_number_gets_nothing() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    for (id, caller) in ["", "anonymous", "Unknown", "-1", "266696687", "zastrzeżony"].iter().enumerate() {
        let file = tell_with(&mut world, &id.to_string(), |call| call.caller = Phone::new(*caller));
        let reason = if caller.is_empty() { "no_number" } else { "bad_number" };
        assert_eq!(acted(&file), only(reason), "{caller:?}");
    }
    world.run_until("2026-11-16 10:00");
    assert!(world.sent().is_empty());
}

#[test]
fn edge_113_a_landline_gets_nothing() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    let file = tell_with(&mut world, "1", |call| call.caller = Phone::new("12 345 67 89"));
    assert_eq!(acted(&file), only("cannot_receive_sms"));
}

#[test]
fn edge_114_an_extension_gets_nothing() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    assert_eq!(
        acted(&tell_with(&mut world, "1", |call| call.caller = Phone::new("204"))),
        only("bad_number")
    );
    let inside = tell_with(&mut world, "2", |call| call.direction = CallDirection::Internal);
    assert_eq!((acted(&inside), inside.nothing), (vec![], Some(NoRule::Internal)));
}

#[test]
fn edge_115_an_own_number_or_the_senders_gets_nothing() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    for (id, caller) in ["+48 22 123 45 02", "0048221234501", "500 100 200"].iter().enumerate() {
        let file = tell_with(&mut world, &id.to_string(), |call| call.caller = Phone::new(*caller));
        assert_eq!(acted(&file), only("own_number"), "{caller}");
    }
}

#[test]
fn edge_116_outgoing_calls_are_about_the_called_party() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.when.direction = RuleDirection::Outgoing));
    assert_eq!(tell(&mut world, "in").nothing, Some(NoRule::NoneMatches));
    tell_with(&mut world, "out", |call| {
        call.direction = CallDirection::Outgoing;
        std::mem::swap(&mut call.caller, &mut call.called);
    });
    world.run_until("2026-11-16 10:00");
    assert_eq!(world.sent()[0].1, "+48501234567");
}

#[test]
fn edge_117_own_numbers_are_compared_in_one_form() {
    let mut world = account();
    save(
        &mut world,
        "r",
        missed(|spec| spec.when.own_numbers = vec!["+48 22 123-45-01".into(), "801".into()]),
    );
    save(&mut world, "prefix", missed(|spec| spec.when.own_numbers = vec!["+48 22*".into()]));
    let both = vec![("r".to_owned(), "planned"), ("prefix".to_owned(), "planned")];
    for (called, expected) in [
        ("221234501", both.clone()),
        ("0048221234501", both.clone()),
        ("48221234501", both),
        ("+48221234502", vec![("prefix".to_owned(), "planned")]),
        ("801", only("planned")),
        ("+48123456789", vec![]),
    ] {
        assert_eq!(
            acted(&tell_with(&mut world, called, |call| call.called = Phone::new(called))),
            expected,
            "{called}"
        );
    }
}

#[test]
fn edge_118_a_caller_who_rings_six_times_gets_one_message() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| (spec.min_gap_s, spec.delay_s) = (3_600, 900)));
    let mut outcomes = Vec::new();
    for (id, minute) in (0..12).step_by(2).enumerate() {
        world.now = at(NOW).plus_ms(minute * MINUTE_MS);
        outcomes.extend(acted(&tell(&mut world, &id.to_string())));
    }
    // none has gone yet: the planned one closes the gap
    assert_eq!(outcomes, [only("planned"), times("too_soon", 5)].concat());
    world.run_until("2026-11-16 12:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:15"]);
}

#[test]
fn edge_118_the_gap_is_of_a_rule_or_of_all() {
    for (scope, second) in [(GapScope::ThisRule, "planned"), (GapScope::AllRules, "too_soon")] {
        let mut world = account();
        save(&mut world, "first", missed(|_| {}));
        save(&mut world, "r", missed(|spec| (spec.min_gap_s, spec.gap_scope) = (600, scope)));
        assert_eq!(acted(&tell(&mut world, "1"))[1].1, second, "{scope:?}");
        // another number is nobody's gap
        let other = tell_with(&mut world, "2", |call| call.caller = Phone::new("601234567"));
        assert_eq!(acted(&other)[1].1, second, "{scope:?}");
    }
}

#[test]
fn edge_119_exactly_the_gap_apart_is_allowed() {
    for (seconds, outcome) in [(599, "too_soon"), (600, "planned")] {
        let mut world = account();
        save(&mut world, "r", missed(|spec| spec.min_gap_s = 600));
        tell(&mut world, "1");
        world.run_until("2026-11-16 09:05");
        world.now = at(NOW).plus_ms(seconds * 1_000);
        assert_eq!(acted(&tell(&mut world, "2")), only(outcome), "{seconds}");
    }
}

#[test]
fn a_gap_holds_in_another_process_and_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::on(store.clone(), NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    save(&mut world, "r", missed(|spec| spec.min_gap_s = 600));
    tell(&mut world, "1");
    world.run_until("2026-11-16 09:01");
    let mut other = World::on(store, "2026-11-16 09:05", practice(), Simulator::new(GATEWAY.into(), 1));
    assert_eq!(acted(&tell(&mut other, "2")), only("too_soon"));
    // and a record that comes late, of a call before the first
    let late = tell_with(&mut other, "0", |call| {
        call.started_at = at("2026-11-16 08:54");
        call.ended_at = at("2026-11-16 08:55");
    });
    assert_eq!(acted(&late), only("too_soon"));
}

#[test]
fn edge_120_who_is_talked_to_before_the_message_goes_gets_none() {
    for (policy, status) in
        [(AnsweredMeanwhile::Withdraw, cancelled("answered_meanwhile")), (AnsweredMeanwhile::Send, DELIVERED)]
    {
        for called_back in [false, true] {
            let mut world = account();
            save(&mut world, "r", missed(|spec| (spec.delay_s, spec.answered_meanwhile) = (600, policy)));
            tell(&mut world, "1");
            world.run_until("2026-11-16 09:04");
            tell_with(&mut world, "2", |call| {
                answered(call);
                if called_back {
                    call.direction = CallDirection::Outgoing;
                    std::mem::swap(&mut call.caller, &mut call.called);
                }
            });
            world.run_until("2026-11-16 10:00");
            assert_eq!(fate(&world, "1"), status, "called back: {called_back}");
        }
    }
}

#[test]
fn edge_120_also_when_the_records_come_in_the_other_order() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    world.run_until("2026-11-16 09:05");
    tell_with(&mut world, "2", |call| {
        answered(call);
        call.started_at = at("2026-11-16 09:04");
    });
    let first =
        |call: &mut Call| (call.started_at, call.ended_at) = (at("2026-11-16 09:00"), at("2026-11-16 09:01"));
    assert_eq!(acted(&tell_with(&mut world, "1", first)), only("answered_meanwhile"));
    // a call before it was answered: that was before
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    tell_with(&mut world, "0", answered);
    world.run_until("2026-11-16 09:05");
    assert_eq!(acted(&tell(&mut world, "1")), only("planned"));
}

#[test]
fn edge_121_a_rule_switched_off_or_deleted_withdraws_what_it_planned() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    tell(&mut world, "1");
    world.desk(|desk, now| desk.switch_rule(&"r".into(), RuleSwitch::Off, now));
    assert_eq!(fate(&world, "1"), cancelled("rule_off"));
    assert_eq!(tell(&mut world, "2").nothing, Some(NoRule::NoneMatches));
    world.desk(|desk, now| desk.switch_rule(&"r".into(), RuleSwitch::On, now));
    assert_eq!(acted(&tell(&mut world, "3")), only("planned"));
    world.desk(|desk, now| desk.delete_rule(&"r".into(), now));
    assert_eq!(fate(&world, "3"), cancelled("rule_off"));
    world.run_until("2026-11-16 10:00");
    assert!(world.sent().is_empty());
    let states = world.events().into_iter().filter_map(|event| match event {
        Happening::RuleChanged { state, .. } => Some(state),
        _ => None,
    });
    use RuleState::{Deleted, Off, On};
    assert_eq!(states.collect::<Vec<_>>(), [On, Off, On, Deleted]);
}

#[test]
fn a_rule_of_thousands_of_planned_messages_withdraws_them_all() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    let calls: Vec<Fact> = (0..2_100)
        .map(|id| {
            Fact::CallEnded(call_with(&world, &id.to_string(), |call| {
                call.caller = Phone::new((501_000_000 + id).to_string());
            }))
        })
        .collect();
    for part in calls.chunks(500) {
        world.clinic().apply(part, world.now).unwrap();
    }
    world.desk(|desk, now| desk.switch_rule(&"r".into(), RuleSwitch::Off, now));
    assert_eq!(fate(&world, "2099"), cancelled("rule_off"));
    assert_eq!(world.engine.next_due().unwrap(), None);
}

#[test]
fn edge_122_hours_of_the_rule_are_the_calls_quiet_hours_are_the_messages() {
    let mut world = account();
    let evening = |spec: &mut CallRuleSpec| {
        spec.when.times = serde_json::from_value(json!([{ "from": "18:00", "to": "20:00" }])).unwrap();
        spec.delay_s = 1_800;
    };
    save(&mut world, "r", missed(evening));
    world.run_until("2026-11-16 19:45");
    tell(&mut world, "1");
    world.run_until("2026-11-16 20:00");
    assert_eq!(
        tell_with(&mut world, "2", |call| call.started_at = world_time("20:00")).nothing,
        Some(NoRule::NoneMatches)
    );
    world.run_until("2026-11-17 12:00");
    // 20:15 is outside the rule's hours and the account's sending hours: only the second counts
    assert_eq!(world.sent_at(), ["2026-11-17 08:00"]);
}

fn world_time(time: &str) -> Timestamp {
    at(&format!("2026-11-16 {time}"))
}

#[test]
fn edge_123_the_beginning_of_the_call_decides_or_by_setting_its_end() {
    for (moment, matches) in [(CallMoment::Start, true), (CallMoment::End, false)] {
        let mut world = account();
        world.set(|settings| settings.calls.time_of = moment);
        let monday = |spec: &mut CallRuleSpec| {
            spec.when.times = serde_json::from_value(json!([
                { "weekdays": ["mon"], "from": "00:00", "to": "24:00", "dates": { "first": "2026-11-16", "last": "2026-11-16" } }
            ]))
            .unwrap();
        };
        save(&mut world, "r", missed(monday));
        world.now = at("2026-11-17 00:00").plus_ms(10_000);
        assert_eq!(acted(&tell(&mut world, "1")).len(), usize::from(matches), "{moment:?}");
    }
}

#[test]
fn edge_124_talk_time_of_answered_calls_ring_time_of_others() {
    let mut world = account();
    let spec = missed(|spec| {
        spec.when.statuses = vec![CallStatus::Answered, CallStatus::NoAnswer];
        (spec.when.from_s, spec.when.to_s) = (Some(5), Some(30));
    });
    save(&mut world, "r", spec);
    save(&mut world, "any", missed(|spec| spec.when.statuses = vec![CallStatus::Answered]));
    for (id, (status, ring_s, talk_s, met)) in [
        (CallStatus::NoAnswer, 5, 0, true),
        (CallStatus::NoAnswer, 30, 0, true),
        (CallStatus::NoAnswer, 4, 100, false),
        (CallStatus::NoAnswer, 31, 0, false),
        (CallStatus::Answered, 100, 5, true),
        (CallStatus::Answered, 10, 31, false),
        (CallStatus::Answered, 10, 0, false),
    ]
    .into_iter()
    .enumerate()
    {
        let file = tell_with(&mut world, &id.to_string(), |call| {
            (call.status, call.ring_s, call.talk_s) = (status, ring_s, talk_s);
        });
        assert_eq!(
            file.acted.iter().any(|acted| acted.rule.as_str() == "r"),
            met,
            "{status:?} {ring_s} {talk_s}"
        );
        // a call answered for 0 seconds is answered
        assert_eq!(
            file.acted.iter().any(|acted| acted.rule.as_str() == "any"),
            status == CallStatus::Answered
        );
    }
}

#[test]
fn edge_125_all_rules_that_match_act_in_their_order_unless_one_stops() {
    let mut world = account();
    for id in ["a", "b", "c"] {
        save(&mut world, id, missed(|_| {}));
    }
    let rules = |file: &CallFile| acted(file).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>();
    assert_eq!(rules(&tell(&mut world, "1")), ["a", "b", "c"]);
    world.desk(|desk, now| desk.order_rules(&["c".into(), "a".into()], now));
    assert_eq!(rules(&tell(&mut world, "2")), ["c", "b", "a"]);
    save(&mut world, "b", missed(|spec| spec.after_match = AfterMatch::Stop));
    assert_eq!(rules(&tell(&mut world, "3")), ["c", "b"]);
    let names: Vec<_> = world.clinic().rules().unwrap().into_iter().map(|rule| rule.id.to_string()).collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[test]
fn edge_126_a_record_told_again_sends_nothing_twice() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    let call = call_with(&world, "1", |_| {});
    world.tell(Fact::CallEnded(call.clone()));
    world.run_until("2026-11-16 09:10");
    assert_eq!(world.tell(Fact::CallEnded(call.clone())), Outcome::Known);
    // the same identifier in another exchange is another call
    let other = Call { system: "other".into(), ..call };
    assert_eq!(world.tell(Fact::CallEnded(other)), Outcome::Applied);
    world.run_until("2026-11-16 10:00");
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn edge_127_a_record_that_comes_too_late_sends_nothing() {
    for (minutes, outcome) in [(60, "planned"), (61, "call_too_old")] {
        let mut world = account();
        save(&mut world, "r", missed(|_| {}));
        let ended = world.now.plus_ms(-minutes * MINUTE_MS);
        let file = tell_with(&mut world, "1", |call| (call.started_at, call.ended_at) = (ended, ended));
        assert_eq!(acted(&file), only(outcome), "{minutes}");
    }
}

#[test]
fn edge_112_voice_mail_is_a_status_of_its_own_or_what_the_setting_says() {
    for (voicemail_as, matches) in [(None, false), (Some(CallStatus::NoAnswer), true)] {
        let mut world = account();
        world.set(|settings| settings.calls.voicemail_as = voicemail_as);
        save(&mut world, "r", missed(|_| {}));
        let file = tell_with(&mut world, "1", |call| call.status = CallStatus::Voicemail);
        assert_eq!(!file.acted.is_empty(), matches, "{voicemail_as:?}");
    }
}

#[test]
fn a_caller_who_gave_up_was_not_answered_unless_told_otherwise() {
    for (given_up, direction, matches) in [
        (GivenUp::IsNoAnswer, CallDirection::Incoming, true),
        (GivenUp::IsItsOwn, CallDirection::Incoming, false),
        (GivenUp::IsNoAnswer, CallDirection::Outgoing, false),
    ] {
        let mut world = account();
        save(
            &mut world,
            "r",
            missed(|spec| (spec.when.direction, spec.when.given_up) = (RuleDirection::Either, given_up)),
        );
        let file = tell_with(&mut world, "1", |call| {
            (call.status, call.direction) = (CallStatus::Cancelled, direction)
        });
        assert_eq!(!file.acted.is_empty(), matches, "{given_up:?} {direction:?}");
    }
}

#[test]
fn while_the_service_is_not_active_nothing_matches_and_nothing_goes() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    tell(&mut world, "1");
    world.set(|settings| settings.calls.service.active = false);
    assert_eq!(tell(&mut world, "2").nothing, Some(NoRule::ServiceInactive));
    world.run_until("2026-11-16 10:00");
    assert_eq!(fate(&world, "1"), cancelled("service_inactive"));
    assert!(world.sent().is_empty());
}

#[test]
fn the_message_goes_to_the_caller_to_fixed_numbers_or_to_both() {
    let mut world = account();
    let fixed = vec![Phone::new("600 700 800"), Phone::new("+48600700800"), Phone::new("600700801")];
    save(&mut world, "r", missed(|spec| spec.recipients.numbers = fixed.clone()));
    // one that is on the list twice gets one
    assert_eq!(acted(&tell(&mut world, "1")), times("planned", 3));
    save(
        &mut world,
        "r",
        missed(|spec| spec.recipients = CallRecipients { other_party: false, numbers: fixed }),
    );
    // nobody needs the caller's number then
    let file = tell_with(&mut world, "2", |call| call.caller = Phone::new("anonymous"));
    assert_eq!(acted(&file), times("planned", 2));
}

#[test]
fn a_stop_or_a_refused_number_holds_for_calls_too() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    tell(&mut world, "1");
    world.reply(PATIENT, "STOP");
    assert_eq!(acted(&tell(&mut world, "2")), only("opted_out"));
    world.run_until("2026-11-16 10:00");
    assert_eq!(fate(&world, "1"), skipped("opted_out"));
}

#[test]
fn a_consent_that_is_newer_than_the_stop_lifts_it_for_calls_too() {
    let mut world = account();
    world.patient("1", PATIENT);
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    world.reply(PATIENT, "STOP");
    assert_eq!(acted(&tell(&mut world, "1")), only("opted_out"));
    world.now = at("2026-11-16 10:00");
    let anew = Consent { given: true, at: world.now, source: ConsentSource::Person };
    world.patient_with("1", PATIENT, |patient| patient.consents.visits = Some(anew));
    assert_eq!(acted(&tell(&mut world, "2")), only("planned"));
    // a STOP of before, which comes only now, takes nothing back
    world.reply_with(PATIENT, "STOP", |sms| sms.received_at = at("2026-11-16 09:30"));
    world.run_until("2026-11-16 11:00");
    assert_eq!(fate(&world, "2"), DELIVERED);
    // for a number of two cards nobody can say whose consent it is
    world.patient("2", PATIENT);
    assert_eq!(acted(&tell(&mut world, "3")), only("opted_out"));
}

#[test]
fn what_waits_goes_with_the_text_and_sender_of_the_rule_as_it_is() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    tell(&mut world, "1");
    save(
        &mut world,
        "r",
        missed(|spec| (spec.body, spec.sender) = ("Inaczej.".into(), Some("DENTICA".into()))),
    );
    world.run_until("2026-11-16 10:00");
    assert_eq!(world.texts(), ["Inaczej."]);
    let message = world.clinic().messages_of_call("pbx", &"1".into()).unwrap().pop().unwrap();
    assert_eq!(message.sender.as_deref(), Some("DENTICA"));
}

#[test]
fn a_sender_the_provider_took_back_is_not_used() {
    let mut world = account();
    save(&mut world, "r", missed(|spec| (spec.delay_s, spec.sender) = (600, Some("DENTICA".into()))));
    tell(&mut world, "1");
    world.set(|settings| settings.senders[1].approval = SenderApproval::Refused);
    assert_eq!(acted(&tell(&mut world, "2")), only("sender_not_approved"));
    world.run_until("2026-11-16 10:00");
    assert_eq!(fate(&world, "1"), skipped("sender_not_approved"));
}

#[test]
fn a_faulty_rule_is_refused_with_every_fault_by_field() {
    let world = account();
    let spec: CallRuleSpec = serde_json::from_value(json!({
        "name": "",
        "when": {
            "own_numbers": ["+48123456789", "*", "801"], "statuses": [], "from_s": 10, "to_s": 9, "max_age_min": 0,
            "times": [{ "from": "08:00", "to": "08:00" }],
        },
        "body": "(imie)",
        "sender": "NOWY",
        "recipients": { "other_party": false, "numbers": ["12 345 67 89", "22 123 45 01"] },
        "delay_s": 604_801,
    }))
    .unwrap();
    let desk = world.clinic();
    let Err(EngineError::CallRule(faults)) =
        desk.as_user(User::new("a", Permission::CLINIC)).save_rule("r".into(), spec, world.now)
    else {
        panic!("it was saved")
    };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "name",
            "body",
            "sender",
            "delay_s",
            "when.max_age_min",
            "when.statuses",
            "when.to_s",
            "when.times",
            "when.own_numbers[0]",
            "when.own_numbers[1]",
            "recipients.numbers[0]",
            "recipients.numbers[1]",
        ]
    );
    for fault in &faults {
        assert!(!fault.message(Language::Pl).is_empty() && !fault.message(Language::En).is_empty());
    }
}

#[test]
fn a_faulty_call_is_refused_by_its_field() {
    let world = account();
    let refused = |change: fn(&mut Call)| {
        let fact = Fact::CallEnded(call_with(&world, "1", change));
        match world.clinic().apply(&[fact], world.now) {
            Err(EngineError::Fact { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(|call| call.system.clear()), "system");
    assert_eq!(refused(|call| call.id = "".into()), "id");
    assert_eq!(refused(|call| call.ended_at = call.started_at.plus_ms(-1)), "ended_at");
    assert_eq!(refused(|call| call.ring_s = 604_801), "ring_s");
    assert_eq!(refused(|call| call.caller = Phone::new("1".repeat(501))), "caller");
}

#[test]
fn every_rule_explains_what_it_wanted_and_what_it_saw() {
    let mut world = account();
    let spec = missed(|spec| {
        spec.when.own_numbers = vec!["801".into()];
        (spec.when.from_s, spec.when.to_s) = (None, Some(10));
        spec.when.times =
            serde_json::from_value(json!([{ "weekdays": ["sat", "sun"], "from": "18:00", "to": "08:00" }]))
                .unwrap();
    });
    save(&mut world, "r", spec);
    save(&mut world, "stop", missed(|spec| spec.after_match = AfterMatch::Stop));
    let call = call_with(&world, "1", |call| call.status = CallStatus::Cancelled);
    let explained = world.clinic().explain_call(&call).unwrap();
    assert_eq!((explained.nothing, explained.stopped_by, explained.file), (None, Some("stop".into()), None));
    let seen = |at: usize| {
        let text = |seen: &ConditionSeen| {
            format!("{:?}: {} / {}: {}", seen.condition, seen.wanted, seen.saw, seen.met)
        };
        explained.rules[at].conditions.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(
        seen(0),
        [
            "Direction: incoming / incoming: true",
            "Status: no_answer, busy, cancelled / cancelled: true",
            "OwnNumber: 801 / +48221234501: false",
            "Seconds: -10 s / 20 s: false",
            "Time: sat,sun 18:00-08:00 / mon 2026-11-16 08:59:40: false",
        ]
    );
    assert!(!explained.rules[0].matches && explained.rules[1].matches);
    world.tell(Fact::CallEnded(call.clone()));
    let told = world.clinic().explain_call(&call).unwrap().file.unwrap();
    assert_eq!(acted(&told), [("stop".to_owned(), "planned")]);
}

#[test]
fn a_replay_gives_what_a_real_day_gave_and_stores_nothing() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::on(store.clone(), NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    world.set(|settings| settings.prices = vec![Price { prefix: "+48".into(), part_milli: 90 }]);
    save(&mut world, "r", missed(|spec| (spec.min_gap_s, spec.delay_s) = (1_200, 300)));
    save(&mut world, "now", missed(|spec| (spec.min_gap_s, spec.name) = (1_200, "Od razu".into())));
    world.reply("601234567", "STOP");
    let mut calls = Vec::new();
    for minute in 0..90 {
        world.run_until(&wall(at(NOW).plus_ms(minute * 7 * MINUTE_MS)));
        let call = call_with(&world, &minute.to_string(), |call| {
            call.caller =
                Phone::new(["501234567", "601234567", "anonymous", "501234568"][minute as usize % 4]);
            if minute % 5 == 0 {
                answered(call);
            }
        });
        // and another at the same instant
        let twin = call_with(&world, &format!("twin-{minute}"), |call| call.caller = Phone::new("501234569"));
        for call in [call, twin] {
            world.tell(Fact::CallEnded(call.clone()));
            calls.push(call);
        }
    }
    world.run_until("2026-11-18 12:00");
    let before = store.dump();
    // the order in which they are given does not matter, but that of those of one instant
    calls.sort_by_key(|call| std::cmp::Reverse(call.ended_at));
    let rules = world.clinic().rules().unwrap();
    let replay = world.clinic().replay_calls(&rules, &calls).unwrap();
    assert_eq!(store.dump(), before);
    let mut sent = world.sent();
    sent.sort();
    let went = |message: &&Message| message.submitted_at.is_some();
    let replayed = replay.messages.iter().filter(went).map(|message| {
        let number = message.number.as_ref().unwrap().reveal().to_owned();
        (wall(message.submitted_at.unwrap()), number, message.body.as_ref().unwrap().reveal().to_owned())
    });
    let mut replayed: Vec<_> = replayed.collect();
    // the list is in the order of planning
    replayed.sort();
    assert_eq!(replayed, sent);
    assert!(sent.len() > 20);
    assert_eq!((replay.parts, replay.cost_milli), (sent.len() as u64, 90 * sent.len() as i64));
    assert_eq!(replay.calls.len(), 180);
    // to the millisecond, also where two go at one instant
    let instants = |messages: &[Message]| messages.iter().filter_map(|m| m.submitted_at).collect::<Vec<_>>();
    let lived: Vec<Message> = (1..=replay.messages.len() as u64)
        .filter_map(|id| world.clinic().message(MessageId(id + 1)).unwrap())
        .collect();
    assert_eq!(instants(&replay.messages), instants(&lived));
    // a changed rule, not saved
    let mut changed = rules;
    changed.iter_mut().for_each(|rule| rule.spec.when.statuses = vec![CallStatus::Busy]);
    assert_eq!(world.clinic().replay_calls(&changed, &calls).unwrap().parts, 0);
}

#[test]
fn a_replay_looks_past_gateways_shadow_mode_and_the_breaker() {
    let mut world = account();
    save(&mut world, "r", missed(|_| ()));
    let calls: Vec<Call> = (0..3)
        .map(|no| {
            call_with(&world, &no.to_string(), |call| call.caller = Phone::new(format!("50123456{no}")))
        })
        .collect();
    let rules = world.clinic().rules().unwrap();
    let numbers = |world: &World| -> Vec<String> {
        let messages = world.clinic().replay_calls(&rules, &calls).unwrap().messages;
        let went = messages.into_iter().filter(|message| message.submitted_at.is_some());
        went.map(|message| message.number.unwrap().reveal().to_owned()).collect()
    };
    let all = ["+48501234560", "+48501234561", "+48501234562"];
    assert_eq!(numbers(&world), all);
    let route = |prefix: &str| Route { gateway: GATEWAY.into(), prefixes: vec![prefix.into()], weight: 1 };
    world.set(|settings| settings.routes = vec![route("+48")]);
    assert_eq!(numbers(&world), all);
    world.set(|settings| settings.shadow = true);
    assert_eq!(numbers(&world), all);
    world.set(|settings| settings.breaker = Some(Breaker { factor: 2, floor: 1 }));
    assert_eq!(numbers(&world), all);
    // numbers that no route is for have none there either
    world.set(|settings| settings.routes = vec![route("+48501234561")]);
    assert_eq!(numbers(&world), all[1..2]);
}

#[test]
fn a_replay_tells_texts_that_the_account_would_not_keep_so_long() {
    let mut world = account();
    world.set(|settings| settings.retention = Retention { texts_days: Some(1), identities_days: Some(1) });
    save(&mut world, "r", missed(|_| ()));
    let first = call_with(&world, "1", |_| ());
    world.now = at("2026-12-14 09:00");
    let last = call_with(&world, "2", |_| ());
    let rules = world.clinic().rules().unwrap();
    let replay = world.clinic().replay_calls(&rules, &[first, last]).unwrap();
    assert_eq!(replay.messages.len(), 2);
    assert!(replay.messages.iter().all(|message| message.body.is_some() && message.number.is_some()));
}

fn wall(at: Timestamp) -> String {
    depesza::calendar::local(Zone::default(), at).format("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn rules_changed_by_another_process_hold_from_the_next_call() {
    let store = Arc::new(MemoryStore::new());
    let mut one = World::on(store.clone(), NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    let mut other = World::on(store, NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    save(&mut one, "r", missed(|_| {}));
    assert_eq!(acted(&tell(&mut one, "1")), only("planned"));
    assert_eq!(acted(&tell(&mut other, "2")), only("planned"));
    other.desk(|desk, now| desk.switch_rule(&"r".into(), RuleSwitch::Off, now));
    assert_eq!(tell(&mut one, "3").nothing, Some(NoRule::NoneMatches));
    save(&mut other, "s", missed(|_| {}));
    assert_eq!(acted(&tell(&mut one, "4")), [("s".to_owned(), "planned")]);
}

#[test]
fn after_an_old_copy_was_restored_a_call_of_the_lost_time_is_in_doubt() {
    let mut world = account();
    save(&mut world, "r", missed(|_| {}));
    world.run_until("2026-11-16 10:00");
    world.clinic().restored(at("2026-11-16 09:30"), world.now).unwrap();
    let lost = at("2026-11-16 09:40");
    tell_with(&mut world, "1", |call| (call.started_at, call.ended_at) = (lost, lost));
    // planned for now, not for then: it may have gone then
    assert_eq!(fate(&world, "1"), (Status::InDoubt, Some("restored")));
}

#[test]
fn a_rule_switched_off_while_calls_stream_in_leaves_nothing_planned() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::on(store.clone(), NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    save(&mut world, "r", missed(|spec| spec.delay_s = 600));
    let other = World::on(store, NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    let calls: Vec<Fact> = (0..400)
        .map(|id| {
            Fact::CallEnded(call_with(&world, &id.to_string(), |call| {
                call.caller = Phone::new((501_000_000 + id).to_string());
            }))
        })
        .collect();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            calls
                .iter()
                .for_each(|call| drop(other.clinic().apply(std::slice::from_ref(call), other.now).unwrap()));
        });
        for turn in 0..101 {
            let to = if turn % 2 == 0 { RuleSwitch::Off } else { RuleSwitch::On };
            world
                .clinic()
                .as_user(User::new("a", Permission::CLINIC))
                .switch_rule(&"r".into(), to, world.now)
                .unwrap();
            std::thread::yield_now();
        }
    });
    // it is off: what a call planned by the rule as it was before is gone, and none did after
    let messages = world.newest(1_000);
    assert!(messages.iter().all(|message| message.status == Status::Cancelled));
    for id in 0..400 {
        let file = file(&world, &id.to_string());
        assert_eq!(file.acted.is_empty(), file.nothing == Some(NoRule::NoneMatches));
    }
}

#[test]
fn a_fixed_recipient_reads_who_called_or_the_fallback() {
    let mut world = account();
    let manager = CallRecipients { other_party: false, numbers: vec![Phone::new("600700800")] };
    save(
        &mut world,
        "r",
        missed(|spec| (spec.recipients, spec.body) = (manager, "Dzwonił (numer|nieznany)".into())),
    );
    for (id, caller) in ["501234567", "12 345 67 89", "204", "anonymous"].iter().enumerate() {
        tell_with(&mut world, &id.to_string(), |call| call.caller = Phone::new(*caller));
    }
    world.run_until("2026-11-16 09:10");
    let mut texts = world.texts();
    texts.sort();
    let expected = ["Dzwonil +48123456789", "Dzwonil +48501234567", "Dzwonil 204", "Dzwonil nieznany"];
    assert_eq!(texts, expected);
}

#[test]
fn the_default_sender_is_the_first_that_is_approved() {
    let mut world = account();
    world.set(|settings| settings.senders[0].approval = SenderApproval::Refused);
    save(&mut world, "r", missed(|_| {}));
    tell(&mut world, "1");
    world.run_until("2026-11-16 09:10");
    let message = world.clinic().messages_of_call("pbx", &"1".into()).unwrap().pop().unwrap();
    assert_eq!(message.sender.as_deref(), Some("DENTICA"));
}
