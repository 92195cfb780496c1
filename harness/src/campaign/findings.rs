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
                let kind = shape.kind();
                let alike = self.all.keys().filter(|other| other.kind() == kind);
                match alike.clone().count() {
                    0..MOST_OF_A_KIND => true,
                    _ => {
                        let first = alike.min().cloned();
                        first.iter().for_each(|first| self.count(first));
                        false
                    }
                }
            }
        }
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

    /// A failure that happened again, in its simplest form.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(crate) fn keep(
        &mut self,
        first: Shape,
        simplest: Shape,
        verdict: Verdict,
    ) -> Result<(), CampaignError> {
        for shape in [first, simplest.clone()] {
            self.known.insert(shape, Known::Found(simplest.clone()));
        }
        if self.all.contains_key(&simplest) {
            self.count(&simplest);
            return Ok(());
        }
        let path = self.folder.join(format!("{}.toml", simplest.name()));
        write(&path, &page(&verdict))?;
        self.all.insert(simplest, Finding { count: 1, verdict });
        Ok(())
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
