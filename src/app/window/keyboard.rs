//! Keys in the order in which they were pressed.
//!
//! Of all that happens within a frame the interface would see the modifiers as they are at its end: a
//! `Ctrl+Z` that is pressed and let go within one slow frame would be a `z`. Here every key has the
//! modifiers that were held when it was pressed.

use bevy::input::keyboard::{Key, KeyboardFocusLost, KeyboardInput};
use bevy::prelude::*;
use bevy_egui::helpers::{bevy_to_egui_key, bevy_to_egui_physical_key};
use bevy_egui::input::{EguiInputEvent, ModifierKeysState};
use bevy_egui::{EguiClipboard, EguiContextSettings, EguiInputSet, PrimaryEguiContext, egui};
use egui::Event;

/// Reads keys in place of the interface's own system.
pub fn plugin(app: &mut App) {
    app.add_systems(PreUpdate, read.in_set(EguiInputSet::ReadBevyMessages));
}

/// Settings of a context that leaves the keys to this module.
pub fn settings() -> EguiContextSettings {
    let mut settings = EguiContextSettings::default();
    settings
        .input_system_settings
        .run_write_keyboard_input_messages_system = false;
    settings
}

/// Hands on what was typed since the last frame.
fn read(
    mut keys: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
    mut held: Local<ModifierKeysState>,
    mut clipboard: ResMut<EguiClipboard>,
    contexts: Query<Entity, With<PrimaryEguiContext>>,
    mut events: MessageWriter<EguiInputEvent>,
) {
    if !lost.is_empty() {
        // The window is not told when modifiers are let go elsewhere.
        lost.clear();
        *held = ModifierKeysState::default();
    }
    let Ok(context) = contexts.single() else {
        return;
    };
    for key in keys.read() {
        note_modifier(key, &mut held);
        let paste = || clipboard.get_text();
        for event in events_of(key, &held, paste) {
            events.write(EguiInputEvent { context, event });
        }
    }
}

/// Keeps track of what is held.
fn note_modifier(key: &KeyboardInput, held: &mut ModifierKeysState) {
    let pressed = key.state.is_pressed();
    match key.logical_key {
        Key::Shift => held.shift = pressed,
        Key::Control => held.ctrl = pressed,
        Key::Alt => held.alt = pressed,
        Key::Super | Key::Meta => held.win = pressed,
        _ => {}
    }
}

/// What a key means to the interface: text, a key, or something with the clipboard.
fn events_of(
    key: &KeyboardInput,
    held: &ModifierKeysState,
    paste: impl FnOnce() -> Option<String>,
) -> Vec<Event> {
    let (pressed, modifiers) = (key.state.is_pressed(), held.to_egui_modifiers());
    let mut events = Vec::new();
    if pressed && held.text_input_is_allowed() {
        let text = match &key.logical_key {
            Key::Character(text) if !text.contains(char::is_control) => Some(text.to_string()),
            Key::Space => Some(" ".into()),
            _ => None,
        };
        events.extend(text.map(Event::Text));
    }
    // On keyboards without Latin letters the place of a key stands for the letter.
    let physical_key = bevy_to_egui_physical_key(&key.key_code);
    let Some(logical) = bevy_to_egui_key(&key.logical_key).or(physical_key) else {
        return events;
    };
    events.push(Event::Key {
        key: logical,
        physical_key,
        pressed,
        repeat: false,
        modifiers,
    });
    if pressed && modifiers.command {
        events.extend(match logical {
            egui::Key::C => Some(Event::Copy),
            egui::Key::X => Some(Event::Cut),
            egui::Key::V => paste().map(Event::Text),
            _ => None,
        });
    }
    events
}

#[cfg(test)]
mod tests {
    use bevy::input::ButtonState;

    use super::*;

    fn key(logical_key: Key, key_code: KeyCode, pressed: bool) -> KeyboardInput {
        KeyboardInput {
            key_code,
            logical_key,
            state: if pressed {
                ButtonState::Pressed
            } else {
                ButtonState::Released
            },
            text: None,
            repeat: false,
            window: Entity::PLACEHOLDER,
        }
    }

    fn frame(keys: &[KeyboardInput]) -> Vec<Event> {
        let mut held = ModifierKeysState::default();
        let mut events = Vec::new();
        for key in keys {
            note_modifier(key, &mut held);
            events.extend(events_of(key, &held, || Some("pasted".into())));
        }
        events
    }

    /// The presses that ask for a command, and the text.
    fn told(events: &[Event]) -> (Vec<egui::Key>, String) {
        let mut commands = Vec::new();
        let mut typed = String::new();
        for event in events {
            match event {
                Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } if modifiers.command => commands.push(*key),
                Event::Text(text) => typed += text,
                _ => {}
            }
        }
        (commands, typed)
    }

    #[test]
    fn a_key_has_the_modifiers_of_its_moment() {
        let control = |pressed| key(Key::Control, KeyCode::ControlLeft, pressed);
        let z = |pressed| key(Key::Character("z".into()), KeyCode::KeyZ, pressed);
        // All within one frame.
        let events = frame(&[control(true), z(true), z(false), control(false), z(true)]);
        assert_eq!(told(&events), (vec![egui::Key::Z], "z".into()));
        let events = frame(&[z(true), control(true), z(false)]);
        assert_eq!(told(&events), (vec![], "z".into()));
        let v = key(Key::Character("v".into()), KeyCode::KeyV, true);
        let c = key(Key::Character("c".into()), KeyCode::KeyC, true);
        let events = frame(&[control(true), v, c]);
        assert!(events.contains(&Event::Copy));
        assert_eq!(told(&events).1, "pasted");
    }

    #[test]
    fn a_letter_of_another_script_is_the_key_of_its_place() {
        let control = key(Key::Control, KeyCode::ControlLeft, true);
        let ja = key(Key::Character("я".into()), KeyCode::KeyZ, true);
        assert_eq!(told(&frame(std::slice::from_ref(&ja))).1, "я");
        assert_eq!(told(&frame(&[control, ja])).0, [egui::Key::Z]);
    }
}
