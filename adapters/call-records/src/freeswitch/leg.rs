//! One leg as FreeSWITCH tells it, from its variables. Not allowed here: other legs.

use super::expected;
use super::options::Options;
use crate::fault::Fault;
use depesza::model::{CallDirection, SECOND_MS, Timestamp};
use serde_json::Value;
use std::fmt;

/// Which side of the exchange a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It came to the exchange and began a call.
    A,
    /// The exchange made it.
    B,
}

/// A leg of a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Leg {
    /// Its `uuid`.
    pub id: String,
    /// The leg that it was made for, by its `uuid`; none for an A-leg.
    pub belongs_to: Option<String>,
    /// Which side it is.
    pub side: Side,
    /// Which way the call went, where the leg tells.
    pub direction: Option<CallDirection>,
    /// Who called.
    pub caller: String,
    /// The number that was shown to the called party, where the dialplan set one.
    pub shown: String,
    /// What was dialled.
    pub dialled: String,
    /// The dialplan's context.
    pub context: String,
    /// The gateway that it goes through.
    pub gateway: String,
    /// When it began.
    pub started: Timestamp,
    /// When it was answered, by whatever.
    pub answered: Option<Timestamp>,
    /// When it was put together with another leg.
    pub bridged: Option<Timestamp>,
    /// When it ended.
    pub ended: Timestamp,
    /// From the answer to the end, in seconds.
    pub billsec_s: u32,
    /// The cause by its name.
    pub cause: String,
    /// The cause by its number.
    pub cause_code: Option<String>,
    /// FusionPBX's own status.
    pub status: String,
    /// Whether its last application was a voice mail box.
    pub voicemail: bool,
    /// Who was rung or answered: the destination of the leg bridged to.
    pub answered_by: Option<String>,
}

impl fmt::Debug for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leg").field("side", &self.side).field("cause", &self.cause).finish_non_exhaustive()
    }
}

/// The variables of a document, taken out of their URL-encoding where there is one.
struct Variables<'a>(&'a Value);

impl Variables<'_> {
    fn text(&self, name: &str) -> String {
        let text = match self.0.get("variables").and_then(|variables| variables.get(name)) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return String::new(),
        };
        decoded(&text)
    }

    fn first(&self, names: &[&str]) -> String {
        names.iter().map(|name| self.text(name)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    fn epoch(&self, name: &str) -> Option<Timestamp> {
        let seconds: i64 = self.text(name).parse().ok().filter(|seconds| *seconds > 0)?;
        Some(Timestamp::from_ms(seconds.saturating_mul(SECOND_MS)))
    }

    /// A value of the caller's profile in the first part of the call flow that has one.
    fn profile(&self, name: &str) -> String {
        // older releases write the key once for each part: the last is kept, and it is how the call began
        let flow = self.0.get("callflow");
        let parts: Vec<&Value> = match flow {
            Some(Value::Array(parts)) => parts.iter().collect(),
            Some(part) => vec![part],
            None => Vec::new(),
        };
        // the newest part of the flow stands first: the last is how the call began
        let mut values =
            parts.iter().rev().filter_map(|part| part.get("caller_profile")?.get(name)?.as_str());
        values.find(|value| !value.is_empty()).map(decoded).unwrap_or_default()
    }

    fn last_app(&self) -> String {
        let apps = self.0.get("app_log").and_then(|log| log.get("applications")).and_then(Value::as_array);
        let last =
            apps.and_then(|apps| apps.last()).and_then(|app| app.get("app_name")).and_then(Value::as_str);
        last.map(str::to_owned).unwrap_or_else(|| self.text("last_app"))
    }
}

impl Leg {
    /// Reads a document of `mod_json_cdr`.
    ///
    /// # Errors
    /// The [`Fault`] of the document: no `variables`, no `uuid`, no times.
    pub fn from_json(line: u64, document: &Value, options: &Options) -> Result<Self, Fault> {
        let variables = Variables(document);
        if document.get("variables").is_none_or(|variables| !variables.is_object()) {
            return Err(expected(line, "an object `variables`"));
        }
        let id = Some(variables.first(&["uuid", "call_uuid"])).filter(|id| !id.is_empty());
        let started =
            variables.epoch("start_epoch").ok_or_else(|| expected(line, "a time in start_epoch"))?;
        let ended = variables.epoch("end_epoch").ok_or_else(|| expected(line, "a time in end_epoch"))?;
        let id = id.ok_or_else(|| expected(line, "an identifier in uuid"))?;
        let originator = variables.first(&["originating_leg_uuid", "originator", "ent_originate_aleg_uuid"]);
        let belongs_to = Some(originator).filter(|other| !other.is_empty() && *other != id);
        let dialled: Vec<&str> = options.dialled_variables.iter().map(String::as_str).collect();
        let last_app = variables.last_app();
        let or_profile =
            |text: String, name: &str| if text.is_empty() { variables.profile(name) } else { text };
        Ok(Self {
            side: if belongs_to.is_some() { Side::B } else { Side::A },
            direction: direction(&variables.text(&options.direction_variable)),
            caller: Some(or_profile(variables.text("caller_id_number"), "caller_id_number"))
                .filter(|caller| !caller.is_empty())
                .unwrap_or_else(|| variables.text("sip_from_user")),
            shown: variables.first(&["effective_caller_id_number", "outbound_caller_id_number"]),
            dialled: or_profile(variables.first(&dialled), "destination_number"),
            context: or_profile(variables.first(&["context", "user_context"]), "context"),
            gateway: variables.first(&["sip_gateway_name", "sip_gateway"]),
            started,
            answered: variables.epoch("answer_epoch"),
            bridged: variables.epoch("bridge_epoch"),
            ended: ended.max(started),
            billsec_s: variables.text("billsec").parse().unwrap_or_default(),
            cause: variables.text("hangup_cause"),
            cause_code: Some(variables.text("hangup_cause_q850")).filter(|code| !code.is_empty()),
            status: variables.text(&options.status_variable),
            voicemail: matches!(last_app.as_str(), "voicemail" | "lua_voicemail")
                || variables.text("voicemail_answer_stamp").len() > 1,
            answered_by: Some(variables.first(&["last_sent_callee_id_number", "bridge_to", "dialed_user"]))
                .filter(|who| !who.is_empty()),
            belongs_to,
            id,
        })
    }
}

fn direction(word: &str) -> Option<CallDirection> {
    match word {
        "inbound" => Some(CallDirection::Incoming),
        "outbound" => Some(CallDirection::Outgoing),
        "local" => Some(CallDirection::Internal),
        _ => None,
    }
}

/// Text without its URL-encoding; text that has none stays as it is. A plus is a plus: `+48...` is a number.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.first_chunk::<2>().filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn url_encoding_is_taken_off_and_other_text_is_left() {
        assert_eq!(decoded("%2B48501%20234"), "+48501 234");
        assert_eq!(decoded("+48501 100%"), "+48501 100%");
        assert_eq!(decoded("%zz%C5%81"), "%zz\u{141}");
    }
}
