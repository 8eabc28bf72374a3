//! The message catalogue: what receptionists read of statuses, reasons and kinds, in Polish and English.
//!
//! One place for one text. Faults of what a user wrote have their texts beside their types (`message(Language)`).

pub(crate) mod dates;
mod order;
mod plural;

pub use order::polish_order;
pub use plural::*;

use crate::model::{
    BreakerState, CallCondition, CallDirection, CallStatus, CampaignKind, CampaignStatus, Language, NoRule,
    Permission, Purpose, Reason, RejectClass, Reply, ReplyEffect, SmsMode, Status, Timestamp, VisitFilter,
};

/// What a screen shows of a value.
pub trait Label {
    /// A word or a short sentence without a full stop, in lower case where the language wants it.
    fn label(&self, language: Language) -> &'static str;
}

/// Which of two texts a language reads.
pub(crate) fn pick<T>(language: Language, pl: T, en: T) -> T {
    match language {
        Language::Pl => pl,
        Language::En => en,
    }
}

/// What is said of an empty field that has to be filled.
pub(crate) fn needed(language: Language) -> &'static str {
    pick(language, "pole jest wymagane", "a value is needed")
}

/// What is said of too many characters or items.
pub(crate) fn at_most(limit: usize, language: Language) -> String {
    pick(language, format!("najwyżej {limit}"), format!("at most {limit}"))
}

/// What is said of a number outside its range.
pub(crate) fn in_range(least: i64, most: i64, language: Language) -> String {
    pick(language, format!("wartość od {least} do {most}"), format!("a value from {least} to {most}"))
}

macro_rules! labels {
    ($type:ty, $($pattern:pat => $pl:literal, $en:literal;)*) => {
        impl Label for $type {
            fn label(&self, language: Language) -> &'static str {
                match self { $($pattern => pick(language, $pl, $en)),* }
            }
        }
    };
}

labels! { Status,
    Self::Planned => "zaplanowana", "planned";
    Self::Claimed => "w przygotowaniu", "being prepared";
    Self::Submitting => "w trakcie wysyłki", "being submitted";
    Self::Submitted => "przekazana do bramki", "submitted";
    Self::Sent => "wysłana", "sent";
    Self::Delivered => "doręczona", "delivered";
    Self::PartlyDelivered => "doręczona częściowo", "partly delivered";
    Self::Unconfirmed => "wysłana, bez potwierdzenia", "sent, unconfirmed";
    Self::Undelivered => "niedoręczona", "undelivered";
    Self::Expired => "przeterminowana w sieci", "expired";
    Self::Failed => "nieudana", "failed";
    Self::Cancelled => "wycofana", "withdrawn";
    Self::Skipped => "pominięta", "skipped";
    Self::InDoubt => "niepewna", "in doubt";
    Self::Received => "odebrana", "received";
}

labels! { CampaignKind,
    Self::Booking => "po umówieniu wizyty", "after booking";
    Self::Reminder => "przypomnienie o wizycie", "reminder";
    Self::FollowUp => "po wizycie", "follow-up";
    Self::Rescheduled => "po zmianie terminu", "after a change of time";
    Self::Cancelled => "po odwołaniu wizyty", "after a cancellation";
    Self::Recall => "zaproszenie na kontrolę", "recall";
    Self::Birthday => "życzenia urodzinowe", "birthday";
    Self::Broadcast => "wysyłka zbiorcza", "broadcast";
}

labels! { BreakerState,
    Self::Closed => "wiadomości idą", "messages go";
    Self::Open => "wstrzymane do decyzji", "stopped until somebody decides";
    Self::Released => "przepuszczone do końca dnia", "let through until midnight";
}

labels! { VisitFilter,
    Self::Rooms => "gabinet", "room";
    Self::Doctors => "lekarz", "doctor";
    Self::VisitTypes => "rodzaj wizyty", "type of visit";
    Self::FirstVisits => "wizyta pierwszorazowa", "first visit";
}

labels! { CampaignStatus,
    Self::Draft => "szkic", "draft";
    Self::Ready => "gotowa", "ready";
    Self::Active => "aktywna", "active";
    Self::Paused => "wstrzymana", "paused";
    Self::Ended => "zakończona", "ended";
    Self::Archived => "w archiwum", "archived";
}

labels! { CallDirection,
    Self::Incoming => "przychodzące", "incoming";
    Self::Outgoing => "wychodzące", "outgoing";
    Self::Internal => "wewnętrzne", "internal";
}

labels! { CallStatus,
    Self::Answered => "odebrane", "answered";
    Self::NoAnswer => "brak odpowiedzi", "no answer";
    Self::Busy => "zajęty", "busy";
    Self::Failed => "nieudane", "failed";
    Self::Congestion => "przeciążenie", "congestion";
    Self::Cancelled => "przerwane przez dzwoniącego", "given up by the caller";
    Self::Voicemail => "poczta głosowa", "voice mail";
}

