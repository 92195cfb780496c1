//! A generated message to the reference gateway: is it what it was made to be, and answered so?

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| fuzz_judge::recipe(data));
