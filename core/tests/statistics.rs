//! Statistics: what campaigns came to, by campaign, step and day.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod samples;
mod world;

use chrono::NaiveDate;
use depesza::engine::EngineError;
use depesza::model::*;
use depesza::words::{self, Label};
use world::*;

fn days(from: &str, to: &str) -> StatisticsFilter {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    StatisticsFilter { from: day(from), to: day(to), campaign: None, kind: None }
}

fn of(world: &World, filter: &StatisticsFilter) -> Statistics {
    world.clinic().statistics(filter).unwrap()
}

/// Four patients with visits on the 20th; one has no consent, one answers TAK, one NIE, one something else.
fn three_days() -> World {
    let mut world = World::new("2026-11-16 09:00");
    let steps = vec![step_days(3, "10:00"), step_days(1, "10:00")];
    world.start("przypomnienie", campaign("Przypomnienie", Timing::Reminder { steps }));
    world.start("umowienie", booking(0));
    for no in ["1", "2", "3"] {
        world.patient(no, &format!("50123456{no}"));
    }
    world.patient_with("4", "501234564", |patient| patient.consents = Consents::default());
    for no in ["1", "2", "3", "4"] {
        world.visit(&format!("w{no}"), no, "2026-11-20 12:30");
    }
    world.run_until("2026-11-19 11:00");
    for (number, text) in [("501234561", "TAK"), ("501234562", "NIE"), ("501234563", "moze")] {
        world.reply(number, text);
    }
    world
}

#[test]
fn messages_are_counted_by_campaign_step_and_day() {
    let world = three_days();
    let all = of(&world, &days("2026-11-16", "2026-11-20"));
    assert_eq!((all.total.sent, all.total.delivered, all.total.skipped), (9, 9, 3));
    assert_eq!(all.total.skipped_by_reason, [("no_consent".to_owned(), 3)].into());
    assert_eq!((all.total.parts, all.total.cost_milli), (9, 810));
    let by_campaign: Vec<(&str, i64)> =
        all.by_campaign.iter().map(|of| (of.campaign.as_str(), of.figures.sent)).collect();
    assert_eq!(by_campaign, [("przypomnienie", 6), ("umowienie", 3)]);
    let by_step: Vec<(&str, u8, i64, i64)> = all
        .by_step
        .iter()
        .map(|of| (of.campaign.as_str(), of.step, of.figures.sent, of.figures.skipped))
        .collect();
    assert_eq!(by_step, [("przypomnienie", 0, 3, 1), ("przypomnienie", 1, 3, 1), ("umowienie", 0, 3, 1)]);
    let by_day: Vec<(String, i64)> =
        all.by_day.iter().map(|of| (of.day.to_string(), of.figures.sent)).collect();
    let day = |day: &str, sent| (format!("2026-11-{day}"), sent);
    assert_eq!(by_day, [day("16", 3), day("17", 3), day("19", 3)]);
}

#[test]
fn the_confirmation_rate_is_the_share_of_yes_among_what_was_asked_in_thousandths() {
    let world = three_days();
    let steps = of(&world, &days("2026-11-16", "2026-11-20")).by_step;
    let last = &steps[1].figures;
    assert_eq!((last.asked, last.yes, last.no, last.other), (3, 1, 1, 1));
    assert_eq!(last.confirmed_per_mille, Some(333));
    let booking = &steps[2].figures;
    assert_eq!((booking.asked, booking.confirmed_per_mille), (0, None), "nothing was asked");
}

