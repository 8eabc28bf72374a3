//! Data are kept no longer than the practice wants: texts go first, then who it was; figures stay.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod watched;
mod world;

use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::{Index, MAX_PAGE, Scan};
use std::sync::Arc;
use watched::{Asked, Watched};
use world::*;

/// Counts the rows that the job goes over.
fn gone_over(rows: &mut usize, call: Asked<'_>) {
    if let Asked::Scan(Scan { index: Index::MessageTime, .. }, found) = call {
        *rows += found.len();
    }
}

fn kept(texts_days: u32, identities_days: u32) -> Retention {
    Retention { texts_days: Some(texts_days), identities_days: Some(identities_days) }
}

fn with(retention: Retention) -> World {
    let mut practice = practice();
    practice.settings.retention = retention;
    let mut world = World::with("2026-01-05 09:00", practice, Simulator::new(GATEWAY.into(), 1));
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world
}

fn all(world: &World) -> Vec<Message> {
    let mut messages = Vec::new();
    for id in 1.. {
        let Some(message) = world.clinic().message(MessageId(id)).unwrap() else { break };
        messages.push(message);
    }
    messages
}

#[test]
fn over_years_texts_go_first_then_who_it_was_and_figures_stay() {
    let store = Arc::new(Watched::new(gone_over));
    let mut practice = practice();
    practice.settings.retention = kept(90, 400);
    let gateway = Simulator::new(GATEWAY.into(), 1);
    let mut world = World::on(store.clone(), "2026-01-05 09:00", practice, gateway);
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    let mut day: chrono::NaiveDate = "2026-01-09".parse().unwrap();
    for n in 0..160 {
        world.visit(&format!("w{n}"), "1", &format!("{day} 12:30"));
        world.run_until(&format!("{} 11:00", day.pred_opt().unwrap()));
        world.reply("501234567", "TAK");
        world.run_until(&format!("{day} 13:00"));
        day = day.checked_add_days(chrono::Days::new(7)).unwrap();
    }
    let figures = world.clinic().figures(&"p".into()).unwrap();
    let asked: i64 = figures.iter().map(|tally| tally.yes).sum();
    assert_eq!(asked, 160);
    let messages = all(&world);
    assert_eq!(messages.len(), 320);
    for message in &messages {
        let age_days = world.now.since_ms(message.submitted_at.or(message.received_at).unwrap()) / DAY_MS;
        let text = message.body.is_some();
        let who = message.number.is_some() || message.patient.is_some() || !message.subjects.is_empty();
        // the job looks at midnight
        for (there, days) in [(text, 90), (who, 400)] {
            assert!(there == (age_days < days) || age_days == days, "{age_days} days: {message:#?}");
        }
        assert!(message.parts > 0 || message.direction == Direction::Incoming);
    }
    // each message was gone over when it was 90 and 400 days old, and what still bound its visit again for a month at most
    let gone_over = store.take();
    assert!(gone_over <= 2 * messages.len(), "{gone_over} rows for {} messages", messages.len());
}

#[test]
fn the_job_looks_once_a_day_and_ends_when_nothing_is_limited() {
    let mut world = with(kept(30, 30));
    world.work();
    let due = world.engine.next_due().unwrap().unwrap();
    assert_eq!(due, at("2026-01-06 00:00"), "the next local midnight");
    world.set(|settings| settings.retention = Retention::default());
    world.run_until("2026-01-08 09:00");
    assert_eq!(world.engine.next_due().unwrap(), None);
    world.set(|settings| settings.retention = kept(10, 20));
    world.set(|settings| settings.retention = kept(10, 30));
    world.work();
    assert_eq!(
        world.engine.next_due().unwrap(),
        Some(at("2026-01-09 00:00")),
        "one job, however often it is set"
    );
}

#[test]
fn what_waits_is_left_whole_and_goes_when_it_no_longer_does() {
    let mut world = with(kept(1, 2));
    // held by a pause for longer than anything is kept
    world.visit("w1", "1", "2026-01-30 12:30");
    let early = campaign("Przypomnienie", Timing::Reminder { steps: vec![step_days(20, "10:00")] });
    world.start("early", early);
    world.pause("early");
    world.run_until("2026-01-25 09:00");
    let held = &world.messages("w1")[1];
    assert!(held.held && held.number.is_some() && held.patient.is_some(), "{held:#?}");
    let held = held.id;
    world.run_until("2026-02-20 09:00");
    let message = world.clinic().message(held).unwrap().unwrap();
    assert_eq!(message.reason, Some(Reason::CampaignPaused {}));
    assert!(message.number.is_some(), "its visit was less than a month ago");
    world.run_until("2026-03-10 09:00");
    let message = world.clinic().message(held).unwrap().unwrap();
    assert!(message.number.is_none() && message.patient.is_none(), "{message:#?}");
}

