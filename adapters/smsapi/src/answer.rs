//! What an answer of `sms.do` says of each message. It says only what is certain: what is not named, not whole or not understood
//! is unknown.
//!
//! Formats: `LegacySendSmsResponse` and `LegacySendSmsErrorResponse` of `panel_com.yml`; errors also as the text `ERROR:105`
//! (smsapi.pl/docs). The makers' clients take an `error` for a refusal whatever the HTTP status
//! (`smsapi-python-client`, `smsapi/endpoint.py`; `LegacyResponseMapper.php` knows it with status 200).
//!
//! Not allowed here: SMSAPI's own words in a result, as they may quote a number or the text.

use crate::codes::{Meaning, meaning};
use crate::http::Answer;
use crate::request::digits;
use depesza::model::{MINUTE_MS, RejectClass, SECOND_MS, Submission, SubmitResult};
use serde_json::{Map, Value};

/// The longest that a `Retry-After` is believed, in milliseconds.
const RETRY_MAX_MS: i64 = 60 * MINUTE_MS;

/// What an answer says of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// This.
    Result(SubmitResult),
    /// This, and it would say the same of every other message now: the account is refused, or SMSAPI is too busy.
    OfAll(SubmitResult),
    /// Of this message alone it says nothing: it is to be asked for alone. The reference keeps it from going twice.
    AskAlone,
    /// Not sent: to be asked for with a shorter validity.
    AskShorter,
}

/// Reads the answer to a request with these messages, in their order.
pub(crate) fn read(group: &[&Submission], answer: &Answer, point_milli: i64) -> Vec<Said> {
    let json: Option<Value> = answer.body.as_ref().and_then(|body| serde_json::from_slice(body).ok());
    let object = json.as_ref().and_then(Value::as_object);
    let names_messages = |object: &&Map<String, Value>| {
        object.get("list").and_then(Value::as_array).is_some_and(|list| !list.is_empty())
    };
    let is_refusal = |object: &&Map<String, Value>| object.get("error").is_some_and(|error| !error.is_null());
    // with messages beside it an error is not the word on all of them: then each is looked for in the list
    if let Some(object) = object.filter(is_refusal).filter(|object| !names_messages(object)) {
        return refused(group, answer, object);
    }
    if let Some(code) = answer.body.as_deref().and_then(text_error) {
        return group.iter().map(|_| said(meaning(code), &code.to_string(), group.len())).collect();
    }
    if !(200..300).contains(&answer.status) {
        return group.iter().map(|_| of_status(answer)).collect();
    }
    let Some(list) = object.and_then(|object| object.get("list")?.as_array()) else {
        let why = if answer.body.is_some() { "answer not understood" } else { "answer cut short" };
        return group.iter().map(|_| unknown(why)).collect();
    };
    let parts_of_first = object.and_then(|object| number(object.get("parts")?));
    group
        .iter()
        .map(|message| match item(list, message, group.len()) {
            Some(item) => taken(item, parts_of_first, point_milli),
            None => invalid_number(object, message)
                .map_or_else(|| unknown("not in the answer"), |(meaning, code)| said(meaning, &code, 1)),
        })
        .collect()
}

/// A refusal of the whole request.
fn refused(group: &[&Submission], answer: &Answer, object: &Map<String, Value>) -> Vec<Said> {
    let Some(code) = object.get("error").and_then(number) else {
        // a word, as the makers' newer interfaces have it
        let said = match of_status(answer) {
            Said::Result(SubmitResult::Unknown { .. }) if answer.status < 500 => {
                Said::Result(rejected(RejectClass::Transient, "unnamed"))
            }
            said => said,
        };
        return vec![said; group.len()];
    };
    group
        .iter()
        .map(|message| match invalid_number(Some(object), message) {
            Some((meaning, code)) => said(meaning, &code, 1),
            None => said(meaning(code), &code.to_string(), group.len()),
        })
        .collect()
}

/// What a refusal says of one message among `messages`.
fn said(meaning: Meaning, code: &str, messages: usize) -> Said {
    use RejectClass::{
        AccountAuth, AccountBlocked, AccountNoCredit, RecipientInvalid, RecipientOptedOut, Transient,
    };
    match meaning {
        // of some of them: which ones, only each alone can tell
        Meaning::Duplicate
        | Meaning::NumberLater(_)
        | Meaning::Alone
        | Meaning::Rejected(RecipientInvalid | RecipientOptedOut)
            if messages > 1 =>
        {
            Said::AskAlone
        }
        Meaning::Duplicate => {
            Said::Result(SubmitResult::Accepted { provider_ids: Vec::new(), parts: None, cost_milli: None })
        }
        Meaning::Rejected(class @ (AccountAuth | AccountBlocked | AccountNoCredit)) => {
            Said::OfAll(rejected(class, code))
        }
        Meaning::Rejected(class) => Said::Result(rejected(class, code)),
        Meaning::Later(after_ms) => Said::OfAll(SubmitResult::TryLater { after_ms }),
        Meaning::NumberLater(after_ms) => Said::Result(SubmitResult::TryLater { after_ms }),
        Meaning::Unclear => unknown("internal error of smsapi"),
        Meaning::Alone => Said::Result(rejected(Transient, code)),
        Meaning::ShorterValidity => Said::AskShorter,
    }
}

