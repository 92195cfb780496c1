//! Number text.

/// A number by its raw text.
#[derive(Clone, Debug, PartialEq)]
pub struct Number;
