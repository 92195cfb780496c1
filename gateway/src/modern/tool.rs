//! `tools/call`: what only this revision can do with a tool.

use std::time::Duration;

use tokio::time::Instant;

use super::ask::{self, Ask};
use super::meta::Meta;
use super::{Facts, finish};
use crate::app::App;
use crate::dispatch;
use crate::outcome::Outcome;
use crate::rpc::{CallParams, Request, check_meta};
use crate::upstream::{Era, Lookup};

/// The list of the tools is there after this time.
const LOOK_UP_BUDGET: Duration = Duration::from_secs(3);

/// Calls a tool. All but one are called as in any other revision.
pub(super) async fn call(
    app: &App,
    request: &Request<'_>,
    facts: &Facts<'_>,
    meta: &Meta<'_>,
) -> Outcome {
    if asks(app, request).await {
        let ask =
            Ask { seal: &app.seal, principal: facts.principal, meta, params: &request.params };
        return ask.serve();
    }
    let outcome = dispatch::dispatch(app, request, &facts.circumstances()).await;
    finish::finished(outcome, &request.method)
}

fn deadline() -> Instant {
    Instant::now() + LOOK_UP_BUDGET
}

/// Whether this is a good call of the tool that asks the user.
async fn asks(app: &App, request: &Request<'_>) -> bool {
    let Ok(params) = CallParams::read(&request.params) else {
        return false;
    };
    let Some((upstream, bare)) = app.catalog.resolve(&params.name) else {
        return false;
    };
    bare == ask::TOOL
        && upstream.is_builtin()
        && check_meta(&request.params).is_ok()
        && matches!(
            upstream.look_up(bare, params.arguments, (deadline(), Era::Stateless)).await,
            Lookup::Found { complaint: None }
        )
}
