//! A scene as text: complete, commented, and equal to the scene when it is read again.

use std::fmt::Write;

use super::types::{
    Backend, Background, Bookmark, Glyph, LayerStyle, PlotKind, PlotSettings, Scene, VERSION,
    ViewSettings,
};
use crate::math::domain::Boundary;
use crate::model::formula::text_of;
use crate::model::parameter::{Kind, Parameter};

impl Boundary {
    /// The name as it stands in a scene.
    pub fn name(self) -> &'static str {
        match self {
            Boundary::Periodic => "periodic",
            Boundary::Reflecting => "reflecting",
            Boundary::Open => "open",
        }
    }
}

impl Backend {
    /// The name as it stands in a scene.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Cpu => "cpu",
            Backend::Gpu => "gpu",
        }
    }
}

impl Glyph {
    /// The name as it stands in a scene.
    pub fn name(self) -> &'static str {
        match self {
            Glyph::Disc => "disc",
            Glyph::Arrow => "arrow",
            Glyph::Streak => "streak",
        }
    }
}

impl Background {
    /// The name as it stands in a scene.
    pub fn name(self) -> &'static str {
        match self {
            Background::Dark => "dark",
            Background::Light => "light",
        }
    }
}

impl PlotKind {
    /// The name as it stands in a scene.
    pub fn name(self) -> &'static str {
        match self {
            PlotKind::Series => "series",
            PlotKind::Histogram => "histogram",
            PlotKind::Profile => "profile",
            PlotKind::Scatter => "scatter",
            PlotKind::LogLog => "log_log",
        }
    }
}

