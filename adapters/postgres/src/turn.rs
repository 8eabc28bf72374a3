//! A practice's turn: a row of `turns`, locked by an open transaction. The lock goes with the transaction, the connection,
//! the process and the machine. Commits lock other rows, so they do not wait for
//! a turn. While one is held its transaction keeps vacuum from what was deleted since.

use crate::connection::Session;
use crate::error::Failure;
use crate::read::code;
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Index, instant_key_after};

pub(crate) const TAKE: &str = "SELECT true FROM turns t \
    WHERE t.practice = (SELECT num FROM practices WHERE id = $1) AND t.queue = $2 \
    AND EXISTS (SELECT FROM queues q WHERE q.practice = t.practice AND q.queue = t.queue AND q.at < $3) \
    FOR UPDATE OF t SKIP LOCKED";

/// Begins a transaction and takes the lock in it; says whether it has it.
pub(crate) async fn take(
    session: &mut Session,
    practice: &PracticeId,
    queue: Index,
    until: Timestamp,
) -> Result<bool, Failure> {
    let bound = instant_key_after(until);
    let practice = practice.as_str().as_bytes();
    let rows =
        session.query_after("BEGIN", TAKE, &[&practice, &code(queue.code()), &bound.as_bytes()]).await?;
    Ok(!rows.is_empty())
}
