//! The schema and its versions: what makes a schema ours, and how an older one becomes a present one.
//!
//! A released step is never changed; a change is a new step at the end. Functions are part of the steps.

use crate::connection::{Connection, Session};
use crate::error::{Failure, corrupt, unavailable};
use std::time::{Duration, Instant};

/// What leads from version n to version n + 1.
pub(crate) const STEPS: &[&str] = &[include_str!("schema_1.sql")];

/// The oldest release of PostgreSQL that will do.
const SERVER: i32 = 150_000;
/// "Dpsz": with a hash of the schema's name, the key of the lock that migrations take.
const LOCK: i32 = 0x4470_737a;
/// How long the steps may take: an index over millions of rows takes minutes.
const LIMIT: Duration = Duration::from_secs(3_600);

const STANDING: &str = "SELECT current_setting('server_version_num')::int4, \
    pg_catalog.pg_encoding_to_char(encoding)::text, \
    to_regnamespace(quote_ident($1))::oid IS NOT NULL, \
    to_regclass(quote_ident($1) || '.about') IS NOT NULL, \
    EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1))::oid) \
    FROM pg_database WHERE datname = current_database()";
const VERSION: &str = "SELECT schema_version FROM about";

/// Brings the schema to the present version, all steps in one transaction under a lock, so that several processes may start at
/// once. Does not write to one that is up to date, and not to one that is another program's.
pub(crate) fn migrate(connection: &mut Connection, schema: &str, steps: &[&str]) -> Result<(), Failure> {
    let deadline = Instant::now() + LIMIT;
    connection.run_until(deadline, async |session| {
        if applied(session, schema, steps.len()).await?.0 == steps.len() {
            return Ok(());
        }
        let begin = format!(
            "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
             SELECT pg_advisory_xact_lock({LOCK}, hashtext('{schema}'))"
        );
        session.batch(&begin).await?;
        let done = apply(session, schema, steps).await;
        session.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        done
    })
}

async fn apply(session: &mut Session, schema: &str, steps: &[&str]) -> Result<(), Failure> {
    // another process may have been faster
    let (applied, exists) = applied(session, schema, steps.len()).await?;
    if applied == 0 {
        let create = if exists { String::new() } else { format!("CREATE SCHEMA \"{schema}\"; ") };
        session.batch(&format!("{create}CREATE TABLE about (schema_version int4 NOT NULL)")).await?;
        session.batch("INSERT INTO about VALUES (0)").await?;
    }
    for step in steps.iter().skip(applied) {
        session.batch(step).await?;
    }
    session.batch(&format!("UPDATE about SET schema_version = {}", steps.len())).await
}

/// How many steps the schema has behind it, and whether there is a schema of that name.
async fn applied(session: &mut Session, schema: &str, known: usize) -> Result<(usize, bool), Failure> {
    let rows = session.query(STANDING, &[&schema]).await?;
    let row = rows.first().ok_or_else(|| corrupt("the server does not know its own database"))?;
    let (server, encoding): (i32, String) = (row.try_get(0)?, row.try_get(1)?);
    let (exists, ours, anything): (bool, bool, bool) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
    if server < SERVER {
        let (is, least) = (server / 10_000, SERVER / 10_000);
        return Err(unavailable(&format!("the server is PostgreSQL {is}, expected {least} or later")).into());
    }
    if encoding != "UTF8" {
        return Err(unavailable(&format!("the database's encoding is {encoding}, expected UTF8")).into());
    }
    if !ours {
        return match anything {
            true => Err(corrupt(&format!("the schema {schema} holds another program's tables")).into()),
            false => Ok((0, exists)),
        };
    }
    let rows = session.query(VERSION, &[]).await?;
    let version: i32 = rows.first().ok_or_else(|| corrupt("the schema's version is missing"))?.try_get(0)?;
    match usize::try_from(version) {
        Ok(version) if version <= known => Ok((version, exists)),
        _ => {
            let newer = format!("written by a newer release: schema {version}, this release knows {known}");
            Err(corrupt(&newer).into())
        }
    }
}

/// Each by itself: a vacuum is no part of a transaction.
const VACUUM: &[&str] =
    &["VACUUM rows", "VACUUM entries", "VACUUM shared", "VACUUM practices", "VACUUM queues"];

/// On a connection of its own, which is not used for anything else.
pub(crate) fn vacuum(mut connection: Connection) -> Result<(), Failure> {
    connection.run_until(Instant::now() + LIMIT, async |session| {
        session.batch("SET statement_timeout = 0").await?;
        for table in VACUUM {
            session.batch(table).await?;
        }
        Ok(())
    })
}
