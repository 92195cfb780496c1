//! A target that is a child process: one message a line on its standard input and output (MCP
//! transports, stdio). It runs in a process group of its own, and nothing of that group outlives us.

mod child;
mod errors;
mod farewell;
pub(crate) mod group;
pub mod lines;
#[cfg(test)]
mod tests;

pub use child::{Child, Framing, Said};
pub use farewell::Grace;

use std::ffi::OsStr;
use std::time::Duration;

/// Bounds of what is read from a child.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of one line.
    pub max_line: usize,
    /// Bytes that a child may write for one message.
    pub max_output: usize,
    /// Time that a child may take to start, beyond the deadline of its first message.
    pub start: Duration,
}

/// Starts children of one command line.
#[derive(Clone, Debug)]
pub struct Launcher {
    program: String,
    arguments: Vec<String>,
    text: String,
    limits: Limits,
}

/// Why a text is no command line.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// It has no word.
    #[error("it names no program")]
    Empty,
    /// It cannot be split into words.
    #[error("a quotation mark or a backslash in it is left open")]
    Open,
}

impl Launcher {
    /// Splits a command line into words as a shell does; no shell runs, and nothing is expanded.
    ///
    /// # Errors
    /// [`CommandError`] for a text without a word, or with an open quotation.
    pub fn parse(text: &str, limits: Limits) -> Result<Self, CommandError> {
        let mut words = shlex::split(text).ok_or(CommandError::Open)?.into_iter();
        let program = words.next().filter(|word| !word.is_empty()).ok_or(CommandError::Empty)?;
        Ok(Self { program, arguments: words.collect(), text: text.trim().to_owned(), limits })
    }

    /// The command line as it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bounds.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Starts a child with our environment and folder.
    ///
    /// # Errors
    /// Why it cannot be started, in words.
    pub fn start(&self) -> Result<Child, String> {
        let arguments = self.arguments.iter().map(OsStr::new);
        Child::start(OsStr::new(&self.program), arguments, self.limits)
            .map_err(|error| format!("cannot start `{}`: {error}", self.program))
    }
}
