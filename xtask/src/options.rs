//! Command-line words of the tasks: flags, values, and the folders they need.
//!
//! Four tasks with a handful of options each do not pay for a parser of arguments.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};

/// The words behind the task's name, taken out one by one.
pub struct Words(Vec<String>);

impl Words {
    pub fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// Whether `--name` is given.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// The value behind the first `--name`.
    pub fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(at) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.0.len() {
            bail!("{name} needs a value");
        }
        let value = self.0.remove(at + 1);
        self.0.remove(at);
        let parsed = value.parse().ok().with_context(|| format!("{name} {value}: not understood"))?;
        Ok(Some(parsed))
    }

    /// The values behind every `--name`.
    pub fn values<T: FromStr>(&mut self, name: &str) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(value) = self.value(name)? {
            all.push(value);
        }
        Ok(all)
    }

    /// What is left; an option among it is a mistake.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.0.iter().find(|word| word.starts_with('-')) {
            Some(word) => bail!("{word}: no such option"),
            None => Ok(self.0),
        }
    }

    /// For tasks that take options only.
    pub fn done(self) -> Result<()> {
        match self.rest()?.first() {
            Some(word) => bail!("{word}: not understood"),
            None => Ok(()),
        }
    }
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    // Set when cargo compiled us; the folder above `xtask`.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The folder of the helper programs that run in CPython.
pub fn helpers() -> PathBuf {
    root().join("xtask/python")
}

/// The last lines of what another program printed, to be shown below a line of ours.
pub fn indented_end(output: &str, count: usize) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let end = &lines[lines.len().saturating_sub(count)..];
    format!("    {}", end.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_output_is_indented() {
        assert_eq!(indented_end("a\nb\nc\n", 2), "    b\n    c");
        assert_eq!(indented_end("", 2), "    ");
    }

    #[test]
    fn takes_options_out_and_refuses_unknown_ones() {
        let mut words = Words::new(["--count", "3", "a", "--long"].map(str::to_owned).to_vec());
        assert!(words.flag("--long"));
        assert_eq!(words.value("--count").unwrap(), Some(3));
        assert_eq!(words.rest().unwrap(), ["a"]);
        assert!(Words::new(vec!["--nonsense".to_owned()]).done().is_err());
    }
}
