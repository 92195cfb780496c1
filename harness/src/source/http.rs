//! A query API for records: `GET URL?since=N&limit=1000` answers
//! `{"records": [...], "next": N, "lost": 0}`, as the reference gateway's `GET /audit` does.
//!
//! The API belongs to the target: its pages are bounded in length, time and number, and it is never
//! followed to another place, since the credentials go along.

mod page;

use super::error::SourceError;
use super::locator::without_credentials;
use super::tail::unreadable;
use super::{Feed, Line, MAX_LINE, MAX_POLL};
use crate::wire::envelope::Header;
use futures_util::future::BoxFuture;
use page::Page;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, redirect};
use serde_json::value::RawValue;
use std::time::{Duration, Instant};
use url::Url;

/// Time for one page, from the connection to its last byte.
const PAGE_DEADLINE: Duration = Duration::from_secs(5);

/// Time after which a poll leaves further pages to the next one.
const POLL_TIME: Duration = Duration::from_secs(2);

/// Time for finding the end of the records when the source is opened.
const OPEN_DEADLINE: Duration = Duration::from_secs(60);

/// Records that are asked for at once.
const PAGE_RECORDS: &str = "1000";

/// An API from which records are read on.
#[derive(Debug)]
pub(super) struct HttpSource {
    client: Client,
    url: Url,
    /// The API's name for the place from which to read on.
    next: u64,
    lost: u64,
    more: bool,
    /// What the poll in progress has read; it stays here should that poll be dropped.
    kept: Vec<Line>,
}

impl HttpSource {
    /// Connects and pages to the present end of the records.
    pub(super) async fn open(url: &str, headers: &[Header]) -> Result<Self, SourceError> {
        let parsed = Url::parse(url).map_err(|error| unreachable(url, &error.to_string()))?;
        let client = client(headers).map_err(|reason| unreachable(url, &reason))?;
        let mut source =
            Self { client, url: parsed, next: 0, lost: 0, more: false, kept: Vec::new() };
        tokio::time::timeout(OPEN_DEADLINE, source.skip_to_end())
            .await
            .map_err(|_| source.not_a_page("its records have no end"))??;
        source.lost = 0;
        Ok(source)
    }

    async fn read(&mut self) -> Result<Vec<Line>, SourceError> {
        let mut size = self.kept.iter().map(Line::size).sum::<usize>();
        let began = Instant::now();
        self.more = true;
        while size < MAX_POLL && began.elapsed() < POLL_TIME {
            let page = match self.turn().await {
                Ok(page) => page,
                // What came before the failure is kept: the next poll does not ask for it again.
                Err(_) if !self.kept.is_empty() => break,
                Err(error) => {
                    self.more = false;
                    return Err(error);
                }
            };
            self.more = !page.is_empty();
            if page.is_empty() {
                break;
            }
            let start = self.kept.len();
            self.kept.extend(page.iter().map(|record| line_of(record)));
            size += self.kept.iter().skip(start).map(Line::size).sum::<usize>();
        }
        Ok(std::mem::take(&mut self.kept))
    }

    async fn skip_to_end(&mut self) -> Result<(), SourceError> {
        while !self.turn().await?.is_empty() {}
        Ok(())
    }

    /// Fetches the next page and moves behind it; empty when there is no record any more.
    async fn turn(&mut self) -> Result<Vec<Box<RawValue>>, SourceError> {
        let page = tokio::time::timeout(PAGE_DEADLINE, self.fetch())
            .await
            .map_err(|_| unreachable(self.url.as_str(), "no whole answer within 5 s"))??;
        self.lost = self.lost.saturating_add(page.lost);
        if page.records.is_empty() {
            // An end before the place where we are: the target began anew, and so do we.
            self.next = if page.next < self.next { 0 } else { page.next };
        } else if page.next <= self.next {
            return Err(self.not_a_page("`next` does not go on"));
        } else {
            self.next = page.next;
        }
        Ok(page.records)
    }

    async fn fetch(&self) -> Result<Page, SourceError> {
        let response = self
            .client
            .get(self.page_url())
            .send()
            .await
            .map_err(|error| unreachable(self.url.as_str(), &reason_of(&error)))?;
        self.require_ok(response.status().as_u16())?;
        let body = self.body(response).await?;
        page::read(&body).map_err(|error| self.not_a_page(&error.to_string()))
    }

    fn page_url(&self) -> Url {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("since", &self.next.to_string())
            .append_pair("limit", PAGE_RECORDS);
        url
    }

    fn require_ok(&self, status: u16) -> Result<(), SourceError> {
        let advice = match status {
            200 => return Ok(()),
            401 | 403 => "give its credentials with --header",
            404 | 405 | 501 => "the target has no such API; check the URL or use another --audit",
            300..=399 => "redirects are not followed; give the final URL",
            _ => "look into the target's log",
        };
        Err(SourceError::Status { url: without_credentials(self.url.as_str()), status, advice })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, SourceError> {
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            match chunk.map_err(|error| unreachable(self.url.as_str(), &reason_of(&error)))? {
                Some(chunk) if body.len() + chunk.len() > MAX_POLL => {
                    return Err(self.not_a_page(&format!("longer than {MAX_POLL} bytes")));
                }
                Some(chunk) => body.extend_from_slice(&chunk),
                None => return Ok(body),
            }
        }
    }

    fn not_a_page(&self, reason: &str) -> SourceError {
        let url = without_credentials(self.url.as_str());
        SourceError::NotAPage { url, reason: reason.to_owned() }
    }
}

impl Feed for HttpSource {
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>> {
        Box::pin(self.read())
    }

    fn has_more(&self) -> bool {
        self.more
    }

    fn lost(&self) -> u64 {
        self.lost
    }
}

fn line_of(record: &RawValue) -> Line {
    let text = record.get();
    if text.len() <= MAX_LINE {
        Line::Text(text.to_owned())
    } else {
        unreadable(&format!("longer than {MAX_LINE} bytes"), text.as_bytes())
    }
}

/// A client without proxy, redirects or a header of its own choice.
fn client(headers: &[Header]) -> Result<Client, String> {
    // Another part of the program may have installed a provider already; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .default_headers(header_map(headers)?)
        .build()
        .map_err(|error| reason_of(&error))
}

/// The headers, their values marked so that no message shows them.
fn header_map(headers: &[Header]) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for header in headers {
        let bad = || format!("`{}` is no header that HTTP allows", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(&header.value).map_err(|_| bad())?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

/// What went wrong, from the outermost error to its cause, without the URL and its credentials.
fn reason_of(error: &reqwest::Error) -> String {
    let mut reason =
        if error.is_connect() { "no connection" } else { "broken exchange" }.to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        reason = format!("{reason}: {inner}");
        cause = inner.source();
    }
    reason
}

fn unreachable(url: &str, reason: &str) -> SourceError {
    SourceError::Unreachable { url: without_credentials(url), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
