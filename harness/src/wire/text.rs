//! String text.

/// A string by its raw text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text;
