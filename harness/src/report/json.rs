//! The report as JSON (`schemas/report.schema.json`), and back. Adds nothing to the model.

use super::escape::is_unsafe;
use super::model::Report;

/// The report as indented JSON with a final newline. Characters that could steer a terminal, and
/// `<`, which could end a script element around the text, are written as `\u` escapes: the value
/// is the same.
///
/// # Errors
///
/// When a value of the report has no JSON form; the model has no such value.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let plain = serde_json::to_string_pretty(report)?;
    let mut text = String::with_capacity(plain.len() + 1);
    for c in plain.chars() {
        // A line feed outside of strings is indentation; inside it is already escaped.
        if c != '\n' && (c == '<' || is_unsafe(c)) {
            text.extend(escaped(c));
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    Ok(text)
}

/// Reads what [`render`] wrote; unknown keys are ignored.
///
/// # Errors
///
/// When the text is no JSON or lacks a key of the report.
pub fn parse(text: &str) -> Result<Report, serde_json::Error> {
    serde_json::from_str(text)
}

/// One character as UTF-16 escapes (RFC 8259 section 7).
fn escaped(c: char) -> Vec<String> {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::Outcome;
    use super::super::sample;
    use super::*;
    use serde_json::Value;

    const SCHEMA: &str = include_str!("../../../schemas/report.schema.json");

    fn schema() -> Value {
        serde_json::from_str(SCHEMA).unwrap()
    }

    #[test]
    fn what_is_written_can_be_read() {
        let report = sample::full();
        let text = render(&report).unwrap();
        let back = parse(&text).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&report).unwrap());
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn hostile_texts_are_harmless_and_whole() {
        let text = render(&sample::full()).unwrap();
        assert!(!text.contains(['<', '\x1b', '\u{202e}']));
        assert!(text.contains("\\u003cscript>"));
        let back = parse(&text).unwrap();
        assert!(back.verdicts.iter().any(|verdict| verdict.sent == sample::HOSTILE));
    }

    #[test]
    fn characters_beyond_the_basic_plane_survive() {
        let mut report = sample::empty();
        report.header.server = "a\u{e0041}\u{9b}".to_owned();
        let text = render(&report).unwrap();
        assert!(text.contains("a\\udb40\\udc41\\u009b"));
        assert_eq!(parse(&text).unwrap().header.server, report.header.server);
    }

    #[test]
    fn a_report_follows_the_schema() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let mut report = sample::full();
        report.header.audit_note = Some("no source".to_owned());
        let mut value: Value = serde_json::from_str(&render(&report).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        value["verdicts"][0]["outcome"] = "FAIL".into();
        assert!(!validator.is_valid(&value));
    }

    #[test]
    fn the_schema_demands_what_scripts_read() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let value = serde_json::to_value(sample::full()).unwrap();
        for pointer in ["/header/audit", "/verdicts/0/reproduce", "/ledger/orphan", "/totals/fail"]
        {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let mut without = value.clone();
            without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
            assert!(!validator.is_valid(&without), "{pointer} is not required");
        }
    }

    #[test]
    fn the_schema_describes_every_key() {
        let value = serde_json::to_value(sample::full()).unwrap();
        for (pointer, definition) in [
            ("/header", "header"),
            ("/verdicts/0", "verdict"),
            ("/verdicts/0/checks/0", "check"),
            ("/ledger", "ledger"),
            ("/totals", "totals"),
        ] {
            let known = schema()["$defs"][definition]["properties"].as_object().unwrap().clone();
            let object = value.pointer(pointer).unwrap().as_object().unwrap();
            assert!(object.keys().eq(known.keys()), "{definition}");
        }
    }

    #[test]
    fn the_schema_knows_every_outcome() {
        let known = schema()["$defs"]["outcome"]["enum"].clone();
        let outcomes = [
            Outcome::NotApplicable,
            Outcome::Pass,
            Outcome::ExpectedFail,
            Outcome::Warn,
            Outcome::Untestable,
            Outcome::Fail,
        ];
        assert_eq!(known, serde_json::to_value(outcomes).unwrap());
    }
}
