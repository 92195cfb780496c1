//! Callers over stdio who mean no good.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::timeout;

use crate::pipe::Pipe;
use crate::support::{request, tool_call};

/// No process here needs more memory: 160 MiB, of which 16 MiB may be lines that wait.
const MEMORY_LIMIT: u64 = 160 << 20;

#[tokio::test]
async fn a_flood_of_lines_is_answered_line_by_line() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let count = 2000;
    let lines: Vec<String> = (0..count).map(|id| request(&id.to_string(), "ping")).collect();
    let flood = format!("{}\n{}", lines.join("\n"), "garbage\n".repeat(count));
    // Whoever writes without reading waits, so that both have to go on at the same time.
    let mut stdin = pipe.take_stdin();
    let writer = tokio::spawn(async move { stdin.write(flood).await });
    let mut ids = Vec::new();
    let mut refused = 0;
    for _ in 0..2 * count {
        let message = pipe.hear().await;
        match message["id"].as_u64() {
            Some(id) => ids.push(usize::try_from(id).expect("it is small")),
            None => refused += 1,
        }
    }
    writer.await.expect("it is written");
    ids.sort_unstable();
    assert_eq!((ids, refused), ((0..count).collect(), count));
    let ended = pipe.finish().await;
    assert_eq!((ended.stdout.as_str(), ended.records.len()), ("", 2 * count + 1));
}

#[tokio::test]
async fn a_line_without_end_takes_no_memory() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    for _ in 0..64 {
        pipe.write(vec![b'x'; 1 << 20]).await;
    }
    assert_eq!(pipe.hear().await["error"]["code"], -32600);
    assert!(pipe.memory() < MEMORY_LIMIT, "{} bytes", pipe.memory());
    let ended = pipe.finish().await;
    assert_eq!((ended.code, ended.stdout.as_str(), ended.records.len()), (Some(0), "", 2));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_survived() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let binary: Vec<u8> = (0..=255).filter(|byte| *byte != b'\n').collect();
    let deep = [vec![b'['; 1_000_000], vec![b']'; 1_000_000]].concat();
    for line in [vec![0; 1000], binary, deep, b"\xef\xbb\xbf{}".to_vec(), b"\x1b[2J".to_vec()] {
        pipe.write(line).await;
        pipe.say("").await;
        let code = pipe.hear().await["error"]["code"].as_i64();
        assert!(matches!(code, Some(-32700 | -32600)), "{code:?}");
        assert_eq!(pipe.ask(&request("1", "ping")).await["id"], 1);
    }
}

#[tokio::test]
async fn a_line_that_breaks_off_is_refused() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    pipe.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"met").await;
    let ended = pipe.finish().await;
    assert_eq!((ended.code, ended.messages().len()), (Some(0), 1));
    assert_eq!(ended.messages()[0]["error"]["code"], -32700);
}

#[tokio::test]
async fn a_caller_who_closes_stdout_ends_the_process() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let mut stdin = pipe.take_stdin();
    let mut child = pipe.stop_reading();
    stdin.write(format!("{}\n", request("1", "ping"))).await;
    let ended = timeout(Duration::from_secs(10), child.wait()).await;
    assert_eq!(ended.expect("it ends").expect("it ran").code(), Some(0));
}

#[tokio::test]
async fn a_caller_who_never_reads_fills_nothing_but_the_pipe() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let echo = tool_call("1", "gauntlet-gauntlet_echo", &json!({"text": "x".repeat(20_000)}));
    let mut stdin = pipe.take_stdin();
    let taken = stdin.write_until_blocked(format!("{echo}\n").as_bytes()).await;
    assert!(taken < 1000, "{taken} lines were taken, and nothing was read");
    assert!(pipe.memory() < MEMORY_LIMIT, "{} bytes", pipe.memory());
    let sent = Instant::now();
    pipe.signal("-TERM").await;
    let ended = timeout(Duration::from_secs(15), pipe.child.wait()).await;
    assert_eq!(ended.expect("it ends").expect("it ran").code(), Some(0));
    assert!(sent.elapsed() < Duration::from_secs(10), "{:?}", sent.elapsed());
}
