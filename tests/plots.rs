//! Plots in the window and in films: what a hand does to them, what is saved, what is painted.

use std::path::Path;

use bevy_egui::egui;
use egui::accesskit::Role;
use egui::{Modifiers, PointerButton, Pos2, Rect, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use seethe::panel::Request;
use seethe::scene::{PlotKind, PlotSettings, Scene};

use super::bench::{
    Bench, assert_drawable, calm, harness, scene, shown_texts, snapshot, type_into,
};
use super::film::decode::decode;
use super::harness::{folder, seethe, text};

fn plot(observable: &str, kind: PlotKind) -> PlotSettings {
    PlotSettings {
        observable: observable.into(),
        kind,
        ..PlotSettings::default()
    }
}

/// A window on a scene with these plots, every observable having measured `y` at every `x`.
fn window(plots: Vec<PlotSettings>, x: &[f64], y: &[f64]) -> Harness<'static, Bench> {
    let mut scene = scene("mips");
    scene.plots = plots;
    let mut harness = harness(snapshot(scene, x, y), vec2(1440.0, 900.0));
    harness.run_steps(3);
    harness
}

/// The settings that would be saved.
fn settings(harness: &Harness<Bench>) -> Vec<PlotSettings> {
    harness.state().interface.plot_settings()
}

/// Where the chart under the title of an observable is.
fn chart(harness: &Harness<Bench>, title: &str) -> Rect {
    let title = harness
        .get_by(|node| node.label().as_deref() == Some(title) && node.role() != Role::Label)
        .rect();
    Rect::from_min_size(title.left_bottom(), vec2(title.width(), 144.0))
}

fn wheel(harness: &mut Harness<Bench>, at: Pos2, by: f32) {
    harness.hover_at(at);
    harness.run_steps(1);
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, by),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(12);
}

fn drag(harness: &mut Harness<Bench>, button: PointerButton, from: Pos2, by: Vec2) {
    let press = |pos, pressed| egui::Event::PointerButton {
        pos,
        button,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.hover_at(from);
    harness.run_steps(1);
    harness.event(press(from, true));
    harness.run_steps(1);
    for step in 1..=8 {
        harness.hover_at(from + by * (step as f32 / 8.0));
        harness.run_steps(1);
    }
    harness.event(press(from + by, false));
    harness.run_steps(2);
}

fn double_click(harness: &mut Harness<Bench>, at: Pos2) {
    harness.hover_at(at);
    harness.run_steps(1);
    // Every event has a frame of its own here, which lasts a quarter of a second.
    harness
        .ctx
        .options_mut(|options| options.input_options.max_double_click_delay = 3.0);
    for pressed in [true, false, true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run_steps(1);
    harness.run_steps(2);
}

fn title_of(harness: &Harness<Bench>, name: &str) -> &'static str {
    let model = harness.state().snapshot.scene.model;
    model.observable(name).expect("an observable").title
}

const SCALARS: [&str; 2] = ["density_dense", "effective_speed"];

fn line(count: u32) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = (0..count).map(f64::from).collect();
    let y = x.iter().map(|x| 3.0 + 0.25 * x).collect();
    (x, y)
}

#[test]
fn the_wheel_over_an_axis_zooms_it_and_a_double_click_shows_everything() {
    let (x, y) = line(200);
    let mut harness = window(vec![plot(SCALARS[0], PlotKind::Series)], &x, &y);
    let area = chart(&harness, title_of(&harness, SCALARS[0]));
    assert_eq!(
        (settings(&harness)[0].x_range, settings(&harness)[0].range),
        (None, None)
    );
    wheel(
        &mut harness,
        pos2(area.center().x, area.bottom() - 6.0),
        200.0,
    );
    let [low, high] = settings(&harness)[0].x_range.expect("x is fixed");
    // 200 points of scrolling double the scale: half of 0..199 is seen.
    assert!(((high - low) - 99.5).abs() < 2.0, "{low} {high}");
    assert_eq!(settings(&harness)[0].range, None);
    wheel(
        &mut harness,
        pos2(area.left() + 8.0, area.center().y),
        -100.0,
    );
    assert!(settings(&harness)[0].range.is_some());
    // A drag moves what is fixed.
    drag(
        &mut harness,
        PointerButton::Primary,
        area.center(),
        vec2(40.0, 0.0),
    );
    let [moved, end] = settings(&harness)[0].x_range.expect("still fixed");
    assert!(moved < low && (end - moved - (high - low)).abs() < 1e-6 * (high - low));
    double_click(&mut harness, area.center());
    assert_eq!(
        (settings(&harness)[0].x_range, settings(&harness)[0].range),
        (None, None)
    );
}

