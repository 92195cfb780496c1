//! Any bytes as an event stream, decoded by the harness and by the crate sse-stream.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| fuzz_judge::sse(data));
