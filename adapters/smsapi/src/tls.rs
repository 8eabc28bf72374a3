//! Which servers are trusted.
//!
//! Not allowed here: connections.

use crate::options::{OptionsFault, Roots};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// TLS 1.2 and 1.3, with ring.
pub(crate) fn config(roots: &Roots) -> Result<ClientConfig, OptionsFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| OptionsFault::Roots)?;
    // "dangerous" is the name for any verifier that is chosen; both check chain, name and time
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier(roots, provider)?);
    Ok(builder.with_no_client_auth())
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
