//! Type: every character has a glyph, and text can be read on every ground.

use bevy_egui::egui;
use egui::vec2;
use seethe::model::parameter::Kind;
use seethe::panel::actions::ACTIONS;
use seethe::panel::theme;

use crate::bench::*;

#[test]
fn every_character_has_a_glyph() {
    let mut texts = String::new();
    for model in seethe::models::ALL {
        texts.push_str(&model.equations.join(" "));
        for text in [
            model.title,
            model.summary,
            model.method,
            model.default_scene,
        ] {
            texts.push_str(text);
        }
        for one in (model.parameters)() {
            texts.extend([one.symbol, one.unit, one.doc, one.group]);
            if let Kind::Choice(alternatives) = one.kind {
                texts.extend(alternatives.iter().map(|one| one.doc));
            }
        }
        for one in model.observables {
            texts.extend([one.title, one.symbol, one.unit, one.doc, one.validity]);
        }
        for one in model.colourings {
            texts.extend([one.title, one.symbol, one.unit, one.doc]);
        }
        texts.extend(model.sources.iter().map(|source| source.citation));
        texts.extend(model.initial_conditions.iter().map(|one| one.doc));
        texts.extend(model.layers.iter().map(|layer| layer.doc));
    }
    texts.extend(seethe::scene::gallery::ALL.iter().map(|(_, text)| *text));
    // Every literal of the interface itself.
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/panel"
    ))];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                texts.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for entry in ACTIONS {
        texts.push_str(entry.icon);
    }
    texts.push_str("0123456789⁰¹²³⁴⁵⁶⁷⁸⁹⁻−×∞–");
    let mut letters: Vec<char> = texts
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    letters.sort_unstable();
    letters.dedup();
    let harness = harness(calm("mips"), vec2(400.0, 300.0));
    for family in theme::families() {
        // What a font lacks is drawn as the replacement, whose place in the atlas tells it.
        let place = |letter: char| {
            let white = egui::Color32::WHITE;
            let galley = harness
                .ctx
                .fonts_mut(|fonts| fonts.layout_no_wrap(letter.to_string(), family.clone(), white));
            let glyph = galley
                .rows
                .first()
                .and_then(|row| row.glyphs.first().copied());
            glyph.map(|glyph| (glyph.uv_rect.min, glyph.uv_rect.max))
        };
        let replacement = place('\u{10fffd}');
        assert!(replacement.is_some());
        let missing: Vec<char> = letters
            .iter()
            .copied()
            .filter(|&letter| place(letter) == replacement)
            .collect();
        assert!(missing.is_empty(), "{family:?} lacks {missing:?}");
    }
}

#[test]
fn text_can_be_read_on_every_ground() {
    let luminance = |colour: egui::Color32| {
        let linear = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    };
    for palette in [&theme::DARK, &theme::LIGHT] {
        for ground in [palette.canvas, palette.panel, palette.raised] {
            for ink in [
                palette.text,
                palette.secondary,
                palette.accent,
                palette.fault,
            ] {
                let (a, b) = (luminance(ground), luminance(ink));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{ground:?} {ink:?}: {contrast:.2}");
            }
        }
        let (a, b) = (luminance(palette.accent), luminance(palette.on_accent));
        assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) >= 4.5);
    }
}
