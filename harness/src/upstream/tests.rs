//! The upstream, spoken to over a plain connection.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{PREFIX, Upstream, programs};
use crate::wire::json::{Json, parse};
use crate::wire::sse::Stream;

struct Visit {
    stream: TcpStream,
    upstream: Upstream,
}

impl Visit {
    async fn begin() -> Self {
        let upstream = Upstream::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let stream = TcpStream::connect(upstream.address).await.unwrap();
        Self { stream, upstream }
    }

    async fn post(&mut self, body: &str) -> String {
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.read().await
    }

    /// What comes until nothing more does.
    async fn read(&mut self) -> String {
        let mut all = Vec::new();
        let mut part = [0; 65536];
        loop {
            let wait = if all.is_empty() { 3000 } else { 150 };
            match timeout(Duration::from_millis(wait), self.stream.read(&mut part)).await {
                Ok(Ok(count)) if count > 0 => all.extend_from_slice(&part[..count]),
                _ => return String::from_utf8_lossy(&all).into_owned(),
            }
        }
    }
}

fn call(name: &str, text: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{{"name":"{PREFIX}{name}","arguments":{{"text":"{text}"}}}}}}"#
    )
}

fn body(response: &str) -> Json {
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    parse(body.as_bytes()).unwrap_or_else(|error| panic!("{response}: {error}"))
}

