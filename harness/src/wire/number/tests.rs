//! Tables for the grammar and the exact arithmetic, and properties against 128-bit integers.

use super::Number;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
}

#[test]
fn reads_the_grammar_and_nothing_else() {
    for text in ["0", "-0", "7", "10", "1.0", "0.10", "-1.5e10", "1E+2", "1e-2", "0e0", "1e007"] {
        assert_eq!(number(text).raw(), text);
    }
    let bad = [
        "",
        "-",
        "+1",
        "01",
        "-01",
        "00",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "1e1.5",
        "0x1",
        "1_0",
        "NaN",
        "Infinity",
        "-Infinity",
        " 1",
        "1 ",
        "--1",
        "1,0",
        "١",
        "1a",
        "1e1e1",
        "1.2.3",
    ];
    for text in bad {
        assert_eq!(Number::parse(text), None, "{text}");
    }
}

#[test]
fn tells_integers_by_value() {
    let integers = [
        "0",
        "-0",
        "0.0",
        "-0.000e-99",
        "1",
        "1.0",
        "1e0",
        "1E+0",
        "10e-1",
        "1500e-2",
        "1.5e1",
        "1.50e1",
        "0.001e3",
        "1e400",
        "-1e400",
        "18446744073709551616",
        "100000000000000000000e-20",
        "1e99999999999999999999999999999999999999999999",
        "0e-99999999999999999999999999999999999",
    ];
    for text in integers {
        assert!(number(text).is_integer(), "{text}");
    }
    let fractions = [
        "1.5",
        "1e-1",
        "-0.1",
        "15e-1",
        "1.05e1",
        "0.001e2",
        "1e-400",
        "9007199254740993.5",
        "1e-99999999999999999999999999999999999999999999",
        "100000000000000000000e-21",
    ];
    for text in fractions {
        assert!(!number(text).is_integer(), "{text}");
    }
}

#[test]
fn compares_values_exactly() {
    let same = [
        ("1", "1.0"),
        ("1", "1e0"),
        ("1", "10e-1"),
        ("1", "0.01e2"),
        ("-0", "0"),
        ("0", "0e400"),
        ("0.0", "-0e-1"),
        ("100", "1e2"),
        ("1.50", "15e-1"),
        ("-1.5", "-1500e-3"),
        ("1e400", "10e399"),
        ("18446744073709551616", "1.8446744073709551616e19"),
        (
            "1e10000000000000000000000000000000000000000",
            "10e9999999999999999999999999999999999999999",
        ),
        (
            "1e-10000000000000000000000000000000000000000",
            "0.1e-9999999999999999999999999999999999999999",
        ),
        ("1e0000000000000000000000000000000000000001", "10"),
    ];
    for (one, two) in same {
        assert!(number(one).same_value(&number(two)), "{one} {two}");
        assert!(number(two).same_value(&number(one)), "{two} {one}");
    }
    let different = [
        ("1", "-1"),
        ("1", "2"),
        ("1", "10"),
        ("1", "1.1"),
        ("0", "1e-400"),
        ("9007199254740993", "9007199254740992"),
        ("18446744073709551616", "1.8446744073709552e19"),
        ("1e400", "1e401"),
        ("1e400", "1e-400"),
        (
            "1e10000000000000000000000000000000000000000",
            "1e10000000000000000000000000000000000000001",
        ),
        (
            "1e20000000000000000000000000000000000000000",
            "1e10000000000000000000000000000000000000000",
        ),
        (
            "1e10000000000000000000000000000000000000000",
            "1e-10000000000000000000000000000000000000000",
        ),
        ("12", "102"),
        ("1.02", "1.2"),
    ];
    for (one, two) in different {
        assert!(!number(one).same_value(&number(two)), "{one} {two}");
        assert!(!number(two).same_value(&number(one)), "{two} {one}");
    }
}

#[test]
fn a_megabyte_of_digits_is_just_a_number() {
    let zeros = "0".repeat(1_000_000);
    assert!(number(&format!("1{zeros}e-1000000")).same_value(&number("1")));
    assert!(!number(&format!("1{zeros}e-1000001")).is_integer());
    assert!(number(&format!("0.{zeros}1e1000001")).same_value(&number("1")));
    assert!(number(&format!("1e{zeros}1")).same_value(&number("10")));
    assert!(!number(&format!("1e1{zeros}")).same_value(&number(&format!("1e-1{zeros}"))));
    assert_eq!(number(&format!("1e1{zeros}")).as_i64(), None);
}

