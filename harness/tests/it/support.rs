//! What several tests need: the messages of a case, made and read as a run does it.

use mcp_gauntlet::case::Case;
use mcp_gauntlet::case::recipe::{Base, Credentials, Recipe, SessionMode};
use mcp_gauntlet::generate::base::{Address, Call, Ingredients, Round};
use mcp_gauntlet::generate::render::render;
use mcp_gauntlet::oracle::classify::{Context, Reading, classify, classify_lines};
use mcp_gauntlet::oracle::params::Tool;
use mcp_gauntlet::runner::headers::{GivenHeader, HeaderPlan, credentials, headers};
use mcp_gauntlet::upstream::{PREFIX, programs};
use mcp_gauntlet::wire::envelope::{Envelope, Header};
use mcp_gauntlet::wire::json::parse;
use mcp_gauntlet::wire::mirror::{Mirrored, mirrored};
use mcp_gauntlet::wire::revision::Revision;
use mcp_gauntlet::wire::transport::Transport;

/// The canary of every message.
pub(crate) const KEY: &str = "gauntlet7f3a21c4x000123";
/// The id of the live session.
pub(crate) const LIVE: &str = "live-session-1";

pub(crate) fn ingredients(revision: Revision) -> Ingredients {
    let call = |name: &str| {
        Some(Call { name: name.to_owned(), arguments: r#"{"text":"{{key}}"}"#.to_owned() })
    };
    Ingredients {
        key: KEY.to_owned(),
        id: "7".to_owned(),
        revision: revision.to_string(),
        tools: true,
        working: call("up-gauntlet_echo"),
        failing: call("up-gauntlet_fail"),
        dead: call("down-gauntlet_echo"),
        structured: call("up-gauntlet_structured"),
        progress: Some(Call {
            name: "up-gauntlet_progress".to_owned(),
            arguments: r#"{"steps":3}"#.to_owned(),
        }),
        asking: call("up-gauntlet_ask"),
        mirroring: Some(Call {
            name: "up-gauntlet_region".to_owned(),
            arguments: r#"{"region":"eu-1"}"#.to_owned(),
        }),
        mirrored: tools().iter().flat_map(mirrored_by).collect(),
        slow: call("up-gauntlet_echo"),
        own: call("own-gauntlet_up_echo"),
        second: call("second-gauntlet_up_second_echo"),
        session: LIVE.to_owned(),
        address: Address { path: "/mcp".to_owned(), token: "sesame-1".to_owned() },
        round: Round {
            first: KEY.to_owned(),
            asked: "answer".to_owned(),
            state: "\"state\"".to_owned(),
        },
    }
}

fn mirrored_by(tool: &Tool) -> Vec<(String, Mirrored)> {
    mirrored(&tool.schema).into_iter().map(|one| (tool.name.clone(), one)).collect()
}

fn tools() -> Vec<Tool> {
    let plain = r#"{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}"#;
    let steps =
        r#"{"type":"object","required":["steps"],"properties":{"steps":{"type":"integer"}}}"#;
    let marked =
        r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    let tool = |name: &str, schema: &str| Tool {
        name: name.to_owned(),
        schema: parse(schema.as_bytes()).unwrap(),
    };
    let mut tools = vec![tool("up-gauntlet_region", marked), tool("up-gauntlet_progress", steps)];
    let plainly = [
        "up-gauntlet_echo",
        "up-gauntlet_fail",
        "down-gauntlet_echo",
        "up-gauntlet_ask",
        "up-gauntlet_structured",
        "second-gauntlet_up_second_echo",
    ];
    tools.extend(plainly.map(|name| tool(name, plain)));
    let own = programs().iter().map(|program| format!("own-{PREFIX}{}", program.name));
    tools.extend(own.map(|name| tool(&name, r#"{"type":"object"}"#)));
    tools
}

fn given() -> [GivenHeader; 1] {
    let header = Header::new("Authorization", "Bearer sesame-open");
    [GivenHeader { header, printable: String::new() }]
}

/// A recipe with the headers of a message on the session, or on none.
pub(crate) fn message(
    recipe: &Recipe,
    with: &Ingredients,
    session: Option<&str>,
    credentials: Credentials,
) -> Envelope {
    let initialize = recipe.base == Base::Initialize;
    let given = given();
    let revision: Revision = with.revision.parse().unwrap();
    let plan = HeaderPlan {
        given: &given,
        key_headers: &[],
        credentials,
        session: session.filter(|_| !initialize && !revision.is_modern()),
        revision: (!initialize).then_some(revision),
    };
    render(recipe, with, headers(&plan, KEY))
}

/// The message under test.
pub(crate) fn stimulus(case: &Case, with: &Ingredients) -> Envelope {
    let session = match case.stimulus.session {
        SessionMode::Live | SessionMode::Greeted => Some(LIVE),
        SessionMode::None => None,
        SessionMode::Unknown | SessionMode::Deleted => Some("another-session"),
    };
    message(&case.stimulus.recipe, with, session, case.stimulus.credentials)
}

/// What the oracle reads in a message that travels so.
pub(crate) fn read(envelope: &Envelope, revision: Revision, transport: Transport) -> Reading {
    let (tools, credentials) = (tools(), credentials(&given()));
    let context = Context {
        revision,
        session: Some(LIVE).filter(|_| !revision.is_modern()),
        credentials: &credentials,
        host: "127.0.0.1",
        tools: &tools,
    };
    match transport {
        Transport::Http => classify(envelope, &context),
        Transport::Stdio => classify_lines(&envelope.body, &context),
    }
}
