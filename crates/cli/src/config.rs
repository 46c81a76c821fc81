//! The settings that a user can write down, and their meaning for the engine.
//!
//! The same keys come from `[tool.spacetime-compiler]`, from `--config`, from
//! the command line and from Python, so that each is checked in one place.

use std::collections::BTreeMap;

use serde::Deserialize;
use spacetime_engine::{Allowance, Assumption, Assumptions, Group, Limits, Options, Selection, rule_names};

/// What may be set; everything is optional, and unknown keys are errors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    pub select: Option<Vec<String>>,
    pub ignore: Vec<String>,
    pub allow: Vec<String>,
    pub assume: Vec<String>,
    pub no_assume: Vec<String>,
    pub strict: Option<bool>,
    pub limits: BTreeMap<String, f64>,
    pub given: BTreeMap<String, f64>,
    pub pure: Vec<String>,
    pub exclude: Vec<String>,
    pub target_version: Option<String>,
}

/// A setting that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSetting(pub String);

impl std::fmt::Display for BadSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSetting {}

impl Config {
    /// `self` with what `above` says laid over it: a selection and a switch
    /// replace, lists add, and of two numbers the later counts.
    #[must_use]
    pub fn overlaid(mut self, above: Self) -> Self {
        self.select = above.select.or(self.select);
        self.strict = above.strict.or(self.strict);
        self.target_version = above.target_version.or(self.target_version);
        self.ignore.extend(above.ignore);
        self.allow.extend(above.allow);
        // What is said later about the same assumption counts.
        self.assume.retain(|name| !above.no_assume.contains(name));
        self.no_assume.retain(|name| !above.assume.contains(name));
        self.assume.extend(above.assume);
        self.no_assume.extend(above.no_assume);
        self.limits.extend(above.limits);
        self.given.extend(above.given);
        self.pure.extend(above.pure);
        self.exclude.extend(above.exclude);
        self
    }

    /// What the engine is told.
    pub fn options(&self) -> Result<Options, BadSetting> {
        let mut options = Options {
            selection: self.selection()?,
            assumptions: self.assumptions()?,
            limits: self.limits()?,
            given: self.given.clone(),
            pure: self.pure.clone(),
            ..Options::default()
        };
        for name in &self.allow {
            let allowance = Allowance::from_name(name).ok_or_else(|| unknown("allowance", name))?;
            if !options.allowances.contains(&allowance) {
                options.allowances.push(allowance);
            }
        }
        if let Some(version) = &self.target_version {
            options.target_minor = minor(version).ok_or_else(|| {
                BadSetting(format!("`{version}` is no version of Python 3, such as `3.11` or `py311`"))
            })?;
        }
        Ok(options)
    }

    /// Names are checked here, before any file is touched.
    fn selection(&self) -> Result<Selection, BadSetting> {
        let select = self.select.clone().unwrap_or_else(|| Selection::default().select);
        let rules = rule_names();
        for name in select.iter().chain(&self.ignore) {
            let known = ["all", "none"].contains(&name.as_str())
                || Group::ALL.iter().any(|group| group.name() == name)
                || rules.contains(&name.replace('-', "_").as_str());
            if !known {
                let message = format!("no rule or group is called `{name}`; `stc rules` lists them");
                return Err(BadSetting(message));
            }
        }
        Ok(Selection { select, ignore: self.ignore.clone() })
    }

    fn assumptions(&self) -> Result<Assumptions, BadSetting> {
        let strict = self.strict == Some(true);
        let mut assumptions = if strict { Assumptions::NONE } else { Assumptions::common() };
        let known = |name: &String| Assumption::from_name(name).ok_or_else(|| unknown("assumption", name));
        for name in &self.assume {
            assumptions.insert(known(name)?);
        }
        for name in &self.no_assume {
            assumptions.remove(known(name)?);
        }
        Ok(assumptions)
    }

