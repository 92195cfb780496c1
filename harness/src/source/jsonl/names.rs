//! Which files of a folder belong to the source: a name or pattern, and what rotation makes of it.

use std::path::{Path, PathBuf};

/// A name, or a pattern of names, in one folder.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) folder: PathBuf,
    /// The name, which is a pattern where [`Self::several`] says so.
    name: String,
    several: bool,
}

impl Names {
    /// What a path means: its last component is a pattern where it has `*`, `?` or `[`, unless a file has
    /// just that name. None for a path without a name that is text.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new(".")).to_owned();
        let several = name.contains(['*', '?', '[']) && !path.exists();
        Some(Self { folder, name, several })
    }

    /// Whether it is a pattern.
    pub(super) const fn several(&self) -> bool {
        self.several
    }

    /// The path, as it was given.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// What a file is by its name.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        let fits = |name: &str| {
            if self.several { matches(&self.name, name) } else { name == self.name }
        };
        let compressed = name.strip_suffix(".gz");
        let plain = compressed.unwrap_or(name);
        let rotated = before_rotation(plain).find(|(base, _)| fits(base));
        match (rotated, compressed) {
            (Some((_, number)), None) => Some(Kind::Rotated(number)),
            (Some((_, number)), Some(_)) => Some(Kind::Compressed(number)),
            (None, Some(_)) if fits(plain) => Some(Kind::Compressed(0)),
            (None, _) if fits(name) => Some(Kind::Active),
            _ => None,
        }
    }
}

/// What a file is by its name. The number is that of its rotation, the higher the older; a date is 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// The target writes to it.
    Active,
    /// It was written to before.
    Rotated(u32),
    /// The same, compressed by gzip.
    Compressed(u32),
}

impl Kind {
    /// Sorts the older first among files of one age.
    pub(super) const fn rank(self) -> u32 {
        match self {
            Self::Active => u32::MAX,
            Self::Rotated(number) => u32::MAX - 1 - 2 * clamped(number),
            // A plain file before its copy, by which the copy is then known.
            Self::Compressed(number) => u32::MAX - 2 * clamped(number),
        }
    }
}

const fn clamped(number: u32) -> u32 {
    if number > 1_000_000 { 1_000_000 } else { number }
}

/// What the name may have been before rotation added `.1`, `-20261120` or `.2026-11-20` to it, and the number;
/// a date is 0.
fn before_rotation<'n>(name: &'n str) -> impl Iterator<Item = (&'n str, u32)> {
    let shorter = |base: &&'n str| {
        let (before, part) = base.rsplit_once(['.', '-'])?;
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then_some(before)
    };
    let number = move |base: &str| {
        let rest = name.get(base.len() + 1..).and_then(|rest| rest.parse().ok());
        rest.filter(|number| *number < 10_000).unwrap_or(0)
    };
    let all = std::iter::successors(Some(name), shorter);
    all.skip(1).map(move |base| (base, number(base)))
}

/// Whether a name fits a pattern of `*`, `?`, `[abc]`, `[a-z]` and `[!a]`. Its cost is bounded by the product
/// of the lengths.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut place, mut star) = (0, 0, None);
    while let Some(char) = name.get(place) {
        let rest = pattern.get(at..).unwrap_or_default();
        match (rest.first(), one(rest, *char)) {
            (Some('*'), _) => {
                star = Some((at + 1, place));
                at += 1;
            }
            (_, Some(length)) => {
                at += length;
                place += 1;
            }
            // The last star takes one more.
            (_, None) => match star {
                Some((behind, taken)) => {
                    star = Some((behind, taken + 1));
                    (at, place) = (behind, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|char| *char == '*')
}

/// How much of the pattern stands for the one character; none where it does not fit.
fn one(pattern: &[char], char: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['[', rest @ ..] => match rest.iter().skip(1).position(|it| *it == ']') {
            Some(end) => {
                let set = rest.get(..=end).unwrap_or_default();
                let (not, set) = match set {
                    ['!' | '^', set @ ..] if !set.is_empty() => (true, set),
                    set => (false, set),
                };
                (is_in(set, char) != not).then_some(end + 3)
            }
            // Without an end it stands for itself.
            None => (char == '[').then_some(1),
        },
        [own, ..] => (*own == char).then_some(1),
        [] => None,
    }
}

fn is_in(set: &[char], char: char) -> bool {
    match set {
        [from, '-', to, rest @ ..] => (*from..=*to).contains(&char) || is_in(rest, char),
        [own, rest @ ..] => *own == char || is_in(rest, char),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Names, matches};
    use std::path::Path;

    #[test]
    fn patterns_fit_names() {
        for (pattern, name) in [
            ("audit-*.jsonl", "audit-1.jsonl"),
            ("audit-*.jsonl", "audit-.jsonl"),
            ("*", "a"),
            ("*a*b*", "xxaxxbxx"),
            ("a?c", "aéc"),
            ("[abc]-[0-9]", "b-7"),
            ("[!a]", "b"),
            ("[]]", "]"),
            ("[a-]", "-"),
            ("[", "["),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("audit-*.jsonl", "audit-1.jsonl.1"),
            ("a?c", "ac"),
            ("[!a]", "a"),
            ("[a-c]", "d"),
            ("*a", "b"),
            ("", "a"),
            ("a", ""),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_of_stars_costs_little() {
        assert!(!matches(&"*a".repeat(120), &"a".repeat(119)));
    }

    #[test]
    fn rotated_files_belong_to_their_name() {
        let names = Names::of(Path::new("/var/log/audit.jsonl")).expect("names");
        for (name, kind) in [
            ("audit.jsonl", Some(Kind::Active)),
            ("audit.jsonl.1", Some(Kind::Rotated(1))),
            ("audit.jsonl.12.gz", Some(Kind::Compressed(12))),
            ("audit.jsonl.gz", Some(Kind::Compressed(0))),
            ("audit.jsonl-20261120", Some(Kind::Rotated(0))),
            ("audit.jsonl-2026-11-20.gz", Some(Kind::Compressed(0))),
            ("audit.jsonl.20261120-153000", Some(Kind::Rotated(0))),
            ("audit.jsonl.bak", None),
            ("audit.jsonl.1.tmp", None),
            ("audit.json", None),
            ("other.jsonl.1", None),
        ] {
            assert_eq!(names.kind(name), kind, "{name}");
        }
        let names = Names::of(Path::new("audit-*.jsonl")).expect("names");
        assert_eq!(names.kind("audit-a.jsonl"), Some(Kind::Active));
        assert_eq!(names.kind("audit-a.jsonl.2"), Some(Kind::Rotated(2)));
        assert_eq!(names.kind("audit.jsonl"), None);
        assert!(Kind::Rotated(2).rank() < Kind::Compressed(2).rank());
        assert!(Kind::Compressed(2).rank() < Kind::Rotated(1).rank());
        assert!(Kind::Rotated(0).rank() < Kind::Active.rank());
    }
}
