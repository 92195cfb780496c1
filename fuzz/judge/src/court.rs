//! From what was said to a verdict, as a run of the harness comes to it. The class of each message is
//! what the oracle reads from its bytes: fuzzed bytes have nothing else.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use mcp_gauntlet::audit::correlate::Correlation;
use mcp_gauntlet::audit::profile::Profile;
use mcp_gauntlet::case::expectation::Expectation;
use mcp_gauntlet::case::recipe::Base;
use mcp_gauntlet::case::requirement::Level;
use mcp_gauntlet::case::switch::Switches;
use mcp_gauntlet::case::{Case, Stimulus, Wait};
use mcp_gauntlet::oracle::checks::answered::describe;
use mcp_gauntlet::oracle::classify::Reading;
use mcp_gauntlet::oracle::evidence::{Evidence, Exchange, Records};
use mcp_gauntlet::oracle::judge::judge;
use mcp_gauntlet::oracle::secrets::Secrets;
use mcp_gauntlet::report::model::{Check, Outcome};
use mcp_gauntlet::runner::batch::{Book, Index};
use mcp_gauntlet::source::Line;
use mcp_gauntlet::wire::revision::Revision;
use mcp_gauntlet::wire::transport::Transport;

use crate::house::{House, PREFIX, subscribes};

static PROFILE: LazyLock<Profile> =
    LazyLock::new(|| Profile::builtin("reference").expect("the profile of the gateway"));

/// Says something in a house, and then a sentinel; judges what was said from the place on that comes
/// back.
///
/// # Panics
/// If a verdict is FAIL, in a fresh house too, with what a reader needs to see why.
pub(crate) async fn try_in(revision: Revision, say: impl AsyncFn(&mut House) -> usize) {
    let mut house = House::lend(revision).await;
    if hear(&mut house, &say).await.is_ok() {
        house.give_back();
        return;
    }
    let mut fresh = House::open(revision).await;
    if let Err(why) = hear(&mut fresh, &say).await {
        panic!("{why}");
    }
}

async fn hear(house: &mut House, say: impl AsyncFn(&mut House) -> usize) -> Result<(), String> {
    let first = say(house).await;
    house.say(Base::Ping).await;
    judged(house, first..house.exchanges.len() - 1)
}

/// Judges these exchanges of a house, the last one of which is a sentinel to all.
///
/// # Panics
/// If a verdict is FAIL, with what a reader needs to see why.
pub(crate) fn try_all(house: &House, tried: Range<usize>) {
    if let Err(why) = judged(house, tried) {
        panic!("{why}");
    }
}

fn judged(house: &House, tried: Range<usize>) -> Result<(), String> {
    let mut book = Book::default();
    house.records().into_iter().for_each(|text| book.take(Line::Text(text), &PROFILE));
    let index = Index::new(&house.exchanges, &[]);
    let correlation = index.correlate(&book, PREFIX);
    let sentinel = house.exchanges.last();
    for place in tried {
        let Some(stimulus) = house.exchanges.get(place) else { continue };
        let records = records(&book, &correlation, place);
        let shown = records.matched.first().map(|(record, _)| record.raw.clone());
        let case = case(stimulus);
        let checks = judge(&Evidence {
            case: &case,
            revision: house.revision,
            control: None,
            stimulus,
            beside: &[],
            pages: &[],
            sentinel,
            life: None,
            hop: None,
            outage: None,
            log: None,
            audit: vec![records],
            secrets: &Secrets::default(),
            switches: &Switches::default(),
        });
        let bad = |check: &&Check| matches!(check.outcome, Outcome::Fail | Outcome::Untestable);
        let failed: Vec<&Check> = checks.iter().filter(bad).collect();
        if !failed.is_empty() {
            return Err(report(house, stimulus, &failed, shown.as_deref()));
        }
    }
    Ok(())
}

fn records<'a>(book: &'a Book, correlation: &Correlation, place: usize) -> Records<'a> {
    let matches = correlation.per_exchange.get(place).cloned().unwrap_or_default();
    let record = |(at, tier): &(usize, _)| Some((book.records.get(*at)?, *tier));
    Records {
        source: None,
        matched: matches.records.iter().filter_map(record).collect(),
        ambiguous: matches.ambiguous,
        broken: book.unreadable.iter().map(String::as_str).collect(),
        too_deep: !book.too_deep.is_empty(),
        orphans: correlation.orphans.iter().filter_map(|at| book.records.get(*at)).collect(),
        leaks: &[],
        lost: &[],
        receives: false,
        names_servers: false,
        profile: &PROFILE,
    }
}

fn case(exchange: &Exchange) -> Case {
    let expectation = Expectation { several: true, orphans: true, ..Expectation::default() };
    Case {
        id: "fuzz".to_owned(),
        title: String::new(),
        note: String::new(),
        requirement: String::new(),
        also: Vec::new(),
        level: Level::Must,
        revisions: Revision::ALL.to_vec(),
        transports: vec![Transport::Http],
        needs: Vec::new(),
        alone: false,
        last: false,
        stimulus: stimulus(&exchange.reading),
        expectation,
    }
}

fn stimulus(reading: &Reading) -> Stimulus {
    let wait = if subscribes(reading) { Wait::Head } else { Wait::Reply };
    Stimulus { wait, ..Stimulus::bare(reading.class) }
}

fn report(house: &House, stimulus: &Exchange, failed: &[&Check], record: Option<&str>) -> String {
    let class = stimulus.reading.class;
    let mut text = format!("FAIL under {}: the message is {class}\n", house.revision);
    for check in failed {
        let Check { check, outcome, expected, actual, .. } = check;
        let outcome = outcome.as_str();
        let _ =
            writeln!(text, "check     {check} {outcome}\nexpected  {expected}\nactual    {actual}");
    }
    let _ = writeln!(text, "sent      {}", stimulus.envelope.body.escape_ascii());
    let received = stimulus.delivery.bytes().escape_ascii();
    let _ = writeln!(text, "received  {}: {received}", describe(stimulus));
    let _ = writeln!(text, "record    {}", record.unwrap_or("none"));
    text
}
