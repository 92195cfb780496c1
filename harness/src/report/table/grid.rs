//! The table proper: a row per case and the revisions that agree, under its folder. Knows only
//! answers, not what was sent or came back.

use super::super::detail::is_fine;
use super::super::escape::{shorten, wrap};
use super::super::fold::{Folded, fold, has_several_transports};
use super::super::model::{Outcome, Report};
use super::super::summary::{Answers, answers, folder};
use super::layout::{COLUMNS, Layout, fit};
use super::{Style, colour};
use tabled::builder::Builder;
use tabled::settings::style::Style as Borders;
use tabled::settings::{Color, Padding};

/// Columns of one cell before it is broken into lines.
const CELL: usize = 120;

const HEADINGS: [&str; COLUMNS] =
    ["case", "requirement", "revision", "answered", "correlated", "audited", "verdict"];

/// Index of the first of the columns that hold outcomes.
const FIRST_OUTCOME: usize = 3;

/// A row: its cells, and the outcomes for the colours of the last of them.
struct Row {
    cells: [String; COLUMNS],
    outcomes: Vec<Outcome>,
}

/// The table, or nothing where no row is to be shown. Lines are ended.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let rows = rows(report, style);
    if rows.len() < 2 {
        return String::new();
    }
    let cells: Vec<[String; COLUMNS]> = rows.iter().map(|row| row.cells.clone()).collect();
    let layout = fit(&cells, style.columns());
    let mut builder = Builder::with_capacity(rows.len(), COLUMNS);
    for row in &rows {
        builder.push_record(broken(&row.cells, &layout));
    }
    let mut table = builder.build();
    table.with(Borders::empty()).with(Padding::new(0, layout.gap, 0, 0));
    if style.colour {
        for (place, paint) in paints(&rows) {
            table.modify(place, paint);
        }
    }
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn rows(report: &Report, style: &Style) -> Vec<Row> {
    let several = has_several_transports(report);
    let mut rows = vec![Row { cells: HEADINGS.map(str::to_owned), outcomes: Vec::new() }];
    let mut current = None;
    let folded = fold(report, |verdict| (verdict.outcome, answers(verdict)));
    for row in folded.iter().filter(|row| !(style.only_problems && is_fine(row.verdict.outcome))) {
        let folder = folder(&row.verdict.case);
        if current != Some(folder) {
            rows.push(heading(folder));
            current = Some(folder);
        }
        rows.push(verdict_row(row, several));
    }
    rows
}

/// The row that opens a folder.
fn heading(folder: &str) -> Row {
    let mut cells = [""; COLUMNS].map(str::to_owned);
    if let Some(first) = cells.first_mut() {
        *first = shorten(&format!("{folder}/"), CELL);
    }
    Row { cells, outcomes: Vec::new() }
}

fn verdict_row(row: &Folded<'_>, name_transport: bool) -> Row {
    let verdict = row.verdict;
    let case = verdict.case.split_once('/').map_or(verdict.case.as_str(), |(_, rest)| rest);
    let transport =
        if name_transport { format!(" ({})", verdict.transport) } else { String::new() };
    let Answers { answered, correlated, audited } = answers(verdict);
    let word = |outcome: Outcome| outcome.as_str().to_owned();
    Row {
        cells: [
            format!("  {}", shorten(&format!("{case}{transport}"), CELL)),
            shorten(&verdict.requirement, CELL),
            shorten(&row.revisions, CELL),
            word(answered),
            word(correlated),
            word(audited),
            word(verdict.outcome),
        ],
        outcomes: vec![answered, correlated, audited, verdict.outcome],
    }
}

/// The cells with line breaks where their column is narrower; what follows the first line of a case
/// is indented as it is.
fn broken(cells: &[String; COLUMNS], layout: &Layout) -> Vec<String> {
    let fit = |(cell, width): (&String, &usize)| match cell.strip_prefix("  ") {
        Some(case) => indented(&wrap(case, width.saturating_sub(2))),
        None => wrap(cell, *width).join("\n"),
    };
    cells.iter().zip(&layout.widths).map(fit).collect()
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Which cell has which colour.
fn paints(rows: &[Row]) -> Vec<((usize, usize), Color)> {
    let mut paints = Vec::new();
    for (line, row) in rows.iter().enumerate() {
        let outcomes = row.outcomes.iter().enumerate();
        paints.extend(outcomes.map(|(at, outcome)| ((line, FIRST_OUTCOME + at), colour(*outcome))));
    }
    paints
}
