//! Any bytes as what comes back over HTTP.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| fuzz_judge::http(data));
