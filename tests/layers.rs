//! The order of the house, read from the source: who imports whom, who reads clocks, who touches
//! files, and what no part of the program does at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers from the ground up; modules of one layer never import each other.
const LAYERS: &[&[&str]] = &[
    &["math"],
    &["model"],
    &["models"],
    &["scene"],
    &["sim"],
    &["gpu", "view", "panel", "record", "sweep"],
    &["app"],
];

/// Lines that a source file may have, its tests included.
const LONGEST: usize = 450;

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// One file, without comments, texts and tests.
struct Source {
    /// Path below `src`, with slashes.
    name: String,
    /// Path of the module, such as `["sim", "pace"]`.
    module: Vec<String>,
    code: String,
    lines: usize,
}

impl Source {
    fn layer(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    fn within(&self, prefix: &str) -> bool {
        self.name.starts_with(prefix)
    }

    /// The line of a place in the code, counted in the file.
    fn line(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }

    /// Places at which these words stand, as whole words.
    fn places(&self, words: &str) -> Vec<usize> {
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        let whole = |at: usize| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + words.len()..].chars().next();
            let begins = !words.starts_with(letter) || !before.is_some_and(letter);
            begins && (!words.ends_with(letter) || !after.is_some_and(letter))
        };
        let found = self.code.match_indices(words).map(|(at, _)| at);
        found.filter(|&at| whole(at)).collect()
    }
}

/// Blanks comments and the insides of texts and characters; line breaks stay.
fn stripped(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let blank = |code: &mut String, part: &str| {
        code.extend(part.chars().filter(|&c| c == '\n'));
    };
    while let Some(first) = rest.chars().next() {
        let previous = code.chars().next_back().unwrap_or(' ');
        let inside_name = previous.is_alphanumeric() || previous == '_';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if !inside_name && (rest.starts_with("r\"") || rest.starts_with("r#")) {
            let hashes = rest[1..].chars().take_while(|&c| c == '#').count();
            if rest[1 + hashes..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(hashes));
                let from = 2 + hashes;
                rest[from..]
                    .find(&end)
                    .map_or(rest.len(), |at| from + at + end.len())
            } else {
                0
            }
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].char_indices().find(|&(_, c)| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |(at, _)| at + 2)
        } else if first == '\'' {
            // A character, unless it is a lifetime.
            let mut chars = rest[1..].char_indices();
            match (chars.next(), chars.next()) {
                (Some((_, '\\')), _) => rest[2..].find('\'').map_or(0, |at| {
                    let end = 2 + at + 1;
                    // '\'' closes one later.
                    if rest[2..].starts_with('\'') {
                        end + 1
                    } else {
                        end
                    }
                }),
                (Some(_), Some((at, '\''))) => at + 2,
                _ => 0,
            }
        } else {
            0
        };
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            if first == '"' || first == 'r' {
                code.push_str("\"\"");
            }
            blank(&mut code, &rest[..length]);
            rest = &rest[length..];
        }
    }
    code
}

/// Blanks what is compiled for tests only, and names the modules that are.
fn without_tests(code: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let (mut kept, mut modules, mut rest) = (String::new(), Vec::new(), code);
    while let Some(at) = rest.find(MARK) {
        kept.push_str(&rest[..at]);
        let item = &rest[at..];
        let mut depth = 0_i32;
        let mut end = item.len();
        for (place, c) in item.char_indices().skip(MARK.len()) {
            depth += match c {
                '{' | '(' | '[' => 1,
                '}' | ')' | ']' => -1,
                _ => 0,
            };
            if depth == 0 && (c == ';' || c == '}') {
                end = place + 1;
                break;
            }
        }
        let words: Vec<&str> = item[MARK.len()..end].split_whitespace().collect();
        if let Some(at) = words.iter().position(|&word| word == "mod")
            && let Some(name) = words.get(at + 1).and_then(|word| word.strip_suffix(';'))
        {
            modules.push(name.into());
        }
        kept.extend(item[..end].chars().filter(|&c| c == '\n'));
        rest = &item[end..];
    }
    kept.push_str(rest);
    (kept, modules)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// All sources of the program, those of its unit tests left out of the second list.
fn sources() -> (Vec<(String, usize)>, Vec<Source>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut all = Vec::new();
    let mut tests: Vec<Vec<String>> = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).expect("a source");
        let name = path
            .strip_prefix(&root)
            .expect("below src")
            .display()
            .to_string();
        let mut module: Vec<String> = name
            .trim_end_matches(".rs")
            .split('/')
            .map(String::from)
            .collect();
        if ["mod", "lib", "main"].contains(&module.last().map_or("", String::as_str)) {
            module.pop();
        }
        let (code, test_modules) = without_tests(&stripped(&text));
        for test in test_modules {
            tests.push(module.iter().cloned().chain([test]).collect());
        }
        all.push(Source {
            name,
            module,
            code,
            lines: text.lines().count(),
        });
    }
    let lengths = all
        .iter()
        .map(|source| (source.name.clone(), source.lines))
        .collect();
    all.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    assert!(
        all.len() > 50 && !tests.is_empty(),
        "the sources were not found"
    );
    (lengths, all)
}

