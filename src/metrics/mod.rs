//! Numbers about scores and tables.
