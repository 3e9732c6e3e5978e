//! Pictures that stay on the device that computes: the same as those of the columns, at what cost, and
//! which cannot be made there.
//!
//! The device stands for that of a window, which draws on it with the painter of graphics devices.

use std::sync::Arc;

use bevy::tasks::block_on;
use seethe::gpu::{Choice, Device, GpuEngine, Window, list};
use seethe::model::Model;
use seethe::model::twin::Hue;
use seethe::scene::Glyph;
use seethe::sim::engine::ReadFor;
use seethe::sim::marks::{picture as left_there, plan};
use seethe::sim::past::Past;
use seethe::sim::snapshot::PictureRequest;
use seethe::sim::{Simulation, snapshot};
use seethe::view::{Camera, Frame, Picture, PictureStyle, Studio};

use crate::gpu::{device, start_of, twin};

/// A device as a window opens it, on the adapter that computes when none is named.
pub fn window() -> Option<Window> {
    device()?;
    let wanted = list().swap_remove(0).name;
    let backends = wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY);
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = block_on(instance.enumerate_adapters(backends)).into_iter();
    let adapter = adapters.find(|one| one.get_info().name == wanted)?;
    let request = adapter.request_device(&wgpu::DeviceDescriptor {
        label: Some("window"),
        required_limits: adapter.limits(),
        required_features: adapter.features() & wgpu::Features::FLOAT32_BLENDABLE,
        ..Default::default()
    });
    let (device, queue) = block_on(request).expect("a device");
    // As a window does: whatever nobody catches must not end the program.
    device.on_uncaptured_error(Arc::new(|error: wgpu::Error| eprintln!("{error}")));
    Some(Window {
        device,
        queue,
        info: adapter.get_info(),
    })
}

pub fn engine(window: &Window, model: &Model) -> Result<GpuEngine, String> {
    let twin = model.twin.ok_or("it has no compute shader")?;
    let device = Device::beside(Some(window), &Choice::default()).map_err(|e| e.to_string())?;
    assert!(device.is_shared(), "{}", device.line());
    GpuEngine::new(device, twin).map_err(|error| error.to_string())
}

/// The greatest difference of a channel, and the share of the channels that differ.
fn difference(a: &Frame, b: &Frame) -> (u8, f64) {
    assert_eq!(a.pixels.len(), b.pixels.len());
    let apart = || a.pixels.iter().zip(&b.pixels).map(|(a, b)| a.abs_diff(*b));
    let differ = apart().filter(|&off| off > 0).count();
    (
        apart().max().unwrap_or(0),
        differ as f64 / a.pixels.len() as f64,
    )
}

/// Places in single precision are off by 3 · 2⁻²⁴ of half the box, which for the pictures here is
/// 10⁻⁴ pixels: what a soft edge covers changes by 0.03 codes, so that a code may be rounded the
/// other way, of three in a hundred pixels on edges. Directions are off by 10⁻⁷ turns, where the next
/// colour is 1/256 turn away: of a thousand particles one in twenty such pictures has another colour,
/// and the seeds are fixed.
#[track_caller]
pub fn assert_same(a: &Frame, b: &Frame, what: &str) {
    let (most, share) = difference(a, b);
    assert!(most <= 1 && share < 0.03, "{what}: {most} {share}");
}

/// The box in the middle of its images.
pub fn style(run: &Simulation, legend: &snapshot::Legend, size: [u32; 2]) -> PictureStyle {
    let domain = run.scene().domain;
    PictureStyle {
        camera: Camera {
            centre: [0.3 * domain.size[0], 0.0],
            scale: 0.7 * f64::from(size[1]) / domain.size[1],
        },
        ..PictureStyle::of(&run.scene().view, legend)
    }
}

#[test]
fn a_picture_from_the_buffers_is_that_of_the_columns() {
    let Some(window) = window() else { return };
    let mut studio = Studio::sharing(&window.device, &window.queue);
    let colour = |colour: &str| PictureRequest {
        colour: colour.into(),
        ..PictureRequest::default()
    };
    let dark = |range| PictureRequest {
        range: Some(range),
        ..colour("force")
    };
    let darts = PictureRequest {
        glyph: Glyph::Arrow,
        ..colour("heading")
    };
    let mixed = ("parameters.polydispersity", "0.2");
    let reflecting = ("box.boundary", "reflecting");
    let direct = ("parameters.summation", "direct");
    let pair = ("parameters.components", "two_component");
    type Case = (
        &'static str,
        usize,
        &'static [(&'static str, &'static str)],
        PictureRequest,
    );
    let mixed: &'static [_] = Box::leak(Box::new([mixed]));
    let walled: &'static [_] = Box::leak(Box::new([reflecting]));
    let gas: &'static [_] = Box::leak(Box::new([
        direct,
        pair,
        ("parameters.core", "0.5"),
        ("box.size", "(60, 60)"),
    ]));
    let cases: [Case; 9] = [
        // One colour: all diameters are one.
        ("active", 900, &[], colour("diameter")),
        ("active", 900, &[], colour("heading")),
        ("active", 900, mixed, colour("diameter")),
        ("active", 900, walled, darts),
        ("active", 900, &[], colour("tag")),
        ("active", 900, mixed, dark([0.0, 60.0])),
        // Light that adds up: below a pixel of radius.
        ("active", 60_000, &[], colour("heading")),
        ("coulomb", 200, gas, colour("charge")),
        ("coulomb", 200, gas, colour("tag")),
    ];
    let mut seen: Vec<Frame> = Vec::new();
    for (model, count, changes, request) in cases {
        let what = format!("{model} {count} {request:?}");
        let mut run = start_of(model, count, changes);
        let engine = engine(&window, run.scene().model).expect("an engine");
        run.engage(Box::new(engine)).expect("a hand-over");
        // Long enough for particles to be sorted on the way, where they see each other.
        let steps = if count > 10_000 { 20 } else { 200 };
        run.advance_ahead(steps, || true).expect("steps");
        assert!(run.engine().is_some(), "{:?}", run.take_news());
        let there = plan(&run, &request);
        let there = left_there(&mut run, &there, 1).unwrap_or_else(|why| panic!("{what}: {why}"));
        assert_eq!((there.step, there.particles.len()), (steps, 0));
        assert_eq!(run.read_backs().pictures + run.read_backs().hands, 0);
        run.catch_up(ReadFor::Picture);
        let here = snapshot::picture(&run, &request, &Past::default(), 2);
        assert_eq!(there.legend, here.legend, "{what}");
        for size in [[400, 300], [251, 333]] {
            let style = style(&run, &here.legend, size);
            let mut shoot = |picture: &snapshot::Picture| {
                let picture = Picture(Arc::new(picture.clone()));
                studio.shoot(&picture, &style, size).expect("a picture")
            };
            let (a, b) = (shoot(&there), shoot(&here));
            assert_same(&a, &b, &what);
            seen.push(a);
        }
    }
    // The comparison sees something: no two cases look the same.
    for (k, one) in seen.iter().enumerate().step_by(2) {
        for other in seen.iter().take(k).step_by(2) {
            assert!(difference(one, other).0 > 20);
        }
    }
}

