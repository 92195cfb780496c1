//! By what the content of a file is known again under another name: its beginning, how far it was read, and
//! what stands before that place.
//!
//! Lines of logs carry times and ids, so that two files with the same first and last kilobyte and the same length
//! are the same. A hash of all that is read would cost more than the reading.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of the beginning and of the end that are kept.
const SAMPLE: usize = 1024;

/// Bytes that are unpacked to compare; of more the beginning decides.
const MOST: u64 = 256 * 1024 * 1024;

/// What is known of a file's content.
#[derive(Clone, Debug, Default)]
pub(super) struct Print {
    head: Vec<u8>,
    /// How far it was read.
    offset: u64,
    /// What stands before that place.
    tail: Vec<u8>,
}

/// What one file's content is to another's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Likeness {
    /// Another file.
    Other,
    /// It begins like the other and ends before it: a copy that is being made, if it still grows.
    Begun,
    /// It has all that was read of the other.
    Same,
}

impl Print {
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes in what was read behind what was read before.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        let room = SAMPLE - self.head.len().min(SAMPLE);
        if self.head.len() as u64 == self.offset {
            self.head.extend(bytes.iter().take(room));
        }
        self.offset += bytes.len() as u64;
        let kept = bytes.get(bytes.len().saturating_sub(SAMPLE)..).unwrap_or_default();
        let surplus = (self.tail.len() + kept.len()).saturating_sub(SAMPLE);
        self.tail.drain(..surplus);
        self.tail.extend_from_slice(kept);
    }

    /// Of content that is passed over: its first bytes, its length, its last bytes.
    pub(super) fn passed(head: &[u8], length: u64, tail: &[u8]) -> Self {
        let head = head.iter().take(SAMPLE).copied().collect();
        let tail = tail.get(tail.len().saturating_sub(SAMPLE)..).unwrap_or_default().to_vec();
        Self { head, offset: length, tail }
    }

    /// Compares what a reader gives from its start. Reads no further than to the end of what is known.
    pub(super) fn likeness(&self, mut content: impl Read) -> io::Result<Likeness> {
        if self.offset == 0 {
            return Ok(Likeness::Other);
        }
        let mut seen = Self::default();
        let mut buffer = vec![0; 64 * 1024];
        while seen.offset < self.offset {
            let wanted = usize::try_from(self.offset - seen.offset).unwrap_or(usize::MAX);
            let wanted = wanted.min(buffer.len());
            let count = content.read(buffer.get_mut(..wanted).unwrap_or_default())?;
            if count == 0 {
                break;
            }
            seen.read(buffer.get(..count).unwrap_or_default());
            let known = self.head.get(..seen.head.len().min(self.head.len()));
            if known != seen.head.get(..self.head.len().min(seen.head.len())) {
                return Ok(Likeness::Other);
            }
            if seen.offset > MOST {
                return Ok(Likeness::Same);
            }
        }
        Ok(match (seen.offset == self.offset, seen.head.len() >= self.head.len()) {
            (true, _) if seen.ends_like(self) => Likeness::Same,
            (false, true) => Likeness::Begun,
            _ => Likeness::Other,
        })
    }

    /// The same for a file, of which only the beginning and the end are read.
    pub(super) fn likeness_of(&self, file: &mut File) -> io::Result<Likeness> {
        let length = file.metadata()?.len();
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.by_ref().take(self.head.len() as u64).read_to_end(&mut head)?;
        if self.offset == 0 || head != self.head {
            return Ok(Likeness::Other);
        }
        if length < self.offset {
            return Ok(Likeness::Begun);
        }
        let (mut tail, known) = (Vec::new(), self.tail.len() as u64);
        file.seek(SeekFrom::Start(self.offset.saturating_sub(known)))?;
        file.by_ref().take(known).read_to_end(&mut tail)?;
        Ok(if tail == self.tail { Likeness::Same } else { Likeness::Other })
    }

    /// Whether both are the same content, read to the same place.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.offset == other.offset && self.head == other.head && self.ends_like(other)
    }

    /// Whether both end alike, as far as both know.
    fn ends_like(&self, other: &Self) -> bool {
        let count = self.tail.len().min(other.tail.len());
        let end = |tail: &[u8]| tail.get(tail.len() - count..).map(<[u8]>::to_vec);
        end(&self.tail) == end(&other.tail)
    }

    /// Whether these bytes stand before the place to which it was read.
    pub(super) fn ends_with(&self, bytes: &[u8]) -> bool {
        self.tail.ends_with(bytes)
    }

    /// How many bytes before that place are known.
    pub(super) const fn known(&self) -> usize {
        self.tail.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Likeness, Print};

    fn of(parts: &[&[u8]]) -> Print {
        let mut print = Print::default();
        parts.iter().for_each(|part| print.read(part));
        print
    }

    fn like(print: &Print, content: &[u8]) -> Likeness {
        print.likeness(content).expect("read")
    }

    #[test]
    fn content_is_known_again() {
        let text: Vec<u8> = (0..5000_u32).flat_map(|it| format!("{it}\n").into_bytes()).collect();
        let (one, two) = text.split_at(700);
        for print in [of(&[&text]), of(&[one, two]), Print::passed(&text, text.len() as u64, &text)]
        {
            assert_eq!(print.offset(), text.len() as u64);
            assert_eq!(like(&print, &text), Likeness::Same);
            assert_eq!(like(&print, &[&text[..], b"more"].concat()), Likeness::Same);
            assert_eq!(like(&print, &text[..9000]), Likeness::Begun);
            assert_eq!(like(&print, &text[1..]), Likeness::Other);
            assert_eq!(like(&print, b""), Likeness::Other);
            let mut other = text.clone();
            *other.last_mut().expect("a byte") = b'x';
            assert_eq!(like(&print, &other), Likeness::Other);
        }
    }

    #[test]
    fn of_nothing_nothing_is_known() {
        assert_eq!(like(&Print::default(), b"a"), Likeness::Other);
        assert_eq!(like(&Print::default(), b""), Likeness::Other);
    }
}
