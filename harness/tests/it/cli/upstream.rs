//! Our own upstream: behind a gateway, beside one that does not know it, and alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use reference_gateway::{Config, Fault, Upstream, UpstreamKind};

use super::child::{command, run};
use super::gateway::{Served, serve_with};

/// A port of this machine that nobody uses.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A gateway with an upstream at this port.
fn before(port: u16, faults: &[Fault]) -> Served {
    with(UpstreamKind::Http(format!("http://127.0.0.1:{port}/mcp").parse().unwrap()), faults)
}

/// A gateway that starts the process which passes lines on to an upstream at this port.
fn starting(port: u16, faults: &[Fault]) -> Served {
    let to = format!("127.0.0.1:{port}");
    let words = [env!("CARGO_BIN_EXE_mcp-gauntlet"), "upstream", "--stdio", "--to", &to];
    with(UpstreamKind::Command(words.map(str::to_owned).to_vec()), faults)
}

fn with(own: UpstreamKind, faults: &[Fault]) -> Served {
    let mut config = Config { faults: faults.to_vec(), ..Config::default() };
    config.upstreams.push(Upstream { alias: "theirs".to_owned(), kind: own });
    serve_with(config)
}

fn tested(target: &str, upstream: &str, filters: &[&str]) -> super::child::Done {
    let line = ["--target", target, "--audit", "none", "--upstream", upstream, "--generated", "0"];
    run(&[&line[..], filters].concat())
}

#[test]
fn a_gateway_that_is_configured_to_use_it_is_judged_at_both_hops() {
    let port = free_port();
    let filters = ["upstream/answers/json", "upstream/asks/roots", "upstream/refused/version-1"];
    let address = format!("127.0.0.1:{port}");
    let done = tested(&before(port, &[]).url, &address, &filters);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains("verdicts 11: 11 pass"), "{}", done.out);
    let faulty = before(port, &[Fault::UpstreamUnanswered]);
    let done = tested(&faulty.url, &address, &filters);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("upstream.answer"), "{}", done.out);
    assert!(done.out.contains("no answer"), "{}", done.out);
}

#[test]
fn with_the_only_upstream_down_there_is_no_empty_list() {
    let port = free_port();
    let own = UpstreamKind::Http(format!("http://127.0.0.1:{port}/mcp").parse().unwrap());
    let upstreams = vec![Upstream { alias: "only".to_owned(), kind: own }];
    let target = serve_with(Config { upstreams, ..Config::default() });
    let filters = ["upstream/faults/none-listed", "upstream/faults/others-listed"];
    let done = tested(&target.url, &format!("127.0.0.1:{port}"), &filters);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains("verdicts 2: 1 pass") && done.out.contains("1 n/a"), "{}", done.out);
}

#[test]
fn over_stdio_each_case_passes_or_does_not_apply() {
    let port = free_port();
    let done = tested(
        &starting(port, &[]).url,
        &format!("127.0.0.1:{port}"),
        &["upstream/", "--revision", "2025-11-25"],
    );
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains(" 0 warn, 0 FAIL, 0 untestable, "), "{}", done.out);
    let told = done.out.replace('\n', " ");
    let reason =
        "is about HTTP at the hop behind the target, which reaches our upstream over stdio";
    assert!(told.contains(reason) && !told.contains("is about stdio at the hop"), "{}", done.out);
}

#[test]
fn over_stdio_faults_show_too() {
    let port = free_port();
    let filters = ["upstream/answers/json", "upstream/asks/outside-roots", "upstream/asks/roots"];
    let faulty = starting(port, &[Fault::UpstreamUnanswered]);
    let done = tested(&faulty.url, &format!("127.0.0.1:{port}"), &filters);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("verdicts 10: 4 pass, 0 warn, 6 FAIL"), "{}", done.out);
    assert!(done.out.contains("upstream.answer"), "{}", done.out);
}

#[test]
fn the_process_says_what_is_missing() {
    let port = free_port();
    let nowhere = format!("127.0.0.1:{port}");
    for (line, code, told) in [
        (&["--stdio", "--to", &nowhere][..], 3, "nothing is served there"),
        (&["--stdio"], 2, "--to"),
        (&["--stdio", "--to", "nowhere"], 2, "give HOST:PORT"),
        (&["--to", &nowhere], 2, "--stdio"),
        (&[], 2, "--listen"),
    ] {
        let done = run(&[&["upstream"], line].concat());
        assert_eq!(done.code, Some(code), "{done:#?}");
        assert!(done.err.contains(told), "{}", done.err);
    }
}

#[test]
fn a_gateway_that_does_not_use_it_is_told_how() {
    let port = free_port();
    let target = before(1, &[]);
    let address = format!("127.0.0.1:{port}");
    let filters = ["upstream/answers/json", "jsonrpc/id/negative"];
    let done = tested(&target.url, &address, &filters);
    assert_eq!(done.code, Some(1), "{done:#?}");
    let told = format!("(Streamable HTTP) at http://{address}/mcp before the run");
    assert!(done.out.replace('\n', " ").contains(&told), "{}", done.out);
    assert!(done.out.contains(&format!("upstream --stdio --to {address}`")), "{}", done.out);
    assert!(done.out.contains("4 untestable") && done.out.contains("pass"), "{}", done.out);
    let line = ["--target", &target.url, "--audit", "none", "upstream/answers/json"];
    let done = run(&line);
    assert!(done.out.contains("needs our own upstream behind the target"), "{}", done.out);
}

#[test]
fn an_address_in_use_is_a_mistake_of_the_command_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let upstream = ["--upstream", &address, "upstream/answers/json"];
    let alone = ["upstream", "--listen", &address];
    for (line, option) in [(&upstream[..], "--upstream"), (&alone[..], "--listen")] {
        let done = run(line);
        assert_eq!(done.code, Some(2), "{done:#?}");
        assert!(done.err.contains(&format!("{option} {address}: ")), "{}", done.err);
        assert!(done.err.contains("give an address that is free"), "{}", done.err);
    }
}

/// A process that is killed when the test is over.
struct Alone(Child);

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An upstream of its own, and its address.
fn alone() -> (Alone, String) {
    let mut alone = Alone(command(&["upstream", "--listen", "127.0.0.1:0"]).spawn().unwrap());
    let mut url = String::new();
    BufReader::new(alone.0.stderr.take().unwrap()).read_line(&mut url).unwrap();
    let address = url.trim().strip_prefix("http://").unwrap().strip_suffix("/mcp").unwrap();
    (alone, address.to_owned())
}

#[test]
fn what_came_over_stdio_is_marked() {
    let (mut alone, address) = alone();
    let mut process = command(&["upstream", "--stdio", "--to", &address]);
    let mut process = Alone(process.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap());
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let mut input = process.0.stdin.take().unwrap();
    writeln!(input, "{ping}").unwrap();
    let mut answer = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    assert_eq!(answer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
    drop(input);
    assert_eq!(process.0.wait().unwrap().code(), Some(0));
    let mut line = String::new();
    BufReader::new(alone.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, format!("stdio POST session - {ping}\n"));
}

#[test]
fn alone_it_prints_what_reaches_it() {
    let (mut alone, address) = alone();
    let mut stream = TcpStream::connect(address).unwrap();
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let length = ping.len();
    write!(stream, "POST /mcp HTTP/1.1\r\nMcp-Session-Id: s-1\r\nContent-Length: {length}\r\n\r\n")
        .unwrap();
    stream.write_all(ping.as_bytes()).unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let mut line = String::new();
    BufReader::new(alone.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, format!("POST session s-1 {ping}\n"));
}
