//! Expressions that read all lines of a file: which file, how they are cut, and
//! how a walk is written that gives the same lines.

use spacetime_rule::{Context, Import};
use spacetime_semantic::{Assumption, Body, Effects, Kind, World, is_lenient};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall};

use crate::safety::opens_for_reading;

const CHAIN: Import = Import::new("itertools", "chain");
const CLOSED_AFTER: Import = Import::new("spacetime_compiler.runtime", "closed_after");
const SPLIT_LINES: Import = Import::new("spacetime_compiler.runtime", "split_lines");
const STRIPPED_LINES: Import = Import::new("spacetime_compiler.runtime", "stripped_lines");

/// How the lines are cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Lines,
    SplitLines,
    Split,
    /// `split()`: no lines, but words.
    Words,
}

/// What is taken away at the ends of the text before it is cut: `strip()`, `rstrip("\n")`.
#[derive(Clone, Copy)]
pub struct Strip<'m> {
    left: bool,
    chars: Option<&'m Expr>,
}

/// The expression: `file`, and what is done to it.
#[derive(Clone, Copy)]
pub struct Reading<'m> {
    pub node: NodeId,
    pub file: &'m Expr,
    pub cut: Cut,
    pub strip: Option<Strip<'m>>,
    pub is_text: bool,
    /// `path.read_text()`, where `file` is the path.
    pub whole: Option<&'m ExprCall>,
}

impl Reading<'_> {
    /// What stands before and behind the file where its lines are walked:
    /// `file`, `chain.from_iterable(map(str.splitlines, file))` or `split_lines(file)`.
    pub fn walk(&self, cx: &Context<'_, '_>) -> (String, String, Vec<Import>) {
        let kind = if self.is_text { "str" } else { "bytes" };
        let (mut head, mut close, mut imports) = (String::new(), String::new(), Vec::new());
        let method = match self.cut {
            Cut::SplitLines => Some("splitlines"),
            Cut::Words => Some("split"),
            Cut::Lines | Cut::Split => None,
        };
        if let Some(method) = method {
            let chain = CHAIN.local_name(cx.tree);
            head = format!("{chain}.from_iterable(map({kind}.{method}, ");
            close.push_str("))");
            imports.push(CHAIN);
        }
        let cutter = match self.strip {
            Some(_) => Some(STRIPPED_LINES),
            None => (self.cut == Cut::Split).then_some(SPLIT_LINES),
        };
        if let Some(cutter) = cutter {
            head = format!("{head}{}(", cutter.local_name(cx.tree));
            imports.push(cutter);
            let closing = if self.whole.is_some() { ", close=True" } else { "" };
            close.insert_str(0, &format!("{}{closing})", self.cutting(cx)));
        }
        if let Some(read) = self.whole {
            if cutter.is_none() {
                head = format!("{head}{}(", CLOSED_AFTER.local_name(cx.tree));
                imports.push(CLOSED_AFTER);
                close.insert(0, ')');
            }
            close.insert_str(0, &format!(".open({})", self.options(cx, read)));
        }
        (head, close, imports)
    }

    /// The arguments of `stripped_lines`.
    fn cutting(&self, cx: &Context<'_, '_>) -> String {
        let Some(strip) = self.strip else { return String::new() };
        let chars = strip.chars.map(|chars| format!(", {}", cx.tree.module().slice(chars)));
        let left = if strip.left { "" } else { ", left=False" };
        let ends = if self.cut == Cut::SplitLines { ", keepends=True" } else { "" };
        format!("{}{left}{ends}", chars.unwrap_or_default())
    }

    /// The file or path as it is written, in parentheses where it needs some.
    pub fn text(&self, cx: &Context<'_, '_>) -> String {
        let text = cx.tree.module().slice(self.file);
        let is_one =
            matches!(self.file, Expr::Name(_) | Expr::Call(_) | Expr::Attribute(_) | Expr::Subscript(_));
        if is_one { text.to_owned() } else { format!("({text})") }
    }

    /// The arguments of `path.open` that say what those of `read_text` say.
    fn options(&self, cx: &Context<'_, '_>, read: &ExprCall) -> String {
        if !self.is_text {
            return "\"rb\"".to_owned();
        }
        let given = |name: &str, at| {
            let value = read.arguments.find_argument_value(name, at)?;
            Some(format!("{name}={}", cx.tree.module().slice(value)))
        };
        [given("encoding", 0), given("errors", 1)].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// What walking the lines does: only a file that is open is there before.
    pub fn effects(&self, cx: &Context<'_, '_>, body: &Body) -> Effects {
        let Some(read) = self.whole else { return cx.model.walk_effects(body, self.file) };
        let node = cx.tree.id(read);
        let mut effects = Effects { world: World::READS_FILES, opens: vec![node], ..Effects::default() };
        let given = |name, at| read.arguments.find_argument_value(name, at);
        let lenient = !self.is_text || is_lenient(given("encoding", 0), given("errors", 1));
        let needed =
            [Some(Assumption::FilesReadWithoutErrors), (!lenient).then_some(Assumption::TextIsDecodable)];
        for assumption in needed.into_iter().flatten() {
            if cx.model.settings.assumptions.contains(assumption) {
                effects.assumes.insert(assumption);
            } else {
                effects.wants.insert(assumption);
                effects.raises = Some(node);
            }
        }
        effects
    }
}

