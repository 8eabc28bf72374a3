//! Several gateways: which one a message goes to, that it stays there, when another takes over, and what becomes of a gateway
//! whose account failed. EDGE_CASES 95.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod rig;
mod world;

use depesza::engine::{Engine, SteppedTurn, TurnStep};
use depesza::gateway::Gateway;
use depesza::message::reference;
use depesza::model::*;
use depesza::practice::check;
use depesza::route::order;
use depesza::store::{Index, Store};
use rig::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use world::*;

fn route(gateway: &str, prefixes: &[&str], weight: u32) -> Route {
    let prefixes = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
    Route { gateway: gateway.into(), prefixes, weight }
}

fn ordered(routes: &[Route], number: &str, reference: &str) -> Vec<String> {
    order(routes, number, reference).into_iter().map(|gateway| gateway.as_str().to_owned()).collect()
}

#[test]
fn the_longest_prefix_decides_and_the_rest_is_for_when_it_cannot() {
    let routes = [
        route("all", &[], 5),
        route("poland", &["+48"], 1),
        route("mobile", &["+4850", "+4860"], 1),
        route("ukraine", &["+380"], 1),
        route("last", &["+485012"], 0),
    ];
    assert_eq!(ordered(&routes, "+48501234567", "r"), ["mobile", "poland", "all", "last"]);
    assert_eq!(ordered(&routes, "+48221234567", "r"), ["poland", "all"]);
    assert_eq!(ordered(&routes, "+380501234567", "r"), ["ukraine", "all"]);
    assert_eq!(ordered(&routes[1..], "+49301234567", "r"), [""; 0]);
    let twice = [route("a", &["+48"], 1), route("b", &[], 1), route("a", &[], 1)];
    let order = ordered(&twice, "+48501234567", "r");
    assert_eq!(order, ["a", "b"], "no gateway stands there twice");
}

#[test]
fn messages_are_shared_by_weight_and_always_in_the_same_way() {
    let routes = [route("a", &["+48"], 700), route("b", &["+48"], 250), route("c", &["+48"], 50)];
    let (mut first, mut second) = (BTreeMap::<String, u32>::new(), BTreeMap::<String, u32>::new());
    for id in 0..100_000 {
        let own = reference(&CLINIC.into(), 0, MessageId(id));
        let order = ordered(&routes, "+48501234567", &own);
        assert_eq!(order.len(), 3);
        if id % 1_000 == 0 {
            assert_eq!(order, ordered(&routes, "+48501234567", &own));
        }
        *first.entry(order[0].clone()).or_default() += 1;
        if order[0] == "a" {
            *second.entry(order[1].clone()).or_default() += 1;
        }
    }
    let near = |share: u32, of: u32, wanted: f64| (f64::from(share) / f64::from(of) - wanted).abs() < 0.01;
    assert!(near(first["a"], 100_000, 0.70) && near(first["b"], 100_000, 0.25), "{first:?}");
    assert!(near(first["c"], 100_000, 0.05), "{first:?}");
    assert!(
        near(second["b"], first["a"], 250.0 / 300.0),
        "what falls back is shared by weight too: {second:?}"
    );
}