/// A string literal: on one line with escapes, or raw when it has several lines.
fn quoted(text: &str) -> String {
    if !text.contains('\n') {
        let escaped = text
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\t', "\\t");
        return format!("\"{escaped}\"");
    }
    // As many # as no quote in the text is followed by.
    let most = text
        .split('"')
        .skip(1)
        .map(|after| after.bytes().take_while(|&byte| byte == b'#').count())
        .max();
    let hashes = "#".repeat(most.map_or(1, |most| most + 1));
    format!("r{hashes}\"{text}\"{hashes}")
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

fn pair([first, second]: [f64; 2]) -> String {
    format!("({first:?}, {second:?})")
}

/// A value with all its digits, short for very small and very large ones.
fn parameter(parameter: &Parameter, value: f64) -> String {
    match parameter.kind {
        Kind::Number { .. } => format!("{value:?}"),
        _ => parameter.written(value),
    }
}

fn comment(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Scene {
    /// The scene as a complete, commented file. Reading it gives an equal scene.
    pub fn to_ron(&self) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "(\n    version: {VERSION},\n    model: {},",
            quoted(self.model.name)
        )?;
        let story = &self.story;
        writeln!(out, "    story: (")?;
        writeln!(out, "        title: {},", quoted(&story.title))?;
        writeln!(out, "        text: {},", quoted(&story.text))?;
        writeln!(out, "        reference: {},", quoted(&story.reference))?;
        writeln!(out, "        tags: {},\n    ),", list(&story.tags))?;

        writeln!(out, "    parameters: (")?;
        for (index, declared) in (self.model.parameters)().iter().enumerate() {
            let unit = if declared.unit.is_empty() {
                String::new()
            } else {
                format!(" in {}", declared.unit)
            };
            writeln!(
                out,
                "        // {}{unit}: {}",
                comment(declared.symbol),
                comment(declared.doc)
            )?;
            writeln!(
                out,
                "        {}: {},",
                declared.name,
                parameter(declared, self.values.get(index))
            )?;
        }
        writeln!(out, "    ),")?;

        if !self.inputs.is_empty() {
            writeln!(out, "    // Files, relative to this one.\n    inputs: (")?;
            for input in &self.inputs {
                writeln!(out, "        {}: {},", input.name, quoted(&input.path))?;
            }
            writeln!(out, "    ),")?;
        }

        let boundary = self.domain.boundary.name();
        writeln!(
            out,
            "    box: (size: {}, boundary: {boundary}),",
            pair(self.domain.size)
        )?;
        if !self.walls.is_empty() {
            writeln!(out, "    walls: {},", super::walls::written(&self.walls))?;
        }
        writeln!(
            out,
            "    // Number density {:.6}, packing fraction {:.6}.",
            self.density(),
            self.packing_fraction()
        )?;
        writeln!(
            out,
            "    population: (count: {}, initial: {}),",
            self.count,
            quoted(&self.initial)
        )?;
        writeln!(out, "    seed: {},\n    dt: {:?},", self.seed, self.dt)?;
        writeln!(
            out,
            "    // Steps between samples.\n    sample_every: {},",
            self.sample_every
        )?;
        if let Some(speed) = self.speed {
            writeln!(
                out,
                "    // Units of time per second when it plays.\n    speed: {speed:?},"
            )?;
        }
        if let Some(duration) = self.duration {
            writeln!(
                out,
                "    // Units of time until there is no more to see.\n    duration: {duration:?},"
            )?;
        }
        if !self.ramps.is_empty() {
            writeln!(out, "    ramps: [")?;
            for ramp in &self.ramps {
                writeln!(
                    out,
                    "        (parameter: {}, from: {:?}, to: {:?}, start: {:?}, duration: {:?}),",
                    quoted(&ramp.parameter),
                    ramp.from,
                    ramp.to,
                    ramp.start,
                    ramp.duration
                )?;
            }
            writeln!(out, "    ],")?;
        }
        if self.backend != Backend::default() {
            writeln!(
                out,
                "    // Where the steps are computed.\n    backend: {},",
                self.backend.name()
            )?;
        }
        writeln!(out, "    view: (")?;
        write_view(&self.view, "        ", out)?;
        writeln!(out, "    ),")?;
        writeln!(out, "    plots: [")?;
        for plot in &self.plots {
            write_plot(plot, out)?;
        }
        writeln!(out, "    ],")?;
        if !self.bookmarks.is_empty() {
            writeln!(
                out,
                "    // Views to come back to, with the keys 1 to 9.\n    bookmarks: ["
            )?;
            for bookmark in &self.bookmarks {
                write_bookmark(bookmark, (self.model.parameters)(), out)?;
            }
            writeln!(out, "    ],")?;
        }
        writeln!(out, ")")
    }

    /// What a still picture or a film tells of the scene it shows, as JSON.
    pub fn json(&self) -> serde_json::Value {
        let declared = (self.model.parameters)();
        let parameters: serde_json::Map<String, serde_json::Value> = declared
            .iter()
            .enumerate()
            .map(|(index, declared)| {
                let value = self.values.get(index);
                let value = match declared.kind {
                    Kind::Number { .. } | Kind::Integer { .. } => value.into(),
                    Kind::Choice(_) => declared.written(value).into(),
                    Kind::Flag => (value != 0.0).into(),
                    Kind::Formula(_) => text_of(value).as_deref().unwrap_or_default().into(),
                };
                (declared.name.to_owned(), value)
            })
            .collect();
        serde_json::json!({
            "version": self.version,
            "model": self.model.name,
            "title": self.story.title,
            "reference": self.story.reference,
            "parameters": parameters,
            "box": { "size": self.domain.size, "boundary": self.domain.boundary.name() },
            "population": {
                "count": self.count,
                "packing_fraction": self.packing_fraction(),
                "initial": self.initial,
            },
            "seed": self.seed,
            "dt": self.dt,
            "sample_every": self.sample_every,
            "backend": self.backend.name(),
        })
    }
}

