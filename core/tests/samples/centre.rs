//! What came with the communication centre: new variants, and the new fields of older types.

use super::*;

pub fn facts() -> Vec<Fact> {
    vec![
        Fact::SentElsewhere { visit: "w1".into(), kind: CampaignKind::Reminder, at: moment() },
        Fact::AccountTold(AccountState {
            gateway: "smsapi".into(),
            at: moment(),
            mode: Some(SmsMode::Premium),
            balance_milli: Some(12_500),
            messages_left: Some(120),
        }),
    ]
}

pub fn happenings() -> Vec<Happening> {
    vec![
        Happening::SettingsChanged { by: "anna".into() },
        Happening::LowBalance { gateway: "smsapi".into(), left: 30 },
        Happening::BreakerOpened { sent: 501, limit: 500 },
        Happening::PatientErased { patient: "7".into() },
    ]
}

pub fn reasons() -> Vec<Reason> {
    vec![
        Reason::Shadow {},
        Reason::SentElsewhere { at: moment() },
        Reason::VisitBooked { visit: "w2".into() },
        Reason::Erased {},
    ]
}

pub fn timings() -> Vec<Timing> {
    let day = |text: &str| text.parse().unwrap();
    vec![
        Timing::Recall { months_after: 6, at: "10:00".parse().unwrap(), overdue_days: 30 },
        Timing::Birthday { at: "09:00".parse().unwrap() },
        Timing::Broadcast {
            at: "2026-12-01T11:00:00".parse().unwrap(),
            audience: Audience { visits: Some(DayRange { from: day("2026-11-01"), to: day("2026-11-30") }) },
        },
    ]
}

fn settings() -> Settings {
    Settings {
        shadow: true,
        breaker: Some(Breaker { factor: 4, floor: 300 }),
        retention: Retention { texts_days: Some(365), identities_days: Some(730) },
        top_up_link: Some("https://panel.example.pl/doladuj".into()),
        low_balance: vec![100, 0],
        ..super::settings()
    }
}

fn counters() -> Counters {
    let volume = Volume {
        day: "2026-11-19".parse().unwrap(),
        sent: 4,
        before: vec![3, 5],
        stopped: true,
        released: true,
    };
    Counters { audits: 3, volume, ..Counters::default() }
}

fn birthday() -> Message {
    let origin = Origin::Campaign { campaign: "u".into(), kind: CampaignKind::Birthday, step: 0, version: 1 };
    let occasion = Some(Occasion::Birthday { year: 2026 });
    Message { origin, subjects: Vec::new(), occasion, wiped: Wiped::Text, ..outgoing() }
}

fn chat() -> Message {
    let origin = Origin::Chat { by: Some("anna".into()) };
    Message { origin, subjects: Vec::new(), key: Some("klik-1".into()), settled: true, ..outgoing() }
}

pub fn all() -> Vec<Sample> {
    let elsewhere = SentElsewhere { kind: CampaignKind::Booking, starts_at: moment(), at: moment() };
    let erased = PatientFile {
        patient: patient(),
        told_at: moment(),
        number: Err(Reason::Erased {}),
        default_consent: None,
        merged_into: None,
        erased_at: Some(moment()),
    };
    let job = |phase, campaign| Job {
        id: 2,
        created_at: moment(),
        due_at: Some(moment()),
        campaign,
        phase,
        day: Some("2026-11-19".parse().unwrap()),
        cursor: "x".into(),
        visits: 3,
        done: false,
    };
    let jobs = vec![
        job(JobPhase::People, Some("b".into())),
        job(JobPhase::Days, Some("u".into())),
        job(JobPhase::Retention, None),
    ];
    let occasions = vec![
        Occasion::Birthday { year: 2026 },
        Occasion::Recall { due: "2026-11-19".parse().unwrap() },
        Occasion::Broadcast { run: 1 },
    ];
    let bad = BadNumber { number_hash: "5f".repeat(32), at: moment(), patient: None, settled: true };
    let pause = GatewayPause {
        gateway: "smsapi".into(),
        class: RejectClass::AccountAuth,
        since: moment(),
        until: moment(),
        settled: true,
    };
    let practice = Practice {
        separate_permissions: [Permission::ManageRules].into(),
        settings: settings(),
        ..practice()
    };
    vec![
        sample("fact_of_the_centre", false, facts()),
        sample("event_of_the_centre", false, happenings().into_iter().map(event).collect::<Vec<_>>()),
        sample("reason_of_the_centre", false, reasons()),
        sample("timing_of_the_centre", true, timings()),
        sample("settings_of_the_centre", true, settings()),
        sample("practice_of_the_centre", false, practice),
        sample("counters_of_the_centre", false, counters()),
        sample(
            "visit_file_of_the_centre",
            false,
            VisitFile { sent_elsewhere: vec![elsewhere], ..visit_file() },
        ),
        sample("patient_file_erased", false, erased),
        sample("message_of_a_birthday", false, birthday()),
        sample("message_of_a_chat", false, chat()),
        sample("occasion", false, occasions),
        sample("job_of_the_centre", false, jobs),
        sample("tally_of_the_centre", false, Tally { asked: 3, ..tally() }),
        sample("bad_number_settled", false, bad),
        sample("gateway_pause_settled", false, pause),
    ]
}
