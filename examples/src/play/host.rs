//! A host's loop around the engine, with the simulated gateway and a clock that jumps.

use crate::month::GATEWAY;
use crate::read::campaigns::Planned;
use crate::read::facts;
use depesza::bundle::{Act, Bundle, Recorder};
use depesza::engine::{Clinic, EngineError, Outcome};
use depesza::gateway::{Faults, Simulator};
use depesza::model::{CampaignStatus, Fact, Permission, Practice, PracticeId, Timestamp, User};
use depesza::store::Store;
use std::sync::Arc;

/// The person at the desk who starts campaigns and saves rules.
pub const DESK: &str = "recepcja";
/// Commits of one call of `work`, and messages of one call of `dispatch`.
const AT_ONCE: u64 = 1_000;

/// The gateway: it fails as often as real ones do, in all their ways, and the same way in every run.
#[must_use]
pub fn gateway() -> Simulator {
    Simulator::new(GATEWAY.into(), 1).with_faults(Faults {
        transient: 20,
        try_later: 10,
        answer_lost: 5,
        request_lost: 5,
        invalid: 2,
        undelivered: 15,
        no_report: 20,
        messy_reports: 10,
    })
}

/// What became of the facts that a host told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The engine decided on them.
    pub new: u32,
    /// It had seen them before.
    pub known: u32,
}

/// A host: one practice, the engine over a store, one gateway, and the time.
///
/// What it tells and does goes through a recorder, so that a run can be handed on as a bundle. A host without that wish
/// calls the engine, which has the same methods.
pub struct Host {
    recorder: Recorder,
    gateway: Arc<Simulator>,
    practice: PracticeId,
    now: Timestamp,
    told: Told,
}

impl Host {
    /// Opens a practice in a store: new, as it was, or with changed settings.
    ///
    /// # Errors
    /// [`EngineError::Practice`], [`EngineError::Store`].
    pub fn open(store: Arc<dyn Store>, practice: &Practice, now: Timestamp) -> Result<Self, EngineError> {
        Self::with(gateway(), store, practice, now)
    }

    /// As [`open`](Self::open), with another gateway.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with(
        gateway: Simulator,
        store: Arc<dyn Store>,
        practice: &Practice,
        now: Timestamp,
    ) -> Result<Self, EngineError> {
        let gateway = Arc::new(gateway);
        let recorder = Recorder::new(store, vec![(GATEWAY.into(), gateway.clone())], practice.id.clone());
        recorder.open_practice(practice, now)?;
        Ok(Self { recorder, gateway, practice: practice.id.clone(), now, told: Told::default() })
    }

    /// The practice's side of the engine, for questions.
    #[must_use]
    pub fn clinic(&self) -> Clinic<'_> {
        self.recorder.engine().practice(self.practice.clone())
    }

    /// What became of what was told so far.
    #[must_use]
    pub fn told(&self) -> Told {
        self.told
    }

    /// Messages that left through the gateway, by its own count.
    #[must_use]
    pub fn left(&self) -> usize {
        self.gateway.taken().len()
    }

    /// Tells facts in one commit: all of them, or none.
    ///
    /// # Errors
    /// [`EngineError::Fact`], [`EngineError::Store`].
    pub fn tell(&mut self, facts: &[Fact]) -> Result<(), EngineError> {
        let outcomes = self.recorder.apply(facts, self.now)?;
        for outcome in outcomes {
            match outcome {
                Outcome::Applied | Outcome::Received(_) => self.told.new += 1,
                Outcome::Known | Outcome::Unmatched => self.told.known += 1,
            }
        }
        Ok(())
    }

    /// Creates campaigns and starts them. One that is there already is left as it is, unless its file was changed; one
    /// that somebody paused or ended stays so.
    ///
    /// # Errors
    /// [`EngineError::Campaign`], [`EngineError::Store`].
    pub fn start(&mut self, campaigns: &[Planned], now: Timestamp) -> Result<(), EngineError> {
        self.prepare(campaigns, now)?;
        for campaign in self.clinic().campaigns()? {
            let mine = campaigns.iter().any(|planned| planned.id == campaign.id);
            if mine && campaign.status == CampaignStatus::Ready {
                self.act(Act::Activate { campaign: campaign.id })?;
            }
        }
        Ok(())
    }

    /// Creates campaigns, or edits those that are there and have not ended; starts none.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn prepare(&mut self, campaigns: &[Planned], now: Timestamp) -> Result<(), EngineError> {
        self.now = now;
        let known = self.clinic().campaigns()?;
        for Planned { id, spec, .. } in campaigns {
            let (campaign, spec) = (id.clone(), spec.clone());
            match known.iter().find(|known| known.id == *id).map(|known| known.status) {
                None => self.act(Act::CreateCampaign { campaign, spec })?,
                Some(CampaignStatus::Ended | CampaignStatus::Archived) => {}
                Some(_) => self.act(Act::EditCampaign { campaign, spec })?,
            }
        }
        Ok(())
    }

    /// What the person at the desk does.
    fn act(&self, act: Act) -> Result<(), EngineError> {
        self.recorder.act(&User::new(DESK, Permission::CLINIC), &act, self.now)
    }

    /// The run so far as a replay bundle, from an empty store on.
    ///
    /// # Errors
    /// The store's.
    pub fn bundle(&self) -> Result<Bundle, EngineError> {
        self.recorder.bundle()
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets time pass until `end`, from one moment at which something happens to the next.
    ///
    /// # Errors
    /// [`EngineError::Fact`], [`EngineError::Store`].
    pub fn run<'f>(
        &mut self,
        facts: impl Iterator<Item = &'f facts::Told>,
        end: Timestamp,
        progress: &mut dyn FnMut(Timestamp),
    ) -> Result<(), EngineError> {
        let mut facts = facts.peekable();
        loop {
            let fact = facts.peek().map(|told| told.at);
            let next = [fact, self.recorder.engine().next_due()?, self.gateway.next_report()]
                .into_iter()
                .flatten()
                .min();
            let Some(next) = next.filter(|next| *next <= end) else { return Ok(()) };
            // a time in the past means now
            self.now = self.now.max(next);
            progress(self.now);
            while let Some(told) = facts.next_if(|told| told.at <= self.now) {
                self.tell(std::slice::from_ref(&told.fact))?;
            }
            self.turn()?;
        }
    }

    /// What a host's timer does.
    fn turn(&self) -> Result<(), EngineError> {
        while self.recorder.work(self.now, AT_ONCE)?.more {}
        while self.recorder.dispatch(self.now, AT_ONCE)?.more {}
        for report in self.gateway.reports(self.now) {
            self.recorder.apply(&[Fact::DeliveryReport(report)], self.now)?;
        }
        Ok(())
    }
}
