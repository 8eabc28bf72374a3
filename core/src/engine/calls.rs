//! Calls that ended: which rules act, for whom, when; and what is taken back as somebody was talked to meanwhile.
//!
//! A call is decided on once, with the rules of one version, and kept with what they made of it. What was planned is
//! looked at again when it goes (`after_call.rs`).

use super::drafting::{outgoing, withdraw};
use super::erasure::forget_number;
use super::facts::{MAX_TEXT, Outcome, first_of};
use super::record::{call_key, exactly, number_times, part};
use super::rules::{self, Rules};
use super::tx::Tx;
use super::{EngineError, after_call, restore, retention};
use crate::calendar::{self, NoSlot, Placement};
use crate::call::{Seen, other_party};
use crate::model::{
    AfterMatch, AnsweredMeanwhile, Call, CallDirection, CallFile, CallRecipient, CallRule, CallStatus,
    DAY_MS, GapScope, MINUTE_MS, Message, MessageId, NoRule, Origin, OutsidePolicy, Phone, Reason, RuleActed,
    RuleOutcome, SmsMode, Timestamp, Wiped,
};
use crate::phone;
use crate::store::{Index, MAX_PAGE, Order};

/// How long after its time a message about a call still makes sense, in milliseconds.
const USE_BY_MS: i64 = DAY_MS;
/// The most a call may ring or last, in seconds: a week.
const MAX_CALL_S: u32 = 604_800;
const SECOND_MS: i64 = 1_000;

/// The first field that is out of its range, and what was expected.
pub(super) fn fault(call: &Call) -> Option<(&'static str, &'static str)> {
    const NUMBER: &str = "at most 500 bytes";
    let long = |number: Option<&Phone>| number.is_some_and(|number| number.reveal().len() > MAX_TEXT);
    first_of(&[
        (!(1..=100).contains(&call.system.len()), "system", "1 to 100 bytes"),
        (!(1..=super::facts::MAX_ID).contains(&call.id.as_str().len()), "id", "1 to 200 bytes"),
        (long(Some(&call.caller)), "caller", NUMBER),
        (long(Some(&call.called)), "called", NUMBER),
        (long(call.own_number.as_ref()), "own_number", NUMBER),
        (call.ended_at < call.started_at, "ended_at", "not before started_at"),
        (call.ring_s > MAX_CALL_S, "ring_s", "at most 604800 seconds"),
        (call.talk_s > MAX_CALL_S, "talk_s", "at most 604800 seconds"),
        (call.raw_status.len() > MAX_TEXT, "raw_status", NUMBER),
        (call.raw_cause.as_ref().is_some_and(|cause| cause.len() > MAX_TEXT), "raw_cause", NUMBER),
        (call.answered_by.as_ref().is_some_and(|by| by.len() > MAX_TEXT), "answered_by", NUMBER),
    ])
}

pub(super) fn tell(tx: &mut Tx<'_>, call: &Call) -> Result<Outcome, EngineError> {
    if tx.get::<CallFile>(&call_key(&call.system, &call.id))?.is_some() {
        return Ok(Outcome::Known);
    }
    let number = phone::parse(other_party(call).reveal(), &tx.practice().settings.phones);
    let mut file = CallFile {
        call: call.clone(),
        told_at: tx.now,
        other_party: number.ok().map(|number| number.e164),
        acted: Vec::new(),
        nothing: None,
    };
    if call.status == CallStatus::Answered
        && let Some(number) = &file.other_party
    {
        talked_to(tx, call, number)?;
    }
    let rules = rules::of(tx)?;
    match nothing(tx, call) {
        Some(nothing) => file.nothing = Some(nothing),
        None => act(tx, &rules, &mut file)?,
    }
    if retention::past(tx, call.started_at) == Wiped::Identity {
        forget_number(&mut file);
    }
    tx.put(&file)?;
    Ok(Outcome::Applied)
}

/// Why no rule is asked.
pub(super) fn nothing(tx: &Tx<'_>, call: &Call) -> Option<NoRule> {
    match call.direction {
        _ if !tx.practice().settings.calls.service.active => Some(NoRule::ServiceInactive),
        CallDirection::Internal => Some(NoRule::Internal),
        CallDirection::Incoming | CallDirection::Outgoing => None,
    }
}

