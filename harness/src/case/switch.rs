//! Disputed verdicts: questions on which the texts conflict, or good implementations differ. Each is
//! a named switch with a default and a citation. What a value changes is the oracle's affair.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One disputed verdict.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// How a call of a tool that does not exist is answered.
    UnknownTool,
    /// Where arguments that do not fit a tool are reported.
    ToolArguments,
    /// The id of an error where none could be read.
    ErrorId,
    /// A null or absent id of an error although the id could be read.
    IdRecovery,
    /// The HTTP status of an error that answers a valid envelope.
    ErrorStatus,
    /// An unparsable line on stdio that is not answered.
    StdioParseSilence,
    /// A batch that is processed where batches are removed, or refused where they must be received.
    Batch,
    /// An answer to a request whose Accept does not admit both media types.
    Accept,
    /// A foreign Origin that is served.
    Origin,
    /// An answer that waits for the receiver of its record.
    SinkWait,
    /// A record that is lost without a word in the log.
    SinkLoss,
}

/// What is known of a switch.
struct Entry {
    name: &'static str,
    /// The first is the default.
    values: &'static [&'static str],
    about: &'static str,
    citation: &'static str,
}

impl Switch {
    /// Every switch.
    pub const ALL: [Self; 11] = [
        Self::UnknownTool,
        Self::ToolArguments,
        Self::ErrorId,
        Self::IdRecovery,
        Self::ErrorStatus,
        Self::StdioParseSilence,
        Self::Batch,
        Self::Accept,
        Self::Origin,
        Self::SinkWait,
        Self::SinkLoss,
    ];

    const fn entry(self) -> Entry {
        match self {
            Self::UnknownTool => Entry {
                name: "unknown-tool",
                values: &["prefer-protocol-error", "protocol-error", "either", "is-error"],
                about: "a call of a tool that does not exist: -32602, or a result with isError",
                citation: "MCP tools, Error Handling (-32602); SEP-2145 and the high-level SDKs (isError)",
            },
            Self::ToolArguments => Entry {
                name: "tool-arguments",
                values: &["by-revision", "either", "is-error", "protocol-error"],
                about: "arguments that do not fit a tool: -32602, or a result with isError",
                citation: "MCP 2025-06-18 tools lists both; SEP-1303 (2025-11-25) makes it isError",
            },
            Self::ErrorId => Entry {
                name: "error-id",
                values: &["null-or-absent", "null", "absent"],
                about: "the id of an error where none could be read",
                citation: "JSON-RPC 2.0 section 5 (null); MCP 2025-11-25 schema (optional, never null)",
            },
            Self::IdRecovery => Entry {
                name: "id-recovery",
                values: &["warn", "pass", "fail"],
                about: "a null or absent id of an error although the id could be read",
                citation: "MCP 2025-11-25 base protocol, Responses; modelcontextprotocol/python-sdk#2848",
            },
            Self::ErrorStatus => Entry {
                name: "error-status",
                values: &["lenient", "200"],
                about: "the HTTP status of an error that answers a valid envelope, until 2025-11-25",
                citation: "no text states one; envoyproxy/envoy PR #46454 (clients drop other bodies)",
            },
            Self::StdioParseSilence => Entry {
                name: "stdio-parse-silence",
                values: &["warn", "pass", "fail"],
                about: "an unparsable line on stdio that is not answered",
                citation: "JSON-RPC 2.0 section 5.1; modelcontextprotocol/rust-sdk PR #940 (stopped answering)",
            },
            Self::Batch => Entry {
                name: "batch",
                values: &["warn", "pass", "fail"],
                about: "a batch that is processed since 2025-06-18, or refused under 2025-03-26",
                citation: "MCP 2025-03-26 base protocol (MUST receive); 2025-06-18 changelog (removed)",
            },
            Self::Accept => Entry {
                name: "accept",
                values: &["lenient", "strict"],
                about: "an answer to a request whose Accept does not admit both media types",
                citation: "MCP transports bind the client only; modelcontextprotocol/ruby-sdk PR #207 (406)",
            },
            Self::Origin => Entry {
                name: "origin",
                values: &["warn", "pass", "fail"],
                about: "a foreign Origin that is served",
                citation: "MCP transports, Security Warning; agentgateway/agentgateway#1855 (proxy's duty)",
            },
            Self::SinkWait | Self::SinkLoss => self.of_sinks(),
        }
    }

