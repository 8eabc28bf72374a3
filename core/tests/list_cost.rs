//! What a screen's question reads does not depend on how much is stored: counted in rows at the store, so that the result is
//! the same on every machine.
// a test kit may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod watched;
mod world;

use depesza::engine::{MAX_EXAMINED, stored_message};
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::{Commit, Store};
use std::sync::Arc;
use watched::{Asked, Watched};
use world::*;

const LIMIT: u32 = 20;

/// A store that counts the rows it gives.
type Counting = Watched<u64>;

fn count(rows: &mut u64, call: Asked<'_>) {
    *rows += match call {
        Asked::Read(found) => found.len(),
        Asked::List(found) => found.len(),
        Asked::Scan(_, found) => found.len(),
        Asked::Version
        | Asked::Begin
        | Asked::Commit(_)
        | Asked::Find(_)
        | Asked::Due
        | Asked::Together(_) => 0,
    } as u64;
}

/// Messages of one campaign to 40 patients; a hundred of them, whatever their number, came in unread, hold the rare word
/// and failed.
fn filled(messages: u64) -> (World, Arc<Counting>) {
    let store = Arc::new(Counting::new(count));
    let mut world =
        World::on(store.clone(), "2026-11-16 09:00", practice(), Simulator::new(GATEWAY.into(), 1));
    world.start("p", day_before("10:00"));
    for patient in 0..40 {
        world.patient(&patient.to_string(), &format!("5012345{patient:02}"));
    }
    world.visit("w", "1", "2026-11-20 12:30");
    let template = world.message("w");
    let few = messages / 100;
    let numbers = 10..10 + messages;
    let write = |no: u64| {
        let rare = no.is_multiple_of(few);
        let incoming = rare && no.is_multiple_of(2 * few);
        let mut message = template.clone();
        message.id = MessageId(no);
        message.patient = Some((no % 40).to_string().as_str().into());
        message.number = Some(Phone::new(format!("+485012345{:02}", no % 40)));
        message.status = if rare { Status::Failed } else { Status::Delivered };
        message.due_at = world.now.plus_ms(-i64::try_from(no).unwrap() * 1_000);
        message.submitted_at = Some(message.due_at);
        message.body = Some(Body::new(format!("zwykla wizyta{}", if rare { " hipopotam" } else { "" })));
        if incoming {
            message.direction = Direction::Incoming;
            message.origin = Origin::Chat { by: None };
            message.status = Status::Received;
        }
        stored_message(&message).unwrap()
    };
    for chunk in numbers.collect::<Vec<_>>().chunks(1_000) {
        let version = store.version(&CLINIC.into()).unwrap();
        let writes = chunk.iter().map(|no| write(*no)).collect();
        store.commit(&Commit { practice: CLINIC.into(), version, writes }).unwrap();
    }
    (world, store)
}

/// The rows that each question reads.
fn costs(messages: u64) -> Vec<(String, u64)> {
    let (world, store) = filled(messages);
    let clinic = world.clinic();
    let none = MessageFilter::default;
    let filters = vec![
        none(),
        MessageFilter { patient: Some("7".into()), ..none() },
        MessageFilter { number: Some("501234507".into()), ..none() },
        MessageFilter { campaign: Some("p".into()), ..none() },
        MessageFilter { kind: Some(CampaignKind::Reminder), ..none() },
        MessageFilter { statuses: vec![Status::Failed], ..none() },
        MessageFilter { statuses: vec![Status::Delivered, Status::Failed], ..none() },
        MessageFilter { direction: Some(Direction::Incoming), ..none() },
        MessageFilter { reading: Some(Reading::Unread), ..none() },
        MessageFilter { words: Some("hipopotam".into()), ..none() },
        MessageFilter { words: Some("hip".into()), ..none() },
        MessageFilter { words: Some("wizyta zw".into()), ..none() },
        MessageFilter { words: Some("hipopotam zw".into()), campaign: Some("p".into()), ..none() },
        MessageFilter { to: Some(world.now.plus_ms(-500_000)), ..none() },
    ];
    let mut costs = Vec::new();
    let mut cost = |what: String, rows: usize| {
        assert!(rows > 0, "{what} found nothing");
        costs.push((what, store.take()));
    };
    cost("nothing".into(), 1);
    for filter in filters {
        let rows = clinic.messages(&filter, None, LIMIT).unwrap().rows.len();
        assert_eq!(rows, LIMIT as usize, "{filter:?}");
        cost(format!("{filter:?}"), rows);
    }
    cost("chat".into(), clinic.chat(&"7".into(), ChatShows::Everything, None, LIMIT).unwrap().rows.len());
    cost("inbox".into(), clinic.inbox(None, LIMIT).unwrap().items.len());
    cost("patients".into(), clinic.find_patients("azwisko", LIMIT).unwrap().len());
    cost("unread".into(), clinic.unread_total().unwrap().count as usize);
    costs
}

#[test]
fn what_a_question_reads_does_not_depend_on_how_much_is_stored() {
    let (few, many) = (costs(2_000), costs(20_000));
    for ((what, few), (_, many)) in few.iter().skip(1).zip(many.iter().skip(1)) {
        assert!(*few > 0 && many <= few, "{what}: {few} rows, then {many}");
    }
}

#[test]
fn a_filter_that_no_index_helps_reads_no_more_than_so_many_rows() {
    let (world, store) = filled(20_000);
    // everything is examined and nothing passes
    let hopeless = [
        MessageFilter { campaign: Some("p".into()), kind: Some(CampaignKind::Booking), ..Default::default() },
        MessageFilter { patient: Some("7".into()), words: Some("nic takiego".into()), ..Default::default() },
        MessageFilter {
            statuses: vec![Status::Delivered],
            number: Some("501234507".into()),
            words: Some("qq".into()),
            ..Default::default()
        },
    ];
    for filter in hopeless {
        store.take();
        assert!(world.clinic().messages(&filter, None, LIMIT).unwrap().rows.is_empty());
        let rows = store.take();
        assert!(rows <= u64::from(3 * MAX_EXAMINED), "{filter:?}: {rows}");
    }
}
