//! The list of campaigns, a campaign with its figures, its messages, and the campaigns of a patient.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::model::*;
use world::*;

fn named(name: &str, mut spec: CampaignSpec) -> CampaignSpec {
    spec.name = name.into();
    spec
}

fn four() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.start("a", named("Żółte przypomnienie", day_before("10:00")));
    world.start("b", named("po umówieniu", booking(0)));
    world.start("c", named("Ankieta", follow_up(60)));
    world.start("d", named("Stara ankieta", follow_up(60)));
    world.pause("c");
    world.end("d");
    world.desk(|desk, now| desk.archive(&"d".into(), now));
    world
}

fn listed(world: &World, filter: CampaignFilter) -> Vec<String> {
    let campaigns = world.clinic().campaign_list(&filter).unwrap();
    campaigns.into_iter().map(|campaign| campaign.id.to_string()).collect()
}

#[test]
fn campaigns_are_listed_by_name_kind_and_status_and_archived_ones_only_when_asked_for() {
    let world = four();
    let none = CampaignFilter::default;
    assert_eq!(listed(&world, none()), ["c", "b", "a"], "by their names");
    assert_eq!(listed(&world, CampaignFilter { name: Some("zolte".into()), ..none() }), ["a"]);
    assert_eq!(listed(&world, CampaignFilter { name: Some(" UMOWI ".into()), ..none() }), ["b"]);
    assert_eq!(listed(&world, CampaignFilter { name: Some("ankieta".into()), ..none() }), ["c"]);
    let kinds = vec![CampaignKind::Booking, CampaignKind::Reminder];
    assert_eq!(listed(&world, CampaignFilter { kinds, ..none() }), ["b", "a"]);
    let status = |status| CampaignFilter { statuses: vec![status], ..none() };
    assert_eq!(listed(&world, status(CampaignStatus::Paused)), ["c"]);
    assert_eq!(listed(&world, status(CampaignStatus::Archived)), ["d"]);
    let archived = CampaignFilter { name: Some("ankieta".into()), ..status(CampaignStatus::Archived) };
    assert_eq!(listed(&world, archived), ["d"]);
}

#[test]
fn a_campaign_comes_with_what_all_its_days_came_to_and_its_messages_are_a_list() {
    let mut world = four();
    world.patient("1", "501234567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-25 12:30");
    world.run_until("2026-11-19 11:00");
    let details = world.clinic().campaign(&"a".into()).unwrap().unwrap();
    assert_eq!(details.campaign.spec.name, "Żółte przypomnienie");
    assert_eq!((details.totals.sent, details.totals.planned), (1, 1));
    let filter = MessageFilter { campaign: Some("a".into()), ..MessageFilter::default() };
    let messages = world.clinic().messages(&filter, None, 10).unwrap().rows;
    let visits: Vec<&str> = messages.iter().map(|row| row.message.subjects[0].visit.as_str()).collect();
    assert_eq!(visits, ["w2", "w1"]);
    assert_eq!(world.clinic().campaign(&"nie ma".into()).unwrap(), None);
}

#[test]
fn the_campaigns_of_a_patient_are_those_with_messages_to_them_the_latest_first() {
    let mut world = four();
    world.patient("1", "501234567");
    world.patient("2", "502222222");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-25 12:30");
    world.run_until("2026-11-24 11:00");
    let of = |patient: &str| world.clinic().campaigns_of_patient(&patient.into()).unwrap();
    let found = of("1");
    let shown: Vec<(&str, u32)> = found.iter().map(|of| (of.campaign.as_str(), of.messages)).collect();
    assert_eq!(shown, [("c", 2), ("a", 2), ("b", 2)]);
    assert_eq!((found[1].kind, found[1].status), (CampaignKind::Reminder, CampaignStatus::Active));
    assert_eq!((found[1].last_at, found[1].last_status), (at("2026-11-24 10:00"), Status::Delivered));
    assert!(of("2").is_empty());
}