/// All rules that match act, in their order, until one says stop.
fn act(tx: &mut Tx<'_>, rules: &Rules, file: &mut CallFile) -> Result<(), EngineError> {
    let mut places = Vec::new();
    rules.set.matching(&Seen::of(&file.call, tx.practice()), &mut places);
    for rule in places.iter().filter_map(|place| rules.set.rules().get(usize::try_from(*place).ok()?)) {
        let wanted = &rule.spec.recipients;
        let other =
            wanted.other_party.then(|| (CallRecipient::OtherParty {}, other_party(&file.call).clone()));
        let fixed = (0..)
            .zip(&wanted.numbers)
            .map(|(at, number)| (CallRecipient::Fixed { place: at }, number.clone()));
        let mut given: Vec<Phone> = Vec::new();
        for (recipient, number) in other.into_iter().chain(fixed) {
            let outcome = match receives(tx, rules, &file.call, rule, &number)? {
                // a number that is on the list twice gets one message
                Ok(number) if given.contains(&number) => continue,
                Ok(number) => {
                    given.push(number.clone());
                    plan(tx, file, rule, recipient, number)?
                }
                Err(reason) => RuleOutcome::Skipped { reason },
            };
            let (rule, version) = (rule.id.clone(), rule.version);
            file.acted.push(RuleActed { rule, version, recipient, outcome });
        }
        if rule.spec.after_match == AfterMatch::Stop {
            break;
        }
    }
    if file.acted.is_empty() {
        file.nothing = Some(NoRule::NoneMatches);
    }
    Ok(())
}

