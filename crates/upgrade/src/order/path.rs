//! The path of a pattern: the line from a leaf upwards that is looked for
//! first, chosen where patterns branch by what is most telling.

use super::notation::{Alternatives, Head, Unit};
use crate::kind::Kind;

/// One step upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A name with this text.
    Name(String),
    Kind(Kind),
    /// No node is ever this.
    Nothing,
    /// One of several ways to here.
    Either(Vec<Vec<Step>>),
}

/// What is left of a pattern once all that may be missing is dropped.
#[derive(Clone, Debug)]
enum Form {
    Node(Step),
    /// Things beside each other, of which the most telling one counts.
    Beside,
    Either,
}

#[derive(Clone, Debug)]
struct Reduced {
    form: Form,
    children: Vec<Self>,
}

/// Words that are in too many places to tell anything.
const COMMON: [&str; 5] = ["in", "for", "if", "not", "None"];

/// The path of a pattern. Nothing if all of it may be missing.
pub(super) fn path_of(pattern: &Alternatives) -> Option<Vec<Step>> {
    // The first leaf that leads to the root decides, as all have to go where it goes.
    reduce_all(pattern)?.up()
}

fn reduce_all(alternatives: &Alternatives) -> Option<Reduced> {
    if let [only] = &**alternatives {
        return reduce_sequence(only);
    }
    let children = alternatives.iter().filter_map(|one| reduce_sequence(one)).collect();
    Some(Reduced { form: Form::Either, children })
}

fn reduce_sequence(units: &[Unit]) -> Option<Reduced> {
    if let [only] = units {
        return reduce(only);
    }
    let children: Vec<Reduced> = units.iter().filter_map(reduce).collect();
    (!children.is_empty()).then_some(Reduced { form: Form::Beside, children })
}

fn reduce(unit: &Unit) -> Option<Reduced> {
    match unit {
        Unit::Not | Unit::Optional => None,
        // Only a repeat behind a group that has a name was ever seen.
        Unit::Group { named: true, perhaps: true, .. } => None,
        Unit::Group { inside, .. } => reduce_all(inside),
        Unit::Node { perhaps: true, .. } => None,
        Unit::Node { head, children, .. } => {
            let step = match head {
                Head::Any => Step::Nothing,
                Head::Kind(kind) => Step::Kind(*kind),
                Head::Text(text) => Step::Name(text.clone()),
            };
            let children = children.as_ref().and_then(reduce_all);
            Some(Reduced { form: Form::Node(step), children: children.into_iter().collect() })
        }
    }
}

impl Reduced {
    /// The way from the chosen leaf up to here.
    fn up(&self) -> Option<Vec<Step>> {
        match &self.form {
            Form::Node(step) => {
                let mut path = match &*self.children {
                    [] => Vec::new(),
                    [child, ..] => child.up()?,
                };
                path.push(step.clone());
                Some(path)
            }
            Form::Either => {
                let ways: Option<Vec<_>> = self.children.iter().map(Self::up).collect();
                ways.filter(|ways| !ways.is_empty()).map(|ways| vec![Step::Either(ways)])
            }
            Form::Beside => {
                let ways: Option<Vec<_>> = self.children.iter().map(Self::up).collect();
                ways.and_then(most_telling)
            }
        }
    }
}

/// The first of the longest ways among those with a name, if possible an uncommon one.
fn most_telling(ways: Vec<Vec<Step>>) -> Option<Vec<Step>> {
    let rank =
        |way: &Vec<Step>| match (has_name(way, &|_| true), has_name(way, &|name| COMMON.contains(&name))) {
            (true, false) => 2,
            (true, true) => 1,
            (false, _) => 0,
        };
    let best = ways.iter().map(rank).max()?;
    let mut chosen: Option<Vec<Step>> = None;
    for way in ways {
        if rank(&way) == best && chosen.as_ref().is_none_or(|chosen| way.len() > chosen.len()) {
            chosen = Some(way);
        }
    }
    chosen
}

fn has_name(way: &[Step], test: &dyn Fn(&str) -> bool) -> bool {
    way.iter().any(|step| match step {
        Step::Name(name) => test(name),
        Step::Either(ways) => ways.iter().any(|way| has_name(way, test)),
        Step::Kind(_) | Step::Nothing => false,
    })
}
