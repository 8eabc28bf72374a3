//! Throw-away clusters for tests, of this crate and of others: feature `testing`.
//!
//! A [`Cluster`] is a PostgreSQL of its own, started by the script `cluster` next to this crate, which a test may crash and start
//! again. A [`Database`] is an empty database: of the server that the variable `DEPESZA_POSTGRES` names, or of one cluster that
//! the tests of a process share. All of them go when their owner is dropped or its process ends, by `kill -9` too.
//!
//! Not allowed here: a server that was not started for tests. What `DEPESZA_POSTGRES` names gets databases that are called
//! `depesza_test_…` and are dropped again; nothing else in it is touched.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "test code that other crates' tests run, and a test speaks by panicking"
)]

use crate::connection::Connection;
use crate::options::{Options, Target};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cluster");
/// The variable that names a server for databases.
const SERVER: &str = "DEPESZA_POSTGRES";
/// How long starting a cluster may take.
const LIMIT: Duration = Duration::from_secs(90);

/// A PostgreSQL server of one's own in a temporary directory.
pub struct Cluster {
    script: Child,
    /// The cluster lives as long as this pipe is open.
    life: Option<ChildStdin>,
    directory: String,
    url: String,
}

impl Cluster {
    /// Starts a new one.
    ///
    /// # Panics
    /// When it does not start, with what the script said.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts a new one with lines for its `postgresql.conf`.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_with(settings: &str) -> Self {
        let mut script = Command::new(SCRIPT)
            .args([
                "run",
                "sh",
                "-c",
                "echo \"$DEPESZA_POSTGRES_DIR\"; echo \"$DEPESZA_POSTGRES\"; cat >/dev/null",
            ])
            .env("SETTINGS", settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("adapters/postgres/cluster cannot be run: {error}"));
        let life = script.stdin.take();
        let mut output = BufReader::new(script.stdout.take().expect("a pipe"));
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = [String::new(), String::new()];
            let read = lines.iter_mut().all(|line| output.read_line(line).is_ok_and(|bytes| bytes > 0));
            let _ = tell.send(read.then_some(lines));
        });
        let Ok(Some([directory, url])) = told.recv_timeout(LIMIT) else {
            let _ = script.kill();
            let mut said = String::new();
            let _ = script.stderr.take().map(|mut error| error.read_to_string(&mut said));
            panic!("no throw-away PostgreSQL: {said}");
        };
        Self { script, life, directory: directory.trim().to_owned(), url: url.trim().to_owned() }
    }

    /// A URL of its superuser and first database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The directory that holds its socket (`.s.PGSQL.5432`), data and log.
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// A new empty database in it.
    ///
    /// # Panics
    /// When the server does not answer.
    #[must_use]
    pub fn database(&self) -> Database {
        Database::on(&self.url)
    }

    /// Stops it as an administrator would; connections are ended, transactions rolled back.
    pub fn stop(&self) {
        self.command("stop", Some("fast"));
    }

    /// Stops it as a crash would.
    pub fn crash(&self) {
        self.command("stop", Some("immediate"));
    }

    /// Starts it again after [`stop`](Self::stop) or [`crash`](Self::crash).
    pub fn start_again(&self) {
        self.command("start", None);
    }

    fn command(&self, command: &str, mode: Option<&str>) {
        let done = Command::new(SCRIPT)
            .args([command, &self.directory])
            .args(mode)
            .env_remove("SETTINGS")
            .stdin(Stdio::null())
            .output()
            .expect("adapters/postgres/cluster runs");
        assert!(done.status.success(), "cluster {command}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.life.take());
        let end = Instant::now() + LIMIT;
        while matches!(self.script.try_wait(), Ok(None)) {
            if Instant::now() > end {
                // its own cleaner goes on without it
                let _ = self.script.kill();
                let _ = self.script.wait();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// An empty database, dropped with this.
pub struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    /// A new one on the server that `DEPESZA_POSTGRES` names, or else on the cluster that this process's tests share.
    ///
    /// # Panics
    /// When there is no such server.
    #[must_use]
    pub fn create() -> Self {
        static SHARED: Mutex<Option<Cluster>> = Mutex::new(None);
        match std::env::var(SERVER) {
            Ok(server) => Self::on(&server),
            // never dropped: it goes with the process, whose end closes the pipe
            Err(_) => {
                let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
                let server = shared.get_or_insert_with(Cluster::start).url().to_owned();
                drop(shared);
                Self::on(&server)
            }
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements in it as an administrator would, one after the other, and returns their rows as text, columns
    /// parted by `|`, NULL as nothing.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn sql(&self, statements: &str) -> Vec<String> {
        sql(&self.url, statements)
    }

    fn on(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("depesza_test_{since:x}_{}_{count}", std::process::id());
        sql(server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"));
        let (base, query) =
            server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
        let host = base.rfind('/').and_then(|end| base.get(..end)).expect("a url with a database");
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        Self { server: server.to_owned(), url: format!("{host}/{name}{query}"), name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // in a cluster that the test has stopped it goes with the cluster
        let _ = run(&self.server, &drop);
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs statements on a server, as [`Database::sql`] does.
///
/// # Panics
/// When one of them fails.
pub fn sql(url: &str, statements: &str) -> Vec<String> {
    run(url, statements).unwrap_or_else(|error| panic!("{statements}: {error}"))
}

fn run(url: &str, statements: &str) -> Result<Vec<String>, String> {
    let options = Options { application_name: "depesza-test".to_owned(), ..Options::default() };
    let target = Target::of(url, options).map_err(|error| error.to_string())?;
    let deadline = Instant::now() + LIMIT;
    let connection = Connection::open(&target, deadline);
    let rows = connection.and_then(|mut connection| {
        connection.run_until(deadline, async |session| {
            // an administrator's session, not the store's
            session.batch("RESET ALL").await?;
            session.rows(statements).await
        })
    });
    rows.map_err(|failure| failure.into_error().to_string())
}
