//! What can be tuned in an epidemic, and the rates that follow from it.

use super::dynamics::Rates;
use super::theory::limits::Early;
use super::theory::waves::WaveRates;
use crate::model::parameter::{Kind, integer, linear, logarithmic};
use crate::{choices, parameters};

choices! {
    /// Which states a node goes through.
    pub enum Disease {
        /// Susceptible, infectious, removed: immune for good after recovery.
        Sir = "sir",
        /// Susceptible and infectious: no immunity at all.
        Sis = "sis",
        /// As sir, with an exposed state in between, infected but not yet infectious.
        Seir = "seir",
        /// As sir, with an immunity that wanes.
        Sirs = "sirs",
    }
}

choices! {
    /// How the nodes are joined.
    pub enum Topology {
        /// Random spatial network: an edge with the probability κᵢκⱼf(rᵢⱼ)/ρ⟨κ⟩, by distance and expected degrees.
        Spatial = "spatial",
        /// Random geometric graph: an edge between any two nodes closer than the distance that gives the mean degree.
        Geometric = "geometric",
        /// Square lattice with the four nearest neighbours.
        Lattice = "lattice",
        /// Watts–Strogatz: a ring of nodes with their nearest neighbours, of whose edges a share is rewired.
        SmallWorld = "small_world",
        /// Erdős–Rényi: every pair with the same probability.
        ErdosRenyi = "erdos_renyi",
        /// The network of the scene's input file, with the coordinates in it.
        Given = "file",
    }
}

choices! {
    /// How expected degrees are distributed among the nodes of a spatial network.
    pub enum DegreeLaw {
        /// The same expected degree for all nodes; the degrees are then Poisson distributed.
        Constant = "constant",
        /// Expected degrees drawn from a Poisson distribution.
        Poisson = "poisson",
        /// Expected degrees drawn from an exponential distribution.
        Exponential = "exponential",
        /// Expected degrees with the density κ^(−exponent) between two cut-offs, the upper one a multiple of the lower one.
        PowerLaw = "power_law",
        /// Two kinds of nodes: a share has the high expected degree, the others what keeps the mean.
        Bimodal = "bimodal",
    }
}

choices! {
    /// How the probability of an edge of a spatial network falls with its length.
    pub enum Reach {
        /// Gaussian: exp(−r²/2w²).
        Gaussian = "gaussian",
        /// Exponential: exp(−r/w).
        Exponential = "exponential",
        /// Power law: (1 + r²/w²)^(−1−s), whose fronts have no finite speed.
        PowerLaw = "power_law",
        /// Uniform up to the distance w.
        FiniteRange = "finite_range",
        /// Uniform over the whole box: the Chung–Lu network, which knows no space.
        Uniform = "uniform",
    }
}

