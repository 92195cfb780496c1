//! Listings and their pages.

use crate::oracle::check::CheckId;
use crate::oracle::evidence::Exchange;
use crate::oracle::testing::{LIST, Scene, error, exchange, json};
use crate::report::model::Outcome::{self, Fail, Pass, Warn};

fn page(item: &str, next: Option<&str>) -> Exchange {
    let next = next.map_or_else(String::new, |next| format!(r#","nextCursor":"{next}""#));
    let result = format!(r#"{{"tools":["{item}"]{next}}}"#);
    exchange(LIST, json(200, format!(r#"{{"jsonrpc":"2.0","id":7,"result":{result}}}"#)))
}

fn judged(first: Exchange, pages: Vec<Exchange>) -> Option<Outcome> {
    let mut scene = Scene::call().unaudited();
    scene.case.stimulus.follow = true;
    scene.stimulus = first;
    scene.pages = pages;
    scene.asked(CheckId::Pages)
}

#[test]
fn a_listing_ends() {
    assert_eq!(judged(page("a", None), vec![]), Some(Pass));
    let pages = vec![page("b", Some("2")), page("c", None)];
    assert_eq!(judged(page("a", Some("1")), pages), Some(Pass));
    assert_eq!(judged(page("a", Some("1")), vec![page("b", Some("2"))]), Some(Fail));
    assert_eq!(judged(page("a", Some("1")), vec![page("b", Some("1"))]), Some(Fail));
}

#[test]
fn a_page_that_a_cursor_names_is_served() {
    let refused = exchange(LIST, json(200, error(-32602, "7")));
    assert_eq!(judged(page("a", Some("1")), vec![refused]), Some(Fail));
}

#[test]
fn an_item_that_comes_twice_warns() {
    assert_eq!(judged(page("a", Some("1")), vec![page("a", None)]), Some(Warn));
}

#[test]
fn only_a_case_that_follows_asks() {
    assert_eq!(Scene::call().asked(CheckId::Pages), None);
}
