//! The seam of upstreams: the outcome of a call before it is answered and recorded.

use std::sync::atomic::Ordering;

use serde_json::json;
use serde_json::value::RawValue;

use super::{Fault, Faults};
use crate::json::{members, quoted, raw};
use crate::outcome::Outcome;
use crate::rpc::code;
use crate::upstream::{CallOutcome, Unavailable};

impl Faults {
    /// What came of a call.
    pub(crate) async fn on_call(&self, outcome: CallOutcome) -> CallOutcome {
        match self.given_up(outcome) {
            CallOutcome::Answered { result, is_error: true } if self.has(Fault::IserrorDropped) => {
                CallOutcome::Answered { result: without(&result, "isError"), is_error: false }
            }
            CallOutcome::Answered { result, is_error }
                if self.has(Fault::StructuredContentLost) =>
            {
                CallOutcome::Answered { result: without(&result, "structuredContent"), is_error }
            }
            CallOutcome::Unavailable { .. } if self.has(Fault::DeadUpstreamHangs) => {
                std::future::pending().await
            }
            CallOutcome::Unavailable { .. } if self.has(Fault::DeadUpstreamEmpty) => {
                CallOutcome::Answered {
                    result: raw(r#"{"content":[]}"#.to_owned()),
                    is_error: false,
                }
            }
            other => other,
        }
    }

    /// Nothing comes of a call once one has met a broken connection.
    fn given_up(&self, outcome: CallOutcome) -> CallOutcome {
        if !self.has(Fault::UpstreamGivenUp) {
            return outcome;
        }
        let cause = Unavailable::Broken;
        if matches!(&outcome, CallOutcome::Unavailable { cause: Unavailable::Broken, .. }) {
            self.broken.store(true, Ordering::Relaxed);
        }
        match outcome {
            CallOutcome::Answered { .. } if self.broken.load(Ordering::Relaxed) => {
                CallOutcome::Unavailable { alias: "upstream".to_owned(), cause }
            }
            other => other,
        }
    }

    /// What came of a request for another feature than tools.
    pub(crate) fn on_feature(&self, method: &str, outcome: Outcome) -> Outcome {
        if self.planted.is_empty() {
            return outcome;
        }
        let refused = matches!(outcome, Outcome::Refused { .. });
        let success = |result: serde_json::Value| Outcome::Success(raw(result.to_string()));
        match method {
            _ if self.has(Fault::FeatureUnserved) => {
                Outcome::refused(code::METHOD_NOT_FOUND, "MethodNotFound", "Method not found")
            }
            "resources/read" if refused && self.has(Fault::EmptyContents) => {
                success(json!({"contents": []}))
            }
            "prompts/get" if refused && self.has(Fault::PromptWithHoles) => {
                let text = json!({"type": "text", "text": "Greet undefined in English."});
                success(json!({"messages": [{"role": "user", "content": text}]}))
            }
            "completion/complete" if !refused && self.has(Fault::CompletionFlood) => {
                let values: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
                success(json!({"completion": {"values": values}}))
            }
            "logging/setLevel" if refused && self.has(Fault::LogLevelAccepted) => {
                success(json!({}))
            }
            _ => outcome,
        }
    }
}

fn without(result: &RawValue, unwanted: &str) -> Box<RawValue> {
    let kept: Vec<String> = members(result)
        .unwrap_or_default()
        .into_iter()
        .filter(|(name, _)| name != unwanted)
        .map(|(name, value)| format!("{}:{value}", quoted(&name)))
        .collect();
    raw(format!("{{{}}}", kept.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_flag_goes() {
        let result = raw(r#"{"content":[{"isError":true}],"isError":true,"_meta":1e0}"#.to_owned());
        assert_eq!(
            without(&result, "isError").get(),
            r#"{"content":[{"isError":true}],"_meta":1e0}"#
        );
    }
}
