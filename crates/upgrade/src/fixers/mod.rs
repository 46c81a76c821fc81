//! The fixers, one file each, named as 2to3 named them.
//!
//! A fixer is added by its file and its name here; names are sorted, because
//! that is the order in which fixers of equal rank are run.
#![expect(clippy::unnecessary_wraps, reason = "what a fixer does has one type, whether it can fail or not")]

use crate::fixer::Fixer;

macro_rules! fixers {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        /// All fixers, by name.
        pub static ALL: &[&Fixer] = &[$(&$name::FIXER),*];
    };
}

fixers![
    apply,
    asserts,
    basestring,
    buffer,
    dict,
    except,
    exec,
    execfile,
    exitfunc,
    filter,
    funcattrs,
    future,
    getcwdu,
    has_key,
    idioms,
    import,
    imports,
    imports2,
    input,
    intern,
    isinstance,
    itertools,
    itertools_imports,
    long,
    map,
    metaclass,
    methodattrs,
    ne,
    next,
    nonzero,
    numliterals,
    operator,
    paren,
    print,
    raise,
    raw_input,
    reduce,
    reload,
    renames,
    repr,
    set_literal,
    standarderror,
    sys_exc,
    throw,
    tuple_params,
    types,
    unicode,
    urllib,
    ws_comma,
    xrange,
    xreadlines,
    zip,
];
