//! From the era to the record: whether MCP is served, and whether it is seen.

use super::super::answer::Answer;
use super::super::step::{Finding, Step};
use crate::case::expectation::ReplyKind;

/// Which revisions are spoken: the names of those that are, and otherwise why not and what to do.
pub(in super::super) fn era(spoken: &[String], refused: &str, advice: &str) -> Finding {
    if spoken.is_empty() {
        return Finding::fail(Step::Era, format!("no revision is spoken: {refused}"), advice);
    }
    let others = if refused.is_empty() { String::new() } else { format!(" (not {refused})") };
    Finding::pass(Step::Era, format!("speaks {}{others}", spoken.join(", ")))
}

/// The handshake of a session, as far as it came.
#[derive(Clone, Debug)]
pub(in super::super) struct Handshake {
    /// The answer to `initialize`.
    pub(in super::super) initialize: Answer,
    /// The answer to `notifications/initialized`; none where it was not sent.
    pub(in super::super) initialized: Option<Answer>,
    /// Name and version of the server.
    pub(in super::super) server: String,
    /// Whether a session id was issued.
    pub(in super::super) session: bool,
}

/// Whether a session can be opened. Without a handshake only the stateless revision was asked about.
pub(in super::super) fn initialize(handshake: Option<&Handshake>) -> Finding {
    let Some(Handshake { initialize, initialized, server, session }) = handshake else {
        let meaning = "the stateless revision has no handshake";
        return Finding::not_applicable(Step::Initialize, meaning, "");
    };
    if initialize.kind != ReplyKind::Result {
        // A target that speaks the stateless revision alone says so by one of these.
        if matches!(initialize.code, Some(-32601 | -32602 | -32600 | -32022)) {
            let meaning = format!("no sessions: {}", initialize.in_words());
            return Finding::not_applicable(Step::Initialize, meaning, "");
        }
        let advice = "only the stateless revision is served: clients of the others cannot open a \
                      session; look into the target's log";
        return Finding::fail(Step::Initialize, initialize.in_words(), advice);
    }
    let session = if *session { "with a session id" } else { "without a session id" };
    let accepted = initialized.as_ref().filter(|answer| answer.kind != ReplyKind::Accepted);
    match accepted {
        Some(answer) => Finding::warn(
            Step::Initialize,
            format!("{server}, {session}; notifications/initialized is answered: {}", answer.told),
            "answer a notification with HTTP 202 and no body",
        ),
        None => Finding::pass(Step::Initialize, format!("{server}, {session}")),
    }
}

/// Whether the tools are listed. `listed` is the answer, none where the target declares no tools; `tools`
/// how many there are.
pub(in super::super) fn tools_list(listed: Option<&Answer>, tools: usize) -> Finding {
    let upstreams = "look at the target's upstreams: are they configured, running, and permitted to \
                     this caller?";
    match listed {
        None => Finding::not_applicable(Step::ToolsList, "the target declares no tools", upstreams),
        Some(answer) if answer.kind != ReplyKind::Result => {
            Finding::fail(Step::ToolsList, answer.in_words(), upstreams)
        }
        Some(_) if tools == 0 => Finding::warn(Step::ToolsList, "no tool is listed", upstreams),
        Some(_) => Finding::pass(Step::ToolsList, format!("{tools} tools are listed")),
    }
}

/// The call of one tool.
#[derive(Clone, Debug)]
pub(in super::super) struct Called {
    /// The tool's name as the target has it.
    pub(in super::super) tool: String,
    /// Whether it is listed.
    pub(in super::super) listed: bool,
    /// What came back.
    pub(in super::super) answer: Answer,
    /// Whether it arrived at our own upstream; none where that does not serve, or the tool is another.
    pub(in super::super) arrived: Option<bool>,
}

/// Why there is no call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Uncalled<'a> {
    /// No tool may be called.
    NotAllowed,
    /// Our own upstream serves at this URL, and the target does not list its tools; whether it was asked
    /// anything.
    NotOffered(&'a str, bool),
}

/// Whether a tool can be called.
pub(in super::super) fn call(called: Result<&Called, Uncalled<'_>>) -> Finding {
    let called = match called {
        Ok(called) => called,
        Err(Uncalled::NotAllowed) => {
            return Finding::not_applicable(
                Step::Call,
                "no tool may be called",
                "name a harmless one with --call-tool NAME, or give --upstream HOST:PORT",
            );
        }
        Err(Uncalled::NotOffered(..)) => {
            return Finding::fail(
                Step::Call,
                "the target lists no tool of our own upstream",
                "see the step upstream",
            );
        }
    };
    let tool = &called.tool;
    if called.answer.kind == ReplyKind::Result {
        return Finding::pass(Step::Call, format!("{tool} is called: {}", called.answer.told));
    }
    let advice = match called.arrived {
        Some(true) => "the call arrived at the upstream: its answer is lost on the way back",
        Some(false) => "the call did not arrive at the upstream: see the target's log",
        None if called.listed => {
            "the target serves, what is behind it does not: is the upstream of this tool running? else \
             give arguments that fit it: --call-tool NAME='{...}'"
        }
        None => "the target does not list this tool: is its name right, and its upstream running?",
    };
    Finding::fail(Step::Call, format!("{tool} fails: {}", called.answer.in_words()), advice)
}