/// What is read, if it is surely a file that was opened in a way we understand.
pub fn reading<'m>(cx: &Context<'_, 'm>, body: &Body, node: NodeId) -> Option<Reading<'m>> {
    let Some(Expr::Call(call)) = cx.tree.expr(node) else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let (file, strip) = match &*method.value {
        file if method.attr.as_str() == "readlines" => (file, None),
        Expr::Call(read) => {
            let (read, strip) = unstripped(read)?;
            let Expr::Attribute(of) = &*read.func else { return None };
            let known = match of.attr.as_str() {
                "read" => read.arguments.is_empty(),
                name => matches!(name, "read_text" | "read_bytes"),
            };
            if !known {
                return None;
            }
            (&*of.value, strip)
        }
        _ => return None,
    };
    if body.kind(cx.model, file) == Kind::Path {
        return whole_file(cx, node, call, method);
    }
    let (is_text, newline) = opened(cx, body, file)?;
    let cut = cut(cx, call, strip, is_text)?;
    let fits = match cut {
        Cut::Lines | Cut::Words => true,
        Cut::SplitLines => newline != Some("\r"),
        Cut::Split => ends_in_newlines(is_text, newline),
    };
    fits.then_some(Reading { node, file, cut, strip, is_text, whole: None })
}

/// Whether a file gives texts, and its `newline`, if it was opened for reading in a way we understand.
fn opened<'m>(cx: &Context<'_, 'm>, body: &Body, file: &Expr) -> Option<(bool, Option<&'m str>)> {
    let Kind::File(Some(opened)) = body.kind(cx.model, file) else { return None };
    let Some(open @ Expr::Call(opening)) = cx.tree.expr(opened) else { return None };
    let newline = newline(cx, opening)?;
    let is_text = match cx.model.file_text(Some(opened)) {
        Kind::Str => true,
        Kind::Bytes => false,
        _ => return None,
    };
    opens_for_reading(cx, open).then_some((is_text, newline))
}

/// Whether the lines of a file end where its text has a newline, and nowhere else.
fn ends_in_newlines(is_text: bool, newline: Option<&str>) -> bool {
    !is_text || matches!(newline, None | Some("\n"))
}

/// `file.read()`, `path.read_text()`: what is read at once, to be walked line by line.
pub fn lines_of<'m>(cx: &Context<'_, 'm>, body: &Body, read: &'m ExprCall) -> Option<Reading<'m>> {
    let Expr::Attribute(method) = &*read.func else { return None };
    let file = &*method.value;
    let node = cx.tree.id(read);
    let lines = |is_text, whole| Reading { node, file, cut: Cut::Lines, strip: None, is_text, whole };
    if body.kind(cx.model, file) == Kind::Path {
        return read_by_path(read).map(|is_text| lines(is_text, Some(read)));
    }
    if method.attr.as_str() != "read" || !read.arguments.is_empty() {
        return None;
    }
    if let Some(is_text) = standard_input(cx, file) {
        return Some(lines(is_text, None));
    }
    let (is_text, newline) = opened(cx, body, file)?;
    ends_in_newlines(is_text, newline).then(|| lines(is_text, None))
}

/// What reads the whole text, before its ends are taken away.
fn unstripped(call: &ExprCall) -> Option<(&ExprCall, Option<Strip<'_>>)> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let left = match method.attr.as_str() {
        "strip" => true,
        "rstrip" => false,
        _ => return Some((call, None)),
    };
    let Expr::Call(read) = &*method.value else { return None };
    let chars = match &call.arguments.args[..] {
        [] => None,
        [chars @ (Expr::StringLiteral(_) | Expr::BytesLiteral(_))] => Some(chars),
        _ => return None,
    };
    call.arguments.keywords.is_empty().then_some((read, Some(Strip { left, chars })))
}

/// How a call of `readlines`, `splitlines` or `split` cuts the text.
fn cut(cx: &Context<'_, '_>, call: &ExprCall, strip: Option<Strip<'_>>, is_text: bool) -> Option<Cut> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let alone = call.arguments.is_empty();
    let cut = match method.attr.as_str() {
        "readlines" if alone && strip.is_none() => Cut::Lines,
        "splitlines" if alone => Cut::SplitLines,
        "split" if alone && strip.is_none() => Cut::Words,
        "split" if is_newline_alone(call, is_text) => Cut::Split,
        _ => return None,
    };
    let node = cx.tree.id(call);
    let builtin = |name| cx.model.names_builtin(node, name);
    let helps = match cut {
        Cut::SplitLines | Cut::Words => builtin("map") && builtin(if is_text { "str" } else { "bytes" }),
        Cut::Lines | Cut::Split => true,
    };
    let chars = strip.and_then(|strip| strip.chars);
    let same = chars.is_none_or(|chars| chars.is_string_literal_expr() == is_text);
    (helps && same).then_some(cut)
}

