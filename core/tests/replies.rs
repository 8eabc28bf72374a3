//! Replies: EDGE_CASES 58 and 62 to 80 through the engine.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::{DoubtSettled, Outcome};
use depesza::model::*;
use world::*;

const NUMBER: &str = "501 234 567";

/// Patient 1 was reminded on the 19th at 10:00 of visit w1 on the 20th at 12:30.
fn asked() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 10:05");
    world
}

/// The incoming message that an outcome speaks of.
fn received(world: &World, outcome: &Outcome) -> Message {
    let Outcome::Received(id) = outcome else { panic!("{outcome:?}") };
    world.clinic().message(*id).unwrap().unwrap()
}

/// Tells a reply and gives its class and what came of it.
fn says(world: &mut World, from: &str, body: &str) -> (Reply, ReplyEffect) {
    let outcome = world.reply(from, body);
    let answer = received(world, &outcome).answer.unwrap();
    (answer.reply, answer.effect)
}

use Reply::{No, Other, Yes};
use ReplyEffect::{Ambiguous, Applied, Incomplete, NoRequest, Noted, StaffDecided, StopMentioned, TooLate};

#[test]
fn edge_058_a_reply_from_the_old_number_belongs_to_what_was_sent_to_it() {
    let mut world = asked();
    world.patient("1", "502 000 000");
    assert_eq!(says(&mut world, "502000000", "TAK"), (Yes, NoRequest), "nothing was asked there");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    let last = world.newest(1).pop().unwrap();
    assert_eq!(last.patient, Some("1".into()));
    assert_eq!(world.confirmation("w1"), Some(Yes));
}

/// A number changes hands, and a family shares one: what was asked of it long ago says nothing of who writes now.
#[test]
fn edge_075_a_question_of_long_ago_claims_no_message() {
    let mut world = asked();
    world.run_until("2026-11-21 09:00");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate));
    assert_eq!(world.newest(1).pop().unwrap().patient, Some("1".into()), "a late answer to what was asked");
    assert_eq!(says(&mut world, NUMBER, "Dziekuje"), (Other, NoRequest));
    assert_eq!(world.newest(1).pop().unwrap().patient, Some("1".into()), "whose number it is");
    world.patient("2", NUMBER);
    says(&mut world, NUMBER, "Dziekuje");
    assert_eq!(world.newest(1).pop().unwrap().patient, None, "either may have written it");
    world.patient("1", "502 000 000");
    world.run_until("2027-02-01 09:00");
    for body in ["TAK", "Chce sie umowic"] {
        assert_eq!(says(&mut world, NUMBER, body).1, NoRequest);
        assert_eq!(world.newest(1).pop().unwrap().patient, Some("2".into()), "{body}");
    }
}

#[test]
fn edge_062_tak_in_any_case_and_with_invisible_company_is_yes() {
    for body in ["TAK", "tak", " Tak ", "TAK\u{a0}", "\u{feff}TAK", "T\u{200b}AK", "\n tAk\t"] {
        let mut world = asked();
        assert_eq!(says(&mut world, NUMBER, body), (Yes, Applied), "{body:?}");
        assert_eq!(world.confirmation("w1"), Some(Yes));
    }
}

#[test]
fn edge_063_punctuation_is_other_in_strict_and_yes_in_tolerant_and_the_mode_is_on_record() {
    for body in ["TAK.", "tak!"] {
        let mut world = asked();
        assert_eq!(says(&mut world, NUMBER, body), (Other, Noted));
        assert_eq!(world.confirmation("w1"), None);
        world.set(|settings| settings.replies.grammar = ReplyGrammar::Tolerant);
        assert_eq!(says(&mut world, NUMBER, body), (Yes, Applied));
        let page = world.newest(2);
        let modes: Vec<_> = page.into_iter().map(|message| message.answer.unwrap().policy.grammar).collect();
        assert_eq!(modes, [ReplyGrammar::Tolerant, ReplyGrammar::Strict], "each with the mode that read it");
    }
}

