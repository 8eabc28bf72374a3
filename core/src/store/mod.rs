//! The trait `Store`: what the engine needs of a database, and nothing of what the engine means by it.
//!
//! A store keeps **rows**: JSON documents under a table and an id, and **entries**: ordered keys of named indexes that
//! point at rows. The engine derives the entries of every row; a store compares keys byte by byte and never looks into
//! a document. So a new query of the engine never changes a store, and a host can write one over any database in a
//! few dozen lines; the module `suite` (feature `testing`) tells whether it is right.
//!
//! **Serial practices.** Each practice has a version, which grows by one with each [`Commit`]. A commit names the version
//! that its reads were made at, and is refused ([`StoreError::Conflict`]) when another came between: the engine then
//! decides anew from fresh reads. That makes caps, budgets and ambiguity exact and event numbers gapless, while
//! practices run in parallel. A row changes by a commit and in no other way: a unit of work may go on with what the one before it
//! read, where no commit came between.
//!
//! Not allowed in this room: rules. What is due, what a key means and what follows stands in the room `engine`.

mod memory;
mod overlay;
#[cfg(any(test, feature = "testing"))]
pub mod suite;

pub use memory::MemoryStore;
pub(crate) use overlay::Overlay;

use crate::digits::push_padded;
use crate::model::{PracticeId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most rows of one scan.
pub const MAX_PAGE: u32 = 1_000;

macro_rules! wire_names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $wire:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $wire)] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, for a column or a key.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $wire),* }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($wire => Some(Self::$variant),)* _ => None }
            }

            /// The stable number, from 0 up in the order of [`ALL`](Self::ALL), for a column that sorts as the type does.
            #[must_use]
            pub fn code(self) -> u16 {
                self as u16
            }

            /// The one of that number; `None` for one that a newer release added.
            #[must_use]
            pub fn from_code(code: u16) -> Option<Self> {
                Self::ALL.get(usize::from(code)).copied()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

wire_names! {
    /// What a row is. Append-only: names, numbers and order are part of what stores have written.
    Table {
        /// The practice, its settings and counters: one row, id `practice`.
        Practice = "practice",
        /// Patients.
        Patient = "patient",
        /// Visits with their files.
        Visit = "visit",
        /// Campaigns.
        Campaign = "campaign",
        /// Messages.
        Message = "message",
        /// Requests for an answer.
        Request = "request",
        /// Opt-outs by the number's keyed hash.
        OptOut = "opt_out",
        /// Numbers that a gateway refused for good.
        BadNumber = "bad_number",
        /// Events, in order of their numbers.
        Event = "event",
        /// Jobs that `work` advances.
        Job = "job",
        /// Counters of statistics.
        Tally = "tally",
        /// A gateway's pause.
        Pause = "pause",
        /// Parts of incoming messages that wait for the rest.
        Parts = "parts",
        /// Rules for SMS after a call.
        CallRule = "call_rule",
        /// Calls, with what the rules made of them.
        Call = "call",
        /// Stored templates.
        Template = "template",
        /// Half-filled campaigns.
        Draft = "draft",
        /// The audit trail, in order of its numbers.
        Audit = "audit",
        /// What gateways' accounts allow and have left.
        Account = "account",
    }
}

wire_names! {
    /// An ordered index. Keys are text; parts of a key are joined by `|`, numbers padded so that they sort.
    /// Append-only, as [`Table`] is.
    Index {
        /// When a message or waiting parts want to be looked at: instant. The queue of `dispatch`.
        Due = "due",
        /// When a job wants to go on: instant. The queue of `work`.
        Work = "work",
        /// Messages of a visit: visit.
        MessageVisit = "message_visit",
        /// Messages of a patient in time order: patient, instant.
        MessagePatient = "message_patient",
        /// Messages submitted to a patient: patient, local day of the last submission.
        MessageSubmitted = "message_submitted",
        /// Messages of a campaign that may still change: campaign.
        MessageOpen = "message_open",
        /// Messages that may still change, by number.
        MessageNumber = "message_number",
        /// Messages handed to a gateway and not final, by the instant of submission.
        MessageUnderway = "message_underway",
        /// All messages in time order: instant.
        MessageTime = "message_time",
        /// Incoming messages by what makes them the same: gateway and its id.
        MessageInbound = "message_inbound",
        /// Open requests by number.
        RequestNumber = "request_number",
        /// Open requests by visit.
        RequestVisit = "request_visit",
        /// Requests by each message that asked.
        RequestMessage = "request_message",
        /// Visits of a patient by start: patient, instant.
        VisitPatient = "visit_patient",
        /// Visits of a patient that took place, by start: patient, instant.
        VisitTookPlace = "visit_took_place",
        /// Visits booked together: patient, series.
        VisitSeries = "visit_series",
        /// Visits by start: instant.
        VisitStart = "visit_start",
        /// Patients by number, E.164.
        PatientNumber = "patient_number",
        /// Counters of a campaign: campaign, step, day.
        TallyCampaign = "tally_campaign",
        /// Shared: a message by our reference, over all practices.
        Reference = "reference",
        /// Shared: a message by gateway and the gateway's id, over all practices.
        ProviderId = "provider_id",
        /// Shared: a practice by a number or sender of its own.
        OwnNumber = "own_number",
        /// Messages of a call: exchange, call.
        MessageCall = "message_call",
        /// Messages of a rule that may still change: rule, message.
        MessageRule = "message_rule",
        /// Messages of rules that went or are to go: number, instant.
        MessageGap = "message_gap",
        /// Calls by the other party's number: number, beginning.
        CallNumber = "call_number",
        /// Calls by their beginning: instant.
        CallTime = "call_time",
        /// Messages of a kind of campaign in time order: kind, instant.
        MessageKind = "message_kind",
        /// Messages of a status in time order: status, instant.
        MessageStatus = "message_status",
        /// Messages of a campaign in time order: campaign, instant.
        MessageCampaign = "message_campaign",
        /// Messages of a number in time order: number, instant.
        MessagePhone = "message_phone",
        /// Unread messages in time order: instant; and of a patient: patient, instant.
        MessageUnread = "message_unread",
        /// Messages by the words of their text in time order: word, instant.
        MessageWord = "message_word",
        /// Messages about a patient: campaign, patient, occasion.
        MessageOccasion = "message_occasion",
        /// Patients by the ends of the words of their names, and of their numbers.
        PatientWord = "patient_word",
        /// Patients by birthday: month and day.
        PatientBirthday = "patient_birthday",
        /// What waits for a person: instant.
        Inbox = "inbox",
        /// Cards that were merged: the card that stayed.
        PatientMerged = "patient_merged",
    }
}

impl Index {
    /// Whether the index spans all practices of the store and is read by [`Store::find`] instead of
    /// [`Store::scan`].
    #[must_use]
    pub fn is_shared(self) -> bool {
        matches!(self, Self::Reference | Self::ProviderId | Self::OwnNumber)
    }
}

/// A row's name in its practice. It may stand in logs and errors, so an id is never a telephone number: a number's row
/// goes by its keyed hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// What it is.
    pub table: Table,
    /// Its id; ids of one table sort byte by byte.
    pub id: String,
}

