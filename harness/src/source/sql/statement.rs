//! The statements that are made of `[sql]` of a profile, for both databases.
//!
//! Every statement looks at the rows since a moment: of a table by a condition, of a query by its
//! parameter. Names and queries are the user's own SQL and stand here as they are.

use super::moment::Moment;
use crate::audit::profile::{Rows, Sql};
use crate::source::MAX_LINE;

/// Name of the row within the statements; no column begins so.
const ROW: &str = "gauntlet_row";

/// Longest key in bytes.
pub(super) const MAX_KEY: usize = 1024;

/// Most characters of a time.
const MAX_TIME: usize = 64;

/// Characters of a row that is too long.
const EXCERPT: usize = 200;

/// The parameter of a query where all rows are wanted.
const ALWAYS: i64 = 0;

/// Makes statements for one table or query.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) sql: Sql,
    pub(super) dialect: Dialect,
}

/// Where the two databases differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

impl Statements {
    /// What the parameter of a query gets.
    pub(super) fn parameter(since: Option<Moment>) -> String {
        since.unwrap_or(Moment::at(ALWAYS)).to_date()
    }

    /// The latest time of all rows; none where no column of times is known.
    pub(super) fn latest(&self) -> Option<String> {
        let time = self.dialect.text(&format!("max({ROW}.{})", self.sql.time()?));
        Some(format!("SELECT substr({time}, 1, {MAX_TIME}) FROM {}", self.rows_since(None)))
    }

    /// Key and time of every row, as texts, in order of time.
    pub(super) fn index(&self, since: Option<Moment>) -> String {
        let key = self.key();
        let time = self.dialect.text(&self.time());
        let order = self.sql.time().map_or_else(String::new, |time| format!("{ROW}.{time}, "));
        format!(
            "SELECT CASE WHEN octet_length({key}) <= {MAX_KEY} THEN {key} END, \
             substr({time}, 1, {MAX_TIME}) FROM {} ORDER BY {order}{ROW}.{}",
            self.rows_since(since),
            self.sql.key
        )
    }

    /// In PostgreSQL: key, length in bytes and JSON text (of a long row its beginning) of the rows
    /// whose keys are in the array `$2`, in order of time.
    pub(super) fn json_rows(&self, since: Option<Moment>) -> String {
        // Behind OFFSET the text is made once for each row, not once for each place that names it.
        format!(
            "SELECT k, octet_length(j), CASE WHEN octet_length(j) <= {MAX_LINE} THEN j ELSE \
             left(j, {EXCERPT}) END FROM (SELECT {} AS k, {} AS t, {ROW}.{} AS o, \
             row_to_json({ROW})::text AS j FROM {} AND {} = ANY($2) OFFSET 0) AS q ORDER BY t, o",
            self.key(),
            self.time(),
            self.sql.key,
            self.rows_since(since),
            self.key()
        )
    }

    /// In SQLite: every column of no row, for their names.
    pub(super) fn columns(&self) -> String {
        format!("SELECT {ROW}.* FROM {} AND false", self.rows_since(None))
    }

    /// In SQLite: key, length of all columns in bytes, and these columns (of a long row null) of the
    /// rows whose keys are in the JSON array `?2`, in order of time.
    pub(super) fn cell_rows(&self, since: Option<Moment>, columns: &[String]) -> String {
        let columns: Vec<String> =
            columns.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
        let length = |name: &String| format!("coalesce(octet_length({ROW}.{name}), 0)");
        let lengths: Vec<String> = columns.iter().map(length).collect();
        let cell =
            |name: &String| format!("CASE WHEN gauntlet_length <= {MAX_LINE} THEN {name} END");
        let cells: Vec<String> = columns.iter().map(cell).collect();
        // LIMIT -1 is no limit, but keeps the length from being worked out anew for each column.
        format!(
            "SELECT gauntlet_key, gauntlet_length, {} FROM (SELECT {} AS gauntlet_key, {} AS \
             gauntlet_time, {ROW}.{} AS gauntlet_order, {} AS gauntlet_length, {ROW}.* FROM {} AND \
             {} IN (SELECT value FROM json_each(?2)) LIMIT -1) ORDER BY gauntlet_time, gauntlet_order",
            cells.join(", "),
            self.key(),
            self.time(),
            self.sql.key,
            lengths.join(" + "),
            self.rows_since(since),
            self.key()
        )
    }

    /// The key of a row as text.
    fn key(&self) -> String {
        self.dialect.text(&format!("{ROW}.{}", self.sql.key))
    }

    /// The time of a row, null where it is not known.
    fn time(&self) -> String {
        self.sql.time().map_or_else(|| "NULL".to_owned(), |time| format!("{ROW}.{time}"))
    }

    /// Where rows come from, with a condition to which more may be added.
    fn rows_since(&self, since: Option<Moment>) -> String {
        match (&self.sql.rows, since) {
            (Rows::Table { table, .. }, None) => format!("{table} AS {ROW} WHERE true"),
            (Rows::Table { table, time }, Some(since)) => {
                let since = self.dialect.literal(since);
                format!("{table} AS {ROW} WHERE {ROW}.{time} >= {since}")
            }
            // A comment at the end of the query must not hide the bracket.
            (Rows::Query { query, .. }, _) => {
                let query = query.trim_end().trim_end_matches(';');
                format!("({query}\n) AS {ROW} WHERE true")
            }
        }
    }
}

impl Dialect {
    fn text(self, value: &str) -> String {
        match self {
            Self::Postgres => format!("{value}::text"),
            Self::Sqlite => format!("CAST({value} AS TEXT)"),
        }
    }

    /// A moment as it is compared with its column. PostgreSQL reads a quoted one as the column's type;
    /// SQLite holds every number to be less than any text.
    fn literal(self, moment: Moment) -> String {
        let text = moment.to_text();
        if self == Self::Sqlite && moment.is_number() { text } else { format!("'{text}'") }
    }
}
