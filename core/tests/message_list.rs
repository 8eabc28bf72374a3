//! The list of messages: filters, pages that lose and repeat nothing, and what can be done with a row.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::{EngineError, MAX_EXAMINED, Outcome};
use depesza::model::*;
use depesza::store::Table;
use depesza::text;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use world::*;

fn receptionist() -> User {
    User::new("recepcja", Permission::CLINIC)
}

/// Patients 1 and 2 share a number, 3 has another; booking messages and reminders, answers, a message of a person.
fn practice_day() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.start("umowienie", booking(0));
    world.start("przypomnienie", day_before("10:00"));
    world.patient("1", "501234567");
    world.patient("2", "501234567");
    world.patient("3", "502222222");
    for (visit, patient, start) in
        [("w1", "1", "2026-11-18 12:30"), ("w2", "2", "2026-11-20 12:30"), ("w3", "3", "2026-11-18 13:00")]
    {
        world.visit(visit, patient, start);
    }
    world.run_until("2026-11-17 12:00");
    world.reply("502222222", "TAK");
    world.reply("501234567", "Czy mogę przyjść wcześniej? Boli mnie ząb");
    world.reply("600000000", "Dzień dobry, chcę się zapisać");
    world.now = at("2026-11-17 12:30");
    let to = Recipient::Patient("3".into());
    let text = "Proszę przyjść na czczo".into();
    world.desk(|desk, now| {
        desk.send_message(&NewMessage { to, text, at: None, hours: QuietHours::Warn, key: None }, now)
    });
    world
}

fn list(world: &World, filter: MessageFilter) -> Vec<Message> {
    all_pages(world, &filter, 1_000).into_iter().map(|row| row.message).collect()
}

fn all_pages(world: &World, filter: &MessageFilter, limit: u32) -> Vec<MessageRow> {
    let (mut rows, mut from) = (Vec::new(), None);
    loop {
        let page = world.clinic().messages(filter, from.as_deref(), limit).unwrap();
        assert!(page.rows.len() <= limit as usize);
        rows.extend(page.rows);
        from = page.next;
        if from.is_none() {
            return rows;
        }
    }
}

/// A message's instant in lists.
fn instant(message: &Message) -> Timestamp {
    message.received_at.or(message.submitted_at).unwrap_or(message.due_at)
}

/// A filter's meaning, told once more without any index.
fn passes(filter: &MessageFilter, message: &Message) -> bool {
    let (campaign, kind) = match &message.origin {
        Origin::Campaign { campaign, kind, .. } => (Some(campaign), Some(*kind)),
        Origin::ManualReminder { campaign, .. } => (Some(campaign), Some(CampaignKind::Reminder)),
        _ => (None, None),
    };
    let unread = message.direction == Direction::Incoming && !message.read;
    let read = message.direction == Direction::Incoming && message.read;
    let words = |asked: &Body| {
        let Some(body) = &message.body else { return false };
        let folded = text::fold(body.reveal());
        let there: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).collect();
        let folded = text::fold(asked.reveal());
        let asked: Vec<&str> =
            folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 2).collect();
        let (last, whole) = asked.split_last().unwrap();
        whole.iter().all(|word| there.contains(word)) && there.iter().any(|word| word.starts_with(last))
    };
    filter.patient.as_ref().is_none_or(|patient| message.patient.as_ref() == Some(patient))
        && filter.campaign.as_ref().is_none_or(|wanted| campaign == Some(wanted))
        && filter.kind.is_none_or(|wanted| kind == Some(wanted))
        && (filter.statuses.is_empty() || filter.statuses.contains(&message.status))
        && filter.direction.is_none_or(|wanted| message.direction == wanted)
        && filter.number.as_ref().is_none_or(|number| {
            message.number.as_ref().is_some_and(|known| known.reveal().ends_with(number.reveal()))
        })
        && filter.words.as_ref().is_none_or(words)
        && filter.from.is_none_or(|from| instant(message) >= from)
        && filter.to.is_none_or(|to| instant(message) < to)
        && filter.reading.is_none_or(|reading| if reading == Reading::Unread { unread } else { read })
}

