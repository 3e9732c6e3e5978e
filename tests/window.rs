//! The real window on a display of its own: every built-in scene is opened, played, paused and
//! looked at, and the window closes when it is asked to.
//!
//! The display is Xvfb, whose picture lies in a file, and the adapter is Mesa's software one. Where
//! one of them is missing the test says so; with `SEETHE_CI=1` it then fails.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::harness::{Running, command, folder, seethe, text, within};

const SIZE: [usize; 2] = [1440, 900];

/// How long a window may take to show something, on two busy cores and without a graphics card.
const PATIENCE: Duration = Duration::from_secs(60);

/// A display without a monitor.
struct Screen {
    server: Child,
    number: String,
    folder: tempfile::TempDir,
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What stands on the screen: red, green and blue of every pixel.
struct Shot(Vec<[u8; 3]>);

impl Screen {
    /// Starts a server under a number that is free.
    fn open() -> Option<Self> {
        let folder = folder();
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                // A server starts anew, and refuses whoever comes meanwhile, when its last client leaves.
                "-noreset",
                "-nolisten",
                "tcp",
                "-screen",
                "0",
                "1440x900x24",
            ])
            .arg("-fbdir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?)
            .read_line(&mut number)
            .ok()?;
        let number = format!(":{}", number.trim());
        Some(Self {
            server,
            number,
            folder,
        })
    }

    /// The picture, in the format of X window dumps: a header of big-endian words, a table of
    /// colours of 12 bytes each, and pixels of four bytes in the order of the processor.
    fn shot(&self) -> Shot {
        let dump = std::fs::read(self.folder.path().join("Xvfb_screen0")).expect("the picture");
        let word = |index: usize| {
            let bytes: [u8; 4] = std::array::from_fn(|i| dump[4 * index + i]);
            u32::from_be_bytes(bytes) as usize
        };
        assert_eq!([word(4), word(5), word(11)], [SIZE[0], SIZE[1], 32]);
        let (first, line) = (word(0) + 12 * word(19), word(12));
        let pixel = |x: usize, y: usize| {
            let at = first + y * line + 4 * x;
            let value = u32::from_ne_bytes(std::array::from_fn(|i| dump[at + i]));
            [(value >> 16) as u8, (value >> 8) as u8, value as u8]
        };
        let rows = 0..SIZE[1];
        Shot(
            rows.flat_map(|y| (0..SIZE[0]).map(move |x| pixel(x, y)))
                .collect(),
        )
    }

    /// Uses the mouse and the keys.
    fn hand(&self, arguments: &[&str]) {
        let mut hand = Command::new("xdotool");
        hand.args(arguments).env("DISPLAY", &self.number);
        assert!(
            hand.status().is_ok_and(|status| status.success()),
            "xdotool {arguments:?}"
        );
    }

    /// Waits until what is on the screen is as it should be.
    #[track_caller]
    fn until(&self, window: &mut Running, what: &str, good: impl Fn(&Shot) -> bool) -> Shot {
        let shown = within(PATIENCE, || {
            assert!(window.runs(), "{what}: the window has gone");
            std::thread::sleep(Duration::from_millis(60));
            good(&self.shot())
        });
        let shot = self.shot();
        if !shown {
            let kept = std::env::temp_dir().join("seethe-window-test.png");
            shot.keep(&kept);
            panic!("{what}: not seen; the screen is kept in {}", kept.display());
        }
        shot
    }
}

/// A part of the screen: left, top, right, bottom.
type Region = [usize; 4];

/// The bar at the upper edge.
const BAR: Region = [0, 0, SIZE[0], 30];
/// The title of the scene in it.
const TITLE: Region = [0, 0, 420, 30];
/// Well inside the picture, whether the panels are open or not.
const PICTURE: Region = [420, 120, 900, 700];

impl Shot {
    fn part(&self, [left, top, right, bottom]: Region) -> impl Iterator<Item = [u8; 3]> {
        (top..bottom).flat_map(move |y| (left..right).map(move |x| self.0[y * SIZE[0] + x]))
    }

