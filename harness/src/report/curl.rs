//! The shell commands that send one message by hand: a session where the message needs one, then
//! the message with its exact bytes. Credentials stand as the variables of the command line.

use std::fmt::Write as _;

use super::raw;
use crate::runner::headers::GivenHeader;
use crate::wire::envelope::{Envelope, Header};

/// What a reproduction needs beside the envelope.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// URL of the target.
    pub url: &'a str,
    /// Headers of the command line.
    pub given: &'a [GivenHeader],
    /// The live session's id, which the command must open anew; none for a target without sessions.
    pub session: Option<&'a str>,
    /// Revision text.
    pub revision: &'a str,
    /// Whether the session is ended before the message is sent.
    pub ended: bool,
    /// Seconds that are waited for the answer.
    pub seconds: u64,
}

/// A message that is sent beside the one under test.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The message.
    pub envelope: &'a Envelope,
    /// The session of its own on which it is sent, if it has one.
    pub own_session: Option<&'a str>,
    /// How many copies are sent.
    pub times: usize,
    /// Milliseconds after the first of all messages.
    pub at_ms: u64,
}

/// The commands.
#[must_use]
pub fn reproduce(envelope: &Envelope, setting: &Setting<'_>) -> String {
    let live = is_live(envelope, setting);
    let opening = if live { open_session(setting) } else { String::new() };
    format!("{opening}{}", command(envelope, setting, live))
}

