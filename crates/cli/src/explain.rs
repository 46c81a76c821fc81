//! `stc rules`, `stc explain`, `stc facts`: what there is, and what is believed.

use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory;
use serde_json::json;
use spacetime_engine::{Allowance, Assumption};

use crate::args::{Cli, ExplainArgs, FactsArgs, Global, PlainFormat, RulesArgs};
use crate::output;
use crate::settings::Finder;
use crate::source;
use crate::status::{Status, usage};
use crate::work::{self, Trouble};

pub fn rules(args: &RulesArgs) -> anyhow::Result<Status> {
    let rules = spacetime_engine::rules();
    if args.format == PlainFormat::Json {
        let named = |name: &str, meaning: &str| json!({ "name": name, "meaning": meaning });
        let all = json!({
            "rules": rules,
            "assumptions": Assumption::ALL.map(|one| named(one.name(), one.meaning())),
            "allowances": Allowance::ALL.map(|one| named(one.name(), one.meaning())),
        });
        output::print(format!("{all:#}\n"))?;
        return Ok(Status::Success);
    }
    let mut out = String::from("Rules\n");
    for rule in &rules {
        let _ = writeln!(out, "  {:<24} {:<16} {}", rule.name, rule.group, rule.summary);
    }
    out.push_str("\nAssumptions (made unless --strict or --no-assume NAME)\n");
    for one in Assumption::ALL {
        let _ = writeln!(out, "  {:<24} {}", one.name(), one.meaning());
    }
    out.push_str("\nAllowances (only with --allow NAME)\n");
    for one in Allowance::ALL {
        let _ = writeln!(out, "  {:<24} {}", one.name(), one.meaning());
    }
    output::print(out)?;
    Ok(Status::Success)
}

pub fn explain(args: &ExplainArgs) -> anyhow::Result<Status> {
    let is_json = args.format == PlainFormat::Json;
    let (value, text) = if let Some(one) = Assumption::from_name(&args.name) {
        named("assumption", one.name(), one.meaning())
    } else if let Some(one) = Allowance::from_name(&args.name) {
        named("allowance", one.name(), one.meaning())
    } else {
        let info = spacetime_engine::explain(&args.name).map_err(|error| usage(error.to_string()))?;
        let title = format!("# {} ({})\n\n{}\n", info.name, info.group, info.page.trim_end());
        (serde_json::to_value(&info)?, title)
    };
    output::print(if is_json { format!("{value:#}\n") } else { text })?;
    Ok(Status::Success)
}

fn named(kind: &str, name: &str, meaning: &str) -> (serde_json::Value, String) {
    (json!({ "kind": kind, "name": name, "meaning": meaning }), format!("# {name} ({kind})\n\n{meaning}\n"))
}

pub fn facts(args: &FactsArgs, global: &Global) -> anyhow::Result<Status> {
    let is_stdin = args.file.as_os_str() == "-";
    let name = if is_stdin { "<stdin>".to_owned() } else { args.file.display().to_string() };
    let folder = args.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let settings = Finder::new(global, &args.choice)?.settings(folder.unwrap_or(Path::new(".")))?;
    let results = work::side_by_side(1, false, &[()], |()| {
        let source =
            if is_stdin { source::read_stdin(&name) } else { source::read_source(&args.file, &name) }?;
        let kind = source::source_kind(&args.file);
        let facts = work::caught(&name, || spacetime_engine::facts(&source.text, kind, &settings.options))?;
        facts.map_err(|problem| {
            Trouble::Input(spacetime_engine::report::Problem {
                path: name.clone(),
                line: problem.line,
                column: problem.column,
                message: problem.message,
            })
        })
    })?;
    for result in results {
        match result {
            Ok(facts) => output::print(facts)?,
            Err(trouble) => return Ok(trouble.tell()),
        }
    }
    Ok(Status::Success)
}

pub fn completion(shell: clap_complete::Shell) -> anyhow::Result<Status> {
    // Generated in memory: the generator panics where its writer fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "stc", &mut script);
    output::print(script)?;
    Ok(Status::Success)
}
