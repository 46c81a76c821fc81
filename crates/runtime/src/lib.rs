//! The run-time algorithms: spilling, merging. No Python objects in here.
