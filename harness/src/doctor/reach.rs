//! The way to the target: its address, and a connection that is closed again.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::judge::reach::{address, tcp};
use super::step::Findings;
use crate::transport::endpoint::Endpoint;
use crate::transport::raw_http::describe;

/// Finds the address and connects; says whether that went well.
pub(super) async fn reach(
    findings: &mut Findings,
    endpoint: &Endpoint,
    deadline: Duration,
) -> bool {
    let host = endpoint.host_name();
    let found = addresses(endpoint, deadline).await;
    let shown = found.as_ref().map(|found| shown(found));
    let outcome = shown.as_deref().map_err(|why| why.as_str());
    if !findings.add(address(&host, outcome)) {
        return false;
    }
    let connected = connect(&found.unwrap_or_default(), deadline).await;
    let place = endpoint.origin();
    findings.add(tcp(&place, connected.as_ref().err().map(String::as_str)))
}

/// The addresses of the host, each once.
async fn addresses(endpoint: &Endpoint, deadline: Duration) -> Result<Vec<SocketAddr>, String> {
    if let Some(address) = endpoint.address() {
        return Ok(vec![SocketAddr::new(address, endpoint.port())]);
    }
    let host = endpoint.host_name();
    let looked = timeout(deadline, lookup_host((host.as_str(), endpoint.port()))).await;
    let found = looked.map_err(|_| "no answer within the deadline".to_owned())?;
    let mut all: Vec<SocketAddr> = found.map_err(|error| error.to_string())?.collect();
    all.dedup();
    if all.is_empty() { Err("the name exists without an address".to_owned()) } else { Ok(all) }
}

fn shown(addresses: &[SocketAddr]) -> String {
    let texts: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    texts.join(", ")
}

/// Connects to the first address that takes a connection, as the sender does.
async fn connect(addresses: &[SocketAddr], deadline: Duration) -> Result<(), String> {
    match timeout(deadline, TcpStream::connect(addresses)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(describe(&error)),
        Err(_) => Err("no answer within the deadline".to_owned()),
    }
}
