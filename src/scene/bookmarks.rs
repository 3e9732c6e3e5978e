//! Bookmarks: what must hold between one and the scene that it belongs to.

use super::build::{number, text, view};
use super::fault::Fault;
use super::interpret::Entries;
use super::types::{Bookmark, MOST_BOOKMARKS, ViewSettings};
use crate::model::Model;
use crate::model::parameter::{Change, Values};

/// The bookmarks in their order; adds what is wrong with them to the faults.
///
/// A parameter that starts the run anew has no place in a bookmark, because jumping to one must
/// not throw away what has been computed; and the scene's dt must be small enough there too.
pub fn bookmarks(
    entries: &Entries,
    model: &Model,
    values: &Values,
    scene_view: &ViewSettings,
    faults: &mut Vec<Fault>,
) -> Vec<Bookmark> {
    let mut found = Vec::new();
    for index in 0.. {
        let place = format!("bookmarks[{index}]");
        let Some(name) = text(entries, &format!("{place}.name")) else {
            break;
        };
        if index >= MOST_BOOKMARKS {
            if let Some(entry) = entries.get(&format!("{place}.name")) {
                faults.push(
                    Fault::new("too_many", entry.span)
                        .field(place)
                        .fault("is one bookmark too many: each has a key from 1 to 9")
                        .allowed(format!("at most {MOST_BOOKMARKS} bookmarks"))
                        .remedy("remove it, or another one"),
                );
            }
            break;
        }
        let path = format!("{place}.view");
        let prefix = format!("{path}.");
        let own = entries
            .range(prefix.clone()..)
            .next()
            .is_some_and(|(path, _)| path.starts_with(&prefix));
        found.push(Bookmark {
            name,
            view: if own {
                view(entries, &path, model)
            } else {
                scene_view.clone()
            },
            parameters: parameters(entries, &place, model, values, faults),
        });
    }
    found
}

fn parameters(
    entries: &Entries,
    place: &str,
    model: &Model,
    values: &Values,
    faults: &mut Vec<Fault>,
) -> Vec<(usize, f64)> {
    let mut own = Vec::new();
    let mut there = values.clone();
    let mut last = None;
    for (index, parameter) in (model.parameters)().iter().enumerate() {
        let path = format!("{place}.parameters.{}", parameter.name);
        let (Some(entry), Some(value)) = (entries.get(&path), number(entries, &path)) else {
            continue;
        };
        if parameter.change == Change::Restart {
            faults.push(
                Fault::new("inconsistent", entry.span)
                    .field(&path)
                    .fault(format!(
                        "`{}` starts the run anew, and a bookmark only changes what acts at once",
                        parameter.name
                    ))
                    .remedy("remove it from the bookmark"),
            );
            continue;
        }
        there.set(index, value);
        own.push((index, value));
        last = Some((path, entry.span));
    }
    let bound = (model.step_bound)(&there);
    // Without parameters of its own the scene's own check has said it already.
    if let (Some((path, span)), Some(dt)) = (last, number(entries, "dt"))
        && dt > bound.dt * (1.0 + 1e-9)
    {
        faults.push(
            Fault::new("step_too_large", span)
                .field(path)
                .fault(format!(
                    "with the parameters of this bookmark the scene's dt {dt} is beyond the bound {}: {}",
                    bound.dt, bound.reason
                ))
                .remedy("choose a smaller dt for the scene, or other values for the bookmark"),
        );
    }
    own
}
