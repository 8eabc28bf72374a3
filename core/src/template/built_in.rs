//! The built-in placeholders, as data.

use super::catalogue::CustomId;
use crate::model::TemplateSubject;

/// A value that rendering asks for: a built-in placeholder in one of its formats, or one of the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Slot {
    /// `(imie)`.
    FirstName,
    /// `(imie:wolacz)`: the first name in the vocative.
    FirstNameVocative,
    /// `(nazwisko)`.
    LastName,
    /// `(pacjent)`: first and last name.
    Patient,
    /// `(data)`: 21.11.2026.
    Date,
    /// `(data:slownie)`: 21 listopada 2026.
    DateInWords,
    /// `(godzina)`: 14:30.
    Time,
    /// `(dzien_tygodnia)`: sobota.
    Weekday,
    /// `(lekarz)`.
    Doctor,
    /// `(gabinet)`.
    Room,
    /// `(placowka)`: the practice's name.
    Practice,
    /// `(adres)`: the practice's address.
    Address,
    /// `(telefon)`: the practice's telephone.
    Phone,
    /// `(numer)`: the other party of the call.
    Number,
    /// `(numer_docelowy)`: the number that was dialled.
    DialledNumber,
    /// `(czas_rozmowy)`: minutes and seconds of talk, 3:05.
    TalkTime,
    /// A placeholder the host registered.
    Custom(CustomId),
}

impl Slot {
    /// The format in which a built-in placeholder is asked for, as it is written: `slownie` of `(data:slownie)`.
    #[must_use]
    pub fn format(self) -> Option<&'static str> {
        built_in(self)?.format
    }
}

pub(super) struct BuiltIn {
    pub slot: Slot,
    pub name: &'static str,
    pub format: Option<&'static str>,
    subjects: &'static [TemplateSubject],
    pub pl: Words,
    pub en: Words,
}

/// Description and sample.
#[derive(Clone, Copy)]
pub(super) struct Words(pub &'static str, pub &'static str);

const VISITS: &[TemplateSubject] = &[TemplateSubject::Visits];
const CALLS: &[TemplateSubject] = &[TemplateSubject::Calls];
const BOTH: &[TemplateSubject] = &[TemplateSubject::Visits, TemplateSubject::Calls];
const PEOPLE: &[TemplateSubject] = &[TemplateSubject::Visits, TemplateSubject::People];

macro_rules! built_ins {
    ($($slot:ident $name:literal $(: $format:literal)? $subjects:ident
        $pl:literal $pl_sample:literal $en:literal $en_sample:literal;)*) => {
        &[$(BuiltIn {
            slot: Slot::$slot,
            name: $name,
            format: built_ins!(@format $($format)?),
            subjects: $subjects,
            pl: Words($pl, $pl_sample),
            en: Words($en, $en_sample),
        }),*]
    };
    (@format) => { None };
    (@format $format:literal) => { Some($format) };
}

/// In the order of the legend; a name without a format comes before the same name with one.
const BUILT_INS: &[BuiltIn] = built_ins! {
    FirstName "imie" PEOPLE "imię pacjenta" "Anna" "the patient's first name" "Anna";
    FirstNameVocative "imie":"wolacz" PEOPLE
        "imię pacjenta w wołaczu" "Anno" "the patient's first name in the vocative" "Anno";
    LastName "nazwisko" PEOPLE "nazwisko pacjenta" "Kowalska" "the patient's last name" "Kowalska";
    Patient "pacjent" PEOPLE
        "imię i nazwisko pacjenta" "Anna Kowalska" "the patient's first and last name" "Anna Kowalska";
    Date "data" BOTH "data wizyty lub rozmowy" "21.11.2026" "date of the visit or the call" "21.11.2026";
    DateInWords "data":"slownie" BOTH
        "data z nazwą miesiąca" "21 listopada 2026" "date with the month's name" "21 November 2026";
    Time "godzina" BOTH "godzina wizyty lub rozmowy" "14:30" "time of the visit or the call" "14:30";
    Weekday "dzien_tygodnia" VISITS "dzień tygodnia wizyty" "sobota" "weekday of the visit" "Saturday";
    Doctor "lekarz" VISITS "lekarz" "dr Jan Nowak" "the doctor" "dr Jan Nowak";
    Room "gabinet" VISITS "gabinet" "gabinet 2" "the room" "gabinet 2";
    Practice "placowka" PEOPLE "nazwa placówki" "Estomed" "the practice's name" "Estomed";
    Address "adres" PEOPLE "adres placówki" "ul. Długa 5, Kraków" "the practice's address" "ul. Długa 5, Kraków";
    Phone "telefon" PEOPLE "telefon placówki" "12 345 67 89" "the practice's telephone" "12 345 67 89";
    Number "numer" CALLS "numer rozmówcy" "+48501234567" "the other party's number" "+48501234567";
    DialledNumber "numer_docelowy" CALLS "wybrany numer" "+48123456789" "the number that was dialled" "+48123456789";
    TalkTime "czas_rozmowy" CALLS
        "czas rozmowy, minuty i sekundy" "3:05" "talk time, minutes and seconds" "3:05";
};

pub(super) fn built_ins(subject: TemplateSubject) -> impl Iterator<Item = &'static BuiltIn> + Clone {
    BUILT_INS.iter().filter(move |row| row.subjects.contains(&subject))
}

pub(super) fn built_in(slot: Slot) -> Option<&'static BuiltIn> {
    BUILT_INS.iter().find(|row| row.slot == slot)
}

/// The rows of the built-in that `key` names, its formats included; of any subject.
pub(super) fn named(key: &str) -> impl Iterator<Item = &'static BuiltIn> {
    BUILT_INS.iter().filter(move |row| row.name == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::name;

    #[test]
    fn names_and_formats_are_written_as_their_keys_and_stand_once() {
        let mut seen = std::collections::BTreeSet::new();
        for row in BUILT_INS {
            assert_eq!(name::key(row.name), row.name);
            assert!(row.format.is_none_or(|format| name::key(format) == format));
            assert!(
                row.format.is_none() || named(row.name).next().is_some_and(|first| first.format.is_none())
            );
            assert_eq!(row.slot.format(), row.format);
            assert!(seen.insert((row.name, row.format)), "{} stands twice", row.name);
        }
    }
}
