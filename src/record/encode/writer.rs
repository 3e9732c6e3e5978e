//! A film on a thread of its own, so that the next frame is rendered while the last one is encoded.
//!
//! The queue is short and bounded: when encoding is slower than rendering, [`FilmWriter::push`] waits.
//! It never drops a frame. At 3840x2160 a queued frame takes 33 MB.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use super::error::FilmError;
use super::film::{Film, FilmReport};
use super::settings::FilmSettings;

/// Frames that wait for the encoder at most.
const QUEUE: usize = 3;

/// What the thread is told.
enum Order {
    Frame(Vec<u8>),
    Finish,
}

/// A film that is encoded beside the caller. Dropping it before [`FilmWriter::finish`] cancels it.
pub struct FilmWriter {
    path: PathBuf,
    frame_bytes: usize,
    pushed: u64,
    orders: Option<SyncSender<Order>>,
    spent: Receiver<Vec<u8>>,
    given_up: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<Option<FilmReport>, FilmError>>>,
}

impl FilmWriter {
    /// Starts a film as [`Film::create`] does, and its thread.
    ///
    /// # Errors
    /// As [`Film::create`], at once; [`FilmError::Io`] if the system has no thread to give.
    pub fn create(path: &Path, settings: &FilmSettings) -> Result<Self, FilmError> {
        let (orders, queue) = sync_channel(QUEUE);
        // One place more than there are buffers on the way, so that giving one back never waits.
        let (give_back, spent) = sync_channel(QUEUE + 2);
        let given_up = Arc::new(AtomicBool::new(false));
        let film = Film::create(path, settings)?;
        let thread = thread::Builder::new()
            .name("film".into())
            .spawn({
                let given_up = Arc::clone(&given_up);
                move || encode(film, &queue, &give_back, &given_up)
            })
            .map_err(|error| FilmError::io(path, "cannot start its thread", error))?;
        Ok(Self {
            path: path.to_path_buf(),
            frame_bytes: settings.frame_bytes(),
            pushed: 0,
            orders: Some(orders),
            spent,
            given_up,
            thread: Some(thread),
        })
    }

    /// An empty buffer with room for a frame: one that the encoder is done with, where there is one.
    pub fn buffer(&mut self) -> Vec<u8> {
        let mut buffer = self.spent.try_recv().unwrap_or_default();
        buffer.clear();
        buffer.reserve_exact(self.frame_bytes);
        buffer
    }

    /// Hands over one frame of width x height x 4 bytes, and waits while the queue is full.
    ///
    /// # Errors
    /// [`FilmError::FrameLength`] leaves the film as it was. Otherwise the error that stopped the
    /// encoder, be it at an earlier frame; after that [`FilmError::Stopped`].
    pub fn push(&mut self, rgba: Vec<u8>) -> Result<(), FilmError> {
        if rgba.len() != self.frame_bytes {
            return Err(FilmError::FrameLength {
                path: self.path.clone(),
                frame: self.pushed,
                found: rgba.len(),
                expected: self.frame_bytes,
            });
        }
        self.send(Order::Frame(rgba))?;
        self.pushed += 1;
        Ok(())
    }

    /// Frames that were handed over so far; up to four of them may still wait for the encoder.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.pushed
    }

    /// Waits for the last frame, completes the film and gives it its name, as [`Film::finish`] does.
    ///
    /// # Errors
    /// The error that stopped the encoder, or those of [`Film::finish`].
    pub fn finish(mut self) -> Result<FilmReport, FilmError> {
        self.send(Order::Finish)?;
        match self.join()? {
            Some(report) => Ok(report),
            None => Err(self.stopped()),
        }
    }

    /// Gives the film up without encoding what still waits, and removes its temporary file before it
    /// returns.
    pub fn cancel(self) {}

    fn send(&mut self, order: Order) -> Result<(), FilmError> {
        let sent = self
            .orders
            .as_ref()
            .is_some_and(|orders| orders.send(order).is_ok());
        if sent {
            return Ok(());
        }
        // The thread has gone, so that it has an error to hand out, unless that was done before.
        self.join()?;
        Err(self.stopped())
    }

    /// Waits for the thread's result; `None` if it was cancelled or asked before.
    fn join(&mut self) -> Result<Option<FilmReport>, FilmError> {
        self.orders = None;
        let Some(thread) = self.thread.take() else {
            return Ok(None);
        };
        thread.join().unwrap_or_else(|_| {
            Err(FilmError::Encoder {
                path: self.path.clone(),
                frame: self.pushed,
                reason: "the encoder thread panicked".into(),
            })
        })
    }

    fn stopped(&self) -> FilmError {
        FilmError::Stopped {
            path: self.path.clone(),
        }
    }
}

impl Drop for FilmWriter {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
        // A cancelled film has no result that anyone waits for.
        let _ = self.join();
    }
}

/// The thread: frames until the order to finish. A closed queue or the flag cancels the film.
fn encode(
    mut film: Film,
    queue: &Receiver<Order>,
    give_back: &SyncSender<Vec<u8>>,
    given_up: &AtomicBool,
) -> Result<Option<FilmReport>, FilmError> {
    for order in queue {
        if given_up.load(Ordering::Relaxed) {
            break;
        }
        match order {
            Order::Frame(rgba) => {
                film.push(&rgba)?;
                // A caller that brings its own buffers never asks for these back.
                match give_back.try_send(rgba) {
                    Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
                }
            }
            Order::Finish => return film.finish().map(Some),
        }
    }
    film.cancel();
    Ok(None)
}