    /// Mean and standard deviation of the brightness, from 0 to 255.
    fn brightness(&self, region: Region) -> (f64, f64) {
        let light =
            |[r, g, b]: [u8; 3]| f64::from(u16::from(r) + u16::from(g) + u16::from(b)) / 3.0;
        let count = self.part(region).count() as f64;
        let mean = self.part(region).map(light).sum::<f64>() / count;
        let squares = self
            .part(region)
            .map(|pixel| (light(pixel) - mean).powi(2))
            .sum::<f64>();
        (mean, (squares / count).sqrt())
    }

    /// Share of the pixels that differ from those of another picture.
    fn change(&self, other: &Self, region: Region) -> f64 {
        let pairs = self.part(region).zip(other.part(region));
        let different = pairs.filter(|(one, other)| one != other).count();
        different as f64 / self.part(region).count() as f64
    }

    /// Particles are seen: the picture is far from uniform.
    fn lively(&self) -> bool {
        self.brightness(PICTURE).1 > 4.0
    }

    /// The bar is dark and has text.
    fn has_bar(&self) -> bool {
        let (mean, spread) = self.brightness(BAR);
        (5.0..60.0).contains(&mean) && spread > 8.0
    }

    /// The middle of a place that is bright all over, as a disc is.
    fn disc(&self, [left, top, right, bottom]: Region) -> Option<[usize; 2]> {
        let bright = |&[x, y]: &[usize; 2]| {
            let mut around = self.part([x - 2, y - 2, x + 3, y + 3]);
            around.all(|pixel| pixel.iter().max() > Some(&120))
        };
        let mut places = (top..bottom).flat_map(|y| (left..right).map(move |x| [x, y]));
        places.find(bright)
    }

    fn keep(&self, path: &Path) {
        let file = std::fs::File::create(path).expect("a file");
        let mut encoder = png::Encoder::new(file, SIZE[0] as u32, SIZE[1] as u32);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer
            .write_image_data(self.0.as_flattened())
            .expect("a picture");
    }
}

/// The description of Mesa's software adapter.
fn software_adapter() -> Option<PathBuf> {
    let folders = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];
    let entries = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten());
    let mut paths = entries.flatten().map(|entry| entry.path());
    paths.find(|path| {
        path.file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with("lvp_"))
    })
}

/// The display and the adapter, or `None` where the test cannot be done.
fn stage() -> Option<(Screen, PathBuf)> {
    let hand = Command::new("xdotool").arg("version").output().is_ok();
    let found = software_adapter()
        .filter(|_| hand)
        .and_then(|adapter| Some((Screen::open()?, adapter)));
    if found.is_none() {
        let missing =
            "the window is not tested: Xvfb, xdotool or Mesa's software adapter is missing";
        assert!(std::env::var("SEETHE_CI").is_err(), "{missing}");
        println!("{missing}");
    }
    found
}

fn open(screen: &Screen, adapter: &Path, arguments: &[&str]) -> Running {
    open_with(screen, adapter, arguments, Path::new(""))
}

/// Opens a window that remembers what it remembers in a folder.
fn open_with(screen: &Screen, adapter: &Path, arguments: &[&str], settings: &Path) -> Running {
    let mut window = command(arguments);
    window
        .env("SEETHE_CONFIG_DIR", settings)
        .env("DISPLAY", &screen.number)
        .env("VK_ICD_FILENAMES", adapter)
        .env("VK_DRIVER_FILES", adapter);
    Running::start(window)
}

/// Without a window manager nobody else gives the window the keys.
fn focus(screen: &Screen) {
    screen.hand(&[
        "search",
        "--sync",
        "--onlyvisible",
        "--name",
        "^Seethe",
        "windowfocus",
        "--sync",
    ]);
    screen.hand(&["mousemove", "660", "800"]);
}

