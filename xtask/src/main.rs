//! What developers run: `cargo xtask tidy`, `equivalence`, `stdlib`, `bench`.

fn main() {}
