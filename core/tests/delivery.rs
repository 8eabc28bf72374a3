//! Delivery: EDGE_CASES 58 and 93 to 104: what gateways answer and report, and what becomes of the message.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod rig;
mod world;

use depesza::engine::{DoubtSettled, Engine, Outcome};
use depesza::gateway::Gateway;
use depesza::message::{UNREACHABLE_WAIT_MS, apply_report, retry_delay_ms};
use depesza::model::*;
use proptest::prelude::*;
use rig::*;
use std::sync::Arc;
use world::*;

#[test]
fn edge_093_without_a_look_up_it_stays_in_doubt_until_a_report_or_a_person_settles_it() {
    let mut bench = Bench::new(plain(), 3);
    bench.gateway.script([taken_unknown(), taken_unknown(), unknown()]);
    bench.dispatch();
    bench.run_hours(23);
    assert_eq!(bench.statuses(), [Status::InDoubt; 3]);
    assert!(bench.all().iter().all(|message| message.reason == Some(Reason::NoAnswer {})));
    assert_eq!(bench.gateway.handed().len(), 3, "nothing goes again by itself");
    bench.report(1, DeliveryState::Delivered);
    let clinic = bench.world.clinic();
    clinic
        .as_user(User::new("recepcja", Permission::CLINIC))
        .settle_doubt(MessageId(2), DoubtSettled::Arrived, bench.now)
        .unwrap();
    clinic
        .as_user(User::new("recepcja", Permission::CLINIC))
        .settle_doubt(MessageId(3), DoubtSettled::NeverSent, bench.now)
        .unwrap();
    bench.dispatch();
    assert_eq!(bench.statuses(), [Status::Delivered, Status::Delivered, Status::Submitted]);
    let again = clinic.as_user(User::new("recepcja", Permission::CLINIC)).settle_doubt(
        MessageId(3),
        DoubtSettled::NeverSent,
        bench.now,
    );
    assert!(again.is_err(), "it is not in doubt any more");
    no_doubles(&bench);
}

#[test]
fn edge_094_a_duplicate_of_our_own_reference_is_a_success_with_the_first_identifier() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script([taken_unknown()]);
    bench.dispatch();
    bench.run_hours(1);
    let message = bench.world.message("w1");
    assert_eq!((message.status, message.provider_ids), (Status::Submitted, vec!["p-1".to_owned()]));
    assert_eq!(bench.gateway.handsets().len(), 1);
}

#[test]
fn edge_095_an_account_error_pauses_the_gateway_with_one_alarm_and_uses_no_attempt() {
    use RejectClass::{AccountAuth, AccountBlocked, AccountNoCredit};
    for class in [AccountNoCredit, AccountAuth, AccountBlocked] {
        let mut bench = Bench::new(idempotent(), 5);
        bench.gateway.script(vec![rejected(class); 30]);
        for _ in 0..3 {
            bench.dispatch();
            bench.pass_ms(16 * MINUTE_MS);
        }
        let paused =
            |what: &Happening| matches!(what, Happening::GatewayPaused { class: told, .. } if *told == class);
        assert_eq!(bench.world.events().iter().filter(|what| paused(what)).count(), 1);
        assert_eq!(bench.statuses(), [Status::Planned; 5]);
        assert!(bench.all().iter().all(|message| message.attempts == 0 && message.failures.is_empty()));
        // the account is in order again, and somebody says so
        bench.gateway.unscript();
        let engine = bench.engine();
        engine.resume_gateway(&CLINIC.into(), &GATEWAY.into(), bench.now).unwrap();
        bench.run_hours(1);
        assert_eq!(bench.statuses(), [Status::Submitted; 5]);
        let resumed = |what: &Happening| matches!(what, Happening::GatewayResumed { .. });
        assert_eq!(bench.world.events().iter().filter(|what| resumed(what)).count(), 1);
        no_doubles(&bench);
    }
}

