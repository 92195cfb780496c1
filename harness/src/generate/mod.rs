//! Generation: base messages, edits and rendering. Never looks at the oracle.

pub mod arbitrary;
pub mod base;
pub mod bytes;
pub mod deal;
pub mod dice;
pub mod family;
pub(crate) mod input;
pub mod made;
pub mod message;
pub mod modern;
pub mod mutate;
pub mod render;
