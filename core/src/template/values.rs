//! Where values come from: a trait over slots, and plain structs for visits and calls.

use super::built_in::Slot;
use super::catalogue::CustomId;
use super::name::is_blank;
use super::render::ValueWriter;
use crate::model::Language;
use chrono::{Datelike, NaiveDateTime, NaiveTime, Timelike};

/// A source of values. Slots are indices, so that rendering looks no name up.
pub trait Values {
    /// Writes the value of `slot` to `out`, or nothing when there is none.
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>);
}

/// A patient and the visits a message is about. Absent texts are empty.
///
/// No `Debug`: it holds names.
#[derive(Clone, Copy, Default)]
pub struct VisitValues<'a> {
    /// Language of day and month names and of lists.
    pub language: Language,
    /// The patient's first name, in the nominative.
    pub first_name: &'a str,
    /// The patient's first name in the vocative; when empty, the nominative stands for it.
    pub first_name_vocative: &'a str,
    /// The patient's last name.
    pub last_name: &'a str,
    /// The visits, in the order in which they are to be read. Each different date, hour, doctor and room is written
    /// once, as a list. Empty when the message is about no visit.
    pub visits: &'a [VisitDetail<'a>],
    /// The practice's name.
    pub practice: &'a str,
    /// The practice's address.
    pub address: &'a str,
    /// The practice's telephone, as patients should read it.
    pub phone: &'a str,
    /// Values of the host's placeholders, from [`Catalogue::extra_values`](super::Catalogue::extra_values).
    pub extra: &'a [Option<&'a str>],
}

/// What a message may say of one visit.
///
/// No `Debug`: it holds a name.
#[derive(Clone, Copy, Default)]
pub struct VisitDetail<'a> {
    /// When it starts, in the practice's local time.
    pub start: NaiveDateTime,
    /// The doctor, as patients should read it.
    pub doctor: &'a str,
    /// The room, as patients should read it.
    pub room: &'a str,
}

impl Values for VisitValues<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        let visits = self.visits.iter();
        let starts = visits.clone().map(|visit| visit.start);
        let language = self.language;
        match slot {
            Slot::FirstName => out.text(self.first_name),
            Slot::FirstNameVocative if is_written(self.first_name_vocative) => {
                out.text(self.first_name_vocative)
            }
            Slot::FirstNameVocative => out.text(self.first_name),
            Slot::LastName => out.text(self.last_name),
            Slot::Patient => {
                out.text(self.first_name.trim());
                out.text(" ");
                out.text(self.last_name);
            }
            Slot::Date => out.list(starts.map(|start| start.date()), language, |out, date| out.date(date)),
            Slot::DateInWords => out.list(starts.map(|start| start.date()), language, |out, date| {
                out.date_in_words(date, language);
            }),
            Slot::Time => out.list(starts.map(to_the_minute), language, |out, time| out.time(time)),
            Slot::Weekday => out.list(starts.map(|start| start.weekday()), language, |out, day| {
                out.weekday(day, language);
            }),
            Slot::Doctor => out.text_list(visits.map(|visit| visit.doctor), language),
            Slot::Room => out.text_list(visits.map(|visit| visit.room), language),
            Slot::Practice => out.text(self.practice),
            Slot::Address => out.text(self.address),
            Slot::Phone => out.text(self.phone),
            Slot::Custom(id) => write_extra(self.extra, id, out),
            Slot::Number | Slot::DialledNumber | Slot::TalkTime => {}
        }
    }
}

/// A telephone call. Absent texts are empty.
///
/// No `Debug`: it holds numbers.
#[derive(Clone, Copy, Default)]
pub struct CallValues<'a> {
    /// Language of month names.
    pub language: Language,
    /// The other party's number, as people should read it.
    pub number: &'a str,
    /// The number that was dialled, as people should read it.
    pub dialled_number: &'a str,
    /// When the call began, in the account's local time.
    pub start: Option<NaiveDateTime>,
    /// Talk time, in seconds; absent when nobody answered.
    pub talk_s: Option<u32>,
    /// Values of the host's placeholders, from [`Catalogue::extra_values`](super::Catalogue::extra_values).
    pub extra: &'a [Option<&'a str>],
}

impl Values for CallValues<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        match (slot, self.start, self.talk_s) {
            (Slot::Number, ..) => out.text(self.number),
            (Slot::DialledNumber, ..) => out.text(self.dialled_number),
            (Slot::Date, Some(start), _) => out.date(start.date()),
            (Slot::DateInWords, Some(start), _) => out.date_in_words(start.date(), self.language),
            (Slot::Time, Some(start), _) => out.time(start.time()),
            (Slot::TalkTime, _, Some(talk_s)) => out.minutes_and_seconds(talk_s),
            (Slot::Custom(id), ..) => write_extra(self.extra, id, out),
            _ => {}
        }
    }
}

/// Visits name their hour to the minute: two within one minute are one hour in a list.
fn to_the_minute(start: NaiveDateTime) -> NaiveTime {
    NaiveTime::from_hms_opt(start.hour(), start.minute(), 0).unwrap_or_default()
}

fn is_written(value: &str) -> bool {
    !value.chars().all(is_blank)
}

fn write_extra(extra: &[Option<&str>], id: CustomId, out: &mut ValueWriter<'_>) {
    out.text(extra.get(id.index()).copied().flatten().unwrap_or_default());
}
