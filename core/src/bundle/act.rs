//! What users do, as data.

use crate::engine::{Desk, DoubtSettled, EngineError, RuleSwitch};
use crate::model::{
    CallRuleId, CallRuleSpec, CampaignDraft, CampaignId, CampaignSpec, InboxRef, MessageEdit, MessageId,
    NewMessage, PatientId, Settings, TemplateId, TemplateSubject, Timestamp, VisitId,
};
use serde::{Deserialize, Serialize};

/// An act of a user: the operation of [`Desk`] of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the operation of its name, with that operation's arguments")]
pub enum Act {
    CreateCampaign { campaign: CampaignId, spec: CampaignSpec },
    EditCampaign { campaign: CampaignId, spec: CampaignSpec },
    Activate { campaign: CampaignId },
    Pause { campaign: CampaignId },
    Resume { campaign: CampaignId },
    End { campaign: CampaignId },
    Archive { campaign: CampaignId },
    Remind { visit: VisitId },
    SettleDoubt { message: MessageId, arrived: bool },
    SaveRule { rule: CallRuleId, spec: CallRuleSpec },
    SwitchRule { rule: CallRuleId, on: bool },
    DeleteRule { rule: CallRuleId },
    OrderRules { rules: Vec<CallRuleId> },
    ChangeSettings { settings: Box<Settings> },
    ErasePatient { patient: PatientId },
    ExportPatient { patient: PatientId },
    SendMessage { message: Box<NewMessage> },
    EditMessage { message: MessageId, edit: MessageEdit },
    CancelMessage { message: MessageId },
    MarkRead { message: MessageId },
    MarkUnread { message: MessageId },
    AssignMessage { message: MessageId, patient: PatientId },
    Settle { item: InboxRef },
    KeepDraft { campaign: CampaignId, draft: CampaignDraft },
    DiscardDraft { campaign: CampaignId },
    SaveDraft { campaign: CampaignId },
    SaveTemplate { template: TemplateId, name: String, body: String, subject: TemplateSubject },
    DeleteTemplate { template: TemplateId },
    SaveLink { name: String, url: String },
    DeleteLink { name: String },
    ReleaseBreaker {},
}

impl Act {
    /// Does it.
    ///
    /// # Errors
    /// Those of the operation.
    pub fn perform(&self, desk: &Desk<'_>, now: Timestamp) -> Result<(), EngineError> {
        match self {
            Self::CreateCampaign { campaign, spec } => {
                desk.create_campaign(campaign.clone(), spec.clone(), now)
            }
            Self::EditCampaign { campaign, spec } => desk.edit_campaign(campaign, spec.clone(), now),
            Self::Activate { campaign } => desk.activate(campaign, now),
            Self::Pause { campaign } => desk.pause(campaign, now),
            Self::Resume { campaign } => desk.resume(campaign, now),
            Self::End { campaign } => desk.end(campaign, now),
            Self::Archive { campaign } => desk.archive(campaign, now),
            Self::Remind { visit } => desk.remind(visit, now).map(drop),
            Self::SettleDoubt { message, arrived } => {
                let settled = if *arrived { DoubtSettled::Arrived } else { DoubtSettled::NeverSent };
                desk.settle_doubt(*message, settled, now)
            }
            Self::SaveRule { rule, spec } => desk.save_rule(rule.clone(), spec.clone(), now),
            Self::SwitchRule { rule, on } => {
                desk.switch_rule(rule, if *on { RuleSwitch::On } else { RuleSwitch::Off }, now)
            }
            Self::DeleteRule { rule } => desk.delete_rule(rule, now),
            Self::OrderRules { rules } => desk.order_rules(rules, now),
            Self::ChangeSettings { settings } => desk.change_settings(settings, now),
            Self::ErasePatient { patient } => desk.erase_patient(patient, now).map(drop),
            Self::ExportPatient { patient } => desk.export_patient(patient, now).map(drop),
            Self::SendMessage { message } => desk.send_message(message, now).map(drop),
            Self::EditMessage { message, edit } => desk.edit_message(*message, edit, now),
            Self::CancelMessage { message } => desk.cancel_message(*message, now),
            Self::MarkRead { message } => desk.mark_read(*message, now),
            Self::MarkUnread { message } => desk.mark_unread(*message, now),
            Self::AssignMessage { message, patient } => desk.assign_message(*message, patient, now).map(drop),
            Self::Settle { item } => desk.settle(item, now),
            Self::KeepDraft { campaign, draft } => desk.keep_draft(campaign.clone(), draft.clone(), now),
            Self::DiscardDraft { campaign } => desk.discard_draft(campaign, now),
            Self::SaveDraft { campaign } => desk.save_draft(campaign, now).map(drop),
            Self::SaveTemplate { template, name, body, subject } => {
                desk.save_template(template.clone(), name, body, *subject, now)
            }
            Self::DeleteTemplate { template } => desk.delete_template(template, now),
            Self::SaveLink { name, url } => desk.save_link(name, url, now),
            Self::DeleteLink { name } => desk.delete_link(name, now),
            Self::ReleaseBreaker {} => desk.release_breaker(now),
        }
    }
}
