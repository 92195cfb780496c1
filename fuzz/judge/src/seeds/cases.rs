//! What the cases send.

use mcp_gauntlet::case::Case;
use mcp_gauntlet::case::recipe::{Base, Recipe};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::generate::base::{Address, Call, Ingredients, Round};
use mcp_gauntlet::generate::render::render;
use mcp_gauntlet::wire::revision::Revision;

use super::{LONGEST, Seed};

/// For `raw` the stimulus of each case under each of its revisions, for `session` all that it sends
/// under the last of them.
pub(super) fn seeds() -> Vec<Seed> {
    let cases = Catalogue::built_in().expect("case files that are right").cases;
    let of = |case: &Case| -> Vec<Seed> {
        let raw = case.revisions.iter().map(|revision| raw(case, *revision));
        raw.chain(case.revisions.last().map(|revision| session(case, *revision))).collect()
    };
    cases.iter().flat_map(of).collect()
}

fn raw(case: &Case, revision: Revision) -> Seed {
    Seed::new("raw", &format!("{}-{revision}", case.id), body(&case.stimulus.recipe, revision))
}

fn session(case: &Case, revision: Revision) -> Seed {
    let stimulus = &case.stimulus;
    let opening = Recipe { base: Base::Initialize, edits: Vec::new() };
    let around = stimulus.control.iter().chain(&stimulus.before);
    let recipes = std::iter::once(&opening).chain(around).chain([&stimulus.recipe]);
    let lines = recipes.map(|recipe| body(recipe, revision));
    let lines: Vec<Vec<u8>> = lines.filter(|line| !line.contains(&b'\n')).collect();
    Seed::new("session", &case.id, lines.join(b"\n".as_slice()))
}

/// The body of a message; nothing for one that is too long for a seed anyway.
fn body(recipe: &Recipe, revision: Revision) -> Vec<u8> {
    let body = render(recipe, &ingredients(revision), Vec::new()).body;
    if body.len() > LONGEST { Vec::new() } else { body }
}

/// The facts of the reference gateway, whose upstream is called as its tools are.
fn ingredients(revision: Revision) -> Ingredients {
    let call = |name: &str, arguments: &str| {
        let name = format!("gauntlet-gauntlet_{name}");
        Some(Call { name, arguments: arguments.to_owned() })
    };
    let text = r#"{"text":"hello"}"#;
    Ingredients {
        key: "canary".to_owned(),
        id: "7".to_owned(),
        revision: revision.to_string(),
        tools: true,
        working: call("echo", text),
        failing: call("fail", r#"{"reason":"as asked"}"#),
        dead: None,
        structured: call("structured", text),
        progress: call("progress", r#"{"steps":3}"#),
        asking: call("ask", "{}"),
        mirroring: None,
        mirrored: Vec::new(),
        slow: call("slow", r#"{"milliseconds":300}"#),
        own: None,
        second: None,
        session: "none".to_owned(),
        round: Round::default(),
        address: Address::default(),
    }
}
