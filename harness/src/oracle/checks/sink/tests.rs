//! Whether an answer waits for the receiver of its record, and what became of the record.

use std::time::Duration;

use crate::case::Sink;
use crate::case::class::Class;
use crate::oracle::check::CheckId;
use crate::oracle::evidence::{Exchange, Outage};
use crate::oracle::testing::{CALL, RESULT, Scene, error, json, nothing, only};
use crate::report::model::Outcome::{self, Fail, Pass, Untestable, Warn};
use crate::wire::delivery::End;

/// A call during an outage after which all came, with a log that warned of nothing.
fn scene(sink: Sink) -> Scene {
    let outage = Outage {
        sink,
        begun: 1.0,
        noticed: true,
        waited: 3.0,
        recovered: true,
        told: Some(Vec::new()),
    };
    Scene { outage: Some(outage), ..Scene::call() }
}

fn lost(change: impl FnOnce(&mut Outage)) -> Option<Outcome> {
    let mut scene = scene(Sink::Down);
    scene.records.clear();
    change(scene.outage.as_mut().unwrap());
    assert_eq!(scene.asked(CheckId::Record), None, "its loss is told once");
    scene.asked(CheckId::SinkLoss)
}

#[test]
fn what_is_answered_as_ever_and_recorded_later_passes() {
    for sink in [Sink::Down, Sink::Slow, Sink::Error] {
        let scene = scene(sink);
        assert_eq!(scene.troubles(), Vec::new(), "{sink:?}");
        assert_eq!(scene.asked(CheckId::SinkAnswer), Some(Pass));
        assert_eq!(scene.asked(CheckId::SinkLoss), Some(Pass));
    }
    assert_eq!(Scene::call().asked(CheckId::SinkLoss), None, "without an outage nobody asks");
}

/// What counts an answer after so many milliseconds, between two that took as long as these.
fn took(around: [u64; 2], stimulus: u64, value: &str) -> Option<Outcome> {
    let mut scene = scene(Sink::Slow);
    let after = |milliseconds, mut exchange: Exchange| {
        exchange.delivery.elapsed = Duration::from_millis(milliseconds);
        exchange
    };
    scene.control = scene.control.map(|control| after(around[0], control));
    scene.sentinel = scene.sentinel.map(|sentinel| after(around[1], sentinel));
    scene.stimulus = after(stimulus, scene.stimulus);
    scene.switches.set("sink-wait", value).unwrap();
    scene.asked(CheckId::SinkAnswer)
}

#[test]
fn an_answer_may_take_a_second_more_than_the_slower_of_those_around_it() {
    assert_eq!(took([200, 10], 1150, "fail"), Some(Pass));
    assert_eq!(took([200, 10], 1250, "fail"), Some(Fail));
    assert_eq!(took([10, 2000], 2900, "fail"), Some(Pass));
    assert_eq!(took([200, 10], 1250, "warn"), Some(Warn));
    assert_eq!(took([200, 10], 1250, "pass"), Some(Pass));
}

#[test]
fn who_does_not_answer_at_all_is_told_so_elsewhere() {
    let mut scene = Scene::of(Class::Request, CALL, nothing(End::Deadline));
    scene.outage = self::scene(Sink::Slow).outage;
    assert_eq!(scene.asked(CheckId::SinkAnswer), None);
    assert_eq!(scene.asked(CheckId::Reply), Some(Fail));
}

#[test]
fn a_lost_record_counts_by_what_the_target_says_of_it() {
    assert_eq!(lost(|_| {}), Some(Fail));
    assert_eq!(lost(|outage| outage.told = Some(vec!["WARN lost".to_owned()])), Some(Warn));
    assert_eq!(lost(|outage| outage.told = None), Some(Warn));
    assert_eq!(lost(|outage| outage.recovered = false), Some(Warn));
    assert_eq!(lost(|outage| (outage.recovered, outage.told) = (false, None)), Some(Untestable));
    assert_eq!(lost(|outage| outage.noticed = false), Some(Untestable));
    let mut scene = scene(Sink::Down);
    scene.records.clear();
    for (value, outcome) in [("warn", Warn), ("pass", Pass), ("fail", Fail)] {
        scene.switches.set("sink-loss", value).unwrap();
        assert_eq!(scene.asked(CheckId::SinkLoss), Some(outcome), "{value}");
    }
}

#[test]
fn who_refuses_what_cannot_be_recorded_has_told_its_caller() {
    let lost_after = |delivery| {
        let mut scene = Scene::of(Class::Request, CALL, delivery);
        (scene.outage, scene.records) = (self::scene(Sink::Down).outage, Vec::new());
        scene.asked(CheckId::SinkLoss)
    };
    assert_eq!(lost_after(json(200, error(-32603, "7"))), Some(Warn));
    assert_eq!(lost_after(json(503, "")), Some(Warn));
    assert_eq!(lost_after(json(200, RESULT)), Some(Fail));
}

#[test]
fn a_record_that_came_is_no_proof_where_nobody_was_asked_to_take_it() {
    let mut scene = scene(Sink::Error);
    scene.outage.as_mut().unwrap().noticed = false;
    assert_eq!(scene.troubles(), only(CheckId::SinkLoss, Untestable));
}

#[test]
fn who_cannot_know_that_it_arrived_may_deliver_again() {
    let twice = |sink, same: bool| {
        let mut scene = scene(sink);
        let mut other = scene.records[0].clone();
        other.raw.push(' ');
        (scene.records[0].id, other.id) = (Some("1".to_owned()), Some("1".to_owned()));
        if !same {
            other.id = Some("2".to_owned());
        }
        scene.records.push(other);
        scene.asked(CheckId::RecordOnce)
    };
    assert_eq!(twice(Sink::Slow, true), Some(Warn));
    assert_eq!(twice(Sink::Slow, false), Some(Fail));
    assert_eq!(twice(Sink::Down, true), Some(Fail));
    assert_eq!(twice(Sink::Error, true), Some(Fail));
}

#[test]
fn a_record_that_the_product_never_writes_is_not_missed() {
    let mut scene = scene(Sink::Down);
    (scene.ambiguous, scene.records) = (true, Vec::new());
    assert_eq!(scene.asked(CheckId::SinkLoss), None);
    assert_eq!(scene.asked(CheckId::Record), Some(Untestable), "it may be another one's");
}
