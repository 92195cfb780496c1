//! The names of the faults, and what each breaks.

use std::fmt;
use std::str::FromStr;

macro_rules! faults {
    (
        $($fault:ident $name:literal $about:literal)*
        ;
        $($stdio:ident $stdio_name:literal $stdio_about:literal)*
        ;
        $($sink:ident $sink_name:literal $sink_about:literal)*
        ;
        $($setup:ident $setup_name:literal $setup_about:literal)*
    ) => {
        /// A deliberate defect of the gateway.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $(#[doc = $about] $fault,)*
            $(#[doc = $stdio_about] $stdio,)*
            $(#[doc = $sink_about] $sink,)*
            $(#[doc = $setup_about] $setup,)*
        }

        impl Fault {
            /// All faults that show over HTTP: first those of replies, then of records, then of
            /// upstreams.
            pub const ALL: &[Fault] = &[$(Self::$fault,)*];

            /// The faults that show over stdio alone.
            pub const STDIO: &[Fault] = &[$(Self::$stdio,)*];

            /// The faults that show where records are posted to a webhook.
            pub const SINK: &[Fault] = &[$(Self::$sink,)*];

            /// The faults of how a gateway is set up: they show around the endpoint and at the hop behind
            /// it, to whoever diagnoses the gateway.
            pub const SETUP: &[Fault] = &[$(Self::$setup,)*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$fault => $name,)*
                    $(Self::$stdio => $stdio_name,)*
                    $(Self::$sink => $sink_name,)*
                    $(Self::$setup => $setup_name,)*
                }
            }

            /// What the fault breaks, in one sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$fault => $about,)*
                    $(Self::$stdio => $stdio_about,)*
                    $(Self::$sink => $sink_about,)*
                    $(Self::$setup => $setup_about,)*
                }
            }
        }
    };
}

