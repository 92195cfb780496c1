//! Copies of a JSON text: without the blanks between tokens, and without secrets.

use serde_json::value::RawValue;

use super::read::raw;
use super::token::{Token, Tokens};

/// What stands in a record in the place of a secret.
const REDACTED: &str = "\"[redacted]\"";

/// Ends of member names, in lower case and without punctuation, whose values are secrets.
const SECRET_NAMES: [&str; 10] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "credentials",
];

/// The same text on one line: only blanks between tokens go.
pub(crate) fn compact(text: &RawValue) -> Box<RawValue> {
    if text.get().contains(['\n', '\r']) {
        copy(text, |_| false)
    } else {
        text.to_owned()
    }
}

/// The same text on one line with the values of secret members replaced, at every depth.
pub(crate) fn redacted(text: &RawValue) -> Box<RawValue> {
    copy(text, is_secret)
}

fn is_secret(quoted_name: &str) -> bool {
    let name: String = serde_json::from_str(quoted_name).unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

fn copy(text: &RawValue, secret: fn(&str) -> bool) -> Box<RawValue> {
    let mut copied = String::with_capacity(text.get().len());
    let mut tokens = Tokens::of(text.get()).peekable();
    while let Some(token) = tokens.next() {
        push(&mut copied, token);
        let is_name = matches!(tokens.peek(), Some(Token::Separator(':')));
        if let Token::Text(name) = token
            && is_name
            && secret(name)
        {
            tokens.next();
            copied.push(':');
            copied.push_str(REDACTED);
            skip_value(&mut tokens);
        }
    }
    raw(copied)
}

fn push(copied: &mut String, token: Token<'_>) {
    match token {
        Token::Open(mark) | Token::Close(mark) | Token::Separator(mark) => copied.push(mark),
        Token::Text(text) | Token::Scalar(text) => copied.push_str(text),
    }
}

fn skip_value<'a>(tokens: &mut impl Iterator<Item = Token<'a>>) {
    let mut depth = 0_usize;
    for token in tokens {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Box<RawValue> {
        raw(text.to_owned())
    }

    #[test]
    fn compact_keeps_every_token() {
        let text = of("{\n \"a b\" : [ 1.50 ,\r\n 1E0 ] }");
        assert_eq!(compact(&text).get(), r#"{"a b":[1.50,1E0]}"#);
    }

    #[test]
    fn secrets_go_at_every_depth() {
        let text =
            of(r#"{"user":"u","API-Key":"x","in":[{"dbPassword":{"a":[1]},"max_tokens":5}]}"#);
        assert_eq!(
            redacted(&text).get(),
            r#"{"user":"u","API-Key":"[redacted]","in":[{"dbPassword":"[redacted]","max_tokens":5}]}"#
        );
    }

    #[test]
    fn an_escaped_name_hides_no_secret() {
        let text = of(r#"{"pass\u0077ord":"x"}"#);
        assert_eq!(redacted(&text).get(), r#"{"pass\u0077ord":"[redacted]"}"#);
    }
}
