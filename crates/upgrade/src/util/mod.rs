//! What fixers share: makers of nodes, and questions about a place in the tree.
//!
//! All functions take the tree first. What is called `name` in 2to3's notes is
//! `util::name` here; makers that take other nodes take them away from where
//! they are, so clone first what has to stay.

mod beside;
mod context;
mod imports;
mod make;
mod scope;
#[cfg(test)]
mod tests;

pub use beside::is_beside;
pub use context::{
    CONSUMING_CALLS, find_indentation, fits_comprehension, in_special_context, is_broken, is_called, is_list,
    is_looped_over, is_probably_builtin, is_starred, is_tuple, walkable,
};
pub(crate) use imports::has_future_builtins;
pub use imports::{
    add_statement, does_tree_import, find_binding, is_import, is_within_match, names_of_module, open_imports,
    touch_import,
};
pub use make::{
    arg_list, arg_list_between, assign, attr, blank_line, call, call_after, clone_after, clone_all, comma,
    dot, from_import, import_and_call, keyword_arg, lift_after, lift_all, list_comp, lparen, name,
    name_after, newline, number, parenthesize, prefixed_like, rename, rparen, string, string_after,
    subscript, with_prefix,
};
pub use scope::{
    bound_names, is_binding, is_local, is_local_below, is_read_by_name, is_shadowed, is_shadowed_below,
    is_shadowed_by, names_read, scope_of,
};
