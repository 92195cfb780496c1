//! Generation: base messages, edits and rendering. Never looks at the oracle.

pub mod arbitrary;
pub mod base;
pub mod bytes;
pub mod deal;
pub mod family;
pub mod made;
pub mod message;
pub mod modern;
pub mod render;
