//! `include/depesza.h` is what the sources declare.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

/// Set to write the header anew after a change of the sources.
const BLESS: &str = "DEPESZA_BLESS";

fn generated() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(here.join("cbindgen.toml")).expect("cbindgen.toml");
    let mut builder = cbindgen::Builder::new().with_config(config);
    // the order of the header is that of lib.rs
    let lib = std::fs::read_to_string(here.join("src/lib.rs")).unwrap();
    for line in lib.lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            builder = builder.with_src(here.join(format!("src/{module}.rs")));
        }
    }
    let mut text = Vec::new();
    builder.generate().expect("the sources can be read").write(&mut text);
    String::from_utf8(text).unwrap()
}

#[test]
fn the_committed_header_is_that_of_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/depesza.h");
    let text = generated();
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "include/depesza.h is not the sources': set {BLESS}=1 and look at the difference");
}

/// What links against the library must find everything that the header declares.
#[test]
fn everything_declared_is_exported_and_the_soname_is_the_abi() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let build = std::fs::read_to_string(here.join("build.rs")).unwrap();
    assert!(build.contains(&format!("libdepesza.so.{}\"", depesza_c::version::DEPESZA_ABI)));
    let text = generated();
    let mut declared = 0;
    for module in std::fs::read_dir(here.join("src")).unwrap() {
        let source = std::fs::read_to_string(module.unwrap().path()).unwrap();
        for line in source.lines().filter(|line| line.contains("extern \"C\" fn depesza_")) {
            let name = line.split("fn ").nth(1).unwrap().split('(').next().unwrap();
            assert!(text.contains(&format!("{name}(")), "{name} is not in the header");
            declared += 1;
        }
    }
    assert!(declared > 20, "{declared}");
}
