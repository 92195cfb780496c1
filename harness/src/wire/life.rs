//! The life of a process that was talked to, as far as it is judged: what it wrote that is no
//! message, and how it ended.

use std::time::Duration;

/// How a process was parted with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Farewell {
    /// What it took.
    pub leaving: Leaving,
    /// What it still wrote: whole lines, the last one perhaps without a line feed.
    pub output: Vec<u8>,
    /// What it still wrote to standard error.
    pub errors: String,
    /// From the end of its input to its own end.
    pub waited: Duration,
    /// The signal by which it ended, where that was not one of ours.
    pub crash: Option<i32>,
}

/// What it took to end a process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leaving {
    /// The end of its input.
    OnItsOwn,
    /// Nothing: it had ended before its input did.
    Early,
    /// It ended so, but processes that it had started went on.
    LeftBehind,
    /// A SIGTERM.
    Terminated,
    /// A SIGKILL.
    Killed,
}

/// What is judged of a whole life.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Life {
    /// Texts on standard output that are no messages, from the start on.
    pub strays: Vec<String>,
    /// Oddities of its lines that a reader survives.
    pub quirks: Vec<String>,
    /// How it was parted with.
    pub farewell: Farewell,
}
