//! Modules that become `dbm`, which the fixer `imports` must not see again.

use std::sync::LazyLock;

use super::imports::{Imports, Modules, pattern_of};
use crate::{Fixer, Shape, Wanted};

pub static FIXER: Fixer = Fixer {
    run_order: 7,
    keep_line_order: true,
    ..Fixer::with_state("imports2", Wanted::Built(pattern), || Box::new(Imports::new(MODULES, &SHAPE)))
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::new(&pattern()));

const MODULES: Modules = &[("whichdb", "dbm"), ("anydbm", "dbm")];

fn pattern() -> String {
    pattern_of(MODULES.iter().map(|(old, _)| *old))
}
