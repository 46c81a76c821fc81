//! The command: arguments, folders, diffs, progress, exit codes.
//!
//! It is a library so that `python -m spacetime_compiler` runs the very same command
//! inside the interpreter's process; `main.rs` is the door for everyone else.

mod args;
mod bare;
pub mod config;
mod explain;
mod files;
mod graph;
pub mod library;
mod mentions;
mod optimize;
mod output;
mod prove;
mod settings;
mod source;
mod status;
mod upgrade;
mod work;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

pub use status::Status;

/// What the surrounding program knows and the command cannot find out.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// The interpreter that `prove` uses when none is named.
    pub python: Option<PathBuf>,
}

/// Runs the command; `args[0]` is its own name. The result is the exit status.
///
/// Called by the name of `2to3`, it is `stc upgrade`; without a command, `stc optimize`.
pub fn main_with(mut args: Vec<OsString>, host: &Host) -> i32 {
    let name = args.first().map(|name| Path::new(name).file_stem().unwrap_or_default().to_owned());
    if name.is_some_and(|name| name == "2to3") {
        args[0] = "stc".into();
        args.insert(1, "upgrade".into());
    } else if bare::is_bare(args.get(1..).unwrap_or_default()) {
        args.insert(1, "optimize".into());
    }
    let cli = match args::Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for and go to stdout; a closed pipe there is nobody's error.
            let _ = error.print();
            return error.exit_code();
        }
    };
    output::choose_color(cli.global.color);
    status::settle(run(cli, host)).code()
}

fn run(cli: args::Cli, host: &Host) -> anyhow::Result<Status> {
    let global = cli.global;
    match cli.command {
        args::Command::Optimize(args) => optimize::run(&args, &global),
        args::Command::Upgrade(args) => upgrade::run(&args, global.verbose),
        args::Command::Prove(args) => prove::run(&args, &global, host),
        args::Command::Explain(args) => explain::explain(&args),
        args::Command::Rules(args) => explain::rules(&args),
        args::Command::Graph(args) => graph::run(&args, global.verbose),
        args::Command::Facts(args) => explain::facts(&args, &global),
        args::Command::GenerateShellCompletion { shell } => explain::completion(shell),
    }
}
