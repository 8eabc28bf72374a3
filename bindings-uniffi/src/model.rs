//! The core's records and enums as they cross: **generated** from `core/src` by `generate-model`, not to be edited.
//!
//! Each item says to UniFFI how a type of the core looks, and nothing of it stays in the program but the conversion. One that
//! differs from the core's does not compile.

use chrono::{NaiveDate, NaiveDateTime};
use depesza::engine::{Dispatched, FieldFault, Outcome, Routed, Worked};
use depesza::model::*;
use std::collections::BTreeSet;

/// What a user may do. The first two are enough for everything of a clinic.
#[uniffi::remote(Enum)]
pub enum Permission {
    /// See everything of the communication centre, write messages, answer for what came in.
    CommunicationCenter,
    /// Change campaigns and templates; settings and rules too, unless the practice asks for those apart.
    ManageCampaigns,
    /// Change rules for SMS after a call, where `Practice::separate_permissions` names it.
    ManageRules,
    /// Change settings and deal with personal data, where `Practice::separate_permissions` names it.
    ManageSettings,
}

/// Which way a call went, as the account sees it.
#[uniffi::remote(Enum)]
pub enum CallDirection {
    /// Somebody outside called the account.
    Incoming,
    /// The account called somebody outside.
    Outgoing,
    /// Between two extensions: no rule is for it.
    Internal,
}

/// How a call ended (its disposition).
#[uniffi::remote(Enum)]
pub enum CallStatus {
    /// A person answered. A menu, queue music or an announcement is none.
    Answered,
    /// Nobody answered.
    NoAnswer,
    /// The called side was busy, or refused.
    Busy,
    /// It could not be put through.
    Failed,
    /// A network or the exchange was overloaded.
    Congestion,
    /// The caller gave up.
    Cancelled,
    /// A voice mail box answered.
    Voicemail,
}

/// A call that has ended: all its legs as one.
#[uniffi::remote(Record)]
pub struct Call {
    /// The exchange it comes from, 1 to 100 bytes. A call is known by `system` and `id`: told again it changes nothing.
    pub system: String,
    /// Its identifier in that exchange, 1 to 200 bytes.
    pub id: CallId,
    /// Which way it went.
    pub direction: CallDirection,
    /// Who called, as the exchange has it. Empty, a word (`anonymous`), or a code for a withheld number is no number.
    pub caller: Phone,
    /// The number that was dialled, as the exchange has it.
    pub called: Phone,
    /// The account's own number or extension that the call concerns; absent: `called` on an incoming call, `caller` on an
    /// outgoing one.
    #[uniffi(default = None)]
    pub own_number: Option<Phone>,
    /// The extension or agent that answered.
    #[uniffi(default = None)]
    pub answered_by: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, not before `started_at`.
    pub ended_at: Timestamp,
    /// How long it rang, in seconds.
    #[uniffi(default = 0)]
    pub ring_s: u32,
    /// How long people talked, in seconds; 0 where nobody answered.
    #[uniffi(default = 0)]
    pub talk_s: u32,
    /// How it ended.
    pub status: CallStatus,
    /// The exchange's own word for it (`NO ANSWER`, `ORIGINATOR_CANCEL`).
    #[uniffi(default = "")]
    pub raw_status: String,
    /// The exchange's own code for the cause (Q.850), where it has one.
    #[uniffi(default = None)]
    pub raw_cause: Option<String>,
}

/// A condition of a rule.
#[uniffi::remote(Enum)]
pub enum CallCondition {
    /// Which way the call went.
    Direction,
    /// How it ended.
    Status,
    /// The account's own number that it concerns.
    OwnNumber,
    /// Its length.
    Seconds,
    /// When it was.
    Time,
}

/// What a condition wanted of a call, and what it saw: in wire names and figures, the same in every language.
#[uniffi::remote(Record)]
pub struct ConditionSeen {
    /// The condition.
    pub condition: CallCondition,
    /// What it wants.
    pub wanted: String,
    /// What the call was.
    pub saw: String,
    /// Whether it is met.
    pub met: bool,
}

/// Why a rule matches a call, or does not.
#[uniffi::remote(Record)]
pub struct RuleExplained {
    /// The rule.
    pub rule: CallRuleId,
    /// Its name.
    pub name: String,
    /// Whether it acts at all.
    pub state: RuleState,
    /// Whether every condition is met.
    pub matches: bool,
    /// Its conditions; those that take everything are left out.
    pub conditions: Vec<ConditionSeen>,
}

/// Whether a saved rule acts.
#[uniffi::remote(Enum)]
pub enum RuleState {
    /// It does.
    On,
    /// It is kept, and does not.
    Off,
    /// It was deleted (an event's word; no stored rule has it).
    Deleted,
}

/// A campaign's kind.
#[uniffi::remote(Enum)]
pub enum CampaignKind {
    /// After booking.
    Booking,
    /// Before the visit.
    Reminder,
    /// After the visit.
    FollowUp,
    /// After a change of the visit's time.
    Rescheduled,
    /// After the visit was called off.
    Cancelled,
    /// Months after the last visit.
    Recall,
    /// On the patient's birthday.
    Birthday,
    /// Once, to many.
    Broadcast,
}

/// Which of a campaign's bodies a message has.
#[uniffi::remote(Enum)]
pub enum BodyVariant {
    /// The default body.
    Default,
    /// The first visit's.
    FirstVisit,
    /// The minor's.
    Minor,
}

/// Where a campaign stands in its life: `Draft → Ready → Active ⇄ Paused → Ended → Archived`.
#[uniffi::remote(Enum)]
pub enum CampaignStatus {
    /// Being written; may be faulty.
    Draft,
    /// Complete and checked, not yet started.
    Ready,
    /// Running.
    Active,
    /// Held: what is planned waits.
    Paused,
    /// Over: what was planned is withdrawn.
    Ended,
    /// Over and off the list.
    Archived,
}

/// To whom a person writes.
#[uniffi::remote(Enum)]
pub enum Recipient {
    /// To a patient, by the number of the card or the guardian's.
    Patient(PatientId),
    /// To a number, as typed; where it is on exactly one card, it is that patient's conversation.
    Number(Phone),
}

/// What happens to a message whose time is outside the practice's sending hours.
#[uniffi::remote(Enum)]
pub enum QuietHours {
    /// It is refused, so that the person can be asked.
    Warn,
    /// It goes: the person was asked.
    Override,
}

/// A message as a person writes it. Placeholders in brackets are not filled in: the text goes as it stands.
#[uniffi::remote(Record)]
pub struct NewMessage {
    /// To whom.
    pub to: Recipient,
    /// The text, with at least one visible character and no more parts than the practice allows.
    pub text: Body,
    /// When, at most 366 days ahead; absent or past: now.
    #[uniffi(default = None)]
    pub at: Option<Timestamp>,
    /// Outside the practice's sending hours.
    pub hours: QuietHours,
    /// Makes writing it again the same message (a click that was repeated, an answer that was lost): 1 to 100 bytes.
    #[uniffi(default = None)]
    pub key: Option<String>,
}

/// A change of a message that is still planned.
#[uniffi::remote(Record)]
pub struct MessageEdit {
    /// The new text; absent: as it was.
    #[uniffi(default = None)]
    pub text: Option<Body>,
    /// The new time; absent: as it was.
    #[uniffi(default = None)]
    pub at: Option<Timestamp>,
    /// Outside the practice's sending hours.
    pub hours: QuietHours,
}

