//! `xtask probes`: what we and ruff do with small functions that waste memory,
//! each in one way, as a table in the documents.
//!
//! A probe is a file below `docs/probes`; its docstring says what it wastes,
//! what a person would write, or why nobody may. Our columns are made anew each
//! time, and `tidy` holds the page against them; ruff's stay as they were when
//! ruff was last asked, so that only this command needs it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use spacetime_engine::{Finding, Options, SourceKind, optimize};

use crate::options::{Words, root};
use crate::sources::below;

const FOLDER: &str = "docs/probes";
pub const PAGE: &str = "docs/probes.md";
/// Stands in ruff's column of a probe that is newer than the last answer.
pub const NOT_ASKED: &str = "not asked yet";
const NOTHING: &str = "nothing";

/// Folder, heading, and what is in it.
const SECTIONS: [(&str, &str, &str); 4] = [
    ("streaming", "Streaming", "Collections that are made to be walked, and need not be."),
    ("external_memory", "External memory", "Collections that have to be somewhere, but not in memory."),
    ("linters", "What a linter knows", "A probe for each rule of ruff's that saves memory."),
    (
        "traps",
        "Traps",
        "Where the rewrite that offers itself, and that ruff makes, changes what the program does.",
    ),
];

/// Ruff's codes for what has an effect on memory, and on time only; the others
/// are about style.
const FOR_MEMORY: [&str; 21] = [
    "B019", "C403", "C404", "C409", "C410", "C411", "C413", "C414", "C415", "C418", "C419", "FURB129",
    "FURB187", "FURB192", "PD002", "PERF101", "PLC0207", "RUF005", "RUF007", "RUF015", "RUF065",
];
const FOR_TIME: [&str; 35] = [
    "C400", "C401", "C402", "C405", "C406", "C408", "C416", "C417", "C420", "FURB113", "FURB118", "FURB122",
    "FURB131", "FURB132", "FURB136", "FURB140", "FURB142", "FURB148", "FURB171", "PERF102", "PERF401",
    "PERF402", "PERF403", "PLC0206", "PLC0208", "PLR1733", "PLR1736", "PLR6201", "RUF017", "RUF037",
    "RUF058", "SIM110", "SIM118", "SIM905", "UP028",
];

/// One file.
struct Probe {
    /// `streaming/csv_rows`.
    name: String,
    text: String,
}

impl Probe {
    /// The paragraphs and `Key: value` lines of its docstring.
    fn docstring(&self) -> &str {
        self.text.strip_prefix("\"\"\"").and_then(|rest| rest.split("\"\"\"").next()).unwrap_or_default()
    }

    fn waste(&self) -> &str {
        self.docstring().lines().next().unwrap_or_default()
    }

    /// What stands behind `Key:`, with the lines that go on with it.
    fn value(&self, key: &str) -> Option<String> {
        let mut lines = self.docstring().lines().skip_while(|line| !line.starts_with(key));
        let first = lines.next()?.strip_prefix(key)?.trim().to_owned();
        let is_key = |line: &&str| KEYS.iter().any(|key| line.starts_with(key));
        Some(
            lines
                .take_while(|line| !is_key(line))
                .fold(first, |all, line| format!("{all} {}", line.trim()))
                .trim()
                .to_owned(),
        )
    }
}

const KEYS: [&str; 4] = ["By hand:", "Right:", "Ruff:", "Trap:"];

pub fn run(words: Vec<String>) -> Result<bool> {
    Words::new(words).done()?;
    let root = root();
    let (version, ruff) = ask_ruff(&root)?;
    let mut well = true;
    for probe in probes(&root)? {
        let answer = ruff.get(&probe.name).map_or(NOTHING, String::as_str);
        if let Some(code) = probe.value("Ruff:").filter(|code| !answer.contains(code.as_str())) {
            println!("FAILED {}: ruff does not say {code}, for which the probe is there", probe.name);
            well = false;
        }
    }
    let page =
        page_with(&root, &version, |name| ruff.get(name).cloned().unwrap_or_else(|| NOTHING.to_owned()))?;
    std::fs::write(root.join(PAGE), page)?;
    println!("probes: {PAGE}");
    Ok(well)
}

/// The page with ruff's column as it is.
pub fn page(root: &Path) -> Result<String> {
    let old = std::fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    let version =
        old.split_once("(ruff ").and_then(|(_, rest)| rest.split(')').next()).unwrap_or("?").to_owned();
    let cells = stored(&old);
    page_with(root, &version, |name| cells.get(name).map_or(NOT_ASKED, String::as_str).to_owned())
}

/// Ruff's cell of each probe on a page.
fn stored(page: &str) -> BTreeMap<String, String> {
    let row = |line: &str| {
        let name = line.strip_prefix("| [`")?.split('`').next()?.to_owned();
        let cell = line.strip_suffix(" |")?.rsplit(" | ").next()?.to_owned();
        // The same name may stand in two sections; the link tells them apart.
        let section = line.split_once("](probes/")?.1.split('/').next()?;
        Some((format!("{section}/{name}"), cell))
    };
    page.lines().filter_map(row).collect()
}

