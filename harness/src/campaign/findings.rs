//! What a campaign found: each failure once, by its shape, with a count and a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::CampaignError;
use super::corpus::write;
use super::shape::Shape;
use crate::report::escape::escape;
use crate::report::model::{Outcome, Verdict};

/// Different messages for which one check may fail about one class: what fails for every message of
/// a class would else be found for each.
const MOST_OF_A_KIND: usize = 3;

/// What became of a shape that failed.
#[derive(Clone, Debug)]
enum Known {
    /// It is this finding.
    Found(Shape),
    /// It did not fail again this many times.
    Fleeting(u32),
}

/// One failure.
#[derive(Clone, Debug)]
struct Finding {
    /// How often a message failed like this.
    count: u64,
    /// The verdict on the simplest message that does.
    verdict: Verdict,
}

/// Everything that was found.
#[derive(Debug)]
pub(crate) struct Findings {
    folder: PathBuf,
    known: BTreeMap<Shape, Known>,
    all: BTreeMap<Shape, Finding>,
    /// Failures that did not happen again.
    pub(crate) fleeting: u64,
}

impl Findings {
    /// Nothing yet; what is found is written to this folder, which is made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn of(folder: PathBuf) -> Result<Self, CampaignError> {
        fs::create_dir_all(&folder).map_err(|error| CampaignError::folder(&folder, &error))?;
        let (known, all) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { folder, known, all, fleeting: 0 })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Counts a failure that is known; says whether it is one that has to be looked at.
    pub(crate) fn is_new(&mut self, shape: &Shape) -> bool {
        const TRIES: u32 = 3;
        match self.known.get(shape).cloned() {
            Some(Known::Found(found)) => {
                self.count(&found);
                false
            }
            Some(Known::Fleeting(times)) => times < TRIES,
            None => {
                let is_new = self.room(shape) > 0;
                let alike = self.alike(shape).min().filter(|_| !is_new).cloned();
                alike.iter().for_each(|first| self.count(first));
                is_new
            }
        }
    }

    /// How many more findings of its kind are kept.
    pub(crate) fn room(&self, shape: &Shape) -> usize {
        MOST_OF_A_KIND.saturating_sub(self.alike(shape).count())
    }

    /// The findings of its kind.
    fn alike<'a>(&'a self, shape: &'a Shape) -> impl Iterator<Item = &'a Shape> {
        self.all.keys().filter(|other| other.kind() == shape.kind())
    }

    fn count(&mut self, shape: &Shape) {
        if let Some(finding) = self.all.get_mut(shape) {
            finding.count += 1;
        }
    }

    /// A failure that did not happen again.
    pub(crate) fn forget(&mut self, shape: Shape) {
        self.fleeting += 1;
        match self.known.entry(shape).or_insert(Known::Fleeting(0)) {
            Known::Fleeting(times) => *times += 1,
            Known::Found(_) => {}
        }
    }

    /// A failure that happened again.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(crate) fn keep(&mut self, shape: Shape, verdict: Verdict) -> Result<(), CampaignError> {
        self.known.insert(shape.clone(), Known::Found(shape.clone()));
        self.add(shape, Finding { count: 1, verdict })
    }

    /// The simplest form of a failure that is kept.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(crate) fn simplify(
        &mut self,
        first: Shape,
        simplest: Shape,
        verdict: Verdict,
    ) -> Result<(), CampaignError> {
        let count = self.all.remove(&first).map_or(1, |finding| finding.count);
        if first != simplest {
            // Without it there is one file less to look at; it says nothing that the other does not.
            let _ = fs::remove_file(self.path(&first));
        }
        for shape in [first, simplest.clone()] {
            self.known.insert(shape, Known::Found(simplest.clone()));
        }
        self.add(simplest, Finding { count, verdict })
    }

    fn add(&mut self, shape: Shape, finding: Finding) -> Result<(), CampaignError> {
        if let Some(known) = self.all.get_mut(&shape) {
            known.count += finding.count;
            return Ok(());
        }
        write(&self.path(&shape), &page(&finding.verdict))?;
        self.all.insert(shape, finding);
        Ok(())
    }

    fn path(&self, shape: &Shape) -> PathBuf {
        self.folder.join(format!("{}.toml", shape.name()))
    }

    /// The verdict on each, those that were seen most often first. Its id is the name of its file, and
    /// its title says how often.
    pub(crate) fn into_verdicts(self) -> Vec<Verdict> {
        let mut all: Vec<(Shape, Finding)> = self.all.into_iter().collect();
        all.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.count));
        let told = |(shape, Finding { count, mut verdict }): (Shape, Finding)| {
            verdict.case = format!("findings/{}", shape.name());
            verdict.title = format!("{}: {count} messages failed like this", verdict.title);
            verdict
        };
        all.into_iter().map(told).collect()
    }
}

