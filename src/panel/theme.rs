//! How the interface looks: two palettes, three families of type, five sizes, hairlines.
//!
//! The picture is the hero and everything else is quiet: one accent says what is live, selected
//! or changed, red is for faults alone, and data never borrows a colour of the interface.

use bevy_egui::egui;
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, FontTweak,
    Margin, Shadow, Stroke, Style, TextStyle, Theme, Ui, Vec2, Visuals, vec2,
};

/// Height of the bar at the top, in points.
pub const BAR: f32 = 36.0;
/// Height of the transport at the bottom, in points.
pub const TRANSPORT: f32 = 44.0;
/// The grid on which everything stands, in points.
pub const GRID: f32 = 8.0;
/// Padding inside a panel, in points.
pub const PADDING: f32 = 12.0;
/// Radius of corners, in points.
pub const CORNER: u8 = 6;

/// Least and greatest factor on the size of the interface, for projectors and dense screens.
pub const SCALES: [f32; 2] = [0.5, 4.0];

/// The sizes of type, in points; there are no others but sub- and superscripts.
pub mod size {
    /// Labels, units, ticks.
    pub const SMALL: f32 = 12.0;
    /// Running text and values.
    pub const BODY: f32 = 13.0;
    /// Headings of sections.
    pub const TITLE: f32 = 15.0;
    /// Titles of sheets.
    pub const LARGE: f32 = 20.0;
    /// The one thing that is said.
    pub const DISPLAY: f32 = 28.0;
}

/// The colours of one theme.
#[derive(Debug, PartialEq)]
pub struct Palette {
    /// Behind the picture.
    pub canvas: Color32,
    /// Panels.
    pub panel: Color32,
    /// What stands out of a panel: fields, hovered buttons, menus.
    pub raised: Color32,
    /// Lines between things.
    pub hairline: Color32,
    pub text: Color32,
    pub secondary: Color32,
    /// What is live, selected or changed.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Faults, and the light of a running recording.
    pub fault: Color32,
    /// Lines of data: series, then distributions.
    pub data: [Color32; 2],
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The dark theme.
pub static DARK: Palette = Palette {
    canvas: rgb(0x0A0D12),
    panel: rgb(0x11151C),
    raised: rgb(0x171C25),
    hairline: rgb(0x232A36),
    text: rgb(0xE6EAF0),
    secondary: rgb(0x8A94A6),
    accent: rgb(0xFFB454),
    on_accent: rgb(0x1B1205),
    fault: rgb(0xF2555A),
    data: [rgb(0x6CC5D1), rgb(0xB3A4F2)],
};

/// The light theme.
pub static LIGHT: Palette = Palette {
    canvas: rgb(0xFAFAF7),
    panel: rgb(0xF4F4F0),
    raised: rgb(0xE9E9E4),
    hairline: rgb(0xD6D7D2),
    text: rgb(0x1B1F27),
    secondary: rgb(0x59626F),
    accent: rgb(0x965600),
    on_accent: rgb(0xFFF7EA),
    fault: rgb(0xBE262C),
    data: [rgb(0x14748A), rgb(0x6650B8)],
};

impl Palette {
    /// The palette of a theme.
    pub fn of_theme(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }

    /// The palette in which a `Ui` is drawn.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::of_theme(ui.visuals().dark_mode)
    }
}

/// Running text.
pub fn body(points: f32) -> FontId {
    FontId::new(points, FontFamily::Proportional)
}

/// Symbols of quantities.
pub fn italic(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name("italic".into()))
}

/// Headings.
pub fn strong(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name("strong".into()))
}

/// Texts of files and machines.
pub fn mono(points: f32) -> FontId {
    FontId::new(points, FontFamily::Monospace)
}

/// Icons alone.
pub fn icon(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name("icons".into()))
}

