//! How much of what came back a run keeps. It judges at its end, when the records are there, and a
//! hostile target must not fill the memory until then.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::case::expectation::ReplyKind;
use crate::oracle::evidence::Exchange;
use crate::wire::delivery::{Delivery, End};

/// Bytes that the answers of one run may cost together.
const BUDGET: usize = 256 * 1024 * 1024;

/// Bytes that one answer may cost.
const ONE: usize = 64 * 1024 * 1024;

/// Answers up to this length are always kept whole.
const SHORT: usize = 16 * 1024;

/// The bound on the answers of one run.
#[derive(Debug, Default)]
pub struct Kept(AtomicUsize);

impl Kept {
    /// Cuts an answer that would cost more than may be kept, as if the reader's bound were lower.
    /// An answer that was cut by the reader shows no more by its length, so little of it is kept.
    pub fn admit(&self, delivery: &mut Delivery) {
        let cut = delivery.end == End::Overflow;
        let Some(body) = delivery.bytes_mut() else { return };
        if body.len() <= SHORT {
            return;
        }
        let cost = cost(body);
        let fits = |spent: usize| spent.checked_add(cost).filter(|sum| *sum <= BUDGET);
        let whole = !cut
            && cost <= ONE
            && self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if !whole {
            body.truncate(SHORT);
        }
        body.shrink_to_fit();
        if !whole {
            delivery.end = End::Overflow;
        }
    }

    /// Lets go of all of an exchange but what tells how it went and finds its record; gives back
    /// what it cost.
    pub fn slim(&self, exchange: &mut Exchange) {
        let observation = &mut exchange.observation;
        observation.responses = Vec::new();
        exchange.envelope.body = Vec::new();
        let cut = exchange.delivery.end == End::Overflow;
        let Some(body) = exchange.delivery.bytes_mut() else { return };
        let long = body.len() > SHORT;
        if long && !cut {
            self.0.fetch_sub(cost(body), Ordering::Relaxed);
        }
        // Of an error the code is still to be told.
        if long || observation.kind != ReplyKind::Error {
            observation.main = None;
        }
        *body = Vec::new();
        let Some(response) = &mut exchange.delivery.response else { return };
        response.headers.retain(|header| header.is("mcp-session-id"));
    }
}

/// What an answer costs in memory, nearly: its bytes, its texts twice more, and a node in two trees
/// for each value.
fn cost(body: &[u8]) -> usize {
    let values = body.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count();
    body.len() * 3 + values * 2 * 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::delivery::Response;
    use std::time::Duration;

    fn delivery(body: Vec<u8>, end: End) -> Delivery {
        let response = Response { status: 200, headers: Vec::new(), body };
        Delivery {
            output: None,
            response: Some(response),
            end,
            elapsed: Duration::ZERO,
            surplus: 0,
        }
    }

    fn admitted(kept: &Kept, body: Vec<u8>, end: End) -> (usize, End) {
        let mut delivery = delivery(body, end);
        kept.admit(&mut delivery);
        (delivery.response.unwrap().body.len(), delivery.end)
    }

    #[test]
    fn an_answer_that_was_cut_keeps_its_beginning_only() {
        let kept = Kept::default();
        let body = vec![b'x'; 1024 * 1024];
        assert_eq!(admitted(&kept, body.clone(), End::Overflow), (SHORT, End::Overflow));
        assert_eq!(admitted(&kept, body, End::Complete), (1024 * 1024, End::Complete));
    }

    #[test]
    fn many_small_values_cost_more_than_their_bytes() {
        let kept = Kept::default();
        let body = b"1,".repeat(512 * 1024);
        assert_eq!(admitted(&kept, body, End::Complete), (SHORT, End::Overflow));
    }

    #[test]
    fn a_run_keeps_no_more_than_its_budget_of_long_answers() {
        let kept = Kept::default();
        let long = || vec![b'x'; 8 * 1024 * 1024];
        let whole = (0..100).filter(|_| admitted(&kept, long(), End::Complete).1 == End::Complete);
        assert_eq!(whole.count(), 10);
        let short = vec![b'x'; SHORT];
        assert_eq!(admitted(&kept, short, End::Complete), (SHORT, End::Complete));
    }
}
