//! Why an audit source cannot be opened or read. Every message says what, where, and what to do.

use std::path::PathBuf;

/// Why an audit source cannot be opened or read. URLs are without credentials.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file of records is not there.
    #[error(
        "file `{0}` does not exist; start the target so that it writes there, or create an \
         empty file first"
    )]
    Missing(PathBuf),
    /// The path names a directory, a pipe or a device.
    #[error("`{0}` is no regular file; name the file that the target appends to")]
    NotAFile(PathBuf),
    /// A pattern of files in a folder that is not there.
    #[error(
        "the folder `{folder}` of the files `{path}` does not exist; create it, or check the path"
    )]
    NoFolder {
        /// The folder.
        folder: PathBuf,
        /// The pattern with its folder.
        path: PathBuf,
    },
    /// A pattern that fits too many files.
    #[error(
        "`{path}` names {count} files, of which at most {most} are read; give a narrower pattern"
    )]
    TooMany {
        /// The pattern with its folder.
        path: PathBuf,
        /// How many files it fits.
        count: usize,
        /// How many it may.
        most: usize,
    },
    /// Standard input has ended, or cannot be read.
    #[error(
        "standard input delivers nothing: {0}; pipe in what goes on as long as the run, such as `tail -f`"
    )]
    Stream(String),
    /// Reading the file failed.
    #[error("cannot read the file `{path}`: {source}; check its permissions")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The command cannot be started, or has ended.
    #[error(
        "the command `{command}` delivers nothing: {reason}; give one that goes on as long as the run, \
         such as `tail -f`"
    )]
    Command {
        /// The command.
        command: String,
        /// What became of it.
        reason: String,
    },
    /// A path on a target that has no address.
    #[error("`http:{0}` is a path on the target, which needs a target with an http(s) URL")]
    NoTarget(String),
    /// Nothing can listen at the address.
    #[error(
        "cannot listen at {locator}: {reason}; end what listens there, or name another host and port of \
         this machine"
    )]
    Listen {
        /// The locator of the receiver.
        locator: String,
        /// What the system said.
        reason: String,
    },
    /// The query API could not be reached, or its answer broke off.
    #[error(
        "cannot query audit records at {url}: {reason}; check the URL and that the target runs"
    )]
    Unreachable {
        /// The API.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// The query API answered with another status than 200.
    #[error("audit API {url} answered {status}; {advice}")]
    Status {
        /// The API.
        url: String,
        /// HTTP status code.
        status: u16,
        /// What to do.
        advice: &'static str,
    },
    /// A database could not be reached or read, or what the profile says of it does not fit.
    #[error("cannot read records from {database}: {reason}; {advice}")]
    Database {
        /// The database: its URL or file.
        database: String,
        /// What went wrong.
        reason: String,
        /// What to do.
        advice: String,
        /// Whether the locator or the profile is wrong.
        mistake: bool,
    },
    /// The answer is no page of records.
    #[error(
        "audit API {url} did not answer with a page of records, such as {{\"records\": [...], \"next\": N}}: \
         {reason}; check that the URL names a query API for records, and [api] of the profile"
    )]
    NotAPage {
        /// The API.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl SourceError {
    /// Whether the locator or the profile itself is wrong, which is a mistake of the command line.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Missing(_)
                | Self::NotAFile(_)
                | Self::NoTarget(_)
                | Self::NoFolder { .. }
                | Self::TooMany { .. }
                | Self::Database { mistake: true, .. }
        )
    }

    /// Whether the target simply has no such API, as opposed to one that does not work.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Status { status: 404 | 405 | 501, .. })
    }
}
