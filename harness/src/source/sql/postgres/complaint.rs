//! What PostgreSQL and its client complain of, in words that say what to do.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// One complaint.
pub(super) struct Complaint {
    pub(super) reason: String,
    pub(super) advice: &'static str,
    /// Whether the locator or the profile is wrong.
    pub(super) mistake: bool,
}

/// Reads an error. `has_password` says whether a password was given.
pub(super) fn of(error: &Error, has_password: bool) -> Complaint {
    let reason = chain(error);
    let (advice, mistake) = match error.code() {
        Some(code) => of_code(code, has_password),
        None if reason.contains("password missing") => (NO_PASSWORD, false),
        None if is_tls(error) => (
            "name the server's own CA by sslrootcert=PATH in the URL, or use sslmode=disable",
            false,
        ),
        None => ("check host and port of the URL, and that the database runs", false),
    };
    Complaint { reason, advice, mistake }
}

const NO_PASSWORD: &str = "set the variable PGPASSWORD";

/// The advice for an error of the server, and whether the locator or the profile is wrong.
fn of_code(code: &SqlState, has_password: bool) -> (&'static str, bool) {
    match *code {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            let wrong = "check the user of the URL and the password, in the variable PGPASSWORD or \
                         in the URL";
            (if has_password { wrong } else { NO_PASSWORD }, false)
        }
        SqlState::INVALID_CATALOG_NAME => ("check the name of the database in the URL", true),
        SqlState::UNDEFINED_TABLE | SqlState::INVALID_SCHEMA_NAME => (
            "check `table` of [sql] in the profile: a name with capitals needs quotes, and this must \
             be the target's database",
            true,
        ),
        SqlState::UNDEFINED_COLUMN => (
            "check `time` and `key` of [sql] in the profile: a name with capitals needs quotes",
            true,
        ),
        SqlState::INSUFFICIENT_PRIVILEGE => ("GRANT SELECT on the table to this user", false),
        SqlState::QUERY_CANCELED => ("give the table an index on its time", false),
        SqlState::UNDEFINED_FUNCTION | SqlState::DATATYPE_MISMATCH => (
            "check the types in [sql] of the profile; the parameter of a query is text, so write \
             $1::timestamp",
            true,
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => ("only read in the `query` of [sql]", true),
        _ if code.code().starts_with("42") || code.code().starts_with("22") => {
            ("check [sql] in the profile", true)
        }
        _ => ("look into the log of the database", false),
    }
}

/// Whether the TLS handshake failed. The library tells the kind of its errors in words only.
pub(super) fn is_tls(error: &Error) -> bool {
    error.to_string().contains("TLS")
}

/// What went wrong, from the outermost error to its cause.
pub(super) fn chain(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().replace("gauntlet_row.", "");
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
