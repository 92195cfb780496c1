//! The first lines: what was tested, and whether by its audit records. Knows no verdict.

use super::super::detail::rules;
use super::super::escape::{shorten, wrap};
use super::super::model::{Header, Report};
use super::Style;

/// Columns of one text of the header.
const TEXT: usize = 300;

/// What tells a reader how to have records read.
const HOW: &str = "give one with --audit jsonl:PATH or the URL of a query API";

/// The lines, each ended: what was tested, and the audit source. Where there are no records, the
/// first line says so: nobody is to take the silence of the audited checks for a pass.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let header = &report.header;
    let mut lines = vec![tested(header), audit(header)];
    if header.audit == "none" {
        lines.reverse();
    }
    if !header.complete {
        lines.insert(
            0,
            "INCOMPLETE: the run was interrupted; only what was reached is here".to_owned(),
        );
    }
    lines.extend(rules(header));
    lines.extend(header.notes.iter().map(|note| format!("note: {note}")));
    lines
        .iter()
        .flat_map(|line| wrap(&shorten(line, TEXT), style.columns()))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn tested(header: &Header) -> String {
    format!(
        "{} {} tested {} ({}), profile {}, revisions {}",
        header.tool,
        header.version,
        header.target,
        header.server,
        header.profile,
        header.revisions.join(" ")
    )
}

fn audit(header: &Header) -> String {
    let note = header.audit_note.as_deref();
    if header.audit != "none" {
        let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
        return format!("audit records from {}{note}", header.audit);
    }
    let why = note.unwrap_or("there is no audit source");
    // The note of a profile may know better how.
    let how = if why.contains("--audit") { String::new() } else { format!("; {HOW}") };
    format!("no audit records, so the `audited.` checks do not apply: {why}{how}")
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    fn head(change: impl Fn(&mut Header)) -> String {
        let mut report = sample::empty();
        change(&mut report.header);
        render(&report, &Style { width: 400, ..Style::default() })
    }

    #[test]
    fn the_first_line_says_what_was_tested() {
        assert_eq!(
            head(|_| {}),
            "mcp-gauntlet 0.1.0 tested http://127.0.0.1:4000/mcp (LiteLLM 1.81.0), profile litellm, \
             revisions 2025-03-26 2025-06-18 2025-11-25\naudit records from jsonl:audit.jsonl\n"
        );
    }

    #[test]
    fn without_records_the_first_line_says_so_why_and_how() {
        let text = head(|header| {
            header.audit = "none".to_owned();
            header.audit_note = Some("GET /audit answered 404".to_owned());
        });
        let first = text.lines().next().unwrap();
        assert_eq!(
            first,
            format!(
                "no audit records, so the `audited.` checks do not apply: \
                 GET /audit answered 404; {HOW}"
            )
        );
        let text = head(|header| {
            header.audit = "none".to_owned();
            header.audit_note = Some("--audit none was given".to_owned());
        });
        assert!(!text.contains(HOW));
        assert!(head(|header| header.audit = "none".to_owned()).contains(HOW));
    }

    #[test]
    fn an_interrupted_run_says_so_first() {
        assert!(head(|header| header.complete = false).starts_with("INCOMPLETE: "));
        assert!(!head(|_| {}).contains("INCOMPLETE"));
    }

    #[test]
    fn notes_follow_and_hostile_names_are_harmless() {
        let text = head(|header| {
            header.notes = vec!["no upstream".to_owned()];
            header.server = "evil\x1b[2J\n".to_owned();
        });
        assert!(text.ends_with("note: no upstream\n"));
        assert!(text.contains("(evil\\u{1b}[2J\\n)"));
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn rules_that_are_not_the_usual_ones_are_told() {
        assert!(!head(|_| {}).contains("rules"));
        let text = head(|header| {
            header.strict = true;
            header.switches = vec!["batch=fail".to_owned(), "origin=pass".to_owned()];
        });
        assert!(text.ends_with("\nrules strict batch=fail origin=pass\n"), "{text}");
    }

    #[test]
    fn long_lines_are_broken() {
        let report = sample::full();
        let text = render(&report, &Style { width: 60, ..Style::default() });
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }
}
