//! The faults of how a gateway is set up, each by its effect. Those of the debug headers are beside them.

use reference_gateway::{Config, Fault, start};
use serde_json::{Value, json};

use crate::stub::Stub;
use crate::support::{Caller, House, initialize, tool_call, with_upstream};

const RESOURCE: &str = "/.well-known/oauth-protected-resource";
const SERVER: &str = "/.well-known/oauth-authorization-server";

/// A caller of a gateway with a declared origin and a fault.
async fn caller(fault: Fault) -> Caller {
    let config = Config {
        public_origin: "https://gw.example".parse().ok(),
        faults: vec![fault],
        ..Config::default()
    };
    let gateway = start(config).await.expect("it starts");
    let caller = Caller::at(gateway.address());
    // Dropping it would stop it.
    std::mem::forget(gateway);
    caller
}

async fn document(caller: &Caller, path: &str) -> Value {
    caller.send("GET", path, b"").await.json()
}

#[tokio::test]
async fn metadata_names_an_internal_host() {
    let resource = caller(Fault::ResourceInternal).await;
    let told = document(&resource, RESOURCE).await;
    assert_eq!(told["resource"], "http://gateway.internal:8080/mcp");
    assert_eq!(document(&resource, SERVER).await["issuer"], "https://gw.example");
    let issuer = caller(Fault::IssuerInternal).await;
    assert_eq!(document(&issuer, SERVER).await["issuer"], "http://gateway.internal:8080");
    assert_eq!(document(&issuer, RESOURCE).await["resource"], "https://gw.example/mcp");
}

#[tokio::test]
async fn the_request_chooses_the_issuer() {
    let host = caller(Fault::IssuerFromHost).await.with("Host", "evil.example");
    assert_eq!(document(&host, SERVER).await["issuer"], "http://evil.example");
    let forwarded = caller(Fault::ForwardedTrusted)
        .await
        .with("X-Forwarded-Host", "evil.example")
        .with("X-Forwarded-Proto", "https");
    assert_eq!(document(&forwarded, SERVER).await["issuer"], "https://evil.example");
}

#[tokio::test]
async fn any_redirect_is_followed() {
    let caller = caller(Fault::RedirectUnchecked).await;
    for redirect in ["https://evil.example/cb", "javascript:alert(1)"] {
        let path = format!("/authorize?response_type=code&redirect_uri={redirect}");
        let reply = caller.send("GET", &path, b"").await;
        let location = reply.header("location").expect("a location");
        assert!(reply.status == 302 && location.starts_with(redirect), "{location}");
    }
}

#[tokio::test]
async fn no_session_can_be_opened() {
    let caller = caller(Fault::InitializeRefused).await;
    assert_eq!(caller.post(initialize("2025-11-25")).await.code(), -32603);
}

#[tokio::test]
async fn a_call_is_answered_and_never_sent() {
    let stub = Stub::start(|_| None).await;
    let config =
        Config { faults: vec![Fault::UpstreamUnreached], ..with_upstream("up", stub.address) };
    let house = House::of(config, "2025-11-25").await;
    let reply = house.caller.post(tool_call("1", "up-t", &json!({"a": 1}))).await;
    assert_eq!(reply.json()["result"], json!({"content": []}));
    assert!(stub.asked("tools/call").is_empty());
}

#[tokio::test]
async fn nothing_is_recorded() {
    let caller = caller(Fault::AuditSilent).await;
    caller.post(initialize("2025-11-25")).await;
    caller.post("{").await;
    assert!(caller.records().await.is_empty());
}
