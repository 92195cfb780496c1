//! Spans and log records of real senders, from the bytes on the wire to the records of a profile.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use mcp_gauntlet::audit::mapping::{Mapped, map};
use mcp_gauntlet::audit::profile::Profile;
use mcp_gauntlet::audit::record::{AuditRecord, Status};
use mcp_gauntlet::source::{Access, Line, Locator, Source};
use mcp_gauntlet::wire::json::parse;
use tokio::runtime::Runtime;

/// Longest wait for what was sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// A source with the runtime that serves it.
struct Receiver {
    runtime: Runtime,
    source: Source,
    address: String,
}

fn receiver(scheme: &str) -> Receiver {
    let runtime = Runtime::new().unwrap();
    let locator: Locator = format!("{scheme}:127.0.0.1:0").parse().unwrap();
    let source = runtime.block_on(Source::open(&locator, Access::default())).unwrap();
    let address = source.name(&locator).split_once(':').unwrap().1.to_owned();
    Receiver { runtime, source, address }
}

impl Receiver {
    /// Posts JSON and demands that it is accepted.
    fn post(&self, path: &str, body: &str) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Exactly so many lines.
    fn lines(&mut self, count: usize) -> Vec<String> {
        let (mut texts, begun) = (Vec::new(), Instant::now());
        while texts.len() < count {
            assert!(begun.elapsed() < PATIENCE, "{} of {count} lines came", texts.len());
            for line in self.runtime.block_on(self.source.poll()).unwrap() {
                let Line::Text(text) = line else { panic!("{line:?}") };
                texts.push(text);
            }
        }
        assert_eq!(texts.len(), count);
        texts
    }
}

/// The records among the lines; those that the profile does not know are a mistake.
fn records(profile: &str, lines: &[String]) -> Vec<AuditRecord> {
    let profile = Profile::builtin(profile).unwrap();
    let record = |line: &String| match map(&profile, &parse(line.as_bytes()).unwrap(), line) {
        Mapped::Record(record) => Some(*record),
        Mapped::Ignored => None,
        Mapped::NotARecord => panic!("unknown to {}: {line}", profile.name),
    };
    lines.iter().filter_map(record).collect()
}

fn data(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/litellm");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The record of a trace by its last digits, and how many auxiliary ones stand beside it.
fn of_trace<'a>(records: &'a [AuditRecord], end: &str) -> (Option<&'a AuditRecord>, usize) {
    let ours = |record: &&AuditRecord| record.trace_id.as_ref().is_some_and(|id| id.ends_with(end));
    let (auxiliary, own): (Vec<_>, Vec<_>) =
        records.iter().filter(ours).partition(|record| record.auxiliary);
    assert!(own.len() < 2, "one request, one record: {own:?}");
    (own.first().copied(), auxiliary.len())
}

#[test]
fn litellms_spans_give_one_record_a_request() {
    let mut receiver = receiver("otlp");
    let spans = data("otel-spans-1.109.json");
    receiver.post("/v1/traces", &spans);
    let count = spans.matches("\"spanId\"").count();
    let lines = receiver.lines(count);
    for profile in ["litellm", "otel-mcp"] {
        let records = records(profile, &lines);
        let said = |end: &str| {
            let (record, auxiliary) = of_trace(&records, end);
            assert_eq!(auxiliary, 1, "{profile} {end}: the span of the HTTP request");
            let record = record?;
            let id = record.jsonrpc_id.as_ref().map(|id| id.to_text());
            Some((record.call_type.clone()?, record.status?, id, record.tool_name.clone()))
        };
        let call = |status, id: &str, tool: &str| {
            let id = Some(format!("\"{id}\""));
            Some(("call_mcp_tool".to_owned(), status, id, Some(tool.to_owned())))
        };
        let other = |call_type: &str, status, id: Option<&str>| {
            Some((call_type.to_owned(), status, id.map(|id| format!("\"{id}\"")), None))
        };
        assert_eq!(said("01"), other("list_mcp_tools", Status::Success, Some("7")));
        assert_eq!(said("02"), call(Status::Success, "8", "up-echo"));
        assert_eq!(said("03"), call(Status::Failure, "nine", "zzz"));
        assert_eq!(said("04"), call(Status::Failure, "10", "up-soft_error"));
        assert_eq!(said("05"), None, "an envelope that was refused with 400");
        assert_eq!(said("06"), other("list_mcp_tools", Status::Success, None), "the id was `true`");
        assert_eq!(said("07"), other("call_mcp_protocol_error", Status::Failure, Some("13")));
        assert_eq!(said("08"), other("mcp_ping", Status::Success, Some("14")));
        let refused = records.iter().find(|record| {
            record.auxiliary && record.trace_id.as_ref().is_some_and(|id| id.ends_with("05"))
        });
        let refused = refused.unwrap();
        assert_eq!(refused.status, Some(Status::Failure));
        assert_eq!(refused.call_type.as_deref(), Some("call_mcp_protocol_error"));
        let (rejected, _) = of_trace(&records, "07");
        assert_eq!(rejected.unwrap().error_code.as_deref(), Some("-32601"));
        assert_eq!(rejected.unwrap().error_message.as_deref(), Some("Method not found"));
    }
    let records = records("litellm", &lines);
    let end_user = of_trace(&records, "07").0.unwrap().end_user.as_deref();
    assert_eq!(end_user, Some("gauntletuser7"));
}

