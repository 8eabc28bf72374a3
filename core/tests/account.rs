//! Gateways' accounts: what is left, when the desk is told, what waits, and what a settings screen warns of.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::{Engine, Outcome};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use world::*;

fn state(world: &World) -> AccountState {
    AccountState {
        gateway: GATEWAY.into(),
        at: world.now,
        mode: None,
        balance_milli: None,
        messages_left: None,
    }
}

/// Tells that so many messages are left, a minute later.
fn left(world: &mut World, left: i64) -> Outcome {
    world.now = world.now.plus_ms(MINUTE_MS);
    let state = AccountState { messages_left: Some(left), ..state(world) };
    world.tell(Fact::AccountTold(state))
}

fn told(world: &World) -> Vec<i64> {
    let low = |event| match event {
        Happening::LowBalance { left, .. } => Some(left),
        _ => None,
    };
    world.events().into_iter().filter_map(low).collect()
}

#[test]
fn the_desk_is_told_once_for_each_threshold_and_again_after_a_top_up() {
    let mut world = world();
    for messages in [200, 51, 50, 49, 31, 30, 12, 0, 0] {
        left(&mut world, messages);
    }
    assert_eq!(told(&world), [50, 30, 0]);
    for messages in [500, 45, 44, 40, 20, 48, 25] {
        left(&mut world, messages);
    }
    assert_eq!(told(&world), [50, 30, 0, 45, 20, 25], "after a top-up, also a small one, anew");
    left(&mut world, 900);
    left(&mut world, 10);
    assert_eq!(told(&world)[6..], [10], "a fall through several thresholds is one event");
}

#[test]
fn an_older_state_and_a_repeated_one_change_nothing() {
    let mut world = world();
    left(&mut world, 40);
    let newest = world.clinic().accounts().unwrap();
    let old = AccountState { at: at("2026-11-01 09:00"), messages_left: Some(1), ..state(&world) };
    assert_eq!(world.tell(Fact::AccountTold(old)), Outcome::Known);
    let same = AccountState { messages_left: Some(40), ..state(&world) };
    assert_eq!(world.tell(Fact::AccountTold(same)), Outcome::Known);
    assert_eq!(world.clinic().accounts().unwrap(), newest);
    assert_eq!(told(&world), [40]);
}

#[test]
fn what_is_left_comes_from_the_balance_and_the_dearest_price() {
    let mut world = world();
    world.set(|settings| settings.prices.push(Price { prefix: "+380".into(), part_milli: 300 }));
    let state = AccountState { balance_milli: Some(12_000), ..state(&world) };
    world.tell(Fact::AccountTold(state));
    assert_eq!(told(&world), [40], "12 zł at 30 gr a part");
}

#[test]
fn a_faulty_state_is_named_by_field() {
    let world = world();
    let wrong = AccountState { messages_left: Some(-1), ..state(&world) };
    let error = world.clinic().apply(&[Fact::AccountTold(wrong)], world.now).unwrap_err();
    assert!(error.to_string().contains("messages_left"), "{error}");
}

#[test]
fn at_nothing_left_automatic_messages_wait_until_a_newer_state_says_more() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    left(&mut world, 0);
    world.run_until("2026-11-19 10:20");
    assert_eq!(world.fates("w1"), [PLANNED]);
    assert_eq!(world.message("w1").due_at, at("2026-11-19 10:30"), "looked at every quarter of an hour");
    left(&mut world, 100);
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:30"]);
}

#[test]
fn at_nothing_left_a_person_s_own_reminder_is_tried() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    left(&mut world, 0);
    world.remind("w1");
    world.step();
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn another_gateway_whose_account_is_not_used_up_takes_the_message() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    left(&mut world, 0);
    let second = Arc::new(Simulator::new("second".into(), 2));
    let engine = Engine::new(
        world.store.clone(),
        vec![
            (GATEWAY.into(), world.gateway.clone() as Arc<dyn Gateway>),
            ("second".into(), second.clone() as Arc<dyn Gateway>),
        ],
    );
    engine.dispatch(at("2026-11-19 10:00"), 10).unwrap();
    assert_eq!((world.sent().len(), second.taken().len()), (0, 1));
}

/// A gateway that tells its balance.
struct Telling(AtomicI64);

impl Gateway for Telling {
    fn capabilities(&self) -> Capabilities {
        Simulator::new(GATEWAY.into(), 1).capabilities()
    }

