//! Every operation of a user is refused without its permission, and done with it; and what changes something is written
//! down.
//!
//! The table below is the list of operations. The source is read for every public function on a user's side of the
//! engine, so that a new one without a line here fails this test.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![allow(clippy::disallowed_methods, reason = "the engine's source is read")]

mod world;

use Permission::{CommunicationCenter, ManageCampaigns, ManageRules, ManageSettings};
use depesza::engine::{Desk, DoubtSettled, EngineError, RuleSwitch};
use depesza::model::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use world::*;

/// What an operation writes into the audit trail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trail {
    /// Nothing: it changes nothing worth a line.
    Silent,
    /// One line, also when it is done again.
    Always(Action),
    /// One line when it changes something; none when done again changes nothing, or is refused.
    Once(Action),
}
use Trail::{Always, Once, Silent};

type Act = fn(&Desk<'_>, Timestamp) -> Result<(), EngineError>;

struct Line {
    name: &'static str,
    permission: Permission,
    trail: Trail,
    /// Makes the world in which it can be done.
    before: fn(&mut World),
    act: Act,
}

fn line(name: &'static str, permission: Permission, trail: Trail, before: fn(&mut World), act: Act) -> Line {
    Line { name, permission, trail, before, act }
}

fn nothing(_: &mut World) {}

/// A campaign `c` that is ready.
fn ready(world: &mut World) {
    world.desk(|desk, now| desk.create_campaign("c".into(), day_before("12:00"), now));
}

fn active(world: &mut World) {
    world.start("c", day_before("12:00"));
}

fn paused(world: &mut World) {
    active(world);
    world.pause("c");
}

fn ended(world: &mut World) {
    active(world);
    world.end("c");
}

/// Rules `r` and `s`.
fn rules(world: &mut World) {
    for id in ["r", "s"] {
        world.desk(|desk, now| desk.save_rule(id.into(), rule(), now));
    }
}

fn rule() -> CallRuleSpec {
    let document =
        serde_json::json!({"name": "r", "body": "Oddzwonimy.", "when": {"statuses": ["no_answer"]}});
    serde_json::from_value(document).unwrap()
}

/// A message 1 in doubt.
fn doubtful(world: &mut World) {
    world.visit("w1", "1", "2026-11-20 12:30");
    world.now = at("2026-11-19 10:00");
    world.clinic().restored(at("2026-11-19 09:00"), world.now).unwrap();
}

/// A draft `d` that is complete.
fn draft(world: &mut World) {
    let draft = CampaignDraft::of(&day_before("12:00"));
    world.desk(|desk, now| desk.keep_draft("d".into(), draft, now));
}

fn template(world: &mut World) {
    world.desk(|desk, now| {
        desk.save_template("t".into(), "Zaproszenie", "Zapraszamy.", TemplateSubject::Visits, now)
    });
}

/// A link marker that the practice's own settings have, so that opening it again keeps it.
fn link(world: &mut World) {
    world.set(|settings| {
        settings.links.push(LinkMarker { name: "ankieta".into(), url: "www.estomed.pl".into() });
    });
}

/// A day on which the breaker has opened.
fn tripped(world: &mut World) {
    world.set(|settings| settings.breaker = Some(Breaker { factor: 2, floor: 1 }));
    active(world);
    for (visit, patient, phone) in [("w1", "1", "501000111"), ("w2", "2", "501000222")] {
        world.patient(patient, phone);
        world.visit(visit, patient, "2026-11-17 12:30");
    }
    world.run_until("2026-11-16 12:30");
}

/// A message 1 that patient 1 wrote.
fn received(world: &mut World) {
    world.reply("501000111", "Czy mogę przyjść wcześniej?");
}

fn chat_message() -> NewMessage {
    NewMessage {
        to: Recipient::Patient("1".into()),
        text: "Zapraszamy.".into(),
        at: None,
        hours: QuietHours::Override,
        key: None,
    }
}

/// A message 1 that somebody wrote for tomorrow.
fn written(world: &mut World) {
    world.desk(|desk, now| {
        let later = NewMessage { at: Some(now.plus_ms(DAY_MS)), ..chat_message() };
        desk.send_message(&later, now)
    });
}

fn visit(world: &mut World) {
    world.visit("w1", "1", "2026-11-20 12:30");
}

fn changed_settings(desk: &Desk<'_>) -> Settings {
    Settings { attempts: 5, ..desk.settings().unwrap_or_default() }
}

fn a_call() -> Call {
    let document = serde_json::json!({
        "system": "pbx", "id": "1", "direction": "incoming", "caller": "501234567", "called": "221234501",
        "started_at": "2026-11-16T09:00:00Z", "ended_at": "2026-11-16T09:01:00Z", "ring_s": 9, "talk_s": 0,
        "status": "no_answer", "raw_status": "NO ANSWER"
    });
    serde_json::from_value(document).unwrap()
}

/// Every operation: its name, its permission, what it writes down, what has to be there, how it is called.
fn table() -> Vec<Line> {
    vec![
        // campaigns
        line("create_campaign", ManageCampaigns, Once(Action::CampaignCreated), nothing, |desk, now| {
            desk.create_campaign("c".into(), day_before("12:00"), now)
        }),
        line("edit_campaign", ManageCampaigns, Once(Action::CampaignEdited), ready, |desk, now| {
            desk.edit_campaign(&"c".into(), day_before("13:00"), now)
        }),
        line("activate", ManageCampaigns, Once(Action::CampaignActivated), ready, |desk, now| {
            desk.activate(&"c".into(), now)
        }),
        line("pause", ManageCampaigns, Once(Action::CampaignPaused), active, |desk, now| {
            desk.pause(&"c".into(), now)
        }),
        line("resume", ManageCampaigns, Once(Action::CampaignResumed), paused, |desk, now| {
            desk.resume(&"c".into(), now)
        }),
        line("end", ManageCampaigns, Once(Action::CampaignEnded), active, |desk, now| {
            desk.end(&"c".into(), now)
        }),
        line("archive", ManageCampaigns, Once(Action::CampaignArchived), ended, |desk, now| {
            desk.archive(&"c".into(), now)
        }),
        line("campaigns", CommunicationCenter, Silent, nothing, |desk, _| desk.campaigns().map(drop)),
        line("campaign_list", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.campaign_list(&CampaignFilter::default()).map(drop)
        }),
        line("campaign", CommunicationCenter, Silent, ready, |desk, _| desk.campaign(&"c".into()).map(drop)),
        line("campaigns_of_patient", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.campaigns_of_patient(&"1".into()).map(drop)
        }),
        line("statistics", CommunicationCenter, Silent, nothing, |desk, now| {
            let day = now.utc().date_naive();
            let filter = StatisticsFilter { from: day, to: day, campaign: None, kind: None };
            desk.statistics(&filter).map(drop)
        }),
        line("figures", CommunicationCenter, Silent, nothing, |desk, _| desk.figures(&"p".into()).map(drop)),
        line("dry_run", CommunicationCenter, Silent, ready, |desk, now| {
            let day = now.utc().date_naive();
            desk.dry_run(&DryRunRequest { from: day, to: day, campaigns: None }, now).map(drop)
        }),
        line("dry_run_of", CommunicationCenter, Silent, nothing, |desk, now| {
            let day = now.utc().date_naive();
            desk.dry_run_of(&day_before("12:00"), day, day, now).map(drop)
        }),
        line("breaker", CommunicationCenter, Silent, nothing, |desk, now| desk.breaker(now).map(drop)),
        line("release_breaker", ManageCampaigns, Once(Action::BreakerReleased), tripped, |desk, now| {
            desk.release_breaker(now)
        }),
        // the wizard's drafts, templates, links
        line("drafts", CommunicationCenter, Silent, nothing, |desk, _| desk.drafts().map(drop)),
        line("keep_draft", ManageCampaigns, Once(Action::DraftKept), nothing, |desk, now| {
            desk.keep_draft("d".into(), CampaignDraft::default(), now)
        }),
        line("discard_draft", ManageCampaigns, Once(Action::DraftDiscarded), draft, |desk, now| {
            desk.discard_draft(&"d".into(), now)
        }),
        line("save_draft", ManageCampaigns, Once(Action::CampaignCreated), draft, |desk, now| {
            desk.save_draft(&"d".into(), now).map(drop)
        }),
        line("templates", CommunicationCenter, Silent, nothing, |desk, _| desk.templates().map(drop)),
        line("save_template", ManageCampaigns, Once(Action::TemplateSaved), nothing, |desk, now| {
            desk.save_template("t".into(), "Zaproszenie", "Zapraszamy.", TemplateSubject::Visits, now)
        }),
        line("delete_template", ManageCampaigns, Once(Action::TemplateDeleted), template, |desk, now| {
            desk.delete_template(&"t".into(), now)
        }),
        line("links", CommunicationCenter, Silent, nothing, |desk, _| desk.links().map(drop)),
        line("link_users", CommunicationCenter, Silent, link, |desk, _| desk.link_users("ankieta").map(drop)),
        line("save_link", ManageSettings, Once(Action::LinkSaved), nothing, |desk, now| {
            desk.save_link("ankieta", "www.estomed.pl", now)
        }),
        line("delete_link", ManageSettings, Once(Action::LinkDeleted), link, |desk, now| {
            desk.delete_link("ankieta", now)
        }),
        // messages
        line("explain_visit", CommunicationCenter, Silent, visit, |desk, now| {
            desk.explain_visit(&"w1".into(), now).map(drop)
        }),
        line("remind", CommunicationCenter, Once(Action::VisitReminded), visit, |desk, now| {
            desk.remind(&"w1".into(), now).map(drop)
        }),
        line("settle_doubt", CommunicationCenter, Once(Action::DoubtSettled), doubtful, |desk, now| {
            desk.settle_doubt(MessageId(1), DoubtSettled::Arrived, now)
        }),
        line("visit", CommunicationCenter, Silent, nothing, |desk, _| desk.visit(&"w1".into()).map(drop)),
        line("message", CommunicationCenter, Silent, nothing, |desk, _| desk.message(MessageId(1)).map(drop)),
        line("messages", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.messages(&MessageFilter::default(), None, 9).map(drop)
        }),
        line("chat", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.chat(&"1".into(), ChatShows::Everything, None, 9).map(drop)
        }),
        line("unread", CommunicationCenter, Silent, nothing, |desk, _| desk.unread(&"1".into()).map(drop)),
        line("unread_total", CommunicationCenter, Silent, nothing, |desk, _| desk.unread_total().map(drop)),
        line("find_patients", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.find_patients("kow", 9).map(drop)
        }),
        line("mark_read", CommunicationCenter, Silent, received, |desk, now| {
            desk.mark_read(MessageId(1), now)
        }),
        line("mark_unread", CommunicationCenter, Silent, received, |desk, now| {
            desk.mark_unread(MessageId(1), now)
        }),
        line("assign_message", CommunicationCenter, Once(Action::MessageAssigned), received, |desk, now| {
            desk.assign_message(MessageId(1), &"1".into(), now).map(drop)
        }),
        line("chat_preview", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.chat_preview(&"Zapraszamy.".into(), None).map(drop)
        }),
        line("send_message", CommunicationCenter, Always(Action::MessageWritten), nothing, |desk, now| {
            desk.send_message(&chat_message(), now).map(drop)
        }),
        line("edit_message", CommunicationCenter, Once(Action::MessageEdited), written, |desk, now| {
            let edit = MessageEdit { text: Some("Prosimy o telefon.".into()), ..MessageEdit::default() };
            desk.edit_message(MessageId(1), &edit, now)
        }),
        line("cancel_message", CommunicationCenter, Once(Action::MessageCancelled), written, |desk, now| {
            desk.cancel_message(MessageId(1), now)
        }),
        line("inbox", CommunicationCenter, Silent, nothing, |desk, _| desk.inbox(None, 9).map(drop)),
        line("settle", CommunicationCenter, Once(Action::InboxSettled), received, |desk, now| {
            desk.settle(&InboxRef::Message(MessageId(1)), now)
        }),
        line("messages_of_visit", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.messages_of_visit(&"w1".into()).map(drop)
        }),
        line("messages_of_patient", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.messages_of_patient(&"1".into(), 9).map(drop)
        }),
        // calls and their rules
        line("save_rule", ManageRules, Once(Action::RuleSaved), nothing, |desk, now| {
            desk.save_rule("r".into(), rule(), now)
        }),
        line("switch_rule", ManageRules, Once(Action::RuleSwitched), rules, |desk, now| {
            desk.switch_rule(&"r".into(), RuleSwitch::Off, now)
        }),
        line("delete_rule", ManageRules, Once(Action::RuleDeleted), rules, |desk, now| {
            desk.delete_rule(&"r".into(), now)
        }),
        line("order_rules", ManageRules, Once(Action::RulesOrdered), rules, |desk, now| {
            desk.order_rules(&["s".into(), "r".into()], now)
        }),
        line("rules", CommunicationCenter, Silent, nothing, |desk, _| desk.rules().map(drop)),
        line("call", CommunicationCenter, Silent, nothing, |desk, _| desk.call("pbx", &"1".into()).map(drop)),
        line("calls", CommunicationCenter, Silent, nothing, |desk, _| desk.calls(None, 9).map(drop)),
        line("messages_of_call", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.messages_of_call("pbx", &"1".into()).map(drop)
        }),
        line("explain_call", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.explain_call(&a_call()).map(drop)
        }),
        line("replay_calls", CommunicationCenter, Silent, nothing, |desk, _| {
            desk.replay_calls(&[], &[a_call()]).map(drop)
        }),
        // settings, accounts, personal data
        line("settings", CommunicationCenter, Silent, nothing, |desk, _| desk.settings().map(drop)),
        line("accounts", CommunicationCenter, Silent, nothing, |desk, _| desk.accounts().map(drop)),
        line("notices", CommunicationCenter, Silent, nothing, |desk, now| desk.notices(now).map(drop)),
        line("change_settings", ManageSettings, Once(Action::SettingsChanged), nothing, |desk, now| {
            desk.change_settings(&changed_settings(desk), now)
        }),
        line("audit", ManageSettings, Silent, nothing, |desk, _| {
            desk.audit(&AuditFilter::default(), None, 9).map(drop)
        }),
        line("export_patient", ManageSettings, Always(Action::PatientExported), visit, |desk, now| {
            desk.export_patient(&"1".into(), now).map(drop)
        }),
        line("erase_patient", ManageSettings, Once(Action::PatientErased), visit, |desk, now| {
            desk.erase_patient(&"1".into(), now).map(drop)
        }),
    ]
}

