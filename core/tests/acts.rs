//! A replay bundle knows every act: each operation by which a user changes something is one of its own, under the same name.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use depesza::bundle::Act;
use std::collections::BTreeSet;
use std::path::Path;

/// The public functions of `impl Desk` in a source text: what users do. What they only look at stands in `impl Side`, for
/// hosts have it too.
fn operations_in(source: &str) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    let mut inside = false;
    for line in source.lines() {
        if line.starts_with("impl") {
            inside = line.contains(" Desk<");
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
fn every_act_is_the_operation_of_its_name() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bundle/act.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let perform = source.split_once("pub fn perform").unwrap().1;
    let mut arms = 0;
    for arm in perform.split("Self::").skip(1) {
        let variant = arm.split(' ').next().unwrap();
        let name = variant.chars().fold(String::new(), |mut name, c| {
            if c.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(c.to_lowercase());
            name
        });
        assert!(arm.contains(&format!("desk.{name}(")), "{variant} does something else");
        arms += 1;
    }
    assert_eq!(arms, acts().len());
}

#[test]
fn the_test_itself_finds_an_operation() {
    let source = "impl Desk<'_> {\n    pub fn one(&self) {}\n    pub(super) fn two(&self) {}\n    fn three() {}\n}\n\
        impl<W: Who> Side<'_, W> {\n    pub fn four(&self) {}\n}\npub fn five() {}\n";
    assert_eq!(operations_in(source), BTreeSet::from(["one".to_owned()]));
}
