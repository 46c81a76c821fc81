//! `stc rules`, `stc explain`, `stc facts`: what there is, and what is believed.

use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory;
use serde_json::json;
use spacetime_engine::{Allowance, Assumption, Assumptions, Group, RuleInfo};

use crate::args::{Cli, ExplainArgs, FactsArgs, Global, PlainFormat, RulesArgs};
use crate::output;
use crate::settings::Finder;
use crate::source;
use crate::status::{Status, usage};
use crate::work::{self, Trouble};

pub fn rules(args: &RulesArgs) -> anyhow::Result<Status> {
    let rules = spacetime_engine::rules();
    if args.format == PlainFormat::Json {
        let named = |name: &str, meaning: &str, default: bool| json!({ "name": name, "meaning": meaning, "default": default });
        let all = json!({
            "rules": rules,
            "assumptions": Assumption::ALL.map(|one| named(one.name(), one.meaning(), is_common(one))),
            "allowances": Allowance::ALL.map(|one| named(one.name(), one.meaning(), false)),
        });
        output::print(format!("{all:#}\n"))?;
        return Ok(Status::Success);
    }
    let mut out = String::from("Rules\n");
    for rule in &rules {
        let _ = writeln!(out, "  {:<16} {:<16} {}", rule.name, rule.group, rule.summary);
    }
    let (made, not_made): (Vec<Assumption>, Vec<Assumption>) =
        Assumption::ALL.into_iter().partition(|one| is_common(*one));
    out.push_str("\nAssumptions that are made (unless --strict or --no-assume NAME)\n");
    for one in made {
        let _ = writeln!(out, "  {:<26} {}", one.name(), one.meaning());
    }
    out.push_str("\nAssumptions that are not (only with --assume NAME)\n");
    for one in not_made {
        let _ = writeln!(out, "  {:<26} {}", one.name(), one.meaning());
    }
    out.push_str("\nAllowances (only with --allow NAME, or `# spacetime: allow[NAME]` at the place)\n");
    for one in Allowance::ALL {
        let _ = writeln!(out, "  {:<26} {}", one.name(), one.meaning());
    }
    output::print(out)?;
    Ok(Status::Success)
}

/// Whether an assumption is made unless the user says otherwise.
fn is_common(one: Assumption) -> bool {
    Assumptions::common().contains(one)
}

pub fn explain(args: &ExplainArgs) -> anyhow::Result<Status> {
    let is_json = args.format == PlainFormat::Json;
    let (value, text) = if let Some(one) = Assumption::from_name(&args.name) {
        let name = one.name();
        let said = if is_common(one) {
            format!("Made unless `--strict` or `--no-assume {name}` is given.")
        } else {
            format!("Made only with `--assume {name}`.")
        };
        named("assumption", name, one.meaning(), &said)
    } else if let Some(one) = Allowance::from_name(&args.name) {
        let name = one.name();
        let said =
            format!("Only with `--allow {name}`, or the comment `# spacetime: allow[{name}]` at the place.");
        named("allowance", name, one.meaning(), &said)
    } else if let Some(group) =
        Group::ALL.into_iter().find(|group| group.name() == args.name.replace('_', "-"))
    {
        of_group(group)
    } else {
        let info = spacetime_engine::explain(&args.name).map_err(|_| {
            usage(format!(
                "no rule, group, assumption or allowance is called `{}`; `stc rules` lists them",
                args.name
            ))
        })?;
        let more = match info.cases.as_str() {
            "" => String::new(),
            cases if args.cases => format!("\n{}", cases.trim_end()),
            _ => format!("\n# More\n\n`stc explain {} --cases` shows more cases.", info.name),
        };
        let text = format!("# {} ({})\n\n{}\n{more}", info.name, info.group, info.page.trim_end());
        (serde_json::to_value(&info)?, text.trim_end().to_owned() + "\n")
    };
    output::print(if is_json { format!("{value:#}\n") } else { text })?;
    Ok(Status::Success)
}

fn named(kind: &str, name: &str, meaning: &str, said: &str) -> (serde_json::Value, String) {
    let text = format!("# {name} ({kind})\n\n{meaning}\n\n{said}\n");
    (json!({ "kind": kind, "name": name, "meaning": meaning }), text)
}

/// A group's page: its rules, a line each.
fn of_group(group: Group) -> (serde_json::Value, String) {
    let name = group.name();
    let rules: Vec<RuleInfo> =
        spacetime_engine::rules().into_iter().filter(|rule| rule.group == name).collect();
    let mut text = format!("# {name} (group)\n\n");
    for rule in &rules {
        let _ = writeln!(text, "- `{}`: {}", rule.name, rule.summary);
    }
    (json!({ "kind": "group", "name": name, "rules": rules }), text)
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
