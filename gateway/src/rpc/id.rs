//! Request ids, kept as the text in which they were sent.

use serde_json::value::RawValue;

use crate::json::{Kind, integer, kind};

/// The member `id` of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum IdMember<'a> {
    /// There is none: a notification, or no request at all.
    Absent,
    /// A string or an integer, the two types that the base protocol allows.
    Valid(&'a RawValue),
    /// Anything else.
    Invalid(&'a RawValue),
}

/// The `id` of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Echo {
    /// The id of the request, byte for byte.
    Of(Box<RawValue>),
    /// JSON-RPC 2.0 section 5: null where the id could not be detected.
    Null,
    /// No member at all: the error says why a notification was refused, and notifications have no
    /// id (transports, Sending Messages to the Server).
    Omitted,
}

impl Echo {
    /// The member as it is sent.
    pub(crate) fn into_member(self) -> Option<Box<RawValue>> {
        match self {
            Self::Of(id) => Some(id),
            Self::Null => Some(RawValue::NULL.to_owned()),
            Self::Omitted => None,
        }
    }
}

/// Tells whether an id can be echoed.
pub(crate) fn read_id(member: Option<&RawValue>) -> IdMember<'_> {
    let Some(id) = member else {
        return IdMember::Absent;
    };
    match kind(id) {
        Kind::String => IdMember::Valid(id),
        Kind::Number if integer(id.get()).is_some() => IdMember::Valid(id),
        _ => IdMember::Invalid(id),
    }
}

impl IdMember<'_> {
    /// The echo of a refused request: its id where there is a valid one.
    pub(crate) fn echo(self) -> Echo {
        match self {
            Self::Valid(id) => Echo::Of(id.to_owned()),
            Self::Absent | Self::Invalid(_) => Echo::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    fn is_valid(text: &str) -> bool {
        matches!(read_id(Some(&raw(text.to_owned()))), IdMember::Valid(_))
    }

    #[test]
    fn strings_and_integers_are_ids() {
        for text in [
            "1",
            "0",
            "-1",
            "1.0",
            "1e0",
            "-0",
            "\"\"",
            "\"a\"",
            "18446744073709551616",
        ] {
            assert!(is_valid(text), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_id() {
        for text in [
            "null",
            "true",
            "1.5",
            "1e-1",
            "1e400",
            "{}",
            "[]",
            "[1]",
            "{\"id\":1}",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