/// Whether the call reached our own upstream.
pub(in super::super) fn upstream(called: Result<&Called, Uncalled<'_>>) -> Finding {
    match called.map(|called| called.arrived) {
        Ok(Some(true)) => Finding::pass(Step::Upstream, "the call arrived at our own upstream"),
        Ok(Some(false)) => Finding::fail(
            Step::Upstream,
            "the call did not arrive at our own upstream",
            "does the target answer by itself, or from a cache? look into its log",
        ),
        Ok(None) | Err(Uncalled::NotAllowed) => Finding::not_applicable(
            Step::Upstream,
            "whether a call reaches an upstream is not seen",
            "give --upstream HOST:PORT, and configure the target to use it",
        ),
        Err(Uncalled::NotOffered(url, true)) => Finding::fail(
            Step::Upstream,
            "the target talks to our own upstream and does not list its tools",
            format!("is this caller permitted to use the server {url}? look into the target's log"),
        ),
        Err(Uncalled::NotOffered(url, false)) => Finding::fail(
            Step::Upstream,
            "the target never talked to our own upstream",
            format!(
                "configure it with an MCP server (Streamable HTTP) at {url}, and start it anew"
            ),
        ),
    }
}

/// A record that belongs to the message.
#[derive(Clone, Debug)]
pub(in super::super) struct Entry {
    /// How it was found.
    pub(in super::super) tier: &'static str,
    /// Its call type, in our vocabulary where the profile translates it; empty for none.
    pub(in super::super) call_type: String,
    /// Its status.
    pub(in super::super) status: &'static str,
}

impl Entry {
    /// Whether the call type is that of another message: a gateway may list tools by itself in order to
    /// serve a call, and record that under the call's caller.
    fn is_of_another(&self, call: bool) -> bool {
        self.call_type == if call { "list_mcp_tools" } else { "call_mcp_tool" }
    }
}

/// What the audit source showed.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Seen {
    /// Its name.
    pub(in super::super) source: String,
    /// The records that belong to the message.
    pub(in super::super) found: Vec<Entry>,
    /// Whether it cannot be said which records are its own.
    pub(in super::super) ambiguous: bool,
    /// Records that came at all, and lines that are none.
    pub(in super::super) came: (usize, usize),
    /// Why the source could not be read to the end.
    pub(in super::super) broken: Option<String>,
}

