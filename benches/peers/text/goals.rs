//! What was promised, and whether this run has it.

use super::contender::Work;
use super::rows::Letters;
use super::section::Section;

enum Goal {
    /// At most so many times memcpy of the finished text, on the levels whose names begin so (all: the best).
    Memcpy(f64, &'static [&'static str]),
    /// At least so many times faster than the peer.
    Faster(f64, &'static str),
}

use Goal::{Faster, Memcpy};

const GOALS: &[(Work, &[Letters], Goal)] = &[
    (Work::Render, &Letters::ALL, Memcpy(4.5, &[])),
    (Work::Render, &Letters::ALL, Faster(20.0, "tinytemplate")),
    (Work::Render, &Letters::ALL, Faster(10.0, "tera")),
    (Work::Render, &Letters::ALL, Faster(1.0, "askama")),
    (Work::Transliterate, &[Letters::Polish], Memcpy(5.0, &[])),
    (Work::Transliterate, &[Letters::Plain], Memcpy(3.0, &[])),
    // of a plain text it makes a copy in less than 25 times memcpy's time
    (Work::Transliterate, &[Letters::Polish], Faster(25.0, "deunicode")),
    (Work::Transliterate, &Letters::ALL, Faster(6.0, "any_ascii")),
    (Work::Count, &[Letters::Plain], Memcpy(2.0, &["AVX2", "AVX-512"])),
    (Work::Count, &[Letters::Plain], Memcpy(3.0, &["SSE2"])),
    (Work::Count, &[Letters::Plain], Faster(100.0, "split-sms")),
    (Work::Count, &[Letters::Plain], Faster(1_000.0, "sms-segments-calculator")),
    (Work::Count, &[Letters::Plain], Faster(150.0, "smsutil")),
    (Work::Fused, &Letters::ALL, Memcpy(5.0, &["AVX-512"])),
    (Work::Fused, &Letters::ALL, Memcpy(9.0, &["SSE2"])),
    (Work::Fused, &Letters::ALL, Memcpy(20.0, &["safe"])),
    (Work::Fused, &Letters::ALL, Faster(40.0, "tinytemplate")),
    (Work::Fused, &Letters::ALL, Faster(12.0, "askama")),
];

/// Prints the goals of the works that were measured as a table.
pub fn print(sections: &[Section]) {
    println!("\n| work | messages | goal | measured | |");
    println!("| --- | --- | --- | --- | --- |");
    for (work, letters, goal) in GOALS {
        let measured =
            sections.iter().filter(|section| section.work == *work && letters.contains(&section.letters));
        for section in measured {
            let (words, value, is_met) = match goal {
                Memcpy(most, levels) => {
                    let ours = match levels {
                        [] => section.ours_ns(),
                        _ => section.ours_on(levels),
                    };
                    let on =
                        if levels.is_empty() { String::new() } else { format!(" ({})", levels.join(", ")) };
                    let value = ours / section.memcpy_ns;
                    (format!("at most {most} x memcpy{on}"), value, value <= *most)
                }
                Faster(least, peer) => {
                    let value = section.peer_ns(peer) / section.ours_ns();
                    (format!("at least {least} x faster than {peer}"), value, value >= *least)
                }
            };
            let word = match (value.is_nan(), is_met) {
                (true, _) => "not measured",
                (false, true) => "met",
                (false, false) => "MISSED",
            };
            let value = if value.is_nan() { "-".to_owned() } else { format!("{value:.1} x") };
            println!("| {} | {} | {words} | {value} | {word} |", work.name(), section.letters.name());
        }
    }
}
