//! What a kind begins with.

use crate::model::{CampaignKind, Language, OutsidePolicy, Purpose};
use crate::words::pick;

/// What a campaign of this kind is for, unless its author says otherwise. An invitation, a wish or news to many is
/// commercial information (Electronic Communications Law, art. 398); a message about the patient's own visit is not.
pub(super) fn purpose(kind: CampaignKind) -> Purpose {
    if kind.is_about_patients() { Purpose::Marketing } else { Purpose::Visits }
}

/// Where its messages go whose time is outside the hours.
pub(super) fn outside(kind: CampaignKind) -> OutsidePolicy {
    if kind == CampaignKind::Reminder { OutsidePolicy::BringForward } else { OutsidePolicy::Defer }
}

/// A text to begin with; what is told to many has none. It names no speciality and no treatment. Its Polish letters cost
/// nothing where the practice has them transliterated, as it does by default.
pub(super) fn body(kind: CampaignKind, language: Language) -> Option<&'static str> {
    let (pl, en) = match kind {
        CampaignKind::Booking => (
            "(placowka): wizyta zapisana na (data:slownie), godz. (godzina). Do zobaczenia!",
            "(placowka): your visit is booked for (data:slownie) at (godzina). See you!",
        ),
        CampaignKind::Reminder => (
            "(placowka): przypominamy o wizycie (data), godz. (godzina). Prosimy o odpowiedź TAK lub NIE.",
            "(placowka): a reminder of your visit on (data) at (godzina). Please answer TAK for yes or NIE for no.",
        ),
        CampaignKind::FollowUp => (
            "(placowka): dziękujemy za wizytę. W razie pytań prosimy o kontakt: (telefon|w recepcji).",
            "(placowka): thank you for your visit. If you have questions, please contact us: (telefon|at the desk).",
        ),
        CampaignKind::Rescheduled => (
            "(placowka): nowy termin wizyty to (data), godz. (godzina).",
            "(placowka): the new time of your visit is (data) at (godzina).",
        ),
        CampaignKind::Cancelled => (
            "(placowka): wizyta (data), godz. (godzina), jest odwołana.",
            "(placowka): the visit on (data) at (godzina) is called off.",
        ),
        CampaignKind::Recall => (
            "(placowka): minęło trochę czasu od ostatniej wizyty. Zapraszamy do kontaktu: (telefon|w recepcji).",
            "(placowka): it has been a while since your last visit. Please get in touch: (telefon|at the desk).",
        ),
        CampaignKind::Birthday => (
            "(imie:wolacz|Szanowni Państwo), wszystkiego najlepszego z okazji urodzin! (placowka)",
            "Dear (imie|patient), a happy birthday from (placowka)!",
        ),
        CampaignKind::Broadcast => return None,
    };
    Some(pick(language, pl, en))
}
