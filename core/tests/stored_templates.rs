//! Stored templates: added, changed, deleted, listed; campaigns keep the texts they took.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::engine::{Desk, EngineError, MAX_TEMPLATES};
use depesza::model::*;
use depesza::store::Table;
use depesza::template::StoredTemplateFaultKind as Kind;
use serde_json::json;
use world::*;

const NOW: &str = "2026-11-16 09:00"; // a Monday

fn save(desk: &Desk<'_>, id: &str, name: &str, body: &str, now: Timestamp) -> Result<(), EngineError> {
    desk.save_template(id.into(), name, body, TemplateSubject::Visits, now)
}

fn names(world: &World) -> Vec<String> {
    world.clinic().templates().unwrap().into_iter().map(|template| template.name).collect()
}

/// What the desk's call is refused with.
fn refused<T: std::fmt::Debug>(
    world: &World,
    act: impl FnOnce(&Desk<'_>, Timestamp) -> Result<T, EngineError>,
) -> EngineError {
    let clinic = world.clinic();
    act(&clinic.as_user(User::new("recepcja", Permission::CLINIC)), world.now).unwrap_err()
}

#[test]
fn templates_are_added_changed_listed_and_deleted() {
    let mut world = World::new(NOW);
    world.desk(|desk, now| save(desk, "t1", "  Przypomnienie ", "(imie), do zobaczenia!", now));
    let template = world.clinic().templates().unwrap().pop().unwrap();
    assert_eq!((template.name.as_str(), template.body.as_str()), ("Przypomnienie", "(imie), do zobaczenia!"));
    assert_eq!((template.changed_by.as_str(), template.changed_at), ("recepcja", at(NOW)));

    world.now = at("2026-11-17 09:00");
    world.desk(|desk, now| save(desk, "t1", "Przypomnienie", "(imie), do jutra!", now));
    let template = world.clinic().templates().unwrap().pop().unwrap();
    assert_eq!((template.body.as_str(), template.changed_at), ("(imie), do jutra!", at("2026-11-17 09:00")));

    world.desk(|desk, now| desk.delete_template(&"t1".into(), now));
    assert!(names(&world).is_empty());
    let gone = refused(&world, |desk, now| desk.delete_template(&"t1".into(), now));
    assert!(matches!(gone, EngineError::UnknownTemplate(id) if id.as_str() == "t1"));
}

#[test]
fn the_list_is_in_the_order_of_the_polish_alphabet() {
    let mut world = World::new(NOW);
    let typed = [
        "żółty", "Zielony", "łatwy", "Lekki", "ćma", "2 dni", "cebula", "Éclair", "ławka", "Ósmy", "ostatni",
    ];
    for (place, name) in typed.into_iter().enumerate() {
        world.desk(|desk, now| save(desk, &format!("t{place}"), name, "Tekst", now));
    }
    let expected = [
        "2 dni", "cebula", "ćma", "Éclair", "Lekki", "łatwy", "ławka", "ostatni", "Ósmy", "Zielony", "żółty",
    ];
    assert_eq!(names(&world), expected);
}

#[test]
fn a_template_is_checked_like_a_body_and_all_its_faults_are_told() {
    let world = World::new(NOW);
    let error = refused(&world, |desk, now| save(desk, "t", " ", "(imei) (lekrz)", now));
    let EngineError::Template(faults) = error else { panic!("{error}") };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["name", "body", "body"]);
    assert_eq!(faults[0].kind, Kind::Missing {});
    assert!(
        faults[1].message(Language::Pl).contains("Czy chodziło o (imie)?"),
        "{}",
        faults[1].message(Language::Pl)
    );

    let error = refused(&world, |desk, now| save(desk, "t", &"ą".repeat(101), "Tekst", now));
    let EngineError::Template(faults) = error else { panic!("{error}") };
    assert_eq!(faults[0].kind, Kind::TooMany { limit: 100 });
    assert!(world.clinic().templates().unwrap().is_empty());
}

