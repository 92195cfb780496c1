//! Strings, numbers and literals (RFC 8259 sections 3, 6 and 7). Knows their grammar only; what they
//! stand for is the business of `text` and `number`.

use super::parser::Parser;
use super::{Json, JsonError, JsonErrorKind};
use crate::wire::number::{self, Number};
use crate::wire::text::Text;

impl Parser<'_> {
    /// A value that is no container.
    pub(super) fn scalar(&mut self) -> Result<Json, JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.literal("null", Json::Null),
            Some(b't') => self.literal("true", Json::Bool(true)),
            Some(b'f') => self.literal("false", Json::Bool(false)),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn literal(&mut self, word: &'static str, value: Json) -> Result<Json, JsonError> {
        let pairs = self.rest().bytes().zip(word.bytes());
        let same = pairs.take_while(|(one, two)| one == two).count();
        self.at += same;
        if same == word.len() { Ok(value) } else { Err(self.unexpected(word)) }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        match number::scan(self.rest().as_bytes()) {
            Ok(length) => {
                self.at += length;
                Ok(Json::Number(Number::from_valid_raw(self.since(start))))
            }
            Err(error) => {
                self.at += error.offset;
                Err(self.unexpected(error.expected))
            }
        }
    }

    /// A string; the next byte is its opening quote.
    pub(super) fn string(&mut self) -> Result<Text, JsonError> {
        self.at += 1;
        let start = self.at;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.fail(JsonErrorKind::ControlCharacter)),
                None => return Err(self.fail(JsonErrorKind::Truncated)),
            }
        }
        let text = Text::from_valid_raw(self.since(start));
        self.at += 1;
        Ok(text)
    }

    /// An escape sequence (RFC 8259 section 7); the next byte is its backslash.
    fn escape(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        match self.peek() {
            Some(b'u') => self.at += 1,
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                return Ok(());
            }
            _ => return Err(self.unexpected("an escape of RFC 8259")),
        }
        for _ in 0..4 {
            if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                return Err(self.unexpected("four hexadecimal digits"));
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Passes what stands for itself inside of a string.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        self.at += end.unwrap_or(rest.len());
    }

    /// What has not been read. Only asked for outside of strings, so that a character begins here.
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What has been read since an offset; at both ends stands an ASCII character.
    fn since(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or_default()
    }
}
