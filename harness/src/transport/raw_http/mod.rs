//! HTTP/1.1 with every byte in our hands (RFC 9112): what the envelope says goes onto the wire as it
//! stands, and what comes back is read under bounds and one total deadline.
//!
//! Must not know what a case is, judges no answer and never sends anything twice.

mod chunked;
mod connection;
mod framing;
mod head;
mod inbox;
mod lane;
pub mod pieces;
mod request;
mod response;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use connection::describe;
pub use lane::Lane;

use super::endpoint::Endpoint;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Bounds of one exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of a response head, and of a chunked body's trailer section.
    pub max_head: usize,
    /// Bytes of a response body after its transfer coding was undone.
    pub max_body: usize,
    /// How long an event stream that has answered must be quiet before it is left.
    pub reply_grace: Duration,
}

impl Default for Limits {
    /// 64 KiB of head, 16 MiB of body, 150 ms of grace.
    fn default() -> Self {
        Self {
            max_head: 64 * 1024,
            max_body: 16 * 1024 * 1024,
            reply_grace: Duration::from_millis(150),
        }
    }
}

/// Why no client can be made for an endpoint.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// Neither the system nor the caller has a certificate to trust; the text says why.
    #[error("no trusted root certificates: {0}")]
    NoRoots(String),
    /// A root certificate that the caller gave cannot be used.
    #[error("unusable root certificate: {0}")]
    BadRoot(String),
    /// The host can stand in no certificate.
    #[error("`{0}` is no name that a certificate can hold")]
    ServerName(String),
    /// The TLS library refused the configuration.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// A sender to one endpoint. Cheap to clone; opens nothing by itself.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What all lanes of a client have in common.
#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    /// `Host` field value, made once.
    host: String,
    limits: Limits,
    /// TLS configuration; none for http.
    tls: Option<Arc<ClientConfig>>,
    /// Whether the peer has closed a connection that it had kept, without saying so before. It may (RFC
    /// 9112 section 9.5), and what was written at that moment goes unanswered: none is used again then.
    fickle: AtomicBool,
}

impl Client {
    /// A client that trusts the system's root certificates, which are read only for https.
    ///
    /// # Errors
    ///
    /// [`ClientError`] for https alone: no usable roots, or a host that no certificate can name.
    pub fn new(endpoint: Endpoint, limits: Limits) -> Result<Self, ClientError> {
        Self::with_roots(endpoint, limits, &[])
    }

    /// As [`Client::new`], and trusts `roots` (DER, X.509) besides the system's own.
    ///
    /// # Errors
    ///
    /// As [`Client::new`], and [`ClientError::BadRoot`].
    pub fn with_roots(
        endpoint: Endpoint,
        limits: Limits,
        roots: &[CertificateDer<'static>],
    ) -> Result<Self, ClientError> {
        let tls = if endpoint.is_tls() { Some(tls::config(&endpoint, roots)?) } else { None };
        let host = endpoint.host_header();
        let fickle = AtomicBool::new(false);
        Ok(Self { shared: Arc::new(Shared { endpoint, host, limits, tls, fickle }) })
    }

    /// A new lane without a connection.
    #[must_use]
    pub fn lane(&self) -> Lane {
        Lane::new(Arc::clone(&self.shared))
    }

    /// Where this client sends to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }
}
