//! What the checks of the family `upstream.` are about.

use super::{About, about};
use crate::oracle::check::CheckId;

impl CheckId {
    pub(super) const fn behind(self) -> About {
        match self {
            Self::UpstreamCalls => about(
                "Did the call reach the upstream as often as it should?",
                "the tools/call requests at our own upstream that carry the canary of the message",
                "one for a call that is served, none for one that is refused",
                "refuse before an upstream is chosen, and try again only what the upstream cannot have done",
            ),
            Self::UpstreamIntact => about(
                "Did the arguments of the call arrive unchanged, and the text of its result come back?",
                "params.arguments at our own upstream, beside those that were sent, and the text of the result",
                "the same members and values (their order and the notation of numbers are free), and the upstream's text",
                "pass arguments and results on as the text that arrived, and never through a float or a fixed structure",
            ),
            Self::UpstreamAnswer => about(
                "Was the request of the upstream answered?",
                "the messages at our own upstream that carry the id of its request",
                "one answer with a code that the case permits; a ping gets a result",
                "answer every request of a server: -32601 for what was not declared, with its id",
            ),
            Self::UpstreamCancelled => about(
                "Was the call cancelled at the upstream that the caller has cancelled, and no other?",
                "the notifications/cancelled at our own upstream, and the ids of the calls there",
                "each names the call with the canary of the cancelled one; none at all warns",
                "keep the id that a call has at the upstream with the id and session of its caller",
            ),
            Self::UpstreamWarned => about(
                "Did the target warn of a request of the upstream that it refused?",
                "the lines that --log delivers while the call is answered",
                "one names the method; without the upstream's name, or below WARNING, it warns",
                "log a WARNING with the upstream and the method, and without the params",
            ),
            Self::UpstreamSchema => about(
                "Are the schemas of the upstream's tools read without going where they lead?",
                "everything that reached our own upstream since it has listed tools with such schemas",
                "no request for the schema to which one refers, and no header with the name that one makes up",
                "never fetch a reference unasked, and leave out a tool whose header annotation is no token",
            ),
            _ => about(
                "Did the caller's credentials stay on this side?",
                "headers and bodies of everything that reached our own upstream in the run",
                "the credential that was sent to the target stands in none, and a cookie or session of one upstream in none for another",
                "make the headers of an upstream's request anew, and take its credentials from its own settings",
            ),
        }
    }
}
