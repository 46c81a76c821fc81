//! Questions about ways through a [`Flow`].

use super::{Flow, PointId};

/// A set of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points(Vec<u64>);

impl Points {
    pub fn empty(flow: &Flow) -> Self {
        Self(vec![0; flow.points.len().div_ceil(64)])
    }

    /// Adds a point; says whether it is new.
    pub fn insert(&mut self, point: PointId) -> bool {
        let (word, bit) = (point.index() / 64, 1 << (point.index() % 64));
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    pub fn remove(&mut self, point: PointId) {
        self.0[point.index() / 64] &= !(1 << (point.index() % 64));
    }

    pub fn contains(&self, point: PointId) -> bool {
        self.0[point.index() / 64] & (1 << (point.index() % 64)) != 0
    }

    pub fn iter(&self) -> impl Iterator<Item = PointId> + '_ {
        (0..self.0.len() as u32 * 64).map(PointId).filter(|point| self.contains(*point))
    }

    pub fn intersect(&mut self, other: &Self) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a &= b;
        }
    }

    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & b == 0)
    }
}

impl Flow {
    /// Points that can run after `from` has run (itself only if it repeats),
    /// on ways that do not go through a point where `stop` holds. The stopping
    /// points themselves are included.
    pub fn after(&self, from: PointId, stop: impl Fn(PointId) -> bool) -> Points {
        let mut seen = Points::empty(self);
        let mut todo: Vec<PointId> = self.successors(from).collect();
        while let Some(point) = todo.pop() {
            if seen.insert(point) && !stop(point) {
                todo.extend(self.successors(point));
            }
        }
        seen
    }

    /// The mirror image of [`Flow::after`].
    pub fn before(&self, to: PointId, stop: impl Fn(PointId) -> bool) -> Points {
        let mut seen = Points::empty(self);
        let mut todo = self.point(to).before.clone();
        while let Some(point) = todo.pop() {
            if seen.insert(point) && !stop(point) {
                todo.extend(&self.point(point).before);
            }
        }
        seen
    }

    /// Points that may run after `from` and before the next time `to` runs,
    /// without `from` running again.
    pub fn between(&self, from: PointId, to: PointId) -> Points {
        let ends = |point| point == from || point == to;
        let mut points = self.after(from, ends);
        points.intersect(&self.before(to, ends));
        points.remove(from);
        points.remove(to);
        points
    }

    /// Whether some way leads from `from` to `to` (after `from` has run).
    pub fn reaches(&self, from: PointId, to: PointId) -> bool {
        self.after(from, |_| false).contains(to)
    }

    /// Whether every normal way from `from` (no exceptions) to the normal end
    /// goes through `through`.
    pub fn always_passes(&self, from: PointId, through: PointId) -> bool {
        let mut seen = Points::empty(self);
        let mut todo: Vec<PointId> = self.point(from).next.clone();
        while let Some(point) = todo.pop() {
            if point == PointId::EXIT || point == from {
                return false;
            }
            if point != through && seen.insert(point) {
                todo.extend(&self.point(point).next);
            }
        }
        true
    }
}