#[test]
fn edge_064_tak_bede_is_yes_in_tolerant_only_and_conditions_never_are() {
    for (body, tolerant) in [("TAK, będę", Yes), ("tak ale o 15", Other), ("tak i nie", Other)] {
        let mut world = asked();
        assert_eq!(says(&mut world, NUMBER, body), (Other, Noted));
        world.set(|settings| settings.replies.grammar = ReplyGrammar::Tolerant);
        assert_eq!(says(&mut world, NUMBER, body).0, tolerant, "{body}");
        assert_eq!(world.confirmation("w1"), (tolerant == Yes).then_some(Yes));
    }
}

#[test]
fn edge_065_nie_is_no_and_other_sentences_with_it_are_not() {
    let mut world = asked();
    for body in ["nie wiem", "nie mogę rozmawiać"] {
        assert_eq!(says(&mut world, NUMBER, body), (Other, Noted));
    }
    assert_eq!(says(&mut world, NUMBER, "NIE"), (No, Applied));
    assert_eq!(world.confirmation("w1"), Some(No));
    let red = "#c62828".to_owned();
    let told = |what: &Happening| matches!(what, Happening::VisitAnswered { reply: No, colour, .. } if *colour == red);
    assert_eq!(world.events().iter().filter(|what| told(what)).count(), 1);
}

#[test]
fn edge_066_other_forms_of_the_letters_count_and_cyrillic_only_where_switched_on() {
    for body in ["ＴＡＫ", "Tak\u{fe0f}"] {
        let mut world = asked();
        assert_eq!(says(&mut world, NUMBER, body), (Yes, Applied), "{body:?}");
    }
    let mut world = asked();
    assert_eq!(says(&mut world, NUMBER, "Так"), (Other, Noted));
    world.set(|settings| settings.replies.languages = [ReplyLanguage::Ukrainian].into());
    assert_eq!(says(&mut world, NUMBER, "Так"), (Yes, Applied));
}

#[test]
fn edge_067_nothing_emoji_and_quoted_text_are_other() {
    let mut world = asked();
    let quoted = "> Imie1, wizyta 20.11.2026 o 12:30. Odpisz TAK lub NIE.";
    for body in ["", "  ", "👍", quoted] {
        assert_eq!(says(&mut world, NUMBER, body), (Other, Noted), "{body:?}");
    }
    assert_eq!(world.confirmation("w1"), None);
    assert_eq!(world.message("w1").reply, Some(Other));
}

/// Two visits of patient 1 on two days, a reminder of each sent.
fn asked_twice() -> World {
    let mut world = asked();
    world.visit("w2", "1", "2026-11-21 09:00");
    world.run_until("2026-11-20 10:05");
    assert_eq!(world.sent().len(), 2);
    world
}

#[test]
fn edge_068_yes_with_two_messages_open_is_ambiguous_unless_it_names_one() {
    let mut world = asked_twice();
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Ambiguous));
    assert_eq!((world.confirmation("w1"), world.confirmation("w2")), (None, None));
    let candidates = world.newest(1).pop().unwrap().answer.unwrap().visits;
    assert_eq!(candidates.len(), 2, "the desk sees between what");
    for named in [world.message("w2").provider_ids[0].clone(), world.message("w2").reference.unwrap()] {
        let outcome = world.reply_with(NUMBER, "TAK", |sms| sms.in_reply_to = Some(named));
        assert_eq!(received(&world, &outcome).answer.unwrap().effect, Applied);
    }
    assert_eq!((world.confirmation("w1"), world.confirmation("w2")), (None, Some(Yes)));
}

#[test]
fn edge_068_yes_to_one_message_about_two_visits_confirms_both() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", CampaignSpec { same_day: SameDay::Joint, ..day_before("10:00") });
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-20 15:00");
    world.run_until("2026-11-19 10:05");
    assert_eq!(world.sent().len(), 1);
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    assert_eq!((world.confirmation("w1"), world.confirmation("w2")), (Some(Yes), Some(Yes)));
}

#[test]
fn several_reminders_of_one_visit_are_one_request() {
    let mut world = World::new("2026-11-16 09:00");
    let steps = vec![step_days(2, "10:00"), step_days(1, "10:00")];
    world.start("p", campaign("P", Timing::Reminder { steps }));
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 10:05");
    assert_eq!(world.sent().len(), 2);
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    let replies: Vec<_> = world.messages("w1").into_iter().map(|message| message.reply).collect();
    assert_eq!(replies, [None, Some(Yes)], "one answer counts once");
}

