//! The subcommands `fuzz`, `replay` and `promote`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::child::{Done, run};

/// Fuzzes with a folder for what is found.
fn fuzz(folder: &Path, more: &[&str]) -> Done {
    let folder = folder.to_str().unwrap();
    run(&[&["fuzz", "--corpus", folder, "--seed", "3"], more].concat())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn a_finding_is_kept_sent_again_and_made_a_case() {
    let folder = tempfile::tempdir().unwrap();
    let faulty = ["--fault", "drop-bad-id", "--time", "30s", "--findings", "1"];
    let done = fuzz(folder.path(), &faulty);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("messages failed like this"), "{}", done.out);
    let found = files(&folder.path().join("findings"));
    let finding = found[0].to_str().unwrap();
    assert!(finding.contains("answered.reply-invalid-id-"), "{finding}");
    let text = fs::read_to_string(finding).unwrap();
    assert!(text.starts_with("# answered.reply: expected a JSON-RPC error"), "{text}");

    let again = run(&["replay", finding, "--fault", "drop-bad-id"]);
    assert_eq!(again.code, Some(1), "{again:#?}");
    assert_eq!(run(&["replay", finding]).code, Some(0));

    let cases = folder.path().join("cases");
    let to = cases.to_str().unwrap();
    let promoted = run(&["promote", finding, "--to", to]);
    assert_eq!(promoted.code, Some(0), "{promoted:#?}");
    let case = files(&cases);
    assert_eq!(promoted.out.trim(), case[0].to_str().unwrap());
    let kept = fs::read_to_string(&case[0]).unwrap();
    assert!(kept.starts_with("# answered.reply") && !kept.contains("curl"), "{kept}");
    assert_eq!(run(&["replay", case[0].to_str().unwrap()]).code, Some(0));
    let twice = run(&["promote", finding, "--to", to]);
    assert_eq!(twice.code, Some(2), "{twice:#?}");
    assert!(twice.err.contains("exists"), "{}", twice.err);

    // What is known is sent first, and the honest gateway passes it all.
    let inputs = files(&folder.path().join("corpus")).len();
    assert!(inputs > 5, "{inputs}");
    let honest = fuzz(folder.path(), &["--time", "6s"]);
    assert_eq!(honest.code, Some(0), "{honest:#?}");
    assert!(honest.out.contains("PASS: no finding"), "{}", honest.out);
    assert!(files(&folder.path().join("corpus")).len() > inputs);
}

#[test]
fn mistakes_in_the_command_line_and_in_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.toml");
    fs::write(&wrong, "title = 1").unwrap();
    let wrong = wrong.to_str().unwrap();
    for (line, told) in [
        (vec!["--seed", "1", "fuzz"], "behind `fuzz`"),
        (vec!["fuzz", "--time", "soon"], "--time soon"),
        (vec!["fuzz", "--findings", "0"], "--findings 0"),
        (vec!["fuzz", "--restart", "true"], "--target"),
        (vec!["fuzz", "--corpus", wrong], "is no folder"),
        (vec!["replay", wrong], "wrong.toml:1"),
        (vec!["replay", "nowhere.toml"], "nowhere.toml"),
        (vec!["promote", wrong], "wrong.toml:1"),
    ] {
        let done = run(&line);
        assert_eq!(done.code, Some(2), "{line:?}: {done:#?}");
        assert!(done.err.contains(told), "{line:?}: {}", done.err);
    }
}

/// A target that dies of a method that is a number, until a file is there.
struct Mortal {
    url: String,
    revival: PathBuf,
}

impl Mortal {
    fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let revival = folder.join("revival");
        let alive = Arc::new(AtomicBool::new(true));
        let (seen, file) = (Arc::clone(&alive), revival.clone());
        thread::spawn(move || {
            loop {
                if fs::remove_file(&file).is_ok() {
                    seen.store(true, SeqCst);
                }
                thread::sleep(Duration::from_millis(10));
            }
        });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let alive = Arc::clone(&alive);
                thread::spawn(move || attend(stream, &alive));
            }
        });
        Self { url, revival }
    }
}

fn attend(mut stream: TcpStream, alive: &AtomicBool) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(body) = read(&mut reader) {
        let message: Value = serde_json::from_slice(&body).unwrap_or_default();
        if message["method"].is_number() {
            alive.store(false, SeqCst);
        }
        if !alive.load(SeqCst) || stream.write_all(answer(&message).as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn answer(message: &Value) -> String {
    let id = &message["id"];
    let body = match message["method"].as_str() {
        Some("initialize") => json!({"jsonrpc": "2.0", "id": id, "result": {
            "protocolVersion": message["params"]["protocolVersion"],
            "capabilities": {},
            "serverInfo": {"name": "mortal", "version": "1"},
        }}),
        Some("ping") => json!({"jsonrpc": "2.0", "id": id, "result": {}}),
        _ => json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "no"}}),
    };
    let body = body.to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn a_target_that_dies_is_started_again_and_what_killed_it_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mortal = Mortal::start(folder.path());
    let restart = format!("touch {}", mortal.revival.display());
    let target = ["--target", &mortal.url, "--audit", "none", "--deadline", "1s"];
    let line = ["--revision", "2025-11-25", "--time", "25s", "--restart", &restart];
    let done = fuzz(folder.path(), &[&target[..], &line[..]].concat());
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("started the target again"), "{}", done.out);
    let killers = files(&folder.path().join("findings")).into_iter().filter(|file| {
        let text = fs::read_to_string(file).unwrap();
        text.contains("connection closed") && text.contains("set = { at = \"method\", to = ")
    });
    assert!(killers.count() > 0, "{}", done.out);
}

#[test]
fn a_target_that_stays_dead_ends_the_campaign_and_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let mortal = Mortal::start(folder.path());
    let target = ["--target", &mortal.url, "--audit", "none", "--deadline", "1s"];
    let line = ["--revision", "2025-11-25", "--time", "35s"];
    let done = fuzz(folder.path(), &[&target[..], &line[..]].concat());
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("ended early: the target stopped answering"), "{}", done.out);
    assert!(done.seconds < 30.0, "{} s", done.seconds);
    assert!(!files(&folder.path().join("findings")).is_empty(), "{}", done.out);
}
