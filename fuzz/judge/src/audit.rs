//! Lines of an audit source: parsed, mapped by a profile and matched. What is mapped is what an
//! independent reader of JSON finds at the same place, and no record is counted twice or lost.

use std::sync::LazyLock;

use mcp_gauntlet::audit::correlate::{Correlation, ExchangeKey, correlate};
use mcp_gauntlet::audit::mapping::{Mapped, map};
use mcp_gauntlet::audit::profile::Profile;
use mcp_gauntlet::audit::record::AuditRecord;
use mcp_gauntlet::wire::json::{Json, parse};

/// Ends a profile that stands before the lines.
const PARTING: &[u8] = b"\n---\n";
/// What the keys of the exchanges begin with.
const PREFIX: &str = "gauntlet00000000x";

static BUILTIN: LazyLock<Vec<Profile>> =
    LazyLock::new(|| Profile::BUILTIN.iter().filter_map(|name| Profile::builtin(name)).collect());

/// Lines of a source; a profile of its own may stand before them.
pub fn audit(data: &[u8]) {
    let parted = data.windows(PARTING.len()).position(|window| window == PARTING);
    let (own, lines) = match parted {
        Some(at) => (data.get(..at), data.get(at + PARTING.len()..).unwrap_or_default()),
        None => (None, data),
    };
    let own = own.and_then(|text| Profile::parse(std::str::from_utf8(text).ok()?, "fuzz").ok());
    for profile in BUILTIN.iter().chain(&own) {
        read(profile, lines);
    }
}

fn read(profile: &Profile, lines: &[u8]) {
    let lines = lines.split(|byte| *byte == b'\n').take(16);
    let lines = lines.filter_map(|line| std::str::from_utf8(line).ok());
    let records: Vec<AuditRecord> = lines.filter_map(|line| record(profile, line)).collect();
    let exchanges = [exchange(0), exchange(1)];
    let correlation = correlate(&exchanges, &records, PREFIX);
    assert_eq!(counted(&correlation), records.len(), "records that were counted");
    let again = correlate(&exchanges, &records, PREFIX);
    assert_eq!(correlation, again, "the same records, matched again");
}

fn record(profile: &Profile, line: &str) -> Option<AuditRecord> {
    let value = parse(line.as_bytes()).ok()?;
    let printed = value.to_text();
    let again = parse(printed.as_bytes()).map(|value| value.to_text());
    assert_eq!(again.as_deref(), Ok(printed.as_str()), "printed and read again");
    let Mapped::Record(record) = map(profile, &value, line) else { return None };
    assert_eq!(record.raw, line, "the raw text");
    // A profile that comes with the lines may bear the name and look elsewhere.
    if BUILTIN.iter().any(|own| std::ptr::eq(own, profile)) && profile.name == "reference" {
        agree(line, &record);
    }
    Some(*record)
}

/// The fields of the house format, as `serde_json` finds them. It refuses what we read without loss,
/// such as a lone surrogate; of duplicate members both take the last.
fn agree(line: &str, record: &AuditRecord) {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { return };
    let text = |pointer| value.pointer(pointer).and_then(|value| value.as_str());
    let of = |field: &Option<String>| field.clone().unwrap_or_default();
    for (pointer, mapped) in [
        ("/id", of(&record.id)),
        ("/call_type", of(&record.call_type)),
        ("/error_information/error_code", of(&record.error_code)),
        ("/metadata/mcp_request/method", of(&record.method)),
        ("/metadata/mcp_request/correlation_id", of(&record.correlation_id)),
        ("/metadata/mcp_tool_call_metadata/name", of(&record.tool_name)),
    ] {
        if let Some(text) = text(pointer) {
            assert_eq!(mapped, text, "{pointer}");
        }
    }
    let id = value.pointer("/metadata/mcp_request/jsonrpc_id").filter(|id| !id.is_null());
    let kind = id.map(kind);
    assert_eq!(record.jsonrpc_id.as_ref().map(Json::kind), kind, "kind of the id");
}

const fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}

fn counted(correlation: &Correlation) -> usize {
    let given = correlation.per_exchange.iter().map(|matches| matches.records.len());
    given.sum::<usize>() + correlation.orphans.len() + correlation.foreign
}

fn exchange(number: u32) -> ExchangeKey<'static> {
    ExchangeKey {
        key: format!("{PREFIX}{number:06}"),
        trace_id: format!("{number:032x}"),
        jsonrpc_id: Json::number(&number.to_string()).map(std::borrow::Cow::Owned),
        lone_id: false,
        session_id: Some("session".to_owned()),
        method: Some("tools/call".into()),
        started: f64::from(number),
        ended: f64::from(number) + 0.5,
        messages: 1,
        alone: true,
    }
}