/// An entry of an index that points at the row it is written with. Keys can hold telephone numbers: `Debug` keeps them
/// to itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Which index.
    pub index: Index,
    /// The key.
    pub key: String,
}

/// One row's change. `Debug` keeps the document and the keys to itself, as it does for all types here that hold any.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Which row.
    pub row: RowKey,
    /// The new document; `None` deletes the row with all its entries, whether `remove` names them or not, so that no
    /// queue waits for a row that is gone and no number stays in a key. Deleting what is not there is no error.
    pub doc: Option<String>,
    /// Entries to add; adding one that stands is no error. Of no effect where the row is deleted.
    pub add: Vec<Entry>,
    /// Entries to take away, before those of `add` are added; taking one that is not there is no error.
    pub remove: Vec<Entry>,
}

/// A set of changes that is stored whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Whose rows.
    pub practice: PracticeId,
    /// The version the reads were made at; 0 creates the practice.
    pub version: u64,
    /// The changes; no row twice.
    pub writes: Vec<Write>,
}

/// A part of an index, in order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Which index; never a shared one.
    pub index: Index,
    /// Keys from this one on, itself included.
    pub from: String,
    /// Keys before this one.
    pub to: String,
    /// The most rows, 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// In which order.
    pub order: Order,
}

/// The order of a scan. Keys sort byte by byte; rows under one key come in the order of their [`RowKey`]s (table as in
/// [`Table::ALL`], then id byte by byte), or its reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Lowest key first.
    Ascending,
    /// Highest key first.
    Descending,
}

/// A row that a scan found.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The key it stands under.
    pub key: String,
    /// The row.
    pub row: RowKey,
    /// Its document.
    pub doc: String,
}

/// Why a store did not do it. Nothing was changed, but for one case: a commit to a database that went away before it answered,
/// and stayed away, is [`Unavailable`](Self::Unavailable) and may stand. The engine reads anew before it decides again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another commit of this practice came between.
    #[error("the practice was changed meanwhile: expected version {expected}, found {found}")]
    Conflict {
        /// The version the commit was made at.
        expected: u64,
        /// The version in the store.
        found: u64,
    },
    /// The store cannot be used now: busy, full, gone; the same call may succeed later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The stored data cannot be read, or were written by a newer release.
    #[error("the stored data cannot be read: {0}")]
    Corrupt(String),
}

