//! Bytes that are no message, and numbers that are none.

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;

use super::outcome::{self, Outcome};
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
    let replies = outcome::leniently_read(base);
    let lenient = move |edits| Defect { replies: replies.clone(), ..broken(edits) };
    let cut = (1_usize..30).prop_map(move |count| broken(vec![Edit::Cut(count)]));
    let behind = select(vec!["}", "]", ",", "x", "{}", " 1", "\u{1}"]).prop_map({
        let of = lenient.clone();
        move |more| of(vec![Edit::Suffix(more.to_owned())])
    });
    let before = select(vec![",", "x", ")]}'", "{", "\u{1}"])
        .prop_map(move |more| broken(vec![Edit::Prefix(more.to_owned())]));
    let mark = Just(lenient(vec![Edit::Prefix("\u{feff}".to_owned())]));
    let before = prop_oneof![5 => before, 1 => mark];
    // Line feeds are left out: over stdio they end the message.
    let control = (1_u8..0x20).prop_filter("no line feed", |byte| *byte != b'\n');
    let control = control.prop_map({
        let of = lenient.clone();
        move |byte| of(vec![set("gauntlet", format!("\"a{}b\"", char::from(byte)))])
    });
    let bytes = select(vec!["FF", "C3 28", "C0 AF", "ED A0 80", "F5 80 80 80", "80", "E2 82"]);
    let of = lenient.clone();
    let not_utf8 = bytes.prop_map(move |bytes| {
        let place = Edit::ReplaceHex { from: PLACE.to_owned(), to: bytes.to_owned() };
        of(vec![set("gauntlet", format!("\"{PLACE}\"")), place])
    });
    let encoded = select(vec![Encoding::Utf16le, Encoding::Utf16be])
        .prop_map(move |encoding| lenient(vec![Edit::Encode(encoding)]));
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

/// Numbers that some readers of JSON know.
const KNOWN_TO_SOME: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// Numbers that RFC 8259 section 6 does not know, as ids and elsewhere.
pub(super) fn numbers(base: Base) -> SBoxedStrategy<Defect> {
    let forms = prop_oneof![
        "0[0-9]{1,4}",
        "\\+[1-9][0-9]{0,3}",
        "[1-9][0-9]{0,3}\\.",
        "\\.[0-9]{1,4}",
        "0x[0-9a-f]{1,4}",
        "[1-9]{1,3}e",
        "--[1-9]",
        "[1-9]_[0-9]{3}",
        select(KNOWN_TO_SOME.to_vec()).prop_map(str::to_owned),
        select(vec!["1e+", "- 1", "\u{661}"]).prop_map(str::to_owned),
    ];
    let lenient = outcome::leniently_read(base);
    (select(vec!["id", "params.gauntlet"]), forms)
        .prop_map(move |(at, to)| {
            // Python reads and writes these, so that they pass one hop and break the next.
            let read = at != "id" && KNOWN_TO_SOME.contains(&to.as_str());
            let replies = if read { lenient.clone() } else { Outcome::new() };
            Defect { replies, ..Defect::new(vec![set(at, to)], Class::Unparsable) }
        })
        .sboxed()
}
