//! After a restoration from an old copy: EDGE_CASES 19.
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

use depesza::engine::{DoubtSettled, Engine, SteppedTurn, TurnStep};
use depesza::gateway::Gateway;
use depesza::model::*;
use depesza::store::Store;
use rig::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use world::*;

#[test]
fn edge_019_after_a_restoration_what_was_due_since_is_in_doubt_and_a_look_up_settles_it() {
    let mut bench = Bench::new(look_up_only(), 3);
    // lived through and lost again: the first two went out, the third did not
    let copy = Bench::new(look_up_only(), 3);
    let copied_at = at("2026-11-19 09:00");
    bench.gateway.script([accepted_as("x-1"), accepted_as("x-2"), rejected(RejectClass::Content)]);
    bench.dispatch();
    let gateway: Arc<dyn Gateway> = bench.gateway.clone();
    let engine = Engine::new(copy.store.clone(), vec![(GATEWAY.into(), gateway)]);
    bench.pass_ms(HOUR_MS);
    assert_eq!(engine.practice(CLINIC.into()).restored(copied_at, bench.now).unwrap(), 3);
    engine.dispatch(bench.now.plus_ms(1), 1_000).unwrap();
    assert_eq!(copy.statuses(), [Status::Submitted; 3]);
    no_doubles(&bench);
    assert_eq!(bench.gateway.handsets().len(), 3, "what the look-up did not find goes now");
}

fn accepted_as(id: &str) -> SubmitResult {
    SubmitResult::Accepted { provider_ids: vec![id.into()], parts: None, cost_milli: None }
}

#[test]
fn edge_019_what_was_overdue_when_the_copy_was_made_is_in_doubt_too() {
    // copied at 10:00:30, between the time of the messages and the dispatcher's next look at the queue
    let copy = Bench::new(plain(), 2);
    let clinic = copy.world.clinic();
    assert_eq!(clinic.restored(copy.now.plus_ms(30 * SECOND_MS), copy.now.plus_ms(HOUR_MS)).unwrap(), 2);
    copy.engine().dispatch(copy.now.plus_ms(HOUR_MS), 1_000).unwrap();
    assert!(copy.gateway.handed().is_empty(), "they may have gone at 10:01");
}

#[test]
fn edge_019_after_a_restoration_a_flood_is_in_doubt_whole_and_later_messages_have_new_references() {
    let copy = Bench::new(plain(), 1_100);
    let mut world = copy.world;
    let doubtful = world.clinic().restored(at("2026-11-19 09:00"), copy.now).unwrap();
    assert_eq!(doubtful, 1_100);
    assert_eq!(world.clinic().restored(at("2026-11-19 09:00"), copy.now).unwrap(), 0, "once is enough");
    let old: BTreeSet<_> = all_references(&world);
    world.patient("new", "502000001");
    world.visit("new", "new", "2026-11-21 15:00");
    let engine =
        Engine::new(copy.store.clone(), vec![(GATEWAY.into(), copy.gateway.clone() as Arc<dyn Gateway>)]);
    engine.dispatch(at("2026-11-20 10:00"), 10).unwrap();
    let fresh = all_references(&world).difference(&old).cloned().collect::<Vec<_>>();
    assert_eq!(fresh.len(), 1);
    let epoch = |reference: &str| reference.split('-').nth(1).unwrap().to_owned();
    assert_ne!(epoch(&fresh[0]), epoch(old.first().unwrap()));
}

#[test]
fn edge_019_what_was_booked_and_told_of_in_the_lost_time_is_not_told_of_again() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("b", booking(10));
    world.start("p", day_before("10:00"));
    world.patient("1", "501234567");
    // copied now; lost: the visit booked at 11:00, its booking message, the day's work
    world.now = at("2026-11-16 17:00");
    world.clinic().restored(at("2026-11-16 09:00"), world.now).unwrap();
    let booked = |visit: &mut Visit| visit.booked_at = Some(at("2026-11-16 11:00"));
    world.visit_with("w1", "1", "2026-11-20 12:30", booked);
    world.visit("w2", "1", "2026-11-21 12:30");
    world.run_until("2026-11-16 19:00");
    assert_eq!(world.fates("w1")[0], (Status::InDoubt, Some("restored")));
    assert_eq!(world.fates("w2")[0].0, Status::Delivered, "booked after the restoration");
    world.run_until("2026-11-20 11:00");
    assert_eq!(world.fates("w1")[1].0, Status::Delivered, "its reminder was never sent");
    let doubtful = world.messages("w1")[0].id;
    assert_eq!(world.sent().len(), 3);
    world
        .clinic()
        .as_user(User::new("recepcja", Permission::CLINIC))
        .settle_doubt(doubtful, DoubtSettled::Arrived, world.now)
        .unwrap();
    assert_eq!(world.fates("w1")[0], (Status::Delivered, None));
}

