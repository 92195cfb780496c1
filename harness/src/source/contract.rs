//! What every source is held to: the same records, written in its own way, come out the same.
//!
//! A source joins with a [`Rig`], which plays its target, and a test that calls [`holds`].

use super::{Line, Source};
use crate::wire::json::{Json, parse};
use std::time::{Duration, Instant};

/// Longest wait for what was written.
const PATIENCE: Duration = Duration::from_secs(20);

/// A place where a target writes its records, and the source that reads them.
pub(super) trait Rig {
    /// Opens the source where records are that were written before.
    async fn open(&mut self) -> Source;

    /// Writes records, each an object with the members `n` (a number) and `text`.
    async fn write(&mut self, records: &[String]);

    /// Writes something that is no record; false where nothing but records can be written.
    async fn write_garbage(&mut self) -> bool;

    /// Whether records keep their order: a table has none.
    const ORDERED: bool = true;

    /// What a source makes of the member of a record.
    fn member(line: &Json, name: &str) -> Option<Json> {
        line.get(name).cloned()
    }
}

/// Texts that a careless reader breaks.
const TEXTS: [&str; 6] =
    ["plain", "\"quoted\" \\ back", "two\nlines\tand \u{1}", "é 💥 \u{2028}", "", "[1,\"x\"]"];

/// The number and the text of a record.
type Content = (u64, String);

fn record((number, text): &Content) -> String {
    let text = serde_json::to_string(text).expect("a text");
    format!(r#"{{"n":{number},"text":{text}}}"#)
}

fn content<R: Rig>(line: &Line) -> Option<Content> {
    let Line::Text(line) = line else { return None };
    let line = parse(line.as_bytes()).expect("a record is JSON");
    let number = R::member(&line, "n").expect("a number").to_text().parse().expect("whole");
    let text = R::member(&line, "text").expect("a text");
    Some((number, text.as_str().expect("decoded").to_owned()))
}

fn contents(range: std::ops::Range<u64>) -> Vec<Content> {
    let texts = TEXTS.iter().cycle();
    range.zip(texts).map(|(number, text)| (number, (*text).to_owned())).collect()
}

async fn write<R: Rig>(rig: &mut R, contents: &[Content]) {
    rig.write(&contents.iter().map(record).collect::<Vec<_>>()).await;
}

/// Polls until so many lines have come.
async fn lines(source: &mut Source, count: usize) -> Vec<Line> {
    let (mut lines, begun) = (Vec::new(), Instant::now());
    while lines.len() < count {
        assert!(begun.elapsed() < PATIENCE, "{} of {count} lines came", lines.len());
        lines.extend(source.poll().await.expect("polled"));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    lines
}

/// Reads what was written, and nothing besides.
async fn expect<R: Rig>(source: &mut Source, wanted: &[Content]) {
    let mut came: Vec<Content> =
        lines(source, wanted.len()).await.iter().filter_map(content::<R>).collect();
    if !R::ORDERED {
        came.sort_unstable();
    }
    assert_eq!(came, wanted);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(source.poll().await.expect("polled"), [], "each record comes once");
    }
    assert!(!source.has_more());
}

/// Holds a source to the contract.
pub(super) async fn holds<R: Rig>(mut rig: R) {
    write(&mut rig, &contents(0..3)).await;
    let mut source = rig.open().await;
    assert_eq!(source.poll().await.expect("polled"), [], "what was before is not ours");
    write(&mut rig, &contents(3..9)).await;
    expect::<R>(&mut source, &contents(3..9)).await;
    survives_a_dropped_poll(&mut rig, &mut source).await;
    takes_a_flood(&mut rig, &mut source).await;
    goes_on_after_garbage(&mut rig, &mut source).await;
    assert_eq!(source.lost(), 0);
}

/// A run gives up polls when its work is done first.
async fn survives_a_dropped_poll<R: Rig>(rig: &mut R, source: &mut Source) {
    write(rig, &contents(9..12)).await;
    for wait in 0..4 {
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_micros(wait * 300)) => {}
            came = source.poll() => {
                let came = came.expect("polled");
                // What this poll gave is not given again.
                let rest = contents(9..12).split_off(came.len());
                return expect::<R>(source, &rest).await;
            }
        }
    }
    expect::<R>(source, &contents(9..12)).await;
}

async fn takes_a_flood<R: Rig>(rig: &mut R, source: &mut Source) {
    let flood = contents(12..3012);
    for part in flood.chunks(500) {
        write(rig, part).await;
    }
    expect::<R>(source, &flood).await;
}

async fn goes_on_after_garbage<R: Rig>(rig: &mut R, source: &mut Source) {
    if !rig.write_garbage().await {
        return;
    }
    let garbage = lines(source, 1).await;
    let told = match garbage.as_slice() {
        [Line::Text(text)] => parse(text.as_bytes()).is_err(),
        [Line::Unreadable { why, .. }] => !why.is_empty(),
        _ => false,
    };
    assert!(told, "garbage is one line of its own: {garbage:?}");
    write(rig, &contents(3012..3015)).await;
    expect::<R>(source, &contents(3012..3015)).await;
}

mod files;
mod pages;
mod receivers;
mod rigs;
mod tables;
