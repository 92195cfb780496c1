//! Which questions a case asks, told before anything is sent: by its class and its expectation.

use std::collections::BTreeSet;

use super::check::CheckId;
use super::classify::Reading;
use super::expect::{self, Replies};
use super::switches;
use crate::case::class::Class;
use crate::case::expectation::{Allowed, RecordDemand, ReplyKind};
use crate::case::recipe::Base;
use crate::case::switch::Switches;
use crate::case::told::ToldRule;
use crate::case::{Case, Wait};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// The replies that a case permits under a revision, for a message whose id can be read or cannot.
#[must_use]
pub fn permitted(
    case: &Case,
    revision: Revision,
    id_readable: bool,
    switches: &Switches,
) -> Replies {
    let reading = Reading { id_readable, ..Reading::bare(case.stimulus.class) };
    let replies = expect::permitted(case, revision, &reading);
    switches::applied(replies, case, revision, switches)
}

/// The checks that a case asks under the revisions in which it runs, if the target answers as it is
/// permitted to and has records to be read.
#[must_use]
pub fn asked(case: &Case) -> BTreeSet<CheckId> {
    let mut asked = BTreeSet::from([CheckId::Reply, CheckId::Framing, CheckId::Alive]);
    if case.stimulus.control.is_some() {
        asked.insert(CheckId::Control);
    }
    for revision in &case.revisions {
        let replies = permitted(case, *revision, true, &Switches::default());
        of_replies(case, &replies, &mut asked);
    }
    if !case.expectation.headers.is_empty() {
        asked.insert(CheckId::Header);
    }
    if let Some(rule) = &case.expectation.upstream {
        asked.extend([CheckId::UpstreamCalls, CheckId::UpstreamSecret]);
        let served = rule.calls.iter().any(|count| *count > 0);
        asked.extend(served.then_some(CheckId::UpstreamIntact));
        if let Some(answer) = &rule.answer {
            asked.insert(CheckId::UpstreamAnswer);
            asked.extend(answer.warned.as_ref().map(|_| CheckId::UpstreamWarned));
        }
        asked.extend((rule.noise > 0).then_some(CheckId::UpstreamAnswer));
        asked.extend(rule.own_error.then_some(CheckId::Code));
        let cancels = rule.cancelled || rule.dropped.is_some();
        asked.extend(cancels.then_some(CheckId::UpstreamCancelled));
        let harmless = rule.list.as_ref().is_some_and(|list| list.harmless);
        asked.extend(harmless.then_some(CheckId::UpstreamSchema));
        asked.extend(served.then_some(CheckId::RecordServer));
    }
    if case.expectation.told != ToldRule::default() {
        asked.insert(CheckId::Unasked);
    }
    if case.stimulus.sink.is_some() {
        asked.extend([CheckId::SinkAnswer, CheckId::SinkLoss]);
    }
    if case.expectation.orphans {
        asked.insert(CheckId::Orphan);
    }
    if case.expectation.complete {
        asked.insert(CheckId::RecordLost);
    }
    if case.expectation.deliveries {
        asked.insert(CheckId::Delivered);
    }
    if case.transports.contains(&Transport::Stdio) {
        asked.insert(CheckId::Purity);
    }
    if case.expectation.process {
        asked.insert(CheckId::Exit);
    }
    // A credential goes with every message but those that are sent without one.
    asked.extend([CheckId::Secret, CheckId::LogLeak]);
    of_company(case, &mut asked);
    of_record(case, &mut asked);
    asked
}

/// The questions that only several messages raise.
fn of_company(case: &Case, asked: &mut BTreeSet<CheckId>) {
    let (stimulus, rule) = (&case.stimulus, &case.expectation.beside);
    let listens = stimulus.beside.iter().any(|companion| companion.wait == Wait::Listen);
    let together = !stimulus.beside.is_empty();
    let conditions = [
        (together, &[CheckId::Beside, CheckId::Canary, CheckId::EventId][..]),
        (listens || stimulus.wait != Wait::Reply, &[CheckId::Stream]),
        (stimulus.recipe.base == Base::ProgressCall, &[CheckId::Progress]),
        (stimulus.follow, &[CheckId::Pages]),
        (!rule.same.is_empty(), &[CheckId::Same]),
    ];
    let holding = conditions.into_iter().filter(|(holds, _)| *holds);
    asked.extend(holding.flat_map(|(_, checks)| checks.iter().copied()));
}

