//! `synthctr completions` and `synthctr man`: what shells and manuals want to know of the command line.

use super::Cli;
use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;
use std::path::PathBuf;

/// Print completions for a shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr completions bash > ~/.local/share/bash-completion/completions/synthctr
  synthctr completions fish > ~/.config/fish/completions/synthctr.fish
  synthctr completions zsh > \"${fpath[1]}/_synthctr\"")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    /// Prints the script.
    pub fn run(self) -> anyhow::Result<()> {
        // In memory first: who closes the pipe early is no error of the generator's.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "synthctr", &mut script);
        std::io::stdout().write_all(&script)?;
        Ok(())
    }
}

/// Write manual pages, one for each command
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr man ~/.local/share/man/man1 && man synthctr-run")]
pub struct ManArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl ManArgs {
    /// Writes the pages and says how many there are.
    pub fn run(self) -> anyhow::Result<()> {
        let folder = &self.folder;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        clap_mangen::generate_to(Cli::command(), folder)
            .with_context(|| format!("cannot write into {}", folder.display()))?;
        let pages = std::fs::read_dir(folder)?.flatten();
        let ours =
            |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("synthctr");
        println!("{} pages in {}", pages.filter(ours).count(), folder.display());
        Ok(())
    }
}
