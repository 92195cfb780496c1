//! Three ways tell what an envelope is: the case file says it, how a message was made says it, the
//! oracle reads it from bytes. They must agree for every case and for generated messages, under every
//! revision and transport.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::support::{ingredients, message, read, stimulus};
use mcp_gauntlet::case::class::Class;
use mcp_gauntlet::case::recipe::{Credentials, SessionMode};
use mcp_gauntlet::catalogue::Catalogue;
use mcp_gauntlet::generate::family::Family;
use mcp_gauntlet::generate::made::{Made, Scene};
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

/// Messages of each family that are made under each revision.
const CASES: u32 = 750;

#[test]
fn the_class_of_what_was_made_is_the_one_that_the_oracle_reads() {
    for revision in Revision::ALL {
        let seen = RefCell::new(BTreeSet::new());
        for family in Family::ALL {
            // The stateless revision has none of some.
            let Some(strategy) = family.strategy(&Scene::full(revision)) else { continue };
            // Large messages take their time.
            let cases = if family == Family::Size { CASES / 10 } else { CASES };
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            TestRunner::new(config)
                .run(&strategy, |made| agrees(&made, revision, &seen))
                .unwrap_or_else(|error| panic!("{family} under {revision}: {error}"));
        }
        let seen = seen.into_inner();
        assert!(seen.len() >= 18, "{revision}: only {seen:?}");
    }
}

/// Fails where the oracle reads another class, or the twin is no valid message.
fn agrees(
    made: &Made,
    revision: Revision,
    seen: &RefCell<BTreeSet<Class>>,
) -> Result<(), TestCaseError> {
    let live = (made.defect.session == SessionMode::Live).then_some(crate::support::LIVE);
    let session = live.or(Some("another-session"));
    let session = session.filter(|_| made.defect.session != SessionMode::None);
    let of = |recipe, session, credentials| {
        let envelope = message(&recipe, &ingredients(revision), session, credentials);
        read(&envelope, revision, Transport::Http).class
    };
    let class = of(made.recipe(), session, made.defect.credentials);
    seen.borrow_mut().insert(class);
    if class != made.defect.class {
        return Err(TestCaseError::fail(format!("the oracle reads {class}")));
    }
    let twin = of(made.twin(), Some(crate::support::LIVE), Credentials::Valid);
    let valid = matches!(twin, Class::Request | Class::Notification);
    if valid { Ok(()) } else { Err(TestCaseError::fail(format!("the twin is {twin}"))) }
}
