//! The oracle: what an envelope is, what may come back for it, and the verdict. A pure core that
//! shares no code with the reference gateway: a common parser would be a common mistake.

pub mod asked;
pub mod check;
pub mod checks;
pub mod classify;
pub mod evidence;
pub mod expect;
pub mod grade;
pub mod http;
pub mod judge;
pub mod modern;
pub mod observe;
pub mod params;
pub mod schema;
pub mod secrets;
pub mod strict;
pub mod switches;
#[cfg(test)]
pub(crate) mod testing;
pub mod trace;