#[test]
fn edge_095_a_paused_gateway_is_left_alone_and_comes_back_by_itself() {
    let mut bench = Bench::new(idempotent(), 5);
    bench.gateway.script([rejected(RejectClass::AccountNoCredit), rejected(RejectClass::AccountNoCredit)]);
    bench.dispatch();
    let handed = bench.gateway.handed().len();
    bench.pass_ms(10 * MINUTE_MS);
    bench.dispatch();
    assert_eq!(bench.gateway.handed().len(), handed, "it is paused");
    bench.run_hours(1);
    assert_eq!(bench.statuses(), [Status::Submitted; 5]);
    let alarms =
        |wanted: fn(&Happening) -> bool| bench.world.events().iter().filter(|what| wanted(what)).count();
    assert_eq!(alarms(|what| matches!(what, Happening::GatewayPaused { .. })), 1);
    assert_eq!(alarms(|what| matches!(what, Happening::GatewayResumed { .. })), 1);
}

#[test]
fn edge_095_another_gateway_takes_over_what_was_definitely_not_sent() {
    let bench = Bench::new(idempotent(), 4);
    let second = Arc::new(WiredGateway::new(bench.wire.clone(), idempotent()));
    bench.gateway.script(vec![rejected(RejectClass::AccountNoCredit); 4]);
    let gateways: Vec<(GatewayId, Arc<dyn Gateway>)> =
        vec![(GATEWAY.into(), bench.gateway.clone()), ("second".into(), second.clone())];
    let engine = Engine::new(bench.store.clone(), gateways);
    engine.dispatch(bench.now, 1_000).unwrap();
    engine.dispatch(bench.now.plus_ms(MINUTE_MS), 1_000).unwrap();
    assert_eq!((bench.gateway.handed().len(), second.handsets().len()), (2, 4));
    assert_eq!(bench.statuses(), [Status::Submitted; 4]);
}

#[test]
fn after_a_definite_rejection_another_gateway_takes_a_message_whose_own_is_gone() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script([rejected(RejectClass::Transient)]);
    bench.dispatch();
    let other = Arc::new(WiredGateway::new(bench.wire.clone(), idempotent()));
    let engine = Engine::new(bench.store.clone(), vec![("other".into(), other.clone() as Arc<dyn Gateway>)]);
    bench.pass_ms(HOUR_MS);
    engine.dispatch(bench.now, 1_000).unwrap();
    assert_eq!(bench.statuses(), [Status::Submitted]);
    assert_eq!(other.handsets().len(), 1);
}

#[test]
fn a_retry_that_a_pause_of_its_campaign_held_goes_on_with_the_campaign() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script([rejected(RejectClass::Transient)]);
    bench.dispatch();
    let clinic = bench.world.clinic();
    clinic.as_user(User::new("u", Permission::CLINIC)).pause(&"p".into(), bench.now).unwrap();
    bench.run_hours(1);
    assert_eq!((bench.statuses(), bench.gateway.handed().len()), (vec![Status::Planned], 1));
    bench.world.clinic().as_user(User::new("u", Permission::CLINIC)).resume(&"p".into(), bench.now).unwrap();
    bench.world.work();
    bench.run_hours(1);
    assert_eq!(bench.statuses(), [Status::Submitted]);
}

#[test]
fn a_retry_that_a_pause_held_over_its_use_by_time_has_an_end() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script([rejected(RejectClass::Transient)]);
    bench.dispatch();
    bench.world.clinic().as_user(User::new("u", Permission::CLINIC)).pause(&"p".into(), bench.now).unwrap();
    bench.run_hours(72);
    bench.world.clinic().as_user(User::new("u", Permission::CLINIC)).resume(&"p".into(), bench.now).unwrap();
    bench.world.work();
    bench.run_hours(24);
    let message = bench.world.message("w1");
    assert_eq!((message.status, message.reason), (Status::Failed, Some(Reason::CampaignPaused {})));
}

#[test]
fn edge_058_a_retry_does_not_go_to_a_number_that_the_card_no_longer_has() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script([rejected(RejectClass::Transient)]);
    bench.dispatch();
    bench.world.patient("1", "502000009");
    bench.run_hours(5);
    let numbers: Vec<_> = bench.gateway.handed().iter().map(|sent| sent.to.reveal().to_owned()).collect();
    assert_eq!(numbers, ["+48501000001", "+48502000009"]);
    assert_eq!(bench.statuses(), [Status::Cancelled, Status::Submitted], "another number is another message");
    bench.world.reply("502000009", "TAK");
    assert_eq!(bench.world.confirmation("w1"), Some(Reply::Yes), "the question went along");
}

