//! The exchanges by their time, for records that say nothing of their origin.

use super::ExchangeKey;
use crate::audit::record::AuditRecord;
use crate::wire::id::{Id, IdRelation};
use crate::wire::json::Json;

/// By how much a record's start may lie outside of the exchange, in seconds: products round times.
const SLACK: f64 = 0.005;

/// What ran when a record began.
#[derive(Default)]
pub(super) struct Moment {
    /// The exchanges that ran alone, ascending; more than one where their windows overlap.
    pub(super) alone: Vec<usize>,
    /// Whether an exchange that did not run alone may have been under way, too.
    pub(super) busy: bool,
}

/// The windows of all exchanges.
pub(super) struct Moments<'a> {
    exchanges: &'a [ExchangeKey<'a>],
    /// Windows of the exchanges that ran alone, by their start.
    alone: Vec<Window>,
    /// The time during which any other exchange ran, as disjoint windows, by their start.
    busy: Vec<Window>,
}

/// A closed interval of time, seconds since the Unix epoch.
#[derive(Clone, Copy)]
struct Window {
    from: f64,
    to: f64,
    /// The latest end of this window and all before it, so that a search backwards knows its end.
    latest: f64,
    exchange: usize,
}

impl<'a> Moments<'a> {
    pub(super) fn new(exchanges: &'a [ExchangeKey<'a>]) -> Self {
        let (alone, busy): (Vec<_>, Vec<_>) =
            windows(exchanges).partition(|window| is_alone(exchanges, window));
        Self { exchanges, alone: by_start(alone), busy: union(by_start(busy)) }
    }

    /// What ran when the record began. Exchanges that the record contradicts are left out.
    pub(super) fn find(&self, record: &AuditRecord) -> Moment {
        let Some(start) = record.start.filter(|start| start.is_finite()) else {
            return Moment::default();
        };
        let mut alone: Vec<usize> = covering(&self.alone, start)
            .map(|window| window.exchange)
            .filter(|exchange| self.may_be_of(*exchange, record))
            .collect();
        alone.sort_unstable();
        Moment { alone, busy: covering(&self.busy, start).next().is_some() }
    }

    fn may_be_of(&self, exchange: usize, record: &AuditRecord) -> bool {
        self.exchanges.get(exchange).is_some_and(|exchange| !contradicts(exchange, record))
    }
}

fn windows(exchanges: &[ExchangeKey<'_>]) -> impl Iterator<Item = Window> {
    let finite =
        |exchange: &ExchangeKey<'_>| exchange.started.is_finite() && exchange.ended.is_finite();
    exchanges.iter().enumerate().filter(move |(_, exchange)| finite(exchange)).map(
        |(number, exchange)| Window {
            from: exchange.started - SLACK,
            to: exchange.ended + SLACK,
            latest: f64::NEG_INFINITY,
            exchange: number,
        },
    )
}

fn is_alone(exchanges: &[ExchangeKey<'_>], window: &Window) -> bool {
    exchanges.get(window.exchange).is_some_and(|exchange| exchange.alone)
}

fn by_start(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_by(|one, two| one.from.total_cmp(&two.from));
    let mut latest = f64::NEG_INFINITY;
    for window in &mut windows {
        latest = latest.max(window.to);
        window.latest = latest;
    }
    windows
}

/// Joins windows that overlap; expects and keeps the order by start.
fn union(windows: Vec<Window>) -> Vec<Window> {
    let mut joined: Vec<Window> = Vec::new();
    for window in windows {
        match joined.last_mut().filter(|last| window.from <= last.to) {
            Some(last) => (last.to, last.latest) = (last.to.max(window.to), window.latest),
            None => joined.push(window),
        }
    }
    joined
}

/// The windows that contain a time, from the latest start backwards.
fn covering(windows: &[Window], time: f64) -> impl Iterator<Item = &Window> {
    let begun = windows.partition_point(|window| window.from <= time);
    windows
        .iter()
        .take(begun)
        .rev()
        .take_while(move |window| window.latest >= time)
        .filter(move |window| window.to >= time)
}

/// Whether the record names another session, method or id than the exchange has. Somebody else's
/// traffic can fall into our window; what it says of itself tells it apart.
fn contradicts(exchange: &ExchangeKey<'_>, record: &AuditRecord) -> bool {
    differ(exchange.session_id.as_deref(), record.session_id.as_deref())
        || differ(exchange.method.as_deref(), record.method.as_deref())
        || match (&exchange.jsonrpc_id, &record.jsonrpc_id) {
            (Some(sent), Some(recorded)) => other_id(sent, recorded),
            _ => false,
        }
}

/// Whether both are known and not the same.
fn differ(one: Option<&str>, two: Option<&str>) -> bool {
    one.zip(two).is_some_and(|(one, two)| one != two)
}

/// Whether a recorded id is another one. Products that write ids as text, or bend them otherwise in a
/// recognisable way, still mean the same id.
fn other_id(sent: &Json, recorded: &Json) -> bool {
    Id::relation(sent, recorded) == IdRelation::Different
}
