//! Where records stand in a database: the table `[sql]` of a profile.
//!
//! Names are kept as they are written in SQL, quoted where the database needs it. Knows no database.

use super::values::Seconds;
use serde::Deserialize;
use std::time::Duration;

/// How much later than its own time a row may be written, where the profile does not say.
const OVERLAP: Seconds = Seconds(Duration::from_secs(30));

/// Where records stand in a database: one row each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "SqlText")]
pub struct Sql {
    /// What the rows are taken from.
    pub rows: Rows,
    /// Column of the result that is unique for each row, a text or a number.
    pub key: String,
    /// Columns of the result whose texts hold JSON, by their plain names.
    pub json: Vec<String>,
    overlap: Seconds,
}

/// What rows are taken from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rows {
    /// A table or view.
    Table {
        /// Its name.
        table: String,
        /// Column of the record's time (UTC): a timestamp, a text of ISO 8601, or a number since the
        /// epoch. Rows where it is null are not looked at.
        time: String,
    },
    /// A whole SELECT without an end.
    Query {
        /// Its text. The one parameter, `$1` or `?1`, gets the time from which on rows are wanted, as
        /// text `YYYY-MM-DD HH:MM:SS.ffffff` (UTC).
        query: String,
        /// Column of the result that is the record's time. Without it the parameter follows the clock.
        time: Option<String>,
    },
}

impl Sql {
    /// How much later than its own time a row may be written.
    #[must_use]
    pub const fn overlap(&self) -> Duration {
        self.overlap.0
    }

    /// The column of the record's time, where one is named.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        match &self.rows {
            Rows::Table { time, .. } => Some(time),
            Rows::Query { time, .. } => time.as_deref(),
        }
    }
}

/// [`Sql`] as written, before its cross-checks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqlText {
    table: Option<String>,
    query: Option<String>,
    time: Option<String>,
    key: String,
    #[serde(default)]
    json: Vec<String>,
    overlap: Option<Seconds>,
}

impl TryFrom<SqlText> for Sql {
    type Error = String;

    fn try_from(text: SqlText) -> Result<Self, String> {
        let SqlText { table, query, time, key, json, overlap } = text;
        let named = [("table", &table), ("query", &query), ("time", &time)];
        let named = named.map(|(name, value)| (name, value.as_deref()));
        let names = named.into_iter().chain([("key", Some(key.as_str()))]);
        if let Some((name, _)) = names.into_iter().find(|(_, value)| value.is_some_and(is_blank)) {
            return Err(format!("`{name}` of [sql] is empty"));
        }
        let rows = rows(table, query, time)?;
        Ok(Self { rows, key, json, overlap: overlap.unwrap_or(OVERLAP) })
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn rows(
    table: Option<String>,
    query: Option<String>,
    time: Option<String>,
) -> Result<Rows, &'static str> {
    match (table, query, time) {
        (Some(_), Some(_), _) => Err("[sql] has both `table` and `query`; keep one of them"),
        (None, None, _) => Err("[sql] needs `table` with `time`, or `query`"),
        (Some(_), None, None) => {
            Err("[sql] has a `table` without `time`; name the column of the record's time")
        }
        (Some(table), None, Some(time)) => Ok(Rows::Table { table, time }),
        (None, Some(query), _) if !query.contains("$1") && !query.contains("?1") => Err(
            "`query` of [sql] has no parameter; it needs one, `$1` (PostgreSQL) or `?1` (SQLite), for \
             the time from which on rows are wanted",
        ),
        (None, Some(query), time) => Ok(Rows::Query { query, time }),
    }
}
