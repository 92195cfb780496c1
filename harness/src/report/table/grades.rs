//! What the records tell, a row per call type: the shape of a gateway's blind spots.

use tabled::builder::Builder;
use tabled::settings::style::Style as Borders;
use tabled::settings::{Color, Padding};

use super::super::escape::shorten;
use super::super::grades::{RUNGS, Row, Told, grades, names};
use super::super::model::{Outcome, Report};
use super::{Style, colour};

/// Columns of a name.
const NAME: usize = 40;

/// The table, or nothing where no record was graded. Lines are ended.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let rows = grades(report);
    if rows.is_empty() {
        return String::new();
    }
    let mut builder = Builder::default();
    builder.push_record(["call type"].into_iter().chain(names()).chain(["grade"]));
    let (mut paints, mut line, mut current) = (Vec::new(), 0, "");
    for ((source, call_type), row) in &rows {
        if *source != current {
            builder.push_record([shorten(source, NAME)]);
            (line, current) = (line + 1, source);
        }
        builder.push_record(cells(call_type, row));
        line += 1;
        let worst = |(at, told): (usize, &Told)| ((line, at + 1), colour(outcome(*told)));
        paints.extend(row.rungs.iter().enumerate().map(worst));
    }
    format!("what the records tell (told/asked)\n\n{}", text(builder, style, paints))
}

fn cells(call_type: &str, row: &Row) -> Vec<String> {
    let cell = |told: &Told| match told.asked {
        0 => "-".to_owned(),
        _ => format!("{}/{}", told.told, told.asked),
    };
    let grade = format!("{} of {RUNGS}", row.reached());
    let name = format!("  {}", shorten(call_type, NAME));
    std::iter::once(name).chain(row.rungs.iter().map(cell)).chain([grade]).collect()
}

fn outcome(told: Told) -> Outcome {
    match told {
        Told { asked: 0, .. } => Outcome::NotApplicable,
        Told { told, asked } if told == asked => Outcome::Pass,
        Told { told: 0, .. } => Outcome::Fail,
        Told { .. } => Outcome::Warn,
    }
}

fn text(builder: Builder, style: &Style, paints: Vec<((usize, usize), Color)>) -> String {
    let mut table = builder.build();
    table.with(Borders::empty()).with(Padding::new(0, 2, 0, 0));
    if style.colour {
        for (place, paint) in paints {
            table.modify(place, paint);
        }
    }
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{Grade, Outcome};
    use super::super::super::sample;
    use super::*;

    fn graded(sources: &[&str]) -> Report {
        let mut report = sample::empty();
        let mut verdict = sample::verdict("a/b", "2025-11-25", Outcome::Pass);
        let grade = |source: &&str| Grade {
            source: (*source).to_owned(),
            call_type: "call_mcp_tool".to_owned(),
            recorded: true,
            failure: Some(true),
            code: Some(false),
            ..Grade::default()
        };
        verdict.grades = sources.iter().map(grade).collect();
        report.verdicts = vec![verdict];
        report
    }

    #[test]
    fn a_row_shows_what_is_told() {
        let text = render(&graded(&[""]), &Style::default());
        insta::assert_snapshot!(text, @r"
        what the records tell (told/asked)

        call type        recorded  failure  code  method+tool  id  content  timing  once  grade
          call_mcp_tool  1/1       1/1      0/1   -            -   -        -       -     2 of 8
        ");
    }

    #[test]
    fn several_sources_stand_apart() {
        let text = render(&graded(&["jsonl:a", "otlp:b"]), &Style::default());
        let firsts: Vec<&str> = text.lines().filter_map(|line| line.split("  ").next()).collect();
        assert_eq!(firsts[2..], ["call type", "jsonl:a", "", "otlp:b", ""]);
    }

    #[test]
    fn without_records_nothing_is_shown() {
        assert_eq!(render(&sample::empty(), &Style::default()), "");
    }
}
