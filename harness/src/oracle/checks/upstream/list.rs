//! What becomes of the tools that our own upstream lists for a while.

use super::shorten;
use crate::case::expectation::{ListRule, ReplyKind};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Exchange, Hop};
use crate::report::model::Outcome;
use crate::upstream::PREFIX;

/// Asks all of it, where the target has asked for the unusual list: it may live on one that it has kept.
pub(super) fn list(due: &ListRule, evidence: &Evidence<'_>, hop: &Hop, findings: &mut Findings) {
    let asked = if due.harmless { CheckId::UpstreamSchema } else { CheckId::Result };
    if hop.shown.is_empty() {
        let expected = "a tools/list of the target while the list of our upstream is unusual";
        let actual = "none: it lives on a list that it has kept";
        return findings.add(asked, Outcome::NotApplicable, expected, actual);
    }
    if due.harmless {
        let expected =
            "no request for the schema to which one refers, and no header that one makes up";
        findings.require(asked, hop.misled.is_none(), expected, hop.misled.unwrap_or("none"));
    }
    if due.followed {
        followed(hop, findings);
    }
    if let (ReplyKind::Result, Some(tools)) = (evidence.stimulus.observation.kind, names(evidence))
    {
        named(due, &tools, hop, findings);
    }
}

/// The names of the tools that the answer lists, and its further pages; none where it lists nothing.
pub(super) fn names<'a>(evidence: &Evidence<'a>) -> Option<Vec<&'a str>> {
    let tools = |exchange: &'a Exchange| {
        exchange.observation.main.as_ref()?.pointer("/result/tools")?.as_array()
    };
    let first = tools(evidence.stimulus)?;
    let further = evidence.pages.iter().filter_map(tools).flatten();
    let all = first.iter().chain(further);
    Some(all.filter_map(|tool| tool.get("name")?.as_str()).collect())
}

/// An empty cursor is one (MCP 2026-07-28 pagination). Earlier texts say only that a cursor is opaque.
fn followed(hop: &Hop, findings: &mut Findings) {
    let stateless = hop.shown.iter().any(|shown| shown.modern);
    let (outcome, actual) = match hop.shown.iter().any(|shown| shown.second) {
        true => (Outcome::Pass, "it is asked for"),
        false if stateless => (Outcome::Fail, "the list ends where the cursor is empty"),
        false => (
            Outcome::Warn,
            "the list ends where the cursor is empty (in a revision with a handshake)",
        ),
    };
    let expected = "a tools/list with the cursor \"\" for the second page";
    findings.add(CheckId::Result, outcome, expected, actual);
}

/// Which of the tools the caller gets to see.
fn named(due: &ListRule, tools: &[&str], hop: &Hop, findings: &mut Findings) {
    let is_listed = |name: &&String| {
        let whole = format!("{PREFIX}{name}");
        tools.iter().any(|tool| tool.ends_with(&whole))
    };
    let missing = |names: &[String]| names.iter().find(|name| !is_listed(name)).cloned();
    // Whoever speaks a revision without the annotation, or reads no headers, may overlook it.
    let binding = hop.shown.iter().any(|shown| shown.modern && shown.http);
    let overlooked = if binding { Outcome::Fail } else { Outcome::Warn };
    let lost = missing(&due.kept).map(|name| (Outcome::Fail, name));
    let lost = lost.or_else(|| missing(&due.kept_warn).map(|name| (Outcome::Warn, name)));
    if !(due.kept.is_empty() && due.kept_warn.is_empty()) {
        let (outcome, actual) = match lost {
            Some((outcome, name)) => (outcome, format!("{} is not listed", shorten(&name, 80))),
            None => (Outcome::Pass, "all of them".to_owned()),
        };
        let names = [due.kept.as_slice(), &due.kept_warn].concat().join(", ");
        findings.add(CheckId::Result, outcome, format!("the tools {names} in the list"), actual);
    }
    if !due.left_out.is_empty() {
        let listed = due.left_out.iter().find(is_listed);
        let outcome = if listed.is_some() { overlooked } else { Outcome::Pass };
        let actual =
            listed.map_or_else(|| "none of them".to_owned(), |name| format!("{name} is listed"));
        let expected = format!("none of the tools {}", due.left_out.join(", "));
        findings.add(CheckId::Result, outcome, expected, actual);
    }
}

