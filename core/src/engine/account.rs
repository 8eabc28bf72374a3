//! Gateways' accounts: what they have left, when the desk is told, and what a settings screen warns of.

use super::facts::{MAX_ID, Outcome, first_of};
use super::record::LAST;
use super::render::default_sender;
use super::tx::Tx;
use super::{Clinic, EngineError, Side, Who, planning};
use crate::model::{
    Account, AccountState, Campaign, CampaignStatus, Fact, GatewayId, GatewayPause, Happening, Notice,
    Permission, Practice, Timestamp,
};

impl Clinic<'_> {
    /// Asks every gateway what is left on its account, and notes what they tell, as
    /// [`Fact::AccountTold`](crate::model::Fact::AccountTold) does. To be called every hour or so.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn ask_balances(&self, now: Timestamp) -> Result<(), EngineError> {
        let told = self.engine.gateways.iter().filter_map(|(id, gateway)| {
            let balance_milli = Some(gateway.balance_milli()?);
            let gateway = id.clone();
            Some(Fact::AccountTold(AccountState {
                gateway,
                at: now,
                mode: None,
                balance_milli,
                messages_left: None,
            }))
        });
        let told: Vec<Fact> = told.collect();
        self.apply(&told, now).map(|_| ())
    }
}

impl<W: Who> Side<'_, W> {
    /// The gateways' accounts that were told of, in the order of the gateways' ids.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn accounts(&self) -> Result<Vec<Account>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| tx.list_all("", LAST))
    }

    /// What a person should know of the settings and the accounts at `now`; empty when all is in order.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn notices(&self, now: Timestamp) -> Result<Vec<Notice>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let practice = tx.practice().clone();
            let settings = &practice.settings;
            let mut notices = Vec::new();
            if settings.shadow {
                notices.push(Notice::Shadow {});
            }
            for account in tx.list_all::<Account>("", LAST)? {
                let gateway = account.state.gateway.clone();
                if let Some(allowed) = account.state.mode.filter(|allowed| *allowed != settings.mode) {
                    notices.push(Notice::ModeDiffers {
                        gateway: gateway.clone(),
                        set: settings.mode,
                        allowed,
                    });
                }
                if let Some(left) = left(&practice, &account.state).filter(|left| is_low(&practice, *left)) {
                    let top_up_link = settings.top_up_link.clone();
                    notices.push(Notice::LowBalance { gateway, left, top_up_link });
                }
            }
            for GatewayPause { gateway, class, until, .. } in tx.list_all::<GatewayPause>("", LAST)? {
                if until > now {
                    notices.push(Notice::GatewayPaused { gateway, class, until });
                }
            }
            let campaigns = planning::campaigns(tx)?;
            let deaf = campaigns.iter().filter(|campaign| is_deaf(&practice, campaign));
            notices.extend(deaf.map(|campaign| Notice::NoAnswerCanCome { campaign: campaign.id.clone() }));
            Ok(notices)
        })
    }
}

/// Whether an active campaign asks for an answer that cannot come.
fn is_deaf(practice: &Practice, campaign: &Campaign) -> bool {
    let sender = campaign.spec.sender.clone().or_else(|| default_sender(practice));
    let receives =
        practice.settings.senders.iter().any(|known| known.receives && Some(&known.id) == sender.as_ref());
    campaign.status == CampaignStatus::Active && campaign.spec.expects_reply() && !receives
}

/// The first field of an account's state that is out of its range, and what was expected.
pub(super) fn fault(state: &AccountState) -> Option<(&'static str, &'static str)> {
    first_of(&[
        (!(1..=MAX_ID).contains(&state.gateway.as_str().len()), "gateway", "1 to 200 bytes"),
        (state.messages_left.is_some_and(|left| left < 0), "messages_left", "0 or more"),
    ])
}

/// Notes what a gateway's account allows and has left.
pub(super) fn tell(tx: &mut Tx<'_>, state: &AccountState) -> Result<Outcome, EngineError> {
    let known = tx.get::<Account>(state.gateway.as_str())?;
    if known.as_ref().is_some_and(|known| known.state.at >= state.at) {
        return Ok(Outcome::Known);
    }
    let mode = state.mode.or(known.as_ref().and_then(|known| known.state.mode));
    let practice = tx.practice().clone();
    let left = left(&practice, state);
    let thresholds = practice.settings.low_balance.iter().copied();
    let passed = left.and_then(|left| thresholds.filter(|threshold| left <= *threshold).min());
    let mut account =
        Account { state: AccountState { mode, ..state.clone() }, passed, passed_at: None, settled: false };
    match (known, left.zip(passed)) {
        // nothing new is passed; after a top-up to between two thresholds the lower one counts again
        (Some(known), Some((_, passed))) if known.passed.is_some_and(|before| before <= passed) => {
            (account.passed_at, account.settled) = (known.passed_at, known.settled);
        }
        (_, Some((left, _))) => {
            account.passed_at = Some(state.at);
            tx.event(Happening::LowBalance { gateway: state.gateway.clone(), left })?;
        }
        (_, None) => {}
    }
    tx.put(&account)?;
    Ok(Outcome::Applied)
}

/// Messages of one part that an account has left, where it tells: by its own figure, else by the dearest price.
pub(super) fn left(practice: &Practice, state: &AccountState) -> Option<i64> {
    let dearest =
        practice.settings.prices.iter().map(|price| price.part_milli).max().filter(|price| *price > 0);
    let by_balance = || Some((state.balance_milli? / dearest?).max(0));
    state.messages_left.or_else(by_balance)
}

fn is_low(practice: &Practice, left: i64) -> bool {
    practice.settings.low_balance.iter().any(|threshold| left <= *threshold)
}

/// Whether a gateway's account is used up, as far as is known.
pub(super) fn is_used_up(tx: &mut Tx<'_>, gateway: &GatewayId) -> Result<bool, EngineError> {
    let account = tx.get::<Account>(gateway.as_str())?;
    Ok(account.and_then(|account| left(tx.practice(), &account.state)).is_some_and(|left| left <= 0))
}
