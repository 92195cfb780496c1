//! The reference gateway's sinks under fault: a disk that is full, and a webhook whose receiver is not
//! there.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::child::{Done, Running, run, start};
use super::upstream::free_port;

/// A gateway in a process of its own, with its log.
struct Alone {
    _running: Running,
    url: String,
}

/// Starts one with these sinks, and waits until it listens.
fn gateway(sink: &[&str], log: &Path) -> Alone {
    let (port, log) = (free_port(), log.display().to_string());
    let listen = format!("127.0.0.1:{port}");
    let running = start(&[&["gateway", "--listen", &listen, "--log-file", &log], sink].concat());
    for _ in 0..500 {
        if std::net::TcpStream::connect(&listen).is_ok() {
            return Alone { _running: running, url: format!("http://{listen}/mcp") };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the gateway does not listen at {listen}");
}

fn warnings(log: &Path) -> Vec<String> {
    fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_calls_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("gateway.log");
    let target = gateway(&["--audit-file", "/dev/full"], &log);
    // The source that the operator names stays empty; the query API of the gateway has the records.
    let empty = folder.path().join("audit.jsonl");
    fs::write(&empty, "").unwrap();
    let locator = format!("jsonl:{}", empty.display());
    let cases = ["--generated", "0", "--revision", "2025-11-25", "audit/tools-list", "mcp/ping"];
    let aim = ["--target", &target.url, "--audit", &locator];
    let done = run(&[&aim[..], &cases].concat());
    let told = done.complaint(3);
    let expected = format!("no record of this run arrived in {locator} (0 others did)");
    assert!(told.contains(&expected), "{told}");

    let done = run(&[&["--target", &target.url][..], &cases].concat());
    assert_eq!(done.code, Some(0), "all is answered, and the query has it: {done:#?}");

    let mut told = warnings(&log);
    told.retain(|line| line.contains("audit"));
    assert_eq!(told.len(), 1, "one line, however many are lost: {told:?}");
    assert!(told[0].contains("WARN audit records are being lost by the file: No space left"));
}

#[test]
fn a_webhook_that_is_not_there_holds_up_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("gateway.log");
    let webhook = format!("http://127.0.0.1:{}/", free_port());
    let target = gateway(&["--audit-webhook", &webhook], &log);
    let cases = ["--generated", "0", "--revision", "2025-11-25", "mcp/ping", "audit/tools"];
    let done = run(&[&["--target", &target.url][..], &cases].concat());
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.seconds < 10.0, "{done:#?}");
}

/// A gateway that posts its records to our receiver, with faults, and a run against it.
fn posted(faults: &[&str], logged: bool) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("gateway.log");
    let address = format!("127.0.0.1:{}", free_port());
    let webhook = format!("http://{address}/");
    let planted: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
    let target = gateway(&[&["--audit-webhook", &webhook][..], &planted].concat(), &log);
    let (locator, log) = (format!("webhook:{address}"), log.display().to_string());
    let aim = ["--target", &target.url, "--audit", &locator, "--call-tool"];
    let tool = [r#"gauntlet-gauntlet_echo={"text":"{{key}}"}"#];
    let read: &[&str] = if logged { &["--log", &log] } else { &[] };
    let cases = ["--generated", "0", "--revision", "2025-11-25", "audit/sink/error"];
    run(&[&aim[..], &tool, read, &cases].concat())
}

#[test]
fn a_loss_that_no_log_tells_fails_where_the_log_is_read_and_warns_where_it_is_not() {
    let done = posted(&[], true);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.totals().starts_with("verdicts 1: 1 pass"), "{}", done.totals());
    let silent = ["sink-loss-silent"];
    let done = posted(&silent, true);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.out.contains("later records came, and the log warns of nothing"), "{}", done.out);
    let done = posted(&silent, false);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains("lost; --log PATH finds out"), "{}", done.out);
}

#[test]
fn without_a_receiver_the_cases_say_how_to_have_one() {
    let done =
        run(&["--generated", "0", "--revision", "2025-11-25", "audit/sink/down", "mcp/ping/plain"]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.totals().contains("1 pass") && done.totals().contains("1 n/a"), "{}", done.out);
    let done = run(&["--audit", "webhook:127.0.0.1:0", "audit/sink/down"]);
    assert!(done.complaint(2).contains("give a port"), "{}", done.err);
}
