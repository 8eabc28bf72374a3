//! The gateway against a server on the loopback interface: one program, as its server and messages serve all files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

mod account;
mod answers;
mod callbacks;
mod day;
mod faults;
mod http;
mod secrets;
mod server;
mod tls;
mod wire;

use depesza::model::{Encoding, Purpose, Submission, SubmitResult, Timestamp};
use depesza_smsapi::{Options, SmsApi, Token};
use server::{Server, TOKEN};

/// 2026-11-16 at nine in Warsaw.
const NOW_MS: i64 = 1_794_816_000_000;

fn now() -> Timestamp {
    Timestamp::from_ms(NOW_MS)
}

/// Options for a server, with short time-outs.
fn options(server: &Server) -> Options {
    Options {
        base_url: server.url(),
        connect_ms: 2_000,
        answer_ms: 20_000,
        ..Options::new(Token::new(TOKEN))
    }
}

fn gateway(server: &Server) -> SmsApi {
    SmsApi::new(options(server)).unwrap()
}

/// Message number n with its own number, valid for six hours.
fn message(n: u32, body: &str) -> Submission {
    Submission {
        reference: format!("ref-{n:08}"),
        to: format!("+48501{n:06}").into(),
        sender: None,
        body: body.into(),
        encoding: Encoding::Gsm7,
        parts: 1,
        purpose: Purpose::Visits,
        at: now(),
        not_after: now().plus_ms(6 * 3_600_000),
    }
}

/// Messages from 1 on, each with a text of its own.
fn messages(count: u32) -> Vec<Submission> {
    (1..=count).map(|n| message(n, &format!("Wizyta nr {n}"))).collect()
}

fn is_accepted(result: &SubmitResult) -> bool {
    matches!(result, SubmitResult::Accepted { .. })
}
