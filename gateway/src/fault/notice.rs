//! The seam of replies, for what is told before them.

use std::sync::PoisonError;

use tokio::sync::mpsc::{Sender, WeakSender};

use super::{Fault, Faults};
use crate::json::{Kind, kind, quoted};
use crate::notice::Notice;

impl Faults {
    /// A notice before it is sent.
    pub(crate) fn on_notice(&self, notice: Notice) -> Notice {
        let Notice::Progress { mut token, mut progress, total } = notice else {
            return notice;
        };
        if self.has(Fault::ProgressStuck) {
            progress = 1;
        }
        if kind(&token) == Kind::Number && self.has(Fault::ProgressTokenCoerced) {
            token = quoted(token.get());
        }
        let notice = Notice::Progress { token, progress, total };
        if self.has(Fault::ProgressAfterResult) {
            let mut last = self.last_progress.lock().unwrap_or_else(PoisonError::into_inner);
            *last = Some(notice.text());
        }
        notice
    }

    /// A request with this stream has begun.
    pub(crate) fn on_stream(&self, own: &Sender<Notice>) {
        if self.has(Fault::NoticesCrossed) {
            let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
            streams.retain(|stream| stream.strong_count() > 0);
            // Held weakly: a stream ends when nobody can tell anything any more.
            streams.push(own.downgrade());
        }
    }

    /// Where a notice goes that belongs to the request with this stream.
    pub(crate) fn stream_of(&self, own: &Sender<Notice>) -> Sender<Notice> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = streams.iter().rev().filter_map(WeakSender::upgrade);
        open.find(|stream| !stream.same_channel(own)).unwrap_or_else(|| own.clone())
    }

    /// What is told once more when all is said.
    pub(super) fn repeated_notice(&self) -> Option<String> {
        let last = self.last_progress.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(format!("event: message\ndata: {last}\n\n"))
    }
}
