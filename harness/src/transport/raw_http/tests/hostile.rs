//! Servers that cut, flood, stall and lie.

use super::*;
use std::time::Instant;

const TEN_MEGABYTES: usize = 10_000_000;
const TOO_LARGE: &str = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n";

/// Small bounds, so that floods end soon.
const TIGHT: Limits =
    Limits { max_head: 4096, max_body: 100_000, reply_grace: Duration::from_millis(50) };

async fn send_much(server: Server) -> Delivery {
    let message = post(vec![b'x'; TEN_MEGABYTES]);
    let delivery = server.lane(Limits::default()).exchange(&message, AMPLE, Until::Reply).await;
    server.end();
    delivery
}

#[tokio::test]
async fn an_early_answer_survives_the_reset_that_follows_it() {
    for _ in 0..20 {
        let server = Server::new(1, |_, mut stream| {
            stream.read_exact(&mut [0; 100]).unwrap();
            let answer = format!("{TOO_LARGE}Connection: close\r\n\r\ntoo large");
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let delivery = send_much(server).await;
        assert_eq!((status(&delivery), body(&delivery)), (Some(413), "too large".to_owned()));
        assert_eq!(delivery.end, End::Complete);
    }
}

#[tokio::test]
async fn an_early_answer_without_framing_is_reported_too() {
    let server = Server::new(1, |_, mut stream| {
        stream.read_exact(&mut [0; 100]).unwrap();
        stream.write_all(b"HTTP/1.1 413 Content Too Large\r\n\r\ntoo large").unwrap();
    });
    let delivery = send_much(server).await;
    assert_eq!((status(&delivery), body(&delivery)), (Some(413), "too large".to_owned()));
    assert_eq!(delivery.end, End::Reset("connection reset".to_owned()));
}

#[tokio::test]
async fn a_server_that_answers_and_stops_reading_blocks_nobody() {
    let mut stuck = Vec::new();
    let server = Server::new(2, move |number, mut stream| {
        if number == 0 {
            stream.read_exact(&mut [0; 100]).unwrap();
            stream.write_all(format!("{TOO_LARGE}\r\ntoo large").as_bytes()).unwrap();
            stuck.push(stream);
        } else {
            read_request(&mut stream);
            stream.write_all(ok("next").as_bytes()).unwrap();
            until_closed(&mut stream);
        }
    });
    let mut lane = server.lane(Limits::default());
    let much = post(vec![b'x'; TEN_MEGABYTES]);
    let delivery = lane.exchange(&much, AMPLE, Until::Reply).await;
    assert_eq!((status(&delivery), delivery.end), (Some(413), End::Complete));
    // The request was not sent whole, so its connection, though open, cannot carry another one.
    let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
    assert_eq!(body(&delivery), "next");
    drop(lane);
    server.end();
}

#[tokio::test]
async fn a_reset_within_the_body_keeps_what_was_read() {
    let server = Server::new(1, |_, mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").unwrap();
        reset(stream);
    });
    let delivery = server.exchange(TIGHT, Until::Reply).await;
    assert_eq!(delivery.end, End::Reset("connection reset".to_owned()));
    assert_eq!((status(&delivery), body(&delivery)), (Some(200), "half".to_owned()));
}

#[tokio::test]
async fn a_close_before_the_end_is_told() {
    for (answer, response) in [
        ("", None),
        ("HTT", None),
        ("HTTP/1.1 200 OK\r\nContent-Le", None),
        ("HTTP/1.1 100 Continue\r\n\r\n", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Some(200)),
        ("HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", Some(500)),
    ] {
        let delivery = Server::answering(answer).exchange(TIGHT, Until::Reply).await;
        assert_eq!((delivery.end.clone(), status(&delivery)), (End::Closed, response), "{answer}");
    }
}

#[tokio::test]
async fn floods_end_at_their_bounds() {
    for (opening, drop) in [
        ("HTTP/1.1 200 OK\r\n", "a: bcdefghijklmnopqrstuvwxyz\r\n"),
        ("HTTP/1.1 200 OK\r\na: ", "0123456789abcdef"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "extension"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: t\r\n"),
    ] {
        let delivery = flood(opening, drop).exchange(TIGHT, Until::Reply).await;
        assert!(matches!(delivery.end, End::NotHttp(_)), "{opening:?} {:?}", delivery.end);
    }
    for (opening, drop) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", "0123456789abcdef"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;e=x\r\na\r\n"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", ": comment\n\n"),
    ] {
        let delivery = flood(opening, drop).exchange(TIGHT, Until::Reply).await;
        assert_eq!(delivery.end, End::Overflow, "{opening:?}");
        assert_eq!(delivery.response.unwrap().body.len(), TIGHT.max_body);
    }
}

/// Writes the opening and then `drop` over and over until the client has had enough.
fn flood(opening: &'static str, drop: &'static str) -> Server {
    Server::new(1, move |_, mut stream| {
        read_request(&mut stream);
        let wave = drop.repeat(1000);
        let mut sent = stream.write_all(opening.as_bytes());
        while sent.is_ok() {
            sent = stream.write_all(wave.as_bytes());
        }
    })
}

#[tokio::test]
async fn foreign_answers_are_told_at_once() {
    for (answer, part) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0"),
        ("{\"jsonrpc\":\"2.0\"}", "jsonrpc"),
        ("HTTP/2 200\r\n", "HTTP/2"),
        ("\u{15}\u{3}\u{1}\0\u{2}\u{2}P", "https"),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "header"),
        ("HTTP/1.1 abc\r\n\r\n", "status"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "chunk size"),
        ("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n", "five"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "1 and 2"),
    ] {
        // The server waits for us to close: nothing but the bytes themselves can end the reading.
        let server = Server::new(1, move |_, mut stream| {
            read_request(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
            until_closed(&mut stream);
        });
        let delivery = server.exchange(TIGHT, Until::Reply).await;
        assert_not_http(&delivery, part);
        assert_eq!(delivery.surplus, 0);
    }
}

