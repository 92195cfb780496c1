//! The layout of an explanation: a heading, and labelled paragraphs of bounded width.

use std::fmt::Write as _;

use crate::report::escape::wrap;

/// Columns of a label with the space behind it.
const LABEL: usize = 11;

/// A page that grows from top to bottom.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// A page of that many columns, with a heading.
    pub(super) fn new(width: usize, heading: &str) -> Self {
        let mut page = Self { text: String::new(), width };
        page.plain(heading);
        page
    }

    /// A paragraph without a label.
    pub(super) fn plain(&mut self, text: &str) {
        for line in wrap(text, self.width) {
            let _ = writeln!(self.text, "{line}");
        }
    }

    /// A paragraph with a label; none where the text is empty.
    pub(super) fn say(&mut self, label: &str, text: &str) {
        self.list(label, &[text.to_owned()]);
    }

    /// A label with one paragraph each; nothing where there is none.
    pub(super) fn list(&mut self, label: &str, texts: &[String]) {
        let mut label = label;
        for text in texts.iter().filter(|text| !text.is_empty()) {
            for line in wrap(text, self.width.saturating_sub(LABEL).max(20)) {
                let _ = writeln!(self.text, "{label:<LABEL$}{line}");
                label = "";
            }
        }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// What was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}
