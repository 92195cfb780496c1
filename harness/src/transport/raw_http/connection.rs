//! One TCP or TLS connection, driven in both directions by one task. Knows no HTTP.

use super::{Shared, tls};
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// An open connection.
#[derive(Debug)]
pub(super) enum Connection {
    /// For http.
    Plain(TcpStream),
    /// For https.
    Tls(Box<TlsStream<TcpStream>>),
}

/// What one wait for the peer came to.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// Bytes were appended.
    Received,
    /// The peer has ended its side in good order.
    Ended,
    /// The peer has ended its side without the closure alert of TLS.
    Cut,
    /// The connection failed; the text says how.
    Failed(String),
}

/// A request on its way out.
#[derive(Debug)]
pub(super) struct Outgoing<'a> {
    head: &'a [u8],
    body: &'a [u8],
    flushed: bool,
    fault: Option<String>,
}

impl<'a> Outgoing<'a> {
    /// A request of which nothing was written.
    pub(super) const fn new(head: &'a [u8], body: &'a [u8]) -> Self {
        Self { head, body, flushed: false, fault: None }
    }

    /// Whether every byte has left.
    pub(super) const fn is_sent(&self) -> bool {
        self.flushed
    }

    /// Why writing was given up.
    pub(super) fn take_fault(&mut self) -> Option<String> {
        self.fault.take()
    }

    const fn is_written(&self) -> bool {
        self.head.is_empty() && self.body.is_empty()
    }

    fn advance(&mut self, count: usize) {
        let of_head = count.min(self.head.len());
        self.head = self.head.get(of_head..).unwrap_or_default();
        self.body = self.body.get(count - of_head..).unwrap_or_default();
    }
}

impl Connection {
    /// Connects, and shakes hands where the endpoint says https.
    ///
    /// # Errors
    ///
    /// A text that says what failed.
    pub(super) async fn open(shared: &Shared) -> Result<Self, String> {
        let endpoint = &shared.endpoint;
        let connected = match endpoint.address() {
            Some(address) => TcpStream::connect((address, endpoint.port())).await,
            None => TcpStream::connect((endpoint.host_name(), endpoint.port())).await,
        };
        let socket = connected.map_err(|error| describe(&error))?;
        socket.set_nodelay(true).map_err(|error| describe(&error))?;
        match &shared.tls {
            None => Ok(Self::Plain(socket)),
            Some(config) => Ok(Self::Tls(tls::handshake(config, endpoint, socket).await?)),
        }
    }

    /// Whether the peer has neither closed nor sent anything since the last exchange. Asks the
    /// kernel itself: the runtime may not have heard of the peer's close yet.
    pub(super) fn is_quiet(&mut self) -> bool {
        let socket = match self {
            Self::Plain(socket) => &*socket,
            Self::Tls(stream) => {
                if has_plaintext(stream) {
                    return false;
                }
                stream.get_ref().0
            }
        };
        let mut byte = [MaybeUninit::uninit()];
        let looked = socket2::SockRef::from(socket).peek(&mut byte);
        looked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Writes what can be written of the request and waits until something arrives. An error of
    /// writing does not end the reading: the answer may be there already.
    pub(super) async fn step(&mut self, outgoing: &mut Outgoing<'_>, into: &mut Vec<u8>) -> Step {
        let read = poll_fn(|cx| {
            self.write_some(cx, outgoing);
            self.poll_read(cx, into)
        });
        match read.await {
            Ok(0) => Step::Ended,
            Ok(_) => Step::Received,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Step::Cut,
            Err(error) => Step::Failed(describe(&error)),
        }
    }

    fn write_some(&mut self, cx: &mut Context<'_>, outgoing: &mut Outgoing<'_>) {
        while !outgoing.flushed && outgoing.fault.is_none() {
            let polled = if outgoing.is_written() {
                self.poll_flush(cx).map_ok(|()| outgoing.flushed = true)
            } else {
                self.poll_write(cx, outgoing)
            };
            match polled {
                Poll::Pending => return,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => outgoing.fault = Some(describe(&error)),
            }
        }
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) -> Poll<io::Result<()>> {
        let slices = [IoSlice::new(outgoing.head), IoSlice::new(outgoing.body)];
        let polled = match self {
            Self::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, &slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, &slices),
        };
        polled.map(|written| match written? {
            0 => Err(ErrorKind::WriteZero.into()),
            count => {
                outgoing.advance(count);
                Ok(())
            }
        })
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, into: &mut Vec<u8>) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(socket) => pin!(socket.read_buf(into)).poll(cx),
            Self::Tls(stream) => pin!(stream.read_buf(into)).poll(cx),
        }
    }
}

/// Whether TLS has decrypted bytes (or an end) that nobody has read.
fn has_plaintext(stream: &mut TlsStream<TcpStream>) -> bool {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    let mut cx = Context::from_waker(Waker::noop());
    Pin::new(stream).poll_read(&mut cx, &mut buffer).is_ready()
}

/// An error in few words that are the same on every run: whether a reset is met while reading or
/// while writing is up to chance, so both have one name.
pub(crate) fn describe(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            "connection reset".to_owned()
        }
        kind @ (ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::TimedOut) => kind.to_string(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resets_have_one_name() {
        for kind in [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe] {
            assert_eq!(describe(&kind.into()), "connection reset");
        }
        assert_eq!(describe(&ErrorKind::ConnectionRefused.into()), "connection refused");
        assert_eq!(describe(&io::Error::other("bad record")), "bad record");
    }

    #[test]
    fn a_request_leaves_head_first() {
        let mut outgoing = Outgoing::new(b"head", b"body");
        outgoing.advance(3);
        assert_eq!((outgoing.head, outgoing.body), (b"d".as_slice(), b"body".as_slice()));
        outgoing.advance(3);
        assert_eq!((outgoing.head, outgoing.body), (b"".as_slice(), b"dy".as_slice()));
        assert!(!outgoing.is_written());
        outgoing.advance(2);
        assert!(outgoing.is_written() && !outgoing.is_sent());
    }
}
