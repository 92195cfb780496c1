//! What a client of OAuth asks of the gateway, outside its endpoint and without credentials. Leaves no
//! record: nothing here is a message of MCP.

mod authorize;
mod metadata;
mod origin;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::App;
use crate::serve::Refusal;
use authorize::Answer;

pub(crate) use origin::{Origins, Way, forwarded, is_origin};

/// A page for clients of OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// The metadata of the protected resource: of the endpoint, and at the root for clients that look
    /// nowhere else.
    Resource,
    /// The metadata of the authorization server; its issuer has no path, so that it is at the root.
    Server,
    /// The authorization endpoint.
    Authorize,
    /// The token endpoint.
    Token,
}

impl Page {
    /// The page at a path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        match path {
            "/.well-known/oauth-protected-resource"
            | "/.well-known/oauth-protected-resource/mcp" => Some(Self::Resource),
            "/.well-known/oauth-authorization-server" => Some(Self::Server),
            "/authorize" => Some(Self::Authorize),
            "/token" => Some(Self::Token),
            _ => None,
        }
    }

    /// The only method that is served.
    const fn method(self) -> (&'static str, Method) {
        match self {
            Self::Token => ("POST", Method::POST),
            Self::Resource | Self::Server | Self::Authorize => ("GET", Method::GET),
        }
    }
}

/// Serves a request for a page. `Host` is not looked at: the pages say the same under every name, and a
/// proxy may send any.
pub(crate) fn serve(app: &App, page: Page, parts: &Parts) -> Result<Response, Refusal> {
    let (name, method) = page.method();
    if parts.method != method {
        return Err(Refusal::method(name));
    }
    let way = Way { peer: peer(parts), headers: &parts.headers };
    let origin = app.faults.on_origin(app.origins.of(way), app.origins.own(), &parts.headers);
    Ok(match page {
        Page::Resource => {
            let resource = app.faults.resource(&origin);
            document(StatusCode::OK, &metadata::protected_resource(&resource, &origin))
        }
        Page::Server => {
            let issuer = app.faults.issuer(&origin);
            document(StatusCode::OK, &metadata::authorization_server(&issuer))
        }
        Page::Authorize => {
            let query = parts.uri.query().unwrap_or_default();
            authorized(authorize::answer(query, &origin, app.faults.redirects_anywhere()))
        }
        // RFC 6749 section 5.2: there is no grant for which a token could be had.
        Page::Token => refused("unsupported_grant_type", "this gateway issues no tokens"),
    })
}

/// Where the metadata of the endpoint as a protected resource are.
pub(crate) fn metadata_url(app: &App, parts: &Parts) -> String {
    let origin = app.origins.of(Way { peer: peer(parts), headers: &parts.headers });
    format!("{origin}/.well-known/oauth-protected-resource/mcp")
}

/// The other end of the connection.
fn peer(parts: &Parts) -> Option<std::net::IpAddr> {
    let info = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
    info.map(|info| info.0.ip())
}

fn authorized(answer: Answer) -> Response {
    match answer {
        Answer::Refused(why) => refused("invalid_request", why),
        Answer::Redirected(to) => match HeaderValue::from_str(&to) {
            Ok(to) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::FOUND;
                response.headers_mut().insert(header::LOCATION, to);
                response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
                response
            }
            Err(_) => refused("invalid_request", "redirect_uri cannot stand in a header"),
        },
    }
}

/// RFC 6749 section 5.1: nothing of the kind is kept by caches.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn refused(error: &str, why: &str) -> Response {
    document(StatusCode::BAD_REQUEST, &json!({"error": error, "error_description": why}))
}

fn document(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}
