//! `doctor` as its users meet it: which hop fails, in one line, with an exit code.

use std::fs::File;
use std::net::TcpListener;

use reference_gateway::{Config, Fault, Upstream, UpstreamKind};

use super::child::{Done, run};
use super::fake::{answer, rude, send};
use super::gateway::{Served, serve, serve_with};

const KEYED: [&str; 2] = ["--header", "Authorization: Bearer $GAUNTLET_TEST_KEY"];

/// A diagnosis of a target, with these further options.
fn diagnosed(target: &str, more: &[&str]) -> Done {
    let line = ["doctor", "--target", target, "--deadline", "2s"];
    let done = run(&[&line[..], more].concat());
    assert!(!done.out.contains(super::KEY) && !done.err.contains(super::KEY), "{done:#?}");
    done
}

/// The line of a step: its outcome and the rest.
fn step<'a>(done: &'a Done, name: &str) -> (&'a str, &'a str) {
    let rows = done.out.lines().filter_map(|line| {
        let (outcome, rest) = line.split_once(' ')?;
        let (step, rest) = rest.trim_start().split_once(' ')?;
        (step == name).then_some((outcome, rest.trim_start()))
    });
    let mut rows = rows;
    rows.next().unwrap_or_else(|| panic!("no step {name} in {done:#?}"))
}

/// A diagnosis in which this step, and no earlier one, fails, with an exit code and these words.
fn fails(done: &Done, name: &str, code: i32, words: &[&str]) {
    assert_eq!(done.code, Some(code), "{done:#?}");
    let (outcome, rest) = step(done, name);
    assert_eq!(outcome, "FAIL", "{done:#?}");
    for word in words {
        assert!(rest.contains(word), "lacks {word:?}: {rest}");
    }
    let first = done.out.lines().find(|line| line.starts_with("FAIL ")).unwrap();
    assert!(first.contains(name), "{first}");
    assert!(done.out.lines().last().unwrap().starts_with(&format!("FAIL: {name}")), "{}", done.out);
}

fn keyed(faults: &[Fault]) -> Served {
    serve(None, Some(super::KEY), faults)
}

#[test]
fn a_gateway_that_is_well_passes() {
    let target = keyed(&[]);
    let done = diagnosed(&target.url, &KEYED);
    assert_eq!(done.code, Some(0), "{done:#?}");
    for (name, outcome) in [
        ("address", "pass"),
        ("tls", "n/a"),
        ("credentials", "pass"),
        ("era", "pass"),
        ("call", "pass"),
        ("upstream", "n/a"),
        ("record", "pass"),
        ("debug-headers", "pass"),
        ("issuer", "pass"),
        ("redirect", "pass"),
    ] {
        assert_eq!(step(&done, name).0, outcome, "{name}: {done:#?}");
    }
    assert!(done.out.ends_with("PASS: no step failed\n"), "{}", done.out);
}

#[test]
fn a_wrong_port_fails_at_the_connection() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let done = diagnosed(&format!("http://127.0.0.1:{port}/mcp"), &[]);
    fails(&done, "tcp", 3, &["refused", "port"]);
    assert_eq!(step(&done, "http"), ("-", "not reached"));
    assert_eq!(step(&done, "issuer"), ("-", "not reached"));
}

#[test]
fn a_name_that_nobody_has_fails_at_the_address() {
    let done =
        diagnosed("http://no-such-name.localhost.invalid/mcp", &["--i-may-test-this-target"]);
    fails(&done, "address", 3, &["no address", "--target"]);
}

