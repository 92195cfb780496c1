//! The dictionary: the words of the vocabulary, as they stand in the seeds.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mcp_gauntlet::audit::profile::CORRELATION_HEADERS;
use mcp_gauntlet::oracle::expect;
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::mirror;
use mcp_gauntlet::wire::revision::Revision;

use super::Seed;

/// Longer texts are no words.
const LONGEST: usize = 48;
/// What JSON, HTTP and event streams are written with.
const SYNTAX: [&str; 22] = [
    "null",
    "true",
    "1e400",
    "-0",
    "18446744073709551616",
    "\\ud800",
    "\\u0000",
    "{\"",
    "\":",
    ",\"",
    "[]",
    "{}",
    "[[[[",
    "\r\n",
    "\n\n",
    "\r\n\r\n",
    "data:",
    "event:",
    "id:",
    "retry:",
    "0\r\n\r\n",
    "\u{feff}",
];
/// Headers of responses that change how they are read.
const HEADERS: [&str; 6] = [
    "HTTP/1.1 200 OK",
    "Content-Length: ",
    "Transfer-Encoding: chunked",
    "Content-Type: text/event-stream",
    "Content-Type: application/json",
    "Connection: close",
];

/// A dictionary in the format of libFuzzer: names of members, methods and short texts of the seeds,
/// error codes, headers and revisions.
#[must_use]
pub fn dictionary(seeds: &[Seed]) -> String {
    let mut words: BTreeSet<String> =
        SYNTAX.iter().chain(&HEADERS).map(|word| (*word).to_owned()).collect();
    let sent = seeds.iter().filter(|seed| seed.target == "raw");
    sent.filter_map(|seed| parse(&seed.bytes).ok())
        .for_each(|message| collect(&message, &mut words));
    let codes = [
        expect::PARSE_ERROR,
        expect::INVALID_REQUEST,
        expect::METHOD_NOT_FOUND,
        expect::INVALID_PARAMS,
        expect::INTERNAL_ERROR,
        expect::MISSING_CAPABILITY,
    ];
    words.extend(codes.iter().map(i64::to_string));
    let headers = [mirror::VERSION, mirror::METHOD, mirror::NAME, mirror::PARAM, "Mcp-Session-Id"];
    words.extend(headers.iter().chain(&CORRELATION_HEADERS).map(|name| format!("{name}: ")));
    words.extend(Revision::ALL.iter().map(|revision| format!("\"{revision}\"")));
    words.iter().fold(String::new(), |mut text, word| {
        let _ = writeln!(text, "\"{}\"", escaped(word));
        text
    })
}

fn collect(value: &Json, words: &mut BTreeSet<String>) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let name = name.raw();
                add(format!("\"{name}\":"), words);
                collect(value, words);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Json::String(text) => add(format!("\"{}\"", text.raw()), words),
        _ => {}
    }
}

fn add(word: String, words: &mut BTreeSet<String>) {
    if (4..=LONGEST).contains(&word.len()) {
        words.insert(word);
    }
}

/// libFuzzer knows `\\`, `\"` and `\xAB`.
fn escaped(word: &str) -> String {
    word.bytes().fold(String::new(), |mut text, byte| {
        let _ = match byte {
            b'"' | b'\\' => write!(text, "\\{}", char::from(byte)),
            b' '..=b'~' => write!(text, "{}", char::from(byte)),
            _ => write!(text, "\\x{byte:02X}"),
        };
        text
    })
}
