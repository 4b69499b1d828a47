//! Diagnostics of copies, distances and attribution.

mod known;
mod laws;
mod sdmetrics;
