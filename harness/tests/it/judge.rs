//! No expectation of the catalogue is vacuous, and none is out of reach: every permitted kind of
//! reply, made up to satisfy what is permitted, passes or warns as it should, and every mutation of
//! it fails by the check that is there for it.

mod mutation;
mod reply;
mod subject;

use std::time::Duration;

use mcp_gauntlet::case::Wait;
use mcp_gauntlet::case::expectation::ReplyKind;
use mcp_gauntlet::oracle::check::CheckId;
use mcp_gauntlet::oracle::judge::outcome;
use mcp_gauntlet::report::model::{Check, Outcome};
use mcp_gauntlet::wire::delivery::{Delivery, End, Output, Response};
use mcp_gauntlet::wire::envelope::Header;
use mcp_gauntlet::wire::transport::Transport;
use mutation::unseen;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use reply::{Choice, Reply, satisfy};
use subject::{SUBJECTS, Subject};

fn asked(checks: &[Check], check: CheckId) -> Option<Outcome> {
    let named = checks.iter().filter(|one| one.check == check.as_str());
    named.map(|one| one.outcome).max()
}

/// What is wrong with the verdict on a reply that satisfies what is permitted.
fn complaint(subject: &Subject, reply: &Reply, warns: bool) -> Option<String> {
    let checks = subject.judge(reply.delivery());
    let expected = if warns { Outcome::Warn } else { Outcome::Pass };
    let seen = outcome(&checks);
    let bad: Vec<_> = checks.iter().filter(|check| check.outcome > Outcome::Pass).collect();
    let name = subject.name();
    (seen != expected).then(|| format!("{name}: {expected:?}, not {seen:?} {bad:?}: {reply:?}"))
}

/// The same of a process.
fn lost_by_process(kind: ReplyKind) -> Delivery {
    let end = match kind {
        ReplyKind::Silent => End::Deadline,
        ReplyKind::Refused => End::Refused("no such program".to_owned()),
        _ => End::Exited("exit code 1".to_owned()),
    };
    let output = Some(Output::default());
    Delivery { output, response: None, end, elapsed: Duration::from_secs(5), surplus: 0 }
}

/// A reply without any content, of a kind that says nothing.
fn lost(kind: ReplyKind, stream: bool) -> Delivery {
    let media = if stream { "text/event-stream" } else { "" };
    let status = if kind == ReplyKind::Accepted { 202 } else { 200 };
    let headers = vec![Header::new("Content-Type", media)];
    let response = Response { status, headers, body: Vec::new() };
    let (response, end) = match kind {
        ReplyKind::Accepted => (Some(response), End::Complete),
        ReplyKind::Silent if stream => (Some(response), End::Complete),
        ReplyKind::Silent => (None, End::Deadline),
        ReplyKind::Refused => (None, End::Refused("refused".to_owned())),
        _ => (None, End::Closed),
    };
    Delivery { output: None, response, end, elapsed: Duration::from_secs(5), surplus: 0 }
}

#[test]
fn every_permitted_reply_is_within_reach() {
    let (mut judged, mut complaints) = (0, Vec::new());
    for subject in SUBJECTS.iter() {
        for (kind, allowed) in &subject.permitted {
            let made = satisfy(subject, *kind, allowed, &Choice::default());
            let Some((reply, warns)) = made else {
                panic!("{}: no reply satisfies {kind}", subject.name())
            };
            complaints.extend(complaint(subject, &reply, warns));
            judged += 1;
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(judged > 1000, "only {judged} replies");
}

#[test]
fn every_case_can_be_passed_without_a_warning() {
    for subject in SUBJECTS.iter() {
        let made = subject
            .permitted
            .iter()
            .filter_map(|(kind, allowed)| satisfy(subject, *kind, allowed, &Choice::default()));
        let clean = made.filter(|(_, warns)| !warns);
        assert!(clean.count() > 0, "{}: every reply warns", subject.name());
    }
}

#[test]
fn every_mutation_of_a_permitted_reply_fails() {
    let mut all = Vec::new();
    for subject in SUBJECTS.iter() {
        for (kind, allowed) in &subject.permitted {
            let made = satisfy(subject, *kind, allowed, &Choice::default());
            let (reply, _) = made.unwrap();
            all.extend(unseen(subject, &reply, allowed));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_reply_that_is_dropped_fails() {
    let mut dropped = 0;
    for subject in SUBJECTS.iter() {
        for (kind, stream) in [
            (ReplyKind::Accepted, false),
            (ReplyKind::Silent, false),
            (ReplyKind::Silent, true),
            (ReplyKind::Closed, false),
            (ReplyKind::Refused, false),
        ] {
            let spoken = subject.transport == Transport::Stdio;
            let opened = spoken && (stream || kind == ReplyKind::Accepted)
                || stream && matches!(subject.case.stimulus.wait, Wait::Head | Wait::Listen)
                || subject::cancels(&subject.case);
            if subject.permitted.contains_key(&kind) || opened {
                continue;
            }
            let nothing = if spoken { lost_by_process(kind) } else { lost(kind, stream) };
            let checks = subject.judge(nothing);
            assert_eq!(outcome(&checks), Outcome::Fail, "{}: {kind}", subject.name());
            dropped += 1;
        }
        if subject.transport == Transport::Stdio {
            continue;
        }
        // How long a gateway waits for an upstream that never answers is its own affair; where we hang up
        // before the answer, there is none.
        let waits = subject.case.stimulus.give_up_ms.is_none();
        if subject.case.id.starts_with("upstream/faults/") || !waits {
            continue;
        }
        let silent = subject.permitted.contains_key(&ReplyKind::Silent);
        assert!(!silent, "{}: silence is never an answer", subject.name());
    }
    assert!(dropped > 2000, "only {dropped}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_permitted_is_judged_so(
        subject in any::<Index>(),
        kind in any::<Index>(),
        choices in any::<(Index, Index, Index)>(),
        stream in any::<bool>(),
    ) {
        let subject = subject.get(&SUBJECTS);
        let kinds: Vec<_> = subject.permitted.iter().collect();
        let (kind, allowed) = kind.get(&kinds);
        let (code, id, status) = choices;
        let (code, id, status) = (Some(code), Some(id), Some(status));
        let made = satisfy(subject, **kind, allowed, &Choice { code, id, status, stream });
        let (reply, warns) = made.expect("the first choices are within reach");
        prop_assert_eq!(complaint(subject, &reply, warns), None);
        prop_assert_eq!(unseen(subject, &reply, allowed), Vec::<String>::new());
    }
}
