//! What can be said on the command line, and the help texts.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Optimizes Python programs for memory and time, and proves that nothing else changed.
#[derive(Debug, Parser)]
#[command(name = "stc", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// A TOML file, or a setting such as `strict = true`; may be repeated
    #[arg(long, global = true, value_name = "PATH|KEY=VALUE", help_heading = "Settings")]
    pub config: Vec<String>,
    /// Ignore all configuration files
    #[arg(long, global = true, help_heading = "Settings")]
    pub isolated: bool,
    /// Say nothing but errors
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// List every finding on stderr
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    pub color: Color,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Rewrite programs, or say what could be rewritten
    Optimize(Box<OptimizeArgs>),
    /// Run a script before and after, and compare output, memory and time
    Prove(Box<ProveArgs>),
    /// Turn Python 2 into Python 3: 2to3, with its options and its output
    Upgrade(Box<UpgradeArgs>),
    /// Say what a rule does and on what it relies
    Explain(ExplainArgs),
    /// List the rules, assumptions and allowances
    Rules(RulesArgs),
    /// Print what the analysis believes about a file
    Facts(FactsArgs),
    /// Draw what works inside, in the DOT language
    Graph(GraphArgs),
    /// Print a completion script
    #[command(hide = true)]
    GenerateShellCompletion { shell: clap_complete::Shell },
}

/// Options that decide what is rewritten.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is rewritten")]
pub struct Choice {
    /// Rules or groups to run, `all` or `none`
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub select: Vec<String>,
    /// Rules or groups not to run
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub ignore: Vec<String>,
    /// Allow a change that somebody could see (`stc rules` lists the names)
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub allow: Vec<String>,
    /// Take something for granted
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub assume: Vec<String>,
    /// Do not take something for granted
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub no_assume: Vec<String>,
    /// Take nothing for granted: apply only what is proved or guarded
    #[arg(long)]
    pub strict: bool,
    /// A threshold: confidence, saving, overhead or rounds
    #[arg(long, value_name = "NAME=VALUE")]
    pub limit: Vec<String>,
    /// A quantity of the program, such as `n=1e7` or `len(rows)=5e6`
    #[arg(long, value_name = "NAME=VALUE")]
    pub given: Vec<String>,
    /// The oldest Python that the result has to run on, such as 3.11
    #[arg(long, value_name = "VERSION")]
    pub target_version: Option<String>,
}

#[derive(Clone, Debug, Args)]
#[group(id = "mode", multiple = false, args = ["output", "write", "diff", "check", "analyze_only"])]
pub struct OptimizeArgs {
    /// Files and folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write the result here: a file, or a folder that mirrors the input
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Replace the files by their optimized versions
    #[arg(short, long)]
    pub write: bool,
    /// Print what would change as a diff; exit with 1 if something would
    #[arg(long)]
    pub diff: bool,
    /// Change nothing; exit with 1 if something would change
    #[arg(long)]
    pub check: bool,
    /// Change nothing; print what was found
    #[arg(long)]
    pub analyze_only: bool,
    /// Write a report to this file; .json, .sarif and .html choose the format
    #[arg(short, long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// The format of the report
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// How many files are worked on at a time
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Print how often each rule fired
    #[arg(long)]
    pub statistics: bool,
    /// The name under which standard input is known
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
    /// Exit with 0 even if something would change (errors still count)
    #[arg(long)]
    pub exit_zero: bool,
    /// Leave out excluded files even if they are named
    #[arg(long)]
    pub force_exclude: bool,
    // Last, because its help heading holds for all that follows.
    #[command(flatten)]
    pub choice: Choice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Concise,
    Json,
    Sarif,
    Html,
}

#[derive(Clone, Debug, Args)]
pub struct ProveArgs {
    /// The script to run
    pub script: PathBuf,
    /// Arguments of the script, after `--`
    #[arg(last = true, value_name = "ARGS")]
    pub args: Vec<OsString>,
    /// Compare with this file instead of what the optimizer makes of the script
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// How often each version runs
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// The interpreter
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// Run in copies of this folder (default: the current one)
    #[arg(long, value_name = "DIR")]
    pub workdir: Option<PathBuf>,
    /// The most megabytes that are copied
    #[arg(long, value_name = "MB", default_value_t = 512)]
    pub copy_limit: u64,
    /// What the script reads from standard input (default: nothing)
    #[arg(long, value_name = "FILE")]
    pub stdin: Option<PathBuf>,
    /// Give up on a run after this many seconds
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<f64>,
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
    #[command(flatten)]
    pub choice: Choice,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// A rule, a group, an assumption or an allowance
    pub name: String,
    /// Show also the cases that are too many for a rule's page
    #[arg(long)]
    pub cases: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

#[derive(Clone, Debug, Args)]
pub struct RulesArgs {
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

#[derive(Clone, Debug, Args)]
pub struct FactsArgs {
    /// A file, or `-` for standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub choice: Choice,
}

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
    #[arg(short, long, value_name = "FIX", aliases = ["f", "fi"])]
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
    /// Write what is right where 2to3 writes broken code
    #[arg(long, help_heading = "Beyond 2to3")]
    pub beyond: bool,
    /// Drop copies that are only walked, such as the `list(…)` that 2to3 adds, where the optimizer knows that it may
    #[arg(long)]
    pub modern: bool,
    /// Fixers of your own: a TOML file with patterns and templates (docs/own-fixers.md); may be repeated
    #[arg(long, value_name = "FILE")]
    pub fixer: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub struct GraphArgs {
    #[command(subcommand)]
    pub of: GraphOf,
}

#[derive(Clone, Debug, Subcommand)]
pub enum GraphOf {
    /// The automaton that finds all patterns: its states, transitions, and what a state completes
    Patterns {
        /// The patterns of the fixers of `upgrade` instead of those of the rules
        #[arg(long)]
        upgrade: bool,
        /// Sources that it is run over (with -v the walk is traced): it is made as it is needed (default: a few examples)
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}