#[test]
fn edge_096_a_rate_limit_waits_the_time_given_and_uses_no_attempt() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script(vec![SubmitResult::TryLater { after_ms: 90 * SECOND_MS }; 20]);
    for tries in 1..=10 {
        bench.dispatch();
        assert_eq!(bench.gateway.handed().len(), tries);
        assert_eq!(bench.engine().next_due().unwrap(), Some(bench.now.plus_ms(90 * SECOND_MS)));
        bench.pass_ms(90 * SECOND_MS);
    }
    assert_eq!(bench.world.message("w1").attempts, 0);
    bench.gateway.unscript();
    bench.dispatch();
    assert_eq!(bench.statuses(), [Status::Submitted]);
}

#[test]
fn edge_096_a_gateway_cannot_ask_for_a_time_that_makes_no_sense() {
    for after_ms in [i64::MIN, -1, 0, i64::MAX] {
        let bench = Bench::new(idempotent(), 1);
        bench.gateway.script([SubmitResult::TryLater { after_ms }]);
        bench.dispatch();
        let due = bench.engine().next_due().unwrap().unwrap();
        assert!(due > bench.now && due <= bench.now.plus_ms(DAY_MS), "{after_ms}: {due}");
    }
}

#[test]
fn edge_097_after_the_last_transient_failure_it_has_failed_with_every_failure_on_record() {
    for attempts in 1..=5_u8 {
        let mut bench = Bench::new(idempotent(), 1);
        bench.world.set(|settings| settings.attempts = attempts);
        bench.gateway.script(vec![rejected(RejectClass::Transient); 9]);
        bench.run_hours(25);
        let message = bench.world.message("w1");
        assert_eq!((message.status, message.attempts), (Status::Failed, attempts));
        assert_eq!(message.reason, Some(Reason::AttemptsUsedUp {}));
        assert_eq!(message.failures.len(), usize::from(attempts));
        let times: Vec<Timestamp> = bench.gateway.handed().iter().map(|sent| sent.at).collect();
        let reference = message.reference.unwrap();
        let waits = times.windows(2).map(|pair| pair[1].since_ms(pair[0]));
        let wanted = (1..attempts).map(|attempt| retry_delay_ms(&reference, attempt));
        assert!(waits.eq(wanted), "{times:?}");
        assert!(bench.gateway.handed().iter().all(|sent| sent.reference == reference));
    }
}

#[test]
fn retries_never_go_past_the_use_by_time() {
    let mut bench = Bench::new(idempotent(), 0);
    bench.world.set(|settings| settings.attempts = 5);
    bench.world.start(
        "late",
        campaign("p", Timing::Reminder { steps: vec![ReminderStep::Hours { hours_before: 1 }] }),
    );
    bench.world.patient("1", "501234567");
    bench.world.visit("w1", "1", "2026-11-20 12:30");
    bench.gateway.script(vec![rejected(RejectClass::Transient); 9]);
    bench.run_hours(48);
    let message = bench.world.messages("w1").into_iter().find(|message| message.attempts > 0).unwrap();
    assert_eq!(message.status, Status::Failed);
    assert!(message.attempts < 5, "the fourth wait of three hours ends after the visit began");
    assert!(bench.gateway.handed().iter().all(|sent| sent.at < at("2026-11-20 12:30")));
    assert!(bench.gateway.handed().iter().all(|sent| sent.not_after == at("2026-11-20 12:30")));
}

#[test]
fn a_telephone_that_is_off_is_tried_once_more_after_a_long_while() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.world.set(|settings| settings.attempts = 5);
    bench.gateway.script(vec![rejected(RejectClass::Unreachable); 5]);
    bench.run_hours(25);
    let times: Vec<Timestamp> = bench.gateway.handed().iter().map(|sent| sent.at).collect();
    assert_eq!(times.len(), 2);
    assert_eq!(times[1].since_ms(times[0]), UNREACHABLE_WAIT_MS);
    assert_eq!(bench.world.message("w1").status, Status::Failed);
}

