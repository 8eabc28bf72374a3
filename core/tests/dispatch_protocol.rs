//! The dispatch protocol when something dies, sleeps or comes between at any step of it: nothing goes twice, nothing is lost,
//! and nothing is called unsent that may have gone. EDGE_CASES 98, 102 and 103.
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

use depesza::engine::{Engine, EngineError, SteppedTurn, TurnStep};
use depesza::gateway::{Faults, Gateway, Simulator};
use depesza::model::*;
use depesza::store::{Commit, Entry, Index, RowKey, StoreError, Table, Write, instant_key};
use rig::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use world::*;

/// Lets something happen at every step of a dispatch, one run for each.
fn at_every_step(
    can: &Capabilities,
    trip: impl Fn(&Bench) -> Trip,
    mut check: impl FnMut(&mut Bench),
) -> usize {
    for step in 0.. {
        let mut bench = Bench::new(can.clone(), 3);
        bench.wire.arm(step, trip(&bench));
        survives(|| {
            let _ = bench.engine().dispatch(bench.now, 1_000);
        });
        let tripped = bench.wire.disarm();
        check(&mut bench);
        if !tripped {
            return step;
        }
    }
    unreachable!()
}

#[test]
fn a_process_killed_at_any_step_of_a_dispatch_sends_nothing_twice_and_loses_nothing() {
    for (can, doubt_allowed) in kinds() {
        for trip in [Trip::DieBefore, Trip::DieAfter, Trip::RefuseBefore, Trip::RefuseAfter] {
            let steps = at_every_step(
                &can,
                |_| trip.clone(),
                |bench| {
                    bench.run_hours(6);
                    nothing_twice_nothing_lost(bench, doubt_allowed);
                },
            );
            assert!(steps > 20, "only {steps} steps were tried");
        }
    }
}

#[test]
fn a_process_killed_twice_sends_nothing_twice_and_loses_nothing() {
    const STEPS: [usize; 5] = [0, 3, 7, 11, 15];
    let mut tripped = [false; STEPS.len()];
    for (can, doubt_allowed) in kinds() {
        at_every_step(
            &can,
            |_| Trip::DieAfter,
            |first| {
                // the second death, at some step of what settles the first
                first.pass_ms(3 * MINUTE_MS);
                for (step, tripped) in STEPS.into_iter().zip(&mut tripped) {
                    first.wire.arm(step, Trip::DieAfter);
                    survives(|| {
                        let _ = first.engine().dispatch(first.now, 1_000);
                    });
                    *tripped |= first.wire.disarm();
                    first.pass_ms(3 * MINUTE_MS);
                }
                first.run_hours(6);
                nothing_twice_nothing_lost(first, doubt_allowed);
            },
        );
    }
    assert_eq!(tripped, [true; STEPS.len()], "every second death happened at least once");
}

#[test]
fn a_process_killed_twice_with_days_between_does_not_trust_an_idempotency_window_that_ended() {
    // a visit far away, so that the message still makes sense after the window
    for step in 0..60 {
        let mut bench = Bench::new(idempotent(), 0);
        bench.world.start("early", campaign("p", Timing::Reminder { steps: vec![step_days(4, "10:00")] }));
        bench.world.patient("1", "501234567");
        bench.world.visit("w1", "1", "2026-11-30 12:30");
        bench.now = at("2026-11-26 10:00");
        bench.gateway.script([taken_unknown()]);
        bench.dispatch();
        bench.pass_ms(3 * MINUTE_MS);
        bench.wire.arm(step, Trip::DieBefore);
        survives(|| {
            let _ = bench.engine().dispatch(bench.now, 1_000);
        });
        let tripped = bench.wire.disarm();
        bench.pass_ms(2 * DAY_MS);
        bench.gateway.forget();
        bench.run_hours(6);
        no_doubles(&bench);
        if !tripped {
            return;
        }
    }
    panic!("more steps than were tried");
}