#[test]
fn litellms_generic_api_posts_the_same_records_in_each_of_its_formats() {
    let mut receiver = receiver("webhook");
    let array = data("generic-api-1.109.json");
    let objects: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(&array).unwrap();
    let texts: Vec<&str> = objects.iter().map(|object| object.get()).collect();
    receiver.post("/logs", &array);
    receiver.post("/logs", &texts.join("\n"));
    for text in &texts {
        receiver.post("/logs", text);
    }
    let lines = receiver.lines(texts.len() * 3);
    assert_eq!(lines, [&texts[..], &texts, &texts].concat());
    let said: Vec<_> = records("litellm", &lines)
        .into_iter()
        .take(texts.len())
        .map(|record| (record.call_type.unwrap(), record.status.unwrap(), record.end_user.unwrap()))
        .collect();
    let wanted = [
        ("call_mcp_tool", Status::Success, "gauntletuser2"),
        ("call_mcp_tool", Status::Failure, "gauntletuser3"),
        ("call_mcp_tool", Status::Failure, "gauntletuser4"),
        ("call_mcp_protocol_error", Status::Failure, "gauntletuser7"),
    ];
    let wanted = wanted.map(|(kind, status, user)| (kind.to_owned(), status, user.to_owned()));
    assert_eq!(said, wanted);
}

/// What the test needs from PyPI.
const PACKAGES: [&str; 2] = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"];

/// Runs a command that has to succeed.
///
/// # Errors
/// The command and what it complained of.
fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}", said.lines().next_back().unwrap_or_default()))
}

/// Puts OpenTelemetry's exporter into a Python environment in the folder, and gives its interpreter.
///
/// # Errors
/// Why it cannot be had here.
fn python(folder: &Path) -> Result<PathBuf, String> {
    succeed(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let python = folder.join("bin/python");
    let pip = ["-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"];
    succeed(Command::new(&python).args(pip).args(["install", "-q"]).args(PACKAGES))?;
    Ok(python)
}

#[test]
fn opentelemetrys_own_exporter_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let python = match python(folder.path()) {
        Ok(python) => python,
        Err(reason) => return println!("skipped, no exporter from PyPI: {reason}"),
    };
    for packing in ["none", "gzip"] {
        let mut receiver = receiver("otlp");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/otlp/export.py");
        let sent = Command::new(&python)
            .arg(script)
            .args([&format!("http://{}", receiver.address), packing])
            .env("NO_PROXY", "127.0.0.1")
            .output()
            .unwrap();
        assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
        let lines = receiver.lines(8);
        let (log, spans) = lines.split_last().unwrap();
        exported_spans(&records("otel-mcp", spans));
        let log: serde_json::Value = serde_json::from_str(log).unwrap();
        assert_eq!((&log["severity"], &log["event_name"]), (&"WARN".into(), &"audit".into()));
        let body = serde_json::json!({"call_type": "call_mcp_tool", "ids": [7, 1.5, true, null]});
        assert_eq!(log["body"], body);
        assert_eq!(
            log["attributes"],
            serde_json::json!({"bytes": "AAEC", "nested": {"text": "é"}})
        );
        assert_eq!(log["resource"]["service.name"], "exporting-gateway");
        assert!(records("otel-mcp", &lines[7..]).is_empty(), "a log record is none");
    }
}

/// Two calls with a span of HTTP around each, and one that was refused with 400.
fn exported_spans(records: &[AuditRecord]) {
    let (auxiliary, own): (Vec<_>, Vec<_>) = records.iter().partition(|record| record.auxiliary);
    assert_eq!((auxiliary.len(), own.len()), (3, 2), "{records:?}");
    let [good, bad] = own.as_slice() else { panic!("{own:?}") };
    assert_eq!(good.status, Some(Status::Success));
    assert_eq!(good.call_type.as_deref(), Some("call_mcp_tool"));
    assert_eq!(good.tool_name.as_deref(), Some("echo"));
    assert_eq!(good.jsonrpc_id.as_ref().map(|id| id.to_text()).as_deref(), Some("\"7\""));
    assert_eq!(good.session_id.as_deref(), Some("session-1"));
    assert_eq!(good.protocol_version.as_deref(), Some("2025-11-25"));
    assert_eq!(good.response.as_deref(), Some("{\"content\":[]}"));
    assert!(good.tool_arguments.is_some() && good.start <= good.end);
    assert_eq!(bad.status, Some(Status::Failure));
    assert_eq!(bad.error_code.as_deref(), Some("-32602"));
    assert_eq!(bad.error_message.as_deref(), Some("no such tool"));
    assert_eq!(bad.call_type.as_deref(), Some("call_mcp_tool"));
    let refused = auxiliary.iter().filter(|record| record.status == Some(Status::Failure));
    assert_eq!(refused.count(), 1);
}
