//! What SMSAPI tells the host: delivery reports and incoming messages, parsed from the query or the form of its request.
//!
//! SMSAPI calls an address of the host (GET or POST) and tells again until the body of the answer is exactly [`ANSWER`]. It does
//! not sign: the host checks that the call comes from SMSAPI, by an unguessable part of the address and by the source address (the
//! README says how). It answers once the engine has the facts, not before; telling again changes nothing.
//!
//! Parameters as in smsapi.pl/docs, chapters 9 and 10, and as public hosts of SMSAPI read them (for reports `MsgId`, `status`,
//! `status_name`, `donedate`, `idx`, `username`, `to`, `points`, `mcc`, `mnc`, with commas between several reports; for
//! messages `sms_to`, `sms_from`, `sms_text`, `sms_date`, `username`, `MsgId`). Character set UTF-8.
//!
//! Not allowed here: network and clock; values of parameters in errors.

use crate::status;
use depesza::model::{
    Body, DeliveryReport, DeliveryState, GatewayId, Phone, SmsReceived, Timestamp, Verbatim,
};
use sha2::{Digest, Sha256};

/// The body of the host's answer, as `text/plain` with status 200.
pub const ANSWER: &str = "OK";
/// The longest query or form that is parsed, in bytes.
pub const FORM_MAX: usize = 1 << 20;
/// The most reports in one call.
pub const REPORTS_MAX: usize = 10_000;

/// Why a callback was not understood. The host answers with an error status: SMSAPI tells again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackFault {
    /// A parameter is not there, or is empty.
    #[error("{0}: expected, but not in the callback")]
    Missing(&'static str),
    /// There are not as many values as identifiers.
    #[error("{0}: expected as many values as in MsgId")]
    Count(&'static str),
    /// Longer than [`FORM_MAX`], or more reports than [`REPORTS_MAX`].
    #[error("callback: expected at most {FORM_MAX} bytes and {REPORTS_MAX} reports")]
    TooLong,
}

/// Parses callbacks for one gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callbacks {
    /// The gateway's name in the engine.
    pub gateway: GatewayId,
    /// What a point is worth in thousandths of the currency's unit, as [`Options::point_milli`](crate::Options::point_milli).
    pub point_milli: i64,
}

impl Callbacks {
    /// For a gateway, with points of 1,000 thousandths.
    #[must_use]
    pub fn new(gateway: GatewayId) -> Self {
        Self { gateway, point_milli: 1_000 }
    }

