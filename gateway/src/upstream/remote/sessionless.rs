//! The upstream in the revision without a handshake, where it knows that one too.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::timeout;

use super::super::era::Era;
use super::super::wire::UpstreamSession;
use super::{Failed, Outbound, Remote, Reply, Unavailable, messages, mirrors};

/// An upstream that does not answer what it does not know within this time is spoken to as ever.
const DISCOVERY_BUDGET: Duration = Duration::from_secs(1);
/// The error of an upstream that has no handshake, and speaks another revision than ours.
const UNSUPPORTED_VERSION: i64 = -32022;

impl Remote {
    /// The era in which a caller's request is sent on: its own, where the upstream knows it. What the
    /// upstream knows is found out once. Older servers answer what they do not know in any way; only an
    /// error of the new revision says that there is no handshake either (2026-07-28, Backward Compatibility).
    pub(super) async fn era(&self, of_caller: Era) -> Result<Era, Unavailable> {
        if of_caller == Era::Handshake {
            return Ok(Era::Handshake);
        }
        let mut known = self.era.lock().await;
        if let Some(known) = *known {
            return Ok(known);
        }
        let mut request = self.request("server/discover", Some(params()));
        request.mirrors = mirrors::of_method("server/discover");
        let session = UpstreamSession::STATELESS;
        let asked = self.exchange(&request, Some(&session));
        let era = match timeout(DISCOVERY_BUDGET, asked).await {
            Ok(Ok((Reply::Result(result), _))) if messages::is_stateless(&result) => Era::Stateless,
            Ok(Ok((Reply::Error(error), _))) if error.code == UNSUPPORTED_VERSION => {
                return Err(Unavailable::Garbage("revision that is spoken here"));
            }
            Ok(Err(Failed::For(cause @ (Unavailable::Connect | Unavailable::Broken)))) => {
                return Err(cause);
            }
            // It may only have been slow: it is asked again the next time.
            Err(_) => return Ok(Era::Handshake),
            Ok(_) => Era::Handshake,
        };
        *known = Some(era);
        Ok(era)
    }

    /// Sends a request in an era.
    pub(super) async fn ask_in(
        &self,
        era: Era,
        request: &Outbound<'_>,
    ) -> Result<Reply, Unavailable> {
        if era == Era::Handshake {
            return self.ask(request).await;
        }
        match self.exchange(request, Some(&UpstreamSession::STATELESS)).await {
            Ok((reply, _)) => Ok(reply),
            Err(Failed::For(cause)) => Err(cause),
            Err(Failed::SessionGone) => Err(Unavailable::Status(StatusCode::NOT_FOUND.as_u16())),
        }
    }
}

/// The parameters of a request that says nothing but what every one must.
fn params() -> String {
    format!("{{{}}}", messages::meta(None, None))
}
