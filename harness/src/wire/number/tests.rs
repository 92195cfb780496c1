//! Tables for the exact arithmetic.

use super::Number;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn tells_integers() {
    assert!(number("1.0").is_integer());
    assert!(!number("1.5").is_integer());
}