#[test]
fn a_drag_with_the_right_button_reads_the_slope() {
    let (x, y) = line(200);
    let mut harness = window(vec![plot(SCALARS[0], PlotKind::Series)], &x, &y);
    let area = chart(&harness, title_of(&harness, SCALARS[0]));
    drag(
        &mut harness,
        PointerButton::Secondary,
        area.center() - vec2(50.0, 0.0),
        vec2(100.0, 0.0),
    );
    let shown = shown_texts(&harness);
    assert!(shown.contains("slope 0.25"), "{shown}");
    assert!(shown.contains("points"), "{shown}");
    // What is fitted is no setting of the scene, and a click takes it away.
    assert_eq!(settings(&harness)[0], plot(SCALARS[0], PlotKind::Series));
    double_click(&mut harness, area.center());
    assert!(!shown_texts(&harness).contains("slope"));
}

#[test]
fn a_decay_is_read_on_a_logarithmic_axis() {
    let x: Vec<f64> = (0..200).map(|x| f64::from(x) * 0.1).collect();
    let y: Vec<f64> = x.iter().map(|x| 5.0 * (-x / 2.5).exp()).collect();
    let decay = PlotSettings {
        y_logarithmic: true,
        band: false,
        ..plot(SCALARS[0], PlotKind::Series)
    };
    let mut harness = window(vec![decay], &x, &y);
    let area = chart(&harness, title_of(&harness, SCALARS[0]));
    drag(
        &mut harness,
        PointerButton::Secondary,
        area.center() - vec2(60.0, 0.0),
        vec2(120.0, 0.0),
    );
    let shown = shown_texts(&harness);
    assert!(
        shown.contains("rate −0.4") && shown.contains("decay over 2.5"),
        "{shown}"
    );
}

#[test]
fn the_pointer_reads_the_nearest_point() {
    let (x, y) = line(20);
    let mut harness = window(vec![plot(SCALARS[0], PlotKind::Series)], &x, &y);
    let area = chart(&harness, title_of(&harness, SCALARS[0]));
    harness.hover_at(area.center());
    harness.run_steps(2);
    let shown = shown_texts(&harness);
    assert!(
        shown.contains("t = ") && shown.contains("theory 3"),
        "{shown}"
    );
}

#[test]
fn a_card_is_dragged_to_another_place() {
    let (x, y) = line(50);
    let plots = SCALARS.map(|name| plot(name, PlotKind::Series));
    let mut harness = window(plots.into(), &x, &y);
    let names = |harness: &Harness<Bench>| -> Vec<String> {
        settings(harness)
            .into_iter()
            .map(|plot| plot.observable)
            .collect()
    };
    assert_eq!(names(&harness), SCALARS);
    let area = chart(&harness, title_of(&harness, SCALARS[0]));
    let from = area.left_top() + vec2(60.0, -16.0);
    drag(&mut harness, PointerButton::Primary, from, vec2(0.0, 330.0));
    assert_eq!(names(&harness), [SCALARS[1], SCALARS[0]]);
}

/// Opens the menu of settings of the plot that comes first.
fn open_settings(harness: &mut Harness<Bench>, title: &str) {
    let area = chart(harness, title);
    harness.hover_at(area.center());
    harness.run_steps(2);
    harness.get_by_label("Settings of the plot").click();
    harness.run_steps(3);
}

