//! Stand-ins of the same shape for names, numbers and texts, so that a bundle can leave the practice and still decides
//! as it did.
//!
//! What stays: identifiers (of cards, visits, campaigns, calls, gateways' messages, doctors and rooms), times, birth
//! dates, consents, prices, hours, placeholders of bodies, names of link markers, words of an answer (TAK, NIE, STOP and
//! the lists of the tolerant grammar; an answer of such words alone stays whole). A host whose identifiers say who
//! somebody is has to replace those itself.

mod act;
mod draft;
mod incoming;
mod number;
mod text;

use super::Act;
use super::data::{Bundle, GatewayAnswer, RecordedCall};
use crate::model::{
    Body, Call, Fact, Happening, LinkMarker, Name, Patient, Phone, PhonePolicy, Practice, ReplyPolicy,
    Secret, Settings, SmsReceived, SubmitResult, TemplateSubject, UserId, Visit,
};
use crate::template::{Catalogue, vocative};
use hmac::{Hmac, KeyInit, Mac};
use incoming::{incoming, incoming_texts, parts};
use number::Numbers;
use sha2::Sha256;
use std::collections::{BTreeSet, VecDeque};
use text::{Letters, Texts};

/// The key of the stand-ins. Who has it can find out which stand-in is whose; it is for one bundle, and thrown away.
struct Key {
    secret: Vec<u8>,
    /// Letters by which originals could be told: no stand-in has them.
    telling: BTreeSet<Letters>,
}

impl Key {
    fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        // HMAC takes keys of any length: the constructor's error cannot happen
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else { return Vec::new() };
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }

    /// A number that follows from a text.
    fn number(&self, of: &str) -> u64 {
        let digest = self.digest(&[b"number", of.as_bytes()]);
        digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Draws that follow from a text.
    fn stream(&self, what: &str, attempt: u32, text: &str) -> Draws {
        let secret = self.digest(&[what.as_bytes(), &attempt.to_be_bytes(), text.as_bytes()]);
        Draws { seed: Self { secret, telling: BTreeSet::new() }, block: 0, drawn: VecDeque::new() }
    }
}

/// Draws that follow from a text, one after the other.
struct Draws {
    seed: Key,
    block: u64,
    drawn: VecDeque<u8>,
}

impl Draws {
    /// A number from 0 to 65,535.
    fn draw(&mut self) -> usize {
        if self.drawn.is_empty() {
            self.drawn.extend(self.seed.digest(&[&self.block.to_be_bytes()]));
            self.block += 1;
        }
        let mut byte = || usize::from(self.drawn.pop_front().unwrap_or_default());
        byte() << 8 | byte()
    }
}

/// A bundle in which stand-ins of the same shape are in the place of all names, numbers and texts. It replays as the
/// original does. The same key gives the same stand-ins; without the key nobody can tell whose they are.
#[must_use]
pub fn mask(bundle: &Bundle, key: &[u8]) -> Bundle {
    let mut key = Key { secret: key.to_vec(), telling: BTreeSet::new() };
    // once to see all originals, then so that no stand-in has four letters of any
    let mut telling = BTreeSet::new();
    let mut first = Mask::new(&key, bundle);
    first.bundle(&mut bundle.clone());
    first.texts.originals().for_each(|text| text::telling(text, &mut telling));
    first.numbers.originals().for_each(|text| text::telling(text, &mut telling));
    incoming_texts(bundle).for_each(|sms| text::telling(sms.body.reveal(), &mut telling));
    key.telling = telling;
    let mut masked = bundle.clone();
    Mask::new(&key, bundle).bundle(&mut masked);
    masked
}

struct Mask<'k> {
    texts: Texts<'k>,
    numbers: Numbers<'k>,
    replies: Vec<ReplyPolicy>,
    /// The placeholders of every subject, with the links that there ever were.
    catalogues: Vec<Catalogue>,
    /// What a draft's choices may be.
    choices: BTreeSet<String>,
    /// The practice's secret and its stand-in: numbers are known by hashes under it.
    secret: (Secret, Secret),
    /// Stand-ins of the parts of long incoming messages, in the order in which they came.
    parts: VecDeque<String>,
}

