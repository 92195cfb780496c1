//! Tables for decoding, equality and escaping, and the way there and back as a property.

use super::Text;
use proptest::prelude::{any, prop_assert_eq, proptest};
use std::collections::HashSet;

fn text(raw: &str) -> Text {
    Text::from_valid_raw(raw)
}

#[test]
fn decodes_every_escape() {
    let table = [
        ("", ""),
        ("plain é 😀", "plain é 😀"),
        (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r"\u0000", "\0"),
        (r"\u0041\u00e9\u20AC", "Aé€"),
        (r"\ud83d\ude00", "😀"),
        (r"\uD83D\uDE00!", "😀!"),
        (r"\udbff\udfff", "\u{10ffff}"),
        (r"\uffff\ufeff", "\u{ffff}\u{feff}"),
        (r"a\\u0041", r"a\u0041"),
    ];
    for (raw, value) in table {
        assert_eq!(text(raw).decoded(), Some(value), "{raw}");
        assert_eq!(text(raw).lossy(), value, "{raw}");
        assert_eq!(text(raw).raw(), raw);
    }
}

#[test]
fn a_lone_surrogate_has_no_value() {
    let table = [
        (r"\ud800", "\u{fffd}"),
        (r"\udfff", "\u{fffd}"),
        (r"a\ud800b", "a\u{fffd}b"),
        (r"\ud800\ud800", "\u{fffd}\u{fffd}"),
        (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        (r"\ud800\n", "\u{fffd}\n"),
        (r"\ud800\u0041", "\u{fffd}A"),
        (r"\ud800\ud83d\ude00", "\u{fffd}😀"),
        (r"\ud800udc00", "\u{fffd}udc00"),
    ];
    for (raw, lossy) in table {
        assert_eq!(text(raw).decoded(), None, "{raw}");
        assert_eq!(text(raw).lossy(), lossy, "{raw}");
        assert_eq!(text(raw).raw(), raw);
    }
}

#[test]
fn equality_is_of_values() {
    let equal = [
        ("id", r"\u0069d"),
        ("/", r"\/"),
        ("\u{8}", r"\b"),
        ("😀", r"\uD83d\uDe00"),
        (r"\ud800", r"\uD800"),
        (r"a\ud800", r"\u0061\ud800"),
    ];
    for (one, two) in equal {
        assert_eq!(text(one), text(two));
        assert_eq!(HashSet::from([text(one), text(two)]).len(), 1, "{one} {two}");
    }
    let different = [
        ("id", "ID"),
        ("é", r"e\u0301"),
        (r"\ud800", r"\ud801"),
        (r"\ud800", "\u{fffd}"),
        (r"\ud800", r"\ufffd"),
        (r"\\ud800", r"\ud800"),
    ];
    for (one, two) in different {
        assert_ne!(text(one), text(two));
        assert_eq!(HashSet::from([text(one), text(two)]).len(), 2, "{one} {two}");
    }
}

#[test]
fn escapes_no_more_than_it_must() {
    let table = [
        ("plain é/😀\u{7f}", "plain é/😀\u{7f}"),
        ("\"\\", r#"\"\\"#),
        ("\n\r\t", r"\n\r\t"),
        ("\0\u{8}\u{1f}", r"\u0000\u0008\u001f"),
    ];
    for (value, raw) in table {
        assert_eq!(Text::new(value).raw(), raw);
    }
}

#[test]
fn a_malformed_raw_text_ends_early_without_panic() {
    for raw in ["ab\\", "ab\\x", "ab\\u", "ab\\u12", "ab\\uzzzz"] {
        assert_eq!(text(raw).decoded(), Some("ab"), "{raw}");
    }
}

proptest! {
    #[test]
    fn any_value_survives_escaping(value in any::<String>()) {
        let text = Text::new(&value);
        prop_assert_eq!(text.decoded(), Some(value.as_str()));
    }
}
