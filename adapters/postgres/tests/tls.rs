//! TLS with a server whose certificate is checked.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::store::{Store, StoreError};
use depesza_postgres::testing::{Cluster, sql};
use depesza_postgres::{Options, PostgresStore};
use std::net::TcpListener;

/// A cluster on a TCP port that speaks TLS only, with a certificate for `localhost` in its data directory.
fn cluster() -> (Cluster, u16) {
    let cluster = Cluster::start();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // the server's own user makes the files, in its data directory
    let openssl = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -addext basicConstraints=critical,CA:FALSE -keyout server.key -out server.crt 2>/dev/null && chmod 600 server.key \
        && cp server.crt .. && chmod 644 ../server.crt && echo hostssl all all 127.0.0.1/32 trust > pg_hba.conf \
        && echo local all all trust >> pg_hba.conf";
    sql(cluster.url(), &format!("COPY (SELECT 1) TO PROGRAM '{openssl}'"));
    for setting in ["ssl = on", "listen_addresses = '127.0.0.1'", "log_connections = on"] {
        sql(cluster.url(), &format!("ALTER SYSTEM SET {setting}"));
    }
    // the socket keeps its name, and clients of the socket find it there
    sql(cluster.url(), "ALTER SYSTEM SET unix_socket_permissions = '0777'");
    sql(cluster.url(), &format!("ALTER SYSTEM SET port = {port}"));
    cluster.stop();
    cluster.start_again();
    (cluster, port)
}

fn open(url: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open_with(url, Options { call_timeout_ms: 10_000, ..Options::default() })
}

#[test]
fn the_servers_certificate_is_checked() {
    let (cluster, port) = cluster();
    let root = format!("sslrootcert={}/server.crt", cluster.directory());
    let url = |host: &str, query: &str| {
        format!("postgresql://postgres@{host}:{port}/postgres?sslmode=require{query}")
    };
    let store = open(&url("localhost", &format!("&{root}"))).unwrap();
    assert_eq!(store.version(&"p".into()), Ok(0));
    let encrypted = sql(
        &url("localhost", &format!("&{root}")),
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'depesza'",
    );
    assert_eq!(encrypted, ["1"]);
    let refused = [
        url("localhost", ""),                  // a certificate that the system's roots do not know
        url("127.0.0.1", &format!("&{root}")), // another name than the certificate's
        format!("postgresql://postgres@localhost:{port}/postgres?sslmode=disable"), // the server wants TLS
        url("localhost", "&sslrootcert=/nowhere/root.crt"),
    ];
    for url in refused {
        let error = open(&url).map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{url}: {error:?}");
    }
    let stranger = open(&url("127.0.0.1", &format!("&{root}"))).map(|_| ()).unwrap_err().to_string();
    assert!(stranger.contains("certificate is not trusted, or not for this host"), "{stranger}");
}
