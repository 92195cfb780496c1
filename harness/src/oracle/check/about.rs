//! What each check is about, for `explain`.

mod leak;
mod sink;
mod upstream;

use super::CheckId;

/// What a reader of a red line wants to know of a check.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The question that it asks.
    pub question: &'static str,
    /// What it looks at.
    pub reads: &'static str,
    /// When it passes.
    pub passes: &'static str,
    /// The usual remedy for a target that fails it.
    pub fix: &'static str,
}

const fn about(
    question: &'static str,
    reads: &'static str,
    passes: &'static str,
    fix: &'static str,
) -> About {
    About { question, reads, passes, fix }
}

const PROGRESS: About = about(
    "Is what is told of the progress right?",
    "the notifications/progress in the stream of the answer",
    "each is under the token of the request, greater than the one before, and none follows the answer",
    "copy the token as the JSON value that arrived, send a value only when it has grown, and stop when \
     the answer is sent",
);

const UNASKED: About = about(
    "Beside the answer, does the reply hold only what the request asked for?",
    "every message in the body or the stream that is no response",
    "progress only under the token of the request; since 2026-07-28 log messages only where \
                 _meta names a level, and no request of the server",
    "send progress and log messages only for a request that asked for them, on its own stream",
);

const PURITY: About = about(
    "Are there only messages on a process's standard output?",
    "every line that the process wrote for the message; in some cases in its whole life",
    "each line is one JSON-RPC message; blank lines and CR LF only warn",
    "send banners and logs to standard error, those of libraries included, and write each \
                 message compact and whole with one line feed",
);

impl CheckId {
    /// What the check is about.
    #[must_use]
    pub const fn about(self) -> About {
        match self {
            Self::Control
            | Self::Reply
            | Self::Once
            | Self::Shape
            | Self::Code
            | Self::Result
            | Self::Schema
            | Self::Alive => self.answered(),
            Self::Progress => PROGRESS,
            Self::Unasked => UNASKED,
            Self::Id => about(
                "Does the response carry the id of the request?",
                "the member id of every response, as raw JSON text, beside the id that was sent",
                "same type and same value; null or no id only where none could be read",
                "keep the id as the JSON value that arrived and copy it back; do not pass it through a \
                 float, a string or a map key",
            ),
            Self::Status | Self::ContentType | Self::Framing | Self::Header => self.transported(),
            Self::Purity => PURITY,
            Self::Exit => about(
                "Does the process end when it should, and only then?",
                "the exit of the process after its input was closed, and its process group",
                "it ends by itself and leaves no process behind; one that needs a SIGTERM only warns",
                "read standard input to its end and leave then, with all that you started",
            ),
            Self::Beside
            | Self::Pages
            | Self::EventId
            | Self::Stream
            | Self::Canary
            | Self::Same => self.between(),
            Self::UpstreamCalls
            | Self::UpstreamIntact
            | Self::UpstreamAnswer
            | Self::UpstreamSecret
            | Self::UpstreamCancelled
            | Self::UpstreamWarned
            | Self::UpstreamSchema => self.behind(),
            Self::Traceback | Self::Secret | Self::LogLeak | Self::Delivered => self.leaked(),
            Self::SinkAnswer | Self::SinkLoss => self.delivered(),
            Self::Line
            | Self::Record
            | Self::RecordOnce
            | Self::RecordAgree
            | Self::RecordLost
            | Self::Orphan => self.recorded(),
            Self::CallType
            | Self::RecordStatus
            | Self::RecordError
            | Self::RecordRequest
            | Self::RecordTool
            | Self::RecordServer
            | Self::RecordResponse
            | Self::RecordTiming => self.recorded_field(),
        }
    }

