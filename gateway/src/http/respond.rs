//! From a reply to an HTTP response.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::app::{App, Phase};
use crate::reply::{Standing, Wire, WireBody, unnumbered_event};

/// A stream that stands open.
struct OpenStream {
    beginning: Option<Bytes>,
    every: Duration,
    comment: &'static [u8],
    ended: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// What is sent when the stream ends.
    last: Option<Bytes>,
    over: bool,
}

/// The response of axum.
pub(crate) fn respond(app: &Arc<App>, wire: Wire) -> Response {
    let body = match wire.body {
        WireBody::Whole(bytes) => Body::from(bytes),
        WireBody::Standing(beginning, standing) => standing_body(app, beginning, standing),
        WireBody::Live(beginning, events) => live_body(beginning, events),
    };
    let mut response = Response::new(body);
    *response.status_mut() = wire.status;
    *response.headers_mut() = wire.headers;
    response
}

fn live_body(beginning: Vec<u8>, events: mpsc::Receiver<Bytes>) -> Body {
    let beginning = (!beginning.is_empty()).then(|| Bytes::from(beginning));
    Body::from_stream(stream::unfold(
        (beginning, events),
        |(mut beginning, mut events)| async move {
            let part = match beginning.take() {
                Some(beginning) => beginning,
                None => events.recv().await?,
            };
            Some((Ok::<_, Infallible>(part), (None, events)))
        },
    ))
}

fn standing_body(app: &Arc<App>, beginning: Vec<u8>, mut standing: Standing) -> Body {
    let last = standing.last.take().map(|last| unnumbered_event(last.text().get()).into());
    let open = OpenStream {
        beginning: Some(beginning.into()),
        last,
        over: false,
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
        if self.over {
            return None;
        }
        tokio::select! {
            () = &mut self.ended => {
                self.over = true;
                self.last.take()
            }
            () = tokio::time::sleep(self.every) => Some(Bytes::from_static(self.comment)),
        }
    }
}
