//! What was delivered and waits to be read: bounded in bytes, those that are still on their way included.

use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::source::Line;

/// Bytes that a delivery costs beside its own: a flood of tiny ones is bounded by it.
const COST: usize = 256;

/// One delivery, which is read into lines when it is taken.
pub(in crate::source) struct Delivery(Box<dyn FnOnce() -> Vec<Line> + Send>);

impl Delivery {
    /// A delivery that is read later.
    pub(in crate::source) fn new(read: impl FnOnce() -> Vec<Line> + Send + 'static) -> Self {
        Self(Box::new(read))
    }

    /// The lines of the delivery.
    pub(super) fn read(self) -> Vec<Line> {
        (self.0)()
    }
}

/// Deliveries in the order of their arrival.
pub(super) struct Queue {
    bound: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Each with the bytes that it holds.
    waiting: VecDeque<(Delivery, usize)>,
    /// Bytes of those that wait and those that arrive.
    held: usize,
    lost: u64,
}

impl Queue {
    /// An empty queue that holds so many bytes at most.
    pub(super) fn new(bound: usize) -> Arc<Self> {
        Arc::new(Self { bound, state: Mutex::default() })
    }

    /// Room for a delivery that begins to arrive; none where the queue is full.
    pub(super) fn room(self: &Arc<Self>) -> Option<Room> {
        let mut room = Room { queue: Arc::clone(self), held: 0 };
        room.grow(COST).then_some(room)
    }

    /// Puts a delivery into its room.
    pub(super) fn push(&self, delivery: Delivery, mut room: Room) {
        let held = std::mem::take(&mut room.held);
        self.state().waiting.push_back((delivery, held));
    }

    /// The delivery that waits longest.
    pub(super) fn pop(&self) -> Option<Delivery> {
        let mut state = self.state();
        let (delivery, held) = state.waiting.pop_front()?;
        state.held -= held;
        Some(delivery)
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.state().waiting.is_empty()
    }

    /// Counts a delivery for which there was no room.
    pub(super) fn lose(&self) {
        self.state().lost += 1;
    }

    /// Deliveries for which there was no room.
    pub(super) fn lost(&self) -> u64 {
        self.state().lost
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is whole when the lock is let go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Debug for Queue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Queue")
            .field("waiting", &state.waiting.len())
            .field("held", &state.held)
            .field("lost", &state.lost)
            .finish_non_exhaustive()
    }
}

/// Bytes of the queue that one delivery holds while it arrives; given back when it is dropped.
pub(in crate::source) struct Room {
    queue: Arc<Queue>,
    held: usize,
}

impl Room {
    /// Takes further bytes; false, and nothing taken, where the queue has not as many left.
    pub(in crate::source) fn grow(&mut self, bytes: usize) -> bool {
        let mut state = self.queue.state();
        let fits = state.held.saturating_add(bytes) <= self.queue.bound;
        if fits {
            state.held += bytes;
            self.held += bytes;
        }
        fits
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.queue.state().held -= self.held;
    }
}

#[cfg(test)]
mod tests {
    use super::{COST, Delivery, Queue};
    use crate::source::Line;

    fn delivery(text: &'static str) -> Delivery {
        Delivery::new(move || vec![Line::Text(text.to_owned())])
    }

    #[test]
    fn gives_what_came_in_order() {
        let queue = Queue::new(10 * COST);
        for text in ["1", "2"] {
            let room = queue.room().expect("room");
            queue.push(delivery(text), room);
        }
        assert_eq!(queue.pop().expect("one").read(), [Line::Text("1".to_owned())]);
        assert_eq!(queue.pop().expect("one").read(), [Line::Text("2".to_owned())]);
        assert!(queue.pop().is_none() && queue.is_empty());
    }

    #[test]
    fn holds_no_more_than_its_bound() {
        let queue = Queue::new(2 * COST);
        let mut first = queue.room().expect("room");
        assert!(first.grow(COST - 1));
        assert!(queue.room().is_none(), "what still arrives counts");
        assert!(!first.grow(2) && first.grow(1));
        queue.push(delivery("1"), first);
        assert!(queue.room().is_none(), "what waits counts");
        queue.pop();
        let mut second = queue.room().expect("room again");
        assert!(second.grow(COST));
        drop(second);
        assert!(queue.room().is_some(), "what broke off gives its room back");
    }
}