/// Whether a message left one record: the call of this tool, or else `tools/list`. Without a source, the
/// text says why.
pub(in super::super) fn record(tool: Option<&str>, seen: Result<&Seen, &str>) -> Finding {
    let what = tool.map_or_else(|| "tools/list".to_owned(), |tool| format!("the call of {tool}"));
    let seen = match seen {
        Ok(seen) => seen,
        Err(why) => return Finding::not_applicable(Step::Record, why, ""),
    };
    let source = &seen.source;
    if let Some(why) = &seen.broken {
        return Finding::fail(Step::Record, why.clone(), "check --audit");
    }
    if seen.ambiguous {
        return Finding::warn(
            Step::Record,
            format!("which record in {source} is that of {what} cannot be said"),
            "let nobody else use the target meanwhile",
        );
    }
    let own: Vec<&Entry> =
        seen.found.iter().filter(|entry| !entry.is_of_another(tool.is_some())).collect();
    match (&own[..], seen.came) {
        ([Entry { tier, call_type, status }], _) => Finding::pass(
            Step::Record,
            format!("one record of {what} in {source}, found by {tier}: {call_type}, {status}"),
        ),
        ([], (0, 0)) => Finding::fail(
            Step::Record,
            format!("messages are served and no record arrives in {source}"),
            "is the target configured to write there, and the path the same for both?",
        ),
        ([], (0, lines)) => Finding::fail(
            Step::Record,
            format!("{lines} lines came in {source}, and none is a record"),
            "give the --profile of the product",
        ),
        ([], (records, _)) => Finding::fail(
            Step::Record,
            format!("{records} records came in {source}, and none is that of {what}"),
            "it is not recorded, or its record carries nothing of x-request-id, traceparent and \
             x-litellm-end-user-id: check --profile",
        ),
        (several, _) => Finding::warn(
            Step::Record,
            format!("{} records of {what} in {source}", several.len()),
            "one message is to leave one record",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::answer::testing::answer;
    use super::super::super::step::Outcome;
    use super::*;

    #[test]
    fn a_handshake_is_refused_by_design_or_broken() {
        let told = |initialize: Answer, initialized: Option<Answer>| {
            let server = "gw 1".to_owned();
            super::initialize(Some(&Handshake { initialize, initialized, server, session: true }))
        };
        let error = |code| Answer { code: Some(code), ..answer(ReplyKind::Error, 400) };
        let good = answer(ReplyKind::Result, 200);
        for (initialize, initialized, outcome) in [
            (good.clone(), Some(answer(ReplyKind::Accepted, 202)), Outcome::Pass),
            (good, Some(answer(ReplyKind::Error, 400)), Outcome::Warn),
            (error(-32022), None, Outcome::NotApplicable),
            (error(-32603), None, Outcome::Fail),
            (answer(ReplyKind::Silent, 200), None, Outcome::Fail),
        ] {
            assert_eq!(told(initialize.clone(), initialized).outcome, outcome, "{initialize:?}");
        }
        assert_eq!(initialize(None).outcome, Outcome::NotApplicable);
    }

    fn called(kind: ReplyKind, arrived: Option<bool>) -> Called {
        let answer = answer(kind, 200);
        Called { tool: "up-echo".to_owned(), listed: true, answer, arrived }
    }

    #[test]
    fn a_dead_upstream_is_told_from_one_that_is_not_used() {
        let dead = called(ReplyKind::ToolError, None);
        let finding = call(Ok(&dead));
        assert!(finding.outcome == Outcome::Fail && finding.advice.contains("running"));
        let hangs = called(ReplyKind::Silent, Some(false));
        assert!(call(Ok(&hangs)).advice.contains("did not arrive"));
        assert_eq!(upstream(Ok(&hangs)).outcome, Outcome::Fail);
        let cached = called(ReplyKind::Result, Some(false));
        assert_eq!(call(Ok(&cached)).outcome, Outcome::Pass);
        assert_eq!(upstream(Ok(&cached)).outcome, Outcome::Fail);
        let good = called(ReplyKind::Result, Some(true));
        assert_eq!(upstream(Ok(&good)).outcome, Outcome::Pass);
        for talked in [true, false] {
            let missing = Err(Uncalled::NotOffered("http://127.0.0.1:9101/mcp", talked));
            assert_eq!(call(missing).outcome, Outcome::Fail);
            let finding = upstream(missing);
            assert!(finding.advice.contains("http://127.0.0.1:9101/mcp"), "{finding:?}");
            assert_eq!(finding.meaning.contains("never"), !talked);
        }
        let none = Err(Uncalled::NotAllowed);
        assert_eq!(call(none).outcome, Outcome::NotApplicable);
        assert_eq!(upstream(none).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn a_silent_source_is_told_from_a_strange_one() {
        let entry = |call_type: &str| Entry {
            tier: "header",
            call_type: call_type.to_owned(),
            status: "success",
        };
        let found = |count| vec![entry("call_mcp_tool"); count];
        for (count, came, outcome, part) in [
            (1, (1, 0), Outcome::Pass, "found by header: call_mcp_tool, success"),
            (2, (2, 0), Outcome::Warn, "2 records"),
            (0, (0, 0), Outcome::Fail, "no record arrives"),
            (0, (0, 3), Outcome::Fail, "none is a record"),
            (0, (4, 0), Outcome::Fail, "none is that of the call of x"),
        ] {
            let source = "jsonl:x".to_owned();
            let seen = Seen { source, found: found(count), came, ..Seen::default() };
            let finding = record(Some("x"), Ok(&seen));
            assert_eq!(finding.outcome, outcome, "{finding:?}");
            assert!(finding.meaning.contains(part), "{finding:?}");
        }
        assert_eq!(record(None, Err("no source")).outcome, Outcome::NotApplicable);
        // What a gateway lists on the way is no record of the call.
        let listed = Seen { found: vec![entry("list_mcp_tools")], came: (1, 0), ..Seen::default() };
        assert_eq!(record(Some("x"), Ok(&listed)).outcome, Outcome::Fail);
        assert_eq!(record(None, Ok(&listed)).outcome, Outcome::Pass);
    }

    #[test]
    fn an_empty_list_is_worth_a_look() {
        let good = answer(ReplyKind::Result, 200);
        assert_eq!(tools_list(Some(&good), 3).outcome, Outcome::Pass);
        assert_eq!(tools_list(Some(&good), 0).outcome, Outcome::Warn);
        assert_eq!(tools_list(Some(&answer(ReplyKind::Error, 200)), 0).outcome, Outcome::Fail);
        assert_eq!(tools_list(None, 0).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn a_target_that_speaks_nothing_is_told_why() {
        assert_eq!(era(&["2025-11-25".to_owned()], "", "").meaning, "speaks 2025-11-25");
        let finding = era(&[], "the target answers with `2024-11-05`", "see --revision");
        assert_eq!(finding.outcome, Outcome::Fail);
        assert!(finding.meaning.contains("2024-11-05"), "{finding:?}");
    }
}