#[test]
fn who_it_was_stays_while_the_message_keeps_another_from_going() {
    let mut world = with(kept(1, 2));
    let early = campaign("Przypomnienie", Timing::Reminder { steps: vec![step_days(20, "10:00")] });
    world.start("early", early.clone());
    world.visit("w1", "1", "2026-02-20 12:30");
    world.run_until("2026-02-10 09:00");
    let sent = world.sent().len();
    assert_eq!(sent, 1);
    let first = world.messages("w1").into_iter().find(|message| message.submitted_at.is_some()).unwrap();
    assert!(first.body.is_none(), "the text has gone");
    // everything that makes planning look at it again
    world.edit("early", CampaignSpec { name: "Inna".into(), ..early });
    world.patient("1", "501234567");
    world.visit("w1", "1", "2026-02-20 12:30");
    world.run_until("2026-02-18 09:00");
    assert_eq!(world.sent().len(), sent, "not twice");
    // and its answer still comes
    world.reply("501234567", "TAK");
    assert_eq!(world.confirmation("w1"), Some(Reply::Yes));
}

#[test]
fn a_late_report_brings_no_text_back() {
    let mut world = with(kept(1, 300));
    world.visit("w1", "1", "2026-01-09 12:30");
    world.run_until("2026-01-20 09:00");
    let reference = world.message("w1").reference.unwrap();
    world.tell(Fact::DeliveryReport(DeliveryReport {
        gateway: GATEWAY.into(),
        provider_id: None,
        reference: Some(reference),
        part: None,
        state: DeliveryState::Undelivered,
        at: world.now,
        raw: "text:Imie1".into(),
        cost_milli: None,
    }));
    let message = world.message("w1");
    let raw = |seen: &ReportSeen| seen.raw.is_empty();
    assert!(message.body.is_none() && message.reports.len() > 1 && message.reports.iter().all(raw));
}

#[test]
fn numbers_of_calls_go_with_identities() {
    let mut world = with(kept(10, 20));
    let started_at = world.now;
    let call = |id: &str| Call {
        system: "pbx".into(),
        id: id.into(),
        direction: CallDirection::Outgoing,
        caller: Phone::new("221234501"),
        called: Phone::new("501234567"),
        own_number: None,
        answered_by: None,
        started_at,
        ended_at: started_at,
        ring_s: 1,
        talk_s: 1,
        status: CallStatus::Answered,
        raw_status: String::new(),
        raw_cause: None,
    };
    world.tell(Fact::CallEnded(call("c1")));
    world.run_until("2026-01-20 09:00");
    let number = |world: &World| world.clinic().call("pbx", &"c1".into()).unwrap().unwrap().other_party;
    assert!(number(&world).is_some());
    world.run_until("2026-01-26 09:00");
    assert!(number(&world).is_none());
    assert_eq!(world.tell(Fact::CallEnded(call("c1"))), depesza::engine::Outcome::Known);
    // an exchange whose records are read again from the beginning
    let before = Call { started_at: started_at.plus_ms(-DAY_MS), ..call("c0") };
    world.tell(Fact::CallEnded(before));
    let stored = world.clinic().call("pbx", &"c0".into()).unwrap().unwrap();
    assert!(stored.other_party.is_none() && !format!("{:?}", stored.call.called.reveal()).contains("501"));
}

/// A gateway that brings weeks late what came in: the job went over that time already.
#[test]
fn what_comes_in_past_its_time_is_stored_without_it() {
    let mut world = with(kept(10, 20));
    world.run_until("2026-02-09 09:00");
    for (days, wiped) in [(9, Wiped::Nothing), (11, Wiped::Text), (21, Wiped::Identity)] {
        let now = world.now;
        let told =
            world.reply_with("501234567", "Dziekuje", |sms| sms.received_at = now.plus_ms(-days * DAY_MS));
        let depesza::engine::Outcome::Received(id) = told else { panic!("{told:?}") };
        let stored = world.clinic().message(id).unwrap().unwrap();
        let (text, number) = (stored.body.is_some(), stored.number.is_some());
        assert_eq!((stored.wiped, text, number), (wiped, days == 9, days < 20), "{days}");
    }
}

