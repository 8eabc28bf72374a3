//! One value of every type of the wire model, with every field set. All that is private in them begins with
//! [`PRIVATE`] or is [`NUMBER`].
// every test file uses another part of it, and a test kit may fail by panicking
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use depesza::model::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// How every name, body and secret begins.
pub const PRIVATE: &str = "Poufne";
/// The national number of every telephone number.
pub const NUMBER: &str = "501777333";

/// Reads a document.
pub type Read = dyn Fn(&Value) -> Result<(Value, bool), String>;

/// A type of the wire model, without its type.
pub struct Sample {
    /// The name of its frozen document and of its schema.
    pub name: &'static str,
    /// Whether a user writes it: then unknown fields are refused.
    pub user_writes: bool,
    pub json: Value,
    /// By `{:?}` and `{:#?}`.
    pub debug: [String; 2],
    /// Reads a document: the document of what was read, and whether it is this very value.
    pub read: Box<Read>,
    #[cfg(feature = "schema")]
    pub schema: Value,
}

#[cfg(not(feature = "schema"))]
pub trait Wire: Serialize + DeserializeOwned + Debug + PartialEq + 'static {}
#[cfg(not(feature = "schema"))]
impl<T: Serialize + DeserializeOwned + Debug + PartialEq + 'static> Wire for T {}
#[cfg(feature = "schema")]
pub trait Wire: Serialize + DeserializeOwned + Debug + PartialEq + schemars::JsonSchema + 'static {}
#[cfg(feature = "schema")]
impl<T: Serialize + DeserializeOwned + Debug + PartialEq + schemars::JsonSchema + 'static> Wire for T {}

