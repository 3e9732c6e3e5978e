//! Every declaration of every model is complete, and the README says the same.

use std::collections::BTreeSet;
use std::fmt::Write;

use seethe::model::Model;
use seethe::model::observable::{Estimator, LayerKind};
use seethe::model::parameter::{Change, Kind, Scale};
use seethe::models;
use seethe::scene;
use seethe::sim::Simulation;
use seethe::sim::simulation::worker_threads;

use crate::harness::{owned, start};

/// Complaints about all declarations, so that a failure shows the whole list.
#[derive(Default)]
struct Review {
    faults: Vec<String>,
}

impl Review {
    fn that(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(what());
        }
    }

    /// Names as they stand in files: snake_case, and no two alike.
    fn names<'a>(&mut self, of: &str, names: impl IntoIterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            let snake = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                && !name.ends_with('_')
                && !name.contains("__");
            self.that(snake, || format!("{of}: `{name}` is not snake_case"));
            self.that(seen.insert(name), || {
                format!("{of}: `{name}` is there twice")
            });
        }
    }

    /// A sentence or two: it begins with a capital or a symbol and ends with a full stop.
    fn sentence(&mut self, of: &str, doc: &str) {
        self.that(doc.ends_with('.') && doc.len() > 10, || {
            format!("{of}: `{doc}` is not a sentence that ends with a full stop")
        });
        self.that(!doc.contains("  ") && !doc.starts_with(' '), || {
            format!("{of}: `{doc}` has stray spaces")
        });
        let small = doc.starts_with(|c: char| c.is_ascii_lowercase());
        self.that(!small, || {
            format!("{of}: `{doc}` begins with a small letter")
        });
    }

    fn present(&mut self, of: &str, what: &str, value: &str) {
        self.that(!value.trim().is_empty(), || {
            format!("{of}: {what} is missing")
        });
    }

    #[track_caller]
    fn finish(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

#[test]
fn every_model_is_described() {
    let mut review = Review::default();
    review.names("models", models::ALL.iter().map(|model| model.name));
    assert!(!models::ALL.is_empty());
    for model in models::ALL {
        let of = model.name;
        review.present(of, "title", model.title);
        review.sentence(of, model.summary);
        review.sentence(of, model.method);
        review.that(!model.equations.is_empty(), || format!("{of}: no equation"));
        review.that(!model.sources.is_empty(), || format!("{of}: no source"));
        for source in model.sources {
            review.present(of, "citation", source.citation);
            let dated = source.citation.contains("(19") || source.citation.contains("(20");
            review.that(dated, || format!("{of}: no year in `{}`", source.citation));
            let link = source.link.is_empty() || source.link.starts_with("https://");
            review.that(link, || {
                format!("{of}: `{}` is not an address", source.link)
            });
        }
        review.names(of, model.initial_conditions.iter().map(|one| one.name));
        for initial in model.initial_conditions {
            review.sentence(
                &format!("{of}, initial condition {}", initial.name),
                initial.doc,
            );
        }
        review.that(!model.initial_conditions.is_empty(), || {
            format!("{of}: no way to start")
        });
        review.names(of, model.columns.iter().map(|column| column.name));
        for column in model.columns {
            let of = format!("{of}, column {}", column.name);
            review.sentence(&of, column.doc);
            review.present(&of, "symbol", column.symbol);
            review.that(!column.parts.is_empty(), || format!("{of}: no parts"));
        }
    }
    review.finish();
}

#[test]
fn every_parameter_is_complete() {
    let mut review = Review::default();
    for model in models::ALL {
        let parameters = (model.parameters)();
        review.names(
            model.name,
            parameters.iter().map(|parameter| parameter.name),
        );
        let mut groups: Vec<&str> = Vec::new();
        for parameter in parameters {
            let of = format!("{}, parameter {}", model.name, parameter.name);
            review.sentence(&of, parameter.doc);
            review.present(&of, "group", parameter.group);
            if groups.last() != Some(&parameter.group) {
                review.that(!groups.contains(&parameter.group), || {
                    format!("{of}: the group {} is torn apart", parameter.group)
                });
                groups.push(parameter.group);
            }
            let default = parameter.check(parameter.default);
            review.that(default.is_ok(), || {
                format!("{of}: the default is out of range")
            });
            match parameter.kind {
                Kind::Number { min, max, scale } => {
                    review.present(&of, "symbol", parameter.symbol);
                    review.that(min.is_finite() && max.is_finite() && min < max, || {
                        format!("{of}: the range {min} to {max} is empty or unbounded")
                    });
                    review.that(scale == Scale::Linear || min >= 0.0, || {
                        format!("{of}: a logarithmic scale cannot begin at {min}")
                    });
                }
                Kind::Integer { min, max } => {
                    review.present(&of, "symbol", parameter.symbol);
                    review.that(min < max, || format!("{of}: the range is empty"));
                }
                Kind::Choice(alternatives) => {
                    review.names(&of, alternatives.iter().map(|one| one.name));
                    review.that(alternatives.len() > 1, || {
                        format!("{of}: nothing to choose")
                    });
                    for one in alternatives {
                        review.sentence(&format!("{of}, {}", one.name), one.doc);
                    }
                }
                Kind::Flag => {}
                Kind::Formula(variable) => {
                    review.that(parameter.change == Change::Restart, || {
                        format!("{of}: a formula must start the run anew")
                    });
                    review.that(!variable.is_empty(), || format!("{of}: no variable"));
                }
            }
            let beyond = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];
            review.that(
                beyond.iter().all(|&value| parameter.check(value).is_err()),
                || format!("{of}: takes values that are none"),
            );
        }
    }
    review.finish();
}

