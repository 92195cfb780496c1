//! The stable text of a report that is kept and reviewed like code. Holds nothing that differs
//! between two runs against the same target: no time, port, key, seed or version of ours.

mod store;

pub use store::{SnapshotError, SnapshotOutcome, compare};

use super::detail::{rules, troubled};
use super::escape::shorten;
use super::fold::{fold, has_several_transports};
use super::model::{Header, Report, Totals, Verdict};
use super::normalise::normalise;

/// Columns of one text of a target.
const TEXT: usize = 200;

/// The report as stable text: a header, then one line per case and the revisions that agree, such
/// as `jsonrpc/id/bool  all  fail  answered.reply: HTTP 500`.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = header(&report.header);
    text.push_str(&totals(&report.totals));
    if !report.header.complete {
        text.push_str("incomplete\n");
    }
    let several = has_several_transports(report);
    let lines: Vec<String> =
        fold(report, said).iter().map(|row| line(row.verdict, &row.revisions, several)).collect();
    format!("{text}\n{}\n", lines.join("\n"))
}

fn header(header: &Header) -> String {
    let audit = if header.audit == "none" { "no" } else { "yes" };
    let rules = rules(header).map_or_else(String::new, |rules| format!("{}\n", stable(&rules)));
    format!(
        "profile {}\n{rules}server {}\naudit {audit}\nrevisions {}\n",
        stable(&header.profile),
        stable(server(header)),
        stable(&header.revisions.join(" ")),
    )
}

/// What the target says of itself; of the built-in gateway only its name, since its version is
/// ours.
fn server(header: &Header) -> &str {
    match header.server.rsplit_once(' ') {
        Some((name, _)) if header.target == "reference" => name,
        _ => &header.server,
    }
}

fn totals(totals: &Totals) -> String {
    format!(
        "totals pass {}, warn {}, fail {}, untestable {}, n/a {}, expected-fail {}\n",
        totals.pass,
        totals.warn,
        totals.fail,
        totals.untestable,
        totals.not_applicable,
        totals.expected_fail
    )
}

fn line(verdict: &Verdict, revisions: &str, name_transport: bool) -> String {
    let mut fields = vec![stable(&verdict.case)];
    if name_transport {
        fields.push(stable(&verdict.transport));
    }
    fields.push(stable(revisions));
    fields.push(said(verdict));
    fields.join("  ")
}

/// The part of a line that is folded over revisions: outcome, reason, and each check that did not
/// pass with what was seen.
fn said(verdict: &Verdict) -> String {
    let mut fields = vec![verdict.outcome.as_str().to_lowercase()];
    fields.extend(verdict.reason.as_deref().map(stable));
    let checks: Vec<String> = troubled(verdict)
        .map(|check| format!("{}: {}", stable(&check.check), stable(&check.actual)))
        .collect();
    if !checks.is_empty() {
        fields.push(checks.join("; "));
    }
    fields.join("  ")
}

fn stable(text: &str) -> String {
    shorten(&normalise(text), TEXT)
}

#[cfg(test)]
mod tests {
    use super::super::model::Outcome;
    use super::super::sample;
    use super::*;

    #[test]
    fn a_run_is_one_line_per_case_and_agreeing_revisions() {
        insta::assert_snapshot!(render(&sample::full()), @r"
        profile litellm
        server LiteLLM 1.81.0
        audit yes
        revisions 2025-03-26 2025-06-18 2025-11-25
        totals pass 4, warn 3, fail 2, untestable 3, n/a 3, expected-fail 3

        jsonrpc/id/bool  all  pass
        jsonrpc/id/fraction  2025-03-26..2025-06-18  fail  correlated.id: id 1 for [key]
        jsonrpc/id/fraction  2025-11-25  pass
        jsonrpc/method/markup  all  warn  answered.reply: echoed <script>alert(1)</script>\u{1b}[31m\u{202e}]]>
        mcp/tools/call  all  untestable  the twin was refused: HTTP 503
        gateway/auth/expired  all  expected-fail  correlated.id: id 1 for [key]
        audit/call-type/list  all  n/a  the target has no tools
        ");
    }

    #[test]
    fn two_runs_give_one_text() {
        let one = sample::full();
        let mut two = one.clone();
        two.header.seed = "1".to_owned();
        two.header.seconds = 99.0;
        two.header.version = "9.9.9".to_owned();
        two.header.target = "http://127.0.0.1:9/mcp".to_owned();
        two.header.catalogue = "sha256:ff".to_owned();
        for verdict in &mut two.verdicts {
            verdict.milliseconds = 77.0;
            verdict.received = "another".to_owned();
            for check in &mut verdict.checks {
                check.actual = check.actual.replace("gauntlet9f3ax17", "gauntlet00ffx4");
            }
        }
        assert_eq!(render(&one), render(&two));
    }

    #[test]
    fn another_behaviour_gives_another_text() {
        let one = sample::full();
        let mut two = one.clone();
        two.verdicts[3].checks[1].actual = "id 2".to_owned();
        assert_ne!(render(&one), render(&two));
    }

    #[test]
    fn rules_that_are_not_the_usual_ones_are_kept() {
        let mut report = sample::empty();
        assert!(!render(&report).contains("rules"));
        report.header.strict = true;
        report.header.switches = vec!["batch=fail".to_owned()];
        assert!(render(&report).starts_with("profile litellm\nrules strict batch=fail\n"));
    }

    #[test]
    fn the_version_of_the_built_in_gateway_is_not_kept() {
        let mut report = sample::empty();
        report.header.server = "Small Gateway 0.1.0".to_owned();
        assert!(render(&report).contains("server Small Gateway 0.1.0\n"));
        report.header.target = "reference".to_owned();
        report.header.audit = "none".to_owned();
        report.header.complete = false;
        let text = render(&report);
        assert!(text.contains("server Small Gateway\naudit no\n"));
        assert!(text.contains("\nincomplete\n"));
    }

    #[test]
    fn a_transport_is_named_where_there_are_two() {
        let mut report = sample::empty();
        let http = sample::verdict("a/b", "2025-11-25", Outcome::Pass);
        let mut stdio = http.clone();
        stdio.transport = "stdio".to_owned();
        report.verdicts = vec![http, stdio];
        assert!(
            render(&report)
                .ends_with("a/b  http  2025-11-25  pass\na/b  stdio  2025-11-25  pass\n")
        );
    }
}
