//! Any bytes as lines of an audit source, read through the profiles.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| fuzz_judge::audit(data));
