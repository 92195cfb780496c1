//! What the checks of the family `leak.` are about.

use super::{About, about};
use crate::oracle::check::CheckId;

impl CheckId {
    pub(super) const fn leaked(self) -> About {
        match self {
            Self::Traceback => about(
                "Are refusal and record free of stack traces, and the refusal of paths?",
                "the body of an error reply, and the raw text of the record",
                "no mark of a stack trace of a usual language stands in them (in the record it warns), and no path of the target's file system in the reply (warns)",
                "answer and record a message of your own, and write the trace to your log",
            ),
            Self::Secret => about(
                "Are reply and record free of the caller's credentials?",
                "the body and the headers of the reply, and the raw text of the record",
                "the credential that was sent stands in neither",
                "mask credentials before anything is logged, recorded or quoted in an error",
            ),
            Self::Delivered => about(
                "Is everything that a source delivers free of credentials?",
                "every line of the audit source but those about a message under test: no records, records of others, of handshakes and of the messages around a case",
                "no credential of the run in any of them, in plain text, hexadecimal, base64 and percent-encoded",
                "mask credentials before anything is handed to a sink, also at start, at a reload and for internal calls",
            ),
            _ => about(
                "Is the target's own log free of credentials?",
                "the lines that --log delivers while the message is answered, each in plain text, hexadecimal, base64 and percent-encoded",
                "no credential at any level, and of what an upstream asks the user nothing above DEBUG",
                "log methods, names and sizes, never headers, params or bodies",
            ),
        }
    }
}
