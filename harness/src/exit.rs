//! Exit codes: stable, CI scripts depend on them.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// 0: all as expected.
    Good,
    /// 1: a verdict failed, was untestable, or the snapshot drifted.
    Failed,
    /// 2: the command line, a case, a profile or another file of ours is wrong.
    Usage,
    /// 3: the target could not be tested.
    Untestable,
    /// 70: our own fault.
    Internal,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Untestable => 3,
            Self::Internal => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_manual() {
        let codes = [Exit::Good, Exit::Failed, Exit::Usage, Exit::Untestable, Exit::Internal];
        assert_eq!(codes.map(Exit::code), [0, 1, 2, 3, 70]);
    }
}
