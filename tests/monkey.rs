//! A monkey at the interface: a hundred thousand seeded events on a running scene, without a panic.
//!
//! What it asks of the run is done, so that the interface also sees restarts, other scenes, broken
//! steps and parameters at the ends of their ranges. Files and the camera are left alone.

use bevy_egui::egui;
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Vec2, pos2, vec2};
use seethe::panel::{self, Frame, Interface, Request, SceneEntry, Surroundings};
use seethe::scene::gallery::SCENES;
use seethe::sim::Lab;
use seethe::sim::driver::Command;

use crate::harness::scene;

const EVENTS: usize = 100_000;
/// Events that arrive between two frames.
const PER_FRAME: usize = 16;
/// The monkey may ask for crowds, but the test machine has other things to do.
const CROWD: usize = 30_000;

/// Numbers that are the same in every run: Knuth's linear congruential generator.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())]
    }

    fn place(&mut self, room: Vec2) -> Pos2 {
        let mut part = |side: f32| (self.roll(10_001) as f32 / 10_000.0) * (side + 40.0) - 20.0;
        pos2(part(room.x), part(room.y))
    }
}

const SIZES: &[Vec2] = &[
    vec2(1440.0, 900.0),
    vec2(1440.0, 900.0),
    vec2(1024.0, 640.0),
    vec2(3840.0, 2160.0),
    vec2(300.0, 200.0),
    vec2(1.0, 1.0),
    vec2(0.0, 0.0),
];
const TEXTS: &[&str] = &[
    "0", "-1", "NaN", "inf", "1e308", "1e-320", "12", "0.5", "hexatic", "π", "\u{202e}", "{}", "",
];

/// Everything that is held down or has a place between events.
struct Monkey {
    dice: Dice,
    room: Vec2,
    pointer: Pos2,
    down: Option<PointerButton>,
    modifiers: Modifiers,
}

impl Monkey {
    fn event(&mut self) -> Event {
        let modifiers = self.modifiers;
        match self.dice.roll(100) {
            0..30 => {
                // Mostly short ways, so that drags are drags.
                let far = self.dice.roll(3) == 0;
                let step = self.dice.place(vec2(60.0, 60.0)) - pos2(30.0, 30.0);
                self.pointer = if far {
                    self.dice.place(self.room)
                } else {
                    self.pointer + step
                };
                Event::PointerMoved(self.pointer)
            }
            30..65 => {
                let pressed = self.down.is_none();
                let buttons = [
                    PointerButton::Primary,
                    PointerButton::Primary,
                    PointerButton::Primary,
                    PointerButton::Secondary,
                    PointerButton::Middle,
                ];
                let button = match self.down.take() {
                    Some(button) => button,
                    None => self.dice.of(&buttons),
                };
                self.down = pressed.then_some(button);
                let pos = self.pointer;
                Event::PointerButton {
                    pos,
                    button,
                    pressed,
                    modifiers,
                }
            }
            65..72 => Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, self.dice.roll(241) as f32 - 120.0),
                phase: egui::TouchPhase::Move,
                modifiers,
            },
            72..88 => Event::Key {
                key: self.dice.of(Key::ALL),
                physical_key: None,
                pressed: self.dice.roll(4) != 0,
                repeat: false,
                modifiers,
            },
            88..94 => Event::Text(self.dice.of(TEXTS).into()),
            94 => Event::Paste(self.dice.of(TEXTS).into()),
            95 => Event::PointerGone,
            96 => Event::WindowFocused(self.dice.roll(2) == 0),
            97 => Event::Zoom(self.dice.of(&[1.0, 1.5, 0.5])),
            _ => {
                self.modifiers = self.dice.of(&[
                    Modifiers::NONE,
                    Modifiers::NONE,
                    Modifiers::COMMAND,
                    Modifiers::SHIFT,
                    Modifiers::ALT,
                    Modifiers::COMMAND.plus(Modifiers::SHIFT),
                ]);
                Event::ModifiersChanged(self.modifiers)
            }
        }
    }
}

/// Every vertex that would be drawn is a place.
fn assert_drawable(context: &egui::Context, output: egui::FullOutput, room: Vec2) {
    let broken = |primitives: &[egui::ClippedPrimitive]| {
        primitives.iter().any(|one| match &one.primitive {
            egui::epaint::Primitive::Mesh(mesh) => {
                mesh.vertices.iter().any(|vertex| !vertex.pos.is_finite())
            }
            egui::epaint::Primitive::Callback(_) => false,
        })
    };
    let shapes = output.shapes.clone();
    if broken(&context.tessellate(output.shapes, output.pixels_per_point)) {
        for shape in shapes {
            let text = format!("{shape:?}");
            if broken(&context.tessellate(vec![shape], output.pixels_per_point)) {
                let text: String = text.chars().take(1500).collect();
                panic!("in a room of {room:?} this cannot be drawn: {text}");
            }
        }
    }
}

#[test]
fn a_hundred_thousand_random_events_do_not_break_the_interface() {
    let mut first = scene("trapped", &[]);
    first.count = 400;
    let lab = Lab::start(first, 1).expect("a run");
    lab.send(Command::Play);
    let context = egui::Context::default();
    let mut interface = Interface::default();
    let scenes: Vec<SceneEntry> = SCENES
        .iter()
        .map(|(name, _)| SceneEntry {
            title: (*name).into(),
            ..SceneEntry::default()
        })
        .collect();
    let colours = vec![[90_u8, 120, 200]; 256];
    let mut monkey = Monkey {
        dice: Dice(2026),
        room: SIZES[0],
        pointer: pos2(700.0, 400.0),
        down: None,
        modifiers: Modifiers::NONE,
    };
    let (mut loads, mut commands) = (0, 0);
    for frame in 0..EVENTS / PER_FRAME {
        if monkey.dice.roll(200) == 0 {
            monkey.room = monkey.dice.of(SIZES);
        }
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, monkey.room)),
            time: Some(frame as f64 / 60.0),
            events: (0..PER_FRAME).map(|_| monkey.event()).collect(),
            ..egui::RawInput::default()
        };
        let snapshot = lab.snapshot();
        let surroundings = Surroundings {
            colours: &colours,
            points_per_length: 4.0,
            scenes: &scenes,
            adapter: "none",
            software: true,
            ..Surroundings::default()
        };
        let seen = Frame {
            snapshot: &snapshot,
            surroundings: &surroundings,
        };
        let mut requests = Vec::new();
        let output = context.run_ui(input, |ui| {
            requests.extend(panel::interface(ui, &mut interface, &seen));
        });
        if frame % 16 == 0 {
            assert_drawable(&context, output, monkey.room);
        }
        for request in requests {
            match request {
                Request::Run(Command::Load { scene, .. }) if scene.count > CROWD => {}
                Request::Run(command) => {
                    commands += 1;
                    lab.send(command);
                }
                Request::OpenScene(index) => {
                    let Some((name, _)) = SCENES.get(index) else {
                        panic!("there is no scene {index}");
                    };
                    loads += 1;
                    let mut opened = scene(name, &[]);
                    opened.count = opened.count.min(1000);
                    lab.send(Command::Load {
                        scene: Box::new(opened),
                        play: true,
                    });
                }
                _ => {}
            }
        }
    }
    println!("{commands} commands, {loads} scenes opened");
    assert!(commands > 100, "the monkey has done next to nothing");
}
