//! What users wrote and typed, in stand-ins.

use super::Mask;
use crate::bundle::Act;
use crate::engine::number_hash;
use crate::model::{Body, CallRuleSpec, CampaignSpec, InboxRef, MessageEdit, NewMessage, Recipient};

impl Mask<'_> {
    pub(super) fn act(&mut self, act: &mut Act) {
        match act {
            Act::CreateCampaign { spec, .. } | Act::EditCampaign { spec, .. } => self.campaign(spec),
            Act::SaveRule { spec, .. } => self.rule(spec),
            Act::ChangeSettings { settings } => self.settings(settings),
            Act::SendMessage { message } => self.new_message(message),
            Act::EditMessage { edit: MessageEdit { text, .. }, .. } => {
                text.iter_mut().for_each(|text| self.written(text));
            }
            Act::Settle { item: InboxRef::BadNumber(hash) } => self.number_hash(hash),
            Act::KeepDraft { draft, .. } => self.draft(draft),
            Act::SaveTemplate { name, body, .. } => {
                self.text(name);
                self.body(body);
            }
            Act::SaveLink { url, .. } => self.link(url),
            Act::Activate { .. }
            | Act::Pause { .. }
            | Act::Resume { .. }
            | Act::End { .. }
            | Act::Archive { .. }
            | Act::Remind { .. }
            | Act::SettleDoubt { .. }
            | Act::SwitchRule { .. }
            | Act::DeleteRule { .. }
            | Act::OrderRules { .. }
            | Act::ErasePatient { .. }
            | Act::ExportPatient { .. }
            | Act::CancelMessage { .. }
            | Act::MarkRead { .. }
            | Act::MarkUnread { .. }
            | Act::AssignMessage { .. }
            | Act::Settle { item: InboxRef::Message(_) | InboxRef::Pause(_) | InboxRef::Account(_) }
            | Act::DiscardDraft { .. }
            | Act::SaveDraft { .. }
            | Act::DeleteTemplate { .. }
            | Act::DeleteLink { .. }
            | Act::ReleaseBreaker {} => {}
        }
    }

    fn campaign(&mut self, spec: &mut CampaignSpec) {
        self.text(&mut spec.name);
        let bodies = &mut spec.bodies;
        let all = [&mut bodies.default].into_iter().chain(&mut bodies.first_visit).chain(&mut bodies.minor);
        all.for_each(|body| self.body(body));
        spec.sender.iter_mut().for_each(|sender| self.sender(sender));
        self.texts(&mut spec.filters.visit_types);
    }

    fn rule(&mut self, spec: &mut CallRuleSpec) {
        self.text(&mut spec.name);
        self.body(&mut spec.body);
        spec.sender.iter_mut().for_each(|sender| self.sender(sender));
        let exact = spec.when.own_numbers.iter_mut().filter(|number| !number.ends_with('*'));
        exact.for_each(|number| self.number(number));
        spec.recipients.numbers.iter_mut().for_each(|number| self.phone(number));
    }

    fn new_message(&mut self, message: &mut NewMessage) {
        match &mut message.to {
            Recipient::Patient(_) => {}
            Recipient::Number(number) => self.phone(number),
        }
        self.written(&mut message.text);
        self.texts(&mut message.key);
    }

    /// What a person wrote: brackets in it are no placeholders.
    fn written(&mut self, text: &mut Body) {
        *text = Body::new(self.texts.text(text.reveal()));
    }

    /// The hash of a number under the practice's secret becomes that of its stand-in under the secret's.
    fn number_hash(&mut self, hash: &mut String) {
        let (secret, stand_in) = &self.secret;
        let found = self.numbers.e164s().find(|(number, _)| number_hash(secret, number) == *hash);
        match found {
            Some((_, masked)) => *hash = number_hash(stand_in, &masked),
            None => self.text(hash),
        }
    }
}
