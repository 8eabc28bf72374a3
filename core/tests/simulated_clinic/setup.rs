//! What differs from seed to seed: when the run begins, what the gateway can do and how it fails, the practice's settings
//! and its campaigns.

use super::dice::Dice;
use super::truth::midnight;
use chrono::NaiveDate;
use depesza::gateway::Faults;
use depesza::model::*;
use serde_json::{Value, json};

pub const CLINIC: &str = "kowalska";
pub const GATEWAY: &str = "sim";

pub struct Setup {
    pub first_day: NaiveDate,
    pub capabilities: Capabilities,
    pub faults: Faults,
    pub practice: Practice,
    /// The host's timer stops for hours now and then.
    pub pauses: bool,
    /// Visits and messages at any hour.
    pub round_the_clock: bool,
    pub campaigns: Vec<(&'static str, CampaignSpec)>,
}

impl Setup {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let kind = seed % 8;
        // both changes of the clock lie within 90 days
        let first_day = match kind % 2 {
            0 => NaiveDate::from_ymd_opt(2026, 2, 10).unwrap(),
            _ => NaiveDate::from_ymd_opt(2026, 8, 20).unwrap(),
        };
        let own_reference = match kind % 4 {
            0 | 1 => OwnReference::Unique { window_ms: DAY_MS },
            2 => OwnReference::Stored {},
            _ => OwnReference::None,
        };
        let look_up = matches!(kind, 0 | 2 | 5 | 6);
        let round_the_clock = kind == 5;
        let mut settings = Settings {
            senders: vec![Sender {
                id: "48500100200".into(),
                receives: true,
                approval: SenderApproval::Approved,
            }],
            prices: vec![Price { prefix: "+48".into(), part_milli: 90 }],
            acknowledge_opt_out: kind.is_multiple_of(2),
            move_tolerance_min: if kind % 4 == 3 { 10 } else { 0 },
            daily_cap: (kind % 3 == 1).then_some(2),
            daily_budget_milli: (kind == 6).then_some(90 * 150),
            default_consent_since: (kind % 2 == 1).then(|| midnight(first_day)),
            ..Settings::default()
        };
        if kind == 2 {
            settings.phones.allowed_prefixes = vec!["+49".into()];
        }
        if round_the_clock {
            settings.sending_hours = serde_json::from_value(
                json!({"ranges": [{"from": "00:00", "to": "24:00"}], "holidays": "send"}),
            )
            .unwrap();
        }
        let rate = |dice: &mut Dice, most: u64| u16::try_from(dice.below(most)).unwrap();
        Self {
            first_day,
            capabilities: Capabilities { own_reference, look_up, batch: 20, reports: true, cancel: false },
            faults: Faults {
                transient: rate(&mut dice, 80),
                try_later: rate(&mut dice, 40),
                answer_lost: rate(&mut dice, 40),
                request_lost: rate(&mut dice, 40),
                invalid: rate(&mut dice, 10),
                undelivered: rate(&mut dice, 50),
                no_report: rate(&mut dice, 50),
                messy_reports: rate(&mut dice, 200),
            },
            practice: Practice {
                id: CLINIC.into(),
                name: "Dentica".into(),
                address: None,
                phone: None,
                zone: Zone::default(),
                language: Language::Pl,
                secret: Secret::new("a secret of the simulated clinic"),
                separate_permissions: Default::default(),
                settings,
            },
            pauses: kind == 4 || kind == 7,
            round_the_clock,
            campaigns: campaigns(kind),
        }
    }
}

/// The body names its campaign and its visits, so that what a handset shows can be checked against the truth.
pub fn body(tag: &str) -> String {
    format!("{tag} (lekarz) (data) (godzina) (imie)")
}

fn spec(tag: &str, timing: &Value, more: &Value) -> CampaignSpec {
    let mut spec = json!({
        "name": tag,
        "timing": timing,
        "bodies": {"default": body(tag), "minor": format!("{} minor", body(tag))},
    });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(spec).unwrap()
}

fn campaigns(kind: u64) -> Vec<(&'static str, CampaignSpec)> {
    let late = ["auto", "send_now", "merge", "skip"][usize::try_from(kind % 4).unwrap()];
    let same_day = ["first", "joint", "each"][usize::try_from(kind % 3).unwrap()];
    let shared = if kind % 4 == 2 { "joint" } else { "each" };
    vec![
        ("booking", spec("B", &json!({"kind": "booking", "delay_min": 10}), &json!({}))),
        (
            "reminder-a",
            spec(
                "RA",
                &json!({"kind": "reminder", "steps": [
                    {"days_before": 3, "at": "10:00"},
                    {"hours_before": 24},
                ]}),
                &json!({"filters": {"rooms": ["r1", "r2"]}, "late": late}),
            ),
        ),
        (
            "reminder-b",
            spec(
                "RB",
                &json!({"kind": "reminder", "steps": [{"days_before": 1, "at": "18:00"}]}),
                &json!({"filters": {"rooms": ["r3"]}, "same_day": same_day, "shared_number": shared,
                        "manual": if kind == 1 { "warn" } else { "skip" }}),
            ),
        ),
        (
            "follow-up",
            spec(
                "F",
                &json!({"kind": "follow_up", "after": {"delay_min": 60}}),
                &json!({"purpose": "marketing"}),
            ),
        ),
        ("rescheduled", spec("M", &json!({"kind": "rescheduled", "delay_min": 5}), &json!({}))),
        ("cancelled", spec("C", &json!({"kind": "cancelled", "delay_min": 15}), &json!({}))),
    ]
}
