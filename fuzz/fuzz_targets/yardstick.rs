//! Parses the bytes with serde_json and does nothing else: what the rates of the targets are compared
//! with.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = std::hint::black_box(serde_json::from_slice::<serde_json::Value>(data));
});
