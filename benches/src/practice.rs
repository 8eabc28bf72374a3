//! An ordinary practice: one two-way sender, prices, five campaigns.

use depesza::model::{
    CampaignSpec, Language, Practice, Price, Secret, Sender, SenderApproval, Settings, Zone,
};
use serde_json::{Value, json};

/// The practice's identifier.
pub const PRACTICE: &str = "clinic";

/// The practice.
#[must_use]
pub fn practice() -> Practice {
    let settings = Settings {
        senders: vec![Sender {
            id: "48500100200".into(),
            receives: true,
            approval: SenderApproval::Approved,
        }],
        prices: vec![Price { prefix: "+48".into(), part_milli: 90 }],
        breaker: None, // days of any size are measured
        ..Settings::default()
    };
    Practice {
        id: PRACTICE.into(),
        name: "Dentica".into(),
        address: Some("ul. Długa 5, Radom".into()),
        phone: Some("48 362 12 34".into()),
        zone: Zone::default(),
        language: Language::Pl,
        secret: Secret::new("a secret of the practice"),
        separate_permissions: Default::default(),
        settings,
    }
}

/// A campaign of each kind. Three of them have a message for every visit; changes of time and cancellations are told a
/// day later, so that they do not mix with what a round measures.
///
/// # Panics
/// Never: the specifications are constant.
#[must_use]
pub fn campaigns() -> Vec<(&'static str, CampaignSpec)> {
    let spec = |name: &str, timing: Value, body: &str| -> CampaignSpec {
        serde_json::from_value(json!({"name": name, "timing": timing, "bodies": {"default": body}})).unwrap()
    };
    vec![
        (
            "booking",
            spec(
                "Umówienie",
                json!({"kind": "booking", "delay_min": 10}),
                "(imie), zapisano wizytę (data) o (godzina). Pasuje? Odpisz TAK lub NIE.",
            ),
        ),
        (
            "reminder",
            spec(
                "Przypomnienie",
                json!({"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]}),
                "(imie), przypominamy o wizycie (data) o (godzina). Odpisz TAK lub NIE.",
            ),
        ),
        (
            "follow_up",
            spec(
                "Po wizycie",
                json!({"kind": "follow_up", "after": {"days_after": 1, "at": "11:00"}}),
                "(imie), dziękujemy za wizytę. Pytania? Zadzwoń: 48 362 12 34.",
            ),
        ),
        (
            "rescheduled",
            spec(
                "Zmiana terminu",
                json!({"kind": "rescheduled", "delay_min": 1_440}),
                "(imie), nowy termin wizyty: (data), (godzina).",
            ),
        ),
        (
            "cancelled",
            spec(
                "Odwołanie",
                json!({"kind": "cancelled", "delay_min": 1_440}),
                "(imie), wizyta (data) o (godzina) jest odwołana.",
            ),
        ),
    ]
}
