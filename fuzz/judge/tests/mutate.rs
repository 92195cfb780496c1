//! What the mutator makes of a message.

use std::collections::BTreeSet;

use fuzz_judge::mutate;
use mcp_gauntlet::wire::json::parse;

const LINES: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}
{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":[1,2]}}"#;

#[test]
fn messages_stay_json_and_become_others() {
    let made: Vec<Vec<u8>> = (0..2000).filter_map(|seed| mutate(LINES.as_bytes(), seed)).collect();
    assert!((800..1200).contains(&made.len()), "{} of 2000 were changed", made.len());
    let broken = made
        .iter()
        .flat_map(|made| made.split(|byte| *byte == b'\n'))
        .find(|line| parse(line).is_err());
    assert!(broken.is_none(), "{}", broken.unwrap().escape_ascii());
    let different: BTreeSet<_> = made.iter().collect();
    assert!(different.len() > 500, "only {} different ones", different.len());
}

#[test]
fn a_seed_makes_the_same_each_time() {
    for seed in 0..100 {
        assert_eq!(mutate(LINES.as_bytes(), seed), mutate(LINES.as_bytes(), seed));
    }
    assert!((0..100).all(|seed| mutate(b"no JSON{", seed).is_none_or(|made| !made.is_empty())));
}