/// Whether it is the standard input, as the interpreter has opened it, and whether its
/// lines are texts.
///
/// It is only ever read at once: what is typed, or sent by somebody who waits for an
/// answer, would otherwise be read at other times, and what is left of it when a walk ends
/// early would be there for whoever else reads it.
pub fn standard_input(cx: &Context<'_, '_>, file: &Expr) -> Option<bool> {
    let is_text = match cx.model.qualified(file)?.as_str() {
        "sys.stdin" => true,
        "sys.stdin.buffer" => false,
        _ => return None,
    };
    // Something else is put in its place, or its lines may end elsewhere.
    let changed = cx.tree.ids().any(|id| match cx.tree.expr(id) {
        Some(Expr::Attribute(attribute)) => match attribute.attr.as_str() {
            "stdin" => !attribute.ctx.is_load(),
            "reconfigure" | "detach" => {
                cx.model.qualified(&attribute.value).is_none_or(|name| name == "sys.stdin")
            }
            _ => false,
        },
        // For `patch` and `setattr`.
        Some(Expr::StringLiteral(text)) => matches!(text.value.to_str(), "sys.stdin" | "stdin"),
        _ => false,
    });
    (!changed).then_some(is_text)
}

/// The same where the standard input is read at once.
pub fn reading_of_input<'m>(cx: &Context<'_, 'm>, node: NodeId) -> Option<Reading<'m>> {
    let Some(Expr::Call(call)) = cx.tree.expr(node) else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let Expr::Call(read) = &*method.value else { return None };
    let (read, strip) = unstripped(read)?;
    let Expr::Attribute(read) = &*read.func else { return None };
    let is_text = standard_input(cx, &read.value)?;
    let cut = cut(cx, call, strip, is_text)?;
    Some(Reading { node, file: &read.value, cut, strip, is_text, whole: None })
}

/// `path.read_text().splitlines()`: the file is opened by the way.
fn whole_file<'m>(
    cx: &Context<'_, 'm>,
    node: NodeId,
    call: &'m ExprCall,
    method: &'m ExprAttribute,
) -> Option<Reading<'m>> {
    let Expr::Call(read) = &*method.value else { return None };
    let (read, strip) = unstripped(read)?;
    let Expr::Attribute(of) = &*read.func else { return None };
    let is_text = read_by_path(read)?;
    let cut = cut(cx, call, strip, is_text)?;
    Some(Reading { node, file: &of.value, cut, strip, is_text, whole: Some(read) })
}

/// Whether `path.read_text()` or `path.read_bytes()` gives a text, where `path.open` can be told all
/// that is said there.
fn read_by_path(read: &ExprCall) -> Option<bool> {
    let Expr::Attribute(of) = &*read.func else { return None };
    let is_text = match of.attr.as_str() {
        "read_text" => true,
        "read_bytes" => false,
        _ => return None,
    };
    let arguments = &read.arguments;
    // The path is evaluated before what it is read with.
    let known = arguments.args.len() <= if is_text { 2 } else { 0 }
        && arguments.args.iter().all(Expr::is_literal_expr)
        && arguments.keywords.iter().all(|keyword| {
            is_text
                && keyword.value.is_literal_expr()
                && keyword.arg.as_deref().is_some_and(|name| matches!(name, "encoding" | "errors"))
        });
    known.then_some(is_text)
}

/// `("\n")`
pub fn is_newline_alone(call: &ExprCall, is_text: bool) -> bool {
    match &call.arguments.args[..] {
        [separator] => call.arguments.keywords.is_empty() && is_newline(separator, is_text),
        _ => false,
    }
}

/// The `newline` of a call of `open`, `None` by default; nothing if unknown.
#[expect(clippy::option_option, reason = "not known, known to be the default, known to be something")]
fn newline<'c>(cx: &Context<'_, '_>, opening: &'c ExprCall) -> Option<Option<&'c str>> {
    let arguments = &opening.arguments;
    if arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|keyword| keyword.arg.is_none())
    {
        return None;
    }
    match cx.model.opening_argument(opening, "newline", 5) {
        None | Some(Expr::NoneLiteral(_)) => Some(None),
        Some(Expr::StringLiteral(newline)) => Some(Some(newline.value.to_str())),
        Some(_) => None,
    }
}

fn is_newline(separator: &Expr, is_text: bool) -> bool {
    match separator {
        Expr::StringLiteral(text) => is_text && text.value.to_str() == "\n",
        Expr::BytesLiteral(bytes) => !is_text && bytes.value.bytes().eq(*b"\n"),
        _ => false,
    }
}
