//! Ids that come near to one that nobody has.

/// How many are offered.
const MOST: usize = 5;

/// Those that contain the text, or differ from it by few letters; nearest first.
pub(super) fn nearest<'a>(id: &str, all: &'a [String]) -> Vec<&'a str> {
    let wanted = id.to_lowercase();
    let far = wanted.chars().count() / 3;
    let rank = |known: &&'a String| {
        let known_low = known.to_lowercase();
        let distance = distance(&wanted, &known_low);
        let holds = wanted.len() > 2 && known_low.contains(&wanted);
        (holds || distance <= far).then_some((distance, known.as_str()))
    };
    let mut ranked: Vec<(usize, &str)> = all.iter().filter_map(|known| rank(&known)).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(MOST).map(|(_, known)| known).collect()
}

/// The number of letters to insert, remove or replace (Levenshtein).
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (place, a) in one.chars().enumerate() {
        let mut left = place + 1;
        let mut next = vec![left];
        for (pair, b) in row.windows(2).zip(&two) {
            let [diagonal, above] = pair else { continue };
            left = (left + 1).min(above + 1).min(diagonal + usize::from(a != *b));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (one, two, wanted) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("a", "b", 1)]
        {
            assert_eq!(distance(one, two), wanted, "{one} {two}");
        }
    }

    #[test]
    fn the_nearest_come_first_and_the_far_not_at_all() {
        let all = ["answered.reply", "answered.once", "MCP-ID-BOOL", "jsonrpc/id/bool-true"]
            .map(str::to_owned);
        assert_eq!(nearest("answered.repyl", &all), ["answered.reply"]);
        assert_eq!(nearest("answered.onces", &all), ["answered.once"]);
        let [one, two] = nearest("answered", &all)[..] else { panic!("both contain it") };
        assert_eq!((one, two), ("answered.once", "answered.reply"));
        assert_eq!(nearest("bool", &all), ["MCP-ID-BOOL", "jsonrpc/id/bool-true"]);
        assert_eq!(nearest("zzzzzz", &all), [""; 0]);
    }
}
