//! Programs and the formulas of their peaks.
