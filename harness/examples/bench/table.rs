//! What was measured, as a table: medians of the rounds, and peak memory.

use std::io::{self, Write};

/// The rates of one round, per second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rates {
    /// The raw loop.
    pub(crate) raw: f64,
    /// The harness.
    pub(crate) gauntlet: f64,
    /// Fuzzing.
    pub(crate) fuzz: f64,
    /// `wrk`, where it is installed.
    pub(crate) wrk: Option<f64>,
}

/// All rounds with so many connections.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Connections open at a time.
    pub(crate) connections: usize,
    /// The rounds.
    pub(crate) rounds: Vec<Rates>,
}

impl Row {
    /// Median, least and greatest of a value over the rounds that have it.
    fn spread(&self, value: impl Fn(&Rates) -> Option<f64>) -> Option<[f64; 3]> {
        let mut values: Vec<f64> = self.rounds.iter().filter_map(value).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.get(values.len() / 2)?;
        Some([*middle, *values.first()?, *values.last()?])
    }

    fn rate(&self, value: impl Fn(&Rates) -> Option<f64>) -> String {
        self.spread(value).map_or_else(|| "-".to_owned(), |[middle, ..]| format!("{middle:.0}"))
    }

    fn ratio(&self, value: impl Fn(&Rates) -> Option<f64>) -> String {
        self.spread(value).map_or_else(
            || "-".to_owned(),
            |[middle, least, most]| format!("{middle:.2} ({least:.2}-{most:.2})"),
        )
    }

    fn cells(&self) -> [String; 8] {
        [
            self.connections.to_string(),
            self.rate(|rates| Some(rates.raw)),
            self.rate(|rates| Some(rates.gauntlet)),
            self.ratio(|rates| Some(rates.gauntlet / rates.raw)),
            self.rate(|rates| rates.wrk),
            self.ratio(|rates| Some(rates.gauntlet / rates.wrk?)),
            self.rate(|rates| Some(rates.fuzz)),
            self.ratio(|rates| Some(rates.fuzz / rates.wrk?)),
        ]
    }
}

/// Prints what it takes to make a message.
///
/// # Errors
/// When standard output is closed.
pub(crate) fn print_generation([by_strategy, mutated, rendered]: [f64; 3]) -> io::Result<()> {
    writeln!(
        io::stdout().lock(),
        "Making a message takes {by_strategy:.0} ns by strategy, {mutated:.0} ns by mutation, and \
         {rendered:.0} ns by mutation with its bytes."
    )
}

/// Prints how fast records are matched, in seconds, and read, in megabytes a second.
///
/// # Errors
/// When standard output is closed.
pub(crate) fn print_records(matching: f64, [read, mapped, wc]: [Option<f64>; 3]) -> io::Result<()> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}"));
    let ratio = |rate: Option<f64>| {
        let ratio = rate.zip(wc).map(|(rate, wc)| format!(" ({:.2} of wc)", rate / wc));
        ratio.unwrap_or_default()
    };
    writeln!(
        io::stdout().lock(),
        "Matching 100 000 records with 10 000 exchanges takes {matching:.2} s.\n\
         1 GB of JSONL in MB/s: read {}{}, read and mapped {}{}, counted by wc -l {}.",
        rate(read),
        ratio(read),
        rate(mapped),
        ratio(mapped),
        rate(wc)
    )
}

/// Prints the table to standard output.
///
/// # Errors
/// When standard output is closed.
pub(crate) fn print(rows: &[Row]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let head = [
        "connections",
        "raw/s",
        "harness/s",
        "ratio",
        "wrk/s",
        "ratio to wrk",
        "fuzz/s",
        "fuzz to wrk",
    ];
    line(&mut out, &head.map(str::to_owned))?;
    for row in rows {
        line(&mut out, &row.cells())?;
    }
    writeln!(out, "Ratios are harness to other: the median of the rounds (least-greatest).")?;
    if let Some(peak) = peak_memory() {
        writeln!(
            out,
            "Peak memory {peak}, with every exchange of a round and the gateway, which runs in this \
             process."
        )?;
    }
    Ok(())
}

fn line(out: &mut impl Write, cells: &[String; 8]) -> io::Result<()> {
    let [connections, raw, gauntlet, ratio, wrk, to_wrk, fuzz, fuzz_to_wrk] = cells;
    writeln!(
        out,
        "{connections:>11} {raw:>8} {gauntlet:>10} {ratio:>18} {wrk:>8} {to_wrk:>18} {fuzz:>8} \
         {fuzz_to_wrk:>18}"
    )
}

/// The most memory that this process ever had resident; none where the system does not tell.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{} MiB", kibibytes / 1024))
}
