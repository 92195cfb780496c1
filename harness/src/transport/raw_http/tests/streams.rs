//! Event streams: when they have said enough.

use super::*;

const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
const REPLY: &str = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n";
const REQUEST: &str = "data: {\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"ping\"}\n\n";

/// A grace that no test waits out.
const LONG_GRACE: Limits =
    Limits { max_head: 65536, max_body: 1 << 24, reply_grace: Duration::from_secs(60) };

/// Sends `parts` as one stream and leaves it open.
fn open_stream(parts: &'static [&'static str]) -> Server {
    Server::new(1, move |_, mut stream| {
        read_request(&mut stream);
        stream.write_all(format!("{STREAM}\r\n").as_bytes()).unwrap();
        for part in parts {
            stream.write_all(part.as_bytes()).unwrap();
        }
        until_closed(&mut stream);
    })
}

#[tokio::test]
async fn an_open_stream_is_left_when_it_has_replied() {
    let server = open_stream(&[": hello\n\n", REQUEST, REPLY, ": later\n\n"]);
    let delivery = server.exchange(Limits::default(), Until::Reply).await;
    assert_eq!(delivery.end, End::StillOpen);
    assert!(body(&delivery).contains(REPLY));
    assert!(delivery.elapsed >= Limits::default().reply_grace);
}

#[tokio::test]
async fn a_stream_that_ends_by_itself_is_complete() {
    for until in [Until::Reply, Until::Head, Until::End] {
        let server = Server::answering(format!("{STREAM}\r\n{REPLY}"));
        let delivery = server.exchange(LONG_GRACE, until).await;
        assert_eq!((delivery.end.clone(), body(&delivery).as_str()), (End::Complete, REPLY));
    }
}

#[tokio::test]
async fn a_stream_in_chunks_of_one_byte_is_understood() {
    for last in ["0\r\n\r\n", ""] {
        let server = Server::new(1, move |_, mut stream| {
            read_request(&mut stream);
            let head = format!("{STREAM}Transfer-Encoding: chunked\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            for byte in format!("{REQUEST}{REPLY}").bytes() {
                stream.write_all(&[b'1', b'\r', b'\n', byte, b'\r', b'\n']).unwrap();
            }
            stream.write_all(last.as_bytes()).unwrap();
            until_closed(&mut stream);
        });
        let delivery = server.exchange(Limits::default(), Until::Reply).await;
        let end = if last.is_empty() { End::StillOpen } else { End::Complete };
        assert_eq!((delivery.end.clone(), body(&delivery)), (end, format!("{REQUEST}{REPLY}")));
    }
}

#[tokio::test]
async fn comments_without_pause_do_not_hide_the_end_of_the_grace() {
    let server = Server::new(1, |_, mut stream| {
        read_request(&mut stream);
        let mut sent = stream.write_all(format!("{STREAM}\r\n{REPLY}").as_bytes());
        while sent.is_ok() {
            sent = stream.write_all(": comment\n\n".repeat(1000).as_bytes());
        }
    });
    let limits = Limits { reply_grace: Duration::ZERO, max_body: 100_000, ..Limits::default() };
    let delivery = server.exchange(limits, Until::Reply).await;
    assert_eq!(delivery.end, End::StillOpen);
}

#[tokio::test]
async fn a_stream_without_reply_is_waited_for() {
    let server = open_stream(&[REQUEST, ": x\n\n", "data: {\"result\":1}\n"]);
    let mut lane = server.lane(Limits { reply_grace: Duration::ZERO, ..Limits::default() });
    let delivery = lane.exchange(&post("{}"), Duration::from_millis(500), Until::Reply).await;
    assert_eq!((delivery.end, status_of_stream(delivery.response)), (End::Deadline, Some(200)));
    server.end();
}

fn status_of_stream(response: Option<crate::wire::delivery::Response>) -> Option<u16> {
    response.filter(|response| !response.body.is_empty()).map(|response| response.status)
}

#[tokio::test]
async fn a_stream_is_opened_by_its_head() {
    let server = open_stream(&["id: 1\ndata: \n\n"]);
    let mut lane = server.lane(Limits::default());
    let delivery = lane.exchange(&get(), AMPLE, Until::Head).await;
    assert_eq!((delivery.end.clone(), status(&delivery)), (End::StillOpen, Some(200)));
    assert_eq!(body(&delivery), "id: 1\ndata: \n\n");
    server.end();
}

#[tokio::test]
async fn a_refused_stream_is_read_to_its_end() {
    let server = Server::answering("HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\n{}");
    let delivery = server.exchange(LONG_GRACE, Until::Head).await;
    assert_eq!((delivery.end.clone(), body(&delivery)), (End::Complete, "{}".to_owned()));
}

#[tokio::test]
async fn the_end_is_waited_for_behind_the_reply() {
    let server = open_stream(&[REPLY]);
    let mut lane = server.lane(Limits { reply_grace: Duration::ZERO, ..Limits::default() });
    let delivery = lane.exchange(&post("{}"), Duration::from_millis(500), Until::End).await;
    assert_eq!((delivery.end.clone(), body(&delivery).as_str()), (End::Deadline, REPLY));
    server.end();
}

#[tokio::test]
async fn a_stream_that_was_left_is_not_used_again() {
    let server = Server::new(2, |_, mut stream| {
        read_request(&mut stream);
        let head = format!("{STREAM}Transfer-Encoding: chunked\r\n\r\n");
        let chunk = format!("{head}{:x}\r\n{REPLY}\r\n", REPLY.len());
        stream.write_all(chunk.as_bytes()).unwrap();
        until_closed(&mut stream);
    });
    let mut lane = server.lane(Limits { reply_grace: Duration::ZERO, ..Limits::default() });
    for _ in 0..2 {
        let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_eq!((delivery.end.clone(), body(&delivery).as_str()), (End::StillOpen, REPLY));
    }
    drop(lane);
    server.end();
}