    const fn between(self) -> About {
        match self {
            Self::Beside => about(
                "Were the messages sent beside the stimulus answered as they should be?",
                "the reply to each message that was under way at the same time",
                "each is answered once, in a way that its class permits, with its own id",
                "keep what belongs to a request with that request, and not in a variable of the session",
            ),
            Self::Pages => about(
                "Does a listing end when its cursors are followed?",
                "the pages that the cursors of the results name, one after the other",
                "each page is served, no cursor comes back, and the last page names none",
                "make a cursor from the place where the next page begins, and leave it out on the last",
            ),
            Self::EventId => about(
                "Is every event id of the session unique?",
                "the ids of the events on all streams of one case",
                "none stands twice",
                "count events in one place for the session, or put the stream into the id",
            ),
            Self::Stream => about(
                "Does a stream carry only what belongs there, and end with its answer?",
                "the events that come over the streams that GET opened; where a case waits for it, the end of the \
                 stream of an answer",
                "no response on a standing stream, and no message that another carries too; an answer's stream that \
                 is open two seconds later warns",
                "send an answer over the connection of its request and end its stream, and send every other \
                 message once",
            ),
            Self::Canary => about(
                "Does each answer hold what its own request said, and nothing of another?",
                "the body of every answer of the case, searched for the canaries of all its requests",
                "no canary of another request; where the tool echoes, its own",
                "look an answer up by connection and id together, and never by the id alone",
            ),
            _ => about(
                "Do equal requests get equal answers?",
                "the parts of the answers that the case names",
                "they are the same; another order of the same items warns",
                "let the answer depend on the request and its credentials only",
            ),
        }
    }

    const fn answered(self) -> About {
        match self {
            Self::Control => about(
                "Is the same message without its defect accepted?",
                "the reply to the twin that is sent before the message under test",
                "a result, or 2xx for a notification; otherwise nothing can be said and the case is \
                 untestable",
                "look at the reply to the twin: credentials, session, an unknown revision or a rate \
                 limit stand in the way",
            ),
            Self::Once => about(
                "Is there exactly one response?",
                "the number of JSON-RPC responses in the body or the event stream",
                "one; for a batch one for each of its requests",
                "answer from one place only: an answer of the upstream and a timeout must not both be \
                 sent",
            ),
            Self::Shape => about(
                "Is each response a valid JSON-RPC response object?",
                "the members of every response",
                "jsonrpc is \"2.0\", and there is either a result object or an error with an integer \
                 code and a message",
                "build responses by one function that takes a result or an error",
            ),
            Self::Code => about(
                "Is the error code one that fits the condition?",
                "error.code of the reply",
                "one of the codes that the case permits",
                "map each condition to its predefined code: -32700 no JSON, -32600 no request, -32601 \
                 no such method, -32602 params",
            ),
            Self::Result => about(
                "Does the result hold what it must, and nothing that it must not?",
                "members of the result that the case names",
                "each is there, of the kind and with the value that is named",
                "fill in the members that the method's result defines, and pass the upstream's result \
                 on unchanged",
            ),
            Self::Schema => about(
                "Does every message fit the MCP schema of the revision?",
                "the results, errors, notifications and requests that came back",
                "every member that the method defines is there with its type; further members are free",
                "make messages by the types of the revision that was negotiated, and pass those of the \
                 upstream on unchanged",
            ),
            Self::Alive => about(
                "Does the target serve the same session afterwards?",
                "the reply to a valid request that follows the message under test",
                "it is accepted",
                "catch errors of one message where it is handled: no bad input may end a session, a \
                 stream or the process",
            ),
            _ => about(
                "Is the kind of reply one that is permitted?",
                "what came back at a glance: result, error, an empty 2xx, an HTTP error, silence, ...",
                "one of the kinds that the case permits",
                "a message with an id that vanishes behind 202 or silence was taken for a \
                 notification: decide by the member id; one that is served should have been refused",
            ),
        }
    }

    const fn transported(self) -> About {
        match self {
            Self::Status => about(
                "Is the HTTP status one that is permitted?",
                "the status line of the reply",
                "one of the statuses that the case permits",
                "400 for what is no message, 200 for JSON-RPC errors of requests, 202 for accepted \
                 notifications, 404 for lost sessions only",
            ),
            Self::ContentType => about(
                "Is the media type one that MCP names and the request admits?",
                "the header Content-Type of a reply with a JSON-RPC message, and Accept of the request",
                "application/json or text/event-stream",
                "set Content-Type on every path, error pages of frameworks and proxies included",
            ),
            Self::Header => about(
                "Is a demanded response header there?",
                "the headers of a reply whose status demands one",
                "the header is there",
                "add it: WWW-Authenticate to 401, Allow to 405",
            ),
            _ => about(
                "Is the reply well-formed on the wire?",
                "HTTP framing, event stream, UTF-8 and byte order mark",
                "one whole message that can be read without guessing",
                "end events by a blank line and bodies by their length, and send UTF-8 without a byte \
                 order mark",
            ),
        }
    }

