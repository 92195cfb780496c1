//! What well-behaved exchanges put on the wire and bring back.

use super::super::connection::Connection;
use super::*;
use std::sync::mpsc;

#[tokio::test]
async fn the_envelope_goes_out_to_the_byte() {
    let (sender, seen) = mpsc::channel();
    let server = Server::new(1, move |_, mut stream| {
        for _ in 0..3 {
            sender.send(read_request(&mut stream)).unwrap();
            stream.write_all(ok("").as_bytes()).unwrap();
        }
    });
    let mut lane = server.lane(Limits::default());
    let mut message = post(b"{\"a\":\xff}".to_vec());
    message.headers.push(Header::new("X-REQUEST-id", vec![b'a', 0xe9]));
    message.headers.push(Header::new("x-request-ID", "b"));
    let mut stated = post("[]");
    stated.headers = vec![Header::new("hOST", "else.example"), Header::new("content-length", "2")];
    stated.path = Some("/a/../%2e?q".to_owned());
    for envelope in [&message, &stated, &get()] {
        assert_eq!(lane.exchange(envelope, AMPLE, Until::Reply).await.end, End::Complete);
    }
    let host = format!("Host: 127.0.0.1:{}\r\n", server.port);
    server.end();
    let mut expected = format!("POST /mcp HTTP/1.1\r\n{host}").into_bytes();
    expected.extend_from_slice(
        b"Content-Type: application/json\r\nX-REQUEST-id: a\xe9\r\nx-request-ID: b\r\n\
          Content-Length: 7\r\n\r\n{\"a\":\xff}",
    );
    assert_eq!(seen.recv().unwrap(), expected);
    let expected = "POST /a/../%2e?q HTTP/1.1\r\nhOST: else.example\r\ncontent-length: 2\r\n\r\n[]";
    assert_eq!(seen.recv().unwrap(), expected.as_bytes());
    let expected = format!("GET /mcp HTTP/1.1\r\n{host}\r\n");
    assert_eq!(seen.recv().unwrap(), expected.as_bytes());
    assert_eq!(lane.exchanges(), 3);
}

#[tokio::test]
async fn a_response_comes_back_whole() {
    let server = Server::answering(
        "HTTP/1.1 202 Accepted\r\nX-One: 1\r\nx-ONE:  2 \r\nTransfer-Encoding: chunked\r\n\r\n\
         4\r\n{\"a\"\r\n3;x=y\r\n:1}\r\n0\r\nTrailer: t\r\n\r\n",
    );
    let delivery = server.exchange(Limits::default(), Until::Reply).await;
    assert_eq!(delivery.end, End::Complete);
    assert_eq!((status(&delivery), body(&delivery)), (Some(202), "{\"a\":1}".to_owned()));
    assert_eq!(delivery.surplus, 0);
    let headers = delivery.response.unwrap().headers;
    assert_eq!(headers[0], Header::new("X-One", "1"));
    assert_eq!(headers[1], Header::new("x-ONE", "2"));
}

#[tokio::test]
async fn a_body_without_framing_ends_with_the_connection() {
    let server = Server::answering("HTTP/1.1 200 OK\r\n\r\nto the end");
    let delivery = server.exchange(Limits::default(), Until::Reply).await;
    assert_eq!((delivery.end.clone(), body(&delivery)), (End::Complete, "to the end".to_owned()));
}

#[tokio::test]
async fn an_interim_response_is_not_the_answer() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    let server = Server::answering(format!("{interim}{}", ok("last")));
    let delivery = server.exchange(Limits::default(), Until::Reply).await;
    assert_eq!((status(&delivery), body(&delivery)), (Some(200), "last".to_owned()));
    assert_eq!(delivery.end, End::Complete);
}

#[tokio::test]
async fn head_and_204_have_no_body_and_keep_the_connection() {
    let server = Server::new(1, |_, mut stream| {
        for answer in
            ["200 OK\r\nContent-Length: 10", "204 No Content", "200 OK\r\nContent-Length: 0"]
        {
            read_request(&mut stream);
            stream.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).unwrap();
        }
    });
    let mut lane = server.lane(Limits::default());
    let head = Envelope { method: "HEAD".to_owned(), ..get() };
    for (envelope, expected) in [(&head, 200), (&post("{}"), 204), (&post("{}"), 200)] {
        let delivery = lane.exchange(envelope, AMPLE, Until::Reply).await;
        assert_eq!(delivery.end, End::Complete);
        assert_eq!((status(&delivery), body(&delivery)), (Some(expected), String::new()));
    }
    server.end();
}

#[tokio::test]
async fn bytes_behind_a_response_are_counted() {
    let server = Server::answering(format!("{}surplus", ok("{}")));
    let delivery = server.exchange(Limits::default(), Until::Reply).await;
    assert_eq!((delivery.end.clone(), body(&delivery)), (End::Complete, "{}".to_owned()));
    assert_eq!(delivery.surplus, 7);
}

#[tokio::test]
async fn nobody_listening_is_a_refusal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let mut lane = Client::new(endpoint, Limits::default()).unwrap().lane();
    let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
    assert_eq!(delivery.end, End::Refused("connection refused".to_owned()));
    assert_eq!(delivery.response, None);
}

#[tokio::test]
async fn a_name_without_address_is_a_refusal() {
    let endpoint = Endpoint::parse("http://no-such-host.invalid/").unwrap();
    let mut lane = Client::new(endpoint, Limits::default()).unwrap().lane();
    let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
    assert!(matches!(delivery.end, End::Refused(_)), "{:?}", delivery.end);
}

#[tokio::test]
async fn deadlines_beyond_all_clocks_are_no_deadlines() {
    let server = Server::answering(ok("{}"));
    let mut lane = server.lane(Limits { reply_grace: Duration::MAX, ..Limits::default() });
    let delivery = lane.exchange(&post("{}"), Duration::MAX, Until::Reply).await;
    assert_eq!(delivery.end, End::Complete);
    server.end();
}

#[tokio::test]
async fn small_writes_are_not_delayed() {
    let server = Server::new(1, |_, mut stream| until_closed(&mut stream));
    let client = Client::new(server.endpoint(), Limits::default()).unwrap();
    let mut connection = Connection::open(&client.shared).await.unwrap();
    assert!(connection.is_quiet());
    let Connection::Plain(socket) = connection else { panic!("TLS for http") };
    assert!(socket.nodelay().unwrap());
    drop(socket);
    server.end();
}
