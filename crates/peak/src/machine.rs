//! Runs a module on abstract values, calls and all, and looks at what is alive.
//!
//! Every branch is taken, every loop is gone through twice, every call of a function of
//! the module is followed. What a container holds is collected over the whole run;
//! what variables hold is known at every point.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use spacetime_semantic::Size;
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId, Tree};
use spacetime_text::Ranged;

use crate::heap::{Code, FREE, Length, LoopId, Object, Ref, Shape, Value};
use crate::measure::Peak;
use crate::quantity;

/// Deeper chains of calls are not followed.
const DEEPEST: usize = 16;
/// So much work is done for a module, in evaluated nodes.
const MOST_STEPS: usize = 2_000_000;

/// A function that runs.
#[derive(Debug, Default)]
pub struct Frame {
    pub name: String,
    pub function: Option<NodeId>,
    /// Tells chains of calls apart.
    pub chain: u64,
    pub variables: BTreeMap<String, Value>,
    pub globals: BTreeSet<String>,
    pub returns: Value,
    pub yields: Value,
    /// So many loops were running when it began.
    pub loops: usize,
    /// A `return` or `raise` has been passed.
    pub ended: bool,
}

impl Frame {
    /// How a variable is called from outside.
    pub fn qualified(&self, variable: &str) -> String {
        if self.name.is_empty() { variable.to_owned() } else { format!("{}.{variable}", self.name) }
    }
}

pub struct Machine<'m> {
    pub tree: &'m Tree<'m>,
    given: &'m dyn Fn(&str) -> Option<f64>,
    pub heap: Vec<Object>,
    known: FxHashMap<(u64, NodeId, u8), Ref>,
    pub frames: Vec<Frame>,
    /// Values that an expression that is being evaluated holds.
    pub held: Vec<Value>,
    pub loops: Vec<LoopId>,
    pub loop_counts: Vec<Option<Size>>,
    loop_numbers: FxHashMap<(u64, NodeId), LoopId>,
    steps: usize,
    pub changed: bool,
    pub peak: Option<Peak>,
    /// The quantities that decided where the peak is.
    pub asked: RefCell<BTreeSet<String>>,
}

impl<'m> Machine<'m> {
    pub fn new(tree: &'m Tree<'m>, given: &'m dyn Fn(&str) -> Option<f64>) -> Self {
        Self {
            tree,
            given,
            heap: vec![Object::new(Shape::Free, NodeId::ROOT, Vec::new())],
            known: FxHashMap::default(),
            frames: vec![Frame::default()],
            held: Vec::new(),
            loops: Vec::new(),
            loop_counts: Vec::new(),
            loop_numbers: FxHashMap::default(),
            steps: 0,
            changed: true,
            peak: None,
            asked: RefCell::default(),
        }
    }

    /// Runs the module. False if it was too much.
    ///
    /// The first time shows what becomes of everything: how it is called, what a list
    /// will hold that is still empty. The second time is looked at.
    pub fn run(&mut self) -> bool {
        let Node::Part(AnyNodeRef::ModModule(module)) = self.tree.node(NodeId::ROOT) else { return false };
        for _ in 0..2 {
            self.frames = vec![Frame::default()];
            self.peak = None;
            self.asked.borrow_mut().clear();
            self.changed = true;
            self.block(&module.body);
            self.look(1);
        }
        !self.is_tired()
    }

    pub fn spend(&mut self, steps: usize) {
        self.steps += steps;
    }

    pub fn is_tired(&self) -> bool {
        self.steps > MOST_STEPS
    }

    pub fn typical(&self, name: &str) -> f64 {
        let asked = quantity::asked(name);
        if !self.asked.borrow().contains(asked) {
            self.asked.borrow_mut().insert(asked.to_owned());
        }
        quantity::value(name, &|inner| Some((self.given)(inner).unwrap_or_else(|| quantity::typical(inner))))
            .unwrap_or(0.0)
    }

    /// A piece of source on one line, unless it is too long to be a name.
    pub fn text(&self, node: NodeId) -> Option<String> {
        let text: Vec<&str> =
            self.tree.module().text()[self.tree.node(node).range()].split_whitespace().collect();
        let text = text.join(" ");
        (text.chars().count() <= 60).then_some(text)
    }

    pub fn line(&self, node: NodeId) -> usize {
        self.tree.module().lines().line(self.tree.node(node).start())
    }

    pub fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub fn chain(&self) -> u64 {
        self.frames.last().map_or(0, |frame| frame.chain)
    }