labels! { CallCondition,
    Self::Direction => "kierunek", "direction";
    Self::Status => "status", "status";
    Self::OwnNumber => "numer własny", "own number";
    Self::Seconds => "czas", "length";
    Self::Time => "pora", "time";
}

labels! { NoRule,
    Self::ServiceInactive => "usługa SMS po rozmowie nie jest aktywna", "the service is not active";
    Self::Internal => "rozmowa wewnętrzna", "a call between extensions";
    Self::NoneMatches => "żadna regułka nie pasuje", "no rule matches";
}

labels! { Permission,
    Self::CommunicationCenter => "Centrum Komunikacji", "communication centre";
    Self::ManageCampaigns => "zarządzanie kampaniami", "managing campaigns";
    Self::ManageRules => "zarządzanie regułkami", "managing rules";
    Self::ManageSettings => "zarządzanie ustawieniami", "managing settings";
}

labels! { SmsMode,
    Self::None => "wyłączony", "off";
    Self::Standard => "wspólne pole nadawcy", "common sender";
    Self::Premium => "własne pole nadawcy", "own sender";
}

labels! { Purpose,
    Self::Visits => "informacje o wizytach", "information on visits";
    Self::Marketing => "marketing", "marketing";
    Self::Other => "inne", "other";
}

labels! { Reply,
    Self::Yes => "TAK", "yes (TAK)";
    Self::No => "NIE", "no (NIE)";
    Self::Other => "INNA ODPOWIEDŹ", "another answer";
}

labels! { ReplyEffect,
    Self::Applied => "zastosowana", "applied";
    Self::Noted => "zapisana", "noted";
    Self::Ambiguous => "niejednoznaczna", "ambiguous";
    Self::TooLate => "za późno", "too late";
    Self::StaffDecided => "stan ustawiony ręcznie", "state set by hand";
    Self::NoRequest => "bez pytania", "no open request";
    Self::OptOut => "rezygnacja z SMS", "opt-out";
    Self::StopMentioned => "mowa o STOP", "mentions STOP";
    Self::Incomplete => "niekompletna", "incomplete";
}

labels! { RejectClass,
    Self::RecipientInvalid => "numer nieprawidłowy", "invalid number";
    Self::RecipientOptedOut => "odbiorca zrezygnował u operatora", "opted out at the provider";
    Self::Content => "treść odrzucona", "text refused";
    Self::TooLong => "treść za długa dla bramki", "text too long for the gateway";
    Self::SenderNotAllowed => "niedozwolone pole nadawcy", "sender not allowed";
    Self::AccountNoCredit => "brak środków na koncie", "no credit";
    Self::AccountAuth => "błędne dane logowania do bramki", "wrong credentials";
    Self::AccountBlocked => "konto zablokowane", "account blocked";
    Self::Transient => "chwilowa awaria", "passing failure";
    Self::Unreachable => "telefon poza zasięgiem", "telephone out of reach";
    Self::Expired => "przeterminowana w bramce", "expired at the gateway";
}

/// A reason's label by its code alone, as statistics count reasons; `None` for a code that this release does not know.
#[must_use]
pub fn reason(code: &str, language: Language) -> Option<&'static str> {
    if code == "rejected" {
        return Some(pick(language, "odrzucona przez bramkę", "refused by the gateway"));
    }
    // whatever else a reason tells does not change its label
    let details = serde_json::json!({
        "code": code, "purpose": "visits", "refusal": {"reason": "missing"}, "kind": "landline", "placeholder": "", "parts": 0,
        "allowed": 0, "visit": "", "message": 0, "at": Timestamp::default(),
    });
    serde_json::from_value::<Reason>(details).ok().map(|reason| reason.label(language))
}