/// A database for the engine. Every method may be called from several threads, and by several processes where the
/// store allows it. A call sees whole commits, never a part of one, and all that an earlier call saw or stored.
pub trait Store: Send + Sync {
    /// The practice's version: 0 when there is no such practice.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`]; the same for all methods.
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError>;

    /// The documents of these rows, in the order asked, `None` for those that are not there.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError>;

    /// The rows of one table whose ids lie in `from..to` (bytewise), in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError>;

    /// The rows of a part of an index.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError>;

    /// Stores all of it or nothing, and returns the new version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the practice is not at the commit's version.
    fn commit(&self, commit: &Commit) -> Result<u64, StoreError>;

    /// The rows under a key of a shared index, over all practices, in the order of practice and row.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError>;

    /// The practices with an entry in `queue` ([`Index::Due`] or [`Index::Work`]) at or before `until`, each with
    /// the instant of its earliest key, earliest first (those of one instant by their ids), at most `limit`. It looks at
    /// one entry of each practice, so that a long queue costs nothing.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError>;

    /// What a unit of work begins with, in one call: the [`version`](Self::version), and rows as [`read`](Self::read) gives
    /// them, of that moment or a later one. A store that is far away answers in one round trip.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn begin(
        &self,
        practice: &PracticeId,
        rows: &[RowKey],
    ) -> Result<(u64, Vec<Option<String>>), StoreError> {
        Ok((self.version(practice)?, self.read(practice, rows)?))
    }

    /// Several parts of indexes in one call, each as [`scan`](Self::scan) gives it; not necessarily all of one moment. A
    /// store that is far away answers them in one round trip.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        scans.iter().map(|scan| self.scan(practice, scan)).collect()
    }

    /// Takes a practice's turn at `queue`, so that dispatchers on one database work side by side instead of in each
    /// other's way. `None`: another one has it now, or nothing stands in the queue at or before `until` any more. The turn
    /// ends when it is dropped, and when its process or its connection dies.
    ///
    /// It spares work and promises nothing: what keeps a message from going twice are versions and leases. A store that
    /// does not know of others gives every turn.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn turn(
        &self,
        practice: &PracticeId,
        queue: Index,
        until: Timestamp,
    ) -> Result<Option<Turn<'_>>, StoreError> {
        let _ = (practice, queue, until);
        Ok(Some(Turn::free()))
    }

    /// Drops what deleted rows and replaced documents left behind in files, logs and free room: after it no byte of them is
    /// in what the store keeps. A store that leaves nothing behind has nothing to do; one over a database server does what that can
    /// do while others use it, and documents the rest. It may take long, and is asked for after an erasure.
    ///
    /// # Errors
    /// As [`version`](Self::version); nothing is lost, and the same call may succeed later.
    fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A practice's turn, held until it is dropped.
pub struct Turn<'s>(Option<Box<dyn Held + 's>>);

/// Whatever a store gives back when a turn ends; its `Drop` does it.
trait Held {}
impl<T> Held for T {}

impl<'s> Turn<'s> {
    /// A turn that nobody has to give back.
    #[must_use]
    pub fn free() -> Self {
        Self(None)
    }

    /// A turn that ends as `held` is dropped.
    #[must_use]
    pub fn holding(held: impl Sized + 's) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("held", &self.0.is_some()).finish()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("index", &self.index).finish_non_exhaustive()
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("row", &self.row)
            .field("deletes", &self.doc.is_none())
            .field("add", &self.add)
            .field("remove", &self.remove)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("index", &self.index)
            .field("limit", &self.limit)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("row", &self.row).finish_non_exhaustive()
    }
}

/// The digits of an instant in a key.
const INSTANT_DIGITS: usize = 15;

/// Appends an instant as [`instant_key`] has it.
pub(crate) fn push_instant_key(key: &mut String, at: Timestamp) {
    push_padded(key, since_1970(at), INSTANT_DIGITS);
}

fn since_1970(at: Timestamp) -> u64 {
    u64::try_from(at.ms()).unwrap_or(0)
}

/// How an instant stands in a key: milliseconds, padded, so that keys sort by time (from the year 1970 on).
#[must_use]
pub fn instant_key(at: Timestamp) -> String {
    let mut key = String::with_capacity(INSTANT_DIGITS);
    push_instant_key(&mut key, at);
    key
}

/// The key right after all those of an instant, however they go on: the end of a range that includes it.
#[must_use]
pub fn instant_key_after(at: Timestamp) -> String {
    // instants end in the year 9999, so there is always one more millisecond in a key
    let mut key = String::with_capacity(INSTANT_DIGITS);
    push_padded(&mut key, since_1970(at).saturating_add(1), INSTANT_DIGITS);
    key
}

/// The instant of a key that begins with one; `None` where it does not.
#[must_use]
pub fn key_instant(key: &str) -> Option<Timestamp> {
    key.get(..15)?.parse().ok().map(Timestamp::from_ms)
}
