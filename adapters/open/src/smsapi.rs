//! SMSAPI from JSON.

use crate::gateways::{Connection, Received, is_known};
use depesza::door::{self, Refusal};
use depesza::engine::Engine;
use depesza::gateway::Gateway;
use depesza::model::{GatewayId, Timestamp};
use depesza_smsapi::callback::Callbacks;
use depesza_smsapi::{Options, OptionsFault, Roots, SmsApi, Token};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    id: GatewayId,
    #[serde(rename = "kind")]
    _kind: String,
    token: String,
    base_url: Option<String>,
    sender: Option<String>,
    #[serde(default)]
    test: bool,
    #[serde(default)]
    normalize: bool,
    max_parts: Option<u8>,
    notify_url: Option<String>,
    #[serde(default)]
    extra: BTreeMap<String, String>,
    batch: Option<u32>,
    connections: Option<u32>,
    connect_ms: Option<u64>,
    answer_ms: Option<u64>,
    call_ms: Option<u64>,
    point_milli: Option<i64>,
    roots_pem: Option<String>,
}

struct SmsApiLink {
    gateway: Arc<SmsApi>,
    callbacks: Callbacks,
}

pub(crate) fn connect(json: &str) -> Result<impl Connection + use<>, Refusal> {
    let spec: Spec = door::read(json)?;
    let defaults = Options::new(Token::new(&spec.token));
    let options = Options {
        base_url: spec.base_url.unwrap_or_else(|| defaults.base_url.clone()),
        sender: spec.sender,
        test: spec.test,
        normalize: spec.normalize,
        max_parts: spec.max_parts,
        notify_url: spec.notify_url,
        extra: spec.extra.into_iter().collect(),
        batch: spec.batch.unwrap_or(defaults.batch),
        connections: spec.connections.unwrap_or(defaults.connections),
        connect_ms: spec.connect_ms.unwrap_or(defaults.connect_ms),
        answer_ms: spec.answer_ms.unwrap_or(defaults.answer_ms),
        call_ms: spec.call_ms.unwrap_or(defaults.call_ms),
        point_milli: spec.point_milli.unwrap_or(defaults.point_milli),
        roots: spec.roots_pem.map_or(Roots::System, Roots::Pem),
        token: defaults.token,
    };
    let callbacks = Callbacks { point_milli: options.point_milli, ..Callbacks::new(spec.id) };
    Ok(SmsApiLink { gateway: Arc::new(SmsApi::new(options).map_err(faulty)?), callbacks })
}

fn faulty(fault: OptionsFault) -> Refusal {
    let text = fault.to_string();
    match text.split_once(": expected ") {
        Some((field, expected)) => Refusal::field(field, expected),
        None => Refusal::field("gateway", &text),
    }
}

impl Connection for SmsApiLink {
    fn gateway(&self) -> Arc<dyn Gateway> {
        self.gateway.clone()
    }

    fn callback(&self, engine: &Engine, form: &str, now: Timestamp) -> Option<Result<Received, Refusal>> {
        Some(self.told(engine, form, now))
    }
}

impl SmsApiLink {
    fn told(&self, engine: &Engine, form: &str, now: Timestamp) -> Result<Received, Refusal> {
        let not_understood =
            |fault: &dyn std::fmt::Display| Refusal::field("form", &format!("a call of SMSAPI ({fault})"));
        let mut routed = Vec::new();
        // reports have identifiers of ours or theirs, messages a text
        match (self.callbacks.sms_received(form, now), self.callbacks.delivery_reports(form, now)) {
            (Ok(sms), _) => routed.push(engine.sms_received(&sms, now)?),
            (Err(_), Ok(reports)) => {
                for report in &reports {
                    routed.push(engine.delivery_report(report, now)?);
                }
            }
            (Err(_), Err(fault)) => return Err(not_understood(&fault)),
        }
        let unrouted = routed.iter().filter(|routed| !is_known(routed)).count();
        let all = u64::try_from(routed.len()).unwrap_or(u64::MAX);
        let unrouted = u64::try_from(unrouted).unwrap_or(u64::MAX);
        Ok(Received { told: all.saturating_sub(unrouted), unrouted })
    }
}