#[test]
fn every_scene_opens_plays_and_closes() {
    let Some((screen, adapter)) = stage() else {
        return;
    };
    let folder = folder();
    let path = folder.path().join("scene.ron");
    let mut scenes = seethe::scene::gallery::SCENES.iter();
    let (first, content) = scenes.next().expect("a scene");
    std::fs::write(&path, content).expect("a file");
    let mut window = open(&screen, &adapter, &[text(&path)]);
    let mut last = screen.until(&mut window, first, |shot| shot.has_bar() && shot.lively());
    focus(&screen);

    // It plays, and the space bar stops it.
    screen.until(&mut window, "the run plays", |shot| {
        shot.change(&last, PICTURE) > 0.01
    });
    screen.hand(&["key", "space"]);
    let still = || {
        let before = screen.shot();
        std::thread::sleep(Duration::from_millis(400));
        screen.shot().change(&before, PICTURE) == 0.0
    };
    assert!(within(PATIENCE, still), "the space bar stops the run");
    let paused = screen.shot();
    screen.hand(&["key", "space"]);
    screen.until(&mut window, "the run goes on", |shot| {
        shot.change(&paused, PICTURE) > 0.01
    });

    // Every other scene, by way of its file: the title changes, and particles are seen.
    for (name, content) in scenes {
        std::fs::write(&path, content).expect("a file");
        let other =
            |shot: &Shot| shot.change(&last, TITLE) > 0.01 && shot.has_bar() && shot.lively();
        last = screen.until(&mut window, name, other);
    }
    // A file that is broken leaves the picture as it is.
    std::fs::write(&path, "(version: 1, model: \"active\", dt: NaN").expect("a file");
    std::thread::sleep(Duration::from_millis(600));
    screen.until(&mut window, "a broken file", |shot| {
        shot.has_bar() && shot.lively()
    });

    // Keys of the picture and of the window.
    screen.hand(&["key", "h"]);
    screen.until(&mut window, "the panels are hidden", |shot| {
        shot.change(&last, BAR) > 0.05
    });
    screen.hand(&["key", "h"]);
    screen.until(&mut window, "the panels are back", Shot::has_bar);
    for key in [
        "c",
        "plus",
        "minus",
        "f",
        "bracketright",
        "bracketleft",
        "period",
        "r",
        "n",
        "e",
    ] {
        screen.hand(&["key", key]);
    }
    screen.until(&mut window, "after many keys", |shot| {
        shot.has_bar() && shot.lively()
    });
    close(&screen, window);
}

/// Asks the window to close until it has heard it: keys before it has the focus are lost.
fn close(screen: &Screen, mut window: Running) {
    let closed = within(PATIENCE, || {
        // Frames are slow here: a modifier that comes and goes within one frame is not seen.
        let frame = || std::thread::sleep(Duration::from_millis(400));
        screen.hand(&["keydown", "ctrl"]);
        frame();
        screen.hand(&["key", "q"]);
        frame();
        screen.hand(&["keyup", "ctrl"]);
        within(Duration::from_secs(1), || !window.runs())
    });
    if !closed {
        let kept = std::env::temp_dir().join("seethe-window-test.png");
        screen.shot().keep(&kept);
        panic!(
            "the window does not close; the screen is kept in {}",
            kept.display()
        );
    }
    window.finish().ends_with(0);
}

#[test]
fn a_scene_opens_by_name_or_film_and_the_gallery_without_one() {
    let Some((screen, adapter)) = stage() else {
        return;
    };
    // A film opens the scene that it shows.
    let folder = folder();
    let film = folder.path().join("film.mp4");
    let recorded = [
        "record",
        "trapped",
        "--seconds",
        "0.1",
        "--size",
        "64x48",
        "-o",
    ];
    seethe(&[&recorded[..], &[text(&film)]].concat()).ends_with(0);
    for arguments in [&["trapped"][..], &[], &[text(&film)]] {
        let mut window = open(&screen, &adapter, arguments);
        screen.until(&mut window, "a window", |shot| {
            shot.brightness(PICTURE).1 > 4.0
        });
        focus(&screen);
        close(&screen, window);
    }
}

