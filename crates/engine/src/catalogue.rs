//! Which rules there are, by name and by group.

use std::sync::OnceLock;

use serde::Serialize;
use spacetime_pattern::{Pattern, PatternSet};
use spacetime_rule::{Found, Header, Rule};
use spacetime_syntax::Tree;

use crate::Selection;

/// What `stc rules` and `stc explain` tell of a rule.
#[derive(Clone, Debug, Serialize)]
pub struct RuleInfo {
    pub name: String,
    pub group: String,
    pub summary: String,
    /// The rule's page, as Markdown.
    pub page: String,
    /// More examples, as Markdown; mostly none.
    pub cases: String,
}

/// A name in `--select`, `--ignore` or `explain` that is no rule and no group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rule or group is called `{0}`; `stc rules` lists them")]
pub struct UnknownRule(pub String);

/// Every rule, in the order in which they are tried.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    spacetime_space::RULES.iter().copied()
}

pub fn rules() -> Vec<RuleInfo> {
    all().map(info).collect()
}

pub fn rule_names() -> Vec<&'static str> {
    all().map(|rule| rule.name).collect()
}

/// The page of one rule.
pub fn explain(name: &str) -> Result<RuleInfo, UnknownRule> {
    let wanted = name.replace('-', "_");
    all().find(|rule| rule.name == wanted).map(info).ok_or_else(|| UnknownRule(name.to_owned()))
}

/// The rules that a selection lets run.
pub(crate) fn selected(selection: &Selection) -> Result<Vec<&'static Rule>, UnknownRule> {
    let mut chosen = Vec::new();
    for name in selection.select.iter().chain(&selection.ignore) {
        if !all().any(|rule| matches(rule, name)) && !["all", "none"].contains(&name.as_str()) {
            return Err(UnknownRule(name.clone()));
        }
    }
    for rule in all() {
        let named = |names: &[String]| names.iter().any(|name| name == "all" || matches(rule, name));
        if named(&selection.select) && !named(&selection.ignore) {
            chosen.push(rule);
        }
    }
    Ok(chosen)
}

fn matches(rule: &Rule, name: &str) -> bool {
    rule.group.name() == name || rule.name == name.replace('-', "_")
}

fn info(rule: &Rule) -> RuleInfo {
    // A malformed header is caught by the harness; here the raw text is better than nothing.
    let header = Header::parse(rule.source).unwrap_or_default();
    RuleInfo {
        name: rule.name.to_owned(),
        group: rule.group.name().to_owned(),
        summary: header.summary,
        page: header.markdown,
        cases: rule.cases.to_owned(),
    }
}

/// Rules with their patterns, compiled, for one scan that finds all candidates.
#[derive(Debug)]
pub(crate) struct Scanner {
    patterns: PatternSet,
    /// The rule of each pattern.
    owners: Vec<&'static Rule>,
}

impl Scanner {
    pub fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let (patterns, owners): (Vec<Pattern>, Vec<&'static Rule>) = rules
            .flat_map(|rule| rule.patterns.iter().map(move |text| (rule, text)))
            // A pattern that does not parse is caught by the test below.
            .filter_map(|(rule, text)| Some((Pattern::parse_python(text).ok()?, rule)))
            .unzip();
        Self { patterns: PatternSet::new(patterns), owners }
    }

    /// All rules there are, compiled once.
    pub fn standard() -> &'static Self {
        static STANDARD: OnceLock<Scanner> = OnceLock::new();
        STANDARD.get_or_init(|| Self::new(all()))
    }

    pub fn patterns(&self) -> &PatternSet {
        &self.patterns
    }

    /// The rule of a pattern, and the pattern as it is written.
    pub fn title(&self, pattern: usize) -> String {
        let Some(rule) = self.owners.get(pattern) else { return String::new() };
        let first = self.owners.iter().position(|owner| std::ptr::eq(*owner, *rule)).unwrap_or(pattern);
        let text = rule.patterns.get(pattern - first).copied().unwrap_or_default();
        format!("{}: {text}", rule.name)
    }

    /// The candidates of the named rules, in source order.
    pub fn scan(&self, tree: &Tree<'_>, names: &[&str]) -> Vec<(&'static Rule, Found)> {
        let found = self.patterns.scan(tree);
        found
            .into_iter()
            .map(|found| (self.owners[found.pattern], found))
            .filter(|(rule, _)| names.contains(&rule.name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_parses_and_names_are_unique() {
        let mut names = rule_names();
        for rule in all() {
            for pattern in rule.patterns {
                Pattern::parse_python(pattern).unwrap_or_else(|problem| panic!("{}: {problem}", rule.name));
            }
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