impl<'k> Mask<'k> {
    fn new(key: &'k Key, bundle: &Bundle) -> Self {
        let (mut policies, mut replies) = (Vec::<PhonePolicy>::new(), Vec::<ReplyPolicy>::new());
        let mut prefixes = BTreeSet::new();
        let mut links: Vec<LinkMarker> = Vec::new();
        let mut choices = BTreeSet::new();
        for recorded in &bundle.calls {
            let settings: &Settings = match &recorded.call {
                RecordedCall::Open { practice } => {
                    choices.extend(draft::choices(practice));
                    &practice.settings
                }
                RecordedCall::Act { act, .. } => match &**act {
                    Act::ChangeSettings { settings } => settings,
                    Act::SaveRule { spec, .. } => {
                        let patterns = spec.when.own_numbers.iter();
                        let patterns = patterns.filter_map(|number| number.strip_suffix('*'));
                        prefixes.extend(patterns.map(ToOwned::to_owned));
                        continue;
                    }
                    Act::SaveLink { name, url } => {
                        links.push(LinkMarker { name: name.trim().to_owned(), url: url.clone() });
                        continue;
                    }
                    _ => continue,
                },
                _ => continue,
            };
            if !policies.contains(&settings.phones) {
                policies.push(settings.phones.clone());
            }
            if !replies.contains(&settings.replies) {
                replies.push(settings.replies.clone());
            }
            prefixes.extend(settings.prices.iter().map(|price| price.prefix.clone()));
            prefixes.extend(settings.phones.allowed_prefixes.iter().cloned());
            prefixes.extend(settings.routes.iter().flat_map(|route| route.prefixes.iter().cloned()));
            links.extend(settings.links.iter().cloned());
        }
        let catalogue = |subject| {
            let mut catalogue = Catalogue::new(subject);
            for link in &links {
                // the same name twice is the same marker for a body
                let _ = catalogue.add_link(link.clone());
            }
            catalogue
        };
        let parts = parts(key, bundle, &replies);
        Self {
            texts: Texts::new(key),
            numbers: Numbers::new(key, policies, prefixes),
            replies,
            catalogues: [TemplateSubject::Visits, TemplateSubject::People, TemplateSubject::Calls]
                .map(catalogue)
                .into(),
            choices,
            secret: (Secret::new(""), Secret::new("")),
            parts,
        }
    }

    fn bundle(&mut self, bundle: &mut Bundle) {
        for recorded in &mut bundle.calls {
            self.call(&mut recorded.call);
            recorded.answers.iter_mut().for_each(|answer| self.answer(answer));
        }
        for event in &mut bundle.decisions.events {
            self.event(&mut event.what);
        }
    }

    fn text(&mut self, text: &mut String) {
        *text = self.texts.text(text);
    }

    fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t mut String>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn name(&mut self, name: &mut Name) {
        *name = Name::new(self.texts.text(name.reveal()));
    }

    fn body(&mut self, body: &mut String) {
        *body = self.texts.body(body, &self.catalogues);
    }

    fn number(&mut self, number: &mut String) {
        *number = self.numbers.number(number);
    }

    fn phone(&mut self, phone: &mut Phone) {
        *phone = Phone::new(self.numbers.number(phone.reveal()));
    }

    fn user(&mut self, user: &mut UserId) {
        *user = UserId::new(self.texts.text(user.as_str()));
    }

    /// A sender id: a number, or a word.
    fn sender(&mut self, sender: &mut String) {
        if sender.chars().any(char::is_alphabetic) { self.text(sender) } else { self.number(sender) }
    }

    fn call(&mut self, call: &mut RecordedCall) {
        match call {
            RecordedCall::Open { practice } => self.practice(practice),
            RecordedCall::Apply { facts } => facts.iter_mut().for_each(|fact| self.fact(fact)),
            RecordedCall::Act { user, act } => {
                self.user(&mut user.id);
                self.act(act);
            }
            RecordedCall::Dispatch { .. }
            | RecordedCall::Work { .. }
            | RecordedCall::AskBalances {}
            | RecordedCall::ResumeGateway { .. }
            | RecordedCall::Restored { .. } => {}
        }
    }

    fn practice(&mut self, practice: &mut Practice) {
        self.text(&mut practice.name);
        self.texts(&mut practice.address);
        practice.phone.iter_mut().for_each(|phone| self.number(phone));
        let secret = Secret::new(self.texts.text(practice.secret.reveal()));
        self.secret = (std::mem::replace(&mut practice.secret, secret.clone()), secret);
        self.settings(&mut practice.settings);
    }

