//! The reference gateway as a foreign target, in the process of the tests.

use std::path::Path;

use reference_gateway::{Config, Fault, Gateway, start};
use tokio::runtime::Runtime;

/// A gateway that serves until it is dropped.
pub(super) struct Served {
    pub(super) url: String,
    gateway: Option<Gateway>,
    runtime: Runtime,
}

/// Starts one with an audit file, a key of its callers and faults.
pub(super) fn serve(audit_file: Option<&Path>, key: Option<&str>, faults: &[Fault]) -> Served {
    serve_with(Config {
        audit_file: audit_file.map(Path::to_owned),
        api_key: key.map(str::to_owned),
        faults: faults.to_vec(),
        ..Config::default()
    })
}

/// Starts one with these settings.
pub(super) fn serve_with(config: Config) -> Served {
    let runtime = Runtime::new().unwrap();
    let gateway = runtime.block_on(start(config)).unwrap();
    Served { url: gateway.url(), gateway: Some(gateway), runtime }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(gateway) = self.gateway.take() {
            self.runtime.block_on(gateway.stop());
        }
    }
}
