//! One line to the upstream, and what it answers back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, header, redirect};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::CONNECT;
use super::state::{Agreed, State};
use crate::wire::arrival::BRIDGED;
use crate::wire::json::{Json, parse};
use crate::wire::sse::Decoder;
use crate::wire::transport::Transport;

/// The whole time of one exchange. A program that never answers holds its call for longer, so that its
/// end is no crash.
const EXCHANGE: Duration = Duration::from_secs(60);

/// Bytes of one body.
const MOST_BODY: usize = 16 * 1024 * 1024;

/// The stream beside the calls is opened within this time, and the handshake answered then.
const OPENING: Duration = Duration::from_secs(1);

/// One that ended is opened again after this time, so often in a row.
const REOPEN: (Duration, u32) = (Duration::from_secs(1), 5);

/// The way to the upstream.
#[derive(Debug)]
pub(super) struct Bridge {
    lane: Lane,
    state: State,
    /// What reads the stream beside the calls.
    listener: Mutex<Option<JoinHandle<()>>>,
}

/// Where messages go, and where lines come out.
#[derive(Clone, Debug)]
struct Lane {
    client: Client,
    url: String,
    lines: mpsc::Sender<Vec<u8>>,
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.replace_listener(None);
    }
}

impl Bridge {
    /// A way that makes a connection for each message: none is kept that could break unnoticed.
    pub(super) fn new(to: &str, lines: mpsc::Sender<Vec<u8>>) -> Result<Self, String> {
        // Fails only if a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| error.to_string())?;
        let lane = Lane { client, url: format!("http://{to}/mcp"), lines };
        Ok(Self { lane, state: State::default(), listener: Mutex::default() })
    }

    /// Passes a message on, and its answer back. Silence is passed on too.
    ///
    /// # Errors
    /// When the upstream did what makes a process crash; the text says what.
    pub(super) async fn pass(&self, message: Message) -> Result<(), String> {
        timeout(EXCHANGE, self.exchange(message)).await.unwrap_or(Ok(()))
    }

    async fn exchange(&self, message: Message) -> Result<(), String> {
        let agreed = self.state.of(message.read.as_ref());
        let agreed = if message.is_handshake() { Agreed::default() } else { agreed };
        let response = self.lane.post(message.bytes.clone(), &agreed).await?;
        if is_stream(&response) {
            return self.lane.relay(response).await;
        }
        let (status, session) = (response.status(), session(&response));
        let body = body(response).await?;
        if message.is_handshake() && status.is_success() {
            self.state.agree(session, &body);
            self.stand().await;
        }
        if !status.is_success() && parse(&body).is_err() {
            return Err(format!("the upstream answered HTTP {status}"));
        }
        if !body.is_empty() {
            self.lane.say(body).await;
        }
        Ok(())
    }

    /// Opens the stream beside the calls of the session that was just agreed, and reads it on.
    async fn stand(&self) {
        let (lane, agreed) = (self.lane.clone(), self.state.of(None));
        if agreed.session.is_none() {
            return self.replace_listener(None);
        }
        let first = timeout(OPENING, lane.open(&agreed)).await.unwrap_or(None);
        let listen = tokio::spawn(async move { lane.listen(first, &agreed).await });
        self.replace_listener(Some(listen));
    }

    fn replace_listener(&self, new: Option<JoinHandle<()>>) {
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = std::mem::replace(&mut *listener, new) {
            old.abort();
        }
    }
}

/// A line, read.
#[derive(Debug)]
pub(super) struct Message {
    bytes: Vec<u8>,
    read: Option<Json>,
}

impl Message {
    /// What the line says; anything may.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let read = parse(&bytes).ok();
        Self { bytes, read }
    }

    /// Whether all that follows waits for its answer.
    pub(super) fn is_handshake(&self) -> bool {
        let method = self.read.as_ref().and_then(|message| message.get("method"));
        method.and_then(Json::as_str) == Some("initialize")
    }
}

impl Lane {
    async fn post(&self, body: Vec<u8>, agreed: &Agreed) -> Result<Response, String> {
        let request = self
            .client
            .post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .body(body);
        along(request, agreed).send().await.map_err(|error| broken(&error))
    }

    /// The stream beside the calls; none where it is not served.
    async fn open(&self, agreed: &Agreed) -> Option<Response> {
        let request = self.client.get(&self.url).header(header::ACCEPT, "text/event-stream");
        let response = along(request, agreed).send().await.ok()?;
        is_stream(&response).then_some(response)
    }

    /// Reads the stream beside the calls, and opens it again where it ended.
    async fn listen(&self, first: Option<Response>, agreed: &Agreed) {
        let (pause, most) = REOPEN;
        let (mut stream, mut failed) = (first, 0);
        while failed < most {
            failed = if stream.is_some() { 0 } else { failed + 1 };
            if let Some(stream) = stream.take() {
                // Its end is not that of the process: the next message shows whether the upstream lives.
                let _ = self.relay(stream).await;
            }
            sleep(pause).await;
            stream = timeout(OPENING, self.open(agreed)).await.unwrap_or(None);
        }
    }

    /// A line for every event, as it comes.
    async fn relay(&self, mut response: Response) -> Result<(), String> {
        let mut decoder = Decoder::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            decoder.push(&chunk);
            for event in decoder.take_events() {
                if !event.data.is_empty() {
                    self.say(event.data.into_bytes()).await;
                }
            }
        }
        Ok(())
    }

    /// Whoever does not read any more is ending us.
    async fn say(&self, line: Vec<u8>) {
        let _ = self.lines.send(line).await;
    }
}

/// What was agreed goes along, and that it came over standard input.
fn along(request: RequestBuilder, agreed: &Agreed) -> RequestBuilder {
    let fields = [("mcp-session-id", &agreed.session), ("mcp-protocol-version", &agreed.version)];
    let request = request.header(BRIDGED, Transport::Stdio.as_str());
    let given = fields.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    given.fold(request, |request, (name, value)| request.header(name, value))
}

fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    response.status().is_success() && kind.is_some_and(|it| it.starts_with("text/event-stream"))
}

fn session(response: &Response) -> Option<String> {
    let value = response.headers().get("mcp-session-id")?;
    value.to_str().ok().map(str::to_owned)
}

async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() + chunk.len() > MOST_BODY {
            return Err("the upstream answered more than 16 MiB".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn broken(error: &reqwest::Error) -> String {
    if error.is_connect() {
        return "the upstream is gone".to_owned();
    }
    "the upstream broke the connection".to_owned()
}
