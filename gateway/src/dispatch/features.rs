//! Resources, prompts, completion and logging: what a server may offer beside tools. The builtin
//! upstream offers them; without it they are neither declared nor served.

use serde_json::{Value, json};

use crate::app::App;
use crate::outcome::Outcome;
use crate::rpc::{Params, check_meta};
use crate::upstream::builtin::{self, Level};

/// The methods of the features. `logging/setLevel` ended with 2025-11-25.
const METHODS: [&str; 7] = [
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "logging/setLevel",
];

/// What the server declares that it offers.
pub(crate) fn capabilities(app: &App) -> Value {
    if app.catalog.has_builtin() {
        json!({"tools": {}, "resources": {}, "prompts": {}, "completions": {}, "logging": {}})
    } else {
        json!({"tools": {}})
    }
}

/// Whether the method belongs to a feature, served or not.
pub(crate) fn is_feature(method: &str) -> bool {
    METHODS.contains(&method)
}

/// Serves a request of a feature; `None` if there is no such method here. `not_found` is the code
/// for a resource that does not exist, which depends on the revision; `keep` stores a log level.
pub(crate) fn serve(
    app: &App,
    method: &str,
    params: &Params<'_>,
    not_found: i64,
    keep: impl FnOnce(Level),
) -> Option<Outcome> {
    if !app.catalog.has_builtin() || !is_feature(method) {
        return None;
    }
    if let Err(message) = check_meta(params) {
        return Some(Outcome::invalid_params(format!("Invalid params: {message}")));
    }
    let outcome = match method {
        "resources/list" => builtin::list_resources(params),
        "resources/templates/list" => builtin::list_resource_templates(params),
        "resources/read" => builtin::read_resource(params, not_found),
        "prompts/list" => builtin::list_prompts(params),
        "prompts/get" => builtin::get_prompt(params),
        "completion/complete" => builtin::complete(params),
        _ => builtin::set_level(params, |level| {
            app.faults.on_level(level);
            keep(level);
        }),
    };
    Some(app.faults.on_feature(method, outcome))
}
