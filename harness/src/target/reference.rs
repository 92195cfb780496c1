//! The built-in reference gateway as a target. The only module that names its crate.

use std::net::SocketAddr;
use std::path::PathBuf;

use reference_gateway::{Config, Fault, Gateway, Upstream, UpstreamKind};

use crate::runner::headers::GivenHeader;
use crate::runner::probe::{AllowedTool, Role};
use crate::wire::arrival::SECOND;
use crate::wire::envelope::Header;

/// A gateway of our own, serving on a free port of 127.0.0.1 until it is stopped.
pub struct Reference {
    gateway: Gateway,
    folder: tempfile::TempDir,
    /// The header that its callers need.
    pub credentials: GivenHeader,
}

/// The address that reproductions name: a gateway started by hand.
pub const BY_HAND: &str = "http://127.0.0.1:8080/mcp";
/// How to start one.
pub const BY_HAND_COMMAND: &str = "GAUNTLET_KEY=sesame-open-1 cargo run -p reference-gateway -- \
     --listen 127.0.0.1:8080 --audit-file audit.jsonl --api-key-env GAUNTLET_KEY \
     --upstream down=http://127.0.0.1:9/mcp --upstream own=http://127.0.0.1:8081/mcp \
     --upstream second=http://127.0.0.1:8081/second/mcp";
/// How to start our own upstream behind it.
pub const UPSTREAM_BY_HAND: &str = "cargo run -- upstream --listen 127.0.0.1:8081";

/// Why the built-in gateway does not run.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// A fault that it does not know.
    #[error("--fault {0}")]
    Fault(String),
    /// It cannot start.
    #[error("the built-in gateway cannot start: {0}")]
    Start(String),
}

impl Reference {
    /// Starts it, with a live upstream, a dead one, our own where it serves (a URL), an API key, an audit
    /// file, and a webhook where one is given.
    ///
    /// # Errors
    /// For an unknown fault, or when it cannot start.
    pub async fn start(
        faults: &[String],
        own: Option<&str>,
        webhook: Option<url::Url>,
    ) -> Result<Self, ReferenceError> {
        let start = |error: &dyn std::fmt::Display| ReferenceError::Start(error.to_string());
        let faults = parse(faults)?;
        let folder = tempfile::tempdir().map_err(|error| start(&error))?;
        let key = api_key();
        let audit_file = folder.path().join("audit.jsonl");
        let config = Config {
            audit_file: Some(audit_file),
            audit_webhook: webhook,
            log_file: Some(folder.path().join("gateway.log")),
            api_key: Some(key.clone()),
            upstreams: upstreams(own).map_err(|error| start(&error))?,
            faults,
            ..Config::default()
        };
        let gateway = reference_gateway::start(config).await.map_err(|error| start(&error))?;
        let header = Header::new("Authorization", format!("Bearer {key}"));
        let printable = "Authorization: Bearer $GAUNTLET_KEY".to_owned();
        Ok(Self { gateway, folder, credentials: GivenHeader { header, printable } })
    }

    /// Its endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        self.gateway.url()
    }

    /// Its audit file.
    #[must_use]
    pub fn audit_file(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    /// Its log.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("gateway.log")
    }

    /// Stops it.
    pub async fn stop(self) {
        self.gateway.stop().await;
    }
}

