//! One request of the query API at a time: its text, its answer, and the waits between them.

use super::client::{client, reason_of};
use super::page::{self, Page};
use crate::audit::profile::{Api, ApiMethod, Asked, Template};
use crate::source::MAX_POLL;
use crate::source::error::SourceError;
use crate::source::locator::without_credentials;
use crate::wire::envelope::Header;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response};
use std::time::{Duration, Instant};
use url::Url;

/// Time for one page, from the connection to its last byte.
const PAGE_DEADLINE: Duration = Duration::from_secs(5);

/// Longest wait because the API asks for it, and how often one request is tried in all.
const WAIT: (Duration, u32) = (Duration::from_secs(20), 3);

/// An API that is asked page by page.
#[derive(Debug)]
pub(super) struct Asker {
    client: Client,
    url: Url,
    pub(super) api: Api,
    /// When the next request may be sent.
    free: Option<Instant>,
}

/// What a request came to.
enum Answer {
    Page(Page),
    /// The API wants to be left alone for so long.
    Wait(Duration, SourceError),
}

impl Asker {
    pub(super) fn new(url: &str, headers: &[Header], api: Api) -> Result<Self, SourceError> {
        let parsed = Url::parse(url).map_err(|error| unreachable(url, &error.to_string()))?;
        let client = client(headers).map_err(|reason| unreachable(url, &reason))?;
        Ok(Self { client, url: parsed, api, free: None })
    }

    /// Fetches a page. An API that limits the rate of requests is waited for, within bounds.
    pub(super) async fn page(&mut self, asked: &Asked<'_>) -> Result<Page, SourceError> {
        let (longest, tries) = WAIT;
        let mut tried = 1;
        loop {
            self.be_free().await;
            let fetched = tokio::time::timeout(PAGE_DEADLINE, self.fetch(asked)).await;
            self.free = Instant::now().checked_add(self.api.interval());
            let late = |_| unreachable(self.url.as_str(), "no whole answer within 5 s");
            match fetched.map_err(late)?? {
                Answer::Page(page) => return Ok(page),
                Answer::Wait(time, error) if tried >= tries || time > longest => return Err(error),
                Answer::Wait(time, _) => self.free = Instant::now().checked_add(time),
            }
            tried += 1;
        }
    }

    /// Waits until the next request may be sent.
    async fn be_free(&self) {
        if let Some(free) = self.free {
            tokio::time::sleep_until(free.into()).await;
        }
    }

    async fn fetch(&self, asked: &Asked<'_>) -> Result<Answer, SourceError> {
        let response = self
            .request(asked)
            .send()
            .await
            .map_err(|error| unreachable(self.url.as_str(), &reason_of(&error)))?;
        if let Err(error) = self.require_ok(response.status().as_u16()) {
            return match wait(&response) {
                Some(time) => Ok(Answer::Wait(time, error)),
                None => Err(error),
            };
        }
        let body = self.body(response).await?;
        let page = page::read(&body, &self.api).map_err(|reason| self.not_a_page(&reason))?;
        Ok(Answer::Page(page))
    }

    fn request(&self, asked: &Asked<'_>) -> RequestBuilder {
        let mut url = self.url.clone();
        let filled =
            |(name, template): (&String, &Template)| Some((name.clone(), template.fill(asked)?));
        let parameters: Vec<(String, String)> =
            self.api.parameters.iter().filter_map(filled).collect();
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        match (self.api.method, &self.api.body) {
            (ApiMethod::Get, _) => self.client.get(url),
            (ApiMethod::Post, None) => self.client.post(url),
            (ApiMethod::Post, Some(body)) => self
                .client
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(body.fill(asked)),
        }
    }

    fn require_ok(&self, status: u16) -> Result<(), SourceError> {
        let advice = match status {
            200 => return Ok(()),
            401 | 403 => "give its credentials with --header",
            404 | 405 | 501 => "the target has no such API; check the URL or use another --audit",
            429 => {
                "it limits the rate of requests; give a longer `interval` in [api] of the profile"
            }
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

    pub(super) fn not_a_page(&self, reason: &str) -> SourceError {
        let url = without_credentials(self.url.as_str());
        SourceError::NotAPage { url, reason: reason.to_owned() }
    }
}

/// How long the API asks to be left alone: 429, or 503 with a time (RFC 9110 section 10.2.3). A date is no
/// number of seconds, and counts as one.
fn wait(response: &Response) -> Option<Duration> {
    let told = response.headers().get(RETRY_AFTER);
    let seconds = told.and_then(|told| told.to_str().ok()?.trim().parse().ok()).unwrap_or(1);
    let asks = match response.status().as_u16() {
        429 => true,
        503 => told.is_some(),
        _ => false,
    };
    asks.then(|| Duration::from_secs(seconds))
}

fn unreachable(url: &str, reason: &str) -> SourceError {
    SourceError::Unreachable { url: without_credentials(url), reason: reason.to_owned() }
}
