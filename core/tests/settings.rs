//! Settings, one by one: what each does, what it may be, and who changes it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::EngineError;
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::practice::{PracticeFault, PracticeFaultKind, check};
use world::*;

/// Changes settings at the desk, and works off what follows.
fn change(world: &mut World, change: impl FnOnce(&mut Settings)) {
    let mut settings = world.clinic().settings().unwrap();
    change(&mut settings);
    world.desk(|desk, now| desk.change_settings(&settings, now));
}

fn refused(world: &World, change: impl FnOnce(&mut Settings)) -> Vec<PracticeFault> {
    let mut settings = world.clinic().settings().unwrap();
    change(&mut settings);
    let clinic = world.clinic();
    let desk = clinic.as_user(User::new("anna", Permission::CLINIC));
    match desk.change_settings(&settings, world.now) {
        Err(EngineError::Practice(faults)) => faults,
        other => panic!("not refused: {other:?}"),
    }
}

fn reminded() -> World {
    let mut world = world();
    world.visit("w1", "1", "2026-11-20 12:30");
    world
}

#[test]
fn settings_mode_none_sends_nothing() {
    let mut world = reminded();
    change(&mut world, |settings| settings.mode = SmsMode::None);
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1"), [skipped("mode_none")]);
    assert!(world.sent().is_empty());
}

#[test]
fn settings_mode_standard_and_premium_send() {
    for mode in [SmsMode::Standard, SmsMode::Premium] {
        let mut world = reminded();
        change(&mut world, |settings| settings.mode = mode);
        world.run_until("2026-11-20 13:00");
        assert_eq!(world.fates("w1"), [DELIVERED], "{mode:?}");
    }
}

#[test]
fn settings_attempts_are_from_one_to_five_and_counted() {
    for attempts in [1, 2, 5] {
        let mut world = reminded();
        change(&mut world, |settings| settings.attempts = attempts);
        let transient = SubmitResult::Rejected { class: RejectClass::Transient, code: "x".into() };
        world.gateway.script(std::iter::repeat_n(transient, 9));
        world.run_until("2026-11-20 12:00");
        let message = world.message("w1");
        assert_eq!((message.status, message.attempts), (Status::Failed, attempts));
    }
    for attempts in [0, 6] {
        let faults = refused(&world(), |settings| settings.attempts = attempts);
        assert_eq!(faults[0].field, "settings.attempts");
        assert_eq!(faults[0].message(Language::Pl), "wartość od 1 do 5");
    }
}

#[test]
fn settings_consent_by_default_is_for_cards_created_since() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    change(&mut world, |settings| settings.default_consent_since = Some(at("2026-11-01 00:00")));
    for (id, created) in [("1", "2026-11-10 08:00"), ("2", "2026-10-31 08:00")] {
        world.patient_with(id, &format!("50123456{id}"), |patient| {
            patient.consents = Consents::default();
            patient.created_at = Some(at(created));
        });
        world.visit(&format!("w{id}"), id, "2026-11-20 12:30");
    }
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1"), [DELIVERED]);
    assert_eq!(world.fates("w2"), [skipped("no_consent")]);
}

#[test]
fn settings_diacritics_are_kept_or_written_plain() {
    for (diacritics, word) in [(Diacritics::Polish, "Łucja, wizyta"), (Diacritics::Plain, "Lucja, wizyta")] {
        let mut world = World::new("2026-11-16 09:00");
        world.start("p", day_before("10:00"));
        world.patient_with("1", "501234567", |patient| patient.first_name = Name::new("Łucja"));
        world.visit("w1", "1", "2026-11-20 12:30");
        change(&mut world, |settings| settings.diacritics = diacritics);
        world.run_until("2026-11-20 13:00");
        assert!(world.texts()[0].starts_with(word), "{:?}", world.texts());
    }
}

#[test]
fn settings_links_are_not_changed_among_the_rest() {
    let mut world = world();
    world.set(|settings| {
        settings.links = vec![LinkMarker { name: "mapa".into(), url: "www.estomed.pl".into() }]
    });
    let faults = refused(&world, |settings| settings.links.clear());
    assert_eq!(
        faults,
        [PracticeFault { field: "settings.links".into(), kind: PracticeFaultKind::LinksApart }]
    );
    assert!(faults[0].message(Language::En).contains("save_link"));
    assert_eq!(world.clinic().settings().unwrap().links.len(), 1);
}

#[test]
fn settings_top_up_link_is_an_address() {
    let mut world = world();
    change(&mut world, |settings| settings.top_up_link = Some("https://www.example.pl/doladuj".into()));
    let faults = refused(&world, |settings| settings.top_up_link = Some("javascript:alert(1)".into()));
    assert_eq!(faults[0].field, "settings.top_up_link");
    assert_eq!(
        world.clinic().settings().unwrap().top_up_link.as_deref(),
        Some("https://www.example.pl/doladuj")
    );
}

