//! Rows as lines: one JSON object each, with the texts that hold JSON unpacked.

use crate::source::tail::unreadable;
use crate::source::{Line, MAX_LINE};
use crate::wire::json::{Json, parse};

/// The rows that were asked for.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    /// Their keys.
    pub(super) keys: Vec<String>,
    /// Their lines, in the same order.
    pub(super) lines: Vec<Line>,
    /// Whether there was no room for all.
    pub(super) cut: bool,
}

/// The line of a row that came as the text of a JSON object. The texts of the columns `json` become
/// what they hold; one that is no JSON stays.
pub(super) fn line_of_text(text: &str, json: &[String]) -> Line {
    if json.is_empty() {
        return bounded(text.to_owned());
    }
    match parse(text.as_bytes()) {
        Ok(Json::Object(mut members)) => {
            for (name, value) in &mut members {
                if name.decoded().is_some_and(|name| json.iter().any(|column| column == name)) {
                    unpack(value);
                }
            }
            bounded(Json::Object(members).to_text())
        }
        // Deeper than we read: the reader of lines says so.
        _ => bounded(text.to_owned()),
    }
}

/// The line of a row with these columns.
pub(super) fn line_of_cells(columns: &[String], mut cells: Vec<Json>, json: &[String]) -> Line {
    for (name, cell) in columns.iter().zip(&mut cells) {
        if json.contains(name) {
            unpack(cell);
        }
    }
    let members: Vec<String> = columns
        .iter()
        .zip(&cells)
        .map(|(name, cell)| format!("{}:{}", Json::string(name).to_text(), cell.to_text()))
        .collect();
    bounded(format!("{{{}}}", members.join(",")))
}

/// The line of a row that is longer than any that we read.
pub(super) fn too_long(beginning: &str) -> Line {
    unreadable(&format!("longer than {MAX_LINE} bytes"), beginning.as_bytes())
}

fn bounded(text: String) -> Line {
    if text.len() <= MAX_LINE { Line::Text(text) } else { too_long(&text) }
}

fn unpack(value: &mut Json) {
    let held = value.as_str().and_then(|text| parse(text.as_bytes()).ok());
    if let Some(held) = held {
        *value = held;
    }
}

#[cfg(test)]
mod tests {
    use super::{line_of_cells, line_of_text};
    use crate::source::{Line, MAX_LINE};
    use crate::wire::json::Json;

    fn text(line: Line) -> String {
        match line {
            Line::Text(text) => text,
            other @ Line::Unreadable { .. } => panic!("{other:?}"),
        }
    }

    #[test]
    fn texts_that_hold_json_are_unpacked_where_they_are_named() {
        let names = ["data".to_owned(), "more".to_owned()];
        let row = r#"{"id":"1","data":"{\"a\": 1.0}","other":"[1]","more":"no json"}"#;
        let wanted = r#"{"id":"1","data":{"a":1.0},"other":"[1]","more":"no json"}"#;
        assert_eq!(text(line_of_text(row, &names)), wanted);
        assert_eq!(text(line_of_text(row, &[])), row);

        let columns = ["data".to_owned(), "more".to_owned(), "a\"b".to_owned()];
        let cells = vec![Json::string("[1e400]"), Json::Null, Json::string("x\n")];
        let wanted = r#"{"data":[1e400],"more":null,"a\"b":"x\n"}"#;
        assert_eq!(text(line_of_cells(&columns, cells, &names)), wanted);
    }

    #[test]
    fn a_row_beyond_the_bound_is_told_and_not_kept() {
        let long = format!(r#"{{"id":"1","data":"{}"}}"#, "x".repeat(MAX_LINE));
        let Line::Unreadable { why, excerpt } = line_of_text(&long, &["data".to_owned()]) else {
            panic!("a long row")
        };
        assert!(why.contains("longer than") && excerpt.starts_with(r#"{"id":"1""#), "{excerpt}");
    }
}
