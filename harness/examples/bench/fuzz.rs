//! Fuzzing: messages made a second, and the rate of a live campaign.

use std::hint::black_box;
use std::time::{Duration, Instant};

use clap::Parser;
use mcp_gauntlet::case::recipe::Recipe;
use mcp_gauntlet::cli::{Cli, Command};
use mcp_gauntlet::examine::campaign::campaign;
use mcp_gauntlet::generate::base::Ingredients;
use mcp_gauntlet::generate::deal::Dealer;
use mcp_gauntlet::generate::dice::Dice;
use mcp_gauntlet::generate::made::Scene;
use mcp_gauntlet::generate::mutate::mutate;
use mcp_gauntlet::generate::render::render;
use mcp_gauntlet::plan::campaign::read;
use mcp_gauntlet::wire::revision::Revision;
use tokio::sync::mpsc::unbounded_channel;

use crate::stage::Failure;

/// Messages a second of a campaign against a gateway of its own, those around the judged ones
/// included, as for all contenders.
pub(crate) async fn rate(connections: usize, time: Duration) -> Result<f64, Failure> {
    let folder = tempfile::tempdir()?;
    let corpus = folder.path().to_str().ok_or("a folder that is no text")?;
    let (jobs, time) = (connections.to_string(), format!("{}ms", time.as_millis()));
    let line = ["mcp-gauntlet", "fuzz", "--corpus", corpus, "--jobs", &jobs, "--time", &time];
    let cli = Cli::try_parse_from(line)?;
    let Some(Command::Fuzz(fuzz)) = &cli.command else { return Err("no campaign".into()) };
    let (settings, budget) = read(fuzz)?;
    let (events, _receiver) = unbounded_channel();
    let done = campaign(settings, budget, events).await?;
    if let Some(found) = done.report.verdicts.first() {
        return Err(format!("the gateway is not honest: {found:?}").into());
    }
    let sent = f64::from(u32::try_from(done.tally.ledger.sent)?);
    Ok(sent / done.report.header.seconds)
}

/// Nanoseconds that it takes to make one message: by the strategies, by mutation, and by mutation with
/// its bytes.
pub(crate) fn generation() -> [f64; 3] {
    const COUNT: u32 = 20_000;
    let dealer = Dealer::new(1, vec![Scene::full(Revision::V2025_11_25)]);
    let dealt: Vec<Recipe> =
        (0..512).filter_map(|number| dealer.deal(number)).map(|it| it.made.recipe()).collect();
    let mut dice = Dice::new(1);
    let mut child = || {
        let parents = dice.pick(&dealt).zip(dice.pick(&dealt));
        parents.map(|(one, other)| mutate(one, other, &mut dice))
    };
    let with = ingredients();
    let each = |work: &mut dyn FnMut(u32)| {
        let begun = Instant::now();
        (0..COUNT).for_each(&mut *work);
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(COUNT)
    };
    let by_strategy = each(&mut |number| {
        black_box(usize::try_from(number).ok().and_then(|number| dealer.deal(number)));
    });
    let mutated = each(&mut |_| {
        black_box(child());
    });
    let rendered = each(&mut |_| {
        black_box(child().map(|recipe| render(&recipe, &with, Vec::new())));
    });
    [by_strategy, mutated, rendered]
}

fn ingredients() -> Ingredients {
    Ingredients {
        key: "gauntlet00000000x000001".to_owned(),
        id: "7".to_owned(),
        revision: Revision::V2025_11_25.to_string(),
        tools: true,
        working: None,
        failing: None,
        dead: None,
        structured: None,
        progress: None,
        asking: None,
        mirroring: None,
        mirrored: Vec::new(),
        slow: None,
        own: None,
        second: None,
        session: String::new(),
        round: mcp_gauntlet::generate::base::Round::default(),
        address: mcp_gauntlet::generate::base::Address::default(),
    }
}
