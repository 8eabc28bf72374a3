//! The desk's one list of what waits for a person.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::{DoubtSettled, EngineError};
use depesza::gateway::Simulator;
use depesza::model::*;
use world::*;

const NUMBER: &str = "501 234 567";

/// What is on the list, newest first.
fn kinds(world: &World) -> Vec<&'static str> {
    let page = world.clinic().inbox(None, 100).unwrap();
    page.items.iter().map(|item| kind(&item.what)).collect()
}

fn kind(what: &InboxWhat) -> &'static str {
    match what {
        InboxWhat::Unread { .. } => "unread",
        InboxWhat::Ambiguous { .. } => "ambiguous",
        InboxWhat::StopMentioned { .. } => "stop mentioned",
        InboxWhat::OptedOut { .. } => "opted out",
        InboxWhat::InDoubt { .. } => "in doubt",
        InboxWhat::BadNumber { .. } => "bad number",
        InboxWhat::GatewayPaused { .. } => "paused",
        InboxWhat::LowBalance { .. } => "low balance",
    }
}

fn first(world: &World) -> InboxItem {
    world.clinic().inbox(None, 1).unwrap().items.remove(0)
}

fn settle(world: &mut World) {
    let item = first(world).id;
    world.desk(|desk, now| desk.settle(&item, now));
}

/// Patient 1 was asked about two visits in two messages.
fn asked_twice() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-21 12:30");
    world.run_until("2026-11-20 10:05");
    world
}

#[test]
fn an_unread_message_is_on_the_list_until_it_is_read() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", NUMBER);
    assert!(kinds(&world).is_empty());
    world.reply(NUMBER, "Dzien dobry");
    let item = first(&world);
    let (InboxRef::Message(id), InboxWhat::Unread { row }) = (&item.id, &item.what) else {
        panic!("{item:?}")
    };
    assert_eq!(row.patient_name.as_ref().unwrap().reveal(), "Imie1 Nazwisko1");
    assert_eq!(item.actions, [RowAction::MarkRead, RowAction::OpenChat, RowAction::Assign]);
    world.desk(|desk, now| desk.mark_read(*id, now));
    assert!(kinds(&world).is_empty());
    world.desk(|desk, now| desk.mark_unread(*id, now));
    assert_eq!(kinds(&world), ["unread"]);
    settle(&mut world);
    assert!(kinds(&world).is_empty());
    assert!(world.clinic().message(*id).unwrap().unwrap().read, "what was dealt with was read");
}

#[test]
fn an_ambiguous_answer_and_a_mention_of_stop_wait_until_they_are_settled_though_they_were_read() {
    let mut world = asked_twice();
    world.reply(NUMBER, "TAK");
    world.now = world.now.plus_ms(1_000);
    world.reply(NUMBER, "prosze nie pisac, STOP");
    assert_eq!(kinds(&world), ["stop mentioned", "ambiguous"]);
    for item in world.clinic().inbox(None, 10).unwrap().items {
        let InboxRef::Message(id) = item.id else { panic!("{item:?}") };
        assert!(item.actions.contains(&RowAction::Settle) && item.actions.contains(&RowAction::Assign));
        world.desk(|desk, now| desk.mark_read(id, now));
    }
    assert_eq!(kinds(&world), ["stop mentioned", "ambiguous"]);
    settle(&mut world);
    assert_eq!(kinds(&world), ["ambiguous"]);
    settle(&mut world);
    assert!(kinds(&world).is_empty());
}

#[test]
fn an_opt_out_by_stop_or_at_the_provider_is_on_the_list() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    world
        .gateway
        .script([SubmitResult::Rejected { class: RejectClass::RecipientOptedOut, code: "1".into() }]);
    world.run_until("2026-11-19 11:00");
    assert_eq!(kinds(&world), ["opted out"]);
    world.reply("600 000 000", "STOP");
    assert_eq!(kinds(&world), ["opted out", "opted out"]);
    settle(&mut world);
    settle(&mut world);
    assert!(kinds(&world).is_empty());
}

#[test]
fn a_message_in_doubt_is_on_the_list_until_somebody_says_what_became_of_it() {
    let no_look_up = Capabilities {
        own_reference: OwnReference::None,
        look_up: false,
        batch: 100,
        reports: true,
        cancel: false,
    };
    let gateway = Simulator::new(GATEWAY.into(), 1).with_capabilities(no_look_up);
    let mut world = World::with("2026-11-16 09:00", practice(), gateway);
    world.start("p", day_before("10:00"));
    world.patient("1", NUMBER);
    for (visit, start) in [("w1", "2026-11-20 12:30"), ("w2", "2026-11-25 12:30")] {
        world.visit(visit, "1", start);
        world.gateway.script([SubmitResult::Unknown { why: "timeout".into() }]);
    }
    world.run_until("2026-11-24 11:00");
    assert_eq!(kinds(&world), ["in doubt", "in doubt"]);
    let item = first(&world);
    assert_eq!(item.actions, [RowAction::OpenChat, RowAction::SettleDoubt, RowAction::Settle]);
    let InboxRef::Message(id) = item.id else { panic!("{item:?}") };
    world.desk(|desk, now| desk.settle_doubt(id, DoubtSettled::Arrived, now));
    assert_eq!(kinds(&world), ["in doubt"]);
    settle(&mut world);
    assert!(kinds(&world).is_empty());
    assert_eq!(world.message("w1").status, Status::InDoubt, "it is off the list and still in doubt");
}

