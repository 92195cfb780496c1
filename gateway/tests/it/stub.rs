//! A server that says what it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Value, json};

/// What the stub saw of one request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) message: Value,
}

/// Says how a message is answered; `None` leaves it to the stub.
type Script = dyn Fn(&Seen) -> Option<Response> + Send + Sync;

/// A running stub.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Script>,
}

/// An answer in JSON.
pub(crate) fn answer(seen: &Seen, member: &str, value: &Value) -> Response {
    respond(
        200,
        "application/json",
        json!({"jsonrpc": "2.0", "id": seen.message["id"], member: value}).to_string(),
    )
}

/// Any answer.
pub(crate) fn respond(status: u16, content_type: &str, body: String) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("mcp-session-id", "stub-session")
        .body(Body::from(body))
        .expect("it is valid")
}

impl Stub {
    /// A server with one tool `t`; the script decides the rest.
    pub(crate) async fn start(
        script: impl Fn(&Seen) -> Option<Response> + Send + Sync + 'static,
    ) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), script).await
    }

    /// The same at an address.
    pub(crate) async fn start_at(
        address: SocketAddr,
        script: impl Fn(&Seen) -> Option<Response> + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.expect("a port");
        let stub = Self {
            address: listener.local_addr().expect("an address"),
            seen: Arc::default(),
            script: Arc::new(script),
        };
        let router = Router::new().fallback(serve).with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    /// What was asked so far with this method of JSON-RPC.
    pub(crate) fn asked(&self, method: &str) -> Vec<Seen> {
        self.filtered(|seen| seen.message["method"] == method)
    }

    /// What was seen so far.
    pub(crate) fn filtered(&self, wanted: impl Fn(&Seen) -> bool) -> Vec<Seen> {
        let seen = self.seen.lock().expect("no panic");
        seen.iter().filter(|seen| wanted(seen)).cloned().collect()
    }
}

async fn serve(
    State(stub): State<Stub>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let seen = Seen { method, headers, message: serde_json::from_slice(&body).unwrap_or_default() };
    stub.seen.lock().expect("no panic").push(seen.clone());
    if let Some(response) = (stub.script)(&seen) {
        return response;
    }
    match seen.message["method"].as_str() {
        _ if seen.method == Method::GET => respond(405, "text/plain", String::new()),
        Some("initialize") => answer(
            &seen,
            "result",
            &json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "stub", "version": "1"}}),
        ),
        Some("tools/list") => answer(
            &seen,
            "result",
            &json!({"tools": [{"name": "t", "inputSchema": {"type": "object"}, "x-kept": 1}]}),
        ),
        Some("tools/call") => answer(&seen, "result", &json!({"content": []})),
        _ => respond(202, "text/plain", String::new()),
    }
}
