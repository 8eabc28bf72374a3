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

mod centre;
mod lists;
mod routes;

use depesza::bundle::{
    Act, Bundle, Decided, Decisions, GatewayAnswer, Recorded, RecordedCall, RecordedGateway,
};
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
        given_at: None,
        moved: Some(Moved { from: moment(), at: moment() }),
        off_at: Some(moment()),
        confirmation: Some(Confirmation {
            reply: Reply::Yes,
            starts_at: moment(),
            at: moment(),
            by: ConfirmedBy::Staff("anna".into()),
        }),
        manual_reminders: vec![MessageId(4)],
        sent_elsewhere: Vec::new(),
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
        senders: vec![Sender {
            id: "48500100200".into(),
            receives: true,
            approval: SenderApproval::Approved,
        }],
        prices: vec![Price { prefix: "+48".into(), part_milli: 90 }],
        currency: "PLN".into(),
        daily_cap: Some(3),
        daily_budget_milli: Some(100_000),
        report_wait_h: 48,
        acknowledge_opt_out: true,
        colours: Colours::default(),
        calls: CallSettings::default(),
        shadow: false,
        breaker: Some(Breaker::default()),
        retention: Retention::default(),
        top_up_link: None,
        low_balance: vec![50, 30, 0],
        routes: Vec::new(),
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
        separate_permissions: Default::default(),
        settings: settings(),
    }
}

