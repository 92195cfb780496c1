//! The subcommand `upstream`: our own upstream alone, and a line for whatever reaches it.

use std::net::SocketAddr;
use std::time::Duration;

use super::{print, say};
use crate::examine::{ExamineError, interrupted};
use crate::exit::Exit;
use crate::plan::UsageError;
use crate::report::escape::escape;
use crate::upstream::Upstream;
use crate::wire::arrival::Arrival;

/// Time between two looks at what came.
const PAUSE: Duration = Duration::from_millis(100);

/// Characters of a body that are shown.
const SHOWN: usize = 300;

/// Serves until it is asked to end.
pub(super) async fn serve(listen: SocketAddr) -> Result<Exit, ExamineError> {
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
    let line = format!("{} session {session} {body}", arrival.method);
    escape(&line)
}