#[test]
fn a_window_comes_back_as_it_was_left() {
    let Some((screen, adapter)) = stage() else {
        return;
    };
    let settings = folder();
    let light = |shot: &Shot| shot.brightness(BAR).0 > 150.0;
    let mut window = open_with(&screen, &adapter, &["trapped"], settings.path());
    screen.until(&mut window, "a dark window", Shot::has_bar);
    focus(&screen);
    screen.hand(&["key", "t"]);
    screen.until(&mut window, "a light window", light);
    close(&screen, window);
    let file = settings.path().join("settings.ron");
    let text = std::fs::read_to_string(&file).expect("the settings");
    assert!(
        text.contains("dark: false") && text.contains("trapped"),
        "{text}"
    );
    let mut window = open_with(&screen, &adapter, &["trapped"], settings.path());
    screen.until(&mut window, "a light window again", light);
    focus(&screen);
    close(&screen, window);
}

/// Parts of the window of the scene `trapped`, as it stands without settings.
const VALUE: Region = [180, 178, 270, 202];
const SIDE: Region = [1134, 44, 1436, 850];
const WHOLE: Region = [0, 0, SIZE[0], SIZE[1]];

/// A chord whose modifier lasts long enough to be seen in a slow frame.
fn chord(screen: &Screen, modifier: &str, key: &str) {
    let frame = || std::thread::sleep(Duration::from_millis(400));
    screen.hand(&["keydown", modifier]);
    frame();
    screen.hand(&["key", key]);
    frame();
    screen.hand(&["keyup", modifier]);
}

/// A drag with the left button that takes some frames.
fn drag(screen: &Screen, from: [u32; 2], to: [u32; 2]) {
    let place = |share: f64| {
        let at = [0, 1].map(|axis| {
            let way = f64::from(to[axis]) - f64::from(from[axis]);
            (f64::from(from[axis]) + share * way).round().to_string()
        });
        screen.hand(&["mousemove", &at[0], &at[1]]);
        std::thread::sleep(Duration::from_millis(120));
    };
    place(0.0);
    screen.hand(&["mousedown", "1"]);
    for step in 1..=8 {
        place(f64::from(step) / 8.0);
    }
    screen.hand(&["mouseup", "1"]);
}

