//! The files are whole, and numbers keep their kind on the way to the schema.

use super::*;
use crate::oracle::testing::value;

#[test]
fn every_definition_compiles() {
    for (revision, book) in BOOKS.iter() {
        assert!(book.compiled.len() > 40, "{revision}: {} definitions", book.compiled.len());
        for name in book.compiled.keys() {
            let validator = book.validator(name).unwrap();
            assert!(validator.is_ok(), "{revision}: {:?}", validator.as_ref().err());
        }
    }
}

#[test]
fn every_definition_is_used() {
    let entries = ["ClientMessage", "ServerMessage", "EmptyResult"];
    let used = |text: &str, name: &str| text.contains(&format!("\"#/$defs/{name}\""));
    for (revision, text) in FILES {
        for name in BOOKS[revision].compiled.keys() {
            let known = entries.contains(&name.as_str())
                || RESULTS.iter().any(|(_, result)| result == name)
                || used(text, name);
            assert!(known, "{revision}: nothing uses {name}");
        }
    }
}

#[test]
fn every_method_of_a_server_has_a_result() {
    for revision in Revision::ALL {
        for (method, name) in RESULTS {
            let known = crate::wire::methods::is_known(method, revision);
            let defined = definition(revision, Some(method)) == name;
            assert!(!known || defined, "{method} under {revision} has no {name}");
        }
        assert_eq!(definition(revision, Some("gauntlet/none")), "Result");
        assert_eq!(definition(revision, None), "Result");
    }
}

#[test]
fn numbers_keep_their_kind() {
    let integers = ["0", "-0", "1.0", "10e-1", "9007199254740993", "18446744073709551616", "1e400"];
    for text in integers {
        let number = to_value(&value(text));
        assert!(number.is_number(), "{text}");
        let integer = number.as_f64().is_some_and(|number| number.fract() == 0.0);
        assert!(integer, "{text} became {number}");
    }
    let fractions = ["0.5", "9007199254740993.5", "0.99999999999999999999999", "-1e-400"];
    for text in fractions {
        let number = to_value(&value(text)).as_f64().unwrap();
        assert_ne!(number.fract(), 0.0, "{text} became {number}");
    }
    assert_eq!(to_value(&value(r#"{"a":1,"a":"\u00e9"}"#)), json!({"a": "é"}));
}

#[test]
fn a_complaint_says_where() {
    let listed = value(r#"{"tools":[{"name":"t","inputSchema":null}]}"#);
    for revision in [Revision::V2025_03_26, Revision::V2025_06_18, Revision::V2025_11_25] {
        let complaint = result(revision, Some("tools/list"), &listed).unwrap_err();
        assert_eq!(complaint.at, "/tools/0/inputSchema");
        assert_eq!(result(revision, None, &listed), Ok(()));
    }
}

#[test]
fn the_methods_of_a_server_are_read_from_the_file() {
    let newest = Revision::V2025_11_25;
    assert!(server_sends(newest, "notifications/progress", false));
    assert!(!server_sends(newest, "notifications/progress", true));
    assert!(server_sends(newest, "elicitation/create", true));
    assert!(!server_sends(Revision::V2025_03_26, "elicitation/create", true));
}
