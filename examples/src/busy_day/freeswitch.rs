//! The day as FreeSWITCH's `mod_json_cdr` writes it of the first legs: a document for every call, when it is over.

use super::happened::{Happened, Way, epoch, wall};
use crate::month::rng::Rng;
use serde_json::{Value, json};

const CORE: &str = "5d0f6b1e-2f6d-4a3e-9a55-0c6d5a1f7e21";

/// Writes all documents, one a line.
pub fn write(rng: &mut Rng, calls: &[Happened]) -> String {
    calls.iter().map(|call| format!("{}\n", document(call, &uuid(rng)))).collect()
}

fn document(call: &Happened, uuid: &str) -> Value {
    let stamp = |second: Option<i64>| {
        second.map_or(String::new(), |second| wall(second).format("%Y-%m-%d %H:%M:%S").to_string())
    };
    // mod_json_cdr writes every variable as text, and 0 for a moment that never was
    let seconds = |second: Option<i64>| second.map_or(0, epoch).to_string();
    let micros = |second: Option<i64>| second.map_or(0, |second| epoch(second) * 1_000_000).to_string();
    let bridged = call.talk.map(|(from, _)| from);
    let (cause, q850) = call.cause;
    let (caller, dialled, context, direction) = match call.way {
        Way::Incoming => (call.party.number.as_str(), call.own, "public", "inbound"),
        Way::Outgoing => (call.own, call.party.number.as_str(), "default", "outbound"),
        Way::Internal => (call.own, call.party.number.as_str(), "default", "local"),
    };
    let channel = match call.way {
        Way::Incoming => format!("sofia/gateway/operator/{dialled}"),
        Way::Outgoing => format!("sofia/internal/{}@lipowa.example", call.phone),
        Way::Internal => format!("sofia/internal/{}@lipowa.example", call.own),
    };
    let last_app = match (call.voicemail, call.talk, call.answer) {
        (true, ..) => "voicemail",
        (false, None, Some(_)) => "play_and_get_digits",
        _ => "bridge",
    };
    let mut variables = json!({
        // the leg's own view of the switch: a phone that calls out is inbound too
        "direction": "inbound",
        "call_direction": direction,
        "uuid": uuid,
        "channel_name": channel,
        "start_stamp": stamp(Some(call.start)),
        "answer_stamp": stamp(call.answer),
        "bridge_stamp": stamp(bridged),
        "end_stamp": stamp(Some(call.end)),
        "start_epoch": seconds(Some(call.start)),
        "answer_epoch": seconds(call.answer),
        "bridge_epoch": seconds(bridged),
        "end_epoch": seconds(Some(call.end)),
        "duration": (call.end - call.start).to_string(),
        "billsec": call.answer.map_or(0, |from| call.end - from).to_string(),
        "waitsec": bridged.map_or(0, |from| from - call.start).to_string(),
        "last_app": last_app,
        "hangup_cause": cause,
        "hangup_cause_q850": q850.to_string(),
    });
    if let (Some((_, phone)), Some(variables)) = (call.talk, variables.as_object_mut()) {
        variables.insert("bridge_channel".into(), json!(format!("sofia/internal/{phone}@lipowa.example")));
        variables.insert("last_sent_callee_id_number".into(), json!(phone));
    }
    json!({
        "core-uuid": CORE,
        "switchname": "centrala",
        "channel_data": {"state": "CS_REPORTING", "direction": "inbound", "state_number": "11"},
        "variables": variables,
        "callflow": [{
            "dialplan": "XML",
            "profile_index": "1",
            "caller_profile": {
                "caller_id_name": call.party.name,
                "caller_id_number": caller,
                "destination_number": dialled,
                "context": context,
                "source": "mod_sofia",
                "uuid": uuid,
                "chan_name": channel,
            },
            "times": {
                "created_time": micros(Some(call.start)),
                "answered_time": micros(call.answer),
                "bridged_time": micros(bridged),
                "hangup_time": micros(Some(call.end)),
            },
        }],
    })
}

fn uuid(rng: &mut Rng) -> String {
    let mut hex = |digits: u32| format!("{:0width$x}", rng.below(1 << (4 * digits)), width = digits as usize);
    format!("{}{}-{}-4{}-a{}-{}{}{}", hex(4), hex(4), hex(4), hex(3), hex(3), hex(4), hex(4), hex(4))
}
