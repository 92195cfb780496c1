//! Every recipe of the catalogue makes a message, with nothing left to fill in; and what is sent
//! beside a stimulus is valid, so that a refusal of it has no excuse.

use crate::support::{KEY, LIVE, ingredients, message, read, stimulus};
use mcp_gauntlet::case::Case;
use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::recipe::{Credentials, Recipe};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::generate::base::Ingredients;
use mcp_gauntlet::wire::envelope::Envelope;
use mcp_gauntlet::wire::revision::Revision;
use mcp_gauntlet::wire::transport::Transport;

fn cases() -> Vec<Case> {
    Catalogue::built_in().unwrap().cases
}

/// The revision's ingredients, and those of a target without tools.
fn kitchens(revision: Revision) -> [Ingredients; 2] {
    let with = ingredients(revision);
    let bare = Ingredients {
        tools: false,
        working: None,
        failing: None,
        dead: None,
        asking: None,
        mirroring: None,
        slow: None,
        own: None,
        second: None,
        ..with.clone()
    };
    [with, bare]
}

fn sent_beside(recipe: &Recipe, with: &Ingredients) -> Envelope {
    message(recipe, with, Some(LIVE), Credentials::Valid)
}

/// A place left to be filled in, anywhere in a message.
fn hole(envelope: &Envelope) -> Option<&'static str> {
    let header = envelope.headers.iter().map(|header| header.value.as_slice());
    let path = envelope.path.as_deref().map(str::as_bytes);
    let parts: Vec<&[u8]> = header.chain(path).chain([envelope.body.as_slice()]).collect();
    let holds = |hole: &str| {
        parts.iter().any(|part| part.windows(hole.len()).any(|window| window == hole.as_bytes()))
    };
    ["{{key}}", "{{id}}", "{{session}}", "{{meta}}", "{{tool}}", "{{tool-base64}}"]
        .into_iter()
        .find(|hole| holds(hole))
}

#[test]
fn every_recipe_makes_a_message_under_every_revision() {
    let mut made = 0;
    for case in cases() {
        for revision in Revision::ALL {
            for with in kitchens(revision) {
                let beside = case.stimulus.before.iter().chain(&case.stimulus.control);
                let beside = beside.map(|recipe| sent_beside(recipe, &with));
                for envelope in beside.chain([stimulus(&case, &with)]) {
                    made += 1;
                    let size = envelope.body.len();
                    let whole = size > 100_000 || hole(&envelope).is_none();
                    assert!(whole, "{} under {revision}: {:?}", case.id, hole(&envelope));
                }
            }
        }
    }
    assert!(made > 1000, "only {made} messages");
}

#[test]
fn canaries_are_filled_in_wherever_they_are_named() {
    let mut named = 0;
    for case in cases() {
        let names = case.stimulus.recipe.edits.iter().any(|edit| {
            let text = format!("{edit:?}");
            text.contains("{{key}}") && !text.contains("Encode")
        });
        let encoded = format!("{:?}", case.stimulus.recipe).contains("Encode");
        if names && !encoded {
            named += 1;
            let envelope = stimulus(&case, &ingredients(case.revisions[0]));
            let key = KEY.as_bytes();
            let headers = envelope.headers.iter().filter(|header| !header.is("x-request-id"));
            let headers = headers.filter(|header| !header.is("x-litellm-end-user-id"));
            let mut parts: Vec<&[u8]> = headers.map(|header| header.value.as_slice()).collect();
            parts.push(&envelope.body);
            let there = parts.iter().any(|part| part.windows(key.len()).any(|one| one == key));
            assert!(there, "{} names the canary and does not carry it", case.id);
        }
    }
    assert!(named > 20, "only {named} cases name the canary");
}

#[test]
fn every_twin_is_a_valid_message() {
    let mut seen = 0;
    for case in cases() {
        for revision in &case.revisions {
            for with in kitchens(*revision) {
                let Some(recipe) = &case.stimulus.control else { continue };
                // Without a tool that may be called there is no such case.
                if !with.tools && !case.needs.is_empty() {
                    continue;
                }
                seen += 1;
                let class = read(&sent_beside(recipe, &with), *revision, Transport::Http).class;
                let valid = matches!(class, Class::Request | Class::Notification);
                assert!(valid, "the twin of {} under {revision} is {class}", case.id);
            }
        }
    }
    assert!(seen > 300, "only {seen} twins");
}

#[test]
fn no_twin_is_the_stimulus_itself() {
    for case in cases() {
        for revision in &case.revisions {
            let with = ingredients(*revision);
            // Where the defect is that of the receiver of records, the message has none.
            let control = case.stimulus.control.as_ref().filter(|_| case.stimulus.sink.is_none());
            if let Some(recipe) = control {
                let twin = sent_beside(recipe, &with);
                assert_ne!(twin, stimulus(&case, &with), "{} under {revision}", case.id);
            }
        }
    }
}
