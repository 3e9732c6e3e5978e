//! The eye over the picture: where the camera is, where it flies to, and what it follows.
//!
//! A drag moves the picture with the pointer; everything else is a flight of a tenth of a second
//! that slows down towards its end. Films of `seethe record` know nothing of it: they have the
//! camera of their scene.

use super::desk::Desk;
use crate::math::domain::Domain;
use crate::panel::PictureEvent;
use crate::scene::ViewSettings;
use crate::sim::Snapshot;
use crate::view::{Camera, camera_of};

/// How long a flight takes, in seconds.
const FLIGHT: f64 = 0.12;

/// Where the camera looks, and where it is going.
pub struct Eye {
    seen: Camera,
    /// Where it will be.
    target: Camera,
    flight: Option<Flight>,
    chase: Option<Chase>,
    /// True until the user has moved the camera: then it follows the size of the window.
    framed: bool,
    /// Size of the picture in pixels, and the period of a periodic box.
    size: [u32; 2],
    period: Option<[f64; 2]>,
    now: f64,
}

/// A way that has been begun.
struct Flight {
    from: Camera,
    begun: f64,
}

/// A place that the camera keeps in the middle.
struct Chase {
    place: [f64; 2],
    /// How far the camera was behind when the chase began, and when that was.
    behind: [f64; 2],
    begun: f64,
    /// How far off the middle the user has dragged it.
    aside: [f64; 2],
}

impl Default for Eye {
    fn default() -> Self {
        Self {
            seen: Camera::default(),
            target: Camera::default(),
            flight: None,
            chase: None,
            framed: true,
            size: [0, 0],
            period: None,
            now: 0.0,
        }
    }
}

/// The share of a way that has been gone after some time: fast at first, then ever slower.
fn eased(time: f64) -> f64 {
    1.0 - (1.0 - (time / FLIGHT).clamp(0.0, 1.0)).powi(3)
}

impl Eye {
    /// What is seen now.
    pub fn camera(&self) -> Camera {
        self.seen
    }

    /// Where the picture looks and how high it is; none while all of the box is framed.
    pub fn looks_at(&self) -> Option<([f64; 2], f64)> {
        let (centre, height) = self.framing();
        Some((centre, height?))
    }

    /// What is seen, in the words of a scene; `None` for the height when all of the box is framed.
    pub fn framing(&self) -> ([f64; 2], Option<f64>) {
        if self.framed {
            return ([0.0, 0.0], None);
        }
        // Within what a scene may say.
        let height = f64::from(self.size[1].max(1)) / self.target.scale;
        let centre = self.target.centre.map(|part| part.clamp(-1e6, 1e6));
        (centre, Some(height.clamp(1e-3, 1e7)))
    }

    /// Another scene: looks at what it wants to show, at once.
    pub fn open(&mut self) {
        *self = Self {
            now: self.now,
            ..Self::default()
        };
    }

    /// To be called every frame: follows the size of the picture, and goes on with a flight. `now`
    /// is any clock in seconds. True while the camera moves by itself.
    pub fn tick(&mut self, now: f64, view: &ViewSettings, domain: &Domain, size: [u32; 2]) -> bool {
        self.now = now;
        self.period = domain.is_periodic().then_some(domain.size);
        if size != self.size {
            self.flight = None;
            self.target = if self.framed || self.size.contains(&0) {
                camera_of(view, domain, size)
            } else {
                self.target.resized(self.size, size)
            };
            self.size = size;
        }
        self.seen = self.target;
        if let Some(flight) = &self.flight {
            let share = eased(now - flight.begun);
            if share < 1.0 {
                self.seen = flight.from.towards(&self.target, share, self.period);
            } else {
                self.flight = None;
            }
        }
        if let Some(chase) = &self.chase {
            let left = 1.0 - eased(now - chase.begun);
            self.seen.centre = [0, 1]
                .map(|axis| chase.place[axis] + chase.aside[axis] + left * chase.behind[axis]);
            self.target.centre = self.seen.centre;
        }
        if let Some(period) = self.period {
            self.seen = self.seen.wrapped(period);
            if self.flight.is_none() {
                self.target = self.target.wrapped(period);
            }
        }
        self.flight.is_some() || self.chase.is_some()
    }