#[tokio::test]
async fn it_shakes_hands_lists_its_tools_and_keeps_what_came() {
    let mut visit = Visit::begin().await;
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#;
    let answer = visit.post(hello).await;
    assert!(answer.contains("\r\nMcp-Session-Id: gauntlet_up_session_1\r\n"), "{answer}");
    let version = body(&answer).pointer("/result/protocolVersion").cloned();
    assert_eq!(version, Some(Json::string("2025-06-18")));
    let listed = visit.post(r#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#).await;
    let listed = body(&listed);
    let tools = listed.pointer("/result/tools").and_then(Json::as_array).unwrap().len();
    assert_eq!(tools, programs().len());
    let told = visit.post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    assert!(told.starts_with("HTTP/1.1 202 Accepted\r\n"), "{told}");
    let unknown = body(&visit.post(r#"{"jsonrpc":"2.0","id":2,"method":"x"}"#).await);
    assert_eq!(unknown.pointer("/error/code").map(Json::to_text).as_deref(), Some("-32601"));
    let journal = visit.upstream.journal();
    assert!(journal.is_whole());
    assert_eq!(journal.about("notifications/initialized", 0.0..f64::MAX).len(), 1);
    assert_eq!(journal.about("notifications/initialized", 0.0..1.0).len(), 0);
}

#[tokio::test]
async fn what_is_no_json_and_no_http_is_kept_too() {
    let mut visit = Visit::begin().await;
    assert!(visit.post("{").await.starts_with("HTTP/1.1 400 "));
    visit.stream.write_all(b"\x00garbage-7\r\n\r\n").await.unwrap();
    assert!(visit.read().await.starts_with("HTTP/1.1 400 "));
    assert_eq!(visit.upstream.journal().about("garbage-7", 0.0..f64::MAX).len(), 1);
}

#[tokio::test]
async fn a_body_in_chunks_is_read() {
    let mut visit = Visit::begin().await;
    let request = "POST /mcp HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                   11\r\n{\"jsonrpc\":\"2.0\",\r\n19;x=1\r\n\"id\":1,\"method\":\"ping\"}  \r\n0\r\n\r\n";
    visit.stream.write_all(request.as_bytes()).await.unwrap();
    let answer = visit.read().await;
    assert!(answer.ends_with(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), "{answer}");
}

#[tokio::test]
async fn every_event_stream_that_ends_with_an_answer_holds_it() {
    for program in programs().iter().filter(|it| it.name.starts_with("sse")) {
        if matches!(program.name, "sse_silent" | "sse_ended") {
            continue;
        }
        let mut visit = Visit::begin().await;
        let answer = visit.post(&call(program.name, "canary")).await;
        let (_, chunks) = answer.split_once("\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        let mut rest = chunks;
        while let Some((size, behind)) = rest.split_once("\r\n") {
            let size = usize::from_str_radix(size, 16).unwrap();
            bytes.extend_from_slice(&behind.as_bytes()[..size]);
            rest = &behind[size + 2..];
        }
        let events = Stream::decode(&bytes).events;
        let holds = |data: &str| parse(data.as_bytes()).is_ok_and(|it| it.contains_text("canary"));
        assert!(events.iter().any(|event| holds(&event.data)), "{}: {events:?}", program.name);
    }
}

#[tokio::test]
async fn a_question_is_answered_or_waited_for_in_vain() {
    let mut visit = Visit::begin().await;
    let begun = std::time::Instant::now();
    let answer = visit.post(&call("ask_roots", "c1")).await;
    assert!(answer.contains(r#""id":"ask-c1","method":"roots/list""#), "{answer}");
    let rest = visit.read().await;
    assert!(rest.contains(r#""id":5,"result""#), "{rest}");
    assert!(begun.elapsed() >= Duration::from_secs(1));

    let mut other = TcpStream::connect(visit.upstream.address).await.unwrap();
    let refusal = r#"{"jsonrpc":"2.0","id":"ask-c2","error":{"code":-32601,"message":"no"}}"#;
    let refusal =
        format!("POST /mcp HTTP/1.1\r\nContent-Length: {}\r\n\r\n{refusal}", refusal.len());
    other.write_all(refusal.as_bytes()).await.unwrap();
    let begun = std::time::Instant::now();
    let answer = visit.post(&call("ask_roots", "c2")).await;
    assert!(answer.contains(r#""id":5,"result""#), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_question_may_have_the_id_of_the_call_that_it_belongs_to() {
    for (program, asked, id) in [("ask_twin", "c1", "5"), ("ask_by_text", "c2", "\"c2\"")] {
        let mut visit = Visit::begin().await;
        let question = format!(r#""id":{id},"method":"ping""#);
        let answer = visit.post(&call(program, asked)).await;
        assert!(answer.contains(&question) && !answer.contains("\"result\""), "{answer}");
        let mut other = TcpStream::connect(visit.upstream.address).await.unwrap();
        let pong = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#);
        let length = pong.len();
        let pong = format!("POST /mcp HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{pong}");
        other.write_all(pong.as_bytes()).await.unwrap();
        assert!(visit.read().await.contains(r#""id":5,"result""#), "{program}");
        let (_, answers) = visit.upstream.journal().asked(asked, &(0.0..f64::MAX)).unwrap();
        assert_eq!(answers.len(), 1);
    }
}

#[tokio::test]
async fn a_question_may_be_malformed() {
    for (program, part) in [
        ("ask_version_1", r#"{"jsonrpc":"1.0","id":"ask-c1","method":"ping","#),
        ("ask_method_number", r#"{"jsonrpc":"2.0","id":"ask-c1","method":5,"#),
    ] {
        let mut visit = Visit::begin().await;
        let answer = visit.post(&call(program, "c1")).await;
        assert!(answer.contains(part), "{answer}");
    }
}

async fn listening(visit: &mut Visit) -> TcpStream {
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#;
    visit.post(hello).await;
    let mut stream = TcpStream::connect(visit.upstream.address).await.unwrap();
    let get = "GET /mcp HTTP/1.1\r\nAccept: text/event-stream\r\n\
               Mcp-Session-Id: gauntlet_up_session_1\r\n\r\n";
    stream.write_all(get.as_bytes()).await.unwrap();
    stream
}

/// Posts in the first session.
async fn post_in_session(visit: &mut Visit, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nMcp-Session-Id: gauntlet_up_session_1\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    visit.stream.write_all(request.as_bytes()).await.unwrap();
    visit.read().await
}

#[tokio::test]
async fn a_question_beside_the_calls_comes_on_the_stream_that_stands() {
    let mut visit = Visit::begin().await;
    let mut stream = listening(&mut visit).await;
    let question = call("ask_outside_roots", "c1");
    let asking = post_in_session(&mut visit, &question);
    let (answer, came) = tokio::join!(asking, async {
        let mut all = Vec::new();
        while !String::from_utf8_lossy(&all).contains("roots/list") {
            let mut part = [0; 4096];
            let read = timeout(Duration::from_secs(3), stream.read(&mut part)).await;
            all.extend_from_slice(&part[..read.unwrap().unwrap()]);
        }
        String::from_utf8(all).unwrap()
    });
    assert!(came.contains("text/event-stream") && came.contains(r#""id":"ask-c1""#), "{came}");
    assert!(answer.contains(r#""id":5,"result""#) && !answer.contains("roots/list"), "{answer}");
    assert!(!visit.upstream.journal().is_unasked("c1"));
    drop(stream);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = post_in_session(&mut visit, &call("ask_outside_roots", "c2")).await;
    assert!(answer.contains(r#""id":5,"result""#), "{answer}");
    assert!(visit.upstream.journal().is_unasked("c2"), "a closed connection is noticed");
}

#[tokio::test]
async fn a_stream_beside_the_calls_needs_a_session_and_ends_with_it() {
    let mut visit = Visit::begin().await;
    for (session, status) in [("", "405"), ("Mcp-Session-Id: gauntlet_up_session_9\r\n", "404")] {
        let get = format!("GET /mcp HTTP/1.1\r\nAccept: text/event-stream\r\n{session}\r\n");
        visit.stream.write_all(get.as_bytes()).await.unwrap();
        let answer = visit.read().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    let mut stream = listening(&mut visit).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let delete = "DELETE /mcp HTTP/1.1\r\nMcp-Session-Id: gauntlet_up_session_1\r\n\r\n";
    visit.stream.write_all(delete.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let read = timeout(Duration::from_secs(3), stream.read_to_end(&mut all)).await;
    read.expect("the stream ends").unwrap();
    assert!(all.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&all));
}

#[tokio::test]
async fn who_does_not_ask_for_gzip_gets_it_plain() {
    for program in ["gzip", "sse_gzip"] {
        let mut visit = Visit::begin().await;
        let plain = visit.post(&call(program, "canary")).await;
        assert!(plain.contains("canary") && !plain.contains("Content-Encoding"), "{plain}");
        let body = call(program, "canary");
        let request = format!(
            "POST /mcp HTTP/1.1\r\nAccept-Encoding: deflate, gzip\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        visit.stream.write_all(request.as_bytes()).await.unwrap();
        let packed = visit.read().await;
        assert!(packed.contains("\r\nContent-Encoding: gzip\r\n") && !packed.contains("canary"));
    }
}

#[tokio::test]
async fn connections_end_as_the_program_says() {
    let mut visit = Visit::begin().await;
    let answer = visit.post(&call("half", "c")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && !answer.contains('}'), "{answer}");
    let mut visit = Visit::begin().await;
    let request = call("reset", "c");
    let request =
        format!("POST /mcp HTTP/1.1\r\nContent-Length: {}\r\n\r\n{request}", request.len());
    visit.stream.write_all(request.as_bytes()).await.unwrap();
    let read = visit.stream.read(&mut [0; 10]).await;
    assert_eq!(read.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let mut visit = Visit::begin().await;
    assert!(visit.post(&call("gone", "c")).await.starts_with("HTTP/1.1 404 "));
    assert!(visit.post(&call("gone", "c")).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn it_is_known_whether_a_call_was_hung_up_on() {
    let mut visit = Visit::begin().await;
    assert!(visit.post(&call("wait", "to its end")).await.contains("to its end"));
    let body = call("wait", "hung up");
    let head = format!("POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    visit.stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(visit.stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let journal = visit.upstream.journal();
    assert!(journal.is_dropped("hung up") && !journal.is_dropped("to its end"));
}

#[tokio::test]
async fn under_the_stateless_revision_it_logs_where_a_level_is_named() {
    for (meta, logs) in [("{}", false), (r#"{"io.modelcontextprotocol/logLevel":"info"}"#, true)] {
        let mut visit = Visit::begin().await;
        let body = call("log", "a").replacen(
            r#""arguments""#,
            &format!(r#""_meta":{meta},"arguments""#),
            1,
        );
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: x\r\nMCP-Protocol-Version: 2026-07-28\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        visit.stream.write_all(request.as_bytes()).await.unwrap();
        let answer = visit.read().await;
        assert_eq!(answer.contains("notifications/message"), logs, "{answer}");
        assert!(answer.contains("\"result\""), "{answer}");
    }
}

/// The names that a list holds.
fn names(listed: &Json) -> Vec<String> {
    let tools = listed.pointer("/result/tools").and_then(Json::as_array).unwrap();
    let name = |tool: &Json| Some(tool.get("name")?.as_str()?.to_owned());
    tools.iter().filter_map(name).collect()
}

#[tokio::test]
async fn a_list_is_unusual_for_a_while_for_the_call_that_wanted_it() {
    let mut visit = Visit::begin().await;
    let page = |cursor: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":3,"method":"tools/list","params":{{{cursor}}}}}"#)
    };
    visit.post(&call("list_pages", "canary-1")).await;
    let first = body(&visit.post(&page("")).await);
    let cursor = first.pointer("/result/nextCursor").map(Json::to_text);
    assert_eq!((names(&first).len(), cursor.as_deref()), (programs().len(), Some("\"\"")));
    let second = body(&visit.post(&page(r#""cursor":"""#)).await);
    assert_eq!(names(&second), [format!("{PREFIX}list_second")]);
    assert!(second.pointer("/result/nextCursor").is_none());
    let journal = visit.upstream.journal();
    let shown: Vec<bool> = journal.shown(&["canary-1"]).iter().map(|it| it.second).collect();
    assert_eq!(shown, [false, true]);
    assert!(journal.shown(&["canary-2"]).is_empty());
    visit.post(&call("list_headers", "canary-2")).await;
    let odd = names(&body(&visit.post(&page("")).await));
    assert!(odd.contains(&format!("{PREFIX}header_crlf")), "{odd:?}");
    tokio::time::sleep(super::listing::SHOWN).await;
    let usual = body(&visit.post(&page("")).await);
    assert_eq!(names(&usual).len(), programs().len());
}

#[tokio::test]
async fn a_schema_that_a_tool_refers_to_is_served_and_the_visit_is_kept() {
    let mut visit = Visit::begin().await;
    visit.post(&call("list_schemas", "canary-1")).await;
    let listed = visit.post(r#"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#).await;
    assert!(listed.contains(r#""$ref":"http://x/schemas/canary-1.json""#), "{listed}");
    assert_eq!(visit.upstream.journal().misled(&["canary-1"]), None);
    let fetch = b"GET /schemas/canary-1.json HTTP/1.1\r\nHost: x\r\n\r\n";
    visit.stream.write_all(fetch).await.unwrap();
    assert!(visit.read().await.ends_with(r#"{"type":"string"}"#));
    assert!(visit.upstream.journal().misled(&["canary-1"]).is_some());
    assert_eq!(visit.upstream.journal().misled(&["canary-2"]), None);
}

#[tokio::test]
async fn input_is_asked_for_where_the_revision_can() {
    let mut visit = Visit::begin().await;
    let plain = body(&visit.post(&call("ask_input", "canary")).await);
    assert!(plain.pointer("/result/content").is_some());
    let mut modern = async |more: &str| {
        let body = call("ask_input", "canary").replacen(
            r#""params":{"#,
            &format!(r#""params":{{{more}"#),
            1,
        );
        let head = "POST /mcp HTTP/1.1\r\nHost: x\r\nMCP-Protocol-Version: 2026-07-28";
        let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        visit.stream.write_all(request.as_bytes()).await.unwrap();
        self::body(&visit.read().await)
    };
    let asked = modern("").await;
    let kind = |answer: &Json| answer.pointer("/result/resultType").map(Json::to_text);
    assert_eq!(kind(&asked).as_deref(), Some("\"input_required\""));
    let state = asked.pointer("/result/requestState").and_then(Json::as_str);
    assert_eq!(state, Some(crate::wire::arrival::state_of("canary").as_str()));
    let done = modern(r#""inputResponses":{},"#).await;
    assert_eq!(kind(&done).as_deref(), Some("\"complete\""));
}