#[test]
fn edge_019_an_answer_that_came_in_the_lost_time_counts_when_it_is_told_again() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    world.now = at("2026-11-19 15:00");
    world.clinic().restored(at("2026-11-19 09:00"), world.now).unwrap();
    assert_eq!(world.fates("w1"), [(Status::InDoubt, Some("restored"))]);
    world.reply_with("501234567", "TAK", |sms| sms.received_at = at("2026-11-19 10:20"));
    assert_eq!(world.confirmation("w1"), Some(Reply::Yes));
}

/// More messages than a page wait for their reports until the very instant at which one more is due.
#[test]
fn edge_019_what_is_due_behind_a_thousand_messages_without_reports_is_in_doubt_too() {
    let mut copy = Bench::new(plain(), 1_100);
    copy.world.set(|settings| settings.breaker = None);
    copy.dispatch();
    copy.dispatch();
    assert_eq!(copy.gateway.handed().len(), 1_100);
    copy.world.patient("last", "502000001");
    copy.world.visit("last", "last", "2026-11-23 12:30"); // its reminder is due when their 72 hours are over
    copy.pass_ms(3 * DAY_MS + HOUR_MS);
    assert_eq!(copy.world.clinic().restored(at("2026-11-22 09:30"), copy.now).unwrap(), 1);
    copy.dispatch();
    assert_eq!(copy.gateway.handed().len(), 1_100, "it may have gone in the lost time");
}

fn all_references(world: &World) -> BTreeSet<String> {
    let (mut all, mut from) = (BTreeSet::new(), None);
    loop {
        let page = world.clinic().messages(&MessageFilter::default(), from.as_deref(), 1_000).unwrap();
        all.extend(page.rows.into_iter().filter_map(|row| row.message.reference));
        from = page.next;
        if from.is_none() {
            return all;
        }
    }
}

#[test]
fn a_copy_put_back_under_a_dispatcher_is_read_anew_though_its_version_is_the_same() {
    let bench = Bench::new(plain(), 1);
    let practice = PracticeId::from(CLINIC);
    let copy = Bench::new(plain(), 1);
    let gateway: Arc<dyn Gateway> = bench.gateway.clone();
    let restored = Engine::new(copy.store.clone(), vec![(GATEWAY.into(), gateway)]);
    // the dispatcher has claimed the message, and knows it as it is at this version
    let mut turn = SteppedTurn::new(practice.clone(), 10, bench.now);
    assert!(turn.advance(&bench.engine()).unwrap());
    assert!(matches!(turn.next_step(), Some(TurnStep::Prepare(_))), "{:?}", turn.next_step());
    // in the copy another commit has that number: a person took the message back
    let message = bench.world.message("w1").id;
    let clinic = restored.practice(practice.clone());
    clinic.as_user(User::new("anna", Permission::CLINIC)).cancel_message(message, bench.now).unwrap();
    let versions = (copy.store.version(&practice).unwrap(), bench.store.version(&practice).unwrap());
    assert_eq!(versions.0, versions.1, "else the version alone would tell");
    while turn.advance(&restored).unwrap() {}
    assert!(bench.gateway.handed().is_empty(), "a message that was taken back");
}

#[test]
fn edge_019_what_was_booked_after_the_restoration_cannot_have_gone_before_it() {
    let restored = || {
        let mut world = World::new("2026-11-16 09:00");
        world.start("p", day_before("10:00"));
        world.patient("1", "501234567");
        world.now = at("2026-11-16 17:00");
        world.clinic().restored(at("2026-11-16 09:00"), world.now).unwrap();
        world.now = at("2026-11-16 18:00");
        world
    };
    // booked late: its reminder was wanted in the time that was lost
    let mut world = restored();
    let booked = |visit: &mut Visit| visit.booked_at = Some(at("2026-11-16 17:55"));
    world.visit_with("w", "1", "2026-11-17 12:30", booked);
    world.run_until("2026-11-16 19:00");
    assert_eq!(world.sent_at(), ["2026-11-16 18:00"]);
    // the engine's own guess, of when it was told, says nothing
    let mut world = restored();
    world.visit("w", "1", "2026-11-17 12:30");
    world.run_until("2026-11-16 19:00");
    assert_eq!(world.fates("w"), [(Status::InDoubt, Some("restored"))]);
}
