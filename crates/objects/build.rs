//! maturin tells the linker what it needs for an extension module; this one is built without it.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