#[test]
fn a_visitor_goes_through_the_window() {
    let Some((screen, adapter)) = stage() else {
        return;
    };
    // A picture of every state is kept, to be looked at.
    let album = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window");
    std::fs::create_dir_all(&album).expect("a folder");
    let keep = |name: &str| {
        // What has just begun to move comes to rest first.
        std::thread::sleep(Duration::from_millis(1200));
        screen.shot().keep(&album.join(format!("{name}.png")));
    };
    let mut window = open(&screen, &adapter, &["mips"]);
    let first = screen.until(&mut window, "a scene", |shot| {
        shot.has_bar() && shot.lively()
    });
    focus(&screen);

    // From the gallery to another scene, by its name.
    screen.hand(&["key", "g"]);
    let wall = screen.until(&mut window, "the gallery", |shot| {
        shot.change(&first, PICTURE) > 0.3 && shot.change(&first, [60, 40, 400, 130]) > 0.1
    });
    keep("01-gallery");
    screen.hand(&["type", "--delay", "150", "ring in a harmonic"]);
    std::thread::sleep(Duration::from_millis(800));
    screen.hand(&["key", "Return"]);
    screen.until(&mut window, "the scene of the gallery", |shot| {
        shot.change(&first, TITLE) > 0.01 && shot.lively() && shot.change(&wall, PICTURE) > 0.3
    });
    std::thread::sleep(Duration::from_secs(3));
    screen.hand(&["mousemove", "700", "430"]);
    screen.hand(&["key", "space"]);
    std::thread::sleep(Duration::from_secs(1));
    let paused = screen.shot();
    keep("02-paused");

    // A slider is dragged, and a bad value is refused.
    drag(&screen, [202, 211], [150, 211]);
    let slid = screen.until(&mut window, "the slider", |shot| {
        shot.change(&paused, VALUE) > 0.02
    });
    keep("03-slider");
    screen.hand(&["mousemove", "222", "190", "click", "1"]);
    std::thread::sleep(Duration::from_millis(500));
    chord(&screen, "ctrl", "a");
    screen.hand(&["type", "--delay", "100", "1e9"]);
    screen.hand(&["key", "Return"]);
    screen.until(&mut window, "the refusal", |shot| {
        shot.change(&slid, WHOLE) > 0.001
    });
    keep("04-refused");
    screen.hand(&["key", "Escape"]);
    screen.hand(&["mousemove", "700", "430"]);
    std::thread::sleep(Duration::from_secs(1));
    // What was dragged is taken back.
    chord(&screen, "ctrl", "z");
    screen.until(&mut window, "undo", |shot| shot.change(&slid, VALUE) > 0.02);

    // A brush pushes, the hand inspects.
    let before = screen.shot();
    screen.hand(&["key", "d"]);
    drag(&screen, [714, 590], [714, 670]);
    let pushed = screen.until(&mut window, "the push", |shot| {
        shot.change(&before, [600, 560, 830, 700]) > 0.02
    });
    keep("05-push");
    screen.hand(&["key", "v"]);
    // How far the ring has grown depends on the machine.
    let disc = pushed.disc([540, 260, 880, 700]).expect("a disc");
    let [x, y] = disc.map(|part| part.to_string());
    screen.hand(&["mousemove", &x, &y, "click", "1"]);
    let inspected = screen.until(&mut window, "the inspector", |shot| {
        shot.change(&pushed, SIDE) > 0.03
    });
    keep("06-inspect");

    // Themes, presentation.
    screen.hand(&["key", "t"]);
    screen.until(&mut window, "the light theme", |shot| {
        shot.brightness(BAR).0 > 150.0
    });
    keep("07-light");
    screen.hand(&["key", "t"]);
    screen.until(&mut window, "the dark theme", Shot::has_bar);
    screen.hand(&["key", "F5"]);
    screen.until(&mut window, "the presentation", |shot| {
        shot.change(&inspected, SIDE) > 0.1
    });
    keep("08-present");
    screen.hand(&["key", "Escape"]);
    screen.until(&mut window, "the panels are back", Shot::has_bar);

    // Sizes down to next to nothing, and away from the screen for a while.
    let resize = |width: &str, height: &str| {
        screen.hand(&[
            "search",
            "--onlyvisible",
            "--name",
            "^Seethe",
            "windowsize",
            width,
            height,
        ]);
        std::thread::sleep(Duration::from_secs(2));
    };
    for (width, height) in [("300", "200"), ("1", "1"), ("1024", "640"), ("1440", "900")] {
        resize(width, height);
        assert!(window.runs(), "{width}x{height}");
        keep(&format!("09-{width}x{height}"));
    }
    screen.until(&mut window, "the full size again", Shot::has_bar);
    screen.hand(&["search", "--name", "^Seethe", "windowunmap"]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(window.runs(), "away from the screen");
    screen.hand(&["search", "--name", "^Seethe", "windowmap"]);
    screen.until(&mut window, "back on the screen", Shot::has_bar);
    focus(&screen);

    // Who leaves with unsaved work is asked; the answer here is to stay, and to take the change back.
    let calm = screen.shot();
    drag(&screen, [202, 211], [150, 211]);
    screen.until(&mut window, "the slider", |shot| {
        shot.change(&calm, VALUE) > 0.02
    });
    screen.hand(&["mousemove", "700", "430"]);
    let slid = screen.shot();
    chord(&screen, "ctrl", "q");
    screen.until(&mut window, "the question", |shot| {
        shot.change(&slid, PICTURE) > 0.05
    });
    keep("10-question");
    screen.hand(&["key", "Escape"]);
    std::thread::sleep(Duration::from_secs(1));
    chord(&screen, "ctrl", "z");
    std::thread::sleep(Duration::from_secs(1));
    close(&screen, window);
}