#[test]
fn statistics_are_of_the_days_the_campaign_and_the_kind_asked_for() {
    let world = three_days();
    assert_eq!(of(&world, &days("2026-11-17", "2026-11-18")).total.sent, 3);
    assert_eq!(of(&world, &days("2026-11-19", "2026-11-19")).total.yes, 1);
    assert_eq!(of(&world, &days("2026-12-01", "2026-12-31")), Statistics::default());
    let one = StatisticsFilter { campaign: Some("umowienie".into()), ..days("2026-11-01", "2026-11-30") };
    assert_eq!(of(&world, &one).total.sent, 3);
    let reminders =
        StatisticsFilter { kind: Some(CampaignKind::Reminder), ..days("2026-11-01", "2026-11-30") };
    assert_eq!(of(&world, &reminders).total.sent, 6);
    let both = StatisticsFilter { kind: Some(CampaignKind::Booking), ..days("2026-11-01", "2026-11-30") };
    assert_eq!(of(&world, &both), of(&world, &one));
    let clinic = world.clinic();
    for (from, to) in [("2026-11-02", "2026-11-01"), ("2000-01-01", "2026-11-01")] {
        let refused = clinic.statistics(&days(from, to));
        assert!(matches!(refused, Err(EngineError::Input { field: "to", .. })), "{refused:?}");
    }
    let unknown = StatisticsFilter { campaign: Some("nie ma".into()), ..one };
    assert!(matches!(clinic.statistics(&unknown), Err(EngineError::UnknownCampaign(_))));
    let guest = User::new("gosc", [Permission::ManageCampaigns]);
    let refused = clinic.as_user(guest).statistics(&reminders);
    assert!(matches!(refused, Err(EngineError::NotPermitted(_))));
}

#[test]
fn every_message_is_in_one_figure_whatever_became_of_it() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    let rejected = |class| SubmitResult::Rejected { class, code: "1".into() };
    for no in ["1", "2", "3", "4", "5"] {
        world.patient(no, &format!("50123456{no}"));
        world.visit(&format!("w{no}"), no, if no == "5" { "2026-11-30 12:30" } else { "2026-11-20 12:30" });
    }
    world.visit_state("w4", "4", "2026-11-20 12:30", VisitState::Cancelled);
    world.gateway.script([rejected(RejectClass::Content)]);
    world.run_until("2026-11-19 11:00");
    let total = of(&world, &days("2026-11-01", "2026-11-30")).total;
    let of_all = total.planned + total.sent + total.failed + total.in_doubt + total.skipped + total.cancelled;
    assert_eq!(of_all, 5);
    assert_eq!((total.planned, total.sent, total.failed, total.cancelled), (1, 2, 1, 1));
    assert_eq!(world.clinic().campaign(&"p".into()).unwrap().unwrap().totals, total);
}

#[test]
fn a_step_that_an_edit_took_out_is_still_counted() {
    let mut world = three_days();
    let steps = vec![step_days(3, "10:00")];
    world.edit("przypomnienie", campaign("Przypomnienie", Timing::Reminder { steps }));
    let steps = of(&world, &days("2026-11-16", "2026-11-20")).by_step;
    assert_eq!(steps[1].figures.sent, 3);
}

#[test]
fn what_no_campaign_planned_is_not_in_it() {
    let mut world = three_days();
    let before = of(&world, &days("2026-11-01", "2026-11-30"));
    let new = NewMessage {
        to: Recipient::Patient("1".into()),
        text: "Dzien dobry".into(),
        at: None,
        hours: QuietHours::Warn,
        key: None,
    };
    world.desk(|desk, now| desk.send_message(&new, now));
    world.run_until("2026-11-19 11:10");
    assert_eq!(world.sent().len(), 10);
    assert_eq!(of(&world, &days("2026-11-01", "2026-11-30")), before);
}

#[test]
fn every_reason_that_statistics_count_has_words() {
    for reason in samples::reasons() {
        for language in [Language::Pl, Language::En] {
            let label = words::reason(reason.code(), language);
            match &reason {
                // one code, whatever was refused or wanted
                Reason::Rejected { .. } | Reason::NoConsent { .. } => assert!(label.is_some()),
                _ => assert_eq!(label, Some(reason.label(language))),
            }
        }
    }
    assert_eq!(words::reason("no_such_reason", Language::Pl), None);
}
