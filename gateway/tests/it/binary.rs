//! The binary: what it says when it cannot start, and how it starts and stops.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::{Caller, request};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-gateway"));
    command.args(arguments).stderr(Stdio::piped()).env("IT_KEY", "open sesame").kill_on_drop(true);
    command
}

#[tokio::test]
async fn usage_errors_take_one_line() {
    for (arguments, complaint) in [
        (&["--nope"][..], "unexpected argument '--nope'"),
        (&["--listen", "x"], "invalid value 'x' for '--listen"),
        (&["--fault", "nope"], "unknown fault \"nope\"; known are drop-bad-id, "),
        (&["--upstream", "a"], "it must have the form ALIAS=URL"),
        (&["--upstream", "a=nope"], "is no URL"),
        (&["--upstream", "a=ftp://x"], "needs an address with http:// or https://"),
        (&["--upstream-command", "a"], "it must have the form ALIAS=COMMAND"),
        (&["--upstream-command", "a="], "needs a command"),
        (&["--upstream-command", "a='x"], "a quote in it is not closed"),
        (&["--upstream", "gauntlet=http://x"], "is used twice"),
        (&["--upstream", "a b=http://x"], "upstream alias \"a b\" must have"),
        (&["--audit-webhook", "ftp://x"], "the audit webhook needs an address with http"),
        (&["--public-origin", "https://gw.example/mcp"], "must be scheme, host and port alone"),
        (&["--trusted-proxy", "10.0.0.0/40"], "is no range of addresses"),
        (&["--api-key-env", "IT_NO_SUCH_KEY"], "IT_NO_SUCH_KEY of --api-key-env is not set"),
    ] {
        let output = command(arguments).output().await.expect("it runs");
        let text = String::from_utf8(output.stderr).expect("it is text");
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("reference-gateway: ") && text.contains(complaint), "{text}");
    }
    let help = command(&["--help"]).output().await.expect("it runs");
    assert_eq!(help.status.code(), Some(0));
}

#[tokio::test]
async fn it_says_where_it_listens_and_stops_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let arguments = [
            "--listen",
            "127.0.0.1:0",
            "--api-key-env",
            "IT_KEY",
            "--fault",
            "wrong-code",
            "no-challenge",
        ];
        let mut child = command(&arguments).spawn().expect("it runs");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let url = lines.next_line().await.expect("it is readable").expect("a line");
        let address = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/mcp"));
        let caller =
            Caller::at(address.and_then(|address| address.parse().ok()).expect("an address"));
        assert_eq!(caller.post(request("1", "ping")).await.status, 401);
        let mut holder = caller.with("Authorization", "Bearer open sesame");
        holder.open("2025-06-18").await;
        assert_eq!(holder.post(request("1", "nope")).await.code(), -32000);
        let process = child.id().expect("it runs").to_string();
        let killed = Command::new("kill").args([signal, &process]).status().await;
        assert!(killed.expect("kill runs").success());
        let ended = tokio::time::timeout(Duration::from_secs(10), child.wait()).await;
        assert_eq!(ended.expect("it stops").expect("it ran").code(), Some(0));
    }
}
