//! Refuses an expectation that decides nothing: one that no answer can break, or none can keep.

use super::expectation::{Allowed, Expectation, RecordDemand, ReplyKind};
use super::graded::Grade;
use crate::wire::json;

/// Words that `kinds` knows: the kinds of JSON, the text of a revision, and a whole number from 0 up.
const KINDS: [&str; 8] =
    ["object", "array", "string", "number", "boolean", "null", "revision", "count"];

/// Checks an expectation. One without replies of its own has those of its class, which a test of the
/// oracle holds to both rules.
///
/// # Errors
/// - It can never fail: every kind of reply is permitted with every code, id, status and content, no
///   header and no record is demanded, and neither orphans nor credentials are looked for. No connection at all
///   (`refused`) need not be named, since it says nothing about the message. What is asked of every
///   reply alike (its shape, its framing, that it comes once, life afterwards) is no part of this.
/// - It can never pass: no kind of reply is left with the grade pass whose code, id and status may
///   pass as well (a set that only warns lets none pass), or a text cannot stand in any result.
pub fn check(expectation: &Expectation) -> Result<(), String> {
    let replies = &expectation.replies;
    if replies.is_empty() {
        return Ok(());
    }
    if let Some((pointer, why)) = replies.values().find_map(impossible) {
        return Err(format!("the case can never pass: `{pointer}` {why}"));
    }
    let mut all = ReplyKind::ALL.into_iter().filter(|kind| *kind != ReplyKind::Refused);
    let anything = all.all(|kind| replies.get(&kind).is_some_and(is_free));
    let nothing_else = expectation.headers.is_empty()
        && expectation.record == RecordDemand::Optional
        && expectation.told.requests.is_none()
        && !expectation.orphans
        && !expectation.complete
        && !expectation.deliveries;
    if anything && nothing_else {
        return Err(
            "the case can never fail: every reply is permitted, whatever it holds; leave out \
                    what breaks the requirement"
                .to_owned(),
        );
    }
    if !replies.iter().any(|(kind, allowed)| may_pass(*kind, allowed)) {
        return Err("the case can never pass: every permitted reply warns; let one pass".to_owned());
    }
    Ok(())
}

/// Whether a reply of its kind passes or warns with any content.
fn is_free(allowed: &Allowed) -> bool {
    let by_error = allowed.code.is_empty()
        && allowed.code_warn.is_empty()
        && allowed.id.is_empty()
        && allowed.id_warn.is_empty();
    let by_result = allowed.has.is_empty()
        && allowed.has_any.is_empty()
        && allowed.has_warn.is_empty()
        && allowed.lists.is_empty()
        && allowed.one_of.is_empty()
        && allowed.kinds.is_empty()
        && allowed.equals.is_empty()
        && allowed.differs.is_empty();
    let status = allowed.status.is_empty() && allowed.status_warn.is_empty();
    status && by_error && by_result && allowed.responses.is_none()
}

/// Whether some reply of the kind passes.
fn may_pass(kind: ReplyKind, allowed: &Allowed) -> bool {
    let open = |pass: bool, warn: bool| !pass || warn;
    let error = kind != ReplyKind::Error
        || open(allowed.code.is_empty(), allowed.code_warn.is_empty())
            && open(allowed.id.is_empty(), allowed.id_warn.is_empty());
    allowed.grade == Grade::Pass
        && open(allowed.status.is_empty(), allowed.status_warn.is_empty())
        && error
}

