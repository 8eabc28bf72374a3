//! What the wizard warns of: health by inference, marketing under another name, what looks like smishing, unfit senders.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::campaign::{CampaignWarning, CampaignWarningKind as Kind, warnings};
use depesza::model::*;
use world::*;

fn of_body(body: &str) -> Vec<Kind> {
    in_practice(body, &practice())
}

fn in_practice(body: &str, practice: &Practice) -> Vec<Kind> {
    let mut spec = day_before("10:00");
    spec.bodies.default = body.into();
    let warnings = warnings(&spec, practice);
    assert!(warnings.iter().all(|warning| warning.field == "bodies.default"), "{warnings:?}");
    warnings.into_iter().map(|warning| warning.kind).collect()
}

fn of_sender(id: &str) -> Vec<Kind> {
    with_sender(Sender { id: id.into(), receives: true, approval: SenderApproval::Approved })
}

fn with_sender(sender: Sender) -> Vec<Kind> {
    let mut practice = practice();
    let mut spec = day_before("10:00");
    spec.sender = Some(sender.id.clone());
    practice.settings.senders.push(sender);
    let warnings = warnings(&spec, &practice);
    assert!(warnings.iter().all(|warning| warning.field == "sender"), "{warnings:?}");
    warnings.into_iter().map(|warning| warning.kind).collect()
}

fn health(word: &str) -> Kind {
    Kind::RevealsHealth { word: word.into() }
}

fn marketing(word: &str) -> Kind {
    Kind::LooksLikeMarketing { word: word.into() }
}

#[test]
fn an_ordinary_reminder_warns_of_nothing() {
    for body in [
        "(placowka): przypominamy o wizycie (data), godz. (godzina). Prosimy o odpowiedź TAK lub NIE.",
        "(imie), czekamy jutro. Mapa: www.dentica.pl/dojazd",
        "Wizyta u lekarza (lekarz), gabinet (gabinet). W razie spóźnienia prosimy o telefon.",
        "Prosimy o ocenę sytuacji i telefon, jeśli wizyta nie jest potrzebna.",
    ] {
        assert_eq!(of_body(body), [], "{body}");
    }
    assert_eq!(of_sender("DENTICA"), []);
    assert_eq!(of_sender("48500100200"), []);
}

#[test]
fn edge_109_a_speciality_or_treatment_in_the_body_is_health_data_by_inference() {
    for (body, word) in [
        ("Wizyta u onkologa (data)", "onkologa"),
        ("PORADNIA PSYCHIATRYCZNA: (data)", "psychiatryczna"),
        ("Wizyta stomatologiczna", "stomatologiczna"),
        ("Wynik testu HIV do odbioru", "hiv"),
        ("Leczenie kanałowe (data)", "leczenie"),
        ("Chemioterapia we wtorek", "chemioterapia"),
    ] {
        assert_eq!(of_body(body), [health(word)], "{body}");
    }
    // also where the practice's own name says it
    let mut practice = practice();
    practice.name = "Centrum Onkologii".into();
    assert_eq!(in_practice("(placowka): wizyta (data)", &practice), [health("onkologii")]);
    assert_eq!(in_practice("Wizyta (data)", &practice), []);
}

#[test]
fn edge_109_a_speciality_in_the_sender_is_health_data_by_inference() {
    assert_eq!(of_sender("ONKOLOG"), [health("onkolog")]);
    assert_eq!(of_sender("Psychiatra"), [health("psychiatra")]);
}

#[test]
fn edge_106_a_survey_or_promotion_in_a_message_about_visits_counts_as_marketing() {
    for (body, word) in [
        ("Prosimy wypełnić ankietę: www.dentica.pl", "ankiete"),
        ("Promocja na wybielanie!", "promocja"),
        ("Rabat 20% do piątku", "rabat"),
        ("Podziel się opinią", "opinia"),
        ("Oceń nas w Google", "ocen"),
    ] {
        assert_eq!(of_body(body), [marketing(word)], "{body}");
    }
}

#[test]
fn edge_106_a_survey_link_is_known_by_its_name_and_by_its_address() {
    let mut practice = practice();
    let link = |name: &str, url: &str| LinkMarker { name: name.into(), url: url.into() };
    practice.settings.links =
        vec![link("Ankieta", "www.dentica.pl/a"), link("Wizyta2", "dentica.pl/ankieta")];
    assert_eq!(in_practice("Dziękujemy! (ankieta)", &practice), [marketing("Ankieta")]);
    assert_eq!(in_practice("Dziękujemy! (wizyta2)", &practice), [marketing("ankieta")]);
}

