//! Where audit records are, as it is typed: `--audit LOCATOR`.
//!
//! Opens nothing and looks at no file.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::str::FromStr;
use url::Url;

/// Where audit records are. Displays as it is typed, without the credentials of a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Locator {
    /// A file to which the target appends one JSON text a line.
    Jsonl(PathBuf),
    /// A query API, by its absolute URL.
    Http(String),
    /// A query API of the target itself, by its path there: `http:/audit`.
    OnTarget(String),
    /// A PostgreSQL database, by its URL.
    Postgres(String),
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A shell command whose standard output is one JSON text a line.
    Exec(String),
    /// `HOST:PORT` at which we serve a webhook; port 0 takes a free one.
    Webhook(String),
    /// `HOST:PORT` at which we receive OpenTelemetry over HTTP; port 0 takes a free one.
    Otlp(String),
    /// No records on purpose.
    None,
}

/// Why a text is no locator.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LocatorError {
    /// The scheme is unknown.
    #[error(
        "unknown audit locator `{0}`; known are jsonl:PATH, http(s)://..., postgres://..., sqlite:PATH, \
         webhook:HOST:PORT, otlp:HOST:PORT, exec:COMMAND and none"
    )]
    Unknown(String),
    /// `jsonl:` without a path.
    #[error("audit locator `jsonl:` needs a path, for example jsonl:audit.jsonl")]
    NoPath,
    /// `sqlite:` without a path.
    #[error("audit locator `sqlite:` needs the path of a database, for example sqlite:gateway.db")]
    NoFile,
    /// `exec:` without a command.
    #[error("audit locator `exec:` needs a command, for example exec:'kubectl logs -f NAME'")]
    NoCommand,
    /// A receiver without a place to listen at.
    #[error(
        "audit locator `{0}` needs the host and port to listen at, for example {1}:127.0.0.1:9009"
    )]
    NoAddress(String, &'static str),
    /// The URL cannot be read.
    #[error("audit locator is no URL: {0}")]
    BadUrl(String),
    /// A path on the target, and no URL of a target.
    #[error(
        "audit locator `{0}` is a path on the target, which needs a target with an http(s) URL"
    )]
    NoTarget(String),
}

impl Locator {
    /// Where a log of text lines is, as it is typed: `exec:COMMAND`, or the path of a file.
    ///
    /// # Errors
    /// When it is neither.
    pub fn of_log(text: &str) -> Result<Self, LocatorError> {
        match text {
            "" => Err(LocatorError::NoPath),
            command if command.starts_with("exec:") => command.parse(),
            path => Ok(Self::Jsonl(PathBuf::from(path))),
        }
    }

    /// The same with a path on the target made whole by the target's URL.
    ///
    /// # Errors
    /// When it is such a path, and `target` is no HTTP URL.
    pub fn on(&self, target: &str) -> Result<Self, LocatorError> {
        match self {
            Self::OnTarget(path) => Self::relative_to(&format!("http:{path}"), target),
            whole => Ok(whole.clone()),
        }
    }

    /// A locator of a profile: as typed, or `http:/path`, which is that path on the target.
    ///
    /// # Errors
    /// When the text is no locator, or is relative and `target` is no HTTP URL.
    pub fn relative_to(text: &str, target: &str) -> Result<Self, LocatorError> {
        let path = text.strip_prefix("http:").filter(|rest| is_path(rest));
        let Some(path) = path else {
            return text.parse();
        };
        let no_target = || LocatorError::NoTarget(text.to_owned());
        let base = Url::parse(target).ok().filter(is_http).ok_or_else(no_target)?;
        let joined = base.join(path).map_err(|error| LocatorError::BadUrl(error.to_string()))?;
        Ok(Self::Http(joined.into()))
    }
}

impl FromStr for Locator {
    type Err = LocatorError;

    fn from_str(text: &str) -> Result<Self, LocatorError> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "none" if text == "none" => Ok(Self::None),
            "jsonl" if rest.is_empty() => Err(LocatorError::NoPath),
            "jsonl" => Ok(Self::Jsonl(PathBuf::from(rest))),
            "exec" if rest.trim().is_empty() => Err(LocatorError::NoCommand),
            "exec" => Ok(Self::Exec(rest.to_owned())),
            "sqlite" if rest.is_empty() => Err(LocatorError::NoFile),
            "sqlite" => Ok(Self::Sqlite(PathBuf::from(rest))),
            "postgres" | "postgresql" if rest.starts_with("//") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            "http" | "https" => http(text, rest),
            "webhook" => address(text, rest, "webhook").map(Self::Webhook),
            "otlp" => address(text, rest, "otlp").map(Self::Otlp),
            _ => Err(LocatorError::Unknown(without_credentials(text))),
        }
    }
}

fn http(text: &str, rest: &str) -> Result<Locator, LocatorError> {
    if is_path(rest) {
        return Ok(Locator::OnTarget(rest.to_owned()));
    }
    match Url::parse(text) {
        Ok(url) if rest.starts_with("//") => Ok(Locator::Http(url.into())),
        Ok(_) => Err(LocatorError::Unknown(without_credentials(text))),
        Err(error) => Err(LocatorError::BadUrl(error.to_string())),
    }
}

/// The host and port behind a scheme; an IPv6 address stands in brackets.
fn address(text: &str, rest: &str, scheme: &'static str) -> Result<String, LocatorError> {
    let is_address = |(host, port): (&str, &str)| {
        let bracketed = host.starts_with('[') && host.ends_with(']');
        let host_only = !host.is_empty() && !host.contains(['/', '@', ' ']);
        host_only && (bracketed || !host.contains(':')) && port.parse::<u16>().is_ok()
    };
    match rest.rsplit_once(':').filter(|parts| is_address(*parts)) {
        Some(_) => Ok(rest.to_owned()),
        None => Err(LocatorError::NoAddress(without_credentials(text), scheme)),
    }
}

