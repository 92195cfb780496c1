//! The pages for clients of OAuth.

use std::net::SocketAddr;

use reference_gateway::{Config, Gateway, start};

use crate::support::{Caller, Reply, request};

const RESOURCE: &str = "/.well-known/oauth-protected-resource";
const SERVER: &str = "/.well-known/oauth-authorization-server";

async fn house(public: Option<&str>, trusted: &[&str]) -> (Gateway, Caller) {
    let config = Config {
        api_key: Some("open sesame".to_owned()),
        public_origin: public.map(|url| url.parse().expect("a URL")),
        trusted_proxies: trusted.iter().map(|range| range.parse().expect("a range")).collect(),
        ..Config::default()
    };
    let gateway = start(config).await.expect("it starts");
    let caller = Caller::at(gateway.address());
    (gateway, caller)
}

/// What a request is told as issuer, with these headers.
async fn issuer(caller: &Caller, headers: &[(&str, &str)]) -> String {
    let caller =
        headers.iter().fold(caller.clone(), |caller, (name, value)| caller.with(name, value));
    let reply = caller.send("GET", SERVER, b"").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["issuer"].as_str().expect("an issuer").to_owned()
}

fn own(address: SocketAddr) -> String {
    format!("http://{address}")
}

#[tokio::test]
async fn metadata_names_the_declared_origin_and_needs_no_key() {
    let (_gateway, caller) = house(Some("https://gw.example"), &[]).await;
    for path in [RESOURCE.to_owned(), format!("{RESOURCE}/mcp")] {
        let reply = caller.send("GET", &path, b"").await;
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let metadata = reply.json();
        assert_eq!(metadata["resource"], "https://gw.example/mcp");
        assert_eq!(metadata["authorization_servers"][0], "https://gw.example");
    }
    let metadata = caller.send("GET", SERVER, b"").await.json();
    assert_eq!(metadata["issuer"], "https://gw.example");
    assert_eq!(metadata["authorization_endpoint"], "https://gw.example/authorize");
    assert_eq!(metadata["response_types_supported"][0], "code");
    assert!(metadata["token_endpoint"].is_string());
}

#[tokio::test]
async fn without_a_declared_origin_the_own_address_counts_and_never_the_request() {
    let (gateway, caller) = house(None, &["192.0.2.0/24"]).await;
    let own = own(gateway.address());
    for headers in [
        &[][..],
        &[("Host", "evil.example")],
        &[("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")],
        &[("Forwarded", "host=evil.example;proto=https")],
    ] {
        assert_eq!(issuer(&caller, headers).await, own, "{headers:?}");
    }
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_unless_an_origin_is_declared() {
    let forwarded = [("X-Forwarded-Host", "gw.example"), ("X-Forwarded-Proto", "https")];
    let (_gateway, caller) = house(None, &["192.0.2.0/24", "127.0.0.0/8"]).await;
    assert_eq!(issuer(&caller, &forwarded).await, "https://gw.example");
    let (_gateway, caller) = house(Some("https://real.example"), &["127.0.0.0/8"]).await;
    assert_eq!(issuer(&caller, &forwarded).await, "https://real.example");
}

#[tokio::test]
async fn the_declared_name_is_a_host_and_an_origin_of_the_endpoint() {
    let (_gateway, caller) = house(Some("https://gw.example"), &[]).await;
    let holder = caller.with("Authorization", "Bearer open sesame");
    let ping = request("1", "ping");
    for (host, status) in [("gw.example", 400), ("GW.example:443", 400), ("evil.example", 403)] {
        assert_eq!(holder.with("Host", host).post(&ping).await.status, status, "{host}");
    }
    for (origin, status) in [("https://gw.example", 400), ("http://gw.example", 403)] {
        assert_eq!(holder.with("Origin", origin).post(&ping).await.status, status, "{origin}");
    }
}

async fn authorize(caller: &Caller, redirect: &str) -> Reply {
    let path = format!("/authorize?response_type=code&client_id=c&state=s&redirect_uri={redirect}");
    caller.send("GET", &path, b"").await
}

#[tokio::test]
async fn the_authorization_endpoint_refuses_what_leads_elsewhere() {
    let (gateway, caller) = house(None, &[]).await;
    for redirect in [
        "https://evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://user@127.0.0.1/cb",
        "javascript:alert(1)",
        "",
    ] {
        let reply = authorize(&caller, redirect).await;
        assert_eq!(reply.status, 400, "{redirect}");
        assert_eq!(reply.json()["error"], "invalid_request");
        assert!(reply.header("location").is_none());
    }
    let own = own(gateway.address());
    for redirect in ["http://127.0.0.1:5000/cb", "http://localhost/cb", &format!("{own}/cb")] {
        let reply = authorize(&caller, redirect).await;
        assert_eq!(reply.status, 302, "{redirect}");
        let location = reply.header("location").expect("a location");
        let refusal = format!("{redirect}?error=access_denied&state=s&iss=");
        assert!(location.starts_with(&refusal), "{location}");
    }
}

#[tokio::test]
async fn no_token_is_issued_and_other_methods_are_refused() {
    let (_gateway, caller) = house(None, &[]).await;
    let reply = caller.send("POST", "/token", b"grant_type=authorization_code&code=x").await;
    assert_eq!((reply.status, &reply.json()["error"]), (400, &"unsupported_grant_type".into()));
    for (method, path) in
        [("POST", RESOURCE), ("DELETE", SERVER), ("POST", "/authorize"), ("GET", "/token")]
    {
        assert_eq!(caller.send(method, path, b"").await.status, 405, "{method} {path}");
    }
    // The issuer has no path, so that nothing is at the place of one that has.
    assert_eq!(caller.send("GET", &format!("{SERVER}/mcp"), b"").await.status, 401);
}

#[tokio::test]
async fn the_pages_leave_no_record() {
    let (_gateway, caller) = house(None, &[]).await;
    for path in [RESOURCE, SERVER, "/authorize"] {
        caller.send("GET", path, b"").await;
    }
    let holder = caller.with("Authorization", "Bearer open sesame");
    assert!(holder.records().await.is_empty());
}
