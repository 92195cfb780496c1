//! `tools/call`: from the name that the client knows to the upstream and back.

use std::time::Duration;

use tokio::time::Instant;

use super::Circumstances;
use crate::app::App;
use crate::outcome::Outcome;
use crate::rpc::{CallParams, Params, code};
use crate::text::shown;
use crate::upstream::{Brought, CallOutcome, Era, Lookup, ToolCall, Upstream, text_result};

/// A call is answered within this time, whatever the upstream does.
const BUDGET: Duration = Duration::from_secs(4);
/// Longer tool names are cut in messages.
const NAME_LIMIT: usize = 128;

/// Calls a tool.
pub(crate) async fn call(
    app: &App,
    params: &Params<'_>,
    circumstances: &Circumstances<'_>,
) -> Outcome {
    let members = params.members();
    let params = match CallParams::read(params) {
        Ok(params) => params,
        Err(message) => return Outcome::invalid_params(format!("Invalid params: {message}")),
    };
    let Some((upstream, bare)) = app.catalog.resolve(&params.name) else {
        return unknown_tool(&params.name);
    };
    let instead = app.faults.arguments(params.arguments);
    let era = circumstances.era;
    let call = ToolCall {
        name: bare,
        arguments: instead.as_deref().or(params.arguments),
        traceparent: circumstances.traceparent,
        notices: &circumstances.notices,
        brought: (era == Era::Stateless).then(|| Brought::read(members)),
    };
    match call_upstream(upstream, call).await {
        Some(outcome) => app.faults.on_call(outcome).await.into_outcome(),
        None => unknown_tool(&params.name),
    }
}

/// `None` if the upstream has no such tool.
async fn call_upstream(upstream: &Upstream, call: ToolCall<'_>) -> Option<CallOutcome> {
    let deadline = Instant::now() + BUDGET;
    match upstream.look_up(call.name, call.arguments, (deadline, call.era())).await {
        Lookup::Unknown => None,
        Lookup::Unavailable(cause) => Some(upstream.unavailable(cause)),
        Lookup::Found { complaint: Some(complaint) } => Some(refused_arguments(&complaint)),
        Lookup::Found { complaint: None } => Some(upstream.call(call, deadline).await),
    }
}

/// Wrong arguments are for the model to mend, so that they are no protocol error (SEP-1303).
fn refused_arguments(complaint: &str) -> CallOutcome {
    CallOutcome::answered(text_result(&format!("Invalid arguments: {complaint}"), true))
}

fn unknown_tool(name: &str) -> Outcome {
    let message = format!("Unknown tool: {}", shown(name, NAME_LIMIT));
    Outcome::refused(code::INVALID_PARAMS, "UnknownTool", message)
}
