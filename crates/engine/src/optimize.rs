//! Rounds of rules over one source text, until none fires.
//!
//! Each round sees a true tree: the text as the round before left it, parsed
//! anew. A round is a transaction: its result parses, or the rule that broke
//! it is named and left out.

use spacetime_rule::{Context, Opportunity, Refusal, Rule, Turn};
use spacetime_semantic::{Model, Settings};
use spacetime_syntax::ast::Stmt;
use spacetime_syntax::{Module, Node, NodeId, SourceKind, SyntaxProblem, Tree, with_deep_stack};
use spacetime_text::{Edit, Edits, Lines, Offset, Span};

use crate::catalogue::Scanner;
use crate::choose::{Objection, Worth, compatible, given, objection, typical_bytes, worth};
use crate::forecast::forecast;
use crate::import::add_imports;
use crate::position::History;
use crate::reason::with_lines;
use crate::shown::Fields;
use crate::suppress::Remarks;
use crate::{Finding, Options, Outcome, PlannedEdit, UnknownRule, catalogue};

/// Why nothing could be done with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Syntax(#[from] SyntaxProblem),
    #[error(transparent)]
    Rule(#[from] UnknownRule),
}

/// Runs the selected rules on `text` to a fixpoint.
pub fn optimize(text: &str, kind: SourceKind, options: &Options) -> Result<Outcome, Failure> {
    with_deep_stack(|| optimize_here(text, kind, options))
}

fn optimize_here(text: &str, kind: SourceKind, options: &Options) -> Result<Outcome, Failure> {
    let rules: Vec<&str> = catalogue::selected(&options.selection)?.iter().map(|rule| rule.name).collect();
    let mut outcome = run_rules(text, kind, options, Scanner::standard(), rules)?;
    if options.forecast && !options.is_library && !outcome.findings.is_empty() {
        outcome.forecast = forecast(text, &outcome.text, kind, options);
    }
    Ok(outcome)
}

/// Rounds of the named rules of a scanner.
fn run_rules(
    text: &str,
    kind: SourceKind,
    options: &Options,
    scanner: &Scanner,
    rules: Vec<&str>,
) -> Result<Outcome, SyntaxProblem> {
    let mut run = Run {
        kind,
        options,
        scanner,
        rules,
        original: text,
        lines: Lines::new(text),
        history: History::default(),
        outcome: Outcome { text: text.to_owned(), ..Outcome::default() },
    };
    let mut applied_last: Vec<String> = Vec::new();
    for round in 1..=options.limits.rounds.max(1) {
        let module = Module::parse(run.outcome.text.clone(), kind)?.unannotated();
        let last = round == options.limits.rounds.max(1);
        match run.round(&module, round, last) {
            // Rules that undo each other take turns: the last few rounds name them all.
            Some(applied) if round + 4 > options.limits.rounds => applied_last.extend(applied),
            Some(_) => {}
            None => {
                run.finish();
                return Ok(run.outcome);
            }
        }
    }
    applied_last.sort_unstable();
    applied_last.dedup();
    run.outcome.faults.push(format!(
        "the rules {} still fire after {} rounds; please report this file",
        applied_last.join(", "),
        options.limits.rounds
    ));
    run.finish();
    Ok(run.outcome)
}

/// What the analysis believes about `text`, annotated on the source.
pub fn facts(text: &str, kind: SourceKind, options: &Options) -> Result<String, SyntaxProblem> {
    with_deep_stack(|| {
        let module = Module::parse(text, kind)?.unannotated();
        let tree = Tree::new(&module);
        let model = Model::new(&tree, settings(options));
        Ok(spacetime_semantic::annotate(&model))
    })
}

pub(crate) fn settings(options: &Options) -> Settings {
    Settings {
        assumptions: options.assumptions,
        pure: options.pure.clone(),
        is_library: options.is_library,
        used_elsewhere: options.used_elsewhere.clone(),
    }
}