fn page_with(root: &Path, version: &str, ruff: impl Fn(&str) -> String) -> Result<String> {
    let probes = probes(root)?;
    let mut counts = Counts::default();
    let mut tables = String::new();
    for (folder, heading, meaning) in SECTIONS {
        let is_trap = folder == "traps";
        let second = if is_trap { "why that is wrong" } else { "by hand" };
        let _ = write!(
            tables,
            "\n## {heading}\n\n{meaning}\n\n| probe | {second} | stc | ruff |\n|---|---|---|---|\n"
        );
        for probe in probes.iter().filter(|probe| probe.name.starts_with(&format!("{folder}/"))) {
            let key = if is_trap { "Trap:" } else { "By hand:" };
            let by_hand = probe.value(key).with_context(|| format!("{}: no line `{key}`", probe.name))?;
            let ours = ours(probe)?;
            let theirs = ruff(&probe.name);
            counts.add(is_trap.then(|| falls(probe, &ours)), &ours, &theirs);
            let short = probe.name.rsplit('/').next().unwrap_or_default();
            let cells =
                [probe.waste(), &by_hand, &ours.cell(probe), &theirs].map(|cell| cell.replace('|', "\\|"));
            let [waste, by_hand, ours, theirs] = cells;
            let _ = writeln!(
                tables,
                "| [`{short}`](probes/{}.py) {waste} | {by_hand} | {ours} | {theirs} |",
                probe.name
            );
        }
    }
    Ok(format!("{}{}{tables}", head(version), counts.sentence()))
}

fn head(version: &str) -> String {
    format!(
        "# Probes\n\nWritten by `cargo xtask probes` from the files in `docs/probes`: small functions, each of which wastes\n\
         memory in one way. What `stc` does with the default settings stands beside what ruff does with all rules,\n\
         `--select ALL --preview` (ruff {version}); of ruff's findings those are shown that have an effect on memory (bold) or\n\
         time. *Held back* gives the reason as the report prints it. *Nothing* means that there is no rule, or that it\n\
         sees no opportunity; what a person would write stands beside it.\n\n"
    )
}

/// What we do with a probe.
struct Ours {
    applied: Vec<String>,
    held_back: Vec<String>,
}

impl Ours {
    fn cell(&self, probe: &Probe) -> String {
        let all: Vec<&str> = self.applied.iter().chain(&self.held_back).map(String::as_str).collect();
        match (all.is_empty(), probe.value("Right:")) {
            (false, None) => all.join("; "),
            (false, Some(right)) => format!("{}: {right}", all.join("; ")),
            (true, _) => NOTHING.to_owned(),
        }
    }
}

/// Whether we do to a trap what is not said there to be right.
fn falls(probe: &Probe, ours: &Ours) -> bool {
    let right = probe.value("Right:").is_some();
    !right && !ours.applied.is_empty()
}

fn ours(probe: &Probe) -> Result<Ours> {
    let outcome = optimize(&probe.text, SourceKind::Python, &Options::default())
        .map_err(|failure| anyhow::anyhow!("{}: {failure}", probe.name))?;
    if let Some(fault) = outcome.faults.first() {
        bail!("{}: fault: {fault}", probe.name);
    }
    let mut ours = Ours { applied: Vec::new(), held_back: Vec::new() };
    for finding in &outcome.findings {
        let (list, said) = if finding.applied {
            (&mut ours.applied, applied(finding))
        } else {
            (&mut ours.held_back, held_back(finding))
        };
        if !list.contains(&said) {
            list.push(said);
        }
    }
    Ok(ours)
}

fn applied(finding: &Finding) -> String {
    let relies_on =
        if finding.relies_on.is_empty() { "proved".to_owned() } else { finding.relies_on.join(", ") };
    format!("**`{}`** ({relies_on})", finding.rule)
}

fn held_back(finding: &Finding) -> String {
    let why = finding.why_not.as_deref().unwrap_or("no reason is given");
    format!("held back: `{}`, line {}: {why}", finding.rule, finding.line)
}

#[derive(Default)]
struct Counts {
    probes: usize,
    ours: usize,
    held_back: usize,
    theirs: usize,
    fixed: usize,
    traps: usize,
    traps_ours: usize,
    traps_theirs: usize,
}

impl Counts {
    /// `falls`: whether we fall into the trap, if it is one.
    fn add(&mut self, falls: Option<bool>, ours: &Ours, ruff: &str) {
        if let Some(falls) = falls {
            self.traps += 1;
            self.traps_ours += usize::from(falls);
            self.traps_theirs += usize::from(ruff.contains("safe fix"));
            return;
        }
        let for_memory = || ruff.split(", ").filter(|said| said.starts_with("**"));
        self.probes += 1;
        self.ours += usize::from(!ours.applied.is_empty());
        self.held_back += usize::from(ours.applied.is_empty() && !ours.held_back.is_empty());
        self.theirs += usize::from(for_memory().next().is_some());
        self.fixed += usize::from(for_memory().any(|said| said.ends_with(": safe fix")));
    }