#[test]
fn a_final_rejection_ends_at_once_with_its_class() {
    use RejectClass::{Content, Expired, RecipientInvalid, RecipientOptedOut, SenderNotAllowed, TooLong};
    for class in [Content, Expired, RecipientInvalid, RecipientOptedOut, SenderNotAllowed, TooLong] {
        let mut bench = Bench::new(idempotent(), 1);
        bench.gateway.script([rejected(class)]);
        bench.run_hours(25);
        let message = bench.world.message("w1");
        assert_eq!((message.status, message.reason), (Status::Failed, Some(Reason::Rejected { class })));
        assert_eq!(bench.gateway.handed().len(), 1);
    }
}

#[test]
fn a_report_of_another_gateway_moves_nothing() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.dispatch();
    let reference = bench.world.message("w1").reference;
    let mut foreign = report(reference.as_deref(), None, DeliveryState::Undelivered, bench.now);
    foreign.gateway = "somebody else".into();
    assert_eq!(bench.world.tell(Fact::DeliveryReport(foreign)), Outcome::Unmatched);
    assert_eq!(bench.statuses(), [Status::Submitted]);
}

#[test]
fn edge_099_late_reports_are_ignored_and_contradictions_kept() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.dispatch();
    bench.report(1, DeliveryState::Delivered);
    let events = bench.world.events().len();
    bench.report(1, DeliveryState::Sent);
    bench.report(1, DeliveryState::Undelivered);
    let message = bench.world.message("w1");
    assert_eq!(message.status, Status::Delivered);
    let seen: Vec<_> = message.reports.iter().map(|seen| (seen.state, seen.conflict)).collect();
    assert_eq!(
        seen,
        [(DeliveryState::Delivered, false), (DeliveryState::Sent, false), (DeliveryState::Undelivered, true)]
    );
    assert_eq!(bench.world.events().len(), events, "nothing changed, nothing is told");
}

#[test]
fn edge_100_parts_add_up_and_a_late_success_lifts() {
    let mut bench = Bench::new(idempotent(), 0);
    let mut spec = day_before("10:00");
    spec.bodies.default = format!("(imie) {}", "dlugi tekst ".repeat(20));
    bench.world.start("long", spec);
    bench.world.patient("1", "501234567");
    bench.world.visit("w1", "1", "2026-11-21 12:30");
    bench.run_hours(30);
    let message = bench.world.messages("w1").into_iter().find(|m| m.status == Status::Submitted).unwrap();
    assert_eq!(message.parts, 2);
    let part = |bench: &mut Bench, part, state| {
        let report = report(message.reference.as_deref(), Some(part), state, bench.now);
        bench.world.tell(Fact::DeliveryReport(report));
        bench.world.clinic().message(message.id).unwrap().unwrap().status
    };
    assert_eq!(part(&mut bench, 1, DeliveryState::Delivered), Status::Sent);
    assert_eq!(part(&mut bench, 2, DeliveryState::Undelivered), Status::PartlyDelivered);
    assert_eq!(part(&mut bench, 1, DeliveryState::Undelivered), Status::PartlyDelivered);
    assert_eq!(part(&mut bench, 2, DeliveryState::Delivered), Status::Delivered);
    assert_eq!(part(&mut bench, 2, DeliveryState::Undelivered), Status::Delivered);
}

#[test]
fn edge_101_without_a_report_it_is_unconfirmed_and_a_late_report_still_counts() {
    let mut bench = Bench::new(idempotent(), 2);
    bench.dispatch();
    bench.run_hours(71);
    assert_eq!(bench.statuses(), [Status::Submitted; 2]);
    bench.run_hours(2);
    assert_eq!(bench.statuses(), [Status::Unconfirmed; 2]);
    assert!(bench.all().iter().all(|message| message.reason.is_none()), "no report is no failure");
    bench.report(1, DeliveryState::Sent);
    bench.report(2, DeliveryState::Delivered);
    assert_eq!(bench.statuses(), [Status::Unconfirmed, Status::Delivered]);
}

#[test]
fn edge_104_one_bad_recipient_in_a_batch_does_not_hold_up_the_others() {
    let bench = Bench::new(Capabilities { batch: 100, ..idempotent() }, 5);
    let taken = || SubmitResult::Accepted { provider_ids: vec!["x".into()], parts: None, cost_milli: None };
    bench.gateway.script([taken(), taken(), rejected(RejectClass::RecipientInvalid)]);
    bench.dispatch();
    use Status::{Failed, Submitted};
    assert_eq!(bench.statuses(), [Submitted, Submitted, Failed, Submitted, Submitted]);
}

