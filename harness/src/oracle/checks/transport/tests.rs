//! Status, media type, framing and headers.

use crate::case::class::Class;
use crate::case::expectation::{HeaderRule, Missing};
use crate::case::graded::StatusRule;
use crate::oracle::check::CheckId;
use crate::oracle::testing::{
    LIST, RESULT, Scene, delivery, envelope, error, exchange_of, json, nothing, only, stream,
    with_end, with_header,
};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::delivery::{Delivery, End};
use crate::wire::envelope::Header;

fn listed(delivery: Delivery) -> Scene {
    Scene::of(Class::Request, LIST, delivery).unaudited()
}

/// The media type's outcome where the request carries this Accept.
fn accepting(accept: &str, delivery: Delivery) -> Option<Outcome> {
    let mut envelope = envelope(LIST);
    envelope.headers.retain(|header| !header.is("accept"));
    envelope.headers.push(Header::new("Accept", accept));
    Scene::new(Class::HttpAccept, exchange_of(envelope, delivery)).asked(CheckId::ContentType)
}

#[test]
fn a_message_travels_as_json_or_as_a_stream() {
    for media in ["application/json", "Application/Json; charset=utf-8"] {
        assert_eq!(listed(delivery(200, media, RESULT)).troubles(), [], "{media}");
    }
    for media in ["text/html", "text/json", "application/json-rpc", ""] {
        let scene = listed(delivery(200, media, RESULT));
        assert_eq!(scene.troubles(), only(CheckId::ContentType, Fail), "{media}");
    }
    assert_eq!(listed(json(202, "")).asked(CheckId::ContentType), None);
    assert_eq!(listed(nothing(End::Closed)).asked(CheckId::ContentType), None);
}

#[test]
fn the_media_type_is_one_that_accept_admits() {
    let event = || stream(&format!("data: {RESULT}\n\n"));
    assert_eq!(accepting("application/json", json(200, RESULT)), Some(Pass));
    assert_eq!(accepting("application/json", event()), Some(Fail));
    assert_eq!(accepting("text/*", event()), Some(Pass));
    // A client that asks for a stream alone can still read JSON.
    assert_eq!(accepting("text/event-stream", json(200, RESULT)), Some(Pass));
    assert_eq!(accepting("text/event-stream", json(406, error(1, "null"))), Some(Pass));
}

#[test]
fn framing_fails_for_defects_and_warns_for_oddities() {
    assert_eq!(listed(json(200, RESULT)).asked(CheckId::Framing), Some(Pass));
    let cut = listed(with_end(json(200, RESULT), End::Closed));
    assert_eq!(cut.troubles(), only(CheckId::Framing, Fail));
    let more = listed(Delivery { surplus: 1, ..json(200, RESULT) });
    assert_eq!(more.troubles(), only(CheckId::Framing, Fail));
    let odd = listed(stream(&format!("retro: 1\ndata: {RESULT}\n\n")));
    assert_eq!(odd.troubles(), only(CheckId::Framing, Warn));
    assert_eq!(listed(nothing(End::Closed)).asked(CheckId::Framing), None);
    let no_http = listed(nothing(End::NotHttp("hello".to_owned())));
    assert_eq!(no_http.asked(CheckId::Framing), Some(Fail));
}

#[test]
fn a_header_is_demanded_on_its_statuses_only() {
    let asked = |missing, status, header: Option<&str>| {
        let delivery = json(status, "");
        let delivery = match header {
            Some(value) => with_header(delivery, "ALLOW", value),
            None => delivery,
        };
        let mut scene = listed(delivery);
        let on = vec![StatusRule::Exactly(405), StatusRule::Hundred(5)];
        scene.case.expectation.headers = vec![HeaderRule {
            name: "Allow".to_owned(),
            on,
            missing,
            value: None,
            forbidden: false,
            matches: None,
            matches_not: None,
        }];
        scene.asked(CheckId::Header)
    };
    assert_eq!(asked(Missing::Fail, 405, Some("POST")), Some(Pass));
    assert_eq!(asked(Missing::Fail, 405, None), Some(Fail));
    assert_eq!(asked(Missing::Warn, 405, None), Some(Warn));
    assert_eq!(asked(Missing::Fail, 501, None), Some(Fail));
    assert_eq!(asked(Missing::Fail, 404, None), None);
}

#[test]
fn what_is_forbidden_is_so_in_every_field_of_the_name() {
    let delivery = with_header(json(200, RESULT), "Set-Cookie", "own=1");
    let both = with_header(delivery.clone(), "Set-Cookie", "upstream=1");
    let asked = |delivery, forbidden| {
        let mut scene = listed(delivery);
        scene.case.expectation.headers = vec![HeaderRule {
            name: "Set-Cookie".to_owned(),
            on: vec![StatusRule::Exactly(200)],
            forbidden,
            matches_not: (!forbidden).then(|| toml::Value::from("upstream=.*").try_into().unwrap()),
            ..HeaderRule::default()
        }];
        scene.asked(CheckId::Header)
    };
    assert_eq!((asked(delivery.clone(), false), asked(delivery, true)), (Some(Pass), Some(Fail)));
    assert_eq!(asked(both, false), Some(Fail));
}
