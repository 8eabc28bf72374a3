//! Rules for SMS after a call, from a file: which of them a call meets, and why, without a database.

use crate::call::{depesza_call_t, instant};
use crate::engine::{depesza_engine_t, failed};
use crate::ffi::{
    Handle, buffer, bytes, depesza_str_t, depesza_string_t, free, give, held, json, out, required, str_of,
    text,
};
use crate::guard::{DEPESZA_REFUSED, Fault, depesza_status_t, guard};
use depesza::call::{RuleSet, Seen};
use depesza::engine::{Engine, EngineError};
use depesza::model::{AfterMatch, CallRule, Language, Permission, RuleState, Timestamp, User};
use depesza::store::MemoryStore;
use depesza_rules_file::{Faults, RulesFile};
use serde_json::json as value;
use std::cell::Cell;
use std::ffi::c_char;
use std::sync::Arc;

/// How a rules file is written.
pub type depesza_rules_format_t = u32;
/// TOML.
pub const DEPESZA_RULES_TOML: depesza_rules_format_t = 0;
/// JSON: the same tables as objects (schemas/rules_file.json).
pub const DEPESZA_RULES_JSON: depesza_rules_format_t = 1;

/// A rules file that was read and checked. It does not change: any number of threads may use it.
pub struct depesza_rules_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_rules_t {
    type Holds = RulesHeld;
    const TAG: u64 = 0x6461_7275_6c65_7304;
    const NAME: &'static str = "rules";
}

pub(crate) struct RulesHeld {
    pub file: RulesFile,
    rules: Vec<CallRule>,
    /// The rules that are on, and where each stands in the file.
    set: RuleSet,
    places: Vec<u32>,
    /// The same rules in an engine of their own, which is asked for explanations.
    engine: Engine,
}

/// A rule of a file. The texts are the memory of the rules.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_rule_t {
    /// Its identifier.
    pub id: depesza_str_t,
    /// Its name.
    pub name: depesza_str_t,
    /// The body of its message, with placeholders for calls.
    pub body: depesza_str_t,
    /// The sender id; absent for the account's default.
    pub sender: depesza_str_t,
    /// Seconds from the end of the call to the message.
    pub delay_s: u32,
    /// The least time between two messages to one number, in seconds.
    pub min_gap_s: u32,
    /// 1 when it acts, 0 when it is switched off.
    pub on: u8,
    /// 1 when rules after it are not asked.
    pub stops: u8,
    /// 1 when the other party of the call gets the message.
    pub to_other_party: u8,
    /// Fixed numbers that get it too.
    pub fixed_recipients: u32,
}

/// Reads and checks a rules file from text. `name` is what faults call it. Refused as `rules_file`: the message has a line for each fault
/// (`rules.toml:12:9: rules[2].delay_s: …`), and `faults` the same by `file`, `line`, `column` and `what`. A byte order mark is passed over; a file in another
/// encoding than UTF-8 is refused so too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_load(
    name: *const c_char,
    name_len: usize,
    content: *const c_char,
    content_len: usize,
    format: depesza_rules_format_t,
    rules: *mut *mut depesza_rules_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (name, content, place) = unsafe {
            (text(name, name_len, "name")?, bytes(content, content_len, "content")?, out(rules, "rules")?)
        };
        let parse = match format {
            DEPESZA_RULES_TOML => depesza_rules_file::parse,
            DEPESZA_RULES_JSON => depesza_rules_file::parse_json,
            _ => return Err(Fault::value("format", "one of DEPESZA_RULES_…")),
        };
        let content = depesza_rules_file::decode(name, content.to_vec());
        let file = content.and_then(|content| parse(name, &content)).map_err(|faults| faulty(&faults))?;
        if let Some(faults) = depesza_rules_file::check(&file, name, Language::En).map_err(failed)? {
            return Err(faulty(&faults));
        }
        place.write(give(RulesHeld::new(file).map_err(failed)?));
        Ok(())
    })
}

fn faulty(faults: &Faults) -> Fault {
    let list: Vec<serde_json::Value> = faults
        .shown()
        .iter()
        .map(|fault| {
            value!({"file": fault.file, "line": fault.line, "column": fault.column, "what": fault.what})
        })
        .collect();
    Fault::new(DEPESZA_REFUSED, "rules_file", faults.to_string()).with(&list)
}

/// When the engine that explains was told of the rules: an instant must be given, and none matters.
const TOLD: Timestamp = Timestamp::MIN;

