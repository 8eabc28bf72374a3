//! Questions: what a practice's host asks, and its users with their permissions.

use super::operations;
use crate::engine::{AuditPage, CallPage, Replay, Side, Who};
use crate::model::{
    Account, AuditFilter, Body, BoundedCount, BreakerFigures, Call, CallExplained, CallFile, CallId,
    CallRule, Campaign, CampaignDetails, CampaignFilter, CampaignId, CampaignSpec, ChatPreview, ChatShows,
    DryRun, DryRunRequest, InboxPage, KeptDraft, LinkMarker, LinkUser, Message, MessageFilter, MessageId,
    MessagePage, Notice, PatientCampaign, PatientFound, PatientId, Recipient, Settings, Statistics,
    StatisticsFilter, StoredTemplate, Tally, Timestamp, VisitExplained, VisitFile, VisitId,
};
use chrono::NaiveDate;

operations! {
    fn call<W: Who>(side: Side<'_, W>);

    /// Campaigns, one page as its filter says; archived ones only when asked for.
    campaign_list { filter: Option<CampaignFilter> } -> Vec<Campaign> = side.campaign_list(&filter.unwrap_or_default());
    /// All campaigns.
    campaigns {} -> Vec<Campaign> = side.campaigns();
    /// A campaign with its figures; null when it is not there.
    campaign { campaign: CampaignId } -> Option<CampaignDetails> = side.campaign(&campaign);
    /// The campaigns that wrote to a patient.
    campaigns_of_patient { patient: PatientId } -> Vec<PatientCampaign> = side.campaigns_of_patient(&patient);
    /// Figures by campaign, step and day.
    statistics { filter: StatisticsFilter } -> Statistics = side.statistics(&filter);
    /// A campaign's counts by step and day.
    figures { campaign: CampaignId } -> Vec<Tally> = side.figures(&campaign);
    /// What would go out on these days, decided by the engine on a copy that is thrown away.
    dry_run { request: DryRunRequest, now: Timestamp } -> DryRun = side.dry_run(&request, now);
    /// The same of a campaign that is not saved.
    dry_run_of { spec: CampaignSpec, from: NaiveDate, to: NaiveDate, now: Timestamp } -> DryRun =
        side.dry_run_of(&spec, from, to, now);
    /// The circuit breaker's day.
    breaker { now: Timestamp } -> BreakerFigures = side.breaker(now);
    /// Half-filled campaigns, the one that was changed last first.
    drafts {} -> Vec<KeptDraft> = side.drafts();
    /// Stored templates, by name.
    templates {} -> Vec<StoredTemplate> = side.templates();
    /// Link markers.
    links {} -> Vec<LinkMarker> = side.links();
    /// Who uses a link marker.
    link_users { name: String } -> Vec<LinkUser> = side.link_users(&name);
    /// What a visit gets of each campaign, and why.
    explain_visit { visit: VisitId, now: Timestamp } -> VisitExplained = side.explain_visit(&visit, now);
    /// A visit; null when it is not known.
    visit { visit: VisitId } -> Option<VisitFile> = side.visit(&visit);
    /// A message; null when there is none.
    message { message: MessageId } -> Option<Message> = side.message(message);
    /// Messages about a visit.
    messages_of_visit { visit: VisitId } -> Vec<Message> = side.messages_of_visit(&visit);
    /// A patient's messages, newest first, at most `limit`.
    messages_of_patient { patient: PatientId, limit: u32 } -> Vec<Message> = side.messages_of_patient(&patient, limit);
    /// Messages, newest first; `from` is the `next` of the page before.
    messages { filter: Option<MessageFilter>, from: Option<String>, limit: u32 } -> MessagePage =
        side.messages(&filter.unwrap_or_default(), from.as_deref(), limit);
    /// A conversation, newest first; `from` is the `next` of the page before.
    chat { patient: PatientId, shows: ChatShows, from: Option<String>, limit: u32 } -> MessagePage =
        side.chat(&patient, shows, from.as_deref(), limit);
    /// How many messages of a patient are unread.
    unread { patient: PatientId } -> BoundedCount = side.unread(&patient);
    /// How many messages are unread.
    unread_total {} -> BoundedCount = side.unread_total();
    /// Patients by parts of names and numbers.
    find_patients { query: String, limit: u32 } -> Vec<PatientFound> = side.find_patients(&query, limit);
    /// A message before it is sent: its parts, cost and dear characters.
    chat_preview { text: Body, to: Option<Recipient> } -> ChatPreview = side.chat_preview(&text, to.as_ref());
    /// What waits for a person.
    inbox { from: Option<String>, limit: u32 } -> InboxPage = side.inbox(from.as_deref(), limit);
    /// Rules for SMS after a call, in their order.
    rules {} -> Vec<CallRule> = side.rules();
    /// A call; null when it is not known.
    call { system: String, call: CallId } -> Option<CallFile> = side.call(&system, &call);
    /// Calls, newest first; `from` is the `next` of the page before.
    calls { from: Option<String>, limit: u32 } -> CallPage = side.calls(from.as_deref(), limit);
    /// Messages that followed a call.
    messages_of_call { system: String, call: CallId } -> Vec<Message> = side.messages_of_call(&system, &call);
    /// Which rules a call would meet, and why.
    explain_call { call: Call } -> CallExplained = side.explain_call(&call);
    /// What rules would have sent for these calls.
    replay_calls { rules: Vec<CallRule>, calls: Vec<Call> } -> Replay = side.replay_calls(&rules, &calls);
    /// What gateways' accounts have left.
    accounts {} -> Vec<Account> = side.accounts();
    /// What whoever is responsible should know.
    notices { now: Timestamp } -> Vec<Notice> = side.notices(now);
    /// The practice's settings.
    settings {} -> Settings = side.settings();
    /// Who did what, newest first; `from` is the `next` of the page before.
    audit { filter: Option<AuditFilter>, from: Option<u64>, limit: u32 } -> AuditPage =
        side.audit(&filter.unwrap_or_default(), from, limit);
}
