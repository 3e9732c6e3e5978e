//! Formulas: what is read, and where it stands.

use bevy_egui::egui;
use egui::{Color32, Context, LayerId, Painter, Rect};

use super::ink::{Laid, Type, bounds};
use super::layout::{lay, lay_row};
use super::parse::formula;
use super::tree::{Face, Mark, Node};
use super::*;

fn italic(text: &str) -> Node {
    Node::Run(text.into(), Face::Italic)
}

fn upright(text: &str) -> Node {
    Node::Run(text.into(), Face::Upright)
}

fn row(text: &str) -> Vec<Node> {
    formula(text).row
}

/// All letters of a tree in their order, without those that became lines.
fn letters(nodes: &[Node]) -> String {
    let mut all = String::new();
    for node in nodes {
        match node {
            Node::Run(text, _) => all.push_str(text),
            Node::Space => {}
            Node::Row(row) => all.push_str(&letters(row)),
            Node::Script(base, sub, sup) => {
                all.push_str(&letters(&[(**base).clone()]));
                for index in [sub, sup].into_iter().flatten() {
                    all.push_str(&letters(&[(**index).clone()]));
                }
            }
            Node::Fraction(above, below) => {
                all.push_str(&letters(&[(**above).clone(), (**below).clone()]));
            }
            Node::Root(inside) | Node::Accent(inside, _) => {
                all.push_str(&letters(&[(**inside).clone()]));
            }
            Node::Fence(open, inside, close) => {
                all.push(*open);
                all.push_str(&letters(&[(**inside).clone()]));
                all.push(*close);
            }
            Node::Big(sign, sub, sup) => {
                all.push(*sign);
                for index in [sub, sup].into_iter().flatten() {
                    all.push_str(&letters(&[(**index).clone()]));
                }
            }
        }
    }
    all
}

#[test]
fn indices_fractions_roots_and_sums_are_read() {
    let sub = |base: Node, index: Node| Node::Script(Box::new(base), Some(Box::new(index)), None);
    assert_eq!(row("v₀"), [sub(italic("v"), upright("0"))]);
    assert_eq!(row("D_t"), [sub(italic("D"), italic("t"))]);
    assert_eq!(row("φ_gas"), [sub(italic("φ"), upright("gas"))]);
    assert_eq!(
        row("√(2D_t)"),
        [Node::Root(Box::new(Node::Row(vec![
            upright("2"),
            sub(italic("D"), italic("t"))
        ])))]
    );
    assert_eq!(
        row("3v₀/(σPe)"),
        [Node::Fraction(
            Box::new(Node::Row(vec![
                upright("3"),
                sub(italic("v"), upright("0"))
            ])),
            Box::new(Node::Row(vec![italic("σ"), italic("Pe")]))
        )]
    );
    assert_eq!(
        row("Σⱼ"),
        [Node::Big('Σ', Some(Box::new(italic("j"))), None)]
    );
    let limits = &row("∑_{j=1}^N xⱼ")[0];
    assert!(matches!(limits, Node::Big('∑', Some(_), Some(above)) if **above == italic("N")));
    assert_eq!(
        row("ṙᵢ"),
        [sub(
            Node::Accent(Box::new(italic("r")), Mark::Dot),
            italic("i")
        )]
    );
    assert!(matches!(&row("θ\u{307}")[0], Node::Accent(_, Mark::Dot)));
    assert!(matches!(&row("r\u{20d7}")[0], Node::Accent(_, Mark::Arrow)));
    // A slash in an index or between words stays a slash.
    assert_eq!(letters(&row("e^(−t/τ)")), "e−t/τ");
    assert_eq!(letters(&row("and / or")), "and/or");
    assert!(matches!(&row("∂c/∂t")[0], Node::Fraction(..)));
}

#[test]
fn words_before_a_colon_are_a_label() {
    let read = formula("ornstein_uhlenbeck: ėᵢ = −γ eᵢ");
    assert_eq!(read.label.as_deref(), Some("ornstein uhlenbeck"));
    assert_eq!(letters(&read.row), "ei=−γei");
    assert_eq!(formula("x: y").label, None);
    assert_eq!(formula("F = −∇U").label, None);
}