/// The names at which a path group or a single name begins: `a::b` gives a, `{a::b, c}` a and c.
fn heads(code: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|&c| c.is_alphanumeric() || c == '_')
            .collect()
    };
    let Some(group) = code.strip_prefix('{') else {
        return vec![word(code)];
    };
    let (mut depth, mut heads, mut begin) = (0_i32, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(word(&group[begin..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(word(&group[begin..at]));
                begin = at + 1;
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// Every path that leaves the file's own module tree: the place, and the full path's first names.
fn imports(source: &Source) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for at in source.places("crate::") {
        for head in heads(&source.code[at + "crate::".len()..]) {
            let after = &source.code[at + "crate::".len()..];
            let second = after
                .strip_prefix(&format!("{head}::"))
                .map(heads)
                .unwrap_or_default();
            if second.is_empty() {
                found.push((at, vec![head]));
            } else {
                found.extend(
                    second
                        .into_iter()
                        .map(|second| (at, vec![head.clone(), second])),
                );
            }
        }
    }
    for at in source.places("super::") {
        if source.code[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &source.code[at..];
        let mut up = 0;
        while let Some(more) = rest.strip_prefix("super::") {
            rest = more;
            up += 1;
        }
        assert!(
            up <= source.module.len(),
            "{}: more `super` than modules",
            source.name
        );
        let base = &source.module[..source.module.len() - up];
        for head in heads(rest) {
            let path = base.iter().cloned().chain([head]).take(2).collect();
            found.push((at, path));
        }
    }
    found
}

#[track_caller]
fn none(breaches: &[String], rule: &str) {
    assert!(breaches.is_empty(), "{rule}\n  {}", breaches.join("\n  "));
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let text = "use a::b; // crate::app\n/* unsafe */ let s = \"panic!\"; let c = '\"'; let r = r#\"x\"y\"#;\n#[cfg(test)]\nmod tests {\n fn f() { g.unwrap(); }\n}\nlet life: &'a str; let q = '\\''; end";
    let (code, modules) = without_tests(&stripped(text));
    for gone in ["crate::app", "unsafe", "panic!", "unwrap", "x\"y"] {
        assert!(!code.contains(gone), "{gone}: {code}");
    }
    for kept in ["use a::b;", "let life: &'a str;", "end"] {
        assert!(code.contains(kept), "{kept}: {code}");
    }
    assert_eq!(code.matches('\n').count(), text.matches('\n').count());
    assert!(modules.is_empty());
    assert_eq!(
        without_tests("#[cfg(test)]\npub mod testing;\n").1,
        ["testing"]
    );
    assert_eq!(
        heads("{math::{a, b}, sim::c, view}"),
        ["math", "sim", "view"]
    );
    let source = |module: &[&str], code: &str| Source {
        name: String::new(),
        module: module.iter().map(|&part| part.into()).collect(),
        code: code.into(),
        lines: 1,
    };
    let sees = |module: &[&str], code: &str| -> Vec<String> {
        imports(&source(module, code))
            .into_iter()
            .map(|(_, path)| path.join("::"))
            .collect()
    };
    assert_eq!(sees(&["sim", "pace"], "use crate::app::x;"), ["app::x"]);
    assert_eq!(
        sees(&["sim", "pace"], "use crate::{app::x, view};"),
        ["app", "view"]
    );
    assert_eq!(sees(&["sim", "pace"], "super::super::view::f()"), ["view"]);
    assert_eq!(
        sees(&["models", "a", "law"], "super::super::b::f()"),
        ["models::b"]
    );
}

#[test]
fn imports_go_down_only() {
    let (_, sources) = sources();
    // Macros live at the root of the crate under their own names.
    let mut macros = BTreeMap::new();
    for source in &sources {
        for at in source.places("#[macro_export]") {
            let after = &source.code[at..];
            if let Some(begin) = after.find("macro_rules! ") {
                let name = heads(&after[begin + "macro_rules! ".len()..]).remove(0);
                macros.insert(name, source.layer().to_string());
            }
        }
    }
    let mut breaches = Vec::new();
    for source in &sources {
        let own = source.layer();
        let Some(height) = rank(own) else {
            let root = ["lib.rs", "main.rs"].contains(&source.name.as_str());
            assert!(root, "{}: which layer is this?", source.name);
            continue;
        };
        for at in source.places("seethe::") {
            breaches.push(format!(
                "{}:{}: calls itself seethe",
                source.name,
                source.line(at)
            ));
        }
        for (at, path) in imports(source) {
            let target = macros.get(&path[0]).unwrap_or(&path[0]);
            let allowed = target == own || rank(target).is_some_and(|other| other < height);
            let place = format!("{}:{}", source.name, source.line(at));
            if !allowed {
                breaches.push(format!("{place}: {own} imports {target}"));
            }
            // A chapter knows itself, and no other chapter.
            if own == "models"
                && target == "models"
                && let (Some(chapter), Some(other)) = (source.module.get(1), path.get(1))
                && chapter != other
            {
                breaches.push(format!("{place}: the chapter {chapter} imports {other}"));
            }
            let knows_no_model = ["view", "panel", "record", "gpu"].contains(&own);
            if knows_no_model && target == "models" {
                breaches.push(format!("{place}: {own} knows a model"));
            }
        }
    }
    none(
        &breaches,
        "imports go down only, and siblings never import each other:",
    );
}

#[test]
fn every_place_keeps_to_what_it_may_touch() {
    let (_, sources) = sources();
    let mut breaches = Vec::new();
    let mut forbid = |applies: &dyn Fn(&Source) -> bool, words: &[&str], rule: &str| {
        for source in sources.iter().filter(|source| applies(source)) {
            for word in words {
                for at in source.places(word) {
                    let line = source.line(at);
                    breaches.push(format!("{}:{line}: `{word}`: {rule}", source.name));
                }
            }
        }
    };
    let files = [
        "std::fs",
        "File",
        "OpenOptions",
        "tempfile",
        "read_to_string",
    ];
    forbid(
        &|source| {
            let reads = ["scene/load.rs", "scene/watch.rs"].contains(&source.name.as_str());
            !source.within("record/") && !reads
        },
        &files,
        "only the recorder touches files, and the scene's loader reads them",
    );
    forbid(
        &|source| source.within("scene/"),
        &[
            "fs::write",
            "create_dir",
            "remove_file",
            "rename",
            "write(true)",
            "World",
        ],
        "a scene is read, and knows no world",
    );
    let clocks = ["Instant::now", "SystemTime::now", "elapsed"];
    forbid(
        &|source| {
            let paced = ["sim/profile.rs", "sim/pace.rs", "sim/driver.rs"];
            !paced.contains(&source.name.as_str())
                && !["app/", "panel/", "view/"]
                    .iter()
                    .any(|place| source.within(place))
        },
        &clocks,
        "model time is counted in steps; only the pace and the window read clocks",
    );
    let pure = |source: &Source| source.within("math/") || source.name.ends_with("/law.rs");
    forbid(
        &pure,
        &["bevy", "std::time", "std::io", "std::env"],
        "a pure function of its arguments",
    );
    forbid(
        &|source| ["math", "model", "models", "scene", "sim"].contains(&source.layer()),
        &[
            "egui",
            "wgpu",
            "bevy::render",
            "bevy::window",
            "bevy::winit",
            "bevy::app",
            "bevy::prelude",
        ],
        "the model and its run know no window",
    );
    forbid(
        &|source| ["math", "model", "models"].contains(&source.layer()),
        &[
            "ron::",
            "clap",
            "thread_rng",
            "HashMap",
            "HashSet",
            "thread::current",
        ],
        "a step depends on the seed and nothing else",
    );
    forbid(
        &|source| source.layer() == "sim",
        &["HashMap", "HashSet", "thread_rng"],
        "a run is the same every time",
    );
    forbid(
        &|source| source.name.ends_with("/step.rs"),
        &["Commands"],
        "particles are not made or lost",
    );
    forbid(
        &|source| source.layer() == "panel",
        &["World", "ResMut"],
        "the interface emits requests",
    );
    forbid(
        &|source| source.layer() == "view",
        &["parameter", "Values", "laws"],
        "the view draws data, and knows neither parameters nor laws",
    );
    none(&breaches, "who may touch what:");
}

#[test]
fn nothing_panics_on_purpose_and_nothing_is_unsafe() {
    let (_, sources) = sources();
    let words = [
        "unsafe",
        ".unwrap()",
        ".expect(",
        ".unwrap_err()",
        "panic!",
        "todo!",
        "unimplemented!",
        "unreachable!",
        "dbg!",
        "process::exit",
    ];
    let mut breaches = Vec::new();
    for source in &sources {
        for word in words {
            for at in source.places(word) {
                breaches.push(format!("{}:{}: `{word}`", source.name, source.line(at)));
            }
        }
    }
    none(
        &breaches,
        "bad input must lead to an error, never to a panic:",
    );
}

#[test]
fn files_stay_short() {
    let (lengths, _) = sources();
    let long = lengths.iter().filter(|(_, lines)| *lines > LONGEST);
    let breaches: Vec<_> = long
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    none(
        &breaches,
        &format!("a file has at most {LONGEST} lines; split it by what it is about:"),
    );
}

#[test]
fn the_map_names_every_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(root.join("lib.rs")).expect("lib.rs");
    for entry in fs::read_dir(&root).expect("src").flatten() {
        if entry.path().is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(rank(&name).is_some(), "{name} has no layer");
            assert!(
                map.contains(&format!("pub mod {name};")),
                "{name} is not in lib.rs"
            );
            assert!(
                map.contains(&format!("[`{name}`]")),
                "{name} is missing in the map of lib.rs"
            );
        }
    }
}
