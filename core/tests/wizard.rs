//! The campaign wizard: its steps and fields by kind, drafts that survive, faults by field, saving.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod world;

use depesza::campaign::wizard::{check_step, wizard};
use depesza::campaign::{CampaignFault, CampaignFaultKind as Kind, Expected, check};
use depesza::engine::{Desk, EngineError};
use depesza::model::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use world::*;

const NOW: &str = "2026-11-16 09:00"; // a Monday

/// The fields of a kind's step.
fn fields(kind: CampaignKind, step: WizardStepId) -> BTreeMap<String, WizardField> {
    let steps = wizard(kind, &practice(), Language::Pl).steps;
    let fields = steps.into_iter().find(|known| known.id == step).unwrap().fields;
    fields.into_iter().map(|field| (field.path.clone(), field)).collect()
}

fn all_fields(kind: CampaignKind) -> BTreeMap<String, WizardField> {
    let mut all = fields(kind, WizardStepId::Basics);
    all.extend(fields(kind, WizardStepId::Advanced));
    all
}

/// A draft that can be saved.
fn whole(kind: CampaignKind) -> CampaignDraft {
    let mut draft = CampaignDraft::begin(kind, Language::Pl);
    draft.set("name", "Kampania");
    if kind == CampaignKind::Broadcast {
        draft.set("timing.at", "2026-12-01 10:00");
        draft.set("bodies.default", "(placowka): od jutra inny numer telefonu.");
    }
    draft
}

fn told(faults: &[CampaignFault]) -> Vec<(&str, Kind)> {
    faults.iter().map(|fault| (fault.field.as_str(), fault.kind.clone())).collect()
}

