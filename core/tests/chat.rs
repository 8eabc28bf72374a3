//! Conversations: one patient's messages both ways, and what a person writes.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::EngineError;
use depesza::model::*;
use world::*;

const NUMBER: &str = "501 234 567";

fn user() -> User {
    User::new("recepcja", Permission::CLINIC)
}

fn to_patient(text: &str) -> NewMessage {
    NewMessage {
        to: Recipient::Patient("1".into()),
        text: text.into(),
        at: None,
        hours: QuietHours::Warn,
        key: None,
    }
}

fn send(world: &mut World, new: &NewMessage) -> MessageId {
    world.desk(|desk, now| desk.send_message(new, now))
}

fn try_send(world: &World, new: &NewMessage) -> Result<MessageId, EngineError> {
    world.clinic().as_user(user()).send_message(new, world.now)
}

fn fate(world: &World, id: MessageId) -> (Status, Option<&'static str>) {
    let message = world.clinic().message(id).unwrap().unwrap();
    (message.status, message.reason.as_ref().map(Reason::code))
}

/// A patient without any consent on record, on a Monday at nine.
fn patient() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient_with("1", NUMBER, |patient| patient.consents = Consents::default());
    world
}

#[test]
fn a_persons_message_goes_at_the_next_dispatch_as_it_stands_without_a_consent_on_record() {
    let mut world = patient();
    let id = send(&mut world, &to_patient("Zażółć (imie), prosimy o telefon"));
    assert_eq!(fate(&world, id), PLANNED);
    world.run_until("2026-11-16 09:10");
    let sent = ("2026-11-16 09:00".to_owned(), "+48501234567".to_owned());
    assert_eq!(world.sent(), [(sent.0, sent.1, "Zazolc (imie), prosimy o telefon".to_owned())]);
    let message = world.clinic().message(id).unwrap().unwrap();
    assert_eq!(message.status, Status::Delivered);
    assert_eq!((message.parts, message.cost_milli), (1, 90));
    assert_eq!(message.origin, Origin::Chat { by: Some("recepcja".into()) });
}

#[test]
fn a_conversation_has_what_is_planned_on_top_and_shows_what_was_withdrawn_only_when_asked() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.start("u", booking(0));
    world.patient("1", NUMBER);
    world.patient("2", "502 222 222");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "2", "2026-11-20 12:30");
    world.run_until("2026-11-16 09:30");
    world.reply(NUMBER, "Dziękuję");
    world.run_until("2026-11-16 10:00");
    send(&mut world, &to_patient("Prosimy bardzo"));
    let later = NewMessage { at: Some(at("2026-11-17 08:00")), ..to_patient("Do zobaczenia") };
    let later = send(&mut world, &later);
    let dropped = NewMessage { at: Some(at("2026-11-17 09:00")), ..to_patient("Pomylka") };
    let dropped = send(&mut world, &dropped);
    world.desk(|desk, now| desk.cancel_message(dropped, now));
    world.run_until("2026-11-16 10:30");
    let shown = |shows, limit| {
        let (mut rows, mut from): (Vec<(Direction, Status)>, _) = (Vec::new(), None);
        loop {
            let page = world.clinic().chat(&"1".into(), shows, from.as_deref(), limit).unwrap();
            rows.extend(page.rows.iter().map(|row| (row.message.direction, row.message.status)));
            from = page.next;
            if from.is_none() {
                return rows;
            }
        }
    };
    use Direction::{Incoming, Outgoing};
    let expected = [
        (Outgoing, Status::Planned), // the reminder
        (Outgoing, Status::Planned), // until tomorrow
        (Outgoing, Status::Delivered),
        (Incoming, Status::Received),
        (Outgoing, Status::Delivered), // the booking message
    ];
    for limit in [1, 2, 100] {
        assert_eq!(shown(ChatShows::Exchanged, limit), expected);
    }
    let mut everything = expected.to_vec();
    everything.insert(1, (Outgoing, Status::Cancelled));
    assert_eq!(shown(ChatShows::Everything, 2), everything);
    let page = world.clinic().chat(&"1".into(), ChatShows::Exchanged, None, 2).unwrap();
    assert_eq!(page.rows[1].message.id, later);
    assert_eq!(page.rows[1].actions, [RowAction::OpenChat, RowAction::Edit, RowAction::Cancel]);
}