#[test]
fn a_move_within_the_tolerance_between_two_reminders_leaves_one_request() {
    let mut world = World::new("2026-11-16 09:00");
    world.set(|settings| settings.move_tolerance_min = 15);
    let steps = vec![step_days(2, "10:00"), step_days(1, "10:00")];
    world.start("p", campaign("P", Timing::Reminder { steps }));
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-18 11:00");
    world.visit("w1", "1", "2026-11-20 12:40");
    world.run_until("2026-11-19 10:05");
    assert_eq!(world.sent().len(), 2);
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    assert_eq!(world.confirmation("w1"), Some(Yes));
}

#[test]
fn edge_069_yes_from_a_shared_number_with_two_patients_open_is_ambiguous() {
    let mut world = asked();
    world.patient("2", NUMBER);
    world.visit("w2", "2", "2026-11-20 16:00");
    world.start("q", CampaignSpec { late: LatePolicy::SendNow, ..day_before("10:00") });
    world.run_until("2026-11-19 10:30");
    assert!(world.sent().len() >= 2);
    let outcome = world.reply(NUMBER, "TAK");
    let message = received(&world, &outcome);
    assert_eq!(message.answer.unwrap().effect, Ambiguous);
    assert_eq!(message.patient, None, "nobody's conversation is guessed");
    assert_eq!((world.confirmation("w1"), world.confirmation("w2")), (None, None));
}

#[test]
fn one_message_to_two_patients_of_one_number_belongs_to_neither_and_answers_for_both() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", CampaignSpec { shared_number: SharedNumber::Joint, ..day_before("10:00") });
    for no in ["1", "2"] {
        world.patient(no, NUMBER);
        world.visit(&format!("w{no}"), no, "2026-11-20 12:30");
    }
    world.run_until("2026-11-19 10:05");
    assert_eq!(world.sent().len(), 1);
    let outcome = world.reply(NUMBER, "TAK");
    let message = received(&world, &outcome);
    assert_eq!((message.patient, message.answer.unwrap().effect), (None, Applied));
    assert_eq!((world.confirmation("w1"), world.confirmation("w2")), (Some(Yes), Some(Yes)));
}

#[test]
fn edge_070_the_last_yes_or_no_wins_until_the_visit_starts_and_other_takes_nothing_away() {
    let mut world = asked();
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    assert_eq!(says(&mut world, NUMBER, "NIE"), (No, Applied));
    assert_eq!(says(&mut world, NUMBER, "dziękuję"), (Other, Noted));
    assert_eq!(world.confirmation("w1"), Some(No));
    assert_eq!(world.message("w1").reply, Some(No));
    world.run_until("2026-11-20 12:29");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    world.run_until("2026-11-20 12:30");
    assert_eq!(says(&mut world, NUMBER, "NIE"), (No, TooLate));
    let named = world.message("w1").provider_ids[0].clone();
    let outcome = world.reply_with(NUMBER, "NIE", |sms| sms.in_reply_to = Some(named));
    assert_eq!(received(&world, &outcome).answer.unwrap().effect, TooLate);
    assert_eq!(world.confirmation("w1"), Some(Yes));
    assert_eq!(world.message("w1").reply, Some(Yes), "what came too late is not counted");
    assert_eq!(world.clinic().messages_of_patient(&"1".into(), 100).unwrap().len(), 7, "all are kept");
    let figures = world.clinic().figures(&"p".into()).unwrap();
    assert_eq!(figures.iter().map(|day| (day.yes, day.no, day.other)).collect::<Vec<_>>(), [(1, 0, 0)]);
}

#[test]
fn edge_071_the_same_inbound_twice_is_one() {
    let mut world = asked();
    let named = |sms: &mut SmsReceived| sms.provider_id = Some("mo".into());
    assert!(matches!(world.reply_with(NUMBER, "TAK", named), Outcome::Received(_)));
    let events = world.events();
    assert_eq!(world.reply_with(NUMBER, "TAK", named), Outcome::Known);
    let nameless = |sms: &mut SmsReceived| sms.provider_id = None;
    assert!(matches!(world.reply_with(NUMBER, "NIE", nameless), Outcome::Received(_)));
    let more = world.events();
    assert_eq!(world.reply_with(NUMBER, "NIE", nameless), Outcome::Known);
    assert_eq!((events.len() + 2, world.events()), (more.len(), more), "a repeat tells nothing");
    // another gateway's identifier of the same name is another message
    let other = |sms: &mut SmsReceived| {
        sms.provider_id = Some("mo".into());
        sms.gateway = "other".into();
    };
    assert!(matches!(world.reply_with(NUMBER, "TAK", other), Outcome::Received(_)));
}

