//! One posted body as lines: a JSON array gives one for each element, an object one, however it is
//! set, and anything else is newline-delimited JSON.

use serde_json::value::RawValue;

use crate::source::Line;
use crate::source::receiver::{Encoding, MAX_RECORDS, elements, too_many};
use crate::source::tail::{Splitter, line_of, unreadable};

/// The lines of a body as it was posted.
pub(super) fn of_packed(encoding: Encoding, bytes: Vec<u8>) -> Vec<Line> {
    // Packed bytes are no text, so that nothing of them can be shown.
    match encoding.unpack(bytes) {
        Ok(bytes) => of(&bytes),
        Err(why) => vec![unreadable(&why, b"")],
    }
}

/// The lines of a body. A blank one has none.
fn of(body: &[u8]) -> Vec<Line> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    match body.first() {
        None => Vec::new(),
        Some(b'[') => array(body).unwrap_or_else(|error| delimited(body, &error)),
        Some(b'{') => object(body).unwrap_or_else(|error| delimited(body, &error)),
        Some(_) => delimited(body, "no JSON"),
    }
}

fn object(body: &[u8]) -> Result<Vec<Line>, String> {
    let text: &RawValue = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    Ok(vec![line_of(text)])
}

fn array(body: &[u8]) -> Result<Vec<Line>, String> {
    let elements = elements(body).map_err(|error| error.to_string())?;
    Ok(elements.into_iter().map(line_of).collect())
}

/// Newline-delimited JSON, where at least one line is an object; otherwise the body as a whole cannot
/// be read. `why` tells what it is not.
fn delimited(body: &[u8], why: &str) -> Vec<Line> {
    let lines = || body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let is_object = |line: &[u8]| {
        line.trim_ascii_start().starts_with(b"{")
            && serde_json::from_slice::<&RawValue>(line).is_ok()
    };
    if lines().count() > MAX_RECORDS {
        return vec![unreadable(&too_many(), body)];
    }
    if !lines().any(is_object) {
        let why = format!("neither a JSON array, an object nor newline-delimited JSON: {why}");
        return vec![unreadable(&why, body)];
    }
    let (mut splitter, mut found) = (Splitter::default(), Vec::new());
    splitter.push(body, &mut found);
    splitter.flush(&mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::{of, of_packed};
    use crate::source::receiver::{Encoding, MAX_RECORDS};
    use crate::source::{Line, MAX_LINE};

    fn texts(body: &str) -> Vec<String> {
        let text = |line| match line {
            Line::Text(text) => text,
            Line::Unreadable { why, .. } => panic!("{why}"),
        };
        of(body.as_bytes()).into_iter().map(text).collect()
    }

    /// Why the one line of a body cannot be read.
    fn why(body: &[u8]) -> String {
        match of(body).as_slice() {
            [Line::Unreadable { why, .. }] => why.clone(),
            lines => panic!("{lines:?}"),
        }
    }

    #[test]
    fn an_array_gives_the_exact_text_of_each_element() {
        assert_eq!(
            texts(r#" [ {"a" : 1.0,"a":2}, "x",{}] "#),
            [r#"{"a" : 1.0,"a":2}"#, "\"x\"", "{}"]
        );
        assert_eq!(texts("[]"), [""; 0]);
    }

    #[test]
    fn an_object_is_one_line_however_it_is_set() {
        let pretty = "{\n  \"a\": [\n    1\n  ]\n}";
        assert_eq!(texts(&format!("\u{feff}{pretty}\n")), [pretty]);
    }

    #[test]
    fn lines_of_json_are_one_line_each() {
        assert_eq!(texts("{\"a\":1}\r\n\n[2]\n{\"b\":\n{}"), ["{\"a\":1}", "[2]", "{\"b\":", "{}"]);
        assert_eq!(texts("[1]\n{\"b\":2}\n"), ["[1]", "{\"b\":2}"]);
        assert_eq!(texts(" \n"), [""; 0]);
    }

    #[test]
    fn what_is_none_of_these_is_one_unreadable_line() {
        for body in ["no json\nat all", "{\n\"a\": 1,\n", "[{\"a\":1},\n", "7", "{} {}"] {
            let why = why(body.as_bytes());
            assert!(why.starts_with("neither a JSON array"), "{body}: {why}");
        }
        assert!(why(b"{\"a\":\"\xff\"}").contains("neither"), "no UTF-8");
    }

    #[test]
    fn records_are_bounded_in_length_and_number() {
        let long = format!("[{{\"a\":\"{}\"}}]", "x".repeat(MAX_LINE));
        assert_eq!(why(long.as_bytes()), "longer than 1048576 bytes");
        assert_eq!(why(&long.as_bytes()[1..long.len() - 1]), "longer than 1048576 bytes");
        let many = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert_eq!(texts(&many(MAX_RECORDS)).len(), MAX_RECORDS);
        assert!(why(many(MAX_RECORDS + 1).as_bytes()).contains("more than 100000 records"));
        assert!(why("{}\n".repeat(MAX_RECORDS + 1).as_bytes()).contains("more than 100000"));
    }

    #[test]
    fn broken_packing_is_one_unreadable_line() {
        let lines = of_packed(Encoding::Gzip, b"no gzip".to_vec());
        assert!(matches!(lines.as_slice(), [Line::Unreadable { why, .. }] if why.contains("gzip")));
    }
}
