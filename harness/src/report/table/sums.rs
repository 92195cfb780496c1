//! The sums, and whether they add up, and the run in one word. Knows no verdict.

use super::super::escape::shorten;
use super::super::model::{Ledger, Report, SourceSums, Totals};
use super::super::summary::{Overall, overall};
use super::Style;

/// Hexadecimal digits of the catalogue's digest that tell two apart.
const DIGEST: usize = 19;

/// Columns of one text.
const TEXT: usize = 100;

/// The lines of the ledger, the totals and what a repetition needs; each ended.
pub(super) fn render(report: &Report) -> String {
    format!("{}{}{}", counted(report), totals(&report.totals), spent(report))
}

/// The same without the totals.
pub(super) fn around(report: &Report) -> String {
    format!("{}{}", counted(report), spent(report))
}

fn counted(report: &Report) -> String {
    let records = if report.header.audit == "none" {
        "records: no audit source\n".to_owned()
    } else {
        records(report)
    };
    format!("{}{records}", sent(&report.ledger))
}

fn spent(report: &Report) -> String {
    let header = &report.header;
    let catalogue: String = header.catalogue.chars().take(DIGEST).collect();
    format!(
        "waited {:.1} s for records, {:.1} s in deliberate silence (side by side)\n\
         took {:.1} s, seed {}, catalogue {}\n",
        header.settling_seconds,
        header.silence_seconds,
        header.seconds,
        shorten(&header.seed, TEXT),
        shorten(&catalogue, TEXT),
    )
}

/// The last line: the overall word and how it came about.
pub(super) fn last_line(report: &Report, style: &Style) -> String {
    let word = overall(report);
    let totals = &report.totals;
    let how = match word {
        Overall::Fail => format!(": {} of {} verdicts failed", totals.fail, count(totals)),
        Overall::Untestable => {
            format!(": {} of {} verdicts say nothing", totals.untestable, count(totals))
        }
        Overall::Incomplete => format!(": interrupted after {} verdicts", count(totals)),
        Overall::Warn => format!(": {} of {} verdicts warn", totals.warn, count(totals)),
        Overall::Nothing | Overall::Pass => String::new(),
    };
    let interrupted = word == Overall::Fail && !report.header.complete;
    let more = if interrupted { ", and the run was interrupted" } else { "" };
    format!("{}{how}{more}\n", style.paint(word.outcome(), word.as_str()))
}

fn sent(ledger: &Ledger) -> String {
    let Ledger { sent, replied, acknowledged, closed, silent, refused, .. } = ledger;
    let sum = total(&[*replied, *acknowledged, *closed, *silent, *refused]);
    format!(
        "sent {sent} = replied {replied} + acknowledged {acknowledged} + closed {closed} \
         + silent {silent} + refused {refused}{}\n",
        doubt(*sent, sum)
    )
}

/// One equation, or one of each source where there are several.
fn records(report: &Report) -> String {
    let named =
        |of: &SourceSums| equation(&format!("records in {}:", shorten(&of.source, TEXT)), of);
    match report.sources.as_slice() {
        [] | [_] => equation("records", &SourceSums::of("", &report.ledger)),
        several => several.iter().map(named).collect(),
    }
}

fn equation(what: &str, sums: &SourceSums) -> String {
    let SourceSums { records, matched, duplicate, orphan, missing, unreadable, late, lost, .. } =
        sums;
    let sum = total(&[*matched, *duplicate, *orphan]);
    // The source itself may say that it has dropped some.
    let more = [("late", late), ("dropped by the source", lost)];
    let more = more.into_iter().filter(|(_, count)| **count > 0);
    let more: String = more.map(|(what, count)| format!(", {what} {count}")).collect();
    format!(
        "{what} {records} = matched {matched} + duplicate {duplicate} + orphan {orphan}; \
         missing {missing}, unreadable {unreadable}{more}{}\n",
        doubt(*records, sum)
    )
}

/// What is added to an equation that does not hold.
fn doubt(left: u64, right: u64) -> String {
    if left == right {
        String::new()
    } else {
        format!("  (does not add up: {left} is not {right})")
    }
}

fn totals(totals: &Totals) -> String {
    format!(
        "verdicts {}: {} pass, {} warn, {} FAIL, {} untestable, {} n/a, {} expected-fail\n",
        count(totals),
        totals.pass,
        totals.warn,
        totals.fail,
        totals.untestable,
        totals.not_applicable,
        totals.expected_fail
    )
}

fn count(totals: &Totals) -> u64 {
    let Totals { pass, warn, fail, untestable, not_applicable, expected_fail } = *totals;
    total(&[pass, warn, fail, untestable, not_applicable, expected_fail])
}

/// A sum that cannot overflow: a report may have been read from a file.
fn total(terms: &[u64]) -> u64 {
    terms.iter().fold(0, |sum, term| sum.saturating_add(*term))
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn the_equations_are_shown() {
        let text = render(&sample::full());
        assert_eq!(
            text,
            "sent 412 = replied 380 + acknowledged 32 + closed 0 + silent 0 + refused 0\n\
             records 411 = matched 410 + duplicate 1 + orphan 0; missing 2, unreadable 0\n\
             verdicts 18: 4 pass, 3 warn, 2 FAIL, 3 untestable, 3 n/a, 3 expected-fail\n\
             waited 2.1 s for records, 40.5 s in deliberate silence (side by side)\n\
             took 12.3 s, seed 90125, catalogue sha256:0123456789ab\n"
        );
    }

    #[test]
    fn late_and_dropped_records_are_told_where_there_are_some() {
        let mut report = sample::full();
        (report.ledger.late, report.ledger.lost) = (3, 7);
        let text = render(&report);
        assert!(text.contains("unreadable 0, late 3, dropped by the source 7\n"), "{text}");
    }

    #[test]
    fn a_sum_that_does_not_add_up_says_so() {
        let mut report = sample::full();
        report.ledger.sent = 413;
        report.ledger.orphan = u64::MAX;
        let text = render(&report);
        assert!(text.contains("refused 0  (does not add up: 413 is not 412)\n"));
        assert!(text.contains(&format!("(does not add up: 411 is not {})", u64::MAX)));
    }

    #[test]
    fn without_a_source_there_are_no_records_to_sum() {
        let mut report = sample::full();
        report.header.audit = "none".to_owned();
        assert!(render(&report).contains("\nrecords: no audit source\n"));
    }

    #[test]
    fn the_last_line_is_the_overall_word() {
        let style = Style::default();
        let mut report = sample::full();
        assert_eq!(last_line(&report, &style), "FAIL: 2 of 18 verdicts failed\n");
        report.header.complete = false;
        assert!(last_line(&report, &style).ends_with("failed, and the run was interrupted\n"));
        report.totals.fail = 0;
        assert_eq!(last_line(&report, &style), "INCOMPLETE: interrupted after 16 verdicts\n");
        report.header.complete = true;
        assert_eq!(last_line(&report, &style), "UNTESTABLE: 3 of 16 verdicts say nothing\n");
        report.totals.untestable = 0;
        assert_eq!(last_line(&report, &style), "PASS WITH WARNINGS: 3 of 13 verdicts warn\n");
        report.totals.warn = 0;
        assert_eq!(last_line(&report, &style), "PASS\n");
        report.totals = Totals::default();
        assert_eq!(last_line(&report, &style), "NOTHING TESTED\n");
    }
}
