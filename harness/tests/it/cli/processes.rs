//! Servers that are processes and behave badly: the run ends with verdicts or a clear error, in
//! bounded time, and leaves no process behind.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::child::{Done, run, start};

/// A server in shell, well until it has answered `tools/list` or `ping`, that runs a line of its own
/// for anything else.
fn server(deed: &str) -> String {
    format!(
        r#"while IFS= read -r line; do
  id=${{line#*\"id\":}}; id=${{id%%,*}}
  case $line in
    *initialize\"*) printf '{{"jsonrpc":"2.0","id":%s,"result":{{"protocolVersion":"2025-11-25","capabilities":{{}},"serverInfo":{{"name":"sh","version":"1"}}}}}}\n' "$id";;
    *notifications/*) ;;
    *ping\"*) printf '{{"jsonrpc":"2.0","id":%s,"result":{{}}}}\n' "$id";;
    *) {deed};;
  esac
done"#
    )
}

/// Runs one case about an unknown method, and one about the end, on a shell with this script. The
/// mark is an argument of every process of the group.
fn tested(script: &str) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gauntlet-server.sh");
    fs::write(&path, script).unwrap();
    let command = format!("sh {}", path.display());
    let done = run(&[
        "--stdio",
        &command,
        "--audit",
        "none",
        "--deadline",
        "700ms",
        "--revision",
        "2025-11-25",
        "jsonrpc/method/unknown-without-params",
        "stdio/shutdown",
    ]);
    assert_none_left(&path.display().to_string());
    assert!(done.seconds < 35.0, "{} s", done.seconds);
    assert!(done.peak_kib < 200 * 1024, "{} KiB", done.peak_kib);
    done
}

/// No process has this text in its command line.
fn assert_none_left(mark: &str) {
    let own = std::process::id().to_string();
    let left = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| {
        let pid = entry.file_name().into_string().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        (pid != own && line.contains(mark)).then_some(line)
    });
    let left: Vec<String> = left.collect();
    assert!(left.is_empty(), "{left:?}");
}

fn verdicts(script: &str) -> Done {
    let done = tested(script);
    assert_eq!(done.code, Some(1), "{done:#?}");
    assert!(done.totals().starts_with("verdicts 2:"), "{done:#?}");
    done
}

/// An answer to a request for an unknown method.
const HONEST: &str =
    r#"printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no"}}\n' "$id""#;

#[test]
fn a_good_server_passes() {
    let done = tested(&server(HONEST));
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.totals().contains(" 2 pass"), "{done:#?}");
}

#[test]
fn floods_standard_error() {
    let flood = "head -c 10000000 /dev/zero | tr '\\0' e >&2; ";
    let done = tested(&server(&format!("{flood}{HONEST}")));
    assert_eq!(done.code, Some(0), "{done:#?}");
}

#[test]
fn writes_megabytes_without_a_line_feed() {
    let done = verdicts(&server("head -c 30000000 /dev/zero | tr '\\0' x"));
    assert!(done.out.contains("FAIL"), "{done:#?}");
}

#[test]
fn dies_at_a_message() {
    let done = verdicts(&server("exit 7"));
    assert!(done.out.contains("exit code 7"), "{}", done.out);
}

#[test]
fn leaves_a_grandchild_that_holds_the_pipes() {
    let mark = format!("gauntlet-grandchild-{}", std::process::id());
    let deed = format!("sh -c 'trap \"\" TERM HUP; : {mark}; sleep 60' & {HONEST}");
    tested(&server(&deed));
    assert_none_left(&mark);
}

#[test]
fn ignores_the_end_and_the_request_to_end() {
    let done = verdicts(&format!("trap '' TERM; {}\nwhile :; do sleep 1; done", server(HONEST)));
    assert!(done.out.contains("SIGKILL"), "{}", done.out);
}

#[test]
fn never_reads() {
    let done = tested("while :; do sleep 1; done");
    let complaint = done.complaint(3);
    assert!(complaint.contains("no answer"), "{complaint}");
}

#[test]
fn dies_at_once() {
    let done = tested("echo oh >&2; exit 9");
    let complaint = done.complaint(3);
    assert!(complaint.contains("exit code 9"), "{complaint}");
}

#[test]
fn a_command_that_does_not_exist_is_named() {
    let done = run(&["--stdio", "no-such-server --stdio", "--audit", "none"]);
    let complaint = done.complaint(3);
    assert!(complaint.contains("cannot start `no-such-server`"), "{complaint}");
    let open = run(&["--stdio", "sh 'x"]);
    assert!(open.complaint(2).starts_with("--stdio"), "{open:#?}");
}

#[test]
fn a_run_that_is_asked_to_end_leaves_nothing_behind() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let mark = format!("gauntlet-deaf-{}{signal}", std::process::id());
        let script = format!("trap '' TERM INT HUP; : {mark}; while :; do sleep 1; done");
        let command = format!("sh -c '{}'", script.replace('\'', r"'\''"));
        let running = start(&["--stdio", &command, "--audit", "none", "stdio/"]);
        std::thread::sleep(Duration::from_millis(1500));
        let id = running.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let done = running.end_within(20);
        assert_eq!(done.code, Some(3), "{done:#?}");
        assert_none_left(&mark);
    }
}
