//! Synthetic rows written as the real file has them.
