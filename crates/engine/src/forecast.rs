//! The predicted peak of a whole program, before and after, as plain data.
//!
//! Both are worked out from the text alone, by the same means, so that what rules
//! claim of single places and what a program takes can be told apart.

use spacetime_semantic::Size;
use spacetime_syntax::{Module, SourceKind, Tree};

use crate::{Forecast, Options, Peak, PeakPart};

/// The peaks of `before` and of `after`, what it became.
pub fn forecast(before: &str, after: &str, kind: SourceKind, options: &Options) -> Option<Forecast> {
    let known = peak(before, kind, options)?;
    let after = if after == before { known.clone() } else { peak(after, kind, options)? };
    Some(Forecast { before: known, after })
}

fn peak(text: &str, kind: SourceKind, options: &Options) -> Option<Peak> {
    let module = Module::parse(text.to_owned(), kind).ok()?.unannotated();
    let tree = Tree::new(&module);
    let given = |name: &str| given(options, name);
    let forecast = spacetime_peak::forecast(&tree, &given)?;
    let bytes = |size: &Size| spacetime_peak::evaluate(size, &given);
    let part = |part: &spacetime_peak::Part| PeakPart {
        what: part.what.clone(),
        line: part.line,
        memory: part.size.to_string(),
        bytes: bytes(&part.size),
    };
    Some(Peak {
        memory: forecast.size.to_string(),
        quantities: spacetime_peak::quantities(&forecast.size),
        bytes: bytes(&forecast.size),
        decided_by: forecast.asked,
        line: forecast.line,
        function: forecast.function,
        parts: forecast.parts.iter().map(part).collect(),
    })
}

/// What the user says: `n` answers for every count, but not for sizes of objects.
fn given(options: &Options, name: &str) -> Option<f64> {
    let every = || options.given.get("n").filter(|_| !name.starts_with("bytes("));
    options.given.get(name).or_else(every).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "def load(path):\n    return [float(line) for line in open(path)]\n\n\
                           def main():\n    xs = load('f')\n    print(sum([x * 2.0 for x in xs]))\n\n\
                           if __name__ == '__main__':\n    main()\n";

    #[test]
    fn a_program_has_a_peak_before_and_after() {
        let mut options = Options { forecast: true, ..Options::default() };
        options.given.insert("n".to_owned(), 1e6);
        let outcome = crate::optimize(PROGRAM, SourceKind::Python, &options).expect("it parses");
        let found = outcome.forecast.as_ref().expect("something was found");
        assert_eq!(found.before.memory, "80·len(load()) + 128");
        assert_eq!(found.before.bytes, Some(80e6 + 128.0));
        assert!(found.after.bytes.is_some_and(|bytes| bytes < 2e6), "{:?}", found.after);

        let report = crate::report::Report {
            files: vec![crate::report::FileReport { path: "a.py", text: PROGRAM, outcome: &outcome }],
            ..crate::report::Report::default()
        };
        let text = crate::report::text(&report);
        assert!(text.contains("Predicted peak as it stands: 80.0 MB (line 6, in main)"), "{text}");
        assert!(crate::report::json(&report).contains("\"decided_by\""));
    }

    #[test]
    fn a_library_has_none() {
        let options = Options { forecast: true, is_library: true, ..Options::default() };
        let outcome = crate::optimize(PROGRAM, SourceKind::Python, &options).expect("it parses");
        assert_eq!(outcome.forecast, None);
    }
}