    const fn recorded(self) -> About {
        match self {
            Self::Line => about(
                "Is every line about the message a readable record?",
                "lines of the audit source that carry the canary of the message",
                "each is one whole record",
                "write records with a JSON library and never by joining strings",
            ),
            Self::RecordOnce => about(
                "Is there only one record of the message?",
                "the records that match it by header, trace, canary, id or time",
                "one; for a batch at most one for each message in it",
                "write the record where the answer is sent, not in every layer and retry",
            ),
            Self::RecordAgree => about(
                "Do the records of one message in several sources say the same?",
                "call type, status, JSON-RPC code, id and tool of the record in each source that --audit names",
                "no two sources that carry the same member contradict each other",
                "make the record once, and give the same one to every sink",
            ),
            Self::RecordLost => about(
                "Does the source have every record that is proved to have been written?",
                "all messages of the run: which have a record in another source, or when they are sent again alone",
                "none lacks its record here; one that only its repetition proves warns",
                "take what is queued before a flush, not what is queued after it, and try again what failed",
            ),
            Self::Orphan => about(
                "Does every record with a canary of ours belong to a message?",
                "all records of the run",
                "none is left over",
                "write no record for what was not asked, and keep the canary of one request out of \
                 the record of another",
            ),
            _ => about(
                "Is there a record of the message?",
                "the audit source, after it has settled",
                "there is one before the profile's deadline",
                "open the entry before parsing and close it on every path, refusals included",
            ),
        }
    }

    const fn recorded_field(self) -> About {
        match self {
            Self::CallType => about(
                "Is the call type of the record the right one?",
                "the call type, by the profile's mapping",
                "that of the method, or the one for refusals at the protocol layer; never empty",
                "set the call type before the message is dispatched, so that failures have it too",
            ),
            Self::RecordStatus => about(
                "Does the status of the record agree with the reply?",
                "the status of the record beside the kind of reply",
                "failure for errors and for results with isError, success for results",
                "take the status from the answer that the caller gets, isError included",
            ),
            Self::RecordError => about(
                "Does the record of a failure carry the error?",
                "code, class and message of the error in the record",
                "the code that the caller saw, or for a tool error some text",
                "record the error object that is sent",
            ),
            Self::RecordRequest => about(
                "Does the record carry the request's method and id?",
                "method and id in the record, as raw JSON text",
                "both are what was sent",
                "copy both from the envelope before anything else is done",
            ),
            Self::RecordTool => about(
                "Does the record name the tool and its arguments?",
                "tool name and arguments in the record",
                "both are what the caller asked for, also where the call was refused",
                "fill them in when the params have been parsed, before the tool is looked up",
            ),
            Self::RecordServer => about(
                "Does the record of a failed call name the upstream?",
                "the name of the upstream in the record of a call that failed behind the target",
                "it is there; where the records of successes lack it too, it warns",
                "fill it in when the tool is looked up, and keep it on every path of failure",
            ),
            Self::RecordResponse => about(
                "Does the record of a success hold the response?",
                "the response in the record",
                "it is the result that the caller got",
                "record the result that is sent",
            ),
            _ => about(
                "Are the times of the record sane?",
                "start and end of the record beside the harness's own clock",
                "start before end, both near the exchange, in seconds since the Unix epoch",
                "take both times from one clock, in the unit that the profile names",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_checks_ask_the_same() {
        let questions: BTreeSet<&str> =
            CheckId::ALL.iter().map(|check| check.about().question).collect();
        assert_eq!(questions.len(), CheckId::ALL.len(), "one has fallen through to another's text");
    }
}
