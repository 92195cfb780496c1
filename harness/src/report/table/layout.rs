//! How wide the columns of the table are. Knows no report.

use tabled::grid::util::string::get_text_width;

/// Number of columns.
pub(super) const COLUMNS: usize = 7;

/// The columns in the order in which they give way, each with the width below which it does not:
/// first the revision (a range in two lines), then the three answers and the verdict (`expected-`
/// over `fail`), the requirement, and the case last.
const ELASTIC: [(usize, usize); COLUMNS] =
    [(2, 12), (3, 10), (4, 10), (5, 10), (6, 10), (1, 11), (0, 11)];

/// Widths of the columns and of the space between them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Layout {
    /// Width of each column.
    pub(super) widths: [usize; COLUMNS],
    /// Spaces between two columns.
    pub(super) gap: usize,
}

/// The layout in which the rows fit into `width` as far as the columns can give way. The space
/// between columns gives way after the first.
pub(super) fn fit(rows: &[[String; COLUMNS]], width: usize) -> Layout {
    let mut layout = Layout { widths: natural(rows), gap: 2 };
    for (column, least) in ELASTIC {
        let over = total(&layout).saturating_sub(width);
        if let Some(own) = layout.widths.get_mut(column) {
            *own = (*own).saturating_sub(over).max(least.min(*own));
        }
        if total(&layout) > width {
            layout.gap = 1;
        }
    }
    layout
}

fn natural(rows: &[[String; COLUMNS]]) -> [usize; COLUMNS] {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = get_text_width(cell).max(*width);
        }
    }
    widths
}

fn total(layout: &Layout) -> usize {
    layout.widths.iter().sum::<usize>() + layout.gap * (COLUMNS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(case: usize, requirement: usize, revision: usize) -> [String; COLUMNS] {
        [case, requirement, revision, 8, 10, 7, 7].map(|width| "x".repeat(width))
    }

    #[test]
    fn what_fits_is_left_alone() {
        let layout = fit(&[row(20, 12, 22), row(5, 5, 3)], 98);
        assert_eq!(layout, Layout { widths: [20, 12, 22, 8, 10, 7, 7], gap: 2 });
    }

    #[test]
    fn the_revision_gives_way_first() {
        let layout = fit(&[row(20, 12, 22)], 95);
        assert_eq!(layout, Layout { widths: [20, 12, 19, 8, 10, 7, 7], gap: 2 });
    }

    #[test]
    fn then_the_gap_the_requirement_and_the_case() {
        let layout = fit(&[row(30, 20, 22)], 80);
        assert_eq!(layout, Layout { widths: [19, 11, 12, 8, 10, 7, 7], gap: 1 });
        assert_eq!(total(&layout), 80);
    }

    #[test]
    fn long_outcomes_give_way_before_names() {
        let mut cells = row(20, 11, 12);
        cells[6] = "expected-fail".to_owned();
        let layout = fit(&[cells], 84);
        assert_eq!(layout, Layout { widths: [20, 11, 12, 8, 10, 7, 10], gap: 1 });
    }

    #[test]
    fn no_column_vanishes() {
        let layout = fit(&[row(30, 6, 22)], 10);
        assert_eq!(layout.widths, [11, 6, 12, 8, 10, 7, 7]);
    }
}
