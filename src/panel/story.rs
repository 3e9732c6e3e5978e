//! What the phenomenon is: title, paragraphs, equations in type, bookmarks, where it was published.

use bevy_egui::egui;
use egui::{CursorIcon, Label, RichText, Sense, Ui};

use super::state::Interface;
use super::theme::{self, Palette, size};
use super::{Frame, Request, Requests, bookmarks, formula, widgets};

/// Draws the panel.
pub fn story(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    ui.add_space(10.0);
    widgets::panel_head(ui, "Story", |_| {});
    widgets::pane_scroll(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        text(ui, frame, requests);
        reference(ui, frame, requests);
        bookmarks::bookmarks(ui, interface, frame, requests);
        ui.spacing_mut().item_spacing.y = 8.0;
        sources(ui, interface, frame, requests);
        ui.add_space(16.0);
    });
}

/// Title and paragraphs, with the equations where a reader has learnt what they are about.
fn text(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let scene = &frame.snapshot.scene;
    let palette = Palette::of(ui);
    let title = match scene.story.title.as_str() {
        "" => scene.model.title,
        title => title,
    };
    let title = RichText::new(title).font(theme::strong(size::TITLE));
    ui.add(Label::new(title.color(palette.text)).wrap());
    let text = match scene.story.text.trim() {
        "" => scene.model.summary,
        text => text,
    };
    let paragraphs = text.split("\n\n").map(str::trim);
    for (number, paragraph) in paragraphs.filter(|one| !one.is_empty()).enumerate() {
        // Line ends inside a paragraph come from the file's width, not from the author.
        let flowing = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        ui.add(Label::new(RichText::new(flowing).color(palette.text)).wrap());
        if number == 0 {
            equations(ui, frame, requests);
        }
    }
}

/// The model's equations; a click takes their plain text along.
fn equations(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let equations = frame.snapshot.scene.model.equations;
    if equations.is_empty() {
        return;
    }
    let palette = Palette::of(ui);
    egui::Frame::NONE
        .fill(palette.raised)
        .corner_radius(theme::CORNER)
        .inner_margin(egui::Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 9.0;
            for equation in equations {
                let response = formula::show(ui, equation, size::TITLE)
                    .on_hover_cursor(CursorIcon::PointingHand)
                    .on_hover_text(format!("{equation}\nClick to copy it as text"));
                if response.clicked() {
                    requests.push(Request::Copy((*equation).into()));
                }
            }
        });
}

fn reference(ui: &mut Ui, frame: &Frame, requests: &mut Requests) {
    let text = frame.snapshot.scene.story.reference.trim();
    if text.is_empty() {
        return;
    }
    // A scene may name several, and the model knows the pages of most of them.
    for part in text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        cited(ui, part, &link_in(part), requests);
    }
}

/// The model's sources, folded until they are asked for.
fn sources(ui: &mut Ui, interface: &mut Interface, frame: &Frame, requests: &mut Requests) {
    let sources = frame.snapshot.scene.model.sources;
    if sources.is_empty() {
        return;
    }
    let title = format!("Sources of the model ({})", sources.len());
    let (open, _) = widgets::section(ui, &title, interface.sources_open);
    interface.sources_open = open;
    if open {
        for source in sources {
            let link = source
                .link
                .starts_with("http")
                .then(|| source.link.to_owned());
            cited(ui, source.citation, &link, requests);
        }
    }
}

/// A citation: a click opens its page, or copies it when there is none.
fn cited(ui: &mut Ui, text: &str, link: &Option<String>, requests: &mut Requests) {
    let palette = Palette::of(ui);
    let label = RichText::new(text)
        .font(theme::body(size::SMALL))
        .color(palette.secondary);
    let label = if link.is_some() {
        label.underline()
    } else {
        label
    };
    let response = ui
        .add(Label::new(label).wrap().sense(Sense::click()))
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(match link {
            Some(link) => format!("{link}\nClick to open, right click to copy"),
            None => "Click to copy".to_owned(),
        });
    match link {
        Some(link) if response.clicked() => requests.push(Request::OpenLink(link.clone())),
        Some(link) if response.secondary_clicked() => requests.push(Request::Copy(link.clone())),
        None if response.clicked() => requests.push(Request::Copy(text.into())),
        _ => {}
    }
}

/// The page of a reference: an address in it, or that of its DOI or arXiv number.
fn link_in(text: &str) -> Option<String> {
    let until = |part: &str| -> String {
        let end = part
            .find(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ')' | ']' | '"'))
            .unwrap_or(part.len());
        part[..end].trim_end_matches(['.', ';']).to_owned()
    };
    if let Some(at) = text.find("https://").or_else(|| text.find("http://")) {
        return Some(until(&text[at..]));
    }
    let lower = text.to_ascii_lowercase();
    if let Some(at) = lower.find("arxiv:") {
        let number = until(text[at + 6..].trim_start());
        return (!number.is_empty()).then(|| format!("https://arxiv.org/abs/{number}"));
    }
    let at = text.find("10.").filter(|&at| {
        let rest = &text[at + 3..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits >= 4 && rest.as_bytes().get(digits) == Some(&b'/')
    })?;
    Some(format!("https://doi.org/{}", until(&text[at..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_in_references() {
        for (text, link) in [
            ("see https://a.org/b, and more", Some("https://a.org/b")),
            (
                "Chaos 1, 2 (2020), doi:10.1103/PhysRevE.98.030601.",
                Some("https://doi.org/10.1103/PhysRevE.98.030601"),
            ),
            (
                "arXiv: 2005.14234 (2021)",
                Some("https://arxiv.org/abs/2005.14234"),
            ),
            ("Phys. Rev. Lett. 110, 055701 (2013)", None),
            ("arXiv:", None),
            ("10.", None),
        ] {
            assert_eq!(link_in(text).as_deref(), link, "{text}");
        }
    }
}
