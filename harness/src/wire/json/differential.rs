//! Properties, and agreement with `serde_json` but for three intended differences: it refuses lone
//! surrogates, nesting beyond 127 levels, and numbers beyond the range of a double.

use super::*;
use proptest::collection::vec;
use proptest::prelude::{
    BoxedStrategy, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::select;
use serde_json::Value;

/// Nesting that `serde_json` still reads.
const SERDE_DEPTH: usize = 127;

/// Pieces of text that are hard on readers, next to plain ones.
const SCALARS: [&str; 34] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "1.0",
    "1e0",
    "1E+2",
    "10e-1",
    "-1.5",
    "1e400",
    "1e-400",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "0e999",
    "123456789012345678901234567890",
    "0.1",
    r#""""#,
    r#""id""#,
    r#""\u0069d""#,
    r#""\\\"\/\b\f\n\r\t""#,
    r#""\ud83d\ude00""#,
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    r#""\u0000""#,
    "\"é😀\"",
    "\"\u{7f}\u{feff}\"",
    "[]",
    "{}",
    "[ ]",
    "{ }",
];

const NAMES: [&str; 7] =
    [r#""id""#, r#""\u0069d""#, r#""a""#, r#""""#, r#""\ud800""#, "\"é\"", r#""a\/b""#];

fn white_space() -> impl Strategy<Value = &'static str> + Clone {
    select(&["", "", "", " ", "\n", "\t\r\n "][..])
}

/// A string of any characters, escaped by our own hand.
fn any_string() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|value| Json::string(&value).to_text())
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&SCALARS[..]).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|value| value.to_string()),
        1 => any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| format!("{value:e}")),
        2 => any_string(),
    ]
}

/// A JSON text, with white space.
fn document() -> BoxedStrategy<String> {
    scalar()
        .prop_recursive(6, 48, 5, |inner| {
            let spaced = (white_space(), inner, white_space())
                .prop_map(|(before, value, after)| format!("{before}{value}{after}"));
            let name =
                prop_oneof![4 => select(&NAMES[..]).prop_map(str::to_owned), 1 => any_string()];
            let member = (white_space(), name, white_space(), spaced.clone())
                .prop_map(|(before, name, after, value)| format!("{before}{name}{after}:{value}"));
            prop_oneof![
                vec(spaced, 1..5).prop_map(|elements| format!("[{}]", elements.join(","))),
                vec(member, 1..5).prop_map(|members| format!("{{{}}}", members.join(","))),
            ]
        })
        .boxed()
}

/// A byte that tends to break or mend a JSON text.
fn odd_byte() -> impl Strategy<Value = u8> {
    prop_oneof![9 => select(&b"[]{}\",:\\/-+.0123456789eEutrfalsnd \n\x00\x1f\x7f\xc3\xa9\xed\xff"[..]), 1 => any::<u8>()]
}

/// Applies one edit at a place: replace, insert, remove, cut there, or double the rest.
fn edited(mut bytes: Vec<u8>, (place, kind, byte): (usize, u8, u8)) -> Vec<u8> {
    let at = place % (bytes.len() + 1);
    match kind {
        0 if at < bytes.len() => bytes[at] = byte,
        1 => bytes.insert(at, byte),
        2 if at < bytes.len() => drop(bytes.remove(at)),
        3 => bytes.truncate(at),
        _ => bytes.extend_from_within(at..),
    }
    bytes
}

fn mutant() -> impl Strategy<Value = Vec<u8>> {
    (document(), vec((any::<usize>(), 0..5_u8, odd_byte()), 1..4))
        .prop_map(|(text, edits)| edits.into_iter().fold(text.into_bytes(), edited))
}

/// Whether `serde_json` refuses a text for a reason that we do not share.
fn beyond_serde(value: &Json, bytes: &[u8]) -> bool {
    fn odd(value: &Json) -> bool {
        match value {
            Json::Number(number) => number.as_f64().is_infinite(),
            Json::String(text) => text.decoded().is_none(),
            Json::Array(elements) => elements.iter().any(odd),
            Json::Object(members) => {
                members.iter().any(|(name, value)| name.decoded().is_none() || odd(value))
            }
            Json::Null | Json::Bool(_) => false,
        }
    }
    scan_depth(bytes) > SERDE_DEPTH || odd(value)
}

