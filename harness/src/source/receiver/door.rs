//! The connections of a receiver: bounded in number, and in the time that each may take for a request.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use crate::source::webhook::manner::{Manner, SinkManner};

/// Connections at a time; further ones wait until one ends.
const CONNECTIONS: usize = 512;

/// Pause after a connection that could not be accepted, for lack of file handles most likely.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections.
pub(super) struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    manner: Manner,
    request: Duration,
}

impl Door {
    /// `request` is the time from a connection's begin, or from its last answer, to the next answer.
    pub(super) fn new(listener: TcpListener, manner: Manner, request: Duration) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(CONNECTIONS)), manner, request }
    }

    fn visitor(&self, stream: TcpStream, place: OwnedSemaphorePermit) -> Visitor {
        let over = Box::pin(sleep(self.request));
        let (manner, request) = (self.manner.clone(), self.request);
        Visitor { stream, manner, over, request, _place: place }
    }
}

impl Listener for Door {
    type Io = Visitor;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Visitor, SocketAddr) {
        loop {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                // Nobody closes the semaphore.
                return pending().await;
            };
            match self.listener.accept().await {
                Ok((stream, from)) if self.manner.get() != SinkManner::Down => {
                    return (self.visitor(stream, place), from);
                }
                // Dropping it closes it.
                Ok(_) => self.manner.note(),
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One connection, which fails when its time is over or the receiver is down.
pub(super) struct Visitor {
    stream: TcpStream,
    manner: Manner,
    over: Pin<Box<Sleep>>,
    request: Duration,
    _place: OwnedSemaphorePermit,
}

impl Visitor {
    /// Whether the connection may go on; wakes the task when it may not any more.
    fn may_go_on(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.manner.get() == SinkManner::Down {
            self.manner.note();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        match self.over.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }

    /// An answer goes out: the time for the next request begins.
    fn answered(&mut self) {
        let end = Instant::now() + self.request;
        self.over.as_mut().reset(end);
    }
}

impl AsyncRead for Visitor {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.may_go_on(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Visitor {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.may_go_on(cx)?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.answered();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.may_go_on(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
