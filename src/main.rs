//! Command line of synthctr.

mod cli;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Click logs: list them, look into them, fetch them.
    Data(cli::data::DataArgs),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Data(args) => cli::data::run(args),
    }
}