#[test]
fn a_name_is_given_once() {
    let mut world = World::new(NOW);
    world.desk(|desk, now| save(desk, "t1", "Kontrola", "Tekst", now));
    let error = refused(&world, |desk, now| save(desk, "t2", "KONTROLA ", "Inny", now));
    let EngineError::Template(faults) = error else { panic!("{error}") };
    assert_eq!(faults[0].kind, Kind::NameTaken { by: "t1".into() });
    // itself it may be called as before
    world.desk(|desk, now| save(desk, "t1", "kontrola", "Tekst", now));
    assert_eq!(names(&world), ["kontrola"]);
}

#[test]
fn a_template_for_calls_has_the_placeholders_of_calls() {
    let mut world = World::new(NOW);
    let calls = TemplateSubject::Calls;
    world.desk(|desk, now| desk.save_template("c".into(), "Oddzwonimy", "(numer)", calls, now));
    let error = refused(&world, |desk, now| desk.save_template("d".into(), "Inny", "(imie)", calls, now));
    assert!(matches!(error, EngineError::Template(_)));
    assert_eq!(world.clinic().templates().unwrap()[0].subject, calls);
}

#[test]
fn deleting_a_template_that_a_campaign_uses_leaves_the_campaigns_text_alone() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.desk(|desk, now| save(desk, "t", "Przypomnienie", "(imie), z szablonu.", now));
    let mut draft = CampaignDraft::begin(CampaignKind::Reminder, Language::Pl);
    draft.set("name", "Dzień przed");
    draft.set("bodies.default", json!({"template": "t"}));
    world.desk(|desk, now| desk.keep_draft("p".into(), draft, now));
    world.desk(|desk, now| desk.save_draft(&"p".into(), now));
    world.desk(|desk, now| desk.activate(&"p".into(), now));

    world.desk(|desk, now| save(desk, "t", "Przypomnienie", "(imie), zmieniony.", now));
    world.desk(|desk, now| desk.delete_template(&"t".into(), now));
    world.visit("w", "1", "2026-11-18 12:00");
    world.run_until("2026-11-17 12:00");
    assert_eq!(world.texts(), ["Imie1, z szablonu."]);
}

#[test]
fn writing_templates_takes_the_permission_of_campaigns() {
    let world = World::new(NOW);
    let clinic = world.clinic();
    let reader = clinic.as_user(User::new("czytelnik", [Permission::CommunicationCenter]));
    assert!(reader.templates().unwrap().is_empty());
    for error in [
        save(&reader, "t", "Nazwa", "Tekst", world.now).unwrap_err(),
        reader.delete_template(&"t".into(), world.now).unwrap_err(),
    ] {
        assert!(matches!(error, EngineError::NotPermitted(Permission::ManageCampaigns)), "{error}");
    }
}

#[test]
fn what_was_done_with_templates_is_written_down_and_saving_the_same_again_is_not() {
    let mut world = World::new(NOW);
    for _ in 0..2 {
        world.desk(|desk, now| save(desk, "t", "Nazwa", "Tekst", now));
    }
    world.desk(|desk, now| desk.delete_template(&"t".into(), now));
    let rows = world.store.list(&CLINIC.into(), Table::Audit, "", "~", 10).unwrap();
    let trail: Vec<AuditEntry> = rows.iter().map(|(_, doc)| serde_json::from_str(doc).unwrap()).collect();
    let told: Vec<_> = trail.iter().map(|entry| (entry.action, entry.subject.as_deref())).collect();
    assert_eq!(told, [(Action::TemplateSaved, Some("t")), (Action::TemplateDeleted, Some("t"))]);
}

#[test]
fn there_is_a_limit() {
    let world = World::new(NOW);
    let clinic = world.clinic();
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    for number in 0..MAX_TEMPLATES {
        save(&desk, &format!("t{number}"), &format!("Szablon {number}"), "Tekst", world.now).unwrap();
    }
    let error = save(&desk, "inny", "Jeszcze jeden", "Tekst", world.now).unwrap_err();
    assert!(matches!(error, EngineError::TooManyTemplates));
    save(&desk, "t7", "Szablon 7", "Inny tekst", world.now).unwrap();
}