/// A candidate that a rule has something to say about.
struct Candidate {
    rule: &'static Rule,
    node: NodeId,
    line: usize,
    verdict: Result<Opportunity, Box<Refusal>>,
}

struct Run<'a> {
    kind: SourceKind,
    options: &'a Options,
    scanner: &'a Scanner,
    rules: Vec<&'a str>,
    original: &'a str,
    lines: Lines,
    history: History,
    outcome: Outcome,
}

impl Run<'_> {
    /// One round. The names of the rules that were applied, or `None` when
    /// there is nothing left to do.
    fn round(&mut self, module: &Module, round: usize, last: bool) -> Option<Vec<String>> {
        let remarks = Remarks::of(module);
        if remarks.skips_file() {
            return None;
        }
        let tree = Tree::new(module);
        let candidates = self.candidates(&tree, &remarks);
        if round == 1 {
            self.outcome.unused_suppressions = remarks.unused();
        }
        let judged: Vec<(&Candidate, Worth, Option<Objection>)> =
            candidates.iter().map(|candidate| self.judge(candidate, &remarks)).collect();
        let willing: Vec<usize> =
            (0..judged.len()).filter(|at| judged[*at].0.verdict.is_ok() && judged[*at].2.is_none()).collect();
        let taken = if last { Vec::new() } else { self.take(&tree, &judged, &willing, &candidates) };
        if taken.is_empty() {
            for (candidate, worth, objection) in judged {
                // What nobody objects to and is still not taken has been named as a fault.
                let objection =
                    objection.or_else(|| Some(Objection { why: "see the faults".to_owned(), remedy: None }));
                let finding = self.finding(&tree, candidate, worth, objection, round);
                self.outcome.findings.push(finding);
            }
            return (last && !willing.is_empty())
                .then(|| willing.iter().map(|at| candidates[*at].rule.name.to_owned()).collect());
        }
        let mut names = Vec::new();
        let mut found = Vec::new();
        for at in taken {
            let (candidate, worth, _) = &judged[at];
            names.push(candidate.rule.name.to_owned());
            let mut finding = self.finding(&tree, candidate, *worth, None, round);
            finding.applied = true;
            found.push(finding);
        }
        self.outcome.findings.append(&mut found);
        Some(names)
    }

    /// Applies the best of what nobody objects to: rules of a later turn only where
    /// those of the turns before have nothing to do.
    fn take(
        &mut self,
        tree: &Tree<'_>,
        judged: &[(&Candidate, Worth, Option<Objection>)],
        willing: &[usize],
        candidates: &[Candidate],
    ) -> Vec<usize> {
        for turn in Turn::ALL {
            let now: Vec<usize> =
                willing.iter().copied().filter(|at| judged[*at].0.rule.turn == turn).collect();
            let opportunities: Vec<(&Opportunity, Worth)> = now
                .iter()
                .filter_map(|at| Some((judged[*at].0.verdict.as_ref().ok()?, judged[*at].1)))
                .collect();
            let taken = self.transaction(tree, &opportunities, &now, candidates);
            if !taken.is_empty() {
                return taken;
            }
        }
        Vec::new()
    }

    fn candidates(&self, tree: &Tree<'_>, remarks: &Remarks) -> Vec<Candidate> {
        let found = self.scanner.scan(tree, &self.rules);
        if found.is_empty() {
            return Vec::new();
        }
        let model = Model::new(tree, settings(self.options));
        let context = Context { tree, model: &model, target_minor: self.options.target_minor };
        let fields = Fields::of(tree);
        let mut candidates = Vec::new();
        for (rule, place) in found {
            let verdict = match (rule.check)(&context, &place) {
                Ok(None) => continue,
                Ok(Some(opportunity)) => match fields.check(&opportunity.edits, self.options.target_minor) {
                    Ok(()) => Ok(opportunity),
                    Err(doubt) => {
                        let Opportunity { span, description, .. } = opportunity;
                        Err(Box::new(Refusal { span, description, doubt }))
                    }
                },
                Err(refusal) => Err(refusal),
            };
            let span = verdict.as_ref().map_or_else(|refusal| refusal.span, |opportunity| opportunity.span);
            let line = tree.module().lines().line(span.start());
            let same = |other: &Candidate| other.rule.name == rule.name && other.span() == span;
            let last = tree.module().lines().line(span.end());
            if !remarks.suppresses(rule.name, line, last) && !candidates.iter().any(same) {
                candidates.push(Candidate { rule, node: place.node, line, verdict });
            }
        }
        candidates
    }

    fn judge<'c>(
        &self,
        candidate: &'c Candidate,
        remarks: &Remarks,
    ) -> (&'c Candidate, Worth, Option<Objection>) {
        match &candidate.verdict {
            Ok(opportunity) => {
                let worth = worth(opportunity, self.options);
                let allowed = |allowance| remarks.allows(allowance, candidate.line);
                (candidate, worth, objection(opportunity, worth, self.options, allowed))
            }
            Err(refusal) => {
                let none = Worth { saving: 0.0, overhead: 0.0, confidence: 0.0, score: 0.0 };
                let objection =
                    Objection { why: refusal.doubt.reason.clone(), remedy: refusal.doubt.remedy.clone() };
                (candidate, none, Some(objection))
            }
        }
    }

    /// Applies the best compatible opportunities; those that break the text
    /// are named as faults and left out. Numbers of the candidates applied.
    fn transaction(
        &mut self,
        tree: &Tree<'_>,
        opportunities: &[(&Opportunity, Worth)],
        numbers: &[usize],
        candidates: &[Candidate],
    ) -> Vec<usize> {
        let mut chosen = compatible(opportunities);
        if let Some(edits) = self.try_apply(tree, opportunities, &chosen) {
            return self.commit(&edits, &chosen, numbers);
        }
        // Something in there breaks the text: find it by trying each alone.
        chosen.retain(|at| {
            let sound = self.try_apply(tree, opportunities, &[*at]).is_some();
            if !sound {
                let name = candidates[numbers[*at]].rule.name;
                let fault = format!(
                    "the result of {name} on line {} does not parse; it was left out",
                    candidates[numbers[*at]].line
                );
                if !self.outcome.faults.contains(&fault) {
                    self.outcome.faults.push(fault);
                }
            }
            sound
        });
        match self.try_apply(tree, opportunities, &chosen) {
            Some(edits) => self.commit(&edits, &chosen, numbers),
            None => Vec::new(),
        }
    }

    fn commit(&mut self, edits: &Edits, chosen: &[usize], numbers: &[usize]) -> Vec<usize> {
        if chosen.is_empty() {
            return Vec::new();
        }
        self.outcome.text = edits.apply(&self.outcome.text);
        self.pending(edits);
        chosen.iter().map(|at| numbers[*at]).collect()
    }

    fn pending(&mut self, edits: &Edits) {
        self.history.push(edits);
    }

    /// All edits of the chosen opportunities and their imports, if the result parses.
    fn try_apply(
        &self,
        tree: &Tree<'_>,
        opportunities: &[(&Opportunity, Worth)],
        chosen: &[usize],
    ) -> Option<Edits> {
        let mut edits = Edits::new();
        let mut imports = Vec::new();
        for at in chosen {
            let (opportunity, _) = opportunities[*at];
            edits.merge(&opportunity.edits).ok()?;
            imports.extend(opportunity.imports.iter().copied());
        }
        if let Some(edit) = add_imports(tree, &imports) {
            edits.push(edit).ok()?;
        }
        let edits = with_newlines(edits, tree.module().text());
        let text = edits.apply(tree.module().text());
        Module::parse(text, self.kind).ok().map(|_| edits)
    }

    fn finding(
        &self,
        tree: &Tree<'_>,
        candidate: &Candidate,
        worth: Worth,
        objection: Option<Objection>,
        round: usize,
    ) -> Finding {
        let span = candidate.span();
        let rounds_before = round - 1;
        let start = self.original_position(span.start(), rounds_before);
        let end = self.original_position(span.end(), rounds_before);
        let lines = tree.module().lines();
        let original = |line: usize| match line {
            1.. if line <= lines.count() => {
                let start = lines.span(line, tree.module().text()).start();
                self.original_position(start, rounds_before).line
            }
            _ => line,
        };
        let (why_not, remedy) =
            objection.map_or((None, None), |o| (Some(with_lines(&o.why, original)), o.remedy));
        let mut finding = Finding {
            rule: candidate.rule.name.to_owned(),
            kind: candidate.rule.group.kind().to_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            function: enclosing_function(tree, candidate.node),
            description: String::new(),
            relies_on: Vec::new(),
            memory_before: String::new(),
            memory_after: String::new(),
            quantities: Vec::new(),
            bytes_before: None,
            bytes_after: None,
            memory_savings: worth.saving,
            time_overhead: worth.overhead,
            confidence: worth.confidence,
            score: worth.score,
            applied: false,
            why_not,
            remedy,
            typical_bytes: (0.0, 0.0),
            round,
            edits: Vec::new(),
        };
        match &candidate.verdict {
            Ok(opportunity) => self.describe(&mut finding, opportunity, round),
            Err(refusal) => finding.description.clone_from(&refusal.description),
        }
        finding
    }

    fn describe(&self, finding: &mut Finding, opportunity: &Opportunity, round: usize) {
        let claim = &opportunity.claim;
        let known = |name: &str| given(self.options, name);
        finding.typical_bytes = typical_bytes(claim, self.options);
        finding.description.clone_from(&opportunity.description);
        finding.relies_on = opportunity.relies_on.iter().map(ToString::to_string).collect();
        finding.memory_before = claim.before.to_string();
        finding.memory_after = claim.after.to_string();
        let both = claim.before.plus(&claim.after);
        finding.quantities = both.quantities().into_iter().map(str::to_owned).collect();
        finding.bytes_before = claim.before.evaluate(&known);
        finding.bytes_after = claim.after.evaluate(&known);
        if round == 1 {
            finding.edits = opportunity
                .edits
                .iter()
                .map(|edit| PlannedEdit {
                    start: edit.span.start().to_usize(),
                    end: edit.span.end().to_usize(),
                    text: edit.text.clone(),
                })
                .collect();
        }
    }

    fn original_position(&self, offset: Offset, rounds: usize) -> spacetime_text::Position {
        let offset = self.history.original_before(offset, rounds);
        self.lines.position(offset.min(Offset::new(self.original.len() as u32)), self.original)
    }

    fn finish(&mut self) {
        self.outcome
            .findings
            .sort_by(|a, b| (a.line, a.column, &a.rule, a.round).cmp(&(b.line, b.column, &b.rule, b.round)));
    }
}

impl Candidate {
    fn span(&self) -> Span {
        match &self.verdict {
            Ok(opportunity) => opportunity.span,
            Err(refusal) => refusal.span,
        }
    }
}

/// Writes new lines as the file writes them.
fn with_newlines(edits: Edits, text: &str) -> Edits {
    let newline = if text.contains("\r\n") {
        "\r\n"
    } else if text.contains('\r') && !text.contains('\n') {
        "\r"
    } else {
        return edits;
    };
    let plain = |text: &str| text.replace("\r\n", "\n");
    edits
        .iter()
        .map(|edit| Edit::replace(edit.span, plain(&edit.text).replace('\n', newline)))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap_or(edits)
}

fn enclosing_function(tree: &Tree<'_>, node: NodeId) -> String {
    let mut names: Vec<&str> = tree
        .ancestors(node)
        .filter_map(|id| match tree.node(id) {
            Node::Stmt(Stmt::FunctionDef(def)) => Some(def.name.as_str()),
            Node::Stmt(Stmt::ClassDef(class)) => Some(class.name.as_str()),
            _ => None,
        })
        .collect();
    names.reverse();
    names.join(".")
}

#[cfg(test)]
#[path = "optimize_tests.rs"]
mod tests;
