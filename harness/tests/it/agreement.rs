//! Two ways tell what an envelope is: the case file says it, the oracle reads it from bytes. They
//! must agree for every case under every revision.

use mcp_gauntlet::case::Case;
use mcp_gauntlet::case::recipe::{Base, Credentials, SessionMode};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::generate::base::{Call, Ingredients};
use mcp_gauntlet::generate::render::render;
use mcp_gauntlet::oracle::classify::{Context, Reading, classify};
use mcp_gauntlet::oracle::params::Tool;
use mcp_gauntlet::runner::headers::{GivenHeader, HeaderPlan, credentials, headers};
use mcp_gauntlet::wire::envelope::Header;
use mcp_gauntlet::wire::json::parse;
use mcp_gauntlet::wire::revision::Revision;

const KEY: &str = "gauntlet7f3a21c4x000123";

fn ingredients(revision: Revision) -> Ingredients {
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
        session: "live-session-1".to_owned(),
    }
}

fn tools() -> Vec<Tool> {
    let schema =
        br#"{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}"#;
    let tool = |name: &str| Tool { name: name.to_owned(), schema: parse(schema).unwrap() };
    ["up-gauntlet_echo", "up-gauntlet_fail", "down-gauntlet_echo"].map(tool).to_vec()
}

fn read(case: &Case, revision: Revision) -> Reading {
    let given = [GivenHeader {
        header: Header::new("Authorization", "Bearer sesame-open"),
        printable: String::new(),
    }];
    let initialize = case.stimulus.recipe.base == Base::Initialize;
    let session = match case.stimulus.session {
        SessionMode::Live => Some("live-session-1"),
        SessionMode::None => None,
        SessionMode::Unknown | SessionMode::Deleted => Some("another-session"),
    };
    let plan = HeaderPlan {
        given: &given,
        key_headers: &[],
        credentials: case.stimulus.credentials,
        session: session.filter(|_| !initialize),
        revision: (!initialize).then_some(revision),
    };
    let envelope = render(&case.stimulus.recipe, &ingredients(revision), headers(&plan, KEY));
    let (tools, credentials) = (tools(), credentials(&given));
    let context = Context {
        revision,
        session: Some("live-session-1"),
        credentials: &credentials,
        host: "127.0.0.1",
        tools: &tools,
    };
    classify(&envelope, &context)
}

#[test]
fn the_class_of_every_case_is_the_one_that_the_oracle_reads() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut disagreements = Vec::new();
    for case in &catalogue.cases {
        for revision in &case.revisions {
            let read = read(case, *revision).class;
            if read != case.stimulus.class {
                disagreements.push(format!(
                    "{} under {revision}: the case says {}, the oracle reads {read}",
                    case.id, case.stimulus.class
                ));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

#[test]
fn every_case_with_spoiled_credentials_says_so() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut seen = 0;
    for case in catalogue.cases {
        if case.stimulus.credentials != Credentials::Valid {
            seen += 1;
            assert!(
                case.needs.contains(&mcp_gauntlet::case::Need::Credentials),
                "{} needs credentials and does not say so",
                case.id
            );
        }
    }
    assert!(seen > 3, "only {seen} cases test credentials");
}