fn outgoing() -> Message {
    Message {
        id: MessageId(12),
        direction: Direction::Outgoing,
        origin: Origin::Campaign { campaign: "p".into(), kind: CampaignKind::Reminder, step: 1, version: 2 },
        subjects: vec![Subject { visit: "w1".into(), starts_at: moment() }],
        occasion: None,
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
        key: None,
        day: "2026-11-19".parse().unwrap(),
        report_due: Some(moment()),
        submitted_at: Some(moment()),
        sent_at: Some(moment()),
        delivered_at: Some(moment()),
        received_at: Some(moment()),
        unanswered: true,
        attempts: 1,
        failures: vec![FailedAttempt {
            at: moment(),
            class: RejectClass::Transient,
            code: "201".into(),
            gateway: None,
        }],
        part_states: vec![PartState { part: 1, state: DeliveryState::Sent }],
        reports: vec![ReportSeen {
            at: moment(),
            state: DeliveryState::Sent,
            raw: private("surowe").into(),
            conflict: true,
        }],
        may_still_arrive: true,
        read: true,
        settled: false,
        answer: Some(Answer {
            reply: Reply::No,
            policy: ReplyPolicy::default(),
            effect: ReplyEffect::Applied,
            visits: vec!["w1".into()],
        }),
        reply: Some(Reply::Other),
        wiped: Wiped::default(),
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
        asked: 0,
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
    let mut all = clinic_happenings();
    all.extend(call_happenings());
    all.extend(centre::happenings());
    all
}

fn call_happenings() -> Vec<Happening> {
    vec![Happening::RuleChanged {
        rule: "nieodebrane".into(),
        state: RuleState::Off,
        version: 2,
        by: "anna".into(),
    }]
}

fn clinic_happenings() -> Vec<Happening> {
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
    let mut all = clinic_reasons();
    all.extend(call_reasons());
    all.extend(centre::reasons());
    all.extend(routes::reasons());
    all
}

fn call_reasons() -> Vec<Reason> {
    vec![
        Reason::ServiceInactive {},
        Reason::RuleOff {},
        Reason::OwnNumber {},
        Reason::CallTooOld {},
        Reason::TooSoon { message: MessageId(1) },
        Reason::AnsweredMeanwhile {},
        Reason::SenderNotApproved {},
    ]
}

fn clinic_reasons() -> Vec<Reason> {
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
    let mut all = clinic_facts();
    all.push(Fact::CallEnded(call()));
    all.extend(centre::facts());
    all
}

pub fn call() -> Call {
    Call {
        system: "centrala".into(),
        id: "1795306777.0".into(),
        direction: CallDirection::Incoming,
        caller: NUMBER.into(),
        called: "221234501".into(),
        own_number: Some("+48221234501".into()),
        answered_by: Some("201".into()),
        started_at: moment(),
        ended_at: moment().plus_ms(80_000),
        ring_s: 20,
        talk_s: 60,
        status: CallStatus::Answered,
        raw_status: "ANSWERED".into(),
        raw_cause: Some("16".into()),
    }
}

pub fn call_rule_spec() -> CallRuleSpec {
    CallRuleSpec {
        name: "Nieodebrane".into(),
        when: CallConditions {
            direction: RuleDirection::Either,
            own_numbers: vec!["+48221234501".into(), "+4822*".into()],
            statuses: vec![CallStatus::NoAnswer, CallStatus::Busy],
            given_up: GivenUp::IsItsOwn,
            from_s: Some(5),
            to_s: Some(60),
            times: window().ranges,
            max_age_min: 30,
        },
        body: "Oddzwonimy.".into(),
        sender: Some("DENTICA".into()),
        recipients: CallRecipients { other_party: true, numbers: vec![NUMBER.into()] },
        delay_s: 60,
        min_gap_s: 3_600,
        gap_scope: GapScope::AllRules,
        answered_meanwhile: AnsweredMeanwhile::Send,
        after_match: AfterMatch::Stop,
        max_parts: Some(2),
        over_length: OverLength::Cut,
    }
}

fn call_rule() -> CallRule {
    let change = CallRuleChange { at: moment(), by: "anna".into(), state: RuleState::On, version: 2 };
    CallRule {
        id: "nieodebrane".into(),
        spec: call_rule_spec(),
        state: RuleState::On,
        version: 2,
        place: 7,
        history: vec![change],
    }
}

fn call_file() -> CallFile {
    let acted = |recipient, outcome| RuleActed { rule: "nieodebrane".into(), version: 2, recipient, outcome };
    CallFile {
        call: call(),
        told_at: moment(),
        other_party: Some(e164()),
        acted: vec![
            acted(CallRecipient::OtherParty {}, RuleOutcome::Planned { message: MessageId(3) }),
            acted(CallRecipient::Fixed { place: 0 }, RuleOutcome::Skipped { reason: Reason::OwnNumber {} }),
        ],
        nothing: Some(NoRule::NoneMatches),
    }
}

fn call_explained() -> CallExplained {
    let condition = ConditionSeen {
        condition: CallCondition::Seconds,
        wanted: "5-60 s".into(),
        saw: "20 s".into(),
        met: true,
    };
    let rule = RuleExplained {
        rule: "nieodebrane".into(),
        name: "Nieodebrane".into(),
        state: RuleState::On,
        matches: true,
        conditions: vec![condition],
    };
    CallExplained {
        rules: vec![rule],
        stopped_by: Some("nieodebrane".into()),
        nothing: Some(NoRule::Internal),
        file: Some(call_file()),
    }
}

fn call_settings() -> CallSettings {
    CallSettings {
        service: CallService {
            active: false,
            plan: Some("SMS PRO".into()),
            price: Some("9 zł".into()),
            link: Some("https://example.pl/uslugi".into()),
        },
        own_numbers: vec![OwnNumber { number: "221234501".into(), label: Some("rejestracja".into()) }],
        time_of: CallMoment::End,
        voicemail_as: Some(CallStatus::NoAnswer),
    }
}

fn clinic_facts() -> Vec<Fact> {
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
    let mut all = visit_timings();
    all.extend(centre::timings());
    all
}

fn visit_timings() -> Vec<Timing> {
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
        ..Counters::default()
    };
    let account_counters = Counters { rules: 4, rules_known: 2, rule_places: 3, ..counters.clone() };
    let patient_file = |number| PatientFile {
        patient: patient(),
        told_at: moment(),
        number,
        default_consent: Some(consent()),
        merged_into: Some("2".into()),
        erased_at: None,
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
        due_at: None,
        campaign: Some("p".into()),
        phase: JobPhase::Visits,
        day: None,
        cursor: "x".into(),
        visits: 3,
        done: true,
    };
    let pause = GatewayPause {
        gateway: "smsapi".into(),
        class: RejectClass::AccountAuth,
        since: moment(),
        until: moment(),
        settled: false,
    };
    let number = Number { e164: e164(), calling_code: 48, kind: NumberKind::Mobile };
    let manual =
        Message { origin: Origin::ManualReminder { by: "anna".into(), campaign: "p".into() }, ..outgoing() };
    let ack = Message { origin: Origin::OptOutAck { answers: MessageId(13) }, ..outgoing() };
    let origin = Origin::AfterCall {
        rule: "nieodebrane".into(),
        version: 2,
        system: "centrala".into(),
        call: "1795306777.0".into(),
    };
    let after_call = Message { origin, ..outgoing() };
    vec![
        // what hosts tell
        sample("fact", false, clinic_facts()),
        sample("call", false, call()),
        sample("patient", false, patient()),
        sample("visit", false, visit()),
        sample("sms_received", false, sms_received()),
        sample("delivery_report", false, delivery_report()),
        // what users write
        sample("campaign_spec", true, campaign_spec()),
        sample("timing", true, visit_timings()),
        sample("settings", true, settings()),
        sample("send_window", true, window()),
        sample("call_rule_spec", true, call_rule_spec()),
        sample("call_settings", true, call_settings()),
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
        sample("message_after_call", false, after_call),
        sample("call_rule", false, call_rule()),
        sample("call_file", false, call_file()),
        sample("call_explained", false, call_explained()),
        sample("event", false, clinic_happenings().into_iter().map(event).collect::<Vec<_>>()),
        sample("event_after_call", false, call_happenings().into_iter().map(event).collect::<Vec<_>>()),
        sample("reason", false, clinic_reasons()),
        sample("reason_after_call", false, call_reasons()),
        sample(
            "opt_out",
            false,
            OptOutRecord { number_hash: number_hash(), at: moment(), source: OptOutSource::Stop },
        ),
        sample(
            "bad_number",
            false,
            BadNumber { number_hash: number_hash(), at: moment(), patient: Some("1".into()), settled: false },
        ),
        sample("counters", false, counters),
        sample("counters_of_an_account", false, account_counters),
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
        // who may, who did, and what is held
        sample("user", true, User::new("anna", Permission::ALL)),
        sample("audit_entry", false, audit_entry()),
        sample("audit_filter", true, AuditFilter { by: Some("anna".into()), subject: Some("7".into()) }),
        sample("account", false, account()),
        sample("notice", false, notices()),
        sample("patient_export", false, patient_export()),
        sample("bundle", false, bundle()),
    ]
    .into_iter()
    .chain(lists::all())
    .chain(centre::all())
    .chain(routes::all())
    .collect()
}