fn refused<T: std::fmt::Debug>(
    world: &World,
    act: impl FnOnce(&Desk<'_>, Timestamp) -> Result<T, EngineError>,
) -> EngineError {
    let clinic = world.clinic();
    act(&clinic.as_user(User::new("recepcja", Permission::CLINIC)), world.now).unwrap_err()
}

#[test]
fn every_kind_has_the_four_steps_in_both_languages() {
    for kind in CampaignKind::ALL {
        let mut told = Vec::new();
        for language in [Language::Pl, Language::En] {
            let wizard = wizard(kind, &practice(), language);
            let ids: Vec<WizardStepId> = wizard.steps.iter().map(|step| step.id).collect();
            assert_eq!(ids, WizardStepId::ALL);
            let fields = wizard.steps.iter().flat_map(|step| &step.fields);
            let labels: Vec<&str> = fields.map(|field| field.label.as_str()).collect();
            assert!(labels.iter().all(|label| !label.is_empty()));
            told.push(labels.join("|"));
        }
        assert_ne!(told[0], told[1], "{kind:?}");
    }
}

#[test]
fn the_fields_follow_the_kind() {
    let timing = |kind: CampaignKind| -> Vec<String> {
        all_fields(kind).into_keys().filter(|path| path.starts_with("timing.")).collect()
    };
    assert_eq!(timing(CampaignKind::Booking), ["timing.delay_min", "timing.max_age_min"]);
    assert_eq!(timing(CampaignKind::Reminder), ["timing.steps"]);
    assert_eq!(timing(CampaignKind::FollowUp), ["timing.after", "timing.max_age_h"]);
    assert_eq!(timing(CampaignKind::Rescheduled), ["timing.delay_min"]);
    assert_eq!(timing(CampaignKind::Cancelled), ["timing.delay_min"]);
    assert_eq!(timing(CampaignKind::Recall), ["timing.at", "timing.months_after", "timing.overdue_days"]);
    assert_eq!(timing(CampaignKind::Birthday), ["timing.at"]);
    assert_eq!(timing(CampaignKind::Broadcast), ["timing.at", "timing.audience.visits"]);
    for kind in CampaignKind::ALL {
        let has: BTreeSet<String> = all_fields(kind).into_keys().collect();
        let about_a_visit = !kind.is_about_patients();
        for path in ["bodies.first_visit", "expects_reply", "same_day", "shared_number"] {
            assert_eq!(has.contains(path), about_a_visit, "{kind:?} {path}");
        }
        for path in ["late", "manual", "min_lead_min"] {
            assert_eq!(has.contains(path), kind == CampaignKind::Reminder, "{kind:?} {path}");
        }
        for path in ["name", "bodies.default", "bodies.minor", "sender", "window", "purpose", "max_parts"] {
            assert!(has.contains(path), "{kind:?} {path}");
        }
    }
}

#[test]
fn invitations_wishes_and_broadcasts_are_marketing_by_default_and_the_rest_is_about_visits() {
    for kind in CampaignKind::ALL {
        let spec = whole(kind).finish(&practice(), &[]).unwrap();
        let expected = if kind.is_about_patients() { Purpose::Marketing } else { Purpose::Visits };
        assert_eq!(spec.purpose, expected, "{kind:?}");
        assert_eq!(spec.expects_reply(), kind == CampaignKind::Reminder, "{kind:?}");
    }
}

#[test]
fn a_new_draft_lacks_only_what_nobody_could_guess() {
    for kind in CampaignKind::ALL {
        for language in [Language::Pl, Language::En] {
            let draft = CampaignDraft::begin(kind, language);
            let faults = draft.finish(&practice(), &[]).unwrap_err();
            let mut expected = vec![("name", Kind::Missing {})];
            if kind == CampaignKind::Broadcast {
                expected.push(("timing.at", Kind::Missing {}));
                expected.push(("bodies.default", Kind::Missing {}));
            }
            assert_eq!(told(&faults), expected, "{kind:?}");
        }
        // the text to begin with costs one part as it stands
        let body = &whole(kind).finish(&practice(), &[]).unwrap().bodies.default;
        assert_eq!(depesza::campaign::preview(body, kind, &practice()).unwrap().typical.parts, 1, "{kind:?}");
    }
}

#[test]
fn each_step_validates_on_its_own_and_tells_every_fault_by_field() {
    let mut draft = CampaignDraft::begin(CampaignKind::Reminder, Language::Pl);
    draft.set("name", "x".repeat(101));
    draft.set("bodies.default", json!({"text": "(imei) (lekrz)"}));
    draft.set("bodies.minor", json!({"template": "nie ma"}));
    draft.set(
        "timing.steps",
        json!([{"days_before": 366, "at": "25:00"}, {"hours_before": "x"}, {"weeks": 1}]),
    );
    draft.set("sender", "OBCY");
    draft.set("max_parts", 11);
    draft.set("min_lead_min", "dwie godziny");
    draft.set("late", "kiedyś");
    draft.set("window", json!({"ranges": []}));
    draft.set("expects_reply", "tak");
    draft.set("filters.rooms", json!(["1", ""]));
    let at = |step| check_step(&draft, step, &practice(), &[]);

    assert_eq!(at(WizardStepId::Kind), []);
    let basics = at(WizardStepId::Basics);
    let malformed = |expected| Kind::Malformed { expected };
    let fields: Vec<&str> = basics.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "name",
            "timing.steps[0].days_before",
            "timing.steps[0].at",
            "timing.steps[1].hours_before",
            "timing.steps[2]",
            "bodies.default",
            "bodies.default",
            "bodies.minor",
            "sender",
        ]
    );
    assert_eq!(basics[0].kind, Kind::TooMany { limit: 100 });
    assert_eq!(basics[1].kind, Kind::OutOfRange { least: 0, most: 365 });
    assert_eq!(basics[2].kind, malformed(Expected::Time));
    assert_eq!(basics[3].kind, malformed(Expected::Number));
    assert_eq!(basics[4].kind, malformed(Expected::Form));
    assert_eq!(basics[7].kind, Kind::UnknownTemplate {});
    assert_eq!(basics[8].kind, Kind::UnknownSender {});

    let advanced = at(WizardStepId::Advanced);
    assert_eq!(told(&advanced)[..1], [("filters.rooms", malformed(Expected::List))],);
    let fields: Vec<&str> = advanced.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["filters.rooms", "window", "expects_reply", "min_lead_min", "late", "max_parts"]);

    // the summary tells them all, and nothing is saved
    assert_eq!(at(WizardStepId::Summary).len(), basics.len() + advanced.len());
    for fault in &basics {
        assert!(
            !fault.message(Language::Pl).is_empty()
                && fault.message(Language::Pl) != fault.message(Language::En)
        );
    }
}

#[test]
fn without_a_kind_every_step_asks_for_it() {
    for step in WizardStepId::ALL {
        let faults = check_step(&CampaignDraft::default(), step, &practice(), &[]);
        assert_eq!(told(&faults), [("kind", Kind::Missing {})]);
    }
}

