//! What is worth a second thought before a campaign is saved: warnings, not faults. The law and the providers' rules they
//! come from stand beside each kind; the words they look for are data (`warning_words`).
//!
//! A warning is about what its author wrote and the practice's own name and links; no patient's data is looked at.

use super::check::catalogue;
use super::warning_words::{
    FORBIDDEN_SENDERS, GENERIC_SENDERS, HEALTH, PAYMENT, PROMOTION, SHORTENERS, URGENCY,
};
use crate::model::{CampaignKind, CampaignSpec, Language, Practice, Purpose, Sender, SenderApproval};
use crate::template::{Slot, Target, Template};
use crate::text;
use crate::words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something worth a second thought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CampaignWarning {
    /// The field, as a path (`bodies.first_visit`, `sender`).
    pub field: String,
    /// What it is.
    pub kind: CampaignWarningKind,
}

/// What is worth a second thought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CampaignWarningKind {
    /// A speciality, a treatment or a diagnosis in what the patient's telephone shows: data on health by inference (GDPR,
    /// art. 9).
    RevealsHealth {
        /// The word.
        word: String,
    },
    /// A survey or an offer in a message whose purpose is information on visits: commercial information needs consent to
    /// marketing (Electronic Communications Law, art. 398).
    LooksLikeMarketing {
        /// The word, or the link's name.
        word: String,
    },
    /// Wishes or news to many with the purpose of information on visits: no visit of the patient is what they are about.
    NotAboutVisits {},
    /// A link with words of payment and haste, or one that hides where it leads: operators must block what looks like
    /// smishing (Dz.U. 2023 item 1703).
    LooksLikeSmishing {},
    /// A sender name that says nothing (INFO, SMS): providers refuse it.
    GenericSender {},
    /// A sender name of an operator, a bank or an office.
    ForbiddenSender {
        /// The name found in it.
        word: String,
    },
    /// Four digits in a row in a sender name: providers refuse it.
    DigitsInSender {},
    /// A number as a sender to which no answer can come: providers give numbers to two-way services only.
    NumberCannotReceive {},
    /// The provider has not approved the sender, or refuses it.
    SenderNotApproved {},
}

impl fmt::Display for CampaignWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message(Language::En))
    }
}

impl CampaignWarning {
    /// The warning in words, for a screen.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        use CampaignWarningKind as Kind;
        let pick = |pl: String, en: String| words::pick(language, pl, en);
        let fixed = |pl: &str, en: &str| words::pick(language, pl, en).to_owned();
        match &self.kind {
            Kind::RevealsHealth { word } => pick(
                format!(
                    "Słowo „{word}” zdradza, po co pacjent przychodzi. Kto zobaczy wiadomość, pozna dane o zdrowiu."
                ),
                format!(
                    "The word “{word}” tells why the patient comes. Whoever sees the message learns about their health."
                ),
            ),
            Kind::LooksLikeMarketing { word } => pick(
                format!(
                    "„{word}” wygląda na ankietę lub ofertę. Taka wiadomość wymaga zgody marketingowej: zmień cel kampanii na marketing."
                ),
                format!(
                    "“{word}” looks like a survey or an offer. Such a message needs consent to marketing: change the campaign's purpose to marketing."
                ),
            ),
            Kind::NotAboutVisits {} => fixed(
                "Taka kampania nie dotyczy wizyty pacjenta. Zwykle potrzeba na nią zgody marketingowej.",
                "Such a campaign is about no visit of the patient. It usually needs consent to marketing.",
            ),
            Kind::LooksLikeSmishing {} => fixed(
                "Wiadomość przypomina wyłudzenie: link i wezwanie do zapłaty lub pośpiechu, albo link skrócony. Operator może ją zablokować.",
                "The message looks like smishing: a link with a call to pay or to hurry, or a shortened link. The operator may block it.",
            ),
            Kind::GenericSender {} => fixed(
                "Ogólne nazwy nadawcy (INFO, SMS) są odrzucane przez dostawców.",
                "Providers refuse general sender names (INFO, SMS).",
            ),
            Kind::ForbiddenSender { word } => pick(
                format!(
                    "Nadawca zawiera nazwę „{word}”, która należy do operatora, banku lub urzędu. Podszywanie się jest zabronione."
                ),
                format!(
                    "The sender holds the name “{word}” of an operator, a bank or an office. Imitation is forbidden."
                ),
            ),
            Kind::DigitsInSender {} => fixed(
                "Cztery cyfry z rzędu w nazwie nadawcy są odrzucane przez dostawców.",
                "Providers refuse four digits in a row in a sender name.",
            ),
            Kind::NumberCannotReceive {} => fixed(
                "Numer jako nadawca bywa dostępny tylko w usłudze z odpowiedziami, a na ten nie można odpowiedzieć.",
                "Providers give numbers as senders to two-way services only, and no answer can come to this one.",
            ),
            Kind::SenderNotApproved {} => fixed(
                "Dostawca nie zatwierdził tego pola nadawcy.",
                "The provider has not approved this sender.",
            ),
        }
    }
}

