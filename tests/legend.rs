//! The menu of the picture and its legend.

use std::sync::Arc;

use bevy_egui::egui;
use egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::panel::Request;
use seethe::sim::driver::Command;
use seethe::sim::snapshot::{Legend, Snapshot};

use crate::bench::*;

/// A calm run with another legend.
fn with_legend(legend: Legend) -> Snapshot {
    let mut snapshot = calm("mips");
    let mut picture = (*snapshot.picture).clone();
    picture.legend = legend;
    snapshot.picture = Arc::new(picture);
    snapshot
}

/// The view that was asked for last.
fn view_asked(harness: &Harness<Bench>) -> seethe::scene::ViewSettings {
    let requests = harness.state().requests.iter().rev();
    let mut views = requests.filter_map(|request| match request {
        Request::View(view) => Some(view.clone()),
        _ => None,
    });
    views.next().expect("another view")
}

#[test]
fn the_menu_of_the_picture_leads_to_every_setting() {
    use seethe::scene::{Background, Glyph};
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.get_by_label("Legend").click();
    harness.run_steps(3);
    let mut pick = |label: &str| {
        // Some of the menu may be scrolled away.
        harness.get_by_label(label).click_accesskit();
        harness.run_steps(3);
        view_asked(&harness)
    };
    assert_eq!(pick("Streak").glyph, Glyph::Streak);
    assert_eq!(pick("Hexatic order").colour, "hexatic_order");
    assert_eq!(pick("Light").background, Background::Light);
    assert_eq!(pick("Trails").layers, ["trails"]);
    assert_eq!(pick("Density field").layers, ["trails", "density"]);
    assert_eq!(
        pick("Trails").layers,
        ["density"],
        "a second click hides it"
    );
    harness.get_by_label("Columns").click_accesskit();
    harness.run_steps(20);
    harness.get_by_label("Force, x").click_accesskit();
    harness.run_steps(3);
    assert_eq!(view_asked(&harness).colour, "force_x");
    let asked = harness
        .state()
        .requests
        .iter()
        .rev()
        .find_map(|one| match one {
            Request::Run(Command::Show(show)) => Some(show.colour.clone()),
            _ => None,
        });
    assert_eq!(asked.as_deref(), Some("force_x"), "the run is told, too");
    for slider in ["Opacity", "Images of the box", "Bloom"] {
        let found = harness.query_all_by_label(slider).count();
        assert!(found > 0, "{slider}");
    }
}

#[test]
fn the_range_of_the_colours_can_be_typed_and_nonsense_is_refused() {
    let legend = Legend {
        colouring: Some("force"),
        title: "Force".into(),
        range: [0.0, 2.0],
        ..Legend::default()
    };
    let mut harness = harness(with_legend(legend), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness.get_by_label("Legend").click();
    harness.run_steps(3);
    type_into(&mut harness, "High end of the colours", "7.5");
    assert_eq!(view_asked(&harness).range, Some([0.0, 7.5]));
    for wrong in ["-3", "x", "NaN", "1e99"] {
        type_into(&mut harness, "High end of the colours", wrong);
        let asked = &harness.state().requests;
        assert!(
            !asked.iter().any(|one| matches!(one, Request::View(_))),
            "{wrong}"
        );
    }
    harness.state_mut().requests.clear();
    harness.get_by_label("Logarithmic").click();
    harness.run_steps(3);
    assert!(view_asked(&harness).logarithmic);
}

#[test]
fn a_legend_of_kinds_names_and_counts_them() {
    use seethe::model::observable::Category;
    static KINDS: [Category; 2] = [
        Category {
            name: "susceptible",
            colour: [70, 90, 140],
        },
        Category {
            name: "infected",
            colour: [255, 180, 84],
        },
    ];
    let legend = Legend {
        colouring: Some("health"),
        title: "Health".into(),
        categories: &KINDS,
        counts: vec![9876, 12],
        ..Legend::default()
    };
    // A low picture has room for the title alone.
    let all: &[&str] = &["Health", "susceptible", "infected", "12"];
    for (size, words) in [
        (vec2(1440.0, 900.0), all),
        (vec2(300.0, 200.0), &["Health"]),
    ] {
        let mut harness = harness(with_legend(legend.clone()), size);
        harness.run_steps(3);
        let texts = shown_texts(&harness);
        for word in words {
            assert!(texts.contains(word), "{size:?}: {word} in {texts}");
        }
        assert_drawable(&harness, "kinds");
    }
}
