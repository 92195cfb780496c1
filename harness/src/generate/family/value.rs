//! Raw JSON texts of every kind.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::SBoxedStrategy;

/// A JSON string: the text, escaped as a serialiser does it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Short texts, from plain letters to any character.
pub(super) fn text() -> SBoxedStrategy<String> {
    prop_oneof![3 => "[a-z0-9 ._/-]{0,12}", 1 => "\\PC{0,12}"].sboxed()
}

/// A JSON string.
pub(super) fn string() -> impl Strategy<Value = String> {
    text().prop_map(|text| quoted(&text))
}

/// A whole number, also beyond what a double or 64 bits can hold.
pub(super) fn integer() -> SBoxedStrategy<String> {
    prop_oneof![
        4 => (0_i64..1000).prop_map(|number| number.to_string()),
        2 => any::<i64>().prop_map(|number| number.to_string()),
        1 => "[1-9][0-9]{18,40}",
    ]
    .sboxed()
}

/// A number with a fraction that is not nothing.
pub(super) fn fraction() -> impl Strategy<Value = String> {
    (any::<i16>(), "[0-9]{0,3}", 1_u8..10)
        .prop_map(|(whole, zeros, last)| format!("{whole}.{zeros}{last}"))
}

/// `null`, `true` or `false`.
pub(super) fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned)
}

/// An array or an object, mostly small.
pub(super) fn structure() -> SBoxedStrategy<String> {
    let element = || prop_oneof![word(), integer(), string()];
    let array = proptest::collection::vec(element(), 0..4)
        .prop_map(|elements| format!("[{}]", elements.join(",")));
    let member = ("[a-z]{1,4}", element()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let object = proptest::option::of(member)
        .prop_map(|member| format!("{{{}}}", member.unwrap_or_default()));
    prop_oneof![Just("[]".to_owned()), Just("{}".to_owned()), array, object].sboxed()
}

/// Anything but a string.
pub(super) fn other_than_string() -> impl Strategy<Value = String> {
    prop_oneof![word(), integer(), fraction(), structure()]
}

/// Anything but an object, an array and `null`.
pub(super) fn scalar() -> impl Strategy<Value = String> {
    let words = proptest::sample::select(vec!["true", "false"]).prop_map(str::to_owned);
    prop_oneof![words, integer(), fraction(), string()]
}
