//! What fuzzing begins with: the cases of `vectors` and the sample data, in the form that each target reads.
//!
//! They are made when they are needed, so that a new case of the vectors is a new seed; `corpus` holds only what fuzzing
//! found beyond them.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Longer inputs are slow to mutate and reach nothing more.
pub const SEED_BYTES: usize = 4096;

/// The seeds of a target; none of an unknown one.
///
/// # Panics
///
/// Where the vectors or the sample data cannot be read.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = match target {
        "text" => cases("text.json").iter().map(text).collect(),
        "template" | "rows" => cases("template.json").iter().map(template).collect(),
        "reply" => cases("reply.json").iter().map(reply).collect(),
        "phone" => cases("phone.json").iter().map(phone).collect(),
        "records" => records(),
        _ => Vec::new(),
    };
    seeds.retain(|seed| seed.len() <= SEED_BYTES);
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}

/// Writes the seeds of a target into the folder that `DEPESZA_SEEDS` names; without it nothing.
///
/// # Errors
///
/// What writing gives.
pub fn write(target: &str) -> std::io::Result<()> {
    let Some(folder) = std::env::var_os("DEPESZA_SEEDS").map(PathBuf::from) else { return Ok(()) };
    std::fs::create_dir_all(&folder)?;
    for (number, seed) in seeds(target).into_iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number:03}")), seed)?;
    }
    Ok(())
}

fn project(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases(file: &str) -> Vec<Value> {
    let mut vectors: Value = serde_json::from_slice(&project(&format!("vectors/{file}"))).expect("JSON");
    match vectors["cases"].take() {
        Value::Array(cases) => cases,
        _ => panic!("{file}: no list of cases"),
    }
}

fn text_of(text: &Value) -> String {
    match text {
        Value::Array(pieces) => pieces.iter().map(text_of).collect(),
        Value::Object(piece) => {
            let times = piece["times"].as_u64().and_then(|times| usize::try_from(times).ok());
            text_of(&piece["repeat"]).repeat(times.expect("how often"))
        }
        text => text.as_str().unwrap_or_default().to_owned(),
    }
}

fn text(case: &Value) -> Vec<u8> {
    let input = &case["input"];
    let bits = [&input["reference_bits"], &input["options"]["reference_bits"]];
    let choices = u8::from(bits.iter().any(|bits| **bits == 16));
    [&[choices, 0], text_of(&input["text"]).as_bytes()].concat()
}

fn template(case: &Value) -> Vec<u8> {
    let (input, values) = (&case["input"], &case["input"]["values"]);
    let subject = ["visits", "calls", "people"].iter().position(|subject| input["subject"] == *subject);
    let english = u8::from(input["language"] == "en") << 2;
    let choices = u8::try_from(subject.unwrap_or_default()).expect("one of three") | english | 3 << 4;
    let doctor = &values["visits"][0]["doctor"];
    let extra = values["extra"].as_object().and_then(|extra| extra.values().next()).unwrap_or(&Value::Null);
    let texts = [
        &input["body"],
        &values["first_name"],
        &values["first_name_vocative"],
        &values["last_name"],
        doctor,
        extra,
    ];
    let texts: Vec<String> = texts.into_iter().map(text_of).collect();
    let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    [&[choices], &*texts.join(&0xFF)].concat()
}

fn reply(case: &Value) -> Vec<u8> {
    let languages = &case["input"]["policy"]["languages"];
    let choices = u8::from(languages.as_array().is_some_and(|languages| !languages.is_empty()));
    [&[choices], text_of(&case["input"]["text"]).as_bytes()].concat()
}

fn phone(case: &Value) -> Vec<u8> {
    [&[0], text_of(&case["input"]["text"]).as_bytes()].concat()
}

/// A few rows of each file, and single rows of the two templates of FreeSWITCH's CSV.
fn records() -> Vec<Vec<u8>> {
    const SETS: [(u8, &str); 6] = [
        (1, "adapters/call-records/tests/data/asterisk/A/Master.csv"),
        (0, "adapters/call-records/tests/data/asterisk/B/Master.csv"),
        (0, "adapters/call-records/tests/data/asterisk/B2/Master.csv"),
        (2, "adapters/call-records/tests/data/asterisk/C/Master.csv"),
        (0, "adapters/call-records/tests/data/asterisk/F/Master.csv"),
        (3, "examples/data/pbx/freeswitch.jsonl"),
    ];
    const EXAMPLE: &str = r#""Anna","501234567","201","default","2026-11-22 01:19:53","2026-11-22 01:19:55","2026-11-22 01:20:25","32","30","NORMAL_CLEARING","9e0c","7f1d","","PCMU","PCMU""#;
    const ASTERISK: &str = r#""","501234567","201","default","""Anna"" <501234567>","sofia/a","sofia/b","bridge","user/201","2026-11-22 01:19:53","2026-11-22 01:19:55","2026-11-22 01:20:25","32","30","NORMAL_CLEARING","DOCUMENTATION","9e0c","""#;
    let mut seeds =
        vec![[&[4, 40], EXAMPLE.as_bytes(), b"\n"].concat(), [&[5, 40], ASTERISK.as_bytes(), b"\n"].concat()];
    for (format, path) in SETS {
        let file = project(path);
        let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
        let (several, at_most) = if format == 3 { (2, 20) } else { (6, 40) };
        for rows in lines.chunks(several).take(at_most) {
            seeds.push([&[format, 200], &*rows.concat()].concat());
        }
    }
    seeds
}
