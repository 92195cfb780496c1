//! The harness as the MCP server behind a gateway: Streamable HTTP, with tools that are programs and
//! may misbehave on purpose. What reaches it is kept. Judges nothing.

mod ask;
mod connection;
mod journal;
mod listing;
mod mcp;
mod pack;
mod program;
mod programs;
mod request;
mod script;
mod standing;
pub mod stdio;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use journal::Journal;
pub use listing::Shown;
pub use mcp::{SECOND_PREFIX, SERVER_NAME};
pub use program::{COOKIE, PREFIX, QUESTIONS, private, programs};

use connection::serve;
use mcp::Houses;

use crate::wire::arrival::SECOND;

/// A server of our own that serves until it is dropped or stopped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    houses: Arc<Houses>,
    task: JoinHandle<()>,
}

/// Connections that are served at a time; a gateway has few.
const MOST_CONNECTIONS: usize = 1024;

impl Upstream {
    /// Serves at this address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let houses = Arc::new(Houses::default());
        let task = tokio::spawn(accept(listener, Arc::clone(&houses)));
        Ok(Self { address, houses, task })
    }

    /// Where a gateway finds it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Where a gateway finds the second one, which only answers.
    #[must_use]
    pub fn second_url(&self) -> String {
        format!("http://{}{SECOND}mcp", self.address)
    }

    /// What has reached it.
    #[must_use]
    pub fn journal(&self) -> Arc<Journal> {
        Arc::clone(&self.houses.journal)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, houses: Arc<Houses>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        while connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&houses)))),
            // For instance no file descriptor is left: others are closed meanwhile.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}
