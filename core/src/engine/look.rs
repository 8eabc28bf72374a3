//! The last look at a message before it goes: mode, campaign, visits, consent, hours and cap, on the facts of this moment.

use super::EngineError;
use super::person::{Card, Person};
use super::record::{exactly, patient_day};
use super::settle::may_have_gone;
use super::standing::goes;
use super::surroundings::Surroundings;
use super::tx::Tx;
use crate::calendar;
use crate::campaign::void;
use crate::message::is_pending;
use crate::model::{
    CallRule, Campaign, CampaignKind, CampaignStatus, DAY_MS, MINUTE_MS, Message, Origin, PatientFile,
    PatientId, Practice, Purpose, Reason, SendWindow, SmsMode, Timestamp, VisitFile, VisitState,
};
use crate::store::{Index, MAX_PAGE, Order};
use chrono::NaiveTime;

/// What the last look decided.
pub(super) enum Verdict {
    /// Send it.
    Go { purpose: Purpose },
    /// Not now: look again at this time.
    Wait(Timestamp),
    /// Not while its campaign is paused.
    Hold,
    /// Not at all.
    Skip(Reason),
    /// Not at all, as what it is about is gone.
    Withdraw(Reason),
}

/// What a message is about, as it is now.
pub(super) enum About {
    /// Visits, this one first.
    Visit(Box<Surroundings>),
    /// A patient.
    Patient(Box<Person>),
    /// Neither, or it is gone.
    Other,
}

impl About {
    pub(super) fn visit(&self) -> Option<&Surroundings> {
        match self {
            Self::Visit(around) => Some(around),
            _ => None,
        }
    }

    /// The card of whom it goes to.
    pub(super) fn card(&self) -> Option<&PatientFile> {
        match self {
            Self::Visit(around) => around.patient.as_deref(),
            Self::Patient(person) => person.card.patient.as_deref(),
            Self::Other => None,
        }
    }
}

pub(super) fn look(
    tx: &mut Tx<'_>,
    message: &Message,
    campaign: Option<&Campaign>,
    about: &About,
    rule: Option<&CallRule>,
) -> Result<Verdict, EngineError> {
    let now = tx.now;
    if tx.practice().settings.mode == SmsMode::None {
        return Ok(Verdict::Skip(Reason::ModeNone {}));
    }
    let by_hand = matches!(message.origin, Origin::ManualReminder { .. });
    match (&message.origin, campaign, about) {
        (Origin::OptOutAck { .. }, ..) => {
            let late = now > message.use_by;
            let purpose = Purpose::Other;
            Ok(if late { Verdict::Skip(Reason::PastUseBy {}) } else { Verdict::Go { purpose } })
        }
        (_, Some(campaign), About::Patient(person)) => about_patient(tx, message, campaign, person),
        (_, Some(campaign), About::Visit(around)) => {
            if !by_hand && let Some(verdict) = not_running(campaign, message, now) {
                return Ok(verdict);
            }
            if let Some(verdict) = about_visits(tx, message, campaign.spec.timing.kind())? {
                return Ok(verdict);
            }
            if now > message.use_by {
                return Ok(Verdict::Skip(Reason::PastUseBy {}));
            }
            if let Some(reason) = around.scene(now).barred(campaign.spec.purpose) {
                return Ok(Verdict::Skip(reason));
            }
            if by_hand {
                let waits = quiet_for_person(tx, message, message.created_at);
                return Ok(waits.unwrap_or(Verdict::Go { purpose: campaign.spec.purpose }));
            }
            in_hours(tx, message, campaign)
        }
        (Origin::AfterCall { .. }, ..) => super::after_call::look(tx, message, rule),
        (Origin::Chat { by: Some(_) }, ..) => super::writing::look(tx, message),
        _ => Ok(Verdict::Withdraw(Reason::CampaignEnded {})),
    }
}

