//! The text of a delivery receipt (SMPP 3.4, appendix B): free in form by the standard, so read field by field, whatever is
//! missing or in another order. No PDU is known here.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use depesza::model::{DeliveryState, Timestamp, Zone};

/// How every field begins; behind `text:` stands what a person wrote, and nothing there is a field.
const FIELDS: [&str; 8] = ["id:", "sub:", "dlvrd:", "submit date:", "done date:", "stat:", "err:", "text:"];

/// What a receipt's text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The SMSC's identifier as it is written.
    pub id: Option<String>,
    /// What became of the message.
    pub state: Option<DeliveryState>,
    /// When.
    pub done: Option<DoneDate>,
}

/// A time as receipts write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DoneDate {
    /// On the SMSC's wall clock.
    Local(NaiveDateTime),
    /// With its offset (SMPP 3.4, 7.1.1).
    Instant(Timestamp),
}

impl DoneDate {
    /// As an instant, with the zone of the SMSC's clock. Of an hour that the clock has twice it is the first; of one that it
    /// has not, an hour later.
    pub(crate) fn at(self, zone: Zone) -> Option<Timestamp> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Local(local) => {
                let at = |local: NaiveDateTime| zone.tz().from_local_datetime(&local).earliest();
                let at = at(local).or_else(|| at(local.checked_add_signed(TimeDelta::hours(1))?))?;
                Some(at.to_utc().into())
            }
        }
    }
}

/// Reads a receipt's text. Never fails: what is not there, or not understood, is absent.
pub(crate) fn read(text: &str) -> Receipt {
    // letters keep their length, so places in one are places in the other
    let lower = text.to_ascii_lowercase();
    let end = find(&lower, "text:").unwrap_or(text.len());
    let (text, lower) = (text.get(..end).unwrap_or_default(), lower.get(..end).unwrap_or_default());
    let value = |name: &str| value(text, lower, name);
    let state = match value("stat:") {
        Some(word) => state_of_word(word),
        // kneodev/ksmppd issue 108: the word alone
        None => text.split_ascii_whitespace().find_map(state_of_word),
    };
    Receipt { id: value("id:").map(str::to_owned), state, done: value("done date:").and_then(done_date) }
}

/// What stands behind a field's name: up to the next space.
fn value<'a>(text: &'a str, lower: &str, name: &str) -> Option<&'a str> {
    let start = find(lower, name)? + name.len();
    let (text, lower) = (text.get(start..)?, lower.get(start..)?);
    let spaces = text.len() - text.trim_start().len();
    let (text, lower) = (text.trim_start(), lower.get(spaces..)?);
    // "id: sub:001": an empty field, and the next one
    if spaces > 0 && FIELDS.iter().any(|field| lower.starts_with(field)) {
        return None;
    }
    text.split_ascii_whitespace().next()
}

/// Where a field's name stands at the beginning of a word.
fn find(lower: &str, name: &str) -> Option<usize> {
    let begins = |place: usize| {
        let before = lower.get(..place).and_then(|before| before.bytes().last());
        before.is_none_or(|byte| byte.is_ascii_whitespace())
    };
    lower.match_indices(name).map(|(place, _)| place).find(|place| begins(*place))
}

/// The words of appendix B, and how some SMSCs write them.
fn state_of_word(word: &str) -> Option<DeliveryState> {
    Some(match word.to_ascii_uppercase().as_str() {
        "DELIVRD" | "DELIVERED" => DeliveryState::Delivered,
        "EXPIRED" => DeliveryState::Expired,
        "UNDELIV" | "UNDELIVERABLE" | "UNDELIVERED" | "FAILED" => DeliveryState::Undelivered,
        "DELETED" | "REJECTD" | "REJECTED" | "SKIPPED" => DeliveryState::Rejected,
        "ACCEPTD" | "ACCEPTED" => DeliveryState::Sent,
        "ENROUTE" | "SCHEDULED" => DeliveryState::Accepted,
        "UNKNOWN" => DeliveryState::Unknown,
        _ => return None,
    })
}