#[test]
fn settings_prefixes_decide_on_what_is_known_already() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("1", "+380501234567");
    world.visit("w1", "1", "2026-11-20 12:30");
    assert_eq!(world.fates("w1"), [skipped("outside_prefixes")]);
    change(&mut world, |settings| settings.phones.allowed_prefixes = vec!["+380".into()]);
    assert_eq!(world.fates("w1"), [PLANNED]);
    let faults = refused(&world, |settings| settings.phones.allowed_prefixes = vec!["380".into()]);
    assert_eq!(faults[0].field, "settings.phones");
    assert!(faults[0].message(Language::Pl).contains("plus i cyfry"), "{}", faults[0].message(Language::Pl));
    assert!(faults[0].message(Language::En).contains("a plus and digits"));
}

#[test]
fn settings_colours_stand_in_the_answers_event() {
    let mut world = reminded();
    change(&mut world, |settings| settings.colours.yes = "#00ff00".into());
    world.run_until("2026-11-19 12:00");
    world.reply("501234567", "TAK");
    let told = world.events().into_iter().find_map(|event| match event {
        Happening::VisitAnswered { colour, .. } => Some(colour),
        _ => None,
    });
    assert_eq!(told.as_deref(), Some("#00ff00"));
    for colour in ["", "green", "#12345", "#gggggg", "2e7d32"] {
        let faults = refused(&world, |settings| settings.colours.other = colour.into());
        assert_eq!(faults[0].field, "settings.colours.other", "{colour}");
    }
}

/// Every field set to something else than its default.
fn full() -> Settings {
    let mut document = serde_json::json!({
        "mode": "premium",
        "attempts": 4,
        "default_consent_since": "2026-11-01T00:00:00.000Z",
        "diacritics": "when_free",
        "max_parts": 3,
        "links": [{"name": "mapa", "url": "www.estomed.pl"}],
        "phones": {"default_prefix": "+49", "allowed_prefixes": ["+48"]},
        "sending_hours": {"ranges": [{"from": "09:00", "to": "18:00"}]},
        "working_days": {"weekdays": ["mon", "tue"]},
        "move_tolerance_min": 15,
        "replies": {"grammar": "tolerant", "languages": ["ukrainian"]},
        "senders": [{"id": "DENTICA", "receives": false, "approval": "pending"}],
        "prices": [{"prefix": "+48", "part_milli": 90}],
        "currency": "EUR",
        "daily_cap": 3,
        "daily_budget_milli": 100_000,
        "report_wait_h": 24,
        "acknowledge_opt_out": true,
        "colours": {"yes": "#111111", "no": "#222222", "other": "#333333"},
        "calls": {"service": {"active": true}},
        "shadow": true,
        "breaker": {"factor": 7, "floor": 70},
        "retention": {"texts_days": 365, "identities_days": 730},
        "top_up_link": "https://www.example.pl",
        "low_balance": [100, 10],
    });
    // as the type writes it
    document["reference_bits"] = serde_json::to_value(ReferenceBits::Sixteen).unwrap();
    serde_json::from_value(document).unwrap()
}