/// Everything worth a second thought in a campaign of this practice: its sender, its purpose, its bodies.
#[must_use]
pub fn warnings(spec: &CampaignSpec, practice: &Practice) -> Vec<CampaignWarning> {
    let mut warnings = Vec::new();
    let mut warn = |field: &str, kind| warnings.push(CampaignWarning { field: field.to_owned(), kind });
    let senders = &practice.settings.senders;
    let approved = |sender: &&Sender| sender.approval == SenderApproval::Approved;
    let sender = match &spec.sender {
        Some(id) => senders.iter().find(|sender| sender.id == *id),
        None => senders.iter().find(approved),
    };
    for kind in sender.into_iter().flat_map(of_sender) {
        warn("sender", kind);
    }
    let to_many = matches!(spec.timing.kind(), CampaignKind::Birthday | CampaignKind::Broadcast);
    if to_many && spec.purpose == Purpose::Visits {
        warn("purpose", CampaignWarningKind::NotAboutVisits {});
    }
    let bodies = [
        ("bodies.default", Some(&spec.bodies.default)),
        ("bodies.first_visit", spec.bodies.first_visit.as_ref()),
        ("bodies.minor", spec.bodies.minor.as_ref()),
    ];
    for (field, body) in bodies {
        for kind in body.into_iter().flat_map(|body| of_body(body, spec.purpose, practice)) {
            warn(field, kind);
        }
    }
    warnings
}

fn of_sender(sender: &Sender) -> Vec<CampaignWarningKind> {
    use CampaignWarningKind as Kind;
    let mut found = Vec::new();
    let name = text::fold(&sender.id);
    if sender.approval != SenderApproval::Approved {
        found.push(Kind::SenderNotApproved {});
    }
    if !name.contains(char::is_alphabetic) {
        if !sender.receives {
            found.push(Kind::NumberCannotReceive {});
        }
        return found;
    }
    if let Some(word) = find(&name, HEALTH) {
        found.push(Kind::RevealsHealth { word });
    }
    if GENERIC_SENDERS.contains(&name.as_str()) {
        found.push(Kind::GenericSender {});
    }
    // a name is imitated also where it begins another: mBankInfo
    if let Some(word) = FORBIDDEN_SENDERS.iter().find(|word| begins(&name, word)) {
        found.push(Kind::ForbiddenSender { word: (*word).to_owned() });
    }
    if name.as_bytes().windows(4).any(|run| run.iter().all(u8::is_ascii_digit)) {
        found.push(Kind::DigitsInSender {});
    }
    found
}

fn of_body(body: &str, purpose: Purpose, practice: &Practice) -> Vec<CampaignWarningKind> {
    use CampaignWarningKind as Kind;
    let mut found = Vec::new();
    let shown = text::fold(&shown(body, practice));
    if let Some(word) = find(&shown, HEALTH) {
        found.push(Kind::RevealsHealth { word });
    }
    if purpose == Purpose::Visits
        && let Some(word) = find(&shown, PROMOTION).or_else(|| promoting_link(body, practice))
    {
        found.push(Kind::LooksLikeMarketing { word });
    }
    let (hurries, asks_to_pay) = (find(&shown, URGENCY).is_some(), find(&shown, PAYMENT).is_some());
    let hidden = hosts(&shown).any(|host| SHORTENERS.contains(&host));
    let any_link = hidden || hosts(&shown).next().is_some();
    if (hidden && (hurries || asks_to_pay)) || (any_link && hurries && asks_to_pay) {
        found.push(Kind::LooksLikeSmishing {});
    }
    found
}

/// What a telephone shows of a body whoever gets it: its text, the URLs of its links, the practice's own name and address.
/// Of a body with faults, all that was typed.
fn shown(body: &str, practice: &Practice) -> String {
    let Ok(template) = Template::compile(body, &catalogue(practice)) else { return body.to_owned() };
    let mut shown = String::with_capacity(body.len());
    let mut done = 0;
    for placeholder in template.placeholders() {
        shown.push_str(body.get(done..placeholder.at.start).unwrap_or_default());
        done = placeholder.at.end;
        shown.push_str(match &placeholder.target {
            Target::Link(url) => url,
            Target::Value(Slot::Practice) => &practice.name,
            Target::Value(Slot::Address) => practice.address.as_deref().unwrap_or_default(),
            Target::Value(_) => placeholder.fallback.as_deref().unwrap_or("…"),
        });
    }
    shown.push_str(body.get(done..).unwrap_or_default());
    shown
}

/// A link marker of the body whose name is one of surveys or offers.
fn promoting_link(body: &str, practice: &Practice) -> Option<String> {
    let template = Template::compile(body, &catalogue(practice)).ok()?;
    let mut links = template.placeholders().filter(|it| matches!(it.target, Target::Link(_)));
    links.find(|link| find(&text::fold(&link.name), PROMOTION).is_some()).map(|link| link.name.clone())
}

/// The first word of a text that begins as one of the list does.
fn find(text: &str, list: &[&str]) -> Option<String> {
    let starts = text.char_indices().filter(|(at, letter)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        letter.is_alphanumeric() && !before.is_some_and(char::is_alphanumeric)
    });
    for (at, _) in starts {
        let rest = text.get(at..).unwrap_or_default();
        if list.iter().any(|beginning| begins(rest, beginning)) {
            let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
            return Some(rest.get(..end).unwrap_or_default().to_owned());
        }
    }
    None
}

/// Whether a text begins with a word of a list; one of three letters or fewer has to be the whole word.
fn begins(text: &str, word: &str) -> bool {
    let Some(rest) = text.strip_prefix(word) else { return false };
    word.len() > 3 || !rest.starts_with(char::is_alphanumeric)
}

/// The hosts of what looks like a link in a folded text, with a scheme or without.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let word = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://")).unwrap_or(word);
        let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let top = host.rsplit_once('.').map(|(_, top)| top)?;
        (top.len() >= 2 && top.chars().all(|letter| letter.is_ascii_lowercase())).then_some(host)
    })
}
