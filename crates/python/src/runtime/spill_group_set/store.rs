//! What all sets that go to disk together share.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use pyo3::prelude::*;
use pyo3::types::{PyList, PySet};
use spacetime_runtime::gathered::{Gathered, Place, Steps};

use super::{SpillGroupSet, State, references};
use crate::runtime::canonical::{self, Written};
use crate::runtime::record::{Codec, Object, Policy};
use crate::runtime::settings::{self, os_error};

/// The number of a set that has none.
pub const NOBODY: u32 = u32::MAX;
/// One part in so many of the budget may be taken by real sets.
const SHARE: usize = 8;
const SMALLEST: usize = 4 << 10;
/// So often it may be read when a little has been added to much.
const OFTEN: usize = 4;
/// So many times all elements may be made to be looked for.
const LOOKS: usize = 4;

thread_local! {
    static CURRENT: RefCell<Weak<Store>> = RefCell::default();
}

/// Where the elements of a set are, and how many.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    place: Place,
    count: u32,
}

#[derive(Default)]
struct Tables {
    /// The sets by their numbers, which have no reference of ours; null when they are gone.
    sets: Vec<Object>,
    gathered: Option<Gathered>,
    /// By numbers, when nothing has come since they were read.
    groups: Option<Vec<Group>>,
    /// A walk that stands where a group begins.
    steps: Option<Steps>,
    /// What was asked for last.
    whole: Option<(u32, Py<PySet>)>,
    key: Vec<u8>,
    recounts: usize,
    /// So many elements were made to be looked for.
    made: usize,
}

/// See the module. Nobody's code runs while the tables are borrowed.
pub struct Store {
    codec: Codec,
    tables: RefCell<Tables>,
    /// So much may be taken by real sets.
    limit: usize,
    /// What they take, roughly.
    total: Cell<usize>,
    spilled: Cell<bool>,
    /// All are real sets for good.
    open: Cell<bool>,
}

impl Store {
    /// The store of all sets that are made now.
    pub fn current(py: Python<'_>) -> PyResult<Rc<Self>> {
        if let Some(store) = CURRENT.with_borrow(Weak::upgrade) {
            return Ok(store);
        }
        let limit = (settings::memory()? / SHARE).max(SMALLEST);
        let store = Rc::new(Self {
            limit,
            codec: Codec::new(py, Policy::new(false, true)),
            tables: RefCell::default(),
            total: Cell::new(0),
            spilled: Cell::new(false),
            open: Cell::new(false),
        });
        CURRENT.set(Rc::downgrade(&store));
        Ok(store)
    }

    pub fn is_spilled(&self) -> bool {
        self.spilled.get()
    }

    pub fn is_open(&self) -> bool {
        self.open.get()
    }

    /// A number for a set.
    pub fn number(&self, set: &Bound<'_, SpillGroupSet>) -> PyResult<u32> {
        let mut tables = self.tables.borrow_mut();
        let number = u32::try_from(tables.sets.len()).ok().filter(|number| *number < NOBODY);
        let number = number.ok_or_else(|| pyo3::exceptions::PyMemoryError::new_err("too many sets"))?;
        tables.sets.push(set.as_ptr());
        Ok(number)
    }

    /// A set is gone.
    pub fn forget(&self, number: u32) {
        if let Some(set) = self.tables.borrow_mut().sets.get_mut(number as usize) {
            *set = std::ptr::null_mut();
        }
    }

    /// Notes what real sets take besides, and writes them if that is much.
    pub fn count(&self, py: Python<'_>, taken: usize) -> PyResult<()> {
        self.total.set(self.total.get() + taken);
        if self.total.get() < self.limit || self.open.get() || self.spilled.get() {
            return Ok(());
        }
        let gathered = Gathered::new(settings::directory(), self.limit / 2);
        self.tables.borrow_mut().gathered = Some(gathered);
        self.spilled.set(true);
        self.each(py, |number, set| self.spill(py, number, set))
    }

