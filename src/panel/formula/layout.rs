//! From the tree of a formula to boxes of ink: where every letter and line stands.

use bevy_egui::egui;
use egui::{Painter, Pos2, pos2, vec2};

use super::super::theme;
use super::ink::{Ink, Laid, Type, text};
use super::tree::{Face, Mark, Node};

/// The height of the middle of signs such as + above the base line, in ems.
const AXIS: f32 = 0.28;
/// Size of an index, as a share of its base.
const SMALLER: f32 = 0.72;
/// The smallest type of an index, in points.
const SMALLEST: f32 = 8.0;

/// Sets one part.
pub fn lay(painter: &Painter, node: &Node, kind: Type) -> Laid {
    let em = kind.points;
    match node {
        Node::Space => Laid {
            width: 0.16 * em,
            ..Laid::default()
        },
        Node::Run(letters, face) => {
            let font = match face {
                Face::Italic => theme::italic(em),
                _ => theme::body(em),
            };
            text(painter, letters, font, kind.colour)
        }
        Node::Row(row) => lay_row(painter, row, kind),
        Node::Script(base, sub, sup) => script(painter, base, sub.as_deref(), sup.as_deref(), kind),
        Node::Fraction(above, below) => fraction(painter, above, below, kind),
        Node::Root(inside) => root(lay(painter, inside, kind), em),
        Node::Fence(open, inside, close) => {
            fence(painter, *open, lay(painter, inside, kind), *close, kind)
        }
        Node::Accent(base, mark) => accent(lay(painter, base, kind), *mark, em),
        Node::Big(sign, sub, sup) => big(painter, *sign, sub.as_deref(), sup.as_deref(), kind),
    }
}

/// Sets parts side by side, with the spaces that their kinds ask for.
pub fn lay_row(painter: &Painter, row: &[Node], kind: Type) -> Laid {
    let mut laid = Laid::default();
    for (index, node) in row.iter().enumerate() {
        let gap = gap(row, index) * kind.points;
        laid.append(lay(painter, node, kind), gap);
    }
    laid
}

/// The last face that a part shows to what follows it.
fn face(node: &Node) -> Option<Face> {
    match node {
        Node::Run(_, face) => Some(*face),
        Node::Script(base, ..) => face(base),
        _ => None,
    }
}

fn is_function(node: &Node) -> bool {
    let base = match node {
        Node::Script(base, ..) => base,
        node => node,
    };
    let letter = |text: &str| text.chars().any(char::is_alphabetic);
    matches!(base, Node::Run(text, Face::Upright) if letter(text))
}

/// The space before a part of a row, in ems.
pub fn gap(row: &[Node], index: usize) -> f32 {
    let node = &row[index];
    let before = row[..index].iter().rfind(|node| **node != Node::Space);
    let Some(before) = before.filter(|_| *node != Node::Space) else {
        return 0.0;
    };
    let spaced = index > 0 && row[index - 1] == Node::Space;
    // The width of the space itself stands there already.
    let spent = if spaced { 0.16 } else { 0.0 };
    // A sign behind another sign, or at the beginning, belongs to what follows it.
    let operand = |node: &Node| {
        !matches!(
            face(node),
            Some(Face::Relation | Face::Operator | Face::Comma)
        )
    };
    let two_sided = |at: usize| {
        let left = row[..at].iter().rfind(|node| **node != Node::Space);
        left.is_some_and(operand)
    };
    let place = row[..index].iter().rposition(|node| *node != Node::Space);
    let wanted: f32 = match (face(before), face(node)) {
        (_, Some(Face::Relation)) | (Some(Face::Relation), _) => 0.3,
        (_, Some(Face::Word)) | (Some(Face::Word), _) => 0.28,
        (Some(Face::Comma), _) => 0.3,
        (_, Some(Face::Comma)) => 0.0,
        (_, Some(Face::Operator)) if operand(before) => 0.22,
        (Some(Face::Operator), _) if place.is_some_and(two_sided) => 0.22,
        (Some(Face::Operator), _) => 0.04,
        _ if is_function(before) && !matches!(node, Node::Fence(..)) => 0.18,
        _ if is_function(node) => 0.18,
        _ if matches!(before, Node::Big(..) | Node::Fraction(..))
            || matches!(node, Node::Fraction(..)) =>
        {
            0.12
        }
        _ => 0.02,
    };
    (wanted - spent).max(0.0)
}