fn audit_entry() -> AuditEntry {
    AuditEntry {
        no: 3,
        at: moment(),
        by: "anna".into(),
        action: Action::PatientErased,
        subject: Some("7".into()),
    }
}

fn account() -> Account {
    let state = AccountState {
        gateway: "smsapi".into(),
        at: moment(),
        mode: Some(SmsMode::Standard),
        balance_milli: Some(2_700),
        messages_left: Some(30),
    };
    Account { state, passed: Some(30), passed_at: Some(moment()), settled: true }
}

/// Every notice.
pub fn notices() -> Vec<Notice> {
    let gateway = || GatewayId::from("smsapi");
    vec![
        Notice::ModeDiffers { gateway: gateway(), set: SmsMode::Premium, allowed: SmsMode::Standard },
        Notice::NoAnswerCanCome { campaign: "p".into() },
        Notice::LowBalance { gateway: gateway(), left: 30, top_up_link: Some("www.example.pl".into()) },
        Notice::GatewayPaused { gateway: gateway(), class: RejectClass::AccountAuth, until: moment() },
        Notice::Shadow {},
    ]
}

fn patient_export() -> PatientExport {
    let card = PatientFile {
        patient: patient(),
        told_at: moment(),
        number: Ok(e164()),
        default_consent: None,
        merged_into: None,
        erased_at: None,
    };
    PatientExport {
        patient: "1".into(),
        at: moment(),
        cards: vec![card],
        opt_outs: vec![OptOutRecord {
            number_hash: "5f".repeat(32),
            at: moment(),
            source: OptOutSource::Gateway,
        }],
        refused_numbers: vec![BadNumber {
            number_hash: "5f".repeat(32),
            at: moment(),
            patient: None,
            settled: false,
        }],
        visits: vec![visit_file()],
        messages: vec![outgoing(), incoming()],
        requests: Vec::new(),
        calls: vec![call_file()],
    }
}

fn bundle() -> Bundle {
    let record = |call, answers| Recorded { at: moment(), call, answers, failed: false, events: 1 };
    let gateway = || GatewayId::from("smsapi");
    let answers = vec![
        GatewayAnswer::Submitted {
            gateway: gateway(),
            messages: 1,
            results: vec![SubmitResult::TryLater { after_ms: 1_000 }],
        },
        GatewayAnswer::LookedUp { gateway: gateway(), result: LookupResult::NotFound {} },
        GatewayAnswer::Cancelled { gateway: gateway(), done: true },
        GatewayAnswer::Balance { gateway: gateway(), milli: Some(2_700) },
    ];
    let act = Act::EditCampaign { campaign: "p".into(), spec: campaign_spec() };
    Bundle {
        version: 1,
        practice: "kowalska".into(),
        gateways: vec![RecordedGateway {
            id: gateway(),
            capabilities: Capabilities {
                own_reference: OwnReference::Stored {},
                look_up: true,
                batch: 100,
                reports: true,
                cancel: true,
            },
        }],
        calls: vec![
            record(RecordedCall::Open { practice: Box::new(practice()) }, Vec::new()),
            record(RecordedCall::Apply { facts: clinic_facts() }, Vec::new()),
            record(
                RecordedCall::Act { user: User::new("anna", Permission::CLINIC), act: Box::new(act) },
                Vec::new(),
            ),
            record(RecordedCall::Dispatch { limit: 100 }, answers),
            record(RecordedCall::Work { limit: 100 }, Vec::new()),
            record(RecordedCall::AskBalances {}, Vec::new()),
            record(RecordedCall::ResumeGateway { gateway: gateway() }, Vec::new()),
            record(RecordedCall::Restored { copied_at: moment() }, Vec::new()),
        ],
        decisions: Decisions {
            messages: vec![Decided::of(&outgoing())],
            events: clinic_happenings().into_iter().map(event).collect(),
        },
    }
}

/// The names of all samples, to see that none is there twice.
pub fn names() -> BTreeSet<&'static str> {
    all().iter().map(|sample| sample.name).collect()
}