#[test]
fn edge_071_a_part_delivered_again_after_the_message_was_joined_is_known() {
    for with_ids in [true, false] {
        let mut world = asked();
        for round in 0..2 {
            for part in [1, 2] {
                let outcome = world.reply_with(NUMBER, ["TA", "K"][usize::from(part) - 1], |sms| {
                    sms.provider_id = with_ids.then(|| format!("part-{part}"));
                    sms.part = Some(InboundPart { reference: 7, part, parts: 2 });
                });
                assert_eq!(outcome == Outcome::Known, round == 1, "round {round}, part {part}");
            }
        }
        world.run_until("2026-11-19 11:00");
        let incoming = world.clinic().messages_of_patient(&"1".into(), 100).unwrap();
        assert_eq!(incoming.iter().filter(|message| message.status == Status::Received).count(), 1);
    }
}

#[test]
fn edge_072_yes_after_the_visit_moved_is_refused_and_the_staff_told() {
    let mut world = asked();
    world.visit("w1", "1", "2026-11-25 12:30");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate));
    assert_eq!(world.confirmation("w1"), None);
    let told = |what: &Happening| matches!(what, Happening::Received { effect: TooLate, .. });
    assert_eq!(world.events().iter().filter(|what| told(what)).count(), 1);
    // asked about the new time, the same word counts
    world.run_until("2026-11-24 10:05");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
}

#[test]
fn edge_072_a_reference_to_the_old_message_does_not_confirm_the_new_time() {
    let mut world = asked();
    let old = world.message("w1").provider_ids[0].clone();
    world.visit("w1", "1", "2026-11-25 12:30");
    world.run_until("2026-11-24 10:05");
    let outcome = world.reply_with(NUMBER, "TAK", |sms| sms.in_reply_to = Some(old));
    assert_eq!(received(&world, &outcome).answer.unwrap().effect, TooLate);
    assert_eq!(world.confirmation("w1"), None);
}

#[test]
fn edge_073_yes_after_the_visit_ended_or_was_called_off_changes_nothing() {
    use VisitState::{Cancelled, Deleted, NoShow, TookPlace};
    for state in [Cancelled, Deleted, NoShow, TookPlace] {
        let mut world = asked();
        world.visit_state("w1", "1", "2026-11-20 12:30", state);
        assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate), "{state:?}");
        assert_eq!(world.confirmation("w1"), None);
    }
}

#[test]
fn edge_074_what_the_staff_set_no_reply_overrides() {
    let mut world = asked();
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    world.tell(Fact::ConfirmationSet { visit: "w1".into(), reply: No, by: "anna".into() });
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, StaffDecided));
    assert_eq!(world.confirmation("w1"), Some(No));
    let answered = |what: &Happening| matches!(what, Happening::VisitAnswered { .. });
    assert_eq!(world.events().iter().filter(|what| answered(what)).count(), 1);
}

#[test]
fn edge_075_a_reply_without_a_request_goes_to_the_conversation_unread() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", NUMBER);
    let outcome = world.reply(NUMBER, "Czy mogę prosić o wizytę?");
    let message = received(&world, &outcome);
    assert_eq!((message.patient, message.read), (Some("1".into()), false));
    let answer = message.answer.unwrap();
    assert_eq!((answer.reply, answer.effect), (Other, NoRequest));
    assert_eq!(
        says(&mut world, "600 100 200", "TAK"),
        (Yes, NoRequest),
        "a stranger's word confirms nothing"
    );
}

