//! The `stc` binary.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use spacetime_cli::Host;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let python = interpreter_beside();
    // The demonstration belongs to the Python package.
    if let (Some(python), Some("--demo")) = (&python, args.get(1).and_then(|arg| arg.to_str())) {
        let ran = Command::new(python).args(["-m", "spacetime_compiler", "--demo"]).status();
        return code(ran.ok().and_then(|status| status.code()).unwrap_or(2));
    }
    code(spacetime_cli::main_with(args, &Host { python }))
}

/// The interpreter of the environment that this program is installed in, if it is in one.
fn interpreter_beside() -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.to_path_buf();
    let names = ["python3", "python", "python.exe"];
    names.into_iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

fn code(status: i32) -> ExitCode {
    ExitCode::from(u8::try_from(status).unwrap_or(2))
}