/// A tool of the upstream that is down: it cannot be listed, so it is named here.
#[must_use]
pub fn dead_tool() -> AllowedTool {
    AllowedTool {
        name: "down-gauntlet_echo".to_owned(),
        arguments: Some(r#"{"text":"{{key}}"}"#.to_owned()),
        role: Some(Role::Dead),
    }
}

/// Every fault with what it breaks.
#[must_use]
pub fn faults() -> Vec<(String, &'static str)> {
    Fault::ALL.iter().map(|fault| (fault.to_string(), fault.about())).collect()
}

/// Every fault that shows over stdio alone, with what it breaks.
#[must_use]
pub fn stdio_faults() -> Vec<(String, &'static str)> {
    Fault::STDIO.iter().map(|fault| (fault.to_string(), fault.about())).collect()
}

/// Every fault that shows where records are posted to a webhook, with what it breaks.
#[must_use]
pub fn sink_faults() -> Vec<(String, &'static str)> {
    Fault::SINK.iter().map(|fault| (fault.to_string(), fault.about())).collect()
}

/// Every fault of how a gateway is set up, which a diagnosis finds, with what it breaks.
#[must_use]
pub fn setup_faults() -> Vec<(String, &'static str)> {
    Fault::SETUP.iter().map(|fault| (fault.to_string(), fault.about())).collect()
}

/// What a gateway that is run alone is started with.
#[derive(Clone, Debug, Default)]
pub struct Alone {
    /// Where it listens; none to serve standard input and output.
    pub listen: Option<SocketAddr>,
    /// The file to which it appends its records.
    pub audit_file: Option<PathBuf>,
    /// The receiver to which it posts its records.
    pub audit_webhook: Option<url::Url>,
    /// The file to which it appends its warnings.
    pub log_file: Option<PathBuf>,
    /// The key that its callers need over HTTP.
    pub api_key: Option<String>,
    /// URL of an upstream that is our own; none for the built-in one alone.
    pub upstream: Option<url::Url>,
    /// Names of the faults to plant.
    pub faults: Vec<String>,
}

/// Runs a gateway until its input ends, or until it is asked to end. `ready` is told its URL.
///
/// # Errors
/// For an unknown fault, or when it cannot start.
pub async fn run_alone(alone: Alone, ready: impl FnOnce(&str)) -> Result<(), ReferenceError> {
    let start = |error: &dyn std::fmt::Display| ReferenceError::Start(error.to_string());
    let mut config = Config {
        audit_file: alone.audit_file,
        audit_webhook: alone.audit_webhook,
        log_file: alone.log_file,
        api_key: alone.api_key,
        upstreams: upstreams(alone.upstream.as_ref().map(url::Url::as_str))
            .map_err(|error| start(&error))?,
        faults: parse(&alone.faults)?,
        ..Config::default()
    };
    let Some(listen) = alone.listen else {
        return reference_gateway::serve_stdio(config).await.map_err(|error| start(&error));
    };
    config.listen = listen;
    let stopped = reference_gateway::termination().map_err(|error| start(&error))?;
    let gateway = reference_gateway::start(config).await.map_err(|error| start(&error))?;
    ready(&gateway.url());
    stopped.await;
    gateway.stop().await;
    Ok(())
}

fn parse(names: &[String]) -> Result<Vec<Fault>, ReferenceError> {
    let parse = |name: &String| {
        name.parse().map_err(|error| ReferenceError::Fault(format!("{name}: {error}")))
    };
    names.iter().map(parse).collect()
}

/// The built-in upstream, one where nothing listens (port 9 is `discard`, which nobody runs), and our
/// own two, where they serve.
fn upstreams(own: Option<&str>) -> Result<Vec<Upstream>, url::ParseError> {
    let nowhere = "http://127.0.0.1:9/mcp".parse()?;
    let mut upstreams = vec![
        Upstream { alias: "gauntlet".to_owned(), kind: UpstreamKind::Builtin },
        Upstream { alias: "down".to_owned(), kind: UpstreamKind::Http(nowhere) },
    ];
    if let Some(url) = own {
        let kind = UpstreamKind::Http(url.parse()?);
        upstreams.push(Upstream { alias: "own".to_owned(), kind });
        let second = url.parse::<url::Url>()?.join(SECOND)?.join("mcp")?;
        let kind = UpstreamKind::Http(second);
        upstreams.push(Upstream { alias: "second".to_owned(), kind });
    }
    Ok(upstreams)
}

/// A key that no other run has; it is a secret only in name.
fn api_key() -> String {
    let mark = crate::runner::keys::trace_id(&crate::runner::keys::now().to_string());
    format!("sesame-{mark}")
}