#[tokio::test]
async fn the_deadline_is_one_for_all() {
    let deadline = Duration::from_millis(500);
    for (opening, drop) in [
        ("", ""),
        ("HTTP/1.1 200 OK\r\n", "a: b\r\n"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", "x"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", ": keep-alive\n\n"),
    ] {
        let server = Server::new(1, move |_, mut stream| {
            read_request(&mut stream);
            let mut sent = stream.write_all(opening.as_bytes());
            while sent.is_ok() && !drop.is_empty() {
                std::thread::sleep(Duration::from_millis(5));
                sent = stream.write_all(drop.as_bytes());
            }
            until_closed(&mut stream);
        });
        let begun = Instant::now();
        let mut lane = server.lane(Limits::default());
        let delivery = lane.exchange(&post("{}"), deadline, Until::Reply).await;
        assert_eq!(delivery.end, End::Deadline, "{opening:?}");
        assert_eq!(status(&delivery), opening.contains("\r\n\r\n").then_some(200));
        let dripped = body(&delivery);
        assert!(dripped.is_empty() || dripped.starts_with(drop));
        assert!(begun.elapsed() >= deadline && begun.elapsed() < AMPLE);
        assert!(delivery.elapsed <= begun.elapsed());
        server.end();
    }
}

#[tokio::test]
async fn a_server_that_never_reads_meets_the_deadline() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let server = Server::new(1, move |_, stream| {
        released.recv().unwrap_err();
        drop(stream);
    });
    let mut lane = server.lane(Limits::default());
    let much = post(vec![b'x'; TEN_MEGABYTES]);
    let delivery = lane.exchange(&much, Duration::from_millis(500), Until::Reply).await;
    assert_eq!((delivery.end, delivery.response), (End::Deadline, None));
    drop(release);
    server.end();
}
