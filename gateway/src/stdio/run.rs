//! From the first line to the last: what is served at the same time, and how it ends.

use std::io::{self, Read, Write};
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use std::time::Instant;

use futures_util::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Connection;
use super::input::{Line, read_lines};
use super::output::Output;
use crate::app::{App, Phase};
use crate::audit::Entry;
use crate::http::Principal;
use crate::reply::{Content, Framing, Standing};
use crate::serve::{self, Carrier, Exchange, Refusal};

/// All lines that are being served or whose answers are not written yet: 16 MiB.
const ROOM: usize = 16 << 20;
/// A line takes at least so much of it, so that at most 256 are served at the same time.
const ROOM_OF_A_LINE: usize = 64 << 10;
/// Requests that run when stdin ends have this long to end.
const DRAIN_BUDGET: Duration = Duration::from_secs(2);
/// Requests that run when a signal arrives have this long.
const STOP_BUDGET: Duration = Duration::from_millis(300);
/// The caller has this long to read what was answered.
const WRITE_BUDGET: Duration = Duration::from_secs(1);

/// The two ends of the connection.
pub(crate) struct Ends<R, W> {
    pub(crate) input: R,
    pub(crate) output: W,
}

/// What every line needs.
struct Shared {
    app: Arc<App>,
    connection: Connection,
    output: Output,
}

/// Lines as there is room for them.
struct Incoming {
    lines: mpsc::Receiver<Line>,
    waiting: Option<Line>,
    room: Arc<Semaphore>,
}

/// Why no more lines are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The caller closed stdin.
    Input,
    /// The caller does not read any more, or must not be served any more.
    Output,
    /// A signal.
    Signal,
}

/// Serves lines until one of the ends is closed or `stopped` resolves.
pub(crate) async fn run(
    app: &Arc<App>,
    phase: &watch::Sender<Phase>,
    ends: Ends<impl Read + Send + 'static, impl Write + Send + 'static>,
    stopped: impl Future<Output = ()>,
) -> io::Result<()> {
    let lines = read_lines(ends.input)?;
    let (output, written) = Output::start(ends.output)?;
    if let Some(banner) = app.faults.banner() {
        output.send(banner.to_vec(), None).await;
    }
    let shared = Arc::new(Shared {
        app: Arc::clone(app),
        connection: Connection::new(output.clone()),
        output,
    });
    let incoming = Incoming { lines, waiting: None, room: Arc::new(Semaphore::new(ROOM)) };
    let mut stopped = pin!(stopped);
    let mut tasks = JoinSet::new();
    let mut end = serve_lines(&shared, incoming, &mut tasks, stopped.as_mut()).await;
    if end == End::Input && app.faults.ignores_eof() {
        stopped.as_mut().await;
        end = End::Signal;
    }
    finish(end, phase, &mut tasks, stopped).await;
    // The writer ends with the last of those who could send something.
    drop(shared);
    written.wait(WRITE_BUDGET).await;
    Ok(())
}

async fn serve_lines(
    shared: &Arc<Shared>,
    mut incoming: Incoming,
    tasks: &mut JoinSet<()>,
    mut stopped: Pin<&mut impl Future<Output = ()>>,
) -> End {
    loop {
        let (line, room) = tokio::select! {
            next = incoming.next() => match next {
                Some(next) => next,
                None => return End::Input,
            },
            () = shared.output.closed() => return End::Output,
            () = shared.connection.broken_off() => return End::Output,
            () = stopped.as_mut() => return End::Signal,
            Some(_) = tasks.join_next() => continue,
        };
        let mut work = Box::pin(serve_line(Arc::clone(shared), line, room));
        if !begin(work.as_mut()).await {
            tasks.spawn(work);
        }
    }
}

/// Goes as far as the work can go without waiting; `true` if that is its end. Lines begin in their
/// order, so that a session is open, and a request can be cancelled, when the next line is read.
async fn begin(mut work: Pin<&mut impl Future<Output = ()>>) -> bool {
    std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await
}

async fn serve_line(shared: Arc<Shared>, line: Line, room: OwnedSemaphorePermit) {
    let answered = AssertUnwindSafe(answer(&shared, line)).catch_unwind().await;
    let content = answered.unwrap_or_else(|_| {
        let refusal = Refusal::internal().framed(Framing::Lines);
        refusal.into_reply().content
    });
    match content {
        Content::Messages(messages) => {
            let running = shared.connection.running();
            let bytes = shared.app.faults.on_line(messages.render(&shared.app.event_ids), running);
            shared.output.send(bytes, Some(room)).await;
        }
        Content::Standing(standing) => stand(&shared, standing, room).await,
        // A stream that began early is one of HTTP: here every message is a line of its own.
        Content::Empty | Content::Live(_) => {}
    }
}

/// A stream of changes: its first line, and its last unless the caller cancels the request.
async fn stand(shared: &Shared, standing: Standing, room: OwnedSemaphorePermit) {
    let (Some(first), Some(last)) = (standing.first, standing.last) else {
        return;
    };
    let ended = async {
        shared.output.send(format!("{first}\n").into_bytes(), Some(room)).await;
        shared.app.reached(Phase::Draining).await;
    };
    if !shared.connection.outlasts(last.id.as_deref(), ended).await {
        return;
    }
    shared.output.send(format!("{}\n", last.text()).into_bytes(), None).await;
}

async fn answer(shared: &Shared, line: Line) -> Content {
    let app = &shared.app;
    let mut entry = Entry::open_stdio(&app.trail);
    let exchange = Exchange {
        app,
        principal: Principal::Anyone,
        carrier: Carrier::Stdio(&shared.connection),
        arrived: Instant::now(),
    };
    exchange.note_session(&mut entry);
    let served = match line {
        Line::Text(bytes) => serve::serve(&exchange, &bytes, &mut entry).await,
        Line::TooLong => Err(Refusal::line_too_long()),
    };
    let garbage = served.as_ref().is_err_and(Refusal::is_unparsable);
    let reply = exchange.conclude(served, entry).await;
    if garbage && app.faults.ends_on_garbage() {
        shared.connection.break_off();
    }
    reply.content
}

/// Lets what runs come to its end, or gives it up.
async fn finish(
    end: End,
    phase: &watch::Sender<Phase>,
    tasks: &mut JoinSet<()>,
    stopped: Pin<&mut impl Future<Output = ()>>,
) {
    phase.send_replace(Phase::Draining);
    match end {
        End::Input => tokio::select! {
            () = all_done(tasks) => {}
            () = tokio::time::sleep(DRAIN_BUDGET) => {}
            () = stopped => {}
        },
        End::Signal => drop(timeout(STOP_BUDGET, all_done(tasks)).await),
        End::Output => {}
    }
    phase.send_replace(Phase::Ended);
    // Whoever still runs answers that the gateway stops, unless the caller does not read.
    let _ = timeout(STOP_BUDGET, all_done(tasks)).await;
    tasks.shutdown().await;
}

async fn all_done(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

impl Incoming {
    /// The next line, once there is room for it. Nothing is lost if the future is dropped.
    async fn next(&mut self) -> Option<(Line, OwnedSemaphorePermit)> {
        if self.waiting.is_none() {
            self.waiting = Some(self.lines.recv().await?);
        }
        let length = match &self.waiting {
            Some(Line::Text(text)) => text.len(),
            _ => 0,
        };
        let size = u32::try_from(length.clamp(ROOM_OF_A_LINE, ROOM)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(size).await.ok()?;
        self.waiting.take().map(|line| (line, room))
    }
}