/// All families, for a test that every character has a glyph.
pub fn families() -> [FontId; 4] {
    [
        body(size::BODY),
        italic(size::BODY),
        strong(size::BODY),
        mono(size::BODY),
    ]
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let icons = FontTweak {
        y_offset_factor: 0.06,
        ..Default::default()
    };
    let shipped: [(&str, &'static [u8], FontTweak); 6] = [
        (
            "inter",
            include_bytes!("../../assets/fonts/Inter-Regular.ttf"),
            FontTweak::default(),
        ),
        (
            "inter-italic",
            include_bytes!("../../assets/fonts/Inter-Italic.ttf"),
            FontTweak::default(),
        ),
        (
            "inter-strong",
            include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"),
            FontTweak::default(),
        ),
        (
            "mono",
            include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
            FontTweak::default(),
        ),
        (
            "math",
            include_bytes!("../../assets/fonts/NotoSansMath.ttf"),
            FontTweak::default(),
        ),
        ("icons", egui_phosphor::Variant::Regular.font_bytes(), icons),
    ];
    for (name, bytes, tweak) in shipped {
        fonts.font_data.insert(
            name.into(),
            FontData::from_static(bytes).tweak(tweak).into(),
        );
    }
    // The first font of a family that has a character gives its glyph; all end with the same tail.
    let family = |first: &[&str]| {
        first
            .iter()
            .chain(&["inter", "math", "icons"])
            .map(|&name| name.to_owned())
            .collect()
    };
    fonts.families.insert(FontFamily::Proportional, family(&[]));
    fonts
        .families
        .insert(FontFamily::Monospace, family(&["mono"]));
    fonts
        .families
        .insert(FontFamily::Name("italic".into()), family(&["inter-italic"]));
    fonts
        .families
        .insert(FontFamily::Name("strong".into()), family(&["inter-strong"]));
    fonts
        .families
        .insert(FontFamily::Name("icons".into()), family(&["icons"]));
    fonts
}

/// Gives a context the fonts and both themes; the fonts are there from the next frame on.
pub fn install(ctx: &Context, dark: bool) {
    ctx.set_fonts(definitions());
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| dress(style, theme == Theme::Dark));
    }
    // The interface has keys of its own for this, in its table of actions.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    choose(ctx, dark);
}

/// Switches between the dark and the light theme.
pub fn choose(ctx: &Context, dark: bool) {
    ctx.set_theme(if dark { Theme::Dark } else { Theme::Light });
}

/// True once the fonts of [`install`] can be used.
pub fn ready(ctx: &Context) -> bool {
    ctx.fonts(|fonts| {
        fonts
            .definitions()
            .families
            .contains_key(&FontFamily::Name("strong".into()))
    })
}

fn dress(style: &mut Style, dark: bool) {
    let palette = Palette::of_theme(dark);
    style.text_styles = [
        (TextStyle::Small, body(size::SMALL)),
        (TextStyle::Body, body(size::BODY)),
        (TextStyle::Button, body(size::BODY)),
        (TextStyle::Heading, strong(size::TITLE)),
        (TextStyle::Monospace, mono(size::SMALL)),
    ]
    .into();
    style.animation_time = 0.12;
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(GRID, GRID * 0.5);
    spacing.button_padding = vec2(10.0, 5.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(PADDING as i8);
    spacing.interact_size = vec2(24.0, 24.0);
    spacing.tooltip_width = 300.0;
    spacing.indent = PADDING;
    spacing.scroll = egui::style::ScrollStyle {
        // Content keeps the padding of the panel, and the bar lies in it.
        floating_allocated_width: PADDING,
        bar_width: 6.0,
        bar_outer_margin: 3.0,
        ..egui::style::ScrollStyle::thin()
    };
    style.visuals = visuals(palette, dark);
}

fn visuals(palette: &Palette, dark: bool) -> Visuals {
    let mut visuals = if dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    let corner = CornerRadius::same(CORNER);
    let line = Stroke::new(1.0, palette.hairline);
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = line;
    visuals.window_corner_radius = corner;
    visuals.menu_corner_radius = corner;
    let lift = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(if dark { 120 } else { 40 }),
    };
    visuals.window_shadow = lift;
    visuals.popup_shadow = lift;
    visuals.extreme_bg_color = palette.raised;
    visuals.text_edit_bg_color = Some(palette.raised);
    visuals.faint_bg_color = palette.raised;
    visuals.code_bg_color = palette.raised;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.secondary);
    visuals.hyperlink_color = palette.secondary;
    visuals.warn_fg_color = palette.accent;
    visuals.error_fg_color = palette.fault;
    visuals.selection.bg_fill = palette
        .accent
        .gamma_multiply(if dark { 0.28 } else { 0.22 });
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent);
    visuals.striped = false;
    visuals.slider_trailing_fill = true;
    visuals.indent_has_left_vline = false;
    visuals.button_frame = true;
    let widgets = &mut visuals.widgets;
    for (state, fill, text, border) in [
        (
            &mut widgets.noninteractive,
            palette.panel,
            palette.text,
            palette.hairline,
        ),
        (
            &mut widgets.inactive,
            palette.raised,
            palette.text,
            Color32::TRANSPARENT,
        ),
        (
            &mut widgets.hovered,
            palette.hairline,
            palette.text,
            Color32::TRANSPARENT,
        ),
        (
            &mut widgets.active,
            palette.hairline,
            palette.accent,
            Color32::TRANSPARENT,
        ),
        (
            &mut widgets.open,
            palette.raised,
            palette.text,
            Color32::TRANSPARENT,
        ),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.fg_stroke = Stroke::new(1.0, text);
        state.bg_stroke = Stroke::new(1.0, border);
        state.corner_radius = corner;
        state.expansion = 0.0;
    }
    visuals
}

/// The middle between two colours, `share` of the way.
pub fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}

/// How large an icon's button is.
pub const ICON_BUTTON: Vec2 = vec2(28.0, 28.0);
