//! What a reader needs to understand one verdict that did not pass, as labelled lines. Knows no
//! format: table and JUnit lay the same lines out in their own way.

use super::escape::shorten;
pub use super::model::is_fine;
use super::model::{Check, Header, Verdict};

/// One labelled line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What it is, for example `expected`; safe to show.
    pub label: &'static str,
    /// The text, safe to show and bounded.
    pub text: String,
}

/// The lines of a verdict: title, reason, each check that did not pass with what was expected and
/// seen, what was sent, what came back and the record. Each text is cut at `limit` columns. The
/// command to reproduce is not among them, as it must never be cut: see [`command`].
#[must_use]
pub fn lines(verdict: &Verdict, limit: usize) -> Vec<Line> {
    let line = |label, text: &str| Line { label, text: shorten(text, limit) };
    let mut lines = vec![line("title", &verdict.title)];
    lines.extend(verdict.reason.as_deref().map(|reason| line("reason", reason)));
    for check in troubled(verdict) {
        lines.push(line("check", &heading(check)));
        lines.push(line("expected", &check.expected));
        lines.push(line("actual", &check.actual));
    }
    lines.push(line("sent", &verdict.sent));
    lines.push(line("received", &verdict.received));
    if let Some(record) = &verdict.record {
        let tier = verdict.tier.as_deref().map(|tier| format!("(found by {tier}) "));
        lines.push(line("record", &format!("{}{record}", tier.unwrap_or_default())));
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

/// The command that sends the same message by hand: whole, line by line, without what could steer
/// a terminal.
#[must_use]
pub fn command(verdict: &Verdict) -> Vec<String> {
    verdict.reproduce.lines().map(super::escape::escape).collect()
}

/// The case file that sends the same message again, line by line; nothing where there is none.
#[must_use]
pub fn case_file(verdict: &Verdict) -> Vec<String> {
    let text = verdict.case_file.as_deref().unwrap_or_default();
    text.lines().map(super::escape::escape).collect()
}

/// By which rules a run was judged, where they are not the usual ones.
#[must_use]
pub fn rules(header: &Header) -> Option<String> {
    let strict = header.strict.then_some("strict");
    let rules: Vec<&str> =
        strict.into_iter().chain(header.switches.iter().map(String::as_str)).collect();
    (!rules.is_empty()).then(|| format!("rules {}", rules.join(" ")))
}

/// The checks that neither passed nor were out of place.
pub fn troubled(verdict: &Verdict) -> impl Iterator<Item = &Check> {
    verdict.checks.iter().filter(|check| !is_fine(check.outcome))
}

fn heading(check: &Check) -> String {
    format!("{} {} ({})", check.check, check.outcome.as_str(), check.level)
}

#[cfg(test)]
mod tests {
    use super::super::model::Outcome;
    use super::super::sample;
    use super::*;

    #[test]
    fn only_what_did_not_pass_is_explained() {
        let mut verdict = sample::verdict("jsonrpc/id/bool", "2025-11-25", Outcome::Fail);
        verdict.checks = vec![
            sample::check("answered.reply", Outcome::Pass, "HTTP 400"),
            sample::check("correlated.id", Outcome::Fail, "id 7"),
            sample::check("audited.record", Outcome::NotApplicable, "none"),
        ];
        verdict.record = Some("{}".to_owned());
        verdict.tier = Some("header".to_owned());
        let found: Vec<(&str, String)> =
            lines(&verdict, 80).into_iter().map(|line| (line.label, line.text)).collect();
        assert_eq!(
            found[1..],
            [
                ("check", "correlated.id FAIL (must)".to_owned()),
                ("expected", "what correlated.id requires".to_owned()),
                ("actual", "id 7".to_owned()),
                ("sent", verdict.sent.clone()),
                ("received", verdict.received),
                ("record", "(found by header) {}".to_owned()),
            ]
        );
        assert_eq!(found[0].0, "title");
    }

    #[test]
    fn texts_are_bounded_but_the_command_is_whole() {
        let mut verdict = sample::verdict("jsonrpc/id/bool", "2025-11-25", Outcome::Fail);
        verdict.sent = "x".repeat(10_000);
        verdict.reproduce = format!("curl \\\n  --data '{}\x1b'", "y".repeat(10_000));
        assert!(lines(&verdict, 100).iter().all(|line| line.text.chars().count() <= 100));
        let command = command(&verdict);
        assert_eq!(command[0], "curl \\");
        assert_eq!(command[1], format!("  --data '{}\\u{{1b}}'", "y".repeat(10_000)));
    }
}
