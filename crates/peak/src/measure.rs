//! How much is alive at a point of the run: who holds how many of what.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use spacetime_semantic::Size;

use crate::heap::{FREE, Length, Object, Ref, Shape, Step, Takes, Value};
use crate::layout;
use crate::machine::Machine;
use crate::quantity;

/// A formula, and its value where unknown quantities are taken as typical.
#[derive(Clone, Debug)]
pub struct Amount {
    pub size: Size,
    pub value: f64,
}

/// What one kind of object takes at the peak.
#[derive(Clone, Debug)]
pub struct Holding {
    pub object: Ref,
    pub bytes: Amount,
}

/// The largest total that was met.
#[derive(Clone, Debug)]
pub struct Peak {
    pub value: f64,
    pub holdings: Vec<Holding>,
    pub line: usize,
    pub function: String,
}

impl Machine<'_> {
    pub fn amount(&self, size: Size) -> Amount {
        let value = size.evaluate(&|name| Some(self.typical(name))).unwrap_or(0.0);
        Amount { size, value }
    }

    /// Looks at what is alive now, unless nothing was made since the last time.
    pub fn look(&mut self, line: usize) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        self.give_names();
        let order = self.reached();
        self.spend(order.len() * 8);
        let counts = self.counts(&order);
        let mut total = 0.0;
        let mut holdings = Vec::new();
        for object in &order {
            let Some(count) = counts.get(object) else { continue };
            let Some(own) = self.own_size(*object) else { continue };
            let bytes = Amount { value: count.value * own.value, size: count.size.times(&own.size) };
            total += bytes.value;
            holdings.push(Holding { object: *object, bytes });
        }
        if self.peak.as_ref().is_none_or(|peak| total > peak.value) {
            let function = self.frames.last().map_or(String::new(), |frame| frame.name.clone());
            self.peak = Some(Peak { value: total, holdings, line, function });
        }
    }

    /// Gives what variables hold the names under which it is measured.
    pub fn give_names(&mut self) {
        let mut todo: Vec<(Ref, String)> = Vec::new();
        for frame in &self.frames {
            for (variable, value) in &frame.variables {
                let name = frame.qualified(variable);
                let lasting = |object: &Ref| self.heap[*object].loops.len() <= frame.loops;
                if variable == "self" {
                    continue; // its maker has a better name for it
                }
                todo.extend(value.iter().filter(lasting).map(|object| (object, name.clone())));
            }
        }
        todo.reverse();
        let mut seen = vec![false; self.heap.len()];
        while let Some((object, name)) = todo.pop() {
            if object == FREE || std::mem::replace(&mut seen[object], true) {
                continue;
            }
            self.name(object, &name, &mut todo);
        }
    }

    /// Names an object, and says what names its children get.
    pub fn name(&mut self, object: Ref, name: &str, todo: &mut Vec<(Ref, String)>) {
        let this = &mut self.heap[object];
        if matches!(this.shape, Shape::Stream | Shape::Zip | Shape::Code(_)) {
            // What is in there cannot be looked at, but what it takes from has names.
            return;
        }
        let name = this.name.get_or_insert_with(|| name.to_owned()).clone();
        if name.matches(['[', '{', '.']).count() > 6 {
            return;
        }
        let this = &self.heap[object];
        for (step, value) in this.children() {
            let path = format!("{name}{}", step.text(&this.shape));
            todo.extend(value.iter().map(|child| (child, path.clone())));
        }
    }

    /// Everything that is alive, holders before what they hold.
    fn reached(&self) -> Vec<Ref> {
        let mut state = vec![0_u8; self.heap.len()];
        let mut order = Vec::new();
        let roots = self.frames.iter().flat_map(|frame| frame.variables.values().chain([&frame.returns]));
        let roots: Vec<Ref> = roots.chain(&self.held).flat_map(Value::iter).collect();
        for root in roots {
            let mut stack = vec![(root, false)];
            while let Some((object, done)) = stack.pop() {
                if done {
                    order.push(object);
                    continue;
                }
                if object == FREE || std::mem::replace(&mut state[object], 1) == 1 {
                    continue;
                }
                stack.push((object, true));
                stack.extend(
                    self.heap[object].children().flat_map(|(_, value)| value.iter()).map(|c| (c, false)),
                );
                if let Shape::Code(crate::heap::Code::Method(_, value)) = &self.heap[object].shape {
                    stack.extend(value.iter().map(|c| (c, false)));
                }
            }
        }
        order.reverse();
        order
    }

    /// How many there are of each object that is alive.
    fn counts(&self, order: &[Ref]) -> FxHashMap<Ref, Amount> {
        let place: FxHashMap<Ref, usize> =
            order.iter().enumerate().map(|(at, object)| (*object, at)).collect();
        let mut sums: FxHashMap<Ref, Amount> = FxHashMap::default();
        let mut caps = FxHashMap::default();
        let mut counts = FxHashMap::default();
        for object in order {
            let this = &self.heap[*object];
            let mut count = sums.remove(object).unwrap_or_else(|| self.amount(Size::number(1.0)));
            if let Some(cap) = self.most(*object, &mut caps)
                && cap.value < count.value * 0.999
            {
                count = cap;
            }
            let spilled = self.is_on_disk(*object);
            for (step, value) in this.children() {
                let many = self.multiplicity(this, step);
                let share = 1.0 / value.alternatives().max(1) as f64;
                for child in value.iter().filter(|child| *child != FREE && !spilled) {
                    if place.get(&child).is_none_or(|at| *at <= place[object]) {
                        continue; // a circle
                    }
                    let more = count.size.times(&many).scaled(share);
                    let more = self.amount(more);
                    let sum = sums.entry(child).or_insert_with(|| self.amount(Size::zero()));
                    sum.size = sum.size.plus(&more.size);
                    sum.value += more.value;
                }
            }
            counts.insert(*object, count);
        }
        // Parts are as many as wholes, and take nothing beside them; one whole that
        // a variable still holds is no home for a million parts.
        let is_part = |object: &Ref| {
            let whole = self.heap[*object].within.and_then(|outer| counts.get(&outer));
            whole.is_some_and(|whole| whole.value * 2.0 >= counts[object].value)
        };
        let parts: Vec<Ref> = order.iter().copied().filter(is_part).collect();
        for part in parts {
            counts.remove(&part);
        }
        counts
    }

    /// How often an object holds what lies behind a step.
    fn multiplicity(&self, this: &Object, step: Step<'_>) -> Size {
        match step {
            Step::Field(_) => Size::number(1.0),
            // What a stream or a reader gives is there once at a time.
            _ if !this.is_container() => Size::number(1.0),
            _ => self.length_of(this),
        }
    }

    /// How many were made at most, if that is known.
    fn most(&self, object: Ref, known: &mut FxHashMap<Ref, Option<Amount>>) -> Option<Amount> {
        if let Some(cap) = known.get(&object) {
            return cap.clone();
        }
        known.insert(object, None);
        let this = &self.heap[object];
        let turns = this
            .loops
            .iter()
            .try_fold(Size::number(1.0), |all, one| Some(all.times(self.loop_counts[*one].as_ref()?)));
        let turns = turns.map(|turns| self.amount(turns));
        let held = this.owners.iter().find_map(|owner| {
            let holder = &self.heap[*owner];
            let within = holder.children().find(|(_, value)| value.iter().any(|child| child == object));
            let most = self.most(*owner, known)?;
            let many = within.map_or(Size::number(1.0), |(step, _)| self.multiplicity(holder, step));
            Some(self.amount(most.size.times(&many)))
        });
        let cap = match (turns, held) {
            (Some(a), Some(b)) => Some(if a.value <= b.value { a } else { b }),
            (a, b) => a.or(b),
        };
        known.insert(object, cap.clone());
        cap
    }

    pub fn length_of(&self, this: &Object) -> Size {
        match &this.length {
            Length::Known(size) => size.clone(),
            Length::Open(bound) => match (&this.name, bound) {
                (Some(name), _) => Size::quantity(format!("len({name})")),
                // Of how many different things a table is made, nobody can say from here.
                (None, bound) if this.loops.is_empty() && (this.grown || is_table(this)) => {
                    let text = self.text(this.node);
                    let few = || bound.clone().unwrap_or_else(|| Size::number(quantity::FEW));
                    text.map_or_else(few, |text| Size::quantity(format!("len({text})")))
                }
                (None, Some(bound)) => bound.clone(),
                (None, None) => Size::number(quantity::FEW),
            },
        }
    }

    /// Bytes of one object by itself.
    fn own_size(&self, object: Ref) -> Option<Amount> {
        let this = &self.heap[object];
        let length = || self.length_of(this);
        let number = |bytes: f64| Some(Size::number(bytes));
        let size = match &this.shape {
            Shape::Free | Shape::Code(_) | Shape::Stream | Shape::Zip | Shape::File | Shape::Rows { .. } => {
                None
            }
            Shape::Float => number(layout::FLOAT),
            Shape::Int => Some(measured(this, layout::INT)),
            Shape::Text if this.is_large && this.loops.is_empty() => match &this.name {
                Some(name) => Some(Size::quantity(format!("bytes({name})"))),
                None => number(layout::SHORT_TEXT),
            },
            Shape::Text => Some(measured(this, layout::SHORT_TEXT)),
            Shape::Opaque => Some(measured(this, layout::UNKNOWN)),
            Shape::Tuple => Some(by_length(&length(), layout::tuple, layout::POINTER, 48.0, None)),
            Shape::List if this.room > 0.0 => Some(split_list(&length(), this.room)),
            Shape::List if this.loops.is_empty() => {
                Some(by_length(&length(), layout::grown_list, layout::POINTER, 64.0, None))
            }
            Shape::List if this.grown || this.filled => {
                Some(by_length(&length(), layout::grown_list, layout::POINTER, 64.0, Some("list")))
            }
            Shape::List => Some(by_length(&length(), layout::list, layout::POINTER, 64.0, None)),
            Shape::Deque => Some(length().scaled(8.25).plus(&Size::number(640.0))),
            Shape::Set => Some(by_length(&length(), layout::set, 39.0, 224.0, Some("set"))),
            Shape::Dict => Some(self.dict_size(this)),
            Shape::Record { slots: true, .. } => number(layout::slotted(this.fields.len() as f64)),
            Shape::Record { .. } => number(layout::instance(this.fields.len() as f64)),
            Shape::Scratch(bytes) => Some(length().scaled(f64::from(*bytes))),
            Shape::Spilled { limit, .. } => {
                let whole = length().scaled(layout::POINTER);
                if self.is_on_disk(object) { number(f64::from(*limit)) } else { Some(whole) }
            }
        };
        size.map(|size| self.amount(size))
    }

    fn dict_size(&self, this: &Object) -> Size {
        let texts = this.keys.iter().all(|key| matches!(self.heap[key].shape, Shape::Text | Shape::Free));
        let (per_item, name) = if texts { (25.0, "dict") } else { (33.0, "dict_of_any") };
        let size = |items: f64| layout::dict(items, texts);
        by_length(&self.length_of(this), size, per_item, 96.0, Some(name))
    }

    /// Whether a collection that spills has gone to disk.
    fn is_on_disk(&self, object: Ref) -> bool {
        let this = &self.heap[object];
        let Shape::Spilled { limit, takes } = this.shape else { return false };
        // Groups write what is in their lists, or sets.
        let grouped =
            |item: &Ref| !this.keys.is_empty() && matches!(self.heap[*item].shape, Shape::List | Shape::Set);
        let mut written = this.items.iter().flat_map(|item| {
            if grouped(&item) { self.heap[item].items.clone() } else { Value::one(item) }.refs()
        });
        if !written.all(|item| self.can_be_written(item, takes)) {
            return false;
        }
        let mut bytes = 0.0;
        let length = self.amount(self.length_of(this)).value;
        for (_, value) in this.children() {
            let share = 1.0 / value.alternatives().max(1) as f64;
            bytes += value.iter().map(|child| share * length * self.whole(child, 0)).sum::<f64>();
        }
        bytes + length * layout::POINTER > f64::from(limit)
    }

    fn can_be_written(&self, item: Ref, takes: Takes) -> bool {
        match self.heap[item].shape {
            Shape::Free | Shape::Int | Shape::Float | Shape::Text | Shape::Tuple => true,
            Shape::Record { by_identity, .. } => {
                takes == Takes::All || takes == Takes::Frozen && !by_identity
            }
            _ => takes != Takes::Plain,
        }
    }

    /// Bytes of an object with all that it holds.
    fn whole(&self, object: Ref, depth: usize) -> f64 {
        if object == FREE || depth > 4 {
            return 0.0;
        }
        let this = &self.heap[object];
        if matches!(this.shape, Shape::Spilled { .. }) {
            return 0.0;
        }
        let own = self.own_size(object).map_or(0.0, |own| own.value);
        let held: f64 = this
            .children()
            .map(|(step, value)| {
                let many = self.amount(self.multiplicity(this, step)).value;
                let share = 1.0 / value.alternatives().max(1) as f64;
                value.iter().map(|child| many * share * self.whole(child, depth + 1)).sum::<f64>()
            })
            .sum();
        own + held
    }

    /// The objects that take most, by name, for a reader.
    pub fn by_name(&self, peak: &Peak) -> Vec<(String, usize, Amount)> {
        let mut sums: BTreeMap<(usize, String), Amount> = BTreeMap::new();
        for holding in &peak.holdings {
            let this = &self.heap[holding.object];
            let key = (this.node.index(), quantity::described(&this.shape, this.name.as_deref()));
            let sum = sums.entry(key).or_insert_with(|| Amount { size: Size::zero(), value: 0.0 });
            sum.size = sum.size.plus(&holding.bytes.size);
            sum.value += holding.bytes.value;
        }
        let mut all: Vec<_> = sums.into_iter().map(|((node, name), sum)| (name, node, sum)).collect();
        all.sort_by(|a, b| b.2.value.total_cmp(&a.2.value).then(a.1.cmp(&b.1)));
        all
    }
}

