//! What the answers at each step mean. Pure: opens, sends and prints nothing.

pub(super) mod debug;
pub(super) mod metadata;
pub(super) mod origin;
pub(super) mod reach;
pub(super) mod redirect;
pub(super) mod serve;