/// What is said of this message's number where numbers are refused one by one. `error_code` is not always there
/// (`panel_com.yml`, `InvalidNumber`); then the words decide whether the number itself is bad, and if they are not known it is
/// not marked.
fn invalid_number(object: Option<&Map<String, Value>>, message: &Submission) -> Option<(Meaning, String)> {
    let ours = digits(message.to.reveal())?;
    let entry = object?.get("invalid_numbers")?.as_array()?.iter().find(|entry| {
        ["number", "submitted_number"]
            .iter()
            .any(|field| entry.get(field).is_some_and(|value| is(value, ours)))
    })?;
    if let Some(code) = entry.get("error_code").and_then(number) {
        return Some((meaning(code), code.to_string()));
    }
    let words = entry.get("message").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let class = if words.contains("blacklist") || words.contains("opt-out") || words.contains("optout") {
        RejectClass::RecipientOptedOut
    } else if words.contains("invalid") {
        RejectClass::RecipientInvalid
    } else {
        RejectClass::Transient
    };
    Some((Meaning::Rejected(class), "13".to_owned()))
}

/// The entry for a message: by our reference, or by its number where the reference is not repeated.
fn item<'a>(list: &'a [Value], message: &Submission, messages: usize) -> Option<&'a Value> {
    let named = |item: &&Value| item.get("idx").is_some_and(|idx| !idx.is_null());
    if let Some(item) =
        list.iter().find(|item| item.get("idx").is_some_and(|idx| is(idx, &message.reference)))
    {
        return Some(item);
    }
    let mut unnamed = list.iter().filter(|item| !named(item));
    if messages == 1 && list.len() == 1 {
        return unnamed.next();
    }
    let ours = digits(message.to.reveal())?;
    let mut same = unnamed.filter(|item| {
        ["number", "submitted_number"]
            .iter()
            .any(|field| item.get(field).is_some_and(|value| is(value, ours)))
    });
    let found = same.next()?;
    same.next().is_none().then_some(found)
}

fn taken(item: &Value, parts_of_first: Option<i64>, point_milli: i64) -> Said {
    // deprecated, and always null by the makers' description; older answers had a code here
    let error = item.get("error").filter(|error| !error.is_null());
    let id = match item.get("id") {
        Some(Value::String(id)) if !id.is_empty() => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => match error.and_then(number) {
            Some(code) => return said(meaning(code), &code.to_string(), 1),
            None => return unknown("an entry without id"),
        },
    };
    if error.is_some() {
        return unknown("an entry with id and error");
    }
    let parts = item.get("parts").and_then(number).or(parts_of_first);
    Said::Result(SubmitResult::Accepted {
        provider_ids: vec![id],
        parts: parts.and_then(|parts| u32::try_from(parts).ok()).filter(|parts| *parts > 0),
        cost_milli: item.get("points").and_then(|points| milli(points, point_milli)),
    })
}

/// An HTTP status without an error of SMSAPI's own.
pub(crate) fn of_status(answer: &Answer) -> Said {
    let code = format!("http {}", answer.status);
    let later = |default_ms: i64| {
        let after_ms = answer.retry_after_s.map_or(default_ms, |seconds| seconds.saturating_mul(SECOND_MS));
        Said::OfAll(SubmitResult::TryLater { after_ms: after_ms.clamp(SECOND_MS, RETRY_MAX_MS) })
    };
    match answer.status {
        // the address is another now, and nobody did anything here (RFC 9110, 15.4); after 302 and 303 somebody may have
        301 | 307 | 308 => Said::OfAll(rejected(RejectClass::AccountBlocked, &code)),
        401 => Said::OfAll(rejected(RejectClass::AccountAuth, &code)),
        402 => Said::OfAll(rejected(RejectClass::AccountNoCredit, &code)),
        // a filter of addresses, or another machine than SMSAPI
        403..=405 => Said::OfAll(rejected(RejectClass::AccountBlocked, &code)),
        // the server gave up waiting for the request (RFC 9110, 15.5.9)
        408 => later(5 * SECOND_MS),
        429 => later(MINUTE_MS),
        // the request was not understood (RFC 9110, 15.5)
        400..=499 => Said::Result(rejected(RejectClass::Transient, &code)),
        _ => Said::Result(SubmitResult::Unknown { why: code }),
    }
}

pub(crate) fn rejected(class: RejectClass, code: &str) -> SubmitResult {
    SubmitResult::Rejected { class, code: code.to_owned() }
}

fn unknown(why: &str) -> Said {
    Said::Result(SubmitResult::Unknown { why: why.to_owned() })
}

/// A whole number, also as text: SMSAPI writes both.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Points in thousandths of the currency's unit, rounded.
pub(crate) fn milli(points: &Value, point_milli: i64) -> Option<i64> {
    let points = match points {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let milli = (points * f64::from(i32::try_from(point_milli).ok()?)).round();
    // beyond this a float is no exact number any more
    (milli.abs() < 9.0e15).then_some(milli as i64)
}

/// Whether a value says this, as text or number, spaces and a plus apart.
fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => {
            text == wanted || text.chars().filter(|sign| !matches!(sign, ' ' | '+')).eq(wanted.chars())
        }
        Value::Number(number) => number.to_string() == wanted,
        _ => false,
    }
}

/// The code of an error as text, `ERROR:105`.
fn text_error(body: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(body).ok()?.trim();
    text.strip_prefix("ERROR:")?.split([':', ' ']).next()?.parse().ok()
}
