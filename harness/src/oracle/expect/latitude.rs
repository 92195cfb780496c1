//! What can be survived beyond what a case or its class names: refusals by HTTP itself.

use super::{INVALID_REQUEST, Replies, UNREAD, http_warn};
use crate::case::class::Class;
use crate::case::expectation::ReplyKind;
use crate::case::graded::{Grade, StatusRule};

/// Where a case permits a JSON-RPC error, a refusal by HTTP alone can be survived, whatever the case
/// names (LAT-EMPTY-BODY): the caller learns that it failed, and not of which message.
pub(super) fn with_latitude(mut named: Replies, class: Class) -> Replies {
    let about_http = class.is_http() || class == Class::HeaderMismatch;
    if about_http || class == Class::Notification || !named.contains_key(&ReplyKind::Error) {
        return named;
    }
    let (kind, unread) = http_warn(&UNREAD);
    let allowed = named.entry(kind).or_insert_with(|| unread.clone());
    let place = match allowed.grade {
        Grade::Warn => &mut allowed.status,
        Grade::Pass => &mut allowed.status_warn,
    };
    add_statuses(place, unread.status);
    named
}

/// Adds the statuses that are not there yet.
pub(super) fn add_statuses(place: &mut Vec<StatusRule>, more: Vec<StatusRule>) {
    let new: Vec<StatusRule> = more.into_iter().filter(|rule| !place.contains(rule)).collect();
    place.extend(new);
}

/// What may be taken for no request at all may be refused before anybody looks for a method: SDKs do so by
/// HTTP 400 with a code of the range that JSON-RPC 2.0 section 5.1 leaves to implementations. Without that
/// body it would warn as well (LAT-EMPTY-BODY). Of no JSON at all there is but one thing to say (ERR-32700).
pub(super) fn admit_refusals(permitted: &mut Replies, class: Class) {
    if let Some(error) = permitted.get_mut(&ReplyKind::Error) {
        error.refused = class != Class::Unparsable && error.code.contains(&INVALID_REQUEST);
    }
}
