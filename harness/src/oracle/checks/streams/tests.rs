//! Event ids, and the streams that stand open.

use crate::case::Wait;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::Exchange;
use crate::oracle::testing::{LIST, RESULT, Scene, exchange, json, stream, with_end};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::delivery::End;

fn ids(first: &str, second: &str) -> Option<Outcome> {
    let with = |id: &str| exchange(LIST, stream(&format!("id: {id}\ndata: {RESULT}\n\n")));
    let mut scene = Scene::call().unaudited();
    scene.stimulus = with(first);
    scene.beside = vec![with(second)];
    scene.asked(CheckId::EventId)
}

#[test]
fn event_ids_are_unique_in_a_session() {
    assert_eq!(ids("1", "2"), Some(Pass));
    assert_eq!(ids("1", "1"), Some(Fail));
    assert_eq!(Scene::call().asked(CheckId::EventId), None);
}

#[test]
fn event_ids_of_another_session_are_its_own() {
    let with = || exchange(LIST, stream(&format!("id: 1\ndata: {RESULT}\n\n")));
    let mut other = with();
    other.envelope.headers.retain(|header| !header.is("mcp-session-id"));
    other.envelope.headers.push(crate::wire::envelope::Header::new("Mcp-Session-Id", "other"));
    let mut scene = Scene::call().unaudited();
    scene.stimulus = with();
    scene.beside = vec![other];
    assert_eq!(scene.asked(CheckId::EventId), Some(Pass));
}

/// A GET stream with these events.
fn standing(events: &str) -> Exchange {
    let mut exchange = exchange(LIST, with_end(stream(events), End::StillOpen));
    exchange.envelope.method = "GET".to_owned();
    exchange
}

fn beside(streams: Vec<Exchange>) -> Option<Outcome> {
    let mut scene = Scene::call().unaudited();
    scene.beside = streams;
    scene.asked(CheckId::Stream)
}

#[test]
fn a_standing_stream_carries_no_response() {
    assert_eq!(beside(vec![standing(": open\n\n")]), Some(Pass));
    assert_eq!(beside(vec![standing(&format!("data: {RESULT}\n\n"))]), Some(Fail));
    assert_eq!(beside(vec![exchange(LIST, json(200, RESULT))]), None);
}

#[test]
fn a_message_goes_over_one_stream_only() {
    let note = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n";
    assert_eq!(beside(vec![standing(note), standing(": open\n\n")]), Some(Pass));
    assert_eq!(beside(vec![standing(note), standing(note)]), Some(Fail));
}

#[test]
fn the_stream_of_an_answer_should_end_with_it() {
    let told = |delivery, end, wait| {
        let mut scene = Scene::call().unaudited();
        scene.stimulus = exchange(LIST, with_end(delivery, end));
        scene.case.stimulus.wait = wait;
        scene.asked(CheckId::Stream)
    };
    let answer = || stream(&format!("data: {RESULT}\n\n"));
    assert_eq!(told(answer(), End::Complete, Wait::Close), Some(Pass));
    assert_eq!(told(answer(), End::StillOpen, Wait::Close), Some(Warn));
    // Nobody has waited, the wait was cut short, there is no answer, or no stream.
    assert_eq!(told(answer(), End::StillOpen, Wait::Reply), None);
    assert_eq!(told(answer(), End::Deadline, Wait::Close), None);
    assert_eq!(told(stream(": open\n\n"), End::StillOpen, Wait::Close), None);
    assert_eq!(told(json(200, RESULT), End::Complete, Wait::Close), None);
}
