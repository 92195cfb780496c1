//! Starting and stopping a gateway.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use crate::app::{App, Phase};
use crate::audit::{Outlets, Trail};
use crate::config::{Config, StartError, UpstreamKind};
use crate::fault::{Faults, Outgoing};

use crate::http::{Gate, serve};
use crate::log::Log;
use crate::modern::Seal;
use crate::oauth::Origins;
use crate::reply::EventIds;
use crate::session::Sessions;
use crate::sink::{JsonLines, Webhook};
use crate::stdio::{self, Ends};
use crate::upstream::{Backend, Catalog, Process, Remote, Wire};

/// Requests that run when the gateway is stopped have this long to end.
const DRAIN_BUDGET: Duration = Duration::from_secs(2);
/// The audit file and the webhook have this long to take what is left when the gateway is stopped.
const FLUSH_BUDGET: Duration = Duration::from_secs(2);

/// A running gateway. Dropping it stops it too, without waiting.
pub struct Gateway {
    address: SocketAddr,
    phase: watch::Sender<Phase>,
    server: JoinHandle<()>,
    trail: Arc<Trail>,
}

/// Binds the address and serves in the background.
///
/// # Errors
///
/// If the configuration is contradictory, the address is taken or the audit file cannot be opened.
pub async fn start(config: Config) -> Result<Gateway, StartError> {
    config.check()?;
    let parts = parts(&config)?;
    let (listener, address) = listen(config.listen).await?;
    let (app, phase) = assemble(config, parts, address);
    let trail = Arc::clone(&app.trail);
    Ok(Gateway { address, phase, server: tokio::spawn(run(listener, app)), trail })
}

/// Serves stdin and stdout until stdin ends, stdout breaks, or SIGTERM or SIGINT arrives. The
/// address and the key of the configuration are for HTTP and mean nothing here: whoever holds the
/// pipes is the caller.
///
/// # Errors
///
/// If the configuration is contradictory, the audit file cannot be opened or the system refuses
/// the signals or the threads that are needed.
pub async fn serve_stdio(config: Config) -> Result<(), StartError> {
    let (app, phase) = build(config)?;
    let stopped = termination().map_err(StartError::Process)?;
    let ends = Ends { input: io::stdin(), output: io::stdout() };
    stdio::run(&app, &phase, ends, stopped).await.map_err(StartError::Process)?;
    app.trail.close(FLUSH_BUDGET).await;
    Ok(())
}

/// Resolves on SIGTERM or SIGINT.
///
/// # Errors
///
/// If the system does not let us listen to signals.
pub fn termination() -> io::Result<impl Future<Output = ()> + Send> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

/// What serves, without anything that listens.
pub(crate) fn build(config: Config) -> Result<(Arc<App>, watch::Sender<Phase>), StartError> {
    config.check()?;
    let (parts, address) = (parts(&config)?, config.listen);
    Ok(assemble(config, parts, address))
}

/// What may fail before anything listens.
struct Parts {
    faults: Arc<Faults>,
    catalog: Catalog,
    outlets: Outlets,
}

fn parts(config: &Config) -> Result<Parts, StartError> {
    let faults = Arc::new(Faults::new(&config.faults));
    let path = config.log_file.as_deref();
    let log = Log::open(path, &faults).map_err(|source| StartError::LogFile {
        path: path.map(Path::to_owned).unwrap_or_default(),
        source,
    })?;
    let catalog = catalog(config, &faults, &log)?;
    let outlets =
        Outlets { file: audit_file(config, &log)?, webhook: webhook(config, &log, &faults)? };
    Ok(Parts { faults, catalog, outlets })
}

fn assemble(
    config: Config,
    Parts { faults, catalog, outlets }: Parts,
    address: SocketAddr,
) -> (Arc<App>, watch::Sender<Phase>) {
    let (phase, watched) = watch::channel(Phase::Open);
    let app = App {
        origins: Origins::new(config.public_origin.as_ref(), address, config.trusted_proxies),
        gate: Gate::new(address, config.api_key, config.public_origin)
            .reading_query(faults.reads_query()),
        sessions: Sessions::default(),
        seal: Seal::default(),
        catalog,
        trail: Arc::new(Trail::new(outlets, Arc::clone(&faults))),
        faults,
        event_ids: EventIds::default(),
        phase: watched,
    };
    (Arc::new(app), phase)
}

fn audit_file(config: &Config, log: &Log) -> Result<Option<JsonLines>, StartError> {
    let open = |path: &std::path::PathBuf| {
        JsonLines::open(path, log.clone())
            .map_err(|source| StartError::AuditFile { path: path.clone(), source })
    };
    config.audit_file.as_ref().map(open).transpose()
}

fn webhook(
    config: &Config,
    log: &Log,
    faults: &Arc<Faults>,
) -> Result<Option<Webhook>, StartError> {
    let start = |url: &Url| {
        Webhook::start(url.clone(), log.clone(), faults).map_err(StartError::WebhookClient)
    };
    config.audit_webhook.as_ref().map(start).transpose()
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn catalog(config: &Config, faults: &Arc<Faults>, log: &Log) -> Result<Catalog, StartError> {
    let outgoing = Outgoing::new(faults, config.api_key.as_deref());
    let upstreams: Result<Vec<_>, StartError> = config
        .upstreams
        .iter()
        .map(|upstream| {
            let alias = upstream.alias.clone();
            let failed = |source| StartError::Client { alias: alias.clone(), source };
            let backend = match &upstream.kind {
                UpstreamKind::Builtin => Backend::Builtin,
                UpstreamKind::Command(words) => {
                    let process = Process::new(&alias, words, outgoing.clone(), log.clone());
                    Backend::Process(Box::new(process))
                }
                UpstreamKind::Http(url) => {
                    let wire = Wire::new(&alias, url.clone(), outgoing.clone(), log.clone());
                    Backend::Remote(Box::new(Remote::new(wire.map_err(failed)?)))
                }
            };
            Ok(crate::upstream::Upstream::new(alias, backend, log.clone()))
        })
        .collect();
    upstreams.map(Catalog::new)
}

async fn run(listener: TcpListener, app: Arc<App>) {
    let router = Router::new().fallback(serve).with_state(Arc::clone(&app));
    // Answers are small: waiting for more to send would only delay them.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let draining = async move { app.reached(Phase::Draining).await };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(draining).await {
        tracing::error!(%error, "the gateway stopped serving");
    }
}

impl Gateway {
    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// How many audit records did not reach the audit file or the webhook.
    #[must_use]
    pub fn lost_records(&self) -> u64 {
        self.trail.lost()
    }

    /// Stops serving: running requests get a moment to end, then they are given up.
    pub async fn stop(mut self) {
        self.phase.send_replace(Phase::Draining);
        if tokio::time::timeout(DRAIN_BUDGET, &mut self.server).await.is_err() {
            self.phase.send_replace(Phase::Ended);
            self.server.abort();
            // Lets the requests that were given up write their records.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.trail.close(FLUSH_BUDGET).await;
    }
}
