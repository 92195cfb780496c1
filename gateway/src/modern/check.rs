//! What must hold before a request is run.

use axum::http::HeaderMap;

use super::meta::Meta;
use super::violation::Violation;
use super::{Facts, mirror};
use crate::app::App;
use crate::audit::Entry;
use crate::json::{member, string};
use crate::rpc::Request;
use crate::upstream::Mirrored;

/// Checks a request, in this order: what it says about itself, the headers that mirror that, its
/// method, and the headers that mirror its parameters. What is wrong with the parameters alone is
/// told by whoever takes them.
pub(super) async fn check<'a>(
    app: &App,
    request: &Request<'a>,
    facts: &Facts<'_>,
    entry: &mut Entry,
) -> Result<Meta<'a>, Violation> {
    let found = |finding: Result<(), Violation>| finding.or_else(|it| app.faults.on_violation(it));
    let meta = match Meta::read(&request.params) {
        Ok(meta) => meta,
        Err(message) => {
            found(Err(Violation::Meta(message)))?;
            Meta::assumed()
        }
    };
    entry.stateless(&meta.version);
    let headers = facts.mirrored;
    let mirrored =
        |check: &dyn Fn(&HeaderMap) -> Result<(), Violation>| found(headers.map_or(Ok(()), check));
    mirrored(&|headers| mirror::check_version(headers, &meta.version))?;
    found(meta.check_version())?;
    mirrored(&|headers| mirror::check_method(headers, &request.method))?;
    if !is_served(app, &request.method) {
        return Err(Violation::Method(request.method.clone()));
    }
    found(meta.check_optional())?;
    mirrored(&|headers| mirror::check_name(headers, request))?;
    let annotated = annotated(app, request).await;
    let arguments = member(request.params.members(), "arguments");
    mirrored(&|headers| mirror::check_arguments(headers, &annotated, arguments))?;
    Ok(meta)
}

/// Whether the method is one of this revision, and of a capability that is declared.
fn is_served(app: &App, method: &str) -> bool {
    match method {
        "server/discover" | "subscriptions/listen" | "tools/list" | "tools/call" => true,
        "resources/list"
        | "resources/templates/list"
        | "resources/read"
        | "prompts/list"
        | "prompts/get"
        | "completion/complete" => app.catalog.has_builtin(),
        _ => false,
    }
}

/// The arguments that headers mirror, of a tool that there is.
async fn annotated(app: &App, request: &Request<'_>) -> Vec<Mirrored> {
    let name = member(request.params.members(), "name").and_then(string);
    match name.as_deref().and_then(|name| app.catalog.resolve(name)) {
        Some((upstream, bare)) if request.method == "tools/call" => upstream.mirrored(bare).await,
        _ => Vec::new(),
    }
}
