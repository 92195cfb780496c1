//! Tables for decoding and equality.

use super::Text;

#[test]
fn decodes_a_pair() {
    assert_eq!(Text::from_valid_raw("\\ud83d\\ude00").decoded(), Some("😀"));
}