#[test]
fn edge_106_a_campaign_that_says_it_is_marketing_is_taken_at_its_word() {
    let mut spec = follow_up(60);
    spec.bodies.default = "Prosimy wypełnić ankietę.".into();
    assert_eq!(warnings(&spec, &practice()).len(), 1);
    spec.purpose = Purpose::Marketing;
    assert_eq!(warnings(&spec, &practice()), []);
}

#[test]
fn edge_106_wishes_and_broadcasts_are_about_no_visit() {
    let mut spec = campaign("Urodziny", Timing::Birthday { at: "10:00".parse().unwrap() });
    spec.bodies.default = "Wszystkiego najlepszego!".into();
    let found = warnings(&spec, &practice());
    assert_eq!(found, [CampaignWarning { field: "purpose".into(), kind: Kind::NotAboutVisits {} }]);
    spec.purpose = Purpose::Marketing;
    assert_eq!(warnings(&spec, &practice()), []);
}

#[test]
fn edge_106_a_follow_up_with_a_survey_goes_only_to_those_who_consented_to_marketing_when_it_says_so() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567"); // consents to information on visits alone
    let mut spec = follow_up(60);
    spec.bodies.default = "Prosimy wypełnić ankietę.".into();
    spec.purpose = Purpose::Marketing;
    world.start("p", spec);
    world.visit("w", "1", "2026-11-16 12:00");
    world.now = at("2026-11-16 12:40");
    world.visit_state("w", "1", "2026-11-16 12:00", VisitState::TookPlace);
    world.run_until("2026-11-17 12:00");
    assert_eq!(world.fates("w"), [skipped("no_consent")]);
}

#[test]
fn a_link_with_payment_and_haste_looks_like_smishing() {
    for body in [
        "Pilne! Prosimy o dopłatę 1,20 zł: www.dentica-platnosci.pl",
        "Zapłać natychmiast: https://dentica.pl/x",
        "Dopłata do wizyty: bit.ly/3xYz",
        "Potwierdź pilnie: https://tinyurl.com/abc",
    ] {
        assert_eq!(of_body(body), [Kind::LooksLikeSmishing {}], "{body}");
    }
    for body in [
        "Płatność gotówką lub kartą. Mapa: www.dentica.pl",
        "Pilnie prosimy o telefon 48 362 12 34",
        "Prosimy o dopłatę w recepcji.",
    ] {
        assert_eq!(of_body(body), [], "{body}");
    }
}

#[test]
fn sender_names_that_providers_refuse_are_named() {
    for name in ["INFO", "SMS", "Info"] {
        assert_eq!(of_sender(name), [Kind::GenericSender {}], "{name}");
    }
    for (name, word) in [("mBank", "mbank"), ("POLICJA", "policja"), ("ORANGE", "orange"), ("ZUS", "zus")] {
        assert_eq!(of_sender(name), [Kind::ForbiddenSender { word: word.into() }], "{name}");
    }
    assert_eq!(of_sender("DENT1234"), [Kind::DigitsInSender {}]);
    assert_eq!(of_sender("DENT123"), []);
    assert_eq!(of_sender("Zuska"), [], "a word of three letters has to be whole");
}

#[test]
fn a_sender_that_does_not_fit_is_named() {
    let sender = |id: &str, receives, approval| Sender { id: id.into(), receives, approval };
    let number = sender("48600100200", false, SenderApproval::Approved);
    assert_eq!(with_sender(number), [Kind::NumberCannotReceive {}]);
    let pending = sender("NOWY", true, SenderApproval::Pending);
    assert_eq!(with_sender(pending), [Kind::SenderNotApproved {}]);
}

#[test]
fn each_body_is_looked_at_by_itself() {
    let mut spec = day_before("10:00");
    spec.bodies.first_visit = Some("Pierwsza wizyta u onkologa".into());
    spec.bodies.minor = Some("Promocja".into());
    let fields: Vec<String> = warnings(&spec, &practice()).into_iter().map(|warning| warning.field).collect();
    assert_eq!(fields, ["bodies.first_visit", "bodies.minor"]);
}

#[test]
fn warnings_are_told_in_both_languages() {
    let kinds = [
        health("hiv"),
        marketing("ankieta"),
        Kind::NotAboutVisits {},
        Kind::LooksLikeSmishing {},
        Kind::GenericSender {},
        Kind::ForbiddenSender { word: "zus".into() },
        Kind::DigitsInSender {},
        Kind::NumberCannotReceive {},
        Kind::SenderNotApproved {},
    ];
    for kind in kinds {
        let warning = CampaignWarning { field: "sender".into(), kind };
        let (pl, en) = (warning.message(Language::Pl), warning.message(Language::En));
        assert!(pl != en && pl.ends_with('.') && en.ends_with('.'), "{pl} {en}");
    }
}
