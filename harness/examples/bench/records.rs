//! Records: how fast they are read, mapped and matched.

use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use mcp_gauntlet::audit::correlate::{ExchangeKey, correlate};
use mcp_gauntlet::audit::mapping::{Mapped, map};
use mcp_gauntlet::audit::profile::Profile;
use mcp_gauntlet::audit::record::AuditRecord;
use mcp_gauntlet::source::{Access, Line, Locator, Source};
use mcp_gauntlet::wire::json::parse;

use crate::stage::Failure;

/// What all keys begin with.
const PREFIX: &str = "gauntlet7f3a21c4x";

/// Bytes of the file that is read.
const BYTES: u64 = 1 << 30;

/// A record of the reference gateway that names a key.
fn record(number: usize) -> String {
    let key = key(number);
    format!(
        r#"{{"id":"{number:032x}","trace_id":"{number:032x}","call_type":"call_mcp_tool","status":"failure","startTime":1795704615.949819,"endTime":1795704615.950376,"error_information":{{"error_code":"-32602","error_class":"UnknownTool","error_message":"Unknown tool: {key}"}},"response":null,"end_user":"{key}","metadata":{{"mcp_tool_call_metadata":{{"name":"{key}","arguments":{{"text":"a text of some length, as callers send it"}},"mcp_server_name":null,"namespaced_tool_name":"{key}"}},"mcp_request":{{"jsonrpc_id":7,"method":"tools/call","session_id":"session-{number}","protocol_version":"2025-11-25","transport":"http","correlation_id":"{key}"}}}}}}"#
    )
}

fn key(number: usize) -> String {
    format!("{PREFIX}{number:012}")
}

fn mapped(profile: &Profile, text: &str) -> Option<AuditRecord> {
    match map(profile, &parse(text.as_bytes()).ok()?, text) {
        Mapped::Record(record) => Some(*record),
        Mapped::Ignored | Mapped::NotARecord => None,
    }
}

/// Seconds that it takes to match 100 000 records with 10 000 exchanges; one record in ten is of one of
/// them.
pub(crate) fn matching() -> Result<f64, Failure> {
    let profile = Profile::builtin("reference").ok_or("no profile")?;
    let exchanges: Vec<ExchangeKey<'_>> = (0..10_000).map(exchange).collect();
    let numbers = (0_usize..100_000)
        .map(|number| if number % 10 == 0 { number / 10 } else { number + 10_000 });
    let records: Vec<AuditRecord> =
        numbers.filter_map(|it| mapped(&profile, &record(it))).collect();
    let begun = Instant::now();
    let found = black_box(correlate(&exchanges, &records, PREFIX));
    let elapsed = begun.elapsed();
    let matched = found.per_exchange.iter().filter(|matches| matches.records.len() == 1).count();
    if (matched, found.orphans.len()) != (10_000, 90_000) {
        return Err(format!("matched {matched}, left over {}", found.orphans.len()).into());
    }
    Ok(elapsed.as_secs_f64())
}

fn exchange(number: usize) -> ExchangeKey<'static> {
    ExchangeKey {
        key: key(number),
        trace_id: format!("{number:032x}"),
        jsonrpc_id: None,
        lone_id: false,
        session_id: Some(format!("session-{number}")),
        method: None,
        started: 0.0,
        ended: 1.0,
        messages: 1,
        alone: false,
    }
}

/// Megabytes a second of 1 GB: read as lines, read and mapped, and counted by `wc -l` (none where it is
/// not installed).
pub(crate) async fn ingest() -> Result<[Option<f64>; 3], Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("audit.jsonl");
    std::fs::write(&path, "")?;
    let mut sources = Vec::new();
    for _ in 0..2 {
        sources.push(Source::open(&Locator::Jsonl(path.clone()), Access::default()).await?);
    }
    let lines = fill(&path)?;
    let rate = |time: Duration| BYTES as f64 / 1e6 / time.as_secs_f64();
    // Once before, so that all find the file in memory.
    let _ = wc(&path);
    let counted = wc(&path).map(rate);
    let profile = Profile::builtin("reference").ok_or("no profile")?;
    let mut read = Vec::new();
    for (mut source, with) in sources.into_iter().zip([None, Some(&profile)]) {
        let begun = Instant::now();
        if drain(&mut source, with).await? != lines {
            return Err("lines were lost".into());
        }
        read.push(rate(begun.elapsed()));
    }
    Ok([read.first().copied(), read.last().copied(), counted])
}

/// Fills the file with records; how many they are.
fn fill(path: &Path) -> Result<usize, Failure> {
    let mut file = BufWriter::new(std::fs::File::options().append(true).open(path)?);
    let (mut bytes, mut lines) = (0, 0);
    while bytes < BYTES {
        let text = record(lines);
        writeln!(file, "{text}")?;
        bytes += text.len() as u64 + 1;
        lines += 1;
    }
    file.flush()?;
    Ok(lines)
}

fn wc(path: &Path) -> Option<Duration> {
    let begun = Instant::now();
    let output = Command::new("wc").arg("-l").arg(path).output().ok()?;
    output.status.success().then(|| begun.elapsed())
}

/// Reads all lines, and maps them where a profile says how; how many were good.
async fn drain(source: &mut Source, profile: Option<&Profile>) -> Result<usize, Failure> {
    let mut count = 0;
    loop {
        let lines = source.poll().await?;
        let good = |line: &&Line| match (line, profile) {
            (Line::Text(text), Some(profile)) => mapped(profile, text).is_some(),
            (Line::Text(_), None) => true,
            (Line::Unreadable { .. }, _) => false,
        };
        count += lines.iter().filter(good).count();
        if !source.has_more() {
            return Ok(count);
        }
    }
}