#[test]
fn settings_are_chosen_typed_and_saved() {
    let (x, y) = line(100);
    let mut harness = window(vec![plot(SCALARS[0], PlotKind::Series)], &x, &y);
    let title = title_of(&harness, SCALARS[0]);
    open_settings(&mut harness, title);
    type_into(&mut harness, "x axis from", "10");
    assert_eq!(settings(&harness)[0].x_range, Some([10.0, 20.0]));
    type_into(&mut harness, "x axis to", "90");
    assert_eq!(settings(&harness)[0].x_range, Some([10.0, 90.0]));
    // A range that ends before it begins cannot be typed: the other end gives way.
    type_into(&mut harness, "x axis from", "95");
    let [low, high] = settings(&harness)[0].x_range.expect("a range");
    assert!(low == 95.0 && high > low);
    for wrong in ["x", "NaN", "inf", "1e40"] {
        type_into(&mut harness, "y axis from", wrong);
        assert_eq!(settings(&harness)[0].range, None, "{wrong}");
        assert!(
            shown_texts(&harness).contains("allowed is a number from"),
            "{wrong}"
        );
    }
    type_into(&mut harness, "Last", "25");
    assert_eq!(settings(&harness)[0].window, Some(25.0));
    harness.get_by_label("histogram").click();
    harness.run_steps(3);
    assert_eq!(settings(&harness)[0].kind, PlotKind::Histogram);
    assert_eq!(
        settings(&harness)[0].x_range,
        None,
        "another kind, another axis"
    );
    type_into(&mut harness, "Bins", "1");
    assert!(shown_texts(&harness).contains("allowed is a number from 2 to 256"));
    type_into(&mut harness, "Bins", "12");
    assert_eq!(settings(&harness)[0].bins, 12);
    harness.get_by_label("scatter").click();
    harness.run_steps(3);
    type_into(&mut harness, "Lag", "3");
    assert_eq!(settings(&harness)[0].lag, Some(3.0));
    assert_drawable(&harness, "scatter");
    // What is saved reads back as what is shown.
    let mut saved: Scene = (*harness.state().snapshot.scene).clone();
    saved.plots = settings(&harness);
    let again = seethe::scene::parse("saved.ron", &saved.to_ron(), &[]).expect("it reads back");
    assert_eq!(again.plots, saved.plots);
}

#[test]
fn plots_are_exported_as_numbers_and_as_pictures() {
    let (x, y) = line(100);
    let mut harness = window(vec![plot(SCALARS[0], PlotKind::Histogram)], &x, &y);
    let area = chart(&harness, title_of(&harness, SCALARS[0]));
    for choice in ["CSV", "3×"] {
        harness.hover_at(area.center());
        harness.run_steps(2);
        harness.get_by_label("Export").click();
        harness.run_steps(3);
        let choices: Vec<_> = harness.get_all_by_label(choice).collect();
        choices[0].click();
        harness.run_steps(3);
    }
    let requests = &harness.state().requests;
    let columns = requests.iter().find_map(|request| match request {
        Request::ExportColumns(columns) => Some(columns),
        _ => None,
    });
    let columns = columns.expect("a table");
    assert_eq!(columns.heads, [SCALARS[0], "density"]);
    let width = columns.rows[1][0] - columns.rows[0][0];
    let integral: f64 = columns.rows.iter().map(|row| row[1] * width).sum();
    assert!((integral - 1.0).abs() < 1e-9, "{integral}");
    let picture = requests.iter().find_map(|request| match request {
        Request::ExportPicture(picture) => Some(picture),
        _ => None,
    });
    let picture = picture.expect("a picture");
    assert_eq!(
        (picture.scale, picture.dark, picture.plots.len()),
        (3, true, 1)
    );
}

#[test]
fn a_plot_is_added_once_more_and_closed_again() {
    let mut harness = harness(calm("mips"), vec2(1440.0, 900.0));
    harness.run_steps(3);
    let before = settings(&harness).len();
    // The first of the model's observables stands at the top of the menu.
    let name = harness.state().snapshot.scene.model.observables[0].name;
    let title = title_of(&harness, name);
    let add = |harness: &mut Harness<Bench>| {
        harness
            .get_by(|node| node.label().is_some_and(|label| label.ends_with("  plot")))
            .click();
        harness.run_steps(3);
        // The row of the card has the same name, and its text; neither is as high as the entry.
        let all: Vec<_> = harness
            .get_all_by_label(title)
            .filter(|node| (20.0..31.0).contains(&node.rect().height()))
            .collect();
        assert_eq!(all.len(), 1);
        all[0].click();
        harness.run_steps(3);
    };
    add(&mut harness);
    assert_eq!(settings(&harness).len(), before + 1);
    assert_eq!(settings(&harness)[0].observable, name);
}