/// The number in E.164, if a rule's message about a call may go there at all.
fn receives(
    tx: &mut Tx<'_>,
    rules: &Rules,
    call: &Call,
    rule: &CallRule,
    number: &Phone,
) -> Result<Result<Phone, Reason>, EngineError> {
    let settings = &tx.practice().settings;
    if tx.now.since_ms(call.ended_at) > i64::from(rule.spec.when.max_age_min) * MINUTE_MS {
        return Ok(Err(Reason::CallTooOld {}));
    }
    if settings.mode == SmsMode::None {
        return Ok(Err(Reason::ModeNone {}));
    }
    let parsed = phone::parse(number.reveal(), &settings.phones);
    if parsed.is_ok_and(|number| rules.set.is_own(&number.e164)) {
        return Ok(Err(Reason::OwnNumber {}));
    }
    let number = match phone::recipient(number.reveal(), &settings.phones) {
        Ok(number) => number,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if let Some(reason) = after_call::sender(tx, rule).err() {
        return Ok(Err(reason));
    }
    Ok(match after_call::barred(tx, &number)? {
        Some(reason) => Err(reason),
        None => Ok(number),
    })
}

/// Plans a rule's message, unless it would come too soon after another, too late, or is needless by now.
fn plan(
    tx: &mut Tx<'_>,
    file: &CallFile,
    rule: &CallRule,
    recipient: CallRecipient,
    number: Phone,
) -> Result<RuleOutcome, EngineError> {
    let skipped = |reason| Ok(RuleOutcome::Skipped { reason });
    let call = &file.call;
    let wanted = call.ended_at.plus_ms(i64::from(rule.spec.delay_s) * SECOND_MS);
    let use_by = wanted.max(tx.now).plus_ms(USE_BY_MS);
    let practice = tx.practice().clone();
    let windows = [&practice.settings.sending_hours];
    let placed = |now| {
        calendar::place_later(&Placement {
            wanted,
            now,
            latest: use_by,
            windows: &windows,
            zone: practice.zone,
            outside: OutsidePolicy::Defer,
        })
    };
    let at = match placed(tx.now) {
        Ok(placed) => placed.at,
        Err(NoSlot::TooLate) => return skipped(Reason::PastUseBy {}),
        Err(NoSlot::Outside | NoSlot::NoAllowedSlot) => return skipped(Reason::NoAllowedSlot {}),
    };
    if recipient == (CallRecipient::OtherParty {})
        && withdraws(call, rule)
        && talked_to_before(tx, call, &number, at)?
    {
        return skipped(Reason::AnsweredMeanwhile {});
    }
    if let Some(message) = too_soon(tx, rule, &number, at)? {
        return skipped(Reason::TooSoon { message });
    }
    let id = tx.next_message();
    let origin = Origin::AfterCall {
        rule: rule.id.clone(),
        version: rule.version,
        system: call.system.clone(),
        call: call.id.clone(),
    };
    let mut message = outgoing(tx, origin, id);
    message.patient = super::inbound::only_patient(tx, &number)?;
    message.number = Some(number);
    message.sender = after_call::sender(tx, rule).unwrap_or_default();
    message.due_at = at;
    message.use_by = use_by;
    message.day = calendar::local_date(practice.zone, at);
    // told at once, it would have gone in the time that a restored copy does not know
    let then = placed(wanted).ok().map(|placed| placed.at);
    match tx.counters().lost {
        Some(lost) if then.is_some_and(|then| (lost.from..=lost.until).contains(&then)) => {
            restore::doubt_lost(tx, message)?;
        }
        _ => tx.put_new_message(&message)?,
    }
    Ok(RuleOutcome::Planned { message: id })
}

/// Another message that went to the number, or is to go, within the rule's least time of `at`, before or after it.
fn too_soon(
    tx: &mut Tx<'_>,
    rule: &CallRule,
    number: &Phone,
    at: Timestamp,
) -> Result<Option<MessageId>, EngineError> {
    let gap_ms = i64::from(rule.spec.min_gap_s) * SECOND_MS;
    if gap_ms == 0 {
        return Ok(None);
    }
    // exactly the gap apart is allowed
    let mut range = number_times(number.reveal(), at.plus_ms(1 - gap_ms), at.plus_ms(gap_ms));
    loop {
        let page = tx.scan_keys::<Message>(Index::MessageGap, range.clone(), MAX_PAGE, Order::Ascending)?;
        let counts = |message: &Message| match rule.spec.gap_scope {
            GapScope::ThisRule => message.origin.rule() == Some(&rule.id),
            GapScope::AllRules => true,
        };
        if let Some((_, message)) = page.iter().find(|(_, message)| counts(message)) {
            return Ok(Some(message.id));
        }
        match page.last() {
            Some((key, _)) if page.len() == usize::try_from(MAX_PAGE).unwrap_or(usize::MAX) => {
                range.0 = format!("{key}\0");
            }
            _ => return Ok(None),
        }
    }
}

/// Whether talking to the other party makes a rule's message about this call needless.
fn withdraws(call: &Call, rule: &CallRule) -> bool {
    call.status != CallStatus::Answered && rule.spec.answered_meanwhile == AnsweredMeanwhile::Withdraw
}

/// A call was answered: what is planned about earlier ones that were not is withdrawn.
fn talked_to(tx: &mut Tx<'_>, call: &Call, number: &Phone) -> Result<(), EngineError> {
    let key = exactly(&part(number.reveal()));
    for mut message in tx.scan::<Message>(Index::MessageNumber, key, MAX_PAGE, Order::Ascending)? {
        let Origin::AfterCall { rule, system, call: earlier, .. } = &message.origin else { continue };
        let rule = tx.get::<CallRule>(rule.as_str())?;
        let Some(earlier) = tx.get::<CallFile>(&call_key(system, earlier))? else { continue };
        let theirs = earlier.other_party.as_ref() == Some(number);
        let before = earlier.call.started_at <= call.started_at;
        if theirs && before && rule.is_some_and(|rule| withdraws(&earlier.call, &rule)) {
            withdraw(tx, &mut message, Reason::AnsweredMeanwhile {})?;
        }
    }
    Ok(())
}

/// Whether a call with the number was answered after this one began and before `at`: its record came first.
fn talked_to_before(
    tx: &mut Tx<'_>,
    call: &Call,
    number: &Phone,
    at: Timestamp,
) -> Result<bool, EngineError> {
    let range = number_times(number.reveal(), call.started_at, at);
    let later = tx.scan::<CallFile>(Index::CallNumber, range, MAX_PAGE, Order::Ascending)?;
    Ok(later.iter().any(|file| file.call.status == CallStatus::Answered))
}