/// Public functions that are no operation: they touch nothing stored.
const NO_OPERATIONS: [&str; 1] = ["id"];

/// Every file of the engine.
fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The public functions of a user's side in a source text: of `impl Desk<…>` and of `impl<W: Who> Side<…, W>`, however the
/// lifetimes are written.
fn operations_in(source: &str) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    let mut inside = false;
    for line in source.lines() {
        if line.starts_with("impl") {
            inside = line.contains(" Desk<")
                || line.contains(" Side<") && !line.contains("Host")
                || line.contains("for Desk<");
        } else if line.starts_with('}') {
            inside = false;
        }
        let function = line.trim_start().strip_prefix("pub ").and_then(|rest| {
            let rest = rest.strip_prefix("const ").unwrap_or(rest);
            rest.strip_prefix("fn ")
        });
        if let Some(function) = function.filter(|_| inside) {
            operations.insert(function.split(['(', '<']).next().unwrap().to_owned());
        }
    }
    operations
}

#[test]
fn every_public_operation_of_a_user_stands_in_the_table() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine"), &mut files);
    let mut operations = BTreeSet::new();
    for file in &files {
        operations.extend(operations_in(&std::fs::read_to_string(file).unwrap()));
    }
    let mut listed: BTreeSet<String> = table().iter().map(|line| line.name.to_owned()).collect();
    assert_eq!(listed.len(), table().len(), "each stands there once");
    listed.extend(NO_OPERATIONS.map(ToOwned::to_owned));
    let missing: Vec<_> = operations.difference(&listed).collect();
    assert!(missing.is_empty(), "without a line in the table: {missing:?}");
    let gone: Vec<_> = listed.difference(&operations).collect();
    assert!(gone.is_empty(), "in the table, and no operation: {gone:?}");
}

