//! Bytes that are no message, and numbers that are none.

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;

use super::set;
use super::value::text;
use crate::case::class::Class;
use crate::case::recipe::{Base, Edit, Encoding};
use crate::generate::made::Defect;

/// What stands for the bytes of [`Edit::ReplaceHex`].
const PLACE: &str = "@@";

/// Texts that are no JSON, or not UTF-8.
pub(super) fn of(base: Base) -> SBoxedStrategy<Defect> {
    let broken = |edits| Defect::new(edits, Class::Unparsable);
    let cut = (1_usize..30).prop_map(move |count| broken(vec![Edit::Cut(count)]));
    let behind = select(vec!["}", "]", ",", "x", "{}", " 1", "\u{1}"])
        .prop_map(move |more| broken(vec![Edit::Suffix(more.to_owned())]));
    let before = select(vec![",", "x", ")]}'", "{", "\u{feff}", "\u{1}"])
        .prop_map(move |more| broken(vec![Edit::Prefix(more.to_owned())]));
    // Line feeds are left out: over stdio they end the message.
    let control = (1_u8..0x20).prop_filter("no line feed", |byte| *byte != b'\n');
    let control = control
        .prop_map(move |byte| broken(vec![set("gauntlet", format!("\"a{}b\"", char::from(byte)))]));
    let bytes = select(vec!["FF", "C3 28", "C0 AF", "ED A0 80", "F5 80 80 80", "80", "E2 82"]);
    let not_utf8 = bytes.prop_map(move |bytes| {
        let place = Edit::ReplaceHex { from: PLACE.to_owned(), to: bytes.to_owned() };
        broken(vec![set("gauntlet", format!("\"{PLACE}\"")), place])
    });
    let encoded = select(vec![Encoding::Utf16le, Encoding::Utf16be])
        .prop_map(move |encoding| broken(vec![Edit::Encode(encoding)]));
    let prose = text().prop_map(move |text| broken(vec![Edit::Body(format!("x{text}"))]));
    let scalar = select(vec!["1", "null", "true", "\"{{key}}\"", "-0.5e1"])
        .prop_map(|text| Defect::new(vec![Edit::Body(text.to_owned())], Class::Scalar));
    // A lone surrogate may be refused: it has cases of its own.
    let escapes = select(vec!["\"\\u0000\"", "\"\\/\\b\"", "\"\\ud83d\\ude00\"", "\"\u{7f}\""]);
    let class = if base == Base::Notification { Class::Notification } else { Class::Request };
    let escaped = escapes.prop_map(move |to| Defect::new(vec![set("params.gauntlet", to)], class));
    prop_oneof![
        4 => cut,
        2 => behind,
        2 => before,
        2 => control,
        3 => not_utf8,
        1 => encoded,
        2 => prose,
        2 => scalar,
        2 => escaped,
        1 => Just(Defect::new(vec![Edit::Body(String::new())], Class::Empty)),
    ]
    .sboxed()
}

/// Numbers that RFC 8259 section 6 does not know, as ids and elsewhere.
pub(super) fn numbers() -> SBoxedStrategy<Defect> {
    let forms = prop_oneof![
        "0[0-9]{1,4}",
        "\\+[1-9][0-9]{0,3}",
        "[1-9][0-9]{0,3}\\.",
        "\\.[0-9]{1,4}",
        "0x[0-9a-f]{1,4}",
        "[1-9]{1,3}e",
        "--[1-9]",
        "[1-9]_[0-9]{3}",
        select(vec!["NaN", "Infinity", "-Infinity", "1e+", "- 1", "\u{661}"])
            .prop_map(str::to_owned),
    ];
    (select(vec!["id", "params.gauntlet"]), forms)
        .prop_map(|(at, to)| Defect::new(vec![set(at, to)], Class::Unparsable))
        .sboxed()
}