    /// The object that is made at a node; `tag` tells several apart.
    pub fn make(&mut self, node: NodeId, tag: u8, shape: Shape) -> Ref {
        self.changed = true;
        let key = (self.chain(), node, tag);
        if let Some(known) = self.known.get(&key)
            && self.heap[*known].shape == shape
        {
            return *known;
        }
        self.heap.push(Object::new(shape, node, self.loops.clone()));
        self.known.insert(key, self.heap.len() - 1);
        self.heap.len() - 1
    }

    pub fn value(&mut self, node: NodeId, tag: u8, shape: Shape) -> Value {
        Value::one(self.make(node, tag, shape))
    }

    /// An object that is made for every item of something at `node`.
    pub fn make_each(&mut self, node: NodeId, tag: u8, shape: Shape, count: Option<Size>) -> Value {
        self.begin_loop(node, count);
        let made = self.value(node, tag, shape);
        self.loops.pop();
        made
    }

    pub fn begin_loop(&mut self, node: NodeId, count: Option<Size>) {
        let key = (self.chain(), node);
        let number = *self.loop_numbers.entry(key).or_insert_with(|| {
            self.loop_counts.push(None);
            self.loop_counts.len() - 1
        });
        self.loop_counts[number] = count;
        self.loops.push(number);
    }

    pub fn code(&mut self, node: NodeId, tag: u8, code: Code) -> Value {
        self.value(node, tag, Shape::Code(code))
    }

    /// Puts something into a container.
    pub fn put(&mut self, container: Ref, step: Put<'_>, value: &Value) {
        let deep = if self.heap[container].keeps() { self.heap[container].loops.len() } else { usize::MAX };
        for child in value.iter().filter(|child| *child != FREE && *child != container) {
            let this = &mut self.heap[child];
            if this.loops.len() >= deep && this.owners.len() < 4 && !this.owners.contains(&container) {
                this.owners.push(container);
            }
        }
        let this = &mut self.heap[container];
        let place = match step {
            Put::Item | Put::Grown => &mut this.items,
            Put::Key => &mut this.keys,
            Put::Field(name) => this.fields.entry(name.to_owned()).or_default(),
        };
        let mut changed = place.join(value);
        if step == Put::Grown && !this.grown {
            this.grown = true;
            this.length = Length::Open(None);
            changed = true;
        }
        self.changed |= changed;
    }

    /// The length of what is walked, if all that it may be have the same.
    pub fn length(&mut self, value: &Value) -> Option<Size> {
        self.give_names();
        let mut found = None;
        for object in value.iter() {
            let this = &self.heap[object];
            let size = match (&this.length, &this.shape) {
                (_, Shape::Free | Shape::Code(_) | Shape::Opaque | Shape::File | Shape::Rows { .. }) => None,
                (Length::Known(size), _) => Some(size.clone()),
                (Length::Open(_), Shape::Stream | Shape::Zip) => None,
                (Length::Open(_), _)
                    if this.name.is_some() || (this.is_container() && this.loops.is_empty()) =>
                {
                    Some(self.length_of(this))
                }
                (Length::Open(bound), _) => bound.clone(),
            }?;
            if found.as_ref().is_some_and(|known| *known != size) {
                return None;
            }
            found = Some(size);
        }
        found
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is made for the call, and read several times")]
    pub fn set_length(&mut self, value: &Value, length: Option<Size>) {
        for object in value.iter().filter(|object| *object != FREE) {
            if !self.heap[object].grown {
                self.heap[object].length = length.clone().map_or(Length::Open(None), Length::Known);
            }
        }
    }

    /// Calls a function of the module with its parameters bound.
    pub fn enter(
        &mut self,
        function: NodeId,
        call: NodeId,
        name: String,
        variables: BTreeMap<String, Value>,
    ) -> Option<Frame> {
        let busy = self.frames.iter().any(|frame| frame.function == Some(function));
        if busy || self.frames.len() > DEEPEST || self.is_tired() {
            return None;
        }
        let chain =
            (self.chain() ^ (call.index() as u64 + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
                ^ function.index() as u64;
        let loops = self.loops.len();
        self.frames.push(Frame {
            name,
            function: Some(function),
            chain,
            variables,
            loops,
            ..Frame::default()
        });
        match self.tree.node(function) {
            Node::Stmt(Stmt::FunctionDef(def)) => self.block(&def.body),
            Node::Expr(Expr::Lambda(lambda)) => {
                let value = self.eval(&lambda.body);
                self.frame().returns.join(&value);
            }
            _ => {}
        }
        self.changed = true;
        self.frames.pop()
    }

    pub fn look_up(&mut self, name: &str) -> Option<Value> {
        // Functions within functions see the variables of those that called them,
        // which nearly always are those around them.
        self.frames.iter().rev().find_map(|frame| frame.variables.get(name).cloned())
    }
}

/// Where something is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put<'a> {
    Item,
    /// An item that is added to a container that exists.
    Grown,
    Key,
    Field(&'a str),
}
