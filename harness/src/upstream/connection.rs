//! One connection: request after request, each kept and then answered by its script.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::mcp::{House, Houses};
use super::request::{Came, read};
use super::script::{Step, chunked, event};

/// Time between two writes of what keeps a connection alive.
const BEAT: Duration = Duration::from_millis(200);

/// Time between two comments on a stream that stands and carries nothing.
const COMMENT: Duration = Duration::from_secs(15);

/// A stream stands so long at most.
const LONGEST: Duration = Duration::from_secs(3600);

/// Whoever reads nothing from a stream for so long is gone.
const BLOCKED: Duration = Duration::from_secs(5);

/// Whether the connection can be used for another request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    Request,
    Nothing,
}

/// Serves a connection to its end.
pub(super) async fn serve(mut stream: TcpStream, houses: Arc<Houses>) {
    let _ = stream.set_nodelay(true);
    let mut input = Vec::new();
    loop {
        let (arrival, is_request) = match read(&mut stream, &mut input).await {
            Came::Request(arrival) => (arrival, true),
            Came::Garbage(arrival) => (arrival, false),
            Came::End => return,
        };
        let house = houses.of(&arrival);
        if house.is_down() {
            abort(&stream);
            return;
        }
        if !is_request {
            house.journal.add(arrival);
            let refusal = super::script::response(400, &[("Connection", "close")], "");
            let _ = perform(&mut stream, house, vec![refusal]).await;
            return;
        }
        house.journal.add(arrival.clone());
        let script = house.answer(&arrival);
        if !matches!(perform(&mut stream, house, script).await, Ok(Next::Request)) {
            return;
        }
    }
}

/// Does one step after the other.
///
/// # Errors
/// When the other side is gone.
async fn perform(
    stream: &mut TcpStream,
    house: &House,
    script: Vec<Step>,
) -> std::io::Result<Next> {
    for step in script {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await?,
            Step::Pause(time) => sleep(time).await,
            Step::Work(text, time) if has_hung_up(stream, time).await => {
                house.journal.leave_dropped(text);
                return Ok(Next::Nothing);
            }
            Step::Work(..) => {}
            Step::Await(question, asked, time) => {
                house.journal.ask(&asked);
                stream.write_all(&question).await?;
                let _ = timeout(time, house.journal.answered(&asked)).await;
            }
            Step::Hold(bytes, time) => hold(stream, &bytes, time).await?,
            Step::Ask { session, question, asked, time } => {
                house.journal.ask(&asked);
                if house.standing.tell(&session, &question).await {
                    let _ = timeout(time, house.journal.answered(&asked)).await;
                } else {
                    house.journal.leave_unasked(asked.by);
                }
            }
            Step::Tell { session, message } => {
                let _ = house.standing.tell(&session, &message).await;
            }
            Step::Show { text, listing, session, told } => {
                house.show((text, listing), session, told).await;
            }
            Step::Stand(session) => stand(stream, house, &session).await?,
            Step::Lose(session) => house.lose(session),
            Step::Down { after, time } => house.go_down(after, time),
            Step::Close => return stream.shutdown().await.map(|()| Next::Nothing),
            Step::Reset => {
                abort(stream);
                return Ok(Next::Nothing);
            }
        }
    }
    Ok(Next::Request)
}

/// Without lingering the connection is broken when it is closed.
fn abort(stream: &TcpStream) {
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Passes on what is told in a session until the stream is to be ended.
///
/// # Errors
/// When the other side is gone.
async fn stand(stream: &mut TcpStream, house: &House, session: &str) -> std::io::Result<()> {
    let mut messages = house.standing.open(session);
    let end = Instant::now() + LONGEST;
    let mut part = [0; 1024];
    loop {
        let bytes = tokio::select! {
            message = messages.recv() => match message {
                Some(message) => event(&message),
                None => return Ok(()),
            },
            read = stream.read(&mut part) => match read? {
                0 => return Err(std::io::ErrorKind::ConnectionAborted.into()),
                _ => continue,
            },
            () = sleep(COMMENT) => ": alive\n\n".to_owned(),
            () = sleep_until(end) => return Ok(()),
        };
        let bytes = chunked(bytes.as_bytes());
        let write = timeout(BLOCKED, stream.write_all(&bytes));
        write.await.map_err(|_| std::io::ErrorKind::TimedOut)??;
    }
}

/// Waits for so long, and says at once where the other side has hung up.
async fn has_hung_up(stream: &TcpStream, time: Duration) -> bool {
    let end = Instant::now() + time;
    let hung_up = match timeout(time, stream.peek(&mut [0])).await {
        Ok(Ok(0) | Err(_)) => true,
        // The next request is there already, and whether more comes is not seen behind it.
        Ok(Ok(_)) | Err(_) => false,
    };
    if !hung_up {
        sleep_until(end).await;
    }
    hung_up
}

/// Waits until the other side hangs up.
async fn hold(stream: &mut TcpStream, bytes: &[u8], time: Duration) -> std::io::Result<()> {
    let end = Instant::now() + time;
    let mut part = [0; 1024];
    while Instant::now() < end {
        if let Ok(read) = timeout(BEAT, stream.read(&mut part)).await
            && read? == 0
        {
            break;
        }
        if !bytes.is_empty() {
            stream.write_all(bytes).await?;
        }
    }
    Ok(())
}
