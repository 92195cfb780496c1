//! The seam of what is told around the endpoint: OAuth metadata, redirects and debug headers.

use axum::http::{HeaderMap, header};

use super::{Fault, Faults};
use crate::oauth::forwarded;

/// An origin that no client outside can reach.
const INTERNAL: &str = "http://gateway.internal:8080";

impl Faults {
    /// The public origin that is told. `own` is the address that is listened on.
    pub(crate) fn on_origin(&self, origin: String, own: &str, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        match host {
            Some(host) if self.has(Fault::IssuerFromHost) => format!("http://{host}"),
            _ if self.has(Fault::ForwardedTrusted) => forwarded(headers, own).unwrap_or(origin),
            _ => origin,
        }
    }

    /// The origin of the protected resource.
    pub(crate) fn resource(&self, origin: &str) -> String {
        let internal = self.has(Fault::ResourceInternal);
        if internal { INTERNAL.to_owned() } else { origin.to_owned() }
    }

    /// The issuer.
    pub(crate) fn issuer(&self, origin: &str) -> String {
        let internal = self.has(Fault::IssuerInternal);
        if internal { INTERNAL.to_owned() } else { origin.to_owned() }
    }

    /// Whether the authorization endpoint does not look where it redirects to.
    pub(crate) fn redirects_anywhere(&self) -> bool {
        self.has(Fault::RedirectUnchecked)
    }

    /// Whether credentials are shown.
    pub(crate) fn unmasks(&self) -> bool {
        self.has(Fault::DebugUnmasked)
    }
}
