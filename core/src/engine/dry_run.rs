//! The dry run: what would go out between two days, to whom, with which text, at what cost.
//!
//! Nothing is computed beside the engine: it runs itself, on a store laid over the practice's own and with a gateway that
//! takes everything, from deadline to deadline until the last day. So the answer is what a real run sends, as long as
//! nothing else happens: no patient answers, nobody books, and every visit takes place. The circuit breaker, shadow mode, and
//! gateways that rest or that this process does not have are looked past, for they are about sending and not about what would be
//! sent.

use super::planning::MAX_CAMPAIGNS;
use super::record::{LAST, wake_at};
use super::tx::Tx;
use super::{Engine, EngineError, Side, Who};
use crate::calendar;
use crate::gateway::Gateway;
use crate::model::{
    Campaign, CampaignId, CampaignSpec, CampaignStatus, Capabilities, DryRun, DryRunMessage, DryRunRequest,
    DryRunTotal, Fact, GatewayId, LookupResult, Message, OwnReference, PatientFile, Permission, Practice,
    Retention, Status, Submission, SubmitResult, Timestamp, User, Visit, VisitFile, VisitState,
};
use crate::store::{Entry, Index, MAX_PAGE, Order, Overlay, RowKey, Store, Table, instant_key};
use chrono::{Days, NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most visits to come, and the most messages, of a dry run.
pub const MAX_DRY_RUN: usize = 20_000;
/// The farthest day, counted from today.
const MAX_DAYS: u64 = 366;
/// The only gateway of a dry run.
const GATEWAY: &str = "dry run";

impl<W: Who> Side<'_, W> {
    /// What would go out from one local day to another, with every message's text and cost, if nothing else happens than is
    /// known now and every visit takes place. Nothing is changed and nothing is sent. The answer is exact to the minute
    /// and the letter where gateways take what they get.
    ///
    /// Skipped messages stand with their reasons under the time at which they are decided: for the visits of a campaign that
    /// is not active yet that is now.
    ///
    /// # Errors
    /// [`EngineError::Input`] for days in the past, too far ahead, or with more than [`MAX_DRY_RUN`] visits to come or
    /// messages; [`EngineError::UnknownCampaign`], [`EngineError::CampaignStep`] for one that has ended,
    /// [`EngineError::Campaign`] for one that cannot be activated; [`EngineError::NotPermitted`] without
    /// [`Permission::CommunicationCenter`], [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn dry_run(&self, request: &DryRunRequest, now: Timestamp) -> Result<DryRun, EngineError> {
        self.rehearse((request.from, request.to), request.campaigns.as_deref(), None, now)
    }

    /// The same of a campaign that is not saved yet, as if it were activated now: for the wizard's summary.
    ///
    /// # Errors
    /// As [`dry_run`](Self::dry_run).
    pub fn dry_run_of(
        &self,
        spec: &CampaignSpec,
        from: NaiveDate,
        to: NaiveDate,
        now: Timestamp,
    ) -> Result<DryRun, EngineError> {
        self.rehearse((from, to), Some(&[]), Some(spec), now)
    }

    fn rehearse(
        &self,
        (from, to): (NaiveDate, NaiveDate),
        campaigns: Option<&[CampaignId]>,
        unsaved: Option<&CampaignSpec>,
        now: Timestamp,
    ) -> Result<DryRun, EngineError> {
        let overlay = Arc::new(Overlay::new(self.engine.store.clone(), self.id.clone()));
        let start = self.read_at(Permission::CommunicationCenter, now, |tx| {
            let today = calendar::local_date(tx.practice().zone, now);
            check_days(today, from, to)?;
            wake(tx, &overlay)?;
            Ok(Start {
                practice: (**tx.practice()).clone(),
                campaigns: chosen(tx, campaigns)?,
                visits: coming(tx)?,
                messages: tx.counters().messages,
                unsaved: free_id(tx)?,
            })
        })?;
        let midnight = |day: NaiveDate| calendar::resolve(start.practice.zone, day.and_time(NaiveTime::MIN));
        let until = to.succ_opt().map_or(Timestamp::MAX, midnight).plus_ms(-1);
        let gateway: Arc<dyn Gateway> = Arc::new(TakesAll);
        let store: Arc<dyn Store> = overlay;
        let engine = Engine::new(store, vec![(GatewayId::new(GATEWAY), gateway)]);
        let asked = begin(&engine, &start, unsaved, now)?;
        play(&engine, &start, now, until)?;
        engine
            .practice(start.practice.id.clone())
            .read(Permission::CommunicationCenter, |tx| report(tx, &start, &asked, (from, to), (now, until)))
    }
}

/// The practice as it is.
struct Start {
    practice: Practice,
    campaigns: Vec<Campaign>,
    /// The visits that are not over and stand, by their ends.
    visits: Vec<VisitFile>,
    /// The last message's number.
    messages: u64,
    /// An identifier for a campaign that is not saved yet.
    unsaved: CampaignId,
}

