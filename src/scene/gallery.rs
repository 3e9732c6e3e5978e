//! The scenes that the program carries with it: it runs without files.

use std::sync::LazyLock;

use crate::models;

/// Scenes of the folder `scenes`, by name, in the order of the gallery.
pub static SCENES: &[(&str, &str)] = &[
    ("mips", include_str!("../../scenes/mips.ron")),
    ("active_gas", include_str!("../../scenes/active_gas.ron")),
    ("hexatic", include_str!("../../scenes/hexatic.ron")),
    ("chiral", include_str!("../../scenes/chiral.ron")),
    ("aoup", include_str!("../../scenes/aoup.ron")),
    (
        "run_and_tumble",
        include_str!("../../scenes/run_and_tumble.ron"),
    ),
    (
        "passive_colloid",
        include_str!("../../scenes/passive_colloid.ron"),
    ),
    ("trapped", include_str!("../../scenes/trapped.ron")),
];

/// All scenes by name: those of the folder, then the default scene of every model under the
/// model's name, where the folder has none of that name.
pub static ALL: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let defaults = models::ALL
        .iter()
        .filter(|model| SCENES.iter().all(|(name, _)| *name != model.name))
        .map(|model| (model.name, model.default_scene));
    SCENES.iter().copied().chain(defaults).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_has_every_scene_of_the_folder() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".ron")?.to_owned()))
            .collect();
        let listed: BTreeSet<String> = SCENES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(
            files, listed,
            "every file of scenes/ must have a line in SCENES, and only those"
        );
    }

    #[test]
    fn every_scene_is_valid_and_survives_saving() {
        for (name, text) in ALL.iter() {
            let scene = crate::scene::parse(name, text, &[])
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            let written = scene.to_ron();
            let again = crate::scene::parse(name, &written, &[])
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            assert_eq!(scene, again, "{name}");
        }
        for model in models::ALL {
            crate::scene::parse(model.name, model.bench_scene, &[])
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        }
    }
}
