//! Targets that cannot be tested: exit code 3, and one line that says why and what to do.

use std::net::{Shutdown, TcpListener};

use super::child::run;
use super::fake::{Fake, answer, loading, rude, send, send_last};

/// A target that must end the run with exit code 3, soon, and a line that holds all these parts.
fn untestable(target: &Fake, parts: &[&str]) {
    let done = run(&["--target", &target.url, "--deadline", "400ms"]);
    let complaint = done.complaint(3);
    for part in parts.iter().chain(&[target.url.as_str()]) {
        assert!(complaint.contains(part), "lacks {part:?}: {complaint}");
    }
    assert_eq!(done.out, "");
    assert!(done.seconds < 10.0, "{} s", done.seconds);
}

#[test]
fn nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let done = run(&["--target", &format!("http://127.0.0.1:{port}/mcp")]);
    let complaint = done.complaint(3);
    assert!(complaint.contains("no connection") && complaint.contains("running"), "{complaint}");
    // Once for the handshake revisions, and once for the one that has none.
    assert_eq!(complaint.matches("no connection").count(), 2, "{complaint}");
}

#[test]
fn a_web_site_is_no_target() {
    let target = rude(|stream, _| {
        let page = "<html><body>Welcome!</body></html>";
        let length = page.len();
        send(
            stream,
            &format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{page}"
            ),
        )
    });
    untestable(&target, &["HTTP 200", "no MCP endpoint", "/mcp"]);
}

#[test]
fn a_wrong_path_is_told() {
    let target =
        rude(|stream, _| send(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
    untestable(&target, &["HTTP 404", "path"]);
}

#[test]
fn a_target_that_closes_each_connection() {
    let target = rude(|stream, _| stream.shutdown(Shutdown::Both).is_err());
    untestable(&target, &["closed", "http or https"]);
}

#[test]
fn a_target_that_speaks_no_http() {
    let target = rude(|stream, _| send_last(stream, "220 mail.example ESMTP\r\n"));
    untestable(&target, &["no HTTP", "port"]);
}

#[test]
fn a_target_that_never_answers() {
    let target = rude(|_, _| true);
    untestable(&target, &["no answer within", "--deadline"]);
}

#[test]
fn a_target_that_asks_for_credentials() {
    let target = rude(|stream, _| {
        send(
            stream,
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n",
        )
    });
    untestable(&target, &["HTTP 401", "asks for credentials", "--header 'Authorization"]);
    let given = ["--header", "Authorization: Bearer $GAUNTLET_TEST_KEY"];
    let done = run(&[&["--target", &target.url], &given[..]].concat());
    assert!(done.complaint(3).contains("does not accept these credentials"), "{}", done.err);
    assert!(!done.err.contains(super::KEY), "{}", done.err);
}

#[test]
fn a_target_of_another_age() {
    let target = rude(|stream, message| {
        let id = &message["id"];
        let result = r#"{"protocolVersion":"2024-11-05","capabilities":{},"serverInfo":{"name":"old","version":"0"}}"#;
        send(stream, &answer(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)))
    });
    untestable(&target, &["2024-11-05", "--revision"]);
}

#[test]
fn a_target_that_was_started_just_now_is_greeted_twice() {
    let target = loading();
    let line = ["--target", &target.url, "--audit", "none", "--generated", "0"];
    let more = ["--deadline", "400ms", "--revision", "2025-06-18", "audit/complete"];
    let done = run(&[&line[..], &more].concat());
    assert!(done.out.contains("revisions 2025-06-18"), "{done:#?}");
    assert!(!done.out.contains("not tested"), "{}", done.out);
}
