//! What holds for every history of facts: told again they change nothing, unrelated ones may come in any order, together
//! or one by one, and of a visit's revisions the last one counts.
//!
//! Not here: crashes and a failing gateway, which are the simulated clinic's. More histories than CI has time for:
//!
//! ```sh
//! DEPESZA_CASES=20000 cargo test -p depesza --release --test properties
//! ```
// a test may fail by panicking, and reads its surroundings
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

mod world;

use chrono::{NaiveDateTime, TimeDelta};
use depesza::engine::Outcome;
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::MemoryStore;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::Arc;
use world::*;

const BEGIN: &str = "2026-10-19 09:00"; // the clock goes back within the week

/// Histories a property is tried on; `DEPESZA_CASES` sets another number.
fn cases() -> u32 {
    std::env::var("DEPESZA_CASES").map_or(48, |cases| cases.parse().expect("DEPESZA_CASES: a number"))
}

/// Something that happens to one of a few patients.
#[derive(Clone, Debug)]
enum Deed {
    Card { consent: bool, marketing: bool, number: u32, status: PatientStatus },
    Visit { which: u32, day: i64, slot: i64, state: VisitState, room: Option<Room> },
    Sms { text: &'static str },
}

/// A deed of a patient, so many minutes after the one before.
type Step = (i64, u32, Deed);

fn deed() -> impl Strategy<Value = Deed> {
    let status = select(vec![PatientStatus::Active, PatientStatus::Active, PatientStatus::Inactive]);
    prop_oneof![
        2 => (any::<bool>(), any::<bool>(), 0_u32..3, status)
            .prop_map(|(consent, marketing, number, status)| Deed::Card { consent, marketing, number, status }),
        5 => visit(),
        2 => select(vec!["TAK", "nie", "dziękuję", "Stop"]).prop_map(|text| Deed::Sms { text }),
    ]
}

fn visit() -> impl Strategy<Value = Deed> {
    use VisitState::{Booked, Cancelled, Deleted, NoShow, TookPlace};
    let states = select(vec![Booked, Booked, Booked, Booked, Cancelled, Deleted, TookPlace, NoShow]);
    let rooms = select(vec![None, room("r1"), room("r2")]);
    (0_u32..2, 0_i64..9, 0_i64..20, states, rooms).prop_map(|(which, day, slot, state, room)| Deed::Visit {
        which,
        day,
        slot,
        state,
        room,
    })
}

/// A history in which every patient has a card with consent first.
fn history() -> impl Strategy<Value = Vec<Step>> {
    let cards = (0..4).map(|who| (0, who, card(true))).collect::<Vec<Step>>();
    vec((0_i64..900, 0_u32..4, deed()), 1..14).prop_map(move |steps| [cards.clone(), steps].concat())
}

fn card(consent: bool) -> Deed {
    Deed::Card { consent, marketing: true, number: 0, status: PatientStatus::Active }
}

/// Patients' numbers differ, so that no patient's facts concern another.
fn number(who: u32, which: u32) -> String {
    (501_000_000 + 100 * who + which).to_string()
}

/// The fact of a deed; `place` makes its revision and its identifiers.
fn fact(place: usize, who: u32, deed: &Deed, now: Timestamp) -> Fact {
    let revision = u64::try_from(place).unwrap() + 1;
    let given = |given| Some(Consent { given, at: now, source: ConsentSource::Person });
    match deed {
        Deed::Card { consent, marketing, number: which, status } => Fact::Patient(Patient {
            id: format!("p{who}").as_str().into(),
            revision,
            first_name: Name::new(format!("Imie{who}")),
            last_name: Name::new("Nowak"),
            vocative: None,
            phone: Some(Phone::new(number(who, *which))),
            guardian: None,
            birth_date: None,
            consents: Consents { visits: given(*consent), marketing: given(*marketing), other: None },
            status: *status,
            created_at: None,
        }),
        Deed::Visit { which, day, slot, state, room } => Fact::Visit(Visit {
            id: format!("v{who}-{which}").as_str().into(),
            revision,
            patient: format!("p{who}").as_str().into(),
            start: local(BEGIN) + TimeDelta::days(*day) + TimeDelta::minutes(30 * slot),
            zone: None,
            duration_min: 30,
            state: *state,
            visit_type: None,
            doctor: None,
            room: room.clone(),
            booked_at: None,
            series: None,
            first_visit: None,
        }),
        Deed::Sms { text } => Fact::SmsReceived(SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: Some(format!("mo-{place}")),
            from: Phone::new(number(who, 0)),
            to: None,
            body: Body::new(*text),
            received_at: now,
            in_reply_to: None,
            part: None,
            opt_out: false,
        }),
    }
}

