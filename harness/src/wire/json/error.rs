//! Why bytes are no JSON text, and where.

/// Why and where bytes are no JSON text that we read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct JsonError {
    /// Offset of the first byte that does not fit, counted from 0; the length of the text where it
    /// ended too early.
    pub offset: usize,
    /// What is wrong there.
    pub kind: JsonErrorKind,
}

/// What is wrong with a text. `Empty`, `ByteOrderMark` and `InvalidUtf8` are asked in this order of
/// the whole text before anything else; of the others the one at the lowest offset is reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JsonErrorKind {
    /// Nothing, or nothing but white space.
    #[error("no JSON value: the text is empty")]
    Empty,
    /// It begins with U+FEFF, which a sender must not add (RFC 8259 section 8.1).
    #[error("byte order mark")]
    ByteOrderMark,
    /// Not UTF-8 (RFC 8259 section 8.1).
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// Nested deeper than [`super::MAX_DEPTH`], which RFC 8259 section 9 lets a reader refuse.
    #[error("nested too deeply")]
    TooDeep,
    /// Something other than white space follows the value.
    #[error("unexpected text after the value")]
    Trailing,
    /// The text ends inside of a value.
    #[error("unexpected end of the text")]
    Truncated,
    /// Against the grammar; the text says what was expected.
    #[error("syntax error: expected {0}")]
    Syntax(&'static str),
    /// A control character (below U+0020) stands unescaped in a string (RFC 8259 section 7).
    #[error("unescaped control character in a string")]
    ControlCharacter,
}
