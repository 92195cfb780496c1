//! Which lines of a log may tell that records are not delivered. Products word it as they like, and not
//! every log names its levels: a line too many only makes a verdict milder.

use std::collections::VecDeque;
use std::ops::Range;

use crate::oracle::evidence::LogLine;

/// Seconds for which a loss that was told may stand for later ones.
const A_WHILE: f64 = 60.0;

/// Parts of words for what keeps records, and brings them there.
const KEEPERS: [&str; 12] = [
    "audit",
    "webhook",
    "sink",
    "callback",
    "logger",
    "record",
    "event",
    "telemetry",
    "export",
    "flush",
    "deliver",
    "batch",
];
/// Parts of words for what may go wrong with them.
const TROUBLES: [&str; 12] = [
    "fail",
    "error",
    "refus",
    "reject",
    "unreach",
    "timeout",
    "timed out",
    "retry",
    "retries",
    "unable",
    "could not",
    "cannot",
];
/// Parts of words for what is gone.
const LOSSES: [&str; 5] = ["lost", "losing", "loss", "drop", "discard"];

/// Whether a line tells that records are not delivered.
pub(super) fn is_about_delivery(text: &str) -> bool {
    names(text, &KEEPERS) && (names(text, &TROUBLES) || names(text, &LOSSES))
}

/// Those of the lines that may tell it of a time; those that do come first.
pub(super) fn told(
    lines: &VecDeque<LogLine>,
    time: &Range<f64>,
    before: &Range<f64>,
) -> Vec<String> {
    let usual: Vec<String> = during(lines, before).map(|line| wording(&line.text)).collect();
    let speak = |line: &&LogLine| is_about_delivery(&line.text);
    let unusual = |line: &&LogLine| !speak(line) && !usual.contains(&wording(&line.text));
    let lately = time.start - A_WHILE..time.start;
    let gone = |line: &&LogLine| speak(line) && names(&line.text, &LOSSES);
    during(lines, time)
        .filter(speak)
        .chain(during(lines, &lately).filter(gone))
        .chain(during(lines, time).filter(unusual))
        .map(|line| line.text.clone())
        .collect()
}

fn during<'a>(
    lines: &'a VecDeque<LogLine>,
    time: &Range<f64>,
) -> impl Iterator<Item = &'a LogLine> {
    let time = time.clone();
    lines.iter().filter(move |line| time.contains(&line.at))
}

fn names(text: &str, parts: &[&str]) -> bool {
    let text = text.to_lowercase();
    parts.iter().any(|part| text.contains(part))
}

/// A line without what differs from one time to the next: all words with a digit.
fn wording(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[(f64, &str)]) -> VecDeque<LogLine> {
        let line =
            |(at, text): &(f64, &str)| LogLine { at: *at, text: (*text).to_owned(), leaks: false };
        lines.iter().map(line).collect()
    }

    fn of(texts: &[(f64, &str)]) -> Vec<String> {
        told(&lines(texts), &(100.0..110.0), &(99.0..100.0))
    }

    #[test]
    fn what_speaks_of_records_comes_before_what_only_warns() {
        let kept = [(101.0, "WARN cache is cold"), (102.0, "12:00:01 batch could not be sent")];
        assert_eq!(of(&kept), ["12:00:01 batch could not be sent", "WARN cache is cold"]);
        assert!(of(&[(98.0, "WARN cache is cold"), (110.0, "ERROR audit failed")]).is_empty());
    }

    #[test]
    fn what_the_same_message_warns_of_otherwise_tells_nothing() {
        let kept = [
            (99.5, "12:00:01 WARN upstream a is away"),
            (103.0, "12:00:05 WARN upstream a is away"),
        ];
        assert!(of(&kept).is_empty());
        let kept = [(99.5, "1 WARN webhook failed"), (103.0, "2 WARN webhook failed")];
        assert_eq!(of(&kept), ["2 WARN webhook failed"]);
    }

    #[test]
    fn a_loss_that_was_told_a_while_ago_stands_for_this_one() {
        assert_eq!(of(&[(70.0, "dropping audit records")]), ["dropping audit records"]);
        assert!(of(&[(70.0, "webhook failed, trying again")]).is_empty());
        assert!(of(&[(30.0, "dropping audit records")]).is_empty());
    }
}