#[test]
fn a_gateway_that_dies_on_its_first_batch_leaves_the_others_alone() {
    let mut bench = Bench::new(Capabilities { batch: 1, ..plain() }, 3);
    bench.gateway.script([unknown()]);
    // the submission of the first is the last thing the process does
    for step in 0.. {
        bench = Bench::new(Capabilities { batch: 1, ..plain() }, 3);
        bench.wire.arm(step, Trip::DieAfter);
        survives(|| {
            let _ = bench.engine().dispatch(bench.now, 1_000);
        });
        bench.wire.disarm();
        if !bench.gateway.handsets().is_empty() {
            break;
        }
    }
    bench.run_hours(3);
    assert_eq!(bench.statuses(), [Status::InDoubt, Status::Submitted, Status::Submitted]);
}

#[test]
fn edge_103_a_second_dispatcher_at_any_step_of_the_first_sends_nothing_twice() {
    for (can, _) in kinds() {
        let other = |bench: &Bench| {
            let (engine, now) = (bench.engine(), bench.now);
            Trip::Meanwhile(Arc::new(move || {
                engine.dispatch(now, 1_000).unwrap();
            }))
        };
        at_every_step(&can, other, |bench| {
            assert_eq!(bench.statuses(), [Status::Submitted; 3]);
            nothing_twice_nothing_lost(bench, false);
        });
    }
}

#[test]
fn a_dispatcher_that_sleeps_over_its_lease_at_any_step_sends_nothing_twice() {
    for can in [idempotent(), plain()] {
        let other = |bench: &Bench| {
            let (engine, later) = (bench.engine(), bench.now.plus_ms(5 * MINUTE_MS));
            Trip::Meanwhile(Arc::new(move || {
                engine.dispatch(later, 1_000).unwrap();
            }))
        };
        at_every_step(&can, other, |bench| {
            bench.run_hours(6);
            // the sleeper's answer settles what the other one had to doubt
            nothing_twice_nothing_lost(bench, false);
        });
    }
}

#[test]
fn edge_103_many_threads_dispatch_one_practice_and_nothing_goes_twice() {
    let bench = Bench::new(Capabilities { batch: 10, ..look_up_only() }, 120);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| bench.engine().dispatch(bench.now, 1_000).unwrap());
        }
    });
    bench.dispatch();
    assert_eq!(bench.gateway.handsets().len(), 120);
    nothing_twice_nothing_lost(&bench, false);
}

#[test]
fn edge_093_an_unknown_outcome_is_looked_up_and_not_sent_blindly_again() {
    let mut bench = Bench::new(look_up_only(), 2);
    bench.gateway.script([taken_unknown(), unknown()]);
    bench.dispatch();
    assert_eq!(bench.statuses(), [Status::Submitting; 2]);
    assert_eq!(bench.gateway.handed().len(), 2);
    bench.run_hours(1);
    assert_eq!(bench.statuses(), [Status::Submitted; 2]);
    let references: Vec<_> = bench.gateway.handed().into_iter().map(|sent| sent.reference).collect();
    assert_eq!(references.len(), 3, "only what the look-up did not find goes again");
    assert_eq!(references[2], references[1]);
    assert!(bench.all().iter().all(|message| message.attempts == 0));
    no_doubles(&bench);
}

#[test]
fn an_old_look_ups_not_found_does_not_count_once_the_message_went_again() {
    let mut bench = Bench::new(look_up_only(), 1);
    bench.gateway.script([unknown()]);
    bench.dispatch();
    bench.pass_ms(3 * MINUTE_MS);
    // the first dispatcher has asked, was told "not found", and sleeps
    let mut sleeper = SteppedTurn::new(CLINIC.into(), 100, bench.now);
    while !matches!(sleeper.next_step(), Some(TurnStep::LookedUp(_))) {
        assert!(sleeper.advance(&bench.engine()).unwrap());
    }
    // an hour later the second one asks, and sends it again; it arrives, and nobody hears of it
    bench.pass_ms(HOUR_MS);
    bench.gateway.script([taken_unknown()]);
    bench.dispatch();
    assert_eq!(bench.gateway.handsets().len(), 1);
    // a third one finds no answer, and dies before it asks
    bench.pass_ms(3 * MINUTE_MS);
    let mut third = SteppedTurn::new(CLINIC.into(), 100, bench.now);
    third.advance(&bench.engine()).unwrap();
    assert_eq!(bench.statuses(), [Status::InDoubt]);
    while sleeper.advance(&bench.engine()).unwrap() {}
    assert_eq!(bench.statuses(), [Status::InDoubt]);
    bench.run_hours(6);
    nothing_twice_nothing_lost(&bench, false);
}

