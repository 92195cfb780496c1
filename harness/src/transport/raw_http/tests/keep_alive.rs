//! When a connection is used again, and when it is not.

use super::*;
use std::sync::mpsc;

/// A server that answers each request of a connection by `answer` and its number among all; the
/// connections are counted in the body.
fn numbering(connections: usize, head: &'static str) -> Server {
    Server::new(connections, move |number, mut stream| {
        while !read_request(&mut stream).is_empty() {
            let answer = format!("HTTP/1.1 200 OK\r\n{head}Content-Length: 1\r\n\r\n{number}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    })
}

async fn bodies(lane: &mut Lane, envelopes: &[&Envelope]) -> String {
    let mut bodies = String::new();
    for envelope in envelopes {
        let delivery = lane.exchange(envelope, AMPLE, Until::Reply).await;
        assert_eq!(delivery.end, End::Complete);
        bodies.push_str(&body(&delivery));
    }
    bodies
}

#[tokio::test]
async fn one_connection_serves_many_exchanges() {
    let server = numbering(1, "");
    let mut lane = server.lane(Limits::default());
    let message = post("{}");
    assert_eq!(bodies(&mut lane, &[&message; 50]).await, "0".repeat(50));
    assert_eq!(lane.exchanges(), 50);
    drop(lane);
    server.end();
}

#[tokio::test]
async fn the_peer_may_decline_to_keep_it() {
    let server = numbering(3, "Connection: close\r\n");
    let mut lane = server.lane(Limits::default());
    let message = post("{}");
    assert_eq!(bodies(&mut lane, &[&message; 3]).await, "012");
    drop(lane);
    server.end();
}

#[tokio::test]
async fn a_doubtful_request_takes_its_connection_along() {
    let server = numbering(3, "");
    let mut lane = server.lane(Limits::default());
    let fine = post("{}");
    let mut doubtful = post("");
    doubtful.headers = vec![Header::new("Connection", "close")];
    assert_eq!(bodies(&mut lane, &[&fine, &doubtful, &fine, &doubtful, &fine]).await, "00112");
    drop(lane);
    server.end();
}

#[tokio::test]
async fn a_connection_that_the_peer_closed_meanwhile_is_not_used() {
    let (sender, closed) = mpsc::channel();
    let server = Server::new(20, move |number, mut stream| {
        read_request(&mut stream);
        stream.write_all(ok(&number.to_string()).as_bytes()).unwrap();
        drop(stream);
        sender.send(()).unwrap();
    });
    let mut lane = server.lane(Limits::default());
    for number in 0..20 {
        let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_eq!((delivery.end.clone(), body(&delivery)), (End::Complete, number.to_string()));
        // Not awaited: the runtime gets no chance to hear of the close by itself.
        closed.recv().unwrap();
    }
    server.end();
}

#[tokio::test]
async fn a_connection_with_unasked_bytes_is_not_used() {
    let (sender, spoken) = mpsc::channel();
    let (answered, heard) = mpsc::channel();
    let server = Server::new(2, move |number, mut stream| {
        read_request(&mut stream);
        stream.write_all(ok(&number.to_string()).as_bytes()).unwrap();
        heard.recv().unwrap();
        stream.write_all(ok("unasked").as_bytes()).unwrap();
        sender.send(()).unwrap();
        until_closed(&mut stream);
    });
    let mut lane = server.lane(Limits::default());
    for number in ["0", "1"] {
        let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_eq!((body(&delivery).as_str(), delivery.surplus), (number, 0));
        answered.send(()).unwrap();
        spoken.recv().unwrap();
    }
    drop(lane);
    server.end();
}

#[tokio::test]
async fn surplus_ends_a_connection() {
    let server = Server::new(2, move |number, mut stream| {
        read_request(&mut stream);
        stream.write_all(format!("{}+", ok(&number.to_string())).as_bytes()).unwrap();
        until_closed(&mut stream);
    });
    let mut lane = server.lane(Limits::default());
    assert_eq!(bodies(&mut lane, &[&post("{}"), &post("{}")]).await, "01");
    drop(lane);
    server.end();
}

#[tokio::test]
async fn an_abandoned_exchange_leaves_nothing_behind() {
    let server = Server::new(2, move |number, mut stream| {
        read_request(&mut stream);
        let half =
            if number == 0 { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" } else { "" };
        stream.write_all(half.as_bytes()).unwrap();
        if number == 1 {
            stream.write_all(ok("whole").as_bytes()).unwrap();
        }
        until_closed(&mut stream);
    });
    let mut lane = server.lane(Limits::default());
    let message = post("{}");
    let abandoned = lane.exchange(&message, AMPLE, Until::Reply);
    let cut = tokio::time::timeout(Duration::from_millis(100), abandoned).await;
    assert!(cut.is_err());
    assert_eq!(bodies(&mut lane, &[&message]).await, "whole");
    drop(lane);
    server.end();
}

#[tokio::test]
async fn a_failed_exchange_is_not_repeated() {
    let server = Server::new(2, |number, mut stream| {
        read_request(&mut stream);
        if number == 1 {
            stream.write_all(ok("second").as_bytes()).unwrap();
        }
    });
    let mut lane = server.lane(Limits::default());
    let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
    assert_eq!((delivery.end, delivery.response), (End::Closed, None));
    assert_eq!(bodies(&mut lane, &[&post("{}")]).await, "second");
    server.end();
}

#[tokio::test]
async fn a_peer_that_closes_what_it_kept_gets_a_connection_for_each_exchange() {
    // It closes its first connection when the second request comes, with no word.
    let server = Server::new(4, move |number, mut stream| {
        read_request(&mut stream);
        stream.write_all(ok(&number.to_string()).as_bytes()).unwrap();
        read_request(&mut stream);
    });
    let mut lane = server.lane(Limits::default());
    let message = post("{}");
    assert_eq!(bodies(&mut lane, &[&message]).await, "0");
    let lost = lane.exchange(&message, AMPLE, Until::Reply).await;
    assert!(
        matches!(lost.end, End::Closed | End::Reset(_)),
        "every envelope is sent once: {lost:?}"
    );
    assert_eq!(bodies(&mut lane, &[&message; 3]).await, "123");
    drop(lane);
    server.end();
}
