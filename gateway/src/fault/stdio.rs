//! The seam of stdio: what goes to stdout, and what ends the process.

use super::{Fault, Faults};

/// What a library prints that does not know that stdout belongs to the protocol.
const BANNER: &[u8] = b"reference-gateway: ready\n";

impl Faults {
    /// What is printed before anything was asked.
    pub(crate) fn banner(&self) -> Option<&'static [u8]> {
        self.has(Fault::StdioBanner).then_some(BANNER)
    }

    /// Whether a line that is no JSON text ends the process.
    pub(crate) fn ends_on_garbage(&self) -> bool {
        self.has(Fault::StdioExitOnGarbage)
    }

    /// Whether the process outlives its stdin.
    pub(crate) fn ignores_eof(&self) -> bool {
        self.has(Fault::StdioIgnoresEof)
    }

    /// A message in its final bytes; `running` other requests have no answer yet.
    pub(crate) fn on_line(&self, line: Vec<u8>, running: usize) -> Vec<u8> {
        let mut line = line;
        if self.has(Fault::StdioPrettyPrint) {
            line = indented(&line).unwrap_or(line);
        }
        if running > 0 && self.has(Fault::StdioTornLines) {
            line.pop();
        }
        line
    }
}

fn indented(line: &[u8]) -> Option<Vec<u8>> {
    let message: serde_json::Value = serde_json::from_slice(line).ok()?;
    let mut text = serde_json::to_vec_pretty(&message).ok()?;
    text.push(b'\n');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_spoilt_only_on_purpose() {
        let line = b"{\"id\":1}\n".to_vec();
        assert_eq!(Faults::default().on_line(line.clone(), 5), line);
        let pretty = Faults::new(&[Fault::StdioPrettyPrint]).on_line(line.clone(), 0);
        assert_eq!(pretty, b"{\n  \"id\": 1\n}\n");
        let torn = Faults::new(&[Fault::StdioTornLines]);
        assert_eq!(torn.on_line(line.clone(), 0), line);
        assert_eq!(torn.on_line(line, 1), b"{\"id\":1}");
    }
}