#[test]
fn what_a_device_colours_is_a_colour_of_its_model() {
    let twins = seethe::models::ALL
        .iter()
        .filter_map(|model| Some((model, model.twin?)));
    for (model, twin) in twins {
        for (name, hue) in twin.hues {
            let shade = model.shades().find(|shade| shade.name() == *name);
            let shade = shade.unwrap_or_else(|| panic!("{}: no colour {name}", model.name));
            assert_eq!(shade.cyclic(), *hue == Hue::Angle, "{name}");
        }
    }
}

#[test]
fn a_device_of_its_own_draws_nothing_and_says_why() {
    let Some(device) = device() else { return };
    let mut run = start_of("active", 200, &[]);
    let engine = GpuEngine::new(device, twin(&run)).expect("an engine");
    run.engage(Box::new(engine)).expect("a hand-over");
    run.advance(5).expect("steps");
    let request = PictureRequest {
        colour: "heading".into(),
        ..PictureRequest::default()
    };
    let there = plan(&run, &request);
    let Err(why) = left_there(&mut run, &there, 1) else {
        panic!("nobody draws on it");
    };
    assert!(why.contains("not drawn on the device"), "{why}");
    let refused = |request: PictureRequest| plan(&run, &request).map(|_| ()).expect_err("columns");
    for (request, words) in [
        (
            PictureRequest {
                layers: vec!["density".into()],
                ..request.clone()
            },
            "layer",
        ),
        (
            PictureRequest {
                glyph: Glyph::Streak,
                ..request.clone()
            },
            "come from",
        ),
        (
            PictureRequest {
                colour: "force".into(),
                ..request.clone()
            },
            "follows the data",
        ),
        (
            PictureRequest {
                colour: "hexatic_order".into(),
                ..request.clone()
            },
            "Hexatic order",
        ),
    ] {
        let why = refused(request);
        assert!(why.contains(words), "{why}");
    }
}

/// Measures, with `SEETHE_FULL` in the environment: a picture from the buffers beside one that is read
/// back, packed and sent.
#[test]
fn what_a_picture_costs() {
    if std::env::var_os("SEETHE_FULL").is_none() {
        println!("skipped: set SEETHE_FULL=1 for the times of pictures");
        return;
    }
    let Some(window) = window() else { return };
    let mut studio = Studio::sharing(&window.device, &window.queue);
    let request = PictureRequest {
        colour: "heading".into(),
        ..PictureRequest::default()
    };
    for count in [100_000, 1_000_000] {
        let mut run = start_of("active", count, &[]);
        let engine = engine(&window, run.scene().model).expect("an engine");
        run.engage(Box::new(engine)).expect("a hand-over");
        let there = plan(&run, &request);
        let mut revision = 0;
        for way in ["buffers", "columns"] {
            let mut times = [0.0; 2];
            for round in 0..4 {
                run.advance_ahead(1, || true).expect("a step");
                revision += 1;
                let began = std::time::Instant::now();
                let picture = if way == "buffers" {
                    left_there(&mut run, &there, revision).expect("a picture")
                } else {
                    run.catch_up(ReadFor::Picture);
                    snapshot::picture(&run, &request, &Past::default(), revision)
                };
                let made = began.elapsed().as_secs_f64();
                // One image of the box, as when the box fills the window.
                let style = PictureStyle {
                    ghosts: 0.0,
                    ..style(&run, &picture.legend, [1000, 800])
                };
                let picture = Picture(Arc::new(picture));
                studio
                    .shoot(&picture, &style, [1000, 800])
                    .expect("a frame");
                // The first round compiles and allocates.
                if round > 0 {
                    times[0] += made / 3.0;
                    times[1] += began.elapsed().as_secs_f64() / 3.0;
                }
            }
            println!(
                "{count} particles from {way}: made in {:.1} ms, on the sheet after {:.1} ms",
                1e3 * times[0],
                1e3 * times[1]
            );
        }
    }
}
