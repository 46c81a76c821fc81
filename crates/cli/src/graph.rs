//! `stc graph`: pictures of what works inside, in the DOT language.

use crate::args::{GraphArgs, GraphOf};
use crate::output;
use crate::source;
use crate::status::Status;
use crate::work::Trouble;

pub fn run(args: &GraphArgs, verbose: bool) -> anyhow::Result<Status> {
    let GraphOf::Patterns { upgrade, files } = &args.of;
    let mut sources = Vec::new();
    for path in files {
        match source::read_source(path, &path.display().to_string()) {
            Ok(source) => sources.push(source.text),
            Err(problem) => return Ok(Trouble::Input(problem).tell()),
        }
    }
    for (path, text) in files.iter().zip(&sources).filter(|_| verbose) {
        let trace = if *upgrade {
            spacetime_upgrade::patterns_trace(spacetime_upgrade::fixers::ALL, text)
        } else {
            spacetime_engine::patterns_trace(text)
        };
        let trace = trace.unwrap_or_else(|| "cannot be parsed".to_owned());
        output::say(&format!("{}\n{}", path.display(), trace.trim_end()));
    }
    let dot = if *upgrade {
        spacetime_upgrade::patterns_dot(spacetime_upgrade::fixers::ALL, &sources)
    } else {
        spacetime_engine::patterns_dot(&sources)
    };
    output::print(dot)?;
    Ok(Status::Success)
}