impl Label for Reason {
    fn label(&self, language: Language) -> &'static str {
        let (pl, en) = match self {
            Self::ModeNone {} => ("wysyłka SMS wyłączona", "SMS is switched off"),
            Self::NoConsent { purpose: Purpose::Marketing } => {
                ("brak zgody marketingowej", "no consent to marketing")
            }
            Self::NoConsent { .. } => ("brak zgody na SMS", "no consent"),
            Self::OptedOut {} => ("pacjent zrezygnował (STOP)", "opted out (STOP)"),
            Self::PatientUnknown {} => ("nieznany pacjent", "unknown patient"),
            Self::PatientInactive {} => ("karta nieaktywna", "card not in use"),
            Self::PatientDeceased {} => ("pacjent zmarł", "patient deceased"),
            Self::NoNumber {} => ("brak numeru telefonu", "no number"),
            Self::BadNumber { .. } => ("błędny numer telefonu", "malformed number"),
            Self::OutsidePrefixes {} => {
                ("numer zagraniczny spoza dozwolonych", "number outside the allowed prefixes")
            }
            Self::CannotReceiveSms { .. } => ("numer nie odbiera SMS", "number cannot receive SMS"),
            Self::NumberMarkedBad {} => {
                ("numer odrzucony przez bramkę", "number refused by the gateway before")
            }
            Self::NoAllowedSlot {} => {
                ("brak dozwolonej pory przed wizytą", "no allowed time before the visit")
            }
            Self::BookedLate {} => ("umówiona po czasie przypomnienia", "booked after the reminder's time"),
            Self::MergedIntoBooking {} => {
                ("zastąpiona wiadomością o umówieniu", "merged into the booking message")
            }
            Self::PastUseBy {} => ("minął czas, w którym miała sens", "its use-by time has passed"),
            Self::MissingValue { .. } => ("brak wartości znacznika", "a placeholder has no value"),
            Self::TooManyParts { .. } => ("za dużo części", "too many parts"),
            Self::SameDay { .. } => {
                ("inna wizyta tego dnia ma przypomnienie", "another visit of the day has it")
            }
            Self::CoveredBySeries { .. } => ("seria wizyt ma jedną wiadomość", "the series has one message"),
            Self::JoinedInto { .. } => ("dołączona do innej wiadomości", "joined into another message"),
            Self::ManualReminder { .. } => ("przypomniano ręcznie", "reminded by hand"),
            Self::SameTime {} => {
                ("inne przypomnienie idzie o tej porze", "another reminder goes at the same time")
            }
            Self::AlreadySent { .. } => ("ten termin już był w wiadomości", "this time was already sent"),
            Self::VisitCancelled {} => ("wizyta odwołana", "visit called off"),
            Self::VisitMoved {} => ("wizyta przeniesiona", "visit moved"),
            Self::VisitReopened {} => ("wizyta przywrócona", "visit re-opened"),
            Self::NumberChanged {} => ("numer zmieniony", "number changed"),
            Self::VisitStarted {} => ("wizyta już się zaczęła", "visit has begun"),
            Self::NotTookPlace {} => ("wizyta się nie odbyła", "visit did not take place"),
            Self::OutcomeUnknown {} => ("nie zamknięto wizyty", "visit was not closed"),
            Self::BeforeActivation {} => ("sprzed aktywacji kampanii", "before the campaign's activation"),
            Self::BookedLongAgo {} => ("umówiona dawno temu", "booked long ago"),
            Self::OutsideFilters {} => ("poza filtrami kampanii", "outside the campaign's filters"),
            Self::CampaignEnded {} => ("kampania zakończona", "campaign ended"),
            Self::CampaignPaused {} => ("kampania wstrzymana w tym czasie", "campaign paused over its time"),
            Self::DailyCap {} => ("dzienny limit wiadomości pacjenta", "the patient's daily cap"),
            Self::DailyBudget {} => ("dzienny budżet wyczerpany", "the daily budget is used up"),
            Self::Withdrawn {} => ("wycofana ręcznie", "withdrawn by hand"),
            Self::AttemptsUsedUp {} => ("wyczerpano próby", "all attempts used up"),
            Self::Rejected { class } => return class.label(language),
            Self::Restored {} => ("niepewna po odtworzeniu kopii", "in doubt after a restoration"),
            Self::NoAnswer {} => ("bramka nie odpowiedziała", "the gateway did not answer"),
            Self::ServiceInactive {} => {
                ("usługa SMS po rozmowie nie jest aktywna", "the service for SMS after a call is not active")
            }
            Self::RuleOff {} => ("regułka wyłączona lub usunięta", "rule switched off or deleted"),
            Self::OwnNumber {} => ("numer własny", "an own number"),
            Self::CallTooOld {} => ("rozmowa sprzed zbyt dawna", "the call was told too late"),
            Self::TooSoon { .. } => ("za krótko po innej wiadomości", "too soon after another message"),
            Self::AnsweredMeanwhile {} => ("w międzyczasie odebrano rozmowę", "answered meanwhile"),
            Self::SenderNotApproved {} => ("pole nadawcy niezatwierdzone", "sender id not approved"),
            Self::Shadow {} => ("tryb próbny, nic nie wysłano", "shadow mode, nothing was sent"),
            Self::SentElsewhere { .. } => ("wysłana z poprzedniego systemu", "sent by another system"),
            Self::VisitBooked { .. } => ("pacjent umówił wizytę", "the patient has booked a visit"),
            Self::Erased {} => ("dane pacjenta usunięte", "the patient was erased"),
            Self::NoRoute {} => {
                ("żadna bramka nie obsługuje tego kierunku", "no gateway is for such numbers")
            }
        };
        pick(language, pl, en)
    }
}