#[test]
fn the_gateways_own_figures_win() {
    let mut bench = Bench::new(idempotent(), 2);
    let own =
        SubmitResult::Accepted { provider_ids: vec!["x".into()], parts: Some(3), cost_milli: Some(250) };
    bench.gateway.script([own.clone(), own]);
    bench.dispatch();
    assert!(bench.all().iter().all(|message| (message.parts, message.cost_milli) == (3, 250)));
    let reference = bench.world.message("w1").reference;
    let mut dearer = report(reference.as_deref(), None, DeliveryState::Delivered, bench.now);
    dearer.cost_milli = Some(260);
    bench.world.tell(Fact::DeliveryReport(dearer));
    assert_eq!(bench.world.message("w1").cost_milli, 260);
    let figures = bench.world.clinic().figures(&"p".into()).unwrap();
    assert_eq!(figures.iter().map(|day| day.cost_milli).sum::<i64>(), 510);
}

/// How far along a status is, by GATEWAYS.md: planned < submitted < sent < final.
fn rank(status: Status) -> u8 {
    match status {
        Status::Planned | Status::Claimed => 0,
        Status::Submitting | Status::InDoubt => 1,
        Status::Submitted => 2,
        Status::Sent => 3,
        Status::Unconfirmed => 4,
        Status::PartlyDelivered => 5,
        _ => 6,
    }
}

fn any_state() -> impl Strategy<Value = DeliveryState> {
    use DeliveryState::{Accepted, Delivered, Expired, Rejected, Sent, Undelivered, Unknown};
    prop::sample::select(vec![Accepted, Sent, Delivered, Undelivered, Expired, Rejected, Unknown])
}

fn submitted(parts: u32) -> Message {
    static SUBMITTED: std::sync::LazyLock<Message> = std::sync::LazyLock::new(|| {
        let bench = Bench::new(idempotent(), 1);
        bench.dispatch();
        bench.world.message("w1")
    });
    Message { parts, ..SUBMITTED.clone() }
}

/// Who asks for states, instead of being told, hears the same every minute.
#[test]
fn the_same_state_told_again_and_again_is_kept_once() {
    let mut message = submitted(1);
    apply_report(&mut message, &report(Some("known"), None, DeliveryState::Accepted, at(DUE)));
    apply_report(&mut message, &report(Some("known"), None, DeliveryState::Sent, at(DUE)));
    let told = message.clone();
    for minute in 1..20 {
        let again = at(DUE).plus_ms(minute * MINUTE_MS);
        apply_report(&mut message, &report(Some("known"), None, DeliveryState::Sent, again));
        assert_eq!(message, told);
    }
}

proptest! {
    #[test]
    fn reports_in_any_order_and_number_never_move_a_message_backwards(
        states in prop::collection::vec((any_state(), prop::option::of(1..3_u32)), 0..30)
    ) {
        let mut message = submitted(2);
        for (no, (state, part)) in states.into_iter().enumerate() {
            let before = message.clone();
            let when = at(DUE).plus_ms(i64::try_from(no).unwrap());
            apply_report(&mut message, &report(Some("known"), part, state, when));
            prop_assert!(rank(message.status) >= rank(before.status), "{:?} to {:?}", before.status, message.status);
            prop_assert!(rank(before.status) < 6 || message.status == before.status);
            prop_assert!(message.reports.len() <= 16 && message.part_states.len() <= 2);
        }
    }

    #[test]
    fn whole_reports_come_to_the_same_in_every_order_that_ends_well(
        (states, shuffled) in prop::collection::vec(
            prop::sample::select(vec![DeliveryState::Accepted, DeliveryState::Sent, DeliveryState::Delivered]), 1..8
        ).prop_flat_map(|states| (Just(states.clone()), Just(states).prop_shuffle()))
    ) {
        let end = |states: Vec<DeliveryState>| {
            let mut message = submitted(1);
            for state in states {
                apply_report(&mut message, &report(Some("known"), None, state, at(DUE)));
            }
            message.status
        };
        prop_assert_eq!(end(states), end(shuffled));
    }
}
