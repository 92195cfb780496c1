//! A PostgreSQL database: rows come as the JSON texts that it makes of them.
//!
//! The session only reads. A connection that breaks is an error of one turn, and is made anew by the
//! next.

mod complaint;
mod connect;
#[cfg(test)]
pub(in crate::source) mod server;
#[cfg(test)]
mod tests;

use super::moment::Moment;
use super::row::{Fetched, line_of_text, too_long};
use super::statement::{Dialect, Statements};
use super::window::Pass;
use super::{Database, SqlSource, clock, sql_of};
use crate::source::locator::without_credentials;
use crate::source::{Access, MAX_LINE, SourceError};
use connect::Address;
use futures_util::future::BoxFuture;
use futures_util::{TryFutureExt, TryStreamExt};
use std::pin::pin;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

/// Variable of the environment with the password, as for every client of PostgreSQL.
const PASSWORD: &str = "PGPASSWORD";

/// Opens the database and takes its rows for known.
pub(in crate::source) async fn open(
    url: &str,
    access: Access<'_>,
) -> Result<SqlSource, SourceError> {
    open_with(url, access, std::env::var(PASSWORD).ok()).await
}

/// Opens it with the password of the environment, which counts where the URL has none.
async fn open_with(
    url: &str,
    access: Access<'_>,
    password: Option<String>,
) -> Result<SqlSource, SourceError> {
    let sql = sql_of(access, &without_credentials(url))?;
    let statements = Statements { sql: sql.clone(), dialect: Dialect::Postgres };
    let address = Address::read(url, password)?;
    let server = Server { address, statements, client: None, ahead: 0 };
    SqlSource::open(Box::new(server), sql).await
}

/// A database and the connection to it.
#[derive(Debug)]
struct Server {
    address: Address,
    statements: Statements,
    client: Option<Client>,
    /// Microseconds that its clock is ahead of ours.
    ahead: i64,
}

/// What every session is told first.
const SESSION: &str = "SET default_transaction_read_only = on; SET statement_timeout = '60s'; \
    SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET application_name = 'mcp-gauntlet'";

const CLOCK: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

impl Server {
    async fn connected(&mut self) -> Result<(), SourceError> {
        if self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        self.client = None;
        let client = self.address.connect().await?;
        let told = client.batch_execute(SESSION);
        let clock_row = told.and_then(|()| client.query_typed_one(CLOCK, &[])).await;
        let now = clock_row.and_then(|row| row.try_get::<_, i64>(0));
        self.ahead = now.map_err(|error| self.address.complaint(&error))? - clock();
        self.client = Some(client);
        Ok(())
    }

    /// Runs a query on the connection, which stays only when all goes well: a query that fails or is
    /// given up may have broken it.
    async fn with<T, F>(&mut self, query: impl FnOnce(Client) -> F) -> Result<T, SourceError>
    where
        F: Future<Output = (Client, Result<T, Error>)>,
    {
        let Some(client) = self.client.take() else { return Err(self.address.gone()) };
        let (client, answer) = query(client).await;
        let answer = answer.map_err(|error| self.address.complaint(&error))?;
        self.client = Some(client);
        Ok(answer)
    }
}

impl Database for Server {
    fn name(&self) -> String {
        self.address.shown.clone()
    }

    fn connect(&mut self) -> BoxFuture<'_, Result<(), SourceError>> {
        Box::pin(self.connected())
    }

    fn now(&self) -> i64 {
        clock() + self.ahead
    }

    fn latest(&mut self) -> BoxFuture<'_, Result<Option<String>, SourceError>> {
        let statement = self.statements.latest();
        Box::pin(async move {
            let Some(statement) = statement else { return Ok(None) };
            self.with(async |client| {
                let latest = latest(&client, &statement).await;
                (client, latest)
            })
            .await
        })
    }

    fn index(
        &mut self,
        since: Option<Moment>,
        pass: Pass,
    ) -> BoxFuture<'_, Result<Pass, SourceError>> {
        let statement = self.statements.index(since);
        Box::pin(self.with(async move |client| {
            let pass = index(&client, &statement, since, pass).await;
            (client, pass)
        }))
    }

    fn rows(
        &mut self,
        since: Option<Moment>,
        keys: Vec<String>,
        room: usize,
    ) -> BoxFuture<'_, Result<Fetched, SourceError>> {
        let ask = Ask { statement: self.statements.json_rows(since), since, keys };
        let json = self.statements.sql.json.clone();
        Box::pin(self.with(async move |client| {
            let rows = fetch(&client, &ask, &json, room).await;
            (client, rows)
        }))
    }
}

/// A question for rows.
struct Ask {
    statement: String,
    since: Option<Moment>,
    keys: Vec<String>,
}

async fn latest(client: &Client, statement: &str) -> Result<Option<String>, Error> {
    let since = Statements::parameter(None);
    client.query_typed_one(statement, &[(&since, Type::TEXT)]).await?.try_get(0)
}

async fn index(
    client: &Client,
    statement: &str,
    since: Option<Moment>,
    mut pass: Pass,
) -> Result<Pass, Error> {
    let since = Statements::parameter(since);
    let mut rows = pin!(client.query_typed_raw(statement, [(&since, Type::TEXT)]).await?);
    while let Some(row) = rows.try_next().await? {
        if pass.take(row.try_get(0)?, row.try_get(1)?).is_break() {
            break;
        }
    }
    Ok(pass)
}

async fn fetch(
    client: &Client,
    ask: &Ask,
    json: &[String],
    mut room: usize,
) -> Result<Fetched, Error> {
    let since = Statements::parameter(ask.since);
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(&since, Type::TEXT), (&ask.keys, Type::TEXT_ARRAY)];
    let mut rows = pin!(client.query_typed_raw(&ask.statement, parameters).await?);
    let mut fetched = Fetched::default();
    while let Some(row) = rows.try_next().await? {
        let (length, text): (i32, &str) = (row.try_get(1)?, row.try_get(2)?);
        let is_long = usize::try_from(length).is_ok_and(|length| length > MAX_LINE);
        let line = if is_long { too_long(text) } else { line_of_text(text, json) };
        fetched.keys.push(row.try_get(0)?);
        room = room.saturating_sub(line.size());
        fetched.lines.push(line);
        if room == 0 {
            fetched.cut = true;
            break;
        }
    }
    Ok(fetched)
}
