//! What the checks are about that are asked while our own receiver of records misbehaves.

use super::{About, about};
use crate::oracle::check::CheckId;

impl CheckId {
    pub(super) const fn delivered(self) -> About {
        match self {
            Self::SinkAnswer => about(
                "Is the call answered without waiting for the receiver of its record?",
                "the time of the answer while our receiver of records misbehaves, beside the same call before and after",
                "at most one second more than the slower of the two",
                "hand records to a bounded queue, and deliver them from a task of their own",
            ),
            _ => about(
                "Does a record come later that its receiver could not take, or is its loss told?",
                "the records after our receiver has become honest again, and the warnings that --log delivers meanwhile",
                "the record comes; where it is lost, the log warns (which warns here too); lost without a word fails",
                "keep what is not taken in a bounded queue, try again with pauses, and count and log what is given up",
            ),
        }
    }
}
