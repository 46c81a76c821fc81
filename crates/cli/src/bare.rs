//! What the original tool's users type: `stc my_code.py -o out.py -r report.txt`, without
//! a command.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;

use crate::args::Cli;

/// Asked of all commands: help and version, and then the others.
const HELP: &[&str] = &["-h", "--help", "-V", "--version"];
const GLOBAL: &[&str] = &["-q", "--quiet", "-v", "--verbose"];
const SETTINGS: &[&str] = &["--color", "--config", "--isolated"];

/// Whether these arguments (without the name of the program) are that form.
pub fn is_bare(args: &[OsString]) -> bool {
    let Some(first) = args.first() else { return false };
    let is_command = |arg: &OsString| {
        arg == "help" || Cli::command().get_subcommands().any(|known| arg == known.get_name())
    };
    if is_command(first) || HELP.iter().any(|help| first == help) {
        return false;
    }
    let text = first.to_string_lossy();
    if GLOBAL.iter().any(|global| first == global) || SETTINGS.iter().any(|name| text.starts_with(name)) {
        return args.len() > 1 && !args.iter().any(is_command);
    }
    // A plain word that is no file is a command misspelt, which the command itself says best.
    let is_word = !text.is_empty()
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text.chars().all(|char| char.is_alphanumeric() || char == '_');
    !is_word || Path::new(first).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(args: &[&str]) -> bool {
        is_bare(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_bare() {
        for args in [
            &["a.py"][..],
            &["--analyze-only", "a.py"],
            &["-o", "x", "a.py"],
            &["-q", "a.py"],
            &["--isolated", "a.py"],
            &["src"],
        ] {
            assert!(bare(args), "{args:?}");
        }
        for args in [
            &[][..],
            &["optimize", "a.py"],
            &["rule"],
            &["-V"],
            &["--help", "optimize"],
            &["-q", "rules"],
            &["--isolated"],
            &["help"],
            &["upgrade"],
        ] {
            assert!(!bare(args), "{args:?}");
        }
    }
}