/// A demand on the result that nothing can meet.
fn impossible(allowed: &Allowed) -> Option<(&str, String)> {
    let kind = allowed.kinds.iter().find(|(_, kind)| !KINDS.contains(&kind.as_str()));
    if let Some((pointer, kind)) = kind {
        return Some((pointer, format!("is of no kind `{kind}`; known are {}", KINDS.join(", "))));
    }
    let one_of = allowed.one_of.iter().flat_map(|(at, texts)| texts.iter().map(move |t| (at, t)));
    let texts = allowed.equals.iter().chain(&allowed.lists).chain(one_of);
    let text = { texts }.find(|(_, text)| json::parse(text.as_bytes()).is_err());
    if let Some((pointer, text)) = text {
        return Some((pointer, format!("cannot equal `{text}`, which is no JSON text")));
    }
    let both = allowed.equals.iter().find(|(at, text)| allowed.differs.get(*at) == Some(text));
    both.map(|(pointer, text)| {
        (pointer.as_str(), format!("both equals `{text}` and differs from it"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::case::graded::{IdRule, StatusRule};

    /// An expectation in which everything is permitted.
    fn everything() -> Expectation {
        let all = ReplyKind::ALL.into_iter();
        let replies = all.map(|kind| (kind, Allowed::default())).collect();
        Expectation { replies, record: RecordDemand::Optional, ..Expectation::default() }
    }

    fn one(kind: ReplyKind, allowed: Allowed) -> Expectation {
        Expectation { replies: BTreeMap::from([(kind, allowed)]), ..Expectation::default() }
    }

    fn why(expectation: &Expectation) -> String {
        check(expectation).unwrap_err()
    }

    #[test]
    fn what_permits_everything_can_never_fail() {
        assert!(why(&everything()).contains("never fail"));
        let mut without = everything();
        without.replies.remove(&ReplyKind::Refused);
        assert!(why(&without).contains("never fail"));
        without.replies.remove(&ReplyKind::Silent);
        assert_eq!(check(&without), Ok(()));
    }

    #[test]
    fn any_single_demand_can_fail() {
        let narrowed = |kind, change: fn(&mut Allowed)| {
            let mut one = everything();
            one.replies.entry(kind).and_modify(change);
            check(&one)
        };
        assert_eq!(narrowed(ReplyKind::Error, |one| one.code = vec![-32600]), Ok(()));
        assert_eq!(narrowed(ReplyKind::Error, |one| one.id_warn = vec![IdRule::Null]), Ok(()));
        let status = |one: &mut Allowed| one.status = vec![StatusRule::Exactly(200)];
        assert_eq!(narrowed(ReplyKind::Http, status), Ok(()));
        assert_eq!(narrowed(ReplyKind::Result, |one| one.has = vec!["/a".to_owned()]), Ok(()));
        let any = |one: &mut Allowed| one.has_any = vec!["/a".to_owned()];
        assert_eq!(narrowed(ReplyKind::Result, any), Ok(()));
        assert_eq!(narrowed(ReplyKind::Batch, |one| one.responses = Some(2)), Ok(()));
        let record = Expectation { record: RecordDemand::Required, ..everything() };
        assert_eq!(check(&record), Ok(()));
        assert_eq!(check(&Expectation { orphans: true, ..everything() }), Ok(()));
    }

    #[test]
    fn what_only_warns_can_never_pass() {
        let warned = Allowed { grade: Grade::Warn, ..Allowed::default() };
        assert!(why(&one(ReplyKind::Error, warned)).contains("never pass"));
        let code = Allowed { code_warn: vec![-32600], ..Allowed::default() };
        assert!(why(&one(ReplyKind::Error, code.clone())).contains("never pass"));
        let status = Allowed { status_warn: vec![StatusRule::Hundred(4)], ..Allowed::default() };
        assert!(why(&one(ReplyKind::Http, status)).contains("never pass"));
        let both = Allowed { code: vec![-32700], ..code };
        assert_eq!(check(&one(ReplyKind::Error, both)), Ok(()));
        assert_eq!(check(&Expectation::default()), Ok(()));
    }

    #[test]
    fn what_no_result_can_hold_can_never_pass() {
        let map = |text: &str| BTreeMap::from([("/a".to_owned(), text.to_owned())]);
        let kinds = Allowed { kinds: map("thing"), ..Allowed::default() };
        assert!(why(&one(ReplyKind::Result, kinds)).contains("`thing`"));
        let equals = Allowed { equals: map("{"), ..Allowed::default() };
        assert!(why(&one(ReplyKind::Result, equals)).contains("no JSON text"));
        let both = Allowed { equals: map("1"), differs: map("1"), ..Allowed::default() };
        assert!(why(&one(ReplyKind::Result, both)).contains("differs"));
        let lists = Allowed { lists: map("{"), ..Allowed::default() };
        assert!(why(&one(ReplyKind::Result, lists)).contains("no JSON text"));
        let fine = Allowed { equals: map("1"), differs: map("2"), ..Allowed::default() };
        assert_eq!(check(&one(ReplyKind::Result, fine)), Ok(()));
    }
}
