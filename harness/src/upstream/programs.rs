//! The table of programs. A new one is one row, and its function where none fits.

use std::time::Duration;

use super::ask::{
    ELICITATION, ELICITATION_UNKNOWN, ELICITATION_URL, PING, ROOTS, SAMPLING, SAMPLING_MIXED,
    SAMPLING_TOOLS, UNKNOWN, ask, ask_by_text, ask_malformed, ask_outside, ask_twin, input, tell,
    tell_outside,
};
use super::listing::Listing;
use super::pack::{json_gzip, sse_gzip};
use super::program::{COOKIE, Call, Program};
use super::script::{Step, chunk, chunked, end, event, json, response, stream};

/// A call is held so long where it is never answered: longer than any gateway waits in a test.
const LONG: Duration = Duration::from_secs(90);

/// Tells that the list of tools is another.
const CHANGED: &str = r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#;

/// A target that is told of other tools has learnt it after this time.
const LEARNT: Duration = Duration::from_millis(80);

/// A call that takes long enough to be cancelled.
const WAIT: Duration = Duration::from_secs(1);

/// How long it is down.
const DOWN: Duration = Duration::from_millis(700);

/// How long it is still up when it has answered: gateways that open a session for each call end it then.
const PEACE: Duration = Duration::from_millis(250);

/// Time between two parts of a stream.
const GAP: Duration = Duration::from_millis(2);

/// Time between two notifications of progress.
const BETWEEN: Duration = Duration::from_millis(100);

/// Lines that programs write to standard output by mistake.
const NOISE: [&str; 5] = [
    "Starting the server ...",
    "[info] 1 tool is loaded",
    "{'jsonrpc': '2.0', 'id': 1}",
    "{\"jsonrpc\":\"2.0\",\"id\":",
    "Traceback (most recent call last):",
];

/// Characters of a huge result.
const HUGE: usize = 1_000_000;

const fn row(
    name: &'static str,
    about: &'static str,
    script: fn(&Call, bool) -> Vec<Step>,
) -> Program {
    Program { name, about, script }
}

