//! The HTTP client with which the gateway reaches others.

use std::time::Duration;

use reqwest::{Client, redirect};

/// A connection is made within this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A client that follows no redirect and uses no proxy: the configured address is the only one.
pub(crate) fn client() -> Result<Client, reqwest::Error> {
    // Fails only if a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
}
