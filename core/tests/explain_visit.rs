//! `explain_visit`: what a visit gets of every campaign, and why not more.
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
use world::*;

fn explain(world: &World, visit: &str) -> Vec<CampaignExplained> {
    world.clinic().explain_visit(&visit.into(), world.now).unwrap().campaigns
}

fn create(world: &mut World, id: &str, spec: CampaignSpec) {
    world.desk(|desk, now| desk.create_campaign(id.into(), spec, now));
}

#[test]
fn it_says_when_each_step_goes_with_which_text() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    let steps = vec![step_days(7, "10:00"), step_days(1, "21:30")];
    world.start("p", campaign("P", Timing::Reminder { steps }));
    world.visit("w", "1", "2026-11-20 12:00");
    let campaigns = explain(&world, "w");
    let steps = &campaigns[0].steps;
    let StepOutcome::Sends { at: first, body, parts, cost_milli, .. } = &steps[0].outcome else {
        panic!("{steps:?}")
    };
    assert_eq!((*first, *parts, *cost_milli), (at("2026-11-13 10:00"), 1, 90));
    assert_eq!(body.reveal(), "Imie1, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE.");
    let StepOutcome::Sends { at: second, .. } = &steps[1].outcome else { panic!("{steps:?}") };
    assert_eq!(*second, at("2026-11-19 19:45")); // brought forward into the hours
    // it is what the messages say, and what then happens
    let planned: Vec<_> = world.messages("w").iter().map(|message| message.due_at).collect();
    assert_eq!(planned, [*first, *second]);
    assert!(steps.iter().all(|step| step.message.is_some() && step.status == Some(Status::Planned)));
    world.run_until("2026-11-14 00:00");
    let campaigns = explain(&world, "w");
    let StepOutcome::Went { at: went, body } = &campaigns[0].steps[0].outcome else {
        panic!("{campaigns:?}")
    };
    assert_eq!(*went, at("2026-11-13 10:00"));
    assert!(body.is_some());
    assert!(matches!(campaigns[0].steps[1].outcome, StepOutcome::Sends { .. }));
}

#[test]
fn a_visit_outside_the_filters_says_which_and_what_they_saw() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.filters = Filters {
        rooms: vec!["1".into(), "2".into()],
        doctors: vec!["n".into()],
        visit_types: vec!["kontrola".into()],
        first_visits: FirstVisits::Only,
    };
    world.start("p", spec);
    world.visit_with("w", "1", "2026-11-20 12:00", |visit| {
        visit.room = room("7");
        visit.visit_type = Some("higienizacja".into());
    });
    let explained = explain(&world, "w").remove(0);
    let miss = |filter, wanted: &[&str], saw: Option<&str>| FilterExplained {
        filter,
        wanted: wanted.iter().map(|&wanted| wanted.to_owned()).collect(),
        saw: saw.map(ToOwned::to_owned),
    };
    assert_eq!(
        explained.unmatched,
        [
            miss(VisitFilter::Rooms, &["1", "2"], Some("7")),
            miss(VisitFilter::Doctors, &["n"], None),
            miss(VisitFilter::VisitTypes, &["kontrola"], Some("higienizacja")),
            miss(VisitFilter::FirstVisits, &["only"], Some("later")),
        ]
    );
    assert_eq!(explained.steps[0].outcome, StepOutcome::Nothing {});
    assert!(world.messages("w").is_empty());
}

#[test]
fn it_gives_the_reason_of_what_is_not_sent() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient_with("1", "501234567", |patient| patient.consents.visits = None);
    world.patient("2", "502234567");
    world.start("p", day_before("10:00"));
    world.start("s", follow_up(60));
    world.visit("w", "1", "2026-11-20 12:00");
    let reasons: Vec<_> = explain(&world, "w")
        .into_iter()
        .map(|campaign| match &campaign.steps[0].outcome {
            StepOutcome::Skips { reason } => reason.code(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons, ["no_consent", "no_consent"]);
    world.visit("x", "2", "2026-11-20 12:00");
    world.visit_state("x", "2", "2026-11-20 12:00", VisitState::Cancelled);
    let StepOutcome::Skips { reason } = &explain(&world, "x")[0].steps[0].outcome else { panic!() };
    assert_eq!(reason.code(), "visit_cancelled");
}

#[test]
fn a_number_that_no_route_is_for_is_told_before_it_is_due() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    assert!(matches!(explain(&world, "w")[0].steps[0].outcome, StepOutcome::Sends { .. }));
    let route = Route { gateway: GATEWAY.into(), prefixes: vec!["+4860".into()], weight: 1 };
    world.set(|settings| settings.routes = vec![route]);
    let no_route = StepOutcome::Skips { reason: Reason::NoRoute {} };
    assert_eq!(explain(&world, "w")[0].steps[0].outcome, no_route);
}

#[test]
fn campaigns_of_every_status_are_explained_and_nothing_is_changed() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start("a", day_before("10:00"));
    create(&mut world, "b", day_before("11:00"));
    world.start("c", day_before("12:00"));
    world.end("c");
    world.start("d", day_before("13:00"));
    world.pause("d");
    let birthday = serde_json::json!({"kind": "birthday", "at": "10:00"});
    let mut wish = day_before("10:00");
    wish.timing = serde_json::from_value(birthday).unwrap();
    wish.bodies.default = "Sto lat".into();
    wish.expects_reply = None;
    world.start("e", wish);
    world.visit("w", "1", "2026-11-20 12:00");
    let before = world.messages("w");
    let explained = explain(&world, "w");
    let statuses: Vec<_> = explained.iter().map(|campaign| campaign.status).collect();
    use CampaignStatus::{Active, Ended, Paused, Ready};
    assert_eq!(statuses, [Active, Ready, Ended, Paused, Active]);
    let times: Vec<_> = explained
        .iter()
        .filter_map(|campaign| campaign.steps.first())
        .map(|step| match step.outcome {
            StepOutcome::Sends { at, .. } => (at, step.message.is_some()),
            _ => panic!("{step:?}"),
        })
        .collect();
    let on_19 = |time: &str| at(&format!("2026-11-19 {time}"));
    assert_eq!(
        times,
        [(on_19("10:00"), true), (on_19("11:00"), false), (on_19("12:00"), false), (on_19("13:00"), true)]
    );
    assert_eq!((explained[4].kind, explained[4].steps.len()), (CampaignKind::Birthday, 0));
    assert_eq!(world.messages("w"), before);
    assert_eq!(world.clinic().campaigns().unwrap()[1].status, Ready);
}

#[test]
fn an_unknown_visit_is_said_to_be_unknown() {
    let mut world = World::new("2026-11-02 09:00");
    let unknown = |world: &World| {
        let answer = world.clinic().explain_visit(&"nie ma".into(), world.now);
        matches!(answer, Err(EngineError::UnknownVisit(_)))
    };
    assert!(unknown(&world)); // with no campaign either
    world.start("p", day_before("10:00"));
    assert!(unknown(&world));
}
