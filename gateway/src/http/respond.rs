//! From a reply to an HTTP response.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use crate::app::{App, Phase};
use crate::reply::{Standing, Wire, WireBody};

/// A stream that stands open.
struct OpenStream {
    beginning: Option<Bytes>,
    every: Duration,
    comment: &'static [u8],
    ended: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// The response of axum.
pub(crate) fn respond(app: &Arc<App>, wire: Wire) -> Response {
    let body = match wire.body {
        WireBody::Whole(bytes) => Body::from(bytes),
        WireBody::Standing(beginning, standing) => standing_body(app, beginning, standing),
    };
    let mut response = Response::new(body);
    *response.status_mut() = wire.status;
    *response.headers_mut() = wire.headers;
    response
}

fn standing_body(app: &Arc<App>, beginning: Vec<u8>, standing: Standing) -> Body {
    let open = OpenStream {
        beginning: Some(beginning.into()),
        every: standing.every,
        comment: standing.comment,
        ended: Box::pin(ended(Arc::clone(app), standing)),
    };
    Body::from_stream(stream::unfold(open, |mut open| async move {
        let part = open.next_part().await?;
        Some((Ok::<_, Infallible>(part), open))
    }))
}

/// Resolves when the stream is replaced, its session ends or the gateway stops.
async fn ended(app: Arc<App>, standing: Standing) {
    let Some(ends) = standing.ends else {
        return app.reached(Phase::Draining).await;
    };
    tokio::select! {
        _ = ends => {}
        () = app.reached(Phase::Draining) => {}
    }
}

impl OpenStream {
    async fn next_part(&mut self) -> Option<Bytes> {
        if let Some(beginning) = self.beginning.take() {
            return Some(beginning);
        }
        tokio::select! {
            () = &mut self.ended => None,
            () = tokio::time::sleep(self.every) => Some(Bytes::from_static(self.comment)),
        }
    }
}
