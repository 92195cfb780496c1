//! The HTTP client of the query API, and what is said of its failures.

use crate::wire::envelope::Header;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, redirect};

/// A client without proxy, redirects or a header of its own choice.
pub(super) fn client(headers: &[Header]) -> Result<Client, String> {
    // Another part of the program may have installed a provider already; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .default_headers(header_map(headers)?)
        .build()
        .map_err(|error| reason_of(&error))
}

/// The headers, their values marked so that no message shows them.
fn header_map(headers: &[Header]) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for header in headers {
        let bad = || format!("`{}` is no header that HTTP allows", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_bytes(&header.value).map_err(|_| bad())?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

/// What went wrong, from the outermost error to its cause, without the URL and its credentials.
pub(super) fn reason_of(error: &reqwest::Error) -> String {
    let mut reason =
        if error.is_connect() { "no connection" } else { "broken exchange" }.to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        reason = format!("{reason}: {inner}");
        cause = inner.source();
    }
    reason
}
