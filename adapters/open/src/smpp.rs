//! SMPP from JSON.

use crate::gateways::{Connection, Received, is_known};
use depesza::door::{self, Refusal};
use depesza::engine::{Engine, EngineError};
use depesza::gateway::Gateway;
use depesza::model::{GatewayId, RejectClass, Timestamp, Zone};
use depesza_smpp::{Bind, Concatenation, Events, Inbound, MessageIds, Options, SmppGateway, StartError};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a report waits that came before its message's answer was stored.
const AGAIN: Duration = Duration::from_millis(250);
/// How long a report that fits no message is kept: it can be faster than the answer to its message is stored.
const MAX_UNROUTED: Duration = Duration::from_secs(120);
/// The customary port.
const PORT: u16 = 2_775;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BindAs {
    Transceiver,
    Transmitter,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Concatenated {
    Udh,
    Udh16,
    Sar,
    Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Identifiers {
    Same,
    HexThenDecimal,
    DecimalThenHex,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    id: GatewayId,
    #[serde(rename = "kind")]
    _kind: String,
    host: String,
    port: Option<u16>,
    system_id: String,
    password: String,
    system_type: Option<String>,
    service_type: Option<String>,
    sender: Option<String>,
    bind: Option<BindAs>,
    window: Option<u16>,
    rate: Option<u16>,
    concatenation: Option<Concatenated>,
    message_ids: Option<Identifiers>,
    gsm7_data_coding: Option<u8>,
    registered_delivery: Option<u8>,
    receipt_zone: Option<Zone>,
    response_timeout_ms: Option<u64>,
    submit_timeout_ms: Option<u64>,
    connect_wait_ms: Option<u64>,
    enquire_link_ms: Option<u64>,
    reconnect_min_ms: Option<u64>,
    reconnect_max_ms: Option<u64>,
    close_timeout_ms: Option<u64>,
    events: Option<usize>,
    #[serde(default)]
    statuses: Vec<(u32, RejectClass)>,
}

/// Puts a value in its place where there is one.
fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn set_ms(place: &mut Duration, ms: Option<u64>) {
    set(place, ms.map(Duration::from_millis));
}

fn options(spec: Spec) -> Options {
    let port = spec.port.unwrap_or(PORT);
    let mut options = Options::new(spec.id, spec.host, port, spec.system_id, spec.password.as_str());
    options.sender = spec.sender;
    options.rate = spec.rate;
    options.statuses = spec.statuses;
    set(&mut options.system_type, spec.system_type);
    set(&mut options.service_type, spec.service_type);
    set(&mut options.window, spec.window);
    set(&mut options.gsm7_data_coding, spec.gsm7_data_coding);
    set(&mut options.registered_delivery, spec.registered_delivery);
    set(&mut options.receipt_zone, spec.receipt_zone);
    set(&mut options.events, spec.events);
    set_ms(&mut options.response_timeout, spec.response_timeout_ms);
    set_ms(&mut options.submit_timeout, spec.submit_timeout_ms);
    set_ms(&mut options.connect_wait, spec.connect_wait_ms);
    set_ms(&mut options.enquire_link, spec.enquire_link_ms);
    set_ms(&mut options.reconnect_min, spec.reconnect_min_ms);
    set_ms(&mut options.reconnect_max, spec.reconnect_max_ms);
    set_ms(&mut options.close_timeout, spec.close_timeout_ms);
    let bind = spec.bind.map(|bind| match bind {
        BindAs::Transceiver => Bind::Transceiver,
        BindAs::Transmitter => Bind::Transmitter,
    });
    set(&mut options.bind, bind);
    let concatenation = spec.concatenation.map(|concatenation| match concatenation {
        Concatenated::Udh => Concatenation::Udh,
        Concatenated::Udh16 => Concatenation::Udh16,
        Concatenated::Sar => Concatenation::Sar,
        Concatenated::Payload => Concatenation::Payload,
    });
    set(&mut options.concatenation, concatenation);
    let message_ids = spec.message_ids.map(|ids| match ids {
        Identifiers::Same => MessageIds::Same,
        Identifiers::HexThenDecimal => MessageIds::HexThenDecimal,
        Identifiers::DecimalThenHex => MessageIds::DecimalThenHex,
    });
    set(&mut options.message_ids, message_ids);
    options
}

/// A field by its name here, where times are in milliseconds.
fn named(field: &'static str) -> &'static str {
    match field {
        "response_timeout" => "response_timeout_ms",
        "submit_timeout" => "submit_timeout_ms",
        "connect_wait" => "connect_wait_ms",
        "enquire_link" => "enquire_link_ms",
        "reconnect_min" => "reconnect_min_ms",
        "reconnect_max" => "reconnect_max_ms",
        "close_timeout" => "close_timeout_ms",
        other => other,
    }
}

struct SmppLink {
    gateway: Arc<SmppGateway>,
    events: Mutex<Events>,
}

pub(crate) fn connect(json: &str) -> Result<impl Connection + use<>, Refusal> {
    let (gateway, events) = SmppGateway::start(options(door::read(json)?)).map_err(|error| match error {
        StartError::Option(fault) => Refusal::field(named(fault.field), fault.expected),
        other => Refusal::field("gateway", &format!("a thread for the connection ({other})")),
    })?;
    Ok(SmppLink { gateway: Arc::new(gateway), events: Mutex::new(events) })
}

impl Connection for SmppLink {
    fn gateway(&self) -> Arc<dyn Gateway> {
        self.gateway.clone()
    }

    fn receive(
        &self,
        engine: &Engine,
        now: Timestamp,
        wait: Duration,
        limit: u64,
    ) -> Result<Received, EngineError> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let end = Instant::now() + wait;
        let mut received = Received::default();
        while received.told + received.unrouted < limit {
            let something = received != Received::default();
            let left = if something { Duration::ZERO } else { end.saturating_duration_since(Instant::now()) };
            let Some(event) = events.next_within(left) else { break };
            let routed = match event.inbound() {
                Inbound::Report(report) => engine.delivery_report(report, now),
                Inbound::Message(sms) => engine.sms_received(sms, now),
            };
            // an event that is dropped unanswered comes again: so does this one when the store is down
            if is_known(&routed?) {
                event.done();
                received.told += 1;
            } else if event.age() > MAX_UNROUTED {
                event.done();
                received.unrouted += 1;
            } else {
                events.later(event, AGAIN);
            }
        }
        Ok(received)
    }
}
