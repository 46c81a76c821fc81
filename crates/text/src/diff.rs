//! Unified diffs, the form that `patch`, `git apply` and reviewers read.

use similar::TextDiff;

/// The unified diff from `before` to `after`; empty when they are equal.
pub fn unified_diff(before: &str, after: &str, old_name: &str, new_name: &str) -> String {
    if before == after {
        return String::new();
    }
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(old_name, new_name)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(unified_diff("a\n", "a\n", "x", "y"), "");
    }

    #[test]
    fn shows_names_and_lines() {
        let diff = unified_diff("a\nb\n", "a\nc\n", "x.py", "x.py");
        assert!(diff.starts_with("--- x.py\n+++ x.py\n@@"), "{diff}");
        assert!(diff.contains("-b\n+c\n"), "{diff}");
    }
}
