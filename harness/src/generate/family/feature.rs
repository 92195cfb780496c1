//! What a target declares beside tools, asked for what there cannot be, and the revision that is
//! agreed on. Only until 2025-11-25: the stateless revision has other requests.

use proptest::prelude::{Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::{SBoxedStrategy, Union};

use super::outcome;
use super::set;
use super::value::quoted;
use crate::case::Need;
use crate::case::class::Class;
use crate::case::recipe::Base;
use crate::generate::made::{Defect, Scene};
use crate::wire::revision::Revision;

/// What needs no more than a session, and the handshake.
pub(super) fn bases(scene: &Scene) -> Vec<(Base, bool)> {
    let legacy = !scene.revision.is_modern();
    let declared = [Need::Logging, Need::Prompts, Need::Resources];
    let any = declared.into_iter().any(|need| scene.has(need));
    vec![(Base::Ping, legacy && any), (Base::Initialize, legacy)]
}

/// A request of a feature, or a handshake for a revision that does not exist.
pub(super) fn of(base: Base, scene: &Scene) -> SBoxedStrategy<Defect> {
    if base == Base::Initialize {
        return handshake();
    }
    let all =
        [(Need::Logging, levels()), (Need::Prompts, prompts()), (Need::Resources, resources())];
    let there = all.into_iter().filter(|(need, _)| scene.has(*need)).map(|(need, strategy)| {
        strategy.prop_map(move |defect| Defect { needs: vec![need], ..defect }).sboxed()
    });
    Union::new(there).sboxed()
}

/// A request of another method.
fn request(method: &str, params: String, class: Class) -> Defect {
    Defect::new(vec![set("method", quoted(method)), set("params", params)], class)
}

/// Levels, and texts that are none.
fn levels() -> SBoxedStrategy<Defect> {
    let to = |class| {
        move |level: String| {
            request("logging/setLevel", format!("{{\"level\":{}}}", quoted(&level)), class)
        }
    };
    let known = select(vec!["debug", "info", "notice", "warning", "error", "critical"]);
    let known = known.prop_map(str::to_owned).prop_map(to(Class::Request));
    let unknown = "x[a-z]{0,8}".prop_map(to(Class::InvalidParams));
    prop_oneof![1 => known, 2 => unknown].sboxed()
}

/// Prompts that do not exist.
fn prompts() -> SBoxedStrategy<Defect> {
    "[a-z_]{0,12}"
        .prop_map(move |name| {
            let name = quoted(&format!("gauntlet_no_such_prompt_{{{{key}}}}{name}"));
            let defect = request("prompts/get", format!("{{\"name\":{name}}}"), Class::Request);
            defect.like("mcp/prompts/get-unknown")
        })
        .sboxed()
}

/// Resources that do not exist.
fn resources() -> SBoxedStrategy<Defect> {
    "[a-z/]{0,12}"
        .prop_map(move |path| {
            let uri = quoted(&format!("gauntlet://nothing/{{{{key}}}}/{path}"));
            let defect = request("resources/read", format!("{{\"uri\":{uri}}}"), Class::Request);
            defect.like("mcp/resources/read-unknown")
        })
        .sboxed()
}

/// Revisions that do not exist: the answer offers one that does (MCP lifecycle, Version Negotiation).
fn handshake() -> SBoxedStrategy<Defect> {
    let known = |text: &String| Revision::ALL.iter().all(|revision| revision.as_str() != text);
    "[12][0-9]{3}-[01][0-9]-[0-3][0-9]"
        .prop_filter("a revision that exists", known)
        .prop_map(|text| {
            let version = quoted(&text);
            let replies = outcome::other_revision(&version);
            let edits = vec![set("params.protocolVersion", version)];
            Defect { replies, ..Defect::new(edits, Class::Request) }
        })
        .sboxed()
}
