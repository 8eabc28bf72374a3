//! What came with several gateways.

use super::{Sample, moment, outgoing, sample};
use depesza::model::*;

pub fn reasons() -> Vec<Reason> {
    vec![Reason::NoRoute {}]
}

pub fn all() -> Vec<Sample> {
    let route = Route { gateway: "smsapi".into(), prefixes: vec!["+48".into(), "+4850".into()], weight: 3 };
    let rest = Route { gateway: "smpp".into(), prefixes: Vec::new(), weight: 0 };
    let settings = Settings { routes: vec![route.clone(), rest], ..super::settings() };
    let failure = FailedAttempt {
        at: moment(),
        class: RejectClass::Transient,
        code: "201".into(),
        gateway: Some("smsapi".into()),
    };
    vec![
        sample("route", true, route),
        sample("settings_with_routes", true, settings),
        sample("reason_of_routes", false, reasons()),
        sample("message_refused_by_a_gateway", false, Message { failures: vec![failure], ..outgoing() }),
    ]
}
