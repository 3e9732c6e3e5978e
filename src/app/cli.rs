//! The command line: the contract that scripts may rely on.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

use crate::scene::overrides::{Override, split};

/// A desktop laboratory where collective dynamics is alive on the screen.
#[derive(Parser, Debug)]
#[command(
    name = "seethe",
    version,
    about,
    args_conflicts_with_subcommands = true
)]
#[command(
    after_help = "Exit codes: 0 done, 2 bad input, 3 no usable display or adapter, \
    4 the run went non-finite, 5 could not write, 130 interrupted."
)]
pub struct Arguments {
    /// Scene file, still or film of Seethe, or name of a built-in scene (see `seethe list scenes`)
    pub scene: Option<String>,
    /// Worker threads; 0 takes all processors
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run a scene without a window and write what it measures
    Run(RunOptions),
    /// Film a scene
    Record(RecordOptions),
    /// Validate scenes: exit code 0, or 2 with file, line, column, field, value and range
    Check {
        /// Scene files or names of built-in scenes
        #[arg(required = true)]
        scenes: Vec<String>,
    },
    /// List models, scenes, or the parameters or observables of a model
    List {
        #[arg(value_enum, default_value_t = Listed::Models)]
        what: Listed,
        /// The model, for `params` and `observables`
        of: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Equation, parameters, observables and sources of a model
    Describe { model: String },
    /// Measure speed by phase
    Bench(BenchOptions),
}

/// What `seethe list` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    Models,
    Scenes,
    Params,
    Observables,
}

/// Where the steps are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    Cpu,
    Gpu,
}

/// How much of the picture a film keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FilmQuality {
    /// Small files to look something over
    Draft,
    /// Small dots stay round
    Standard,
    /// No difference at arm's length
    High,
    /// For films that are cut and encoded again
    Best,
}

/// What `run` and `record` have in common.
#[derive(Args, Debug)]
pub struct SceneOptions {
    /// Scene file, or name of a built-in scene; `record` also takes a run that was kept
    pub scene: String,
    /// Override a value of the scene, such as `parameters.peclet=80` or `population.count=1000`
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = split)]
    pub overrides: Vec<Override>,
    /// Seed of all randomness
    #[arg(long)]
    pub seed: Option<u64>,
    /// Worker threads; 0 takes all processors
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// No progress bar
    #[arg(long)]
    pub quiet: bool,
    /// Where the steps are computed; where the scene says when absent
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,
    /// Graphics adapter for --backend gpu: a number, a part of its name, or `software`
    #[arg(long)]
    pub adapter: Option<String>,
}

impl SceneOptions {
    /// The overrides, with the flags that are short forms of one.
    pub fn all_overrides(&self) -> Vec<Override> {
        let seed = self.seed.map(|seed| ("seed".to_string(), seed.to_string()));
        self.overrides.iter().cloned().chain(seed).collect()
    }
}

#[derive(Args, Debug)]
pub struct RunOptions {
    #[command(flatten)]
    pub scene: SceneOptions,
    /// Steps to do
    #[arg(long, conflicts_with = "time")]
    pub steps: Option<u64>,
    /// Model time to cover, instead of steps
    #[arg(long, allow_negative_numbers = true)]
    pub time: Option<f64>,
    /// Steps between two samples; the scene's own when absent
    #[arg(long)]
    pub every: Option<u64>,
    /// Table of samples: `step,time,` and every scalar observable; distributions beside it
    #[arg(long)]
    pub csv: Option<PathBuf>,
    /// Trajectory as extended XYZ, one frame a sample
    #[arg(long)]
    pub traj: Option<PathBuf>,
    /// Keep the state in this file, once a minute and at the end
    #[arg(long)]
    pub checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint instead of starting
    #[arg(long, requires = "checkpoint")]
    pub resume: bool,
}

#[derive(Args, Debug)]
pub struct RecordOptions {
    #[command(flatten)]
    pub scene: SceneOptions,
    /// The film: .mp4, .gif, or .png for a still
    #[arg(short, long)]
    pub output: PathBuf,
    /// Length of the film in seconds; 10 when absent, and a single still for .png
    #[arg(long, allow_negative_numbers = true)]
    pub seconds: Option<f64>,
    /// Frames per second
    #[arg(long, default_value_t = 30)]
    pub fps: u32,
    /// Size of the picture in pixels
    #[arg(long, default_value = "1920x1080", value_parser = parse_size)]
    pub size: [u32; 2],
    /// Steps between two frames; by default so many that the film has the scene's pace
    #[arg(long)]
    pub steps_per_frame: Option<u64>,
    /// How much of the picture an MP4 keeps
    #[arg(long, value_enum, default_value_t = FilmQuality::High)]
    pub quality: FilmQuality,
    /// Steps to do before the first frame
    #[arg(long, default_value_t = 0)]
    pub skip: u64,
    /// Show the plots of the scene beside the picture
    #[arg(long)]
    pub plots: bool,
    /// Show legend, scale bar, time and title on the picture
    #[arg(long)]
    pub legend: bool,
}

#[derive(Args, Debug)]
pub struct BenchOptions {
    /// The model
    #[arg(default_value = "active")]
    pub model: String,
    /// Number of particles
    #[arg(long)]
    pub n: Option<usize>,
    /// Worker threads; 0 takes all processors
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Where the steps are computed
    #[arg(long, value_enum, default_value_t = Backend::Cpu)]
    pub backend: Backend,
    /// Graphics adapter for --backend gpu: a number, a part of its name, or `software`
    #[arg(long)]
    pub adapter: Option<String>,
    /// Seconds to measure for, after the warm-up
    #[arg(long, default_value_t = 4.0, allow_negative_numbers = true)]
    pub seconds: f64,
    /// Steps before the measurement [default: 500, or as many as fit into five times --seconds]
    #[arg(long)]
    pub warmup: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Measure a frame of the interface instead, without a window: median CPU time with four plots
    #[arg(long)]
    pub interface: bool,
    /// Samples in each plot of the interface
    #[arg(long, default_value_t = 100_000)]
    pub samples: u64,
    /// Widest instruction set to use, to see what a lesser processor would do
    #[arg(long, value_parser = ["baseline", "avx2", "avx512"])]
    pub isa: Option<String>,
}

fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let error = || format!("{text} is not a size; write WIDTHxHEIGHT in pixels, such as 1920x1080");
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(error)?;
    Ok([
        width.parse().map_err(|_| error())?,
        height.parse().map_err(|_| error())?,
    ])
}
