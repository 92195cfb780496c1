//! What one record says of its origin, read without regard to any other record.

use super::index::{Candidates, Index, Mentions};
use super::{Tier, Tiers};
use crate::audit::record::AuditRecord;

/// What one record says of its origin.
pub(super) enum Finding {
    /// It names these exchanges (ascending, at least one).
    Exchanges(Tier, Candidates),
    /// It names a key of this run that no exchange has.
    Orphan,
    /// It names a caller or request that is not ours.
    Foreign,
    /// It says nothing.
    Nothing,
}

/// Reads a record's evidence, strongest first; the first that names an exchange decides.
pub(super) fn find(tiers: Tiers, index: &Index<'_>, record: &AuditRecord) -> Finding {
    let mut mentions = Mentions::default();
    let when = |tier, found: Option<Finding>| found.filter(|_| tiers.has(tier));
    when(Tier::Header, by_header(index, record))
        .or_else(|| when(Tier::Trace, by_trace(index, record)))
        .or_else(|| {
            let may = tiers.has(Tier::Canary);
            if may { by_canary(index, record, &mut mentions) } else { None }
        })
        // A record that names an unknown key of ours says that it is of another exchange, even when
        // it repeats the id of a known one.
        .or_else(|| mentions.unknown.then_some(Finding::Orphan))
        .or_else(|| when(Tier::Id, by_id(index, record)))
        .or_else(|| {
            let names = tiers.has(Tier::Header) && names_another(record);
            names.then_some(Finding::Foreign)
        })
        .unwrap_or(Finding::Nothing)
}

/// The correlation header comes before the end user: it is meant for one request only.
fn by_header(index: &Index<'_>, record: &AuditRecord) -> Option<Finding> {
    [&record.correlation_id, &record.end_user]
        .into_iter()
        .flatten()
        .find_map(|value| exchanges(Tier::Header, index.by_key(value)))
}

fn by_trace(index: &Index<'_>, record: &AuditRecord) -> Option<Finding> {
    exchanges(Tier::Trace, index.by_trace(record.trace_id.as_deref()?))
}

/// A key in what the caller sent (method, tool, arguments) counts before one elsewhere: error texts
/// and lists may repeat keys of other exchanges.
fn by_canary(index: &Index<'_>, record: &AuditRecord, mentions: &mut Mentions) -> Option<Finding> {
    let mut sent = Mentions::default();
    for name in [&record.method, &record.tool_name, &record.namespaced_tool_name] {
        index.scan(name.as_deref().unwrap_or_default(), &mut sent);
    }
    if let Some(arguments) = &record.tool_arguments {
        index.scan_json(arguments, &mut sent);
    }
    exchanges(Tier::Canary, &sent.known).or_else(|| {
        scan_all(index, record, mentions);
        mentions.unknown |= sent.unknown;
        exchanges(Tier::Canary, &mentions.known)
    })
}

/// Scans the raw text, and the decoded fields, since the raw text may have escaped a key.
fn scan_all(index: &Index<'_>, record: &AuditRecord, mentions: &mut Mentions) {
    index.scan(&record.raw, mentions);
    let decoded = [
        &record.correlation_id,
        &record.end_user,
        &record.trace_id,
        &record.session_id,
        &record.error_message,
    ];
    for text in decoded.into_iter().flatten() {
        index.scan(text, mentions);
    }
}

fn by_id(index: &Index<'_>, record: &AuditRecord) -> Option<Finding> {
    let id = record.jsonrpc_id.as_ref()?;
    let session = record.session_id.as_deref();
    let found = session.and_then(|session| exchanges(Tier::Id, &index.by_id(session, id)));
    found.or_else(|| exchanges(Tier::Id, &index.by_lone_id(id)))
}

/// Whether the record says for whom it was made; at this point that is none of ours.
fn names_another(record: &AuditRecord) -> bool {
    record.correlation_id.is_some() || record.end_user.is_some()
}

fn exchanges(tier: Tier, found: &[usize]) -> Option<Finding> {
    (!found.is_empty()).then(|| Finding::Exchanges(tier, found.to_vec()))
}
