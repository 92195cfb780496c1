//! Why a profile cannot be used, with the place in its text.

use std::fmt::{self, Display, Formatter};

/// Why a profile cannot be used. Displays as `file:line:column: reason`, or `file: reason` where the
/// whole text is meant.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct ProfileError {
    /// File name as it was given.
    pub origin: String,
    /// Line and column of the fault, both from 1, the column in bytes.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub reason: String,
}

impl ProfileError {
    pub(super) fn from_toml(error: &toml::de::Error, text: &str, origin: &str) -> Self {
        let place = error.span().map(|span| place_of(text, span.start));
        Self { origin: origin.to_owned(), place, reason: error.message().to_owned() }
    }

    /// A fault at a byte of the text; `at` is the text's origin and the text.
    pub(super) fn at((origin, text): (&str, &str), offset: usize, reason: &str) -> Self {
        let place = Some(place_of(text, offset));
        Self { origin: origin.to_owned(), place, reason: reason.to_owned() }
    }

    pub(super) fn whole(origin: &str, reason: &str) -> Self {
        Self { origin: origin.to_owned(), place: None, reason: reason.to_owned() }
    }
}

impl Display for ProfileError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => {
                write!(f, "{}:{line}:{column}: {}", self.origin, self.reason)
            }
            None => write!(f, "{}: {}", self.origin, self.reason),
        }
    }
}

/// Line and column, from 1, of a byte offset.
fn place_of(text: &str, offset: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}