#[test]
fn functions_stand_and_words_are_words() {
    assert_eq!(row("cos")[0], upright("cos"));
    assert_eq!(row("and")[0], Node::Run("and".into(), Face::Word));
    assert_eq!(row("kT")[0], italic("kT"));
}

fn on_paper(test: impl Fn(&Painter)) {
    let context = Context::default();
    let _ = context.run_ui(egui::RawInput::default(), |_| {});
    theme::install(&context, true);
    for _ in 0..2 {
        let _ = context.run_ui(egui::RawInput::default(), |ui| {
            if theme::ready(ui.ctx()) {
                let painter =
                    Painter::new(ui.ctx().clone(), LayerId::background(), Rect::EVERYTHING);
                test(&painter);
            }
        });
    }
}

const KIND: Type = Type {
    points: 13.0,
    colour: Color32::WHITE,
};

fn set(painter: &Painter, text: &str) -> Laid {
    lay_row(painter, &row(text), KIND)
}

#[test]
fn every_equation_of_every_model_keeps_its_letters_and_fits_the_pane() {
    on_paper(|painter| {
        for model in crate::models::ALL {
            for text in model.equations {
                let read = formula(text);
                let said = letters(&read.row);
                // Small letters became the letters they stand for, and signs became lines.
                let wanted = text.split_once(": ").filter(|_| read.label.is_some());
                let wanted = wanted.map_or(*text, |(_, rest)| rest);
                for letter in wanted.chars() {
                    let lost = ['√', '/', '(', ')', '_', '^', '{', '}'].contains(&letter)
                        || letter.is_whitespace()
                        || !letter.is_ascii() && !said.contains(letter);
                    assert!(lost || said.contains(letter), "{text}: {letter} of {said}");
                }
                for width in [240.0, 120.0] {
                    let lines = broken(painter, &read, KIND, Color32::GRAY, width);
                    for line in &lines {
                        assert!(bounds(line).is_finite());
                    }
                    if width > 200.0 {
                        let widest = lines.iter().map(|line| line.width).fold(0.0, f32::max);
                        assert!(widest < 1.6 * width, "{text}: {widest}");
                    }
                }
            }
        }
    });
}

#[test]
fn high_parts_make_high_boxes() {
    on_paper(|painter| {
        let plain = set(painter, "x");
        let fraction = set(painter, "a/b");
        assert!(fraction.height() > 1.8 * plain.height().max(0.5 * KIND.points));
        assert!(fraction.ascent > plain.ascent && fraction.descent > plain.descent);
        let fence = set(painter, "(a/b)");
        assert!(fence.height() > fraction.height() && fence.width > fraction.width);
        let sum = set(painter, "∑_{j=1}^N");
        assert!(sum.ascent > set(painter, "∑").ascent);
        assert!(set(painter, "√(a/b)").ascent > fraction.ascent);
        assert!(set(painter, "ẋ").ascent > plain.ascent);
    });
}

#[test]
fn nothing_that_can_be_written_makes_it_panic() {
    on_paper(|painter| {
        let deep = format!("{}x{}", "(".repeat(4000), ")".repeat(4000));
        let roots = "√".repeat(4000);
        let low = "_".repeat(4000);
        let slashes = "a/".repeat(2000);
        for text in [
            "",
            " ",
            "_",
            "^",
            "/",
            "//",
            "a/",
            "/b",
            "a_",
            "a^",
            "_(",
            "a_{",
            "√",
            "√(",
            "(",
            ")",
            "|",
            "||",
            "|||",
            "⟨⟩",
            "⟨a|b⟩",
            "Σ",
            "Σ_",
            "∫_0^∞ e^(−x²) dx",
            "\u{307}",
            "a\u{307}\u{307}",
            ":",
            "abc:",
            "abc: ",
            "ᵢⱼ",
            "x^^y",
            "x__y",
            "(a]",
            "0.",
            ".5",
            "1.2.3",
            "👩‍🔬 = a",
            &deep,
            &roots,
            &low,
            &slashes,
        ] {
            let laid = set(painter, text);
            assert!(
                laid.width.is_finite() && laid.height().is_finite(),
                "{text:.40}"
            );
            let _ = lay(painter, &Node::Row(row(text)), KIND);
            let _ = broken(painter, &formula(text), KIND, Color32::GRAY, 50.0);
        }
    });
}
