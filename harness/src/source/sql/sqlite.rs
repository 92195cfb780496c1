//! A file of SQLite, read while another process writes it.
//!
//! Every query opens the file anew, for reading only: a file that was replaced is noticed, and no lock
//! is kept. SQLite blocks, so that it runs on the threads for such calls.

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::source) mod writer;

use super::moment::Moment;
use super::row::{Fetched, line_of_cells, too_long};
use super::statement::{Dialect, Statements};
use super::window::Pass;
use super::{Database, SqlSource, broken, clock, mistaken, sql_of};
use crate::source::{Access, MAX_LINE, SourceError};
use crate::wire::json::Json;
use futures_util::future::BoxFuture;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, ErrorCode, InterruptHandle, OpenFlags, Row};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a writer is waited for that keeps the whole file locked.
const BUSY: Duration = Duration::from_secs(2);

/// Opens the file and takes its rows for known.
pub(in crate::source) async fn open(
    path: &Path,
    access: Access<'_>,
) -> Result<SqlSource, SourceError> {
    let sql = sql_of(access, &name(path))?;
    let statements = Arc::new(Statements { sql: sql.clone(), dialect: Dialect::Sqlite });
    SqlSource::open(Box::new(File { path: path.to_owned(), statements }), sql).await
}

fn name(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// The file.
#[derive(Debug)]
struct File {
    path: PathBuf,
    statements: Arc<Statements>,
}

impl File {
    /// Runs queries where they may block; they are interrupted when the future is dropped.
    async fn blocking<T: Send + 'static>(
        &self,
        queries: impl FnOnce(&Connection, &Statements) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, SourceError> {
        let (path, statements) = (self.path.clone(), Arc::clone(&self.statements));
        let running = Running::default();
        let handle = Arc::clone(&running.0);
        let work = move || {
            require_file(&path)?;
            let answer = connect(&path).and_then(|connection| {
                // It is set once, here.
                let _ = handle.set(connection.get_interrupt_handle());
                queries(&connection, &statements)
            });
            answer.map_err(|error| complaint(&path, &error))
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| broken(&name(&self.path), &error.to_string(), "run again"))?
    }
}

/// A query that is interrupted when it is no longer waited for.
#[derive(Default)]
struct Running(Arc<OnceLock<InterruptHandle>>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(handle) = self.0.get() {
            handle.interrupt();
        }
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// SQLite says no more than that it cannot open.
fn require_file(path: &Path) -> Result<(), SourceError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(SourceError::NotAFile(path.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(mistaken(
            &name(path),
            "there is no such file",
            "check the path, and start the target first, so that it makes its database",
        )),
        Err(source) => Err(SourceError::File { path: path.to_owned(), source }),
    }
}

impl Database for File {
    fn name(&self) -> String {
        name(&self.path)
    }

    fn connect(&mut self) -> BoxFuture<'_, Result<(), SourceError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn now(&self) -> i64 {
        clock()
    }

    fn latest(&mut self) -> BoxFuture<'_, Result<Option<String>, SourceError>> {
        Box::pin(self.blocking(|connection, statements| {
            let Some(statement) = statements.latest() else { return Ok(None) };
            let mut statement = connection.prepare(&statement)?;
            bind(&mut statement, &[&Statements::parameter(None)])?;
            let mut rows = statement.raw_query();
            Ok(rows.next()?.and_then(|row| text(row, 0)).map(str::to_owned))
        }))
    }

    fn index(
        &mut self,
        since: Option<Moment>,
        mut pass: Pass,
    ) -> BoxFuture<'_, Result<Pass, SourceError>> {
        Box::pin(self.blocking(move |connection, statements| {
            let mut statement = connection.prepare(&statements.index(since))?;
            bind(&mut statement, &[&Statements::parameter(since)])?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                if pass.take(text(row, 0), text(row, 1)).is_break() {
                    break;
                }
            }
            drop(rows);
            Ok(pass)
        }))
    }

    fn rows(
        &mut self,
        since: Option<Moment>,
        keys: Vec<String>,
        room: usize,
    ) -> BoxFuture<'_, Result<Fetched, SourceError>> {
        Box::pin(self.blocking(move |connection, statements| {
            fetch(connection, statements, since, &keys, room)
        }))
    }
}

