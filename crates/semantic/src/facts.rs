//! What the analysis believes, written beside the source, for people.

use std::fmt::Write as _;

use spacetime_syntax::ast::Stmt;
use spacetime_syntax::{Node, NodeId};
use spacetime_text::Ranged;

use crate::effect::World;
use crate::{Body, Effects, Kind, Model};

/// The source with a comment behind every line on which something is known:
/// kinds of the variables bound there, effects of the code.
pub fn annotate(model: &Model<'_>) -> String {
    let module = model.tree.module();
    let mut notes: Vec<Vec<String>> = vec![Vec::new(); module.lines().count() + 1];
    for id in model.tree.ids() {
        if let Node::Stmt(stmt) = model.tree.node(id) {
            let line = module.lines().line(stmt.start());
            notes[line].extend(statement_notes(model, id, stmt));
        }
    }
    let mut out = String::new();
    for (at, line) in module.text().lines().enumerate() {
        out.push_str(line);
        if let Some(notes) = notes.get(at + 1).filter(|notes| !notes.is_empty()) {
            let _ = write!(out, "  # {}", notes.join("; "));
        }
        out.push('\n');
    }
    out
}

fn statement_notes(model: &Model<'_>, id: NodeId, stmt: &Stmt) -> Vec<String> {
    let mut notes = Vec::new();
    if let Stmt::FunctionDef(def) = stmt {
        let effects = model.summary(id);
        let returns = model.return_kind(id);
        notes.push(format!("{} -> {returns}: {}", def.name, describe(model, &effects)));
        return notes;
    }
    let Some(body) = model.body_of(id) else { return notes };
    let Some(point) = body.flow.points().find(|point| body.flow.point(*point).node == id) else {
        return notes;
    };
    let mut effects = model.point_effects(&body, point);
    if let Stmt::For(_) = stmt {
        for other in body.flow.points().filter(|other| body.flow.point(*other).node == id) {
            effects.add(&model.point_effects(&body, other));
        }
    }
    notes.extend(bound(model, &body, &effects));
    let text = describe(model, &effects);
    if text != "pure" {
        notes.push(text);
    }
    notes
}

/// Variables that are bound, with what is known of their kinds.
fn bound(model: &Model<'_>, body: &Body, effects: &Effects) -> Vec<String> {
    effects
        .name_writes
        .iter()
        .filter_map(|symbol| {
            let kind = body.kind_of_symbol(*symbol);
            (kind != Kind::Unknown).then(|| format!("{}: {kind}", model.scopes.symbol(*symbol).name))
        })
        .collect()
}

/// Effects in a few words.
pub fn describe(model: &Model<'_>, effects: &Effects) -> String {
    let mut words = Vec::new();
    let line = |node: NodeId| model.tree.module().lines().line(model.tree.node(node).start());
    if let Some(node) = effects.unknown {
        return format!("may do anything (line {})", line(node));
    }
    if effects.writes.has_outer() {
        words.push("changes objects from outside".to_owned());
    }
    if !effects.attr_writes.is_empty() {
        words.push("sets attributes".to_owned());
    }
    for (part, word) in [
        (World::READS_FILES, "reads files"),
        (World::WRITES_FILES, "writes files"),
        (World::OUTPUT, "prints"),
        (World::INPUT, "reads input"),
        (World::OTHER, "depends on the world"),
    ] {
        if effects.world.has(part) {
            words.push(word.to_owned());
        }
    }
    if effects.suspends.is_some() {
        words.push("suspends".to_owned());
    }
    if let Some(node) = effects.walks_unknown {
        words.push(format!("walks something unknown (line {})", line(node)));
    }
    if let Some(node) = effects.raises {
        words.push(format!("may raise (line {})", line(node)));
    }
    if effects.stops.is_some() {
        words.push("may raise StopIteration".to_owned());
    }
    if words.is_empty() { "pure".to_owned() } else { words.join(", ") }
}
