//! The streams that stand open beside the calls, one or more of a session (MCP transports, Listening
//! for Messages from the Server).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// Streams that stand at a time. A gateway that leaves them open would use up all connections: the
/// oldest is ended for a new one.
const MOST: usize = 256;

/// Messages that wait for one stream.
const WAITING: usize = 16;

/// A client opens its stream beside its first requests: a message waits so long for it.
const OPENING: Duration = Duration::from_millis(500);

/// All of them, oldest first.
#[derive(Debug, Default)]
pub(super) struct Standing {
    open: Mutex<Vec<Open>>,
    news: Notify,
}

#[derive(Debug)]
struct Open {
    session: String,
    messages: mpsc::Sender<String>,
}

impl Standing {
    /// Opens one. Its messages end when it is to be ended; it is gone when they are dropped.
    pub(super) fn open(&self, session: &str) -> mpsc::Receiver<String> {
        let (messages, received) = mpsc::channel(WAITING);
        let mut open = self.all();
        open.retain(|one| !one.messages.is_closed());
        if open.len() >= MOST {
            open.remove(0);
        }
        open.push(Open { session: session.to_owned(), messages });
        drop(open);
        self.news.notify_waiters();
        received
    }

    /// Ends all of them.
    pub(super) fn end_all(&self) {
        self.all().clear();
    }

    /// Ends those of a session.
    pub(super) fn close(&self, session: &str) {
        self.all().retain(|one| one.session != session);
    }

    /// Sends a message on one stream of a session (never on several: a client would act twice); says
    /// whether there was one.
    pub(super) async fn tell(&self, session: &str, message: &str) -> bool {
        timeout(OPENING, self.told(session, message)).await.is_ok()
    }

    async fn told(&self, session: &str, message: &str) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.push(session, message) {
                return;
            }
            news.await;
        }
    }

    /// The newest is the one that is most surely read.
    fn push(&self, session: &str, message: &str) -> bool {
        let open = self.all();
        let mut own = open.iter().rev().filter(|one| one.session == session);
        own.any(|one| one.messages.try_send(message.to_owned()).is_ok())
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_goes_to_one_stream_of_its_session() {
        let standing = Standing::default();
        let mut gone = standing.open("a");
        let mut first = standing.open("a");
        let mut other = standing.open("b");
        gone.close();
        assert!(standing.tell("a", "1").await);
        assert_eq!(first.recv().await.as_deref(), Some("1"));
        assert!(other.try_recv().is_err() && gone.try_recv().is_err());
        standing.close("a");
        assert_eq!(first.recv().await, None);
        assert!(!standing.tell("a", "2").await);
    }

    #[tokio::test]
    async fn a_message_waits_for_a_stream_that_is_being_opened() {
        let standing = Standing::default();
        let later = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            standing.open("a").recv().await
        };
        let (told, received) = tokio::join!(standing.tell("a", "1"), later);
        assert_eq!((told, received.as_deref()), (true, Some("1")));
    }

    #[tokio::test]
    async fn the_oldest_makes_room() {
        let standing = Standing::default();
        let mut all: Vec<_> = (0..=MOST).map(|_| standing.open("a")).collect();
        assert_eq!(all[0].recv().await, None);
        assert!(all[1].try_recv().is_err_and(|why| why == mpsc::error::TryRecvError::Empty));
    }
}