#[test]
fn a_wrong_path_fails_at_http() {
    let target = keyed(&[]);
    let done = diagnosed(&target.url.replace("/mcp", "/nowhere"), &KEYED);
    fails(&done, "http", 3, &["404", "/nowhere", "the path"]);
    let page = rude(|stream, _| {
        send(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")
    });
    fails(&diagnosed(&page.url, &[]), "http", 3, &["the path"]);
    let moved = rude(|stream, _| {
        send(stream, "HTTP/1.1 307 Moved\r\nLocation: /mcp/\r\nContent-Length: 0\r\n\r\n")
    });
    fails(&diagnosed(&moved.url, &[]), "http", 3, &["redirects to /mcp/", "final URL"]);
}

#[test]
fn tls_where_none_is_spoken_and_silence_are_told_apart() {
    let target = keyed(&[]);
    let done = diagnosed(&target.url.replace("http:", "https:"), &KEYED);
    fails(&done, "tls", 3, &["TLS", "http://"]);
    let mute = rude(|_, _| true);
    fails(&diagnosed(&mute.url, &[]), "http", 3, &["no answer within", "--deadline"]);
}

#[test]
fn a_wrong_key_and_a_missing_one_fail_at_the_credentials() {
    let target = keyed(&[]);
    let wrong = ["--header", "Authorization: Bearer hush-not-the-key"];
    let done = diagnosed(&target.url, &wrong);
    fails(&done, "credentials", 1, &["not accepted", "HTTP 401", "--header"]);
    assert!(!done.out.contains("hush-not-the-key"), "{}", done.out);
    assert_eq!(step(&done, "era").0, "-");
    // What needs no key is looked at all the same.
    assert_eq!(step(&done, "issuer").0, "pass");
    fails(&diagnosed(&target.url, &[]), "credentials", 1, &["asks for some", "--header"]);
}

#[test]
fn a_wrong_key_that_is_answered_by_500_is_found_by_another_one() {
    let target = rude(|stream, _| {
        send(stream, "HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nboom")
    });
    let done = diagnosed(&target.url, &KEYED);
    fails(&done, "credentials", 1, &["HTTP 500", "boom", "wrong for certain"]);
}

#[test]
fn a_target_of_another_age_fails_at_the_era() {
    let target = rude(|stream, message| {
        let id = &message["id"];
        let result = r#"{"protocolVersion":"2024-11-05","capabilities":{},"serverInfo":{"name":"old","version":"0"}}"#;
        send(stream, &answer(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)))
    });
    fails(&diagnosed(&target.url, &[]), "era", 1, &["2024-11-05", "--revision"]);
}

/// A gateway with an upstream at this port.
fn before(port: u16, faults: &[Fault]) -> Served {
    let own = UpstreamKind::Http(format!("http://127.0.0.1:{port}/mcp").parse().unwrap());
    let mut config = Config { faults: faults.to_vec(), ..Config::default() };
    config.upstreams.push(Upstream { alias: "theirs".to_owned(), kind: own });
    serve_with(config)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_dead_upstream_fails_at_the_call() {
    let target = before(free_port(), &[]);
    let named = ["--call-tool", "theirs-gauntlet_echo={\"text\":\"x\"}"];
    let done = diagnosed(&target.url, &named);
    fails(&done, "call", 1, &["theirs-gauntlet_echo fails", "running"]);
    assert_eq!(step(&done, "tools/list").0, "pass");
    assert_eq!(step(&done, "record").0, "pass", "a call that fails is recorded: {done:#?}");
    let hangs = before(free_port(), &[Fault::DeadUpstreamHangs]);
    fails(&diagnosed(&hangs.url, &named), "call", 1, &["no answer within"]);
}

#[test]
fn our_own_upstream_shows_whether_the_call_arrives() {
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let upstream = ["--upstream", address.as_str()];
    let done = diagnosed(&before(port, &[]).url, &upstream);
    assert_eq!((done.code, step(&done, "upstream").0), (Some(0), "pass"), "{done:#?}");
    let elsewhere = diagnosed(&before(free_port(), &[]).url, &upstream);
    fails(&elsewhere, "call", 1, &["no tool of our own upstream"]);
    let (outcome, told) = step(&elsewhere, "upstream");
    assert!(
        outcome == "FAIL" && told.contains("never talked") && told.contains(&address),
        "{told}"
    );
    let cut = diagnosed(&before(port, &[Fault::UpstreamUnreached]).url, &upstream);
    fails(&cut, "upstream", 1, &["did not arrive"]);
}

#[test]
fn a_silent_audit_file_fails_at_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (folder.path().join("own.jsonl"), folder.path().join("other.jsonl"));
    File::create(&other).unwrap();
    let target = serve(Some(&own), Some(super::KEY), &[]);
    let audit = |path: &std::path::Path| {
        let locator = format!("jsonl:{}", path.display());
        diagnosed(&target.url, &[&KEYED[..], &["--audit", &locator]].concat())
    };
    fails(&audit(&other), "record", 1, &["no record arrives", "other.jsonl", "write there"]);
    let done = audit(&own);
    assert_eq!((done.code, step(&done, "record").0), (Some(0), "pass"), "{done:#?}");
    let none = diagnosed(&target.url, &[&KEYED[..], &["--audit", "none"]].concat());
    assert_eq!((none.code, step(&none, "record").0), (Some(0), "n/a"), "{none:#?}");
}