#[test]
fn the_test_itself_finds_an_operation() {
    let source = "impl Desk<'_> {\n    pub fn one(&self) {}\n    pub(super) fn two(&self) {}\n    fn three() {}\n}\n\
        impl<W: Who> Side<'_, W> {\n    pub fn four<T>(\n        &self,\n    ) {}\n}\n\
        impl Clinic<'_> {\n    pub fn five(&self) {}\n}\npub fn six() {}\n";
    assert_eq!(operations_in(source), BTreeSet::from(["one".to_owned(), "four".to_owned()]));
}

/// Does it as a user with these permissions, in a world made for it, whose practice asks for these apart.
fn done(line: &Line, has: &[Permission], apart: &[Permission]) -> (World, Result<(), EngineError>) {
    let mut world = world();
    (line.before)(&mut world);
    world.practice.separate_permissions = apart.iter().copied().collect();
    world.engine.open_practice(&world.practice, world.now).unwrap();
    let clinic = world.engine.practice(CLINIC.into());
    let result = (line.act)(&clinic.as_user(User::new("anna", has.iter().copied())), world.now);
    (world, result)
}

fn all_but(permission: Permission) -> Vec<Permission> {
    Permission::ALL.into_iter().filter(|other| *other != permission).collect()
}

fn refused(result: &Result<(), EngineError>, permission: Permission) -> bool {
    matches!(result, Err(EngineError::NotPermitted(lacking)) if *lacking == permission)
}

