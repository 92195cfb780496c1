//! Two ways tell what an envelope is: the case file says it, the oracle reads it from bytes. They
//! must agree for every case under every revision and transport.

use crate::support::{ingredients, read, stimulus};
use mcp_gauntlet::case::recipe::Credentials;
use mcp_gauntlet::catalogue::Catalogue;

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