    fn submit(&self, _: &[Submission]) -> Vec<SubmitResult> {
        Vec::new()
    }

    fn balance_milli(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed))
    }
}

#[test]
fn gateways_are_asked_for_their_balances_and_a_mode_told_before_stays() {
    let mut world = world();
    let told_mode = AccountState { mode: Some(SmsMode::Premium), ..state(&world) };
    world.tell(Fact::AccountTold(told_mode));
    let telling = Arc::new(Telling(AtomicI64::new(9_000)));
    let silent = Arc::new(Simulator::new("silent".into(), 1));
    let gateways: Vec<(GatewayId, Arc<dyn Gateway>)> =
        vec![(GATEWAY.into(), telling.clone()), ("silent".into(), silent)];
    let engine = Engine::new(world.store.clone(), gateways);
    let clinic = engine.practice(CLINIC.into());
    clinic.ask_balances(world.now.plus_ms(1)).unwrap();
    telling.0.store(1_000, Ordering::Relaxed);
    clinic.ask_balances(world.now.plus_ms(2)).unwrap();
    let accounts = world.clinic().accounts().unwrap();
    assert_eq!(accounts.len(), 1, "who tells nothing has no account: {accounts:?}");
    assert_eq!(
        (accounts[0].state.mode, accounts[0].state.balance_milli),
        (Some(SmsMode::Premium), Some(1_000))
    );
    assert_eq!(told(&world), [11]);
}

fn notices(world: &World) -> Vec<Notice> {
    world.clinic().notices(world.now).unwrap()
}

#[test]
fn nothing_is_noticed_while_all_is_in_order() {
    let mut world = world();
    world.tell(Fact::AccountTold(AccountState {
        mode: Some(SmsMode::Standard),
        messages_left: Some(900),
        ..state(&world)
    }));
    assert_eq!(notices(&world), []);
}

#[test]
fn a_mode_that_the_account_does_not_have_is_noticed() {
    let mut world = world();
    world.set(|settings| settings.mode = SmsMode::Premium);
    world.tell(Fact::AccountTold(AccountState { mode: Some(SmsMode::Standard), ..state(&world) }));
    let notices = notices(&world);
    assert_eq!(
        notices,
        [Notice::ModeDiffers { gateway: GATEWAY.into(), set: SmsMode::Premium, allowed: SmsMode::Standard }]
    );
    assert!(notices[0].message(Language::Pl).contains("własne pole nadawcy"), "{notices:?}");
    assert!(notices[0].message(Language::En).contains("own sender"));
}

#[test]
fn a_campaign_whose_answers_cannot_come_is_noticed() {
    let mut world = world();
    world.set(|settings| settings.senders[0].receives = false);
    assert_eq!(notices(&world), [Notice::NoAnswerCanCome { campaign: "p".into() }]);
    world.pause("p");
    assert_eq!(notices(&world), []);
}

#[test]
fn a_low_balance_is_noticed_with_the_top_up_link() {
    let mut world = world();
    world.set(|settings| settings.top_up_link = Some("www.example.pl/doladuj".into()));
    left(&mut world, 7);
    let notices = notices(&world);
    let link = Some("www.example.pl/doladuj".to_owned());
    assert_eq!(notices, [Notice::LowBalance { gateway: GATEWAY.into(), left: 7, top_up_link: link }]);
    for language in [Language::Pl, Language::En] {
        let text = notices[0].message(language);
        assert!(text.contains("7") && text.contains("www.example.pl/doladuj"), "{text}");
    }
}

#[test]
fn a_paused_gateway_and_the_shadow_mode_are_noticed() {
    let mut world = world();
    world.set(|settings| settings.shadow = false);
    world.visit("w1", "1", "2026-11-20 12:30");
    let class = RejectClass::AccountNoCredit;
    world.gateway.script([SubmitResult::Rejected { class, code: "x".into() }]);
    world.run_until("2026-11-19 10:01");
    assert!(matches!(
        notices(&world)[..],
        [Notice::GatewayPaused { class: RejectClass::AccountNoCredit, .. }]
    ));
    world.now = at("2026-11-19 12:00");
    assert_eq!(notices(&world), [], "the pause is over");
    world.set(|settings| settings.shadow = true);
    assert_eq!(notices(&world), [Notice::Shadow {}]);
}