/// A clinic with gateways of its own.
struct Several {
    bench: Bench,
    gateways: Vec<(&'static str, Arc<WiredGateway>)>,
}

impl Several {
    fn new(visits: usize, routes: Vec<Route>, gateways: &[&'static str], can: &Capabilities) -> Self {
        let mut bench = Bench::new(can.clone(), visits);
        bench.world.set(|settings| settings.routes = routes);
        bench.world.work();
        let gateway = |id: &&'static str| (*id, Arc::new(WiredGateway::new(bench.wire.clone(), can.clone())));
        let gateways = gateways.iter().map(gateway).collect();
        Self { bench, gateways }
    }

    fn gateway(&self, id: &str) -> &WiredGateway {
        &self.gateways.iter().find(|(known, _)| *known == id).unwrap().1
    }

    fn engine(&self) -> Engine {
        let gateways = self.gateways.iter();
        let gateways = gateways.map(|(id, it)| ((*id).into(), it.clone() as Arc<dyn Gateway>)).collect();
        Engine::new(self.bench.store.clone(), gateways)
    }

    fn dispatch(&self) {
        self.engine().dispatch(self.bench.now, 1_000).unwrap();
    }

    /// Dispatches at every deadline of the next minutes.
    fn run_minutes(&mut self, minutes: i64) {
        let end = self.bench.now.plus_ms(minutes * MINUTE_MS);
        while let Some(due) = self.engine().next_due().unwrap().filter(|due| *due <= end) {
            self.bench.now = self.bench.now.max(due);
            self.engine().work(self.bench.now, 100).unwrap();
            self.dispatch();
        }
        self.bench.now = end;
        self.bench.world.now = end;
    }

    fn handed(&self, id: &str) -> usize {
        self.gateway(id).handed().len()
    }

    fn told(&self, wanted: fn(&Happening) -> bool) -> usize {
        self.bench.world.events().iter().filter(|what| wanted(what)).count()
    }
}

fn is_paused(what: &Happening) -> bool {
    matches!(what, Happening::GatewayPaused { .. })
}

fn is_resumed(what: &Happening) -> bool {
    matches!(what, Happening::GatewayResumed { .. })
}

fn no_credit(times: usize) -> Vec<SubmitResult> {
    vec![rejected(RejectClass::AccountNoCredit); times]
}

/// Messages with numbers 501 000 001, 501 000 002 …
fn a_then_b() -> Vec<Route> {
    vec![route("a", &["+48501"], 1), route("b", &["+48"], 1)]
}

#[test]
fn a_message_goes_by_its_number_whatever_the_order_of_the_gateways() {
    let mut several = Several::new(2, a_then_b(), &["c", "b", "a"], &idempotent());
    several.bench.world.patient("60", "601000001");
    several.bench.world.now = at("2026-11-16 09:00");
    several.bench.world.visit("w60", "60", "2026-11-20 12:30");
    several.dispatch();
    assert_eq!((several.handed("a"), several.handed("b"), several.handed("c")), (2, 1, 0));
    assert_eq!(several.bench.world.message("w60").gateway, Some("b".into()));
}

#[test]
fn a_number_on_no_route_is_skipped_with_its_reason_until_the_routes_change() {
    let mut several = Several::new(1, vec![route("a", &["+4860"], 1)], &["a"], &idempotent());
    several.dispatch();
    assert_eq!(several.bench.world.fates("w1"), [skipped("no_route")]);
    assert_eq!(several.handed("a"), 0);
    several.bench.world.set(|settings| settings.routes.clear());
    several.bench.world.work();
    several.run_minutes(20);
    assert_eq!(several.bench.world.fates("w1"), [(Status::Submitted, None)]);
}

#[test]
fn a_route_to_a_gateway_that_this_process_does_not_have_is_passed_over() {
    let several = Several::new(1, a_then_b(), &["b"], &idempotent());
    several.dispatch();
    assert_eq!(several.handed("b"), 1);
    // another process may have it: it waits
    let several = Several::new(1, vec![route("a", &[], 1)], &["b"], &idempotent());
    several.dispatch();
    assert_eq!((several.handed("b"), several.bench.world.fates("w1")), (0, vec![PLANNED]));
}

#[test]
fn after_a_refusal_that_may_pass_the_next_gateway_has_its_turn_and_then_the_first_again() {
    let mut several = Several::new(1, a_then_b(), &["a", "b"], &idempotent());
    several.bench.world.set(|settings| settings.attempts = 5);
    for id in ["a", "b"] {
        several.gateway(id).script(vec![rejected(RejectClass::Transient); 2]);
    }
    several.run_minutes(5 * 60);
    let message = several.bench.world.message("w1");
    let at: Vec<_> = message.failures.iter().map(|failure| failure.gateway.clone().unwrap()).collect();
    assert_eq!(at, ["a", "b", "a", "b"].map(GatewayId::from));
    assert_eq!((message.status, message.gateway), (Status::Submitted, Some("a".into())));
    let references: Vec<_> =
        ["a", "b"].iter().flat_map(|id| several.gateway(id).handed()).map(|sent| sent.reference).collect();
    assert!(references.iter().all(|reference| *reference == references[0]), "one message, one reference");
}

#[test]
fn what_is_only_to_wait_stays_where_it_is() {
    let later = SubmitResult::TryLater { after_ms: MINUTE_MS };
    let mut several = Several::new(1, a_then_b(), &["a", "b"], &idempotent());
    several.gateway("a").script([later.clone(), rejected(RejectClass::Unreachable), later]);
    several.run_minutes(5 * 60);
    assert_eq!((several.handed("a"), several.handed("b")), (4, 0));
    assert_eq!(several.bench.world.fates("w1"), [(Status::Submitted, None)]);
}

/// A gateway that puts everything off, dispatched through minute by minute by one engine.
fn out_of_reach(several: &Several, engine: &Engine, minutes: std::ops::Range<i64>) -> Timestamp {
    let later = SubmitResult::TryLater { after_ms: 30 * SECOND_MS };
    several.gateway("a").script(vec![later; 1_000]);
    let start = several.bench.now;
    for minute in minutes.clone() {
        engine.dispatch(start.plus_ms(minute * MINUTE_MS), 1_000).unwrap();
    }
    start.plus_ms(minutes.end * MINUTE_MS)
}

#[test]
fn when_a_gateway_is_out_of_reach_for_minutes_the_next_takes_over_and_the_desk_is_told_once() {
    let several = Several::new(3, a_then_b(), &["a", "b"], &idempotent());
    let engine = several.engine();
    let now = out_of_reach(&several, &engine, 0..5);
    assert_eq!((several.told(is_paused), several.handed("b")), (0, 0), "that may pass");
    engine.dispatch(now, 1_000).unwrap();
    engine.dispatch(now.plus_ms(MINUTE_MS), 1_000).unwrap();
    assert_eq!((several.told(is_paused), several.handed("b")), (1, 3));
    assert_eq!(several.bench.statuses(), [Status::Submitted; 3]);
    assert!(several.bench.all().iter().all(|message| message.attempts == 0));
}

#[test]
fn a_gateway_that_is_alone_is_tried_again_until_it_answers() {
    let several = Several::new(3, Vec::new(), &["a"], &idempotent());
    let engine = several.engine();
    let now = out_of_reach(&several, &engine, 0..60);
    assert_eq!(several.told(is_paused), 1);
    assert!(several.handed("a") < 60, "it is asked every five minutes");
    several.gateway("a").unscript();
    for minute in 0..6 {
        engine.dispatch(now.plus_ms(minute * MINUTE_MS), 1_000).unwrap();
    }
    assert_eq!(several.bench.statuses(), [Status::Submitted; 3]);
    assert_eq!((several.told(is_paused), several.told(is_resumed)), (1, 1));
}

#[test]
fn a_gateway_that_takes_something_now_and_then_is_not_out_of_reach() {
    let several = Several::new(30, a_then_b(), &["a", "b"], &Capabilities { batch: 1, ..idempotent() });
    let engine = several.engine();
    let later = SubmitResult::TryLater { after_ms: MINUTE_MS };
    let taken = SubmitResult::Accepted { provider_ids: vec!["x".into()], parts: None, cost_milli: None };
    for minute in 0..8 {
        several.gateway("a").script(vec![later.clone(); 29]);
        several.gateway("a").script([taken.clone()]);
        engine.dispatch(several.bench.now.plus_ms(minute * MINUTE_MS), 30).unwrap();
    }
    assert_eq!((several.told(is_paused), several.handed("b")), (0, 0));
}

#[test]
fn two_hours_that_could_not_be_sent_in_have_nothing_to_do_with_each_other() {
    let several = Several::new(1, a_then_b(), &["a", "b"], &idempotent());
    let engine = several.engine();
    let later = SubmitResult::TryLater { after_ms: HOUR_MS };
    several.gateway("a").script([later.clone(), later]);
    for hour in 0..3 {
        engine.dispatch(several.bench.now.plus_ms(hour * HOUR_MS), 1_000).unwrap();
    }
    assert_eq!((several.told(is_paused), several.handed("a"), several.handed("b")), (0, 3, 0));
}

#[test]
fn what_has_no_answer_never_changes_its_gateway() {
    for can in [idempotent(), look_up_only(), plain()] {
        let mut several = Several::new(1, a_then_b(), &["a", "b"], &can);
        several.gateway("a").script([taken_unknown()]);
        several.dispatch();
        several.run_minutes(1);
        // meanwhile the routes are others, and the account is used up
        several.bench.world.set(|settings| settings.routes = vec![route("b", &[], 1)]);
        several.bench.world.work();
        let state = AccountState {
            gateway: "a".into(),
            at: several.bench.now,
            mode: None,
            balance_milli: None,
            messages_left: Some(0),
        };
        several.bench.world.tell(Fact::AccountTold(state));
        several.run_minutes(5 * 60);
        assert_eq!(several.handed("b"), 0);
        assert_eq!(several.gateway("a").handsets().len(), 1);
    }
}

#[test]
fn a_message_stays_with_the_gateway_it_fell_back_to() {
    let mut several = Several::new(1, a_then_b(), &["a", "b"], &idempotent());
    several.gateway("a").script(no_credit(1));
    several.gateway("b").script([SubmitResult::TryLater { after_ms: HOUR_MS }]);
    several.run_minutes(10);
    assert_eq!((several.handed("a"), several.handed("b")), (1, 1));
    several.run_minutes(2 * 60);
    assert_eq!((several.handed("a"), several.handed("b")), (1, 2), "a works again, b was asked already");
}

#[test]
fn edge_095_a_hundred_messages_that_meet_one_account_error_raise_one_alarm_and_use_no_attempt() {
    for batch in [100, 7] {
        let can = Capabilities { batch, ..idempotent() };
        let mut several = Several::new(100, Vec::new(), &["a"], &can);
        several.gateway("a").script(no_credit(1_000));
        // several dispatches, each with two dispatchers
        for _ in 0..6 {
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| several.dispatch());
                }
            });
            several.run_minutes(7);
        }
        assert_eq!(several.told(is_paused), 1);
        assert_eq!(several.told(is_resumed), 0);
        assert!(several.bench.all().iter().all(|m| m.attempts == 0 && m.failures.is_empty()));
        several.gateway("a").unscript();
        several.run_minutes(20);
        assert_eq!(
            several.bench.statuses(),
            [Status::Submitted; 100],
            "it works again, and nobody had to say so"
        );
        assert_eq!((several.told(is_paused), several.told(is_resumed)), (1, 1));
        no_doubles(&several.bench);
    }
}

