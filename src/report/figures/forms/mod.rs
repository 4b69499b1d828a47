//! The forms that figures have, whatever they show.

mod dots;
mod lines;
mod plane;
mod points;

pub use dots::{Dots, Mark, Panel, RowName};
pub use lines::{Line, LinePanel, Lines};
pub use points::{Point, PointPanel, Points};
