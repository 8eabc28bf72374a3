//! The circuit breaker: a day that would send far more than usual stops and asks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable
)]

mod world;

use depesza::engine::EngineError;
use depesza::model::*;
use depesza::store::Table;
use world::*;

/// A breaker at ten messages and three times the usual day, and patients with visits on a day.
fn busy(visits: u32) -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.set(|settings| settings.breaker = Some(Breaker { factor: 3, floor: 10 }));
    world.start("p", day_before("10:00"));
    book(&mut world, visits, "2026-11-18", 0);
    world
}

fn book(world: &mut World, visits: u32, day: &str, from: u32) {
    for no in from..from + visits {
        world.patient(&no.to_string(), &format!("501{no:06}"));
        world.visit(&format!("{day} {no}"), &no.to_string(), &format!("{day} 12:00"));
    }
}

fn opened(world: &World) -> Vec<(u64, u64)> {
    let events = world.events().into_iter();
    events
        .filter_map(|event| match event {
            Happening::BreakerOpened { sent, limit } => Some((sent, limit)),
            _ => None,
        })
        .collect()
}

fn figures(world: &World) -> (u64, u64, Option<u64>, BreakerState) {
    let figures = world.clinic().breaker(world.now).unwrap();
    (figures.sent, figures.usual, figures.limit, figures.state)
}

#[test]
fn an_ordinary_day_never_stops() {
    let mut world = busy(10);
    world.run_until("2026-11-18 00:00");
    assert_eq!(world.sent().len(), 10);
    assert!(opened(&world).is_empty());
}

#[test]
fn a_day_far_above_the_usual_stops_and_is_told_once() {
    let mut world = busy(25);
    world.run_until("2026-11-17 11:00");
    assert_eq!(world.sent().len(), 10);
    assert_eq!(opened(&world), [(10, 10)]);
    assert_eq!(figures(&world), (10, 0, Some(10), BreakerState::Open));
    // nobody answers: the rest goes on the next day, where it still makes sense
    world.run_until("2026-11-19 00:00");
    assert_eq!(opened(&world).len(), 1);
    let next_day = world.sent_at().into_iter().filter(|at| at == "2026-11-18 08:00").count();
    assert_eq!((next_day, world.sent().len()), (15, 25));
}

#[test]
fn what_waits_until_its_visit_begins_is_skipped() {
    let mut world = busy(25);
    world.set(|settings| settings.breaker = Some(Breaker { factor: 2, floor: 1 }));
    world.run_until("2026-11-19 00:00");
    let fates: Vec<_> = (0..25).map(|no| world.fates(&format!("2026-11-18 {no}"))[0]).collect();
    assert_eq!(fates.iter().filter(|fate| **fate == DELIVERED).count(), 3); // one, then twice the usual day
    assert_eq!(fates.iter().filter(|fate| **fate == skipped("visit_started")).count(), 22, "{fates:?}");
}

#[test]
fn a_release_lets_the_rest_of_the_day_through_and_no_other_day() {
    let mut world = busy(25);
    world.run_until("2026-11-17 11:00");
    world.desk(|desk, now| desk.release_breaker(now));
    assert_eq!(figures(&world).3, BreakerState::Released);
    world.run_until("2026-11-17 11:20");
    assert_eq!(world.sent().len(), 25);
    // three times the usual day, which was this one: 75
    book(&mut world, 80, "2026-11-20", 100);
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent().len(), 25 + 75);
    assert_eq!(figures(&world), (75, 25, Some(75), BreakerState::Open));
}

#[test]
fn the_usual_day_is_the_average_of_the_days_that_had_messages() {
    let mut world = World::new("2026-11-02 09:00");
    world.set(|settings| settings.breaker = Some(Breaker { factor: 3, floor: 5 }));
    world.start("p", day_before("10:00"));
    for (place, visits) in [1, 2, 3].into_iter().enumerate() {
        book(
            &mut world,
            visits,
            &format!("2026-11-{:02}", 4 + 2 * place),
            10 * u32::try_from(place).unwrap(),
        );
    }
    world.run_until("2026-11-30 00:00");
    assert_eq!(figures(&world), (0, 2, Some(6), BreakerState::Closed));
    assert!(opened(&world).is_empty());
}

#[test]
fn a_persons_own_reminder_is_not_held() {
    let mut world = busy(25);
    world.run_until("2026-11-17 11:00");
    book(&mut world, 1, "2026-11-20", 500);
    world.remind("2026-11-20 500");
    world.step();
    assert_eq!(world.sent().len(), 11);
}

#[test]
fn only_who_manages_campaigns_releases_and_it_is_on_record() {
    let mut world = busy(25);
    world.run_until("2026-11-17 11:00");
    let clinic = world.clinic();
    let reception = clinic.as_user(User::new("r", [Permission::CommunicationCenter]));
    let refused = reception.release_breaker(world.now);
    assert!(matches!(refused, Err(EngineError::NotPermitted(Permission::ManageCampaigns))), "{refused:?}");
    assert_eq!(reception.breaker(world.now).unwrap().state, BreakerState::Open);
    let released = |world: &World| {
        let trail = world.store.list(&CLINIC.into(), Table::Audit, "", "~", 1_000).unwrap();
        trail.iter().filter(|(_, line)| line.contains("breaker_released")).count()
    };
    assert_eq!(released(&world), 0);
    drop(clinic);
    world.desk(|desk, now| desk.release_breaker(now));
    world.desk(|desk, now| desk.release_breaker(now)); // nothing left to release
    assert_eq!(released(&world), 1);
}

#[test]
fn without_a_breaker_nothing_stops() {
    let mut world = busy(25);
    world.set(|settings| settings.breaker = None);
    world.run_until("2026-11-17 11:00");
    assert_eq!(world.sent().len(), 25);
    assert_eq!(figures(&world).2, None);
}