impl RulesHeld {
    fn new(file: RulesFile) -> Result<Self, EngineError> {
        let rules = file.as_kept();
        // which numbers are the account's own matters to who is written to, and that is not asked here
        let set = RuleSet::new(rules.clone(), [], &file.practice.settings.phones);
        let is_on = |(_, rule): &(u32, &CallRule)| rule.state == RuleState::On;
        let places = (0..).zip(&rules).filter(is_on).map(|(place, _)| place).collect();
        let engine = Engine::new(Arc::new(MemoryStore::new()), Vec::new());
        engine.open_practice(&file.practice, TOLD)?;
        file.save(
            &engine.practice(file.practice.id.clone()),
            &User::new("rules file", Permission::CLINIC),
            TOLD,
        )?;
        Ok(Self { file, rules, set, places, engine })
    }
}

/// Frees rules and sets the pointer to NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_free(rules: *mut *mut depesza_rules_t) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { free(rules) })
}

/// Makes an account what the file says: opens it, or changes its settings, then saves, switches and orders its rules, and deletes those that the file does not have. What is
/// as it should be is left alone. `user` is named in the audit trail. What was saved before a failure stays, and saving again goes on from there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_save(
    rules: *const depesza_rules_t,
    engine: *const depesza_engine_t,
    user: *const c_char,
    user_len: usize,
    now_ms: i64,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (rules, engine, user) = unsafe { (held(rules)?, held(engine)?, text(user, user_len, "user")?) };
        let now = instant(now_ms, "now_ms")?;
        let practice = &rules.file.practice;
        engine.open_practice(practice, now).map_err(failed)?;
        let user = User::new(user, Permission::CLINIC);
        rules.file.save(&engine.practice(practice.id.clone()), &user, now).map_err(failed)
    })
}

/// How many rules there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_count(
    rules: *const depesza_rules_t,
    count: *mut usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, count) = unsafe { (held(rules)?, out(count, "count")?) };
        count.write(held.rules.len());
        Ok(())
    })
}

/// The account of the file as JSON (schemas/practice.json), as `open_practice` takes it. It holds the account's secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_practice(
    rules: *const depesza_rules_t,
    answer: *mut depesza_string_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, answer) = unsafe { (held(rules)?, out(answer, "answer")?) };
        answer.write(json(&held.file.practice)?);
        Ok(())
    })
}

/// The rule at a place of the file, from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_at(
    rules: *const depesza_rules_t,
    place: u32,
    rule: *mut depesza_rule_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, out) = unsafe { (held(rules)?, out(rule, "rule")?) };
        let kept = usize::try_from(place).ok().and_then(|place| held.rules.get(place));
        let rule = kept.ok_or_else(|| Fault::value("place", "a place of the file"))?;
        out.write(depesza_rule_t {
            id: str_of(Some(rule.id.as_str())),
            name: str_of(Some(&rule.spec.name)),
            body: str_of(Some(&rule.spec.body)),
            sender: str_of(rule.spec.sender.as_deref()),
            delay_s: rule.spec.delay_s,
            min_gap_s: rule.spec.min_gap_s,
            on: u8::from(rule.state == RuleState::On),
            stops: u8::from(rule.spec.after_match == AfterMatch::Stop),
            to_other_party: u8::from(rule.spec.recipients.other_party),
            fixed_recipients: u32::try_from(rule.spec.recipients.numbers.len()).unwrap_or(u32::MAX),
        });
        Ok(())
    })
}

thread_local! {
    static MATCHING: Cell<Vec<u32>> = const { Cell::new(Vec::new()) };
}

/// Finds the rules that are on and whose conditions a call meets, whatever they do then: their places in the file, in ascending order. Who may be
/// written to, throttles and the end of the list after a rule that `stops` are the engine's to decide.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_match(
    rules: *const depesza_rules_t,
    call: *const depesza_call_t,
    places: *mut u32,
    places_capacity: usize,
    places_len: *mut usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, call, places) = unsafe {
            (held(rules)?, required(call, "call")?.read()?, buffer(places, places_capacity, places_len)?)
        };
        let mut found = MATCHING.try_with(Cell::take).unwrap_or_default();
        held.set.matching(&Seen::of(&call, &held.file.practice), &mut found);
        for place in &mut found {
            // the set knows the rules that are on by their order
            let of_file = usize::try_from(*place).ok().and_then(|place| held.places.get(place));
            *place = of_file.copied().unwrap_or(u32::MAX);
        }
        let filled = places.fill(&found);
        let _ = MATCHING.try_with(|kept| kept.set(found));
        filled
    })
}

/// What each rule wanted of a call and what it saw, condition by condition (schemas/call_explained.json).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_rules_explain(
    rules: *const depesza_rules_t,
    call: *const depesza_call_t,
    answer: *mut depesza_string_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, call, answer) =
            unsafe { (held(rules)?, required(call, "call")?.read()?, out(answer, "answer")?) };
        let clinic = held.engine.practice(held.file.practice.id.clone());
        answer.write(json(&clinic.explain_call(&call).map_err(failed)?)?);
        Ok(())
    })
}
