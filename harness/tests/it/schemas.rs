//! Our schemas of MCP messages. They agree with the official ones but for differences that are
//! meant, over generated messages; and every valid message that a run sends fits them.

mod difference;
mod message;
mod mutation;
mod official;
mod sent;

use std::cell::RefCell;
use std::collections::BTreeMap;

use difference::{DIFFERENCES, Difference, Verdicts};
use mcp_gauntlet::oracle::schema::{client_message, result, server_message};
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::revision::Revision;
use message::Side;
use message::{Message, messages};
use mutation::{Mutation, mutate, mutations, replacements};
use official::Official;
use proptest::prelude::any;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

/// Messages that are judged under each revision.
const CASES: u32 = 10_000;

fn json(value: &Value) -> Json {
    parse(value.to_string().as_bytes()).unwrap()
}

/// Whether our schema takes a message.
fn ours(revision: Revision, message: &Message) -> bool {
    let whole = json(&message.body);
    match message.side {
        Side::Client => client_message(revision, &whole).is_ok(),
        Side::Server => {
            let answers = whole.get("method").is_none();
            let judged = whole
                .get("result")
                .filter(|_| answers)
                .map(|held| result(revision, message.answers.as_deref(), held));
            server_message(revision, &whole).is_ok() && judged.is_none_or(|judged| judged.is_ok())
        }
    }
}

fn changed(message: &Message, changes: &[Mutation]) -> Message {
    let mut message = message.clone();
    for change in changes {
        mutate(&mut message.body, change);
    }
    message
}

#[test]
fn every_valid_message_is_valid_by_our_schema() {
    for revision in Revision::ALL {
        let all = messages(revision);
        assert!(all.len() > 30, "{revision}: only {} messages", all.len());
        for message in all {
            assert!(ours(revision, &message), "{revision}: {message:?}");
        }
    }
}

#[test]
fn our_schemas_differ_from_the_official_ones_only_where_they_mean_to() {
    for revision in Revision::ALL {
        let official = match Official::of(revision) {
            Ok(official) => official,
            Err(why) => {
                println!("skipped under {revision}: {why}");
                continue;
            }
        };
        let hits = RefCell::new(BTreeMap::new());
        let all = messages(revision);
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let strategy = (any::<Index>(), mutations());
        TestRunner::new(config)
            .run(&strategy, |(at, changes)| {
                let message = changed(at.get(&all), &changes);
                compare(revision, &official, &message, &hits)
            })
            .unwrap_or_else(|error| panic!("{revision}: {error}"));
        let hits = hits.into_inner();
        let due = DIFFERENCES.iter().filter(|row| row.revisions.contains(&revision.as_str()));
        let unseen = due
            .filter(|row| !hits.contains_key(row.name) && !found(row, revision, &official, &all));
        let unseen: Vec<_> = unseen.map(|row| row.name).collect();
        assert!(unseen.is_empty(), "{revision}: nothing hits {unseen:?}; hits were {hits:?}");
    }
}

/// Whether some single replacement shows the difference: what is rare may stay unseen at random.
fn found(row: &Difference, revision: Revision, official: &Official, all: &[Message]) -> bool {
    let replaced = |message: &Message| {
        let message = message.clone();
        replacements(message.body.clone()).map(move |body| Message { body, ..message.clone() })
    };
    all.iter().flat_map(replaced).filter(|message| row.is_about(message)).any(|message| {
        let verdicts =
            Verdicts { ours: ours(revision, &message), official: official.takes(&message) };
        verdicts.ours != verdicts.official && row.explains(revision, &message, &verdicts)
    })
}

/// Fails where the two verdicts differ and no row of the table says why; counts the rows.
fn compare(
    revision: Revision,
    official: &Official,
    message: &Message,
    hits: &RefCell<BTreeMap<&'static str, usize>>,
) -> Result<(), TestCaseError> {
    let verdicts = Verdicts { ours: ours(revision, message), official: official.takes(message) };
    if verdicts.ours == verdicts.official {
        return Ok(());
    }
    let meant = DIFFERENCES.iter().filter(|row| row.explains(revision, message, &verdicts));
    let meant: Vec<_> = meant.map(|row| row.name).collect();
    let mut hits = hits.borrow_mut();
    meant.iter().for_each(|name| *hits.entry(name).or_insert(0) += 1);
    if meant.is_empty() {
        return Err(TestCaseError::fail(format!("{verdicts:?} on {message:?}")));
    }
    Ok(())
}