/// Whether both trees say the same, as far as `serde_json` keeps it.
fn agree(ours: &Json, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(one), Value::Bool(two)) => one == two,
        (Json::String(one), Value::String(two)) => one.decoded() == Some(two),
        (Json::Number(one), Value::Number(two)) => numbers_agree(one, two),
        (Json::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| agree(one, two))
        }
        (Json::Object(members), Value::Object(two)) => {
            let names: HashSet<_> = members.iter().map(|(name, _)| name).collect();
            names.len() == two.len()
                && two
                    .iter()
                    .all(|(name, value)| ours.get(name).is_some_and(|member| agree(member, value)))
        }
        _ => false,
    }
}

/// Integers exactly; doubles nearly, since `serde_json` rounds some in the last place.
fn numbers_agree(ours: &Number, theirs: &serde_json::Number) -> bool {
    if let Some(integer) = theirs.as_i64() {
        return ours.as_i64() == Some(integer);
    }
    if theirs.is_u64() {
        return ours.raw() == theirs.to_string();
    }
    let (one, two) = (ours.as_f64(), theirs.as_f64().unwrap());
    (one - two).abs() <= one.abs() * 1e-12 + 1e-300
}

/// Both accept and agree, or both refuse.
fn compare(bytes: &[u8]) {
    let shown = String::from_utf8_lossy(bytes);
    match (parse(bytes), serde_json::from_slice::<Value>(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            assert!(agree(&ours, &theirs), "{shown:?}: {ours:?} is not {theirs:?}")
        }
        (Ok(ours), Err(error)) => {
            assert!(beyond_serde(&ours, bytes), "{shown:?}: only serde_json refuses: {error}")
        }
        (Err(error), Ok(_)) => panic!("{shown:?}: only we refuse: {error}"),
        (Err(error), Err(_)) => assert!(error.offset <= bytes.len(), "{shown:?}: {error}"),
    }
}

#[test]
fn the_intended_differences_are_real() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for text in ["1e400", r#""\ud800""#, r#"{"\udc00":1}"#, &deep(SERDE_DEPTH + 1)] {
        assert!(parse(text.as_bytes()).is_ok(), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
    compare(deep(SERDE_DEPTH).as_bytes());
    compare(deep(MAX_DEPTH + 1).as_bytes());
    compare(b"\xef\xbb\xbf{}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn documents_are_accepted_alike(text in document()) {
        prop_assert!(parse(text.as_bytes()).is_ok(), "{}", text);
        compare(text.as_bytes());
    }

    #[test]
    fn mutants_are_accepted_alike(bytes in mutant()) {
        compare(&bytes);
    }

    #[test]
    fn soup_is_accepted_alike(bytes in vec(odd_byte(), 0..24)) {
        compare(&bytes);
    }

    #[test]
    fn printing_loses_nothing(text in document()) {
        let value = parse(text.as_bytes()).unwrap();
        let printed = value.to_text();
        let again = parse(printed.as_bytes()).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(again.to_text(), printed);
    }

    #[test]
    fn every_prefix_of_a_container_is_truncated(text in document(), place in any::<usize>()) {
        let container = format!("[{text}]");
        let cut = place % (container.len() - 1) + 1;
        let error = parse(&container.as_bytes()[..cut]).unwrap_err();
        let expected = if container.is_char_boundary(cut) { JsonErrorKind::Truncated } else { JsonErrorKind::InvalidUtf8 };
        prop_assert_eq!(error.kind, expected);
    }

    #[test]
    fn the_scanned_depth_is_the_real_one(text in document()) {
        fn depth(value: &Json) -> usize {
            match value {
                Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
                Json::Object(members) => 1 + members.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
                _ => 0,
            }
        }
        prop_assert_eq!(scan_depth(text.as_bytes()), depth(&parse(text.as_bytes()).unwrap()));
    }

    #[test]
    fn every_offset_is_that_of_the_first_bad_byte(bytes in mutant()) {
        // Up to the offset the text can still become JSON; with the byte there it cannot.
        if let Err(JsonError { offset, kind: JsonErrorKind::Syntax(_) | JsonErrorKind::ControlCharacter }) = parse(&bytes) {
            let before = parse(&bytes[..offset]).map_err(|error| error.kind);
            let fits = matches!(before, Ok(_) | Err(JsonErrorKind::Truncated | JsonErrorKind::Empty));
            prop_assert!(fits, "{:?} at {}: {:?}", String::from_utf8_lossy(&bytes), offset, before);
        }
    }
}

/// Mutants that are all refused, or all accepted, would make the properties above hollow.
#[test]
fn the_generators_reach_both_verdicts() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let strategy = mutant();
    let accepted = (0..200)
        .filter(|_| parse(&strategy.new_tree(&mut runner).unwrap().current()).is_ok())
        .count();
    assert!((20..180).contains(&accepted), "{accepted} of 200");
}