#[test]
fn a_message_at_a_time_can_be_changed_and_withdrawn_until_it_goes() {
    let mut world = patient();
    let new = NewMessage { at: Some(at("2026-11-17 12:00")), ..to_patient("Prosimy o telefon") };
    let (first, second) = (send(&mut world, &new), send(&mut world, &new));
    let edit = MessageEdit {
        text: Some("Prosimy o wizytę".into()),
        at: Some(at("2026-11-17 13:00")),
        hours: QuietHours::Warn,
    };
    world.desk(|desk, now| desk.edit_message(first, &edit, now));
    world.desk(|desk, now| desk.cancel_message(second, now));
    world.run_until("2026-11-17 14:00");
    assert_eq!(world.sent_at(), ["2026-11-17 13:00"]);
    assert_eq!(world.texts(), ["Prosimy o wizyte"]);
    assert_eq!(fate(&world, second), cancelled("withdrawn"));
    let clinic = world.clinic();
    let desk = clinic.as_user(user());
    for gone in [first, second] {
        assert!(matches!(desk.edit_message(gone, &edit, world.now), Err(EngineError::NotChangeable(_))));
        assert!(matches!(desk.cancel_message(gone, world.now), Err(EngineError::NotChangeable(_))));
    }
    let unknown = desk.cancel_message(MessageId(99), world.now);
    assert!(matches!(unknown, Err(EngineError::UnknownMessage(_))));
}

#[test]
fn the_same_key_again_is_the_same_message() {
    let mut world = patient();
    let new = NewMessage { key: Some("klik|1".into()), ..to_patient("Prosimy o telefon") };
    let id = send(&mut world, &new);
    world.run_until("2026-11-16 09:05");
    assert_eq!(send(&mut world, &new), id, "also when it went meanwhile");
    let other = NewMessage { key: Some("klik".into()), ..new.clone() };
    assert_ne!(send(&mut world, &other), id);
    world.run_until("2026-11-16 09:10");
    assert_eq!(world.sent().len(), 2);
    for key in ["", &"k".repeat(101)] {
        let new = NewMessage { key: Some(key.into()), ..new.clone() };
        assert!(matches!(try_send(&world, &new), Err(EngineError::Input { field: "key", .. })));
    }
    // a gateway's identifier of the same name is another thing
    assert!(matches!(
        world.reply_with(NUMBER, "a", |sms| sms.provider_id = Some("klik|1".into())),
        depesza::engine::Outcome::Received(_)
    ));
}

#[test]
fn quiet_hours_warn_a_person_who_may_go_on() {
    let mut world = patient();
    world.set(|settings| settings.sending_hours = window(&[], "08:00", "20:00"));
    world.now = at("2026-11-16 22:00");
    let new = to_patient("Prosimy o telefon");
    let refused = try_send(&world, &new).unwrap_err();
    let EngineError::QuietHours { opens } = refused else { panic!("{refused:?}") };
    assert_eq!(opens, Some(at("2026-11-17 08:00")));
    let tonight = NewMessage { at: Some(at("2026-11-16 23:00")), ..new.clone() };
    assert!(matches!(try_send(&world, &tonight), Err(EngineError::QuietHours { .. })));
    let morning = send(&mut world, &NewMessage { at: opens, ..new.clone() });
    let wrong = MessageEdit { at: Some(at("2026-11-17 21:00")), ..MessageEdit::default() };
    let refused = world.clinic().as_user(user()).edit_message(morning, &wrong, world.now);
    assert!(matches!(refused, Err(EngineError::QuietHours { .. })));
    send(&mut world, &NewMessage { hours: QuietHours::Override, ..tonight });
    world.run_until("2026-11-17 09:00");
    assert_eq!(world.sent_at(), ["2026-11-16 23:00", "2026-11-17 08:00"]);
}

#[test]
fn what_was_planned_for_the_hours_does_not_leave_at_night_because_the_host_was_down() {
    let mut world = patient();
    world.set(|settings| settings.sending_hours = window(&[], "08:00", "20:00"));
    send(&mut world, &NewMessage { at: Some(at("2026-11-16 18:00")), ..to_patient("Prosimy o telefon") });
    world.now = at("2026-11-16 23:00");
    world.step();
    assert!(world.sent().is_empty());
    world.run_until("2026-11-17 09:00");
    assert_eq!(world.sent_at(), ["2026-11-17 08:00"]);
    // after a day it makes no sense any more
    let late = send(&mut world, &NewMessage { at: Some(at("2026-11-17 10:00")), ..to_patient("Dzisiaj") });
    world.now = at("2026-11-18 11:00");
    world.step();
    assert_eq!(fate(&world, late), skipped("past_use_by"));
}

