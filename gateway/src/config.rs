//! What a gateway is started with.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use url::Url;

use crate::fault::Fault;
use crate::network::Network;
use crate::oauth::is_origin;

/// The settings of one gateway.
#[derive(Clone)]
pub struct Config {
    /// Where to listen. Port 0 lets the system choose a free port.
    pub listen: SocketAddr,
    /// A file to which audit records are appended, one JSON object a line.
    pub audit_file: Option<PathBuf>,
    /// A receiver to which audit records are posted, as JSON arrays. It needs a Tokio runtime.
    pub audit_webhook: Option<Url>,
    /// A file to which warnings are appended, one a line, beside what `tracing` is told.
    pub log_file: Option<PathBuf>,
    /// The key that callers must send as `Authorization: Bearer KEY` (RFC 6750 section 2.1).
    pub api_key: Option<String>,
    /// What clients call the gateway, for example `https://gateway.example`; none for the address that
    /// it listens on.
    pub public_origin: Option<Url>,
    /// The proxies whose `X-Forwarded-Proto` and `X-Forwarded-Host` are believed, as long as no public
    /// origin is declared.
    pub trusted_proxies: Vec<Network>,
    /// The servers whose tools are offered.
    pub upstreams: Vec<Upstream>,
    /// Deliberate defects.
    pub faults: Vec<Fault>,
}

/// One server behind the gateway.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Stands before the names of its tools, as in `ALIAS-TOOL`.
    pub alias: String,
    /// Where it is.
    pub kind: UpstreamKind,
}

/// Where an upstream is.
#[derive(Debug, Clone)]
pub enum UpstreamKind {
    /// Part of the gateway: a few tools without effects.
    Builtin,
    /// An MCP server with Streamable HTTP at this address.
    Http(Url),
    /// An MCP server that is started by this program and its arguments, and speaks on its standard input
    /// and output. It is started when it is first needed, and again when it has ended.
    Command(Vec<String>),
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address of the configuration.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The audit file cannot be opened for appending.
    #[error("cannot open the audit file {path}: {source}")]
    AuditFile {
        /// The path of the configuration.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The log file cannot be opened for appending.
    #[error("cannot open the log file {path}: {source}")]
    LogFile {
        /// The path of the configuration.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refuses something that every process needs, a thread or a signal.
    #[error("cannot run: {0}")]
    Process(io::Error),
    /// An alias cannot stand in the name of a tool.
    #[error("upstream alias {0:?} must have 1 to 32 of the characters A-Z a-z 0-9 _ . -")]
    Alias(String),
    /// Two upstreams have the same alias.
    #[error("upstream alias {0:?} is used twice")]
    AliasTwice(String),
    /// The address of an upstream is not one of HTTP.
    #[error("upstream {0:?} needs an address with http:// or https://")]
    Scheme(String),
    /// The address of the webhook is not one of HTTP. It is not repeated: it may hold a password.
    #[error("the audit webhook needs an address with http:// or https://")]
    Webhook,
    /// The client for the webhook cannot be set up.
    #[error("cannot set up the client for the audit webhook: {0}")]
    WebhookClient(reqwest::Error),
    /// The public origin is more, or less, than an origin. It is not repeated: it may hold a password.
    #[error(
        "the public origin must be scheme, host and port alone, for example https://gateway.example"
    )]
    PublicOrigin,
    /// The command of an upstream names no program.
    #[error("upstream {0:?} needs a command")]
    Command(String),
    /// The key is empty.
    #[error("the api key is empty")]
    EmptyKey,
    /// The client for an upstream cannot be set up.
    #[error("cannot set up the client for upstream {alias:?}: {source}")]
    Client {
        /// The alias of the upstream.
        alias: String,
        /// What the client library says.
        source: reqwest::Error,
    },
}

