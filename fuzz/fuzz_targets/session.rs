//! Any bytes as the messages of one session, a line each: every id and every record right?

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| fuzz_judge::session(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let made = fuzz_judge::mutate(&data[..size], seed).filter(|made| made.len() <= max_size);
    let Some(made) = made else { return fuzzer_mutate(data, size, max_size) };
    data[..made.len()].copy_from_slice(&made);
    made.len()
});
