//! Tables for the relation of ids.

use super::{Id, IdRelation};
use crate::wire::json::parse;

#[test]
fn tells_a_changed_type() {
    let (one, two) = (parse(b"1").unwrap(), parse(b"\"1\"").unwrap());
    assert_eq!(Id::relation(&one, &two), IdRelation::TypeChanged);
}
