//! Credentials.

use reference_gateway::{Config, start};

use crate::support::{Caller, House, initialize, request};

async fn locked() -> Caller {
    let config = Config { api_key: Some("open sesame".to_owned()), ..Config::default() };
    let gateway = start(config).await.expect("it starts");
    let caller = Caller::at(gateway.address());
    // Dropping it would stop it.
    std::mem::forget(gateway);
    caller
}

#[tokio::test]
async fn every_request_needs_the_key() {
    let caller = locked().await;
    let mut holder = caller.with("Authorization", "Bearer open sesame");
    holder.open("2025-06-18").await;
    let stranger = caller.in_session(holder.session.as_deref());
    for (method, path) in [
        ("POST", "/mcp"),
        ("GET", "/mcp"),
        ("DELETE", "/mcp"),
        ("PUT", "/mcp"),
        ("GET", "/audit"),
        ("GET", "/"),
    ] {
        let reply = stranger.send(method, path, b"not even JSON").await;
        assert_eq!(reply.status, 401, "{method} {path}");
        let challenge = reply.header("www-authenticate").expect("a challenge");
        let (scheme, metadata) = challenge.split_once(", resource_metadata=").expect("metadata");
        assert_eq!(scheme, r#"Bearer realm="mcp""#);
        let url = metadata.trim_matches('"').to_owned();
        let (_, page) = url.split_once("/.well-known/").expect("a well-known place");
        let page = stranger.send("GET", &format!("/.well-known/{page}"), b"").await;
        assert_eq!(page.status, 200, "{url}");
    }
    assert_eq!(holder.post(request("1", "ping")).await.status, 200);
}

#[tokio::test]
async fn a_wrong_key_is_told_so() {
    let caller = locked().await;
    for value in ["Bearer wrong", "Bearer", "Bearer open sesam", "Basic b3Blbg==", "open sesame"] {
        let reply = caller.with("Authorization", value).post(initialize("2025-11-25")).await;
        assert_eq!(reply.status, 401, "{value}");
        let challenge = reply.header("www-authenticate").expect("a challenge");
        assert!(challenge.contains(r#"error="invalid_token", resource_metadata=""#), "{value}");
    }
    let mut twice = caller.with("Authorization", "Bearer open sesame");
    twice.headers.push(("Authorization".to_owned(), "Bearer open sesame".to_owned()));
    assert_eq!(twice.post(initialize("2025-11-25")).await.status, 401);
    let reply = caller.send("POST", "/mcp?access_token=open%20sesame", b"").await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn the_key_is_in_no_record() {
    let caller = locked().await;
    let mut holder = caller.with("Authorization", "Bearer open sesame");
    holder.open("2025-06-18").await;
    caller.with("Authorization", "Bearer guess").post(request("1", "ping")).await;
    let records = holder.records().await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1]["error_information"]["error_code"], "401");
    assert_eq!(records[1]["error_information"]["error_class"], "Unauthorized");
    assert_eq!(records[1]["metadata"]["mcp_request"]["method"], serde_json::Value::Null);
    let text = format!("{records:?}");
    assert!(!text.contains("sesame") && !text.contains("guess"));
}

#[tokio::test]
async fn without_a_key_nobody_is_asked() {
    let house = House::new().await;
    let caller = house.caller.with("Authorization", "Bearer whatever");
    assert_eq!(caller.post(request("1", "ping")).await.status, 200);
}