#[test]
fn a_long_history_is_gone_over_in_small_commits() {
    let mut world = with(Retention::default());
    for n in 0..350 {
        world.reply("501234567", &format!("wiadomosc {n}"));
    }
    world.now = at("2026-06-05 09:00");
    world.practice.settings.retention = kept(30, 30);
    world.engine.open_practice(&world.practice, world.now).unwrap();
    let worked = world.engine.work(world.now, 1).unwrap();
    assert!(worked.more, "{worked:?}");
    world.work();
    assert!(all(&world).iter().all(|message| message.wiped == Wiped::Identity));
    assert!(world.clinic().messages(&MessageFilter::default(), None, MAX_PAGE).unwrap().rows.len() == 350);
}

fn about(timing: serde_json::Value) -> CampaignSpec {
    let json = serde_json::json!({"name": "K", "timing": timing, "bodies": {"default": "Zapraszamy."}});
    serde_json::from_value(json).unwrap()
}

fn recall(months: u32) -> CampaignSpec {
    let timing =
        serde_json::json!({"kind": "recall", "months_after": months, "at": "10:00", "overdue_days": 730});
    about(timing)
}

fn broadcast(day: &str) -> CampaignSpec {
    about(serde_json::json!({"kind": "broadcast", "at": format!("{day}T10:00:00")}))
}

#[test]
fn who_was_recalled_is_not_recalled_again_after_identities_went() {
    let mut world = with(kept(1, 2));
    world.visit_state("w1", "1", "2025-09-15 12:00", VisitState::TookPlace);
    world.start("r", recall(4));
    world.run_until("2026-02-20 09:00");
    assert_eq!(world.sent_at(), ["2026-01-15 10:00"]);
    // an edit puts it off, and all that makes planning look at it again
    world.edit("r", recall(6));
    world.patient("1", "501234567");
    world.run_until("2026-04-01 09:00");
    world.edit("r", recall(7));
    world.run_until("2027-06-01 09:00");
    assert_eq!(world.sent_at(), ["2026-01-15 10:00"], "once after that visit");
    let recalled = all(&world).into_iter().find(|message| message.submitted_at.is_some()).unwrap();
    assert!(recalled.body.is_none() && recalled.patient.is_some(), "{recalled:#?}");
    // it does not bind for ever
    world.run_until("2028-01-14 09:00");
    assert!(world.clinic().message(recalled.id).unwrap().unwrap().patient.is_some());
    world.run_until("2028-01-17 09:00");
    let recalled = world.clinic().message(recalled.id).unwrap().unwrap();
    assert_eq!((recalled.wiped, recalled.patient, recalled.number), (Wiped::Identity, None, None));
}

#[test]
fn a_broadcast_that_is_put_off_does_not_go_to_the_same_people_again() {
    let mut world = with(kept(1, 2));
    world.start("o", broadcast("2026-01-08"));
    world.run_until("2026-02-20 09:00");
    world.patient("2", "502234567");
    world.edit("o", broadcast("2026-03-06"));
    world.run_until("2026-04-01 09:00");
    let sent: Vec<(String, String)> = world.sent().into_iter().map(|(at, number, _)| (at, number)).collect();
    let expected = [("2026-01-08 10:00", "+48501234567"), ("2026-03-06 10:00", "+48502234567")];
    assert_eq!(sent, expected.map(|(at, number)| (at.to_owned(), number.to_owned())));
}

#[test]
fn a_wish_binds_its_year_and_a_campaign_that_ended_nothing() {
    let mut world = with(kept(1, 2));
    let born = |world: &mut World, id: &str, phone: &str, date: &str| {
        world.patient_with(id, phone, |patient| patient.birth_date = Some(date.parse().unwrap()));
    };
    born(&mut world, "1", "501234567", "1980-01-10");
    world.start("b", about(serde_json::json!({"kind": "birthday", "at": "10:00"})));
    world.start("o", broadcast("2026-01-08"));
    world.run_until("2026-01-09 09:00");
    world.end("o");
    world.run_until("2026-02-20 09:00");
    let broadcast = all(&world).into_iter().find(|message| message.wiped == Wiped::Identity);
    assert!(broadcast.is_some_and(|message| matches!(message.occasion, Some(Occasion::Broadcast { .. }))));
    // the date on the card was a slip
    born(&mut world, "1", "501234567", "1980-03-10");
    world.run_until("2026-12-31 09:00");
    assert_eq!(world.sent_at(), ["2026-01-08 10:00", "2026-01-10 10:00"], "one wish a year");
    world.run_until("2027-12-31 09:00");
    assert_eq!(world.sent_at()[2..], ["2027-03-10 10:00"]);
}
