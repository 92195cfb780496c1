//! The oracle: what an envelope is, what may come back for it, and the verdict. A pure core that
//! shares no code with the reference gateway: a common parser would be a common mistake.

pub mod expect;