    /// Calls a function with each set that is alive.
    fn each(
        &self,
        py: Python<'_>,
        mut function: impl FnMut(u32, &SpillGroupSet) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut number = 0;
        loop {
            let set = match self.tables.borrow().sets.get(number) {
                None => return Ok(()),
                Some(set) if set.is_null() => None,
                // SAFETY: a set that is not alive any more is not among them.
                Some(set) => {
                    Some(unsafe { Bound::from_borrowed_ptr(py, *set).cast_into_unchecked::<SpillGroupSet>() })
                }
            };
            if let Some(set) = set {
                function(number as u32, set.get())?;
            }
            number += 1;
        }
    }

    /// Writes what is in a real set, unless somebody walks it or it cannot be written.
    fn spill(&self, py: Python<'_>, number: u32, set: &SpillGroupSet) -> PyResult<()> {
        if set.state.get() != State::Small {
            return Ok(());
        }
        let Some(real) = set.real.borrow().as_ref().map(|real| real.bind(py).clone()) else { return Ok(()) };
        let elements = PyList::new(py, real.iter())?;
        let held = references(&real) > 2;
        if held || !elements.iter().all(|element| self.write(&element) != Written::Odd) {
            set.state.set(State::Kept);
            return Ok(());
        }
        for element in &elements {
            self.push(number, &element)?;
        }
        // What is added by somebody's code that runs meanwhile is not on disk.
        if real.len() != elements.len() {
            set.state.set(State::Kept);
            return Ok(());
        }
        set.state.set(State::Spilled);
        drop(set.real.replace(None));
        Ok(())
    }

    fn write(&self, element: &Bound<'_, PyAny>) -> Written {
        loop {
            let written = {
                let mut tables = self.tables.borrow_mut();
                let key = &mut tables.key;
                key.clear();
                // SAFETY: the element is alive. Only builtins are looked at, whose code is
                // nobody else's.
                unsafe { canonical::write(element.py(), element.as_ptr(), key, 0, &self.codec) }
            };
            if written != Written::Odd || !self.codec.learn_class(element.py()) {
                return written;
            }
        }
    }

