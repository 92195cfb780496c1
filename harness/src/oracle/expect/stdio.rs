//! What a table of permitted replies means on standard output, where there is no status, an empty
//! answer is none at all, and silence is told from a hang by a later request.

use super::Replies;
use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::Grade;
use crate::wire::revision::Revision;

/// The replies that are permitted on standard output, from those of HTTP.
#[must_use]
pub fn over_stdio(
    mut replies: Replies,
    class: Class,
    revision: Revision,
    id_readable: bool,
) -> Replies {
    let accepted = replies.remove(&ReplyKind::Accepted);
    for kind in [ReplyKind::Http, ReplyKind::Stream, ReplyKind::Garbage, ReplyKind::Closed] {
        replies.remove(&kind);
    }
    for allowed in replies.values_mut() {
        allowed.status.clear();
        allowed.status_warn.clear();
    }
    match class {
        // JSON-RPC 2.0 section 4.1: only HTTP has a refusal that is no response.
        Class::Notification | Class::Response => replies.clear(),
        // A blank line is no message: it is skipped, or answered as one that cannot be read.
        Class::Empty => replies.values_mut().for_each(|allowed| allowed.grade = Grade::Warn),
        _ => {}
    }
    // What 2026-07-28 says of a client's responses is about HTTP; here they are ignored.
    let silence = accepted.filter(|_| class != Class::Response).map(|accepted| accepted.grade);
    if let Some(grade) = silence.or_else(|| silence_of(class, revision, id_readable)) {
        let silent = Allowed { grade, ..Allowed::default() };
        replies.entry(ReplyKind::Silent).or_insert(silent);
    }
    replies
}

/// How silence counts where the target lives on; none where it fails.
fn silence_of(class: Class, revision: Revision, id_readable: bool) -> Option<Grade> {
    match class {
        Class::Notification | Class::Response | Class::Empty => Some(Grade::Pass),
        // Nobody waits for an answer that could not be matched anyway.
        Class::Unparsable | Class::Scalar | Class::TooDeep | Class::TooLarge => Some(Grade::Warn),
        Class::InvalidRequest if !id_readable => Some(Grade::Warn),
        // A batch that must be received holds requests whose callers wait.
        Class::Batch if revision > Revision::V2025_03_26 => Some(Grade::Warn),
        _ => None,
    }
}

/// Whether silence only warns where the target left a trace of the message (standard error, a log
/// notification, a record): JSON-RPC 2.0 section 5.1 demands an answer, and SDKs give none.
#[must_use]
pub const fn needs_trace(class: Class) -> bool {
    matches!(class, Class::Unparsable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::expect::replies;

    fn of(class: Class, id_readable: bool) -> Replies {
        let revision = Revision::V2025_11_25;
        over_stdio(replies(class, revision, id_readable), class, revision, id_readable)
    }

    fn silence(class: Class, id_readable: bool) -> Option<Grade> {
        of(class, id_readable).get(&ReplyKind::Silent).map(|allowed| allowed.grade)
    }

    #[test]
    fn a_request_is_answered_and_a_notification_is_not() {
        for class in [Class::Request, Class::UnknownMethod, Class::InvalidParams, Class::InvalidId]
        {
            assert_eq!(silence(class, true), None, "{class}");
        }
        for class in [Class::Notification, Class::Response] {
            let replies = of(class, false);
            assert_eq!(replies.keys().collect::<Vec<_>>(), [&ReplyKind::Silent], "{class}");
            assert_eq!(silence(class, false), Some(Grade::Pass));
        }
    }

    #[test]
    fn an_envelope_error_may_stay_unanswered_only_without_an_id() {
        assert_eq!(silence(Class::InvalidRequest, true), None);
        assert_eq!(silence(Class::InvalidRequest, false), Some(Grade::Warn));
        assert_eq!(silence(Class::Unparsable, false), Some(Grade::Warn));
        assert!(needs_trace(Class::Unparsable) && !needs_trace(Class::TooDeep));
    }

    #[test]
    fn a_batch_must_be_answered_where_the_revision_has_batches() {
        let old = Revision::V2025_03_26;
        let replies = over_stdio(replies(Class::Batch, old, false), Class::Batch, old, false);
        assert!(!replies.contains_key(&ReplyKind::Silent));
        assert_eq!(silence(Class::Batch, false), Some(Grade::Warn));
    }

    #[test]
    fn nothing_of_http_is_left() {
        for class in [Class::Request, Class::Unparsable, Class::TooLarge, Class::Empty] {
            let replies = of(class, false);
            assert!(!replies.contains_key(&ReplyKind::Http), "{class}");
            assert!(!replies.contains_key(&ReplyKind::Closed), "{class}");
            assert!(replies.values().all(|it| it.status.is_empty() && it.status_warn.is_empty()));
        }
    }
}
