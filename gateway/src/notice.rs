//! What a request tells its caller before its answer: how far it is, and what it logs.

use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::fault::Faults;
use crate::json::{members, quoted, raw};
use crate::upstream::builtin::Level;

/// Notices that wait to be sent; who has more to tell waits too.
const QUEUE: usize = 16;

/// One notification from the server.
#[derive(Debug, Clone)]
pub(crate) enum Notice {
    /// `notifications/progress`, with the token of the request as it was sent.
    Progress { token: Box<RawValue>, progress: u64, total: u64 },
    /// `notifications/progress` of an upstream, as the params that the caller gets.
    Relayed { params: String },
    /// `notifications/message`.
    Log { level: Level, logger: &'static str, data: Value },
}

/// Where one request leaves its notices.
#[derive(Debug, Clone)]
pub(crate) struct Notices {
    sink: Option<mpsc::Sender<Notice>>,
    token: Option<Box<RawValue>>,
    threshold: Option<Level>,
    faults: Arc<Faults>,
}

impl Notices {
    /// Notices of a request with this progress token, to a caller who wants log messages of this
    /// level and above, or none.
    pub(crate) fn new(
        token: Option<&RawValue>,
        threshold: Option<Level>,
        faults: &Arc<Faults>,
    ) -> (Self, mpsc::Receiver<Notice>) {
        let (sink, notices) = mpsc::channel(QUEUE);
        faults.on_stream(&sink);
        let token = token.map(RawValue::to_owned);
        (Self { sink: Some(sink), token, threshold, faults: Arc::clone(faults) }, notices)
    }

    /// For an answer that comes alone.
    pub(crate) fn none() -> Self {
        Self { sink: None, token: None, threshold: None, faults: Arc::default() }
    }

    /// Tells how far the request is, if the caller asked for it. `progress` must rise.
    pub(crate) async fn progress(&self, progress: u64, total: u64) {
        if let Some(token) = &self.token {
            self.send(Notice::Progress { token: token.clone(), progress, total }).await;
        }
    }

    /// Whether the caller asked to be told how far its request is.
    pub(crate) const fn wants_progress(&self) -> bool {
        self.token.is_some() && self.sink.is_some()
    }

    /// Passes on how far an upstream is, under the token of the caller.
    pub(crate) async fn relay_progress(&self, params: &RawValue) {
        let Some(token) = &self.token else { return };
        let members = members(params).unwrap_or_default().into_iter().map(|(name, value)| {
            let value = if name == "progressToken" { token } else { value };
            format!("{}:{value}", quoted(&name))
        });
        let params = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        self.send(Notice::Relayed { params }).await;
    }

    /// Sends a log message, if the caller wants those of this level.
    pub(crate) async fn log(&self, level: Level, logger: &'static str, data: Value) {
        if self.threshold.is_some_and(|threshold| level >= threshold) {
            self.send(Notice::Log { level, logger, data }).await;
        }
    }

    async fn send(&self, notice: Notice) {
        if let Some(sink) = &self.sink {
            // A caller who is gone hears nothing.
            let _ = self.faults.stream_of(sink).send(self.faults.on_notice(notice)).await;
        }
    }
}

impl Notice {
    /// The message as one line of JSON.
    pub(crate) fn text(&self) -> Box<RawValue> {
        let (method, params) = match self {
            Self::Progress { token, progress, total } => (
                "notifications/progress",
                format!(r#"{{"progressToken":{token},"progress":{progress},"total":{total}}}"#),
            ),
            Self::Relayed { params } => ("notifications/progress", params.clone()),
            Self::Log { level, logger, data } => {
                let params = json!({"level": level.name(), "logger": logger, "data": data});
                ("notifications/message", params.to_string())
            }
        };
        raw(format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(token: Option<&str>, threshold: Option<Level>) -> Vec<String> {
        let token = token.map(|token| raw(token.to_owned()));
        let (notices, mut received) = Notices::new(token.as_deref(), threshold, &Arc::default());
        notices.progress(1, 2).await;
        notices.log(Level::Info, "it", json!("done")).await;
        drop(notices);
        let mut told = Vec::new();
        while let Some(notice) = received.recv().await {
            told.push(notice.text().get().to_owned());
        }
        told
    }

    #[tokio::test]
    async fn only_what_was_asked_for_is_told() {
        let progress = |token: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"progress":1,"total":2}}}}"#
            )
        };
        let log = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","logger":"it","data":"done"}}"#;
        assert!(told(None, None).await.is_empty());
        assert!(told(None, Some(Level::Notice)).await.is_empty());
        assert_eq!(told(Some("1.0"), None).await, [progress("1.0")]);
        assert_eq!(told(Some("\"1\""), Some(Level::Info)).await, [&progress("\"1\""), log]);
    }
}
