#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
//! FreeSWITCH's documents and templates, after its sources and documentation.

use depesza::model::{Call, CallDirection, CallStatus};
use depesza_call_records::freeswitch::{Cause, Doubtful, Options, Template, cause_of, read_csv, read_json};
use depesza_call_records::{Format, detect};
use serde_json::{Value, json};

/// A leg of an incoming call: its variables, and what is changed in them.
fn leg(uuid: &str, changes: Value) -> Value {
    let mut variables = json!({
        "uuid": uuid,
        "direction": "inbound",
        "call_direction": "inbound",
        "caller_id_number": "%2B48501234567",
        "caller_destination": "221234501",
        "start_epoch": "1795172400",
        "answer_epoch": "0",
        "bridge_epoch": "0",
        "end_epoch": "1795172412",
        "duration": "12",
        "billsec": "0",
        "hangup_cause": "ORIGINATOR_CANCEL",
        "hangup_cause_q850": "487",
    });
    for (name, value) in changes.as_object().unwrap() {
        variables[name] = value.clone();
    }
    json!({ "core-uuid": "x", "channel_data": { "direction": "inbound" }, "variables": variables, "callflow": [] })
}

fn one(documents: &Value, options: &Options) -> Call {
    let told = read_json(documents.to_string().as_bytes(), options).unwrap();
    assert_eq!((told.faults.len(), told.calls.len()), (0, 1));
    told.calls[0].clone()
}

#[test]
fn a_caller_who_gives_up_is_a_cancelled_call_with_its_cause() {
    let call = one(&leg("a", json!({})), &Options::default());
    assert_eq!((call.status, call.direction), (CallStatus::Cancelled, CallDirection::Incoming));
    assert_eq!((call.raw_status.as_str(), call.raw_cause.as_deref()), ("ORIGINATOR_CANCEL", Some("487")));
    assert_eq!((call.caller.reveal(), call.called.reveal()), ("+48501234567", "221234501"));
    assert_eq!((call.ring_s, call.talk_s, call.id.as_str()), (12, 0, "a"));
}

#[test]
fn edge_110_legs_of_a_ring_group_are_one_answered_call_in_any_order() {
    let a = leg(
        "a",
        json!({"answer_epoch": "1795172404", "bridge_epoch": "1795172405", "billsec": "8", "hangup_cause": "NORMAL_CLEARING"}),
    );
    let lost = leg(
        "b",
        json!({"originating_leg_uuid": "a", "hangup_cause": "LOSE_RACE", "end_epoch": "1795172405"}),
    );
    let won = leg(
        "c",
        json!({"originating_leg_uuid": "a", "caller_destination": "202", "answer_epoch": "1795172405", "billsec": "7", "hangup_cause": "NORMAL_CLEARING"}),
    );
    let call = one(&json!([lost, won, a]), &Options::default());
    assert_eq!((call.status, call.ring_s, call.talk_s), (CallStatus::Answered, 5, 7));
    assert_eq!((call.id.as_str(), call.answered_by.as_deref()), ("a", Some("202")));
    let alone = one(&json!([a]), &Options::default());
    assert_eq!((alone.status, alone.talk_s), (CallStatus::Answered, 7));
}

#[test]
fn edge_111_a_menu_that_answered_without_a_bridge_is_nobody() {
    let menu = json!({"answer_epoch": "1795172401", "billsec": "11", "hangup_cause": "NORMAL_CLEARING"});
    let call = one(&leg("a", menu), &Options::default());
    assert_eq!((call.status, call.talk_s), (CallStatus::NoAnswer, 0));
}

