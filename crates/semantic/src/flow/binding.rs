//! Ways on which a variable keeps its value: those that pass no binding of it.
//!
//! A point that binds a variable does not do so on every way out of it. The
//! head of a `for` binds on the way into the body only, an assignment that
//! raises has bound nothing, and what stands in `:=` or in a pattern may be
//! left out altogether.

use super::{Flow, PointId, PointKind, Points};

/// The points that bind (or delete) a variable.
#[derive(Clone, Debug)]
pub struct Bindings {
    all: Points,
    /// Those that bind it whenever they come to their end.
    sure: Points,
}

impl Bindings {
    pub fn none(flow: &Flow) -> Self {
        Self { all: Points::empty(flow), sure: Points::empty(flow) }
    }

    pub fn insert(&mut self, point: PointId, sure: bool) {
        self.all.insert(point);
        if sure {
            self.sure.insert(point);
        }
    }

    pub fn contains(&self, point: PointId) -> bool {
        self.all.contains(point)
    }

    pub fn iter(&self) -> impl Iterator<Item = PointId> + '_ {
        self.all.iter()
    }

    /// Whether who goes from `from` to `to` has passed a binding at `from`.
    fn cut(&self, flow: &Flow, from: PointId, to: PointId) -> bool {
        let point = flow.point(from);
        if !self.sure.contains(from) || point.raise.contains(&to) {
            return false;
        }
        // The first way out of a loop's head leads into the body.
        point.kind != PointKind::Next || point.next.first() == Some(&to)
    }
}

impl Flow {
    /// Points that can run after `from` has run, on ways on which nothing binds
    /// the variable again, and which do not go on from where `stop` holds.
    pub fn after_binding(
        &self,
        from: PointId,
        bindings: &Bindings,
        stop: impl Fn(PointId) -> bool,
    ) -> Points {
        let mut seen = Points::empty(self);
        let mut todo: Vec<PointId> = self.successors(from).collect();
        while let Some(point) = todo.pop() {
            if seen.insert(point) && !stop(point) {
                todo.extend(self.successors(point).filter(|next| !bindings.cut(self, point, *next)));
            }
        }
        seen
    }

    /// The mirror image of [`Flow::after_binding`]: points from which a way
    /// without a binding leads to `to`, those that bind included.
    pub fn before_binding(&self, to: PointId, bindings: &Bindings, stop: impl Fn(PointId) -> bool) -> Points {
        let mut seen = Points::empty(self);
        let mut passed = Points::empty(self);
        let mut todo: Vec<(PointId, PointId)> =
            self.point(to).before.iter().map(|from| (*from, to)).collect();
        while let Some((point, next)) = todo.pop() {
            seen.insert(point);
            if !stop(point) && !bindings.cut(self, point, next) && passed.insert(point) {
                todo.extend(self.point(point).before.iter().map(|from| (*from, point)));
            }
        }
        seen
    }
}
