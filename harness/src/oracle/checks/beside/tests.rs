//! The answers to what was sent beside the stimulus.

use crate::case::expectation::{Allowed, ReplyKind};
use crate::oracle::check::CheckId;
use crate::oracle::testing::{CALL, LIST, RESULT, Scene, error, exchange, json, nothing, stream};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::delivery::{Delivery, End};

fn beside(deliveries: Vec<Delivery>) -> Scene {
    let mut scene = Scene::call().unaudited();
    scene.beside = deliveries.into_iter().map(|delivery| exchange(LIST, delivery)).collect();
    scene
}

fn judged(deliveries: Vec<Delivery>) -> Option<Outcome> {
    beside(deliveries).asked(CheckId::Beside)
}

#[test]
fn each_is_answered_with_its_own_id() {
    assert_eq!(judged(Vec::new()), None);
    let good = || json(200, RESULT);
    assert_eq!(judged(vec![good(), good()]), Some(Pass));
    for bad in [
        json(202, ""),
        nothing(End::Deadline),
        json(200, r#"{"jsonrpc":"2.0","id":8,"result":{"tools":[]}}"#),
        json(200, error(-32600, "7")),
        stream(&format!("data: {RESULT}\n\ndata: {RESULT}\n\n")),
    ] {
        assert_eq!(judged(vec![good(), bad]), Some(Fail));
    }
}

#[test]
fn a_case_may_permit_other_replies() {
    let mut scene = beside(vec![json(200, error(-32600, "7"))]);
    let allowed = Allowed { code: vec![-32600], code_warn: vec![-32000], ..Allowed::default() };
    scene.case.expectation.beside.reply.insert(ReplyKind::Error, allowed);
    assert_eq!(scene.asked(CheckId::Beside), Some(Pass));
    scene.beside = vec![exchange(CALL, json(200, error(-32000, "7")))];
    assert_eq!(scene.asked(CheckId::Beside), Some(Warn));
    scene.beside = vec![exchange(CALL, json(200, error(-32001, "7")))];
    assert_eq!(scene.asked(CheckId::Beside), Some(Fail));
}
