//! Which cases show which requirement: by `requirement`, or by `also`.

use std::collections::BTreeMap;

use super::Case;
use super::requirement::{Requirement, Requirements};

/// The requirements with the cases that name them.
#[derive(Debug)]
pub struct Coverage<'a> {
    rows: Vec<Row<'a>>,
}

/// One requirement with the cases that name it.
#[derive(Debug)]
pub struct Row<'a> {
    /// The requirement.
    pub requirement: &'a Requirement,
    /// The cases, in order of their ids; none where the requirement says why.
    pub cases: Vec<&'a Case>,
}

impl<'a> Coverage<'a> {
    /// Finds the cases of every requirement. The order is that of the requirements' ids.
    #[must_use]
    pub fn new(requirements: &'a Requirements, cases: &'a [Case]) -> Self {
        let mut named: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
        for case in cases {
            for id in std::iter::once(&case.requirement).chain(&case.also) {
                named.entry(id).or_default().push(case);
            }
        }
        let row = |requirement: &'a Requirement| Row {
            requirement,
            cases: named.remove(requirement.id.as_str()).unwrap_or_default(),
        };
        Self { rows: requirements.values().map(row).collect() }
    }

    /// Every requirement.
    #[must_use]
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }

    /// How many requirements a case names.
    #[must_use]
    pub fn covered(&self) -> usize {
        self.rows.iter().filter(|row| !row.cases.is_empty()).count()
    }

    /// What does not fit together, one line each: a requirement is named by a case or says why not.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        self.rows.iter().filter_map(Row::fault).collect()
    }
}

impl Row<'_> {
    fn fault(&self) -> Option<String> {
        let id = &self.requirement.id;
        match (self.cases.first(), &self.requirement.uncovered) {
            (Some(case), Some(_)) => {
                Some(format!("remove `uncovered` of {id}: case {} names it", case.id))
            }
            (None, None) => Some(format!("no case names {id}: add one, or say why in `uncovered`")),
            (None, Some(reason)) if reason.trim().is_empty() => {
                Some(format!("`uncovered` of {id} gives no reason"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{file, requirement};

    fn requirements(uncovered: &str) -> Requirements {
        let head = "[[requirement]]\nlevel = \"must\"\nsource = \"s\"\ntext = \"t\"\n";
        let text = format!("{head}id = \"A\"\n{head}id = \"B\"\n{uncovered}");
        let mut list = Requirements::new();
        requirement::read(&text, "r.toml", &mut list).unwrap();
        list
    }

    /// A case of A that also shows the others.
    fn case(also: &[&str], list: &Requirements) -> Case {
        let head = "title = \"t\"\nrequirement = \"A\"\nclass = \"request\"";
        let text = format!("{head}\nalso = {also:?}\n[send]\n");
        file::parse(&text, "x/y", "x/y.toml", list).unwrap()
    }

    fn faults(uncovered: &str, also: &[&str]) -> Vec<String> {
        let list = requirements(uncovered);
        Coverage::new(&list, &[case(also, &list)]).faults()
    }

    #[test]
    fn a_requirement_is_named_or_says_why_not() {
        let why = "uncovered = \"needs a human\"\n";
        assert_eq!(faults("", &["B"]), [""; 0]);
        assert_eq!(faults(why, &[]), [""; 0]);
        assert_eq!(faults("", &[]), ["no case names B: add one, or say why in `uncovered`"]);
        let both = ["remove `uncovered` of B: case x/y names it"];
        assert_eq!(faults(why, &["B"]), both);
        assert_eq!(faults("uncovered = \" \"\n", &[]), ["`uncovered` of B gives no reason"]);
    }

    #[test]
    fn a_case_counts_for_all_that_it_names() {
        let list = requirements("");
        let cases = [case(&["B"], &list)];
        let coverage = Coverage::new(&list, &cases);
        assert_eq!(coverage.covered(), 2);
        assert!(coverage.rows().iter().all(|row| row.cases.len() == 1));
    }
}
