//! Standard error of a child: always drained, so that it cannot block, and kept within a bound.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncReadExt;
use tokio::process::ChildStderr;
use tokio::task::JoinHandle;

/// Bytes that are kept of what came since it was last asked for: so many first, and so many last.
const KEPT: usize = 8 * 1024;

/// Drains standard error until it ends, or until this value is dropped.
#[derive(Debug)]
pub(super) struct Errors {
    shared: Arc<Mutex<Kept>>,
    task: JoinHandle<()>,
}

impl Errors {
    /// Begins to drain.
    pub(super) fn drain(mut pipe: ChildStderr) -> Self {
        let shared = Arc::new(Mutex::new(Kept::default()));
        let kept = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let mut chunk = vec![0; 16 * 1024];
            while let Ok(read @ 1..) = pipe.read(&mut chunk).await {
                let bytes = chunk.get(..read).unwrap_or_default();
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
            }
        });
        Self { shared, task }
    }

    /// What came since this was last asked; the middle of a long text is left out.
    pub(super) fn take(&self) -> String {
        let mut kept = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *kept).text()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug, Default)]
struct Kept {
    first: Vec<u8>,
    last: Vec<u8>,
    dropped: usize,
}

impl Kept {
    fn push(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.first.len()).min(bytes.len());
        let (first, rest) = bytes.split_at_checked(room).unwrap_or_default();
        self.first.extend_from_slice(first);
        self.last.extend_from_slice(rest);
        let excess = self.last.len().saturating_sub(KEPT);
        self.last.drain(..excess);
        self.dropped += excess;
    }

    fn text(&self) -> String {
        let first = String::from_utf8_lossy(&self.first);
        let last = String::from_utf8_lossy(&self.last);
        match self.dropped {
            0 => format!("{first}{last}"),
            dropped => format!("{first}\n[{dropped} bytes left out]\n{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_kept_whole_and_a_flood_by_its_ends() {
        let mut kept = Kept::default();
        kept.push(b"one\n");
        kept.push(b"two\n");
        assert_eq!(kept.text(), "one\ntwo\n");
        for _ in 0..1000 {
            kept.push(&[b'x'; 1000]);
        }
        kept.push(b"the end");
        let text = kept.text();
        assert!(text.starts_with("one\ntwo\nx") && text.ends_with("xthe end"), "{text}");
        assert!(text.contains("bytes left out"));
        assert!(text.len() < 3 * KEPT, "{}", text.len());
    }
}
