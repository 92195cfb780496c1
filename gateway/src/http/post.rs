//! POST: the checks of HTTP before its body is served.

use axum::body::Body;
use axum::http::HeaderMap;

use super::accept::Accept;
use super::{body, headers};
use crate::audit::Entry;
use crate::serve::{self, Exchange, Refusal, Served};

/// Serves a POST.
pub(crate) async fn serve(
    exchange: &Exchange<'_>,
    headers: &HeaderMap,
    body: Body,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    headers::check_content_type(headers)?;
    if Accept::read(headers).is_nothing() {
        return Err(headers::not_acceptable());
    }
    let served = serve_body(exchange, headers, body, entry).await;
    served.map_err(|refusal| refusal.framed(exchange.framing(false, false)))
}

async fn serve_body(
    exchange: &Exchange<'_>,
    headers: &HeaderMap,
    body: Body,
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let bytes = body::read(headers, body).await?;
    serve::serve(exchange, &bytes, entry).await
}