/// The permission that stands for another while the practice does not ask for it apart.
fn ordinary(permission: Permission) -> Permission {
    if matches!(permission, ManageRules | ManageSettings) { ManageCampaigns } else { permission }
}

#[test]
fn every_operation_is_refused_without_its_permission_and_done_with_it_alone() {
    for line in table() {
        let permission = ordinary(line.permission);
        let (world, result) = done(&line, &all_but(permission), &[]);
        assert!(refused(&result, permission), "{} with all but {permission:?}: {result:?}", line.name);
        let trail = world.clinic().audit(&anna(), None, 9).unwrap().entries;
        assert_eq!(trail, [], "{}: what is refused is not written down", line.name);
        let (_, result) = done(&line, &[permission, CommunicationCenter], &[]);
        assert!(result.is_ok(), "{} with {permission:?}: {result:?}", line.name);
    }
}

#[test]
fn separate_permissions_are_asked_for_where_the_practice_wants_them() {
    for line in table() {
        let apart = [ManageRules, ManageSettings];
        let (_, result) = done(&line, &all_but(line.permission), &apart);
        assert!(
            refused(&result, line.permission),
            "{} with all but {:?}: {result:?}",
            line.name,
            line.permission
        );
        let (_, result) = done(&line, &[line.permission, CommunicationCenter], &apart);
        assert!(result.is_ok(), "{} with {:?}: {result:?}", line.name, line.permission);
    }
    // one of the two alone
    for (apart, other) in [(ManageRules, ManageSettings), (ManageSettings, ManageRules)] {
        for line in table().iter().filter(|line| line.permission == other) {
            let (_, result) = done(line, &Permission::CLINIC, &[apart]);
            assert!(result.is_ok(), "{} where only {apart:?} is apart: {result:?}", line.name);
        }
    }
}

fn anna() -> AuditFilter {
    AuditFilter { by: Some("anna".into()), ..AuditFilter::default() }
}

#[test]
fn every_act_writes_one_line_with_its_action_and_nothing_when_nothing_changes() {
    for line in table() {
        let (mut world, result) = done(&line, &Permission::CLINIC, &[]);
        result.unwrap();
        let trail = |world: &World| -> Vec<Action> {
            let page = world.clinic().audit(&anna(), None, 9).unwrap();
            page.entries.iter().map(|entry| entry.action).collect()
        };
        let first = match line.trail {
            Silent => vec![],
            Always(action) | Once(action) => vec![action],
        };
        assert_eq!(trail(&world), first, "{}", line.name);
        world.now = world.now.plus_ms(1);
        let clinic = world.engine.practice(CLINIC.into());
        let _ = (line.act)(&clinic.as_user(User::new("anna", Permission::CLINIC)), world.now);
        let again = match line.trail {
            Always(action) => vec![action; 2],
            Silent | Once(_) => first,
        };
        assert_eq!(trail(&world), again, "{} again", line.name);
    }
}
