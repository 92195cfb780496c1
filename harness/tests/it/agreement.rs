//! Three ways tell what an envelope is: the case file says it, how a message was made says it, the
//! oracle reads it from bytes. They must agree for every case and for generated messages, under every
//! revision and transport.

mod generate;

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::support::{ingredients, message, read, stimulus};
use generate::made;
use mcp_gauntlet::case::recipe::Credentials;
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::wire::revision::Revision;
use mcp_gauntlet::wire::transport::Transport;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

#[test]
fn the_class_of_every_case_is_the_one_that_the_oracle_reads() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut disagreements = Vec::new();
    for case in &catalogue.cases {
        let of = |revision| case.transports.iter().map(move |transport| (revision, *transport));
        for (revision, transport) in case.revisions.iter().flat_map(of) {
            let envelope = stimulus(case, &ingredients(*revision));
            let read = read(&envelope, *revision, transport).class;
            if read != case.stimulus.class {
                disagreements.push(format!(
                    "{} under {revision} over {transport}: the case says {}, the oracle reads {read}",
                    case.id, case.stimulus.class
                ));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

#[test]
fn every_case_with_spoiled_credentials_says_so() {
    let catalogue = Catalogue::built_in().unwrap();
    let mut seen = 0;
    for case in catalogue.cases {
        if case.stimulus.credentials != Credentials::Valid {
            seen += 1;
            assert!(
                case.needs.contains(&mcp_gauntlet::case::Need::Credentials),
                "{} needs credentials and does not say so",
                case.id
            );
        }
    }
    assert!(seen > 3, "only {seen} cases test credentials");
}

/// Messages that are made under each revision.
const CASES: u32 = 10_000;

/// Revisions whose messages the generator can make: those with a handshake.
const MADE: [Revision; 3] = [Revision::V2025_03_26, Revision::V2025_06_18, Revision::V2025_11_25];

#[test]
fn the_class_of_what_was_made_is_the_one_that_the_oracle_reads() {
    for revision in MADE {
        let with = ingredients(revision);
        let seen = RefCell::new(BTreeSet::new());
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&made(revision), |made| {
                let envelope = message(&made.recipe, &with, made.session, made.credentials);
                let class = read(&envelope, revision, Transport::Http).class;
                seen.borrow_mut().insert(class);
                let why = || TestCaseError::fail(format!("the oracle reads {class}"));
                if class == made.class { Ok(()) } else { Err(why()) }
            })
            .unwrap_or_else(|error| panic!("{revision}: {error}"));
        let seen = seen.into_inner();
        let wanted = if revision == Revision::V2025_03_26 { 22 } else { 23 };
        assert_eq!(seen.len(), wanted, "{revision}: only {seen:?}");
    }
}
