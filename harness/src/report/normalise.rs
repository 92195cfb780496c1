//! Replaces what differs from run to run by a word in brackets, so that two runs can be compared.
//! Knows no report.

use regex::Regex;
use std::sync::LazyLock;

/// Patterns and what stands for them, in the order in which they are applied: a key may hold what
/// a later pattern would take apart. Epoch times end at 2033, before the boundary numbers around
/// 2^31 that cases send.
const RULES: &[(&str, &str)] = &[
    (r"gauntlet[0-9a-f]+x[0-9]+\b", "[key]"),
    // Where a source of records is differs from machine to machine.
    (r"\bin (jsonl|sqlite|postgres(?:ql)?|webhook|otlp|exec|https?):[^\s,)]+", "in $1"),
    // Ids on the input of a process, which are made of keys.
    (r"\b[6-9][0-9]{11}\b", "[number]"),
    (r"\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b", "[trace]"),
    (r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "[uuid]"),
    (r"(?i)\b[0-9a-f]{32}\b", "[id]"),
    (r"(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}\b", "$1:[port]"),
    (
        r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2}\b)?",
        "[time]",
    ),
    (r"\b[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} GMT\b", "[time]"),
    (r"\b1[6-9][0-9]{8}([0-9]{3}|[0-9]{6}|[0-9]{9})?(\.[0-9]+)?\b", "[time]"),
    (r"\b[0-9]+(\.[0-9]+)? ?(ns|us|µs|ms|milliseconds?|s|seconds?)\b", "[duration]"),
    (
        r"\b(mcp-gauntlet|reference-gateway)([/ ])v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*",
        "$1$2[version]",
    ),
];

static COMPILED: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let compile = |(pattern, word): &(&str, &'static str)| Some((Regex::new(pattern).ok()?, *word));
    RULES.iter().filter_map(compile).collect()
});

/// The text without what differs from run to run: keys and canaries of ours, trace ids, UUIDs, ids
/// of 32 hexadecimal digits, ports of this machine, times, durations and our own version.
#[must_use]
pub fn normalise(text: &str) -> String {
    let mut stable = text.to_owned();
    for (pattern, word) in COMPILED.iter() {
        stable = pattern.replace_all(&stable, *word).into_owned();
    }
    stable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles() {
        assert_eq!(COMPILED.len(), RULES.len());
    }

    #[test]
    fn what_differs_from_run_to_run_is_replaced() {
        for (text, expected) in [
            ("tool gauntlet9f3a0cx17 called", "tool [key] called"),
            ("\"gauntlet9fx1\"", "\"[key]\""),
            ("gauntlet_no_such_tool_gauntlet9f3a0cx17", "gauntlet_no_such_tool_[key]"),
            ("id 617179869187", "id [number]"),
            ("no record (in jsonl:/var/log/a.jsonl)", "no record (in jsonl)"),
            (
                "status success in http://h:1/a, failure in otlp:h:2",
                "status success in http, failure in otlp",
            ),
            ("6fa459ea-ee8a-3ca4-894e-db77e160355e", "[uuid]"),
            ("session 0123456789abcdef0123456789ABCDEF.", "session [id]."),
            ("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", "[trace]"),
            (
                "http://127.0.0.1:40123/mcp and [::1]:8080",
                "http://127.0.0.1:[port]/mcp and [::1]:[port]",
            ),
            ("at 1795208837.437, in ms 1795208837437", "at [time], in ms [time]"),
            ("2026-11-20T10:11:12.123Z", "[time]"),
            ("2026-11-20 10:11:12+02:00", "[time]"),
            ("Fri, 20 Nov 2026 10:11:12 GMT", "[time]"),
            ("silent for 5.0 s (250ms)", "silent for [duration] ([duration])"),
            ("mcp-gauntlet/0.1.0-rc.1", "mcp-gauntlet/[version]"),
            ("reference-gateway 0.1.0", "reference-gateway [version]"),
        ] {
            assert_eq!(normalise(text), expected);
        }
    }

    #[test]
    fn what_a_case_means_is_kept() {
        for text in [
            "2025-11-25",
            "-32602",
            "id 2147483648, 9007199254740993, 18446744073709551616",
            "HTTP 400",
            "127.0.0.1",
            "LiteLLM 1.81.0",
            "10.0.0.1:4000",
            "3 sessions",
        ] {
            assert_eq!(normalise(text), text);
        }
    }
}
