//! The audit trail: who changed what, read by those who may.

use super::record::number_id;
use super::{EngineError, Side, Who};
use crate::model::{AuditEntry, AuditFilter, Permission};
use crate::store::MAX_PAGE;
use serde::{Deserialize, Serialize};

/// Lines of the audit trail, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditPage {
    /// The lines that the filter lets through.
    pub entries: Vec<AuditEntry>,
    /// Where the next page goes on; `None` on the last.
    pub next: Option<u64>,
}

/// The most lines that one page looks at.
const LOOKED_AT: u64 = MAX_PAGE as u64;

impl<W: Who> Side<'_, W> {
    /// The audit trail, newest first, a page at a time: `from` is the `next` of the page before, `limit` 1 to 1,000.
    ///
    /// A page looks at no more than 1,000 lines, so that with a filter one may have fewer lines than asked for, or none,
    /// and still a `next`.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::ManageSettings`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn audit(
        &self,
        filter: &AuditFilter,
        from: Option<u64>,
        limit: u32,
    ) -> Result<AuditPage, EngineError> {
        self.read(Permission::ManageSettings, |tx| {
            // lines are numbered without gaps: the place is the number
            let last = from.unwrap_or(u64::MAX).min(tx.counters().audits);
            let first = last.saturating_sub(LOOKED_AT - 1).max(1);
            let mut lines: Vec<AuditEntry> =
                tx.list(&number_id(first), &number_id(last.saturating_add(1)), MAX_PAGE)?;
            lines.reverse();
            let limit = usize::try_from(limit.clamp(1, MAX_PAGE)).unwrap_or(usize::MAX);
            let (mut entries, mut next) = (Vec::new(), first - 1);
            for line in lines {
                if entries.len() == limit {
                    next = line.no;
                    break;
                }
                if filter.takes(&line) {
                    entries.push(line);
                }
            }
            Ok(AuditPage { entries, next: (next > 0).then_some(next) })
        })
    }
}