    /// Adds an element to a set on disk; says no where it cannot be written.
    pub fn push(&self, number: u32, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        let hash = element.hash()?;
        let written = self.write(element);
        if written == Written::Odd {
            return Ok(false);
        }
        let beside = canonical::beside(element, written, &self.codec);
        let mixed = (hash.cast_unsigned() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut tables = self.tables.borrow_mut();
        let Tables { gathered: Some(gathered), key, groups, whole, .. } = &mut *tables else {
            return Ok(false);
        };
        *groups = None;
        let before = whole.take();
        let order = u64::from(number) << 32 | mixed >> 32;
        let pushed = gathered.push(order, key, &beside).map_err(|error| os_error(&error));
        drop(tables);
        drop(before);
        pushed.map(|()| true)
    }

    /// Finds out where the elements of each set are.
    pub fn read(&self, py: Python<'_>) -> PyResult<()> {
        let mut tables = self.tables.borrow_mut();
        let Tables { gathered: Some(gathered), groups: groups @ None, steps, recounts, .. } = &mut *tables
        else {
            return Ok(());
        };
        let few = gathered.waiting() < gathered.len() / 2;
        if few && *recounts == OFTEN {
            drop(tables);
            return self.be_open(py);
        }
        *recounts += usize::from(few);
        *steps = None;
        gathered.settle().map_err(|error| os_error(&error))?;
        *groups = Some(placed(gathered)?);
        Ok(())
    }

    pub fn len(&self, number: u32) -> usize {
        self.group(number).count as usize
    }

    fn group(&self, number: u32) -> Group {
        let tables = self.tables.borrow();
        tables.groups.as_ref().and_then(|groups| groups.get(number as usize)).copied().unwrap_or_default()
    }

    /// Whether anything can have come of a set; no says that nothing has.
    pub fn has_any(&self, number: u32) -> bool {
        self.tables.borrow().groups.is_none() || self.len(number) > 0
    }

    /// A walk that stands at the first element of a set, and how many there are.
    pub fn steps(&self, number: u32) -> PyResult<Option<(Steps, usize)>> {
        let group = self.group(number);
        let mut tables = self.tables.borrow_mut();
        let known = tables.steps.take().filter(|steps| steps.place() == Some(group.place));
        let Some(gathered) = tables.gathered.as_ref().filter(|_| group.count > 0) else { return Ok(None) };
        let steps = match known {
            Some(steps) => steps,
            None => {
                let mut steps = gathered.steps_from(group.place);
                steps.advance().map_err(|error| os_error(&error))?;
                steps
            }
        };
        Ok(Some((steps, group.count as usize)))
    }

    /// A walk is not needed any more. One over what has been written anew since is of no use.
    pub fn give_back(&self, steps: Steps) {
        let mut tables = self.tables.borrow_mut();
        let is_current = tables.gathered.as_ref().is_some_and(|gathered| steps.is_over(gathered));
        tables.steps = Some(steps).filter(|_| is_current);
    }

    /// The element at which a walk stands; goes on to the next one.
    pub fn element<'py>(&self, py: Python<'py>, steps: &mut Steps) -> PyResult<Bound<'py, PyAny>> {
        let (key, beside) = steps.found();
        let element = canonical::made(py, key, beside, &self.codec)?;
        steps.advance().map_err(|error| os_error(&error))?;
        Ok(element)
    }

    /// A real set of a set on disk, which is not to be changed; `None` if there are none on
    /// disk any more.
    pub fn whole<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Option<Bound<'py, PySet>>> {
        if let Some((known, set)) = &self.tables.borrow().whole
            && *known == number
        {
            return Ok(Some(set.bind(py).clone()));
        }
        let all = self.tables.borrow().gathered.as_ref().map_or(0, Gathered::len);
        let made = self.tables.borrow().made + self.len(number);
        self.tables.borrow_mut().made = made;
        if made > LOOKS * all + 1000 {
            self.be_open(py)?;
            return Ok(None);
        }
        let set = PySet::empty(py)?;
        if let Some((mut steps, count)) = self.steps(number)? {
            for _ in 0..count {
                set.add(self.element(py, &mut steps)?)?;
            }
            self.give_back(steps);
        }
        let before = self.tables.borrow_mut().whole.replace((number, set.clone().unbind()));
        drop(before);
        Ok(Some(set))
    }

    /// Makes all of them real sets for good.
    fn be_open(&self, py: Python<'_>) -> PyResult<()> {
        let (mut steps, groups) = {
            let mut tables = self.tables.borrow_mut();
            let Some(gathered) = &mut tables.gathered else { return Ok(()) };
            gathered.settle().map_err(|error| os_error(&error))?;
            (gathered.steps(), placed(gathered)?)
        };
        steps.advance().map_err(|error| os_error(&error))?;
        for (number, group) in groups.iter().enumerate() {
            let real = PySet::empty(py)?;
            for _ in 0..group.count {
                real.add(self.element(py, &mut steps)?)?;
            }
            let object = self.tables.borrow().sets.get(number).copied().filter(|object| !object.is_null());
            // SAFETY: as in `each`.
            let set = object.map(|object| unsafe {
                Bound::from_borrowed_ptr(py, object).cast_into_unchecked::<SpillGroupSet>()
            });
            if let Some(set) = set.filter(|set| set.get().state.get() == State::Spilled) {
                set.get().state.set(State::Kept);
                drop(set.get().real.replace(Some(real.unbind())));
            }
        }
        self.open.set(true);
        let mut tables = self.tables.borrow_mut();
        (tables.gathered, tables.groups, tables.steps) = (None, None, None);
        let before = tables.whole.take();
        drop(tables);
        drop(before);
        Ok(())
    }
}

/// Where the elements of each set are, by their numbers.
fn placed(gathered: &Gathered) -> PyResult<Vec<Group>> {
    let (mut groups, mut steps) = (Vec::<Group>::new(), gathered.steps());
    while steps.advance().map_err(|error| os_error(&error))? {
        let number = (steps.hash() >> 32) as usize;
        if groups.len() <= number {
            groups.resize(number + 1, Group::default());
        }
        let group = &mut groups[number];
        if group.count == 0 {
            group.place = steps.place().unwrap_or_default();
        }
        group.count += 1;
    }
    Ok(groups)
}