fn write_layer(style: &LayerStyle, indent: &str, out: &mut String) -> std::fmt::Result {
    write!(out, "{indent}    (layer: {}", quoted(&style.layer))?;
    if let Some(opacity) = style.opacity {
        write!(out, ", opacity: {opacity:?}")?;
    }
    if let Some(map) = &style.colour_map {
        write!(out, ", colour_map: {}", quoted(map))?;
    }
    if let Some(range) = style.range {
        write!(out, ", range: {}", pair(range))?;
    }
    writeln!(out, "),")
}

fn write_plot(plot: &PlotSettings, out: &mut String) -> std::fmt::Result {
    write!(
        out,
        "        (observable: {}, kind: {}",
        quoted(&plot.observable),
        plot.kind.name()
    )?;
    write!(
        out,
        ", x_logarithmic: {}, y_logarithmic: {}",
        plot.x_logarithmic, plot.y_logarithmic
    )?;
    if let Some(against) = &plot.against {
        write!(out, ", against: {}", quoted(against))?;
    }
    for (name, value) in [("lag", plot.lag), ("window", plot.window)] {
        if let Some(value) = value {
            write!(out, ", {name}: {value:?}")?;
        }
    }
    for (name, range) in [("x_range", plot.x_range), ("range", plot.range)] {
        if let Some(range) = range {
            write!(out, ", {name}: {}", pair(range))?;
        }
    }
    // What is as usual is not written, so that a plot stays a line.
    let usual = PlotSettings::default();
    if plot.bins != usual.bins {
        write!(out, ", bins: {}", plot.bins)?;
    }
    for (name, shown) in [("theory", plot.theory), ("band", plot.band)] {
        if !shown {
            write!(out, ", {name}: false")?;
        }
    }
    writeln!(out, "),")
}

/// The fields of a view, a line each.
fn write_view(view: &ViewSettings, indent: &str, out: &mut String) -> std::fmt::Result {
    if !view.colour.is_empty() {
        writeln!(out, "{indent}colour: {},", quoted(&view.colour))?;
    }
    if let Some(map) = &view.colour_map {
        writeln!(out, "{indent}colour_map: {},", quoted(map))?;
    }
    if let Some(range) = view.range {
        writeln!(out, "{indent}range: {},", pair(range))?;
    }
    if view.logarithmic {
        writeln!(out, "{indent}logarithmic: true,")?;
    }
    writeln!(
        out,
        "{indent}glyph: {},\n{indent}centre: {},",
        view.glyph.name(),
        pair(view.centre)
    )?;
    if let Some(height) = view.height {
        writeln!(out, "{indent}height: {height:?},")?;
    }
    writeln!(out, "{indent}background: {},", view.background.name())?;
    writeln!(out, "{indent}ghosts: {:?},", view.ghosts)?;
    if view.bloom > 0.0 {
        writeln!(out, "{indent}bloom: {:?},", view.bloom)?;
    }
    writeln!(out, "{indent}layers: {},", list(&view.layers))?;
    if !view.layer_styles.is_empty() {
        writeln!(out, "{indent}layer_styles: [")?;
        for style in &view.layer_styles {
            write_layer(style, indent, out)?;
        }
        writeln!(out, "{indent}],")?;
    }
    Ok(())
}

fn write_bookmark(
    bookmark: &Bookmark,
    declared: &[Parameter],
    out: &mut String,
) -> std::fmt::Result {
    writeln!(out, "        (")?;
    writeln!(out, "            name: {},", quoted(&bookmark.name))?;
    writeln!(out, "            view: (")?;
    write_view(&bookmark.view, "                ", out)?;
    writeln!(out, "            ),")?;
    if !bookmark.parameters.is_empty() {
        writeln!(out, "            parameters: (")?;
        for &(index, value) in &bookmark.parameters {
            if let Some(one) = declared.get(index) {
                writeln!(
                    out,
                    "                {}: {},",
                    one.name,
                    parameter(one, value)
                )?;
            }
        }
        writeln!(out, "            ),")?;
    }
    writeln!(out, "        ),")
}
