//! https: certificates, and the ends that TLS makes.

use super::super::ClientError;
use super::super::connection::{Connection, Outgoing, Step};
use super::*;
use rcgen::{Certificate, CertificateParams, DnType, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::sync::Arc;

type Secured = StreamOwned<ServerConnection, TcpStream>;

/// A certificate for `host`, signed by itself; `issuer` tells it from others.
fn certificate(host: &str, issuer: &str) -> (Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, issuer);
    (params.self_signed(&key).unwrap(), key)
}

/// A root that has signed nothing of ours.
fn foreign_root() -> CertificateDer<'static> {
    certificate("127.0.0.1", "somebody else").0.der().clone()
}

/// A TLS server with a certificate of its own making, and that certificate.
fn secure(
    connections: usize,
    name: &str,
    mut script: impl FnMut(usize, Secured) + Send + 'static,
) -> (Server, CertificateDer<'static>) {
    let (cert, key) = certificate(name, "the server");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let server = Server::new(connections, move |number, stream| {
        let session = ServerConnection::new(Arc::clone(&config)).unwrap();
        script(number, StreamOwned::new(session, stream));
    });
    (server, cert.der().clone())
}

fn endpoint(server: &Server) -> Endpoint {
    Endpoint::parse(&format!("https://127.0.0.1:{}/mcp", server.port)).unwrap()
}

fn lane(server: &Server, root: &CertificateDer<'static>) -> Lane {
    let roots = std::slice::from_ref(root);
    Client::with_roots(endpoint(server), Limits::default(), roots).unwrap().lane()
}

#[tokio::test]
async fn a_trusted_server_is_spoken_to_and_its_connection_kept() {
    let (server, root) = secure(1, "127.0.0.1", |_, mut stream| {
        for _ in 0..3 {
            assert!(read_request(&mut stream).ends_with(b"{}"));
            let protocol = stream.conn.alpn_protocol().map(<[u8]>::to_vec).unwrap();
            stream.write_all(ok(&String::from_utf8(protocol).unwrap()).as_bytes()).unwrap();
        }
    });
    let mut lane = lane(&server, &root);
    for _ in 0..3 {
        let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_eq!((delivery.end.clone(), body(&delivery)), (End::Complete, "http/1.1".to_owned()));
    }
    server.end();
}

#[tokio::test]
async fn an_untrusted_certificate_is_a_refusal() {
    let (server, _) = secure(1, "127.0.0.1", |_, mut stream| until_closed(&mut stream));
    let delivery = lane(&server, &foreign_root()).exchange(&post("{}"), AMPLE, Until::Reply).await;
    assert_refused(&delivery, "invalid peer certificate: UnknownIssuer");
    server.end();
}

#[tokio::test]
async fn a_certificate_for_another_name_is_a_refusal() {
    let (server, root) = secure(1, "else.example", |_, mut stream| until_closed(&mut stream));
    let delivery = lane(&server, &root).exchange(&post("{}"), AMPLE, Until::Reply).await;
    assert_refused(&delivery, "certificate not valid for name");
    server.end();
}

#[track_caller]
fn assert_refused(delivery: &Delivery, part: &str) {
    let End::Refused(text) = &delivery.end else { panic!("{:?}", delivery.end) };
    assert!(text.starts_with("TLS handshake failed: ") && text.contains(part), "{text}");
    assert_eq!(delivery.response, None);
}

#[tokio::test]
async fn a_peer_without_tls_is_a_refusal() {
    let root = foreign_root();
    for answer in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
        let server = Server::new(1, move |_, mut stream| {
            stream.read_exact(&mut [0; 50]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            until_closed(&mut stream);
        });
        let delivery = lane(&server, &root).exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_refused(&delivery, if answer.is_empty() { "closed" } else { "corrupt message" });
        server.end();
    }
}

#[tokio::test]
async fn a_handshake_that_stalls_meets_the_deadline() {
    let root = foreign_root();
    let server = Server::new(1, |_, mut stream| until_closed(&mut stream));
    let deadline = Duration::from_millis(100);
    let delivery = lane(&server, &root).exchange(&post("{}"), deadline, Until::Reply).await;
    assert_eq!(delivery.end, End::Refused("no connection within the deadline".to_owned()));
    server.end();
}

