//! TLS by rustls: the server's certificate is always checked, against the system's roots or those of a file.
//!
//! Not allowed here: a way to leave the check out.

use crate::error::unavailable;
use depesza::store::StoreError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) fn connector(root_certificates: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    match root_certificates {
        Some(path) => {
            let at = |what: &str| unavailable(&format!("{}: {what}", path.display()));
            for certificate in
                CertificateDer::pem_file_iter(path).map_err(|_| at("the file cannot be read"))?
            {
                let certificate = certificate.map_err(|_| at("not a file of certificates (PEM)"))?;
                roots.add(certificate).map_err(|_| at("a certificate that cannot be trusted"))?;
            }
        }
        // what the system has and rustls does not understand is no reason to refuse the rest
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(unavailable(
            "there are no root certificates: install the system's, or name a file as sslrootcert",
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| unavailable("TLS cannot be set up"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
