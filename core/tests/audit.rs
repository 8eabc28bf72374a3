//! The audit trail: who changed what, newest first, by user and by subject.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::AuditPage;
use depesza::model::*;
use world::*;

fn trail(world: &World, filter: &AuditFilter) -> Vec<(u64, Action)> {
    let page = world.clinic().audit(filter, None, 1_000).unwrap();
    assert_eq!(page.next, None);
    page.entries.iter().map(|entry| (entry.no, entry.action)).collect()
}

fn by(user: &str) -> AuditFilter {
    AuditFilter { by: Some(user.into()), ..AuditFilter::default() }
}

fn of(subject: &str) -> AuditFilter {
    AuditFilter { subject: Some(subject.into()), ..AuditFilter::default() }
}

#[test]
fn lines_say_who_did_what_to_what_and_when_newest_first() {
    let mut world = world();
    world.now = at("2026-11-16 10:00");
    world.pause("p");
    let page = world.clinic().audit(&AuditFilter::default(), None, 10).unwrap();
    assert_eq!(
        page.entries[0],
        AuditEntry {
            no: 3,
            at: at("2026-11-16 10:00"),
            by: "recepcja".into(),
            action: Action::CampaignPaused,
            subject: Some("p".into()),
        }
    );
    let actions = [(3, Action::CampaignPaused), (2, Action::CampaignActivated), (1, Action::CampaignCreated)];
    assert_eq!(trail(&world, &AuditFilter::default()), actions);
}

#[test]
fn lines_are_found_by_user_and_by_subject() {
    let mut world = world();
    world.start("q", day_before("12:00"));
    let clinic = world.clinic();
    clinic.as_user(User::new("anna", Permission::CLINIC)).pause(&"q".into(), world.now).unwrap();
    assert_eq!(trail(&world, &by("anna")), [(5, Action::CampaignPaused)]);
    assert_eq!(trail(&world, &of("p")), [(2, Action::CampaignActivated), (1, Action::CampaignCreated)]);
    let both = AuditFilter { by: Some("anna".into()), subject: Some("p".into()) };
    assert_eq!(trail(&world, &both), []);
}

/// All lines, by pages of a size.
fn paged(world: &World, filter: &AuditFilter, size: u32) -> (Vec<u64>, usize) {
    let (mut numbers, mut from, mut pages) = (Vec::new(), None, 0);
    loop {
        let AuditPage { entries, next } = world.clinic().audit(filter, from, size).unwrap();
        assert!(entries.len() <= size as usize);
        numbers.extend(entries.iter().map(|entry| entry.no));
        pages += 1;
        match next {
            Some(next) => from = Some(next),
            None => return (numbers, pages),
        }
    }
}

#[test]
fn pages_go_on_without_losing_or_repeating_a_line() {
    let mut world = world();
    for n in 0..60 {
        let spec = CampaignSpec { name: format!("Nazwa {n}"), ..day_before("10:00") };
        world.desk(|desk, now| desk.edit_campaign(&"p".into(), spec, now));
    }
    let all: Vec<u64> = (1..=62).rev().collect();
    for size in [1, 7, 61, 62, 1_000] {
        assert_eq!(paged(&world, &AuditFilter::default(), size).0, all, "pages of {size}");
    }
    // lines written while somebody reads come before, and move nothing
    let first = world.clinic().audit(&AuditFilter::default(), None, 10).unwrap();
    world.pause("p");
    let second = world.clinic().audit(&AuditFilter::default(), first.next, 10).unwrap();
    assert_eq!(second.entries[0].no, first.entries[9].no - 1);
}

#[test]
fn a_page_looks_at_a_thousand_lines_at_most_and_goes_on() {
    let mut world = world();
    world.clinic().as_user(User::new("anna", Permission::CLINIC)).pause(&"p".into(), world.now).unwrap();
    for n in 0..1_200 {
        let spec = CampaignSpec { name: format!("Nazwa {n}"), ..day_before("10:00") };
        let clinic = world.clinic();
        clinic
            .as_user(User::new("ola", Permission::CLINIC))
            .edit_campaign(&"p".into(), spec, world.now)
            .unwrap();
    }
    let (numbers, pages) = paged(&world, &by("anna"), 10);
    assert_eq!((numbers, pages), (vec![3], 2));
    world.now = at("2026-11-16 10:00");
}

#[test]
fn lines_name_identifiers_and_nothing_of_a_patient() {
    let mut world = world();
    world.patient_with("7", "601777111", |patient| patient.last_name = Name::new("Brzeczykowska"));
    world.visit("w7", "7", "2026-11-20 12:30");
    world.remind("w7");
    let manager = User::new("kierownik", Permission::ALL);
    world.clinic().as_user(manager.clone()).export_patient(&"7".into(), world.now).unwrap();
    world.clinic().as_user(manager).erase_patient(&"7".into(), world.now).unwrap();
    let page = world.clinic().audit(&AuditFilter::default(), None, 100).unwrap();
    let text = serde_json::to_string(&page.entries).unwrap();
    assert!(text.contains("\"w7\"") && text.contains("\"7\""), "{text}");
    assert!(!text.contains("Brzeczykowska") && !text.contains("601777111"), "{text}");
}
