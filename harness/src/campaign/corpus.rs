//! Inputs that showed something new, in memory and as case files in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::CampaignError;
use crate::case::recipe::SessionMode;
use crate::case::requirement::Requirements;
use crate::case::{Case, file, text};
use crate::generate::dice::Dice;

/// Inputs that are kept; what a target does is not endless, but a timestamp in an answer may seem so.
const MOST: usize = 4096;

/// The inputs of a campaign that are worth changing further.
#[derive(Debug)]
pub(crate) struct Corpus {
    folder: PathBuf,
    inputs: Vec<(Case, u32)>,
    seen: BTreeSet<String>,
}

impl Corpus {
    /// An empty corpus that is kept in this folder, which is made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn of(folder: PathBuf) -> Result<Self, CampaignError> {
        fs::create_dir_all(&folder).map_err(|error| CampaignError::folder(&folder, &error))?;
        Ok(Self { folder, inputs: Vec::new(), seen: BTreeSet::new() })
    }

    /// How many behaviours were seen.
    pub(crate) fn behaviours(&self) -> usize {
        self.seen.len()
    }

    /// Keeps an input whose behaviour was not seen before.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(crate) fn consider(&mut self, case: &Case, behaviour: String) -> Result<(), CampaignError> {
        if self.inputs.len() >= MOST || self.seen.contains(&behaviour) {
            return Ok(());
        }
        let path = self.folder.join(name(&behaviour));
        if !path.exists() {
            write(&path, &format!("# {behaviour}\n{}", text::file(case)))?;
        }
        self.seen.insert(behaviour);
        self.inputs.push((case.clone(), 0));
        Ok(())
    }

    /// One of the inputs of an era: of two that the dice pick, the one that was picked less often.
    pub(crate) fn pick(&mut self, modern: Option<bool>, dice: &mut Dice) -> Option<Case> {
        let fits = |case: &Case| {
            let era = case.revisions.first().map(|revision| revision.is_modern());
            is_plain(case) && (modern.is_none() || era == modern)
        };
        let (one, other) = (dice.below(self.inputs.len()), dice.below(self.inputs.len()));
        let used = |at: &usize| self.inputs.get(*at).map_or(u32::MAX, |(_, used)| *used);
        let at = if used(&one) <= used(&other) { one } else { other };
        let (case, used) = self.inputs.get_mut(at)?;
        *used = used.saturating_add(1);
        fits(case).then(|| case.clone())
    }
}

/// Whether an input is its recipe alone: what is before it and around it is not changed.
fn is_plain(case: &Case) -> bool {
    let stimulus = &case.stimulus;
    stimulus.before.is_empty()
        && stimulus.session == SessionMode::Live
        && stimulus.credentials == crate::case::recipe::Credentials::Valid
}

/// The name of the file of a behaviour.
fn name(behaviour: &str) -> String {
    let digest = Sha256::digest(behaviour.as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.toml")
}

/// The cases of a folder of files, in the order of their names; none where there is no such folder.
///
/// # Errors
/// For the first file that is no case, with its line.
pub(crate) fn read(folder: &Path, requirements: &Requirements) -> Result<Vec<Case>, CampaignError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    paths.sort();
    paths.iter().map(|path| read_file(path, requirements)).collect()
}

/// The case of a file that a campaign wrote, or of any case file.
///
/// # Errors
/// When it cannot be read or is no case; the message carries the line.
pub(crate) fn read_file(path: &Path, requirements: &Requirements) -> Result<Case, CampaignError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| CampaignError::Usage(format!("cannot read {shown}: {error}")))?;
    let stem =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    file::parse(&text, &format!("file/{stem}"), &shown, requirements)
        .map_err(|error| CampaignError::Usage(error.to_string()))
}

/// Writes a file of a campaign.
///
/// # Errors
/// When it cannot be written; the message carries its name.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), CampaignError> {
    fs::write(path, text)
        .map_err(|error| CampaignError::Usage(format!("cannot write {}: {error}", path.display())))
}