/// The file of a finding: why it is one, how to send it by hand, and the case.
fn page(verdict: &Verdict) -> String {
    let mut lines = Vec::new();
    for check in verdict.checks.iter().filter(|check| check.outcome == Outcome::Fail) {
        lines.push(format!("{}: expected {}; {}", check.check, check.expected, check.actual));
    }
    lines.push(format!("sent {}", verdict.sent));
    lines.push(format!("received {}", verdict.received));
    lines.extend(verdict.reproduce.lines().map(str::to_owned));
    let comment = |line: &String| format!("# {}\n", escape(line));
    let head: String = lines.iter().map(comment).collect();
    format!("{head}\n{}", verdict.case_file.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::class::Class;
    use crate::case::recipe::{Base, Edit, Recipe};
    use crate::report::sample;

    fn shape(check: &str, edits: &[(&str, &str)]) -> Shape {
        let set = |(at, to): &(&str, &str)| Edit::Set { at: (*at).into(), to: (*to).into() };
        let edits = edits.iter().map(set).collect();
        Shape::of(check, Class::InvalidId, &Recipe { base: Base::Ping, edits })
    }

    fn verdict() -> Verdict {
        let mut verdict = sample::verdict("fuzz/000001", "2025-11-25", Outcome::Fail);
        verdict.checks = vec![sample::check("answered.reply", Outcome::Fail, "silence\n")];
        verdict.case_file = Some("title = 'x'\n".to_owned());
        verdict
    }

    #[test]
    fn failures_of_one_shape_are_one_finding_with_a_count() {
        let folder = tempfile::tempdir().unwrap();
        let mut findings = Findings::of(folder.path().join("findings")).unwrap();
        let first = shape("answered.reply", &[("id", "1.5"), ("method", "7")]);
        let simplest = shape("answered.reply", &[("id", "1.5")]);
        assert!(findings.is_new(&first));
        findings.keep(first.clone(), verdict()).unwrap();
        assert!(!findings.is_new(&first));
        findings.simplify(first.clone(), simplest.clone(), verdict()).unwrap();
        assert!(!findings.is_new(&first) && !findings.is_new(&simplest));
        assert_eq!(findings.len(), 1);
        let text = fs::read_to_string(findings.path(&simplest)).unwrap();
        assert!(!findings.path(&first).exists());
        assert!(
            text.starts_with(
                "# answered.reply: expected what answered.reply requires; silence\\n\n"
            )
        );
        assert!(text.ends_with("\n\ntitle = 'x'\n"), "{text}");
        let [found] = &findings.into_verdicts()[..] else { panic!("not one") };
        assert!(found.title.ends_with(": 4 messages failed like this"), "{}", found.title);
    }

    #[test]
    fn what_fails_for_everything_is_not_found_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let mut findings = Findings::of(folder.path().to_owned()).unwrap();
        for at in ["id", "method", "params"] {
            let shape = shape("answered.reply", &[(at, "1.5")]);
            assert!(findings.is_new(&shape));
            findings.keep(shape, verdict()).unwrap();
        }
        assert!(!findings.is_new(&shape("answered.reply", &[("jsonrpc", "1.5")])));
        assert!(findings.is_new(&shape("answered.code", &[("jsonrpc", "1.5")])));
    }

    #[test]
    fn what_does_not_happen_again_is_looked_at_three_times() {
        let folder = tempfile::tempdir().unwrap();
        let mut findings = Findings::of(folder.path().to_owned()).unwrap();
        let shape = shape("answered.reply", &[("id", "1.5")]);
        for _ in 0..3 {
            assert!(findings.is_new(&shape));
            findings.forget(shape.clone());
        }
        assert!(!findings.is_new(&shape));
        assert_eq!((findings.fleeting, findings.len()), (3, 0));
    }
}