#[test]
fn numbers_and_times_may_be_texts_as_a_screen_has_them() {
    let mut draft = whole(CampaignKind::Reminder);
    draft.set("timing.steps", json!([{"days_before": " 2 ", "at": "9:05"}, {"hours_before": "3"}]));
    draft.set("max_parts", "2");
    draft.set("bodies.default", "(imie), do zobaczenia");
    let spec = draft.finish(&practice(), &[]).unwrap();
    let steps = vec![step_days(2, "09:05"), ReminderStep::Hours { hours_before: 3 }];
    assert_eq!(spec.timing, Timing::Reminder { steps });
    assert_eq!((spec.max_parts, spec.bodies.default.as_str()), (Some(2), "(imie), do zobaczenia"));
}

#[test]
fn a_half_typed_draft_survives_and_so_does_what_belongs_to_another_kind() {
    let mut draft = CampaignDraft::begin(CampaignKind::Reminder, Language::Pl);
    draft.set("timing.steps", json!([{"days_before": "1x", "at": "1"}]));
    draft.set("name", " ");
    draft.kind = Some(CampaignKind::Birthday);
    let written = serde_json::to_string(&draft).unwrap();
    let read: CampaignDraft = serde_json::from_str(&written).unwrap();
    assert_eq!(read, draft);
    // the steps of the reminder wait, and do not disturb
    draft.set("name", "Urodziny");
    draft.set("timing.at", "10:00");
    draft.set("expects_reply", true);
    // the reminder's text speaks of a visit, and a wish cannot
    draft.set("bodies.default", json!({"text": "(imie:wolacz), wszystkiego dobrego!"}));
    let spec = draft.finish(&practice(), &[]).unwrap();
    assert_eq!((spec.timing.kind(), spec.expects_reply), (CampaignKind::Birthday, None));
    assert!(draft.values.contains_key("timing.steps"));
}