/// A world that keeps its store in sight, with campaigns of every kind, or of those that do not look at what was before.
fn clinic(with_changes: bool) -> (World, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::on(store.clone(), BEGIN, practice(), Simulator::new(GATEWAY.into(), 1));
    world.start("booking", booking(10));
    let steps = vec![step_days(2, "10:00"), ReminderStep::Hours { hours_before: 20 }];
    world.start("reminder", campaign("R", Timing::Reminder { steps }));
    let mut room_1 = day_before("18:00");
    room_1.filters.rooms = vec!["r1".into()];
    room_1.same_day = SameDay::Joint;
    world.start("room-1", room_1);
    let mut survey = follow_up(60);
    survey.purpose = Purpose::Marketing;
    world.start("survey", survey);
    if with_changes {
        world.start("moved", campaign("M", Timing::Rescheduled { delay_min: 5 }));
        world.start("off", campaign("C", Timing::Cancelled { delay_min: 5 }));
    }
    (world, store)
}

fn run_to(world: &mut World, at: NaiveDateTime) {
    world.run_until(&at.format("%Y-%m-%d %H:%M").to_string());
}

/// Tells a history, each fact at its time, and says which facts were told.
fn live(world: &mut World, history: &[Step]) -> Vec<Fact> {
    let mut at = local(BEGIN);
    let mut told = Vec::new();
    for (place, (wait, who, deed)) in history.iter().enumerate() {
        at += TimeDelta::minutes(*wait);
        run_to(world, at);
        let fact = fact(place, *who, deed, world.now);
        world.tell(fact.clone());
        told.push(fact);
    }
    told
}

/// What became of every visit, without the messages' numbers: origin, start, status, reason, time.
fn fates(world: &World) -> Vec<String> {
    let mut fates = Vec::new();
    for (who, which) in (0..4).flat_map(|who| (0..2).map(move |which| (who, which))) {
        let visit = format!("v{who}-{which}");
        for message in world.messages(&visit) {
            let reason = message.reason.as_ref().map(Reason::code);
            fates.push(format!(
                "{visit} {:?} {:?} {:?} {reason:?} {} {:?}",
                message.origin, message.subjects, message.status, message.due_at, message.reply
            ));
        }
        let file = world.clinic().visit(&visit.as_str().into()).unwrap();
        let confirmation =
            file.and_then(|file| file.confirmation).map(|known| (known.reply, known.starts_at));
        fates.push(format!("{visit} {confirmation:?}"));
    }
    fates.sort();
    fates
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

/// The first rows in which two stores differ; the count of commits is none.
fn differing(one: &MemoryStore, other: &MemoryStore) -> Option<(String, String)> {
    let (one, other) = (one.dump(), other.dump());
    let (mut ours, mut theirs) = (one.lines().skip(1), other.lines().skip(1));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            (one, other) => return Some((one.unwrap_or_default().into(), other.unwrap_or_default().into())),
        }
    }
}

/// What waits to be sent.
fn pending(world: &World, visit: &str) -> Vec<String> {
    let waiting = world.messages(visit).into_iter().filter(|message| message.status == Status::Planned);
    sorted(
        waiting
            .map(|message| {
                let number = message.number.as_ref().map(Phone::reveal);
                format!(
                    "{:?} {:?} {} {} {number:?}",
                    message.origin, message.subjects, message.due_at, message.use_by
                )
            })
            .collect(),
    )
}

