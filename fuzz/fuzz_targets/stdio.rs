//! Any bytes as what a process writes to its standard output.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| fuzz_judge::stdio(data));