#[test]
fn a_bad_number_is_on_the_list_until_the_card_has_another_or_it_is_settled() {
    let mut world = world();
    world.patient("2", "502 222 222");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "2", "2026-11-20 12:30");
    let refused = SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "2001".into() };
    world.gateway.script([refused.clone(), refused]);
    world.run_until("2026-11-19 11:00");
    let items = world.clinic().inbox(None, 10).unwrap().items;
    let whose: Vec<_> = items
        .iter()
        .map(|item| match &item.what {
            InboxWhat::BadNumber { patient, patient_name } => {
                (patient.clone().unwrap().to_string(), patient_name.clone().unwrap())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(whose.len(), 2);
    assert!(whose.contains(&("2".to_owned(), Name::new("Imie2 Nazwisko2"))));
    assert_eq!(items[0].actions, [RowAction::CorrectNumber, RowAction::Settle]);
    settle(&mut world);
    assert_eq!(kinds(&world), ["bad number"]);
    // the cards get other numbers, and then the old ones back
    for (patient, old) in [("1", NUMBER), ("2", "502 222 222")] {
        world.patient(patient, "503 333 333");
        world.patient(patient, old);
    }
    assert!(kinds(&world).is_empty());
}

#[test]
fn a_paused_gateway_is_on_the_list_until_it_works_again() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    world
        .gateway
        .script([SubmitResult::Rejected { class: RejectClass::AccountNoCredit, code: "103".into() }]);
    world.now = at("2026-11-19 10:00");
    world.step();
    let item = first(&world);
    let InboxWhat::GatewayPaused { gateway, class, .. } = &item.what else { panic!("{item:?}") };
    assert_eq!((gateway.as_str(), *class), (GATEWAY, RejectClass::AccountNoCredit));
    assert_eq!(item.actions, [RowAction::ResumeGateway, RowAction::Settle]);
    world.run_until("2026-11-19 12:00");
    assert!(kinds(&world).is_empty());
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_pause_that_was_settled_stays_off_the_list_while_it_lasts() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    let refused = SubmitResult::Rejected { class: RejectClass::AccountNoCredit, code: "103".into() };
    world.gateway.script(vec![refused.clone(); 2]);
    world.now = at("2026-11-19 10:00");
    world.step();
    settle(&mut world);
    world.run_until("2026-11-19 10:20");
    assert!(kinds(&world).is_empty(), "refused once more, it is the same pause");
    world.run_until("2026-11-19 12:00");
    world.visit("w2", "1", "2026-11-25 12:30");
    world.gateway.script([refused]);
    world.now = at("2026-11-24 10:00");
    world.step();
    assert_eq!(kinds(&world), ["paused"], "a new one is news");
}

#[test]
fn an_account_that_is_running_out_is_on_the_list_until_it_is_topped_up_or_settled() {
    let mut world = world();
    let account = |left, now| {
        Fact::AccountTold(AccountState {
            gateway: GATEWAY.into(),
            at: now,
            mode: None,
            balance_milli: None,
            messages_left: Some(left),
        })
    };
    world.tell(account(51, world.now));
    assert!(kinds(&world).is_empty());
    world.now = world.now.plus_ms(MINUTE_MS);
    world.tell(account(29, world.now));
    let item = first(&world);
    assert_eq!(item.what, InboxWhat::LowBalance { gateway: GATEWAY.into(), left: 29 });
    assert_eq!(item.actions, [RowAction::TopUp, RowAction::Settle]);
    settle(&mut world);
    assert!(kinds(&world).is_empty());
    world.now = world.now.plus_ms(MINUTE_MS);
    world.tell(account(0, world.now));
    assert_eq!(kinds(&world), ["low balance"], "the next threshold is news");
    world.now = world.now.plus_ms(MINUTE_MS);
    world.tell(account(500, world.now));
    assert!(kinds(&world).is_empty());
}

#[test]
fn the_list_is_paged_newest_first_and_everything_is_on_it_once() {
    let mut world = asked_twice();
    world.reply(NUMBER, "TAK");
    for no in 0..20 {
        world.reply("600 000 000", &format!("nr {no}"));
        if no % 3 == 0 {
            world.now = world.now.plus_ms(60_000);
        }
    }
    let all = world.clinic().inbox(None, 1_000).unwrap();
    assert_eq!((all.items.len(), &all.next), (21, &None));
    assert!(all.items.windows(2).all(|pair| pair[0].at >= pair[1].at));
    for limit in [1, 4, 7, 20, 21] {
        let (mut items, mut from) = (Vec::new(), None);
        loop {
            let page = world.clinic().inbox(from.as_deref(), limit).unwrap();
            items.extend(page.items);
            from = page.next;
            world.now = world.now.plus_ms(1_000);
            if from.is_none() {
                break;
            }
        }
        assert_eq!(items, all.items, "{limit}");
    }
    for cursor in [
        "",
        "i",
        "i1",
        "x000001763283600000|message|1",
        "i000001763283600000|nothing|1",
        "i000001763283600000|message|",
    ] {
        let refused = world.clinic().inbox(Some(cursor), 5);
        assert!(matches!(refused, Err(EngineError::BadCursor)), "{cursor}: {refused:?}");
    }
    let guest = User::new("gosc", [Permission::ManageCampaigns]);
    assert!(matches!(world.clinic().as_user(guest).inbox(None, 5), Err(EngineError::NotPermitted(_))));
}
