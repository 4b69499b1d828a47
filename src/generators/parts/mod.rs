//! What methods are built of.

pub mod chunks;
<<<<<<< HEAD
pub mod marginals;
=======
>>>>>>> modes
pub mod modes;
pub mod neural;
pub mod normal_scores;
pub mod quantiles;
pub mod rows;
