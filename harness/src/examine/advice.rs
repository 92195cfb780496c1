//! Why a target cannot be tested, in one sentence with what to do. Opens and sends nothing.

use crate::case::expectation::ReplyKind;
use crate::oracle::observe::Observation;
use crate::runner::probe::Refusal;

/// The sentence for a target that accepted no handshake. `last` is what came back for the last one,
/// `credentials` whether the messages carried any, `process` whether it is one.
pub(super) fn untestable(
    target: &str,
    refused: &[Refusal],
    last: Option<&Observation>,
    credentials: bool,
    process: bool,
) -> String {
    let why = reasons(refused, false);
    let advice = last.map_or(GENERAL, |last| advice(last, credentials, process));
    format!("{target} cannot be tested: {why}; {advice}")
}

/// What to do where nothing better is known.
const GENERAL: &str = "look into the target's log, and check that the URL is its MCP endpoint";

/// The revisions that are left out, each with its reason.
pub(crate) fn refused(refused: &[Refusal]) -> String {
    reasons(refused, true)
}

/// Each reason once, behind the revisions that it holds for. One that holds for all needs no naming
/// of them, unless it is to be `named`.
fn reasons(refused: &[Refusal], named: bool) -> String {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    for refusal in refused {
        let revision = refusal.revision.as_str();
        match groups.iter_mut().find(|(_, why)| *why == refusal.why) {
            Some((revisions, _)) => revisions.push(revision),
            None => groups.push((vec![revision], &refusal.why)),
        }
    }
    match &groups[..] {
        [(_, why)] if !named => (*why).to_owned(),
        _ => {
            let texts = groups.iter().map(|(names, why)| format!("{}: {why}", names.join(", ")));
            texts.collect::<Vec<_>>().join("; ")
        }
    }
}

/// What to do about a target that answered so. `credentials` says whether the message carried any,
/// `process` whether the target is one.
pub(crate) fn advice(last: &Observation, credentials: bool, process: bool) -> &'static str {
    match (last.kind, last.status) {
        (_, Some(401 | 403 | 407)) if credentials => {
            "it does not accept these credentials: check --header and the variable in it"
        }
        (_, Some(401 | 403 | 407)) => {
            "it asks for credentials: give them with --header 'Authorization: Bearer $TOKEN'"
        }
        (ReplyKind::Refused, None) if process => "is the command right, and is it in PATH?",
        (ReplyKind::Silent, _) if process => {
            "it runs and does not answer: does it speak MCP on standard input and output? \
             --deadline waits longer"
        }
        (ReplyKind::Closed, _) if process => {
            "start it by hand and see what it writes to standard error"
        }
        (ReplyKind::Refused, _) => "is it running, and are host and port right?",
        (ReplyKind::Silent, _) => {
            "it takes connections and does not answer: is it an MCP endpoint? --deadline waits longer"
        }
        (ReplyKind::Closed, _) => {
            "it does not answer in HTTP: check the port, and whether it is http or https"
        }
        (ReplyKind::Garbage | ReplyKind::Accepted, _) | (_, Some(404 | 405)) => {
            "that is no MCP endpoint: check the path of the URL, which often is /mcp"
        }
        (ReplyKind::Result, _) => "it speaks none of the revisions under test: see --revision",
        _ => GENERAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::revision::Revision;

    fn refusal(revision: Revision, why: &str) -> Refusal {
        Refusal { revision, why: why.to_owned() }
    }

    fn seen(kind: ReplyKind, status: Option<u16>) -> Observation {
        Observation {
            kind,
            status,
            responses: Vec::new(),
            others: Vec::new(),
            main: None,
            notices: Vec::new(),
            defects: Vec::new(),
            oddities: Vec::new(),
            strays: Vec::new(),
            quirks: Vec::new(),
            asked: Vec::new(),
        }
    }

    #[test]
    fn a_reason_that_holds_for_all_is_said_once() {
        let [first, second, third, _] = Revision::ALL;
        let all = [refusal(first, "no"), refusal(second, "no"), refusal(third, "no")];
        assert_eq!(reasons(&all, false), "no");
        assert_eq!(refused(&all[..1]), "2025-03-26: no");
        let mixed = [refusal(first, "no"), refusal(second, "never"), refusal(third, "no")];
        assert_eq!(reasons(&mixed, false), "2025-03-26, 2025-11-25: no; 2025-06-18: never");
    }

    #[test]
    fn the_advice_fits_what_came_back() {
        let refused = [refusal(Revision::V2025_11_25, "no")];
        let told = |kind, status, credentials| {
            untestable("http://x/", &refused, Some(&seen(kind, status)), credentials, false)
        };
        let table = [
            (ReplyKind::Http, Some(401), false, "--header 'Authorization"),
            (ReplyKind::Http, Some(401), true, "does not accept these credentials"),
            (ReplyKind::Refused, None, true, "is it running"),
            (ReplyKind::Silent, None, true, "--deadline"),
            (ReplyKind::Closed, None, true, "https"),
            (ReplyKind::Garbage, Some(200), true, "the path"),
            (ReplyKind::Http, Some(404), true, "the path"),
            (ReplyKind::Result, Some(200), true, "--revision"),
            (ReplyKind::Http, Some(500), true, GENERAL),
        ];
        for (kind, status, credentials, part) in table {
            let text = told(kind, status, credentials);
            assert!(text.starts_with("http://x/ cannot be tested: no; "), "{text}");
            assert!(text.contains(part), "{kind} {status:?}: {text}");
        }
        let process = [
            (ReplyKind::Refused, "PATH"),
            (ReplyKind::Silent, "standard input"),
            (ReplyKind::Closed, "by hand"),
        ];
        for (kind, part) in process {
            let text = untestable("x", &refused, Some(&seen(kind, None)), false, true);
            assert!(text.contains(part), "{kind}: {text}");
        }
    }
}
