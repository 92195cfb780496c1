//! The debug headers, which tell whoever asks with `x-litellm-mcp-debug: true` what becomes of his
//! credentials. The names are those that operators of the LiteLLM proxy know.
//!
//! A credential is shown by its scheme and stars that are always as many: no character of it, and not
//! its length either, since a key is often short and its ends are what is left to guess.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::app::App;

/// The header that asks.
const ASKED: &str = "x-litellm-mcp-debug";
/// What stands in the place of a credential.
const MASK: &str = "********";
/// What stands where there is nothing.
const NONE: &str = "(none)";
/// Behind a token that is the key of the gateway itself: the upstream could use the gateway with it.
const SAME: &str = " (SAME_AS_LITELLM_KEY - likely misconfigured)";

/// The headers for a request that was admitted; empty for one that does not ask.
pub(super) fn headers(app: &App, asked: &HeaderMap) -> HeaderMap {
    let wanted =
        asked.get(ASKED).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    if !wanted {
        return HeaderMap::new();
    }
    let inbound = asked.get(header::AUTHORIZATION).map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        if app.faults.unmasks() { value.into_owned() } else { masked(&value) }
    });
    let hops = app.catalog.hops();
    let token = hops.iter().find_map(|hop| hop.authorization.as_deref());
    let same = token.is_some_and(|token| app.gate.is_key(token));
    let outbound: Vec<&str> = hops.iter().map(|hop| hop.address.as_str()).collect();
    let resolution = if token.is_some() { "static-token" } else { "no-auth" };
    let told = [
        ("x-mcp-debug-inbound-auth", inbound.unwrap_or_else(|| NONE.to_owned())),
        (
            "x-mcp-debug-oauth2-token",
            token.map_or_else(|| NONE.to_owned(), |it| hop_token(it, same)),
        ),
        ("x-mcp-debug-auth-resolution", resolution.to_owned()),
        ("x-mcp-debug-outbound-url", outbound.join(", ")),
        (
            "x-mcp-debug-server-auth-type",
            if token.is_some() { "bearer" } else { "none" }.to_owned(),
        ),
    ];
    let header = |(name, value): (&'static str, String)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
    };
    told.into_iter().filter_map(header).collect()
}

fn hop_token(token: &str, same: bool) -> String {
    format!("{}{}", masked(token), if same { SAME } else { "" })
}

/// A credential of which nothing but its scheme is told.
fn masked(value: &str) -> String {
    let scheme = ["Bearer", "Basic"].into_iter().find(|scheme| {
        let start = value.get(..scheme.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(scheme)
            && value.get(scheme.len()..).is_some_and(|it| it.starts_with(' '))
    });
    scheme.map_or_else(|| MASK.to_owned(), |scheme| format!("{scheme} {MASK}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_scheme_is_told() {
        for (value, told) in [
            ("Bearer sesame-open", "Bearer ********"),
            ("bearer x", "Bearer ********"),
            ("Basic dXNlcjpwYXNz", "Basic ********"),
            ("sesame-open", "********"),
            ("Bearersesame", "********"),
            ("Secret sesame", "********"),
            ("", "********"),
            ("é", "********"),
        ] {
            assert_eq!(masked(value), told, "{value}");
        }
    }
}
