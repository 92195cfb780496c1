//! What becomes of a call behind the target when its caller hangs up.

use crate::case::expectation::Dropped;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Hop;
use crate::report::model::Outcome;
use crate::wire::arrival::Arrival;

/// A caller that hangs up has cancelled its call since 2026-07-28, and has not before. Towards a server of
/// the stateless revision a call is cancelled by hanging up too.
pub(super) fn dropped(due: Dropped, calls: &[&Arrival], hop: &Hop, findings: &mut Findings) {
    let told = hop.cancelled.iter().any(|told| calls.iter().any(|call| told.cancels(call)));
    // Towards a server with a handshake hanging up says nothing.
    let hung = hop.dropped && calls.iter().any(|call| call.is_modern());
    let actual = match (told, hung) {
        (true, _) => "it is cancelled",
        (false, true) => "its connection is closed while it runs",
        (false, false) => "it goes on",
    };
    let (holds, expected) = match due {
        Dropped::GoesOn => (!told && !hung, "the call goes on at the upstream"),
        Dropped::IsCancelled => (told || hung, "the call is cancelled at the upstream"),
    };
    let outcome = if holds { Outcome::Pass } else { Outcome::Warn };
    findings.add(CheckId::UpstreamCancelled, outcome, expected, actual);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::Outcome::{Pass, Warn};
    use crate::wire::envelope::Header;
    use crate::wire::json::parse;

    fn arrival(body: &str) -> Arrival {
        let (method, path) = ("POST".to_owned(), "/mcp".to_owned());
        let headers = vec![Header::new("MCP-Protocol-Version", "2026-07-28")];
        let message = parse(body.as_bytes()).ok();
        Arrival { at: 0.0, method, path, headers, body: body.as_bytes().to_vec(), message }
    }

    #[test]
    fn hanging_up_cancels_since_the_stateless_revision_and_not_before() {
        let call = arrival(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#);
        let cancel = |id: u32| {
            let params = format!(r#"{{"requestId":{id}}}"#);
            arrival(&format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{params}}}"#
            ))
        };
        for (cancelled, dropped, goes_on) in [
            (Vec::new(), false, true),
            (vec![cancel(2)], false, true),
            (vec![cancel(1)], false, false),
            (Vec::new(), true, false),
            (vec![cancel(1)], true, false),
        ] {
            let hop = Hop { cancelled, dropped, ..Hop::default() };
            let told = |due| {
                let mut findings = Findings::new("must".to_owned());
                super::dropped(due, &[&call], &hop, &mut findings);
                findings.into_checks().iter().map(|check| check.outcome).collect::<Vec<_>>()
            };
            let (old, new) = if goes_on { (Pass, Warn) } else { (Warn, Pass) };
            assert_eq!((told(Dropped::GoesOn), told(Dropped::IsCancelled)), (vec![old], vec![new]));
        }
    }
}
