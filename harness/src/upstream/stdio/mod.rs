//! The upstream as a process: a gateway that only starts its servers itself starts this, and every line
//! on standard input goes to our upstream elsewhere, by one POST, whose answer becomes lines on standard
//! output. What a server on standard output cannot do becomes what comes nearest:
//!
//! | over HTTP | here |
//! |---|---|
//! | a body | one line, whatever it holds |
//! | events of a stream, also of the one beside the calls | one line each, as they come |
//! | an empty body (202) | nothing |
//! | a connection that breaks, a status that is an error without a JSON-RPC message | the process ends, as one that crashes |
//! | silence | silence |

mod bridge;
mod input;
mod output;
mod state;
#[cfg(test)]
mod tests;

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use bridge::{Bridge, Message};

/// Lines that are with the upstream at a time; further ones wait on standard input.
const MOST_OPEN: usize = 512;

/// What is open when the input ends has this long to be answered.
const DRAIN: Duration = Duration::from_secs(1);

/// The upstream takes a connection within this time.
const CONNECT: Duration = Duration::from_secs(2);

/// Why the process ends before its input does.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// Nothing serves there.
    #[error(
        "--to {0}: {1}; nothing is served there: start the run with --upstream {0}, or `mcp-gauntlet \
         upstream --listen {0}`, first"
    )]
    Nowhere(String, String),
    /// The upstream did what makes a process crash.
    #[error("{0}: this process ends as one that crashes")]
    Broken(String),
    /// The system refuses what every process needs.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// Passes lines on to the upstream at `to` (`HOST:PORT`) until the input ends.
///
/// # Errors
/// [`BridgeError`] when there is no upstream, or when it did what makes a process crash.
pub async fn run(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    to: &str,
) -> Result<(), BridgeError> {
    reach(to).await.map_err(|why| BridgeError::Nowhere(to.to_owned(), why))?;
    let (lines, written) = output::write_lines(output)?;
    let bridge = Bridge::new(to, lines).map_err(BridgeError::Broken)?;
    let served = serve(input::read_lines(input)?, Arc::new(bridge)).await;
    // What was answered before a crash has left the process.
    let _ = timeout(DRAIN, written).await;
    served
}

/// Whether something takes a connection there.
async fn reach(to: &str) -> Result<(), String> {
    match timeout(CONNECT, TcpStream::connect(to)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no connection in time".to_owned()),
    }
}

/// Until the input ends, or the upstream breaks off.
async fn serve(
    mut input: mpsc::Receiver<input::Line>,
    bridge: Arc<Bridge>,
) -> Result<(), BridgeError> {
    let room = Arc::new(Semaphore::new(MOST_OPEN));
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            Some(ended) = open.join_next(), if !open.is_empty() => {
                ended.unwrap_or(Ok(())).map_err(BridgeError::Broken)?;
            }
            line = next(&mut input, &room) => match line {
                None => break,
                Some((input::Line::TooLong, _)) => {
                    return Err(BridgeError::Broken("a line is too long".to_owned()));
                }
                Some((input::Line::Text(line), place)) => {
                    let (bridge, message) = (Arc::clone(&bridge), Message::new(line));
                    if message.is_handshake() {
                        // What follows needs the session that comes of it.
                        bridge.pass(message).await.map_err(BridgeError::Broken)?;
                        continue;
                    }
                    open.spawn(async move {
                        let _place = place;
                        bridge.pass(message).await
                    });
                }
            }
        }
    }
    let rest = async {
        while let Some(ended) = open.join_next().await {
            ended.unwrap_or(Ok(())).map_err(BridgeError::Broken)?;
        }
        Ok(())
    };
    timeout(DRAIN, rest).await.unwrap_or(Ok(()))
}

/// The next line, as soon as there is room for it.
async fn next(
    input: &mut mpsc::Receiver<input::Line>,
    room: &Arc<Semaphore>,
) -> Option<(input::Line, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    Some((input.recv().await?, place))
}
