//! The report for a reader at a terminal. Every text of the target is escaped and bounded; nothing
//! is printed here.

mod grades;
mod grid;
mod head;
mod layout;
mod problems;
mod sums;

use super::model::{Outcome, Report};
use tabled::settings::Color;

/// The narrowest terminal for which lines are laid out; a narrower one breaks them itself.
const NARROWEST: usize = 60;

/// How the table is laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether outcomes are coloured by ANSI sequences.
    pub colour: bool,
    /// Whether rows that passed or do not apply are left out.
    pub only_problems: bool,
}

impl Default for Style {
    /// 100 columns, no colour, every row.
    fn default() -> Self {
        Self { width: 100, colour: false, only_problems: false }
    }
}

impl Style {
    /// The width for which lines are laid out.
    fn columns(&self) -> usize {
        self.width.max(NARROWEST)
    }

    /// A text of ours in the colour of an outcome.
    fn paint(&self, outcome: Outcome, text: &str) -> String {
        if self.colour { colour(outcome).colorize(text) } else { text.to_owned() }
    }
}

/// The whole report as text: what was tested and by which records, a row per case, what went wrong,
/// the sums, and the run in one word on the last line.
#[must_use]
pub fn render(report: &Report, style: &Style) -> String {
    let parts = [
        head::render(report, style),
        grid::render(report, style),
        problems::render(report, style),
        problems::not_applicable(report, style),
        grades::render(report, style),
        sums::render(report),
    ];
    let mut text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    text.push_str(&sums::last_line(report, style));
    text
}

/// The findings of a campaign: what was fuzzed and by which records, a row per finding, what went
/// wrong with each, and these lines on the campaign.
#[must_use]
pub fn findings(report: &Report, style: &Style, lines: &str) -> String {
    let parts = [
        head::render(report, style),
        grid::render(report, style),
        problems::render(report, style),
        format!("{}{lines}", sums::around(report)),
    ];
    let filled: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    filled.join("\n")
}

/// The colour of an outcome.
fn colour(outcome: Outcome) -> Color {
    match outcome {
        Outcome::NotApplicable => Color::FG_BRIGHT_BLACK,
        Outcome::Pass => Color::FG_GREEN,
        Outcome::ExpectedFail => Color::FG_CYAN,
        Outcome::Warn => Color::FG_YELLOW,
        Outcome::Untestable => Color::FG_MAGENTA,
        Outcome::Fail => Color::FG_RED,
    }
}

#[cfg(test)]
mod tests;
