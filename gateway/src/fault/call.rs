//! The seam of upstreams: the outcome of a call before it is answered and recorded.

use serde_json::value::RawValue;

use super::{Fault, Faults};
use crate::json::{members, quoted, raw};
use crate::upstream::CallOutcome;

impl Faults {
    /// What came of a call.
    pub(crate) async fn on_call(&self, outcome: CallOutcome) -> CallOutcome {
        match outcome {
            CallOutcome::Answered {
                result,
                is_error: true,
            } if self.has(Fault::IserrorDropped) => CallOutcome::Answered {
                result: without_is_error(&result),
                is_error: false,
            },
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
}

fn without_is_error(result: &RawValue) -> Box<RawValue> {
    let kept: Vec<String> = members(result)
        .unwrap_or_default()
        .into_iter()
        .filter(|(name, _)| name != "isError")
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
            without_is_error(&result).get(),
            r#"{"content":[{"isError":true}],"_meta":1e0}"#
        );
    }
}