    /// The delivery reports of a call: its query, or its form (`application/x-www-form-urlencoded`). `now` is the time of
    /// those that have none (`donedate`, seconds since 1970).
    ///
    /// A state that is not known counts as [`DeliveryState::Accepted`]: SMSAPI has the message, more is not certain.
    ///
    /// # Errors
    /// [`CallbackFault`]; nothing of the call is to be used then.
    pub fn delivery_reports(&self, form: &str, now: Timestamp) -> Result<Vec<DeliveryReport>, CallbackFault> {
        let form = Form::parse(form)?;
        let ids = form.list("MsgId").ok_or(CallbackFault::Missing("MsgId"))?;
        if ids.len() > REPORTS_MAX {
            return Err(CallbackFault::TooLong);
        }
        let codes = form.list("status");
        let words = form.list("status_name");
        if codes.is_none() && words.is_none() {
            return Err(CallbackFault::Missing("status"));
        }
        for (name, list) in [("status", &codes), ("status_name", &words)] {
            if list.as_ref().is_some_and(|list| list.len() != ids.len()) {
                return Err(CallbackFault::Count(name));
            }
        }
        // a list that does not match the identifiers cannot be assigned: these are left out
        let matching = |name: &str| form.list(name).filter(|list| list.len() == ids.len());
        let references = matching("idx");
        let points = matching("points");
        let dates = form.list("donedate").filter(|list| list.len() == ids.len() || list.len() == 1);
        let mut reports = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            if id.is_empty() {
                return Err(CallbackFault::Missing("MsgId"));
            }
            let word = at(&words, place);
            let code = at(&codes, place);
            let state =
                status::state(word).or_else(|| status::state(code)).unwrap_or(DeliveryState::Accepted);
            let date = match &dates {
                Some(list) if list.len() == 1 => at(&dates, 0),
                _ => at(&dates, place),
            };
            let reference = at(&references, place);
            reports.push(DeliveryReport {
                gateway: self.gateway.clone(),
                provider_id: Some(id.clone()),
                reference: (!reference.is_empty()).then(|| reference.to_owned()),
                part: None,
                state,
                at: instant(date).unwrap_or(now),
                raw: Verbatim::new(format!("{code} {word}").trim().chars().take(100).collect::<String>()),
                cost_milli: crate::answer::milli(&at(&points, place).into(), self.point_milli),
            });
        }
        Ok(reports)
    }

    /// The incoming message of a call: its query, or its form. `now` is its time where it has none (`sms_date`, seconds since 1970).
    ///
    /// SMSAPI gives an incoming message no identifier of its own (`MsgId` is that of the message it answers, for senders of the kind
    /// `2way`), so the engine knows one that is told twice by number, text and time. Where the time is not understood, a hash of all
    /// that SMSAPI tells is its identifier.
    ///
    /// # Errors
    /// [`CallbackFault`].
    pub fn sms_received(&self, form: &str, now: Timestamp) -> Result<SmsReceived, CallbackFault> {
        let form = Form::parse(form)?;
        let from = form.text("sms_from").ok_or(CallbackFault::Missing("sms_from"))?;
        // an empty message is one; a call without a text is something else
        let body = form.value("sms_text").ok_or(CallbackFault::Missing("sms_text"))?;
        let received_at = form.text("sms_date").and_then(instant);
        // told again, a message without a time would come at another `now`: it needs another mark
        let marked = received_at.is_none() && (form.text("sms_date").or(form.text("MsgId")).is_some());
        Ok(SmsReceived {
            gateway: self.gateway.clone(),
            provider_id: marked.then(|| form.hash()),
            from: Phone::new(international(from)),
            to: form.text("sms_to").map(str::to_owned),
            body: Body::new(body),
            received_at: received_at.unwrap_or(now),
            in_reply_to: form.text("MsgId").map(str::to_owned),
            part: None,
            opt_out: false,
        })
    }
}

/// The parameters of a call.
struct Form(Vec<(String, String)>);

impl Form {
    fn parse(form: &str) -> Result<Self, CallbackFault> {
        if form.len() > FORM_MAX {
            return Err(CallbackFault::TooLong);
        }
        let form = form.trim_start_matches('?').as_bytes();
        Ok(Self(form_urlencoded::parse(form).into_owned().collect()))
    }

    /// A hash of what makes an incoming message this one.
    fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for name in ["sms_from", "sms_to", "sms_text", "sms_date", "MsgId"] {
            let value = self.value(name).unwrap_or_default();
            hash.update(value.len().to_be_bytes());
            hash.update(value);
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value that is not empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.value(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Values with commas between them; none where there is nothing.
    fn list(&self, name: &str) -> Option<Vec<String>> {
        self.text(name).map(|value| value.split(',').map(|one| one.trim().to_owned()).collect())
    }
}

fn at(list: &Option<Vec<String>>, place: usize) -> &str {
    list.as_ref().and_then(|list| list.get(place)).map_or("", String::as_str)
}

/// Seconds since 1970.
fn instant(text: &str) -> Option<Timestamp> {
    let seconds: i64 = text.parse().ok()?;
    (seconds > 0).then(|| Timestamp::from_ms(seconds.saturating_mul(1_000)))
}

/// SMSAPI writes numbers with the country and without the plus; national numbers, short codes and words stay as they are.
fn international(from: &str) -> String {
    let is_number = (10..=15).contains(&from.len()) && from.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && !from.starts_with('0') { format!("+{from}") } else { from.to_owned() }
}