/// The commands for a message that is sent `at_ms` milliseconds after the first of those beside it.
#[must_use]
pub fn reproduce_together(
    envelope: &Envelope,
    setting: &Setting<'_>,
    at_ms: u64,
    beside: &[Beside<'_>],
) -> String {
    let live = is_live(envelope, setting);
    let opening = if live { open_session(setting) } else { String::new() };
    let others: String = beside.iter().map(|one| in_background(one, setting)).collect();
    let own = command(envelope, setting, live);
    format!("{opening}{others}{}{own}; wait", sleep(at_ms))
}

fn in_background(one: &Beside<'_>, setting: &Setting<'_>) -> String {
    let own = Setting { session: one.own_session.or(setting.session), ..*setting };
    let live = is_live(one.envelope, &own);
    let opening =
        if one.own_session.is_some() && live { open_session(&own) } else { String::new() };
    let text = format!("( {opening}{}{} ) &", sleep(one.at_ms), command(one.envelope, &own, live));
    match one.times {
        1 => format!("{text} "),
        times => format!("for i in $(seq {times}); do {text} done; "),
    }
}

fn sleep(milliseconds: u64) -> String {
    match milliseconds {
        0 => String::new(),
        _ => format!("sleep {}.{:03}; ", milliseconds / 1000, milliseconds % 1000),
    }
}

/// Whether the message names the session that has to be opened anew.
fn is_live(envelope: &Envelope, setting: &Setting<'_>) -> bool {
    setting.session.is_some_and(|session| mentions(envelope, session))
}

/// The command that sends one message, its session being open.
fn command(envelope: &Envelope, setting: &Setting<'_>, live: bool) -> String {
    if raw::is_beyond_curl(envelope) && setting.url.starts_with("http://") {
        return beyond_curl(envelope, setting, live);
    }
    let (feed, data) = body(&envelope.body);
    let url = match &envelope.path {
        Some(path) => with_variables(&format!("{}{path}", origin(setting.url)), setting.given),
        None => quote(setting.url),
    };
    let mut command = format!("{feed}curl -sS -i -m {}", setting.seconds);
    if envelope.method != "POST" || data.is_empty() {
        let _ = write!(command, " -X {}", quote(&envelope.method));
    }
    command.push_str(&header_arguments(envelope, setting, live));
    let _ = write!(command, "{data} {url}");
    command
}

/// A URL between quotes, with the variable of the command line in the place of a credential.
fn with_variables(url: &str, given: &[GivenHeader]) -> String {
    let shown = given.iter().find_map(|given| {
        let (secret, variable) = (given.secret()?, given.printable.rsplit(' ').next()?);
        url.contains(&secret).then(|| url.replace(&secret, variable))
    });
    shown.map_or_else(|| quote(url), |url| format!("\"{url}\""))
}

/// The message byte for byte over bash's own connection.
fn beyond_curl(envelope: &Envelope, setting: &Setting<'_>, live: bool) -> String {
    let origin = origin(setting.url);
    let authority = origin.trim_start_matches("http://");
    let own = setting.url.get(origin.len()..).filter(|path| !path.is_empty()).unwrap_or("/");
    let path = envelope.path.as_deref().unwrap_or(own);
    let value = |header: &Header| {
        let text = String::from_utf8_lossy(&header.value).into_owned();
        let given = setting.given.iter().find(|given| given.header == *header);
        let printable = given.and_then(|given| given.printable.split_once(": "));
        match printable {
            Some((_, value)) => format!("\"{value}\""),
            None if live && setting.session == Some(text.as_str()) => "\"$S\"".to_owned(),
            None => quote(&text),
        }
    };
    raw::command(envelope, (authority, path), value, &print_bytes(&envelope.body))
}

fn mentions(envelope: &Envelope, session: &str) -> bool {
    let value = session.as_bytes();
    envelope.headers.iter().any(|header| header.value == value)
}

fn origin(url: &str) -> String {
    let scheme = url.find("://").map_or(0, |at| at + 3);
    let path =
        url.get(scheme..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| scheme + at);
    url.get(..path).unwrap_or(url).to_owned()
}

/// Opens a session and keeps its id in `$S`.
fn open_session(setting: &Setting<'_>) -> String {
    let message = format!(
        concat!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{}","#,
            r#""capabilities":{{}},"clientInfo":{{"name":"curl","version":"1"}}}}}}"#
        ),
        setting.revision
    );
    let common = format!(
        "-H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream'{}",
        given_arguments(setting.given)
    );
    let url = quote(setting.url);
    let read = r"tr -d '\r' | sed -n 's/^[Mm][Cc][Pp]-[Ss]ession-[Ii][Dd]: //p'";
    let mut text = format!(
        "S=$(curl -sS -m 5 -D - -o /dev/null {common} -d {} {url} | {read}); ",
        quote(&message)
    );
    let notify = quote(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let _ = write!(
        text,
        "curl -sS -m 5 -o /dev/null {common} -H \"Mcp-Session-Id: $S\" -d {notify} {url}; "
    );
    if setting.ended {
        let _ = write!(
            text,
            "curl -sS -m 5 -o /dev/null -X DELETE{} -H \"Mcp-Session-Id: $S\" {url}; ",
            given_arguments(setting.given)
        );
    }
    text
}

fn given_arguments(given: &[GivenHeader]) -> String {
    given.iter().map(|given| format!(" -H \"{}\"", given.printable)).collect()
}

fn header_arguments(envelope: &Envelope, setting: &Setting<'_>, live: bool) -> String {
    let own = |header: &Header| header_argument(header, setting, live);
    let mut text: String = envelope.headers.iter().map(own).collect();
    // curl adds these by itself unless it is told not to.
    for name in ["Content-Type", "Accept"] {
        if envelope.header(name).is_none() {
            let _ = write!(text, " -H '{name}:'");
        }
    }
    text
}

fn header_argument(header: &Header, setting: &Setting<'_>, live: bool) -> String {
    if let Some(given) = setting.given.iter().find(|given| given.header == *header) {
        return format!(" -H \"{}\"", given.printable);
    }
    let value = String::from_utf8_lossy(&header.value).into_owned();
    if live && setting.session == Some(value.as_str()) {
        return format!(" -H \"{}: $S\"", header.name);
    }
    if value.is_empty() {
        // A colon alone would drop the header.
        return format!(" -H {}", quote(&format!("{};", header.name)));
    }
    format!(" -H {}", quote(&format!("{}: {value}", header.name)))
}

/// What feeds curl, and the argument that takes it.
fn body(body: &[u8]) -> (String, String) {
    if body.is_empty() {
        return (String::new(), String::new());
    }
    match std::str::from_utf8(body) {
        Ok(text) if body.len() < 4096 && !text.chars().any(char::is_control) => {
            (String::new(), format!(" --data-binary {}", quote(text)))
        }
        _ => (format!("{{ {} }} | ", print_bytes(body)), " --data-binary @-".to_owned()),
    }
}

/// Shell commands that print the bytes; long runs of one byte, or of one member, are made.
pub(super) fn print_bytes(body: &[u8]) -> String {
    let mut text = String::new();
    let mut plain = Vec::new();
    let mut rest = body;
    while let Some(first) = rest.first() {
        let unit: &[u8] =
            if rest.starts_with(b"{\"a\":") { b"{\"a\":" } else { std::slice::from_ref(first) };
        let times = repetitions(rest, unit);
        if times >= 64 {
            flush(&mut plain, &mut text);
            text.push_str(&repeat(unit, times));
            rest = rest.get(unit.len() * times..).unwrap_or_default();
        } else {
            plain.push(*first);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    flush(&mut plain, &mut text);
    text.trim_end().to_owned()
}

fn repetitions(bytes: &[u8], unit: &[u8]) -> usize {
    bytes.chunks_exact(unit.len()).take_while(|chunk| *chunk == unit).count()
}

fn repeat(unit: &[u8], times: usize) -> String {
    match std::str::from_utf8(unit) {
        Ok(text) if text.len() > 1 => {
            format!("yes {} | head -n {times} | tr -d '\\n'; ", quote(text))
        }
        _ => {
            let byte = unit.first().copied().unwrap_or_default();
            format!("head -c {times} /dev/zero | tr '\\0' '\\{byte:03o}'; ")
        }
    }
}

fn flush(plain: &mut Vec<u8>, text: &mut String) {
    if !plain.is_empty() {
        let _ = write!(text, "printf '{}'; ", printf_text(plain));
        plain.clear();
    }
}

/// Bytes as the format of printf: what is not printable as octal escapes.
fn printf_text(bytes: &[u8]) -> String {
    let escape = |byte: &u8| match byte {
        b'%' => "%%".to_owned(),
        b'\\' | b'\'' | 0..=31 | 127..=255 => format!("\\{byte:03o}"),
        byte => char::from(*byte).to_string(),
    };
    bytes.iter().map(escape).collect()
}

/// A single-quoted shell word.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(body: &[u8]) -> Envelope {
        let headers = vec![
            Header::new("Content-Type", "application/json"),
            Header::new("Authorization", "Bearer sesame"),
            Header::new("Mcp-Session-Id", "abc"),
        ];
        Envelope { method: "POST".to_owned(), path: None, headers, body: body.to_vec() }
    }

    fn given() -> Vec<GivenHeader> {
        vec![GivenHeader {
            header: Header::new("Authorization", "Bearer sesame"),
            printable: "Authorization: Bearer $KEY".to_owned(),
        }]
    }

    fn command(body: &[u8], session: Option<&str>) -> String {
        let given = given();
        let url = "http://127.0.0.1:1/mcp";
        let setting = Setting {
            url,
            given: &given,
            session,
            revision: "2025-11-25",
            ended: false,
            seconds: 5,
        };
        reproduce(&envelope(body), &setting)
    }

    #[test]
    fn credentials_stay_variables_and_the_session_is_opened_anew() {
        let command = command(b"{\"id\":'7'}", Some("abc"));
        assert!(!command.contains("sesame"), "{command}");
        assert!(command.starts_with("S=$(curl"), "{command}");
        assert!(command.contains("-H \"Mcp-Session-Id: $S\""), "{command}");
        assert!(command.contains(r#"--data-binary '{"id":'\''7'\''}'"#), "{command}");
        assert!(command.contains("-H 'Accept:'"), "{command}");
    }

    #[test]
    fn bytes_and_long_runs_become_printf_and_loops() {
        let mut body = b"\xef\xbb\xbf{%".to_vec();
        body.extend(std::iter::repeat_n(b'x', 5000));
        let command = command(&body, None);
        assert!(
            command.starts_with(
                r"{ printf '\357\273\277{%%'; head -c 5000 /dev/zero | tr '\0' '\170'; } | curl"
            ),
            "{command}"
        );
    }

    #[test]
    fn nested_members_become_a_loop() {
        let body = format!("{}{{}}", "{\"a\":".repeat(100));
        let text = print_bytes(body.as_bytes());
        assert_eq!(text, "yes '{\"a\":' | head -n 100 | tr -d '\\n'; printf '{}';");
    }
}
