//! The `stc` binary, for use without the Python package.

use std::process::ExitCode;

fn main() -> ExitCode {
    let status = spacetime_cli::main(std::env::args_os().collect());
    ExitCode::from(u8::try_from(status).unwrap_or(2))
}
