//! What clients are told about tokens: the metadata of the protected resource (RFC 9728 section 2) and of
//! the authorization server (RFC 8414 section 2).

use serde_json::{Value, json};

/// Where the endpoint is below the origin.
const ENDPOINT: &str = "/mcp";

/// The metadata of the endpoint as a protected resource.
pub(super) fn protected_resource(resource: &str, issuer: &str) -> Value {
    json!({
        "resource": format!("{resource}{ENDPOINT}"),
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
    })
}

/// The metadata of the authorization server, whose issuer is an origin without a path.
pub(super) fn authorization_server(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}
