//! What a host sets: where the SMSC is, who we are, and the habits of this SMSC. Checked once, at the start.

use depesza::model::{GatewayId, RejectClass, Zone};
use std::fmt;
use std::time::Duration;

/// The longest that one [`submit`](depesza::gateway::Gateway::submit) may take: the engine counts a submission as
/// unanswered after two minutes.
pub const MAX_SUBMIT: Duration = Duration::from_secs(110);
/// The longest validity that is asked for: what the relative form's days can say and networks keep anyway.
pub(crate) const MAX_VALIDITY_MS: i64 = 31 * depesza::model::DAY_MS;

/// A password: it never prints.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes the password as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// What the session may do (SMPP 3.4, 2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bind {
    /// Sends and receives, by `bind_transceiver`.
    #[default]
    Transceiver,
    /// Sends only, by `bind_transmitter`: reports and replies have to reach the host another way.
    Transmitter,
}

/// Type of number and numbering plan of an address (SMPP 3.4, 5.2.5 and 5.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressKind {
    /// Type of number.
    pub ton: u8,
    /// Numbering plan indicator.
    pub npi: u8,
}

/// How a text of several parts goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concatenation {
    /// A `submit_sm` a part, each with a user data header of an 8-bit reference (3GPP TS 23.040, 9.2.3.24.1).
    #[default]
    Udh,
    /// The same with a 16-bit reference (9.2.3.24.8), where the practice's `reference_bits` are 16: a part holds a little
    /// less.
    Udh16,
    /// A `submit_sm` a part, with `sar_msg_ref_num`, `sar_total_segments`, `sar_segment_seqnum` (SMPP 3.4, 5.3.2.22): the
    /// SMSC makes the header.
    Sar,
    /// One `submit_sm` with the whole text in `message_payload` (SMPP 3.4, 5.3.2.32): the SMSC cuts it, and reports on it
    /// as a whole.
    Payload,
}

/// How the SMSC writes a message's identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageIds {
    /// The same in `submit_sm_resp` and in receipts.
    #[default]
    Same,
    /// Hexadecimal in `submit_sm_resp`, decimal in receipts, as SMPP 3.3 has it.
    HexThenDecimal,
    /// Decimal in `submit_sm_resp`, hexadecimal in receipts.
    DecimalThenHex,
}

/// Where the SMSC is, who we are, and how it wants things.
///
/// Made by [`Options::new`] with what nearly every SMSC takes; every field may then be set.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The gateway that reports and incoming messages name: the one that the engine knows this value by.
    pub gateway: GatewayId,
    /// Name or address of the SMSC.
    pub host: String,
    /// Its TCP port; 2775 is customary.
    pub port: u16,
    /// Our account, at most 15 characters.
    pub system_id: String,
    /// Its password, at most 8 characters.
    pub password: Password,
    /// What kind of system we are, at most 12 characters; empty unless the provider says otherwise.
    pub system_type: String,
    /// What the session may do.
    pub bind: Bind,
    /// The service, at most 5 characters; empty is the SMSC's default.
    pub service_type: String,
    /// The sender of messages that name none; without one the address stays empty, and the SMSC puts its own in.
    pub sender: Option<String>,
    /// Senders with a letter in them: 5 and 0.
    pub alphanumeric: AddressKind,
    /// Senders that are full numbers, 7 digits and more: 1 and 1.
    pub numeric: AddressKind,
    /// Senders that are short codes, up to 6 digits: 3 and 0.
    pub short_code: AddressKind,
    /// Recipients: 1 and 1, digits without a plus.
    pub destination: AddressKind,
    /// How many `submit_sm` may wait for their answers, 1 to 1,000; 10.
    pub window: u16,
    /// The most `submit_sm` a second (a part is one), 1 to 10,000; none: as fast as the window lets.
    pub rate: Option<u16>,
    /// How long an answer may take, a second to 90 seconds; 30 seconds. After that the outcome of a `submit_sm` is unknown.
    pub response_timeout: Duration,
    /// How long one call of `submit` may take, at least a second more than `response_timeout`, at most [`MAX_SUBMIT`];
    /// 75 seconds. What was not begun so early that its answer is in by then comes back as `TryLater`.
    pub submit_timeout: Duration,
    /// How long after a loss messages wait for the next connection; 5 seconds. Then they come back as `TryLater`, at once
    /// while it stays down.
    pub connect_wait: Duration,
    /// How long the connection may be silent before `enquire_link` asks, a second to an hour; 30 seconds. While answers are
    /// due it asks after half of `response_timeout` at the latest. A connection that says nothing for another half is
    /// given up.
    pub enquire_link: Duration,
    /// The first pause before connecting anew, at least 10 milliseconds; 1 second. It doubles with every failure …
    pub reconnect_min: Duration,
    /// … up to this, at most an hour; 60 seconds. After a refused bind it is this long at once, so that no account gets locked.
    pub reconnect_max: Duration,
    /// How long closing may wait for answers and `unbind_resp`; 5 seconds.
    pub close_timeout: Duration,
    /// How a text of several parts goes.
    pub concatenation: Concatenation,
    /// `data_coding` of texts in GSM-7: 0, the SMSC's default alphabet, which must be GSM 03.38 with a septet an octet.
    pub gsm7_data_coding: u8,
    /// `registered_delivery` (SMPP 3.4, 5.2.17): 1 asks for a receipt on success and failure, 0 for none.
    pub registered_delivery: u8,
    /// How identifiers are written.
    pub message_ids: MessageIds,
    /// The zone of the times in receipts; UTC.
    pub receipt_zone: Zone,
    /// What the SMSC's own codes mean (`command_status` 0x400 to 0x4FF above all), before the table of the standard.
    pub statuses: Vec<(u32, RejectClass)>,
    /// How many reports and incoming messages wait for the host, 1 to 100,000; 1,000. Further ones are answered
    /// `ESME_RX_T_APPN`, and the SMSC keeps them.
    pub events: usize,
}

