//! Campaigns as TOML and facts as JSON lines: what is read, and what each fault says.

use depesza::model::{Fact, Timing};
use depesza_examples::read::{Faults, campaigns, facts};

const GOOD: &str = r#"[practice]
id = "lipowa"
name = "Przychodnia"
secret = "0123456789abcdef"

[settings]
attempts = 2

[[campaigns]]
id = "a"
name = "Przypomnienie"
timing = { kind = "reminder", steps = [{ days_before = 1, at = "10:00" }, { hours_before = 3 }] }
bodies = { default = "x" }
"#;

fn plan(text: &str) -> Result<campaigns::Plan, String> {
    campaigns::parse("c.toml", text).map_err(|faults| faults.to_string())
}

#[test]
fn a_whole_plan() {
    let plan = plan(GOOD).unwrap();
    assert_eq!((plan.practice.id.as_str(), plan.practice.settings.attempts), ("lipowa", 2));
    let [campaign] = plan.campaigns.as_slice() else { panic!("one campaign") };
    assert_eq!((campaign.line, campaign.id.as_str()), (9, "a"));
    assert!(matches!(&campaign.spec.timing, Timing::Reminder { steps } if steps.len() == 2));
}

#[test]
fn each_fault_of_a_plan_has_its_line_and_column() {
    for (from, to, expected) in [
        (
            "attempts = 2",
            "atempts = 2",
            "c.toml:7:1: settings.atempts: unknown field `atempts`, expected one of",
        ),
        ("attempts = 2", "attempts = \"two\"", "c.toml:7:12: settings.attempts: invalid type"),
        ("attempts = 2", "attempts = ", "c.toml:7:1"),
        ("name = \"Przychodnia\"\n", "", "c.toml:1:1: practice: missing field `name`"),
        (
            "\"10:00\"",
            "\"25:00\"",
            "c.toml:12:10: campaigns[0].timing: expected a step such as { days_before = 1, at = \"10:00\" }",
        ),
        ("\"reminder\"", "\"remainder\"", "c.toml:12:"),
        ("id = \"a\"\n", "", "c.toml:9:1: campaigns[0]: expected id = \"…\", a name of the campaign's own"),
        ("[settings]", "[setings]", "c.toml:6:2: expected only [practice], [settings] and [[campaigns]]"),
        (
            "[[campaigns]]",
            "[campaigns]",
            "c.toml:9:2: expected only [practice], [settings] and [[campaigns]]",
        ),
    ] {
        let text = GOOD.replacen(from, to, 1);
        let fault = plan(&text).expect_err(to);
        assert!(fault.lines().any(|line| line.starts_with(expected)), "{to}\n{fault}");
    }
}

#[test]
fn every_table_is_heard() {
    let second = "[[campaigns]]\nid = \"a\"\nname = \"x\"\ntiming = { kind = \"booking\" }\nbodies = { default = \"x\" }\n";
    let third = "[[campaigns]]\nid = \"b\"\ntiming = { kind = \"booking\" }\nbodies = {}\n";
    let faults = plan(&format!("{}{second}{third}", GOOD.replace("attempts", "atempts"))).unwrap_err();
    let lines: Vec<_> = faults.lines().collect();
    assert_eq!(lines.len(), 3, "{faults}");
    assert!(lines[0].starts_with("c.toml:7:1: settings.atempts: unknown field"));
    assert_eq!(
        lines[1],
        "c.toml:15:6: campaigns[1].id: expected a new id, this one stands in line 9 already"
    );
    assert!(
        faults.contains("c.toml:19:1: campaigns[2]: missing field `name`")
            || faults.contains("missing field `default`")
    );
}

#[test]
fn a_plan_needs_a_practice_and_a_campaign() {
    let faults = plan("").unwrap_err();
    assert_eq!(faults.lines().count(), 2, "{faults}");
    assert!(faults.starts_with(
        "c.toml:1: expected a table [practice] with id, name and secret\nc.toml:1: expected at least"
    ));
}

const VISIT: &str = r#"{"at":"2026-10-12T08:00:00Z","fact":{"fact":"visit","id":"w1","revision":1,"patient":"p1","start":"2026-10-20T10:00:00"}}"#;

fn journal(text: &str) -> Result<Vec<facts::Told>, Faults> {
    let journal = facts::parse("f.jsonl", text)?;
    Ok(journal.into_iter().map(|told| told.what).collect())
}

#[test]
fn a_journal_in_order() {
    let later = VISIT.replace("08:00:00Z", "10:00:00+02:00");
    let told = journal(&format!("{VISIT}\n\n{later}\r\n")).unwrap();
    assert_eq!(told.len(), 2);
    assert!(matches!(&told[0].fact, Fact::Visit(visit) if visit.id.as_str() == "w1"));
    assert_eq!(told[0], told[1]);
}

#[test]
fn each_fault_of_a_journal_has_its_line() {
    for (line, expected) in [
        (VISIT.replace("visit\"", "visits\""), "f.jsonl:2: unknown variant"),
        (VISIT.replace("\"revision\":1,", ""), "f.jsonl:2: missing field `revision`"),
        (VISIT.replace("}}", "}"), "f.jsonl:2:120: expected JSON: EOF while parsing an object"),
        (VISIT.replace(",\"fact\":{", ";\"fact\":{"), "f.jsonl:2:29: expected JSON"),
        (
            VISIT.replace("2026-10-12T08:00:00Z", "12.10.2026"),
            "f.jsonl:2: expected an instant as RFC 3339 with an offset",
        ),
        (
            VISIT.replace("12T08", "11T08"),
            "f.jsonl:2: at: expected 2026-10-12T08:00:00.000Z or later, as in the line above",
        ),
        (VISIT.replacen("{\"at\"", "{\"by\":1,\"at\"", 1), "f.jsonl:2: unknown field `by`"),
    ] {
        let faults = journal(&format!("{VISIT}\n{line}\n{VISIT}\n")).expect_err(&line);
        let text = faults.to_string();
        assert!(text.starts_with(expected), "{line}\n{text}");
    }
}

#[test]
fn faults_of_a_journal_quote_nobody() {
    let line = VISIT.replace("\"revision\":1", "\"revision\":\"Anna Nowak\"");
    let fault = journal(&line).unwrap_err().to_string();
    assert!(fault.starts_with("f.jsonl:1: invalid type: string …") && !fault.contains("Nowak"), "{fault}");
}