faults! {
    DropBadId "drop-bad-id"
        "The rejection of an invalid id is sent as an empty HTTP 202."
    HangUnknownMethod "hang-unknown-method"
        "An unknown method gets a stream of comments that never ends."
    DoubleReply "double-reply"
        "The answer to a tools/call is sent twice in its event stream."
    UnaskedProgress "unasked-progress"
        "Event streams begin with progress that no request asked for."
    ResultAndError "result-and-error"
        "A successful tools/call is answered with a result and an error."
    WrongCode "wrong-code"
        "An unknown method is answered with the code -32000."
    WedgeSession "wedge-session"
        "After an unparsable body, the requests of its session are never answered again."
    InventedId "invented-id"
        "Errors whose id should be null carry the id \"server-error\"."
    StringifyId "stringify-id"
        "Ids that are numbers are echoed as strings."
    RoundId "round-id"
        "Ids that are numbers are echoed as the nearest double."
    ParseError500 "parse-error-500"
        "An unparsable body is answered with HTTP 500."
    PlainTextReply "plain-text-reply"
        "JSON answers are sent as text/plain."
    ByteOrderMark "byte-order-mark"
        "JSON answers begin with a byte order mark."
    ServerInfoLost "server-info-lost"
        "The result of initialize lacks serverInfo."
    RevisionInvented "revision-invented"
        "Where initialize would offer the newest revision, it offers one that does not exist."
    ToolSchemaNull "tool-schema-null"
        "tools/list gives null as the inputSchema of gauntlet_slow."
    SseUnterminated "sse-unterminated"
        "The last event of a stream lacks its final blank line."
    NoChallenge "no-challenge"
        "HTTP 401 lacks WWW-Authenticate."
    QueryTokenServed "query-token-served"
        "The key is accepted in the query of the URL as well."
    RejectValid "reject-valid"
        "Every tools/list is answered with -32603."
    Traceback "traceback"
        "Error messages carry a stack trace with an absolute path."
    AliasIdEchoLowercase "alias-id-echo-lowercase"
        "Ids that are strings are echoed in lower case."
    AnswerNotification "answer-notification"
        "Notifications are answered with an error."
    OverlapDropped "overlap-dropped"
        "Of two calls that run at once in a session, the one that ends last gets an empty HTTP 202."
    AnswersCrossed "answers-crossed"
        "Of two calls that run at once, the one that ends last gets the result of the other."
    ListsVary "lists-vary"
        "Every second tools/list lacks a tool."
    PagesEndless "pages-endless"
        "Every page of tools/list names a next one."
    AsksUndeclared "asks-undeclared"
        "The standing stream of a session asks for the roots of a client that declared none."
    EventIdsRepeat "event-ids-repeat"
        "Every event of every stream has the id 1."
    ResponseOnStream "response-on-stream"
        "The standing stream of a session carries a response."
    ModernStatus200 "modern-status-200"
        "What the stateless revision refuses with HTTP 400 or 404 is sent with HTTP 200."
    ResultTypeLost "result-type-lost"
        "Results of the stateless revision lack resultType."
    CacheHintsLost "cache-hints-lost"
        "Results of the stateless revision lack ttlMs and cacheScope."
    SessionMinted "session-minted"
        "Answers of the stateless revision hand out a session."
    SubscriptionIdStringified "subscription-id-stringified"
        "Acknowledgements carry the id of their subscription as a string."
    HeaderMismatchServed "header-mismatch-served"
        "Headers of the stateless revision that do not say what the body says are overlooked."
    MetaNotRequired "meta-not-required"
        "Requests of the stateless revision are served without their _meta."
    UnsupportedVersionServed "unsupported-version-served"
        "Requests that name a revision that is not spoken are served."
    SkipRejectedRecord "skip-rejected-record"
        "What is rejected at the protocol layer leaves no record."
    DoubleRecord "double-record"
        "Every tools/list leaves two records."
    EmptyCallType "empty-call-type"
        "Records of failures have an empty call_type."
    IserrorAsSuccess "iserror-as-success"
        "A result with isError is recorded as a success."
    ErrorCodeLost "error-code-lost"
        "Records of errors say nothing about the error."
    RequestSwapped "request-swapped"
        "Records carry the id and the method of another request."
    ToolMetadataNull "tool-metadata-null"
        "Records of failed calls do not name the tool."
    ResponseMissing "response-missing"
        "Records of successes lack the response."
    ClockInMilliseconds "clock-in-milliseconds"
        "Records give times in milliseconds."
    ViewForgets "view-forgets"
        "The query API keeps no record of notifications."
    ViewsDiffer "views-differ"
        "The query API tells the refusal of a known method as a protocol error, the file as the call that it was."
    KeyBesideRecords "key-beside-records"
        "A line that is no record is written to the sinks, with the caller's credentials."
    GhostRecord "ghost-record"
        "Every tools/list leaves a second record that names no request of anybody."
    RawNewline "raw-newline"
        "A method with control characters breaks the line of its record."
    KeyInRecord "key-in-record"
        "Records hold the credentials of the caller."
    LevelSilencesRecords "level-silences-records"
        "A client's log level above info keeps the records of everybody from being written."
    LateRecord "late-record"
        "Records of failures are written 30 seconds late."
    IserrorDropped "iserror-dropped"
        "A result with isError is passed on and recorded without it."
    DeadUpstreamHangs "dead-upstream-hangs"
        "Whoever calls a tool of an unreachable upstream waits for ever."
    DeadUpstreamEmpty "dead-upstream-empty"
        "A call to an unreachable upstream is answered and recorded as an empty success."
    UpstreamGivenUp "upstream-given-up"
        "Once the connection to an upstream has broken, no later call reaches any."
    StructuredContentLost "structured-content-lost"
        "Results are passed on without their structured content."
    FeatureUnserved "feature-unserved"
        "Resources, prompts, completions and logging are declared, but their methods are not known."
    EmptyContents "empty-contents"
        "A resource that does not exist is read as one without contents."
    PromptWithHoles "prompt-with-holes"
        "A prompt is given although a required argument is missing."
    CompletionFlood "completion-flood"
        "A completion answers with every candidate at once."
    LogLevelAccepted "log-level-accepted"
        "A log level that does not exist is accepted."
    ProgressStuck "progress-stuck"
        "Notifications of progress repeat the same value."
    ProgressTokenCoerced "progress-token-coerced"
        "Progress tokens that are numbers are sent as strings."
    NoticesCrossed "notices-crossed"
        "What a call tells goes to the stream of another one, while that runs."
    ProgressAfterResult "progress-after-result"
        "The last notification of progress is sent again after the result."
    UpstreamCalledTwice "upstream-called-twice"
        "Every call is sent to its upstream twice."
    ArgumentsRounded "arguments-rounded"
        "Whole numbers in arguments reach the upstream as the nearest double."
    UpstreamUnanswered "upstream-unanswered"
        "Requests of an upstream are never answered."
    KeyForwarded "key-forwarded"
        "The key of the caller goes to every upstream."
    UpstreamHeadersPassed "upstream-headers-passed"
        "The headers of an upstream's answer are passed on to the caller."
    CookiesShared "cookies-shared"
        "A cookie that an upstream set is sent to every upstream."
    LostSessionKept "lost-session-kept"
        "A session that the upstream has lost is held on to."
    CancelsAnother "cancels-another"
        "A cancellation names the call before at the upstream."
    RefusalUnlogged "refusal-unlogged"
        "Requests of an upstream are refused without a word in the log."
    PromptInLog "prompt-in-log"
        "The log quotes what a refused request of an upstream says."
    EmptyCursorEnds "empty-cursor-ends"
        "A list of an upstream ends where the cursor of the next page is empty."
    AnnotationsOverlooked "annotations-overlooked"
        "Tools are offered whatever their schemas say of headers."
    ReferencesFetched "references-fetched"
        "What the schemas of an upstream's tools refer to is fetched when they are listed."
    RequestStateLost "request-state-lost"
        "The state that comes back with a retry does not go to the upstream."
    RetryCached "retry-cached"
        "The answer to a retry with given input is kept, and given to the next one like it."
    ServerNameLost "server-name-lost"
        "Records of failures do not name the upstream."
    ; // Those that show over stdio alone.
    StdioBanner "stdio-banner"
        "The first line of stdout is a greeting."
    StdioSilentParseError "stdio-silent-parse-error"
        "Lines that are no JSON text are ignored."
    StdioExitOnGarbage "stdio-exit-on-garbage"
        "A line that is no JSON text ends the process."
    StdioPrettyPrint "stdio-pretty-print"
        "Answers take several lines."
    StdioIgnoresEof "stdio-ignores-eof"
        "The process does not end when stdin does."
    StdioTornLines "stdio-torn-lines"
        "Answers that are ready while other requests run lack their newline."
    ; // Those that show where records are posted to a webhook.
    SinkBlocks "sink-blocks"
        "An answer waits until the webhook has its record, for at most two seconds."
    SinkDropsOnFlush "sink-drops-on-flush"
        "Records that come while others are being posted to the webhook are dropped."
    SinkLossSilent "sink-loss-silent"
        "Records that the webhook does not take at the first attempt are lost, neither counted nor told."
    SinkRepeats "sink-repeats"
        "Records that the webhook does not take at the first attempt are sent twice afterwards."
    ; // Those of how a gateway is set up.
    InitializeRefused "initialize-refused"
        "Every initialize is answered with -32603."
    UpstreamUnreached "upstream-unreached"
        "Calls to upstreams behind HTTP are answered with an empty success and are never sent."
    AuditSilent "audit-silent"
        "Nothing leaves a record."
    DebugUnmasked "debug-unmasked"
        "The debug headers show the credentials of the caller."
    ResourceInternal "resource-internal"
        "The metadata of the protected resource names an internal host."
    IssuerInternal "issuer-internal"
        "The metadata of the authorization server names an internal host."
    IssuerFromHost "issuer-from-host"
        "The OAuth metadata names the Host of the request, whatever origin is declared."
    ForwardedTrusted "forwarded-trusted"
        "X-Forwarded-Host and X-Forwarded-Proto of everybody are believed, whatever origin is declared."
    RedirectUnchecked "redirect-unchecked"
        "The authorization endpoint redirects to wherever redirect_uri says."
}

/// The name is not that of a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown fault {name:?}; known are {}", known())]
pub struct UnknownFault {
    name: String,
}

fn every() -> impl Iterator<Item = Fault> {
    Fault::ALL.iter().chain(Fault::STDIO).chain(Fault::SINK).chain(Fault::SETUP).copied()
}

fn known() -> String {
    let names: Vec<&str> = every().map(Fault::name).collect();
    names.join(", ")
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        every()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_faults() {
        for fault in every() {
            assert_eq!(fault.to_string().parse(), Ok(fault));
            assert!(fault.about().ends_with('.'));
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let error = "nope".parse::<Fault>().expect_err("there is none");
        let text = error.to_string();
        assert!(text.starts_with("unknown fault \"nope\"; known are drop-bad-id, "));
        assert!(text.ends_with("redirect-unchecked"));
    }
}
