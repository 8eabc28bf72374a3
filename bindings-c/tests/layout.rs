//! Sizes and offsets: one list, `tests/c/layout.h`, that this test holds the Rust side to and every C test compiles as static assertions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use depesza_c::batch::{depesza_batch_view_t, depesza_column_t, depesza_message_t};
use depesza_c::call::depesza_call_t;
use depesza_c::catalogue::depesza_placeholder_t;
use depesza_c::engine::{depesza_dispatched_t, depesza_worked_t};
use depesza_c::facts::{
    depesza_consent_t, depesza_outcome_t, depesza_patient_t, depesza_report_t, depesza_sms_t, depesza_visit_t,
};
use depesza_c::ffi::{depesza_str_t, depesza_string_t};
use depesza_c::gateway::{depesza_capabilities_t, depesza_gateway_table_t, depesza_submission_t};
use depesza_c::guard::depesza_error_t;
use depesza_c::links::depesza_received_t;
use depesza_c::phone::{depesza_number_t, depesza_phone_policy_t};
use depesza_c::render::{depesza_call_values_t, depesza_visit_detail_t, depesza_visit_values_t};
use depesza_c::reply::depesza_reply_t;
use depesza_c::rules::depesza_rule_t;
use depesza_c::store::{
    depesza_commit_t, depesza_entry_t, depesza_row_key_t, depesza_scan_t, depesza_store_table_t,
    depesza_write_t,
};
use depesza_c::template::depesza_field_t;
use depesza_c::text::{depesza_segments_t, depesza_split_options_t};
use depesza_c::time::depesza_local_time_t;
use std::mem::{align_of, offset_of, size_of};
use std::path::Path;

/// Set to write the list anew after a change of the structures, which is a change of the ABI.
const BLESS: &str = "DEPESZA_BLESS";

struct Layout {
    name: &'static str,
    size: usize,
    align: usize,
    fields: Vec<(&'static str, usize)>,
}

macro_rules! layouts {
    ($($name:ident { $($field:ident),* })*) => {
        vec![$(Layout {
            name: stringify!($name),
            size: size_of::<$name>(),
            align: align_of::<$name>(),
            fields: vec![$((stringify!($field), offset_of!($name, $field))),*],
        }),*]
    };
}

fn layouts() -> Vec<Layout> {
    layouts! {
        depesza_batch_view_t { text, count, ends, parts, missing_count }
        depesza_call_t { system, id, direction, status, caller, called, own_number, answered_by, started_at_ms, ended_at_ms, ring_s, talk_s, raw_status, raw_cause }
        depesza_call_values_t { language, number, dialled_number, start, answered, talk_s, extra, extra_count }
        depesza_capabilities_t { own_reference, window_ms, batch, reports }
        depesza_column_t { kind, count, texts, bytes, offsets, large_offsets }
        depesza_commit_t { practice, version, writes, writes_count }
        depesza_consent_t { given, source, at_ms }
        depesza_dispatched_t { submitted, accepted, unknown, more }
        depesza_entry_t { index, key }
        depesza_error_t { status, code, message, field, faults }
        depesza_field_t { name, format }
        depesza_gateway_table_t { size, submit, look_up, cancel, balance, free }
        depesza_local_time_t { year, month, day, hour, minute, second }
        depesza_message_t { text, encoding, parts, missing }
        depesza_number_t { e164, calling_code, kind }
        depesza_outcome_t { kind, message }
        depesza_patient_t { id, revision, first_name, last_name, vocative, phone, guardian_phone, guardian_name, birth_date, consent_visits, consent_marketing, consent_other, status, created_at_ms }
        depesza_phone_policy_t { default_prefix, allowed_prefixes, allowed_prefixes_count }
        depesza_placeholder_t { name, description_pl, description_en, sample }
        depesza_received_t { told, unrouted }
        depesza_reply_t { answer, opt_out }
        depesza_report_t { gateway, provider_id, reference, part, state, at_ms, raw, has_cost, cost_milli }
        depesza_row_key_t { table, id }
        depesza_rule_t { id, name, body, sender, delay_s, min_gap_s, on, stops, to_other_party, fixed_recipients }
        depesza_scan_t { index, from, to, limit, descending }
        depesza_segments_t { encoding, units, count, remaining }
        depesza_sms_t { gateway, provider_id, from, to, body, received_at_ms, in_reply_to, part_reference, part, parts, opt_out }
        depesza_split_options_t { reference_bits, keep_clusters, keep_links }
        depesza_store_table_t { size, version, read, list, scan, commit, find, due, scrub, free, scans, turn, end_turn }
        depesza_str_t { data, len }
        depesza_string_t { data, len }
        depesza_submission_t { reference, to, sender, body, encoding, parts, purpose, at_ms, not_after_ms }
        depesza_visit_detail_t { start, doctor, room }
        depesza_visit_t { id, revision, patient, start, zone, duration_min, state, visit_type, doctor_id, doctor_name, room_id, room_name, booked_at_ms, series, first_visit }
        depesza_visit_values_t { language, first_name, first_name_vocative, last_name, visits, visits_count, practice, address, phone, extra, extra_count }
        depesza_worked_t { commits, finished, more }
        depesza_write_t { row, doc, remove, remove_count, add, add_count }
    }
}

/// The list as C's assertions, for machines with addresses of 64 bits.
fn assertions() -> String {
    let mut text = String::from(
        "/* Sizes and offsets of every structure on machines with addresses of 64 bits: generated, see bindings-c/tests/layout.rs. */\n\
         #include <stdalign.h>\n#include <stddef.h>\n\n#include \"depesza.h\"\n\n#if UINTPTR_MAX == UINT64_MAX\n",
    );
    for Layout { name, size, align, fields } in layouts() {
        text += &format!("_Static_assert(sizeof({name}) == {size}, \"{name}\");\n");
        text += &format!("_Static_assert(alignof({name}) == {align}, \"{name}\");\n");
        for (field, offset) in fields {
            text += &format!("_Static_assert(offsetof({name}, {field}) == {offset}, \"{name}.{field}\");\n");
        }
    }
    text + "#endif\n"
}

#[test]
fn structures_are_laid_out_as_c_was_told() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/layout.h");
    let text = assertions();
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == text,
        "tests/c/layout.h is not the structures': set {BLESS}=1, and raise DEPESZA_ABI but for a table that grew at its end"
    );
}

/// The list above names every structure of the header with every field, in its order.
#[test]
fn no_structure_and_no_field_is_forgotten() {
    let header =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/depesza.h")).unwrap();
    let code: String = header.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let known = layouts();
    let mut structures = 0;
    for part in code.split("typedef struct {").skip(1) {
        let (body, rest) = part.split_once('}').unwrap();
        let name = rest.split(';').next().unwrap().trim();
        let layout = known.iter().find(|layout| layout.name == name).expect(name);
        let field = |declared: &str| {
            let pointer = declared.split_once("(*").and_then(|(_, rest)| rest.split_once(')'));
            let plain = || declared.rsplit([' ', '*']).next().unwrap().split('[').next().unwrap();
            pointer.map_or_else(plain, |(name, _)| name).to_owned()
        };
        let declared: Vec<String> =
            body.split(';').map(str::trim).filter(|declared| !declared.is_empty()).map(field).collect();
        assert_eq!(declared, layout.fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{name}");
        structures += 1;
    }
    assert_eq!(structures, known.len());
}
