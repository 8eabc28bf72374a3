//! What there is to choose from, as users read it: one table a choice, in the wire's names.

use crate::model::{CampaignKind, FieldOption, FieldType, Language, Purpose};
use crate::words::{Label, pick};
use serde_json::Value;

/// Wire name, Polish, English.
pub(super) type Options = &'static [(&'static str, &'static str, &'static str)];

pub(super) const FIRST_VISITS: Options = &[
    ("any", "pierwszorazowe i kolejne", "first visits and others"),
    ("only", "tylko pierwszorazowe", "first visits only"),
    ("never", "tylko kolejne", "never first visits"),
];

pub(super) const OUTSIDE: Options = &[
    ("bring_forward", "wyślij wcześniej", "send earlier"),
    ("defer", "wyślij później", "send later"),
    ("drop", "nie wysyłaj", "do not send"),
];

/// For messages that follow an event, and so cannot be brought before it.
pub(super) const OUTSIDE_LATER: Options =
    &[("defer", "wyślij później", "send later"), ("drop", "nie wysyłaj", "do not send")];

pub(super) const LATE: Options = &[
    (
        "auto",
        "pomiń, jeśli pacjent dostał wiadomość o umówieniu, inaczej wyślij od razu",
        "skip when the patient has had a booking message, else send at once",
    ),
    ("skip", "nie wysyłaj", "do not send"),
    ("send_now", "wyślij od razu", "send at once"),
    ("merge", "niech zastąpi je wiadomość o umówieniu", "let the booking message stand for it"),
];

pub(super) const MANUAL: Options = &[
    ("skip", "nie wysyłaj automatycznego", "do not send the automatic one"),
    ("allow", "wyślij oba", "send both"),
    ("warn", "wyślij oba i powiadom recepcję", "send both and tell the desk"),
];

pub(super) const SAME_DAY: Options = &[
    ("first", "jedna wiadomość, o pierwszej wizycie", "one message, on the first visit"),
    ("joint", "jedna wiadomość, o wszystkich wizytach", "one message, on all visits"),
    ("each", "osobna wiadomość o każdej wizycie", "a message for each visit"),
];

/// For messages that follow an event: only a reminder of the first visit can stand for those of the others.
pub(super) const SAME_DAY_LATER: Options = &[
    ("each", "osobna wiadomość o każdej wizycie", "a message for each visit"),
    ("joint", "jedna wiadomość, o wszystkich wizytach", "one message, on all visits"),
];

pub(super) const SHARED_NUMBER: Options = &[
    ("each", "osobna wiadomość dla każdego pacjenta", "a message for each patient"),
    ("joint", "jedna wiadomość na wspólny numer", "one message to the shared number"),
];

pub(super) const OVER_LENGTH: Options =
    &[("send", "wyślij", "send"), ("cut", "skróć", "cut"), ("refuse", "nie wysyłaj", "do not send")];

pub(super) const AGE_ON: Options = &[
    ("visit_date", "w dniu wizyty", "on the day of the visit"),
    ("send_date", "w dniu wysyłki", "on the day of sending"),
];

/// A choice from a table.
pub(super) fn choice(options: Options, language: Language) -> FieldType {
    let option = |(value, pl, en): &(&str, &'static str, &'static str)| FieldOption {
        value: (*value).to_owned(),
        label: pick(language, *pl, *en).to_owned(),
    };
    FieldType::Choice { options: options.iter().map(option).collect() }
}

/// A choice from values that have labels of their own.
fn labelled<T: serde::Serialize + Label>(values: &[T], language: Language) -> FieldType {
    let option = |value: &T| {
        let Ok(Value::String(name)) = serde_json::to_value(value) else { return None };
        Some(FieldOption { value: name, label: value.label(language).to_owned() })
    };
    FieldType::Choice { options: values.iter().filter_map(option).collect() }
}

pub(super) fn kinds(language: Language) -> FieldType {
    labelled(&CampaignKind::ALL, language)
}

pub(super) fn purposes(language: Language) -> FieldType {
    labelled(&[Purpose::Visits, Purpose::Marketing, Purpose::Other], language)
}
