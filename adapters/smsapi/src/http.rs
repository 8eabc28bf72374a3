//! One request and what is certain of it: answered, certainly not sent, or nobody knows.
//!
//! A refused connection, a name that is not found, a certificate that is not trusted come before the body of a request is asked
//! for, and without its body no request is taken. So whatever fails earlier was certainly not sent: the body is withdrawn
//! (`body.rs`), and what may still be on its way ends without it. Whatever goes wrong later is unknown. A request that meets a
//! closed connection may go to another one, but only with a body that nobody asked for. No redirects, no proxies.
//!
//! `reqwest` is driven on a thread of the gateway's own, as a host may call from within its own tokio runtime, where
//! `reqwest::blocking` panics. That one also reads a body before there is a connection, so that a body says nothing.
//!
//! Not allowed here: what an answer means (`answer.rs`); logging; the words of the library's errors, which quote addresses.

use crate::body::{Form, Whereabouts};
use crate::options::{Options, OptionsFault};
use crate::tls;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Body, RequestBuilder, Response, Url, redirect, retry};
use rustls::pki_types::ServerName;
use std::error::Error;
use std::io;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// The longest answer that is read, in bytes: a batch of 100 takes 30 KB.
const BODY_MAX: usize = 1 << 20;
/// How long an unused connection is kept: servers close theirs after a minute or so, and a request that meets the closing
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

/// The base address with a slash at its end: HTTPS to anywhere; HTTP to the loopback interface alone, as the token would be
/// readable on the way.
pub(crate) fn base(text: &str) -> Option<Url> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:[]".contains(&byte);
    let mut url = Url::parse(text).ok().filter(|_| text.bytes().all(plain))?;
    let host = url.host_str()?;
    let loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    let named = ServerName::try_from(host.trim_matches(['[', ']'])).is_ok();
    let good = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    (good && named).then_some(url)
}

/// The connections to one SMSAPI host.
pub(crate) struct Client {
    base: Url,
    patience: Duration,
    http: reqwest::Client,
    thread: Thread,
}

impl Client {
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsFault> {
        let base = base(&options.base_url).ok_or(OptionsFault::BaseUrl)?;
        let mut token = HeaderValue::try_from(format!("Bearer {}", options.token.reveal()))
            .map_err(|_| OptionsFault::Token)?;
        token.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, token),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&options.roots)?)
            .default_headers(headers)
            .user_agent(concat!("depesza-smsapi/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connection_verbose(false)
            .connect_timeout(Duration::from_millis(options.connect_ms))
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(usize::try_from(options.connections).unwrap_or(1))
            .build()
            .map_err(|_| OptionsFault::Roots)?;
        let patience = Duration::from_millis(options.answer_ms);
        Ok(Self { base, patience, http, thread: Thread::default() })
    }

    /// Sends a form; takes at most `within`, and no longer than the time-out of the options.
    pub(crate) fn post(&self, path: &str, form: String, within: Duration) -> Outcome {
        let at = Whereabouts::default();
        let request = self
            .http
            .post(self.url(path))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .body(Body::wrap(Form::new(form, at.clone())))
            .timeout(within.min(self.patience));
        match self.exchange(request) {
            Ok(answer) => Outcome::Answer(answer),
            Err(error) if at.withdraw() => Outcome::NotSent(before(error.as_ref())),
            Err(error) => Outcome::Lost(after(error.as_ref())),
        }
    }

    /// Asks for something; asking changes nothing, so it does not matter how far a failure came.
    pub(crate) fn get(&self, path: &str) -> Outcome {
        match self.exchange(self.http.get(self.url(path)).timeout(self.patience)) {
            Ok(answer) => Outcome::Answer(answer),
            Err(Some(error)) if !error.is_connect() => Outcome::Lost(after(Some(&error))),
            Err(error) => Outcome::NotSent(before(error.as_ref())),
        }
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        url
    }

    /// Waits for the answer; an error without a reason when there is no thread that could fetch it.
    fn exchange(&self, request: RequestBuilder) -> Result<Answer, Option<reqwest::Error>> {
        let (say, heard) = mpsc::channel();
        self.thread.handle().ok_or(None)?.spawn(async move {
            // a turn for the connections first: those that the server closed meanwhile are noticed before one is chosen
            tokio::task::yield_now().await;
            let answer = match request.send().await {
                Ok(response) => Ok(read(response).await),
                Err(error) => Err(error),
            };
            // who asked waits for it
            say.send(answer).ok()
        });
        // the request has a time-out, so this ends
        heard.recv().map_err(|_| None)?.map_err(Some)
    }
}

async fn read(mut response: Response) -> Answer {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Answer {
        status: response.status().as_u16(),
        retry_after_s: seconds.filter(|seconds| *seconds >= 0),
        body: whole(&mut response).await,
    }
}

async fn whole(response: &mut Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > BODY_MAX {
            return None;
        }
    }
    Some(body)
}

/// Why there was no connection.
fn before(error: Option<&reqwest::Error>) -> &'static str {
    let Some(error) = error else { return "no thread" };
    if error.is_timeout() {
        return "no connection in time";
    }
    let fault = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    match fault {
        Some(fault) if fault.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
            "no trusted connection"
        }
        Some(fault) if fault.kind() == io::ErrorKind::ConnectionRefused => "connection refused",
        _ => "no connection",
    }
}

/// Why there was no answer.
fn after(error: Option<&reqwest::Error>) -> &'static str {
    let malformed = |cause: &hyper::Error| cause.is_parse();
    match error {
        Some(error) if error.is_timeout() => "no answer in time",
        Some(error) if causes(error).filter_map(|cause| cause.downcast_ref()).any(malformed) => {
            "malformed answer"
        }
        _ => "connection lost",
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The thread on which connections live, from the first request until the gateway goes.
#[derive(Default)]
struct Thread(Mutex<Option<Runtime>>);

impl Thread {
    /// Absent when the system gives no thread.
    fn handle(&self) -> Option<Handle> {
        let mut runtime = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if runtime.is_none() {
            let mut builder = Builder::new_multi_thread();
            builder.worker_threads(1).thread_name("smsapi").enable_all();
            *runtime = builder.build().ok();
        }
        Some(runtime.as_ref()?.handle().clone())
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // does not wait: within a host's runtime waiting is not allowed
        if let Some(runtime) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }
}