/// The size of a container by its length: exact where the length is a number, by
/// name where it is one quantity and the table grows in steps, else on average.
fn by_length(length: &Size, exact: impl Fn(f64) -> f64, each: f64, head: f64, name: Option<&str>) -> Size {
    if let Some(number) = length.as_number() {
        return Size::number(exact(number));
    }
    match (name, length.sole_quantity()) {
        (Some(name), Some(quantity)) => Size::quantity(format!("{name}({quantity})")),
        _ => length.scaled(each).plus(&Size::number(head)),
    }
}

/// The mean size of what is at a place, as somebody measures it.
fn measured(this: &Object, usual: f64) -> Size {
    match &this.name {
        Some(name) if name.contains(['[', '{']) || (this.shape == Shape::Opaque && this.loops.is_empty()) => {
            Size::quantity(format!("bytes({name})"))
        }
        _ => Size::number(usual),
    }
}

fn is_table(this: &Object) -> bool {
    matches!(this.shape, Shape::Set | Shape::Dict)
}

fn split_list(length: &Size, room: f64) -> Size {
    match length.as_number() {
        Some(number) => Size::number(layout::list(number.max(room))),
        None => match length.sole_quantity() {
            Some(quantity) => Size::quantity(format!("split({quantity})")),
            None => length.scaled(layout::POINTER).plus(&Size::number(64.0 + layout::POINTER * room)),
        },
    }
}
