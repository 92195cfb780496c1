//! The way to a PostgreSQL server: its URL, the password, and TLS as `sslmode` asks for it.

use super::complaint::{self, Complaint};
use crate::source::SourceError;
use crate::source::locator::without_credentials;
use crate::source::sql::{broken, failed, mistaken};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Error, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Time for a connection, TLS and authentication included.
const DEADLINE: Duration = Duration::from_secs(5);

/// The host where the URL has none.
const HERE: &str = "localhost";

/// Where a server is and how it is reached.
pub(super) struct Address {
    /// The URL without credentials.
    pub(super) shown: String,
    config: Config,
    /// None where no certificate could be trusted.
    tls: Option<MakeRustlsConnect>,
    /// Whether the user named the certificates to trust, and wants them to count.
    own_roots: bool,
}

impl Debug for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl Address {
    /// Reads a URL. `password` counts where the URL has none.
    pub(super) fn read(url: &str, password: Option<String>) -> Result<Self, SourceError> {
        let shown = without_credentials(url);
        let (url, roots) = take_roots(url);
        let parsed: Result<Config, Error> = url.parse();
        let mut config = parsed.map_err(|error| {
            let advice = "write postgres://USER@HOST:PORT/DATABASE?sslmode=require, special \
                          characters as %XX";
            mistaken(&shown, &complaint::chain(&error), advice)
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host(HERE);
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        let tls = match (config.get_ssl_mode(), &roots) {
            (SslMode::Disable, _) => None,
            (_, Some(path)) => Some(connector(own_roots(path).map_err(|reason| {
                mistaken(&shown, &format!("sslrootcert={path}: {reason}"), "name a PEM file")
            })?)),
            _ => Some(native_roots()).filter(|roots| !roots.is_empty()).map(connector),
        };
        let tls =
            tls.transpose().map_err(|error| broken(&shown, &error.to_string(), "run again"))?;
        Ok(Self { shown, config, tls, own_roots: roots.is_some() })
    }

    /// Connects. With `sslmode=prefer`, a server whose certificate is not trusted is talked to without
    /// TLS, since that mode promises none.
    pub(super) async fn connect(&self) -> Result<Client, SourceError> {
        timeout(DEADLINE, self.connect_as_asked()).await.map_err(|_| {
            let reason = format!("no connection within {} s", DEADLINE.as_secs());
            broken(&self.shown, &reason, "check host and port of the URL")
        })?
    }

    async fn connect_as_asked(&self) -> Result<Client, SourceError> {
        let refused = match &self.tls {
            Some(tls) => match self.connect_by(&self.config, tls.clone()).await {
                Ok(client) => return Ok(client),
                Err(error) => error,
            },
            None => return self.connect_plain().await.map_err(|error| self.complaint(&error)),
        };
        let prefers = self.config.get_ssl_mode() == SslMode::Prefer && !self.own_roots;
        if prefers
            && complaint::is_tls(&refused)
            && let Ok(client) = self.connect_plain().await
        {
            return Ok(client);
        }
        Err(self.complaint(&refused))
    }

    async fn connect_plain(&self) -> Result<Client, Error> {
        let mut config = self.config.clone();
        if config.get_ssl_mode() == SslMode::Prefer {
            config.ssl_mode(SslMode::Disable);
        }
        self.connect_by(&config, NoTls).await
    }

    async fn connect_by<T>(&self, config: &Config, tls: T) -> Result<Client, Error>
    where
        T: tokio_postgres::tls::MakeTlsConnect<tokio_postgres::Socket>,
        T::Stream: Send + 'static,
    {
        let (client, connection) = config.connect(tls).await?;
        // It ends with the client; what breaks it, the next query tells.
        tokio::spawn(connection);
        Ok(client)
    }

    /// What went wrong, in words.
    pub(super) fn complaint(&self, error: &Error) -> SourceError {
        let has_password = self.config.get_password().is_some();
        let Complaint { reason, advice, mistake } = complaint::of(error, has_password);
        failed(&self.shown, &reason, advice, mistake)
    }

    /// There is no connection.
    pub(super) fn gone(&self) -> SourceError {
        broken(&self.shown, "the connection is gone", "check that the database runs")
    }
}

/// Takes out of a URL what the client library does not read: the path of trusted certificates, and the
/// modes that differ from `require` only where certificates go unverified, which they never do here.
fn take_roots(url: &str) -> (String, Option<String>) {
    let Some((place, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (mut rest, mut roots) = (Vec::new(), None);
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslrootcert", path)) => roots = Some(decoded(path)),
            Some(("sslmode", "verify-ca" | "verify-full")) => rest.push("sslmode=require"),
            Some(("sslmode", "allow")) => rest.push("sslmode=prefer"),
            _ => rest.push(pair),
        }
    }
    (format!("{place}?{}", rest.join("&")), roots)
}

/// A value of a URL; a plus sign stands for itself.
fn decoded(value: &str) -> String {
    let value = value.replace('+', "%2B");
    url::form_urlencoded::parse(value.as_bytes()).map(|(value, _)| value.into_owned()).collect()
}

fn own_roots(path: &str) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| error.to_string())?;
        store.add(certificate).map_err(|error| error.to_string())?;
    }
    if store.is_empty() { Err("no certificate in it".to_owned()) } else { Ok(store) }
}

fn native_roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    // Old roots of the system that no longer parse are none of the target's business.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    store
}

fn connector(roots: RootCertStore) -> Result<MakeRustlsConnect, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::{Address, take_roots};
    use std::fs;

    #[test]
    fn the_path_of_certificates_is_taken_out() {
        let (url, roots) = take_roots("postgres://h/d?sslmode=verify-full&sslrootcert=/a%20b+c");
        assert_eq!(url, "postgres://h/d?sslmode=require");
        assert_eq!(roots.as_deref(), Some("/a b+c"));
        assert_eq!(take_roots("postgres://h/d").1, None);
    }

    fn refused(url: &str) -> String {
        let error = Address::read(url, None).expect_err(url);
        assert!(error.is_usage(), "{error}");
        error.to_string()
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_its_password() {
        for (url, word) in [
            ("postgres://u:secret@h:port/db", "invalid"),
            ("postgres://u:secret@h/db?schema=public", "schema"),
            ("postgres://u:secret@h/db?sslmode=maybe", "sslmode"),
            ("postgres://u:secret@h/db?sslrootcert=/no/such.pem", "/no/such.pem"),
        ] {
            let error = refused(url);
            assert!(error.contains(word) && !error.contains("secret"), "{error}");
        }
        let empty = tempfile::NamedTempFile::new().expect("a file");
        fs::write(empty.path(), "nothing").expect("written");
        let url = format!("postgres://h/db?sslrootcert={}", empty.path().display());
        assert!(refused(&url).contains("no certificate in it"));
    }

    #[test]
    fn the_password_of_the_environment_counts_where_the_url_has_none() {
        let password = |url: &str| {
            let address = Address::read(url, Some("outer".to_owned())).expect(url);
            String::from_utf8_lossy(address.config.get_password().expect("one")).into_owned()
        };
        assert_eq!(password("postgres://u@h/db"), "outer");
        assert_eq!(password("postgres://u:inner@h/db"), "inner");
        let shown = format!("{:?}", Address::read("postgres://u:inner@h/db", None).expect("read"));
        assert!(!shown.contains("inner"), "{shown}");
    }
}
