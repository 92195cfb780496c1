//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use reference_gateway::{Config, Fault, Network, Upstream, UpstreamKind};
use url::Url;

/// A small MCP gateway with an audit log.
#[derive(Debug, Parser)]
#[command(name = "reference-gateway", version)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Serve stdin and stdout, one message a line, instead of listening
    #[arg(long, conflicts_with_all = ["listen", "api_key_env"])]
    pub(crate) stdio: bool,
    /// A file to which audit records are appended, one JSON object a line
    #[arg(long, value_name = "PATH")]
    audit_file: Option<PathBuf>,
    /// A receiver to which audit records are posted as JSON arrays, in the order in which they were written
    #[arg(long, value_name = "URL")]
    audit_webhook: Option<Url>,
    /// A file to which warnings are appended, beside those on stderr
    #[arg(long, value_name = "PATH")]
    log_file: Option<PathBuf>,
    /// The environment variable that holds the API key of callers
    #[arg(long, value_name = "VARIABLE")]
    api_key_env: Option<String>,
    /// What clients call the gateway, for example https://gateway.example: the issuer in its OAuth
    /// metadata [default: the address that it listens on]
    #[arg(long, value_name = "URL")]
    public_origin: Option<Url>,
    /// A proxy in front of the gateway, as ADDRESS or ADDRESS/BITS: its X-Forwarded-Proto and
    /// X-Forwarded-Host are believed where no --public-origin is declared
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<Network>,
    /// An MCP server behind the gateway; its tools are listed as ALIAS-TOOL
    #[arg(long, value_name = "ALIAS=URL", value_parser = read_upstream)]
    upstream: Vec<Upstream>,
    /// An MCP server that the gateway starts and speaks to on its stdin and stdout
    #[arg(long, value_name = "ALIAS=COMMAND", value_parser = read_command)]
    upstream_command: Vec<Upstream>,
    /// Leave out the builtin upstream "gauntlet"
    #[arg(long)]
    no_builtin: bool,
    /// Plant deliberate defects, to prove that tests can fail
    #[arg(long, value_name = "NAME", num_args = 1..)]
    fault: Vec<Fault>,
}

impl Arguments {
    /// The configuration; `environment` looks a variable up.
    pub(crate) fn into_config(
        self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Config, String> {
        let api_key = match self.api_key_env {
            None => None,
            Some(name) => match environment(&name) {
                Some(key) if !key.is_empty() => Some(key),
                _ => {
                    return Err(format!(
                        "the environment variable {name} of --api-key-env is not set"
                    ));
                }
            },
        };
        let builtin = (!self.no_builtin).then(Upstream::builtin);
        Ok(Config {
            listen: self.listen,
            audit_file: self.audit_file,
            audit_webhook: self.audit_webhook,
            log_file: self.log_file,
            api_key,
            public_origin: self.public_origin,
            trusted_proxies: self.trusted_proxy,
            upstreams: builtin
                .into_iter()
                .chain(self.upstream)
                .chain(self.upstream_command)
                .collect(),
            faults: self.fault,
        })
    }
}

fn read_command(text: &str) -> Result<Upstream, String> {
    let (alias, command) = text.split_once('=').ok_or("it must have the form ALIAS=COMMAND")?;
    let words = shlex::split(command).ok_or("a quote in it is not closed")?;
    Ok(Upstream { alias: alias.to_owned(), kind: UpstreamKind::Command(words) })
}

fn read_upstream(text: &str) -> Result<Upstream, String> {
    let (alias, url) = text.split_once('=').ok_or("it must have the form ALIAS=URL")?;
    let url = Url::parse(url).map_err(|error| format!("{url:?} is no URL: {error}"))?;
    Ok(Upstream { alias: alias.to_owned(), kind: UpstreamKind::Http(url) })
}