fn sample<T: Wire>(name: &'static str, user_writes: bool, value: T) -> Sample {
    Sample {
        name,
        user_writes,
        json: serde_json::to_value(&value).unwrap(),
        debug: [format!("{value:?}"), format!("{value:#?}")],
        read: Box::new(move |document| {
            // by text, as it comes
            let read: T = serde_json::from_str(&document.to_string()).map_err(|error| error.to_string())?;
            Ok((serde_json::to_value(&read).unwrap(), read == value))
        }),
        #[cfg(feature = "schema")]
        schema: schemars::schema_for!(T).to_value(),
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn moment() -> Timestamp {
    at("2026-11-19T09:00:00.250Z")
}

fn private(what: &str) -> String {
    format!("{PRIVATE}-{what}")
}

fn e164() -> Phone {
    Phone::new(format!("+48{NUMBER}"))
}

fn consent() -> Consent {
    Consent { given: true, at: moment(), source: ConsentSource::Person }
}

pub fn patient() -> Patient {
    Patient {
        id: "1".into(),
        revision: 3,
        first_name: private("imie").into(),
        last_name: private("nazwisko").into(),
        vocative: Some(private("wolacz").into()),
        phone: Some("501 777 333".into()),
        guardian: Some(Guardian { name: Some(private("opiekun").into()), phone: NUMBER.into() }),
        birth_date: "2012-02-29".parse().ok(),
        consents: Consents { visits: Some(consent()), marketing: Some(consent()), other: Some(consent()) },
        status: PatientStatus::Active,
        created_at: Some(moment()),
    }
}

pub fn visit() -> Visit {
    Visit {
        id: "w1".into(),
        revision: 7,
        patient: "1".into(),
        start: "2026-11-20T12:30:00".parse().unwrap(),
        zone: Some(Zone::default()),
        duration_min: 45,
        state: VisitState::Booked,
        visit_type: Some("higienizacja".into()),
        doctor: Some(Doctor { id: "d1".into(), name: private("lekarz").into() }),
        room: Some(Room { id: "g1".into(), name: "Gabinet 1".into() }),
        booked_at: Some(moment()),
        series: Some("s1".into()),
        first_visit: Some(true),
    }
}

fn visit_file() -> VisitFile {
    VisitFile {
        visit: visit(),
        told_at: moment(),
        starts_at: moment(),
        ends_at: moment(),
        booked_at: moment(),
        moved: Some(Moved { from: moment(), at: moment() }),
        off_at: Some(moment()),
        confirmation: Some(Confirmation {
            reply: Reply::Yes,
            starts_at: moment(),
            at: moment(),
            by: ConfirmedBy::Staff("anna".into()),
        }),
        manual_reminders: vec![MessageId(4)],
    }
}

pub fn window() -> SendWindow {
    let json = serde_json::json!({
        "ranges": [
            { "weekdays": ["mon", "fri"], "from": "20:00", "to": "02:00:30",
              "dates": { "first": "2026-01-01", "last": "2026-12-31" } },
            { "from": "00:00", "to": "24:00" },
        ],
        "holidays": "send",
        "holiday_calendar": { "computed": "none", "added": ["2026-12-24"], "removed": ["2026-11-11"] },
    });
    serde_json::from_value(json).unwrap()
}

pub fn campaign_spec() -> CampaignSpec {
    CampaignSpec {
        name: "Przypomnienie".into(),
        timing: Timing::Reminder {
            steps: vec![
                ReminderStep::Days { days_before: 1, at: "10:00".parse().unwrap() },
                ReminderStep::WorkingDays { working_days_before: 2, at: "24:00".parse().unwrap() },
                ReminderStep::Hours { hours_before: 3 },
            ],
        },
        bodies: Bodies {
            default: "(imie), wizyta (data) o (godzina).".into(),
            first_visit: Some("(imie), pierwsza wizyta (data).".into()),
            minor: Some("Wizyta dziecka (data).".into()),
        },
        purpose: Purpose::Marketing,
        filters: Filters {
            rooms: vec!["g1".into()],
            doctors: vec!["d1".into()],
            visit_types: vec!["higienizacja".into()],
            first_visits: FirstVisits::Never,
        },
        expects_reply: Some(true),
        sender: Some("48500100200".into()),
        window: Some(window()),
        outside: Some(OutsidePolicy::Defer),
        min_lead_min: 60,
        late: LatePolicy::Merge,
        manual: ManualPolicy::Warn,
        same_day: SameDay::Joint,
        shared_number: SharedNumber::Joint,
        max_parts: Some(2),
        over_length: OverLength::Cut,
        age_on: AgeOn::SendDate,
    }
}

fn campaign() -> Campaign {
    Campaign {
        id: "p".into(),
        spec: campaign_spec(),
        status: CampaignStatus::Active,
        version: 2,
        activated_at: Some(moment()),
        history: vec![CampaignChange {
            at: moment(),
            by: "anna".into(),
            status: CampaignStatus::Ready,
            version: 1,
        }],
    }
}

pub fn settings() -> Settings {
    Settings {
        mode: SmsMode::Premium,
        attempts: 5,
        default_consent_since: Some(moment()),
        diacritics: Diacritics::WhenFree,
        reference_bits: ReferenceBits::Sixteen,
        max_parts: 4,
        links: vec![LinkMarker { name: "strona".into(), url: "www.estomed.pl".into() }],
        phones: PhonePolicy { default_prefix: "+48".into(), allowed_prefixes: vec!["+380".into()] },
        sending_hours: window(),
        working_days: WorkingDays::default(),
        move_tolerance_min: 15,
        replies: ReplyPolicy {
            grammar: ReplyGrammar::Tolerant,
            languages: [ReplyLanguage::Ukrainian].into(),
        },
        senders: vec![Sender { id: "48500100200".into(), receives: true }],
        prices: vec![Price { prefix: "+48".into(), part_milli: 90 }],
        currency: "PLN".into(),
        daily_cap: Some(3),
        daily_budget_milli: Some(100_000),
        report_wait_h: 48,
        acknowledge_opt_out: true,
        colours: Colours::default(),
    }
}

pub fn practice() -> Practice {
    Practice {
        id: "kowalska".into(),
        name: "Dentica".into(),
        address: Some("ul. Długa 5, Radom".into()),
        phone: Some("48 362 12 34".into()),
        zone: Zone::default(),
        language: Language::Pl,
        secret: Secret::new(private("klucz-praktyki")),
        settings: settings(),
    }
}

fn outgoing() -> Message {
    Message {
        id: MessageId(12),
        direction: Direction::Outgoing,
        origin: Origin::Campaign { campaign: "p".into(), kind: CampaignKind::Reminder, step: 1, version: 2 },
        subjects: vec![Subject { visit: "w1".into(), starts_at: moment() }],
        patient: Some("1".into()),
        number: Some(e164()),
        sender: Some("48500100200".into()),
        status: Status::Sent,
        reason: Some(Reason::MissingValue { placeholder: "lekarz".into() }),
        variant: Some(BodyVariant::FirstVisit),
        body: Some(private("tresc").into()),
        encoding: Some(Encoding::Ucs2),
        parts: 2,
        cost_milli: 180,
        expects_reply: true,
        created_at: moment(),
        planned_at: moment(),
        due_at: moment(),
        use_by: moment(),
        held: true,
        lease: Some(Lease { token: 5, until: moment() }),
        reference: Some("c6956b026a90-0-c".into()),
        gateway: Some("smsapi".into()),
        provider_ids: vec!["p-1".into(), "p-2".into()],
        inbound_keys: vec!["smsapi|p-1".into()],
        day: "2026-11-19".parse().unwrap(),
        report_due: Some(moment()),
        submitted_at: Some(moment()),
        sent_at: Some(moment()),
        delivered_at: Some(moment()),
        received_at: Some(moment()),
        unanswered: true,
        attempts: 1,
        failures: vec![FailedAttempt { at: moment(), class: RejectClass::Transient, code: "201".into() }],
        part_states: vec![PartState { part: 1, state: DeliveryState::Sent }],
        reports: vec![ReportSeen {
            at: moment(),
            state: DeliveryState::Sent,
            raw: private("surowe").into(),
            conflict: true,
        }],
        may_still_arrive: true,
        read: true,
        answer: Some(Answer {
            reply: Reply::No,
            policy: ReplyPolicy::default(),
            effect: ReplyEffect::Applied,
            visits: vec!["w1".into()],
        }),
        reply: Some(Reply::Other),
    }
}

fn incoming() -> Message {
    Message {
        id: MessageId(13),
        direction: Direction::Incoming,
        origin: Origin::Chat { by: None },
        status: Status::Received,
        ..outgoing()
    }
}

pub fn sms_received() -> SmsReceived {
    SmsReceived {
        gateway: "smsapi".into(),
        provider_id: Some("mo-1".into()),
        from: e164(),
        to: Some("48500100200".into()),
        body: private("odpowiedz").into(),
        received_at: moment(),
        in_reply_to: Some("p-1".into()),
        part: Some(InboundPart { reference: 7, part: 1, parts: 2 }),
        opt_out: true,
    }
}

pub fn delivery_report() -> DeliveryReport {
    DeliveryReport {
        gateway: "smsapi".into(),
        provider_id: Some("p-1".into()),
        reference: Some("c6956b026a90-0-c".into()),
        part: Some(1),
        state: DeliveryState::Delivered,
        at: moment(),
        raw: format!("stat:DELIVRD text:{PRIVATE}").into(),
        cost_milli: Some(90),
    }
}

fn tally() -> Tally {
    Tally {
        statuses: [(Status::Delivered, 3)].into(),
        skipped: [("no_consent".to_owned(), 1)].into(),
        parts: 4,
        cost_milli: 360,
        yes: 2,
        no: 1,
        other: 1,
        ..Tally::empty("p".into(), 0, "2026-11-19".parse().unwrap())
    }
}

fn event(what: Happening) -> Event {
    Event { no: 9, at: moment(), what }
}

/// Every happening.
pub fn happenings() -> Vec<Happening> {
    vec![
        Happening::MessageChanged {
            message: MessageId(1),
            status: Status::Skipped,
            reason: Some(Reason::NoConsent { purpose: Purpose::Visits }),
        },
        Happening::VisitAnswered {
            visit: "w1".into(),
            reply: Reply::Yes,
            colour: "#2e7d32".into(),
            message: MessageId(1),
        },
        Happening::ConfirmationVoid { visit: "w1".into() },
        Happening::Received {
            message: MessageId(1),
            patient: Some("1".into()),
            effect: ReplyEffect::Ambiguous,
            reply: Reply::Yes,
        },
        Happening::OptedOut { patient: Some("1".into()) },
        Happening::NumberBad { patient: Some("1".into()), message: MessageId(1) },
        Happening::GatewayPaused {
            gateway: "smsapi".into(),
            class: RejectClass::AccountNoCredit,
            until: moment(),
        },
        Happening::GatewayResumed { gateway: "smsapi".into() },
        Happening::BudgetReached {},
        Happening::RemindedTwice { visit: "w1".into(), message: MessageId(1) },
        Happening::CampaignChanged { campaign: "p".into(), status: CampaignStatus::Paused, version: 2 },
    ]
}

/// Every reason.
pub fn reasons() -> Vec<Reason> {
    let (visit, message) = (|| VisitId::from("w1"), MessageId(1));
    vec![
        Reason::ModeNone {},
        Reason::NoConsent { purpose: Purpose::Marketing },
        Reason::OptedOut {},
        Reason::PatientUnknown {},
        Reason::PatientInactive {},
        Reason::PatientDeceased {},
        Reason::NoNumber {},
        Reason::BadNumber { refusal: Refusal::TooShort },
        Reason::OutsidePrefixes {},
        Reason::CannotReceiveSms { kind: NumberKind::Landline },
        Reason::NumberMarkedBad {},
        Reason::NoAllowedSlot {},
        Reason::BookedLate {},
        Reason::MergedIntoBooking {},
        Reason::PastUseBy {},
        Reason::MissingValue { placeholder: "lekarz".into() },
        Reason::TooManyParts { parts: 3, allowed: 2 },
        Reason::SameDay { visit: visit() },
        Reason::CoveredBySeries { visit: visit() },
        Reason::JoinedInto { message },
        Reason::ManualReminder { message },
        Reason::SameTime {},
        Reason::AlreadySent { message },
        Reason::VisitCancelled {},
        Reason::VisitMoved {},
        Reason::VisitReopened {},
        Reason::NumberChanged {},
        Reason::VisitStarted {},
        Reason::NotTookPlace {},
        Reason::OutcomeUnknown {},
        Reason::BeforeActivation {},
        Reason::BookedLongAgo {},
        Reason::OutsideFilters {},
        Reason::CampaignEnded {},
        Reason::CampaignPaused {},
        Reason::DailyCap {},
        Reason::DailyBudget {},
        Reason::Withdrawn {},
        Reason::AttemptsUsedUp {},
        Reason::Rejected { class: RejectClass::Content },
        Reason::Restored {},
        Reason::NoAnswer {},
    ]
}

/// Every fact.
pub fn facts() -> Vec<Fact> {
    vec![
        Fact::Patient(patient()),
        Fact::PatientsMerged { from: "1".into(), into: "2".into() },
        Fact::Visit(visit()),
        Fact::ConfirmationSet { visit: "w1".into(), reply: Reply::No, by: "anna".into() },
        Fact::SmsReceived(sms_received()),
        Fact::DeliveryReport(delivery_report()),
    ]
}

/// Every timing of a campaign.
pub fn timings() -> Vec<Timing> {
    vec![
        Timing::Booking { delay_min: 10, max_age_min: 60 },
        campaign_spec().timing,
        Timing::FollowUp { after: FollowUpTime::Delay { delay_min: 60 }, max_age_h: 48 },
        Timing::FollowUp {
            after: FollowUpTime::Days { days_after: 1, at: "10:00".parse().unwrap() },
            max_age_h: 48,
        },
        Timing::Rescheduled { delay_min: 5 },
        Timing::Cancelled { delay_min: 0 },
    ]
}

/// One of each type.
pub fn all() -> Vec<Sample> {
    let number_hash = || "5f".repeat(32);
    let parts = InboundParts {
        id: "smsapi|5f|7|2".into(),
        parts: BTreeMap::from([(1, sms_received())]),
        wait_until: moment(),
    };
    let request = Request {
        id: MessageId(12),
        number: e164(),
        patient: Some("1".into()),
        subjects: vec![Subject { visit: "w1".into(), starts_at: moment() }],
        messages: vec![MessageId(12)],
        opened_at: moment(),
        closes_at: moment(),
        closed: true,
    };
    let counters = Counters {
        messages: 13,
        events: 9,
        jobs: 1,
        tokens: 5,
        epoch: 1,
        lost: Some(LostTime { from: moment(), until: moment() }),
        budget_day: "2026-11-19".parse().unwrap(),
        spent_milli: 360,
        budget_told: true,
    };
    let patient_file = |number| PatientFile {
        patient: patient(),
        told_at: moment(),
        number,
        default_consent: Some(consent()),
        merged_into: Some("2".into()),
    };
    let submission = Submission {
        reference: "c6956b026a90-0-c".into(),
        to: e164(),
        sender: Some("48500100200".into()),
        body: private("tresc").into(),
        encoding: Encoding::Gsm7,
        parts: 1,
        purpose: Purpose::Visits,
        at: moment(),
        not_after: moment(),
    };
    let accepted =
        SubmitResult::Accepted { provider_ids: vec!["p-1".into()], parts: Some(1), cost_milli: Some(90) };
    let known = LookupResult::Known { provider_ids: vec!["p-1".into()], state: DeliveryState::Sent };
    let capabilities = Capabilities {
        own_reference: OwnReference::Unique { window_ms: DAY_MS },
        look_up: true,
        batch: 100,
        reports: true,
        cancel: true,
    };
    let job = Job {
        id: 1,
        created_at: moment(),
        campaign: "p".into(),
        phase: JobPhase::Visits,
        cursor: "x".into(),
        visits: 3,
        done: true,
    };
    let pause = GatewayPause {
        gateway: "smsapi".into(),
        class: RejectClass::AccountAuth,
        since: moment(),
        until: moment(),
    };
    let number = Number { e164: e164(), calling_code: 48, kind: NumberKind::Mobile };
    let manual =
        Message { origin: Origin::ManualReminder { by: "anna".into(), campaign: "p".into() }, ..outgoing() };
    let ack = Message { origin: Origin::OptOutAck { answers: MessageId(13) }, ..outgoing() };
    vec![
        // what hosts tell
        sample("fact", false, facts()),
        sample("patient", false, patient()),
        sample("visit", false, visit()),
        sample("sms_received", false, sms_received()),
        sample("delivery_report", false, delivery_report()),
        // what users write
        sample("campaign_spec", true, campaign_spec()),
        sample("timing", true, timings()),
        sample("settings", true, settings()),
        sample("send_window", true, window()),
        // what the engine answers and keeps
        sample("practice", false, practice()),
        sample("campaign", false, campaign()),
        sample("patient_file", false, patient_file(Ok(e164()))),
        sample("patient_file_without_number", false, patient_file(Err(Reason::NoNumber {}))),
        sample("visit_file", false, visit_file()),
        sample("message", false, outgoing()),
        sample("message_incoming", false, incoming()),
        sample("message_by_hand", false, manual),
        sample("message_opt_out_ack", false, ack),
        sample("request", false, request),
        sample("event", false, happenings().into_iter().map(event).collect::<Vec<_>>()),
        sample("reason", false, reasons()),
        sample(
            "opt_out",
            false,
            OptOutRecord { number_hash: number_hash(), at: moment(), source: OptOutSource::Stop },
        ),
        sample(
            "bad_number",
            false,
            BadNumber { number_hash: number_hash(), at: moment(), patient: Some("1".into()) },
        ),
        sample("counters", false, counters),
        sample("job", false, job),
        sample("tally", false, tally()),
        sample("gateway_pause", false, pause),
        sample("inbound_parts", false, parts),
        // what passes between the engine and a gateway
        sample("submission", false, submission),
        sample(
            "submit_result",
            false,
            vec![
                accepted,
                SubmitResult::Rejected { class: RejectClass::Content, code: "x".into() },
                SubmitResult::TryLater { after_ms: 1_000 },
                SubmitResult::Unknown { why: "time-out".into() },
            ],
        ),
        sample("lookup_result", false, vec![known, LookupResult::NotFound {}, LookupResult::Unsure {}]),
        sample("capabilities", false, capabilities),
        sample("number", false, number),
    ]
}

/// The names of all samples, to see that none is there twice.
pub fn names() -> BTreeSet<&'static str> {
    all().iter().map(|sample| sample.name).collect()
}
