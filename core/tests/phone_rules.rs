//! Telephone numbers: the numbered edge cases, and what holds for every text.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use depesza::model::{NumberFault, NumberKind, PhonePolicy, PhonePolicyFault, Refusal};
use depesza::phone::{check, parse, receives_sms, recipient, withheld};
use proptest::prelude::*;

const MOBILE: &str = "+48501234567";

fn home() -> PhonePolicy {
    PhonePolicy::default()
}

fn also(prefixes: &[&str]) -> PhonePolicy {
    PhonePolicy { allowed_prefixes: prefixes.iter().map(ToString::to_string).collect(), ..home() }
}

fn to(text: &str) -> Result<String, Refusal> {
    recipient(text, &home()).map(|phone| phone.reveal().to_owned())
}

fn refused_kind(text: &str) -> NumberKind {
    match to(text) {
        Err(Refusal::CannotReceiveSms { kind }) => kind,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn edge_050_one_trunk_zero_falls_away() {
    assert_eq!(to("0501234567").as_deref(), Ok(MOBILE));
    assert_eq!(to("+48 (0) 501 234 567").as_deref(), Ok(MOBILE));
    assert!(to("00501234567").is_err(), "two zeros begin a country");
}

#[test]
fn edge_051_nine_digits_that_begin_with_48_are_radom() {
    let radom = parse("48 362 12 34", &home()).expect("a number");
    assert_eq!((radom.e164.reveal(), radom.kind), ("+48483621234", NumberKind::Landline));
    assert_eq!(to("48501234567").as_deref(), Ok(MOBILE));
}

#[test]
fn edge_052_no_form_of_the_prefix_is_added_twice() {
    for text in ["0048501234567", "+48501234567", "(48) 501234567", "501234567", "(+48) 501-234-567"] {
        assert_eq!(to(text).as_deref(), Ok(MOBILE), "{text}");
    }
    assert_eq!(to("+48 48 501 234 567"), Err(Refusal::TooLong));
}

#[test]
fn edge_053_what_takes_no_sms_is_refused_by_its_kind() {
    use NumberKind::{Landline, Pager, Premium, SharedCost, TollFree, UniversalAccess, Voip};
    let cases = [
        ("221234567", Landline),
        ("391234567", Voip),
        ("701234567", Premium),
        ("800123456", TollFree),
        ("801123456", SharedCost),
        ("804123456", UniversalAccess),
        ("642123456", Pager),
    ];
    for (text, kind) in cases {
        assert_eq!(refused_kind(text), kind, "{text}");
    }
    assert_eq!(to("212345678").as_deref(), Ok("+48212345678"));
    assert_eq!(to("211234567"), Err(Refusal::Invalid));
}

#[test]
fn edge_054_an_extension_or_a_second_number_is_not_guessed() {
    for text in ["501 234 567 w. 12", "501234567/502345678", "501234567 lub 502345678", "501234567;502345678"]
    {
        assert_eq!(to(text), Err(Refusal::Malformed), "{text}");
    }
    assert_eq!(to("501234567 502345678"), Err(Refusal::TooLong));
}

#[test]
fn edge_055_a_foreign_number_outside_the_policy_is_refused_with_its_reason() {
    assert_eq!(to("+49 151 23456789"), Err(Refusal::OutsidePrefixes));
    assert_eq!(
        parse("+49 151 23456789", &home()).map(|n| n.calling_code),
        Ok(49),
        "it is a number all the same"
    );
}

#[test]
fn edge_056_an_allowed_foreign_number_is_a_number_and_nothing_more() {
    let phone = recipient("+49 151 23456789", &also(&["+49"])).expect("allowed");
    assert_eq!(phone.reveal(), "+4915123456789", "no zone, no hours: those stay the practice's");
}

#[test]
fn edge_113_a_withheld_caller_is_no_number() {
    for text in
        ["", "anonymous", "Unknown", "-1", "266696687", "+266696687", "sip:anonymous@anonymous.invalid"]
    {
        assert!(withheld(text), "{text}");
        assert!(to(text).is_err(), "{text}");
    }
    assert!(!withheld("+48266696687"), "with its country it is the landline");
    assert!(!withheld("501234567"));
}

#[test]
fn edge_114_an_internal_extension_is_no_number() {
    for text in ["204", "1204", "112", "74567"] {
        assert_eq!(parse(text, &home()), Err(NumberFault::ShortCode), "{text}");
    }
}

#[test]
fn a_policy_names_its_faults_by_field() {
    assert_eq!(check(&home()), []);
    assert_eq!(check(&also(&["+49", "+380", "+1", "+4915"])), []);
    let wrong =
        PhonePolicy { default_prefix: "48".into(), ..also(&["+49", "49", "+4", "+49 151", "+", "+0"]) };
    let faults: Vec<_> = (1..6).map(|index| PhonePolicyFault::AllowedPrefix { index }).collect();
    assert_eq!(check(&wrong), [vec![PhonePolicyFault::DefaultPrefix], faults].concat());
    for prefix in ["+4850", "+800", "+999", ""] {
        let policy = PhonePolicy { default_prefix: prefix.into(), ..home() };
        assert_eq!(check(&policy), [PhonePolicyFault::DefaultPrefix], "{prefix:?} is no country");
    }
    let many = PhonePolicy { allowed_prefixes: vec!["+49".into(); PhonePolicy::PREFIXES_MAX + 1], ..home() };
    assert_eq!(check(&many), [PhonePolicyFault::TooManyPrefixes]);
}

#[test]
fn a_policy_is_read_from_what_users_write_and_unknown_fields_are_refused() {
    assert_eq!(serde_json::from_str::<PhonePolicy>("{}").expect("defaults"), home());
    assert!(serde_json::from_str::<PhonePolicy>(r#"{"prefix":"+48"}"#).is_err());
}

#[test]
fn neither_a_number_nor_its_fault_prints_digits() {
    let number = parse("501234567", &home()).expect("a number");
    assert!(!format!("{number:?}").contains("501"));
    assert!(!to("501 234 567 w. 12").expect_err("refused").to_string().contains("501"));
}

fn separators() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just(' '),
            Just('-'),
            Just('.'),
            Just('('),
            Just(')'),
            Just('\u{a0}'),
            Just('\u{2013}'),
            Just('\u{200b}')
        ],
        0..3,
    )
    .prop_map(String::from_iter)
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_a_recipient_is_an_allowed_e164_that_takes_sms(text in "\\PC{0,40}") {
        if let Ok(phone) = recipient(&text, &home()) {
            let again = parse(phone.reveal(), &home()).expect("what was decided is a number");
            prop_assert_eq!(&again.e164, &phone);
            prop_assert!(receives_sms(again.kind) && phone.reveal().starts_with("+48"));
        }
    }

    #[test]
    fn digits_of_any_number_never_panic_and_parse_is_idempotent(text in "[+0]{0,2}[0-9]{0,20}", default in "\\+[1-9][0-9]{0,2}") {
        let policy = PhonePolicy { default_prefix: default, ..home() };
        if let Ok(number) = parse(&text, &policy) {
            prop_assert!(number.e164.reveal().len() <= 16);
            prop_assert_eq!(parse(number.e164.reveal(), &policy), Ok(number));
        }
    }

    #[test]
    fn separators_and_the_form_of_the_prefix_never_change_the_number(
        digits in "(45|5[0137]|6[069]|7[2389]|88)[0-9]{7}",
        prefix in prop_oneof![Just(""), Just("0"), Just("48"), Just("+48"), Just("0048")],
        gaps in proptest::collection::vec(separators(), 10),
    ) {
        let spaced: String = digits.chars().zip(&gaps).map(|(digit, gap)| format!("{gap}{digit}")).collect();
        prop_assert_eq!(to(&format!("{prefix}{spaced}{}", gaps[9])), Ok(format!("+48{digits}")));
    }

    #[test]
    fn a_letter_or_a_slash_anywhere_is_refused(at in 0..=9usize, sign in "[a-zA-Z/;,#*]") {
        let mut text = "501234567".to_owned();
        text.insert_str(at, &sign);
        prop_assert_eq!(to(&text), Err(Refusal::Malformed));
    }
}