    /// The picture is dragged by so many pixels: it stays under the pointer.
    pub fn pan(&mut self, drag: [f64; 2]) {
        self.framed = false;
        let moved = self.seen.panned(drag);
        let step = [0, 1].map(|axis| moved.centre[axis] - self.seen.centre[axis]);
        let shift = |camera: &mut Camera| {
            camera.centre = [0, 1].map(|axis| camera.centre[axis] + step[axis]);
        };
        shift(&mut self.target);
        if let Some(flight) = &mut self.flight {
            shift(&mut flight.from);
        }
        if let Some(chase) = &mut self.chase {
            chase.aside = [0, 1].map(|axis| chase.aside[axis] + step[axis]);
        }
    }

    /// Zooms by a factor while what is under a pixel stays there.
    pub fn zoom(&mut self, factor: f64, at: [f64; 2]) {
        self.framed = false;
        self.fly(self.target.zoomed(factor, at, self.size));
    }

    /// Shows all of the box.
    pub fn frame_all(&mut self, domain: &Domain) {
        self.chase = None;
        self.fly(camera_of(&ViewSettings::default(), domain, self.size));
        self.framed = true;
    }

    /// Flies to another view.
    pub fn go_to(&mut self, camera: Camera) {
        self.chase = None;
        self.framed = false;
        self.fly(camera.sane());
    }

    /// Keeps a place in the middle of the picture from now on, or lets go of it. To be called
    /// every frame with the place as it is then; in a periodic box the camera takes the short way.
    pub fn follow(&mut self, place: Option<[f64; 2]>) {
        let Some(place) = place.filter(|place| place.iter().all(|part| part.is_finite())) else {
            self.chase = None;
            return;
        };
        self.framed = false;
        match &mut self.chase {
            Some(chase) => chase.place = place,
            None => {
                let behind = [0, 1].map(|axis| {
                    let way = self.seen.centre[axis] - place[axis];
                    let length = self.period.map(|period| period[axis]);
                    length.map_or(way, |length| way - (way / length).round() * length)
                });
                self.chase = Some(Chase {
                    place,
                    behind,
                    begun: self.now,
                    aside: [0.0; 2],
                });
            }
        }
    }

    fn fly(&mut self, target: Camera) {
        self.flight = Some(Flight {
            from: self.seen,
            begun: self.now,
        });
        self.target = target;
    }
}

