//! TLS for https targets: which certificates are trusted, and words for what goes wrong. Knows no
//! HTTP beyond its protocol name.

use super::ClientError;
use crate::transport::endpoint::Endpoint;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The configuration for an endpoint: ring, TLS 1.2 and 1.3, ALPN `http/1.1` (RFC 7301).
pub(super) fn config(
    endpoint: &Endpoint,
    extra: &[CertificateDer<'static>],
) -> Result<Arc<ClientConfig>, ClientError> {
    server_name(endpoint).map_err(|_| ClientError::ServerName(endpoint.host_name()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Setup(error.to_string()))?
        .with_root_certificates(roots(extra)?)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Shakes hands over an open connection.
pub(super) async fn handshake(
    config: &Arc<ClientConfig>,
    endpoint: &Endpoint,
    socket: TcpStream,
) -> Result<Box<TlsStream<TcpStream>>, String> {
    let name = server_name(endpoint).map_err(|error| error.to_string())?;
    let connector = TlsConnector::from(Arc::clone(config));
    let stream = connector.connect(name, socket).await.map_err(|error| describe(&error))?;
    Ok(Box::new(stream))
}

fn server_name(
    endpoint: &Endpoint,
) -> Result<ServerName<'static>, rustls::pki_types::InvalidDnsNameError> {
    match endpoint.address() {
        Some(address) => Ok(ServerName::IpAddress(address.into())),
        None => ServerName::try_from(endpoint.host_name()),
    }
}

fn roots(extra: &[CertificateDer<'static>]) -> Result<RootCertStore, ClientError> {
    let native = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    // Old roots of the system that no longer parse are none of the target's business.
    store.add_parsable_certificates(native.certs);
    for root in extra {
        store.add(root.clone()).map_err(|error| ClientError::BadRoot(error.to_string()))?;
    }
    if store.is_empty() {
        let reason = native.errors.first().map(ToString::to_string);
        return Err(ClientError::NoRoots(reason.unwrap_or_else(|| "the system has none".into())));
    }
    Ok(store)
}

fn describe(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return "TLS handshake failed: the peer closed the connection".to_owned();
    }
    format!("TLS handshake failed: {}", super::connection::describe(error))
}
