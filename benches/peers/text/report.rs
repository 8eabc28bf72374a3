//! The table, and the same for programs.

use super::ours;
use super::rows::ROWS;
use super::section::{Section, Subject};
use serde_json::json;
use std::fs::File;
use std::io::{self, Write};
use std::process::Command;

/// Where the figures come from.
pub struct Machine {
    pub processor: String,
    pub system: String,
    pub compiler: String,
}

impl Machine {
    pub fn this() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processor = read("/proc/cpuinfo")
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1).map(str::to_owned));
        let release = read("/proc/sys/kernel/osrelease");
        let version = release.split('.').take(2).collect::<Vec<_>>().join(".");
        let compiler = Command::new("rustc").arg("--version").output();
        let compiler = compiler.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        Self {
            processor: processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            system: format!("{} {version}", std::env::consts::OS),
            compiler: compiler.unwrap_or_default().split(' ').take(2).collect::<Vec<_>>().join(" "),
        }
    }
}

/// One table of all sections, the fastest of each first, with depesza on the best level of the processor.
pub fn print(sections: &[Section]) {
    let best = ours::levels().into_iter().next().map(|level| level.name);
    println!(
        "| work | messages | by | level | ns a message | GB/s of finished text | x memcpy | x depesza |"
    );
    println!("| --- | --- | --- | --- | ---: | ---: | ---: | ---: |");
    for section in sections {
        let is_shown = |subject: &&Subject| subject.contender.level().is_none_or(|level| Some(level) == best);
        let mut subjects: Vec<&Subject> = section.subjects.iter().filter(is_shown).collect();
        subjects.sort_by(|a, b| section.ns(a).total_cmp(&section.ns(b)));
        for subject in subjects {
            let ns = section.ns(subject);
            let (level, name) = (subject.contender.level(), subject.contender.name());
            let name = if level.is_some() { format!("**{name}**") } else { name.to_owned() };
            println!(
                "| {} | {} | {name} | {} | {} | {} | {} | {} |",
                section.work.name(),
                section.letters.name(),
                level.unwrap_or_default(),
                figure(ns),
                figure(section.bytes / ns),
                figure(ns / section.memcpy_ns),
                figure(ns / section.ours_ns()),
            );
        }
    }
}

/// What each of depesza's takes on each level.
pub fn print_levels(sections: &[Section]) {
    let levels: Vec<&str> = ours::levels().into_iter().map(|level| level.name).collect();
    println!("\n| ns a message (x memcpy) | messages | {} |", levels.join(" | "));
    println!("| --- | --- |{}", " ---: |".repeat(levels.len()));
    for section in sections {
        for first in levels.first().into_iter().flat_map(|level| section.ours(level)) {
            let name = first.contender.name();
            let cells: Vec<String> = levels
                .iter()
                .map(|level| {
                    let same = section.ours(level).find(|subject| subject.contender.name() == name);
                    let ns = same.map_or(f64::NAN, Subject::median_ns);
                    format!("{} ({})", figure(ns), figure(ns / section.memcpy_ns))
                })
                .collect();
            println!(
                "| {}: {name} | {} | {} |",
                section.work.name(),
                section.letters.name(),
                cells.join(" | ")
            );
        }
    }
}

/// Three digits, or all that stand before the point.
fn figure(value: f64) -> String {
    match value {
        value if value.is_nan() => "-".to_owned(),
        value if value >= 100.0 => {
            let digits = format!("{value:.0}");
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 0.1 => format!("{value:.2}"),
        value => format!("{value:.4}"),
    }
}

/// One object a line: the machine, then each contender of each section.
pub fn write_json(file: &mut File, machine: &Machine, sections: &[Section]) -> io::Result<()> {
    let machine = json!({
        "processor": machine.processor, "system": machine.system, "compiler": machine.compiler, "messages": ROWS,
    });
    writeln!(file, "{machine}")?;
    for section in sections {
        for subject in &section.subjects {
            let ns = section.ns(subject);
            let line = json!({
                "work": section.work.name(),
                "letters": section.letters.name(),
                "by": subject.contender.name(),
                "level": subject.contender.level(),
                "bytes": section.bytes,
                "ns": ns,
                "gb_s": section.bytes / ns,
                "memcpy": ns / section.memcpy_ns,
                "depesza": ns / section.ours_ns(),
                "rounds_ns": subject.times_ns,
            });
            writeln!(file, "{line}")?;
        }
    }
    Ok(())
}
