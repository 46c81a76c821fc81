//! What every Rust file has to be: headed, small, and free of a few words.
//!
//! Files are parsed rather than searched, so that strings and comments may hold
//! whatever they like.

use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::{Problem, files, shown};

const FILE_LINES: usize = 600;
const RULE_FILE_LINES: usize = 300;
const FUNCTION_LINES: usize = 60;
/// What a long file or function has to say for itself.
const REASON: &str = "// tidy: long because ";

pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for folder in ["crates", "xtask"] {
        for path in files(&root.join(folder), "rs")? {
            let text = std::fs::read_to_string(&path)?;
            let name = shown(root, &path);
            let found = of_file(&name, &text).with_context(|| name.clone())?;
            problems.extend(found.into_iter().map(|problem| format!("{name}:{problem}")));
        }
    }
    Ok(problems)
}

/// The problems of one file, each `LINE: what`.
fn of_file(name: &str, text: &str) -> Result<Vec<Problem>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut problems = Vec::new();
    if !text.starts_with("//!") {
        problems.push("1: does not open with `//!`: what it is, then why it exists".to_owned());
    }
    let limit = if name.contains("/rules/") { RULE_FILE_LINES } else { FILE_LINES };
    if lines.len() > limit && !lines.iter().any(|line| line.starts_with(REASON)) {
        problems.push(format!("1: {} lines, more than {limit}; split it, or `{REASON}…`", lines.len()));
    }
    let is_test = ["/tests/", "/benches/", "/tests.rs"].iter().any(|part| name.contains(part));
    let mut reader = Reader { lines: &lines, tests: usize::from(is_test), problems };
    reader.visit_file(&syn::parse_file(text)?);
    Ok(reader.problems)
}

/// Walks one file.
struct Reader<'a> {
    lines: &'a [&'a str],
    /// How many test items we are in.
    tests: usize,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn note(&mut self, at: Span, what: &str) {
        self.problems.push(format!("{}: {what}", at.start().line));
    }

    /// Visits the inside of an item, knowing whether it is for tests.
    fn within(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let is_test = attributes.iter().any(marks_test);
        self.tests += usize::from(is_test);
        visit(self);
        self.tests -= usize::from(is_test);
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        if last - first < FUNCTION_LINES || self.tests > 0 {
            return;
        }
        // The reason stands within the function or in the lines right above it.
        let from = first.saturating_sub(4);
        let says_why = self.lines[from..last].iter().any(|line| line.trim_start().starts_with(REASON));
        if !says_why {
            let what =
                format!("`{}` has {} lines; split it, or `{REASON}…`", signature.ident, last - first + 1);
            self.note(signature.fn_token.span, &what);
        }
    }

    /// Arguments of macros are no syntax tree, only tokens.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut after_dot = false;
        for token in tokens {
            match &token {
                TokenTree::Ident(ident) if after_dot && ident == "unwrap" && self.tests == 0 => {
                    self.note(ident.span(), NO_UNWRAP);
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
            after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
        }
    }
}

const NO_UNWRAP: &str = "`unwrap` outside of tests: return an error, or say what cannot happen";

fn marks_test(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    let is_cfg_test = || {
        path.is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"))
    };
    path.is_ident("test") || is_cfg_test()
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("allow") {
            self.note(attribute.pound_token.span, "`allow`: write `#[expect(…, reason = \"…\")]`");
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.within(&item.attrs, |reader| visit::visit_item_mod(reader, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within(&item.attrs, |reader| {
            reader.function(&item.sig, &item.block);
            visit::visit_item_fn(reader, item);
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.attrs, |reader| {
            reader.function(&item.sig, &item.block);
            visit::visit_impl_item_fn(reader, item);
        });
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "unwrap" && self.tests == 0 {
            self.note(call.method.span(), NO_UNWRAP);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Some(name) = call.path.segments.last().map(|segment| &segment.ident)
            && (name == "todo" || name == "unimplemented")
        {
            self.note(name.span(), "unfinished");
        }
        self.tokens(call.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        of_file("crates/x/src/lib.rs", text).unwrap().join("\n")
    }

    #[test]
    fn names_what_is_untidy() {
        assert!(found("fn f() {}").contains("does not open"));
        assert!(found("//! X.\nfn f() { None::<u8>.unwrap(); }").starts_with("2: `unwrap`"));
        assert!(found("//! X.\nfn f() { println!(\"{}\", g().unwrap()) }").contains("`unwrap`"));
        assert!(found("//! X.\n#[allow(dead_code)]\nfn f() { todo!() }").contains("unfinished"));
        assert!(found("//! X.\n#[allow(dead_code)]\nfn f() {}").contains("2: `allow`"));
    }

    #[test]
    fn tests_and_strings_may_hold_anything() {
        assert_eq!(found("//! X.\n#[test]\nfn f() { None::<u8>.unwrap(); }"), "");
        assert_eq!(found("//! X.\n#[cfg(test)]\nmod t { fn f() { g().unwrap(); } }"), "");
        assert_eq!(found("//! X.\nconst A: &str = \"#[allow(x)] .unwrap() todo!() {{{\";"), "");
    }

    #[test]
    fn length_wants_a_reason() {
        let body = "    g();\n".repeat(FUNCTION_LINES);
        assert!(found(&format!("//! X.\nfn f() {{\n{body}}}")).contains("`f` has 62 lines"));
        assert_eq!(found(&format!("//! X.\nfn f() {{\n    {REASON}it is a table.\n{body}}}")), "");
        let lines = "const A: u8 = 1;\n".repeat(FILE_LINES);
        assert!(found(&format!("//! X.\n{lines}")).contains("more than 600"));
        assert_eq!(found(&format!("//! X.\n{REASON}it is a table.\n{lines}")), "");
    }
}
