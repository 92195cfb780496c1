//! A query API for records, as `[api]` of the profile describes it; without one
//! `GET URL?since=N&limit=1000` answers `{"records": [...], "next": N, "lost": 0}`, as the reference gateway's
//! `GET /audit` does.
//!
//! The API belongs to the target: its pages are bounded in length, time and number, and it is never
//! followed to another place, since the credentials go along.

mod asker;
mod client;
mod page;
mod window;

use super::error::SourceError;
use super::tail::line_of;
use super::{Feed, Line, MAX_POLL};
use crate::audit::profile::{Api, Asked, Paging, Pointer};
use crate::wire::envelope::Header;
use crate::wire::json::{Json, parse};
use asker::Asker;
use futures_util::future::BoxFuture;
use page::Page;
use serde_json::Value;
use serde_json::value::RawValue;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use window::Window;

/// Time after which a poll leaves further pages to the next one.
const POLL_TIME: Duration = Duration::from_secs(2);

/// Time for finding the end of the records when the source is opened.
const OPEN_DEADLINE: Duration = Duration::from_secs(60);

/// An API from which records are read on.
#[derive(Debug)]
pub(super) struct HttpSource {
    asker: Asker,
    /// What the last answer said of the next page.
    next: Option<Value>,
    /// What was read, where records are found by their time.
    window: Option<Window>,
    lost: u64,
    more: bool,
    /// What the poll in progress has read; it stays here should that poll be dropped.
    kept: Vec<Line>,
}

impl HttpSource {
    /// Connects and pages to the present end of the records.
    pub(super) async fn open(url: &str, headers: &[Header], api: Api) -> Result<Self, SourceError> {
        let overlap = api.overlap().as_secs_f64();
        let (next, window) = match api.paging {
            Paging::Cursor => (Some(Value::from(0)), None),
            Paging::Token | Paging::Offset | Paging::Page => {
                (None, Some(Window::new(now(), overlap)))
            }
        };
        let asker = Asker::new(url, headers, api)?;
        let mut source = Self { asker, next, window, lost: 0, more: false, kept: Vec::new() };
        tokio::time::timeout(OPEN_DEADLINE, source.skip_to_end())
            .await
            .map_err(|_| source.asker.not_a_page("its records have no end"))??;
        source.kept.clear();
        source.lost = 0;
        Ok(source)
    }

    async fn read(&mut self) -> Result<Vec<Line>, SourceError> {
        let began = Instant::now();
        self.more = true;
        while self.size() < MAX_POLL && began.elapsed() < POLL_TIME {
            match self.turn().await {
                Ok(true) => {}
                Ok(false) => {
                    self.more = false;
                    break;
                }
                // What came before the failure is kept: the next poll does not ask for it again.
                Err(_) if !self.kept.is_empty() => break,
                Err(error) => {
                    self.more = false;
                    return Err(error);
                }
            }
        }
        Ok(std::mem::take(&mut self.kept))
    }

    fn size(&self) -> usize {
        self.kept.iter().map(Line::size).sum()
    }

    async fn skip_to_end(&mut self) -> Result<(), SourceError> {
        while self.turn().await? {
            self.kept.clear();
        }
        Ok(())
    }

    /// Fetches the next page, keeps what is new on it and moves behind it; false when there is nothing behind.
    async fn turn(&mut self) -> Result<bool, SourceError> {
        match self.window {
            Some(_) => self.turn_window().await,
            None => self.turn_cursor().await,
        }
    }

    async fn turn_cursor(&mut self) -> Result<bool, SourceError> {
        let limit = self.asker.api.limit;
        let asked = Asked { since: now(), limit, offset: 0, page: 1, cursor: self.next.as_ref() };
        let page = self.asker.page(&asked).await?;
        self.lost = self.lost.saturating_add(page.lost);
        self.next = Some(self.behind(&page)?);
        self.kept.extend(page.records.iter().map(|record| line_of(record)));
        Ok(!page.records.is_empty())
    }

    /// The place behind a page of an API whose places persist.
    fn behind(&self, page: &Page) -> Result<Value, SourceError> {
        let not = |reason: &str| self.asker.not_a_page(reason);
        let next =
            page.next.as_ref().ok_or_else(|| not("it names no place from which to read on"))?;
        match (next, &self.next) {
            (Value::Number(next), Some(Value::Number(here))) => {
                let (next, here) = next
                    .as_u64()
                    .zip(here.as_u64())
                    .ok_or_else(|| not("its place from which to read on is no whole number"))?;
                if !page.records.is_empty() && next <= here {
                    return Err(not("its place from which to read on does not go on"));
                }
                // An end before the place where we are: the target began anew, and so do we.
                Ok(if page.records.is_empty() && next < here { 0 } else { next }.into())
            }
            (Value::String(_), here) if !page.records.is_empty() && here.as_ref() == Some(next) => {
                Err(not("its place from which to read on does not go on"))
            }
            (Value::String(_) | Value::Number(_), _) => Ok(next.clone()),
            _ => Err(not("its place from which to read on is neither number nor text")),
        }
    }

    async fn turn_window(&mut self) -> Result<bool, SourceError> {
        let Some(window) = &mut self.window else { return Ok(false) };
        let at = window.next(now());
        let limit = self.asker.api.limit;
        let (since, cursor) = (at.since, self.next.as_ref());
        let asked = Asked { since, limit, offset: at.offset, page: at.page, cursor };
        let answer = match self.asker.page(&asked).await {
            Ok(page) => page,
            Err(error) => {
                // A token may be worth nothing any more: the window is read from its start again.
                window.give_up();
                self.next = None;
                return Err(error);
            }
        };
        let key = self.asker.api.key.as_ref();
        let keys: Vec<String> = answer.records.iter().map(|record| key_of(key, record)).collect();
        let (fresh, ends) = window
            .take(keys.iter().map(String::as_str))
            .map_err(|reason| self.asker.not_a_page(&reason))?;
        let new = answer.records.iter().zip(fresh).filter(|(_, fresh)| *fresh);
        self.kept.extend(new.map(|(record, _)| line_of(record)));
        let token = self.asker.api.paging == Paging::Token;
        // With a token an empty page may have others behind it.
        let over = if token { answer.next.is_none() || answer.next == self.next } else { ends };
        self.next = answer.next.filter(|_| token && !over);
        if over {
            window.close();
        }
        Ok(!over)
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

/// By what a record is known again: what stands at the key, or else its whole text.
fn key_of(key: Option<&Pointer>, record: &RawValue) -> String {
    let found = key.and_then(|key| {
        let record = parse(record.get().as_bytes()).ok()?;
        key.find(&record).filter(|value| !value.is_null()).map(Json::to_text)
    });
    found.unwrap_or_else(|| record.get().to_owned())
}

/// Seconds since the Unix epoch.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod windows;
