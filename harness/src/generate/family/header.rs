//! HTTP method and headers.

use proptest::prelude::{Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;

use super::stateless;
use crate::case::Need;
use crate::case::class::Class;
use crate::case::recipe::{Credentials, Edit, SessionMode};
use crate::generate::made::{Defect, Scene};
use crate::wire::revision::Revision;

fn header(name: &str, value: &str) -> Edit {
    Edit::Header { name: name.to_owned(), value: value.to_owned() }
}

/// Every change of that kind.
pub(super) fn of(class: Class, scene: &Scene) -> SBoxedStrategy<Defect> {
    let one = |edit, class| Defect::new(vec![edit], class);
    let methods = select(vec!["PUT", "PATCH", "QUERY"]).prop_map(move |method| {
        let like = if method == "QUERY" { "http/method/unknown" } else { "http/method/put" };
        one(Edit::Method(method.to_owned()), Class::HttpMethod).like(like)
    });
    let types = select(vec!["text/plain", "application/xml", "application/jsonx", "json", "*/*"])
        .prop_map(move |value| one(header("Content-Type", value), Class::HttpContentType));
    let same = select(vec!["application/json; charset=utf-8", "application/json;charset=UTF-8"])
        .prop_map(move |value| one(header("Content-Type", value), class));
    let accepts = select(vec!["text/html", "application/json", "text/event-stream", "image/*"])
        .prop_map(move |value| one(header("Accept", value), Class::HttpAccept));
    let origin = "[a-z]{3,8}".prop_map(move |name| {
        one(header("Origin", &format!("http://{name}.example")), Class::HttpOrigin)
    });
    let other = ("[a-z]{1,8}", "[!-~]{1,20}")
        .prop_map(move |(name, value)| one(header(&format!("X-Gauntlet-{name}"), &value), class));
    let fixed = prop_oneof![methods, types, same, accepts, origin, other].sboxed();
    let mut all = vec![(6, fixed)];
    if scene.revision >= Revision::V2025_06_18 && !scene.revision.is_modern() {
        let versions = "[a-z0-9-]{1,12}".prop_map(move |value| {
            one(header("MCP-Protocol-Version", &format!("x{value}")), Class::HttpProtocolVersion)
        });
        all.push((1, versions.sboxed()));
    }
    if scene.revision.is_modern() {
        all.push((3, stateless::headers()));
    }
    let bare = |class| Defect::new(Vec::new(), class);
    if scene.has(Need::Sessions) {
        // A message without any session may be refused in other ways: it has cases of its own.
        let named = select(vec![SessionMode::Unknown, SessionMode::Deleted]);
        let named = named.prop_map(move |session| {
            let ended = session == SessionMode::Deleted;
            let like = if ended { "http/session/deleted" } else { "" };
            Defect { session, ..bare(Class::HttpSession).like(like) }
        });
        all.push((2, named.sboxed()));
    }
    if scene.has(Need::Credentials) {
        let challenge = match scene.revision {
            Revision::V2025_03_26 | Revision::V2025_06_18 => {
                "http/credentials/challenge-2025-06-18"
            }
            Revision::V2025_11_25 => "http/credentials/challenge",
            Revision::V2026_07_28 => "http/credentials/challenge-2026-07-28",
        };
        let refused = bare(Class::HttpCredentials).like(challenge);
        let given = select(vec![Credentials::None, Credentials::Wrong]);
        let given = given.prop_map(move |credentials| Defect { credentials, ..refused.clone() });
        all.push((1, given.sboxed()));
    }
    proptest::strategy::Union::new_weighted(all).sboxed()
}