#[test]
fn every_observable_colouring_and_layer_is_complete() {
    let mut review = Review::default();
    for model in models::ALL {
        review.names(model.name, model.observables.iter().map(|one| one.name));
        review.names(model.name, model.colourings.iter().map(|one| one.name));
        review.names(model.name, model.layers.iter().map(|one| one.name));
        review.that(model.scalars().count() > 0, || {
            format!("{}: no scalar", model.name)
        });
        for observable in model.observables {
            let of = format!("{}, observable {}", model.name, observable.name);
            review.present(&of, "title", observable.title);
            review.present(&of, "symbol", observable.symbol);
            review.sentence(&of, observable.doc);
            let (theory, axis) = match observable.estimator {
                Estimator::Scalar { theory, .. } | Estimator::Cumulative { theory, .. } => {
                    (theory.is_some(), None)
                }
                Estimator::Distribution { theory, x, .. }
                | Estimator::Correlation { theory, x, .. } => (theory.is_some(), Some(x)),
            };
            if let Some(axis) = axis {
                review.present(&of, "symbol of the axis", axis.symbol);
            }
            review.that(theory != observable.validity.is_empty(), || {
                format!("{of}: theory and its range of validity belong together")
            });
            if theory {
                review.sentence(&of, observable.validity);
            }
        }
        for colouring in model.colourings {
            let of = format!("{}, colouring {}", model.name, colouring.name);
            review.present(&of, "title", colouring.title);
            review.present(&of, "symbol", colouring.symbol);
            review.sentence(&of, colouring.doc);
            if let Some([low, high]) = colouring.range {
                review.that(low < high, || format!("{of}: the range is empty"));
            }
        }
        for layer in model.layers {
            let of = format!("{}, layer {}", model.name, layer.name);
            review.present(&of, "title", layer.title);
            review.sentence(&of, layer.doc);
        }
    }
    review.finish();
}

/// The embedded scenes of a model with few particles.
fn small(model: &Model) -> [Simulation; 2] {
    [
        ("default", model.default_scene),
        ("bench", model.bench_scene),
    ]
    .map(|(name, text)| {
        for count in [None, Some(("population.count", "64"))] {
            let overrides: Vec<_> = count.into_iter().collect();
            let scene = scene::parse(name, text, &owned(&overrides));
            match scene {
                Err(problems) => panic!("{}: {problems}", model.name),
                Ok(scene) if count.is_some() => return start(scene, 1),
                Ok(scene) => assert_eq!(scene.model.name, model.name),
            }
        }
        unreachable!("the loop ends with 64 particles")
    })
}