/// A field of [`Options`] that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: expected {expected}")]
pub struct BadOption {
    /// The field's name.
    pub field: &'static str,
    /// What it takes.
    pub expected: &'static str,
}

impl Options {
    /// An account at an SMSC, with the customary values.
    pub fn new(
        gateway: GatewayId,
        host: impl Into<String>,
        port: u16,
        system_id: impl Into<String>,
        password: impl Into<Password>,
    ) -> Self {
        Self {
            gateway,
            host: host.into(),
            port,
            system_id: system_id.into(),
            password: password.into(),
            system_type: String::new(),
            bind: Bind::default(),
            service_type: String::new(),
            sender: None,
            alphanumeric: AddressKind { ton: 5, npi: 0 },
            numeric: AddressKind { ton: 1, npi: 1 },
            short_code: AddressKind { ton: 3, npi: 0 },
            destination: AddressKind { ton: 1, npi: 1 },
            window: 10,
            rate: None,
            response_timeout: Duration::from_secs(30),
            submit_timeout: Duration::from_secs(75),
            connect_wait: Duration::from_secs(5),
            enquire_link: Duration::from_secs(30),
            reconnect_min: Duration::from_secs(1),
            reconnect_max: Duration::from_secs(60),
            close_timeout: Duration::from_secs(5),
            concatenation: Concatenation::default(),
            gsm7_data_coding: 0,
            registered_delivery: 1,
            message_ids: MessageIds::default(),
            receipt_zone: Zone::new(chrono_tz::Tz::UTC),
            statuses: Vec::new(),
            events: 1_000,
        }
    }

    pub(crate) fn check(&self) -> Result<(), BadOption> {
        let ms = Duration::from_millis;
        let fits =
            |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| (1..128).contains(&byte));
        let rules = [
            ("host", !self.host.is_empty(), "a name or an address"),
            ("port", self.port != 0, "1 to 65535"),
            ("system_id", fits(&self.system_id, 15), "at most 15 characters of ASCII"),
            ("password", fits(self.password.reveal(), 8), "at most 8 characters of ASCII"),
            ("system_type", fits(&self.system_type, 12), "at most 12 characters of ASCII"),
            ("service_type", fits(&self.service_type, 5), "at most 5 characters of ASCII"),
            (
                "sender",
                self.sender.as_ref().is_none_or(|sender| fits(sender, 20)),
                "at most 20 characters of ASCII",
            ),
            ("window", (1..=1_000).contains(&self.window), "1 to 1000"),
            ("rate", self.rate.is_none_or(|rate| (1..=10_000).contains(&rate)), "1 to 10000 a second"),
            (
                "response_timeout",
                (ms(1_000)..=ms(90_000)).contains(&self.response_timeout),
                "1 to 90 seconds",
            ),
            (
                "submit_timeout",
                (self.response_timeout + ms(1_000)..=MAX_SUBMIT).contains(&self.submit_timeout),
                "a second more than response_timeout to 110 seconds",
            ),
            ("connect_wait", self.connect_wait <= MAX_SUBMIT, "at most 110 seconds"),
            ("enquire_link", (ms(1_000)..=ms(3_600_000)).contains(&self.enquire_link), "a second to an hour"),
            ("reconnect_min", self.reconnect_min >= ms(10), "at least 10 milliseconds"),
            (
                "reconnect_max",
                (self.reconnect_min..=ms(3_600_000)).contains(&self.reconnect_max),
                "reconnect_min to an hour",
            ),
            ("close_timeout", self.close_timeout <= ms(60_000), "at most 60 seconds"),
            ("events", (1..=100_000).contains(&self.events), "1 to 100000"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((field, _, expected)) => Err(BadOption { field, expected }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options::new("smpp".into(), "smsc.example", 2775, "clinic", "secret08")
    }

    #[test]
    fn the_customary_values_pass_and_the_password_never_prints() {
        assert_eq!(options().check(), Ok(()));
        assert!(!format!("{:?}", options()).contains("secret08"));
    }

    #[test]
    fn what_cannot_be_is_named() {
        let field = |change: fn(&mut Options)| {
            let mut options = options();
            change(&mut options);
            options.check().map_err(|bad| bad.field)
        };
        assert_eq!(field(|options| options.password = "secret089".into()), Err("password"));
        assert_eq!(field(|options| options.system_id = "żółw".into()), Err("system_id"));
        assert_eq!(field(|options| options.window = 0), Err("window"));
        assert_eq!(field(|options| options.rate = Some(0)), Err("rate"));
        assert_eq!(field(|options| options.submit_timeout = Duration::from_secs(30)), Err("submit_timeout"));
        assert_eq!(field(|options| options.submit_timeout = Duration::from_secs(120)), Err("submit_timeout"));
        assert_eq!(field(|options| options.reconnect_max = Duration::from_millis(5)), Err("reconnect_max"));
        let message = BadOption { field: "window", expected: "1 to 1000" }.to_string();
        assert_eq!(message, "window: expected 1 to 1000");
    }
}
