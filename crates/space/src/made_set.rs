//! Expressions that make a set that is kept, and what keeping it on disk relies on.

use spacetime_rule::{Context, Import};
use spacetime_semantic::{Assumption, Body, Doubt, Journey, Kind, first_iterable};
use spacetime_syntax::ast::{Expr, ExprCall, ExprSetComp};
use spacetime_text::{Edit, Offset, Ranged, Span};

use crate::comprehension::{check_generator, rebracket};
use crate::made_list::{is_dict_on_disk, is_on_disk};
use crate::reliances::Reliances;
use crate::spilled::{is_read, item_kind_of, kind_of};

pub const SPILL_SET: Import = Import::new("spacetime_compiler.runtime", "SpillSet");

/// How the set is made.
#[derive(Clone, Copy)]
pub enum Made<'m> {
    /// `set()` or `set(items)`
    Call(&'m ExprCall),
    Comprehension(&'m ExprSetComp),
}

impl<'m> Made<'m> {
    pub fn of(cx: &Context<'_, 'm>, value: &'m Expr) -> Option<Self> {
        match value {
            Expr::Call(call) => {
                let arguments = &call.arguments;
                let plain = arguments.keywords.is_empty()
                    && arguments.args.len() <= 1
                    && !arguments.args.iter().any(Expr::is_starred_expr);
                (plain && cx.model.is_builtin(&call.func, "set")).then_some(Self::Call(call))
            }
            Expr::SetComp(comp) => Some(Self::Comprehension(comp)),
            _ => None,
        }
    }

    /// What it is made from.
    pub fn first(self) -> Option<&'m Expr> {
        match self {
            Self::Call(call) => {
                call.arguments.args.first().map(|items| first_iterable(items).unwrap_or(items))
            }
            Self::Comprehension(comp) => comp.generators.first().map(|clause| &clause.iter),
        }
    }

    /// Whether it is made of what is read, or of a list or dictionary that is kept on disk.
    pub fn is_large(self, cx: &Context<'_, 'm>) -> bool {
        let is_large =
            |first| is_read(cx, cx.tree.id(first)) || is_on_disk(cx, first) || is_dict_on_disk(cx, first);
        self.first().is_some_and(is_large)
    }

    pub fn kind(self, cx: &Context<'_, 'm>) -> Kind {
        match self {
            Self::Call(call) => {
                call.arguments.args.first().map_or(Kind::Never, |items| item_kind_of(cx, cx.tree.id(items)))
            }
            Self::Comprehension(comp) => kind_of(cx, cx.tree.id(&*comp.elt)),
        }
    }

    /// Edits that keep it on disk; `asked` says that its elements are looked up.
    pub fn edits(
        self,
        cx: &Context<'_, 'm>,
        body: &Body,
        asked: bool,
        relies: &mut Reliances,
    ) -> Result<Vec<Edit>, Doubt> {
        let name = SPILL_SET.local_name(cx.tree);
        match self {
            Self::Call(call) => Ok(Self::called(cx, call, name, asked)),
            Self::Comprehension(comp) => {
                check_generator(cx, body, cx.tree.id(comp), relies)?;
                let (open, close) = if asked { ("(", ")") } else { ("((", "), lookups=False)") };
                Ok(rebracket(cx, comp.range(), comp.range(), &format!("{name}{open}"), close))
            }
        }
    }

    /// `SpillSet(...)`; a generator beside an option needs brackets of its own.
    fn called(cx: &Context<'_, 'm>, call: &'m ExprCall, name: String, asked: bool) -> Vec<Edit> {
        let mut edits = vec![Edit::replace(call.func.range(), name)];
        let (module, inside) = (cx.tree.module(), call.arguments.range());
        if asked || module.has_comment_in(inside) {
            return edits;
        }
        let (start, end) = (inside.start() + Offset::new(1), inside.end() - Offset::new(1));
        let Some(first) = call.arguments.args.first() else {
            edits.push(Edit::replace(Span::new(start, end), "lookups=False"));
            return edits;
        };
        let text = module.text()[start.to_usize()..end.to_usize()].trim_end();
        let end = start + Offset::new(text.len() as u32);
        let bare = matches!(first, Expr::Generator(generator) if !generator.parenthesized);
        let comma = if text.ends_with(',') { " " } else { ", " };
        let (open, close) = if bare { ("(", ")") } else { ("", "") };
        edits.push(Edit::insert(start, open));
        edits.push(Edit::insert(end, format!("{close}{comma}lookups=False")));
        edits
    }
}

/// What it takes to keep elements of this kind on disk.
pub fn rely_on_set(journey: &Journey, kind: &Kind, relies: &mut Reliances) {
    relies.guard("only values whose copies cannot be told from the originals are written to disk");
    relies.assume(Assumption::ModuleNotPatched);
    relies.assume(Assumption::NoFrameIntrospection);
    if journey.trusts_callers || journey.travels {
        relies.assume(Assumption::ModuleIsClosed);
    }
    if journey.trusts_attributes {
        relies.assume(Assumption::AttributeReadsArePure);
    }
    if journey.trusts_method_names {
        relies.assume(Assumption::KnownMethodNames);
    }
    if !kind.is_scalar() {
        relies.assume(Assumption::OperatorsArePure);
    }
    if !journey.sorted.is_empty() || !journey.walks.is_empty() {
        relies.assume(Assumption::TotalOrder);
        // A condition may fail for several elements; which comes first is another one on disk.
        relies.assume(Assumption::OneErrorAtATime);
    }
}

/// The same for what is made of the keys of dictionaries on disk, whose order is another.
pub fn rely_on_combined(journey: &Journey, relies: &mut Reliances) {
    if !journey.combined.is_empty() {
        relies.assume(Assumption::OperatorsArePure);
        relies.assume(Assumption::TotalOrder);
        relies.assume(Assumption::OneErrorAtATime);
    }
    if journey.trusts_attributes {
        relies.assume(Assumption::AttributeReadsArePure);
    }
}