impl Default for Config {
    /// Any free port of the loopback, the builtin upstream as `gauntlet`, and nothing else.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            audit_file: None,
            audit_webhook: None,
            log_file: None,
            api_key: None,
            public_origin: None,
            trusted_proxies: Vec::new(),
            upstreams: vec![Upstream::builtin()],
            faults: Vec::new(),
        }
    }
}

impl Upstream {
    /// The builtin upstream under its usual alias, `gauntlet`.
    #[must_use]
    pub fn builtin() -> Self {
        Self { alias: "gauntlet".to_owned(), kind: UpstreamKind::Builtin }
    }
}

impl Config {
    /// What can be told to be wrong before anything is opened.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.api_key.as_deref() == Some("") {
            return Err(StartError::EmptyKey);
        }
        if self.public_origin.as_ref().is_some_and(|origin| !is_origin(origin)) {
            return Err(StartError::PublicOrigin);
        }
        if self.audit_webhook.as_ref().is_some_and(|url| !is_http(url)) {
            return Err(StartError::Webhook);
        }
        let mut aliases = Vec::new();
        for upstream in &self.upstreams {
            let alias = upstream.alias.as_str();
            if !is_alias(alias) {
                return Err(StartError::Alias(alias.to_owned()));
            }
            if aliases.contains(&alias) {
                return Err(StartError::AliasTwice(alias.to_owned()));
            }
            aliases.push(alias);
            if let UpstreamKind::Http(url) = &upstream.kind
                && !is_http(url)
            {
                return Err(StartError::Scheme(alias.to_owned()));
            }
            if matches!(&upstream.kind, UpstreamKind::Command(words) if words.is_empty()) {
                return Err(StartError::Command(alias.to_owned()));
            }
        }
        Ok(())
    }
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

fn is_alias(alias: &str) -> bool {
    (1..=32).contains(&alias.len())
        && alias.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

impl fmt::Debug for Config {
    /// Without the key, and without what a URL may hold of credentials.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("listen", &self.listen)
            .field("audit_file", &self.audit_file)
            .field("audit_webhook", &self.audit_webhook.as_ref().map(Url::origin))
            .field("log_file", &self.log_file)
            .field("api_key", &self.api_key.as_ref().map(|_| "..."))
            .field("public_origin", &self.public_origin.as_ref().map(Url::origin))
            .field("trusted_proxies", &self.trusted_proxies)
            .field("upstreams", &self.upstreams)
            .field("faults", &self.faults)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(aliases: &[&str]) -> Config {
        let upstream =
            |alias: &&str| Upstream { alias: (*alias).to_owned(), kind: UpstreamKind::Builtin };
        Config { upstreams: aliases.iter().map(upstream).collect(), ..Config::default() }
    }

    #[test]
    fn aliases_are_checked() {
        assert!(with(&["a", "a-b"]).check().is_ok());
        assert!(matches!(with(&["a b"]).check(), Err(StartError::Alias(_))));
        assert!(matches!(with(&[""]).check(), Err(StartError::Alias(_))));
        assert!(matches!(with(&["a", "a"]).check(), Err(StartError::AliasTwice(_))));
    }

    #[test]
    fn a_public_origin_is_an_origin_and_nothing_more() {
        let check = |text: &str| {
            let origin = Some(Url::parse(text).expect(text));
            Config { public_origin: origin, ..Config::default() }.check()
        };
        for text in ["https://gw.example", "http://10.0.0.1:8080/"] {
            assert!(check(text).is_ok(), "{text}");
        }
        for text in ["https://gw.example/mcp", "https://u@gw.example", "ftp://gw.example", "a:b"] {
            assert!(matches!(check(text), Err(StartError::PublicOrigin)), "{text}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let webhook = "http://u:hush@127.0.0.1/?key=hush".parse().expect("a URL");
        let api_key = Some("hush".to_owned());
        let config = Config { api_key, audit_webhook: Some(webhook), ..Config::default() };
        assert!(!format!("{config:?}").contains("hush"));
    }
}
