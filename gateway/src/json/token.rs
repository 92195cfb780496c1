//! The tokens of a JSON text that is already known to be valid.

/// One token, as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `{` or `[`.
    Open(char),
    /// `}` or `]`.
    Close(char),
    /// `,` or `:`.
    Separator(char),
    /// A string with its quotes and escapes.
    Text(&'a str),
    /// A number, `true`, `false` or `null`.
    Scalar(&'a str),
}

/// Walks over a valid text once, without recursion.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Starts at the beginning of `text`, which must be valid JSON.
    pub(crate) fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (head, tail) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.rest = self.rest.trim_ascii_start();
        let first = self.rest.chars().next()?;
        Some(match first {
            '{' | '[' => {
                self.take(1);
                Token::Open(first)
            }
            '}' | ']' => {
                self.take(1);
                Token::Close(first)
            }
            ',' | ':' => {
                self.take(1);
                Token::Separator(first)
            }
            '"' => Token::Text(self.take(string_length(self.rest))),
            _ => Token::Scalar(self.take(scalar_length(self.rest))),
        })
    }
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

fn scalar_length(text: &str) -> usize {
    text.bytes()
        .position(|byte| matches!(byte, b',' | b'}' | b']' | b':') || byte.is_ascii_whitespace())
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_their_text() {
        let tokens: Vec<_> = Tokens::of(r#" {"a\"b": [1e0, true], "c":null} "#).collect();
        assert_eq!(
            tokens,
            [
                Token::Open('{'),
                Token::Text(r#""a\"b""#),
                Token::Separator(':'),
                Token::Open('['),
                Token::Scalar("1e0"),
                Token::Separator(','),
                Token::Scalar("true"),
                Token::Close(']'),
                Token::Separator(','),
                Token::Text(r#""c""#),
                Token::Separator(':'),
                Token::Scalar("null"),
                Token::Close('}'),
            ]
        );
    }
}
