//! The chunked transfer coding (RFC 9112 section 7.1), undone piece by piece. Strict: what a lenient
//! reader would guess at is reported. Knows no socket.

use crate::wire::delivery::End;

/// Bytes of a chunk's size line with its extensions, without the line end.
const MAX_SIZE_LINE: usize = 4096;

/// A decoder of one chunked body.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    /// Bytes that the trailer section may still have.
    trailer_left: usize,
    /// Bytes that the body may have.
    max_body: usize,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Size,
    Data(u64),
    DataEnd,
    Trailer,
    Done,
}

impl Chunked {
    /// A decoder that allows `max_body` bytes of content and `max_trailer` bytes of trailers.
    pub(super) const fn new(max_body: usize, max_trailer: usize) -> Self {
        Self { state: State::Size, trailer_left: max_trailer, max_body }
    }

    /// Whether the last chunk and the trailer section were read.
    pub(super) const fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Decodes as much of `input` as can be decoded, appends content to `body` and returns how many
    /// bytes were used. The rest must be given again, with more behind it.
    ///
    /// # Errors
    ///
    /// [`End::NotHttp`] for malformed framing, [`End::Overflow`] when the body grows too large.
    pub(super) fn decode(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<usize, End> {
        let mut rest = input;
        loop {
            let used = match self.state {
                State::Size => self.size(rest)?,
                State::Data(left) => self.data(rest, left, body)?,
                State::DataEnd => self.data_end(rest)?,
                State::Trailer => self.trailer(rest)?,
                State::Done => 0,
            };
            if used == 0 {
                return Ok(input.len() - rest.len());
            }
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    fn size(&mut self, rest: &[u8]) -> Result<usize, End> {
        // A line that cannot become one any more is told at once, not at its end.
        if rest.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) {
            return Err(malformed("a chunk size does not begin with a hexadecimal digit"));
        }
        let Some((line, used)) = take_line(rest, MAX_SIZE_LINE)? else {
            return Ok(0);
        };
        self.state = match parse_size(line)? {
            0 => State::Trailer,
            size => State::Data(size),
        };
        Ok(used)
    }

    fn data(&mut self, rest: &[u8], left: u64, body: &mut Vec<u8>) -> Result<usize, End> {
        let room = self.max_body.saturating_sub(body.len());
        let wanted = usize::try_from(left).unwrap_or(usize::MAX);
        let count = rest.len().min(wanted).min(room);
        body.extend_from_slice(rest.get(..count).unwrap_or_default());
        if count == room && wanted > room {
            return Err(End::Overflow);
        }
        let left = left.saturating_sub(count as u64);
        self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
        Ok(count)
    }

    fn data_end(&mut self, rest: &[u8]) -> Result<usize, End> {
        if rest.starts_with(b"\r\n") {
            self.state = State::Size;
            return Ok(2);
        }
        if rest.is_empty() || rest == b"\r" {
            return Ok(0);
        }
        Err(malformed("chunk data does not end where its size says"))
    }

    fn trailer(&mut self, rest: &[u8]) -> Result<usize, End> {
        let Some((line, used)) = take_line(rest, self.trailer_left)? else {
            return Ok(0);
        };
        self.trailer_left = self.trailer_left.saturating_sub(used);
        if line.is_empty() {
            self.state = State::Done;
        }
        Ok(used)
    }
}

/// The first line without its CRLF, and its length with it; none when it has not ended yet.
fn take_line(rest: &[u8], max: usize) -> Result<Option<(&[u8], usize)>, End> {
    let Some(feed) = rest.iter().take(max.saturating_add(2)).position(|byte| *byte == b'\n') else {
        let too_long = rest.len() > max.saturating_add(1);
        return if too_long { Err(malformed("a chunk line is too long")) } else { Ok(None) };
    };
    match rest.get(..feed).and_then(|line| line.strip_suffix(b"\r")) {
        Some(line) => Ok(Some((line, feed + 1))),
        None => Err(malformed("a chunk line ends in a bare line feed")),
    }
}

/// The number before the extensions: `1*HEXDIG [ BWS ";" ... ]`.
fn parse_size(line: &[u8]) -> Result<u64, End> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (number, extension) = line.split_at_checked(digits).unwrap_or_default();
    if !matches!(extension.trim_ascii_start().first(), None | Some(b';')) {
        return Err(malformed("a chunk size is followed by something else than an extension"));
    }
    let number = std::str::from_utf8(number).ok();
    let size = number.and_then(|text| u64::from_str_radix(text, 16).ok());
    size.ok_or_else(|| malformed("a chunk size is larger than 64 bits"))
}

fn malformed(what: &str) -> End {
    End::NotHttp(format!("malformed chunked coding: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds `input` in pieces of `piece` bytes, as an inbox would.
    fn decode(input: &[u8], piece: usize, max_body: usize) -> (Result<bool, End>, Vec<u8>, usize) {
        let (mut chunked, mut body) = (Chunked::new(max_body, 100), Vec::new());
        let (mut start, mut end) = (0, 0);
        while end < input.len() && !chunked.is_done() {
            end = (end + piece).min(input.len());
            match chunked.decode(&input[start..end], &mut body) {
                Ok(used) => start += used,
                Err(fault) => return (Err(fault), body, start),
            }
        }
        (Ok(chunked.is_done()), body, start)
    }

    #[test]
    fn content_is_freed_of_its_coding_in_any_pieces() {
        let input =
            b"5\r\nhello\r\n00c;ext=\"v\"\r\n, wide world\r\n1 ; a\r\n!\r\n0\r\nT: 1\r\n\r\nmore";
        for piece in 1..=input.len() {
            let (done, body, used) = decode(input, piece, 1000);
            assert_eq!(done, Ok(true), "{piece}");
            assert_eq!(String::from_utf8_lossy(&body), "hello, wide world!", "{piece}");
            assert_eq!(&input[used..], b"more", "{piece}");
        }
    }

    #[test]
    fn malformed_coding_is_reported() {
        let long = format!("1;{}", "x".repeat(MAX_SIZE_LINE + 10));
        let trailers = format!("0\r\n{}\r\n", "a: b\r\n".repeat(30));
        for bad in [
            "x",
            "\r\n",
            "-1\r\n",
            "5 5\r\n",
            "5x\r\n",
            "0x5\r\n",
            "5\nhello",
            "5\r\nhelloo\r\n",
            "5\r\nhello\n",
            "11112222333344445\r\n",
            "0\r\n\n",
            &long,
            &trailers,
        ] {
            for piece in [1, 7, usize::MAX / 2] {
                let (outcome, _, _) = decode(bad.as_bytes(), piece, 1000);
                assert!(matches!(outcome, Err(End::NotHttp(_))), "{bad:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn a_coding_that_stops_is_not_done() {
        for cut in ["", "5", "5\r", "5\r\nhel", "5\r\nhello\r", "0\r\n", "0\r\nT: x\r\n"] {
            assert_eq!(decode(cut.as_bytes(), 1, 1000).0, Ok(false), "{cut:?}");
        }
    }

    #[test]
    fn the_body_is_cut_at_its_bound() {
        let input = b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
        assert_eq!(decode(input, 4, 6).0, Ok(true));
        for piece in [1, 100] {
            let (outcome, body, _) = decode(input, piece, 5);
            assert_eq!((outcome, body.as_slice()), (Err(End::Overflow), b"abcde".as_slice()));
        }
        assert_eq!(decode(b"ffffffffffffffff\r\nabc", 100, 2).0, Err(End::Overflow));
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            input in proptest::collection::vec(
                prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'0'), Just(b'3'), Just(b';'), any::<u8>()],
                0..60,
            ),
            piece in 1_usize..10,
        ) {
            let (whole, body, _) = decode(&input, input.len().max(1), 20);
            let (pieced, other, _) = decode(&input, piece, 20);
            prop_assert_eq!(whole, pieced);
            prop_assert_eq!(body, other);
        }

        #[test]
        fn what_was_coded_is_decoded(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..50), 0..8),
            piece in 1_usize..40,
        ) {
            let mut input = Vec::new();
            for chunk in &chunks {
                input.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
                input.extend_from_slice(chunk);
                input.extend_from_slice(b"\r\n");
            }
            input.extend_from_slice(b"0\r\n\r\n");
            let (done, body, used) = decode(&input, piece, 1000);
            prop_assert_eq!(done, Ok(true));
            prop_assert_eq!(body, chunks.concat());
            prop_assert_eq!(used, input.len());
        }
    }
}
