//! What a host sets, its ranges, and the token.
//!
//! Not allowed here: printing the token, the callback's address or the values of extra parameters.

use crate::http::base;
use std::fmt;

/// A secret key of the interface (OAuth 2.0 bearer token), made in SMSAPI's customer panel with the right to send SMS.
///
/// `Debug` prints `<redacted>`, and there is no `Display`. The host keeps it where it keeps secrets.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes the token as it is, without surrounding white space.
    pub fn new(token: impl AsRef<str>) -> Self {
        Self(token.as_ref().trim().to_owned())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Which certificate authorities are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// Those of the operating system (on Debian the package `ca-certificates`).
    #[default]
    System,
    /// These alone, as PEM: for a network whose proxy opens TLS.
    Pem(String),
}

/// How the gateway is set up.
#[derive(Clone)]
pub struct Options {
    /// Where the interface is: `https://api.smsapi.pl/` by default, `https://api2.smsapi.pl/` is the makers' second host.
    /// HTTPS, or HTTP on the loopback interface alone.
    pub base_url: String,
    /// The key.
    pub token: Token,
    /// The sender of messages that name none: an approved sender name of up to 11 characters, a number, or `2way`. When absent
    /// the account's own default.
    pub sender: Option<String>,
    /// SMSAPI checks each message and answers, but sends and charges nothing.
    pub test: bool,
    /// SMSAPI replaces Polish letters. Off by default: the engine has decided on the letters, and counts by them.
    pub normalize: bool,
    /// The most parts that SMSAPI may split a message into, 1 to 10; the account's own limit when absent.
    pub max_parts: Option<u8>,
    /// Where delivery reports go (HTTP or HTTPS); when absent, where the account's settings say. With it every message has a
    /// request of its own.
    pub notify_url: Option<String>,
    /// Further parameters of `sms.do`, sent as they are (`udh`, `datacoding`, `flash`, `fast` …); none that the adapter sets.
    pub extra: Vec<(String, String)>,
    /// The most messages of one call, 1 to 100: so many are in doubt at the most when the process dies.
    pub batch: u32,
    /// Requests side by side, 1 to 16.
    pub connections: u32,
    /// How long a connection may take, TLS included, in milliseconds: 100 to 30,000.
    pub connect_ms: u64,
    /// How long a request may take in all, in milliseconds: 100 to 45,000.
    pub answer_ms: u64,
    /// How long a call with a batch may take in all, in milliseconds: 2,000 to 100,000, below the two minutes after which
    /// the engine takes an answer for lost. What was not begun by then goes later.
    pub call_ms: u64,
    /// What a point is worth in thousandths of the currency's unit, at least 0: SMSAPI counts in points, a number with decimals
    /// whose price is in the account's contract. 1,000 by default.
    pub point_milli: i64,
    /// Trusted certificate authorities.
    pub roots: Roots,
}

impl Options {
    /// The defaults with a token.
    #[must_use]
    pub fn new(token: Token) -> Self {
        Self {
            base_url: "https://api.smsapi.pl/".to_owned(),
            token,
            sender: None,
            test: false,
            normalize: false,
            max_parts: None,
            notify_url: None,
            extra: Vec::new(),
            batch: 50,
            connections: 4,
            connect_ms: 10_000,
            answer_ms: 30_000,
            call_ms: 90_000,
            point_milli: 1_000,
            roots: Roots::System,
        }
    }

    pub(crate) fn check(&self) -> Result<(), OptionsFault> {
        let token = self.token.reveal();
        if token.is_empty() || token.len() > 4_096 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(OptionsFault::Token);
        }
        if base(&self.base_url).is_none() {
            return Err(OptionsFault::BaseUrl);
        }
        if self.sender.as_ref().is_some_and(|sender| sender.is_empty() || sender.len() > 32) {
            return Err(OptionsFault::Sender);
        }
        if self.max_parts.is_some_and(|parts| !(1..=10).contains(&parts)) {
            return Err(OptionsFault::MaxParts);
        }
        let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if self.notify_url.as_ref().is_some_and(|url| !is_web(url) || url.len() > 2_000) {
            return Err(OptionsFault::NotifyUrl);
        }
        if self.extra.iter().any(|(name, _)| name.is_empty() || OWN.contains(&name.as_str())) {
            return Err(OptionsFault::Extra);
        }
        let ranges = [
            ("batch", u64::from(self.batch), 1, 100),
            ("connections", u64::from(self.connections), 1, 16),
            ("connect_ms", self.connect_ms, 100, 30_000),
            ("answer_ms", self.answer_ms, 100, 45_000),
            ("call_ms", self.call_ms, 2_000, 100_000),
        ];
        for (field, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(OptionsFault::Range { field, least, most });
            }
        }
        if !(0..=1_000_000_000).contains(&self.point_milli) {
            return Err(OptionsFault::Range { field: "point_milli", least: 0, most: 1_000_000_000 });
        }
        Ok(())
    }
}

/// Parameters that the adapter sets, or that would change what the engine decided.
const OWN: &[&str] = &[
    "format",
    "encoding",
    "details",
    "to",
    "group",
    "message",
    "from",
    "idx",
    "check_idx",
    "date",
    "expiration_date",
    "time_restriction",
    "normalize",
    "max_parts",
    "notify_url",
    "test",
    "template",
];

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.extra.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Options")
            .field("base_url", &self.base_url)
            .field("token", &self.token)
            .field("sender", &self.sender)
            .field("test", &self.test)
            .field("normalize", &self.normalize)
            .field("max_parts", &self.max_parts)
            .field("notify_url", &self.notify_url.as_ref().map(|_| "<redacted>"))
            .field("extra", &names)
            .field("batch", &self.batch)
            .field("connections", &self.connections)
            .field("connect_ms", &self.connect_ms)
            .field("answer_ms", &self.answer_ms)
            .field("call_ms", &self.call_ms)
            .field("point_milli", &self.point_milli)
            .finish_non_exhaustive()
    }
}

/// An option that is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsFault {
    /// The token is empty, too long or has characters that a header cannot carry.
    #[error("token: expected 1 to 4096 visible ASCII characters")]
    Token,
    /// The base address would show the token on the way, or is none.
    #[error("base_url: expected https://HOST/, or http:// on the loopback interface, without user or query")]
    BaseUrl,
    /// The sender is empty or too long.
    #[error("sender: expected 1 to 32 bytes")]
    Sender,
    /// Outside SMSAPI's limits.
    #[error("max_parts: expected 1 to 10")]
    MaxParts,
    /// Not an address of the web.
    #[error("notify_url: expected http:// or https://, at most 2000 bytes")]
    NotifyUrl,
    /// A parameter that the adapter sets itself.
    #[error("extra: expected names of parameters that the adapter does not set itself")]
    Extra,
    /// A number outside its range.
    #[error("{field}: expected {least} to {most}")]
    Range {
        /// The option.
        field: &'static str,
        /// Its least value.
        least: u64,
        /// Its greatest value.
        most: u64,
    },
    /// There are no certificates, or they are no PEM.
    #[error("roots: expected certificates, of the system or as PEM")]
    Roots,
}
