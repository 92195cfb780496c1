//! Upstreams that the gateway starts itself.

use std::path::Path;
use std::time::{Duration, Instant};

use reference_gateway::{Config, Fault, Upstream, UpstreamKind};
use serde_json::{Value, json};

use crate::support::{House, Reply, request, tool_call};
use crate::upstream::{class_of_last, text};

/// A server that does what the argument `do` says, and tells its process id and that of its helper.
const SERVER: &str = r#"
sleep 1000 & helper=$!
say() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
text() { say '"result":{"content":[{"type":"text","text":"'"$1"'"}]}'; }
while read -r line; do
  id=$(printf %s "$line" | sed 's/^{"jsonrpc":"2.0","id":\([0-9]*\).*/\1/')
  case "$line" in
    *'"initialize"'*) say '"result":{"protocolVersion":"2025-06-18","capabilities":{}}' ;;
    *'"tools/list"'*) say '"result":{"tools":[{"name":"t","inputSchema":{"type":"object"}}]}' ;;
    *'"do":"die"'*) exit 1 ;;
    *'"do":"hang"'*) ;;
    *'"do":"noise"'*) echo 'ready!'; echo; text quiet ;;
    *'"do":"both"'*) say '"result":{},"error":{"code":1,"message":"m"}' ;;
    *'"do":"ask"'*)
      echo '{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage"}'; read -r answer
      text "$(printf %s "$answer" | sed 's/"/./g')" ;;
    *'"tools/call"'*) text "$$ $helper" ;;
  esac
done
"#;

fn config(words: &[&str]) -> Config {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let upstream = Upstream { alias: "up".to_owned(), kind: UpstreamKind::Command(words) };
    Config { upstreams: vec![Upstream::builtin(), upstream], ..Config::default() }
}

async fn house() -> House {
    House::of(config(&["sh", "-c", SERVER]), "2025-11-25").await
}

async fn call(house: &House, what: &str) -> Reply {
    house.caller.post(tool_call("\"mine\"", "up-t", &json!({"do": what}))).await
}

fn is_error(reply: &Reply) -> bool {
    reply.json()["result"]["isError"] == true
}

fn is_running(id: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(id).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn one_child_serves_all_calls_and_ends_with_the_gateway() {
    let house = house().await;
    let listed = house.caller.post(request("1", "tools/list")).await.json();
    let tools = listed["result"]["tools"].as_array().expect("an array").clone();
    assert_eq!(tools.last().map(|tool| &tool["name"]), Some(&Value::from("up-t")));
    let first = text(&call(&house, "work").await);
    assert_eq!(first, text(&call(&house, "work").await));
    let processes: Vec<&str> = first.split(' ').collect();
    assert_eq!(processes.len(), 2);
    assert!(processes.iter().all(|id| is_running(id)), "{first}");
    house.gateway.stop().await;
    let begun = Instant::now();
    while processes.iter().any(|id| is_running(id)) {
        assert!(begun.elapsed() < Duration::from_secs(5), "{first} outlive the gateway");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_child_that_died_is_started_again() {
    let house = house().await;
    let first = text(&call(&house, "work").await);
    let died = call(&house, "die").await;
    assert!(is_error(&died));
    assert_eq!(text(&died), "upstream up is unreachable: the connection broke");
    assert_eq!(class_of_last(&house).await, "UpstreamUnreachable");
    let second = text(&call(&house, "work").await);
    assert_ne!(first, second);
}

#[tokio::test]
async fn lines_that_say_nothing_and_calls_that_hang_hinder_no_other() {
    let house = house().await;
    assert_eq!(text(&call(&house, "noise").await), "quiet");
    let (hung, other) = tokio::join!(call(&house, "hang"), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let begun = Instant::now();
        let reply = call(&house, "noise").await;
        (text(&reply), begun.elapsed())
    });
    assert!(text(&hung).contains("no answer in time"), "{}", text(&hung));
    assert!(other.0 == "quiet" && other.1 < Duration::from_secs(3), "{other:?}");
    let both = call(&house, "both").await;
    assert!(is_error(&both) && text(&both).contains("no JSON-RPC message"), "{}", text(&both));
}

#[tokio::test]
async fn what_the_child_asks_is_refused() {
    let answer = text(&call(&house().await, "ask").await);
    assert!(answer.contains(".id.:.q.,.error.:{.code.:-32601"), "{answer}");
}

#[tokio::test]
async fn faults_reach_a_child_too() {
    let faulty =
        Config { faults: vec![Fault::UpstreamUnanswered], ..config(&["sh", "-c", SERVER]) };
    let house = House::of(faulty, "2025-11-25").await;
    assert!(text(&call(&house, "ask").await).contains("no answer in time"));
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_unreachable_upstream() {
    for words in [&["/nowhere/at-all"][..], &["true"], &["sh", "-c", "exec cat >/dev/null"]] {
        let house = House::of(config(words), "2025-11-25").await;
        let reply = call(&house, "work").await;
        assert!(is_error(&reply) && text(&reply).contains("unreachable"), "{}", text(&reply));
    }
}
