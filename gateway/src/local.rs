//! A gateway without a socket: requests go in and responses come out as values, for whoever wants to
//! try very many of them, such as a fuzzer. Everything behind the HTTP parser is the real thing.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use tokio::sync::watch;

use crate::app::{App, Phase};
use crate::config::{Config, StartError};
use crate::{http, server};

/// A gateway in this process. Dropping it ends what still runs.
pub struct Local {
    app: Arc<App>,
    phase: watch::Sender<Phase>,
}

impl Local {
    /// A gateway of this configuration; its address is only what `Host` is compared with.
    ///
    /// # Errors
    ///
    /// If the configuration is contradictory or the audit file cannot be opened.
    pub fn new(config: Config) -> Result<Self, StartError> {
        let (app, phase) = server::build(config)?;
        Ok(Self { app, phase })
    }

    /// Serves one request on the current runtime.
    pub async fn serve(&self, request: Request) -> Response {
        http::serve(State(Arc::clone(&self.app)), request).await
    }

    /// The audit records from number `since` on, counted from 0, one JSON text each.
    #[must_use]
    pub fn records(&self, since: u64) -> Vec<String> {
        self.app.trail.ring().since(since, usize::MAX).records
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.phase.send_replace(Phase::Ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};

    async fn post(local: &Local, body: &'static str) -> (u16, String) {
        let request = Request::post("/mcp")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Body::from(body))
            .expect("a request");
        let response = local.serve(request).await;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_request_is_answered_and_recorded() {
        let local = Local::new(Config::default()).expect("it starts");
        let (status, body) = post(&local, "{").await;
        assert_eq!(status, 400);
        assert!(body.contains("-32700"), "{body}");
        let (status, _) = post(&local, r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).await;
        assert_eq!((status, local.records(0).len(), local.records(1).len()), (400, 2, 1));
    }
}