    /// The same of what happens while our own receiver of records misbehaves.
    const fn of_sinks(self) -> Entry {
        match self {
            Self::SinkWait => Entry {
                name: "sink-wait",
                values: &["fail", "warn", "pass"],
                about: "an answer that waits for the receiver of its record",
                citation: "BerriAI/litellm PR #31576 (must not); where no call may go unrecorded it is meant so",
            },
            _ => Entry {
                name: "sink-loss",
                values: &["fail", "warn", "pass"],
                about: "a record that the receiver did not take, lost without a word in the log",
                citation: "NangoHQ/nango PR #7033 (lost with the sink); a metric may count it where no log tells",
            },
        }
    }

    /// Its name, as in `--set NAME=VALUE`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.entry().name
    }

    /// Its values; the first is the default.
    #[must_use]
    pub const fn values(self) -> &'static [&'static str] {
        self.entry().values
    }

    /// The value that holds unless another is set.
    #[must_use]
    pub fn default_value(self) -> &'static str {
        self.values().first().copied().unwrap_or_default()
    }

    /// The question that it decides.
    #[must_use]
    pub const fn about(self) -> &'static str {
        self.entry().about
    }

    /// Why it is disputed: the texts and implementations that differ.
    #[must_use]
    pub const fn citation(self) -> &'static str {
        self.entry().citation
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Switch {
    type Err = SwitchError;

    fn from_str(name: &str) -> Result<Self, SwitchError> {
        let found = Self::ALL.into_iter().find(|switch| switch.as_str() == name);
        found.ok_or_else(|| SwitchError::Name(name.to_owned()))
    }
}

/// A switch or a value that nobody knows.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum SwitchError {
    /// No switch has this name.
    #[error("unknown switch `{0}`; known are {known}", known = names())]
    Name(String),
    /// The switch has no such value.
    #[error("switch `{0}` has no value `{1}`; known are {known}", known = .0.values().join(", "))]
    Value(Switch, String),
}

fn names() -> String {
    Switch::ALL.map(Switch::as_str).join(", ")
}

/// How every switch stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Switches {
    /// Those that do not stand on their default.
    changed: BTreeMap<Switch, &'static str>,
}

impl Switches {
    /// Sets one switch.
    ///
    /// # Errors
    /// [`SwitchError`] for a name or value that nobody knows; it lists those that are.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        let switch: Switch = name.parse()?;
        let known = switch.values().iter().find(|known| **known == value);
        let known = known.ok_or_else(|| SwitchError::Value(switch, value.to_owned()))?;
        if *known == switch.default_value() {
            self.changed.remove(&switch);
        } else {
            self.changed.insert(switch, known);
        }
        Ok(())
    }

    /// The value of a switch, where it is not the default.
    #[must_use]
    pub fn changed(&self, switch: Switch) -> Option<&'static str> {
        self.changed.get(&switch).copied()
    }

    /// The value of a switch.
    #[must_use]
    pub fn value(&self, switch: Switch) -> &'static str {
        self.changed(switch).unwrap_or_else(|| switch.default_value())
    }

    /// `name=value` of each switch that does not stand on its default, in order.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.changed.iter().map(|(switch, value)| format!("{switch}={value}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_has_a_name_two_values_and_a_citation() {
        for switch in Switch::ALL {
            assert_eq!(switch.as_str().parse(), Ok(switch));
            assert!(switch.values().len() > 1, "{switch}");
            assert_eq!(switch.default_value(), switch.values()[0]);
            assert!(switch.about().len() > 10 && switch.citation().len() > 10, "{switch}");
        }
    }

    #[test]
    fn only_what_differs_from_the_default_is_told() {
        let mut switches = Switches::default();
        switches.set("batch", "fail").unwrap();
        switches.set("unknown-tool", "either").unwrap();
        assert_eq!(switches.texts(), ["unknown-tool=either", "batch=fail"]);
        assert_eq!(switches.value(Switch::Batch), "fail");
        switches.set("batch", "warn").unwrap();
        assert_eq!(switches.texts(), ["unknown-tool=either"]);
        assert_eq!(switches.changed(Switch::Batch), None);
        assert_eq!(switches.value(Switch::Batch), "warn");
    }

    #[test]
    fn what_nobody_knows_is_refused_with_what_is_known() {
        let mut switches = Switches::default();
        let error = switches.set("colour", "red").unwrap_err().to_string();
        assert!(error.contains("`colour`") && error.contains("unknown-tool, "), "{error}");
        let error = switches.set("batch", "red").unwrap_err().to_string();
        assert_eq!(error, "switch `batch` has no value `red`; known are warn, pass, fail");
        assert_eq!(switches, Switches::default());
    }
}
