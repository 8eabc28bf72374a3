//! Questions about the account: the token, points, sender names, and the states of messages for hosts without callbacks.
//!
//! Paths and answers as in `smsapi-php-client` (`PingHttpFeature.php`, `ProfileFactory.php`, `SendernameFactory.php`),
//! `smsapi-javascript-client` (`SendernameStatus.ts`) and `smsapi-java-client` (`SMSGet.java`).
//!
//! Not allowed here: sending.

use crate::answer::{Said, milli, number, of_status};
use crate::codes::{Meaning, meaning};
use crate::fault::SmsApiFault;
use crate::http::{Answer, Outcome};
use crate::{SmsApi, status};
use depesza::model::{
    DeliveryReport, DeliveryState, GatewayId, MINUTE_MS, RejectClass, SubmitResult, Timestamp, Verbatim,
};
use serde_json::Value;
use std::time::Duration;

/// The most messages that one question about states may name.
const STATES_MAX: usize = 100;

/// A sender name of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderName {
    /// The name.
    pub sender: String,
    /// Whether it may be used.
    pub state: SenderState,
    /// Whether messages without a sender have it.
    pub is_default: bool,
}

/// Whether a sender name may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderState {
    /// It may.
    Active,
    /// It was switched off.
    Inactive,
    /// It was deleted.
    Deleted,
    /// SMSAPI has not decided yet.
    Pending,
    /// SMSAPI refused it.
    Rejected,
    /// A state that this adapter does not know.
    Other,
}

impl SmsApi {
    /// Whether SMSAPI answers and takes the token (`GET ping`).
    ///
    /// # Errors
    /// [`SmsApiFault::Refused`] with `AccountAuth` when the token is not taken; else as [`balance`](Self::balance).
    pub fn check(&self) -> Result<(), SmsApiFault> {
        match self.ask("ping")?.get("authorized").and_then(Value::as_bool) {
            Some(true) => Ok(()),
            Some(false) => {
                Err(SmsApiFault::Refused { class: RejectClass::AccountAuth, code: "ping".to_owned() })
            }
            None => Err(SmsApiFault::Malformed("authorized: true or false")),
        }
    }

    /// What is left on the account, in thousandths of the currency's unit by [`Options::point_milli`](crate::Options::point_milli)
    /// (`GET profile`); `None` for accounts that pay afterwards, which have no points.
    ///
    /// # Errors
    /// [`SmsApiFault`]: no answer, refused, busy, or an answer of another form.
    pub fn balance(&self) -> Result<Option<i64>, SmsApiFault> {
        match self.ask("profile")?.get("points") {
            None | Some(Value::Null) => Ok(None),
            Some(points) => match milli(points, self.options.point_milli) {
                Some(milli) => Ok(Some(milli)),
                None => Err(SmsApiFault::Malformed("points: a number")),
            },
        }
    }

    /// The account's sender names (`GET sms/sendernames`).
    ///
    /// # Errors
    /// As [`balance`](Self::balance).
    pub fn sender_names(&self) -> Result<Vec<SenderName>, SmsApiFault> {
        let answer = self.ask("sms/sendernames")?;
        let list = answer.get("collection").and_then(Value::as_array);
        let list = list.ok_or(SmsApiFault::Malformed("collection: a list"))?;
        list.iter().map(sender_name).collect()
    }