/// An identifier that no campaign has.
fn free_id(tx: &mut Tx<'_>) -> Result<CampaignId, EngineError> {
    let mut id = "?".to_owned();
    while tx.get::<Campaign>(&id)?.is_some() {
        id.push('?');
    }
    Ok(CampaignId::new(id))
}

fn too_much<T>() -> Result<T, EngineError> {
    Err(EngineError::Input { field: "to", expected: "at most 20,000 visits to come and messages" })
}

fn check_days(today: NaiveDate, from: NaiveDate, to: NaiveDate) -> Result<(), EngineError> {
    let last = today.checked_add_days(Days::new(MAX_DAYS)).unwrap_or(today);
    if from < today {
        return Err(EngineError::Input { field: "from", expected: "today or a later day" });
    }
    if to < from || to > last {
        let expected = "a day from `from` to 366 days after today";
        return Err(EngineError::Input { field: "to", expected });
    }
    Ok(())
}

/// The campaigns that are rehearsed.
fn chosen(tx: &mut Tx<'_>, ids: Option<&[CampaignId]>) -> Result<Vec<Campaign>, EngineError> {
    use CampaignStatus::{Active, Paused, Ready};
    let Some(ids) = ids else {
        let mut all = tx.list::<Campaign>("", LAST, MAX_CAMPAIGNS)?;
        all.retain(|campaign| matches!(campaign.status, Ready | Active | Paused));
        return Ok(all);
    };
    let ids: BTreeSet<&CampaignId> = ids.iter().collect();
    let find = |id: &CampaignId| {
        tx.get::<Campaign>(id.as_str())?.ok_or_else(|| EngineError::UnknownCampaign(id.clone()))
    };
    ids.into_iter().map(find).collect()
}

/// Lays the queue of the messages that may still change over the practice's own: a full queue cannot be gone through while
/// it shows from below, and what waits for reports is none of a dry run's business.
fn wake(tx: &mut Tx<'_>, overlay: &Overlay) -> Result<(), EngineError> {
    overlay.close(Index::Due);
    let (mut from, mut woken) = (String::new(), 0);
    loop {
        let range = (from, LAST.to_owned());
        let found = tx.scan_keys::<Message>(Index::MessageOpen, range, MAX_PAGE, Order::Ascending)?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        from = format!("{last}\0");
        woken += found.len();
        if woken > MAX_DRY_RUN {
            return too_much();
        }
        for (_, message) in &found {
            let id = crate::engine::record::message_key(message.id);
            let (row, at) = (RowKey { table: Table::Message, id }, wake_at(message));
            if let (Some(doc), Some(at)) = (tx.document::<Message>(&row.id)?, at) {
                overlay.lay(&row, doc, Entry { index: Index::Due, key: instant_key(at) });
            }
        }
    }
}

/// The visits that are not over and stand, by their ends.
fn coming(tx: &mut Tx<'_>) -> Result<Vec<VisitFile>, EngineError> {
    let mut visits = Vec::new();
    // the longest visit is a day
    let mut from = instant_key(tx.now.plus_ms(-crate::model::DAY_MS));
    loop {
        let range = (from, "~".to_owned());
        let found = tx.scan_keys::<VisitFile>(Index::VisitStart, range, MAX_PAGE, Order::Ascending)?;
        let Some((last, _)) = found.last() else { break };
        from = format!("{last}\0");
        visits.extend(found.into_iter().map(|(_, visit)| visit));
        if visits.len() > MAX_DRY_RUN {
            return too_much();
        }
    }
    let stands = |state| matches!(state, VisitState::Booked | VisitState::Arrived);
    visits.retain(|visit| visit.ends_at > tx.now && stands(visit.visit.state));
    visits.sort_by_key(|visit| visit.ends_at);
    Ok(visits)
}

/// Looks past shadow mode and the breaker, keeps what it has to tell, and sends by one gateway alone.
pub(super) fn prepare_rehearsal(practice: &mut Practice, gateway: &GatewayId) {
    let settings = &mut practice.settings;
    (settings.shadow, settings.breaker) = (false, None);
    settings.retention = Retention::default();
    // every route leads there; numbers that none is for have none here either
    settings.routes.iter_mut().for_each(|route| route.gateway.clone_from(gateway));
}

/// Makes the chosen campaigns active there, the unsaved one too. Says which ones are asked about.
fn begin(
    engine: &Engine,
    start: &Start,
    unsaved: Option<&CampaignSpec>,
    now: Timestamp,
) -> Result<BTreeSet<CampaignId>, EngineError> {
    let mut practice = start.practice.clone();
    prepare_rehearsal(&mut practice, &GatewayId::new(GATEWAY));
    engine.transact(&practice.id, now, |tx| tx.put(&practice))?;
    let clinic = engine.practice(practice.id.clone());
    let desk = clinic.as_user(User::new("dry run", Permission::ALL));
    for campaign in start.campaigns.iter().filter(|c| c.status != CampaignStatus::Active) {
        desk.activate(&campaign.id, now)?;
    }
    let mut asked: BTreeSet<CampaignId> = start.campaigns.iter().map(|c| c.id.clone()).collect();
    if let Some(spec) = unsaved {
        let id = start.unsaved.clone();
        desk.create_campaign(id.clone(), spec.clone(), now)?;
        desk.activate(&id, now)?;
        asked.insert(id);
    }
    Ok(asked)
}

