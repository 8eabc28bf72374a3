//! A batch: its requests side by side, all within one budget of time.
//!
//! Not allowed here: what is in a request (`request.rs`) or an answer (`answer.rs`).

use crate::SmsApi;
use crate::answer::{Said, read, rejected};
use crate::http::Outcome;
use crate::request::{VALIDITY_MAX_MS, VALIDITY_SHORT_MS, digits, form, groups};
use depesza::model::{MINUTE_MS, RejectClass, Submission, SubmitResult};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// With less than this left no request is begun.
const LAST_START: Duration = Duration::from_secs(1);
/// When what could not be sent is tried again, in milliseconds.
const AGAIN_MS: i64 = MINUTE_MS;

struct State {
    waiting: VecDeque<Vec<usize>>,
    results: Vec<Option<SubmitResult>>,
    /// SMSAPI is out of reach or refuses the account: what waits would fare no better.
    stopped: bool,
}

/// Hands over a batch; see [`depesza::gateway::Gateway::submit`].
pub(crate) fn submit(gateway: &SmsApi, batch: &[Submission]) -> Vec<SubmitResult> {
    let until = Instant::now() + Duration::from_millis(gateway.options.call_ms);
    let mut state = State { waiting: VecDeque::new(), results: vec![None; batch.len()], stopped: false };
    for (result, message) in state.results.iter_mut().zip(batch) {
        if digits(message.to.reveal()).is_none() {
            *result = Some(rejected(RejectClass::RecipientInvalid, "no number"));
        }
    }
    for mut group in groups(&gateway.options, batch) {
        group.retain(|place| state.results.get(*place).is_some_and(Option::is_none));
        if !group.is_empty() {
            state.waiting.push_back(group);
        }
    }
    let workers = usize::try_from(gateway.options.connections).unwrap_or(1).min(state.waiting.len());
    let state = Mutex::new(state);
    if workers <= 1 {
        work(gateway, batch, &state, until);
    } else {
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| work(gateway, batch, &state, until));
            }
        });
    }
    let results = std::mem::take(&mut lock(&state).results);
    // what was never begun is certainly not sent
    results
        .into_iter()
        .map(|result| result.unwrap_or(SubmitResult::TryLater { after_ms: AGAIN_MS }))
        .collect()
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends what waits until nothing does, time is up or there is no use in going on.
fn work(gateway: &SmsApi, batch: &[Submission], state: &Mutex<State>, until: Instant) {
    loop {
        let group = {
            let mut state = lock(state);
            if state.stopped || until.saturating_duration_since(Instant::now()) < LAST_START {
                return;
            }
            match state.waiting.pop_front() {
                Some(group) => group,
                None => return,
            }
        };
        let messages: Vec<&Submission> = group.iter().filter_map(|place| batch.get(*place)).collect();
        // until the answer is stored nobody knows
        for place in &group {
            settle(&mut lock(state), *place, SubmitResult::Unknown { why: "no answer".to_owned() });
        }
        let said = ask(gateway, &messages, until);
        let mut state = lock(state);
        for (place, said) in group.iter().zip(said) {
            match said {
                Said::Result(result) => settle(&mut state, *place, result),
                Said::OfAll(result) => {
                    state.stopped = true;
                    settle(&mut state, *place, result);
                }
                // if there is no time for it, it stays unknown: the reference may have been used
                Said::AskAlone => state.waiting.push_back(vec![*place]),
                // refused even with the shortest of the longest validities
                Said::AskShorter => settle(&mut state, *place, rejected(RejectClass::Transient, "56")),
            }
        }
    }
}

fn settle(state: &mut State, place: usize, result: SubmitResult) {
    if let Some(slot) = state.results.get_mut(place) {
        *slot = Some(result);
    }
}

/// One request; with a shorter validity once more, where the account allows only that.
fn ask(gateway: &SmsApi, messages: &[&Submission], until: Instant) -> Vec<Said> {
    let short = gateway.short_validity.load(Ordering::Relaxed);
    let said = ask_once(gateway, messages, if short { VALIDITY_SHORT_MS } else { VALIDITY_MAX_MS }, until);
    if short || !said.contains(&Said::AskShorter) {
        return said;
    }
    gateway.short_validity.store(true, Ordering::Relaxed);
    // a refusal is of the whole request: nothing of it was sent, and the references would keep it from going twice
    ask_once(gateway, messages, VALIDITY_SHORT_MS, until)
}

fn ask_once(gateway: &SmsApi, messages: &[&Submission], longest_ms: i64, until: Instant) -> Vec<Said> {
    let form = form(&gateway.options, messages, longest_ms);
    let left = until.saturating_duration_since(Instant::now());
    match gateway.client.post("sms.do", form, left) {
        Outcome::Answer(answer) => read(messages, &answer, gateway.options.point_milli),
        // our own network may be the one that is down, for hours: no attempt is used
        Outcome::NotSent(_) => {
            vec![Said::OfAll(SubmitResult::TryLater { after_ms: AGAIN_MS }); messages.len()]
        }
        Outcome::Lost(why) => {
            vec![Said::Result(SubmitResult::Unknown { why: why.to_owned() }); messages.len()]
        }
    }
}
