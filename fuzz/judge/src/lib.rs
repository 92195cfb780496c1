//! What the fuzz targets do with their bytes. An oracle says that something is wrong by a panic, and
//! by nothing else.
//!
//! Knows no fuzzer: the targets in `fuzz/fuzz_targets` call these functions, and so do the tests that
//! replay seeds and saved findings with stable Rust.

mod audit;
mod court;
mod house;
mod http;
mod mutate;
mod raw;
mod recipe;
pub mod seeds;
mod session;
mod sse;
mod stdio;

pub use audit::audit;
pub use http::http;
pub use mutate::mutate;
pub use raw::raw;
pub use recipe::recipe;
pub use session::session;
pub use sse::sse;
pub use stdio::stdio;

/// Takes any bytes and panics if they show a defect.
pub type Target = fn(&[u8]);

/// Every target by the name of its file in `fuzz/fuzz_targets`.
pub const TARGETS: [(&str, Target); 7] = [
    ("raw", raw),
    ("recipe", recipe),
    ("session", session),
    ("stdio", stdio),
    ("sse", sse),
    ("audit", audit),
    ("http", http),
];

/// Sizes of the pieces in which bytes arrive, where that must make no difference.
const PIECES: [usize; 3] = [1, 3, 64];
