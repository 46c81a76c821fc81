//! What developers run: `cargo xtask tidy`, `docs`, `equivalence`, `kinds`,
//! `programs`, `sweep`, `upgrade-parity`.
//!
//! Everything here holds the product against something outside of it: the house
//! rules, every installed CPython, random programs, the standard library.

mod docs;
mod equivalence;
mod in_place;
mod interpreters;
mod kinds;
mod options;
mod packages;
mod pool;
mod probes;
mod programs;
mod sources;
mod stdlib;
mod sweep;
mod tidy;
mod upgrade_fixers;
mod upgrade_fuzz;
mod upgrade_matches;
mod upgrade_parity;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask tidy                    the house rules: crate graph, headers, sizes, documents
cargo xtask docs                    writes the pages that are made from the code
cargo xtask probes                  docs/probes.md: small functions, with what we do and what ruff does
cargo xtask equivalence             every rule's examples under every installed CPython
    [--python PATH]... [--verbose]
cargo xtask kinds                   what the analysis believes of kinds, checked at run time
    [--count N] [--seed S] [--python PATH] [--tests NAME,NAME...] [--file PATH]...
cargo xtask programs                random programs, before and after
    [--count N] [--seed S] [--only SEED] [--long] [--least SHARE] [--python PATH] [--keep FOLDER]
cargo xtask sweep                   the standard library and site-packages, file by file
    [--python PATH]... [--limit N] [--no-site-packages] [--jobs N] [FILE|FOLDER]...
cargo xtask stdlib                  CPython's own tests with its library, before and after
    [--python PATH]... [--quick] [--tests NAME,NAME...] [--jobs N]
cargo xtask upgrade-parity          trees of `stc upgrade` beside those of lib2to3
    [--parser] [--modern] [--python PATH] [--limit N]
    [--mutate SEED] [FILE|FOLDER]...
cargo xtask upgrade-matches         our matcher beside lib2to3's, at every node
    [--python PATH] [--every N] [FILE|FOLDER]...
cargo xtask upgrade-fixers          texts and messages of `stc upgrade` beside those of lib2to3
    [--python PATH] [--fixers NAME,NAME...] [--alone] [--step N] [--long] [FILE|FOLDER]...
    --tests [NAME]...               lib2to3's own tests of its fixers
    --other-tests                   those of its parser and its command
    --command [--stc PATH]          the command beside lib2to3's own
    --encodings [--verbose]         the encodings beside Python's
cargo xtask upgrade-fuzz            both over texts made by chance
    [--count N] [--seed S] [--shown N] [--python PATH] [FILE|FOLDER]...
cargo xtask packages                packages of other people with their own tests, before and after
    [--python PATH] [--only NAME,NAME...] [--list FILE] [--jobs N]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    match run(&name, words.collect()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask {name}: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is well; an error means that the question could not be asked.
fn run(name: &str, words: Vec<String>) -> Result<bool> {
    match name {
        "tidy" => tidy::run(),
        "docs" => docs::run(words),
        "equivalence" => equivalence::run(words),
        "kinds" => kinds::run(words),
        "packages" => packages::run(words),
        "probes" => probes::run(words),
        "programs" => programs::run(words),
        "sweep" => sweep::run(words),
        "upgrade-fixers" => upgrade_fixers::run(words),
        "upgrade-fuzz" => upgrade_fuzz::run(words),
        "upgrade-matches" => upgrade_matches::run(words),
        "upgrade-parity" => upgrade_parity::run(words),
        "stdlib" => stdlib::run(words),
        _ => bail!("no such task\n{USAGE}"),
    }
}