fn script(
    painter: &Painter,
    base: &Node,
    sub: Option<&Node>,
    sup: Option<&Node>,
    kind: Type,
) -> Laid {
    let em = kind.points;
    let small = Type {
        points: (SMALLER * em).max(SMALLEST.min(em)),
        ..kind
    };
    let mut laid = lay(painter, base, kind);
    let x = laid.width + 0.04 * em;
    let (ascent, descent) = (laid.ascent, laid.descent);
    if let Some(sup) = sup {
        let index = lay(painter, sup, small);
        let rise = (0.36 * em).max(ascent - 0.55 * small.points);
        laid.put(index, vec2(x, -rise));
    }
    if let Some(sub) = sub {
        let index = lay(painter, sub, small);
        let drop = (0.2 * em).max(descent - 0.05 * em);
        // An index below must not run into one above.
        let drop = if sup.is_some() {
            drop.max(0.24 * em)
        } else {
            drop
        };
        laid.put(index, vec2(x, drop));
    }
    laid
}

fn fraction(painter: &Painter, above: &Node, below: &Node, kind: Type) -> Laid {
    let em = kind.points;
    let (above, below) = (lay(painter, above, kind), lay(painter, below, kind));
    let width = above.width.max(below.width) + 0.3 * em;
    let (axis, gap) = (-AXIS * em, 0.18 * em);
    let up = vec2(0.5 * (width - above.width), axis - gap - above.descent);
    let down = vec2(0.5 * (width - below.width), axis + gap + below.ascent);
    let mut laid = Laid {
        width,
        ink: vec![Ink::Lines(
            vec![pos2(0.0, axis), pos2(width, axis)],
            line(em),
        )],
        ..Laid::default()
    };
    laid.put(above, up);
    laid.put(below, down);
    laid.width = width;
    laid
}

/// Width of a line in a formula.
fn line(em: f32) -> f32 {
    (0.075 * em).max(1.0)
}

fn root(inside: Laid, em: f32) -> Laid {
    let top = -inside.ascent.max(0.6 * em) - 0.14 * em;
    let bottom = inside.descent.max(0.05 * em);
    let left = 0.52 * em;
    let right = left + inside.width + 0.08 * em;
    let sign = vec![
        pos2(0.02 * em, -0.3 * em),
        pos2(0.14 * em, -0.38 * em),
        pos2(0.3 * em, bottom),
        pos2(left, top),
        pos2(right, top),
    ];
    let mut laid = Laid {
        width: right,
        ascent: -top,
        descent: bottom,
        ink: vec![Ink::Lines(sign, line(em))],
    };
    laid.put(inside, vec2(left + 0.04 * em, 0.0));
    laid.width = right + 0.04 * em;
    laid
}

fn fence(painter: &Painter, open: char, inside: Laid, close: char, kind: Type) -> Laid {
    let em = kind.points;
    // Letters in a line keep the parentheses of the font; what is higher gets drawn ones.
    if inside.ascent < 0.95 * em && inside.descent < 0.38 * em {
        let sign = |sign: char| text(painter, &sign.to_string(), theme::body(em), kind.colour);
        let mut laid = sign(open);
        laid.append(inside, 0.02 * em);
        laid.append(sign(close), 0.02 * em);
        return laid;
    }
    let top = -inside.ascent - 0.1 * em;
    let bottom = inside.descent + 0.1 * em;
    let width = 0.3 * em;
    let mut laid = Laid {
        width,
        ascent: -top,
        descent: bottom,
        ink: vec![Ink::Lines(drawn(open, 0.0, width, top, bottom), line(em))],
    };
    laid.append(inside, 0.06 * em);
    let at = laid.width + 0.06 * em;
    laid.ink.push(Ink::Lines(
        drawn(close, at + width, at, top, bottom),
        line(em),
    ));
    laid.width = at + width;
    laid
}

/// A fence from its outer to its inner edge.
fn drawn(sign: char, outer: f32, inner: f32, top: f32, bottom: f32) -> Vec<Pos2> {
    let middle = 0.5 * (top + bottom);
    let near = |share: f32| egui::lerp(outer..=inner, share);
    match sign {
        '[' | ']' => vec![
            pos2(near(0.85), top),
            pos2(near(0.3), top),
            pos2(near(0.3), bottom),
            pos2(near(0.85), bottom),
        ],
        '|' | '‖' => vec![pos2(near(0.5), top), pos2(near(0.5), bottom)],
        '⟨' | '⟩' => vec![
            pos2(near(0.85), top),
            pos2(near(0.2), middle),
            pos2(near(0.85), bottom),
        ],
        _ => (0..=16)
            .map(|step| {
                let turn = (step as f32 / 16.0 - 0.5) * std::f32::consts::PI;
                // Rounding puts the cosine at the ends a little below zero.
                let share = 0.9 - 0.65 * turn.cos().max(0.0).powf(0.75);
                pos2(
                    near(share),
                    egui::lerp(top..=bottom, 0.5 + turn.sin() * 0.5),
                )
            })
            .collect(),
    }
}

