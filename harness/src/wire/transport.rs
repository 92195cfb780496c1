//! The transports over which the harness reaches a target.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How messages travel.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Streamable HTTP: one POST a message.
    #[default]
    Http,
    /// Standard input and output of a child process: one line a message.
    Stdio,
}

impl Transport {
    /// Every transport.
    pub const ALL: [Self; 2] = [Self::Http, Self::Stdio];

    /// The word of reports and case files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Stdio => "stdio",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Transport {
    type Err = UnknownTransport;

    fn from_str(text: &str) -> Result<Self, UnknownTransport> {
        Self::ALL
            .into_iter()
            .find(|transport| transport.as_str() == text)
            .ok_or_else(|| UnknownTransport(text.to_owned()))
    }
}

/// A text that names no transport we have.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown transport `{0}`; known are http and stdio")]
pub struct UnknownTransport(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_has_one_word_everywhere() {
        for transport in Transport::ALL {
            assert_eq!(transport.to_string().parse(), Ok(transport));
            let text = serde_json::to_string(&transport).unwrap();
            assert_eq!(text, format!("\"{transport}\""));
            assert_eq!(serde_json::from_str::<Transport>(&text).unwrap(), transport);
        }
        let error = "HTTP".parse::<Transport>().unwrap_err();
        assert!(error.to_string().contains("`HTTP`"), "{error}");
    }
}