/// The values of `message_state` (SMPP 3.4, 5.2.28; 0 and 9 of SMPP 5.0, 4.7.15).
pub(crate) fn state_of_number(number: u8) -> DeliveryState {
    match number {
        0 | 1 => DeliveryState::Accepted,
        2 => DeliveryState::Delivered,
        3 => DeliveryState::Expired,
        4 | 8 | 9 => DeliveryState::Rejected,
        5 => DeliveryState::Undelivered,
        6 => DeliveryState::Sent,
        _ => DeliveryState::Unknown,
    }
}

/// `YYMMDDhhmm`, with seconds, with the century, or the absolute form `YYMMDDhhmmsstnnp`.
fn done_date(text: &str) -> Option<DoneDate> {
    let sign = text.chars().last().filter(|last| matches!(last, '+' | '-'));
    let digits: Vec<u32> = text
        .strip_suffix(['+', '-'])
        .unwrap_or(text)
        .chars()
        .map(|digit| digit.to_digit(10))
        .collect::<Option<_>>()?;
    let pair = |place: usize| Some(digits.get(place)? * 10 + digits.get(place + 1)?);
    // years of two digits begin at `place`; seconds may be missing
    let local = |place: usize, seconds: bool| {
        let year = 2_000 + i32::try_from(pair(place)?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, pair(place + 2)?, pair(place + 4)?)?;
        let second = if seconds { pair(place + 10)? } else { 0 };
        date.and_hms_opt(pair(place + 6)?, pair(place + 8)?, second)
    };
    match (digits.len(), sign) {
        (10, None) => local(0, false).map(DoneDate::Local),
        (12, None) => local(0, true).or_else(|| local(2, false)).map(DoneDate::Local),
        (14, None) => local(2, true).map(DoneDate::Local),
        (15, Some(sign)) => {
            let quarters = i32::try_from(pair(13)?).ok()?;
            let offset = quarters * 15 * 60 * if sign == '-' { -1 } else { 1 };
            let at = FixedOffset::east_opt(offset)?.from_local_datetime(&local(0, true)?).single()?;
            Some(DoneDate::Instant(at.to_utc().into()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    /// Receipts as they were seen: text, identifier, state, time (by a clock in UTC).
    #[test]
    fn receipts_that_were_seen() {
        let seen = [
            // help.nexmo.com, "How to read a Nexmo SMPP delivery receipt"
            (
                "id:0000000012345678 sub:001 dlvrd:001 submit date:1601010100 done date:1601010101 stat:DELIVRD err:000 text:none",
                "0000000012345678",
                DeliveryState::Delivered,
                at("2016-01-01T01:01:00Z"),
            ),
            // smppcenter.com/kb: with seconds
            (
                "id:64567564356765435676 sub:001 dlvrd:001 submit date:190608165232 done date:190608165237 stat:DELIVRD err:000 text:Hello World",
                "64567564356765435676",
                DeliveryState::Delivered,
                at("2019-06-08T16:52:37Z"),
            ),
            // opentelecoms-org/jsmpp issue 62: no sub, no dlvrd
            (
                "id:1526758174 submit date:1701240904 done date:1701240904 stat:DELIVRD err:000 text:hellow",
                "1526758174",
                DeliveryState::Delivered,
                at("2017-01-24T09:04:00Z"),
            ),
            // funbox/smppex issue 46: absolute times, three hours ahead, no text
            (
                "id:rdwjwxns18krxr9936ey96ymcw sub:000 dlvrd:000 submit date:180711070003912+ done date:180711070000012+ stat:UNDELIV err:000",
                "rdwjwxns18krxr9936ey96ymcw",
                DeliveryState::Undelivered,
                at("2018-07-11T04:00:00Z"),
            ),
            // kneodev/ksmppd issue 108: the state without its name, "Text" with a capital
            (
                "id:ce5bc5a9-4f7d-4282-9244-2e1022a9335c sub:000 dlvrd:000 submit date:180903120815 done date:180903120816 DELIVRD err:000 Text:",
                "ce5bc5a9-4f7d-4282-9244-2e1022a9335c",
                DeliveryState::Delivered,
                at("2018-09-03T12:08:16Z"),
            ),
            // onlinecity/php-smpp issue 70: four digits of err
            (
                "id:117062714244798261 sub:001 dlvrd:001 submit date:1706271624 done date:1706271624 stat:DELIVRD err:0000 text:Hllo world",
                "117062714244798261",
                DeliveryState::Delivered,
                at("2017-06-27T16:24:00Z"),
            ),
            // farhadi/node-smpp issue 140: an empty date
            (
                "id:42 sub:001 dlvrd:0 submit date:2007281015 done date: stat:ACCEPTD err:000",
                "42",
                DeliveryState::Sent,
                None,
            ),
            // e-com-net.com/article/2299106
            (
                "id:0911897980 sub:001 dlvrd:000 submit date:1201121551 done date:1201121551 stat:UNDELIV err:075 text:-PROFILE",
                "0911897980",
                DeliveryState::Undelivered,
                at("2012-01-12T15:51:00Z"),
            ),
        ];
        let utc = Zone::new(chrono_tz::Tz::UTC);
        for (text, id, state, done) in seen {
            let receipt = read(text);
            assert_eq!(receipt.id.as_deref(), Some(id), "{text}");
            assert_eq!(receipt.state, Some(state), "{text}");
            assert_eq!(receipt.done.and_then(|done| done.at(utc)), done, "{text}");
        }
    }

    #[test]
    fn what_a_person_wrote_is_no_field() {
        let receipt = read("id:7 stat:EXPIRED text:id:8 stat:DELIVRD done date:2601010000");
        assert_eq!(
            receipt,
            Receipt { id: Some("7".into()), state: Some(DeliveryState::Expired), done: None }
        );
        assert_eq!(read("text:id:8 stat:DELIVRD"), Receipt::default());
    }

    #[test]
    fn what_is_not_there_is_absent() {
        assert_eq!(read(""), Receipt::default());
        assert_eq!(read("id: sub:001 stat:WHATEVER").id, None);
        assert_eq!(read("msgid:5").id, None);
        assert_eq!(read("stat:REJECTD id: 5").id.as_deref(), Some("5"));
        assert_eq!(read("id:1 done date:2613450000").done, None, "no such date");
        assert_eq!(read("id:1 done date:20180711070001").done, read("id:1 done date:180711070001").done);
        assert_eq!(read("id:1 done date:201807110700").done, read("id:1 done date:1807110700").done);
    }

    #[test]
    fn the_clock_of_the_smsc_has_its_zone() {
        let warsaw = Zone::default();
        let at_warsaw = |text: &str| read(text).done.unwrap().at(warsaw);
        assert_eq!(at_warsaw("done date:2607150930"), at("2026-07-15T07:30:00Z"));
        assert_eq!(at_warsaw("done date:2610250230"), at("2026-10-25T00:30:00Z"), "twice: the first");
        assert_eq!(at_warsaw("done date:2603290230"), at("2026-03-29T01:30:00Z"), "never: an hour later");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,300}") {
            let _ = read(&text);
        }

        #[test]
        fn nor_do_fields_in_any_order(
            words in prop::collection::vec(
                prop_oneof![
                    prop::sample::select(FIELDS.to_vec()).prop_map(str::to_owned),
                    "[0-9+-]{0,17}",
                    "[a-zA-Zż: ]{0,9}",
                ],
                0..30,
            ),
        ) {
            let receipt = read(&words.concat());
            let _ = receipt.done.and_then(|done| done.at(Zone::default()));
        }
    }
}
