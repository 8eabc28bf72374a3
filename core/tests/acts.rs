//! A replay bundle knows every act, and the door every operation: each is one of its own, under the same name.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use depesza::bundle::Act;
use depesza::door::Caller;
use std::collections::BTreeSet;
use std::path::Path;

/// The public functions of `impl Desk` in a source text: what users do. What they only look at stands in `impl Side`, for
/// hosts have it too.
fn operations_in(source: &str) -> BTreeSet<String> {
    public_in(source, &["impl Desk<"])
}

/// The public functions of the blocks that begin so.
fn public_in(source: &str, blocks: &[&str]) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    let mut inside = false;
    for line in source.lines() {
        if line.starts_with("impl") {
            inside = blocks.iter().any(|block| line.starts_with(block));
        } else if line.starts_with('}') {
            inside = false;
        }
        if let Some(function) = line.trim_start().strip_prefix("pub fn ").filter(|_| inside) {
            operations.insert(function.split(['(', '<']).next().unwrap().to_owned());
        }
    }
    operations
}

fn operations() -> BTreeSet<String> {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let files = std::fs::read_dir(engine).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.map(|path| {
        assert!(path.is_file(), "{} is looked into as well", path.display());
        std::fs::read_to_string(path).unwrap()
    });
    sources.flat_map(|source| operations_in(&source)).collect()
}

/// The wire names of all acts, as the reader of one names them where it is given none of them.
fn acts() -> BTreeSet<String> {
    let error = serde_json::from_str::<Act>(r#"{"act": "none of them"}"#).unwrap_err().to_string();
    let (_, known) = error.split_once("expected one of").unwrap();
    known.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

#[test]
fn every_operation_that_changes_something_is_an_act_of_its_name() {
    assert_eq!(acts(), operations());
}

#[test]
fn every_method_is_the_operation_of_its_name() {
    let door = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/door");
    let mut tables = 0;
    for method in depesza::door::methods() {
        let name = method.name;
        let (file, begins, calls) = match method.caller {
            Caller::User => ("acts.rs", format!(" {name} {{"), format!("desk.{name}(")),
            Caller::Anyone => ("questions.rs", format!("    {name} {{"), format!("side.{name}(")),
            Caller::Engine => ("engine.rs", format!("    {name} {{"), format!("engine.{name}(")),
            Caller::Host => ("host.rs", format!("    {name} {{"), format!("clinic.{name}(")),
        };
        let source = std::fs::read_to_string(door.join(file)).unwrap();
        let Some((_, line)) = source.split_once(&begins) else {
            let screens = std::fs::read_to_string(door.join("screens.rs")).unwrap();
            assert!(screens.contains(&begins), "{name} stands in no table");
            continue;
        };
        let line = line.split("///").next().unwrap();
        assert!(line.contains(&calls), "{name} does something else");
        tables += 1;
    }
    assert_eq!(tables, everything().len());
}

/// Every public operation of the engine, of a practice's host, of its users and of both.
fn everything() -> BTreeSet<String> {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let sources =
        std::fs::read_dir(engine).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()));
    let sides = ["impl Engine {", "impl Clinic<", "impl Desk<", "impl<W: Who> Side<"];
    let mut found: BTreeSet<String> =
        sources.flat_map(|source| public_in(&source.unwrap(), &sides)).collect();
    // these make the three sides: they do nothing yet
    for maker in ["new", "as_user", "id"] {
        assert!(found.remove(maker), "{maker}");
    }
    found
}

#[test]
fn the_door_has_every_operation_and_no_other() {
    let screens = BTreeSet::from([
        "wizard",
        "check_step",
        "finish_draft",
        "draft_of",
        "check_campaign",
        "summarise",
        "preview_body",
        "preview_rule_body",
        "check_rule",
    ]);
    let methods: BTreeSet<String> = depesza::door::methods().map(|method| method.name.to_owned()).collect();
    let named = methods.iter().filter(|name| !screens.contains(name.as_str())).cloned();
    assert_eq!(named.collect::<BTreeSet<_>>(), everything());
    assert_eq!(methods.len(), depesza::door::methods().count(), "a name stands for two");
}

#[test]
fn the_test_itself_finds_an_operation() {
    let source = "impl Desk<'_> {\n    pub fn one(&self) {}\n    pub(super) fn two(&self) {}\n    fn three() {}\n}\n\
        impl<W: Who> Side<'_, W> {\n    pub fn four(&self) {}\n}\npub fn five() {}\n";
    assert_eq!(operations_in(source), BTreeSet::from(["one".to_owned()]));
}
