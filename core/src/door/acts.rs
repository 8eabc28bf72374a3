//! What users do, as data: a replay bundle records it, the door reads it.

use super::{Refusal, answered, arguments::Arguments};
use crate::campaign::CampaignWarning;
use crate::engine::{Desk, DoubtSettled, EngineError, Erased, RuleSwitch};
use crate::model::{
    CallRuleId, CallRuleSpec, CampaignDraft, CampaignId, CampaignSpec, InboxRef, MessageEdit, MessageId,
    NewMessage, PatientExport, PatientId, ReplyEffect, Settings, TemplateId, TemplateSubject, Timestamp,
    VisitId,
};
use serde::{Deserialize, Serialize};

/// Acts: each with its arguments, the type of its answer, and the operation.
macro_rules! acts {
    (
        fn perform($desk:ident, $now:ident);
        $($(#[$doc:meta])* $variant:ident $name:ident { $($argument:ident: $kind:ty),* } -> $answer:ty = $body:expr;)*
    ) => {
        /// An act of a user: the operation of [`Desk`] of that name, with its arguments.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(tag = "act", rename_all = "snake_case")]
        #[allow(missing_docs, reason = "the arguments are the operation's")]
        pub enum Act {
            $($(#[$doc])* $variant { $($argument: $kind),* },)*
        }

        impl Act {
            /// Does it.
            ///
            /// # Errors
            /// Those of the operation.
            pub fn perform(&self, $desk: &Desk<'_>, $now: Timestamp) -> Result<(), EngineError> {
                match self {
                    $(Self::$variant { $($argument),* } => $body.map(drop),)*
                }
            }

            /// Does it, and returns the operation's answer as JSON.
            pub(super) fn answer(&self, $desk: &Desk<'_>, $now: Timestamp) -> Result<String, Refusal> {
                match self {
                    $(Self::$variant { $($argument),* } => {
                        let answer: Result<$answer, EngineError> = $body;
                        answered(answer)
                    })*
                }
            }
        }

        /// Their names.
        pub(super) const METHODS: &[&str] = &[$(stringify!($name)),*];

        /// The arguments of each, under its name.
        #[allow(non_camel_case_types, reason = "each type is named as its operation")]
        mod with {
            use super::*;
            $(
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                pub(super) struct $name { $(pub(super) $argument: $kind),* }
            )*
        }

        /// Reads one of [`METHODS`].
        pub(super) fn read(method: &str, arguments: Arguments) -> Result<Act, Refusal> {
            match method {
                $(stringify!($name) => {
                    let with::$name { $($argument),* } = arguments.into_struct()?;
                    Ok(Act::$variant { $($argument),* })
                })*
                _ => Err(Refusal::unknown_method(method)),
            }
        }

        /// The schemas of their arguments and answers.
        #[cfg(feature = "schema")]
        pub(super) fn describe(
            generator: &mut schemars::SchemaGenerator,
        ) -> Vec<(&'static str, schemars::Schema, schemars::Schema)> {
            mod described {
                use super::*;
                $(
                    $(#[$doc])*
                    #[derive(schemars::JsonSchema)]
                    #[schemars(deny_unknown_fields)]
                    #[allow(dead_code, non_camel_case_types, reason = "only its schema is wanted")]
                    pub(super) struct $name { $($argument: $kind,)* now: Timestamp }
                )*
            }
            vec![$((
                stringify!($name),
                <described::$name as schemars::JsonSchema>::json_schema(generator),
                generator.subschema_for::<$answer>(),
            )),*]
        }
    };
}

acts! {
    fn perform(desk, now);

    /// Saves a new campaign: ready, not active.
    CreateCampaign create_campaign { campaign: CampaignId, spec: CampaignSpec } -> () =
        desk.create_campaign(campaign.clone(), spec.clone(), now);
    /// Changes a campaign; what it planned is planned anew.
    EditCampaign edit_campaign { campaign: CampaignId, spec: CampaignSpec } -> () =
        desk.edit_campaign(campaign, spec.clone(), now);
    /// Starts a campaign.
    Activate activate { campaign: CampaignId } -> () = desk.activate(campaign, now);
    /// Holds a campaign.
    Pause pause { campaign: CampaignId } -> () = desk.pause(campaign, now);
    /// Goes on with a campaign that was held.
    Resume resume { campaign: CampaignId } -> () = desk.resume(campaign, now);
    /// Ends a campaign for good.
    End end { campaign: CampaignId } -> () = desk.end(campaign, now);
    /// Puts a campaign that has ended out of sight.
    Archive archive { campaign: CampaignId } -> () = desk.archive(campaign, now);
    /// Reminds of a visit now; answers the message's number: of one that is still to go, asked for before, where there is one.
    Remind remind { visit: VisitId } -> MessageId = desk.remind(visit, now);
    /// Settles a message in doubt: it arrived, or it did not.
    SettleDoubt settle_doubt { message: MessageId, arrived: bool } -> () = {
        desk.settle_doubt(*message, if *arrived { DoubtSettled::Arrived } else { DoubtSettled::NeverSent }, now)
    };
    /// Saves a rule for SMS after a call: a new one at the end, or one that is there changed.
    SaveRule save_rule { rule: CallRuleId, spec: CallRuleSpec } -> () = desk.save_rule(rule.clone(), spec.clone(), now);
    /// Switches a rule on or off.
    SwitchRule switch_rule { rule: CallRuleId, on: bool } -> () =
        desk.switch_rule(rule, if *on { RuleSwitch::On } else { RuleSwitch::Off }, now);
    /// Deletes a rule.
    DeleteRule delete_rule { rule: CallRuleId } -> () = desk.delete_rule(rule, now);
    /// Puts rules into this order.
    OrderRules order_rules { rules: Vec<CallRuleId> } -> () = desk.order_rules(rules, now);
    /// Changes the practice's settings.
    ChangeSettings change_settings { settings: Box<Settings> } -> () = desk.change_settings(settings, now);
    /// Erases a patient's data.
    ErasePatient erase_patient { patient: PatientId } -> Erased = desk.erase_patient(patient, now);
    /// Everything that is kept of a patient.
    ExportPatient export_patient { patient: PatientId } -> PatientExport = desk.export_patient(patient, now);
    /// Sends a message that a person wrote; answers its number.
    SendMessage send_message { message: Box<NewMessage> } -> MessageId = desk.send_message(message, now);
    /// Changes a message that waits.
    EditMessage edit_message { message: MessageId, edit: MessageEdit } -> () = desk.edit_message(*message, edit, now);
    /// Takes a message back.
    CancelMessage cancel_message { message: MessageId } -> () = desk.cancel_message(*message, now);
    /// Marks a message as read.
    MarkRead mark_read { message: MessageId } -> () = desk.mark_read(*message, now);
    /// Marks a message as unread.
    MarkUnread mark_unread { message: MessageId } -> () = desk.mark_unread(*message, now);
    /// Gives an incoming message to a patient; answers what its text then did.
    AssignMessage assign_message { message: MessageId, patient: PatientId } -> Option<ReplyEffect> =
        desk.assign_message(*message, patient, now);
    /// Takes something out of the inbox.
    Settle settle { item: InboxRef } -> () = desk.settle(item, now);
    /// Keeps a half-filled campaign.
    KeepDraft keep_draft { campaign: CampaignId, draft: CampaignDraft } -> () =
        desk.keep_draft(campaign.clone(), draft.clone(), now);
    /// Throws a half-filled campaign away.
    DiscardDraft discard_draft { campaign: CampaignId } -> () = desk.discard_draft(campaign, now);
    /// Saves a draft as a campaign; answers what is worth a second thought.
    SaveDraft save_draft { campaign: CampaignId } -> Vec<CampaignWarning> = desk.save_draft(campaign, now);
    /// Saves a stored template.
    SaveTemplate save_template { template: TemplateId, name: String, body: String, subject: TemplateSubject } -> () =
        desk.save_template(template.clone(), name, body, *subject, now);
    /// Deletes a stored template.
    DeleteTemplate delete_template { template: TemplateId } -> () = desk.delete_template(template, now);
    /// Saves a link marker.
    SaveLink save_link { name: String, url: String } -> () = desk.save_link(name, url, now);
    /// Deletes a link marker that nothing uses.
    DeleteLink delete_link { name: String } -> () = desk.delete_link(name, now);
    /// Lets go what the circuit breaker holds.
    ReleaseBreaker release_breaker {} -> () = desk.release_breaker(now);
}