#[test]
fn an_unknown_outcome_is_not_called_unsent_when_its_visit_is_called_off_meanwhile() {
    for can in [idempotent(), look_up_only(), plain()] {
        let mut bench = Bench::new(can, 1);
        bench.gateway.script([taken_unknown()]);
        bench.dispatch();
        bench.world.visit_state("w1", "1", "2026-11-20 12:30", VisitState::Cancelled);
        bench.run_hours(3);
        let message = bench.world.message("w1");
        assert!(
            matches!(message.status, Status::InDoubt | Status::Submitted),
            "the patient has it, the record says {:?}",
            message.status
        );
        assert_eq!(bench.gateway.handed().len(), 1, "nothing goes about a visit that was called off");
        bench.report(1, DeliveryState::Delivered);
        assert_eq!(bench.world.message("w1").status, Status::Delivered);
    }
}

#[test]
fn an_unknown_outcome_is_not_called_unsent_by_what_a_later_attempt_is_told() {
    for answer in [
        SubmitResult::TryLater { after_ms: MINUTE_MS },
        rejected(RejectClass::Transient),
        rejected(RejectClass::AccountNoCredit),
    ] {
        let mut bench = Bench::new(idempotent(), 1);
        bench.gateway.script([taken_unknown()]);
        bench.dispatch();
        // the gateway answers before it looks at the reference
        bench.gateway.answer_first(answer);
        bench.pass_ms(3 * MINUTE_MS);
        bench.dispatch();
        bench.world.visit_state("w1", "1", "2026-11-20 12:30", VisitState::Cancelled);
        bench.run_hours(3);
        assert_eq!(bench.world.message("w1").status, Status::InDoubt);
        bench.report(1, DeliveryState::Delivered);
        assert_eq!(bench.world.message("w1").status, Status::Delivered);
        no_doubles(&bench);
    }
}

#[test]
fn without_its_gateway_a_message_that_may_have_gone_goes_to_no_other() {
    let mut bench = Bench::new(idempotent(), 1);
    bench.gateway.script([taken_unknown()]);
    bench.dispatch();
    let other = Arc::new(WiredGateway::new(bench.wire.clone(), idempotent()));
    let engine = Engine::new(bench.store.clone(), vec![("other".into(), other.clone() as Arc<dyn Gateway>)]);
    for _ in 0..3 {
        bench.pass_ms(HOUR_MS);
        engine.dispatch(bench.now, 1_000).unwrap();
    }
    assert_eq!(bench.statuses(), [Status::InDoubt]);
    assert!(other.handed().is_empty());
}

#[test]
fn edge_098_a_report_before_the_submissions_answer_is_taken_by_reference() {
    // the report comes at the step between the submission and the commit of its answer
    for step in 0.. {
        let bench = Bench::new(idempotent(), 1);
        let (engine, now, gateway) = (bench.engine(), bench.now, bench.gateway.clone());
        bench.wire.arm(
            step,
            Trip::Meanwhile(Arc::new(move || {
                if let Some(reference) = gateway.handsets().first() {
                    let report = report(Some(reference), None, DeliveryState::Delivered, now);
                    engine.practice(CLINIC.into()).apply(&[Fact::DeliveryReport(report)], now).unwrap();
                }
            })),
        );
        bench.dispatch();
        let tripped = bench.wire.disarm();
        let message = bench.world.message("w1");
        assert!(matches!(message.status, Status::Submitted | Status::Delivered));
        assert_eq!(message.provider_ids, ["p-1"], "the answer's identifiers are news all the same");
        if message.status == Status::Delivered {
            break;
        }
        assert!(tripped, "the report never came between");
    }
}

#[test]
fn a_report_on_an_attempt_that_was_taken_for_rejected_stops_the_next() {
    for at_claim in [false, true] {
        let mut bench = Bench::new(plain(), 1);
        bench.gateway.script([rejected(RejectClass::Transient)]);
        bench.dispatch();
        bench.pass_ms(10 * MINUTE_MS);
        if at_claim {
            // killed right after it was claimed again
            for step in 0.. {
                bench.wire.arm(step, Trip::DieAfter);
                survives(|| bench.dispatch());
                bench.wire.disarm();
                if bench.statuses() == [Status::Claimed] {
                    break;
                }
            }
        }
        bench.report(1, DeliveryState::Delivered);
        bench.run_hours(5);
        assert_eq!(bench.statuses(), [Status::Delivered]);
        assert_eq!(bench.gateway.handed().len(), 1);
    }
}