/// What a filter lets through of all messages, newest first.
fn naive(world: &World, filter: &MessageFilter) -> Vec<Message> {
    // by their numbers: no list has a part in it
    let numbers = 1..=world.newest(1_000).iter().map(|message| message.id.0).max().unwrap_or(0);
    let mut all: Vec<Message> =
        numbers.filter_map(|no| world.clinic().message(MessageId(no)).unwrap()).collect();
    all.retain(|message| passes(filter, message));
    all.sort_by_key(|message| std::cmp::Reverse((instant(message), message.id)));
    all
}

#[test]
fn messages_are_listed_by_patient_campaign_kind_status_direction_number_words_dates_and_unread() {
    let world = practice_day();
    let none = MessageFilter::default;
    let one = |filter: &MessageFilter| {
        let found = list(&world, filter.clone());
        assert_eq!(found, naive(&world, filter), "{filter:?}");
        found.len()
    };
    assert_eq!(one(&none()), 10);
    assert_eq!(one(&MessageFilter { patient: Some("3".into()), ..none() }), 4);
    assert_eq!(one(&MessageFilter { campaign: Some("przypomnienie".into()), ..none() }), 3);
    assert_eq!(one(&MessageFilter { kind: Some(CampaignKind::Booking), ..none() }), 3);
    assert_eq!(one(&MessageFilter { statuses: vec![Status::Planned, Status::Received], ..none() }), 5);
    assert_eq!(one(&MessageFilter { direction: Some(Direction::Incoming), ..none() }), 3);
    assert_eq!(one(&MessageFilter { direction: Some(Direction::Outgoing), ..none() }), 7);
    assert_eq!(one(&MessageFilter { number: Some("501234567".into()), ..none() }), 5);
    assert_eq!(list(&world, MessageFilter { number: Some("+48 501-234-567".into()), ..none() }).len(), 5);
    assert_eq!(one(&MessageFilter { words: Some("przyjsc".into()), ..none() }), 2);
    assert_eq!(one(&MessageFilter { from: Some(at("2026-11-17 12:00")), ..none() }), 5);
    assert_eq!(one(&MessageFilter { to: Some(at("2026-11-17 12:00")), ..none() }), 5);
    let noon = MessageFilter {
        from: Some(at("2026-11-17 12:00")),
        to: Some(at("2026-11-17 12:00").plus_ms(1)),
        ..none()
    };
    assert_eq!(one(&noon), 3);
    assert_eq!(one(&MessageFilter { reading: Some(Reading::Unread), ..none() }), 3);
    let both = MessageFilter {
        campaign: Some("umowienie".into()),
        patient: Some("3".into()),
        statuses: vec![Status::Delivered],
        ..none()
    };
    assert_eq!(one(&both), 1);
}

#[test]
fn words_are_found_without_case_and_diacritics_and_half_typed() {
    let world = practice_day();
    let found =
        |words: &str| list(&world, MessageFilter { words: Some(words.into()), ..Default::default() }).len();
    for words in ["ZĄB", "zab", "ząb mnie bo", "wczesniej przyjść boli", "boli zą", "mnie czy"] {
        assert_eq!(found(words), 1, "{words}");
    }
    assert_eq!(found("czczo zab"), 0, "all words are in one text");
    assert_eq!(found("bol mnie"), 0, "only the last one may be half-typed");
    assert_eq!(found("czczo"), 1, "a person's message is found while it waits");
    let no_word = MessageFilter { words: Some("? a".into()), ..Default::default() };
    let refused = world.clinic().messages(&no_word, None, 10);
    assert!(matches!(refused, Err(EngineError::Input { field: "words", .. })), "{refused:?}");
}

#[test]
fn a_beginning_of_more_words_than_are_looked_up_finds_all_of_them() {
    let mut world = World::new("2026-11-16 09:00");
    for no in 0..40 {
        world.reply("600000000", &format!("kod{no:02} x"));
        world.reply("600000000", "inne");
    }
    for (words, count) in [("kod", 40), ("kod1", 10), ("kod17", 1), ("kody", 0)] {
        let filter = MessageFilter { words: Some(words.into()), ..Default::default() };
        assert_eq!(all_pages(&world, &filter, 7).len(), count, "{words}");
    }
}