#[test]
fn edge_112_a_voice_mail_box_and_fusionpbx_s_own_status() {
    let mailbox = json!({"answer_epoch": "1795172408", "billsec": "4", "last_app": "voicemail"});
    let call = one(&leg("a", mailbox), &Options::default());
    // it rang until the box answered
    assert_eq!((call.status, call.ring_s), (CallStatus::Voicemail, 8));
    for (word, status) in [
        ("answered", CallStatus::Answered),
        ("missed", CallStatus::NoAnswer),
        ("no_answer", CallStatus::NoAnswer),
        ("cancelled", CallStatus::Cancelled),
        ("busy", CallStatus::Busy),
        ("failed", CallStatus::Failed),
        ("voicemail", CallStatus::Voicemail),
    ] {
        let call = one(&leg("a", json!({"status": word})), &Options::default());
        assert_eq!((call.status, call.raw_status.as_str()), (status, word));
    }
}

#[test]
fn every_cause_of_the_table_has_its_status() {
    let options = Options::default();
    let decided = |cause| match cause_of(cause, &options) {
        Cause::Decides(status) => Some(status),
        _ => None,
    };
    for cause in [
        "NORMAL_CLEARING",
        "NO_ANSWER",
        "NO_USER_RESPONSE",
        "ALLOTTED_TIMEOUT",
        "PROGRESS_TIMEOUT",
        "NO_PICKUP",
    ] {
        assert_eq!(decided(cause), Some(CallStatus::NoAnswer), "{cause}");
    }
    for cause in ["USER_BUSY", "BUSY_EVERYWHERE", "CALL_REJECTED", "DECLINE"] {
        assert_eq!(decided(cause), Some(CallStatus::Busy), "{cause}");
    }
    for cause in ["SUBSCRIBER_ABSENT", "USER_NOT_REGISTERED"] {
        assert_eq!(decided(cause), Some(CallStatus::NoAnswer), "{cause}");
    }
    for cause in ["NORMAL_CIRCUIT_CONGESTION", "SWITCH_CONGESTION"] {
        assert_eq!(decided(cause), Some(CallStatus::Congestion), "{cause}");
    }
    for cause in [
        "UNALLOCATED_NUMBER",
        "NO_ROUTE_DESTINATION",
        "INVALID_NUMBER_FORMAT",
        "GATEWAY_DOWN",
        "SOMETHING_NEW",
    ] {
        assert_eq!(decided(cause), Some(CallStatus::Failed), "{cause}");
    }
    for cause in ["LOSE_RACE", "PICKED_OFF", "BLIND_TRANSFER", "ATTENDED_TRANSFER"] {
        assert_eq!(cause_of(cause, &options), Cause::LegOnly);
    }
    for cause in ["", "NONE", "SUCCESS", "NORMAL_UNSPECIFIED"] {
        assert_eq!(cause_of(cause, &options), Cause::Silent);
    }
    let as_fusion = Options { rejected: Doubtful::Failed, absent: Doubtful::Failed, ..options };
    assert_eq!(cause_of("DECLINE", &as_fusion), Cause::Decides(CallStatus::Failed));
    assert_eq!(cause_of("SUBSCRIBER_ABSENT", &as_fusion), Cause::Decides(CallStatus::Failed));
}

#[test]
fn the_direction_is_told_by_gateway_context_or_number_where_no_variable_tells() {
    let none = |more: Value| {
        let mut changes = json!({"call_direction": ""});
        for (name, value) in more.as_object().unwrap() {
            changes[name] = value.clone();
        }
        leg("a", changes)
    };
    let options = Options { gateways: vec!["operator".into()], ..Options::default() };
    let direction = |document: &Value| one(document, &options).direction;
    assert_eq!(direction(&none(json!({"sip_gateway_name": "operator"}))), CallDirection::Incoming);
    assert_eq!(direction(&none(json!({"context": "public"}))), CallDirection::Incoming);
    assert_eq!(direction(&none(json!({"context": "default"}))), CallDirection::Outgoing);
    assert_eq!(
        direction(&none(json!({"context": "default", "caller_destination": "202"}))),
        CallDirection::Internal
    );
}

