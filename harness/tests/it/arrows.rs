//! Holds the arrows between the modules: what may never know what.

use std::fs;
use std::path::{Path, PathBuf};

/// `(folder or file under src, texts that none of its code may name, why)`.
const NEVER: &[(&str, &[&str], &str)] = &[
    (
        "oracle",
        &[
            "reference_gateway",
            "crate::target",
            "crate::transport",
            "crate::runner",
            "crate::source",
        ],
        "a shared misreading would make every test pass",
    ),
    (
        "transport",
        &["crate::case", "crate::oracle", "crate::audit"],
        "it could peek at the expectation",
    ),
    ("generate", &["crate::oracle", "crate::runner"], "a generator must not know the verdict"),
    (
        "runner",
        &[
            "report::table",
            "report::json",
            "report::junit",
            "report::snapshot",
            "println!",
            "stdout",
        ],
        "the runner emits events and prints nothing",
    ),
    (
        "wire",
        &[
            "crate::case",
            "crate::oracle",
            "crate::audit",
            "crate::runner",
            "tokio",
            "reqwest",
            "std::fs",
        ],
        "the wire layer is pure",
    ),
    (
        "case",
        &[
            "crate::oracle",
            "crate::runner",
            "crate::transport",
            "tokio",
            "reqwest",
            "clap",
            "std::fs",
        ],
        "cases are data",
    ),
    (
        "audit",
        &[
            "crate::oracle",
            "crate::runner",
            "crate::transport",
            "crate::source",
            "tokio",
            "reqwest",
            "std::fs",
        ],
        "matching is a pure function",
    ),
    (
        "doctor/judge",
        &[
            "tokio",
            "reqwest",
            "clap::",
            "std::fs",
            "crate::transport",
            "crate::runner",
            "crate::source",
        ],
        "what an answer means is judged without asking again",
    ),
    (
        "init/look",
        &[
            "tokio",
            "reqwest",
            "clap::",
            "std::fs",
            "crate::transport",
            "crate::runner",
            "crate::source",
        ],
        "what records keep where is read without asking again",
    ),
    (
        "oracle",
        &["tokio", "reqwest", "clap::", "std::fs", "SystemTime", "Instant::now"],
        "the oracle is pure",
    ),
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn no_module_names_what_it_must_not_know() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for (folder, never, why) in NEVER {
        let mut files = Vec::new();
        sources(&src.join(folder), &mut files);
        assert!(!files.is_empty(), "{folder} is gone");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                seen += 1;
                let named = never.iter().find(|name| line.contains(**name));
                assert!(named.is_none(), "{}: {line}: {why}", file.display());
            }
        }
    }
    assert!(seen > 1000, "the test reads next to nothing: {seen} lines");
}

#[test]
fn only_one_module_names_the_gateway() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let naming =
        files.iter().filter(|file| fs::read_to_string(file).unwrap().contains("reference_gateway"));
    let naming: Vec<_> = naming.map(|file| file.strip_prefix(&src).unwrap().to_owned()).collect();
    assert_eq!(naming, [Path::new("target/reference.rs")]);
}

#[test]
fn the_gateway_does_not_know_the_harness() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gateway/Cargo.toml");
    assert!(!fs::read_to_string(manifest).unwrap().contains("mcp-gauntlet ="));
}