#[cfg(test)]
mod tests {
    use crate::case::class::Class;
    use crate::case::expectation::{ListRule, UpstreamRule};
    use crate::oracle::check::CheckId;
    use crate::oracle::evidence::Hop;
    use crate::oracle::testing::{LIST, Scene, json};
    use crate::report::model::Outcome::{self, Fail, NotApplicable, Pass, Warn};
    use crate::upstream::Shown;

    const ONCE: Shown = Shown { text: String::new(), second: false, modern: true, http: true };

    fn asked(due: ListRule, names: &[&str], hop: Hop) -> (Option<Outcome>, Option<Outcome>) {
        let tools: Vec<String> = names
            .iter()
            .map(|name| {
                format!(r#"{{"name":"own-gauntlet_up_{name}","inputSchema":{{"type":"object"}}}}"#)
            })
            .collect();
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"tools":[{}]}}}}"#, tools.join(","));
        let mut scene = Scene::of(Class::Request, LIST, json(200, body));
        let rule = UpstreamRule { calls: vec![0], list: Some(due), ..UpstreamRule::default() };
        scene.case.expectation.upstream = Some(rule);
        scene.hop = Some(hop);
        (scene.asked(CheckId::Result), scene.asked(CheckId::UpstreamSchema))
    }

    fn shown(shown: &[Shown]) -> Hop {
        Hop { shown: shown.to_vec(), ..Hop::default() }
    }

    #[test]
    fn what_is_kept_and_left_out() {
        let due = || ListRule {
            kept: vec!["echo".to_owned()],
            kept_warn: vec!["valid".to_owned()],
            left_out: vec!["odd".to_owned()],
            ..ListRule::default()
        };
        let stdio = Shown { http: false, ..ONCE };
        let handshake = Shown { modern: false, ..ONCE };
        for (names, how, outcome) in [
            (&["echo", "valid"][..], ONCE, Pass),
            (&["echo"], ONCE, Warn),
            (&["valid"], ONCE, Fail),
            (&["echo", "valid", "odd"], ONCE, Fail),
            (&["echo", "valid", "odd"], stdio, Warn),
            (&["echo", "valid", "odd"], handshake, Warn),
        ] {
            assert_eq!(
                asked(due(), names, shown(std::slice::from_ref(&how))).0,
                Some(outcome),
                "{names:?} {how:?}"
            );
        }
    }

    #[test]
    fn an_empty_cursor_is_followed() {
        let due = || ListRule { followed: true, ..ListRule::default() };
        let second = Shown { second: true, ..ONCE };
        let handshake = Shown { modern: false, ..ONCE };
        for (pages, outcome) in [
            (&[ONCE, second][..], Pass),
            (&[ONCE], Fail),
            (&[ONCE, ONCE], Fail),
            (&[handshake], Warn),
        ] {
            assert_eq!(asked(due(), &["echo"], shown(pages)).0, Some(outcome), "{pages:?}");
        }
    }

    #[test]
    fn nothing_is_done_that_a_schema_leads_to() {
        let due = || ListRule { harmless: true, ..ListRule::default() };
        let misled = Hop { misled: Some("it was fetched"), ..shown(&[ONCE]) };
        assert_eq!(asked(due(), &["echo"], misled).1, Some(Fail));
        assert_eq!(asked(due(), &["echo"], shown(&[ONCE])).1, Some(Pass));
        assert_eq!(asked(due(), &["echo"], shown(&[])).1, Some(NotApplicable));
    }
}
