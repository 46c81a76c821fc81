//! Rounds with rules that misbehave: text that does not parse is undone, rules
//! that undo each other are stopped and named.

#![expect(clippy::unnecessary_wraps, reason = "a rule's check has the type that all checks have")]

use spacetime_rule::{Claim, Context, Found, Group, Opportunity, Rule, Turn, Verdict};
use spacetime_semantic::Size;

use super::*;

fn replacing(cx: &Context<'_, '_>, found: &Found, text: &str) -> Opportunity {
    let span = spacetime_text::Ranged::range(&cx.tree.node(found.node));
    let edits = Edits::try_from(vec![Edit::replace(span, text)]).expect("one edit");
    let claim = Claim {
        before: Size::number(100.0),
        after: Size::zero(),
        overhead: 0.0,
        confidence: 1.0,
        clarity: 1.0,
    };
    Opportunity { span, description: String::new(), edits, imports: Vec::new(), relies_on: Vec::new(), claim }
}

fn breaks(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    Ok(Some(replacing(cx, found, "(")))
}

fn swaps(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    Ok(Some(replacing(cx, found, "two")))
}

fn swaps_back(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    Ok(Some(replacing(cx, found, "one")))
}

const fn rule(
    name: &'static str,
    patterns: &'static [&'static str],
    check: fn(&Context<'_, '_>, &Found) -> Verdict,
) -> Rule {
    Rule { name, group: Group::Streaming, source: "", cases: "", patterns, turn: Turn::First, check }
}

static BREAKS: Rule = rule("breaks", &["bad"], breaks);
static SWAPS: Rule = rule("swaps", &["one"], swaps);
static SWAPS_BACK: Rule = rule("swaps_back", &["two"], swaps_back);

fn run(text: &str, rules: &[&'static Rule]) -> Outcome {
    let scanner = Scanner::new(rules.iter().copied());
    let names = rules.iter().map(|rule| rule.name).collect();
    run_rules(text, SourceKind::Python, &Options::default(), &scanner, names).expect("it parses")
}

#[test]
fn what_does_not_parse_is_undone_and_named() {
    let outcome = run("x = bad\ny = one\n", &[&BREAKS, &SWAPS]);
    assert_eq!(outcome.text, "x = bad\ny = two\n");
    assert!(outcome.faults[0].contains("breaks"), "{:?}", outcome.faults);
    let applied: Vec<&str> = outcome.findings.iter().filter(|f| f.applied).map(|f| f.rule.as_str()).collect();
    assert_eq!(applied, ["swaps"]);
}

#[test]
fn rules_that_undo_each_other_are_stopped_and_named() {
    let outcome = run("x = one\n", &[&SWAPS, &SWAPS_BACK]);
    let fault = &outcome.faults[0];
    assert!(fault.contains("rules swaps, swaps_back still") && fault.contains("32 rounds"), "{fault}");
}