#[test]
fn edge_095_another_gateway_takes_over_at_once_what_was_not_handed_out() {
    let can = Capabilities { batch: 10, ..idempotent() };
    let mut several = Several::new(30, a_then_b(), &["a", "b"], &can);
    several.gateway("a").script(no_credit(100));
    several.dispatch();
    assert_eq!((several.handed("a"), several.handed("b")), (10, 20), "only the first batch met the error");
    several.run_minutes(1);
    assert_eq!((several.handed("a"), several.handed("b")), (10, 30));
    assert_eq!(several.bench.statuses(), [Status::Submitted; 30]);
    assert_eq!(several.told(is_paused), 1);
}

#[test]
fn a_batch_that_is_taken_in_part_pauses_the_gateway_once() {
    let can = Capabilities { batch: 6, ..idempotent() };
    let several = Several::new(6, Vec::new(), &["a"], &can);
    let taken = SubmitResult::Accepted { provider_ids: vec!["x".into()], parts: None, cost_milli: None };
    let none = rejected(RejectClass::AccountNoCredit);
    several.gateway("a").script([&none, &taken, &none, &taken, &none, &taken].map(Clone::clone));
    several.dispatch();
    assert_eq!((several.told(is_paused), several.told(is_resumed)), (1, 0));
}

#[test]
fn an_answer_from_before_a_pause_does_not_end_it() {
    let can = Capabilities { batch: 1, ..idempotent() };
    let several = Several::new(2, Vec::new(), &["a"], &can);
    let (engine, practice) = (several.engine(), PracticeId::from(CLINIC));
    // the first dispatcher has handed over the first message, and has yet to store that it was taken
    let mut turn = SteppedTurn::new(practice.clone(), 1, several.bench.now);
    while !matches!(turn.next_step(), Some(TurnStep::Answered(_))) {
        assert!(turn.advance(&engine).unwrap());
    }
    several.gateway("a").script(no_credit(1));
    several.dispatch();
    assert_eq!(several.told(is_paused), 1);
    while turn.advance(&engine).unwrap() {}
    assert_eq!(several.bench.statuses(), [Status::Submitted, Status::Planned]);
    assert_eq!((several.told(is_paused), several.told(is_resumed)), (1, 0));
}

