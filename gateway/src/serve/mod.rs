//! What becomes of a message, whatever carries it. HTTP and stdio share all of this, so that the
//! same message gets the same answer on both.

mod batch;
mod exchange;
mod message;
mod refusal;
mod stateless;

use crate::audit::Entry;
use crate::json::{self, Kind, elements, kind};

pub(crate) use exchange::{Carrier, Exchange, Served, ServedKind};
pub(crate) use refusal::Refusal;

/// Serves the text of one message, or of a batch of them.
pub(crate) async fn serve(
    exchange: &Exchange<'_>,
    bytes: &[u8],
    entry: &mut Entry,
) -> Result<Served, Refusal> {
    let text = json::read(bytes).map_err(Refusal::unparsable)?;
    if exchange.is_modern(text) {
        let served = stateless::serve(exchange, text, entry).await;
        return served.map_err(Refusal::without_null_id);
    }
    exchange.check_version()?;
    if kind(text) == Kind::Array {
        let items = elements(text).unwrap_or_default();
        batch::check(text, &items)?;
        return batch::serve(exchange, &items, entry).await;
    }
    message::serve(exchange, text, entry).await
}