#[test]
fn edge_076_a_campaign_that_asks_needs_a_sender_that_can_receive() {
    let mut world = World::new("2026-11-16 09:00");
    world.set(|settings| {
        settings.senders =
            vec![Sender { id: "DENTICA".into(), receives: false, approval: SenderApproval::Approved }]
    });
    let desk = world.clinic();
    let desk = desk.as_user(User::new("u", Permission::CLINIC));
    desk.create_campaign("p".into(), day_before("10:00"), world.now).unwrap();
    assert!(desk.activate(&"p".into(), world.now).is_err());
    let quiet = CampaignSpec { expects_reply: Some(false), ..day_before("10:00") };
    desk.edit_campaign(&"p".into(), quiet, world.now).unwrap();
    desk.activate(&"p".into(), world.now).unwrap();
}

#[test]
fn edge_077_a_request_ends_with_the_start_of_its_visit() {
    let mut world = asked();
    world.run_until("2026-11-21 09:00");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate));
    assert_eq!(world.confirmation("w1"), None);
    // written in time, delivered late: what counts is when the gateway got it
    let outcome = world.reply_with(NUMBER, "TAK", |sms| sms.received_at = at("2026-11-20 08:00"));
    assert_eq!(received(&world, &outcome).answer.unwrap().effect, Applied);
}

#[test]
fn edge_078_parts_in_any_order_are_joined_before_they_are_read() {
    for order in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
        let mut world = asked();
        let mut last = Outcome::Applied;
        for part in order {
            assert_eq!(last, Outcome::Applied);
            last = world.reply_with(NUMBER, ["T", "A", "K"][usize::from(part) - 1], |sms| {
                sms.part = Some(InboundPart { reference: 7, part, parts: 3 });
            });
        }
        assert_eq!(received(&world, &last).answer.unwrap().effect, Applied);
        assert_eq!(world.confirmation("w1"), Some(Yes));
    }
}

#[test]
fn edge_078_parts_of_other_messages_are_not_mixed_up() {
    let mut world = asked();
    world.patient("2", "502 000 002");
    let part = |world: &mut World, from: &str, reference, part, body: &str| {
        world.reply_with(from, body, |sms| sms.part = Some(InboundPart { reference, part, parts: 2 }))
    };
    assert_eq!(part(&mut world, NUMBER, 7, 1, "TA"), Outcome::Applied);
    assert_eq!(part(&mut world, NUMBER, 8, 2, "IE"), Outcome::Applied);
    assert_eq!(part(&mut world, "502 000 002", 7, 2, "X"), Outcome::Applied);
    let outcome = part(&mut world, NUMBER, 7, 2, "K");
    assert_eq!(received(&world, &outcome).body, Some("TAK".into()));
}

#[test]
fn edge_078_what_stays_incomplete_is_other_after_a_while() {
    let mut world = asked();
    world.reply_with(NUMBER, "TAK", |sms| sms.part = Some(InboundPart { reference: 7, part: 1, parts: 2 }));
    world.run_until("2026-11-19 11:00");
    let message = world.newest(1).pop().unwrap();
    let answer = message.answer.unwrap();
    assert_eq!((answer.reply, answer.effect), (Other, Incomplete));
    assert_eq!(message.body, Some("TAK".into()), "the desk can read what there is");
    assert_eq!(world.confirmation("w1"), None);
}

#[test]
fn edge_078_an_impossible_part_is_refused_by_field() {
    let mut world = asked();
    for (part, parts) in [(0, 2), (3, 2), (1, 0)] {
        let mut sms = None;
        let wrong = |told: &mut SmsReceived| {
            told.part = Some(InboundPart { reference: 1, part, parts });
            sms = Some(told.clone());
            told.part = None;
        };
        world.reply_with("600100200", "x", wrong);
        let fact = Fact::SmsReceived(SmsReceived { provider_id: None, ..sms.unwrap() });
        let error = world.clinic().apply(&[fact], world.now).unwrap_err();
        assert_eq!(error.to_string(), "fact 0: part: a part from 1 to `parts`");
    }
}

#[test]
fn edge_079_stop_withdraws_consent_and_wins_over_everything() {
    for body in ["STOP", "stop", " Stop. ", "STOP STOP"] {
        let mut world = asked();
        world.visit("w2", "1", "2026-11-28 09:00");
        assert_eq!(says(&mut world, NUMBER, body), (Other, ReplyEffect::OptOut), "{body:?}");
        assert_eq!(world.fates("w2"), [(Status::Skipped, Some("opted_out"))]);
        world.visit("w3", "1", "2026-12-05 09:00");
        world.run_until("2026-12-10 09:00");
        assert_eq!(world.sent().len(), 1, "nothing but the reminder before");
        let told = |what: &Happening| matches!(what, Happening::OptedOut { patient: Some(id) } if id.as_str() == "1");
        assert_eq!(world.events().iter().filter(|what| told(what)).count(), 1);
    }
}

