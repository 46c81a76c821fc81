//! The matcher.

/// A place where a pattern matched.
#[derive(Clone, Debug)]
pub struct Match<N> {
    pub pattern: usize,
    pub node: N,
}
