//! What the window is shown of a run, and the way in which its picture is made: left on the device
//! that computes where that is the one that draws, or packed from the columns.

use std::sync::Arc;

use super::engine::ReadFor;
use super::marks::{self, Plan};
use super::past::Past;
use super::simulation::Simulation;
use super::snapshot::{Picture, PictureRequest, picture};

/// The picture of a run, made anew whenever it is published.
pub struct Display {
    request: PictureRequest,
    past: Past,
    picture: Arc<Picture>,
    revision: u64,
    /// What the device can make of the request, as long as nobody has commanded anything.
    plan: Option<Plan>,
    /// True while somebody needs the particles who has no access to the device.
    gathers: bool,
    way: Option<Arc<str>>,
}

impl Display {
    /// With the picture of the present state.
    pub fn new(simulation: &Simulation) -> Self {
        let request = PictureRequest::of(&simulation.scene().view);
        let mut past = Past::default();
        past.note(simulation);
        Self {
            picture: Arc::new(picture(simulation, &request, &past, 1)),
            request,
            past,
            revision: 1,
            plan: None,
            gathers: false,
            way: None,
        }
    }

    /// Shows something else from now on.
    pub fn show(&mut self, request: PictureRequest) {
        self.request = request;
    }

    /// Another run has taken the place of the one that was shown.
    pub fn start_anew(&mut self, simulation: &Simulation) {
        self.past = Past::default();
        self.request = PictureRequest::of(&simulation.scene().view);
    }

    /// The run has gone to another time: nothing has moved from there to here.
    pub fn forget_past(&mut self) {
        self.past = Past::default();
    }

    /// Has every picture made of the columns, or not any more.
    pub fn gather(&mut self, gathers: bool) {
        self.gathers = gathers;
    }

    /// What is to be seen of the particles may have been changed by a command.
    pub fn forget_plan(&mut self) {
        self.plan = None;
    }

    /// Makes the picture of the present state. A film needs the particles themselves, and the motion
    /// from each of its frames to the next; while it waits for one, the motion is not noted.
    pub fn refresh(&mut self, simulation: &mut Simulation, films: bool, notes: bool) {
        self.revision += 1;
        let drawn = match simulation.engine() {
            None => None,
            Some(_) if films => Some(Err("a film is being made".into())),
            Some(_) if self.gathers => Some(Err("a still is being taken".into())),
            Some(_) => {
                let request = &self.request;
                let plan = self
                    .plan
                    .get_or_insert_with(|| marks::plan(simulation, request));
                Some(marks::picture(simulation, plan, self.revision))
            }
        };
        if let Some(Ok(picture)) = drawn {
            // What moves is compared with the last picture that was made of the columns.
            self.past = Past::default();
            self.picture = Arc::new(picture);
            self.way = Some("The picture is drawn from its buffers, without reading back.".into());
            return;
        }
        self.way = drawn
            .and_then(Result::err)
            .filter(|_| simulation.engine().is_some())
            .map(|reason| format!("For the picture the state is read back: {reason}.").into());
        simulation.catch_up(ReadFor::Picture);
        if notes {
            self.past.note(simulation);
        }
        self.picture = Arc::new(picture(
            simulation,
            &self.request,
            &self.past,
            self.revision,
        ));
    }

    /// The newest picture.
    pub fn picture(&self) -> Arc<Picture> {
        self.picture.clone()
    }

    /// How it comes from the device that computes, a sentence.
    pub fn way(&self) -> Option<Arc<str>> {
        self.way.clone()
    }
}
