//! What a campaign's body may be, and what becomes of it on the way to a handset: length, links, markers and their values.

mod world;

use depesza::campaign::{CampaignFaultKind, check};
use depesza::model::*;
use world::*;

fn reminded_with(body: &str, change: impl FnOnce(&mut CampaignSpec, &mut Settings)) -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient_with("1", "501234567", |patient| {
        patient.last_name = Name::new("Wolska-Jaworska-Nowakowska-Brzeczyszczykiewicz");
    });
    let mut spec = day_before("10:00");
    spec.bodies.default = body.into();
    let mut settings = world.practice.settings.clone();
    change(&mut spec, &mut settings);
    world.set(|old| *old = settings);
    world.start("p", spec);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    world
}

/// A body that fits one part with a short surname, and not with a long one.
fn long_body() -> String {
    "Wizyta (nazwisko) dnia (data). Prosimy o punktualne przybycie do kliniki. W razie pytan prosimy dzwonic. \
     Do zobaczenia, zespol przychodni."
        .into()
}

fn one_part(over_length: OverLength) -> impl FnOnce(&mut CampaignSpec, &mut Settings) {
    move |spec, _| (spec.max_parts, spec.over_length) = (Some(1), over_length)
}

#[test]
fn edge_086_length_counts_on_the_rendered_text() {
    let world = reminded_with(&long_body(), one_part(OverLength::Refuse));
    assert_eq!(world.message("w").reason, Some(Reason::TooManyParts { parts: 2, allowed: 1 }));
    assert!(world.sent().is_empty());
    let world = reminded_with(&long_body(), one_part(OverLength::Send));
    assert_eq!((world.message("w").status, world.message("w").parts), (Status::Delivered, 2));
    assert_eq!(world.message("w").cost_milli, 180);
}

#[test]
fn edge_086_a_cut_falls_between_words() {
    let world = reminded_with(&long_body(), one_part(OverLength::Cut));
    let text = &world.texts()[0];
    assert_eq!(world.message("w").parts, 1);
    assert!(text.len() > 130 && text.len() <= 160, "{text}");
    let whole = long_body()
        .replace("(nazwisko)", "Wolska-Jaworska-Nowakowska-Brzeczyszczykiewicz")
        .replace("(data)", "20.11.2026");
    assert!(whole.starts_with(&format!("{text} ")), "{text}");
}

#[test]
fn edge_091_a_cut_never_lands_inside_a_link() {
    let link = format!("https://dentica.example/{}", "x".repeat(70));
    let world = reminded_with(
        "(nazwisko): opinia o wizycie z dnia (data) tutaj: (ankieta) Dziekujemy.",
        |spec, settings| {
            one_part(OverLength::Cut)(spec, settings);
            settings.links = vec![LinkMarker { name: "ankieta".into(), url: link.clone() }];
        },
    );
    let text = &world.texts()[0];
    assert!(!text.contains("https"), "{text}");
    assert!(text.ends_with("tutaj:"), "{text}");
}

#[test]
fn edge_091_a_link_that_is_too_long_for_its_parts_is_not_sent_as_nothing() {
    let world = reminded_with("(ankieta)", |spec, settings| {
        one_part(OverLength::Cut)(spec, settings);
        let url = format!("https://dentica.example/{}", "x".repeat(200));
        settings.links = vec![LinkMarker { name: "ankieta".into(), url }];
    });
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("w"), [skipped("too_many_parts")]);
}

#[test]
fn edge_087_a_marker_with_polish_letters_is_the_same_and_an_unknown_one_is_refused() {
    let mut spec = day_before("10:00");
    spec.bodies.default = "(Imię), (GODZINA), ((pilne)) (parter, pok. 3)".into();
    assert!(check(&spec, &practice()).is_empty());
    spec.bodies.minor = Some("Dzien dobry (abc)".into());
    let faults = check(&spec, &practice());
    assert!(
        matches!(&faults[..], [fault] if fault.field == "bodies.minor"
            && matches!(&fault.kind, CampaignFaultKind::Body { fault } if fault.at.start == 12)),
        "{faults:?}"
    );
    let world = reminded_with("(Imię), (GODZINA), ((pilne)) (parter, pok. 3)", |_, _| {});
    assert_eq!(world.texts(), ["Imie1, 12:00, (pilne) (parter, pok. 3)"]);
}

#[test]
fn edge_089_a_marker_without_a_value_takes_its_fallback_or_skips_the_message() {
    let world = reminded_with("Zaprasza (lekarz|nasz specjalista).", |_, _| {});
    assert_eq!(world.texts(), ["Zaprasza nasz specjalista."]);
    let world = reminded_with("Zaprasza (lekarz).", |_, _| {});
    assert!(world.sent().is_empty());
    assert_eq!(world.message("w").reason, Some(Reason::MissingValue { placeholder: "lekarz".into() }));
}

#[test]
fn edge_089_a_value_that_comes_in_time_sends_it_after_all() {
    let mut world = world();
    let mut spec = day_before("11:00");
    spec.bodies.default = "Zaprasza (lekarz).".into();
    world.edit("p", spec);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.fates("w"), [skipped("missing_value")]);
    world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.doctor = doctor("1", "dr Lis"));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Zaprasza dr Lis."]);
}

#[test]
fn edge_090_a_value_that_looks_like_a_marker_stays_as_it_is() {
    let mut world = world();
    world.patient_with("2", "501234568", |patient| patient.first_name = Name::new("(telefon)"));
    world.visit("w", "2", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["(telefon), wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE."]);
}
