//! What a user says about the connection: options with units, and the url.
//!
//! Not allowed here: a connection, and a `Debug` that shows a url.

use crate::error::unavailable;
use depesza::store::StoreError;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// How to use a database. A url may set some of it too (see [`PostgresStore::open`](crate::PostgresStore::open)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The schema that holds the tables, created when it is not there: 1 to 63 of `a`-`z`, `0`-`9` and `_`, not beginning with
    /// a digit or `pg_`.
    pub schema: String,
    /// The most connections for calls, 1 to 1,000; opened as they are needed and kept. Further calls wait for one.
    pub connections: u32,
    /// The most connections that hold turns, besides those for calls, 0 to 1,000. A dispatcher beyond them works without
    /// turns: it may then meet another one in the same practice and repeat its work.
    pub turn_connections: u32,
    /// How long the server may work on one statement, in milliseconds from 1 up.
    pub statement_timeout_ms: u32,
    /// How long a statement waits for another's lock, in milliseconds from 1 up.
    pub lock_timeout_ms: u32,
    /// How long a connection to one address may take, in milliseconds from 1 up; then the url's next one is tried.
    pub connect_timeout_ms: u32,
    /// How long a call may take as a whole, in milliseconds from 1 up: with waiting for a connection, and with reconnecting
    /// and repeating when one was lost. Then it answers [`StoreError::Unavailable`].
    pub call_timeout_ms: u32,
    /// How long a turn may last before the server ends it, in milliseconds from 1 up: that of a process which stands still
    /// without having died. Longer than the slowest gateway needs for a batch.
    pub turn_timeout_ms: u32,
    /// After how many seconds of silence a TCP connection is probed, from 1 up; one that then stays silent for half a minute
    /// is lost.
    pub keepalive_s: u32,
    /// The name in the server's `pg_stat_activity` and logs.
    pub application_name: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            schema: "depesza".to_owned(),
            connections: 8,
            turn_connections: 8,
            statement_timeout_ms: 10_000,
            lock_timeout_ms: 5_000,
            connect_timeout_ms: 5_000,
            call_timeout_ms: 20_000,
            turn_timeout_ms: 300_000,
            keepalive_s: 30,
            application_name: "depesza".to_owned(),
        }
    }
}

/// Where and how to connect. Holds the password, so it has no `Debug`.
pub(crate) struct Target {
    pub config: Config,
    pub options: Options,
    /// Certificates to trust instead of the system's, as PEM.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only TLS reads it"))]
    pub root_certificates: Option<PathBuf>,
}

/// The longest name that PostgreSQL does not cut.
const MAX_NAME: usize = 63;
/// How often, and how many seconds apart, a silent connection is probed before it counts as lost.
const PROBES: u32 = 3;
const PROBE_S: u64 = 10;

impl Target {
    pub(crate) fn of(url: &str, mut options: Options) -> Result<Self, StoreError> {
        if !(url.starts_with("postgresql://") || url.starts_with("postgres://")) {
            return Err(unavailable("the url does not begin with postgresql:// or postgres://"));
        }
        let (mut ssl_mode, mut root_certificates) = (None, None);
        let mut rest = Vec::new();
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let number =
                || value.parse().map_err(|_| unavailable(&format!("the url: {name} is not a number")));
            match name {
                "schema" => value.clone_into(&mut options.schema),
                "connections" => options.connections = number()?,
                "turn_connections" => options.turn_connections = number()?,
                "sslmode" => ssl_mode = Some(value),
                "sslrootcert" => root_certificates = Some(PathBuf::from(value)),
                _ => rest.push(pair),
            }
        }
        options.check()?;
        let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        // the library's error could quote the url
        let mut config: Config =
            url.parse().map_err(|_| unavailable("the url has a part that PostgreSQL's urls do not have"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unavailable(
                "the url names no host: postgresql://USER@HOST/DATABASE, or ?host=/DIRECTORY",
            ));
        }
        config.ssl_mode(chosen(ssl_mode, &config)?);
        options.apply(&mut config);
        Ok(Self { config, options, root_certificates })
    }

    /// How long all servers of the url may take to connect, one after the other: one that is silent must leave time for the next.
    /// Once more for a name with two addresses, and for what comes after the connection.
    pub(crate) fn connect_limit(&self) -> Duration {
        let servers = self.config.get_hosts().len().max(self.config.get_hostaddrs().len()).saturating_add(1);
        let one = Duration::from_millis(self.options.connect_timeout_ms.into());
        one.saturating_mul(u32::try_from(servers).unwrap_or(u32::MAX))
    }
}

/// Which of the two modes: what the url says; else TLS unless the server is on this machine.
fn chosen(said: Option<&str>, config: &Config) -> Result<SslMode, StoreError> {
    let mode = match said {
        Some("disable") => SslMode::Disable,
        Some("require" | "verify-full") => SslMode::Require,
        Some(_) => return Err(unavailable("the url: sslmode is none of disable, require, verify-full")),
        None if stays_here(config) => SslMode::Disable,
        None => SslMode::Require,
    };
    if mode == SslMode::Require && cfg!(not(feature = "tls")) {
        return Err(unavailable(
            "the url wants TLS, as every other machine's does without sslmode=disable, and this build has no feature tls",
        ));
    }
    Ok(mode)
}