/// Does what a hand on the picture wants of the camera.
pub fn heed(event: PictureEvent, desk: &mut Desk, snapshot: &Snapshot) {
    let size = desk.interface.picture_pixels;
    let points = desk.interface.picture_rect.width().max(1.0);
    let pixels = |length: f32| f64::from(length) * f64::from(size[0]) / f64::from(points);
    match event {
        PictureEvent::Pan(drag) => desk.eye.pan([pixels(drag.x), pixels(drag.y)]),
        PictureEvent::Zoom { factor, at } => {
            desk.eye
                .zoom(f64::from(factor), [pixels(at.x), pixels(at.y)]);
        }
        PictureEvent::FrameAll => desk.eye.frame_all(&snapshot.picture.domain),
        PictureEvent::LookAt { centre, height } => {
            let view = ViewSettings {
                centre,
                height,
                ..ViewSettings::default()
            };
            let domain = &snapshot.picture.domain;
            match height {
                Some(_) => desk.eye.go_to(camera_of(&view, domain, size)),
                None => desk.eye.frame_all(domain),
            }
        }
        PictureEvent::Click(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::domain::Boundary;

    const SIZE: [u32; 2] = [640, 480];

    fn eye(boundary: Boundary) -> (Eye, Domain) {
        let domain = Domain::new([20.0, 10.0], boundary);
        let mut eye = Eye::default();
        eye.tick(0.0, &ViewSettings::default(), &domain, SIZE);
        (eye, domain)
    }

    fn near(a: [f64; 2], b: [f64; 2]) -> bool {
        // Coordinates are of order 100 and take a handful of roundings.
        (a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9
    }

    #[test]
    fn a_zoom_takes_its_time_and_holds_the_cursor() {
        let (mut eye, domain) = eye(Boundary::Open);
        let view = ViewSettings::default();
        let at = [100.0, 400.0];
        let held = eye.camera().to_point(at, SIZE);
        let scale = eye.camera().scale;
        eye.zoom(2.0, at);
        let mut before = scale;
        for frame in 1..=12 {
            eye.tick(f64::from(frame) * 0.01, &view, &domain, SIZE);
            let camera = eye.camera();
            assert!(near(camera.to_point(at, SIZE), held), "frame {frame}");
            assert!(camera.scale > before && camera.scale <= 2.0 * scale * (1.0 + 1e-12));
            before = camera.scale;
        }
        assert!(
            (before / scale - 2.0).abs() < 1e-9,
            "it arrives after 0.12 s"
        );
        assert!(!eye.tick(0.2, &view, &domain, SIZE), "and rests");
    }

    #[test]
    fn two_turns_of_the_wheel_add_up() {
        let (mut eye, domain) = eye(Boundary::Open);
        let scale = eye.camera().scale;
        eye.zoom(2.0, [0.0, 0.0]);
        eye.tick(0.02, &ViewSettings::default(), &domain, SIZE);
        eye.zoom(2.0, [0.0, 0.0]);
        eye.tick(1.0, &ViewSettings::default(), &domain, SIZE);
        assert!((eye.camera().scale / scale - 4.0).abs() < 1e-9);
    }

    #[test]
    fn a_drag_is_immediate_also_during_a_flight() {
        let (mut eye, domain) = eye(Boundary::Open);
        let view = ViewSettings::default();
        eye.zoom(3.0, [320.0, 240.0]);
        eye.tick(0.03, &view, &domain, SIZE);
        let point = eye.camera().to_point([50.0, 60.0], SIZE);
        eye.pan([12.0, -7.0]);
        eye.tick(0.03, &view, &domain, SIZE);
        assert!(near(eye.camera().to_pixel(point, SIZE), [62.0, 53.0]));
    }

    #[test]
    fn a_followed_place_is_caught_up_with_the_short_way_round() {
        let (mut eye, domain) = eye(Boundary::Periodic);
        let view = ViewSettings::default();
        eye.pan([-9.0 * eye.camera().scale, 0.0]);
        eye.tick(0.0, &view, &domain, SIZE);
        assert!(near(eye.camera().centre, [9.0, 0.0]));
        let mut last = 9.0;
        for frame in 0..=20 {
            // The place moves over the edge from 9.5 on.
            let place = 9.5 + 0.05 * f64::from(frame);
            let place = if place >= 10.0 { place - 20.0 } else { place };
            eye.follow(Some([place, 1.0]));
            eye.tick(f64::from(frame) * 0.01, &view, &domain, SIZE);
            let mut step = eye.camera().centre[0] - last;
            step -= (step / 20.0).round() * 20.0;
            assert!(step.abs() < 0.3, "frame {frame}: a jump by {step}");
            last = eye.camera().centre[0];
            if frame > 12 {
                assert!(near(eye.camera().centre, [place, 1.0]), "frame {frame}");
            }
        }
        eye.follow(None);
        assert!(!eye.tick(1.0, &view, &domain, SIZE));
        assert!(
            near(eye.camera().centre, [last, 1.0]),
            "it stays where it was let go"
        );
    }

    #[test]
    fn another_size_keeps_the_view_and_a_framed_box_stays_framed() {
        let (mut eye, domain) = eye(Boundary::Reflecting);
        let view = ViewSettings::default();
        eye.tick(0.1, &view, &domain, [320, 240]);
        assert_eq!(eye.camera(), camera_of(&view, &domain, [320, 240]));
        assert_eq!(eye.framing(), ([0.0, 0.0], None));
        eye.go_to(Camera {
            centre: [3.0, 1.0],
            scale: 48.0,
        });
        eye.tick(9.0, &view, &domain, [320, 240]);
        assert_eq!(eye.framing(), ([3.0, 1.0], Some(5.0)));
        eye.tick(9.1, &view, &domain, [640, 480]);
        assert_eq!(
            eye.framing(),
            ([3.0, 1.0], Some(5.0)),
            "the same on a larger picture"
        );
        eye.frame_all(&domain);
        eye.tick(99.0, &view, &domain, [640, 480]);
        assert_eq!(eye.camera(), camera_of(&view, &domain, [640, 480]));
    }
}
