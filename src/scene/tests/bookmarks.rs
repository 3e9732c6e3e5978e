//! Bookmarks are checked like the rest, and survive saving.

use super::*;
use crate::scene::{Glyph, MOST_BOOKMARKS};

/// The good scene with bookmarks in it.
fn with(bookmarks: &str) -> String {
    let end = GOOD.rfind(')').unwrap_or(0);
    format!("{}    bookmarks: [{bookmarks}],\n)\n", &GOOD[..end])
}

#[test]
fn bookmarks_are_read_and_written() {
    let scene = good(&with(
        r#"
        (name: "Near — φ", view: (colour: heading, glyph: streak, centre: (3.0, -2.0), height: 1.5, layers: [field]),
            parameters: (peclet: 0.5, turning: diffusive)),
        (name: "as the scene"),
        (name: "half", view: (height: 2.0)),"#,
    ));
    let [near, same, half] = scene.bookmarks.as_slice() else {
        panic!("{:?}", scene.bookmarks);
    };
    assert_eq!(near.name, "Near — φ");
    assert_eq!(near.view.colour, "heading");
    assert_eq!(
        (near.view.glyph, near.view.centre),
        (Glyph::Streak, [3.0, -2.0])
    );
    assert_eq!(
        (near.view.height, &*near.view.layers),
        (Some(1.5), &["field".into()][..])
    );
    assert_eq!(near.parameters, [(1, 0.5), (2, 1.0)]);
    assert_eq!((&same.view, same.parameters.len()), (&scene.view, 0));
    // A view that is given says all of itself, as the scene's does.
    assert_eq!(
        (half.view.height, half.view.glyph),
        (Some(2.0), Glyph::Disc)
    );
    let again = good(&scene.to_ron());
    assert_eq!(again, scene);
    assert_eq!(again.bookmarks, scene.bookmarks);
    assert!(ron::from_str::<ron::Value>(&scene.to_ron()).is_ok());
    assert_ne!(scene, good(GOOD), "bookmarks are part of what a scene says");
}

#[test]
fn what_is_wrong_with_a_bookmark_is_told_with_its_place() {
    for (bookmark, field, code, at) in [
        (r#"(view: ())"#, "bookmarks[0].name", "missing", "(view"),
        (r#"(name: 3)"#, "bookmarks[0].name", "wrong_type", "3)"),
        (
            r#"(name: "a", view: (glyph: star))"#,
            "bookmarks[0].view.glyph",
            "unknown_name",
            "star",
        ),
        (
            r#"(name: "a", view: (height: NaN))"#,
            "bookmarks[0].view.height",
            "not_finite",
            "NaN",
        ),
        (
            r#"(name: "a", parameters: (peclet: 1e9))"#,
            "bookmarks[0].parameters.peclet",
            "out_of_range",
            "1e9",
        ),
        (
            r#"(name: "a", parameters: (pecklet: 1))"#,
            "bookmarks[0].parameters.pecklet",
            "unknown_field",
            "pecklet",
        ),
        (
            r#"(name: "a", parameters: (legs: 3))"#,
            "bookmarks[0].parameters.legs",
            "inconsistent",
            "3)",
        ),
        (
            r#"(name: "a"), (name: "b", colour: red)"#,
            "bookmarks[1].colour",
            "unknown_field",
            "colour: red",
        ),
    ] {
        let text = with(bookmark);
        let problem = only(check(&text));
        assert_eq!(problem.field, field, "{problem}");
        assert!(problem.code == code || code == "unknown_name", "{problem}");
        let byte = text.rfind(at).unwrap_or(0);
        assert_eq!(
            (problem.line, problem.column),
            place(&text, byte),
            "{problem}"
        );
    }
}

#[test]
fn the_step_must_be_small_enough_at_every_bookmark() {
    let text = with(r#"(name: "fast", parameters: (walking_speed: 10.0))"#);
    assert!(check(&text).is_ok(), "0.001 is below 0.1 / 10");
    let problem = only(check(&text.replace("dt: 1e-3", "dt: 0.02")));
    assert_eq!(
        (&*problem.field, problem.code),
        ("bookmarks[0].parameters.walking_speed", "step_too_large")
    );
}

#[test]
fn there_is_a_key_for_every_bookmark() {
    let many = r#"(name: "x"),"#.repeat(MOST_BOOKMARKS);
    assert_eq!(good(&with(&many)).bookmarks.len(), MOST_BOOKMARKS);
    let problem = only(check(&with(&format!("{many}{many}"))));
    assert_eq!(problem.field, "bookmarks[9]");
}
