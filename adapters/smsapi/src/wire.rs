//! A connection to one host, plain or TLS, every step of it within a deadline.
//!
//! Not allowed here: HTTP; logging.

use crate::options::{Options, OptionsFault, Roots};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Where connections go.
pub(crate) struct Target {
    host: String,
    port: u16,
    tls: Option<(ServerName<'static>, Arc<ClientConfig>)>,
    patience: Duration,
}

/// The parts of a base address: TLS, host, port, and the path without the slash at its end.
pub(crate) struct Base<'a> {
    pub tls: bool,
    pub host: &'a str,
    pub port: u16,
    pub path: &'a str,
}

impl<'a> Base<'a> {
    /// HTTPS to anywhere; HTTP to the loopback interface alone, as the token would be readable on the way.
    pub(crate) fn parse(url: &'a str) -> Option<Self> {
        let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return None,
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, if tls { 443 } else { 80 }),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_name = ServerName::try_from(bare).is_ok();
        let loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let good = is_name && path.bytes().all(plain) && (tls || loopback);
        good.then(|| Self { tls, host: bare, port, path: path.trim_end_matches('/') })
    }
}

impl Target {
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsFault> {
        let base = Base::parse(&options.base_url).ok_or(OptionsFault::BaseUrl)?;
        // roots that are no certificates are a fault also where they are not needed
        let config =
            (base.tls || options.roots != Roots::System).then(|| config(&options.roots)).transpose()?;
        let tls = match config.filter(|_| base.tls) {
            Some(config) => {
                let name = ServerName::try_from(base.host).map_err(|_| OptionsFault::BaseUrl)?;
                Some((name.to_owned(), config))
            }
            None => None,
        };
        let patience = Duration::from_millis(options.connect_ms);
        Ok(Self { host: base.host.to_owned(), port: base.port, tls, patience })
    }

    /// A new connection, TLS agreed; or why there is none.
    pub(crate) fn connect(&self, until: Instant) -> Result<Wire, &'static str> {
        let until = until.min(Instant::now() + self.patience);
        let mut why = "host not found";
        for address in self.resolve(until).ok_or(why)? {
            let Some(left) = left(until) else { return Err("no connection in time") };
            match TcpStream::connect_timeout(&address, left) {
                Ok(stream) => return self.secure(stream, until),
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => why = "connection refused",
                Err(_) => why = "no connection",
            }
        }
        Err(why)
    }

    /// The system resolves names without a time-out, so that is done aside.
    fn resolve(&self, until: Instant) -> Option<Vec<SocketAddr>> {
        let (say, heard) = mpsc::channel();
        let (host, port) = (self.host.clone(), self.port);
        let ask = move || {
            let found: Vec<SocketAddr> = (host.as_str(), port).to_socket_addrs().ok()?.collect();
            say.send(found).ok()
        };
        thread::Builder::new().name("smsapi resolve".to_owned()).spawn(ask).ok()?;
        heard.recv_timeout(left(until)?).ok()
    }

    fn secure(&self, stream: TcpStream, until: Instant) -> Result<Wire, &'static str> {
        let failed = |_| "no trusted connection";
        stream.set_nodelay(true).map_err(|_| "no connection")?;
        let Some((name, config)) = &self.tls else { return Ok(Wire::Plain(stream)) };
        let mut tls =
            ClientConnection::new(config.clone(), name.clone()).map_err(|_| "no trusted connection")?;
        let mut stream = stream;
        while tls.is_handshaking() {
            patient(&stream, until).map_err(|_| "no connection in time")?;
            if tls.wants_write() {
                tls.write_tls(&mut stream).map_err(failed)?;
            } else if tls.read_tls(&mut stream).map_err(failed)? == 0 {
                return Err("no trusted connection");
            } else {
                tls.process_new_packets().map_err(|_| "no trusted connection")?;
            }
        }
        Ok(Wire::Tls(Box::new(StreamOwned::new(tls, stream))))
    }
}

/// An open connection.
pub(crate) enum Wire {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Wire {
    fn stream(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(tls) => tls.get_ref(),
        }
    }

    /// Whether a connection that was kept can be used: nothing came on it, not even its end.
    pub(crate) fn is_open(&mut self) -> bool {
        if let Self::Tls(tls) = self {
            let read = tls.conn.process_new_packets();
            if !read.is_ok_and(|state| state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed()) {
                return false;
            }
        }
        let stream = self.stream();
        let quiet = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
        let quiet = quiet.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        stream.set_nonblocking(false).is_ok() && quiet
    }

    /// Writes everything.
    pub(crate) fn write(&mut self, mut bytes: &[u8], until: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            patient(self.stream(), until)?;
            let written = match self {
                Self::Plain(stream) => stream.write(bytes),
                Self::Tls(tls) => tls.write(bytes),
            };
            let written = match written {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                written => written?,
            };
            bytes = bytes.get(written..).unwrap_or_default();
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }

    /// Reads what is there, 0 at the end.
    pub(crate) fn read(&mut self, into: &mut [u8], until: Instant) -> io::Result<usize> {
        loop {
            patient(self.stream(), until)?;
            let read = match self {
                Self::Plain(stream) => stream.read(into),
                Self::Tls(tls) => tls.read(into),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

fn left(until: Instant) -> Option<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    (!left.is_zero()).then_some(left)
}

/// No next step takes longer than until then.
fn patient(stream: &TcpStream, until: Instant) -> io::Result<()> {
    let left = left(until).ok_or(io::ErrorKind::TimedOut)?;
    stream.set_read_timeout(Some(left))?;
    stream.set_write_timeout(Some(left))
}

fn config(roots: &Roots) -> Result<Arc<ClientConfig>, OptionsFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| OptionsFault::Roots)?;
    // "dangerous" is the name for any verifier that is chosen; both check chain, name and time
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier(roots, provider)?);
    Ok(Arc::new(builder.with_no_client_auth()))
}

fn verifier(
    roots: &Roots,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, OptionsFault> {
    let Roots::Pem(pem) = roots else {
        let system = rustls_platform_verifier::Verifier::new(provider).map_err(|_| OptionsFault::Roots)?;
        return Ok(Arc::new(system));
    };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| OptionsFault::Roots)?;
        store.add(certificate).map_err(|_| OptionsFault::Roots)?;
    }
    let own = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider).build();
    let own: Arc<dyn ServerCertVerifier> = own.map_err(|_| OptionsFault::Roots)?;
    Ok(own)
}
