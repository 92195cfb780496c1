//! GET opens the stream of a session, DELETE ends the session.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};

use super::accept::Accept;
use super::headers;
use crate::audit::Entry;
use crate::reply::{KEEP_ALIVE, Reply, Standing};
use crate::rpc::Echo;
use crate::serve::{Exchange, Refusal, Served, ServedKind};

/// The stream carries a comment this often; it has nothing else to say.
pub(crate) const COMMENT_EVERY: Duration = Duration::from_secs(15);

/// Opens the stream; an older one of the session ends.
pub(crate) fn open(
    exchange: &Exchange<'_>,
    headers: &HeaderMap,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    if !Accept::read(headers).stream {
        return Err(headers::not_acceptable());
    }
    headers::check_version(headers)?;
    let session = exchange.session(Echo::Null)?;
    entry.call_type("mcp_stream");
    entry.succeed(None);
    Ok(Served {
        reply: Reply::standing(Standing {
            primed: session.revision.primes_streams(),
            first: None,
            last: None,
            every: COMMENT_EVERY,
            comment: KEEP_ALIVE,
            ends: Some(exchange.app.sessions.attach_stream(&session.id)),
        }),
        kind: ServedKind::Other,
    })
}

/// Ends the session, and its stream with it.
pub(crate) fn end_session(
    exchange: &Exchange<'_>,
    headers: &HeaderMap,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    headers::check_version(headers)?;
    let session = exchange.session(Echo::Null)?;
    if !exchange.app.sessions.end(&session.id) {
        // Another DELETE was faster.
        return Err(Refusal::session_not_found(Echo::Null));
    }
    entry.call_type("mcp_session_delete");
    entry.succeed(None);
    Ok(Served { reply: Reply::empty(StatusCode::NO_CONTENT), kind: ServedKind::Other })
}
