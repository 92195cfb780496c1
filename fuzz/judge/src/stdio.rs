//! The lines of a process: none is lost, joined or cut, however its output comes, and every line is
//! a message, a stray or blank.

use std::time::Duration;

use mcp_gauntlet::oracle::observe::lines::Heard;
use mcp_gauntlet::oracle::observe::observe;
use mcp_gauntlet::transport::stdio::lines::Lines;
use mcp_gauntlet::wire::delivery::{Delivery, End, Output};

use crate::PIECES;

/// Bytes of a line, small enough for short inputs to come to it.
const MAX_LINE: usize = 512;

/// All that a process wrote to its standard output.
pub fn stdio(data: &[u8]) {
    let whole = cut(data, usize::MAX);
    for size in PIECES {
        assert_eq!(cut(data, size), whole, "in pieces of {size} bytes");
    }
    let (lines, overlong) = whole;
    let joined = lines.concat();
    assert!(data.starts_with(&joined), "the lines are not what was written");
    assert!(overlong || joined.len() == data.len(), "something is lost");
    let expected: Vec<&[u8]> = joined.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines, expected, "cut elsewhere than at line feeds");
    hear(data);
}

/// The lines, and whether one was longer than the bound.
fn cut(data: &[u8], size: usize) -> (Vec<Vec<u8>>, bool) {
    let mut lines = Lines::new(MAX_LINE);
    let overlong = data.chunks(size).any(|piece| lines.push(piece));
    lines.finish();
    (std::iter::from_fn(|| lines.pop()).collect(), overlong)
}

fn hear(data: &[u8]) {
    let heard = Heard::read(data);
    let mut said = (0, 0, 0);
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let alone = Heard::read(line);
        said.0 += alone.responses.len();
        said.1 += alone.others.len();
        said.2 += alone.strays.len();
        let something = !alone.responses.is_empty() || !alone.asked.is_empty();
        let told = something || !alone.strays.is_empty() || !alone.quirks.is_empty();
        assert!(told, "nothing is said of the line {}", line.escape_ascii());
    }
    assert_eq!((heard.responses.len(), heard.others.len()), (said.0, said.1), "messages");
    assert!(heard.strays.is_empty() == (said.2 == 0), "strays: {:?}", heard.strays);
    let output = Some(Output { lines: data.to_vec(), errors: String::new() });
    let (end, elapsed) = (End::StillOpen, Duration::ZERO);
    let seen = observe(&Delivery { output, response: None, end, elapsed, surplus: 0 }, &[]);
    assert_eq!(seen.responses.len(), heard.responses.len(), "responses that were observed");
}
