//! What screens need while somebody writes: the wizard, checks and previews, under a practice's settings. They read the settings
//! and change nothing, so they are the host's: whoever draws the screen.

use super::operations;
use crate::call;
use crate::campaign::{self, wizard};
use crate::engine::{Clinic, EngineError, FieldFault};
use crate::model::{
    CallRuleSpec, CampaignDraft, CampaignKind, CampaignSpec, CampaignSummary, Language, Preview,
    TemplateFault, Timestamp, Wizard, WizardStepId,
};
use crate::template::{StoredTemplateFault, StoredTemplateFaultKind};

operations! {
    fn call(clinic: Clinic<'_>);

    /// The wizard's steps and fields for a kind of campaign.
    wizard { kind: CampaignKind, language: Language } -> Wizard =
        clinic.practice().map(|practice| wizard::wizard(kind, &practice, language));
    /// Every fault of one step of a draft, by field; of the summary those of the whole draft.
    check_step { draft: CampaignDraft, step: WizardStepId } -> Vec<FieldFault> = clinic.practice().and_then(|practice| {
        Ok(EngineError::Campaign(wizard::check_step(&draft, step, &practice, &clinic.templates()?)).faults())
    });
    /// The campaign that a draft describes.
    finish_draft { draft: CampaignDraft } -> CampaignSpec = clinic.practice().and_then(|practice| {
        draft.finish(&practice, &clinic.templates()?).map_err(EngineError::Campaign)
    });
    /// The draft of a campaign, to edit it.
    draft_of { spec: CampaignSpec } -> CampaignDraft = clinic.practice().map(|_| CampaignDraft::of(&spec));
    /// Every fault of a campaign, by field.
    check_campaign { spec: CampaignSpec } -> Vec<FieldFault> =
        clinic.practice().map(|practice| EngineError::Campaign(campaign::check(&spec, &practice)).faults());
    /// What a campaign will do, in words, with worked examples as of `now` and what is worth a second thought.
    summarise { spec: CampaignSpec, language: Language, now: Timestamp } -> CampaignSummary =
        clinic.practice().map(|practice| wizard::summarise(&spec, &practice, language, now));
    /// A campaign's body with typical, shortest and longest values, and what each costs.
    preview_body { body: String, kind: CampaignKind } -> Preview = clinic.practice().and_then(|practice| {
        campaign::preview(&body, kind, &practice).map_err(faulty_body)
    });
    /// The same of a rule's body.
    preview_rule_body { body: String } -> Preview =
        clinic.practice().and_then(|practice| call::preview(&body, &practice).map_err(faulty_body));
    /// Every fault of a rule for SMS after a call, by field.
    check_rule { spec: CallRuleSpec } -> Vec<FieldFault> =
        clinic.practice().map(|practice| EngineError::CallRule(call::check(&spec, &practice)).faults());
}

fn faulty_body(faults: Vec<TemplateFault>) -> EngineError {
    let of = |fault| StoredTemplateFault {
        field: "body".to_owned(),
        kind: StoredTemplateFaultKind::Body { fault },
    };
    EngineError::Template(faults.into_iter().map(of).collect())
}