    fn sentence(&self) -> String {
        format!(
            "Of {} probes `stc` rewrites something in {}, and says in {} more what holds it back; ruff names something\n\
             that costs memory in {}, of which it fixes {} by default. Of {} traps `stc` falls into {}, and ruff, with\n\
             what it calls safe and unsafe fixes, into {}.\n",
            self.probes,
            self.ours,
            self.held_back,
            self.theirs,
            self.fixed,
            self.traps,
            self.traps_ours,
            self.traps_theirs
        )
    }
}

fn probes(root: &Path) -> Result<Vec<Probe>> {
    let folder = root.join(FOLDER);
    let mut all = Vec::new();
    for path in below(std::slice::from_ref(&folder), &|_| false)? {
        let name = name(&folder, &path)?;
        if !SECTIONS.iter().any(|(section, ..)| name.starts_with(&format!("{section}/"))) {
            bail!("{name}: is in no section");
        }
        all.push(Probe { name, text: std::fs::read_to_string(&path)? });
    }
    Ok(all)
}

fn name(folder: &Path, path: &Path) -> Result<String> {
    Ok(path.strip_prefix(folder)?.with_extension("").to_string_lossy().into_owned())
}

fn has_effect(code: &str) -> bool {
    FOR_MEMORY.contains(&code) || FOR_TIME.contains(&code)
}

/// One of ruff's findings.
#[derive(Deserialize)]
struct Said {
    code: Option<String>,
    filename: PathBuf,
    fix: Option<Fix>,
}

#[derive(Deserialize)]
struct Fix {
    applicability: String,
}

/// Its version, and its cell for each probe about which it says something.
fn ask_ruff(root: &Path) -> Result<(String, BTreeMap<String, String>)> {
    let own = root.join(".venv/bin/ruff");
    let ruff = if own.exists() { own } else { PathBuf::from("ruff") };
    let said = |words: &[&str]| -> Result<Vec<u8>> {
        let output = Command::new(&ruff).args(words).current_dir(root).output();
        let output = output.context("ruff does not run; `make .venv/.tools` installs it")?;
        if !output.status.success() {
            bail!("ruff: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(output.stdout)
    };
    let version = String::from_utf8(said(&["--version"])?)?;
    let version = version.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let pinned = std::fs::read_to_string(root.join("requirements-dev.txt"))?;
    if !pinned.lines().any(|line| line == format!("ruff=={version}")) {
        bail!("this is ruff {version}, and requirements-dev.txt pins another");
    }
    let words =
        ["check", "--isolated", "--no-cache", "--select", "ALL", "--preview", "--target-version", "py311"];
    let answer = said(&[&words[..], &["--output-format", "json", "--exit-zero", FOLDER]].concat())?;
    let folder = std::fs::canonicalize(root.join(FOLDER))?;
    let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in serde_json::from_slice::<Vec<Said>>(&answer)? {
        let Some(code) = one.code.filter(|code| has_effect(code)) else { continue };
        let fix = match one.fix.as_ref().map(|fix| fix.applicability.as_str()) {
            Some("safe") => "safe fix",
            Some("unsafe") => "unsafe fix",
            _ => "names it only",
        };
        let cell = cells.entry(name(&folder, &std::fs::canonicalize(&one.filename)?)?).or_default();
        let mark = if FOR_MEMORY.contains(&code.as_str()) { "**" } else { "" };
        let said = format!("{mark}{code}{mark}: {fix}");
        if !cell.contains(&said) {
            cell.push(said);
        }
    }
    Ok((version, cells.into_iter().map(|(name, all)| (name, all.join(", "))).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_docstring_is_read() {
        let text = "\"\"\"A list.\n\nRuff: C403\nBy hand: a longer\nsentence.\n\"\"\"\n".to_owned();
        let probe = Probe { name: "streaming/a".to_owned(), text };
        assert_eq!(probe.waste(), "A list.");
        assert_eq!(probe.value("By hand:").as_deref(), Some("a longer sentence."));
        assert_eq!(probe.value("Ruff:").as_deref(), Some("C403"));
        assert_eq!(probe.value("Trap:"), None);
    }

    #[test]
    fn ruffs_cells_are_kept() {
        let page = "| [`a`](probes/linters/a.py) A `x \\| y`. | b | c | C403: unsafe fix |\n| other |\n";
        assert_eq!(stored(page), BTreeMap::from([("linters/a".to_owned(), "C403: unsafe fix".to_owned())]));
    }

    #[test]
    fn every_probe_is_on_the_page_and_no_trap_is_fallen_into() {
        let root = root();
        let page = page(&root).unwrap();
        for probe in probes(&root).unwrap() {
            assert!(page.contains(&format!("(probes/{}.py)", probe.name)), "{}", probe.name);
            let is_trap = probe.name.starts_with("traps/");
            assert!(!is_trap || !falls(&probe, &ours(&probe).unwrap()), "{}", probe.name);
        }
    }
}
