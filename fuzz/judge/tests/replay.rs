//! Replays every seed and every saved finding on every target.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use fuzz_judge::seeds::seeds;
use fuzz_judge::{TARGETS, Target};

fn target(name: &str) -> Target {
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    found.unwrap_or_else(|| panic!("there is no target {name}")).1
}

/// Gives the inputs to a target, and tells all that show a defect.
fn replay(name: &str, inputs: impl Iterator<Item = (String, Vec<u8>)>) {
    let target = target(name);
    let run = |(input, bytes): (String, Vec<u8>)| {
        let panic = catch_unwind(|| target(&bytes)).err()?;
        let text = panic.downcast_ref::<String>().map_or("a panic", String::as_str);
        Some(format!("{input}: {text}"))
    };
    let defects: Vec<String> = inputs.filter_map(run).collect();
    assert!(defects.is_empty(), "{name}\n{}", defects.join("\n"));
}

fn replay_seeds(name: &str) {
    let seeds: Vec<_> = seeds().into_iter().filter(|seed| seed.target == name).collect();
    assert!(seeds.len() > 50, "only {} seeds for {name}", seeds.len());
    replay(name, seeds.into_iter().map(|seed| (seed.name, seed.bytes)));
}

#[test]
fn seeds_of_raw() {
    replay_seeds("raw");
}

#[test]
fn seeds_of_recipe() {
    replay_seeds("recipe");
}

#[test]
fn seeds_of_session() {
    replay_seeds("session");
}

#[test]
fn seeds_of_those_that_read_answers() {
    for name in ["stdio", "sse", "audit", "http"] {
        replay_seeds(name);
    }
}

#[test]
fn no_finding_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../regressions");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let files = fs::read_dir(entry.path()).unwrap().map(|file| file.unwrap().path());
        let inputs = files.inspect(|_| seen += 1);
        let inputs = inputs.map(|file| (file.display().to_string(), fs::read(file).unwrap()));
        replay(entry.file_name().to_str().unwrap(), inputs);
    }
    assert!(seen > 0, "no findings are saved where they are looked for");
}
