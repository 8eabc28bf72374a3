//! The desk's one list of what waits for a person.
//!
//! What is on it follows from the records themselves (`record.rs` and `list_keys.rs` derive its entries), so that it can
//! neither miss anything nor keep what is over.

use super::lists::{patient_name, row};
use super::record::number_id;
use super::row::parse;
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who, account};
use crate::message::{Waits, waits};
use crate::model::{
    Account, Action, BadNumber, Direction, GatewayPause, InboxItem, InboxPage, InboxRef, InboxWhat, Message,
    Permission, RowAction, Timestamp,
};
use crate::store::{Found, Index, MAX_PAGE, Order, Table, key_instant};

/// What begins a cursor of this list.
const CURSOR: char = 'i';

impl<W: Who> Side<'_, W> {
    /// What waits for a person, newest first: at most `limit` (1 to 1,000) from where `from`, the `next` of the page before,
    /// left off.
    ///
    /// # Errors
    /// [`EngineError::BadCursor`]; else as [`visit`](Self::visit).
    pub fn inbox(&self, from: Option<&str>, limit: u32) -> Result<InboxPage, EngineError> {
        let limit = limit.clamp(1, MAX_PAGE);
        self.read(Permission::CommunicationCenter, |tx| {
            let to = from.map_or_else(|| Ok("~".to_owned()), key_of)?;
            let found = tx.found(Index::Inbox, (String::new(), to), limit, Order::Descending)?;
            let full = u32::try_from(found.len()).unwrap_or(limit) == limit;
            let last = found.last().filter(|_| full).map(|found| found.key.clone());
            let more = |last: &String| {
                tx.found(Index::Inbox, (String::new(), last.clone()), 1, Order::Descending)
                    .map(|rest| !rest.is_empty())
            };
            let next = match last {
                Some(last) if more(&last)? => Some(format!("{CURSOR}{last}")),
                _ => None,
            };
            let items = found.iter().map(|found| item(tx, found)).filter_map(Result::transpose);
            Ok(InboxPage { items: items.collect::<Result<_, _>>()?, next })
        })
    }
}

impl Desk<'_> {
    /// Says that something on the list was dealt with: it goes off it. A message that came in counts as read. What is in
    /// doubt stays in doubt ([`settle_doubt`](Self::settle_doubt) says what became of it), a bad number bad, and a paused
    /// gateway paused. Settling what is not there changes nothing.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`], [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn settle(&self, item: &InboxRef, now: Timestamp) -> Result<(), EngineError> {
        let subject = match item {
            InboxRef::Message(id) => id.to_string(),
            InboxRef::BadNumber(hash) => hash.clone(),
            InboxRef::Pause(gateway) | InboxRef::Account(gateway) => gateway.to_string(),
        };
        self.act(
            Permission::CommunicationCenter,
            Action::InboxSettled,
            Some(&subject),
            now,
            |tx| match item {
                InboxRef::Message(id) => change::<Message>(tx, &number_id(id.0), |message| {
                    message.settled = true;
                    message.read |= message.direction == Direction::Incoming;
                }),
                InboxRef::BadNumber(hash) => change::<BadNumber>(tx, hash, |number| number.settled = true),
                InboxRef::Pause(gateway) => {
                    change::<GatewayPause>(tx, gateway.as_str(), |pause| pause.settled = true)
                }
                InboxRef::Account(gateway) => {
                    change::<Account>(tx, gateway.as_str(), |account| account.settled = true)
                }
            },
        )
    }
}

/// Changes a record that is there.
fn change<R: super::record::Record + Clone + PartialEq>(
    tx: &mut Tx<'_>,
    id: &str,
    change: impl FnOnce(&mut R),
) -> Result<(), EngineError> {
    let Some(mut record) = tx.get::<R>(id)? else { return Ok(()) };
    let before = record.clone();
    change(&mut record);
    if record == before { Ok(()) } else { tx.put(&record) }
}

/// The key that a cursor names.
fn key_of(cursor: &str) -> Result<String, EngineError> {
    let key = cursor.strip_prefix(CURSOR).ok_or(EngineError::BadCursor)?;
    let mut parts = key.split('|');
    let at = parts.next().filter(|at| at.len() == 15 && at.bytes().all(|byte| byte.is_ascii_digit()));
    let table = parts.next().and_then(Table::from_name);
    let id = parts.next().filter(|id| !id.is_empty());
    if at.is_some() && table.is_some() && id.is_some() && parts.next().is_none() {
        Ok(key.to_owned())
    } else {
        Err(EngineError::BadCursor)
    }
}

/// A row as something that waits; `None` for a kind that this release does not know.
fn item(tx: &mut Tx<'_>, found: &Found) -> Result<Option<InboxItem>, EngineError> {
    let at = key_instant(&found.key).unwrap_or_default();
    Ok(match found.row.table {
        Table::Message => of_message(tx, parse(&found.doc)?, at)?,
        Table::BadNumber => {
            let BadNumber { number_hash, patient, .. } = parse(&found.doc)?;
            let patient_name = match &patient {
                Some(patient) => patient_name(tx, patient)?,
                None => None,
            };
            let what = InboxWhat::BadNumber { patient, patient_name };
            let actions = vec![RowAction::CorrectNumber, RowAction::Settle];
            Some(InboxItem { id: InboxRef::BadNumber(number_hash), at, what, actions })
        }
        Table::Pause => {
            let GatewayPause { gateway, class, until, .. } = parse(&found.doc)?;
            let id = InboxRef::Pause(gateway.clone());
            let what = InboxWhat::GatewayPaused { gateway, class, until };
            Some(InboxItem { id, at, what, actions: vec![RowAction::ResumeGateway, RowAction::Settle] })
        }
        Table::Account => {
            let Account { state, .. } = parse(&found.doc)?;
            let left = account::left(tx.practice(), &state).unwrap_or(0);
            let id = InboxRef::Account(state.gateway.clone());
            let what = InboxWhat::LowBalance { gateway: state.gateway, left };
            Some(InboxItem { id, at, what, actions: vec![RowAction::TopUp, RowAction::Settle] })
        }
        _ => None,
    })
}

fn of_message(tx: &mut Tx<'_>, message: Message, at: Timestamp) -> Result<Option<InboxItem>, EngineError> {
    let Some(waits) = waits(&message) else { return Ok(None) };
    let id = InboxRef::Message(message.id);
    let row = Box::new(row(tx, message)?);
    let actions = row.actions.clone();
    let what = match waits {
        Waits::Ambiguous => InboxWhat::Ambiguous { row },
        Waits::StopMentioned => InboxWhat::StopMentioned { row },
        Waits::OptedOut => InboxWhat::OptedOut { row },
        Waits::InDoubt => InboxWhat::InDoubt { row },
        Waits::Unread => InboxWhat::Unread { row },
    };
    Ok(Some(InboxItem { id, at, what, actions }))
}
