//! A receiver of records over HTTP: batches as JSON arrays, posted one after the other by a task of its
//! own, so that a slow or dead receiver holds up no answer.
//!
//! A batch that the receiver may not have taken is posted again, unchanged: of a batch whose answer was
//! lost the receiver then gets the records twice, and tells by their `id`. The other way round they would
//! be lost without anybody knowing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::{Client, StatusCode, header};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use super::queue::{Queue, Waiting};
use super::{Losses, element};
use crate::client::client;
use crate::fault::Faults;
use crate::log::Log;

/// A POST is answered within this time.
const POST_BUDGET: Duration = Duration::from_secs(5);
/// A batch is tried for this time, then it is lost.
const GIVE_UP: Duration = Duration::from_secs(60);
/// Time before the first repetition; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest time before a repetition.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The writing end.
pub(crate) struct Webhook {
    queue: Arc<Queue>,
    losses: Arc<Losses>,
    task: JoinHandle<()>,
}

/// Who posts.
struct Courier {
    client: Client,
    url: Url,
    queue: Arc<Queue>,
    losses: Arc<Losses>,
    faults: Arc<Faults>,
}

/// What came of one POST.
enum Posted {
    /// The receiver has the records.
    Taken,
    /// The receiver will not have them.
    Refused(String),
    /// It may have them later.
    Later(String),
}

impl Webhook {
    /// Starts the task on the current runtime.
    pub(crate) fn start(url: Url, log: Log, faults: &Arc<Faults>) -> Result<Self, reqwest::Error> {
        let queue = Arc::new(Queue::default());
        let losses = Arc::new(Losses::new("webhook", log));
        let courier = Courier {
            client: client()?,
            url,
            queue: Arc::clone(&queue),
            losses: Arc::clone(&losses),
            faults: Arc::clone(faults),
        };
        Ok(Self { queue, losses, task: tokio::spawn(courier.run()) })
    }

    /// Queues one record, a JSON text. The receiver hears when it is delivered, or lost.
    pub(crate) fn write(&self, text: String) -> Option<oneshot::Receiver<()>> {
        let settled = self.queue.push(element(text));
        if settled.is_none() {
            self.losses.add(1, "too many wait to be posted");
        }
        settled
    }

    /// Posts what waits, within a deadline; the rest is lost.
    pub(crate) async fn close(&self, deadline: Duration) {
        let left = self.queue.close(deadline).await;
        self.task.abort();
        self.losses.end(left);
    }

    /// How many records never reached the receiver.
    pub(crate) fn lost(&self) -> u64 {
        self.losses.count()
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Courier {
    async fn run(self) {
        loop {
            let batch = self.queue.next().await;
            self.deliver(&batch).await;
            self.queue.done(batch.len());
            if self.faults.drops_on_flush() {
                self.queue.clear();
            }
        }
    }

    /// Posts a batch until it is taken or refused, or the time is over.
    async fn deliver(&self, batch: &[Waiting]) {
        let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
        let mut body = array(batch);
        loop {
            let reason = match self.post(body.clone()).await {
                Posted::Taken => {
                    if self.queue.is_empty() {
                        self.losses.over();
                    }
                    return;
                }
                Posted::Later(_) if self.faults.loses_silently() => return,
                Posted::Refused(reason) => return self.losses.add(batch.len(), &reason),
                Posted::Later(reason) => reason,
            };
            if begun.elapsed() >= GIVE_UP {
                return self.losses.add(batch.len(), &reason);
            }
            if self.faults.repeats_after_error() {
                body = array(batch.iter().chain(batch));
            }
            self.queue.pause(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn post(&self, body: Bytes) -> Posted {
        let request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("reference-gateway/", env!("CARGO_PKG_VERSION")))
            .body(body);
        match timeout(POST_BUDGET, request.send()).await {
            Ok(Ok(response)) => judged(response.status()),
            Ok(Err(error)) if error.is_connect() => Posted::Later("no connection".to_owned()),
            Ok(Err(_)) => Posted::Later("the connection broke".to_owned()),
            Err(_) => Posted::Later("no answer in 5 s".to_owned()),
        }
    }
}

/// What a status means for the batch. A redirect is not followed: the configured address is the only one.
fn judged(status: StatusCode) -> Posted {
    let reason = || format!("the receiver answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Posted::Taken,
        // Request Timeout and Too Many Requests are about this attempt (RFC 9110 section 15.5.9, RFC 6585
        // section 4).
        408 | 429 | 500.. => Posted::Later(reason()),
        _ => Posted::Refused(reason()),
    }
}

/// The records as a JSON array.
fn array<'a>(batch: impl IntoIterator<Item = &'a Waiting>) -> Bytes {
    let texts: Vec<&str> = batch.into_iter().map(|record| record.text.as_str()).collect();
    format!("[{}]", texts.join(",")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let again = |status| {
            let status = StatusCode::from_u16(status).expect("a status");
            match judged(status) {
                Posted::Taken => "taken",
                Posted::Refused(_) => "lost",
                Posted::Later(_) => "again",
            }
        };
        for (status, expected) in [
            (200, "taken"),
            (202, "taken"),
            (204, "taken"),
            (302, "lost"),
            (400, "lost"),
            (404, "lost"),
            (408, "again"),
            (413, "lost"),
            (429, "again"),
            (500, "again"),
            (503, "again"),
        ] {
            assert_eq!(again(status), expected, "{status}");
        }
    }
}
