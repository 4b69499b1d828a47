//! One thin file per subcommand: arguments in, library call, text out.

pub mod data;
