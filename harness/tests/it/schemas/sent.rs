//! Every valid message that a run sends fits our schema: what is sent beside a stimulus, and the
//! stimuli that are valid.

use crate::support::{LIVE, ingredients, message, read, stimulus};
use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::recipe::{Base, Credentials, Recipe};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::oracle::schema::client_message;
use mcp_gauntlet::wire::envelope::Envelope;
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::methods::is_known;
use mcp_gauntlet::wire::revision::Revision;
use mcp_gauntlet::wire::transport::Transport;

/// Valid stimuli that only tolerance makes valid: a latitude of the text is what their cases test.
fn is_tolerated(message: &Json) -> bool {
    let null = |pointer| message.pointer(pointer).is_some_and(Json::is_null);
    let text = |name| message.get(name).and_then(Json::as_str).unwrap_or_default();
    let notification = message.get("id").is_none();
    // Nobody answers a notification, whatever its method and its params.
    notification
        || null("/params")
        || null("/params/arguments")
        // The request is valid, its method or its params are what the case is about.
        || text("method").is_empty()
}

/// The complaint about a message of one class that a run holds valid.
fn complaint(envelope: &Envelope, revision: Revision) -> Option<String> {
    let class = read(envelope, revision, Transport::Http).class;
    if class != Class::Request {
        return None;
    }
    let message = parse(&envelope.body).ok()?;
    let known = message.get("method").and_then(Json::as_str).is_some_and(|m| is_known(m, revision));
    if !known || is_tolerated(&message) {
        return None;
    }
    let complaint = client_message(revision, &message).err()?;
    let text: String = message.to_text().chars().take(300).collect();
    Some(format!("{revision}: {}: {}: {text}", complaint.at, complaint.why))
}

#[test]
fn every_valid_message_of_a_run_fits_our_schema() {
    let (mut judged, mut complaints) = (0, Vec::new());
    for case in Catalogue::built_in().unwrap().cases {
        for revision in &case.revisions {
            let with = ingredients(*revision);
            let beside = case.stimulus.before.iter().chain(&case.stimulus.control);
            let beside =
                beside.map(|recipe| message(recipe, &with, Some(LIVE), Credentials::Valid));
            for envelope in beside.chain([stimulus(&case, &with)]) {
                judged += 1;
                let found = complaint(&envelope, *revision);
                complaints.extend(found.map(|found| format!("{} {found}", case.id)));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(judged > 1000, "only {judged} messages");
}

#[test]
fn every_base_of_a_recipe_fits_our_schema() {
    let bases = [
        Base::Request,
        Base::Ping,
        Base::ToolsList,
        Base::ToolsCall,
        Base::FailingCall,
        Base::DeadCall,
        Base::UnknownCall,
        Base::Initialize,
        Base::Notification,
    ];
    for revision in Revision::ALL {
        for base in bases {
            let recipe = Recipe { base, edits: Vec::new() };
            let sent = message(&recipe, &ingredients(revision), Some(LIVE), Credentials::Valid);
            let body = parse(&sent.body).unwrap();
            let method = body.get("method").and_then(Json::as_str).unwrap();
            let notification = body.get("id").is_none();
            if notification || is_known(method, revision) {
                assert_eq!(client_message(revision, &body), Ok(()), "{base:?} under {revision}");
            }
        }
    }
}