#[test]
fn rows_of_one_instant_are_neither_lost_nor_repeated() {
    let mut world = World::new("2026-11-16 09:00");
    for no in 0..30 {
        world.reply("600000000", &format!("nr {no}"));
    }
    let filters = [
        MessageFilter::default(),
        MessageFilter { reading: Some(Reading::Unread), ..Default::default() },
        MessageFilter { number: Some("600000000".into()), ..Default::default() },
    ];
    for filter in filters {
        let numbers: Vec<u64> =
            all_pages(&world, &filter, 7).into_iter().map(|row| row.message.id.0).collect();
        assert_eq!(numbers, (1..=30).rev().collect::<Vec<_>>());
    }
}

#[test]
fn a_call_looks_at_so_many_messages_and_the_next_page_goes_on() {
    let mut world = World::new("2026-11-16 09:00");
    let first = world.reply("600000000", "pierwsza");
    for no in 0..MAX_EXAMINED + 10 {
        world.reply("600000001", &format!("{no}"));
    }
    let Outcome::Received(first) = first else { panic!("{first:?}") };
    world.desk(|desk, now| desk.mark_read(first, now));
    let read = MessageFilter { reading: Some(Reading::Read), ..Default::default() };
    let page = world.clinic().messages(&read, None, 10).unwrap();
    assert!(page.rows.is_empty() && page.next.is_some(), "{page:?}");
    let page = world.clinic().messages(&read, page.next.as_deref(), 10).unwrap();
    assert_eq!((page.rows.len(), page.rows[0].message.id, page.next), (1, first, None));
}

#[test]
fn a_cursor_that_no_page_gave_is_a_typed_error() {
    let world = practice_day();
    let good = world.clinic().messages(&MessageFilter::default(), None, 3).unwrap().next.unwrap();
    let wrong = ["", "m", "x", "m.", "m1.2", "000001763456789|000000000001", "m00000176345678a.000000000001"];
    let wrong = wrong.into_iter().map(ToOwned::to_owned).chain([
        format!("{good}0"),
        format!(" {good}"),
        good.replace('m', "i"),
        good.replace('.', "|"),
    ]);
    for cursor in wrong {
        let refused = world.clinic().messages(&MessageFilter::default(), Some(&cursor), 3);
        assert!(matches!(refused, Err(EngineError::BadCursor)), "{cursor}: {refused:?}");
    }
    assert!(world.clinic().messages(&MessageFilter::default(), Some(&good), 3).is_ok());
}

#[test]
fn a_row_comes_with_the_patients_name_and_what_can_be_done_with_it() {
    use RowAction::{Assign, Cancel, Edit, MarkRead, MarkUnread, OpenChat};
    let mut world = practice_day();
    let rows = all_pages(&world, &MessageFilter::default(), 100);
    let row = |body: &str| {
        let has =
            |row: &&MessageRow| row.message.body.as_ref().is_some_and(|text| text.reveal().contains(body));
        rows.iter().find(has).unwrap().clone()
    };
    let answer = row("TAK");
    assert_eq!(answer.patient_name.unwrap().reveal(), "Imie3 Nazwisko3");
    assert_eq!(answer.actions, [MarkRead, OpenChat, Assign]);
    assert_eq!(row("zapisać").patient_name, None, "a number on no card");
    assert_eq!(row("czczo").actions, [OpenChat, Edit, Cancel]);
    assert_eq!(row("zapisano").actions, [OpenChat], "what was sent cannot be changed");
    let planned = rows.iter().find(|row| row.message.status == Status::Planned && row.message.body.is_none());
    assert_eq!(planned.unwrap().actions, [OpenChat, Cancel]);
    world.desk(|desk, now| desk.mark_read(answer.message.id, now));
    let rows = all_pages(&world, &MessageFilter::default(), 100);
    let read = rows.into_iter().find(|row| row.message.id == answer.message.id).unwrap();
    assert_eq!(read.actions, [MarkUnread, OpenChat, Assign]);
}

