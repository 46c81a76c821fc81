//! Whatever comes in: no crash, the output parses, and a second run changes
//! nothing.
//!
//! Converging is a property that is lost one rule at a time, so it is held from
//! the first day: over the examples of the rules' pages, over texts cut short,
//! and over programs put together from statements around the rules' shapes.

use proptest::prelude::*;
use proptest::sample::select;
use spacetime_engine::{Allowance, Options, RuleExample, SourceKind, examples, optimize};

/// From nothing assumed to everything allowed.
fn all_options() -> Vec<Options> {
    let mut daring = Options { allowances: Allowance::ALL.to_vec(), ..Options::default() };
    daring.limits.confidence = 0.0;
    daring.limits.saving = 0.0;
    daring.limits.overhead = f64::MAX;
    vec![Options::default(), Options::default().strict(), daring]
}

/// What is wrong with the engine's answer on `text`, if anything.
fn problem(text: &str) -> Option<String> {
    for options in all_options() {
        // What does not parse is refused, and that is an answer too.
        let Ok(first) = optimize(text, SourceKind::Python, &options) else { continue };
        if !first.faults.is_empty() {
            return Some(format!("faults {:?} in\n{text}", first.faults));
        }
        match optimize(&first.text, SourceKind::Python, &options) {
            Err(failure) => return Some(format!("{failure} in\n{}\nmade of\n{text}", first.text)),
            Ok(second) if second.text != first.text => {
                return Some(format!("not at rest:\n{}\nbecomes\n{}", first.text, second.text));
            }
            Ok(_) => {}
        }
        if let Some(finding) =
            first.findings.iter().find(|finding| !finding.applied && finding.why_not.is_none())
        {
            return Some(format!("{} is held back without a reason in\n{text}", finding.rule));
        }
    }
    None
}

fn example_texts() -> Vec<String> {
    let all = examples().expect("every page is well-formed");
    let texts = all.into_iter().flat_map(|(_, example)| match example {
        RuleExample::Rewritten { before, after } => vec![before, after],
        RuleExample::Kept(code) => vec![code],
    });
    texts.collect()
}

#[test]
fn examples_come_to_rest() {
    for text in example_texts() {
        assert_eq!(problem(&text), None);
    }
}

#[test]
fn examples_come_to_rest_wherever_they_stand() {
    let places: [(&str, &str); 4] = [
        ("def around():\n", "    "),
        ("class Around:\n    def method(self):\n", "        "),
        ("async def around():\n\ttry:\n", "\t\t"),
        ("if __name__ == \"__main__\":\n  with a as b:\n", "    "),
    ];
    for text in example_texts().iter().filter(|text| !text.contains("\"\"\"")) {
        for (head, depth) in places {
            let body: String = text
                .lines()
                .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{depth}{line}\n") })
                .collect();
            let tail = if head.contains("try") { "\tfinally:\n\t\tpass\n" } else { "" };
            assert_eq!(problem(&format!("{head}{body}{tail}")), None);
            // Other newlines, and none at the end.
            let windows = format!("{head}{body}{tail}").replace('\n', "\r\n");
            assert_eq!(problem(windows.trim_end()), None);
        }
    }
}

#[test]
fn texts_cut_short_are_refused_or_optimized() {
    for text in example_texts() {
        for (at, _) in text.char_indices().step_by(7) {
            assert_eq!(problem(&text[..at]), None);
        }
    }
}

/// A statement around the rules' shapes; `N` names are taken from a few, so that
/// they meet.
fn statement() -> impl Strategy<Value = String> {
    let templates = vec![
        "A = [E for v in B]",
        "A = [E for v in B if v]",
        "A = list(B)",
        "A = sorted(B, key=lambda v: E)",
        "A = sorted(B)[0]",
        "A = sorted(B)[:3]",
        "A = []\nfor v in B:\n    A.append(E)",
        "A = []\nfor v in B:\n    if E:\n        A.append(v)\n    else:\n        continue",
        "A.sort()",
        "A.sort(key=len, reverse=True)",
        "for v in A:\n    print(E)",
        "for v in A:\n    B.append(v)\n    if v:\n        break\nelse:\n    pass",
        "print(sum([E for v in A]))",
        "print(any([E for v in A]), len([v for v in B]))",
        "A = set([E for v in B])",
        "A = dict([(v, E) for v in B])",
        "A.extend([E for v in B])",
        "with open(A) as f:\n    B = f.readlines()",
        "with open(A) as f:\n    for v in f.readlines():\n        print(E)",
        "with open(A) as f:\n    B = f.read().splitlines()\n    for v in B:\n        print(E)",
        "A = B",
        // Names that are followed, perhaps in circles.
        "A = sorted(B)",
        "A = zip(B, A)",
        "A = B.items()",
        "A = {B: B}.values()",
        "A = list(map(f, B))",
        "A = B.rows",
        "A.rows = B",
        "A = B()",
        "A = f(B)",
        "A = [B]",
        "A = B, A",
        "A = open(B)",
        "A = B.read().split()",
        "A = dict(B)",
        "A = {}\nfor v in B:\n    A.setdefault(v, []).append(E)",
        "A = lambda: B",
        "A.append(B)",
        "A = B.cursor()\nA.execute(B)\nB = A.fetchall()",
        "for A in B:\n    for B in A:\n        A.append(B)",
        "A = B = re.findall('a', B)",
        "A = B if A else [E for v in A]",
        "A = None",
        "del A",
        "def g():\n    return A",
        "try:\n    A = [E for v in B]\nfinally:\n    print(A)",
        "while A:\n    A = A[1:]",
        "if A:\n    B = [E for v in A]\nelse:\n    B = []",
        "print(A)  # what is left",
        "return A",
        "yield from A",
        "global A",
        "A = [E for v in B]; print(A)",
        "A = [\n    # a comment\n    E\n    for v in B\n]",
    ];
    let name = || select(vec!["a", "b", "c", "xs"]);
    let expression =
        || select(vec!["v", "v + 1", "int(v)", "a", "(v, b)", "f(v)", "(t := v)", "[v for v in c]"]);
    (select(templates), name(), name(), expression()).prop_map(|(template, a, b, e)| {
        // Placeholders are capitals that stand alone.
        let words = template.split_inclusive(|c: char| !c.is_alphanumeric());
        let fill = |word: &str| {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            let new = match bare {
                "A" => a,
                "B" => b,
                "E" => e,
                _ => bare,
            };
            format!("{new}{}", &word[bare.len()..])
        };
        words.map(fill).collect()
    })
}

fn program() -> impl Strategy<Value = String> {
    let heads = vec!["def f(xs, b):\n", "class C:\n    def f(self, xs):\n", "async def f(xs):\n", ""];
    let tails = vec!["", "if __name__ == \"__main__\":\n    f(a, b)\n", "a = f(a, b)\nf(a, C().f(b))\n"];
    (select(heads), prop::collection::vec(statement(), 1..7), select(tails)).prop_map(
        |(head, statements, tail)| {
            let depth = head.lines().count();
            let lines = statements.iter().flat_map(|statement| statement.lines());
            let indent = "    ".repeat(depth);
            let body = lines.fold(String::new(), |body, line| body + &indent + line + "\n");
            format!("{head}{body}{tail}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_come_to_rest(text in program()) {
        prop_assert_eq!(problem(&text), None);
    }

    #[test]
    fn any_text_is_survived(text in "([a-z]{1,3}|[0-9]|[ \t\n\r\u{c}()\\[\\]{}:,.=+*'\"#\\\\@é]|for |in |def |if ){0,40}") {
        prop_assert_eq!(problem(&text), None);
    }
}