#[test]
fn an_empty_a_too_long_and_a_too_early_message_are_refused_with_what_was_expected() {
    let mut world = patient();
    world.set(|settings| settings.max_parts = 2);
    for text in ["", " \n ", "\u{200b}"] {
        assert!(matches!(try_send(&world, &to_patient(text)), Err(EngineError::Input { field: "text", .. })));
    }
    let refused = try_send(&world, &to_patient(&"a".repeat(400))).unwrap_err();
    assert!(matches!(refused, EngineError::TooManyParts { parts: 3, allowed: 2 }), "{refused:?}");
    let far = NewMessage { at: Some(at("2028-01-01 10:00")), ..to_patient("Za rok") };
    assert!(matches!(try_send(&world, &far), Err(EngineError::Input { field: "at", .. })));
    let nobody = NewMessage { to: Recipient::Patient("9".into()), ..to_patient("Halo") };
    assert!(matches!(try_send(&world, &nobody), Err(EngineError::UnknownPatient(_))));
    assert!(world.newest(10).is_empty(), "nothing was kept");
    let early = NewMessage { at: Some(at("2020-01-01 10:00")), ..to_patient("Teraz") };
    let id = send(&mut world, &early);
    assert_eq!(
        world.clinic().message(id).unwrap().unwrap().due_at,
        world.now,
        "a time that is past means now"
    );
    let guest = User::new("gosc", [Permission::ManageCampaigns]);
    let refused = world.clinic().as_user(guest).send_message(&to_patient("Halo"), world.now);
    assert!(matches!(refused, Err(EngineError::NotPermitted(Permission::CommunicationCenter))));
}

#[test]
fn after_a_stop_only_an_answer_to_the_patients_own_message_goes() {
    let mut world = patient();
    let waiting = send(&mut world, &NewMessage { at: Some(at("2026-11-17 12:00")), ..to_patient("Jutro") });
    world.reply(NUMBER, "STOP");
    assert_eq!(fate(&world, waiting), skipped("opted_out"));
    let id = send(&mut world, &to_patient("Szkoda"));
    assert_eq!(fate(&world, id), skipped("opted_out"), "a STOP is nothing to answer");
    world.run_until("2026-11-20 09:00");
    world.reply(NUMBER, "Czy mogę jednak przyjść?");
    let id = send(&mut world, &to_patient("Tak, prosimy"));
    world.run_until("2026-11-20 09:10");
    assert_eq!(fate(&world, id), DELIVERED);
    // planned in time, sent too late for an answer
    let late = NewMessage { at: Some(at("2026-11-23 09:01")), ..to_patient("I jeszcze jedno") };
    let late = send(&mut world, &late);
    assert_eq!(fate(&world, late), PLANNED);
    world.run_until("2026-11-23 10:00");
    assert_eq!(fate(&world, late), skipped("opted_out"));
    // a consent that the person gave later lifts it
    let yes = Consent { given: true, at: world.now, source: ConsentSource::Person };
    world.patient_with("1", NUMBER, |patient| patient.consents.visits = Some(yes));
    let id = send(&mut world, &to_patient("Dzien dobry"));
    assert_eq!(fate(&world, id), PLANNED);
}

