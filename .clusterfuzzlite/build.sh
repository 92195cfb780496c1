#!/bin/bash -eu
# Builds every fuzz target with its seeds and its dictionary into $OUT. Run by ClusterFuzzLite and by
# OSS-Fuzz, in the root of the repository.
cargo fuzz build -O

# A tool of the host: without the flags by which the targets are instrumented.
seeds=$(mktemp -d)
env -u CFLAGS -u CXXFLAGS -u RUSTFLAGS cargo run --locked --target-dir target/seeds -p fuzz-judge -- "$seeds"

for source in fuzz/fuzz_targets/*.rs; do
    target=$(basename "$source" .rs)
    if [ "$target" = yardstick ]; then continue; fi
    cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
    cp "$seeds/dictionary" "$OUT/$target.dict"
    if [ -d "fuzz/regressions/$target" ]; then cp "fuzz/regressions/$target"/* "$seeds/$target/"; fi
    zip --quiet --junk-paths --recurse-paths "$OUT/${target}_seed_corpus.zip" "$seeds/$target"
done