/// The desk called the wrong visit off, or moved it, and put that right: no second reminder goes, so the first one's answer counts.
#[test]
fn edge_030_a_visit_that_is_as_it_was_asked_about_again_can_be_answered() {
    for detour in ["cancelled", "moved", "another patient's"] {
        let mut world = asked();
        world.patient("2", "502 000 000");
        match detour {
            "cancelled" => world.visit_state("w1", "1", "2026-11-20 12:30", VisitState::Cancelled),
            "moved" => world.visit("w1", "1", "2026-11-27 12:30"),
            _ => world.visit("w1", "2", "2026-11-20 12:30"),
        };
        assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate), "{detour}");
        world.visit("w1", "1", "2026-11-20 12:30");
        assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied), "{detour}");
        assert_eq!(world.confirmation("w1"), Some(Yes));
    }
    let mut world = asked();
    world.patient("2", "502 000 000");
    world.visit_state("w1", "1", "2026-11-20 12:30", VisitState::Cancelled);
    world.visit("w1", "2", "2026-11-20 12:30");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate), "it stands, and is another patient's");
}

#[test]
fn edge_079_one_acknowledgement_may_follow_a_stop() {
    let mut world = asked();
    world.set(|settings| settings.acknowledge_opt_out = true);
    world.reply(NUMBER, "STOP");
    world.reply(NUMBER, "STOP");
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.sent().len(), 2, "one, though it was said twice");
    assert!(world.sent()[1].2.starts_with("Potwierdzamy"));
    world.reply(NUMBER, "STOP");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent().len(), 2, "and no other for what was acknowledged already");
}

#[test]
fn edge_079_no_acknowledgement_goes_where_nothing_is_ever_sent() {
    let mut world = asked();
    world.set(|settings| settings.acknowledge_opt_out = true);
    for (from, reason) in [("+447911123456", "outside_prefixes"), ("71234", "bad_number")] {
        world.reply(from, "STOP");
        world.run_until("2026-11-19 11:00");
        assert_eq!(world.sent().len(), 1, "nothing but the reminder: {from}");
        let last = world.newest(1).pop().unwrap();
        assert_eq!((last.status, last.reason.unwrap().code()), (Status::Skipped, reason));
    }
}

#[test]
fn edge_079_stop_in_a_sentence_is_for_the_desk() {
    let mut world = asked();
    assert_eq!(says(&mut world, NUMBER, "Jestem na przystanku STOP, TAK"), (Other, StopMentioned));
    assert_eq!(world.confirmation("w1"), None);
    world.visit("w2", "1", "2026-11-28 09:00");
    assert_eq!(world.fates("w2"), [(Status::Planned, None)], "nobody opted out");
}

#[test]
fn edge_079_a_gateway_that_takes_a_message_for_an_opt_out_is_believed() {
    let mut world = asked();
    world.visit("w2", "1", "2026-11-28 09:00");
    world.reply_with(NUMBER, "wypisz", |sms| sms.opt_out = true);
    assert_eq!(world.fates("w2"), [(Status::Skipped, Some("opted_out"))]);
}

#[test]
fn edge_080_tak_confirms_and_is_no_opt_in() {
    let mut world = asked();
    world.reply(NUMBER, "STOP");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied), "the visit is confirmed all the same");
    world.visit("w2", "1", "2026-11-28 09:00");
    assert_eq!(world.fates("w2"), [(Status::Skipped, Some("opted_out"))], "the opt-out stays");
}

#[test]
fn an_answer_to_what_certainly_was_not_sent_confirms_nothing() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Content, code: "x".into() }]);
    world.run_until("2026-11-19 10:05");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, NoRequest));
    assert_eq!(world.confirmation("w1"), None);
}

