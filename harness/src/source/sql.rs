//! Rows of a database, PostgreSQL or SQLite: where they stand says `[sql]` of the profile.
//!
//! Tables keep no order of arrival, so each turn looks at key and time of all rows of a window that ends
//! now, and reads those rows whose key is new. The window goes back behind the latest time by the
//! profile's `overlap`, since rows are written later than they say. A turn goes on when the poll that
//! began it is given up; the next poll has its rows.

mod moment;
pub(super) mod postgres;
mod row;
pub(super) mod sqlite;
mod statement;
mod window;

use super::error::SourceError;
use super::tail::unreadable;
use super::{Access, Feed, Line, MAX_POLL};
use crate::audit::profile::Sql;
use futures_util::future::BoxFuture;
use moment::Moment;
use row::Fetched;
use statement::MAX_KEY;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use window::{MAX_ROWS, Pass, Stop, Window};

/// Least time between the beginnings of two turns.
const PAUSE: Duration = Duration::from_millis(100);

/// Most time between them, however slow the database is.
const LONG_PAUSE: Duration = Duration::from_secs(2);

/// The share of its time that a database works for us is the inverse.
const SHARE: u32 = 4;

/// Time for one turn with all its queries.
const TURN_DEADLINE: Duration = Duration::from_secs(10);

/// Time for opening, in which the latest row of a table may be looked for without an index.
const OPEN_DEADLINE: Duration = Duration::from_secs(60);

/// Time after which a turn leaves further rows to the next one.
const TURN_TIME: Duration = Duration::from_secs(2);

/// Rows that are asked for at once; each question may look at the whole window.
const ASKED: usize = 4000;

/// What is asked of a database. Dropping a future gives its query up.
trait Database: Debug + Send {
    /// Its name, for messages.
    fn name(&self) -> String;

    /// Makes sure that there is a connection.
    fn connect(&mut self) -> BoxFuture<'_, Result<(), SourceError>>;

    /// Its clock, in microseconds since the epoch.
    fn now(&self) -> i64;

    /// The latest time of all rows, as text; none where there is no row or no column of times.
    fn latest(&mut self) -> BoxFuture<'_, Result<Option<String>, SourceError>>;

    /// Shows key and time of the rows to a pass.
    fn index(
        &mut self,
        since: Option<Moment>,
        pass: Pass,
    ) -> BoxFuture<'_, Result<Pass, SourceError>>;

    /// The whole rows of these keys in order of time, at most so many bytes of them.
    fn rows(
        &mut self,
        since: Option<Moment>,
        keys: Vec<String>,
        room: usize,
    ) -> BoxFuture<'_, Result<Fetched, SourceError>>;
}

/// A table from which rows are read on.
#[derive(Debug)]
pub(super) struct SqlSource {
    session: Arc<Mutex<Session>>,
    /// The turn in progress, or one whose rows nobody has taken yet.
    turn: Option<JoinHandle<Turn>>,
    /// When the next turn may begin.
    next: Instant,
    more: bool,
}

/// What a turn came to.
#[derive(Debug)]
struct Turn {
    rows: Result<(Vec<Line>, bool), SourceError>,
    begun: Instant,
    took: Duration,
}

impl SqlSource {
    async fn open(database: Box<dyn Database>, sql: &Sql) -> Result<Self, SourceError> {
        let timed = sql.time().is_some();
        let mut session =
            Session { database, window: Window::new(sql.overlap()), sql: sql.clone(), timed };
        timeout(OPEN_DEADLINE, session.begin())
            .await
            .map_err(|_| session.slow(OPEN_DEADLINE))??;
        let session = Arc::new(Mutex::new(session));
        Ok(Self { session, turn: None, next: Instant::now(), more: false })
    }

    async fn read(&mut self) -> Result<Vec<Line>, SourceError> {
        if self.turn.is_none() {
            // Waiting here, and not answering at once, lets every poll speak for the time at which it
            // began.
            sleep_until(self.next).await;
        }
        let session = &self.session;
        let turn =
            self.turn.get_or_insert_with(|| tokio::spawn(Session::turn(Arc::clone(session))));
        let done = turn.await;
        self.turn = None;
        self.more = false;
        let turn = match done {
            Ok(turn) => turn,
            Err(error) => {
                self.next = Instant::now() + PAUSE;
                let name = self.session.lock().await.database.name();
                return Err(broken(&name, &error.to_string(), "run again"));
            }
        };
        self.next = turn.begun + (turn.took * SHARE).clamp(PAUSE, LONG_PAUSE);
        let (lines, more) = turn.rows?;
        self.more = more;
        if more {
            self.next = turn.begun;
        }
        Ok(lines)
    }
}

impl Feed for SqlSource {
    fn poll(&mut self) -> BoxFuture<'_, Result<Vec<Line>, SourceError>> {
        Box::pin(self.read())
    }

    fn has_more(&self) -> bool {
        self.more
    }
}

impl Drop for SqlSource {
    fn drop(&mut self) {
        if let Some(turn) = &self.turn {
            turn.abort();
        }
    }
}

/// A database and what is known of its rows.
#[derive(Debug)]
struct Session {
    database: Box<dyn Database>,
    window: Window,
    sql: Sql,
    /// Whether rows have a time that is known.
    timed: bool,
}