parameters! {
    /// The parameters of an epidemic on a network.
    pub struct Epidemic {
        "Disease" {
            /// The states that a node goes through.
            disease: Disease = Disease::Sir, "", "", Kind::Choice(Disease::ALTERNATIVES), Live;
            /// Rate at which an infectious node infects a susceptible neighbour, for each edge.
            transmission_rate: f64 = 0.5, "β", "", logarithmic(0.0, 1000.0), Live;
            /// Rate at which an infectious node recovers.
            recovery_rate: f64 = 1.0, "γ", "", logarithmic(0.0, 1000.0), Live;
            /// Rate at which an exposed node becomes infectious, in seir.
            onset_rate: f64 = 1.0, "ν", "", logarithmic(0.001, 1000.0), Live;
            /// Rate at which a removed node loses its immunity, in sirs.
            waning_rate: f64 = 0.1, "ω", "", logarithmic(0.001, 1000.0), Live;
        }
        "Start" {
            /// Share of the nodes of the start region that are infectious at time 0; at least one node is.
            initial_infected: f64 = 0.001, "ε", "", logarithmic(0.0, 1.0), Restart;
            /// Radius of the disc, or half the width of the band, in which the infection starts.
            start_extent: f64 = 4.0, "a", "", logarithmic(0.0, 1e6), Restart;
            /// Share of the other nodes that are immune from the start, picked at random.
            vaccinated_fraction: f64 = 0.0, "v", "", linear(0.0, 1.0), Restart;
        }
        "Control" {
            /// Rate at which an infectious node is found. It is isolated then and infects nobody any more.
            detection_rate: f64 = 0.0, "δ", "", logarithmic(0.0, 1000.0), Live;
            /// Probability with which each susceptible node of the ring around a found node is vaccinated.
            ring_coverage: f64 = 0.0, "c", "", linear(0.0, 1.0), Live;
            /// How many edges the ring reaches from the found node: 1 its contacts, 2 theirs too.
            ring_depth: i64 = 1, "d", "", integer(1, 4), Live;
        }
        "Network" {
            /// How the nodes are joined.
            network: Topology = Topology::Spatial, "", "", Kind::Choice(Topology::ALTERNATIVES), Restart;
            /// Mean degree: the mean number of neighbours of a node. A lattice has 4, a small world an even number, and a file its own.
            mean_degree: f64 = 6.0, "⟨κ⟩", "", logarithmic(0.1, 1000.0), Restart;
            /// How the probability of an edge falls with its length.
            kernel: Reach = Reach::Gaussian, "", "", Kind::Choice(Reach::ALTERNATIVES), Restart;
            /// Length scale of the kernel.
            kernel_range: f64 = 4.0, "w", "", logarithmic(0.01, 1e6), Restart;
            /// Exponent of the power-law kernel, whose edge lengths have a density that falls as r^(−1−2s).
            kernel_exponent: f64 = 1.5, "s", "", linear(0.1, 10.0), Restart;
            /// Share of the edges that lead anywhere in the box, whatever the kernel: the long links of a small world. In small_world the share of rewired edges.
            long_range_share: f64 = 0.0, "p", "", logarithmic(0.0, 1.0), Restart;
            /// How expected degrees are distributed among the nodes.
            degrees: DegreeLaw = DegreeLaw::Constant, "", "", Kind::Choice(DegreeLaw::ALTERNATIVES), Restart;
            /// Exponent of power-law degrees.
            degree_exponent: f64 = 2.5, "α", "", linear(1.01, 10.0), Restart;
            /// Ratio of the largest to the smallest expected degree of a power law.
            degree_span: f64 = 100.0, "κ₊/κ₋", "", logarithmic(1.5, 1e4), Restart;
            /// Expected degree of the well-connected nodes, when degrees are bimodal.
            high_degree: f64 = 22.0, "κ₊", "", logarithmic(0.1, 1e4), Restart;
            /// Share of the well-connected nodes, when degrees are bimodal.
            high_degree_share: f64 = 0.1, "q", "", linear(0.0, 1.0), Restart;
        }
        "Theory" {
            /// Whether the edge-based integro-differential equations are solved beside the run.
            theory: bool = true, "", "", Kind::Flag, Restart;
            /// Cells of the theory's grid along the longer side of the box.
            theory_cells: i64 = 128, "M", "", integer(16, 1024), Restart;
        }
        "Picture" {
            /// Diameter with which a node is drawn.
            node_size: f64 = 0.9, "σ", "", logarithmic(0.01, 1000.0), Live;
        }
    }
}

impl Epidemic {
    /// The rates of the chain.
    pub fn rates(&self) -> Rates {
        Rates {
            transmission: self.transmission_rate,
            onset: match self.disease {
                Disease::Seir => self.onset_rate,
                _ => f64::INFINITY,
            },
            recovery: self.recovery_rate,
            waning: match self.disease {
                Disease::Sirs => self.waning_rate,
                _ => 0.0,
            },
            immunity: self.disease != Disease::Sis,
            detection: self.detection_rate,
            coverage: self.ring_coverage,
            depth: self.ring_depth.clamp(1, 16) as u32,
        }
    }

    /// True when nobody is infected twice, as the edge-based equations demand.
    pub fn lasting_immunity(&self) -> bool {
        matches!(self.disease, Disease::Sir | Disease::Seir)
    }

    /// True when the rules of control change the course of the disease in a way that the
    /// equations do not know.
    pub fn beyond_theory(&self) -> bool {
        !self.lasting_immunity() || (self.detection_rate > 0.0 && self.ring_coverage > 0.0)
    }

    /// The rates of the edge-based equations.
    pub fn wave_rates(&self) -> WaveRates {
        let rates = self.rates();
        WaveRates {
            transmission: rates.transmission,
            leaving: rates.leaving(),
            onset: rates.onset,
        }
    }

    /// The linear equations ahead of an outbreak among nodes of the given ⟨k² − k⟩/⟨k⟩.
    pub fn early(&self, excess: f64) -> Early {
        let rates = self.rates();
        Early {
            transmission: rates.transmission,
            leaving: rates.leaving(),
            onset: rates.onset,
            excess: excess * (1.0 - self.vaccinated_fraction),
        }
    }
}