#[test]
fn practices_that_share_a_gateway_are_told_each_and_the_provider_is_asked_once() {
    let several = Several::new(1, Vec::new(), &["a"], &idempotent());
    let world = &several.bench.world;
    let store = several.bench.store.clone();
    let practices: Vec<PracticeId> = (0..40).map(|no| format!("practice-{no}").as_str().into()).collect();
    for id in &practices {
        let practice = Practice { id: id.clone(), ..world.practice.clone() };
        copy_of_the_clinic(&store, &world.engine, &practice);
    }
    several.gateway("a").script(no_credit(100));
    let engine = several.engine();
    engine.dispatch(several.bench.now, 1_000).unwrap();
    assert_eq!(several.handed("a"), 1, "one of 41 practices asked");
    let count = |id: &PracticeId, wanted: fn(&Happening) -> bool| {
        let events = engine.practice(id.clone()).events(0, 1_000).unwrap();
        events.iter().filter(|event| wanted(&event.what)).count()
    };
    for id in &practices {
        assert_eq!((count(id, is_paused), count(id, is_resumed)), (1, 0));
    }
    let later = several.bench.now.plus_ms(15 * MINUTE_MS);
    engine.dispatch(later, 1_000).unwrap();
    assert_eq!(several.handed("a"), 2, "and once more when the pause is over");
    several.gateway("a").unscript();
    engine.dispatch(later.plus_ms(15 * MINUTE_MS), 1_000).unwrap();
    assert_eq!(several.gateway("a").handsets().len(), 41);
    for id in &practices {
        assert_eq!((count(id, is_paused), count(id, is_resumed)), (1, 1));
    }
    assert!(store.due(Index::Due, later.plus_ms(16 * MINUTE_MS), 1).unwrap().is_empty());
}

