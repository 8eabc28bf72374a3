//! The last look at a message about a call before it goes, and its text.

use super::EngineError;
use super::inbound::only_patient;
use super::look::{Verdict, capped, quiet};
use super::record::call_key;
use super::render::{Rendered, default_sender, finish};
use super::tx::Tx;
use crate::calendar;
use crate::call::other_party;
use crate::campaign::lifted;
use crate::model::{
    BadNumber, BodyVariant, CallFile, CallRule, CallStatus, Message, OptOutRecord, Origin, PatientFile,
    Phone, Purpose, Reason, RuleState, SenderApproval, TemplateSubject,
};
use crate::phone;
use crate::template::CallValues;

/// The sender of a rule's messages, where the provider lets it be used.
pub(super) fn sender(tx: &Tx<'_>, rule: &CallRule) -> Result<Option<String>, Reason> {
    let settings = &tx.practice().settings;
    let Some(wanted) = &rule.spec.sender else { return Ok(default_sender(tx.practice())) };
    let approved = |approval: SenderApproval| approval == SenderApproval::Approved;
    let known = settings.senders.iter().any(|known| known.id == *wanted && approved(known.approval));
    if known { Ok(Some(wanted.clone())) } else { Err(Reason::SenderNotApproved {}) }
}

/// Why nothing may be sent to a number by itself, whoever it belongs to.
pub(super) fn barred(tx: &mut Tx<'_>, number: &Phone) -> Result<Option<Reason>, EngineError> {
    let hash = tx.number_hash(number);
    if let Some(opt_out) = tx.get::<OptOutRecord>(&hash)? {
        let patient = only_patient(tx, number)?;
        let card = patient.map(|patient| tx.get::<PatientFile>(patient.as_str())).transpose()?.flatten();
        if !card.is_some_and(|card| lifted(&card.patient.consents, &opt_out)) {
            return Ok(Some(Reason::OptedOut {}));
        }
    }
    Ok(tx.get::<BadNumber>(&hash)?.map(|_| Reason::NumberMarkedBad {}))
}

/// The rule and the call of a message, while both are there.
pub(super) fn rule_and_call(
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Option<(CallRule, CallFile)>, EngineError> {
    let Origin::AfterCall { rule, system, call, .. } = &message.origin else { return Ok(None) };
    let rule = tx.get::<CallRule>(rule.as_str())?.filter(|rule| rule.state == RuleState::On);
    let file = tx.get::<CallFile>(&call_key(system, call))?;
    Ok(rule.zip(file))
}

/// What the last look at a message about a call decides; its mode is looked at before.
pub(super) fn look(
    tx: &mut Tx<'_>,
    message: &Message,
    rule: Option<&CallRule>,
) -> Result<Verdict, EngineError> {
    if !tx.practice().settings.calls.service.active {
        return Ok(Verdict::Withdraw(Reason::ServiceInactive {}));
    }
    let Some(rule) = rule else { return Ok(Verdict::Withdraw(Reason::RuleOff {})) };
    if tx.now > message.use_by {
        return Ok(Verdict::Skip(Reason::PastUseBy {}));
    }
    if let Err(reason) = sender(tx, rule) {
        return Ok(Verdict::Skip(reason));
    }
    if let Some(number) = &message.number
        && let Some(reason) = barred(tx, number)?
    {
        return Ok(Verdict::Skip(reason));
    }
    if let Some(verdict) = quiet(tx, message, None) {
        return Ok(verdict);
    }
    if capped(tx, message)? {
        return Ok(Verdict::Skip(Reason::DailyCap {}));
    }
    Ok(Verdict::Go { purpose: Purpose::Other })
}

/// Renders a rule's text for a call, or says why it cannot be sent.
pub(super) fn render(tx: &mut Tx<'_>, rule: &CallRule, file: &CallFile) -> Result<Rendered, Reason> {
    let template = tx.template(TemplateSubject::Calls, &rule.spec.body)?;
    let practice = tx.practice();
    let missing = |placeholder: String| Reason::MissingValue { placeholder };
    let call = &file.call;
    let read = |number: &Phone| match phone::parse(number.reveal(), &practice.settings.phones) {
        Ok(number) => number.e164.reveal().to_owned(),
        // no value: the body's fallback is for it
        Err(_) if phone::withheld(number.reveal()) => String::new(),
        Err(_) => number.reveal().to_owned(),
    };
    let values = CallValues {
        language: practice.language,
        number: &file.other_party.as_ref().map_or_else(|| read(other_party(call)), read),
        dialled_number: &read(&call.called),
        start: Some(calendar::local(practice.zone, call.started_at)),
        talk_s: (call.status == CallStatus::Answered).then_some(call.talk_s),
        extra: &[],
    };
    let mut out = String::new();
    template.render_into(&values, &mut out).map_err(|fault| missing(fault.placeholder))?;
    finish(&out, BodyVariant::Default, practice, rule.spec.max_parts, rule.spec.over_length)
}
