//! Old idioms become newer ones, if asked for by name.
//!
//! | before | after |
//! |---|---|
//! | `type(x) == T`, `type(x) is T` | `isinstance(x, T)` |
//! | `type(x) != T`, `type(x) is not T` | `not isinstance(x, T)` |
//! | `while 1:` | `while True:` |
//! | `v = list(e)`, `v.sort()` | `v = sorted(e)` |
//! | `v = e`, `v.sort()` | `v = sorted(e)` |
//!
//! Of several pairs of an assignment and a `sort` in a block only the first is
//! looked at: if their names differ, nothing is done. Comments before the `sort`
//! go to what stands behind it.

use crate::{Asker, Context, Fix, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, Wanted, util};

pub static FIXER: Fixer = Fixer {
    explicit: true,
    traversal: true,
    ..Fixer::with_state("idioms", Wanted::Built(pattern), || Box::new(Idioms))
};

fn pattern() -> String {
    let unequal = "(n='!=' | '==' | 'is' | n=comp_op< 'is' 'not' >)";
    let of_type = "power< 'type' trailer< '(' x=any ')' > >";
    let sort = r"sort=simple_stmt<
            power< id2=any trailer< '.' 'sort' > trailer< '(' ')' > >
            '\n'
        >";
    format!(
        r"isinstance=comparison< {of_type} {unequal} T=any >
        |
        isinstance=comparison< T=any {unequal} {of_type} >
        |
        while_stmt< 'while' while='1' ':' any+ >
        |
        sorted=any<
            any*
            simple_stmt<
                expr_stmt< id1=any '='
                    power< list='list' trailer< '(' (not arglist<any+>) any ')' > >
                >
                '\n'
            >
            {sort}
            next=any*
        >
        |
        sorted=any<
            any*
            simple_stmt< expr_stmt< id1=any '=' expr=any > '\n' >
            {sort}
            next=any*
        >"
    )
}

struct Idioms;

impl Fix for Idioms {
    fn matches(&mut self, tree: &Tree, node: NodeId, asker: &mut Asker<'_, '_>) -> Option<Found> {
        let found = asker.ask(tree, node)?;
        match (found.one("id1"), found.one("id2")) {
            (Some(assigned), Some(sorted)) if !tree.equal(assigned, sorted) => None,
            _ => Some(found),
        }
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
        if found.has("isinstance") {
            return isinstance(tree, node, found).map(Some);
        }
        if let Some(one) = found.one("while") {
            util::rename(tree, one, "True");
        } else {
            sorted(tree, found)?;
        }
        Ok(None)
    }
}

fn isinstance(tree: &mut Tree, node: NodeId, found: &Found) -> Result<NodeId, Trouble> {
    let object = util::clone_after(tree, found.need("x")?, "");
    let class = util::clone_after(tree, found.need("T")?, " ");
    let (function, comma) = (util::name(tree, "isinstance"), util::comma(tree));
    let mut test = util::call(tree, function, &[object, comma, class]);
    if found.has("n") {
        tree.set_prefix(test, " ");
        let not = util::name(tree, "not");
        test = tree.new_node(Kind::NotTest, &[not, test]);
    }
    Ok(util::prefixed_like(tree, test, node))
}

fn sorted(tree: &mut Tree, found: &Found) -> Result<(), Trouble> {
    if let Some(list) = found.one("list") {
        util::rename(tree, list, "sorted");
    } else {
        let value = found.need("expr")?;
        let prefix = tree.prefix(value).to_owned();
        let (function, copy) = (util::name(tree, "sorted"), util::clone_after(tree, value, ""));
        let call = util::call_after(tree, function, &[copy], &prefix);
        tree.replace(value, &[call]);
    }
    let sort = found.need("sort")?;
    tree.detach(sort);
    // What stood in the lines between the two goes to the statement behind.
    if let Some((lines, _)) = tree.prefix(sort).rsplit_once('\n') {
        let Some(next) = found.many("next").first() else {
            return Err(Trouble::new("a `sort` that nothing follows"));
        };
        let prefix = format!("{lines}\n{}", tree.prefix(*next));
        tree.set_prefix(*next, &prefix);
    }
    Ok(())
}