fn fetch(
    connection: &Connection,
    statements: &Statements,
    since: Option<Moment>,
    keys: &[String],
    room: usize,
) -> rusqlite::Result<Fetched> {
    let columns = connection.prepare(&statements.columns())?;
    let columns: Vec<String> = columns.column_names().into_iter().map(str::to_owned).collect();
    let mut statement = connection.prepare(&statements.cell_rows(since, &columns))?;
    let keys: Vec<String> = keys.iter().map(|key| Json::string(key).to_text()).collect();
    let keys = format!("[{}]", keys.join(","));
    bind(&mut statement, &[&Statements::parameter(since), &keys])?;
    let mut rows = statement.raw_query();
    let (mut fetched, mut room) = (Fetched::default(), room);
    while let Some(row) = rows.next()? {
        let Some(key) = text(row, 0) else { continue };
        let is_long = usize::try_from(row.get::<_, i64>(1)?).is_ok_and(|length| length > MAX_LINE);
        let line = if is_long {
            too_long(key)
        } else {
            let cells = (2..columns.len() + 2).map(|at| row.get_ref(at).map(cell));
            line_of_cells(&columns, cells.collect::<rusqlite::Result<_>>()?, &statements.sql.json)
        };
        fetched.keys.push(key.to_owned());
        room = room.saturating_sub(line.size());
        fetched.lines.push(line);
        if room == 0 {
            fetched.cut = true;
            break;
        }
    }
    Ok(fetched)
}

/// Binds the first parameters; a statement about a table has not all of them.
fn bind(statement: &mut rusqlite::Statement<'_>, values: &[&str]) -> rusqlite::Result<()> {
    for (at, value) in (1..=statement.parameter_count()).zip(values) {
        statement.raw_bind_parameter(at, value)?;
    }
    Ok(())
}

/// A text of a row; none for null and for bytes that are no text.
fn text<'a>(row: &'a Row<'_>, at: usize) -> Option<&'a str> {
    match row.get_ref(at) {
        Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// A value as JSON: bytes are the text that they hold, or else hexadecimal.
fn cell(value: ValueRef<'_>) -> Json {
    match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => Json::number(&number.to_string()).unwrap_or(Json::Null),
        ValueRef::Real(number) => {
            let text = serde_json::to_string(&number).unwrap_or_default();
            // JSON has no infinity.
            Json::number(&text).unwrap_or_else(|| Json::string(&number.to_string()))
        }
        ValueRef::Text(bytes) => Json::string(&String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => std::str::from_utf8(bytes).map_or_else(
            |_| Json::string(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
            Json::string,
        ),
    }
}

/// What SQLite complains of, in words of ours where they help.
fn complaint(path: &Path, error: &Error) -> SourceError {
    let name = name(path);
    let said = match error {
        Error::SqliteFailure(_, Some(said)) => said.clone(),
        Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    let in_statement = matches!(error, Error::SqlInputError { .. });
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            mistaken(&name, "the file is no database of SQLite", "name the file of the database")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => broken(
            &name,
            &format!("it stays locked for longer than {} s ({said})", BUSY.as_secs()),
            "end what locks it, or let the target use WAL mode",
        ),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            broken(&name, &said, "let this user read the file, and in WAL mode write its folder")
        }
        _ if said.starts_with("no such table") => mistaken(
            &name,
            &said,
            "check `table` of [sql] in the profile, and that this is the target's database",
        ),
        _ if said.starts_with("no such column") => mistaken(
            &name,
            &said.replace("gauntlet_row.", ""),
            "check `time` and `key` of [sql] in the profile, written as in SQL",
        ),
        _ if in_statement || error.sqlite_error_code() == Some(ErrorCode::Unknown) => {
            mistaken(&name, &said, "check [sql] in the profile")
        }
        _ => broken(&name, &said, "look into the database with the sqlite3 shell"),
    }
}
