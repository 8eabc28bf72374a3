//! What goes into a request: which messages may share one, and its form.
//!
//! `sms.do` takes one text for a list of numbers (`to=1,2`), with one `idx` for each (`idx=a|b`): parameter names and separators
//! as in `smsapi-python-client`, `smsapi/sms/api.py` and `smsapi-java-client`, `AbstractSendAction.java`. Texts per number
//! exist only as four parameters in one text (`[%1%]`), which would make the text SMSAPI's business; messages with different
//! texts have requests of their own.
//!
//! Not allowed here: sending.

use crate::options::Options;
use depesza::model::{HOUR_MS, MINUTE_MS, Submission, Timestamp};

/// The shortest validity that is asked for: the makers name 15 minutes in one place and one hour in another, with a tolerance
/// of 5 minutes; 5 more are for clocks that differ.
pub(crate) const VALIDITY_MIN_MS: i64 = 70 * MINUTE_MS;
/// The longest: 72 hours (`panel_com.yml`, error 56), less tolerance and clocks.
pub(crate) const VALIDITY_MAX_MS: i64 = 72 * HOUR_MS - 10 * MINUTE_MS;
/// The longest for accounts with the older limit of 12 hours (`smsapi-java-client`, `SMSSend.java`).
pub(crate) const VALIDITY_SHORT_MS: i64 = 12 * HOUR_MS - 10 * MINUTE_MS;

/// The digits of an E.164 number: SMSAPI writes numbers without the plus. `None` where it is no such number.
pub(crate) fn digits(number: &str) -> Option<&str> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    ((8..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The places of messages that share a request, in the order of the first of each.
pub(crate) fn groups(options: &Options, batch: &[Submission]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, message) in batch.iter().enumerate() {
        let shares = |group: &&mut Vec<usize>| {
            options.notify_url.is_none()
                && is_plain(&message.reference)
                && group.iter().filter_map(|other| batch.get(*other)).all(|other| {
                    is_plain(&other.reference)
                        && other.body == message.body
                        && other.sender == message.sender
                        && other.not_after == message.not_after
                        && other.at == message.at
                        // SMSAPI drops a number that comes twice, and answers must be told apart
                        && other.to != message.to
                        && other.reference != message.reference
                })
        };
        match groups.iter_mut().find(shares) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    groups
}

/// Whether a reference can stand in a list of them.
fn is_plain(reference: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !reference.is_empty() && reference.len() <= 255 && reference.bytes().all(plain)
}

/// When a message stops being valid, in seconds since 1970: as near to `not_after` as SMSAPI allows.
pub(crate) fn expires_s(at: Timestamp, not_after: Timestamp, longest_ms: i64) -> i64 {
    let validity_ms = not_after.since_ms(at).clamp(VALIDITY_MIN_MS, longest_ms);
    at.plus_ms(validity_ms).ms() / 1_000
}

/// The form of a group, all with the same text, sender and times.
pub(crate) fn form(options: &Options, group: &[&Submission], longest_ms: i64) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("format", "json");
    // the interface's default is windows-1250
    form.append_pair("encoding", "utf-8");
    form.append_pair("details", "1");
    let list = |part: fn(&Submission) -> &str, separator: &str| {
        group.iter().map(|message| part(message)).collect::<Vec<_>>().join(separator)
    };
    form.append_pair("to", &list(|message| digits(message.to.reveal()).unwrap_or_default(), ","));
    if let Some(first) = group.first() {
        form.append_pair("message", first.body.reveal());
        if let Some(sender) = first.sender.as_ref().or(options.sender.as_ref()) {
            form.append_pair("from", sender);
        }
        let expires = expires_s(first.at, first.not_after, longest_ms);
        form.append_pair("expiration_date", &expires.to_string());
    }
    form.append_pair("idx", &list(|message| &message.reference, "|"));
    form.append_pair("check_idx", "1");
    // quiet hours are the engine's: a message that SMSAPI moves to another time would come when nobody decided it should
    form.append_pair("time_restriction", "ignore");
    if options.normalize {
        form.append_pair("normalize", "1");
    }
    if let Some(parts) = options.max_parts {
        form.append_pair("max_parts", &parts.to_string());
    }
    if let Some(url) = &options.notify_url {
        form.append_pair("notify_url", url);
    }
    if options.test {
        form.append_pair("test", "1");
    }
    for (name, value) in &options.extra {
        form.append_pair(name, value);
    }
    form.finish()
}
