//! One connection: a session of the server with its prepared statements, and calls that end in bounded time.
//!
//! The protocol is tokio-postgres's, which is asynchronous; each connection has a runtime of its own that runs on the
//! calling thread while it waits. So there are no threads of ours, and each wait has an end.
//!
//! Not allowed here: SQL of the store's tables.

use crate::error::{Failure, connecting, unavailable};
use crate::options::Target;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Socket, Statement};

/// How much longer than the server's own limit a call waits for the server to say so.
const GRACE: Duration = Duration::from_millis(1_000);

pub(crate) type Values<'v> = &'v [&'v (dyn ToSql + Sync)];

pub(crate) struct Connection {
    /// Taken only by `Drop`.
    runtime: Option<Runtime>,
    session: Session,
    statement_timeout: Duration,
}

/// What the work of a call gets hold of.
pub(crate) struct Session {
    client: Client,
    /// By their text, which is a constant.
    statements: HashMap<&'static str, Statement>,
}

impl Connection {
    /// Opens one, until `deadline` at the latest.
    pub(crate) fn open(target: &Target, deadline: Instant) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| unavailable("the system gives no more sockets or threads"))?;
        let deadline = deadline.min(Instant::now() + target.connect_limit());
        let client = wait(&runtime, deadline, async || {
            let client = connect(target).await?;
            client.batch_execute(&target.options.session()).await?;
            Ok(client)
        });
        let client = match client {
            Ok(client) => client,
            Err(failure) => {
                runtime.shutdown_background();
                return Err(failure);
            }
        };
        Ok(Self {
            runtime: Some(runtime),
            session: Session { client, statements: HashMap::new() },
            statement_timeout: Duration::from_millis(target.options.statement_timeout_ms.into()),
        })
    }

    /// Runs `work`, which may ask the server for one thing, until `deadline` or until the server should have given up.
    pub(crate) fn run<T: Send>(
        &mut self,
        deadline: Instant,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Send,
    ) -> Result<T, Failure> {
        let deadline = deadline.min(Instant::now() + self.statement_timeout + GRACE);
        self.run_until(deadline, work)
    }

    /// As [`run`](Self::run), however long the server is allowed to take.
    pub(crate) fn run_until<T: Send>(
        &mut self,
        deadline: Instant,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Send,
    ) -> Result<T, Failure> {
        let Some(runtime) = &self.runtime else { return Err(lost().into()) };
        let session = &mut self.session;
        wait(runtime, deadline, async || work(session).await)
    }

    /// Whether the server has said that the session ended. It may have ended all the same.
    pub(crate) fn is_closed(&self) -> bool {
        self.session.client.is_closed()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // closes the socket; and may be called where waiting is not allowed
            runtime.shutdown_background();
        }
    }
}

impl Session {
    /// Runs a statement, which is prepared once a connection, in one round trip.
    pub(crate) async fn query(&mut self, sql: &'static str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        let statement = self.prepared(sql).await?;
        Ok(self.client.query(&statement, values).await?)
    }

    /// As [`query`](Self::query), with `first` before it in the same round trip.
    pub(crate) async fn query_after(
        &mut self,
        first: &str,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.prepared(sql).await?;
        // requests are sent in the order in which they are asked for first
        let mut first = pin!(self.client.batch_execute(first));
        let mut second = pin!(self.client.query(&statement, values));
        let (mut begun, mut rows) = (None, None);
        poll_fn(|context| {
            if begun.is_none()
                && let Poll::Ready(done) = first.as_mut().poll(context)
            {
                begun = Some(done);
            }
            if rows.is_none()
                && let Poll::Ready(done) = second.as_mut().poll(context)
            {
                rows = Some(done);
            }
            if begun.is_some() && rows.is_some() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        begun.unwrap_or(Ok(()))?;
        Ok(rows.unwrap_or(Ok(Vec::new()))?)
    }

    /// Runs statements without values.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Runs statements without values and returns the rows of all, as text.
    #[cfg(feature = "testing")]
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        use tokio_postgres::SimpleQueryMessage;
        let mut lines = Vec::new();
        for message in self.client.simple_query(sql).await? {
            if let SimpleQueryMessage::Row(row) = message {
                let columns = (0..row.len()).map(|n| row.get(n).unwrap_or_default());
                lines.push(columns.collect::<Vec<_>>().join("|"));
            }
        }
        Ok(lines)
    }

    async fn prepared(&mut self, sql: &'static str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

async fn connect(target: &Target) -> Result<Client, Failure> {
    match target.config.get_ssl_mode() {
        SslMode::Disable => connect_by(target, NoTls).await,
        #[cfg(feature = "tls")]
        _ => connect_by(target, crate::tls::connector(target.root_certificates.as_deref())?).await,
        #[cfg(not(feature = "tls"))]
        _ => Err(unavailable("this build has no feature tls").into()),
    }
}

async fn connect_by<T>(target: &Target, tls: T) -> Result<Client, Failure>
where
    T: MakeTlsConnect<Socket>,
    T::TlsConnect: TlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = target.config.connect(tls).await.map_err(|error| connecting(&error))?;
    // its errors come out of the calls that they fail
    tokio::spawn(async {
        let _ = connection.await;
    });
    Ok(client)
}

/// Waits for what `begin` begins. A host may call from a thread that runs an asynchronous program of its own, where another
/// runtime may not: then a thread of its own waits.
fn wait<T: Send>(
    runtime: &Runtime,
    deadline: Instant,
    begin: impl AsyncFnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    let work = || {
        let limited = async { tokio::time::timeout_at(deadline.into(), begin()).await };
        let late = || Failure::Lost(unavailable("the database gave no answer in time"));
        runtime.block_on(limited).unwrap_or_else(|_| Err(late()))
    };
    if Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| {
        let broken = |_| Err(Failure::Lost(unavailable("a call broke off")));
        scope.spawn(work).join().unwrap_or_else(broken)
    })
}

fn lost() -> depesza::store::StoreError {
    unavailable("the connection to the database was lost")
}
