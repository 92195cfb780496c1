//! A table of headers: which of them, if any, is the defect.

use super::{admits, classify, classify_session};
use crate::case::class::Class;
use crate::oracle::classify::Context;
use crate::oracle::testing::{LIST, SESSION, envelope, in_context};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::revision::Revision;

fn class_under(revision: Revision, envelope: &Envelope) -> Option<Class> {
    in_context(revision, |context| {
        classify(envelope, context).or_else(|| classify_session(envelope, context))
    })
}

/// The class of a message in which each named header is replaced by the values.
fn class_of(name: &str, values: &[&str]) -> Option<Class> {
    let mut envelope = envelope(LIST);
    envelope.headers.retain(|header| !header.is(name));
    envelope.headers.extend(values.iter().map(|value| Header::new(name, *value)));
    class_under(Revision::V2025_11_25, &envelope)
}

#[test]
fn a_message_in_order_has_no_http_class() {
    assert_eq!(class_under(Revision::V2025_11_25, &envelope(LIST)), None);
}

#[test]
fn content_type() {
    let wrong = Some(Class::HttpContentType);
    let table: [(&[&str], Option<Class>); 9] = [
        (&["application/json"], None),
        (&["APPLICATION/JSON"], None),
        (&["application/json; charset=UTF-8"], None),
        (&["application/json;charset=utf-16"], wrong),
        (&["application/jsonp"], wrong),
        (&["text/plain"], wrong),
        (&[""], wrong),
        (&[], wrong),
        (&["application/json", "application/json"], wrong),
    ];
    for (values, class) in table {
        assert_eq!(class_of("Content-Type", values), class, "{values:?}");
    }
}

#[test]
fn accept() {
    let wrong = Some(Class::HttpAccept);
    let table: [(&[&str], Option<Class>); 12] = [
        (&["text/event-stream,application/json"], None),
        (&["Application/JSON;q=0.5 , Text/Event-Stream"], None),
        (&["application/json", "text/event-stream"], None),
        (&["application/json, text/event-stream;q=0.1"], None),
        (&["*/*"], wrong),
        (&["application/json"], wrong),
        (&["text/event-stream"], wrong),
        (&["application/json, text/event-stream;q=0"], wrong),
        (&["application/json;q=0.0, text/event-stream"], wrong),
        (&["application/json, text/*"], wrong),
        (&["text/html"], wrong),
        (&[], wrong),
    ];
    for (values, class) in table {
        assert_eq!(class_of("Accept", values), class, "{values:?}");
    }
}

#[test]
fn origin_and_host() {
    let wrong = Some(Class::HttpOrigin);
    let table: [(&[&str], Option<Class>); 13] = [
        (&[], None),
        (&["http://127.0.0.1"], None),
        (&["http://127.0.0.1:8080"], None),
        (&["https://localhost:1"], None),
        (&["http://[::1]:80"], None),
        (&["http://evil.example"], wrong),
        (&["http://127.0.0.1.evil.example"], wrong),
        (&["http://127.0.0.1@evil.example"], wrong),
        (&["http://localhost:80:80"], wrong),
        (&["localhost"], wrong),
        (&["null"], wrong),
        (&[""], wrong),
        (&["http://127.0.0.1", "http://127.0.0.1"], wrong),
    ];
    for (values, class) in table {
        assert_eq!(class_of("Origin", values), class, "{values:?}");
    }
    assert_eq!(class_of("Host", &["evil.example"]), wrong);
}

#[test]
fn loopback_names_are_strangers_elsewhere() {
    let mut message = envelope(LIST);
    message.headers.push(Header::new("Origin", "http://localhost"));
    in_context(Revision::V2025_11_25, |context| {
        let elsewhere = Context { host: "mcp.example", ..*context };
        assert_eq!(classify(&message, &elsewhere), Some(Class::HttpOrigin));
    });
}

#[test]
fn session() {
    let wrong = Some(Class::HttpSession);
    assert_eq!(class_of("Mcp-Session-Id", &[SESSION]), None);
    assert_eq!(class_of("mcp-session-id", &[SESSION]), None);
    for values in [&[] as &[&str], &["other"], &[""], &[SESSION, SESSION], &[SESSION, "other"]] {
        assert_eq!(class_of("Mcp-Session-Id", values), wrong, "{values:?}");
    }
    let mut without = envelope(LIST);
    without.headers.retain(|header| !header.is("mcp-session-id"));
    in_context(Revision::V2025_11_25, |context| {
        let stateless = Context { session: None, ..*context };
        assert_eq!(classify_session(&without, &stateless), None);
    });
}

#[test]
fn protocol_version() {
    let wrong = Some(Class::HttpProtocolVersion);
    for values in [&[] as &[&str], &["1900-01-01"], &[""], &["2025-11-25", "2025-11-25"]] {
        assert_eq!(class_of("MCP-Protocol-Version", values), wrong, "{values:?}");
    }
    // The envelope names 2025-11-25: that is another revision than this one, and before there was
    // the header it is nothing.
    assert_eq!(class_under(Revision::V2025_06_18, &envelope(LIST)), wrong);
    assert_eq!(class_under(Revision::V2025_03_26, &envelope(LIST)), None);
}

#[test]
fn credentials() {
    let wrong = Some(Class::HttpCredentials);
    let right = "Bearer sesame-open-1";
    assert_eq!(class_of("authorization", &[right]), None);
    for values in [&[] as &[&str], &["Bearer x"], &["bearer sesame-open-1"], &[right, right]] {
        assert_eq!(class_of("Authorization", values), wrong, "{values:?}");
    }
}

#[test]
fn method() {
    for method in ["GET", "PUT", "DELETE", "post", ""] {
        let envelope = Envelope { method: method.to_owned(), ..envelope(LIST) };
        let class = class_under(Revision::V2025_11_25, &envelope);
        assert_eq!(class, Some(Class::HttpMethod), "{method}");
    }
}

#[test]
fn an_accept_value_admits_by_range() {
    let accepting = |accepts: &[&str]| {
        let mut envelope = envelope(LIST);
        envelope.headers.retain(|header| !header.is("accept"));
        envelope.headers.extend(accepts.iter().map(|value| Header::new("Accept", *value)));
        envelope
    };
    let admits = |accept: &str, media| admits(&accepting(&[accept]), media);
    assert!(super::admits(&accepting(&[]), "application/json"), "without Accept everything is");
    let two = accepting(&["application/json", "text/event-stream"]);
    assert!(super::admits(&two, "text/event-stream"), "two fields are one list");
    assert!(admits("*/*", "application/json"));
    assert!(admits("application/*", "application/json"));
    assert!(admits("text/html, application/json;q=0.2", "application/json"));
    assert!(!admits("text/*", "application/json"));
    assert!(!admits("application/json;q=0", "application/json"));
    assert!(!admits("application/json", "text/event-stream"));
    assert!(!admits("", "application/json"));
}