#[test]
fn the_limits_of_the_wizard_are_those_of_campaigns() {
    let mut seen = 0;
    for kind in CampaignKind::ALL {
        for (path, field) in all_fields(kind) {
            let FieldType::Integer { least, most, .. } = field.value else { continue };
            seen += 1;
            for (value, fits) in [(least, true), (most, true), (most + 1, false)] {
                let mut draft = whole(kind);
                draft.set(&path, value);
                assert_eq!(draft.finish(&practice(), &[]).is_ok(), fits, "{kind:?} {path} {value}");
                // past the wizard: straight into the campaign
                let mut spec = serde_json::to_value(whole(kind).finish(&practice(), &[]).unwrap()).unwrap();
                let (parent, name) = path.rsplit_once('.').map_or(("", path.as_str()), |(p, n)| (p, n));
                let pointer =
                    if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
                spec.pointer_mut(&pointer).unwrap()[name] = json!(value);
                let spec: CampaignSpec = serde_json::from_value(spec).unwrap();
                assert_eq!(check(&spec, &practice()).is_empty(), fits, "{kind:?} {path} {value}");
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn what_is_optional_and_empty_has_the_default_that_is_shown() {
    for kind in CampaignKind::ALL {
        let spec = whole(kind).finish(&practice(), &[]).unwrap();
        let written = serde_json::to_value(&spec).unwrap();
        for (path, field) in all_fields(kind) {
            let Some(default) = field.default.filter(|_| !field.required) else { continue };
            let pointer = format!("/{}", path.replace('.', "/"));
            let stands = written.pointer(&pointer).cloned().unwrap_or(json!([]));
            assert_eq!(stands, default, "{kind:?} {path}");
        }
    }
}

#[test]
fn a_campaign_is_edited_through_a_draft_of_it() {
    for kind in CampaignKind::ALL {
        let mut draft = whole(kind);
        for (path, field) in all_fields(kind) {
            // everything that can be filled is
            let value = match field.value {
                FieldType::Sender { .. } => json!("48500100200"),
                FieldType::Integer { least, .. } => json!(least),
                FieldType::List { .. } => json!(["1", "2"]),
                FieldType::Choice { options } => json!(options.last().unwrap().value),
                FieldType::YesNo {} => json!(true),
                FieldType::Window {} => json!(window(&["mon"], "09:00", "17:00")),
                FieldType::Days {} => json!({"from": "2026-01-01", "to": "2026-01-31"}),
                FieldType::Body { .. } => json!({"text": format!("Treść {path}")}),
                _ => continue,
            };
            draft.set(&path, value);
        }
        let spec = draft.finish(&practice(), &[]).unwrap();
        let again = CampaignDraft::of(&spec).finish(&practice(), &[]).unwrap();
        assert_eq!(again, spec, "{kind:?}");
    }
}

#[test]
fn what_means_the_same_after_an_event_is_edited_as_what_the_wizard_offers() {
    let mut spec = booking(0);
    spec.outside = Some(OutsidePolicy::BringForward);
    assert_eq!(spec.same_day, SameDay::First);
    let edited = CampaignDraft::of(&spec).finish(&practice(), &[]).unwrap();
    assert_eq!((edited.outside, edited.same_day), (Some(OutsidePolicy::Defer), SameDay::Each));
    // and what joins messages is not lost
    spec.same_day = SameDay::Joint;
    let edited = CampaignDraft::of(&spec).finish(&practice(), &[]).unwrap();
    assert_eq!(edited.same_day, SameDay::Joint);
}

#[test]
fn a_draft_is_kept_listed_and_discarded() {
    let mut world = World::new(NOW);
    let draft = CampaignDraft::begin(CampaignKind::Reminder, Language::Pl);
    world.desk(|desk, now| desk.keep_draft("a".into(), draft.clone(), now));
    world.now = at("2026-11-16 10:00");
    world.desk(|desk, now| desk.keep_draft("b".into(), CampaignDraft::default(), now));
    let ids = |world: &World| -> Vec<String> {
        world.clinic().drafts().unwrap().into_iter().map(|kept| kept.id.as_str().to_owned()).collect()
    };
    assert_eq!(ids(&world), ["b", "a"]);
    assert_eq!(world.clinic().drafts().unwrap()[1].draft, draft);
    assert_eq!(world.clinic().drafts().unwrap()[1].changed_by.as_str(), "recepcja");
    world.desk(|desk, now| desk.discard_draft(&"b".into(), now));
    assert_eq!(ids(&world), ["a"]);
    assert!(matches!(
        refused(&world, |desk, now| desk.discard_draft(&"b".into(), now)),
        EngineError::UnknownDraft(_)
    ));
    assert!(world.clinic().campaigns().unwrap().is_empty(), "a draft is no campaign");
}

#[test]
fn saving_a_draft_gives_a_campaign_that_is_ready_and_not_active() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-18 12:00");
    world.desk(|desk, now| desk.keep_draft("p".into(), whole(CampaignKind::Reminder), now));
    world.desk(|desk, now| desk.save_draft(&"p".into(), now));
    let campaign = world.clinic().campaigns().unwrap().pop().unwrap();
    assert_eq!((campaign.status, campaign.version), (CampaignStatus::Ready, 1));
    assert_eq!(campaign.spec.name, "Kampania");
    assert!(world.clinic().drafts().unwrap().is_empty());
    assert!(world.messages("w").is_empty());
    world.desk(|desk, now| desk.activate(&"p".into(), now));
    assert_eq!(world.fates("w"), [PLANNED]);
}

#[test]
fn a_faulty_draft_is_not_saved_and_stays() {
    let mut world = World::new(NOW);
    let draft = CampaignDraft::begin(CampaignKind::Reminder, Language::Pl);
    world.desk(|desk, now| desk.keep_draft("p".into(), draft, now));
    let error = refused(&world, |desk, now| desk.save_draft(&"p".into(), now));
    assert!(matches!(error, EngineError::Campaign(faults) if told(&faults) == [("name", Kind::Missing {})]));
    assert_eq!(world.clinic().drafts().unwrap().len(), 1);
    assert!(world.clinic().campaigns().unwrap().is_empty());
}

#[test]
fn saving_a_draft_of_a_campaign_that_is_there_edits_it() {
    let mut world = world();
    world.visit("w", "1", "2026-11-18 12:00");
    let spec = world.clinic().campaigns().unwrap().pop().unwrap().spec;
    let mut draft = CampaignDraft::of(&spec);
    draft.set("timing.steps", json!([{"days_before": 1, "at": "15:00"}]));
    world.desk(|desk, now| desk.keep_draft("p".into(), draft, now));
    world.desk(|desk, now| desk.save_draft(&"p".into(), now));
    let campaign = world.clinic().campaigns().unwrap().pop().unwrap();
    assert_eq!((campaign.status, campaign.version), (CampaignStatus::Active, 2));
    world.run_until("2026-11-18 00:00");
    assert_eq!(world.sent_at(), ["2026-11-17 15:00"]);
}

#[test]
fn bodies_come_from_templates_with_their_texts_of_that_moment() {
    let mut world = World::new(NOW);
    let visits = TemplateSubject::Visits;
    world.desk(|desk, now| desk.save_template("t".into(), "Zwykły", "(imie), pierwsza wersja", visits, now));
    world.desk(|desk, now| desk.save_template("m".into(), "Dzieci", "(imie) ma wizytę", visits, now));
    let mut draft = whole(CampaignKind::Reminder);
    draft.set("bodies.default", json!({"template": "t"}));
    draft.set("bodies.minor", json!({"template": "m"}));
    draft.set("bodies.first_visit", json!({"text": "Witamy"}));
    world.desk(|desk, now| desk.keep_draft("p".into(), draft, now));
    world.desk(|desk, now| desk.save_template("t".into(), "Zwykły", "(imie), druga wersja", visits, now));
    world.desk(|desk, now| desk.save_draft(&"p".into(), now));
    let bodies = world.clinic().campaigns().unwrap().pop().unwrap().spec.bodies;
    assert_eq!(bodies.default, "(imie), druga wersja");
    assert_eq!(bodies.minor.as_deref(), Some("(imie) ma wizytę"));
    assert_eq!(bodies.first_visit.as_deref(), Some("Witamy"));
}

#[test]
fn saving_a_draft_says_what_is_worth_a_second_thought() {
    let mut world = World::new(NOW);
    let mut draft = whole(CampaignKind::FollowUp);
    draft.set("bodies.default", json!({"text": "Prosimy o wypełnienie ankiety."}));
    world.desk(|desk, now| desk.keep_draft("p".into(), draft, now));
    let warnings = world.desk(|desk, now| desk.save_draft(&"p".into(), now));
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].field, "bodies.default");
}

#[test]
fn drafts_take_the_permission_of_campaigns() {
    let world = World::new(NOW);
    let clinic = world.clinic();
    let reader = clinic.as_user(User::new("czytelnik", [Permission::CommunicationCenter]));
    assert!(reader.drafts().unwrap().is_empty());
    let (id, now) = (CampaignId::new("p"), world.now);
    for error in [
        reader.keep_draft(id.clone(), CampaignDraft::default(), now).unwrap_err(),
        reader.discard_draft(&id, now).unwrap_err(),
        reader.save_draft(&id, now).unwrap_err(),
    ] {
        assert!(matches!(error, EngineError::NotPermitted(Permission::ManageCampaigns)), "{error}");
    }
}

#[test]
fn a_draft_has_a_longest_size() {
    let world = World::new(NOW);
    let mut draft = CampaignDraft::default();
    draft.set("name", "x".repeat(70_000));
    let error = refused(&world, |desk, now| desk.keep_draft("p".into(), draft, now));
    assert!(matches!(error, EngineError::DraftTooLong));
}

/// Anything that a screen might put into a field.
fn typed() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[0-9a-zł:. ()|-]{0,12}".prop_map(Value::from),
    ];
    let names =
        prop_oneof![Just("days_before"), Just("at"), Just("text"), Just("template"), Just("from"), Just("x")];
    leaf.prop_recursive(2, 12, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(ToOwned::to_owned), inner, 0..4)
                .prop_map(|object| json!(object)),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_typed_survives_and_gives_a_checked_campaign_or_faults(
        kind in prop::sample::select(CampaignKind::ALL.to_vec()),
        values in prop::collection::vec((any::<prop::sample::Index>(), typed()), 0..8),
    ) {
        let mut draft = whole(kind);
        let paths: Vec<String> = all_fields(kind).into_keys().collect();
        for (place, value) in values {
            let path: &String = place.get(&paths);
            draft.set(path, value);
        }
        let written = serde_json::to_string(&draft).unwrap();
        prop_assert_eq!(&serde_json::from_str::<CampaignDraft>(&written).unwrap(), &draft);
        let steps = [WizardStepId::Basics, WizardStepId::Advanced];
        let faults: Vec<CampaignFault> =
            steps.into_iter().flat_map(|step| check_step(&draft, step, &practice(), &[])).collect();
        match draft.finish(&practice(), &[]) {
            Ok(spec) => {
                prop_assert_eq!(faults, []);
                prop_assert_eq!(check(&spec, &practice()), []);
                prop_assert_eq!(spec.timing.kind(), kind);
            }
            Err(all) => prop_assert_eq!(all, faults),
        }
    }
}
