//! Link markers: added, changed, listed; not deleted while a body uses them.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::engine::{Desk, EngineError};
use depesza::model::*;
use serde_json::json;
use world::*;

const NOW: &str = "2026-11-16 09:00"; // a Monday

fn refused<T: std::fmt::Debug>(
    world: &World,
    act: impl FnOnce(&Desk<'_>, Timestamp) -> Result<T, EngineError>,
) -> EngineError {
    let clinic = world.clinic();
    act(&clinic.as_user(User::new("recepcja", Permission::CLINIC)), world.now).unwrap_err()
}

/// A practice with the marker `(ankieta)`.
fn with_link() -> World {
    let mut world = World::new(NOW);
    world.desk(|desk, now| desk.save_link("ankieta", "www.estomed.pl", now));
    world
}

fn users(world: &World) -> Vec<LinkUser> {
    let refused = refused(world, |desk, now| desk.delete_link("Ankieta", now));
    let EngineError::LinkInUse(users) = refused else { panic!("{refused}") };
    assert_eq!(world.clinic().link_users("ankieta").unwrap(), users);
    assert_eq!(world.clinic().links().unwrap().len(), 1, "it is still there");
    users
}

#[test]
fn links_are_added_listed_changed_and_deleted() {
    let mut world = with_link();
    world.desk(|desk, now| desk.save_link("Mapa dojazdu", "https://estomed.pl/mapa", now));
    let told = |world: &World| -> Vec<(String, String)> {
        world.clinic().links().unwrap().into_iter().map(|link| (link.name, link.url)).collect()
    };
    let pair = |name: &str, url: &str| (name.to_owned(), url.to_owned());
    assert_eq!(
        told(&world),
        [pair("ankieta", "www.estomed.pl"), pair("Mapa dojazdu", "https://estomed.pl/mapa")]
    );
    // one name, however it is written
    world.desk(|desk, now| desk.save_link("mapa_dojazdu", "estomed.pl/dojazd", now));
    world.desk(|desk, now| desk.delete_link("ANKIETA", now));
    assert_eq!(told(&world), [pair("mapa_dojazdu", "estomed.pl/dojazd")]);
    assert!(matches!(
        refused(&world, |desk, now| desk.delete_link("ankieta", now)),
        EngineError::UnknownLink(_)
    ));
}

#[test]
fn a_link_without_a_scheme_is_sent_exactly_as_typed() {
    let mut world = with_link();
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.bodies.default = "Zapraszamy: (ankieta)".into();
    world.start("p", spec);
    world.visit("w", "1", "2026-11-18 12:00");
    world.run_until("2026-11-17 12:00");
    assert_eq!(world.texts(), ["Zapraszamy: www.estomed.pl"]);
}

#[test]
fn a_changed_link_goes_out_with_the_next_message_and_plans_nothing_anew() {
    let mut world = with_link();
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.bodies.default = "(ankieta)".into();
    world.start("p", spec);
    world.visit("w", "1", "2026-11-18 12:00");
    let planned = world.message("w");
    world.desk(|desk, now| desk.save_link("ankieta", "https://estomed.pl/a?b=1", now));
    assert_eq!(world.message("w"), planned);
    world.run_until("2026-11-17 12:00");
    assert_eq!(world.texts(), ["https://estomed.pl/a?b=1"]);
}

#[test]
fn every_fault_of_a_link_is_told_and_a_built_in_name_is_refused() {
    let world = with_link();
    let error = refused(&world, |desk, now| desk.save_link("Imię", "ftp://x", now));
    let EngineError::Link(faults) = error else { panic!("{error}") };
    let built_in = PlaceholderKind::BuiltIn;
    assert_eq!(faults, [MarkerFault::NameTaken { by: built_in }, MarkerFault::UrlScheme]);
    // of either subject: links belong to the practice
    let error = refused(&world, |desk, now| desk.save_link("czas rozmowy", "a.pl", now));
    assert!(
        matches!(error, EngineError::Link(faults) if faults == [MarkerFault::NameTaken { by: built_in }])
    );
    assert_eq!(world.clinic().links().unwrap().len(), 1);
}

#[test]
fn a_link_that_a_campaign_uses_is_not_deleted_until_the_campaign_ends() {
    let mut world = with_link();
    let mut spec = day_before("10:00");
    spec.bodies.minor = Some("Ocena: (Ankieta)".into());
    world.start("p", spec);
    assert_eq!(users(&world), [LinkUser::Campaign("p".into())]);
    world.pause("p");
    assert_eq!(users(&world), [LinkUser::Campaign("p".into())]);
    world.end("p");
    world.desk(|desk, now| desk.delete_link("ankieta", now));
    assert!(world.clinic().links().unwrap().is_empty());
}

#[test]
fn a_link_that_a_template_a_draft_or_a_rule_uses_is_not_deleted() {
    let mut world = with_link();
    let visits = TemplateSubject::Visits;
    world.desk(|desk, now| desk.save_template("t".into(), "Ocena", "(ankieta)", visits, now));
    let mut draft = CampaignDraft::begin(CampaignKind::FollowUp, Language::Pl);
    // half-typed: it could not be compiled
    draft.set("bodies.default", json!({"text": "(imei), (ankieta) ("}));
    world.desk(|desk, now| desk.keep_draft("d".into(), draft, now));
    let rule: CallRuleSpec = serde_json::from_value(json!({
        "name": "Nieodebrane", "when": {"statuses": ["no_answer"]}, "body": "(numer): (ankieta)"
    }))
    .unwrap();
    world.desk(|desk, now| desk.save_rule("r".into(), rule, now));
    let all = [LinkUser::Template("t".into()), LinkUser::Draft("d".into()), LinkUser::CallRule("r".into())];
    assert_eq!(users(&world), all);
    let error = refused(&world, |desk, now| desk.delete_link("ankieta", now)).to_string();
    assert_eq!(error, "the link marker is used by template t, draft d, rule r");

    world.desk(|desk, now| desk.delete_template(&"t".into(), now));
    world.desk(|desk, now| desk.discard_draft(&"d".into(), now));
    world.desk(|desk, now| desk.delete_rule(&"r".into(), now));
    world.desk(|desk, now| desk.delete_link("ankieta", now));
}

#[test]
fn a_word_in_doubled_brackets_is_no_use_of_the_link() {
    let mut world = with_link();
    let mut spec = day_before("10:00");
    spec.bodies.default = "((ankieta)) w recepcji".into();
    world.start("p", spec);
    world.desk(|desk, now| desk.delete_link("ankieta", now));
}

#[test]
fn links_take_the_permission_of_settings() {
    let mut practice = practice();
    practice.separate_permissions = [Permission::ManageSettings].into();
    let world = World::with(NOW, practice, depesza::gateway::Simulator::new(GATEWAY.into(), 1));
    let error = refused(&world, |desk, now| desk.save_link("ankieta", "a.pl", now));
    assert!(matches!(error, EngineError::NotPermitted(Permission::ManageSettings)));
    let error = refused(&world, |desk, now| desk.delete_link("ankieta", now));
    assert!(matches!(error, EngineError::NotPermitted(Permission::ManageSettings)));
    assert!(world.clinic().as_user(User::new("r", Permission::CLINIC)).links().unwrap().is_empty());
}

#[test]
fn who_changed_a_link_is_told() {
    let world = with_link();
    let told = world
        .events()
        .into_iter()
        .any(|event| matches!(event, Happening::SettingsChanged { by } if by.as_str() == "recepcja"));
    assert!(told);
}
