//! The strict reader of RFC 8259: one pass, an explicit stack, no recursion.
//!
//! Knows how values nest; what a scalar looks like is the business of `scalar`.

use super::{Json, JsonError, JsonErrorKind};
use crate::wire::text::Text;

/// The deepest nesting that [`parse`] reads; `[[1]]` has depth 2. Far above what any MCP message
/// needs, and low enough that recursion over a parsed value is safe on a 2 MiB stack.
pub const MAX_DEPTH: usize = 512;

/// UTF-8 of U+FEFF.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads bytes that are to be exactly one JSON text (RFC 8259), in time linear to their length.
/// Two latitudes of the RFC are used: lone surrogate escapes are read (section 8.2), nesting beyond
/// [`MAX_DEPTH`] is not (section 9).
///
/// # Errors
///
/// The first defect; [`JsonErrorKind`] tells what is asked first.
pub fn parse(bytes: &[u8]) -> Result<Json, JsonError> {
    if bytes.iter().all(|byte| is_white_space(*byte)) {
        return Err(JsonError { offset: bytes.len(), kind: JsonErrorKind::Empty });
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(JsonError { offset: 0, kind: JsonErrorKind::ByteOrderMark });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Parser { text, at: 0, open: Vec::new() }.document(),
        Err(error) => {
            Err(JsonError { offset: error.valid_up_to(), kind: JsonErrorKind::InvalidUtf8 })
        }
    }
}

const fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A container whose end has not been read yet.
enum Open {
    Array(Vec<Json>),
    /// The members so far, and the name whose value is being read.
    Object(Vec<(Text, Json)>, Text),
}

/// What the bytes after an element turned out to be.
enum Next {
    /// A separator: the container takes another value.
    Value(Open),
    /// The end of the container, which is now a whole value.
    Closed(Json),
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// Offset of the next byte to read.
    pub(super) at: usize,
    /// The containers around it, outermost first; never more than [`MAX_DEPTH`].
    open: Vec<Open>,
}

impl Parser<'_> {
    /// The whole text.
    fn document(mut self) -> Result<Json, JsonError> {
        let root = loop {
            if let Some(root) = self.step()? {
                break root;
            }
        };
        self.skip_white_space();
        if self.at < self.text.len() {
            return Err(self.fail(JsonErrorKind::Trailing));
        }
        Ok(root)
    }

    /// Reads a scalar, an empty container or the start of a container. Gives the root when that was
    /// the last of it.
    fn step(&mut self) -> Result<Option<Json>, JsonError> {
        self.skip_white_space();
        let value = match self.peek() {
            Some(b'[') => self.array()?,
            Some(b'{') => self.object()?,
            _ => Some(self.scalar()?),
        };
        value.map_or(Ok(None), |value| self.attach(value))
    }

    /// Puts a whole value into the containers around it, closing those that end here. Gives the root
    /// when no container is left.
    fn attach(&mut self, mut value: Json) -> Result<Option<Json>, JsonError> {
        while let Some(container) = self.open.pop() {
            self.skip_white_space();
            let next = match container {
                Open::Array(elements) => self.after_element(elements, value)?,
                Open::Object(members, name) => self.after_member(members, (name, value))?,
            };
            match next {
                Next::Closed(closed) => value = closed,
                Next::Value(container) => {
                    self.open.push(container);
                    return Ok(None);
                }
            }
        }
        Ok(Some(value))
    }

    /// The start of an array; the value if it is empty.
    fn array(&mut self) -> Result<Option<Json>, JsonError> {
        self.descend()?;
        if self.take(b']') {
            return Ok(Some(Json::Array(Vec::new())));
        }
        self.open.push(Open::Array(Vec::new()));
        Ok(None)
    }

    /// The start of an object up to its first value; the value if it is empty.
    fn object(&mut self) -> Result<Option<Json>, JsonError> {
        self.descend()?;
        if self.take(b'}') {
            return Ok(Some(Json::Object(Vec::new())));
        }
        let name = self.name("a member name or `}`")?;
        self.open.push(Open::Object(Vec::new(), name));
        Ok(None)
    }

    /// Passes an opening bracket.
    fn descend(&mut self) -> Result<(), JsonError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fail(JsonErrorKind::TooDeep));
        }
        self.at += 1;
        self.skip_white_space();
        Ok(())
    }

    fn after_element(&mut self, mut elements: Vec<Json>, value: Json) -> Result<Next, JsonError> {
        elements.push(value);
        if self.take(b',') {
            Ok(Next::Value(Open::Array(elements)))
        } else if self.take(b']') {
            Ok(Next::Closed(Json::Array(elements)))
        } else {
            Err(self.unexpected("`,` or `]`"))
        }
    }

    fn after_member(
        &mut self,
        mut members: Vec<(Text, Json)>,
        member: (Text, Json),
    ) -> Result<Next, JsonError> {
        members.push(member);
        if self.take(b',') {
            self.skip_white_space();
            Ok(Next::Value(Open::Object(members, self.name("a member name")?)))
        } else if self.take(b'}') {
            Ok(Next::Closed(Json::Object(members)))
        } else {
            Err(self.unexpected("`,` or `}`"))
        }
    }

    /// A member name and the colon behind it.
    fn name(&mut self, expected: &'static str) -> Result<Text, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(expected));
        }
        let name = self.string()?;
        self.skip_white_space();
        if self.take(b':') { Ok(name) } else { Err(self.unexpected("`:`")) }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes the next byte if it is this one.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_white_space(&mut self) {
        while self.peek().is_some_and(is_white_space) {
            self.at += 1;
        }
    }

    pub(super) const fn fail(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { offset: self.at, kind }
    }

    /// The error for the next byte: it is not what was expected, or there is none.
    pub(super) const fn unexpected(&self, expected: &'static str) -> JsonError {
        let ended = self.at >= self.text.len();
        self.fail(if ended { JsonErrorKind::Truncated } else { JsonErrorKind::Syntax(expected) })
    }
}
