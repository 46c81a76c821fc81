//! 2to3's options.

use std::ffi::OsString;

use clap::Args;

/// Options of `stc upgrade`: those of 2to3, under their names.
#[derive(Clone, Debug, Args)]
#[command(infer_long_args = true)]
pub struct UpgradeArgs {
    /// Files and folders, or `-` for standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<OsString>,
    /// Refactor only the examples in docstrings
    #[arg(short, long = "doctests_only", alias = "doctests-only")]
    pub doctests_only: bool,
    /// Run this fixer, also one that is off unless it is named; `all` for the others; may be repeated
    #[arg(short, long, value_name = "FIX")]
    pub fix: Vec<String>,
    /// How many files are worked on at a time
    #[arg(short = 'j', long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    pub processes: i64,
    /// Do not run this fixer; may be repeated
    #[arg(short = 'x', long, value_name = "FIX")]
    pub nofix: Vec<String>,
    /// List the fixers
    #[arg(short, long)]
    pub list_fixes: bool,
    /// Read `print` as a function
    #[arg(short, long)]
    pub print_function: bool,
    /// Read `exec` as a function
    #[arg(short, long)]
    pub exec_function: bool,
    /// Do not show diffs
    #[arg(long)]
    pub no_diffs: bool,
    /// Replace the files by the new ones
    #[arg(short, long)]
    pub write: bool,
    /// Keep no `.bak` files
    #[arg(short, long)]
    pub nobackups: bool,
    /// Write the new files into this folder; needs -n
    #[arg(short, long, value_name = "DIR", default_value = "")]
    pub output_dir: String,
    /// Also write files that need no change; implies -w
    #[arg(short = 'W', long)]
    pub write_unchanged_files: bool,
    /// Write each new file beside the old one, under its name and this; needs -n
    #[arg(long, value_name = "SUFFIX", default_value = "")]
    pub add_suffix: String,
}
