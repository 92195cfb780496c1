//! The faults of the way to a webhook, each by its effect.

use std::time::{Duration, Instant};

use reference_gateway::{Config, Fault};
use serde_json::Value;

use crate::audit_webhook::{ping, posted, posting_to, receiver, until};
use crate::stub::Stub;
use crate::support::{House, dead_address, request};

async fn house(fault: Fault, receiver: &Stub) -> House {
    let config = Config { faults: vec![fault], ..posting_to(receiver.address) };
    House::of(config, "2025-11-25").await
}

#[tokio::test]
async fn an_answer_waits_for_the_receiver() {
    let config = Config { faults: vec![Fault::SinkBlocks], ..posting_to(dead_address().await) };
    let house = House::of(config, "2025-11-25").await;
    let begun = Instant::now();
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(1900) && took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test]
async fn what_comes_during_a_post_is_dropped() {
    // The first batch is under way until its third attempt.
    let receiver = receiver(vec![500, 500]).await;
    let house = house(Fault::SinkDropsOnFlush, &receiver).await;
    until(|| !posted(&receiver).is_empty()).await;
    ping(&house, 1..4).await;
    until(|| posted(&receiver).len() >= 3).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    ping(&house, 4..5).await;
    until(|| posted(&receiver).contains(&Value::from(4))).await;
    assert_eq!(posted(&receiver), [0, 0, 0, 4].map(Value::from));
    assert_eq!(house.gateway.lost_records(), 0, "nobody counts them");
}

#[tokio::test]
async fn a_failed_attempt_is_the_last_and_nobody_counts_it() {
    let receiver = receiver(vec![500]).await;
    let house = house(Fault::SinkLossSilent, &receiver).await;
    until(|| !posted(&receiver).is_empty()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    ping(&house, 1..2).await;
    until(|| posted(&receiver).len() >= 2).await;
    assert_eq!(posted(&receiver), [0, 1].map(Value::from));
    assert_eq!(house.gateway.lost_records(), 0, "nobody counts it");
}

#[tokio::test]
async fn what_failed_once_is_sent_twice() {
    let receiver = receiver(vec![500]).await;
    let house = house(Fault::SinkRepeats, &receiver).await;
    until(|| posted(&receiver).len() >= 3).await;
    ping(&house, 1..2).await;
    until(|| posted(&receiver).contains(&Value::from(1))).await;
    assert_eq!(posted(&receiver), [0, 0, 0, 1].map(Value::from));
}
