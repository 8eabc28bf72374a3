//! TLS: a server that is trusted, and one that is not.

use crate::server::{Provider, Server, TOKEN};
use crate::{is_accepted, message, messages, options};
use depesza::gateway::Gateway;
use depesza::model::SubmitResult;
use depesza_smsapi::{Options, OptionsFault, Roots, SmsApi};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Answers so many requests on one connection over TLS and says what it read.
fn serve(
    certified: rcgen::CertifiedKey<rcgen::KeyPair>,
    requests: usize,
) -> (String, std::thread::JoinHandle<String>) {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let certificates: Vec<CertificateDer<'static>> = vec![certified.cert.der().clone()];
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let thread = std::thread::spawn(move || {
        let stream = accept(&listener);
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        let mut text = String::new();
        let mut some = [0; 4_096];
        for n in 1..=requests {
            while text.matches("time_restriction=ignore").count() < n {
                match stream.read(&mut some) {
                    Ok(0) | Err(_) => return text,
                    Ok(count) => text.push_str(std::str::from_utf8(&some[..count]).unwrap()),
                }
            }
            let body = format!(r#"{{"count":1,"list":[{{"id":"{n}","idx":"ref-{n:08}"}}]}}"#);
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            if stream.write_all(answer.as_bytes()).is_err() {
                return text;
            }
        }
        text
    });
    (url, thread)
}

/// The connection that comes within twenty seconds.
fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    for _ in 0..2_000 {
        if let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(false).unwrap();
            return stream;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no connection within 20 s");
}

fn certified() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

/// The base of options alone; nothing goes there.
fn plain() -> Options {
    options(&Server::start({
        let provider = Provider::default();
        move |seen| provider.handle(seen)
    }))
}

#[test]
fn a_trusted_server_gets_the_messages_on_one_connection() {
    let certified = certified();
    let pem = certified.cert.pem();
    let (base_url, server) = serve(certified, 3);
    let one_by_one = Options { base_url, roots: Roots::Pem(pem), connections: 1, ..plain() };
    let gateway = SmsApi::new(one_by_one).unwrap();
    for result in gateway.submit(&messages(3)) {
        assert!(is_accepted(&result), "{result:?}");
    }
    let heard = server.join().unwrap();
    assert_eq!(heard.matches(TOKEN).count(), 3); // all on the one connection
}

#[test]
fn another_server_gets_nothing() {
    for roots in [Roots::Pem(certified().cert.pem()), Roots::System] {
        let (base_url, server) = serve(certified(), 1);
        let gateway = SmsApi::new(Options { base_url, roots, ..plain() }).unwrap();
        let result = gateway.submit(&[message(1, "Tekst")]).remove(0);
        assert_eq!(result, SubmitResult::TryLater { after_ms: 60_000 });
        assert_eq!(server.join().unwrap(), "");
    }
}

#[test]
fn roots_that_are_none_are_refused() {
    for pem in ["", "no pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        let refused = SmsApi::new(Options { roots: Roots::Pem(pem.into()), ..plain() });
        assert_eq!(refused.err(), Some(OptionsFault::Roots), "{pem:?}");
    }
}