#[test]
fn an_issuer_that_is_not_the_public_origin_is_named_with_what_to_set() {
    let target = serve(None, None, &[]);
    let public = ["--public-origin", "https://gw.example"];
    let done = diagnosed(&target.url, &public);
    fails(
        &done,
        "resource",
        1,
        &["is an internal host, not https://gw.example", "--public-origin"],
    );
    assert_eq!(step(&done, "issuer").0, "FAIL");
    let config = Config { public_origin: "https://gw.example".parse().ok(), ..Config::default() };
    let declared = serve_with(config);
    let done = diagnosed(&declared.url, &public);
    assert_eq!((done.code, step(&done, "issuer").0), (Some(0), "pass"), "{done:#?}");
    let unsaid = diagnosed(&declared.url, &[]);
    fails(&unsaid, "resource", 1, &["say --public-origin https://gw.example"]);
}

#[test]
fn nothing_that_is_secret_or_hostile_is_printed() {
    let target = rude(|stream, _| {
        // The key stands where a long text is cut.
        let body = format!("\u{1b}[2J\u{202e}{}{}", "x".repeat(105), super::KEY);
        let length = body.len();
        send(
            stream,
            &format!(
                "HTTP/1.1 400 No\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
            ),
        )
    });
    let url = format!("{}?key={}", target.url, super::KEY);
    let done = diagnosed(&url, &KEYED);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(!done.out.contains(['\u{1b}', '\u{202e}']), "{}", done.out);
    assert!(done.out.contains("***") && !done.out.contains("hush-"), "{}", done.out);
}

#[test]
fn what_cannot_be_diagnosed_is_a_mistake_of_the_command_line() {
    for (line, part) in [
        (&["doctor", "--stdio", "cat"][..], "give --target URL"),
        (&["doctor", "--target", "nonsense"], "--target"),
        (&["doctor", "--public-origin", "https://gw.example/mcp"], "--public-origin"),
        (&["doctor", "--public-origin", "https://u:hunter2@gw.example"], "--public-origin"),
        (&["--target", "http://127.0.0.1:9/mcp", "doctor"], "behind `doctor`"),
        (&["doctor", "--fault", "nope"], "--fault nope"),
        (&["doctor", "--audit", "jsonl:/no/such/file"], "does not exist"),
    ] {
        let done = run(line);
        let complaint = done.complaint(2);
        assert!(complaint.contains(part) && !complaint.contains("hunter2"), "{complaint}");
    }
}

#[test]
fn a_warning_is_a_failure_where_strictness_is_asked_for() {
    let target = serve(None, None, &[]);
    let done = diagnosed(&target.url, &KEYED);
    assert_eq!((done.code, step(&done, "credentials").0), (Some(0), "warn"), "{done:#?}");
    assert!(done.out.ends_with("PASS, with a warning: credentials\n"), "{}", done.out);
    let strict = diagnosed(&target.url, &[&KEYED[..], &["--strict"]].concat());
    assert_eq!(strict.code, Some(1), "{strict:#?}");
}