    fn limits(&self) -> Result<Limits, BadSetting> {
        let mut limits = Limits::default();
        for (name, value) in &self.limits {
            match name.as_str() {
                "confidence" => limits.confidence = *value,
                "saving" => limits.saving = *value,
                "overhead" => limits.overhead = *value,
                "rounds" if *value >= 1.0 => limits.rounds = *value as usize,
                "rounds" => return Err(BadSetting("`rounds` has to be 1 or more".to_owned())),
                _ => return Err(unknown("limit", name)),
            }
        }
        Ok(limits)
    }
}

/// `NAME=VALUE` of `--limit` and `--given`. The value is what follows the
/// last `=`, since a quantity may hold one itself.
pub fn named_number(text: &str) -> Result<(String, f64), BadSetting> {
    let wrong = || BadSetting(format!("`{text}` is not NAME=VALUE with a number for VALUE"));
    let (name, value) = text.rsplit_once('=').ok_or_else(wrong)?;
    let value: f64 = value.trim().replace('_', "").parse().map_err(|_| wrong())?;
    if name.trim().is_empty() || !value.is_finite() {
        return Err(wrong());
    }
    Ok((name.trim().to_owned(), value))
}

/// The minor version in `3.11`, `3.11.4` or `py311`.
fn minor(version: &str) -> Option<u8> {
    let digits = match version.trim().strip_prefix("py3") {
        Some(digits) => digits,
        None => version.trim().strip_prefix("3.")?.split('.').next()?,
    };
    digits.parse().ok()
}

/// The least minor version that a `requires-python` admits.
pub fn least_minor(requires: &str) -> Option<u8> {
    requires
        .split(',')
        .filter_map(|clause| {
            let clause = clause.trim();
            let version = clause.trim_start_matches(['>', '=', '~']).trim();
            let operator = &clause[..clause.len() - clause.trim_start_matches(['>', '=', '~']).len()];
            match operator {
                ">=" | "==" | "~=" | "===" => minor(version.trim_end_matches(".*")),
                // Above 3.10 means 3.11 unless a patch version is named.
                ">" => minor(version).map(|minor| minor + u8::from(version.matches('.').count() == 1)),
                _ => None,
            }
        })
        .max()
}

fn unknown(what: &str, name: &str) -> BadSetting {
    let names: Vec<&str> = match what {
        "assumption" => Assumption::ALL.iter().map(|assumption| assumption.name()).collect(),
        "allowance" => Allowance::ALL.iter().map(|allowance| allowance.name()).collect(),
        _ => vec!["confidence", "saving", "overhead", "rounds"],
    };
    BadSetting(format!("no {what} is called `{name}`; there are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_all_spellings() {
        assert_eq!(minor("py311"), Some(11));
        assert_eq!(minor("3.9.2"), Some(9));
        assert_eq!(minor("2.7"), None);
        assert_eq!(least_minor(">=3.8,<4"), Some(8));
        assert_eq!(least_minor("~=3.10"), Some(10));
        assert_eq!(least_minor("==3.12.*"), Some(12));
        assert_eq!(least_minor(">3.10"), Some(11));
        assert_eq!(least_minor("<4"), None);
    }

    #[test]
    fn numbers_with_names() {
        assert_eq!(named_number("n=1e7"), Ok(("n".to_owned(), 1e7)));
        assert_eq!(named_number("len(f(x=1))=5_000"), Ok(("len(f(x=1))".to_owned(), 5000.0)));
        assert!(named_number("n").is_err());
        assert!(named_number("n=inf").is_err());
    }

    #[test]
    fn later_words_count() {
        let below =
            Config { strict: Some(true), assume: vec!["total-order".to_owned()], ..Config::default() };
        let above = Config { no_assume: vec!["total-order".to_owned()], ..Config::default() };
        assert_eq!(below.clone().options().unwrap().assumptions.iter().count(), 1);
        assert!(below.clone().overlaid(above).options().unwrap().assumptions.is_empty());
        let relaxed = Config { strict: Some(false), ..Config::default() };
        assert!(below.overlaid(relaxed).options().unwrap().assumptions.iter().count() > 1);
    }

    #[test]
    fn unknown_names_are_errors() {
        let config = Config { allow: vec!["anything".to_owned()], ..Config::default() };
        assert!(config.options().unwrap_err().0.contains("early-effects"));
    }
}
