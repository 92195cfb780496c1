//! Mutation of JSON messages, one a line, that keeps them JSON: what is changed is a member or a value,
//! and what comes in comes from the messages of the cases. Bytes are left to the fuzzer's own mutator.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use mcp_gauntlet::generate::dice::Dice;
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::text::Text;

use crate::seeds::messages;

/// Changes one place. None where the fuzzer's own mutator is to be asked: half of the time, and where
/// there is nothing to change.
#[must_use]
pub fn mutate(data: &[u8], seed: u32) -> Option<Vec<u8>> {
    let mut dice = Dice::new(u64::from(seed));
    if dice.below(2) == 0 {
        return None;
    }
    let mut lines: Vec<Vec<u8>> = data.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = dice.below(lines.len());
    if dice.below(8) == 0 {
        move_lines(&mut lines, at, &mut dice);
    } else {
        let line = lines.get_mut(at)?;
        let mut message = parse(line).ok()?;
        change(&mut message, &mut dice);
        *line = message.to_text().into_bytes();
    }
    Some(lines.join(b"\n".as_slice()))
}

fn move_lines(lines: &mut Vec<Vec<u8>>, at: usize, dice: &mut Dice) {
    match dice.below(3) {
        0 if lines.len() > 1 => drop(lines.remove(at)),
        1 => {
            let other = dice.below(lines.len());
            lines.swap(at, other);
        }
        _ => {
            let copy = lines.get(at).cloned().unwrap_or_default();
            lines.insert(at, copy);
        }
    }
}

/// Changes one value of a message, each with the same chance.
fn change(message: &mut Json, dice: &mut Dice) {
    let mut left = dice.below(count(message));
    if let Some(value) = nth(message, &mut left) {
        *value = changed(value, dice);
    }
}

fn changed(value: &Json, dice: &mut Dice) -> Json {
    match (value, dice.below(6)) {
        (Json::Object(members), 0..=3) => Json::Object(changed_members(members.clone(), dice)),
        (Json::Array(items), 0) => Json::Array([items.as_slice(), items].concat()),
        (Json::Array(items), 1) => Json::Array(items.iter().skip(1).cloned().collect()),
        (value, 4) => Json::Array(vec![value.clone()]),
        _ => dice.pick(&POOL).map_or(Json::Null, |(_, value)| value.clone()),
    }
}

fn changed_members(mut members: Vec<(Text, Json)>, dice: &mut Dice) -> Vec<(Text, Json)> {
    let at = dice.below(members.len().max(1));
    let known = dice.pick(&POOL).cloned();
    match (dice.below(4), members.get(at).cloned(), known) {
        (0, Some(_), _) => drop(members.remove(at)),
        (1, Some(member), _) => members.push(member),
        (2, Some((_, value)), Some((name, _))) => members.insert(at, (name, value)),
        (_, _, Some(known)) => members.push(known),
        (_, _, None) => {}
    }
    members
}

/// Every member of the messages of the cases, none twice.
static POOL: LazyLock<Vec<(Text, Json)>> = LazyLock::new(|| {
    let mut pool = Vec::new();
    let messages: BTreeSet<Vec<u8>> = messages().into_iter().collect();
    let messages = messages.iter().filter_map(|bytes| parse(bytes).ok());
    messages.for_each(|message| members(&message, &mut pool));
    let mut seen = BTreeSet::new();
    pool.retain(|(name, value)| seen.insert((name.raw().to_owned(), value.to_text())));
    pool
});

fn members(value: &Json, pool: &mut Vec<(Text, Json)>) {
    for (name, value) in value.as_object().unwrap_or_default() {
        pool.push((name.clone(), value.clone()));
        members(value, pool);
    }
}

fn count(value: &Json) -> usize {
    1 + match value {
        Json::Object(members) => members.iter().map(|(_, value)| count(value)).sum(),
        Json::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// The value that comes after `left` others, the outer before the inner.
fn nth<'a>(value: &'a mut Json, left: &mut usize) -> Option<&'a mut Json> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Json::Object(members) => members.iter_mut().find_map(|(_, value)| nth(value, left)),
        Json::Array(items) => items.iter_mut().find_map(|value| nth(value, left)),
        _ => None,
    }
}