/// Whether this is a path as it follows `http:` for a place on the target; `Url` would read it as a
/// host.
fn is_path(rest: &str) -> bool {
    rest.starts_with('/') && !rest.starts_with("//")
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A URL as it may be shown: user, password and query, which may hold a key, are taken out.
pub(super) fn without_credentials(text: &str) -> String {
    let parsed = Url::parse(text).ok().filter(|url| !url.cannot_be_a_base());
    let Some(mut url) = parsed else {
        // Several hosts, for example, or forgotten slashes; a query may hold a password too.
        let rest = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
        return rest.split(['?', '#']).next().unwrap_or_default().to_owned();
    };
    // Both fail only for URLs that cannot have credentials.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

impl Display for Locator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jsonl(path) => write!(f, "jsonl:{}", path.display()),
            Self::OnTarget(path) => write!(f, "http:{path}"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Http(url) | Self::Postgres(url) => f.write_str(&without_credentials(url)),
            Self::Exec(command) => write!(f, "exec:{command}"),
            Self::Webhook(address) => write!(f, "webhook:{address}"),
            Self::Otlp(address) => write!(f, "otlp:{address}"),
            Self::None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Locator, LocatorError};
    use std::path::PathBuf;

    fn parse(text: &str) -> Result<Locator, LocatorError> {
        text.parse()
    }

    #[test]
    fn reads_what_this_version_supports() {
        assert_eq!(parse("none"), Ok(Locator::None));
        assert_eq!(parse("jsonl:a b/x.jsonl"), Ok(Locator::Jsonl(PathBuf::from("a b/x.jsonl"))));
        assert_eq!(parse("jsonl:C:\\x.jsonl"), Ok(Locator::Jsonl(PathBuf::from("C:\\x.jsonl"))));
        let https = parse("https://host:1/audit?x=1");
        assert_eq!(https, Ok(Locator::Http("https://host:1/audit?x=1".to_owned())));
    }

    #[test]
    fn reads_databases_and_hides_their_passwords() {
        assert_eq!(parse("sqlite:a b.db"), Ok(Locator::Sqlite(PathBuf::from("a b.db"))));
        assert_eq!(parse("sqlite:"), Err(LocatorError::NoFile));
        assert!(matches!(parse("postgres:h/db"), Err(LocatorError::Unknown(_))));
        for (url, shown) in [
            ("postgres://u:secret@h:1/db?sslmode=disable", "postgres://h:1/db"),
            ("postgresql://h/db?password=secret", "postgresql://h/db"),
            ("postgres:///db?host=/tmp&password=secret", "postgres:///db"),
            ("postgres://u:secret@h1:1,h2:2/db?password=secret", "h1:1,h2:2/db"),
            ("postgres://h1:1,h2:2/db?password=secret", "postgres://h1:1,h2:2/db"),
            ("postgres://u:se/secret@h/db", "h/db"),
        ] {
            let locator = parse(url).expect(url);
            assert_eq!(locator, Locator::Postgres(url.to_owned()));
            assert_eq!(locator.to_string(), shown);
        }
    }

    #[test]
    fn names_the_known_schemes_for_any_other() {
        for text in ["", "csv:x", "postgres:x", "audit.jsonl", "none:", "http:host", "ftp://host/x"]
        {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains("jsonl:PATH") && error.contains("none"), "{text}: {error}");
        }
        assert_eq!(parse("jsonl:"), Err(LocatorError::NoPath));
        assert!(matches!(parse("http://[::1"), Err(LocatorError::BadUrl(_))));
    }

    #[test]
    fn a_receiver_needs_host_and_port() {
        for text in ["webhook:127.0.0.1:0", "webhook:[::1]:9009", "otlp:localhost:4318"] {
            assert_eq!(parse(text).expect(text).to_string(), text);
        }
        let bad = ["", "9009", "127.0.0.1", ":9009", "h:", "h:65536", "::1:9", "//h:9", "h:9/logs"];
        for rest in bad {
            let error = parse(&format!("webhook:{rest}")).expect_err(rest).to_string();
            assert!(error.contains("for example webhook:127.0.0.1:9009"), "{rest}: {error}");
        }
    }

    #[test]
    fn resolves_a_path_on_the_target() {
        let found = Locator::relative_to("http:/audit", "https://host:8443/mcp/?a=b");
        assert_eq!(found, Ok(Locator::Http("https://host:8443/audit".to_owned())));
        assert_eq!(Locator::relative_to("none", "http://host/"), Ok(Locator::None));
        for target in ["stdio", "", "file:///x"] {
            let found = Locator::relative_to("http:/audit", target);
            assert!(matches!(found, Err(LocatorError::NoTarget(_))), "{target}");
        }
        let named = parse("http:/audit").expect("a path on the target");
        assert_eq!(
            named.on("http://host:1/mcp"),
            Ok(Locator::Http("http://host:1/audit".to_owned()))
        );
        assert!(matches!(named.on("stdio"), Err(LocatorError::NoTarget(_))));
        assert_eq!(Locator::None.on("stdio"), Ok(Locator::None));
    }

    #[test]
    fn never_shows_credentials() {
        let shown =
            parse("http://user:secret@host/audit?key=secret").expect("a locator").to_string();
        assert_eq!(shown, "http://host/audit");
        assert_eq!(parse("jsonl:a.jsonl").expect("a locator").to_string(), "jsonl:a.jsonl");
        assert_eq!(Locator::None.to_string(), "none");
    }
}
