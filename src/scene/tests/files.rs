//! Files: what is not a scene file is refused without waiting; a file that is edited is followed.

use std::fs;
use std::path::Path;

use super::*;
use crate::models;
use crate::scene::load::{MOST_BYTES, text};
use crate::scene::{News, Watched, find, gallery, load};

fn refused(path: &Path) -> String {
    let problem = text(path).expect_err("this is no scene file");
    let words = problem.to_string();
    assert!(words.starts_with(&path.display().to_string()), "{words}");
    assert!(!problem.render(false).is_empty());
    words
}

#[test]
fn what_is_no_text_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scene.ron");
    assert!(refused(&path).contains("cannot be read"));
    assert!(refused(folder.path()).contains("is a directory"));
    fs::write(&path, b"(version: \xff)").expect("written");
    assert!(refused(&path).contains("byte 10"));
    let huge = fs::File::create(&path).expect("created");
    huge.set_len(1 << 40).expect("a sparse file");
    assert!(refused(&path).contains(&format!("at most {MOST_BYTES}")));
    assert!(text(Path::new("a\0b")).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_and_devices_are_refused_without_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.ron");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(refused(&pipe).contains("is not a regular file"));
    }
    assert!(refused(Path::new("/dev/zero")).contains("is not a regular file"));
    let around = folder.path().join("loop.ron");
    std::os::unix::fs::symlink(&around, &around).expect("a link");
    assert!(refused(&around).contains("cannot be read"));
}

#[test]
fn a_name_is_a_file_or_a_scene_of_the_gallery() {
    let problem = find("mipss", &[]).expect_err("no such scene").to_string();
    assert!(
        problem.contains("there is no file and no scene"),
        "{problem}"
    );
    let problem = find("nowhere/mips.ron", &[])
        .expect_err("no such file")
        .to_string();
    assert!(problem.contains("cannot be read"), "{problem}");
    for (name, _) in gallery::ALL.iter() {
        let found = find(name, &[]).map(|scene| scene.model.name);
        assert!(found.is_ok(), "{name}: {found:?}");
    }
    if let Some(model) = models::ALL.first() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("copy.ron");
        fs::write(&path, model.default_scene).expect("written");
        let scene = load(&path, &[("seed".into(), "5".into())]).expect("a good scene");
        assert_eq!((scene.seed, scene.model.name), (5, model.name));
        assert_eq!(
            find(&path.display().to_string(), &[])
                .expect("the same")
                .count,
            scene.count
        );
    }
}

/// Polls until something is reported, at most so often.
fn news(watched: &mut Watched, polls: usize) -> News {
    (0..polls)
        .map(|_| watched.poll())
        .find(|news| !matches!(news, News::Nothing))
        .unwrap_or(News::Nothing)
}

#[test]
fn a_watched_file_is_followed_and_keeps_its_last_good_scene() {
    let Some(model) = models::ALL.first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scene.ron");
    let first = crate::scene::parse("first", model.default_scene, &[]).expect("a good scene");
    let save = |seed: u64| {
        let text = Scene {
            seed,
            ..first.clone()
        }
        .to_ron();
        fs::write(&path, &text).expect("written");
        text
    };
    save(1);
    let mut watched = Watched::new(&path, &[], load(&path, &[]).expect("a good scene"));
    assert!(
        matches!(news(&mut watched, 10), News::Nothing),
        "nothing has changed"
    );

    let text = save(22);
    assert!(
        matches!(watched.poll(), News::Nothing),
        "a change must come to rest first"
    );
    assert!(matches!(watched.poll(), News::Changed(scene) if scene.seed == 22));
    assert!(
        matches!(news(&mut watched, 10), News::Nothing),
        "a change is told once"
    );

    // Half-written: broken, told once, and the last good scene stands.
    fs::write(&path, &text[..text.len() / 2]).expect("written");
    assert!(matches!(news(&mut watched, 10), News::Broken(_)));
    assert!(matches!(news(&mut watched, 10), News::Nothing));
    assert_eq!(watched.good().seed, 22);

    // Saved by renaming, with the file away for a moment.
    fs::remove_file(&path).expect("removed");
    assert!(matches!(watched.poll(), News::Nothing));
    let aside = folder.path().join("aside");
    fs::write(
        &aside,
        Scene {
            seed: 333,
            ..first.clone()
        }
        .to_ron(),
    )
    .expect("written");
    fs::rename(&aside, &path).expect("renamed");
    assert!(matches!(news(&mut watched, 10), News::Changed(scene) if scene.seed == 333));

    // Away for good: told once; and back again.
    fs::remove_file(&path).expect("removed");
    assert!(matches!(news(&mut watched, 10), News::Broken(_)));
    assert!(matches!(news(&mut watched, 10), News::Nothing));
    save(4444);
    assert!(matches!(news(&mut watched, 10), News::Changed(scene) if scene.seed == 4444));

    // The same length within the same tick of the file system's clock.
    for seed in 5000..5050 {
        save(seed);
        let _ = watched.poll();
        let _ = watched.poll();
        save(seed + 1000);
        for _ in 0..4 {
            let _ = watched.poll();
        }
        assert_eq!(watched.good().seed, seed + 1000);
    }
}

#[test]
fn ten_thousand_half_written_saves_end_in_the_last_good_one() {
    let Some(model) = models::ALL.first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scene.ron");
    let first = crate::scene::parse("first", model.default_scene, &[]).expect("a good scene");
    let text = first.to_ron();
    fs::write(&path, &text).expect("written");
    let mut watched = Watched::new(&path, &[], first.clone());
    for turn in 0..10_000_usize {
        let end = (turn * 7919) % text.trim_end().len();
        fs::write(&path, &text.as_bytes()[..end]).expect("written");
        assert!(!matches!(watched.poll(), News::Changed(_)));
    }
    let last = Scene { seed: 99, ..first };
    fs::write(&path, last.to_ron()).expect("written");
    assert!(matches!(news(&mut watched, 10), News::Changed(scene) if *scene == last));
}
