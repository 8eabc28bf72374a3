//! One request and what is certain of it: answered, certainly not sent, or nobody knows.
//!
//! The body is handed over by a reader that remembers whether it was asked for. A connection that was refused, a name that was
//! not found, a certificate that was not trusted come before that: without its body no request is taken, so nothing was sent.
//! Whatever goes wrong after it is unknown. No redirects, no proxies, nothing is tried a second time.
//!
//! Not allowed here: what an answer means (`answer.rs`); the error texts of libraries, which may quote an address.

use crate::options::{Options, OptionsFault, Roots};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use ureq::http::HeaderValue;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Error, SendBody};

/// The longest answer that is read, in bytes: a batch of 100 takes 30 KB.
const ANSWER_MAX: u64 = 1 << 20;
/// How long an unused connection is kept; servers close theirs after a minute or so, and a request that meets the closing
/// one is in doubt.
const IDLE: Duration = Duration::from_secs(10);

/// What came of a request.
pub(crate) enum Outcome {
    /// The server answered.
    Answer(Answer),
    /// It certainly never got the request; why, in a few words.
    NotSent(&'static str),
    /// It may have got it; why, in a few words.
    Lost(&'static str),
}

/// An answer.
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What `Retry-After` says, in seconds.
    pub retry_after_s: Option<i64>,
    /// The body; absent where it did not arrive whole.
    pub body: Option<Vec<u8>>,
}

/// The connections to one SMSAPI host.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: HeaderValue,
}

impl Client {
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsFault> {
        let bearer = format!("Bearer {}", options.token.reveal());
        let mut authorization = HeaderValue::try_from(bearer).map_err(|_| OptionsFault::Token)?;
        authorization.set_sensitive(true);
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(roots(&options.roots)?)
            .build();
        let connections = usize::try_from(options.connections).unwrap_or(1);
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("depesza-smsapi/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_millis(options.connect_ms)))
            .timeout_resolve(Some(Duration::from_millis(options.connect_ms)))
            .timeout_global(Some(Duration::from_millis(options.answer_ms)))
            .max_idle_connections(connections)
            .max_idle_connections_per_host(connections)
            .max_idle_age(IDLE)
            .build()
            .new_agent();
        let base = format!("{}/", options.base_url.trim_end_matches('/'));
        Ok(Self { agent, base, authorization })
    }

    /// Sends a form; takes at most `within`, and no longer than the time-out of the options.
    pub(crate) fn post(&self, path: &str, form: &str, within: Duration) -> Outcome {
        let mut body = Watched { rest: form.as_bytes(), asked: false };
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("Authorization", self.authorization.clone())
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("Content-Length", form.len().to_string());
        let limit = self.agent.config().timeouts().global.map_or(within, |global| global.min(within));
        let request = request.config().timeout_global(Some(limit)).build();
        let sent = request.send(SendBody::from_reader(&mut body));
        match sent {
            Ok(response) => Outcome::Answer(read(response)),
            Err(error) if !body.asked => Outcome::NotSent(before(&error)),
            Err(error) => Outcome::Lost(after(&error)),
        }
    }

    /// Asks for something; asking changes nothing, so every failure is `NotSent` or `Lost` alike.
    pub(crate) fn get(&self, path: &str) -> Outcome {
        let request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("Authorization", self.authorization.clone())
            .header("Accept", "application/json");
        match request.call() {
            Ok(response) => Outcome::Answer(read(response)),
            Err(error) => Outcome::Lost(after(&error)),
        }
    }
}

/// A body that remembers whether anybody wanted it.
struct Watched<'a> {
    rest: &'a [u8],
    asked: bool,
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.asked = true;
        self.rest.read(into)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let status = response.status().as_u16();
    let retry_after_s = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .filter(|seconds| *seconds >= 0);
    let body = response.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().ok();
    Answer { status, retry_after_s, body }
}

fn before(error: &Error) -> &'static str {
    match error {
        Error::HostNotFound => "host not found",
        Error::Timeout(_) => "no connection in time",
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => "connection refused",
        Error::Tls(_) | Error::Rustls(_) => "no trusted connection",
        _ => "no connection",
    }
}

fn after(error: &Error) -> &'static str {
    match error {
        Error::Timeout(_) => "no answer in time",
        Error::Io(_) => "connection lost",
        Error::HostNotFound | Error::ConnectionFailed | Error::Tls(_) | Error::Rustls(_) => before(error),
        _ => "malformed answer",
    }
}

fn roots(roots: &Roots) -> Result<RootCerts, OptionsFault> {
    let Roots::Pem(pem) = roots else { return Ok(RootCerts::PlatformVerifier) };
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(OptionsFault::Roots),
        }
    }
    if certificates.is_empty() {
        return Err(OptionsFault::Roots);
    }
    Ok(RootCerts::new_with_certs(&certificates))
}