#[test]
fn the_figures_of_years_are_all_there() {
    let mut world = World::new(BEGIN);
    // a row of figures for each step and day: more than a page of the store
    let steps = (1..=8).map(|days| step_days(days, "10:00")).collect();
    world.start("reminder", campaign("R", Timing::Reminder { steps }));
    world.patient("1", "501234567");
    for day in 0..150 {
        let start = local(BEGIN) + TimeDelta::days(20 + day);
        let id = format!("w{day}");
        // each of a series of its own: those booked at one moment are planned together
        world.visit_with(&id, "1", &start.format("%Y-%m-%d %H:%M").to_string(), |visit| {
            visit.series = Some(id.clone());
        });
    }
    let figures = world.clinic().figures(&"reminder".into()).unwrap();
    assert!(figures.len() > 1_000, "{}", figures.len());
    // steps that a holiday moves to one time are one message and a skipped one
    let counted = |figures: &Tally| figures.count(Status::Planned) + figures.count(Status::Skipped);
    assert_eq!(figures.iter().map(counted).sum::<i64>(), 8 * 150);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn telling_any_beginning_of_a_history_again_changes_nothing(history in history(), upto in any::<Index>()) {
        let (mut world, store) = clinic(true);
        let told = live(&mut world, &history);
        let before = store.dump();
        let again = &told[..=upto.index(told.len())];
        let outcomes = world.clinic().apply(again, world.now).unwrap();
        prop_assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Known), "{:?}", outcomes);
        prop_assert!(store.dump() == before, "the store changed");
    }

    #[test]
    fn a_history_told_at_once_gives_what_it_gives_one_by_one(history in history()) {
        let facts = |now| {
            let steps = history.iter().enumerate();
            steps.map(|(place, (_, who, deed))| fact(place, *who, deed, now)).collect::<Vec<_>>()
        };
        let ((mut one, one_store), (mut all, all_store)) = (clinic(true), clinic(true));
        for fact in facts(one.now) {
            one.tell(fact);
        }
        all.clinic().apply(&facts(all.now), all.now).unwrap();
        prop_assert_eq!(differing(&one_store, &all_store), None);
        for world in [&mut one, &mut all] {
            run_to(world, local(BEGIN) + TimeDelta::days(14));
        }
        prop_assert_eq!(differing(&one_store, &all_store), None);
    }

    #[test]
    fn facts_of_different_patients_may_come_in_any_order(history in history(), turn in 1_u32..4) {
        // moments at which several patients' facts come together
        let moment = |place: usize| i64::try_from(place / 5).unwrap() * 700;
        let run = |turn: u32| {
            let (mut world, _) = clinic(true);
            let mut steps: Vec<_> = history.iter().enumerate().collect();
            // each patient's own facts keep their order
            steps.sort_by_key(|(place, (_, who, _))| (moment(*place), (who + turn) % 4));
            for (place, (_, who, deed)) in steps {
                run_to(&mut world, local(BEGIN) + TimeDelta::minutes(moment(place)));
                let fact = fact(place, *who, deed, world.now);
                world.tell(fact);
            }
            run_to(&mut world, local(BEGIN) + TimeDelta::days(14));
            (sorted(world.sent()), fates(&world))
        };
        prop_assert_eq!(run(0), run(turn));
    }

    #[test]
    fn of_a_visits_revisions_in_any_order_the_last_one_counts(
        deeds in vec(visit(), 1..6),
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let revision = |place: usize, now| match fact(place, 0, &deeds[place], now) {
            Fact::Visit(visit) => Fact::Visit(Visit { id: "v0-0".into(), ..visit }),
            other => other,
        };
        let run = |places: Vec<usize>| {
            let (mut world, _) = clinic(false);
            world.tell(fact(0, 0, &card(true), world.now));
            for place in places {
                world.tell(revision(place, world.now));
            }
            (pending(&world, "v0-0"), world.clinic().visit(&"v0-0".into()).unwrap().unwrap().visit)
        };
        let shuffled = order.into_iter().filter(|place| *place < deeds.len()).collect();
        prop_assert_eq!(run(shuffled), run(vec![deeds.len() - 1]));
    }
}
