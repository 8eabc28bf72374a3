//! The dry run says what a real run then sends, to the minute and the letter, and changes nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable
)]

mod world;

use depesza::engine::EngineError;
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::MemoryStore;
use serde_json::json;
use std::sync::Arc;
use world::*;

const NOW: &str = "2026-11-16 09:10"; // a Monday

fn spec(value: serde_json::Value) -> CampaignSpec {
    serde_json::from_value(value).unwrap()
}

/// Campaigns of all kinds that time brings.
fn campaigns() -> Vec<(&'static str, CampaignSpec)> {
    let mut steps =
        campaign("Kroki", Timing::Reminder { steps: vec![step_days(5, "18:30"), step_days(1, "10:00")] });
    steps.bodies.minor = Some("Hej (imie), jutro o (godzina) u (lekarz|nas).".into());
    steps.bodies.first_visit = Some("(imie), pierwsza wizyta (data:slownie), (gabinet|rejestracja).".into());
    steps.same_day = SameDay::Joint;
    steps.shared_number = SharedNumber::Joint;
    let mut hours = hours_before(3);
    hours.filters.rooms = vec!["1".into(), "2".into()];
    hours.window = Some(window(&["mon", "tue", "wed", "thu", "fri"], "09:00", "17:00"));
    let bodies = json!({"default": "(imie), zapraszamy. (telefon)"});
    let named = |name: &str, timing: serde_json::Value| {
        spec(json!({"name": name, "timing": timing, "bodies": bodies.clone()}))
    };
    vec![
        ("kroki", steps),
        ("godziny", hours),
        ("po", follow_up(90)),
        ("urodziny", named("Urodziny", json!({"kind": "birthday", "at": "08:30"}))),
        (
            "kontrola",
            named("Kontrola", json!({"kind": "recall", "months_after": 6, "at": "11:00", "overdue_days": 5})),
        ),
        ("wszyscy", named("Wszyscy", json!({"kind": "broadcast", "at": "2026-11-19T21:15:00"}))),
    ]
}

/// The `no`-th visit of the scenario: patient, start, and what else there is to it.
fn visit(no: u32) -> (String, String, impl Fn(&mut Visit)) {
    let patient = (no * 7 % 48).to_string();
    let (day, hour, minute) = (17 + no * 5 % 12, 8 + no * 3 % 9, [0, 20, 45][no as usize % 3]);
    let change = move |visit: &mut Visit| {
        visit.first_visit = None;
        visit.room = match no % 4 {
            0 => None,
            other => room(&other.to_string()),
        };
        visit.doctor = if no.is_multiple_of(3) { doctor("n", "dr Żaneta Nowak") } else { None };
    };
    (patient, format!("2026-11-{day} {hour:02}:{minute:02}"), change)
}