/// What every JSON-RPC message is asked.
const OF_A_MESSAGE: [CheckId; 5] =
    [CheckId::Once, CheckId::Shape, CheckId::Schema, CheckId::Id, CheckId::ContentType];

fn of_replies(case: &Case, replies: &Replies, asked: &mut BTreeSet<CheckId>) {
    for (kind, allowed) in replies {
        let message = matches!(
            kind,
            ReplyKind::Result | ReplyKind::ToolError | ReplyKind::Error | ReplyKind::Batch
        );
        let result = matches!(kind, ReplyKind::Result | ReplyKind::ToolError);
        let conditions = [
            (message, &OF_A_MESSAGE[..]),
            // What comes beside an answer is looked at wherever there is one.
            (message, &[CheckId::Unasked]),
            (*kind == ReplyKind::Error && has_code(allowed), &[CheckId::Code]),
            (matches!(kind, ReplyKind::Error | ReplyKind::Http), &[CheckId::Traceback]),
            (holds_content(*kind) && has_content(allowed), &[CheckId::Result]),
            (!allowed.status.is_empty() || !allowed.status_warn.is_empty(), &[CheckId::Status]),
            (
                result && case.expectation.record != RecordDemand::Optional,
                &[CheckId::RecordResponse],
            ),
        ];
        let holding = conditions.into_iter().filter(|(holds, _)| *holds);
        asked.extend(holding.flat_map(|(_, checks)| checks.iter().copied()));
    }
}

fn has_code(allowed: &Allowed) -> bool {
    !allowed.code.is_empty() || !allowed.code_warn.is_empty()
}

const fn holds_content(kind: ReplyKind) -> bool {
    matches!(kind, ReplyKind::Result | ReplyKind::ToolError | ReplyKind::Error | ReplyKind::Stream)
}

fn has_content(allowed: &Allowed) -> bool {
    let maps = [&allowed.kinds, &allowed.equals, &allowed.differs, &allowed.lists];
    let lists = [&allowed.has, &allowed.has_warn, &allowed.has_any, &allowed.lacks];
    lists.into_iter().any(|list| !list.is_empty())
        || maps.into_iter().any(|map| !map.is_empty())
        || !allowed.one_of.is_empty()
        || !allowed.json_schemas.is_empty()
        || !allowed.texts_warn.is_empty()
}

/// The questions about the record, where one is looked for.
fn of_record(case: &Case, asked: &mut BTreeSet<CheckId>) {
    if case.expectation.record == RecordDemand::Optional {
        return;
    }
    let class = case.stimulus.class;
    asked.extend([CheckId::Line, CheckId::Record, CheckId::RecordOnce, CheckId::RecordStatus]);
    asked.insert(CheckId::RecordError);
    if class == Class::Batch {
        return;
    }
    // Only of a record that every source has.
    asked.insert(CheckId::RecordAgree);
    asked.extend([CheckId::CallType, CheckId::RecordTiming]);
    let unread =
        matches!(class, Class::Unparsable | Class::Empty | Class::TooDeep | Class::TooLarge);
    if !unread && !class.is_http() {
        asked.insert(CheckId::RecordRequest);
    }
    if is_call(case) && !unread && !class.is_http() {
        asked.insert(CheckId::RecordTool);
    }
}

fn is_call(case: &Case) -> bool {
    matches!(
        case.stimulus.recipe.base,
        Base::ToolsCall
            | Base::FailingCall
            | Base::DeadCall
            | Base::SlowCall
            | Base::AskingCall
            | Base::MirroringCall
            | Base::OwnCall
            | Base::UnknownCall
    )
}
