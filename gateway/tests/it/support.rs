//! A gateway, a caller who writes every byte himself, and what comes back.

use std::net::SocketAddr;
use std::time::Duration;

use reference_gateway::{Config, Fault, Gateway, Upstream, UpstreamKind, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Nothing here takes longer unless it hangs.
const DEADLINE: Duration = Duration::from_secs(20);

/// A response, or what arrived of it before the deadline.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The server closed the connection.
    pub(crate) ended: bool,
}

/// A client with a session.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    pub(crate) session: Option<String>,
    /// Sent with each POST.
    pub(crate) headers: Vec<(String, String)>,
}

/// A running gateway with a caller who has a session.
pub(crate) struct House {
    pub(crate) gateway: Gateway,
    pub(crate) caller: Caller,
}

/// What a message of `tools/call` looks like.
pub(crate) fn tool_call(id: &str, tool: &str, arguments: &Value) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    )
}

/// A request without parameters.
pub(crate) fn request(id: &str, method: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}"}}"#)
}

/// A good `initialize`.
pub(crate) fn initialize(revision: &str) -> String {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "it", "version": "1"},
    }})
    .to_string()
}

/// A configuration with one more upstream.
pub(crate) fn with_upstream(alias: &str, address: SocketAddr) -> Config {
    let url = format!("http://{address}/mcp").parse().expect("a URL");
    let upstream = Upstream { alias: alias.to_owned(), kind: UpstreamKind::Http(url) };
    Config { upstreams: vec![Upstream::builtin(), upstream], ..Config::default() }
}

/// An address at which nobody listens.
pub(crate) async fn dead_address() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address")
}

impl House {
    /// A gateway as it comes.
    pub(crate) async fn new() -> Self {
        Self::of(Config::default(), "2025-11-25").await
    }

    /// A gateway with faults.
    pub(crate) async fn with(faults: &[Fault]) -> Self {
        let config = Config { faults: faults.to_vec(), ..Config::default() };
        Self::of(config, "2025-11-25").await
    }

    /// A gateway of this configuration, and a session of this revision.
    pub(crate) async fn of(config: Config, revision: &str) -> Self {
        let gateway = start(config).await.expect("it starts");
        let mut caller = Caller::at(gateway.address());
        caller.open(revision).await;
        Self { gateway, caller }
    }

    /// All records but that of the `initialize` of the first session.
    pub(crate) async fn records(&self) -> Vec<Value> {
        let mut records = self.caller.records().await;
        records.remove(0);
        records
    }
}

impl Caller {
    /// A caller without a session.
    pub(crate) fn at(address: SocketAddr) -> Self {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            address,
            session: None,
            headers: vec![
                header("Content-Type", "application/json"),
                header("Accept", "application/json, text/event-stream"),
            ],
        }
    }

    /// Opens a session.
    pub(crate) async fn open(&mut self, revision: &str) {
        let reply = self.post(&initialize(revision)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.session = reply.header("mcp-session-id").map(str::to_owned);
        assert!(self.session.is_some());
    }

    /// The same caller with another header, or with none of that name if the value is empty.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            caller.headers.push((name.to_owned(), value.to_owned()));
        }
        caller
    }

    /// The same caller with this session, if any.
    pub(crate) fn in_session(&self, session: Option<&str>) -> Self {
        Self { session: session.map(str::to_owned), ..self.clone() }
    }

    /// Posts a body.
    pub(crate) async fn post(&self, body: impl AsRef<[u8]>) -> Reply {
        self.send("POST", "/mcp", body.as_ref()).await
    }

    /// Sends a request and reads until the server closes.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        self.send_within(DEADLINE, method, path, body).await
    }

    /// Sends a request and reads for some time.
    pub(crate) async fn send_within(
        &self,
        deadline: Duration,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Reply {
        let mut stream = self.start(method, path, body).await;
        let mut bytes = Vec::new();
        let ended = timeout(deadline, read_to_end(&mut stream, &mut bytes)).await.is_ok();
        Reply::read(&bytes, ended)
    }

    /// Sends a request and leaves the answer to others.
    pub(crate) async fn start(&self, method: &str, path: &str, body: &[u8]) -> TcpStream {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let mut headers = self.headers.clone();
        if !headers.iter().any(|(name, _)| name == "Host") {
            headers.push(("Host".to_owned(), self.address.to_string()));
        }
        if let Some(session) = &self.session {
            headers.push(("Mcp-Session-Id".to_owned(), session.clone()));
        }
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
        for (name, value) in &headers {
            head = format!("{head}{name}: {value}\r\n");
        }
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(format!("{head}\r\n").as_bytes()).await.expect("it is written");
        stream.write_all(body).await.expect("it is written");
        stream
    }

    /// The records in memory, from the first on.
    pub(crate) async fn records(&self) -> Vec<Value> {
        let reply = self.send("GET", "/audit", b"").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["records"].as_array().expect("records").clone()
    }
}

async fn read_to_end(stream: &mut TcpStream, bytes: &mut Vec<u8>) {
    while stream.read_buf(bytes).await.is_ok_and(|length| length > 0) {}
}

impl Reply {
    fn read(bytes: &[u8], ended: bool) -> Self {
        let text = String::from_utf8(bytes.to_vec()).expect("answers are UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut reply = Self { status: status.unwrap_or(0), headers, body: body.to_owned(), ended };
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = dechunked(body);
        }
        reply
    }

    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, or its only message.
    pub(crate) fn json(&self) -> Value {
        let mut messages = self.messages();
        assert_eq!(messages.len(), 1, "one message: {}", self.body);
        messages.remove(0)
    }

    /// All messages of the body.
    pub(crate) fn messages(&self) -> Vec<Value> {
        if self.header("content-type") == Some("text/event-stream") {
            let data = self.body.lines().filter_map(|line| line.strip_prefix("data: "));
            data.map(|data| serde_json::from_str(data).expect("data is JSON")).collect()
        } else {
            vec![serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))]
        }
    }

    /// The code of the error, or 0.
    pub(crate) fn code(&self) -> i64 {
        self.json()["error"]["code"].as_i64().unwrap_or(0)
    }

    /// The id exactly as sent, or `-` if there is none.
    pub(crate) fn raw_id(&self) -> String {
        let body = self.body.trim_end().lines().last().unwrap_or_default();
        let Some((_, rest)) = body.split_once(r#""jsonrpc":"2.0","id":"#) else {
            return "-".to_owned();
        };
        let end = rest.find(r#","result""#).or_else(|| rest.find(r#","error""#));
        rest.split_at(end.expect("a result or an error")).0.to_owned()
    }
}

fn dechunked(body: &str) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some((size, tail)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a size");
        let Some((chunk, tail)) = tail.split_at_checked(size) else {
            break;
        };
        text.push_str(chunk);
        rest = tail.trim_start_matches("\r\n");
    }
    text
}
