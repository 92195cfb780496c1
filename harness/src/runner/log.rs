//! The target's own log: read on while a run goes on. Only lines that may matter are kept: those with a
//! credential, and those about what our own upstream asks.

mod warnings;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::keys::now;
use crate::oracle::evidence::LogLine;
use crate::oracle::secrets::Secrets;
use crate::source::{Access, Line, Locator, Source, SourceError};
use crate::upstream::QUESTIONS;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(25);
/// A log is settled when nothing has come for so long.
const SETTLE: Duration = Duration::from_millis(150);
/// The longest time that it is waited for.
const DEADLINE: Duration = Duration::from_secs(2);
/// Lines that are kept; of more the oldest go.
const MOST: usize = 20_000;
/// Warnings that are kept; of more the oldest go.
const MOST_WARNINGS: usize = 1000;
/// Characters of one that are kept.
const LONGEST: usize = 2000;

/// A log that is being read.
#[derive(Debug)]
pub struct Log {
    kept: Arc<Mutex<Kept>>,
    task: JoinHandle<Infallible>,
}

#[derive(Debug)]
struct Kept {
    lines: VecDeque<LogLine>,
    /// The latest warnings of whatever kind. They are asked for soon after they came.
    warnings: VecDeque<LogLine>,
    /// When the last line came, of whatever kind.
    news: Instant,
    /// When it was last looked at.
    looked: Instant,
    error: Option<String>,
}

impl Log {
    /// Opens a log at its end, and reads on from there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn open(locator: &Locator, secrets: Secrets) -> Result<Self, SourceError> {
        let source = Source::open(locator, Access::default()).await?;
        let (news, looked) = (Instant::now(), Instant::now());
        let kept =
            Kept { lines: VecDeque::new(), warnings: VecDeque::new(), news, looked, error: None };
        let kept = Arc::new(Mutex::new(kept));
        let task = tokio::spawn(read_on(source, Arc::clone(&kept), secrets));
        Ok(Self { kept, task })
    }

    /// The lines of that time (seconds since the Unix epoch) that may matter.
    #[must_use]
    pub fn during(&self, time: &Range<f64>) -> Vec<LogLine> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let from = kept.lines.partition_point(|line| line.at < time.start);
        kept.lines.range(from..).take_while(|line| line.at < time.end).cloned().collect()
    }

    /// The latest lines of that time that may tell that records are not delivered: those that say so, and
    /// other warnings, unless `before` brought the same. Who warns of each loss only now and then may have
    /// spoken of one a while ago.
    #[must_use]
    pub fn warned(&self, time: &Range<f64>, before: &Range<f64>) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        warnings::told(&kept.warnings, time, before)
    }

    /// Waits until nothing new has come for a while. Says why nothing can come any more, if so.
    ///
    /// # Errors
    /// Why it can no longer be read.
    pub async fn settle(&self) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let (quiet, error) = {
                let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                let since = kept.news.max(begun);
                (kept.looked.saturating_duration_since(since), kept.error.clone())
            };
            match error {
                Some(error) => return Err(error),
                None if quiet >= SETTLE || begun.elapsed() >= DEADLINE => return Ok(()),
                None => sleep(PAUSE).await,
            }
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read_on(mut source: Source, kept: Arc<Mutex<Kept>>, secrets: Secrets) -> Infallible {
    loop {
        let looked = Instant::now();
        let came = source.poll().await;
        kept.lock().unwrap_or_else(PoisonError::into_inner).take(came, looked, &secrets);
        if !source.has_more() {
            sleep(PAUSE).await;
        }
    }
}

impl Kept {
    fn take(&mut self, came: Result<Vec<Line>, SourceError>, looked: Instant, secrets: &Secrets) {
        self.looked = looked;
        let lines = match came {
            Ok(lines) => lines,
            Err(error) => {
                self.error = Some(error.to_string());
                return;
            }
        };
        self.error = None;
        if !lines.is_empty() {
            self.news = looked;
        }
        let at = now();
        for line in &lines {
            self.lines.extend(worth(line, at, secrets));
            self.warnings.extend(warning(line, at, secrets));
        }
        let surplus = self.lines.len().saturating_sub(MOST);
        self.lines.drain(..surplus);
        let surplus = self.warnings.len().saturating_sub(MOST_WARNINGS);
        self.warnings.drain(..surplus);
    }
}

/// The line as it is kept, where it warns of something, or tells that records are not delivered.
fn warning(line: &Line, at: f64, secrets: &Secrets) -> Option<LogLine> {
    let (Line::Text(text) | Line::Unreadable { excerpt: text, .. }) = line;
    let text = secrets.blot(text).chars().take(LONGEST).collect();
    let line = LogLine { at, text, leaks: false };
    (line.is_warning() || warnings::is_about_delivery(&line.text)).then_some(line)
}

/// The line as it is kept, where it may matter. What cannot be read is searched as far as it is shown.
fn worth(line: &Line, at: f64, secrets: &Secrets) -> Option<LogLine> {
    let (Line::Text(text) | Line::Unreadable { excerpt: text, .. }) = line;
    let leaks = secrets.are_in(text);
    let matters = leaks || QUESTIONS.iter().any(|question| text.contains(question));
    let text = || secrets.blot(text).chars().take(LONGEST).collect();
    matters.then(|| LogLine { at, text: text(), leaks })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[tokio::test]
    async fn what_may_matter_is_kept_with_its_time() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "before: sampling/createMessage").unwrap();
        let locator = Locator::Jsonl(file.path().to_owned());
        let log = Log::open(&locator, Secrets::new(["sesame-1".to_owned()])).await.unwrap();
        let begun = now();
        for line in ["served", "WARN refused roots/list", "key sesame-1", "c2VzYW1lLTE="] {
            writeln!(file, "{line}").unwrap();
        }
        log.settle().await.unwrap();
        let kept = log.during(&(begun..now() + 1.0));
        let told: Vec<_> = kept.iter().map(|line| (line.text.as_str(), line.leaks)).collect();
        let expected =
            [("WARN refused roots/list", false), ("key [secret]", true), ("[secret]E=", true)];
        assert_eq!(told, expected);
        assert!(log.during(&(begun - 9.0..begun)).is_empty());
    }

    #[tokio::test]
    async fn warnings_are_kept_beside_them() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let locator = Locator::Jsonl(file.path().to_owned());
        let log = Log::open(&locator, Secrets::new(["sesame-1".to_owned()])).await.unwrap();
        let begun = now();
        writeln!(file, "WARN key sesame-1\nserved\n[50] webhook: delivery failed").unwrap();
        log.settle().await.unwrap();
        let warned = log.warned(&(begun..now() + 1.0), &(begun - 9.0..begun));
        assert_eq!(warned, ["[50] webhook: delivery failed", "WARN key [secret]"]);
        assert!(log.warned(&(begun - 9.0..begun), &(0.0..0.0)).is_empty());
    }

    #[tokio::test]
    async fn a_log_that_ends_is_told() {
        let log = Log::open(&Locator::Exec("exit 1".to_owned()), Secrets::default()).await.unwrap();
        let told = loop {
            if let Err(told) = log.settle().await {
                break told;
            }
        };
        assert!(told.contains("exit status: 1"), "{told}");
    }
}
