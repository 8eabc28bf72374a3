//! Who asks: the host itself, or a person at the desk, who needs the permission for it.
//!
//! Every question and every act of a person names its permission in the one call that opens its unit of work
//! ([`Side::read`], [`Side::act`]), so that none can forget it.

use super::tx::Tx;
use super::{Engine, EngineError};
use crate::model::{Action, AuditEntry, Permission, Practice, PracticeId, Timestamp, User, UserId};

/// One practice's side of the engine, for the host itself ([`Clinic`]) or for a user ([`Desk`]).
pub struct Side<'e, W> {
    pub(super) engine: &'e Engine,
    pub(super) id: PracticeId,
    pub(super) who: W,
}

/// One practice's side of the engine: what its host tells and asks.
pub type Clinic<'e> = Side<'e, Host>;

/// A person's side of a practice: what they do and ask, refused without the permission.
pub type Desk<'e> = Side<'e, User>;

/// The host itself: it may ask everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host;

/// Who asks. Implemented for [`Host`] and [`User`], and for nobody else.
pub trait Who: sealed::Sealed {
    /// What they may do; `None` means everything.
    fn permissions(&self) -> Option<&User>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Host {}
    impl Sealed for crate::model::User {}
}

impl Who for Host {
    fn permissions(&self) -> Option<&User> {
        None
    }
}

impl Who for User {
    fn permissions(&self) -> Option<&User> {
        Some(self)
    }
}

/// Settings and rules belong to campaigns, unless the practice asks for them apart.
fn needed(practice: &Practice, asked: Permission) -> Permission {
    match asked {
        Permission::ManageRules | Permission::ManageSettings
            if !practice.separate_permissions.contains(&asked) =>
        {
            Permission::ManageCampaigns
        }
        _ => asked,
    }
}

fn check(who: &impl Who, practice: &Practice, asked: Permission) -> Result<(), EngineError> {
    let permission = needed(practice, asked);
    match who.permissions() {
        Some(user) if !user.permissions.contains(&permission) => Err(EngineError::NotPermitted(permission)),
        _ => Ok(()),
    }
}

impl<W: Who> Side<'_, W> {
    /// The practice.
    #[must_use]
    pub fn id(&self) -> &PracticeId {
        &self.id
    }

    /// Reads for somebody with this permission.
    pub(super) fn read<T>(
        &self,
        permission: Permission,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.read_at(permission, Timestamp::default(), work)
    }

    /// The same where the answer depends on the time. What `work` changes is never committed.
    pub(super) fn read_at<T>(
        &self,
        permission: Permission,
        now: Timestamp,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut tx = Tx::begin(&*self.engine.store, &self.engine.rules, &self.id, now)?;
        check(&self.who, tx.practice(), permission)?;
        work(&mut tx)
    }
}

impl Desk<'_> {
    pub(super) fn user(&self) -> &UserId {
        &self.who.id
    }

    /// Does something for this user, and writes it down when it changed anything. `subject` identifies what it is done to.
    pub(super) fn act<T>(
        &self,
        permission: Permission,
        action: Action,
        subject: Option<&str>,
        now: Timestamp,
        work: impl Fn(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let named = |tx: &mut Tx<'_>| Ok((work(tx)?, subject.map(ToOwned::to_owned)));
        self.act_on_new(permission, action, now, named)
    }

    /// The same for what is identified only when it is done: `work` says by what.
    pub(super) fn act_on_new<T>(
        &self,
        permission: Permission,
        action: Action,
        now: Timestamp,
        work: impl Fn(&mut Tx<'_>) -> Result<(T, Option<String>), EngineError>,
    ) -> Result<T, EngineError> {
        self.touch(permission, now, |tx| {
            let (result, subject) = work(tx)?;
            if tx.is_changed() {
                self.note(tx, action, subject.as_deref())?;
            }
            Ok(result)
        })
    }

    /// Does something for this user without writing it down.
    pub(super) fn touch<T>(
        &self,
        permission: Permission,
        now: Timestamp,
        work: impl Fn(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.engine.transact(&self.id, now, |tx| {
            check(&self.who, tx.practice(), permission)?;
            work(tx)
        })
    }

    /// Writes a line of the audit trail.
    pub(super) fn note(
        &self,
        tx: &mut Tx<'_>,
        action: Action,
        subject: Option<&str>,
    ) -> Result<(), EngineError> {
        tx.counters().audits += 1;
        let (no, at, by) = (tx.counters().audits, tx.now, self.user().clone());
        tx.put(&AuditEntry { no, at, by, action, subject: subject.map(ToOwned::to_owned) })
    }
}