#[test]
fn settings_survive_json_field_by_field() {
    let full = full();
    let document = serde_json::to_value(&full).unwrap();
    let default = serde_json::to_value(Settings::default()).unwrap();
    for (field, value) in document.as_object().unwrap() {
        assert!(field == "calls" || default.get(field) != Some(value), "{field} is not tried");
        // a document with this field alone is the default with this field
        let alone: Settings = serde_json::from_value(serde_json::json!({ field: value })).unwrap();
        let written = serde_json::to_value(&alone).unwrap();
        assert_eq!(written.get(field), Some(value), "{field}");
        assert_eq!(serde_json::from_value::<Settings>(written).unwrap(), alone, "{field}");
    }
    assert_eq!(serde_json::from_value::<Settings>(document).unwrap(), full);
    assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    assert!(serde_json::from_str::<Settings>(r#"{"atempts": 3}"#).is_err(), "what nobody knows is refused");
    assert_eq!(check(&Practice { settings: full, ..practice() }), [], "and all of that is allowed");
}

#[test]
fn settings_survive_the_store() {
    let world = World::with(
        "2026-11-16 09:00",
        Practice { settings: full(), ..practice() },
        Simulator::new(GATEWAY.into(), 1),
    );
    assert_eq!(world.clinic().settings().unwrap(), full());
    assert_eq!(world.clinic().practice().unwrap(), world.practice);
}

type Change = fn(&mut Settings);

#[test]
fn settings_outside_their_ranges_are_refused_by_field() {
    let wrong: [(&str, Change); 27] = [
        ("attempts", |s| s.attempts = 6),
        ("max_parts", |s| s.max_parts = 11),
        ("report_wait_h", |s| s.report_wait_h = 169),
        ("move_tolerance_min", |s| s.move_tolerance_min = 721),
        ("daily_cap", |s| s.daily_cap = Some(0)),
        ("daily_budget_milli", |s| s.daily_budget_milli = Some(-1)),
        ("breaker.factor", |s| s.breaker = Some(Breaker { factor: 1, floor: 500 })),
        ("breaker.factor", |s| s.breaker = Some(Breaker { factor: 101, floor: 500 })),
        ("breaker.floor", |s| s.breaker = Some(Breaker { factor: 5, floor: 0 })),
        ("breaker.floor", |s| s.breaker = Some(Breaker { factor: 5, floor: 1_000_001 })),
        ("retention.texts_days", |s| s.retention.texts_days = Some(0)),
        ("retention.texts_days", |s| s.retention.texts_days = Some(36_501)),
        ("retention.identities_days", |s| {
            s.retention = Retention { texts_days: Some(1), identities_days: Some(36_501) };
        }),
        ("retention.identities_days", |s| {
            s.retention = Retention { texts_days: Some(30), identities_days: Some(29) };
        }),
        ("retention.identities_days", |s| {
            s.retention = Retention { texts_days: None, identities_days: Some(29) };
        }),
        ("low_balance", |s| s.low_balance = vec![1; 11]),
        ("low_balance[1]", |s| s.low_balance = vec![1, -1]),
        ("low_balance[0]", |s| s.low_balance = vec![1_000_001]),
        ("top_up_link", |s| s.top_up_link = Some("two words.pl".into())),
        ("colours.yes", |s| s.colours.yes = "zielony".into()),
        ("currency", |s| s.currency = "zł".into()),
        ("senders[0].id", |s| s.senders[0].id = "DENTICA RADOM".into()),
        ("prices[0].prefix", |s| s.prices[0].prefix = "48".into()),
        ("prices[0].part_milli", |s| s.prices[0].part_milli = -1),
        ("sending_hours", |s| s.sending_hours.ranges.clear()),
        ("working_days", |s| s.working_days.weekdays = [].into_iter().collect()),
        ("phones", |s| s.phones.default_prefix = "48".into()),
    ];
    let world = world();
    for (field, change) in wrong {
        let faults = refused(&world, change);
        assert_eq!(faults.len(), 1, "{field}: {faults:?}");
        assert_eq!(faults[0].field, format!("settings.{field}"));
        assert_ne!(faults[0].message(Language::Pl), faults[0].message(Language::En), "{field}");
    }
    let all = refused(&world, |s| (s.attempts, s.max_parts, s.currency) = (0, 0, String::new()));
    assert_eq!(all.len(), 3, "every fault at once: {all:?}");
}

#[test]
fn settings_at_the_ends_of_their_ranges_are_taken() {
    let mut world = world();
    change(&mut world, |s| {
        (s.attempts, s.max_parts, s.report_wait_h, s.move_tolerance_min) = (5, 10, 168, 720);
        s.breaker = Some(Breaker { factor: 100, floor: 1_000_000 });
        s.retention = Retention { texts_days: Some(36_500), identities_days: Some(36_500) };
        s.low_balance = vec![1_000_000, 0];
        s.colours.yes = "#0f0".into();
    });
    change(&mut world, |s| {
        (s.attempts, s.max_parts, s.report_wait_h, s.move_tolerance_min) = (1, 1, 1, 0);
        s.breaker = Some(Breaker { factor: 2, floor: 1 });
        s.retention = Retention { texts_days: Some(1), identities_days: Some(1) };
        s.low_balance = Vec::new();
    });
}

#[test]
fn settings_faults_of_windows_are_told_in_both_languages() {
    let faults = refused(&world(), |s| s.sending_hours.ranges.clear());
    assert_eq!(faults[0].message(Language::Pl), "ranges: potrzebny co najmniej jeden przedział");
    assert_eq!(faults[0].message(Language::En), "ranges: at least one range is needed");
    let mut spec = day_before("10:00");
    spec.window = Some(SendWindow { ranges: Vec::new(), ..SendWindow::default() });
    let faults = depesza::campaign::check(&spec, &practice());
    assert_eq!(faults[0].message(Language::Pl), "ranges: potrzebny co najmniej jeden przedział");
}

#[test]
fn a_change_of_settings_plans_anew_tells_the_host_and_is_written_down_once() {
    let mut world = reminded();
    let planned = world.message("w1").due_at;
    change(&mut world, |settings| settings.sending_hours = window(&["thu"], "11:00", "12:00"));
    assert_ne!(world.message("w1").due_at, planned);
    let told = |world: &World| {
        let by_anna = |event: &&Happening| matches!(event, Happening::SettingsChanged { by } if by.as_str() == "recepcja");
        world.events().iter().filter(by_anna).count()
    };
    assert_eq!(told(&world), 1);
    change(&mut world, |_| {});
    assert_eq!(told(&world), 1, "the same again is no change");
}
