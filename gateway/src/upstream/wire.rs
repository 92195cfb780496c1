//! HTTP towards an upstream: headers, limits and errors.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::{Bytes, BytesMut};
use reqwest::{Client, RequestBuilder, Response, header};
use tokio::time::timeout;
use url::Url;

use super::call::Unavailable;
use super::catalog::Hop;
use super::changed::Changed;
use super::incoming::Question;
use crate::client::client;
use crate::fault::Outgoing;
use crate::log::Log;
use crate::revision::Revision;

/// An answer has at most this many bytes: 8 MiB.
pub(crate) const ANSWER_LIMIT: usize = 8 << 20;

/// An upstream takes our answer to a request of its own within this time.
const ANSWER_BUDGET: Duration = Duration::from_secs(5);

/// What an upstream agreed to in `initialize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpstreamSession {
    pub(crate) id: Option<HeaderValue>,
    pub(crate) revision: Revision,
}

impl UpstreamSession {
    /// What stands for a session where there is none.
    pub(super) const STATELESS: Self = Self { id: None, revision: Revision::July2026 };
}

/// The HTTP client of one upstream.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    /// Names the upstream in the log.
    alias: String,
    client: Client,
    url: Url,
    log: Log,
    pub(crate) outgoing: Outgoing,
    /// What the server has told of its tools.
    pub(super) changed: Changed,
}

/// The answer to one message.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) response: Response,
    pub(crate) is_stream: bool,
}

impl Wire {
    /// A client of an upstream at this address.
    pub(crate) fn new(
        alias: &str,
        url: Url,
        outgoing: Outgoing,
        log: Log,
    ) -> Result<Self, reqwest::Error> {
        let (alias, client, changed) = (alias.to_owned(), client()?, Changed::default());
        Ok(Self { alias, client, url, log, outgoing, changed })
    }

    /// Where it leads, and the credentials that go along. User information and query may be secrets.
    pub(crate) fn hop(&self) -> Hop {
        let address = format!("{}{}", self.url.origin().ascii_serialization(), self.url.path());
        Hop { address, authorization: self.outgoing.authorization() }
    }

    /// Posts one message. The body of the response is not read yet.
    pub(crate) async fn post(
        &self,
        message: String,
        session: Option<&UpstreamSession>,
        traceparent: Option<&str>,
    ) -> Result<Received, Unavailable> {
        self.post_with(HeaderMap::new(), message, session, traceparent).await
    }

    /// The same with further headers.
    pub(crate) async fn post_with(
        &self,
        headers: HeaderMap,
        message: String,
        session: Option<&UpstreamSession>,
        traceparent: Option<&str>,
    ) -> Result<Received, Unavailable> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .headers(headers)
            .body(message);
        if let Some(session) = session {
            request = in_session(request, session);
        }
        if let Some(cookie) = self.outgoing.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(authorization) = self.outgoing.authorization() {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some(traceparent) = traceparent {
            request = request.header("traceparent", traceparent);
        }
        let received = Received::from(request).await?;
        self.outgoing.came_back(received.response.headers());
        Ok(received)
    }

    /// Fetches what a schema refers to, where a fault wants it.
    pub(super) async fn fetch(&self, reference: &str) {
        if let Ok(url) = Url::parse(reference) {
            let _ = timeout(ANSWER_BUDGET, self.client.get(url).send()).await;
        }
    }

    /// Opens the stream for messages that answer nothing.
    pub(crate) async fn open_stream(
        &self,
        session: &UpstreamSession,
    ) -> Result<Received, Unavailable> {
        let request = self.client.get(self.url.clone());
        let request = request.header(header::ACCEPT, "text/event-stream");
        Received::from(in_session(request, session)).await
    }

    /// Answers a request of the upstream.
    pub(crate) async fn answer(
        &self,
        session: Option<&UpstreamSession>,
        question: &Question,
    ) -> Result<(), Unavailable> {
        if question.answer.error.is_some() {
            self.log.refused(&self.alias, question);
        }
        if self.outgoing.is_mute() {
            return Ok(());
        }
        let posted = self.post(question.answer.text().get().to_owned(), session, None);
        timeout(ANSWER_BUDGET, posted).await.map_err(|_| Unavailable::Timeout)?.map(|_| ())
    }
}

fn in_session(mut request: RequestBuilder, session: &UpstreamSession) -> RequestBuilder {
    if let Some(id) = &session.id {
        request = request.header("mcp-session-id", id);
    }
    request.header("mcp-protocol-version", session.revision.name())
}

fn has_type(response: &Response, media_type: &str) -> bool {
    let value = response.headers().get(header::CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

impl Received {
    async fn from(request: RequestBuilder) -> Result<Self, Unavailable> {
        let response = request.send().await.map_err(|error| cause(&error))?;
        let is_stream = has_type(&response, "text/event-stream");
        Ok(Self { response, is_stream })
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The session that the upstream opened.
    pub(crate) fn session_id(&self) -> Option<HeaderValue> {
        self.response.headers().get("mcp-session-id").cloned()
    }

    /// The next part of the body.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Unavailable> {
        self.response.chunk().await.map_err(|error| cause(&error))
    }

    /// The whole body, within the limit.
    pub(crate) async fn body(mut self) -> Result<Bytes, Unavailable> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(Unavailable::Garbage("answer of at most 8 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

fn cause(error: &reqwest::Error) -> Unavailable {
    if error.is_timeout() {
        Unavailable::Timeout
    } else if error.is_connect() {
        Unavailable::Connect
    } else {
        Unavailable::Broken
    }
}