#[test]
fn what_bars_a_person_too_is_skipped_at_once_with_its_reason() {
    let to_number = |number: &str| NewMessage { to: Recipient::Number(number.into()), ..to_patient("Halo") };
    let mut world = patient();
    for (number, reason) in [
        ("48 362 12 34", "cannot_receive_sms"),
        ("brak", "bad_number"),
        ("+380 50 123 45 67", "outside_prefixes"),
        ("", "no_number"),
    ] {
        let id = send(&mut world, &to_number(number));
        assert_eq!(fate(&world, id), skipped(reason), "{number}");
    }
    for (status, reason) in
        [(PatientStatus::Inactive, "patient_inactive"), (PatientStatus::Deceased, "patient_deceased")]
    {
        world.patient_with("1", NUMBER, |patient| patient.status = status);
        let id = send(&mut world, &to_patient("Halo"));
        assert_eq!(fate(&world, id), skipped(reason));
    }
    world.patient_with("1", "", |_| {});
    let id = send(&mut world, &to_patient("Halo"));
    assert_eq!(fate(&world, id), skipped("no_number"));
    world.patient("1", NUMBER);
    world.set(|settings| settings.mode = SmsMode::None);
    let id = send(&mut world, &to_patient("Halo"));
    assert_eq!(fate(&world, id), skipped("mode_none"));
    world.set(|settings| settings.mode = SmsMode::Standard);
    let planned = send(&mut world, &NewMessage { at: Some(at("2026-11-16 12:00")), ..to_patient("Halo") });
    world.set(|settings| settings.mode = SmsMode::None);
    world.run_until("2026-11-16 13:00");
    assert_eq!(fate(&world, planned), skipped("mode_none"), "decided again when it goes");
    assert!(world.sent().is_empty());
}

#[test]
fn a_number_on_one_card_is_that_patients_conversation_and_a_shared_one_nobodys() {
    let mut world = patient();
    let to_number = NewMessage { to: Recipient::Number("501-234-567".into()), ..to_patient("Halo") };
    let id = send(&mut world, &to_number);
    assert_eq!(world.clinic().message(id).unwrap().unwrap().patient, Some("1".into()));
    world.patient("2", NUMBER);
    let id = send(&mut world, &to_number);
    assert_eq!(world.clinic().message(id).unwrap().unwrap().patient, None);
    world.run_until("2026-11-16 09:10");
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn a_message_that_waits_does_not_go_to_a_number_that_the_card_no_longer_has() {
    let mut world = patient();
    let id =
        send(&mut world, &NewMessage { at: Some(at("2026-11-16 12:00")), ..to_patient("Wyniki sa gotowe") });
    world.patient("1", "502 222 222");
    world.run_until("2026-11-16 13:00");
    assert_eq!(fate(&world, id), cancelled("number_changed"));
    assert!(world.sent().is_empty());
}

#[test]
fn neither_cap_nor_budget_counts_a_persons_own_message() {
    let mut world = World::new("2026-11-16 09:00");
    world.set(|settings| {
        settings.daily_cap = Some(1);
        settings.daily_budget_milli = Some(100);
    });
    world.start("u", booking(30));
    world.patient("1", NUMBER);
    for text in ["raz", "dwa", "trzy"] {
        send(&mut world, &to_patient(text));
    }
    world.run_until("2026-11-16 09:10");
    assert_eq!(world.texts(), ["raz", "dwa", "trzy"]);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-16 11:00");
    assert_eq!(world.fates("w1"), [DELIVERED], "what the cap allows is still to be had");
    send(&mut world, &to_patient("cztery"));
    world.run_until("2026-11-16 11:10");
    assert_eq!(world.sent().len(), 5);
}

#[test]
fn an_automatic_message_that_a_person_withdrew_is_not_brought_back_when_the_visit_is_told_again() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    let id = world.message("w1").id;
    world.desk(|desk, now| desk.cancel_message(id, now));
    let doctor = doctor("d1", "Anna Kowalska");
    world.visit_with("w1", "1", "2026-11-20 12:30", |visit| visit.doctor = doctor);
    let mut spec = day_before("11:00");
    spec.bodies.default = "Inna tresc".into();
    world.edit("p", spec);
    world.patient_with("1", "502 222 222", |patient| patient.consents = Consents::default());
    world.patient("1", NUMBER);
    world.pause("p");
    world.resume("p");
    world.visit_state("w1", "1", "2026-11-20 12:30", VisitState::Cancelled);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.set(|settings| settings.attempts = 5);
    world.work();
    assert_eq!(world.fates("w1"), [cancelled("withdrawn")]);
    // another time is another message
    world.visit("w1", "1", "2026-11-25 12:30");
    world.run_until("2026-11-25 12:00");
    assert_eq!(world.sent_at(), ["2026-11-24 11:00"]);
}

