//! `server/discover`: what the gateway speaks and offers.

use serde_json::json;
use serde_json::value::RawValue;

use crate::app::App;
use crate::dispatch::capabilities;
use crate::outcome::Outcome;
use crate::revision::Revision;
use crate::rpc::{Params, check_meta};

/// Answers the question; every result has its common members added later.
pub(super) fn discover(app: &App, params: &Params<'_>) -> Outcome {
    match check_meta(params) {
        Ok(()) => Outcome::Success(introduction(app)),
        Err(message) => Outcome::invalid_params(format!("Invalid params: {message}")),
    }
}

/// Log messages are of sessions only, so that logging is not declared here.
fn introduction(app: &App) -> Box<RawValue> {
    let mut capabilities = capabilities(app);
    if let Some(declared) = capabilities.as_object_mut() {
        declared.remove("logging");
    }
    let result = json!({
        "supportedVersions": Revision::STATELESS.map(Revision::name),
        "capabilities": capabilities,
        "instructions": "The name of each tool begins with the name of the server that has it.",
    });
    crate::json::raw(result.to_string())
}
