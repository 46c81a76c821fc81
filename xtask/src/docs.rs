//! `xtask docs`: the pages that are made from the code, so that they stay true.
//!
//! A rule's page is the header of its file, an assumption's sentence stands
//! beside its name: both are written down once. `tidy` holds what is checked in
//! against what is made here.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use spacetime_engine::{Allowance, Assumption, Assumptions, Group, RuleInfo, rules};

use crate::options::{Words, root};
use crate::probes;

const BEGIN: &str = "<!-- cargo xtask docs: begin -->\n";
const END: &str = "<!-- cargo xtask docs: end -->\n";

/// Writes every page that is made.
pub fn run(words: Vec<String>) -> Result<bool> {
    Words::new(words).done()?;
    for (name, text) in pages(&root())? {
        let path = root().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
        println!("docs: {name}");
    }
    Ok(true)
}

/// Each file, and what has to stand in it.
pub fn pages(root: &Path) -> Result<[(&'static str, String); 3]> {
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    Ok([
        ("README.md", with_table(&readme)?),
        ("docs/rules.md", rule_pages(&rules())),
        (probes::PAGE, probes::page(root)?),
    ])
}

/// The text with the table of assumptions and allowances between the marks.
fn with_table(readme: &str) -> Result<String> {
    let (head, rest) = readme.split_once(BEGIN).context("README.md has lost the mark before its table")?;
    let Some((_, tail)) = rest.split_once(END) else { bail!("README.md has lost the mark behind its table") };
    Ok(format!("{head}{BEGIN}{}{END}{tail}", table()))
}

fn table() -> String {
    let mut out = String::from("| name | what it says | by default |\n|---|---|---|\n");
    for one in Assumption::ALL {
        let default = if Assumptions::common().contains(one) { "assumed" } else { "not assumed" };
        let _ = writeln!(out, "| `{}` | {} | {default} |", one.name(), one.meaning());
    }
    for one in Allowance::ALL {
        let _ = writeln!(out, "| `{}` | {} | not allowed |", one.name(), one.meaning());
    }
    out
}

fn rule_pages(rules: &[RuleInfo]) -> String {
    let mut out = String::from(
        "# The rules\n\nWritten by `cargo xtask docs` from the headers of the rules' files; `stc explain RULE` prints the same.\nEvery example is a test: what stands under *before* becomes exactly what stands under *after*, and what\nstands under *kept* stays as it is.\n",
    );
    for group in Group::ALL {
        let _ = write!(out, "\n## Group `{}`\n\n", group.name());
        let inside = || rules.iter().filter(|rule| rule.group == group.name());
        for rule in inside() {
            let _ = writeln!(out, "- [`{0}`](#{0}): {1}", rule.name, rule.summary);
        }
        for rule in inside() {
            let _ = write!(out, "\n### {}\n\n{}", rule.name, page(&rule.page));
            if !rule.cases.is_empty() {
                let file = format!("../crates/space/src/rules/{}.md", rule.name);
                let _ = writeln!(
                    out,
                    "\n[More cases]({file}), which `stc explain {} --cases` prints.",
                    rule.name
                );
            }
        }
    }
    out
}

/// A rule's page below a heading: its own headings stand lower, and its examples
/// say what they are, which a rendered fence does not.
fn page(markdown: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    for line in markdown.lines() {
        match line.strip_prefix("```") {
            Some(info) if !fenced => {
                let kind = info.strip_prefix("py ").unwrap_or_default();
                if !out.ends_with("\n\n") {
                    out.push('\n');
                }
                if !kind.is_empty() {
                    let _ = write!(out, "*{kind}*\n\n");
                }
                let language = info.split(' ').next().unwrap_or_default();
                let _ = writeln!(out, "```{language}");
                fenced = true;
            }
            Some(_) => {
                out.push_str("```\n");
                fenced = false;
            }
            None if !fenced && line.starts_with('#') => {
                let _ = writeln!(out, "###{line}");
            }
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stand_below_their_heading_and_code_stays() {
        let text =
            "Sums.\n\n```py before\n# a comment\nf()\n```\n```py after\ng()\n```\n\n# When not\n\nNever.";
        let expected = "Sums.\n\n*before*\n\n```py\n# a comment\nf()\n```\n\n*after*\n\n```py\ng()\n```\n\n#### When not\n\nNever.\n";
        assert_eq!(page(text), expected);
    }

    #[test]
    fn the_table_is_put_between_the_marks() {
        let text = with_table(&format!("a\n{BEGIN}outdated\n{END}b\n")).unwrap();
        assert!(text.starts_with(&format!("a\n{BEGIN}| name")) && text.ends_with(&format!("|\n{END}b\n")));
        assert!(text.contains("| `total-order` |") && !text.contains("outdated"));
        assert!(with_table("no marks").is_err());
    }
}
