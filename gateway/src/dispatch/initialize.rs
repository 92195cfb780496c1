//! `initialize`: which revision is spoken, and who we are.

use serde_json::json;
use serde_json::value::RawValue;

use super::features::capabilities;
use crate::app::App;
use crate::revision::Revision;
use crate::rpc::{InitializeParams, Params, check_meta};

/// The revision that the client asks for, or the newest one (lifecycle, Version Negotiation).
pub(crate) fn negotiate(params: &Params<'_>) -> Result<Revision, String> {
    check_meta(params)
        .and_then(|()| InitializeParams::read(params))
        .map(|params| Revision::named(&params.protocol_version).unwrap_or(Revision::NEWEST))
        .map_err(|message| format!("Invalid params: {message}"))
}

/// The result of `initialize`.
pub(crate) fn introduction(app: &App, revision: Revision) -> Box<RawValue> {
    let result = json!({
        "protocolVersion": revision.name(),
        "capabilities": capabilities(app),
        "serverInfo": {"name": crate::NAME, "version": crate::VERSION},
    });
    crate::json::raw(result.to_string())
}