#[tokio::test]
async fn plain_http_to_a_tls_server_is_told_what_it_met() {
    let (server, _) = secure(1, "127.0.0.1", |_, mut stream| until_closed(&mut stream));
    let delivery = server.exchange(Limits::default(), Until::Reply).await;
    assert_not_http(&delivery, "https");
}

#[tokio::test]
async fn only_a_closure_alert_completes_a_body_without_framing() {
    for (orderly, end) in [(true, End::Complete), (false, End::Closed)] {
        let (server, root) = secure(1, "127.0.0.1", move |_, mut stream| {
            read_request(&mut stream);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nall of it").unwrap();
            if orderly {
                stream.conn.send_close_notify();
                stream.flush().unwrap();
            }
        });
        let delivery = lane(&server, &root).exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_eq!((delivery.end.clone(), body(&delivery)), (end, "all of it".to_owned()));
        server.end();
    }
}

#[tokio::test]
async fn a_closed_connection_is_replaced() {
    let (sender, closed) = std::sync::mpsc::channel();
    let (server, root) = secure(5, "127.0.0.1", move |number, mut stream| {
        read_request(&mut stream);
        stream.write_all(ok(&number.to_string()).as_bytes()).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        drop(stream);
        sender.send(()).unwrap();
    });
    let mut lane = lane(&server, &root);
    for number in 0..5 {
        let delivery = lane.exchange(&post("{}"), AMPLE, Until::Reply).await;
        assert_eq!((delivery.end.clone(), body(&delivery)), (End::Complete, number.to_string()));
        closed.recv().unwrap();
    }
    server.end();
}

#[tokio::test]
async fn decrypted_bytes_that_nobody_read_are_unasked_bytes() {
    let (server, root) = secure(1, "127.0.0.1", |_, mut stream| {
        stream.write_all(b"ab").unwrap();
        stream.flush().unwrap();
        until_closed(&mut stream);
    });
    let client = Client::with_roots(endpoint(&server), Limits::default(), &[root]).unwrap();
    let mut connection = Connection::open(&client.shared).await.unwrap();
    // Both bytes come in one record: the kernel has nothing left when the first one is read.
    let mut first = Vec::with_capacity(1);
    let step = connection.step(&mut Outgoing::new(b"", b""), &mut first).await;
    assert_eq!((step, first.as_slice()), (Step::Received, b"a".as_slice()));
    assert!(!connection.is_quiet());
    drop(connection);
    server.end();
}

#[tokio::test]
async fn an_early_answer_is_heard_through_tls_too() {
    let (server, root) = secure(1, "127.0.0.1", |_, mut stream| {
        stream.read_exact(&mut [0; 100]).unwrap();
        let answer = "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let much = post(vec![b'x'; 10_000_000]);
    let delivery = lane(&server, &root).exchange(&much, AMPLE, Until::Reply).await;
    assert_eq!((status(&delivery), body(&delivery)), (Some(413), "{}".to_owned()));
    server.end();
}

#[tokio::test]
async fn a_long_request_and_answer_pass_through_tls() {
    let (server, root) = secure(1, "127.0.0.1", |_, mut stream| {
        let request = read_request(&mut stream);
        stream.write_all(ok(&"y".repeat(request.len())).as_bytes()).unwrap();
        stream.flush().unwrap();
        until_closed(&mut stream);
    });
    let mut lane = lane(&server, &root);
    let delivery = lane.exchange(&post(vec![b'x'; 3_000_000]), AMPLE, Until::Reply).await;
    assert_eq!(delivery.end, End::Complete);
    assert!(body(&delivery).len() > 3_000_000);
    drop(lane);
    server.end();
}

#[test]
fn a_root_that_is_no_certificate_is_refused() {
    let endpoint = Endpoint::parse("https://127.0.0.1/").unwrap();
    let junk = [CertificateDer::from(vec![1, 2, 3])];
    let client = Client::with_roots(endpoint, Limits::default(), &junk);
    assert!(matches!(client, Err(ClientError::BadRoot(_))));
}
