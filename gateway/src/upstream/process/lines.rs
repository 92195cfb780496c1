//! Lines that a child writes, with bounded memory.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

use crate::upstream::wire::ANSWER_LIMIT;

/// The reader of one output.
pub(super) struct Lines<R>(BufReader<R>);

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(output: R) -> Self {
        Self(BufReader::new(output))
    }

    /// The next line with its end; `None` at the end of the output, or behind a line that is longer than
    /// any answer.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.0).take(ANSWER_LIMIT as u64 + 1);
        bounded.read_until(b'\n', &mut line).await.ok()?;
        (!line.is_empty() && line.len() <= ANSWER_LIMIT).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_have_a_bound() {
        let mut text = b"one\n\ntwo".to_vec();
        let mut lines = Lines::new(text.as_slice());
        for expected in ["one\n", "\n", "two"] {
            assert_eq!(lines.next().await.as_deref(), Some(expected.as_bytes()));
        }
        assert_eq!(lines.next().await, None);
        text = vec![b'x'; ANSWER_LIMIT + 1];
        assert_eq!(Lines::new(text.as_slice()).next().await, None);
    }
}