/// From deadline to deadline; each visit takes place and is closed at its end.
fn play(engine: &Engine, start: &Start, now: Timestamp, until: Timestamp) -> Result<(), EngineError> {
    let clinic = engine.practice(start.practice.id.clone());
    let mut ends = start.visits.iter().peekable();
    let mut at = now;
    loop {
        let closed = |visit: &VisitFile| {
            let revision = visit.visit.revision.saturating_add(1);
            Fact::Visit(Visit { revision, state: VisitState::TookPlace, ..visit.visit.clone() })
        };
        while let Some(visit) = ends.next_if(|visit| visit.ends_at <= at) {
            clinic.apply(&[closed(visit)], at)?;
        }
        while engine.work(at, 1_000)?.more {
            bounded(&clinic, start)?;
        }
        engine.dispatch(at, u64::MAX)?;
        bounded(&clinic, start)?;
        let end = ends.peek().map(|visit| visit.ends_at);
        match engine.next_due()?.into_iter().chain(end).min() {
            // what is due still, after all was done, does not move
            Some(next) if next <= until => at = next.max(at.plus_ms(1)),
            _ => return Ok(()),
        }
    }
}

fn bounded(clinic: &super::Clinic<'_>, start: &Start) -> Result<(), EngineError> {
    let made = clinic.read(Permission::CommunicationCenter, |tx| Ok(tx.counters().messages))?;
    let made = usize::try_from(made.saturating_sub(start.messages)).unwrap_or(usize::MAX);
    if made > MAX_DRY_RUN { too_much() } else { Ok(()) }
}

fn report(
    tx: &mut Tx<'_>,
    start: &Start,
    asked: &BTreeSet<CampaignId>,
    (from, to): (NaiveDate, NaiveDate),
    (now, until): (Timestamp, Timestamp),
) -> Result<DryRun, EngineError> {
    let mut run = DryRun::default();
    let mut totals: BTreeMap<(CampaignId, NaiveDate), DryRunTotal> = BTreeMap::new();
    let mut next = instant_key(now);
    loop {
        let range = (next, instant_key(until.plus_ms(1)));
        let found = tx.scan_keys::<Message>(Index::MessageTime, range, MAX_PAGE, Order::Ascending)?;
        let Some((last, _)) = found.last() else { break };
        next = format!("{last}\0");
        for (_, message) in found {
            let Some((campaign, step)) = message.origin.step().filter(|(id, _)| asked.contains(*id)) else {
                continue;
            };
            let goes = message.submitted_at.is_some_and(|at| at >= now);
            let skipped = message.status == Status::Skipped;
            let at = message.submitted_at.unwrap_or(message.due_at);
            let day = calendar::local_date(start.practice.zone, at);
            // what is decided on at once has no time of its own
            let in_span = (from <= day && day <= to) || (skipped && message.id.0 > start.messages);
            if !(goes || skipped) || !in_span {
                continue;
            }
            let saved = (*campaign != start.unsaved).then(|| campaign.clone());
            let total = totals.entry((campaign.clone(), day)).or_insert_with(|| DryRunTotal {
                campaign: saved.clone(),
                day,
                messages: 0,
                skipped: 0,
                parts: 0,
                cost_milli: 0,
            });
            if goes {
                total.messages += 1;
                total.parts += u64::from(message.parts);
                total.cost_milli += message.cost_milli;
            } else {
                total.skipped += 1;
            }
            run.messages.push(DryRunMessage {
                name: name(tx, &message)?,
                visits: message.subjects.iter().map(|subject| subject.visit.clone()).collect(),
                campaign: saved,
                step,
                at,
                parts: message.parts,
                cost_milli: message.cost_milli,
                reason: message.reason.filter(|_| !goes),
                patient: message.patient,
                body: message.body,
            });
        }
    }
    run.totals = totals.into_values().collect();
    Ok(run)
}

fn name(tx: &mut Tx<'_>, message: &Message) -> Result<Option<crate::model::Name>, EngineError> {
    let Some(patient) = &message.patient else { return Ok(None) };
    let file = tx.get::<PatientFile>(patient.as_str())?;
    Ok(file.map(|file| {
        let (first, last) = (file.patient.first_name.reveal(), file.patient.last_name.reveal());
        crate::model::Name::new(format!("{first} {last}").trim())
    }))
}

/// A gateway that takes everything and sends nothing.
struct TakesAll;

impl Gateway for TakesAll {
    fn capabilities(&self) -> Capabilities {
        let own_reference = OwnReference::Unique { window_ms: i64::MAX };
        Capabilities { own_reference, look_up: false, batch: MAX_PAGE, reports: false, cancel: false }
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let taken = |_: &Submission| SubmitResult::Accepted {
            provider_ids: Vec::new(),
            parts: None,
            cost_milli: None,
        };
        batch.iter().map(taken).collect()
    }

    fn look_up(&self, _: &str) -> LookupResult {
        LookupResult::Unsure {}
    }
}