#[test]
fn embedded_scenes_are_good_and_everything_declared_answers_for_them() {
    for model in models::ALL {
        for mut run in small(model) {
            run.advance(20)
                .unwrap_or_else(|failure| panic!("{}: {failure}", model.name));
            assert_eq!(run.count(), 64);
            run.with_sample(|sample| {
                for observable in model.observables {
                    answers(observable.name, &observable.estimator, sample);
                }
                for colouring in model.colourings {
                    let mut values = Vec::new();
                    (colouring.values)(sample, &mut values);
                    assert_eq!(values.len(), 64, "{}", colouring.name);
                }
                for layer in model.layers {
                    if let LayerKind::Field(field) = layer.kind {
                        let grid = field(sample);
                        assert_eq!(
                            grid.values.len(),
                            grid.columns * grid.rows,
                            "{}",
                            layer.name
                        );
                    }
                }
            })
            .expect("a run has columns");
            for column in run.columns().iter() {
                for part in 0..column.declaration().parts.len() {
                    let number = column.number(run.world(), 0, part, &run.scene().domain);
                    assert!(number.is_finite(), "{}", column.declaration().name);
                }
            }
        }
    }
}

fn answers(name: &str, estimator: &Estimator, sample: &seethe::model::observable::Sample) {
    let curve = match *estimator {
        Estimator::Scalar { estimate, .. } => {
            assert!(!estimate(sample).is_infinite(), "{name} is infinite");
            return;
        }
        Estimator::Distribution { estimate, .. } => estimate(sample),
        Estimator::Correlation { start, .. } | Estimator::Cumulative { start, .. } => {
            let mut accumulator = start();
            accumulator.record(sample);
            accumulator.curve()
        }
    };
    assert_eq!(curve.x.len(), curve.y.len(), "{name}");
    assert!(
        curve.error.is_empty() || curve.error.len() == curve.y.len(),
        "{name}"
    );
    assert!(
        curve.x.windows(2).all(|pair| pair[0] < pair[1]),
        "{name}: x does not grow"
    );
}

#[test]
fn every_initial_condition_starts_or_says_why_not() {
    for model in models::ALL {
        let mut started = 0;
        for initial in model.initial_conditions {
            let quoted = format!("\"{}\"", initial.name);
            let overrides = [
                ("population.count", "64"),
                ("population.initial", quoted.as_str()),
            ];
            let scene = scene::parse("default", model.default_scene, &owned(&overrides))
                .unwrap_or_else(|problems| panic!("{problems}"));
            let pool = worker_threads(1).expect("a thread");
            match Simulation::new(scene, pool) {
                Ok(run) => {
                    assert_eq!(run.count(), 64);
                    started += 1;
                }
                Err(error) => assert!(error.to_string().len() > 30, "{}: {error}", initial.name),
            }
        }
        assert!(
            started * 2 > model.initial_conditions.len(),
            "{}: {started}",
            model.name
        );
    }
}

#[test]
fn the_readme_lists_the_models_as_they_declare_themselves() {
    let mut expected = String::from("| name | title | summary |\n|---|---|---|\n");
    for model in models::ALL {
        let _ = writeln!(
            expected,
            "| `{}` | {} | {} |",
            model.name, model.title, model.summary
        );
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap_or_default();
    let found = readme
        .split_once("<!-- models -->")
        .and_then(|(_, rest)| rest.split_once("<!-- /models -->"))
        .map(|(table, _)| table.trim());
    assert!(
        found == Some(expected.trim()),
        "README.md: between the lines `<!-- models -->` and `<!-- /models -->` there must stand\n\n{expected}\nand there stands\n\n{}",
        found.unwrap_or("nothing: the markers are missing")
    );
}
