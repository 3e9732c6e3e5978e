//! Where a scene has its steps computed.

use super::*;
use crate::models;
use crate::scene::Backend;

fn active(change: impl Fn(&str) -> String) -> Result<Scene, Problems> {
    let model = models::find("active").expect("the chapter");
    crate::scene::parse("mine.ron", &change(model.default_scene), &[])
}

fn with_field(field: &str) -> impl Fn(&str) -> String {
    move |text| text.replacen("seed:", &format!("{field}\n    seed:"), 1)
}

#[test]
fn a_scene_says_where_it_is_computed_and_keeps_it() {
    let plain = active(str::to_string).expect("a scene");
    assert_eq!(plain.backend, Backend::Cpu);
    assert!(!plain.to_ron().contains("backend"));
    let named = active(with_field("backend: cpu,")).expect("a scene");
    assert_eq!(named, plain);
    for written in ["backend: gpu,", "backend: \"gpu\","] {
        let scene = active(with_field(written)).expect("a scene");
        assert_eq!(scene.backend, Backend::Gpu);
        assert_ne!(scene, plain);
        let again = crate::scene::parse("again", &scene.to_ron(), &[]).expect("the same scene");
        assert_eq!(again, scene);
        assert_eq!(scene.json()["backend"], "gpu");
    }
    let model = models::find("active").expect("the chapter");
    let change = [("backend".to_string(), "gpu".to_string())];
    let scene = crate::scene::parse("mine.ron", model.default_scene, &change).expect("a scene");
    assert_eq!(scene.backend, Backend::Gpu);
}

#[test]
fn what_no_device_computes_is_refused_with_its_place() {
    let text = GOOD.replacen("seed:", "backend: gpu,\n    seed:", 1);
    let problem = only(check(&text));
    let at = text.find("gpu,").expect("it is written");
    assert_eq!(problem.field, "backend");
    assert_eq!((problem.line, problem.column), place(&text, at));
    assert!(problem.to_string().contains("walkers"), "{problem}");
    let text = GOOD.replacen("seed:", "backend: cpu,\n    seed:", 1);
    assert_eq!(good(&text), good(GOOD));
    let problem = only(check(&GOOD.replacen(
        "seed:",
        "backend: gpus,\n    seed:",
        1,
    )));
    assert!(
        problem.to_string().contains("did you mean `gpu`"),
        "{problem}"
    );
    let walls = "backend: gpu, walls: [((-1, 0), (1, 0))],";
    assert_eq!(active(with_field(walls)).expect("a scene").walls.len(), 1);
}
