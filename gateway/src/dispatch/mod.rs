//! From a valid request to its outcome.

mod features;
mod initialize;
mod tools;

use crate::app::App;
use crate::audit::PROTOCOL_ERROR;
use crate::json::raw;
use crate::notice::Notices;
use crate::outcome::Outcome;
use crate::rpc::{Request, check_cursor, check_meta, code};
use crate::session::Session;
use crate::text::shown;
use crate::upstream::Era;

pub(crate) use features::{capabilities, serve as serve_feature};
pub(crate) use initialize::{introduction, negotiate};

/// Longer method names are cut in messages.
const NAME_LIMIT: usize = 100;

/// `call_type` of a request.
pub(crate) fn call_type(method: &str) -> String {
    match method {
        "tools/call" => "call_mcp_tool".to_owned(),
        "tools/list" => "list_mcp_tools".to_owned(),
        "initialize" | "ping" => plain_call_type(method),
        feature if features::is_feature(feature) => plain_call_type(feature),
        _ => PROTOCOL_ERROR.to_owned(),
    }
}

fn plain_call_type(method: &str) -> String {
    format!("mcp_{}", method.replace('/', "_"))
}

/// `call_type` of a notification, which may have any name.
pub(crate) fn call_type_of_notification(method: &str) -> String {
    let known = call_type(method);
    if known == PROTOCOL_ERROR {
        return plain_call_type(&crate::text::truncated(method, 256));
    }
    known
}

/// What a request is served with besides itself.
#[derive(Debug)]
pub(crate) struct Circumstances<'a> {
    /// The session; none where a request needs none.
    pub(crate) session: Option<&'a Session>,
    /// The trace that the caller is in.
    pub(crate) traceparent: Option<&'a str>,
    /// What is told before the answer.
    pub(crate) notices: Notices,
    /// The era of the caller.
    pub(crate) era: Era,
}

/// Runs a request of a live session; `initialize` is not one.
pub(crate) async fn dispatch(
    app: &App,
    request: &Request<'_>,
    circumstances: &Circumstances<'_>,
) -> Outcome {
    let params = &request.params;
    let method = request.method.as_str();
    let keep = |level| {
        if let Some(session) = circumstances.session {
            session.set_level(level);
        }
    };
    let served = features::serve(app, method, params, code::RESOURCE_NOT_FOUND, keep);
    if let Some(outcome) = served {
        return outcome;
    }
    let checked = match method {
        "ping" | "tools/call" => check_meta(params),
        "tools/list" => check_meta(params).and_then(|()| check_cursor(params)),
        unknown => {
            let message = format!("Method not found: {}", shown(unknown, NAME_LIMIT));
            return Outcome::refused(code::METHOD_NOT_FOUND, "MethodNotFound", message);
        }
    };
    if let Err(message) = checked {
        return Outcome::invalid_params(format!("Invalid params: {message}"));
    }
    match method {
        "tools/call" => tools::call(app, params, circumstances).await,
        "tools/list" => match app.catalog.list(circumstances.era).await {
            Some(tools) => Outcome::Success(tools),
            None => {
                let message = "no upstream can be asked for its tools";
                Outcome::refused(code::INTERNAL_ERROR, "UpstreamUnreachable", message)
            }
        },
        _ => Outcome::Success(raw("{}".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_types() {
        assert_eq!(call_type("tools/call"), "call_mcp_tool");
        assert_eq!(call_type("Tools/Call"), "call_mcp_protocol_error");
        assert_eq!(call_type("resources/read"), "mcp_resources_read");
        assert_eq!(call_type("logging/setLevel"), "mcp_logging_setLevel");
        assert_eq!(call_type("resources/subscribe"), "call_mcp_protocol_error");
        let of = call_type_of_notification;
        assert_eq!(of("notifications/initialized"), "mcp_notifications_initialized");
        assert_eq!(of("tools/list"), "list_mcp_tools");
    }
}
