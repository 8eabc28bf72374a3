//! Rules for SMS after a call: what people at the desk do with them, and the index over them that is kept between calls.
//!
//! The index is the one thing the engine remembers: it belongs to one version of an account's stored rules and settings,
//! and every unit of work compares that version with the store's. So a call sees one whole set of rules, also when
//! another process changed them.

use super::drafting::withdraw;
use super::record::{LAST, prefix_range, rule_key};
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who};
use crate::call::{RuleSet, check};
use crate::model::{
    Action, CallRule, CallRuleChange, CallRuleId, CallRuleSpec, Happening, Message, Permission, Practice,
    PracticeId, Reason, RuleState, Timestamp,
};
use crate::store::{Index, MAX_PAGE, Order};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most rules of an account.
pub const MAX_RULES: usize = 200_000;
/// The most accounts whose rules are kept in memory at a time.
const MAX_KEPT: usize = 1_000;
/// The newest changes of a rule that are kept.
const MAX_HISTORY: usize = 100;

/// An account's rules as of one version.
pub(super) struct Rules {
    epoch: u32,
    version: u64,
    practice: Practice,
    pub set: RuleSet,
}

/// Rules of accounts, as they were last read.
#[derive(Default)]
pub(super) struct RuleShelf(Mutex<BTreeMap<PracticeId, Arc<Rules>>>);

impl RuleShelf {
    fn take(&self, id: &PracticeId) -> Option<Arc<Rules>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn keep(&self, id: &PracticeId, rules: &Arc<Rules>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT && !kept.contains_key(id) {
            kept.pop_first();
        }
        kept.insert(id.clone(), rules.clone());
    }
}

/// The account's active rules, indexed.
pub(super) fn of(tx: &mut Tx<'_>) -> Result<Arc<Rules>, EngineError> {
    let practice = tx.practice().clone();
    let (epoch, version) = (tx.counters().epoch, tx.counters().rules);
    let shelf = tx.shelf();
    let same = |kept: &Arc<Rules>| {
        kept.epoch == epoch && kept.version == version && kept.practice == *practice && !tx.rules_changed()
    };
    if let Some(kept) = shelf.take(tx.id).filter(same) {
        return Ok(kept);
    }
    let settings = &practice.settings;
    let own = settings.calls.own_numbers.iter().map(|own| own.number.as_str());
    let own = own.chain(settings.senders.iter().map(|sender| sender.id.as_str()));
    let set = RuleSet::new(tx.list_all("", LAST)?, own, &settings.phones);
    let rules = Arc::new(Rules { epoch, version, practice: (*practice).clone(), set });
    // kept only when nothing came between: what is uncommitted, or half of an edit, is for this unit alone
    if !tx.rules_changed() && tx.is_current()? {
        shelf.keep(tx.id, &rules);
    }
    Ok(rules)
}

impl<W: Who> Side<'_, W> {
    /// The account's rules, in their order.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn rules(&self) -> Result<Vec<CallRule>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let mut rules: Vec<CallRule> = tx.list_all("", LAST)?;
            rules.sort_by(|a, b| (a.place, &a.id).cmp(&(b.place, &b.id)));
            Ok(rules)
        })
    }
}