/// Every program.
pub(super) const PROGRAMS: &[Program] = &[
    row("echo", "answers with the text that it was given", |call, _| vec![json(call.done(""))]),
    row("slow", "the same after 400 milliseconds", |call, _| {
        vec![Step::Pause(Duration::from_millis(400)), json(call.done(""))]
    }),
    row("wait", "the same after a second", |call, _| {
        vec![Step::Work(call.text.clone(), WAIT), json(call.done(""))]
    }),
    row("die", "answers, and is then down once for 700 milliseconds, with every session lost", die),
    row("fail", "answers isError", |call, _| vec![json(call.done(r#","isError":true"#))]),
    row("error", "answers the JSON-RPC error -32001 with data", |call, _| {
        vec![json(call.error(-32001, "the upstream refused", r#"{"kept":9007199254740993}"#))]
    }),
    row("error_32000", "answers the JSON-RPC error -32000", |call, _| {
        vec![json(call.error(-32000, "the upstream refused", ""))]
    }),
    row("unknown_type", "answers a result of a kind that no revision knows", |call, _| {
        vec![json(call.handshake().done(r#","resultType":"gauntlet""#))]
    }),
    row("noise", "writes five lines that are no JSON, and answers", |call, _| {
        let noise = NOISE.map(event).into_iter();
        events(&noise.chain([event(&call.done(""))]).collect::<Vec<_>>())
    }),
    row("both", "answers a result and an error in one response", |call, _| {
        let error = r#""error":{"code":-32001,"message":"both"},"result""#;
        vec![json(call.done("").replacen(r#""result""#, error, 1))]
    }),
    row("neither", "answers a response with neither result nor error", |call, _| {
        vec![json(format!(r#"{{"jsonrpc":"2.0","id":{}}}"#, call.id))]
    }),
    row("foreign", "answers with the id of another request", |call, _| {
        let other = Call { id: "\"nobody\"".to_owned(), ..call.clone() };
        vec![json(other.done(""))]
    }),
    row("half", "breaks off in the middle of its answer", |call, _| {
        let body = call.done("");
        let (begun, _) = body.split_at(body.len() / 2);
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{begun}",
            body.len()
        );
        vec![Step::Send(head.into_bytes()), Step::Close]
    }),
    row("hang", "never answers", |_, _| vec![Step::Hold(Vec::new(), LONG), Step::Close]),
    row("reset", "breaks the connection", |_, _| vec![Step::Reset]),
    row("gone", "loses the session once (404), and answers in another", gone),
    row("http_500", "answers HTTP 500", |_, _| {
        vec![response(500, &[("Content-Type", "text/plain")], "Internal Server Error")]
    }),
    row("html", "answers HTTP 200 with a page", |_, _| {
        vec![response(200, &[("Content-Type", "text/html")], "<html><body>Welcome</body></html>")]
    }),
    row("garbage", "answers what is no JSON", |_, _| vec![json("{\"jsonrpc\":\"2.0\",")]),
    row("empty", "answers HTTP 200 with nothing", |_, _| vec![json("")]),
    row("accepted", "answers HTTP 202 with nothing", |_, _| vec![response(202, &[], "")]),
    row("redirect", "sends elsewhere (HTTP 307)", |_, _| {
        vec![response(307, &[("Location", "http://127.0.0.1:9/elsewhere")], "")]
    }),
    row("headers", "answers with a cookie and a header of its own", |call, _| {
        let cookie = format!("{COOKIE}=1");
        let headers = [
            ("Content-Type", "application/json"),
            ("Set-Cookie", cookie.as_str()),
            ("X-Gauntlet-Upstream", "1"),
        ];
        vec![response(200, &headers, call.done(""))]
    }),
    row("huge", "answers a text of a million letters", |call, _| {
        let text = "x".repeat(HUGE);
        vec![json(call.result(&format!(r#""content":[{{"type":"text","text":"{text}"}}]"#)))]
    }),
    row("digits", "answers numbers that do not fit into a double", |call, _| {
        let more = r#","structuredContent":{"int":9007199254740993,"big":18446744073709551615,"tiny":1.10}"#;
        vec![json(call.done(more))]
    }),
    row("members", "answers with members that MCP does not know", |call, _| {
        let more = r#","_meta":{"example.com/kept":{"a":[1,2]}},"x-gauntlet":{"kept":true}"#;
        vec![json(call.done(more))]
    }),
    row("gzip", "answers by a body that is packed by gzip where it may be", |call, _| {
        json_gzip(call)
    }),
    row("sse_gzip", "answers by a stream that is packed by gzip where it may be", |call, _| {
        sse_gzip(call)
    }),
    row("sse", "answers by an event stream", |call, _| events(&[event(&call.done(""))])),
    row("sse_crlf", "the same with CRLF at the end of lines", |call, _| {
        events(&[event(&call.done("")).replace('\n', "\r\n")])
    }),
    row("sse_cr", "the same with CR at the end of lines", |call, _| {
        // What follows a CR must be there before it is known that no LF does.
        events(&[event(&call.done("")).replace('\n', "\r"), ": end\r".to_owned()])
    }),
    row("sse_split", "the same in pieces of seven bytes", |call, _| {
        let text = event(&call.done(""));
        // What is written at once may be read at once.
        let parts = text.as_bytes().chunks(7).flat_map(|part| [chunk(part), Step::Pause(GAP)]);
        [stream()].into_iter().chain(parts).chain([end()]).collect()
    }),
    row("sse_lines", "the same with its data on several lines", |call, _| {
        let data = call.done("").replacen(",\"", ",\ndata: \"", 2);
        events(&[format!("data: {data}\n\n")])
    }),
    row(
        "sse_comments",
        "the same between comments, an empty event and an unknown field",
        |call, _| {
            let noise = ": comment\n\nx-unknown: 1\n\nevent: other\n\nretry: 100\n";
            events(&[noise.to_owned(), event(&call.done("")), ": comment\n\n".to_owned()])
        },
    ),
    row("sse_priming", "the same behind an event with an id and empty data", |call, _| {
        let (first, second) = (format!("{}-1", call.text), format!("{}-2", call.text));
        let prime = format!("id: {first}\ndata:\n\n");
        let answer = format!("id: {second}\n{}", event(&call.done("")));
        events(&if call.primed { vec![prime, answer] } else { vec![answer] })
    }),
    row("sse_silent", "an event stream of comments that never ends", |_, _| {
        let beat = chunked(b": alive\n\n");
        vec![stream(), Step::Hold(beat, LONG), Step::Close]
    }),
    row("sse_ended", "an event stream that ends without an answer", |_, _| {
        events(&[": nothing\n\n".to_owned()])
    }),
    row("changed", "tells that its tools have changed, and answers", |call, _| tell(call, CHANGED)),
    row("log", "logs a line where that is wanted, and answers", |call, _| {
        let told = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"a line"}}"#;
        // Calls at the same time must meet here.
        let told = (!call.modern || call.logs).then(|| [chunk(event(told)), Step::Pause(BETWEEN)]);
        let answer = [chunk(event(&call.done(""))), end()];
        [stream(), Step::Pause(BETWEEN)]
            .into_iter()
            .chain(told.into_iter().flatten())
            .chain(answer)
            .collect()
    }),
    row("progress", "tells its progress where it was asked to, and answers", progress),
    row("ask_sampling", "asks for sampling before it answers", |call, _| ask(call, SAMPLING)),
    row("ask_elicitation", "asks the user before it answers", |call, _| ask(call, ELICITATION)),
    row("ask_roots", "asks for the roots before it answers", |call, _| ask(call, ROOTS)),
    row("ask_ping", "pings before it answers", |call, _| ask(call, PING)),
    row("ask_unknown", "asks something unknown before it answers", |call, _| ask(call, UNKNOWN)),
    row("ask_elicitation_url", "asks the user to open a page before it answers", |call, _| {
        ask(call, ELICITATION_URL)
    }),
    row(
        "ask_elicitation_unknown",
        "asks the user in an unknown way before it answers",
        |call, _| ask(call, ELICITATION_UNKNOWN),
    ),
    row("ask_sampling_tools", "asks for sampling with tools before it answers", |call, _| {
        ask(call, SAMPLING_TOOLS)
    }),
    row(
        "ask_sampling_mixed",
        "asks for sampling of mixed tool results before it answers",
        |call, _| ask(call, SAMPLING_MIXED),
    ),
    row("ask_twin", "pings with the id that the call has here before it answers", |call, _| {
        ask_twin(call, PING)
    }),
    row("ask_by_text", "pings with its text as the id before it answers", |call, _| {
        ask_by_text(call, PING)
    }),
    row("ask_version_1", "pings as JSON-RPC 1.0 before it answers", |call, _| {
        ask_malformed(call, (r#""2.0""#, r#""1.0""#))
    }),
    row("ask_method_number", "asks by a method that is a number before it answers", |call, _| {
        ask_malformed(call, (r#""ping""#, "5"))
    }),
    row("ask_outside_sampling", "asks for sampling outside of the call", |call, _| {
        ask_outside(call, SAMPLING)
    }),
    row("ask_outside_roots", "asks for the roots outside of the call", |call, _| {
        ask_outside(call, ROOTS)
    }),
    row("ask_outside_ping", "pings outside of the call", |call, _| ask_outside(call, PING)),
    row("ask_outside_unknown", "asks something unknown outside of the call", |call, _| {
        ask_outside(call, UNKNOWN)
    }),
    row("changed_outside", "tells outside of the call that its tools have changed", |call, _| {
        tell_outside(call, CHANGED)
    }),
    row(
        "ask_input",
        "asks for input by its result where the revision can, and answers",
        |call, _| vec![json(input(call))],
    ),
    row("list_more", "lists one tool more for a while", |call, _| list(call, Listing::More)),
    row("list_pages", "lists one tool more on a second page for a while", |call, _| {
        list(call, Listing::Pages)
    }),
    row("list_headers", "lists tools with odd annotations of headers for a while", |call, _| {
        list(call, Listing::Headers)
    }),
    row("list_schemas", "lists tools with unusual schemas for a while", |call, _| {
        list(call, Listing::Schemas)
    }),
];

/// Who is told that there are other tools may list them again. The stateless revision has no stream on which
/// it could be told unasked.
fn list(call: &Call, listing: Listing) -> Vec<Step> {
    let session = call.session.clone().filter(|_| !call.modern);
    let (text, told) = (call.text.clone(), CHANGED);
    vec![Step::Show { text, listing, session, told }, Step::Pause(LEARNT), json(call.done(""))]
}

/// Only the first call with a text: one that is sent again must not have it down again.
fn die(call: &Call, is_first: bool) -> Vec<Step> {
    // The answer is taken in peace: what is asked of a gateway is what comes after it.
    let down = is_first.then_some(Step::Down { after: PEACE, time: DOWN });
    down.into_iter().chain([json(call.done(""))]).collect()
}

/// The first call with a text loses its session.
fn gone(call: &Call, is_first: bool) -> Vec<Step> {
    // Without sessions there is none to lose.
    if !is_first || call.modern {
        return vec![json(call.done(""))];
    }
    let lost = call.session.clone().map(Step::Lose);
    lost.into_iter().chain([response(404, &[], "")]).collect()
}

fn events(all: &[String]) -> Vec<Step> {
    [stream()].into_iter().chain(all.iter().map(chunk)).chain([end()]).collect()
}

fn progress(call: &Call, _: bool) -> Vec<Step> {
    let Some(token) = &call.token else { return vec![json(call.done(""))] };
    let message = serde_json::Value::from(call.text.as_str());
    let told = |done: u32| {
        let params = format!(
            r#"{{"progressToken":{token},"progress":{done},"total":2,"message":{message}}}"#
        );
        event(&format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{params}}}"#
        ))
    };
    // Calls at the same time must meet here.
    let pause = || Step::Pause(BETWEEN);
    let answer = [chunk(event(&call.done(""))), end()];
    let begin = [stream(), pause(), chunk(told(1)), pause(), chunk(told(2))];
    begin.into_iter().chain(answer).collect()
}
