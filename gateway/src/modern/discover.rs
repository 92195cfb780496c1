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

fn introduction(app: &App) -> Box<RawValue> {
    let result = json!({
        "supportedVersions": Revision::STATELESS.map(Revision::name),
        "capabilities": capabilities(app),
        "instructions": "The name of each tool begins with the name of the server that has it.",
    });
    crate::json::raw(result.to_string())
}
