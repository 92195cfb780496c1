//! Batches of the revision 2025-03-26 (JSON-RPC 2.0 section 6).

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::exchange::{Exchange, Served, ServedKind};
use super::message;
use super::refusal::{Refusal, RefusalKind};
use crate::audit::Entry;
use crate::dispatch;
use crate::json::{member, members, string, too_deep};
use crate::notice::Notices;
use crate::outcome::Outcome;
use crate::reply::{Messages, Reply};
use crate::rpc::{Answer, Echo, Message, Request, read_message};
use crate::session::Session;

/// Messages of one batch.
const ITEM_LIMIT: usize = 1000;
/// Messages that are served at the same time.
const AT_ONCE: usize = 16;
/// What is not done after this time is answered with an error.
const BUDGET: Duration = Duration::from_secs(60);

/// What can be wrong with a batch in any session.
pub(crate) fn check(text: &RawValue, items: &[&RawValue]) -> Result<(), Refusal> {
    if items.is_empty() {
        return Err(refusal("a batch must not be empty"));
    }
    if too_deep(text) {
        return Err(refusal("the batch nests deeper than 128 levels"));
    }
    if items.iter().any(|item| is_initialize(item)) {
        return Err(refusal("initialize must not be part of a batch"));
    }
    Ok(())
}

fn refusal(message: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid Request: {message}"))
}

fn is_initialize(item: &RawValue) -> bool {
    members(item)
        .and_then(|item| string(member(&item, "method")?))
        .is_some_and(|method| method == "initialize")
}

/// Serves the messages of a batch that can be one.
pub(crate) async fn serve(
    exchange: &Exchange<'_>,
    items: &[&RawValue],
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let session = exchange.session(Echo::Null)?;
    if !session.revision.has_batches() {
        return Err(refusal("this revision has no batches"));
    }
    if items.len() > ITEM_LIMIT {
        return Err(refusal("a batch has at most 1000 messages"));
    }
    let deadline = Instant::now() + BUDGET;
    let mut work: Vec<(&RawValue, Entry)> =
        items.iter().map(|item| (*item, entry.sibling())).collect();
    entry.discard();
    let mut answers = Vec::new();
    while !work.is_empty() {
        let rest = work.split_off(AT_ONCE.min(work.len()));
        let served = work
            .into_iter()
            .map(|(item, entry)| serve_item(exchange, &session, item, entry, deadline));
        answers.extend(join_all(served).await.into_iter().flatten());
        work = rest;
    }
    if answers.is_empty() {
        return Ok(Served::accepted(ServedKind::Notification));
    }
    let messages = Messages {
        framing: exchange.framing(false, session.revision.primes_streams()),
        batch: true,
        answers,
    };
    Ok(Served { reply: Reply::messages(StatusCode::OK, messages), kind: ServedKind::Other })
}

/// One message and its own record.
async fn serve_item(
    exchange: &Exchange<'_>,
    session: &Session,
    item: &RawValue,
    mut entry: Entry,
    deadline: Instant,
) -> Option<Answer> {
    let (sketch, message) = read_message(item);
    exchange.app.note(&mut entry, &sketch);
    let answer = match message {
        Err(defect) => {
            let refusal = Refusal::defect(defect);
            refusal.note(&mut entry);
            (refusal.kind != RefusalKind::Unasked).then(|| refusal.into_answer())
        }
        Ok(Message::Request(request)) => {
            serve_request(exchange, session, &request, &mut entry, deadline).await
        }
        Ok(Message::Notification(params)) => {
            let method = sketch.method.unwrap_or_default();
            entry.call_type(dispatch::call_type_of_notification(&method));
            message::take_notice(exchange, Some(session), &method, &params);
            entry.succeed(None);
            None
        }
        Ok(Message::Response) => {
            entry.succeed(None);
            None
        }
    };
    entry.close().await;
    answer
}

async fn serve_request(
    exchange: &Exchange<'_>,
    session: &Session,
    request: &Request<'_>,
    entry: &mut Entry,
    deadline: Instant,
) -> Option<Answer> {
    entry.call_type(dispatch::call_type(&request.method));
    let outcome =
        timeout_at(deadline, message::run(exchange, Some(session), request, Notices::none()))
            .await
            .unwrap_or_else(|_| Outcome::internal());
    outcome.note(entry);
    Some(outcome.into_answer(request.id)?.to(&request.method))
}
