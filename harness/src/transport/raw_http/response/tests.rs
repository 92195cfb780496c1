//! Responses in pieces of any size.

use super::*;
use crate::transport::raw_http::pieces;
use proptest::prelude::*;
use std::time::Duration;

const LIMITS: Limits = Limits { max_head: 200, max_body: 20, reply_grace: Duration::ZERO };

/// What reading `input` in pieces of `piece` bytes, and then the end, comes to.
fn read(asked: &str, input: &[u8], piece: usize) -> (End, Option<Response>, usize) {
    let read = pieces::read(asked, input, piece, LIMITS);
    (read.end, read.response, read.unread)
}

fn body(input: &str, piece: usize) -> (End, String, usize) {
    let (end, response, unread) = read("POST", input.as_bytes(), piece);
    let body = response.map(|response| response.body).unwrap_or_default();
    (end, String::from_utf8(body).unwrap(), unread)
}

#[track_caller]
fn assert_read(rest: &str, end: &End, content: &str, unread: usize) {
    let input = format!("HTTP/1.1 {rest}");
    for piece in [1, 3, 1000] {
        let seen = body(&input, piece);
        assert_eq!(seen, (end.clone(), content.to_owned(), unread), "{rest:?} {piece}");
    }
}

#[test]
fn every_framing_is_read_in_any_pieces() {
    let end = End::Complete;
    assert_read("200 OK\r\nContent-Length: 5\r\n\r\nhello+more", &end, "hello", 5);
    assert_read("200 OK\r\nContent-Length: 0\r\n\r\n", &end, "", 0);
    assert_read("204 No\r\nContent-Length: 5\r\n\r\nhello", &end, "", 5);
    assert_read("101 Up\r\nContent-Length: 5\r\n\r\nhello", &end, "", 5);
    assert_read("200 OK\r\n\r\nhello", &end, "hello", 0);
    let chunked = "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    assert_read(&format!("{chunked}0\r\n\r\n+"), &end, "hello", 1);
}

#[test]
fn a_message_that_stops_is_closed() {
    let end = End::Closed;
    assert_read("200 OK\r\nContent-Length: 6\r\n\r\nhello", &end, "hello", 0);
    let chunked = "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
    assert_read(chunked, &end, "hel", 0);
    assert_read("200 OK\r\nConte", &end, "", 22);
    assert_eq!(body("", 1), (End::Closed, String::new(), 0));
}

#[test]
fn a_head_request_has_no_body() {
    let input = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let (end, response, unread) = read("HEAD", input, 1000);
    assert_eq!((end, unread), (End::Complete, 5));
    assert!(response.unwrap().body.is_empty());
}

#[test]
fn interim_responses_are_skipped_up_to_a_number() {
    let interim = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n";
    let last = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!";
    let fine = format!("{}{last}", interim.repeat(MAX_INTERIM));
    assert_eq!(body(&fine, 7), (End::Complete, "!".to_owned(), 0));
    let (end, response, _) = read("POST", interim.repeat(33).as_bytes(), 7);
    assert!(matches!(end, End::NotHttp(text) if text.contains("interim")));
    assert_eq!(response, None);
}

#[test]
fn a_short_head_is_found_behind_a_long_interim_one() {
    let interim = format!("HTTP/1.1 103 Early\r\nLink: {}\r\n\r", "x".repeat(100));
    let mut reader = Reader::new(Asked::Other, LIMITS);
    let mut inbox = Inbox::default();
    inbox.room().extend_from_slice(interim.as_bytes());
    assert_eq!(reader.advance(&mut inbox), None);
    inbox.room().extend_from_slice(b"\nHTTP/1.1 204 No\r\n\r\n");
    assert_eq!(reader.advance(&mut inbox), Some(End::Complete));
    assert_eq!(reader.response().unwrap().status, 204);
}

#[test]
fn bounds_hold_for_every_framing() {
    let long = "x".repeat(30);
    for framing in
        ["Content-Length: 30\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n1e\r\n"]
    {
        for piece in [1, 1000] {
            let (end, content, _) = body(&format!("HTTP/1.1 200 OK\r\n{framing}{long}"), piece);
            assert_eq!((end, content.as_str()), (End::Overflow, &long[..20]), "{framing:?}");
        }
    }
    let exact = format!("HTTP/1.1 200 OK\r\n\r\n{}", &long[..20]);
    assert_eq!(body(&exact, 1).0, End::Complete);
    for tail in ["", "\r\n\r\n"] {
        let flood = format!("HTTP/1.1 200 OK\r\na: {}{tail}", "x".repeat(200));
        for piece in [1, 1000] {
            let (end, response, _) = read("POST", flood.as_bytes(), piece);
            assert!(matches!(end, End::NotHttp(text) if text.contains("200 bytes")));
            assert_eq!(response, None);
        }
    }
}

#[test]
fn a_contradictory_head_is_reported_with_what_was_read() {
    let input = b"HTTP/1.1 400 No\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!";
    let (end, response, _) = read("POST", input, 1000);
    assert!(matches!(end, End::NotHttp(text) if text.contains("5 and 6")));
    assert_eq!(response.unwrap().status, 400);
}

#[test]
fn a_cut_without_closure_proves_nothing() {
    let mut reader = Reader::new(Asked::Other, LIMITS);
    let mut inbox = Inbox::default();
    inbox.room().extend_from_slice(b"HTTP/1.1 200 OK\r\n\r\nhel");
    assert_eq!(reader.advance(&mut inbox), None);
    assert_eq!(reader.at_end(false), End::Closed);
    assert_eq!(reader.at_end(true), End::Complete);
    assert!(!reader.keeps_alive());
}

proptest! {
    #[test]
    fn no_input_panics_and_pieces_do_not_matter(
        tail in "([ -~\r\n]{0,20}|Content-Length: [0-9]{1,2}\r\n|Transfer-Encoding: chunked\r\n|\r\n|[0-9a]{1,2}\r\n[x-z]{0,12}\r\n){0,8}",
        piece in 1_usize..9,
    ) {
        let input = format!("HTTP/1.1 200 OK\r\n{tail}");
        let (end, response, _) = read("POST", input.as_bytes(), 1000);
        let (other_end, other, _) = read("POST", input.as_bytes(), piece);
        prop_assert_eq!(end, other_end);
        prop_assert_eq!(response, other);
    }
}
