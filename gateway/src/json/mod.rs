//! A strict reader of JSON text that keeps what it reads exactly as it was sent.
//!
//! Numbers, string escapes and repeated members survive, which a tree of values would lose: an id is
//! echoed byte for byte and a repeated member can be refused.

mod copy;
mod number;
mod read;
mod token;

pub(crate) use copy::{compact, redacted};
pub(crate) use number::integer;
pub(crate) use read::{
    Kind, Member, Unreadable, elements, kind, member, members, quoted, raw, read, repeated, string,
    too_deep,
};
