//! The texts of a report that need the very bytes of a stimulus: made at once, so that the bytes can
//! be let go. Judges nothing.

use crate::case::Case;
use crate::case::companion::Whose;
use crate::case::recipe::SessionMode;
use crate::oracle::evidence::Exchange;
use crate::report::curl::{Beside, Setting, reproduce, reproduce_together};
use crate::report::shell;
use crate::runner::headers::GivenHeader;
use crate::wire::revision::Revision;

/// What a report says of a stimulus.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Told {
    /// What was sent, in one line.
    pub sent: String,
    /// Shell commands that send it again.
    pub reproduce: String,
}

/// What the texts depend on beside the exchanges.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// The case.
    pub case: &'a Case,
    /// The revision in force.
    pub revision: Revision,
    /// Headers of the command line.
    pub given: &'a [GivenHeader],
    /// URL that reproductions name.
    pub url: &'a str,
    /// Seconds that reproductions wait.
    pub seconds: u64,
}

impl Told {
    /// The texts on a stimulus, `beside` being what was sent beside it and `prepared` what opened
    /// its session.
    #[must_use]
    pub fn of(
        stimulus: &Exchange,
        beside: &[Exchange],
        prepared: &[Exchange],
        telling: &Telling<'_>,
    ) -> Self {
        if stimulus.delivery.output.is_some() {
            let opening = prepared.iter().map(|exchange| exchange.envelope.body.as_slice());
            let steps: Vec<&[u8]> = opening.filter(|body| !body.is_empty()).collect();
            let framing = telling.case.stimulus.framing;
            let body = &stimulus.envelope.body;
            let reproduce = shell::reproduce(telling.url, &steps, body, framing);
            return Self { sent: sent(stimulus), reproduce };
        }
        // The id that the stimulus named, where it is one that the target issued.
        let named = session_of(stimulus);
        let issued =
            |exchange: &Exchange| exchange.delivery.response.as_ref()?.header("mcp-session-id");
        let session = prepared.iter().filter_map(issued).find(|id| Some(id) == named.as_ref());
        let setting = Setting {
            url: telling.url,
            given: telling.given,
            session: session.as_deref(),
            revision: telling.revision.as_str(),
            ended: telling.case.stimulus.session == SessionMode::Deleted,
            seconds: telling.seconds,
        };
        if beside.is_empty() {
            let reproduce = reproduce(&stimulus.envelope, &setting);
            return Self { sent: sent(stimulus), reproduce };
        }
        let sent = format!("{} (beside {} other messages)", sent(stimulus), beside.len());
        let companions = &telling.case.stimulus.beside;
        let lead = companions.iter().map(|companion| companion.ahead_ms).max().unwrap_or(0);
        let sessions: Vec<Option<String>> = beside.iter().map(session_of).collect();
        let first_copies = companions.iter().scan(0, |at, companion| {
            let first = *at;
            *at += companion.times;
            Some((first, companion))
        });
        let others: Vec<Beside<'_>> = first_copies
            .filter_map(|(first, companion)| {
                let own = companion.session == Whose::Own;
                Some(Beside {
                    envelope: &beside.get(first)?.envelope,
                    own_session: sessions.get(first)?.as_deref().filter(|_| own),
                    times: companion.times,
                    at_ms: lead.saturating_sub(companion.ahead_ms) + companion.after_ms,
                })
            })
            .collect();
        Self { sent, reproduce: reproduce_together(&stimulus.envelope, &setting, lead, &others) }
    }
}

/// The session that a message named.
fn session_of(exchange: &Exchange) -> Option<String> {
    let named = exchange.envelope.header("mcp-session-id");
    named.map(|value| String::from_utf8_lossy(value).into_owned())
}

/// What was sent, in one line.
fn sent(exchange: &Exchange) -> String {
    let envelope = &exchange.envelope;
    let size = envelope.body.len();
    // A character has four bytes at most: a megabyte need not be read for its beginning.
    let body = String::from_utf8_lossy(envelope.body.get(..2048).unwrap_or(&envelope.body));
    let body: String = body.chars().take(300).collect();
    let size = if size > 300 { format!(" ({size} bytes)") } else { String::new() };
    if exchange.delivery.output.is_some() {
        return format!("{body}{size}");
    }
    format!("{} {body}{size}", envelope.method)
}
