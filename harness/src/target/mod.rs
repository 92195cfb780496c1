//! The target: how it is reached, what it speaks, and which of its tools may be called.

pub mod arguments;
pub mod facts;
#[cfg(feature = "reference")]
pub mod reference;
pub mod restart;
pub mod world;