impl Session {
    /// Takes the rows that are there for known.
    async fn begin(&mut self) -> Result<(), SourceError> {
        self.database.connect().await?;
        if let Some(text) = self.database.latest().await? {
            let now = self.database.now();
            let latest = Moment::read(&text).ok_or_else(|| self.no_time(&text))?;
            self.window.begin_at(Some(latest.not_after(now)));
        }
        let pass = self.window.first_pass(self.database.now());
        let pass = self.database.index(self.since(), pass).await?;
        self.refuse(pass.stopped())?;
        self.window.end(pass, &[], true);
        Ok(())
    }

    async fn turn(session: Arc<Mutex<Self>>) -> Turn {
        let mut session = session.lock_owned().await;
        let begun = Instant::now();
        let rows = match timeout(TURN_DEADLINE, session.rows()).await {
            Ok(rows) => rows,
            Err(_) => Err(session.slow(TURN_DEADLINE)),
        };
        Turn { rows, begun, took: begun.elapsed() }
    }

    /// The new rows, and whether there are more. What fails leaves all as it was.
    async fn rows(&mut self) -> Result<(Vec<Line>, bool), SourceError> {
        self.database.connect().await?;
        let (since, pass) = (self.since(), self.window.pass(self.database.now()));
        let pass = self.database.index(since, pass).await?;
        self.refuse(pass.stopped())?;
        let mut fetched = self.fetch(since, &pass.keys()).await?;
        let why = format!("its key `{}` is null or longer than {MAX_KEY} bytes", self.sql.key);
        fetched.lines.extend((0..pass.keyless()).map(|_| unreadable(&why, b"")));
        let more = fetched.cut || pass.stopped().is_some();
        self.window.end(pass, &fetched.keys, !more);
        Ok((fetched.lines, more))
    }

    async fn fetch(
        &mut self,
        since: Option<Moment>,
        keys: &[String],
    ) -> Result<Fetched, SourceError> {
        let (mut all, mut room, begun) = (Fetched::default(), MAX_POLL, Instant::now());
        for keys in keys.chunks(ASKED) {
            let some = self.database.rows(since, keys.to_vec(), room).await?;
            room = room.saturating_sub(some.lines.iter().map(Line::size).sum());
            all.keys.extend(some.keys);
            all.lines.extend(some.lines);
            if some.cut || room == 0 || begun.elapsed() > TURN_TIME {
                all.cut = true;
                break;
            }
        }
        Ok(all)
    }

    /// From when on rows are looked at. Where their times are not known, the clock stands for them.
    fn since(&self) -> Option<Moment> {
        let by_clock = || Some(Moment::at(self.database.now()).before(self.sql.overlap()));
        if self.timed { self.window.since() } else { by_clock() }
    }

    fn refuse(&self, stopped: Option<&Stop>) -> Result<(), SourceError> {
        let name = self.database.name();
        match stopped {
            Some(Stop::TooMany) => Err(broken(
                &name,
                &format!("more than {MAX_ROWS} rows within the overlap"),
                "make `overlap` of [sql] in the profile shorter",
            )),
            Some(Stop::Twice(key)) => Err(mistaken(
                &name,
                &format!("two rows have the key `{key}`"),
                "name a column that is unique as `key` of [sql] in the profile",
            )),
            Some(Stop::Enough) | None => Ok(()),
        }
    }

    fn no_time(&self, text: &str) -> SourceError {
        let column = self.sql.time().unwrap_or_default();
        mistaken(
            &self.database.name(),
            &format!("the column {column} holds `{text}`, which is no time"),
            "name the column of the record's time as `time` of [sql] in the profile",
        )
    }

    fn slow(&self, deadline: Duration) -> SourceError {
        broken(
            &self.database.name(),
            &format!("no whole answer within {} s", deadline.as_secs()),
            "give the table an index on its time, or look for locks",
        )
    }
}

/// Where the records of a profile stand.
pub(super) fn sql_of<'a>(access: Access<'a>, database: &str) -> Result<&'a Sql, SourceError> {
    let Some(profile) = access.profile else {
        return Err(mistaken(database, "no profile says where records stand in it", "name one"));
    };
    profile.sql.as_ref().ok_or_else(|| {
        mistaken(
            database,
            &format!("the profile {} does not say where records stand in a database", profile.name),
            "give it [sql] with `table`, `time` and `key`, or `query` and `key`",
        )
    })
}

/// Microseconds since the epoch by the clock of this machine.
fn clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Most characters of what a database said that are shown.
const SAID: usize = 300;

/// What was said on one line, and not without end.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(SAID).collect()
}

/// The database cannot be read at present.
fn broken(database: &str, reason: &str, advice: &str) -> SourceError {
    failed(database, reason, advice, false)
}

/// The locator or the profile is wrong.
fn mistaken(database: &str, reason: &str, advice: &str) -> SourceError {
    failed(database, reason, advice, true)
}

fn failed(database: &str, reason: &str, advice: &str, mistake: bool) -> SourceError {
    SourceError::Database {
        database: database.to_owned(),
        reason: one_line(reason),
        advice: advice.to_owned(),
        mistake,
    }
}