#[test]
fn one_document_an_array_and_one_a_line_are_read_alike_and_a_bad_line_is_a_fault() {
    let options = Options::default();
    let array = one(&json!([leg("a", json!({}))]), &options);
    assert_eq!(one(&leg("a", json!({})), &options), array);
    let text = format!(
        "{}\n{{\"variables\": 1}}\n\nnot json\n{}\n",
        leg("a", json!({})),
        leg("b", json!({"start_epoch": ""}))
    );
    let told = read_json(text.as_bytes(), &options).unwrap();
    assert_eq!(told.calls, [array]);
    let faults: Vec<String> = told.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "line 2: expected an object `variables`",
            "line 4: expected a JSON document on the line",
            "line 5: expected a time in start_epoch"
        ]
    );
    assert_eq!(detect(text.as_bytes()), Format::FreeswitchJson);
}

#[test]
fn lines_of_both_templates_are_read() {
    let example = "\"Anna\",\"501234567\",\"221234501\",\"public\",\"2026-11-20 12:00:00\",\"2026-11-20 12:00:04\",\
                   \"2026-11-20 12:00:12\",\"12\",\"8\",\"NORMAL_CLEARING\",\"a\",\"b\",\"\",\"PCMA\",\"PCMA\"\n";
    assert_eq!(detect(example.as_bytes()), Format::FreeswitchCsvExample);
    let told = read_csv(example.as_bytes(), Template::Example, &Options::default()).unwrap();
    let call = &told.calls[0];
    assert_eq!((call.status, call.ring_s, call.talk_s), (CallStatus::Answered, 4, 8));
    assert_eq!(
        (call.direction, call.started_at.to_string().as_str()),
        (CallDirection::Incoming, "2026-11-20T11:00:00.000Z")
    );

    let asterisk = "\"\",\"501234567\",\"221234501\",\"public\",\"\"\"Anna\"\" <501234567>\",\"sofia/x\",\"\",\"bridge\",\"user/202\",\
                    \"2026-11-20 12:00:00\",\"\",\"2026-11-20 12:00:12\",\"12\",\"0\",\"NO_ANSWER\",\"3\",\"a\",\"\"\nshort\n";
    assert_eq!(detect(asterisk.as_bytes()), Format::FreeswitchCsvAsterisk);
    let told = read_csv(asterisk.as_bytes(), Template::Asterisk, &Options::default()).unwrap();
    assert_eq!(
        (told.calls[0].status, told.calls[0].raw_status.as_str()),
        (CallStatus::NoAnswer, "NO_ANSWER")
    );
    assert_eq!(told.faults[0].to_string(), "line 2: expected 18 columns, found 1");
}

#[test]
fn the_call_flow_tells_how_a_call_began_whichever_way_a_release_writes_it() {
    let variables = r#""variables":{"uuid":"a","sip_from_user":"trunk","sip_req_user":"gw+operator","start_epoch":"1795172400","answer_epoch":"0","bridge_epoch":"0","end_epoch":"1795172412","hangup_cause":"NO_ANSWER","effective_caller_id_number":"221234500"}"#;
    let part = |context: &str, number: &str| {
        format!(
            r#"{{"caller_profile":{{"caller_id_number":"501234567","context":"{context}","destination_number":"{number}"}}}}"#
        )
    };
    // the newest part first: here the call was led on to an extension
    let (last, first) = (part("default", "202"), part("public", "221234501"));
    let array = format!(r#"{{{variables},"callflow":[{last},{first}]}}"#);
    let twice = format!(r#"{{{variables},"callflow":{last},"callflow":{first}}}"#);
    for document in [array, twice] {
        let told = read_json(document.as_bytes(), &Options::default()).unwrap();
        let call = &told.calls[0];
        assert_eq!((call.caller.reveal(), call.called.reveal()), ("501234567", "221234501"));
        assert_eq!(call.direction, CallDirection::Incoming);
    }
    let outgoing = format!(r#"{{{variables},"callflow":[{}]}}"#, part("default", "600100200"));
    let call = read_json(outgoing.as_bytes(), &Options::default()).unwrap().calls.remove(0);
    assert_eq!(call.direction, CallDirection::Outgoing);
    assert_eq!(call.own_number.unwrap().reveal(), "221234500", "the shown number");
}
