//! The subcommand `upstream`: our own upstream alone with a line for whatever reaches it, or the process
//! that passes lines on to one.

use std::net::SocketAddr;
use std::time::Duration;

use super::{print, say};
use crate::examine::{ExamineError, interrupted};
use crate::exit::Exit;
use crate::plan::UsageError;
use crate::report::escape::escape;
use crate::upstream::Upstream;
use crate::upstream::stdio::{self, BridgeError};
use crate::wire::arrival::Arrival;
use crate::wire::transport::Transport;

/// Time between two looks at what came.
const PAUSE: Duration = Duration::from_millis(100);

/// Characters of a body that are shown.
const SHOWN: usize = 300;

/// Serves at an address, or is the process that passes lines on. One of both is given.
pub(super) async fn run(
    listen: Option<SocketAddr>,
    to: Option<&str>,
) -> Result<Exit, ExamineError> {
    match (listen, to) {
        (Some(listen), _) => serve(listen).await,
        (None, Some(to)) => pass_on(to).await,
        (None, None) => {
            Err(UsageError("upstream: give --listen, or --stdio --to".to_owned()).into())
        }
    }
}

/// Passes lines on until the input ends, or somebody wants us to stop.
async fn pass_on(to: &str) -> Result<Exit, ExamineError> {
    let passed = tokio::select! {
        passed = stdio::run(std::io::stdin(), std::io::stdout(), to) => passed,
        () = interrupted() => Ok(()),
    };
    match passed {
        Ok(()) => Ok(Exit::Good),
        Err(error @ BridgeError::Nowhere(..)) => Err(ExamineError::Untestable(error.to_string())),
        Err(error @ BridgeError::System(_)) => Err(ExamineError::Internal(error.to_string())),
        Err(error @ BridgeError::Broken(_)) => {
            say(&format!("mcp-gauntlet: {error}"));
            Ok(Exit::Failed)
        }
    }
}

/// Serves until it is asked to end.
async fn serve(listen: SocketAddr) -> Result<Exit, ExamineError> {
    let upstream = Upstream::bind(listen).await.map_err(|error| {
        UsageError(format!("--listen {listen}: {error}; give an address that is free"))
    })?;
    say(&upstream.url());
    tokio::select! {
        () = show(&upstream) => {}
        () = interrupted() => {}
    }
    Ok(Exit::Good)
}

async fn show(upstream: &Upstream) {
    let journal = upstream.journal();
    loop {
        journal.take().iter().for_each(|arrival| print(&line(arrival)));
        tokio::time::sleep(PAUSE).await;
    }
}

/// An arrival in one line.
fn line(arrival: &Arrival) -> String {
    let body: String = String::from_utf8_lossy(&arrival.body).chars().take(SHOWN).collect();
    let session = arrival.header("mcp-session-id").unwrap_or("-");
    let way = if arrival.transport() == Transport::Stdio { "stdio " } else { "" };
    let line = format!("{way}{} session {session} {body}", arrival.method);
    escape(&line)
}
