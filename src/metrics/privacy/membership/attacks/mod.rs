//! Membership-inference attacks that need the synthetic rows alone, not their generator.
//!
//! An attack gives every row at stake a number, higher for a row that it takes for a member. It sees
//! the synthetic rows, other real rows of the same population (the reference), and the rows at
//! stake, but not which of them are members. All are deterministic.

mod classifier;
mod closest_distance;
mod copula;
mod density_copula;
mod density_tree;
mod distance_difference;
mod domias_copula;
mod domias_neighbours;
mod domias_tree;
mod evidence;
mod kernel;
mod likelihood_ratio;
mod local_density;
mod monte_carlo;
mod plagiarism;
mod surprising_copies;
mod tree;

pub use evidence::Evidence;

/// An attack: its name, and the score of every row at stake.
pub struct Attack {
    /// Its name in results.
    pub name: &'static str,
    /// The scores, by row at stake.
    pub scores: fn(&Evidence) -> Vec<f64>,
    /// Whether it uses the reference.
    pub compares: bool,
}

/// All attacks, in the order of results.
pub const ATTACKS: [Attack; 13] = [
    closest_distance::ATTACK,
    distance_difference::ATTACK,
    local_density::ATTACK,
    domias_neighbours::ATTACK,
    plagiarism::ATTACK,
    monte_carlo::ATTACK,
    likelihood_ratio::ATTACK,
    density_tree::ATTACK,
    domias_tree::ATTACK,
    density_copula::ATTACK,
    domias_copula::ATTACK,
    classifier::ATTACK,
    surprising_copies::ATTACK,
];
