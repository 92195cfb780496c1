use super::super::sample;
use super::*;

#[test]
fn shows() {
    for (width, colour) in [(100, false), (80, false), (110, true)] {
        println!(
            "{}",
            render(
                &sample::full(),
                &Style {
                    width,
                    colour,
                    ..Style::default()
                }
            )
        );
    }
}
