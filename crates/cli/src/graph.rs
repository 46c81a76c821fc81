//! `stc graph`: pictures of what works inside, in the DOT language.

use crate::args::{GraphArgs, GraphOf};
use crate::output;
use crate::source;
use crate::status::Status;
use crate::work::Trouble;

pub fn run(args: &GraphArgs) -> anyhow::Result<Status> {
    let GraphOf::Patterns { upgrade, files } = &args.of;
    let mut sources = Vec::new();
    for path in files {
        match source::read_source(path, &path.display().to_string()) {
            Ok(source) => sources.push(source.text),
            Err(problem) => return Ok(Trouble::Input(problem).tell()),
        }
    }
    let dot = if *upgrade {
        spacetime_upgrade::patterns_dot(spacetime_upgrade::fixers::ALL, &sources)
    } else {
        spacetime_engine::patterns_dot(&sources)
    };
    output::print(dot)?;
    Ok(Status::Success)
}