/// Sixty patients, most of them with some of 150 visits to come, and some with a visit of half a year ago.
fn clinic() -> World {
    let mut world =
        World::on(Arc::new(MemoryStore::default()), NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    world.set(|settings| {
        settings.daily_cap = Some(3);
        settings.move_tolerance_min = 10;
        settings.breaker = None;
    });
    for no in 0..60_u32 {
        let number = if no % 10 == 9 { String::new() } else { format!("5010000{:02}", no / 2) };
        world.patient_with(&no.to_string(), &number, |patient| {
            let (year, day) = (1950 + i32::try_from(no).unwrap() * 7 % 70, 10 + no % 19);
            patient.birth_date = chrono::NaiveDate::from_ymd_opt(year, 11, day);
            if no % 8 == 5 {
                patient.consents.visits = None;
            }
        });
        if no % 3 == 1 {
            let start = format!("2026-05-{:02} 12:00", 10 + no % 20);
            world.visit_state(&format!("kiedys {no}"), &no.to_string(), &start, VisitState::TookPlace);
        }
    }
    for no in 0..150 {
        let (patient, start, change) = visit(no);
        world.visit_with(&no.to_string(), &patient, &start, change);
    }
    world
}

/// The real thing: every visit takes place and is closed at its end.
fn run(world: &mut World, until: &str) {
    let mut ends: Vec<_> = (0..150)
        .map(|no| (world.clinic().visit(&no.to_string().as_str().into()).unwrap().unwrap().ends_at, no))
        .collect();
    ends.sort();
    for (end, no) in ends {
        let end = depesza::calendar::local(Zone::default(), end).format("%Y-%m-%d %H:%M").to_string();
        if end.as_str() >= until {
            break;
        }
        world.run_until(&end);
        let (patient, start, change) = visit(no);
        world.visit_with(&no.to_string(), &patient, &start, |visit| {
            change(visit);
            visit.state = VisitState::TookPlace;
        });
    }
    world.run_until(until);
}

fn request(from: &str, to: &str) -> DryRunRequest {
    DryRunRequest { from: from.parse().unwrap(), to: to.parse().unwrap(), campaigns: None }
}

fn goes(run: &DryRun) -> Vec<(String, String)> {
    let mut goes: Vec<_> = run
        .messages
        .iter()
        .filter(|message| message.reason.is_none())
        .map(|message| {
            let time = depesza::calendar::local(Zone::default(), message.at);
            let body = message.body.as_ref().unwrap().reveal().to_owned();
            (time.format("%Y-%m-%d %H:%M").to_string(), body)
        })
        .collect();
    goes.sort();
    goes
}

fn sent(world: &World) -> Vec<(String, String)> {
    let mut sent: Vec<_> = world.sent().into_iter().map(|(time, _, text)| (time, text)).collect();
    sent.sort();
    sent
}

#[test]
fn it_says_what_a_real_run_then_sends_to_the_minute_and_the_letter() {
    let mut world = clinic();
    for (id, spec) in campaigns() {
        world.start(id, spec);
    }
    let said = world.clinic().dry_run(&request("2026-11-16", "2026-11-29"), world.now).unwrap();
    run(&mut world, "2026-11-30 00:00");
    assert_eq!(goes(&said), sent(&world));
    assert!(goes(&said).len() > 200, "{}", goes(&said).len());
    for (id, _) in campaigns() {
        let of = |message: &&DryRunMessage| message.campaign == Some(id.into()) && message.reason.is_none();
        assert!(said.messages.iter().filter(of).count() > 0, "nothing of {id}");
    }
    // what it costs, by campaign and day, is what the practice's own figures then say
    for (id, _) in campaigns() {
        let figures = world.clinic().figures(&id.into()).unwrap();
        let totals = || said.totals.iter().filter(|total| total.campaign == Some(id.into()));
        assert_eq!(
            totals().map(|total| total.cost_milli).sum::<i64>(),
            figures.iter().map(|tally| tally.cost_milli).sum::<i64>(),
            "{id}"
        );
    }
}

#[test]
fn campaigns_that_are_ready_are_rehearsed_as_if_they_were_activated_now() {
    let mut world = clinic();
    for (id, spec) in campaigns() {
        world.desk(|desk, now| desk.create_campaign(id.into(), spec, now));
    }
    let before = world.clinic().events(0, 1_000).unwrap();
    let said = world.clinic().dry_run(&request("2026-11-16", "2026-11-22"), world.now).unwrap();
    // nothing was changed
    assert_eq!(world.clinic().events(0, 1_000).unwrap(), before);
    assert!(world.clinic().campaigns().unwrap().iter().all(|c| c.status == CampaignStatus::Ready));
    assert!((0..150).all(|no| world.messages(&no.to_string()).is_empty()));
    for (id, _) in campaigns() {
        world.desk(|desk, now| desk.activate(&id.into(), now));
    }
    run(&mut world, "2026-11-23 00:00");
    assert_eq!(goes(&said), sent(&world));
}

#[test]
fn a_span_ahead_holds_only_its_own_days_and_the_reasons_of_what_is_skipped() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.patient_with("2", "502234567", |patient| patient.consents.visits = None);
    world.start("p", day_before("10:00"));
    for day in 18..22 {
        world.visit(&format!("a{day}"), "1", &format!("2026-11-{day} 12:00"));
    }
    world.visit("b", "2", "2026-11-20 12:00");
    let mut asked = request("2026-11-18", "2026-11-19");
    let said = world.clinic().dry_run(&asked, world.now).unwrap();
    assert_eq!(
        goes(&said).iter().map(|(at, _)| &**at).collect::<Vec<_>>(),
        ["2026-11-18 10:00", "2026-11-19 10:00"]
    );
    assert_eq!(said.messages[0].visits, ["a19".into()]);
    assert_eq!(said.messages[0].name.as_ref().unwrap().reveal(), "Imie1 Nazwisko1");
    assert_eq!(said.totals.len(), 2);
    // of a campaign that is not active the skipped ones stand with their reasons
    world.desk(|desk, now| desk.create_campaign("q".into(), day_before("11:00"), now));
    asked.campaigns = Some(vec!["q".into()]);
    let said = world.clinic().dry_run(&asked, world.now).unwrap();
    assert!(said.messages.iter().all(|message| message.campaign == Some("q".into())));
    let skipped: Vec<_> = said.messages.iter().filter(|message| message.reason.is_some()).collect();
    assert_eq!(skipped.len(), 1);
    assert_eq!(
        (&skipped[0].visits[..], skipped[0].reason.as_ref().unwrap().code()),
        (&["b".into()][..], "no_consent")
    );
}

