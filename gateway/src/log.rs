//! What operators read: warnings, by `tracing` and, where one is configured, in a file of this gateway
//! alone. A line never holds params, results or headers.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::fault::Faults;
use crate::text::shown;
use crate::upstream::Question;

/// Longer methods are cut.
const METHOD_LIMIT: usize = 80;

/// The log of one gateway.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    file: Option<Arc<Mutex<File>>>,
    faults: Arc<Faults>,
}

impl Log {
    /// A log that is appended to a file, where there is one.
    pub(crate) fn open(path: Option<&Path>, faults: &Arc<Faults>) -> io::Result<Self> {
        let open = |path| OpenOptions::new().create(true).append(true).open(path);
        let file = path.map(open).transpose()?.map(|file| Arc::new(Mutex::new(file)));
        Ok(Self { file, faults: Arc::clone(faults) })
    }

    /// A request of an upstream that is not implemented here: the upstream expected more of us.
    pub(crate) fn refused(&self, upstream: &str, question: &Question) {
        let method = shown(&question.method, METHOD_LIMIT);
        let params = question.params.as_deref();
        if let Some(text) = self.faults.on_refusal(upstream, &method, params) {
            self.warn(&text);
        }
    }

    /// An upstream that is a process, and that cannot be started.
    pub(crate) fn unstarted(&self, upstream: &str, cause: &str) {
        self.warn(&format!("the upstream {upstream} cannot be started: {cause}"));
    }

    /// An upstream whose tools cannot be listed.
    pub(crate) fn unlisted(&self, upstream: &str, cause: &str) {
        self.warn(&format!("the tools of the upstream {upstream} are not listed: {cause}"));
    }

    /// A tool that is left out for what its schema says of headers.
    pub(crate) fn left_out(&self, upstream: &str, tool: &str, reason: &str) {
        self.warn(&format!(
            "the tool {tool} of the upstream {upstream} is left out for its x-mcp-header: {reason}"
        ));
    }

    /// Audit records do not reach a sink. Calls are served all the same.
    pub(crate) fn losing(&self, sink: &str, reason: &str) {
        self.warn(&format!("audit records are being lost by the {sink}: {reason}; calls go on"));
    }

    /// Audit records reach the sink again; so many did not.
    pub(crate) fn kept_again(&self, sink: &str, lost: u64) {
        self.warn(&format!("the {sink} takes audit records again; {lost} were lost"));
    }

    /// Audit records that will not reach the sink any more.
    pub(crate) fn ended(&self, sink: &str, lost: usize) {
        self.warn(&format!("the gateway ends, and {lost} audit records never reached the {sink}"));
    }

    fn warn(&self, text: &str) {
        tracing::warn!("{text}");
        let Some(file) = &self.file else { return };
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let line = format!("{:.3} WARN {text}\n", time.as_secs_f64());
        // Who cannot write a log goes on serving.
        let _ = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}
