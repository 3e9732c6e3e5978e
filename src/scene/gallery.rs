//! The scenes that the program carries with it: it runs without files.

use std::sync::LazyLock;

use crate::models;

/// A scene of the folder, by its file's name.
macro_rules! scene {
    ($name:literal) => {
        ($name, include_str!(concat!("../../scenes/", $name, ".ron")))
    };
}

/// Scenes of the folder `scenes`, by name, in the order of the gallery.
pub static SCENES: &[(&str, &str)] = &[
    scene!("mips"),
    scene!("active_gas"),
    scene!("hexatic"),
    scene!("chiral"),
    scene!("aoup"),
    scene!("run_and_tumble"),
    scene!("passive_colloid"),
    scene!("trapped"),
    scene!("flock_order"),
    scene!("vicsek_bands"),
    scene!("flock_disorder"),
    scene!("vector_noise"),
    scene!("vision_cone"),
    scene!("topological_flock"),
    scene!("mill"),
    scene!("kuramoto_onset"),
    scene!("chimera"),
    scene!("first_order"),
    scene!("noisy_identical"),
    scene!("moving_oscillators"),
    scene!("sync_on_network"),
    scene!("static_sync"),
    scene!("static_async"),
    scene!("static_phase_wave"),
    scene!("splintered_phase_wave"),
    scene!("active_phase_wave"),
    scene!("swarmalator_tour"),
    scene!("swarmalators_many"),
    scene!("swarmalators_local"),
    scene!("swarmalators_ring"),
    scene!("travelling_wave"),
    scene!("hop_and_spread"),
    scene!("small_world_no_clustering"),
    scene!("well_mixed_limit"),
    scene!("degree_heterogeneity"),
    scene!("vaccination_ring"),
    scene!("sis_endemic"),
    scene!("sirs_waves"),
    scene!("ginibre"),
    scene!("crystal"),
    scene!("quartic_ring"),
    scene!("hard_disc"),
    scene!("gue_line"),
    scene!("two_component"),
    scene!("linear_statistics"),
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
        let mut refused = String::new();
        for (name, text) in ALL.iter() {
            match crate::scene::parse(name, text, &[]) {
                Ok(scene) => {
                    let again = crate::scene::parse(name, &scene.to_ron(), &[]);
                    assert_eq!(again.as_ref(), Ok(&scene), "{name}");
                }
                Err(problems) => refused += &problems.render(false),
            }
        }
        for model in models::ALL {
            for text in [model.default_scene, model.bench_scene] {
                if let Err(problems) = crate::scene::parse(model.name, text, &[]) {
                    refused += &problems.render(false);
                }
            }
        }
        assert!(refused.is_empty(), "{refused}");
    }
}
