//! Rate of the harness (send, judge, match with records) as a ratio to a raw loop that sends the same
//! body to the same gateway and judges nothing, and to `wrk` where that is installed.
//!
//! Absolute rates say more of the machine and its other guests than of this program, so the contenders
//! take turns and each round is compared within itself; the median of the rounds counts. The gateway
//! runs in this process and takes its share of the processors, from all contenders alike.
//!
//! Usage: `just bench [ROUNDS [SECONDS]]`.

mod fuzz;
mod gauntlet;
mod raw;
mod records;
mod stage;
mod table;
mod wrk;

use std::time::Duration;

use stage::{Failure, Stage};
use table::{Rates, Row};

/// Connections that are open at a time.
const CONNECTIONS: [usize; 2] = [16, 64];

/// How often and how long each contender runs.
#[derive(Clone, Copy, Debug)]
struct Effort {
    rounds: usize,
    time: Duration,
}

impl Effort {
    /// Reads `[ROUNDS [SECONDS]]`; five rounds of two seconds where they are not given.
    fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let rounds = args.next().map_or(Ok(5), |text| text.parse())?;
        let seconds: f64 = args.next().map_or(Ok(2.0), |text| text.parse())?;
        let time = Duration::try_from_secs_f64(seconds)?;
        if rounds == 0 || time.is_zero() {
            return Err("give at least one round and some time".into());
        }
        Ok(Self { rounds, time })
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let effort = Effort::from_args(std::env::args().skip(1))?;
    let wrk = wrk::is_installed().await;
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let mut rounds = Vec::new();
        for number in 0..effort.rounds {
            rounds.push(round(connections, effort.time, (number, wrk)).await?);
        }
        rows.push(Row { connections, rounds });
    }
    table::print(&rows)?;
    table::print_generation(fuzz::generation())?;
    table::print_records(records::matching()?, records::ingest().await?)?;
    Ok(())
}

/// One round on a gateway of its own, so that neither its log nor its memory grows from round to
/// round. Who begins changes from round to round.
async fn round(
    connections: usize,
    time: Duration,
    (number, wrk): (usize, bool),
) -> Result<Rates, Failure> {
    let stage = Stage::set().await?;
    let mut rates = Rates::default();
    for turn in 0..4 {
        match (number + turn) % 4 {
            0 => rates.raw = raw::rate(&stage, connections, time).await?,
            1 => rates.gauntlet = gauntlet::rate(&stage, connections, time).await?,
            // Batches grow to their size in the first seconds.
            2 => rates.fuzz = fuzz::rate(connections, time * 4).await?,
            _ if wrk => rates.wrk = Some(wrk::rate(&stage, connections, time).await?),
            _ => {}
        }
    }
    stage.strike().await;
    Ok(rates)
}