fn stays_here(config: &Config) -> bool {
    let host = |host: &Host| match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(host) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

impl Options {
    fn check(&self) -> Result<(), StoreError> {
        let schema = self.schema.as_bytes();
        let letters = schema.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
        let begins = !schema.first().is_some_and(u8::is_ascii_digit) && !self.schema.starts_with("pg_");
        let whole = |name: &str, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(unavailable(&format!("the option {name} is not {least} to {most}")))
        };
        if !(1..=MAX_NAME).contains(&schema.len()) || !letters || !begins {
            return Err(unavailable(
                "the option schema is not 1 to 63 of a-z, 0-9 and _, without pg_ or a digit in front",
            ));
        }
        let longest = i32::MAX as u32;
        whole("connections", self.connections, 1, 1_000)?;
        whole("turn_connections", self.turn_connections, 0, 1_000)?;
        whole("statement_timeout_ms", self.statement_timeout_ms, 1, longest)?;
        whole("lock_timeout_ms", self.lock_timeout_ms, 1, longest)?;
        whole("connect_timeout_ms", self.connect_timeout_ms, 1, longest)?;
        whole("call_timeout_ms", self.call_timeout_ms, 1, longest)?;
        whole("turn_timeout_ms", self.turn_timeout_ms, 1, longest)?;
        whole("keepalive_s", self.keepalive_s, 1, 86_400)
    }

    fn apply(&self, config: &mut Config) {
        if config.get_application_name().is_none() {
            config.application_name(&self.application_name);
        }
        // a standby that only reads would answer with what was, and refuse every commit
        if config.get_target_session_attrs() == TargetSessionAttrs::Any {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        config.connect_timeout(Duration::from_millis(self.connect_timeout_ms.into()));
        let silence = Duration::from_secs(self.keepalive_s.into());
        config.keepalives(true).keepalives_idle(silence);
        config.keepalives_interval(Duration::from_secs(PROBE_S)).keepalives_retries(PROBES);
        config.tcp_user_timeout(silence + Duration::from_secs(PROBE_S * u64::from(PROBES)));
    }

    /// What each connection is told first. Everything that a server's settings could change and that the store relies on is
    /// said here.
    pub(crate) fn session(&self) -> String {
        let Self { schema, statement_timeout_ms, lock_timeout_ms, turn_timeout_ms, keepalive_s, .. } = self;
        format!(
            "SET search_path = \"{schema}\"; \
             SET statement_timeout = {statement_timeout_ms}; \
             SET lock_timeout = {lock_timeout_ms}; \
             SET idle_in_transaction_session_timeout = {turn_timeout_ms}; \
             SET tcp_keepalives_idle = {keepalive_s}; \
             SET tcp_keepalives_interval = {PROBE_S}; \
             SET tcp_keepalives_count = {PROBES}; \
             SET default_transaction_isolation = 'read committed'; \
             SET client_min_messages = 'error'; \
             SELECT set_config('synchronous_commit', 'on', false) \
               WHERE current_setting('synchronous_commit') = 'off'; \
             {PLANS}"
        )
    }
}

/// Every statement of ours follows an index from row to row. The planner is told so, since without statistics, or with those of
/// an hour ago, it takes a table that just grew for a small one and reads all of it; and it is told to plan once.
pub(crate) const PLANS: &str = "SET plan_cache_mode = 'force_generic_plan'; SET jit = off; \
    SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET enable_material = off; SET enable_memoize = off;";

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, String> {
        Target::of(url, Options::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_url_sets_our_options_and_leaves_the_rest_to_the_library() {
        let target =
            target("postgresql://u:p@h:5433/d?schema=sms&connections=3&target_session_attrs=read-write")
                .unwrap();
        assert_eq!((target.options.schema.as_str(), target.options.connections), ("sms", 3));
        assert_eq!((target.config.get_dbname(), target.config.get_user()), (Some("d"), Some("u")));
        assert_eq!(target.config.get_application_name(), Some("depesza"));
        assert_eq!(target.config.get_ports(), [5433]);
    }

    #[test]
    fn another_machine_is_spoken_to_by_tls_unless_the_url_says_otherwise() {
        let mode = |url| target(url).map(|target| target.config.get_ssl_mode());
        for here in
            ["postgres://u@localhost/d", "postgres://u@127.0.0.1/d", "postgres:///d?host=/run/postgresql"]
        {
            assert_eq!(mode(here), Ok(SslMode::Disable), "{here}");
        }
        assert_eq!(mode("postgres://u@db/d?sslmode=disable"), Ok(SslMode::Disable));
        let remote =
            ["postgres://u@db/d", "postgres://u@db,localhost/d", "postgres://u@db/d?sslmode=verify-full"];
        for remote in remote {
            match mode(remote) {
                Ok(mode) => assert_eq!(mode, SslMode::Require, "{remote}"),
                Err(error) => {
                    assert!(cfg!(not(feature = "tls")) && error.contains("no feature tls"), "{error}")
                }
            }
        }
        assert!(mode("postgres://u@db/d?sslmode=prefer").unwrap_err().contains("sslmode"));
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_the_url() {
        let secret = "s3cr3t";
        let urls = [
            "mysql://u:s3cr3t@h/d",
            "postgresql://u:s3cr3t@h:port/d",
            "postgresql://u:s3cr3t@h/d?nonsense=s3cr3t",
            "postgresql://u:s3cr3t@h/d?schema=Robert'%20s3cr3t",
            "postgresql://u:s3cr3t@h/d?connections=0",
            "postgresql://u:s3cr3t@h/d?connections=s3cr3t",
            "postgresql:///d?password=s3cr3t",
        ];
        for url in urls {
            let error = target(url).err().unwrap_or_else(|| panic!("{url} was taken"));
            assert!(!error.contains(secret), "{error}");
        }
    }
}
