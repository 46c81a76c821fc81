//! Which settings hold for a file: configuration files, `--config`, options.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use serde::Deserialize;
use spacetime_engine::Options;

use crate::args::{Choice, Global};
use crate::config::{BadSetting, Config, least_minor, named_number};
use crate::status::usage;

const PROJECT_FILE: &str = "pyproject.toml";
const TABLE: &str = "tool.spacetime-compiler";

/// What holds for the files of one folder.
#[derive(Debug)]
pub struct Settings {
    pub options: Options,
    /// Patterns in the notation of `.gitignore`, and the folder they start from.
    pub exclude: Vec<String>,
    pub base: PathBuf,
}

/// Finds and remembers the settings of folders.
pub struct Finder {
    /// `--config PATH`, instead of looking around.
    fixed: Option<Found>,
    isolated: bool,
    /// `--config KEY=VALUE` and the options.
    above: Config,
    known: HashMap<PathBuf, Arc<Settings>>,
}

/// What configuration files say to a folder.
#[derive(Clone, Debug, Default)]
struct Found {
    config: Config,
    base: PathBuf,
    requires_python: Option<String>,
    origin: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Project {
    project: Option<ProjectTable>,
    tool: Option<toml::Table>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ProjectTable {
    requires_python: Option<String>,
}

impl Finder {
    pub fn new(global: &Global, choice: &Choice) -> anyhow::Result<Self> {
        let mut fixed = None;
        let mut above = Config::default();
        for text in &global.config {
            if is_setting(text) {
                let config: Config = toml::from_str(text)
                    .map_err(|error| usage(format!("--config `{text}`: {}", error.message())))?;
                above = above.overlaid(config);
            } else if fixed.replace(read_any(Path::new(text))?).is_some() {
                return Err(usage("--config names more than one file"));
            }
        }
        if fixed.is_some() && global.isolated {
            return Err(usage("--isolated ignores configuration files, but --config names one"));
        }
        let above = above.overlaid(from_options(choice)?);
        above.options().map_err(|error| usage(error.0))?;
        Ok(Self { fixed, isolated: global.isolated, above, known: HashMap::new() })
    }

    /// The settings for the files in `folder`.
    pub fn settings(&mut self, folder: &Path) -> anyhow::Result<Arc<Settings>> {
        if let Some(settings) = self.known.get(folder) {
            return Ok(Arc::clone(settings));
        }
        let found = match &self.fixed {
            Some(found) => found.clone(),
            None if self.isolated => Found::default(),
            None => look_around(folder)?,
        };
        let settings = Arc::new(self.combine(&found)?);
        self.known.insert(folder.to_owned(), Arc::clone(&settings));
        Ok(settings)
    }

    fn combine(&self, found: &Found) -> anyhow::Result<Settings> {
        let named = |error: BadSetting| match &found.origin {
            Some(path) => usage(format!("{}: {}", path.display(), error.0)),
            None => usage(error.0),
        };
        // On its own first, so that a mistake is blamed on the file it is in.
        found.config.options().map_err(named)?;
        let config = found.config.clone().overlaid(self.above.clone());
        let mut options = config.options().map_err(named)?;
        if config.target_version.is_none()
            && let Some(minor) = found.requires_python.as_deref().and_then(least_minor)
        {
            options.target_minor = minor;
        }
        Ok(Settings { options, exclude: config.exclude, base: found.base.clone() })
    }
}

/// A file that exists is a file, whatever it is called.
fn is_setting(text: &str) -> bool {
    text.contains('=') && !Path::new(text).exists()
}

/// The nearest `pyproject.toml` with our table, and the nearest that says
/// which Python it needs.
fn look_around(folder: &Path) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let start = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    for folder in start.ancestors() {
        let path = folder.join(PROJECT_FILE);
        if found.origin.is_some() && found.requires_python.is_some() {
            break;
        }
        if !path.is_file() {
            continue;
        }
        // A table further up than ours is nobody's business here, not even a wrong one.
        let here = read_project(&path, found.origin.is_none())?;
        if found.requires_python.is_none() {
            found.requires_python = here.requires_python;
        }
        if here.origin.is_some() {
            (found.config, found.base, found.origin) = (here.config, here.base, here.origin);
        }
    }
    Ok(found)
}

fn read_project(path: &Path, with_table: bool) -> anyhow::Result<Found> {
    let text = read_text(path)?;
    let project: Project =
        toml::from_str(&text).map_err(|error| usage(format!("{}: {}", path.display(), error.message())))?;
    let requires_python = project.project.and_then(|project| project.requires_python);
    let table = project.tool.filter(|_| with_table).and_then(|mut tool| tool.remove("spacetime-compiler"));
    let Some(table) = table else { return Ok(Found { requires_python, ..Found::default() }) };
    let config = table.try_into().map_err(|error: toml::de::Error| {
        usage(format!("{}: [{TABLE}]: {}", path.display(), error.message()))
    })?;
    Ok(Found { config, requires_python, ..Found::at(path) })
}

/// A file named by `--config`: a `pyproject.toml`, or our table on its own.
fn read_any(path: &Path) -> anyhow::Result<Found> {
    if path.file_name().is_some_and(|name| name == PROJECT_FILE) {
        return Ok(Found { origin: Some(path.to_owned()), ..read_project(path, true)? });
    }
    let config = toml::from_str(&read_text(path)?)
        .map_err(|error| usage(format!("{}: {}", path.display(), error.message())))?;
    Ok(Found { config, ..Found::at(path) })
}

impl Found {
    fn at(path: &Path) -> Self {
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        Self { base, origin: Some(path.to_owned()), ..Self::default() }
    }
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn from_options(choice: &Choice) -> anyhow::Result<Config> {
    let numbers = |all: &[String]| {
        all.iter().map(|text| named_number(text)).collect::<Result<_, _>>().map_err(|error| usage(error.0))
    };
    Ok(Config {
        select: Some(choice.select.clone()).filter(|select| !select.is_empty()),
        ignore: choice.ignore.clone(),
        allow: choice.allow.clone(),
        assume: choice.assume.clone(),
        no_assume: choice.no_assume.clone(),
        strict: choice.strict.then_some(true),
        limits: numbers(&choice.limit)?,
        given: numbers(&choice.given)?,
        target_version: choice.target_version.clone(),
        ..Config::default()
    })
}