#[test]
fn converts_to_integers_exactly() {
    let table = [
        ("0", Some(0)),
        ("-0.0", Some(0)),
        ("0e99999999999999999999", Some(0)),
        ("1.0", Some(1)),
        ("-15e1", Some(-150)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("-9.223372036854775808e18", Some(i64::MIN)),
        ("9e18", Some(9_000_000_000_000_000_000)),
        ("1000000000000000000000e-21", Some(1)),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
        ("1e19", None),
        ("18446744073709551617", None),
        ("1e400", None),
        ("1.5", None),
        ("1e-1", None),
        ("-1e99999999999999999999999999999999999999999", None),
    ];
    for (text, value) in table {
        assert_eq!(number(text).as_i64(), value, "{text}");
    }
}

#[test]
fn converts_to_the_nearest_double() {
    let table = [
        ("0", 0.0),
        ("1.5", 1.5),
        ("-1e0", -1.0),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("1e400", f64::INFINITY),
        ("-1e400", f64::NEG_INFINITY),
        ("1e-400", 0.0),
        ("1e99999999999999999999999999", f64::INFINITY),
        ("1e-99999999999999999999999999", 0.0),
    ];
    for (text, value) in table {
        assert!(number(text).as_f64().total_cmp(&value).is_eq(), "{text}");
    }
    assert!(number("-0").as_f64().is_sign_negative());
}

#[test]
fn tells_what_a_double_made_of_it() {
    let rounded = [
        ("9007199254740993", "9007199254740992"),
        ("9007199254740993", "9007199254740992.0"),
        ("9007199254740993", "9.007199254740992e15"),
        ("18446744073709551616", "18446744073709552000"),
        ("18446744073709551616", "1.8446744073709552e19"),
        ("18446744073709551617", "18446744073709551616"),
        ("123456789012345678901234567890", "123456789012345680000000000000"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("123456789012345678901234567890", "123456789012345677877719597056"),
        ("-9007199254740993", "-9007199254740992"),
        ("0.1000000000000000055", "0.1"),
        ("1e-400", "0"),
    ];
    for (exact, received) in rounded {
        assert!(number(received).is_rounding_of(&number(exact)), "{exact} {received}");
    }
    let not_rounded = [
        ("1", "1"),
        ("1", "1.0"),
        ("9007199254740992", "9007199254740993"),
        ("9007199254740993", "9e15"),
        ("9007199254740993", "9007199254740991"),
        ("9007199254740993", "9007199254740994"),
        ("9007199254740993", "-9007199254740992"),
        ("1e400", "1e401"),
        ("1e400", "1.7976931348623157e308"),
        ("0", "1e-400"),
        ("7", "8"),
    ];
    for (exact, received) in not_rounded {
        assert!(!number(received).is_rounding_of(&number(exact)), "{exact} {received}");
    }
}

/// The value times 10^10, where that is an integer of 128 bits.
const fn scaled(mantissa: i64, exponent: i8) -> i128 {
    mantissa as i128 * 10_i128.pow((exponent + 10) as u32)
}

proptest! {
    #[test]
    fn agrees_with_wide_integers(
        one in -2000_i64..2000, power in -10_i8..10, two in -2000_i64..2000, other in -10_i8..10,
    ) {
        let (first, second) = (number(&format!("{one}e{power}")), number(&format!("{two}E{other}")));
        let (a, b) = (scaled(one, power), scaled(two, other));
        prop_assert_eq!(first.same_value(&second), a == b);
        let whole = a % 10_i128.pow(10) == 0;
        prop_assert_eq!(first.is_integer(), whole);
        let value = i64::try_from(a / 10_i128.pow(10)).ok().filter(|_| whole);
        prop_assert_eq!(first.as_i64(), value);
    }

    #[test]
    fn every_notation_has_the_same_value(value in any::<i64>(), zeros in 0_usize..40) {
        let plain = number(&value.to_string());
        let padding = "0".repeat(zeros);
        let notations = [
            format!("{value}.0{padding}"),
            format!("{value}{padding}e-{zeros}"),
            format!("{value}{padding}.00e-{padding}{zeros}"),
            format!("{value}E+{padding}0"),
        ];
        for text in notations {
            prop_assert!(plain.same_value(&number(&text)), "{}", text);
            prop_assert_eq!(number(&text).as_i64(), Some(value), "{}", text);
        }
        let neighbour = number(&format!("{}", i128::from(value) + 1));
        prop_assert!(!plain.same_value(&neighbour));
    }

    #[test]
    fn any_double_in_any_notation_is_a_rounding(value in any::<u64>()) {
        let exact = number(&value.to_string());
        let double = value as f64;
        for text in [format!("{double}"), format!("{double:e}"), format!("{double:.16e}"), format!("{double:.0}")] {
            let received = number(&text);
            prop_assert!(received.same_value(&exact) || received.is_rounding_of(&exact), "{}", text);
        }
    }
}
