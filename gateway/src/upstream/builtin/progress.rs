//! The tool that tells how far it is.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Level, number};
use crate::json::{Member, member};
use crate::notice::Notices;

/// The name of the tool, and of its logger.
pub(super) const NAME: &str = "gauntlet_progress";
/// It takes at most so many steps.
const MOST_STEPS: u64 = 20;
/// A step takes at most so many milliseconds.
const SLOWEST_STEP: u64 = 500;

/// Its description.
pub(super) fn description() -> Value {
    let milliseconds = json!({"type": "integer", "minimum": 0, "maximum": SLOWEST_STEP});
    json!({
        "name": NAME,
        "description": "Takes some steps and tells of each; it logs its begin at the level debug and each step at the level info.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "steps": {"type": "integer", "minimum": 1, "maximum": MOST_STEPS},
                "milliseconds": milliseconds,
            },
            "required": ["steps"],
        },
    })
}

/// Takes the steps.
pub(super) async fn run(arguments: &[Member<'_>], notices: &Notices) -> Result<String, String> {
    let steps = member(arguments, "steps")
        .and_then(number::<u64>)
        .filter(|steps| (1..=MOST_STEPS).contains(steps))
        .ok_or_else(|| format!("steps must be between 1 and {MOST_STEPS}"))?;
    let pause = match member(arguments, "milliseconds") {
        None => 0,
        Some(pause) => number::<u64>(pause)
            .filter(|pause| *pause <= SLOWEST_STEP)
            .ok_or_else(|| format!("milliseconds must be between 0 and {SLOWEST_STEP}"))?,
    };
    notices.log(Level::Debug, NAME, json!(format!("{steps} steps to take"))).await;
    for step in 1..=steps {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        notices.progress(step, steps).await;
        notices.log(Level::Info, NAME, json!(format!("step {step} of {steps}"))).await;
    }
    Ok(format!("took {steps} steps"))
}
