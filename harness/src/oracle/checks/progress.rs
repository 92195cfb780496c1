//! `answered.progress`: what is told of a request while it runs (MCP progress, Behavior
//! Requirements). A target need not tell anything; what it tells must be right.

use super::shorten;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Exchange;
use crate::oracle::observe::Notice;
use crate::report::model::Outcome;
use crate::wire::id::{Id, IdRelation};
use crate::wire::json::Json;

/// Judges the notifications of progress beside the answer, where there are any.
pub fn progress(exchange: &Exchange, findings: &mut Findings) {
    let notices = exchange.observation.notices.iter();
    let told: Vec<&Notice> = notices.filter(|notice| is_progress(&notice.message)).collect();
    if exchange.reading.cancelled {
        return cancelled(told.len() + exchange.observation.responses.len(), findings);
    }
    let Some(first) = told.first() else { return };
    let token = exchange.reading.progress_token.as_ref();
    let defect = told
        .iter()
        .find_map(|notice| Some((*notice, defect(notice, token)?)))
        .or_else(|| Some((*first, not_rising(&told)?)));
    let actual = match &defect {
        Some((notice, why)) => format!("{why}: {}", shorten(&notice.message.to_text(), 160)),
        None => format!("{} notifications in order", told.len()),
    };
    let expected = "progress rises under the token that was sent, and ends before the answer";
    findings.require(CheckId::Progress, defect.is_none(), expected, actual);
}

/// Nothing more is told of a request that was cancelled right behind it, but for what was on its way (MCP
/// 2026-07-28 cancellation). What comes twice may be a target that is slow to read; what comes on and on is
/// not.
fn cancelled(messages: usize, findings: &mut Findings) {
    let outcome = match messages {
        0 | 1 => Outcome::Pass,
        2 => Outcome::Warn,
        _ => Outcome::Fail,
    };
    let expected = "at most one message about a request that is cancelled (two warn)";
    findings.add(CheckId::Progress, outcome, expected, format!("{messages} messages"));
}

fn is_progress(message: &Json) -> bool {
    message.get("method").and_then(Json::as_str) == Some("notifications/progress")
}

fn defect(notice: &Notice, token: Option<&Json>) -> Option<&'static str> {
    let told = notice.message.pointer("/params/progressToken");
    let same = |(token, told): (&Json, &Json)| {
        matches!(Id::relation(token, told), IdRelation::Identical | IdRelation::SameValue)
    };
    match (token, told) {
        (None, _) => Some("no token was sent"),
        _ if !token.zip(told).is_some_and(same) => Some("not the token that was sent"),
        _ if notice.late => Some("progress after the answer"),
        _ => None,
    }
}

/// Each value is greater than the one before.
fn not_rising(told: &[&Notice]) -> Option<&'static str> {
    let value = |notice: &&Notice| {
        let progress = notice.message.pointer("/params/progress").and_then(Json::as_number);
        progress.map(|progress| progress.as_f64())
    };
    let values: Option<Vec<f64>> = told.iter().map(value).collect();
    let Some(values) = values else { return Some("progress is no number") };
    let rising = values.is_sorted_by(|before, after| before < after);
    (!rising).then_some("progress does not rise")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::class::Class;
    use crate::oracle::testing::{Scene, exchange, stream};

    const ANSWER: &str = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[]}}"#;

    fn told(token: &str, progress: &str) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"progress":{progress}}}}}"#
        )
    }

    /// The verdict on a call with the meta data, answered by these messages.
    fn verdict(meta: &str, messages: &[&str]) -> Option<Outcome> {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"up-echo","arguments":{{"text":"x"}},"_meta":{meta}}}}}"#
        );
        let events: String = messages.iter().map(|text| format!("data: {text}\n\n")).collect();
        Scene::new(Class::Request, exchange(body, stream(&events))).asked(CheckId::Progress)
    }

    #[test]
    fn progress_rises_under_its_token_until_the_answer() {
        let (one, two) = (told("1", "1"), told("1", "2"));
        let (text, half) = (told("\"1\"", "1"), told("1", "1.5"));
        let given = r#"{"progressToken":1}"#;
        for (meta, messages, outcome) in [
            (given, &[ANSWER][..], None),
            (given, &[&one, &half, &two, ANSWER], Some(Outcome::Pass)),
            (given, &[&one, &one, ANSWER], Some(Outcome::Fail)),
            (given, &[&two, &one, ANSWER], Some(Outcome::Fail)),
            (given, &[&text, ANSWER], Some(Outcome::Fail)),
            (given, &[&one, ANSWER, &two], Some(Outcome::Fail)),
            (given, &[&told("1", "null"), ANSWER], Some(Outcome::Fail)),
            ("{}", &[&one, ANSWER], Some(Outcome::Fail)),
            (r#"{"progressToken":"1"}"#, &[&text, ANSWER], Some(Outcome::Pass)),
        ] {
            assert_eq!(verdict(meta, messages), outcome, "{meta} {messages:?}");
        }
    }

    #[test]
    fn of_a_cancelled_request_no_more_is_told_than_was_on_its_way() {
        for (messages, outcome) in [
            (0, Outcome::Pass),
            (1, Outcome::Pass),
            (2, Outcome::Warn),
            (3, Outcome::Fail),
            (9, Outcome::Fail),
        ] {
            let mut findings = Findings::new("must".to_owned());
            let told =
                (1..=messages).map(|step| format!("data: {}\n\n", told("1", &step.to_string())));
            let mut exchange = exchange("{}", stream(&told.collect::<String>()));
            exchange.reading.cancelled = true;
            progress(&exchange, &mut findings);
            let told: Vec<Outcome> = findings.into_checks().iter().map(|it| it.outcome).collect();
            assert_eq!(told, [outcome], "{messages}");
        }
    }
}