fn accent(mut base: Laid, mark: Mark, em: f32) -> Laid {
    // Letters lean, so that what is above them stands a little to the right.
    let x = 0.5 * base.width + 0.05 * em;
    let y = -base.ascent - 0.13 * em;
    let half = (0.5 * base.width).clamp(0.16 * em, 0.6 * em);
    let width = line(em);
    let ink = match mark {
        Mark::Dot => vec![Ink::Dot(pos2(x, y), 0.07 * em)],
        Mark::Dots => [-0.13, 0.13]
            .map(|shift| Ink::Dot(pos2(x + shift * em, y), 0.065 * em))
            .into(),
        Mark::Bar => vec![Ink::Lines(
            vec![pos2(x - half, y), pos2(x + half, y)],
            width,
        )],
        Mark::Hat => vec![Ink::Lines(
            vec![
                pos2(x - 0.17 * em, y + 0.06 * em),
                pos2(x, y - 0.08 * em),
                pos2(x + 0.17 * em, y + 0.06 * em),
            ],
            width,
        )],
        Mark::Tilde => vec![Ink::Lines(
            (0..=8)
                .map(|step| {
                    let share = step as f32 / 8.0;
                    let wave = (share * std::f32::consts::TAU).sin();
                    pos2(x + (2.0 * share - 1.0) * 0.18 * em, y - 0.05 * em * wave)
                })
                .collect(),
            width,
        )],
        Mark::Arrow => {
            let (left, right) = (x - half, x + half);
            let head = 0.1 * em;
            vec![
                Ink::Lines(vec![pos2(left, y), pos2(right, y)], width),
                Ink::Lines(
                    vec![
                        pos2(right - head, y - head),
                        pos2(right, y),
                        pos2(right - head, y + head),
                    ],
                    width,
                ),
            ]
        }
    };
    base.ink.extend(ink);
    base.ascent += 0.26 * em;
    base
}

/// A sum or product with its limits below and above, an integral with them beside it.
fn big(painter: &Painter, sign: char, sub: Option<&Node>, sup: Option<&Node>, kind: Type) -> Laid {
    let em = kind.points;
    let sign = if sign == 'Σ' { '∑' } else { sign };
    let integral = matches!(sign, '∫' | '∮');
    let points = if integral { 1.5 * em } else { 1.3 * em };
    let glyph = text(painter, &sign.to_string(), theme::body(points), kind.colour);
    let small = Type {
        points: (0.68 * em).max(SMALLEST.min(em)),
        ..kind
    };
    let [sub, sup] = [sub, sup].map(|node| node.map(|node| lay(painter, node, small)));
    // The middle of the sign stands on the axis.
    let shift = 0.5 * (glyph.ascent - glyph.descent) - AXIS * em;
    let (ascent, descent) = (glyph.ascent - shift, glyph.descent + shift);
    let mut laid = Laid::default();
    if integral {
        let width = glyph.width;
        laid.put(glyph, vec2(0.0, shift));
        if let Some(sup) = sup {
            laid.put(sup, vec2(width, -ascent + 0.4 * em));
        }
        if let Some(sub) = sub {
            laid.put(sub, vec2(0.8 * width, descent + 0.1 * em));
        }
        return laid;
    }
    let part = |laid: &Option<Laid>| laid.as_ref().map_or(0.0, |laid| laid.width);
    let width = glyph.width.max(part(&sub)).max(part(&sup));
    let centred = |laid: &Laid| 0.5 * (width - laid.width);
    let x = centred(&glyph);
    laid.put(glyph, vec2(x, shift));
    if let Some(sub) = sub {
        let at = vec2(centred(&sub), descent + 0.12 * em + sub.ascent);
        laid.put(sub, at);
    }
    if let Some(sup) = sup {
        let at = vec2(centred(&sup), -ascent - 0.12 * em - sup.descent);
        laid.put(sup, at);
    }
    laid.width = width;
    laid
}