#[test]
fn a_campaign_that_is_not_saved_yet_can_be_rehearsed() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-20 12:00");
    let day = |text: &str| text.parse().unwrap();
    let said =
        world.clinic().dry_run_of(&day_before("10:00"), day("2026-11-16"), day("2026-11-30"), world.now);
    let said = said.unwrap();
    assert_eq!(
        goes(&said),
        [("2026-11-19 10:00".into(), "Imie1, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE.".into())]
    );
    assert_eq!((&said.messages[0].campaign, said.messages[0].cost_milli), (&None, 90));
    assert!(world.clinic().campaigns().unwrap().is_empty());
    let mut faulty = day_before("10:00");
    faulty.name = String::new();
    let refused = world.clinic().dry_run_of(&faulty, day("2026-11-16"), day("2026-11-30"), world.now);
    assert!(matches!(refused, Err(EngineError::Campaign(_))));
}

#[test]
fn shadow_mode_and_the_breaker_hide_nothing_from_a_dry_run() {
    let mut world = World::new(NOW);
    world.set(|settings| {
        settings.shadow = true;
        settings.breaker = Some(Breaker { factor: 2, floor: 1 });
    });
    for id in ["1", "2", "3"] {
        world.patient(id, &format!("50123456{id}"));
        world.visit(id, id, "2026-11-20 12:00");
    }
    world.start("p", day_before("10:00"));
    let said = world.clinic().dry_run(&request("2026-11-16", "2026-11-30"), world.now).unwrap();
    assert_eq!(goes(&said).len(), 3);
}

#[test]
fn a_practice_with_routes_hears_which_numbers_have_none() {
    let mut world = World::new(NOW);
    let route = Route { gateway: GATEWAY.into(), prefixes: vec!["+4850".into()], weight: 1 };
    world.set(|settings| settings.routes = vec![route]);
    world.patient("1", "501234567");
    world.patient("2", "602234567");
    for id in ["1", "2"] {
        world.visit(id, id, "2026-11-20 12:00");
    }
    world.start("p", day_before("10:00"));
    let said = world.clinic().dry_run(&request("2026-11-16", "2026-11-30"), world.now).unwrap();
    world.run_until("2026-11-30 00:00");
    assert_eq!(goes(&said), sent(&world));
    assert_eq!(goes(&said).len(), 1);
    let skipped: Vec<_> = said.messages.iter().filter(|message| message.reason.is_some()).collect();
    assert_eq!(
        (&skipped[0].visits[..], skipped[0].reason.as_ref().unwrap().code()),
        (&["2".into()][..], "no_route")
    );
}

#[test]
fn what_a_practice_keeps_for_some_days_is_told_whole() {
    let mut world = World::new(NOW);
    world.set(|settings| settings.retention = Retention { texts_days: Some(7), identities_days: Some(7) });
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.start("p", day_before("10:00"));
    let said = world.clinic().dry_run(&request("2026-11-16", "2027-02-28"), world.now).unwrap();
    assert_eq!(said.messages[0].visits, ["w".into()]);
    assert_eq!(goes(&said)[0].1, "Imie1, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE.");
}

#[test]
fn days_out_of_range_and_campaigns_that_are_over_are_refused() {
    let mut world = World::new(NOW);
    world.start("p", day_before("10:00"));
    world.end("p");
    let field = |asked: &DryRunRequest| match world.clinic().dry_run(asked, world.now) {
        Err(EngineError::Input { field, .. }) => field,
        Err(EngineError::UnknownCampaign(_)) => "unknown",
        Err(EngineError::CampaignStep(_)) => "over",
        other => panic!("{other:?}"),
    };
    assert_eq!(field(&request("2026-11-15", "2026-11-20")), "from");
    assert_eq!(field(&request("2026-11-20", "2026-11-19")), "to");
    assert_eq!(field(&request("2026-11-20", "2028-01-01")), "to");
    let of =
        |id: &str| DryRunRequest { campaigns: Some(vec![id.into()]), ..request("2026-11-16", "2026-11-20") };
    assert_eq!(field(&of("nie ma")), "unknown");
    assert_eq!(field(&of("p")), "over");
}