#[test]
fn a_withdrawn_message_that_was_tried_once_is_not_brought_back_either() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() }]);
    world.now = at("2026-11-19 10:00");
    world.step();
    let id = world.message("w1").id;
    assert_eq!(world.message("w1").attempts, 1);
    world.desk(|desk, now| desk.cancel_message(id, now));
    world.visit_with("w1", "1", "2026-11-20 12:30", |visit| visit.duration_min = 60);
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1"), [cancelled("withdrawn")]);
    assert!(world.sent().is_empty());
}

#[test]
fn a_reminder_by_hand_that_is_withdrawn_stands_for_no_automatic_one() {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    let by_hand = world.remind("w1");
    assert_eq!(world.fates("w1")[0], skipped("manual_reminder"));
    world.desk(|desk, now| desk.cancel_message(by_hand, now));
    assert_eq!(world.fates("w1"), [PLANNED, cancelled("withdrawn")]);
}

#[test]
fn a_preview_says_how_the_text_goes_its_parts_its_cost_and_what_makes_it_dear() {
    let world = patient();
    let preview = |text: &str, to: Option<&Recipient>| world.clinic().chat_preview(&text.into(), to).unwrap();
    let plain = preview("Zażółć gęślą jaźń", None);
    assert_eq!(plain.text.reveal(), "Zazolc gesla jazn");
    assert_eq!((plain.segments.count, plain.cost_milli, plain.allowed_parts), (1, 90, 6));
    let patient = Recipient::Patient("1".into());
    let long = preview(&"a".repeat(161), Some(&patient));
    assert_eq!((long.segments.count, long.cost_milli), (2, 180));
    let dear = preview("Do zobaczenia ❤", None);
    assert_eq!(dear.segments.encoding, Encoding::Ucs2);
    assert_eq!(dear.advice.characters.len(), 1);
    let mut kept = World::new("2026-11-16 09:00");
    kept.set(|settings| settings.diacritics = Diacritics::Polish);
    assert_eq!(kept.clinic().chat_preview(&"Żółć".into(), None).unwrap().text.reveal(), "Żółć");
    let empty = kept.clinic().chat_preview(&" ".into(), None);
    assert!(matches!(empty, Err(EngineError::Input { field: "text", .. })));
}

#[test]
fn unread_messages_are_counted_by_patient_and_in_all_and_no_further_than_a_thousand() {
    let mut world = patient();
    world.reply(NUMBER, "raz");
    let second = world.reply(NUMBER, "dwa");
    world.reply("600 000 000", "ktos inny");
    let clinic = world.clinic();
    let count = |count, more| BoundedCount { count, more };
    assert_eq!(clinic.unread(&"1".into()).unwrap(), count(2, false));
    assert_eq!(clinic.unread_total().unwrap(), count(3, false));
    let depesza::engine::Outcome::Received(second) = second else { panic!("{second:?}") };
    world.desk(|desk, now| desk.mark_read(second, now));
    assert_eq!(world.clinic().unread(&"1".into()).unwrap(), count(1, false));
    for no in 0..998 {
        world.reply("600 000 000", &format!("{no}"));
    }
    assert_eq!(world.clinic().unread_total().unwrap(), count(1_000, false));
    world.reply("600 000 000", "i jeszcze");
    assert_eq!(world.clinic().unread_total().unwrap(), count(1_000, true));
}

#[test]
fn what_was_sent_within_the_hours_does_not_try_again_at_night() {
    let mut world = patient();
    world.set(|settings| settings.sending_hours = window(&[], "08:00", "20:00"));
    world.now = at("2026-11-16 18:00");
    send(&mut world, &to_patient("Prosimy o telefon"));
    // the telephone is off, and is tried again four hours later
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Unreachable, code: "off".into() }]);
    world.run_until("2026-11-17 09:00");
    assert_eq!(world.sent_at(), ["2026-11-17 08:00"]);
}

#[test]
fn a_stop_leaves_what_was_planned_as_an_answer_to_the_patients_own_message() {
    let mut world = patient();
    world.reply(NUMBER, "Czy mogę przyjść jutro?");
    let later = NewMessage { at: Some(at("2026-11-16 12:00")), ..to_patient("Tak, prosimy") };
    let waiting = send(&mut world, &later);
    world.reply(NUMBER, "STOP");
    assert_eq!(fate(&world, waiting), PLANNED, "written after the STOP it would go too");
    world.run_until("2026-11-16 12:10");
    assert_eq!(fate(&world, waiting), DELIVERED);
}
