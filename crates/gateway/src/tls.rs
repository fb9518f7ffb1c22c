//! TLS for an address: certificate and key from PEM files, version 1.2 or newer.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::TlsFiles;
use crate::error::Error;

/// The one protocol spoken inside.
const PROTOCOL: &[u8] = b"http/1.1";

/// Reads the files.
pub(crate) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, Error> {
    let chain = CertificateDer::pem_file_iter(&files.certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| unusable(&files.certificate, "certificate", error))?;
    if chain.is_empty() {
        return Err(unusable(&files.certificate, "certificate", PemError::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unusable(&files.key, "private key", error))?;
    // The engine's requests use the same provider; naming it leaves the process's default alone.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| Error::Tls {
        path: files.certificate.clone(),
        what: "certificate, together with its key,",
        source: Box::new(error),
    })?;
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn unusable(path: &Path, what: &'static str, error: PemError) -> Error {
    let source: Box<dyn std::error::Error + Send + Sync> = if matches!(error, PemError::NoItemsFound) {
        Box::new(io::Error::new(io::ErrorKind::InvalidData, "there is none in it"))
    } else {
        Box::new(error)
    };
    Error::Tls { path: path.to_owned(), what, source }
}