/// The pixels of a still, and how many are in a row.
fn pixels(path: &Path) -> (Vec<[u8; 3]>, usize) {
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("a still"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("an image");
    let pixels = bytes.chunks_exact(info.color_type.samples());
    let pixels = pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    (pixels.collect(), info.width as usize)
}

/// What of a still is the ground of the panel, and what the colour of a line of data.
fn shares(path: &Path, columns: std::ops::Range<usize>) -> [f64; 2] {
    let (pixels, width) = pixels(path);
    let mut counts = [0_usize; 2];
    let mut all = 0;
    for (place, pixel) in pixels.iter().enumerate() {
        if !columns.contains(&(place % width)) {
            continue;
        }
        all += 1;
        let near = |ink: [u8; 3], by: u8| pixel.iter().zip(ink).all(|(a, b)| a.abs_diff(b) <= by);
        counts[0] += usize::from(near([0x11, 0x15, 0x1C], 2));
        // A thin line is seldom wider than a pixel, hence seldom of its full colour.
        let line = near([0x6C, 0xC5, 0xD1], 40) || near([0xB3, 0xA4, 0xF2], 40);
        counts[1] += usize::from(line);
    }
    counts.map(|count| count as f64 / all as f64)
}

#[test]
fn a_still_has_its_plots_beside_the_picture() {
    let folder = folder();
    let path = folder.path().join("still.png");
    let few = ["--set", "population.count=200", "--quiet", "--skip", "2000"];
    let size = ["--size", "1000x600"];
    let command = |flags: &[&str]| {
        let base = ["record", "mips", "-o", text(&path)];
        seethe(&[&base[..], &few, &size, flags].concat()).ends_with(0);
    };
    command(&["--plots"]);
    let [ground, lines] = shares(&path, 700..1000);
    assert!(
        ground > 0.6,
        "the plots lie on the ground of a panel: {ground}"
    );
    assert!(lines > 0.001, "with lines of data: {lines}");
    let [ground, _] = shares(&path, 0..690);
    assert!(ground < 0.02, "and the picture is left alone: {ground}");
    command(&[]);
    let [ground, _] = shares(&path, 700..1000);
    assert!(
        ground < 0.02,
        "without plots the picture is there: {ground}"
    );
}

#[test]
fn the_legend_of_a_layer_has_its_colours_in_a_still() {
    let folder = folder();
    let path = folder.path().join("still.png");
    let scene = ["record", "travelling_wave", "--skip", "20", "--quiet"];
    let flags = ["--size", "1280x720", "--legend", "-o", text(&path)];
    seethe(&[&scene[..], &flags].concat()).ends_with(0);
    let (pixels, width) = pixels(&path);
    // A bar from black to light yellow, in which red never falls by more than a rounding error.
    let bar = |row: &[[u8; 3]]| {
        let part = row[..400].chunk_by(|a, b| b[0].saturating_add(2) >= a[0]);
        part.into_iter().any(|part| {
            let light = |pixel: &[u8; 3]| pixel[0] > 240 && pixel[1] > 220;
            part.len() > 100 && part[0][0] < 30 && part.iter().any(light)
        })
    };
    assert!(pixels.chunks_exact(width).any(bar));
}

#[test]
fn a_film_with_plots_has_every_frame() {
    let folder = folder();
    let path = folder.path().join("film.mp4");
    let base = [
        "record",
        "mips",
        "-o",
        text(&path),
        "--plots",
        "--legend",
        "--quiet",
    ];
    let few = ["--set", "population.count=100", "--size", "640x360"];
    let time = ["--seconds", "0.4", "--steps-per-frame", "100"];
    seethe(&[&base[..], &few, &time].concat()).ends_with(0);
    let film = decode(&path);
    assert_eq!(film.pictures.len(), 12);
    // Where nothing is plotted the ground of the panel is seen: its luma in limited range, by the
    // coefficients of BT.709, is 16 + 219 (0.2126 17 + 0.7152 21 + 0.0722 28) / 255.
    let ground = 33.7;
    for (frame, picture) in film.pictures.iter().enumerate() {
        assert_eq!(picture.width, 640);
        let luma = |column: usize, row: usize| f64::from(picture.luma[row * 640 + column]);
        for (column, row) in [(638, 2), (638, 180), (452, 357)] {
            let found = luma(column, row);
            assert!(
                (found - ground).abs() < 3.0,
                "{frame}: {column} {row}: {found}"
            );
        }
        let brightest = (450..640).flat_map(|column| (0..360).map(move |row| luma(column, row)));
        assert!(
            brightest.fold(0.0, f64::max) > 120.0,
            "text and lines are bright"
        );
    }
}
