//! Count, box and density: two determine the third, and overrides keep the sensible one.

use super::*;

fn scene(inner: &str) -> String {
    format!("(version: 1, model: walkers, {inner}, dt: 0.01)")
}

#[test]
fn any_two_determine_the_third() {
    let by_density = good(&scene("box: (size: (20, 10)), population: (density: 0.5)"));
    assert_eq!(by_density.count, 100);
    let by_packing = good(&scene(
        "box: (size: (20, 10)), population: (packing_fraction: 0.5)",
    ));
    // 0.5 · 200 / (π/4) = 127.3
    assert_eq!(by_packing.count, 127);
    let by_count = good(&scene(
        "box: (aspect: 2.0), population: (count: 100, packing_fraction: 0.5)",
    ));
    let [width, height] = by_count.domain.size;
    assert!((width / height - 2.0).abs() < 1e-12);
    assert!((by_count.packing_fraction() - 0.5).abs() < 1e-12);
    let all = good(&scene(
        "box: (size: (20, 10)), population: (count: 127, packing_fraction: 0.5)",
    ));
    assert_eq!(all.count, 127);
}

#[test]
fn contradictions_and_gaps_are_refused() {
    let three = scene("box: (size: (20, 10)), population: (count: 200, density: 0.5)");
    let problem = only(check(&three));
    assert_eq!(
        (problem.field.as_str(), problem.code),
        ("population.count", "inconsistent")
    );
    assert!(problem.allowed.contains("100"), "{problem}");
    assert_eq!(
        problem.span,
        three.find("200").map(|at| at..at + 3).unwrap_or_default()
    );
    let one = only(check(&scene("population: (count: 200)")));
    assert_eq!((one.field.as_str(), one.code), ("box.size", "missing"));
    let both = only(check(&scene(
        "population: (count: 9, density: 1, packing_fraction: 0.1)",
    )));
    assert_eq!(both.field, "population.packing_fraction");
    let aspect = only(check(&scene(
        "box: (size: (20, 10), aspect: 3), population: (count: 9)",
    )));
    assert_eq!(aspect.field, "box.aspect");
}

#[test]
fn absurd_sizes_are_refused_with_the_numbers() {
    let many = only(check(&scene(
        "box: (size: (1e6, 1e6)), population: (density: 1e9)",
    )));
    assert_eq!(many.code, "too_large");
    assert!(
        many.fault.contains("1000000000000000000000")
            || many.fault.contains("18446744073709551615"),
        "{many}"
    );
    assert!(many.allowed.contains("20000000"), "{many}");
    let wide = only(check(&scene("population: (count: 1e7, density: 1e-12)")));
    assert_eq!(wide.field, "box.size");
    let none = only(check(&scene(
        "box: (size: (0.01, 0.01)), population: (density: 1)",
    )));
    assert!(none.fault.contains("less than one"), "{none}");
}

#[test]
fn the_memory_of_a_crowd_is_estimated_from_its_columns() {
    use crate::model::column::{ColumnDeclaration, Position, Tag};
    const COLUMNS: &[ColumnDeclaration] = &[
        ColumnDeclaration::of::<Position>(),
        ColumnDeclaration::of::<Tag>(),
    ];
    let model = Model {
        columns: COLUMNS,
        parameters: Walkers::declarations,
        ..Model::BARE
    };
    // Three parts of four bytes, twice, and 120 bytes.
    assert_eq!(
        crate::scene::population::memory(&model, 1000),
        1000 * (24 + 120)
    );
    assert_eq!(crate::scene::population::memory(&model, u64::MAX), u64::MAX);
}

#[test]
fn an_overridden_count_keeps_the_density() {
    // The file gives size, count and density: (20, 10), 100 and 0.5.
    let scene = good_set(GOOD, &[("population.count", "400")]);
    assert_eq!(scene.count, 400);
    assert!((scene.density() - 0.5).abs() < 1e-12);
    assert!(
        (scene.domain.size[0] / scene.domain.size[1] - 2.0).abs() < 1e-12,
        "the shape stays"
    );
    let scene = good_set(GOOD, &[("box.size", "(40, 20)")]);
    assert_eq!(scene.count, 400, "a new size keeps the density");
    let scene = good_set(GOOD, &[("density", "0.125")]);
    assert_eq!(
        (scene.count, scene.domain.size),
        (100, [40.0, 20.0]),
        "a new density keeps the count"
    );
    let scene = good_set(GOOD, &[("count", "400"), ("size", "(20, 10)")]);
    assert!(
        (scene.density() - 2.0).abs() < 1e-12,
        "two overrides determine the third"
    );
    let scene = good_set(GOOD, &[("packing_fraction", "0.25")]);
    assert!(
        (scene.packing_fraction() - 0.25).abs() < 1e-12,
        "one form of density replaces the other"
    );
}

#[test]
fn overrides_reach_every_field_by_long_and_short_paths() {
    let scene = good_set(
        GOOD,
        &[
            ("peclet", "7"),
            ("parameters.legs", "6"),
            ("dt", "2e-3"),
            ("seed", "18446744073709551615"),
            ("title", "\"Other\""),
            ("view.layers", "[]"),
            ("dt", "3e-3"),
            ("turning", "diffusive"),
        ],
    );
    assert_eq!(
        (
            scene.values.get(1),
            scene.values.get(2),
            scene.values.get(3)
        ),
        (7.0, 1.0, 6.0)
    );
    assert_eq!(
        (scene.dt, scene.seed),
        (3e-3, u64::MAX),
        "the later one counts"
    );
    assert_eq!(scene.story.title, "Other");
    assert!(scene.view.layers.is_empty());
    let least = "(version: 1, model: walkers, population: (count: 50, density: 2), dt: 0.01)";
    assert_eq!(
        good_set(least, &[("view.height", "3")]).view.height,
        Some(3.0)
    );
}

#[test]
fn faults_of_overrides_name_the_override() {
    let problem = only(check_set(GOOD, &[("seed", "3"), ("peclet", "-1")]));
    assert_eq!(
        (problem.file.as_str(), problem.line, problem.column),
        ("--set #2", 1, 8)
    );
    assert_eq!(
        (problem.field.as_str(), problem.value.as_str()),
        ("parameters.peclet", "-1")
    );
    let problem = only(check_set(GOOD, &[("pecklet", "1")]));
    assert!(problem.remedy.contains("`peclet`"), "{problem}");
    let problem = only(check_set(GOOD, &[("dt", "(1")]));
    assert_eq!(
        (problem.file.as_str(), problem.code),
        ("--set #1", "syntax")
    );
    assert_eq!(only(check_set(GOOD, &[("", "")])).file, "--set #1");
    let problem = only(check_set(GOOD, &[("seed", "18446744073709551616")]));
    assert_eq!(
        (problem.field.as_str(), problem.code),
        ("seed", "out_of_range")
    );
}
