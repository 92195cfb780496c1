# List the recipes.
default:
    @just --list

# What CI requires: formatting, lints, the reference snapshot and all tests.
check:
    .ci/run

# Format everything.
fmt:
    cargo fmt --all

# Lint everything.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Run the tests.
test *ARGS:
    cargo test --workspace {{ARGS}}

# Run cases against the built-in reference gateway.
run *ARGS:
    cargo run -- {{ARGS}}

# Run one case, or all whose id contains the text.
case ID *ARGS:
    cargo run -- {{ID}} {{ARGS}}

# Review changed snapshots (needs cargo-insta).
bless:
    cargo insta review

# Remake the matrix fault x check in reports/faults.snap.
faults:
    INSTA_UPDATE=always cargo test -p mcp-gauntlet --test it faults::

# The whole catalogue over stdio, with the records of all its processes, against its snapshot (four minutes).
stdio:
    cargo build
    rm -f target/stdio.jsonl && touch target/stdio.jsonl
    cargo run -- --stdio "target/debug/mcp-gauntlet gateway --stdio --audit-file target/stdio.jsonl" \
        --audit jsonl:target/stdio.jsonl --snapshot reference-stdio --problems

# Rate of the harness as a ratio to a raw loop (and to wrk, where it is installed).
bench *ARGS:
    cargo run --release -p mcp-gauntlet --example bench -- {{ARGS}}

# Licences, sources and advisories (needs cargo-deny).
deny:
    cargo deny check

# Which faults of the reference gateway generated messages find, and how soon (half an hour): reports/found.txt.
found *FAULTS:
    cargo run --release -p mcp-gauntlet --example found -- {{FAULTS}}

# Fuzz one target for some seconds (needs cargo-fuzz and a nightly toolchain).
fuzz TARGET SECONDS="60":
    cargo run -p fuzz-judge -- fuzz/corpus
    cargo +nightly fuzz run {{TARGET}} -- -dict=fuzz/corpus/dictionary -max_total_time={{SECONDS}}