#[test]
fn edge_102_killed_between_submission_and_its_record_the_restart_settles_it() {
    for (can, doubt) in kinds() {
        for step in 0.. {
            let mut bench = Bench::new(can.clone(), 1);
            bench.wire.arm(step, Trip::DieAfter);
            let survived = survives(|| bench.dispatch());
            bench.wire.disarm();
            if bench.gateway.handsets().is_empty() || survived {
                assert!(!survived, "never killed right after the submission");
                continue;
            }
            bench.run_hours(1);
            assert_eq!(bench.statuses(), [if doubt { Status::InDoubt } else { Status::Submitted }]);
            assert_eq!(bench.gateway.handsets().len(), 1);
            break;
        }
    }
}

#[test]
fn a_queue_that_names_what_is_over_is_said_to_be_corrupt_and_the_rest_goes() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world.visit("sent", "1", "2026-11-17 12:00");
    world.run_until("2026-11-16 12:00");
    let id = world.clinic().id().clone();
    let (row, doc) = world.store.list(&id, Table::Message, "", "~", 1).unwrap().pop().unwrap();
    let entry = Entry { index: Index::Due, key: instant_key(world.now) };
    let row = RowKey { table: Table::Message, id: row };
    let write = Write { row, doc: Some(doc), add: vec![entry], remove: Vec::new() };
    let version = world.store.version(&id).unwrap();
    world.store.commit(&Commit { practice: id, version, writes: vec![write] }).unwrap();
    world.visit("due", "1", "2026-11-18 12:00");
    let next = at("2026-11-17 10:00");
    let refused = world.engine.dispatch(next, 1_000);
    let Err(EngineError::Store(StoreError::Corrupt(why))) = refused else { panic!("{refused:?}") };
    assert_eq!(why, "message 1 stands in the queue and is not due");
    assert_eq!(world.fates("due"), [(Status::Submitted, None)]);
}

#[test]
fn a_gateway_that_answers_too_few_leaves_the_rest_unknown_and_nothing_goes_twice() {
    for (can, doubt_allowed) in kinds() {
        let mut bench = Bench::new(Capabilities { batch: 100, ..can }, 5);
        bench.gateway.answer_at_most(2);
        let done = bench.engine().dispatch(bench.now, 1_000).unwrap();
        assert_eq!((done.submitted, done.accepted, done.unknown), (5, 2, 3));
        bench.run_hours(6);
        nothing_twice_nothing_lost(&bench, doubt_allowed);
    }
}

#[test]
fn hostile_weather_sends_nothing_twice_and_loses_nothing() {
    for seed in 0..6 {
        let faults = Faults {
            transient: 150,
            try_later: 100,
            answer_lost: 100,
            request_lost: 100,
            undelivered: 100,
            no_report: 100,
            messy_reports: 500,
            ..Faults::default()
        };
        let mut world = World::with(
            "2026-11-16 09:00",
            practice(),
            Simulator::new(GATEWAY.into(), seed).with_faults(faults),
        );
        world.set(|settings| settings.attempts = 5);
        world.start("p", day_before("10:00"));
        for no in 0..60 {
            world.patient(&format!("{no}"), &format!("5010000{no:02}"));
            world.visit(&format!("w{no}"), &format!("{no}"), "2026-11-20 12:30");
        }
        world.run_until("2026-11-24 12:00");
        let taken = world.gateway.taken();
        let references: BTreeSet<_> = taken.iter().map(|taken| taken.reference.clone()).collect();
        assert_eq!(references.len(), taken.len());
        for no in 0..60 {
            let message = world.message(&format!("w{no}"));
            let there = message.reference.as_ref().is_some_and(|reference| references.contains(reference));
            match message.status {
                Status::Failed => assert!(!there, "{message:#?}"),
                Status::Delivered | Status::Undelivered | Status::Unconfirmed => {
                    assert!(there, "{message:#?}")
                }
                _ => panic!("{message:#?}"),
            }
        }
    }
}