/// Whether the opt-out of a message's number keeps it from going: a consent of the card that is newer lifts it, and what answers
/// the patient's own message goes all the same.
pub(super) fn is_opted_out(tx: &mut Tx<'_>, message: &Message) -> Result<bool, EngineError> {
    let campaign = match message.origin.campaign() {
        Some(id) => tx.look_at::<Campaign>(id.as_str())?,
        None => None,
    };
    let Some(campaign) = campaign else {
        return Ok(match message.origin {
            Origin::OptOutAck { .. } => false,
            Origin::Chat { .. } => {
                matches!(super::writing::look(tx, message)?, Verdict::Skip(Reason::OptedOut {}))
            }
            Origin::AfterCall { .. } => match &message.number {
                Some(number) => super::after_call::barred(tx, number)? == Some(Reason::OptedOut {}),
                None => true,
            },
            _ => true,
        });
    };
    let mut patients: Vec<PatientId> = Vec::new();
    for subject in &message.subjects {
        let file = tx.look_at::<VisitFile>(subject.visit.as_str())?;
        patients.extend(file.map(|file| file.visit.patient.clone()));
    }
    if patients.is_empty() {
        patients.extend(message.patient.clone());
    }
    let practice = tx.practice().clone();
    for patient in &patients {
        let card = Card::load(tx, patient)?;
        if card.recipient(&practice).barred(campaign.spec.purpose) == Some(Reason::OptedOut {}) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the status of a message's campaign says; `None` while it is active.
fn not_running(campaign: &Campaign, message: &Message, now: Timestamp) -> Option<Verdict> {
    match campaign.status {
        CampaignStatus::Active => None,
        CampaignStatus::Paused if now > message.use_by => Some(Verdict::Skip(Reason::CampaignPaused {})),
        CampaignStatus::Paused => Some(Verdict::Hold),
        _ => Some(Verdict::Withdraw(Reason::CampaignEnded {})),
    }
}

/// The last look at a message about a patient.
fn about_patient(
    tx: &mut Tx<'_>,
    message: &Message,
    campaign: &Campaign,
    person: &Person,
) -> Result<Verdict, EngineError> {
    let now = tx.now;
    if let Some(verdict) = not_running(campaign, message, now) {
        return Ok(verdict);
    }
    let scene = person.scene(now);
    if let Some(reason) = message.occasion.and_then(|occasion| void(campaign, occasion, &scene)) {
        return Ok(Verdict::Withdraw(reason));
    }
    if now > message.use_by {
        return Ok(Verdict::Skip(Reason::PastUseBy {}));
    }
    if let Some(reason) = scene.recipient.barred(campaign.spec.purpose) {
        return Ok(Verdict::Skip(reason));
    }
    in_hours(tx, message, campaign)
}

/// What the hours and the patient's cap leave of an automatic message.
fn in_hours(tx: &mut Tx<'_>, message: &Message, campaign: &Campaign) -> Result<Verdict, EngineError> {
    if let Some(verdict) = quiet(tx, message, campaign.spec.window.as_ref()) {
        return Ok(verdict);
    }
    if capped(tx, message)? {
        return Ok(Verdict::Skip(Reason::DailyCap {}));
    }
    Ok(Verdict::Go { purpose: campaign.spec.purpose })
}

/// What the visits of a message say now: `None` when they are as they were planned for.
pub(super) fn about_visits(
    tx: &mut Tx<'_>,
    message: &Message,
    kind: CampaignKind,
) -> Result<Option<Verdict>, EngineError> {
    let tolerance = i64::from(tx.practice().settings.move_tolerance_min) * MINUTE_MS;
    let now = tx.now;
    for subject in &message.subjects {
        let Some(file) = tx.look_at::<VisitFile>(subject.visit.as_str())? else {
            return Ok(Some(Verdict::Withdraw(Reason::VisitCancelled {})));
        };
        let off = file.visit.state.is_off();
        if off != (kind == CampaignKind::Cancelled) {
            let reason = if off { Reason::VisitCancelled {} } else { Reason::VisitReopened {} };
            return Ok(Some(Verdict::Withdraw(reason)));
        }
        if file.starts_at.since_ms(subject.starts_at).abs() > tolerance {
            return Ok(Some(Verdict::Withdraw(Reason::VisitMoved {})));
        }
        let verdict = match (kind, file.visit.state) {
            (CampaignKind::FollowUp, VisitState::TookPlace) => None,
            (CampaignKind::FollowUp, VisitState::NoShow) => Some(Verdict::Skip(Reason::NotTookPlace {})),
            (CampaignKind::FollowUp, _) if now < message.use_by => Some(Verdict::Wait(message.use_by)),
            (CampaignKind::FollowUp, _) => Some(Verdict::Skip(Reason::OutcomeUnknown {})),
            (_, _) if now > message.use_by => Some(Verdict::Skip(Reason::PastUseBy {})),
            (CampaignKind::Cancelled, _) => None,
            (_, VisitState::Booked) if now < file.starts_at => None,
            (_, _) => Some(Verdict::Skip(Reason::VisitStarted {})),
        };
        if verdict.is_some() {
            return Ok(verdict);
        }
    }
    Ok(None)
}

/// Outside the practice's hours or a campaign's window nothing leaves by itself.
pub(super) fn quiet(tx: &mut Tx<'_>, message: &Message, window: Option<&SendWindow>) -> Option<Verdict> {
    match tx.allowed(window) {
        Some(at) if at <= tx.now => None,
        Some(at) if at <= message.use_by => Some(Verdict::Wait(at)),
        _ => Some(Verdict::Skip(Reason::NoAllowedSlot {})),
    }
}

/// The same for what a person sent, meant for a time: within the hours it waits for them when the host was down, or another
/// attempt comes late. What was sent outside of them on purpose does not.
pub(super) fn quiet_for_person(tx: &mut Tx<'_>, message: &Message, meant_for: Timestamp) -> Option<Verdict> {
    let practice = tx.practice().clone();
    if !calendar::allowed(&practice.settings.sending_hours, practice.zone, meant_for) {
        return None;
    }
    quiet(tx, message, None)
}

/// Local midnight after `now`.
pub(super) fn next_midnight(practice: &Practice, now: Timestamp) -> Timestamp {
    let next = calendar::local_date(practice.zone, now).succ_opt();
    next.map_or(now.plus_ms(DAY_MS), |day| calendar::resolve(practice.zone, day.and_time(NaiveTime::MIN)))
}

/// Where the messages of this day to a message's patient are found; absent where they do not matter.
pub(super) fn submitted_today(tx: &mut Tx<'_>, message: &Message) -> Option<(String, String)> {
    tx.practice().settings.daily_cap?;
    let today = tx.today();
    Some(exactly(&patient_day(message.patient.as_ref()?, today)))
}

/// Whether the patient has had the practice's most messages of this day.
pub(super) fn capped(tx: &mut Tx<'_>, message: &Message) -> Result<bool, EngineError> {
    let (Some(cap), Some(today)) = (tx.practice().settings.daily_cap, submitted_today(tx, message)) else {
        return Ok(false);
    };
    let mut sent: Vec<Message> = tx.scan(Index::MessageSubmitted, today, MAX_PAGE, Order::Ascending)?;
    let own = |sent: &Message| matches!(sent.origin, Origin::Chat { .. });
    sent.retain(|sent| sent.id != message.id && counts(sent) && !own(sent));
    Ok(u32::try_from(sent.len()).unwrap_or(u32::MAX) >= cap)
}

/// Whether a message that was submitted is one of the patient's of its day: a gateway has it, or may have it.
fn counts(message: &Message) -> bool {
    may_have_gone(message) || (goes(message) && !is_pending(message.status))
}
