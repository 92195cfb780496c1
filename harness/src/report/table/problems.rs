//! What went wrong, verdict by verdict, and which cases did not apply. Knows no table.

use super::super::detail::{case_file, command, is_fine, lines};
use super::super::escape::{shorten, wrap};
use super::super::fold::{Folded, fold, has_several_transports, same_trouble};
use super::super::model::{Outcome, Report};
use super::Style;
use std::collections::HashMap;

/// Columns of one text of a verdict.
const TEXT: usize = 480;

/// Width of a label with the indentation before and the space after it.
const LABEL: usize = 13;

/// The section, or nothing where all is well. Lines are ended.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let several = has_several_transports(report);
    let mut text = String::new();
    for row in fold(report, same_trouble) {
        if !is_fine(row.verdict.outcome) {
            text.push_str(&problem(&row, several, style));
        }
    }
    if !text.is_empty() {
        text.insert_str(0, "what went wrong\n");
    }
    text
}

fn problem(row: &Folded<'_>, name_transport: bool, style: &Style) -> String {
    let verdict = row.verdict;
    let mut names = vec![&verdict.case, &verdict.requirement, &row.revisions];
    names.extend(name_transport.then_some(&verdict.transport));
    let names: String = names.iter().map(|name| format!("  {}", shorten(name, TEXT))).collect();
    let width = style.columns().saturating_sub(LABEL);
    let details = lines(verdict, TEXT);
    let details = details.iter().map(|line| labelled(line.label, &wrap(&line.text, width)));
    format!(
        "\n{}{names}\n{}{}{}",
        style.paint(verdict.outcome, verdict.outcome.as_str()),
        details.collect::<String>(),
        // The command is for copying: never broken, never cut.
        labelled("reproduce", &command(verdict)),
        labelled("case file", &case_file(verdict)),
    )
}

/// Indented lines, the first of them with the label.
fn labelled(label: &str, lines: &[String]) -> String {
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    lines.iter().zip(labels).map(|(line, label)| format!("  {label:<10} {line}\n")).collect()
}

/// Why cases do not apply, with the number of verdicts for each reason. Lines are ended.
pub(super) fn not_applicable(report: &Report, style: &Style) -> String {
    let mut places = HashMap::new();
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for verdict in &report.verdicts {
        if verdict.outcome != Outcome::NotApplicable {
            continue;
        }
        let reason = verdict.reason.as_deref().unwrap_or("no reason was given");
        let next = reasons.len();
        let place = *places.entry(reason).or_insert(next);
        match reasons.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let line = |(reason, count): &(&str, usize)| {
        let text = shorten(&format!("does not apply ({count}): {reason}"), TEXT);
        wrap(&text, style.columns()).join("\n") + "\n"
    };
    reasons.iter().map(line).collect()
}
