//! What comes back for the seeds of `raw`, as seeds for those that read it.

use mcp_gauntlet::wire::delivery::Response;
use mcp_gauntlet::wire::revision::Revision;

use super::Seed;
use crate::house::{House, run};

/// The answer and the record under the revision that the name of the seed ends with.
pub(super) fn seeds(seed: &Seed) -> Vec<Seed> {
    let named = |revision: &Revision| seed.name.ends_with(revision.as_str());
    let Some(revision) = Revision::ALL.into_iter().find(named) else { return Vec::new() };
    let (response, records) = run(async {
        let mut house = House::open(revision).await;
        let before = house.records().len();
        let response = house.post(&seed.bytes).await.delivery.response.clone();
        (response, house.records().split_off(before))
    });
    let mut made = vec![Seed::new("audit", &seed.name, records.join("\n"))];
    if let Some(response) = response {
        let reader = if response.is_event_stream() { "sse" } else { "stdio" };
        let end = if reader == "sse" { "" } else { "\n" };
        made.push(Seed::new("http", &seed.name, written_out(&response)));
        made.push(Seed::new(reader, &seed.name, [&response.body, end.as_bytes()].concat()));
    }
    made
}

fn written_out(response: &Response) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} Status\r\n", response.status).into_bytes();
    for header in &response.headers {
        bytes.extend([header.name.as_bytes(), b": ", &header.value, b"\r\n"].concat());
    }
    let length = response.body.len();
    bytes.extend(format!("content-length: {length}\r\n\r\n").into_bytes());
    bytes.extend(&response.body);
    bytes
}

/// Forms that the gateway does not use, and a profile.
pub(super) fn written() -> Vec<Seed> {
    let profile = include_str!("../../../../harness/profiles/reference.toml");
    let record = r#"{"id":"a","call_type":"call_mcp_tool","metadata":{}}"#;
    vec![
        Seed::new(
            "http",
            "chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\n{\"a\r\n3\r\n\":1\r\n1\r\n}\r\n0\r\nT: 1\r\n\r\n",
        ),
        Seed::new(
            "http",
            "interim",
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
        ),
        Seed::new(
            "http",
            "until-close",
            "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\n\n",
        ),
        Seed::new(
            "http",
            "lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\n{}{}",
        ),
        Seed::new(
            "sse",
            "fields",
            "\u{feff}: hi\r\nevent: message\rid: 7\nretry: 15\ndata: a\ndata:b\n\n",
        ),
        Seed::new("sse", "cut", "id\ndata\n\ndata: {\"jsonrpc\":\"2.0\"}"),
        Seed::new(
            "stdio",
            "strays",
            "Server running\n{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}\r\n\n[]\n{",
        ),
        Seed::new("audit", "profile", format!("{profile}\n---\n{record}\n")),
    ]
}