/// Another practice with one visit whose reminder is due when the clinic's is.
fn copy_of_the_clinic(store: &Arc<WiredStore>, engine: &Engine, practice: &Practice) {
    let now = at("2026-11-16 09:00");
    engine.open_practice(practice, now).unwrap();
    let clinic = engine.practice(practice.id.clone());
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    desk.create_campaign("p".into(), day_before("10:00"), now).unwrap();
    desk.activate(&"p".into(), now).unwrap();
    while engine.work(now, 1_000).unwrap().more {}
    let facts = serde_json::json!([
        {"fact": "patient", "id": "1", "revision": 1, "first_name": "A", "last_name": "B", "phone": "501000001",
         "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}},
        {"fact": "visit", "id": "w1", "revision": 1, "patient": "1", "start": "2026-11-20T12:30:00"},
    ]);
    let facts: Vec<Fact> = serde_json::from_value(facts).unwrap();
    clinic.apply(&facts, now).unwrap();
    assert!(store.version(&practice.id).unwrap() > 0);
}

#[test]
fn what_may_have_gone_before_a_restoration_is_looked_up_at_the_gateway_it_would_have_gone_to() {
    let several = Several::new(1, vec![route("b", &["+48"], 1)], &["a", "b"], &look_up_only());
    let engine = several.engine();
    let clinic = engine.practice(CLINIC.into());
    assert_eq!(clinic.restored(several.bench.now.plus_ms(-HOUR_MS), several.bench.now).unwrap(), 1);
    assert_eq!(several.bench.world.message("w1").gateway, Some("b".into()));
}

#[test]
fn what_one_gateway_does_not_know_after_a_restoration_may_have_gone_through_the_other() {
    let routes = vec![route("a", &["+48"], 1), route("b", &["+48"], 1)];
    let several = Several::new(1, routes, &["a", "b"], &look_up_only());
    let engine = several.engine();
    let clinic = engine.practice(CLINIC.into());
    let now = several.bench.now;
    assert_eq!(clinic.restored(now.plus_ms(-HOUR_MS), now).unwrap(), 1);
    engine.dispatch(now.plus_ms(HOUR_MS), 10).unwrap();
    let message = several.bench.world.message("w1");
    assert_eq!((message.status, message.gateway), (Status::InDoubt, None), "neither is asked");
}

#[test]
fn faulty_routes_are_named_by_field_in_both_languages() {
    let mut practice = practice();
    practice.settings.routes = vec![
        route("a", &["+48", "48", "+48"], 1),
        route("", &[], 1_001),
        route("b", &[], 0),
        route("b", &[], 3),
    ];
    let faults = check(&practice);
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "settings.routes[0].prefixes[1]: a prefix such as +48",
            "settings.routes[0].prefixes[2]: each gateway once for the same numbers",
            "settings.routes[1].gateway: 1 to 200 bytes",
            "settings.routes[1].weight: a value from 0 to 1000",
            "settings.routes[3].gateway: each gateway once for the same numbers",
        ]
    );
    assert_eq!(faults[1].message(Language::Pl), "każda bramka raz dla tych samych numerów");
    practice.settings.routes = vec![route("a", &[], 1); MAX_ROUTES + 1];
    assert_eq!(check(&practice)[0].to_string(), "settings.routes: a value from 0 to 100");
    let route = r#"{"gateway": "a", "prefix": "+48"}"#;
    assert!(serde_json::from_str::<Route>(route).is_err(), "unknown fields are refused");
    assert_eq!(serde_json::from_str::<Route>(r#"{"gateway": "a"}"#).unwrap().weight, 1);
}
