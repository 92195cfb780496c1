//! Bytes that arrived and were not yet consumed. Knows nothing of what they mean.

/// Bytes that one read asks for.
const READ_SIZE: usize = 16 * 1024;

/// A buffer that is filled behind and consumed in front; its allocation is kept.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
}

impl Inbox {
    /// What is there and not consumed.
    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Whether everything was consumed.
    pub(super) fn is_empty(&self) -> bool {
        self.start >= self.bytes.len()
    }

    /// Marks the first `count` unread bytes as consumed.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.bytes.len());
        if self.is_empty() {
            self.clear();
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.start = 0;
    }

    /// The vector to append to, with room for one read.
    pub(super) fn room(&mut self) -> &mut Vec<u8> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.bytes.capacity() - self.bytes.len() < READ_SIZE / 4 {
            self.bytes.reserve(READ_SIZE);
        }
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_leave_in_the_order_in_which_they_came() {
        let mut inbox = Inbox::default();
        inbox.room().extend_from_slice(b"abcdef");
        inbox.consume(2);
        assert_eq!(inbox.unread(), b"cdef");
        inbox.room().extend_from_slice(b"gh");
        assert_eq!(inbox.unread(), b"cdefgh");
        inbox.consume(100);
        assert!(inbox.is_empty());
        assert_eq!(inbox.unread(), b"");
    }

    #[test]
    fn room_for_a_read_is_kept_and_reused() {
        let mut inbox = Inbox::default();
        let capacity = inbox.room().capacity();
        assert!(capacity >= READ_SIZE);
        for _ in 0..100 {
            inbox.room().extend_from_slice(b"0123456789");
            let count = inbox.unread().len();
            inbox.consume(count);
        }
        assert_eq!(inbox.room().capacity(), capacity);
    }

    #[test]
    fn what_was_consumed_takes_no_room() {
        let mut inbox = Inbox::default();
        for _ in 0..10_000 {
            inbox.room().extend_from_slice(&[b'x'; 100]);
            let count = inbox.unread().len() - 1;
            inbox.consume(count);
        }
        assert_eq!(inbox.unread(), b"x");
        assert!(inbox.room().capacity() <= 2 * READ_SIZE);
    }
}