/// An event. Numbers of a practice are 1, 2, 3 … without gaps.
#[uniffi::remote(Record)]
pub struct Event {
    /// Its number in the practice.
    pub no: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[uniffi::remote(Enum)]
pub enum Happening {
    /// A message reached a status worth knowing: submitted, skipped, failed, delivered, in doubt …
    MessageChanged {
        /// The message.
        message: MessageId,
        /// Its status now.
        status: Status,
        /// Why, where it was not sent.
        reason: Option<Reason>,
    },
    /// The patient answered for a visit: show it in the calendar.
    VisitAnswered {
        /// The visit.
        visit: VisitId,
        /// Yes or No.
        reply: Reply,
        /// The colour configured for it.
        colour: String,
        /// The message that said so.
        message: MessageId,
    },
    /// An earlier answer no longer holds, as the visit moved.
    ConfirmationVoid {
        /// The visit.
        visit: VisitId,
    },
    /// An incoming message was read.
    Received {
        /// The message.
        message: MessageId,
        /// Whose, where known.
        patient: Option<PatientId>,
        /// What came of it; all but `applied` and `opt_out` want the desk's eye.
        effect: ReplyEffect,
        /// Its class.
        reply: Reply,
    },
    /// A number's owner withdrew consent.
    OptedOut {
        /// Whose, where known.
        patient: Option<PatientId>,
    },
    /// A gateway refused a number for good.
    NumberBad {
        /// On whose card.
        patient: Option<PatientId>,
        /// The message that failed.
        message: MessageId,
    },
    /// A gateway is paused: its account needs a person, or (class `transient`) it is out of reach. Raised once a pause.
    GatewayPaused {
        /// The gateway.
        gateway: GatewayId,
        /// Why.
        class: RejectClass,
        /// Until when it is not tried.
        until: Timestamp,
    },
    /// A gateway works again.
    GatewayResumed {
        /// The gateway.
        gateway: GatewayId,
    },
    /// The day's budget is used up: automatic messages stop until midnight. Raised once a day.
    BudgetReached {},
    /// An automatic reminder went out although one was sent by hand.
    RemindedTwice {
        /// The visit.
        visit: VisitId,
        /// The automatic message.
        message: MessageId,
    },
    /// A rule for SMS after a call was saved, switched, moved or deleted.
    RuleChanged {
        /// The rule.
        rule: CallRuleId,
        /// Its state now.
        state: RuleState,
        /// Its version.
        version: u32,
        /// Who did it.
        by: UserId,
    },
    /// The practice's settings were changed.
    SettingsChanged {
        /// Who did it.
        by: UserId,
    },
    /// An account is running out. Raised when it falls to another threshold; a fall through several is one event.
    LowBalance {
        /// The gateway whose account it is.
        gateway: GatewayId,
        /// Messages of one part that are left.
        left: i64,
    },
    /// Far more than on a usual day would go out: automatic messages wait until somebody lets them through. Raised once
    /// a day.
    BreakerOpened {
        /// Messages sent on that day so far.
        sent: u64,
        /// The most that go without asking.
        limit: u64,
    },
    /// All that was held on a patient was erased.
    PatientErased {
        /// Who it was.
        patient: PatientId,
    },
    /// A campaign's life went on.
    CampaignChanged {
        /// The campaign.
        campaign: CampaignId,
        /// Its status now.
        status: CampaignStatus,
        /// Its version.
        version: u32,
    },
}

/// Something that happened in the host's world.
#[uniffi::remote(Enum)]
pub enum Fact {
    /// A patient's card was created or changed.
    Patient(Patient),
    /// Two cards were found to be one patient's; what is planned for `from` goes on for `into`.
    PatientsMerged {
        /// The card that ends.
        from: PatientId,
        /// The card that stays.
        into: PatientId,
    },
    /// A visit was booked, changed, closed or called off.
    Visit(Visit),
    /// The staff set a visit's confirmation by hand; no later reply overrides it. A called-off visit has none.
    ConfirmationSet {
        /// The visit.
        visit: VisitId,
        /// What they set.
        reply: Reply,
        /// Who.
        by: UserId,
    },
    /// A call ended.
    CallEnded(Call),
    /// Another system sent a message about a visit before this one took over: it is not sent again.
    SentElsewhere {
        /// The visit, as it stands.
        visit: VisitId,
        /// What kind of message it was.
        kind: CampaignKind,
        /// When it was sent.
        at: Timestamp,
    },
    /// What a gateway's account allows and has left.
    AccountTold(AccountState),
    /// An SMS came in.
    SmsReceived(SmsReceived),
    /// A gateway reported on a message.
    DeliveryReport(DeliveryReport),
}

/// A kind of refusal, and by that what to do next.
#[uniffi::remote(Enum)]
pub enum RejectClass {
    /// The recipient's number is invalid, a landline or unsupported: final, the number is marked.
    RecipientInvalid,
    /// The recipient opted out at the gateway: final, the opt-out is kept.
    RecipientOptedOut,
    /// The text was refused: final.
    Content,
    /// The text is too long for the gateway: final.
    TooLong,
    /// The sender id is not allowed: final.
    SenderNotAllowed,
    /// No credit: the gateway pauses, no attempt is used.
    AccountNoCredit,
    /// The key or password is wrong: the gateway pauses, no attempt is used.
    AccountAuth,
    /// The account may not do this (address filter, foreign numbers locked …): the gateway pauses, no attempt is used.
    AccountBlocked,
    /// A passing failure at the provider or operator: tried again, an attempt is used.
    Transient,
    /// The telephone is off or out of reach: tried again once after a long while, an attempt is used.
    Unreachable,
    /// The message's validity ended at the gateway: final.
    Expired,
}

/// What a gateway's account allows and has left, as the provider or the host tells it.
#[uniffi::remote(Record)]
pub struct AccountState {
    /// The gateway.
    pub gateway: GatewayId,
    /// When it was so; an older one is ignored.
    pub at: Timestamp,
    /// The mode that the account was bought with; absent where the provider does not tell.
    #[uniffi(default = None)]
    pub mode: Option<SmsMode>,
    /// What is left in thousandths of the currency's unit; absent where it has no limit.
    #[uniffi(default = None)]
    pub balance_milli: Option<i64>,
    /// Messages of one part that are left; where absent, the balance divided by the dearest price.
    #[uniffi(default = None)]
    pub messages_left: Option<i64>,
}

/// One message handed to a gateway.
#[uniffi::remote(Record)]
pub struct Submission {
    /// Our reference: at most 36 of `0-9a-z-`, the same over all attempts of this message.
    pub reference: String,
    /// Recipient in E.164.
    pub to: Phone,
    /// Sender id; the account's default when absent.
    pub sender: Option<String>,
    /// The finished text.
    pub body: Body,
    /// Its encoding.
    pub encoding: Encoding,
    /// Its parts by our count.
    pub parts: u32,
    /// What it is for.
    pub purpose: Purpose,
    /// The engine's time of this attempt.
    pub at: Timestamp,
    /// After this instant it must not arrive any more; adapters map it to the gateway's validity.
    pub not_after: Timestamp,
}

/// A gateway's answer for one message.
#[uniffi::remote(Enum)]
pub enum SubmitResult {
    /// Taken. A duplicate of our own reference is this too.
    Accepted {
        /// The gateway's identifiers, one or one a part.
        provider_ids: Vec<String>,
        /// Parts by the gateway's count.
        parts: Option<u32>,
        /// Cost in thousandths of the currency's unit.
        cost_milli: Option<i64>,
    },
    /// Refused, definitely not sent.
    Rejected {
        /// The kind of refusal.
        class: RejectClass,
        /// The gateway's own code or word, without patient data.
        code: String,
    },
    /// Not now: definitely not sent, no attempt is used.
    TryLater {
        /// After so many milliseconds.
        after_ms: i64,
    },
    /// Nobody knows: a time-out after writing, a reset, a 5xx without a body.
    Unknown {
        /// The cause, without patient data.
        why: String,
    },
}

/// What a look-up found.
#[uniffi::remote(Enum)]
pub enum LookupResult {
    /// The gateway has it.
    Known {
        /// The gateway's identifiers.
        provider_ids: Vec<String>,
        /// Its state.
        state: DeliveryState,
    },
    /// The gateway never got it: it may go again.
    NotFound {},
    /// The gateway cannot tell.
    Unsure {},
}

/// How far a gateway keeps our own reference.
#[uniffi::remote(Enum)]
pub enum OwnReference {
    /// Not at all.
    None,
    /// Stored, shown in reports and look-ups.
    Stored {},
    /// Enforced as an idempotency key: within the window the same reference is never sent twice.
    Unique {
        /// The window, in milliseconds from the first submission.
        window_ms: i64,
    },
}

/// What a gateway can do.
#[uniffi::remote(Record)]
pub struct Capabilities {
    /// Own reference.
    pub own_reference: OwnReference,
    /// Whether `Gateway::look_up` can find a message by our reference.
    pub look_up: bool,
    /// The most messages of one call, at least 1.
    pub batch: u32,
    /// Whether it sends delivery reports.
    pub reports: bool,
    /// Whether a submitted message can be taken back.
    pub cancel: bool,
}

/// What the gateway says of a message after it took it: a delivery report (DLR).
#[uniffi::remote(Record)]
pub struct DeliveryReport {
    /// Which gateway was authenticated.
    pub gateway: GatewayId,
    /// The gateway's identifier of the message or part.
    #[uniffi(default = None)]
    pub provider_id: Option<String>,
    /// Our reference, where the gateway returns it; it decides before the identifier.
    #[uniffi(default = None)]
    pub reference: Option<String>,
    /// Which part, from 1, where it reports parts one by one.
    #[uniffi(default = None)]
    pub part: Option<u32>,
    /// What it says.
    pub state: DeliveryState,
    /// When it happened, by the gateway.
    pub at: Timestamp,
    /// The gateway's own words, for the record.
    pub raw: Verbatim,
    /// Cost in thousandths of the currency's unit.
    #[uniffi(default = None)]
    pub cost_milli: Option<i64>,
}

/// An SMS that came in (mobile originated).
#[uniffi::remote(Record)]
pub struct SmsReceived {
    /// Which gateway was authenticated.
    pub gateway: GatewayId,
    /// The gateway's identifier: the same twice is one message.
    #[uniffi(default = None)]
    pub provider_id: Option<String>,
    /// Who wrote, as the gateway gives it.
    pub from: Phone,
    /// The number or sender it came to.
    #[uniffi(default = None)]
    pub to: Option<String>,
    /// The text.
    pub body: Body,
    /// When, by the gateway.
    pub received_at: Timestamp,
    /// The gateway's identifier, or our reference, of the message that is answered.
    #[uniffi(default = None)]
    pub in_reply_to: Option<String>,
    /// Its place among the parts of a long message, where the gateway does not join them.
    #[uniffi(default = None)]
    pub part: Option<InboundPart>,
    /// The gateway itself took it for an opt-out.
    #[uniffi(default = false)]
    pub opt_out: bool,
}

/// A part of a long incoming message.
#[uniffi::remote(Record)]
pub struct InboundPart {
    /// Reference of the concatenated message (3GPP TS 23.040, 9.2.3.24.1).
    pub reference: u16,
    /// This part, from 1.
    pub part: u8,
    /// Parts in all.
    pub parts: u8,
}

/// Which messages a list shows: those that meet all of it. The default is every message.
#[uniffi::remote(Record)]
pub struct MessageFilter {
    /// Of this patient's conversation.
    #[uniffi(default = None)]
    pub patient: Option<PatientId>,
    /// Of this campaign, reminders sent by hand with its text included.
    #[uniffi(default = None)]
    pub campaign: Option<CampaignId>,
    /// Of campaigns of this kind.
    #[uniffi(default = None)]
    pub kind: Option<CampaignKind>,
    /// In one of these statuses; empty: in any.
    #[uniffi(default = [])]
    pub statuses: Vec<Status>,
    /// One way only.
    #[uniffi(default = None)]
    pub direction: Option<Direction>,
    /// To or from this number, as typed.
    #[uniffi(default = None)]
    pub number: Option<Phone>,
    /// With these words in their text, in any order, without regard to case and diacritics; the last one may be the
    /// beginning of a word. At least one word of two characters.
    #[uniffi(default = None)]
    pub words: Option<Body>,
    /// Of this instant or later. A message's instant is when it was received or first submitted, else when it is due.
    #[uniffi(default = None)]
    pub from: Option<Timestamp>,
    /// Before this instant.
    #[uniffi(default = None)]
    pub to: Option<Timestamp>,
    /// Read or not; absent: both.
    #[uniffi(default = None)]
    pub reading: Option<Reading>,
}

/// Whether the desk has read an incoming message.
#[uniffi::remote(Enum)]
pub enum Reading {
    /// Incoming ones that nobody has read.
    Unread,
    /// Incoming ones that were read.
    Read,
}

/// What a person can do with a row.
#[uniffi::remote(Enum)]
pub enum RowAction {
    /// Mark it as read.
    MarkRead,
    /// Mark it as not read.
    MarkUnread,
    /// Give it to a patient.
    Assign,
    /// Open the conversation.
    OpenChat,
    /// Change text or time of what is still planned.
    Edit,
    /// Withdraw what is still planned.
    Cancel,
    /// Say that it was dealt with.
    Settle,
    /// Say what became of a message in doubt.
    SettleDoubt,
    /// Correct the number on the card.
    CorrectNumber,
    /// Say that the gateway's account is in order again.
    ResumeGateway,
    /// Top the account up.
    TopUp,
}

/// A message in a list.
#[uniffi::remote(Record)]
pub struct MessageRow {
    /// The message.
    pub message: Message,
    /// First and last name of its patient, where the card is known.
    pub patient_name: Option<Name>,
    /// What can be done with it now.
    pub actions: Vec<RowAction>,
}

/// A page of messages, newest first.
#[uniffi::remote(Record)]
pub struct MessagePage {
    /// The messages. A page can be short, even empty, and still have a next one.
    pub rows: Vec<MessageRow>,
    /// Where the next page goes on; absent on the last.
    pub next: Option<String>,
}

/// What a conversation shows beside what went, goes and came.
#[uniffi::remote(Enum)]
pub enum ChatShows {
    /// Nothing else.
    Exchanged,
    /// Skipped and withdrawn messages too, with their reasons.
    Everything,
}

/// A number that is counted no further than its limit.
#[uniffi::remote(Record)]
pub struct BoundedCount {
    /// How many, up to 1,000.
    pub count: u32,
    /// Whether there are more.
    pub more: bool,
}

/// A patient that was looked for.
#[uniffi::remote(Record)]
pub struct PatientFound {
    /// Who.
    pub id: PatientId,
    /// First name.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// The number that messages go to, or the one on the card where nothing can go to it.
    pub number: Option<Phone>,
    /// Date of birth, to tell namesakes apart.
    pub birth_date: Option<NaiveDate>,
    /// Messages of the patient that nobody has read.
    pub unread: BoundedCount,
}

/// Which way a message goes.
#[uniffi::remote(Enum)]
pub enum Direction {
    /// To the patient (mobile terminated).
    Outgoing,
    /// From the patient (mobile originated).
    Incoming,
}

/// Where a message stands.
///
/// `Planned → Claimed → Submitting → Submitted → Sent → Delivered` and the ends beside; see
/// the room `message` for the legal steps.
#[uniffi::remote(Enum)]
pub enum Status {
    /// To be sent at `due_at`.
    Planned,
    /// Taken by a dispatcher, nothing submitted yet; free again when the lease runs out.
    Claimed,
    /// Handed to the gateway, answer not yet known; never free again by itself.
    Submitting,
    /// The gateway took it.
    Submitted,
    /// The operator has it.
    Sent,
    /// It reached the handset.
    Delivered,
    /// Some parts reached the handset, some did not.
    PartlyDelivered,
    /// No report came in time; it may well have arrived.
    Unconfirmed,
    /// The operator gave up.
    Undelivered,
    /// Its validity ended on the way (the gateway's word).
    Expired,
    /// Refused for good, or all attempts used up.
    Failed,
    /// Withdrawn before it was submitted.
    Cancelled,
    /// Decided not to send, with the reason.
    Skipped,
    /// Nobody knows whether it was sent: a look-up, a report or a person settles it.
    InDoubt,
    /// An incoming message.
    Received,
}

/// What a message comes from.
#[uniffi::remote(Enum)]
pub enum Origin {
    /// A campaign's step.
    Campaign {
        /// The campaign.
        campaign: CampaignId,
        /// Its kind.
        kind: CampaignKind,
        /// The step, from 0.
        step: u8,
        /// The version it was planned by.
        version: u32,
    },
    /// A reminder sent by hand from the calendar.
    ManualReminder {
        /// Who asked for it.
        by: UserId,
        /// The campaign whose texts it has.
        campaign: CampaignId,
    },
    /// The acknowledgement of a STOP.
    OptOutAck {
        /// The message that said STOP.
        answers: MessageId,
    },
    /// A rule for SMS after a call.
    AfterCall {
        /// The rule.
        rule: CallRuleId,
        /// The version that matched.
        version: u32,
        /// The exchange of the call.
        system: String,
        /// The call.
        call: CallId,
    },
    /// A person's own text, or an incoming message.
    Chat {
        /// Who wrote it; none for incoming ones.
        by: Option<UserId>,
    },
}

/// What a message is about: part of the key that keeps it from going twice.
#[uniffi::remote(Record)]
pub struct Subject {
    /// The visit.
    pub visit: VisitId,
    /// Its start at the time of planning: the occasion.
    pub starts_at: Timestamp,
}

/// What a message about a patient, not about a visit, is for: part of the key that keeps it from going twice.
#[uniffi::remote(Enum)]
pub enum Occasion {
    /// A birthday.
    Birthday {
        /// The year in which it is kept.
        year: i32,
    },
    /// A recall.
    Recall {
        /// The day on which it is due.
        due: NaiveDate,
    },
    /// A broadcast.
    Broadcast {
        /// The run of the campaign, from 1.
        run: u32,
    },
}

/// The right to act on a message until a time, proved by a token that grows with every claim.
#[uniffi::remote(Record)]
pub struct Lease {
    /// Fencing token: an older holder's is refused.
    pub token: u64,
    /// When the right ends.
    pub until: Timestamp,
}

/// A failed attempt.
#[uniffi::remote(Record)]
pub struct FailedAttempt {
    /// When.
    pub at: Timestamp,
    /// What kind of failure.
    pub class: RejectClass,
    /// The gateway's own code, as it gave it.
    pub code: String,
    /// Which gateway; absent in what older releases wrote.
    pub gateway: Option<GatewayId>,
}

/// The state of one part by its reports.
#[uniffi::remote(Record)]
pub struct PartState {
    /// The part, from 1.
    pub part: u32,
    /// Its latest state.
    pub state: DeliveryState,
}

/// A report as it came, kept as evidence.
#[uniffi::remote(Record)]
pub struct ReportSeen {
    /// When it happened, by the gateway.
    pub at: Timestamp,
    /// What it said.
    pub state: DeliveryState,
    /// The gateway's own words.
    pub raw: Verbatim,
    /// Whether it contradicts what was final already, and so changed nothing.
    pub conflict: bool,
}

/// What a delivery report says.
#[uniffi::remote(Enum)]
pub enum DeliveryState {
    /// The gateway has it.
    Accepted,
    /// The operator has it.
    Sent,
    /// It reached the handset.
    Delivered,
    /// The operator gave up.
    Undelivered,
    /// Its validity ended.
    Expired,
    /// Refused.
    Rejected,
    /// The gateway does not know.
    Unknown,
}

/// A message.
#[uniffi::remote(Record)]
pub struct Message {
    /// Its number in the practice.
    pub id: MessageId,
    /// Which way it goes.
    pub direction: Direction,
    /// What it comes from.
    pub origin: Origin,
    /// What it is about; empty for chat.
    pub subjects: Vec<Subject>,
    /// What it is for, where it is about a patient and not about visits.
    pub occasion: Option<Occasion>,
    /// Whose conversation it belongs to.
    pub patient: Option<PatientId>,
    /// The other side's number in E.164; absent where none could be decided on.
    pub number: Option<Phone>,
    /// The sender id it goes out with; for an incoming one the number it came to.
    pub sender: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why it is not sent.
    pub reason: Option<Reason>,
    /// Which body it has; absent until rendered.
    pub variant: Option<BodyVariant>,
    /// The text as sent or received; absent until the first submission freezes it.
    pub body: Option<Body>,
    /// Encoding of `body`.
    pub encoding: Option<Encoding>,
    /// Parts of `body`; the gateway's own figure wins.
    pub parts: u32,
    /// Cost in thousandths of the currency's unit; the gateway's own figure wins.
    pub cost_milli: i64,
    /// Whether it asks for TAK or NIE.
    pub expects_reply: bool,
    /// When it was planned, or received by the engine.
    pub created_at: Timestamp,
    /// When its time was last decided: deciding anew from the same facts gives the same time.
    pub planned_at: Timestamp,
    /// When it is to be sent. With `Claimed` and `Submitting` the lease decides when it is looked at again.
    pub due_at: Timestamp,
    /// After this instant it is not sent any more.
    pub use_by: Timestamp,
    /// Held by a pause of its campaign: not due until that resumes.
    pub held: bool,
    /// Who may act on it, while `Claimed` or `Submitting`.
    pub lease: Option<Lease>,
    /// The stable reference it is submitted under: at most 36 of `0-9a-z-`, the same over all attempts.
    pub reference: Option<String>,
    /// The gateway it sticks to.
    pub gateway: Option<GatewayId>,
    /// The gateway's identifiers, one or one a part.
    pub provider_ids: Vec<String>,
    /// What makes a second delivery of this incoming message, or of a part of it, the same one.
    pub inbound_keys: Vec<String>,
    /// What a person's message was written under: written again under it, it is this one.
    pub key: Option<String>,
    /// The local day it counts for in statistics: of its sending, or of the time planned for it.
    pub day: NaiveDate,
    /// When to stop waiting for a report.
    pub report_due: Option<Timestamp>,
    /// First submission.
    pub submitted_at: Option<Timestamp>,
    /// When the operator had it.
    pub sent_at: Option<Timestamp>,
    /// When it reached the handset.
    pub delivered_at: Option<Timestamp>,
    /// When an incoming one was received, by the gateway.
    pub received_at: Option<Timestamp>,
    /// Whether an attempt is under way whose outcome nobody knows: it may have been sent.
    pub unanswered: bool,
    /// Attempts used up.
    pub attempts: u8,
    /// What went wrong in each.
    pub failures: Vec<FailedAttempt>,
    /// Parts reported one by one.
    pub part_states: Vec<PartState>,
    /// Reports as they came, the newest 16.
    pub reports: Vec<ReportSeen>,
    /// The gateway could not take a submitted message back after its visit was called off.
    pub may_still_arrive: bool,
    /// Whether the desk has read it (incoming only).
    pub read: bool,
    /// Whether the desk has dealt with what it asked for: an ambiguous answer, a mention of STOP.
    pub settled: bool,
    /// What an incoming message was found to be.
    pub answer: Option<Answer>,
    /// The latest answer that an outgoing message got.
    pub reply: Option<Reply>,
    /// What was taken out of it: nothing of that kind is stored on it any more, whatever comes.
    pub wiped: Wiped,
}

/// What was taken out of a message, by age or as its patient was erased.
#[uniffi::remote(Enum)]
pub enum Wiped {
    /// Nothing.
    Nothing,
    /// The text, and what gateways said of it.
    Text,
    /// That, and whose it was: number, patient, visits.
    Identity,
}

/// What an incoming message was found to be.
#[uniffi::remote(Record)]
pub struct Answer {
    /// The class of its text.
    pub reply: Reply,
    /// The policy that classified it.
    pub policy: ReplyPolicy,
    /// What came of it.
    pub effect: ReplyEffect,
    /// The visits it was applied to, or may belong to.
    pub visits: Vec<VisitId>,
}

/// What came of an incoming message.
#[uniffi::remote(Enum)]
pub enum ReplyEffect {
    /// It confirmed or declined its visits.
    Applied,
    /// It belongs to a request but is neither TAK nor NIE: kept, nothing changed.
    Noted,
    /// Several requests are open: nothing is confirmed, the desk decides.
    Ambiguous,
    /// Its request was closed: the visit moved, began, ended or was called off.
    TooLate,
    /// The staff set the state by hand, which no reply overrides.
    StaffDecided,
    /// No request is open for the number.
    NoRequest,
    /// It withdrew consent.
    OptOut,
    /// It speaks of STOP inside a sentence: the desk decides.
    StopMentioned,
    /// Parts of it never came.
    Incomplete,
}

/// What a message is for. Polish law treats information on a visit and marketing apart, so consent is per purpose.
#[uniffi::remote(Enum)]
pub enum Purpose {
    /// Information on the patient's own visits: booking, reminder, change, cancellation.
    Visits,
    /// Commercial information: surveys, offers, recalls that advertise (Electronic Communications Law, art. 398).
    Marketing,
    /// Anything else.
    Other,
}

/// Where a consent or its refusal comes from.
#[uniffi::remote(Enum)]
pub enum ConsentSource {
    /// The patient said so: in person, by telephone, on paper, in an application.
    Person,
    /// Set by the practice's default for new cards, without asking.
    Default,
    /// Taken over from another system.
    Import,
}

/// An answer to the question of consent, with its time and source.
#[uniffi::remote(Record)]
pub struct Consent {
    /// Yes or no.
    pub given: bool,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it.
    pub source: ConsentSource,
}

/// The consents of a card; `None` means that nobody ever asked.
#[uniffi::remote(Record)]
pub struct Consents {
    /// Information on the patient's visits.
    #[uniffi(default = None)]
    pub visits: Option<Consent>,
    /// Commercial information.
    #[uniffi(default = None)]
    pub marketing: Option<Consent>,
    /// Anything else.
    #[uniffi(default = None)]
    pub other: Option<Consent>,
}

/// Whether a card is in use.
#[uniffi::remote(Enum)]
pub enum PatientStatus {
    /// In use.
    Active,
    /// Put away: nothing more is sent, what was planned is withdrawn.
    Inactive,
    /// The patient has died: nothing more is sent, follow-ups included.
    Deceased,
}

/// Who answers for a patient without a number of their own, usually a parent.
#[uniffi::remote(Record)]
pub struct Guardian {
    /// The guardian's name, if the host keeps it.
    #[uniffi(default = None)]
    pub name: Option<Name>,
    /// The guardian's number, as typed.
    pub phone: Phone,
}

/// A patient's card.
#[uniffi::remote(Record)]
pub struct Patient {
    /// The host's identifier.
    pub id: PatientId,
    /// The host's revision of this card: grows with every change, up to 2^63-1; an older or equal one is ignored.
    pub revision: u64,
    /// First name, nominative.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// The first name as one calls out to its bearer (Anno), where the host knows better than the rules.
    #[uniffi(default = None)]
    pub vocative: Option<Name>,
    /// The number as typed on the card.
    #[uniffi(default = None)]
    pub phone: Option<Phone>,
    /// Whose number to use when the card has none.
    #[uniffi(default = None)]
    pub guardian: Option<Guardian>,
    /// Date of birth, years 1 to 9999; unknown means an adult's text, never a child's.
    #[uniffi(default = None)]
    pub birth_date: Option<NaiveDate>,
    /// Consents on the card.
    #[uniffi(default)]
    pub consents: Consents,
    /// Whether the card is in use.
    pub status: PatientStatus,
    /// When the card was created in the host; without it no default consent applies.
    #[uniffi(default = None)]
    pub created_at: Option<Timestamp>,
}

/// Which numbers a practice writes to. Checked when it is saved by `phone::check`.
#[uniffi::remote(Record)]
pub struct PhonePolicy {
    /// The country of numbers typed without one: `+` and a country calling code (ITU-T E.164), by default `+48`.
    /// Its numbers are allowed.
    pub default_prefix: String,
    /// Further prefixes whose numbers are allowed: `+`, a country calling code, and as many digits of the number after
    /// it as the practice wants (`+380`, `+4915`); at most `PhonePolicy::PREFIXES_MAX`.
    pub allowed_prefixes: Vec<String>,
}

/// What a number is for, as libphonenumber's metadata say.
#[uniffi::remote(Enum)]
pub enum NumberKind {
    /// A mobile number.
    Mobile,
    /// A landline, the closed networks of ministries and railways included.
    Landline,
    /// A landline or a mobile: the numbering plan does not tell them apart (USA, Canada).
    MobileOrLandline,
    /// Internet telephony (in Poland 39).
    Voip,
    /// A premium rate number (in Poland 70x).
    Premium,
    /// Free for the caller (in Poland 800).
    TollFree,
    /// The caller pays a part (in Poland 801).
    SharedCost,
    /// A personal number that follows its holder.
    Personal,
    /// A pager (in Poland 64).
    Pager,
    /// A company's one number for all its places (in Poland 804).
    UniversalAccess,
    /// A voice mail box.
    Voicemail,
    /// A valid number of no known kind.
    Unknown,
}

/// A number that was understood.
#[uniffi::remote(Record)]
#[uniffi(name = "TelephoneNumber")]
pub struct Number {
    /// The number in E.164: `+` and at most 15 digits.
    pub e164: Phone,
    /// The country calling code, 1 to 999.
    pub calling_code: u16,
    /// What the number is for.
    pub kind: NumberKind,
}

/// Why a text is no telephone number.
#[uniffi::remote(Enum)]
pub enum NumberFault {
    /// Nothing was given.
    Empty,
    /// The caller's number was withheld.
    Withheld,
    /// Up to six digits without a country: a service number or an internal extension.
    ShortCode,
    /// Fewer digits than a number of its country has.
    TooShort,
    /// More digits than a number of its country has, perhaps two numbers.
    TooLong,
    /// Letters, an extension, two numbers with a slash, or other signs that a number has not. Nothing is guessed.
    Malformed,
    /// No such number is assigned.
    Invalid,
}

/// Why nothing may be sent to a number.
#[uniffi::remote(Enum)]
#[uniffi(name = "NumberRefusal")]
pub enum Refusal {
    /// No number was given (`NumberFault::Empty`).
    Missing,
    /// See `NumberFault::Withheld`.
    Withheld,
    /// See `NumberFault::ShortCode`.
    ShortCode,
    /// See `NumberFault::TooShort`.
    TooShort,
    /// See `NumberFault::TooLong`.
    TooLong,
    /// See `NumberFault::Malformed`.
    Malformed,
    /// See `NumberFault::Invalid`.
    Invalid,
    /// A number of a country the practice does not write to.
    OutsidePrefixes,
    /// A number that takes no SMS.
    CannotReceiveSms {
        /// What the number is.
        kind: NumberKind,
    },
}

/// Why a message was not sent, or not anew. The wire form is a tagged object; `code` never changes its meaning.
#[uniffi::remote(Enum)]
pub enum Reason {
    /// The practice's mode is `none`.
    ModeNone {},
    /// No consent for this purpose, or it was withdrawn.
    NoConsent {
        /// The purpose that lacks it.
        purpose: Purpose,
    },
    /// The number's owner wrote STOP, or the gateway has it on its blacklist.
    OptedOut {},
    /// The visit's patient was never told.
    PatientUnknown {},
    /// The card is put away.
    PatientInactive {},
    /// The patient has died.
    PatientDeceased {},
    /// Neither the card nor a guardian has a number.
    NoNumber {},
    /// The number cannot be read.
    BadNumber {
        /// What is wrong with it.
        refusal: Refusal,
    },
    /// The number is outside the practice's allowed prefixes.
    OutsidePrefixes {},
    /// The number cannot receive an SMS.
    CannotReceiveSms {
        /// What it is.
        kind: NumberKind,
    },
    /// A gateway refused this number for good; cleared when the number on the card is edited.
    NumberMarkedBad {},
    /// No allowed time is left between now and the visit.
    NoAllowedSlot {},
    /// The visit was booked, or moved, after this reminder's time, and the campaign's policy is not to send late.
    BookedLate {},
    /// The booking message stands for this reminder.
    MergedIntoBooking {},
    /// Its use-by time passed before it could be sent.
    PastUseBy {},
    /// A placeholder has no value and its body no fallback.
    MissingValue {
        /// The placeholder's name.
        placeholder: String,
    },
    /// The rendered text has more parts than allowed.
    TooManyParts {
        /// Parts of the text.
        parts: u32,
        /// The most allowed.
        allowed: u32,
    },
    /// Another visit of the same patient on the same day has the message.
    SameDay {
        /// The first visit of that day.
        visit: VisitId,
    },
    /// The booking message of another visit of the same series stands for this one's.
    CoveredBySeries {
        /// The first visit of the series.
        visit: VisitId,
    },
    /// Joined into another message to the same number.
    JoinedInto {
        /// The message that names this visit too.
        message: MessageId,
    },
    /// A reminder was sent by hand.
    ManualReminder {
        /// The message sent by hand.
        message: MessageId,
    },
    /// Another step of the campaign goes to this visit's patient within the same minute.
    SameTime {},
    /// The time named was already the subject of a sent message of this campaign and step.
    AlreadySent {
        /// That message.
        message: MessageId,
    },
    /// The visit was called off.
    VisitCancelled {},
    /// The visit moved by more than the tolerance; another message has its new time.
    VisitMoved {},
    /// The visit stands again: what was to be said of its cancellation is void.
    VisitReopened {},
    /// The card has another number by now.
    NumberChanged {},
    /// The visit is over, began, or is too near.
    VisitStarted {},
    /// The patient did not come.
    NotTookPlace {},
    /// Nobody said whether the visit took place.
    OutcomeUnknown {},
    /// The visit was booked, moved or closed before the campaign was activated.
    BeforeActivation {},
    /// The visit was booked longer ago than the campaign's limit.
    BookedLongAgo {},
    /// The visit no longer matches the campaign's filters.
    OutsideFilters {},
    /// The campaign ended or was archived.
    CampaignEnded {},
    /// The campaign was paused over its time.
    CampaignPaused {},
    /// The patient has had the practice's most messages of a day.
    DailyCap {},
    /// The practice's budget of the day is used up.
    DailyBudget {},
    /// A person withdrew it.
    Withdrawn {},
    /// All attempts failed in ways that could have passed.
    AttemptsUsedUp {},
    /// The gateway refused it for good.
    Rejected {
        /// The kind of refusal.
        class: RejectClass,
    },
    /// It may have been sent before the store was restored from an old copy.
    Restored {},
    /// A gateway did not say whether it took it.
    NoAnswer {},
    /// The account's service for SMS after a call is not active.
    ServiceInactive {},
    /// The rule was switched off or deleted.
    RuleOff {},
    /// The number is the account's own, or its sender's.
    OwnNumber {},
    /// The call was told too long after its end.
    CallTooOld {},
    /// The number has, or is to have, another message within the rule's least time.
    TooSoon {
        /// That message.
        message: MessageId,
    },
    /// The other party was talked to meanwhile.
    AnsweredMeanwhile {},
    /// The provider does not let the sender id be used.
    SenderNotApproved {},
    /// The practice only watches what would be sent.
    Shadow {},
    /// Another system sent it before.
    SentElsewhere {
        /// When.
        at: Timestamp,
    },
    /// The patient has booked a visit meanwhile.
    VisitBooked {
        /// The visit.
        visit: VisitId,
    },
    /// The patient was erased.
    Erased {},
    /// None of the practice's routes is for numbers of this beginning.
    NoRoute {},
}

/// How a practice reads answers.
#[uniffi::remote(Record)]
pub struct ReplyPolicy {
    /// How much beside the bare word may stand in an answer.
    pub grammar: ReplyGrammar,
    /// Languages read beside Polish; none by default.
    pub languages: BTreeSet<ReplyLanguage>,
}

/// How much beside the bare word may stand in an answer. The grammars are written down in `reply`.
#[uniffi::remote(Enum)]
pub enum ReplyGrammar {
    /// Exactly TAK or NIE.
    Strict,
    /// Also the words, phrases, typos and smileys of a closed list.
    Tolerant,
}

/// A language in which answers are read beside Polish.
#[uniffi::remote(Enum)]
pub enum ReplyLanguage {
    /// Ukrainian, in Cyrillic letters.
    Ukrainian,
}

/// What an answer says to the question whether the patient comes.
#[uniffi::remote(Enum)]
pub enum Reply {
    /// TAK: the visit is confirmed.
    Yes,
    /// NIE: the patient does not come.
    No,
    /// Anything else: for people to read.
    Other,
}

/// Whether a text asks that no more be sent.
#[uniffi::remote(Enum)]
pub enum OptOut {
    /// STOP is no word of the text.
    Absent,
    /// STOP is the whole text: consent is withdrawn.
    Alone,
    /// STOP is one word among others: people decide.
    Mentioned,
}

/// How a text was read.
#[uniffi::remote(Record)]
pub struct ReplyClass {
    /// The answer; `Reply::Other` whenever `opt_out` is not `OptOut::Absent`.
    pub reply: Reply,
    /// The wish to receive no more.
    pub opt_out: OptOut,
}

/// How the practice sends.
#[uniffi::remote(Enum)]
pub enum SmsMode {
    /// Nothing is sent.
    None,
    /// By the provider's common sender.
    Standard,
    /// By the practice's own sender ids.
    Premium,
}

/// The language of what people read: day and month names, labels, messages for a screen.
#[uniffi::remote(Enum)]
pub enum Language {
    /// Polish.
    Pl,
    /// English.
    En,
}

/// What a body speaks about, and so which built-in placeholders it may hold.
#[uniffi::remote(Enum)]
pub enum TemplateSubject {
    /// A patient and their visits: campaigns.
    Visits,
    /// A telephone call: SMS-after-call rules.
    Calls,
    /// A patient, and no visit: recalls, birthdays, broadcasts.
    People,
}

/// A text in both languages.
#[uniffi::remote(Record)]
pub struct LocalText {
    /// In Polish.
    pub pl: String,
    /// In English.
    pub en: String,
}

/// A placeholder that a user defines and that stands for a URL.
#[uniffi::remote(Record)]
pub struct LinkMarker {
    /// What is written in round brackets: at most 32 letters, digits, `_`, `-` and spaces, a letter first.
    pub name: String,
    /// Where the link leads: at most 500 characters, `http`, `https` or no scheme; sent exactly as typed.
    pub url: String,
}

/// A placeholder that the host defines and supplies values for.
#[uniffi::remote(Record)]
pub struct CustomPlaceholder {
    /// What is written in round brackets; the same rule as for `LinkMarker::name`.
    pub name: String,
    /// What it stands for, for the legend.
    pub description: LocalText,
    /// What it may look like when filled in, for the legend and for previews.
    pub sample: String,
}

/// Where a placeholder comes from.
#[uniffi::remote(Enum)]
pub enum PlaceholderKind {
    /// Depesza has it.
    BuiltIn,
    /// The host registered it.
    Custom,
    /// A user's link marker.
    Link,
}

/// A stretch of a body.
#[uniffi::remote(Record)]
pub struct TextSpan {
    /// First byte of the stretch in the body's UTF-8, from 0; always on a character's border.
    pub start: usize,
    /// The byte after its last, from 0; always on a character's border.
    pub end: usize,
    /// Line on which it starts, from 1. Lines end with LF.
    pub line: usize,
    /// Column at which it starts, from 1, in characters (Unicode scalar values).
    pub column: usize,
}

/// What is wrong with a body, and where.
#[uniffi::remote(Record)]
pub struct TemplateFault {
    /// Where: the whole bracket, or the part of the body that is too much.
    pub at: TextSpan,
    /// What.
    pub kind: TemplateFaultKind,
}

/// What can be wrong with a body. On the wire the variant is the field `code`.
#[uniffi::remote(Enum)]
pub enum TemplateFaultKind {
    /// The body has nothing that could be read.
    EmptyBody,
    /// The body is longer than allowed.
    BodyTooLong {
        /// Its length, in characters.
        chars: usize,
        /// The most that is allowed, in characters.
        limit: usize,
    },
    /// The body holds more placeholders than allowed.
    TooManyPlaceholders {
        /// The most that is allowed.
        limit: usize,
    },
    /// A word in brackets that names no placeholder.
    UnknownPlaceholder {
        /// The word as typed, shortened to 32 characters.
        name: String,
        /// The known name nearest to it, when one is near enough to be meant.
        nearest: Option<String>,
    },
    /// A built-in placeholder of the other subject, such as `(imie)` in a call rule.
    NotForSubject {
        /// The placeholder's name.
        name: String,
        /// What this body speaks about.
        subject: TemplateSubject,
    },
    /// A format that the placeholder does not have.
    UnknownFormat {
        /// The placeholder's name.
        name: String,
        /// The format as typed, shortened to 32 characters.
        format: String,
        /// The formats it has; may be none.
        known: Vec<String>,
    },
    /// `(name|)`: a fallback that would leave a hole.
    EmptyFallback {
        /// The placeholder's name.
        name: String,
    },
    /// `(name|… (`: a fallback is plain text and holds no brackets.
    BracketInFallback {
        /// The placeholder's name.
        name: String,
    },
}

/// Why a link marker or a host's placeholder is refused. On the wire the variant is the field `code`.
#[uniffi::remote(Enum)]
pub enum MarkerFault {
    /// The name is not made of words.
    NameMalformed,
    /// The name is too long.
    NameTooLong {
        /// The most that is allowed, in characters.
        limit: usize,
    },
    /// Another placeholder has that name, when case and Polish diacritics are set aside.
    NameTaken {
        /// Whose name it is.
        by: PlaceholderKind,
    },
    /// The catalogue holds as many of this kind as it may.
    TooMany {
        /// The most that is allowed.
        limit: usize,
    },
    /// The URL is too long.
    UrlTooLong {
        /// The most that is allowed, in characters.
        limit: usize,
    },
    /// The URL holds white space, control or invisible characters.
    UrlWhiteSpace,
    /// The URL has a scheme other than `http` and `https`.
    UrlScheme,
    /// The URL does not begin with a host's name such as `www.estomed.pl`.
    UrlHost,
}

/// The coding of a message (3GPP TS 23.038): a message has one, for all its parts.
#[uniffi::remote(Enum)]
#[uniffi(name = "SmsEncoding")]
pub enum Encoding {
    /// The GSM 7-bit default alphabet with its extension table; a unit is a septet.
    Gsm7,
    /// UCS-2, in practice UTF-16; a unit is 16 bits.
    Ucs2,
}

/// The length of the reference number that ties the parts of a message together (3GPP TS 23.040, 9.2.3.24).
///
/// On the wire the number of bits: `8` or `16`.
#[uniffi::remote(Enum)]
pub enum ReferenceBits {
    /// A header of 6 octets: parts of 153 septets or 67 units. What nearly every gateway sends.
    Eight,
    /// A header of 7 octets: parts of 152 septets or 66 units.
    Sixteen,
}

/// What a text costs: its coding, its length and its parts.
#[uniffi::remote(Record)]
pub struct Segments {
    /// The coding of every part.
    pub encoding: Encoding,
    /// Units of the whole text, without headers and without what packing leaves empty: septets (an extension
    /// character is two) or UTF-16 units.
    pub units: u32,
    /// Parts that are sent and billed; at least 1. Above 255 the text cannot be sent.
    pub count: u32,
    /// Units still free in the last part.
    pub remaining: u32,
}

/// What becomes of the letters that GSM-7 does not have.
#[uniffi::remote(Enum)]
pub enum Diacritics {
    /// Replaced by their plain forms, so that the message is GSM-7 where it can be.
    Plain,
    /// The text as it was written, whatever it costs.
    Polish,
    /// As written where that costs no part more than the plain form, otherwise plain.
    WhenFree,
}

/// What kind of character was replaced, for a report that a person can check.
#[uniffi::remote(Enum)]
pub enum CharacterClass {
    /// A letter, or a mark on one.
    Letter,
    /// A quotation mark, a dash, an ellipsis and the like.
    Punct,
    /// A space or a line end.
    Space,
    /// A character that draws nothing: soft hyphen, zero width, direction mark, variation selector.
    Invisible,
    /// A control character.
    Control,
    /// A sign that carries meaning (a degree, a fraction, a micro sign): to be checked, for it may stand in a dose.
    Symbol,
    /// No safe equivalent, or part of a link: left as it is unless `Missing` says otherwise.
    None,
}

/// What becomes of a character that has no safe equivalent in GSM-7.
#[uniffi::remote(Enum)]
pub enum Missing {
    /// It stays, and so the message stays UCS-2.
    Keep,
    /// It is left out.
    Drop,
    /// This text, all of it in GSM-7, stands in its place.
    Replace(String),
}

/// A character that forces a message into UCS-2.
#[uniffi::remote(Record)]
pub struct Costly {
    /// Byte offset in the text (UTF-8).
    pub at: usize,
    /// The character.
    pub character: char,
}

/// What makes a message dearer, and what replacing it would save.
#[uniffi::remote(Record)]
pub struct Advice {
    /// The message as it is.
    pub before: Segments,
    /// The message with everything below replaced.
    pub after: Segments,
    /// Parts saved by replacing everything below; negative when the replacements are longer than what they replace.
    pub parts_saved: i32,
    /// The dear characters, in the order in which they first occur.
    pub characters: Vec<CharacterAdvice>,
}

/// One dear character of a message.
#[uniffi::remote(Record)]
pub struct CharacterAdvice {
    /// The character, or the characters that make one sign.
    pub character: String,
    /// Every place where it occurs: byte offsets in the text (UTF-8).
    pub at: Vec<usize>,
    /// What could stand in its place; nothing when only other words help.
    pub replacement: Option<String>,
    /// What kind of character it is.
    pub class: CharacterClass,
    /// Parts saved by replacing this character alone, everywhere; negative when the replacement is longer.
    ///
    /// Without a `replacement`: by leaving it out, or, for an extension character of GSM-7, by a character of one
    /// septet in its place.
    pub parts_saved: i32,
}

/// How a text is cut into parts.
#[uniffi::remote(Record)]
pub struct SplitOptions {
    /// The length of the reference number.
    pub reference_bits: ReferenceBits,
    /// Whether a grapheme cluster may be cut.
    pub clusters: Clusters,
    /// Whether a link may be cut.
    pub links: Links,
}

/// Whether a grapheme cluster (a letter and its marks, a flag, an emoji sequence) may be cut.
#[uniffi::remote(Enum)]
pub enum Clusters {
    /// Cut between any two characters, as the standard counts.
    Ignore,
    /// Kept whole unless longer than a part (CR LF may be cut); the message may take more parts than it is counted for.
    Keep,
}

/// Whether a link may be cut.
#[uniffi::remote(Enum)]
pub enum Links {
    /// Cut between any two characters, as the standard counts.
    Ignore,
    /// Kept whole unless longer than a part; the message may take more parts than it is counted for.
    Keep,
}

/// What became of a visit.
#[uniffi::remote(Enum)]
pub enum VisitState {
    /// Booked and still to come, or not yet closed by the practice.
    Booked,
    /// The patient is there.
    Arrived,
    /// It took place: only such a visit gets a follow-up, and only such a one makes the next not the first.
    TookPlace,
    /// The patient did not come.
    NoShow,
    /// Called off.
    Cancelled,
    /// Deleted from the host's calendar: the same as called off.
    Deleted,
}

/// Where a visit takes place (Polish: gabinet).
#[uniffi::remote(Record)]
pub struct Room {
    /// The host's identifier, which filters use.
    pub id: RoomId,
    /// The name that patients read.
    pub name: String,
}

/// Who sees the patient.
#[uniffi::remote(Record)]
pub struct Doctor {
    /// The host's identifier, which filters use.
    pub id: String,
    /// The name that patients read ("dr Ewa Nowak").
    pub name: Name,
}

/// A visit. Its time is local time plus zone: what the patient reads on the wall.
#[uniffi::remote(Record)]
pub struct Visit {
    /// The host's identifier.
    pub id: VisitId,
    /// The host's revision of this visit: grows with every change, up to 2^63-1; an older or equal one is ignored.
    pub revision: u64,
    /// Whose visit.
    pub patient: PatientId,
    /// Start in local time (`2026-11-21T14:30:00`), never with an offset; years 1 to 9999, seconds 0 to 59.
    pub start: NaiveDateTime,
    /// The zone of `start`; the practice's when absent, never the machine's.
    #[uniffi(default = None)]
    pub zone: Option<Zone>,
    /// Planned length in minutes, 1 to 1440.
    #[uniffi(default = 30)]
    pub duration_min: u32,
    /// What became of it.
    pub state: VisitState,
    /// The host's type of visit ("higienizacja"), which filters use.
    #[uniffi(default = None)]
    pub visit_type: Option<String>,
    /// Who sees the patient.
    #[uniffi(default = None)]
    pub doctor: Option<Doctor>,
    /// Where.
    #[uniffi(default = None)]
    pub room: Option<Room>,
    /// When it was booked; the moment the engine first hears of it when absent.
    #[uniffi(default = None)]
    pub booked_at: Option<Timestamp>,
    /// Visits booked together share this name and get one booking message.
    #[uniffi(default = None)]
    pub series: Option<String>,
    /// Whether it is the patient's first, where the host knows more than the engine has seen.
    #[uniffi(default = None)]
    pub first_visit: Option<bool>,
}

/// A visit as the engine keeps it: as last told, and what happened to it on the way.
#[uniffi::remote(Record)]
pub struct VisitFile {
    /// As the host last told it.
    pub visit: Visit,
    /// When the engine first heard of it.
    pub told_at: Timestamp,
    /// `visit.start` in its zone, as an instant.
    pub starts_at: Timestamp,
    /// `starts_at` plus the planned length.
    pub ends_at: Timestamp,
    /// When it was booked (`visit.booked_at`, else `told_at`), or given to its patient.
    pub booked_at: Timestamp,
    /// When it was last given to a patient with another number: what went before is theirs only where it went to them.
    pub given_at: Option<Timestamp>,
    /// The last change of its time.
    pub moved: Option<Moved>,
    /// When it was called off; absent while it stands.
    pub off_at: Option<Timestamp>,
    /// What the patient or the staff said of it.
    pub confirmation: Option<Confirmation>,
    /// Reminders asked for by hand, newest last.
    pub manual_reminders: Vec<MessageId>,
    /// What another system sent about it.
    pub sent_elsewhere: Vec<SentElsewhere>,
}

/// A message about a visit that another system sent.
#[uniffi::remote(Record)]
pub struct SentElsewhere {
    /// Its kind.
    pub kind: CampaignKind,
    /// The visit's start at that time.
    pub starts_at: Timestamp,
    /// When it was sent.
    pub at: Timestamp,
}

/// A change of a visit's time.
#[uniffi::remote(Record)]
pub struct Moved {
    /// The start before the change, as an instant.
    pub from: Timestamp,
    /// When the engine was told.
    pub at: Timestamp,
}

/// The state of a visit's confirmation. The host keeps its own calendar and reads this from events.
#[uniffi::remote(Record)]
pub struct Confirmation {
    /// What it says.
    pub reply: Reply,
    /// The start that was confirmed or declined: the answer is void for any other.
    pub starts_at: Timestamp,
    /// When.
    pub at: Timestamp,
    /// Who: the patient's message, or a person at the desk, whose word no later reply overrides.
    pub by: ConfirmedBy,
}

/// Who said it.
#[uniffi::remote(Enum)]
pub enum ConfirmedBy {
    /// The patient, by this inbound message.
    Message(MessageId),
    /// The staff, by hand.
    Staff(UserId),
}

/// What a dispatch did.
#[uniffi::remote(Record)]
pub struct Dispatched {
    /// Messages handed to a gateway.
    pub submitted: u64,
    /// Of these, taken.
    pub accepted: u64,
    /// Of these, with an outcome that nobody knows.
    pub unknown: u64,
    /// Whether something is still due that no other dispatcher has in hand: call again.
    pub more: bool,
}

/// One fault of what was given, in words for a screen.
#[uniffi::remote(Record)]
pub struct FieldFault {
    /// The field, as a path (`timing.steps[0].at`).
    pub field: String,
    /// What was expected, in Polish.
    pub pl: String,
    /// What was expected, in English.
    pub en: String,
}

/// What became of a fact.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// It was new, and was decided on.
    Applied,
    /// It was known: an older or equal revision, or seen before.
    Known,
    /// An incoming message was taken in under this number.
    Received(MessageId),
    /// No message of this practice is what the report is about. A report can come before the submission's answer
    /// is stored: tell it again later.
    Unmatched,
}

/// What a call of `work` did.
#[uniffi::remote(Record)]
pub struct Worked {
    /// Commits made.
    pub commits: u64,
    /// Jobs finished.
    pub finished: u64,
    /// Whether something is left that nobody else is at: call again.
    pub more: bool,
}

/// Where a gateway's fact went.
#[uniffi::remote(Enum)]
pub enum Routed {
    /// To one practice.
    To {
        /// The practice.
        practice: PracticeId,
        /// What became of it there.
        outcome: Outcome,
    },
    /// Nowhere: no practice of this store can be found for it, or more than one. The host decides, and tells it to
    /// a practice by `Clinic::apply`.
    Unrouted,
}