#[test]
fn an_answer_to_what_is_in_doubt_counts() {
    let mut world = World::with(
        "2026-11-16 09:00",
        practice(),
        depesza::gateway::Simulator::new(GATEWAY.into(), 1).with_capabilities(Capabilities {
            own_reference: OwnReference::None,
            look_up: false,
            batch: 1,
            reports: false,
            cancel: false,
        }),
    );
    world.start("p", day_before("10:00"));
    world.patient("1", NUMBER);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.gateway.script([SubmitResult::Unknown { why: "time-out".into() }]);
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.message("w1").status, Status::InDoubt);
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied), "it must have arrived");
    world
        .clinic()
        .as_user(User::new("recepcja", Permission::CLINIC))
        .settle_doubt(world.message("w1").id, DoubtSettled::Arrived, world.now)
        .unwrap();
    assert_eq!(world.message("w1").reply, Some(Yes));
}

#[test]
fn edge_070_the_last_is_the_one_that_was_written_last_in_whatever_order_they_come() {
    let mut world = asked();
    world.now = at("2026-11-19 11:00");
    assert_eq!(says(&mut world, NUMBER, "NIE"), (No, Applied));
    let outcome = world.reply_with(NUMBER, "TAK", |sms| sms.received_at = at("2026-11-19 10:30"));
    assert_eq!(received(&world, &outcome).answer.unwrap().effect, Noted);
    assert_eq!(world.confirmation("w1"), Some(No));
    assert_eq!(world.message("w1").reply, Some(No));
}

#[test]
fn an_answer_after_the_cards_were_merged_is_in_the_conversation_of_the_one_that_stays() {
    let mut world = asked();
    world.patient("2", NUMBER);
    world.tell(Fact::PatientsMerged { from: "1".into(), into: "2".into() });
    let outcome = world.reply(NUMBER, "TAK");
    let message = received(&world, &outcome);
    assert_eq!((message.patient, message.answer.unwrap().effect), (Some("2".into()), Applied));
    assert_eq!(world.clinic().unread(&"2".into()).unwrap().count, 1);
}

#[test]
fn an_answer_from_before_the_question_answers_nothing() {
    let mut world = asked();
    let outcome = world.reply_with(NUMBER, "TAK", |sms| sms.received_at = at("2026-11-19 09:00"));
    assert_eq!(received(&world, &outcome).answer.unwrap().effect, NoRequest);
    assert_eq!(world.confirmation("w1"), None);
}

#[test]
fn a_gateway_whose_clock_is_some_minutes_behind_loses_no_answer() {
    let mut world = asked();
    let outcome = world.reply_with(NUMBER, "TAK", |sms| sms.received_at = at("2026-11-19 09:55"));
    assert_eq!(received(&world, &outcome).answer.unwrap().effect, Applied);
}

#[test]
fn an_answer_of_whom_a_visit_was_taken_from_does_not_confirm_it() {
    let mut world = asked();
    world.patient("2", "502 000 000");
    world.visit("w1", "2", "2026-11-20 12:30");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, TooLate));
    assert_eq!(world.confirmation("w1"), None);
    // nor does the one that came before
    let mut world = asked();
    world.patient("2", "502 000 000");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    world.visit("w1", "2", "2026-11-20 12:30");
    assert_eq!(world.confirmation("w1"), None);
    assert!(world.events().contains(&Happening::ConfirmationVoid { visit: "w1".into() }));
}

#[test]
fn an_answer_of_one_of_a_joint_message_counts_for_the_visits_that_are_theirs_still() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", CampaignSpec { same_day: SameDay::Joint, ..day_before("10:00") });
    world.patient("1", NUMBER);
    world.patient("2", "502 000 000");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-20 15:00");
    world.run_until("2026-11-19 10:05");
    world.visit("w1", "2", "2026-11-20 12:30");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    assert_eq!((world.confirmation("w1"), world.confirmation("w2")), (None, Some(Yes)));
}

#[test]
fn a_visit_whose_card_was_corrected_within_a_family_keeps_its_question() {
    let mut world = asked();
    world.patient("2", NUMBER);
    world.visit("w1", "2", "2026-11-20 12:30");
    assert_eq!(says(&mut world, NUMBER, "TAK"), (Yes, Applied));
    assert_eq!(world.confirmation("w1"), Some(Yes));
}