    /// The states of messages that SMSAPI took, by its identifiers (`sms.do` with `status`), for hosts that no callback can
    /// reach: give what comes back to the engine as facts. `gateway` is this gateway's name in the engine, `now` the time of
    /// states that have none. A message that SMSAPI does not know any more is left out.
    ///
    /// # Errors
    /// As [`balance`](Self::balance). Those asked for before stay unknown.
    pub fn reports(
        &self,
        gateway: &GatewayId,
        provider_ids: &[String],
        now: Timestamp,
    ) -> Result<Vec<DeliveryReport>, SmsApiFault> {
        let mut reports = Vec::new();
        let plain = |id: &&String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let ids: Vec<&str> = provider_ids.iter().filter(plain).map(String::as_str).collect();
        for part in ids.chunks(STATES_MAX) {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("format", "json").append_pair("status", &part.join("|"));
            let within = Duration::from_millis(self.options.answer_ms);
            let answer = match heard(self.client.post("sms.do", form.finish(), within)) {
                // none of them is known (any more)
                Err(SmsApiFault::Refused { code, .. }) if code == "301" => continue,
                answer => answer?,
            };
            let list = answer.get("list").and_then(Value::as_array);
            let list = list.ok_or(SmsApiFault::Malformed("list: a list"))?;
            reports.extend(list.iter().filter_map(|item| report(gateway, item, now)));
        }
        Ok(reports)
    }

    fn ask(&self, path: &str) -> Result<Value, SmsApiFault> {
        heard(self.client.get(path))
    }
}

fn report(gateway: &GatewayId, item: &Value, now: Timestamp) -> Option<DeliveryReport> {
    let id = match item.get("id")? {
        Value::String(id) if !id.is_empty() => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let word = item.get("status")?.as_str()?;
    let state = status::state(word).filter(|state| *state != DeliveryState::Unknown)?;
    Some(DeliveryReport {
        gateway: gateway.clone(),
        provider_id: Some(id),
        reference: item.get("idx").and_then(Value::as_str).filter(|idx| !idx.is_empty()).map(str::to_owned),
        part: None,
        state,
        // `date_sent` is when it was handed over, not when it got into this state
        at: now,
        raw: Verbatim::new(word),
        cost_milli: None,
    })
}

fn sender_name(entry: &Value) -> Result<SenderName, SmsApiFault> {
    let sender = entry.get("sender").and_then(Value::as_str);
    let state = match entry.get("status").and_then(Value::as_str) {
        Some("ACTIVE") => SenderState::Active,
        Some("INACTIVE") => SenderState::Inactive,
        Some("DELETED") => SenderState::Deleted,
        Some("PENDING") => SenderState::Pending,
        Some("REJECTED") => SenderState::Rejected,
        Some(_) => SenderState::Other,
        None => return Err(SmsApiFault::Malformed("collection[].status: a word")),
    };
    Ok(SenderName {
        sender: sender.ok_or(SmsApiFault::Malformed("collection[].sender: a text"))?.to_owned(),
        state,
        is_default: entry.get("is_default").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// The JSON of an answer without an error.
fn heard(outcome: Outcome) -> Result<Value, SmsApiFault> {
    let answer: Answer = match outcome {
        Outcome::Answer(answer) => answer,
        Outcome::NotSent(why) | Outcome::Lost(why) => return Err(SmsApiFault::NoAnswer(why)),
    };
    let json: Option<Value> = answer.body.as_ref().and_then(|body| serde_json::from_slice(body).ok());
    let error = json.as_ref().and_then(|json| json.get("error")).filter(|error| !error.is_null());
    if let Some(code) = error.and_then(number) {
        let class = match meaning(code) {
            Meaning::Rejected(class) => class,
            Meaning::Later(after_ms) => return Err(SmsApiFault::Later { after_ms }),
            _ => RejectClass::Transient,
        };
        return Err(SmsApiFault::Refused { class, code: code.to_string() });
    }
    if !(200..300).contains(&answer.status) || error.is_some() {
        return Err(match of_status(&answer) {
            Said::Result(SubmitResult::Rejected { class, code })
            | Said::OfAll(SubmitResult::Rejected { class, code }) => SmsApiFault::Refused { class, code },
            Said::Result(SubmitResult::TryLater { after_ms })
            | Said::OfAll(SubmitResult::TryLater { after_ms }) => SmsApiFault::Later { after_ms },
            _ if answer.status >= 500 => SmsApiFault::Later { after_ms: MINUTE_MS },
            _ => SmsApiFault::Malformed("an answer without error"),
        });
    }
    json.filter(Value::is_object).ok_or(SmsApiFault::Malformed("an object as JSON"))
}
