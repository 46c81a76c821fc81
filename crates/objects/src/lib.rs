//! The extension module `spacetime_compiler._runtime`: the run-time parts as Python sees
//! them. `spacetime_compiler.runtime` gives them their public names and documentation; here is
//! what needs speed.
//!
//! It is a library of its own, so that an optimized program does not pay for the optimizer: of
//! a library, what is used is in memory, and much that stands around it.

// tidy: circle because collections on disk hold one another: a record may have a list in it whose items
// are on disk, and how that is written is a matter of records.
mod blocks;
mod canonical;
mod counted;
mod counts;
mod dates;
mod decode;
mod distinct;
mod encode;
mod intake;
mod method;
mod packed;
mod pairs;
mod record;
mod running;
mod settings;
mod size;
mod sort;
mod spill_dict;
mod spill_group_dict;
mod spill_group_set;
mod spill_groups;
mod spill_list;
mod spill_set;
mod types;
mod update;
mod walker;

use pyo3::prelude::*;

#[pymodule]
fn _runtime(module: &Bound<'_, PyModule>) -> PyResult<()> {
    record::examine(module.py())?;
    spill_list::register(module)?;
    spill_groups::register(module)?;
    spill_set::register(module)?;
    spill_group_set::register(module)?;
    spill_group_dict::register(module)?;
    spill_dict::register(module)?;
    module.add_function(wrap_pyfunction!(sort::external_sort, module)?)?;
    module.add_function(wrap_pyfunction!(distinct::sorted_set, module)?)?;
    module.add_function(wrap_pyfunction!(update::updating, module)?)?;
    module.add_function(wrap_pyfunction!(update::settled, module)?)?;
    module.add_function(wrap_pyfunction!(spill_list::columns::columns, module)?)?;
    module.add_function(wrap_pyfunction!(spill_list::lookup::candidates, module)?)?;
    module.add_function(wrap_pyfunction!(settings::runtime_configure, module)?)?;
    module.add_function(wrap_pyfunction!(settings::runtime_budget, module)?)?;
    module.add_function(wrap_pyfunction!(settings::runtime_directory, module)?)?;
    module.add_function(wrap_pyfunction!(settings::runtime_stats, module)?)?;
    module.add_class::<counted::Counted>()?;
    module.add_class::<counts::CountRuns>()?;
    module.add_class::<running::Running>()?;
    module.add_function(wrap_pyfunction!(types::runtime_register, module)?)?;
    Ok(())
}