impl Desk<'_> {
    /// Saves a rule: a new one is on and comes last; of a known one the text, sender and conditions change, its place and
    /// whether it is on do not. What is planned goes with the new text.
    ///
    /// # Errors
    /// [`EngineError::CallRule`] with every fault, [`EngineError::TooManyRules`], [`EngineError::Store`].
    pub fn save_rule(&self, id: CallRuleId, spec: CallRuleSpec, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageRules, Action::RuleSaved, Some(id.as_str()), now, |tx| {
            let faults = check(&spec, tx.practice());
            if !faults.is_empty() {
                return Err(EngineError::CallRule(faults));
            }
            let mut rule = match tx.get::<CallRule>(id.as_str())? {
                Some(known) if known.spec == spec => return Ok(()),
                Some(known) => CallRule { spec: spec.clone(), version: known.version + 1, ..known },
                None => {
                    let counters = tx.counters();
                    if counters.rules_known >= u64::try_from(MAX_RULES).unwrap_or(u64::MAX) {
                        return Err(EngineError::TooManyRules);
                    }
                    counters.rules_known += 1;
                    counters.rule_places += 1;
                    CallRule {
                        id: id.clone(),
                        spec: spec.clone(),
                        state: RuleState::On,
                        version: 1,
                        place: counters.rule_places,
                        history: Vec::new(),
                    }
                }
            };
            self.rule_changed(tx, &mut rule)
        })
    }

    /// Switches a rule on or off; while it is off it acts on no call, and what it planned is withdrawn.
    ///
    /// # Errors
    /// [`EngineError::UnknownRule`], [`EngineError::Store`].
    pub fn switch_rule(&self, id: &CallRuleId, to: RuleSwitch, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageRules, Action::RuleSwitched, Some(id.as_str()), now, |tx| {
            let mut rule = find(tx, id)?;
            let state = match to {
                RuleSwitch::On => RuleState::On,
                RuleSwitch::Off => RuleState::Off,
            };
            if rule.state == state {
                return Ok(());
            }
            rule.state = state;
            if state == RuleState::Off {
                withdraw_planned(tx, id)?;
            }
            self.rule_changed(tx, &mut rule)
        })
    }

    /// Deletes a rule; what it planned is withdrawn, what it sent stays.
    ///
    /// # Errors
    /// [`EngineError::UnknownRule`], [`EngineError::Store`].
    pub fn delete_rule(&self, id: &CallRuleId, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageRules, Action::RuleDeleted, Some(id.as_str()), now, |tx| {
            let rule = find(tx, id)?;
            withdraw_planned(tx, id)?;
            tx.delete::<CallRule>(id.as_str())?;
            tx.counters().rules += 1;
            tx.counters().rules_known -= 1;
            let (state, version) = (RuleState::Deleted, rule.version);
            tx.event(Happening::RuleChanged { rule: rule.id, state, version, by: self.user().clone() })
        })
    }

    /// Puts rules into this order, at the places that they have now among the others.
    ///
    /// # Errors
    /// [`EngineError::UnknownRule`], [`EngineError::RuleNamedTwice`], [`EngineError::Store`].
    pub fn order_rules(&self, order: &[CallRuleId], now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageRules, Action::RulesOrdered, None, now, |tx| {
            let mut rules = Vec::new();
            let mut places = std::collections::BTreeSet::new();
            for id in order {
                let rule = find(tx, id)?;
                if !places.insert(rule.place) {
                    return Err(EngineError::RuleNamedTwice(id.clone()));
                }
                rules.push(rule);
            }
            for (mut rule, place) in rules.into_iter().zip(places) {
                if rule.place != place {
                    rule.place = place;
                    self.rule_changed(tx, &mut rule)?;
                }
            }
            Ok(())
        })
    }

    /// Stores a changed rule with who and when.
    fn rule_changed(&self, tx: &mut Tx<'_>, rule: &mut CallRule) -> Result<(), EngineError> {
        let (state, version) = (rule.state, rule.version);
        let by = self.user().clone();
        rule.history.push(CallRuleChange { at: tx.now, by: by.clone(), state, version });
        if rule.history.len() > MAX_HISTORY {
            rule.history.remove(0);
        }
        tx.put(rule)?;
        tx.counters().rules += 1;
        tx.event(Happening::RuleChanged { rule: rule.id.clone(), state, version, by })
    }
}

/// Which way a rule is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSwitch {
    /// It acts.
    On,
    /// It is kept, and does not act.
    Off,
}

fn find(tx: &mut Tx<'_>, id: &CallRuleId) -> Result<CallRule, EngineError> {
    tx.get::<CallRule>(id.as_str())?.ok_or_else(|| EngineError::UnknownRule(id.clone()))
}

/// Takes back what a rule planned and was not submitted.
fn withdraw_planned(tx: &mut Tx<'_>, id: &CallRuleId) -> Result<(), EngineError> {
    let (mut from, to) = prefix_range(&rule_key(id));
    loop {
        let range = (from, to.clone());
        let page = tx.scan_keys::<Message>(Index::MessageRule, range, MAX_PAGE, Order::Ascending)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        from = format!("{last}\0");
        for (_, mut message) in page {
            withdraw(tx, &mut message, Reason::RuleOff {})?;
        }
    }
}
