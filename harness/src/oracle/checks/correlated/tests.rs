//! The id of the answer: by rule, by kind, and for what HTTP itself refuses.

use crate::case::class::Class;
use crate::case::expectation::{Allowed, ReplyKind};
use crate::case::graded::IdRule;
use crate::oracle::check::CheckId;
use crate::oracle::testing::{LIST, RESULT, Scene, envelope, error, exchange_of, json};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};
use crate::wire::delivery::Delivery;

fn asked(class: Class, body: &str, delivery: Delivery) -> Option<Outcome> {
    Scene::of(class, body, delivery).unaudited().asked(CheckId::Id)
}

#[test]
fn a_result_carries_the_id_sent() {
    let with = |id: &str| asked(Class::Request, LIST, json(200, RESULT.replace('7', id)));
    assert_eq!(with("7"), Some(Pass));
    assert_eq!(with("7.0"), Some(Pass), "the same number in another notation");
    for id in ["8", "\"7\"", "null", "[7]"] {
        assert_eq!(with(id), Some(Fail), "{id}");
    }
    let absent = r#"{"jsonrpc":"2.0","result":{}}"#;
    assert_eq!(asked(Class::Request, LIST, json(200, absent)), Some(Fail));
}

#[test]
fn a_rounded_id_fails() {
    let sent = LIST.replace('7', "9007199254740993");
    let reply = RESULT.replace('7', "9007199254740992");
    let scene = Scene::of(Class::Request, &sent, json(200, reply)).unaudited();
    let checks = scene.judge();
    let id = checks.iter().find(|check| check.check == "correlated.id").unwrap();
    assert_eq!(id.outcome, Fail);
    assert!(id.actual.contains("rounded"), "{}", id.actual);
}

#[test]
fn the_id_of_an_error_follows_its_rule() {
    use IdRule::{Absent, Echo, Null};
    let absent = r#"{"jsonrpc":"2.0","error":{"code":1,"message":"no"}}"#.to_owned();
    let reply = |id: &str| error(1, id);
    let table = [
        (vec![Echo], vec![], [Pass, Fail, Fail, Fail]),
        (vec![Null], vec![], [Fail, Pass, Fail, Fail]),
        (vec![Absent], vec![Null], [Fail, Warn, Pass, Fail]),
        (vec![Echo], vec![Null, Absent], [Pass, Warn, Warn, Fail]),
        (vec![], vec![Echo], [Warn, Fail, Fail, Fail]),
        (vec![], vec![], [Pass, Pass, Pass, Fail]),
    ];
    for (id, id_warn, outcomes) in table {
        let allowed = Allowed { id, id_warn, ..Allowed::default() };
        let replies = [reply("7"), reply("null"), absent.clone(), reply("8")];
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            let scene = Scene::of(Class::InvalidRequest, LIST, json(400, &reply)).unaudited();
            let scene = scene.permit(ReplyKind::Error, allowed.clone());
            assert_eq!(scene.asked(CheckId::Id), Some(outcome), "{allowed:?} {reply}");
        }
    }
}

#[test]
fn an_error_that_is_not_permitted_still_needs_an_id_of_ours() {
    let with = |id: &str| asked(Class::Request, LIST, json(200, error(-32603, id)));
    assert_eq!([with("7"), with("null"), with("8")], [Some(Pass), Some(Pass), Some(Fail)]);
}

#[test]
fn an_invented_id_of_an_http_refusal_only_warns() {
    let made_up = || error(-32000, "\"server-error\"");
    for status in [401, 403, 405, 406, 413, 415] {
        let outcome = asked(Class::UnknownMethod, LIST, json(status, made_up()));
        assert_eq!(outcome, Some(Warn), "{status}");
    }
    for status in [200, 400, 404, 500] {
        let outcome = asked(Class::UnknownMethod, LIST, json(status, made_up()));
        assert_eq!(outcome, Some(Fail), "{status}");
    }
    let mut message = envelope(LIST);
    message.headers.retain(|header| !header.is("mcp-session-id"));
    let refused = |status| {
        let exchange = exchange_of(message.clone(), json(status, made_up()));
        Scene::new(Class::HttpSession, exchange).unaudited().asked(CheckId::Id)
    };
    assert_eq!((refused(404), refused(200)), (Some(Warn), Some(Fail)));
}

fn batch(sent: &str, replies: &str) -> Option<Outcome> {
    Scene::of(Class::Batch, sent, json(200, replies)).unaudited().asked(CheckId::Id)
}

#[test]
fn a_batch_carries_each_id_at_most_once() {
    let second = |text: &str| text.replace('7', "8");
    let sent = format!("[{LIST},{}]", second(LIST));
    assert_eq!(batch(&sent, &format!("[{},{RESULT}]", second(RESULT))), Some(Pass), "any order");
    assert_eq!(batch(&sent, &format!("[{RESULT},{RESULT}]")), Some(Fail), "one of them twice");
    let stranger = RESULT.replace('7', "9");
    assert_eq!(batch(&sent, &format!("[{RESULT},{stranger}]")), Some(Fail), "one never sent");
}

#[test]
fn null_in_a_batch_is_for_items_without_an_id() {
    let null = error(-32600, "null");
    let sent = format!("[{LIST},1,{{}}]");
    assert_eq!(batch(&sent, &format!("[{RESULT},{null},{null}]")), Some(Pass));
    let both = format!("[{LIST},{}]", LIST.replace('7', "8"));
    assert_eq!(batch(&both, &format!("[{null},{null}]")), Some(Fail), "both ids are lost");
    assert_eq!(batch(&both, &format!("[{RESULT},{null}]")), Some(Fail), "one id is lost");
    assert_eq!(batch(&format!("[[{LIST}]]"), &format!("[{null}]")), Some(Pass), "an inner array");
    let old = LIST.replace("2.0", "1.0");
    assert_eq!(batch(&format!("[{old}]"), &format!("[{null}]")), Some(Pass), "no valid request");
}

#[test]
fn what_has_no_id_to_echo_is_not_asked() {
    assert_eq!(asked(Class::Unparsable, "hello", json(200, RESULT)), None);
    assert_eq!(asked(Class::Request, LIST, json(202, "")), None);
}