#[test]
fn marking_needs_the_permission_and_an_incoming_message_and_is_not_written_down() {
    let mut world = practice_day();
    let incoming = list(&world, MessageFilter { direction: Some(Direction::Incoming), ..Default::default() });
    let outgoing = list(&world, MessageFilter { direction: Some(Direction::Outgoing), ..Default::default() });
    let trail = |world: &World| world.store.list(&CLINIC.into(), Table::Audit, "", "~", 1_000).unwrap().len();
    let (before, id) = (trail(&world), incoming[0].id);
    world.desk(|desk, now| desk.mark_read(id, now));
    assert!(world.clinic().message(id).unwrap().unwrap().read);
    world.desk(|desk, now| desk.mark_unread(id, now));
    assert!(!world.clinic().message(id).unwrap().unwrap().read);
    assert_eq!(trail(&world), before);
    let clinic = world.clinic();
    let nobody = clinic.as_user(User::new("gosc", [Permission::ManageCampaigns]));
    let desk = clinic.as_user(receptionist());
    assert!(matches!(nobody.mark_read(id, world.now), Err(EngineError::NotPermitted(_))));
    assert!(matches!(desk.mark_read(outgoing[0].id, world.now), Err(EngineError::NotIncoming(_))));
    assert!(matches!(desk.mark_read(MessageId(999), world.now), Err(EngineError::UnknownMessage(_))));
    assert!(matches!(nobody.messages(&MessageFilter::default(), None, 1), Err(EngineError::NotPermitted(_))));
}

fn filter() -> impl Strategy<Value = MessageFilter> {
    use Status::{Delivered, Planned, Received, Skipped, Submitted};
    let patient = select(vec![None, None, Some("1"), Some("3"), Some("9")]);
    let campaign = select(vec![None, None, Some("umowienie"), Some("przypomnienie")]);
    let kind = select(vec![None, None, Some(CampaignKind::Booking), Some(CampaignKind::FollowUp)]);
    let statuses = select(vec![
        vec![],
        vec![],
        vec![Delivered],
        vec![Submitted],
        vec![Planned, Received, Skipped],
        vec![Received, Delivered, Received],
    ]);
    let direction = select(vec![None, None, Some(Direction::Incoming), Some(Direction::Outgoing)]);
    let number = select(vec![None, None, None, Some("501234567"), Some("600000000")]);
    let words = select(vec![
        None,
        None,
        None,
        Some("ta"),
        Some("boli ząb"),
        Some("wizyt"),
        Some("odpisz tak"),
        Some("qq"),
    ]);
    let hours = (prop::option::of(0_i64..72), prop::option::of(0_i64..96));
    let reading = select(vec![None, None, Some(Reading::Unread), Some(Reading::Read)]);
    (patient, campaign, kind, statuses, direction, number, words, hours, reading).prop_map(
        |(patient, campaign, kind, statuses, direction, number, words, (from, to), reading)| MessageFilter {
            patient: patient.map(Into::into),
            campaign: campaign.map(Into::into),
            kind,
            statuses,
            direction,
            number: number.map(Into::into),
            words: words.map(Into::into),
            from: from.map(|hours| at("2026-11-16 09:00").plus_ms(hours * HOUR_MS)),
            to: to.map(|hours| at("2026-11-16 09:00").plus_ms(hours * HOUR_MS)),
            reading,
        },
    )
}

fn ids(messages: &[Message]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn paging_with_any_filter_gives_what_a_naive_filter_gives_while_messages_are_added(
        filters in prop::collection::vec((filter(), 1_u32..6), 6),
        texts in prop::collection::vec((0_usize..3, select(vec!["TAK", "nie", "boli ząb", "tak?"]), 0_i64..3), 5..20),
    ) {
        let mut world = practice_day();
        let numbers = ["501234567", "502222222", "600000000"];
        for (who, text, hours) in &texts {
            // many of one instant
            world.reply_with(numbers[*who], text, |sms| sms.received_at = sms.received_at.plus_ms(-hours * HOUR_MS));
        }
        for (filter, limit) in filters {
            let expected = naive(&world, &filter);
            let known: BTreeSet<MessageId> = world.newest(1_000).iter().map(|message| message.id).collect();
            let (mut found, mut from) = (Vec::new(), None);
            loop {
                let page = world.clinic().messages(&filter, from.as_deref(), limit).unwrap();
                found.extend(page.rows.into_iter().map(|row| row.message));
                from = page.next;
                // newer than all but what is planned: they belong to a page that was turned, or come after what is planned
                world.now = world.now.plus_ms(1_000);
                world.reply("600000000", "boli ząb, tak");
                if from.is_none() {
                    break;
                }
            }
            let different: BTreeSet<MessageId> = found.iter().map(|message| message.id).collect();
            prop_assert!(different.len() == found.len(), "a message came twice");
            found.retain(|message| known.contains(&message.id));
            prop_assert!(found == expected, "{:?} and {:?}", ids(&found), ids(&expected));
        }
    }
}
