//! The versions of the peers, as they are built: from the lock file.

const LOCK: &str = include_str!("../Cargo.lock");

/// `askama 0.16.1`. Where the lock file has several versions, the one that Cargo.toml asks for.
pub fn crate_name(name: &str) -> String {
    const WANTED: &str = include_str!("../Cargo.toml");
    let asked = WANTED.lines().find(|line| line.split([' ', '=']).next() == Some(name));
    let versions = LOCK.split("[[package]]").filter_map(|package| {
        let field = |key: &str| package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        (field("name")?.trim_matches('"') == name)
            .then(|| field("version").map(|text| text.trim_matches('"')))?
    });
    let version = versions.into_iter().find(|version| asked.is_none_or(|line| line.contains(*version)));
    format!("{name} {}", version.unwrap_or("?"))
}
