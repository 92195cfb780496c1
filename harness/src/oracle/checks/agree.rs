//! `audited.agree`: records of one message in several sources say the same.

use super::audited::main_record;
use super::record::{names, recorded_id};
use super::shorten;
use crate::audit::record::{AuditRecord, Status};
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::{Evidence, Records};
use crate::report::model::Outcome;

/// Compares the records of every two sources. A member that one of the two does not carry contradicts
/// nothing: that it is missing is told of its own source.
pub fn agree(evidence: &Evidence<'_>, findings: &mut Findings) {
    let certain = evidence.audit.iter().filter(|records| !records.ambiguous);
    let found: Vec<(&Records<'_>, &AuditRecord)> =
        certain.filter_map(|records| Some((records, main_record(evidence, records)?.0))).collect();
    if found.len() < 2 {
        return;
    }
    let mut pairs = found
        .iter()
        .enumerate()
        .flat_map(|(at, one)| found.iter().skip(at + 1).map(move |two| (*one, *two)));
    let contradiction =
        pairs.find_map(|(one, two)| Some(told(&differing(one.1, two.1)?, one.0, two.0)));
    let expected = "every source says the same of the message";
    let outcome = contradiction.is_none();
    let actual = contradiction.unwrap_or_else(|| "they agree".to_owned());
    findings.require(CheckId::RecordAgree, outcome, expected, actual);
}

/// A member and what the two say of it.
struct Difference {
    member: &'static str,
    one: String,
    two: String,
}

fn told(what: &Difference, first: &Records<'_>, other: &Records<'_>) -> String {
    let name = |records: &Records<'_>| records.source.unwrap_or("the source").to_owned();
    let Difference { member, one, two } = what;
    let (one, two) = (shorten(one, 80), shorten(two, 80));
    format!("{member} {one} in {}, {two} in {}", name(first), name(other))
}

fn differing(one: &AuditRecord, two: &AuditRecord) -> Option<Difference> {
    let texts = [
        ("call type", call_types(one, two)),
        ("status", one.status.map(word).zip(two.status.map(word))),
        ("error code", codes(one, two)),
        ("tool", tools(one, two)),
    ];
    let unequal = |(member, pair): (&'static str, Option<(String, String)>)| {
        let (one, two) = pair.filter(|(one, two)| one != two)?;
        Some(Difference { member, one, two })
    };
    texts.into_iter().find_map(unequal).or_else(|| ids(one, two))
}

/// Records of two shapes (an object and a span) have call types by two rules of the profile, which say more
/// or less; what is wrong with one is told of its own source.
fn call_types(one: &AuditRecord, two: &AuditRecord) -> Option<(String, String)> {
    let pair = one.call_type.clone().zip(two.call_type.clone());
    pair.filter(|_| one.shape == two.shape)
}

fn word(status: Status) -> String {
    match status {
        Status::Success => "success",
        Status::Failure => "failure",
    }
    .to_owned()
}

/// Only codes of JSON-RPC can be compared: an HTTP status or a name says the same in another vocabulary.
fn codes(one: &AuditRecord, two: &AuditRecord) -> Option<(String, String)> {
    let code = |record: &AuditRecord| {
        record
            .error_code
            .clone()
            .filter(|code| code.starts_with('-') && code.parse::<i64>().is_ok())
    };
    code(one).zip(code(two))
}

/// One of two names that mean the same tool stands for both.
fn tools(one: &AuditRecord, two: &AuditRecord) -> Option<(String, String)> {
    let (one, two) = (one.tool_name.clone()?, two.tool_name.clone()?);
    let same = names(&one, &two) || names(&two, &one);
    Some((one.clone(), if same { one } else { two }))
}

fn ids(one: &AuditRecord, two: &AuditRecord) -> Option<Difference> {
    let (one, two) = (one.jsonrpc_id.as_ref()?, two.jsonrpc_id.as_ref()?);
    let same = recorded_id(one, two) == Outcome::Pass;
    (!same).then(|| Difference { member: "id", one: one.to_text(), two: two.to_text() })
}

#[cfg(test)]
mod tests;