    fn settings(&mut self, settings: &mut Settings) {
        for link in &mut settings.links {
            self.link(&mut link.url);
        }
        settings.top_up_link.iter_mut().for_each(|link| self.link(link));
        settings.senders.iter_mut().for_each(|sender| self.sender(&mut sender.id));
        let calls = &mut settings.calls;
        for own in &mut calls.own_numbers {
            self.number(&mut own.number);
            self.texts(&mut own.label);
        }
        self.texts(calls.service.plan.iter_mut().chain(&mut calls.service.price));
        calls.service.link.iter_mut().for_each(|link| self.link(link));
    }

    fn link(&mut self, url: &mut String) {
        *url = self.texts.url(url);
    }

    fn fact(&mut self, fact: &mut Fact) {
        match fact {
            Fact::Patient(patient) => self.patient(patient),
            Fact::Visit(visit) => self.visit(visit),
            Fact::ConfirmationSet { by, .. } => self.user(by),
            Fact::CallEnded(call) => self.call_ended(call),
            Fact::SmsReceived(sms) => self.sms(sms),
            Fact::DeliveryReport(report) => report.raw = self.texts.text(report.raw.reveal()).into(),
            Fact::PatientsMerged { .. } | Fact::SentElsewhere { .. } | Fact::AccountTold(_) => {}
        }
    }

    fn patient(&mut self, patient: &mut Patient) {
        // the rules of the vocative go by endings, which a stand-in has not: it brings the form along
        if patient.vocative.as_ref().is_none_or(|form| form.reveal().trim().is_empty()) {
            patient.vocative = Some(Name::new(vocative(patient.first_name.reveal())));
        }
        self.name(&mut patient.first_name);
        self.name(&mut patient.last_name);
        patient.vocative.iter_mut().for_each(|name| self.name(name));
        patient.phone.iter_mut().for_each(|phone| self.phone(phone));
        if let Some(guardian) = &mut patient.guardian {
            guardian.name.iter_mut().for_each(|name| self.name(name));
            self.phone(&mut guardian.phone);
        }
    }

    fn visit(&mut self, visit: &mut Visit) {
        self.texts(visit.visit_type.iter_mut().chain(&mut visit.series));
        visit.doctor.iter_mut().for_each(|doctor| self.name(&mut doctor.name));
        visit.room.iter_mut().for_each(|room| self.text(&mut room.name));
    }

    fn call_ended(&mut self, call: &mut Call) {
        self.phone(&mut call.caller);
        self.phone(&mut call.called);
        call.own_number.iter_mut().for_each(|number| self.phone(number));
        self.text(&mut call.raw_status);
        self.texts(call.raw_cause.iter_mut().chain(&mut call.answered_by));
    }

    fn sms(&mut self, sms: &mut SmsReceived) {
        self.phone(&mut sms.from);
        sms.to.iter_mut().for_each(|to| self.sender(to));
        let in_parts = sms.part.is_some_and(|part| part.parts > 1);
        let masked = if in_parts { self.parts.pop_front() } else { None };
        let masked = masked.unwrap_or_else(|| incoming(&mut self.texts, sms.body.reveal(), &self.replies));
        sms.body = Body::new(masked);
    }

    fn answer(&mut self, answer: &mut GatewayAnswer) {
        let GatewayAnswer::Submitted { results, .. } = answer else { return };
        for result in results {
            match result {
                SubmitResult::Rejected { code, .. } => self.text(code),
                SubmitResult::Unknown { why } => self.text(why),
                SubmitResult::Accepted { .. } | SubmitResult::TryLater { .. } => {}
            }
        }
    }

    fn event(&mut self, event: &mut Happening) {
        match event {
            Happening::SettingsChanged { by } | Happening::RuleChanged { by, .. } => self.user(by),
            // identifiers, figures and colours alone
            Happening::MessageChanged { .. }
            | Happening::VisitAnswered { .. }
            | Happening::ConfirmationVoid { .. }
            | Happening::Received { .. }
            | Happening::OptedOut { .. }
            | Happening::NumberBad { .. }
            | Happening::GatewayPaused { .. }
            | Happening::GatewayResumed { .. }
            | Happening::BudgetReached {}
            | Happening::RemindedTwice { .. }
            | Happening::LowBalance { .. }
            | Happening::BreakerOpened { .. }
            | Happening::PatientErased { .. }
            | Happening::CampaignChanged { .. } => {}
        }
    }
}
