//! How sets are read that are on disk.

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::PySet;
use spacetime_runtime::chunks::Place;
use spacetime_runtime::gathered::{Gathered, Steps};
use spacetime_runtime::group_table::GroupTable;

use super::store::{SetStore, Tables};
use crate::canonical;
use crate::settings::os_error;

/// So often it may be read when a little has been added to much.
const OFTEN: usize = 4;
/// So many times all elements may be made to be looked for.
const LOOKS: usize = 4;

impl SetStore {
    /// Finds out where the elements of each set are.
    pub fn read(&self, py: Python<'_>) -> PyResult<()> {
        let mut tables = self.tables.borrow_mut();
        let Tables { gathered: Some(gathered), groups, placed: placed @ false, steps, recounts, .. } =
            &mut *tables
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
        place(gathered, groups)?;
        *placed = true;
        Ok(())
    }

    /// How many elements there are of a set that has been read, or is in memory.
    pub fn len(&self, py: Python<'_>, number: u32) -> usize {
        let tables = self.tables.borrow();
        match tables.real.get(&number) {
            Some(real) => real.bind(py).len(),
            None => tables.groups.items(number),
        }
    }

    /// Whether anything can have come of a set on disk; no says that nothing has.
    pub fn has_any(&self, number: u32) -> bool {
        let tables = self.tables.borrow();
        !tables.placed || tables.groups.items(number) > 0
    }

    /// A walk that stands at the first element of a set, and how many there are.
    pub fn steps(&self, number: u32) -> PyResult<Option<(Steps, usize)>> {
        let mut tables = self.tables.borrow_mut();
        let (first, count) = (tables.groups.last(number), tables.groups.items(number));
        let place = (first.block, first.offset);
        let known = tables.steps.take().filter(|steps| steps.place() == Some(place));
        let Some(gathered) = tables.gathered.as_ref().filter(|_| count > 0) else { return Ok(None) };
        let steps = match known {
            Some(steps) => steps,
            None => {
                let mut steps = gathered.steps_from(place);
                steps.advance().map_err(|error| os_error(&error))?;
                steps
            }
        };
        Ok(Some((steps, count)))
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
        let made = self.tables.borrow().made + self.len(py, number);
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
        let mut steps = {
            let mut tables = self.tables.borrow_mut();
            let Tables { gathered: Some(gathered), groups, .. } = &mut *tables else { return Ok(()) };
            gathered.settle().map_err(|error| os_error(&error))?;
            place(gathered, groups)?;
            gathered.steps()
        };
        steps.advance().map_err(|error| os_error(&error))?;
        let numbers = self.tables.borrow().groups.count();
        for number in 0..numbers as u32 {
            let (count, wanted) = {
                let tables = self.tables.borrow();
                let wanted = tables.groups.is_held(number) && !tables.real.contains_key(&number);
                (tables.groups.items(number), wanted)
            };
            if count == 0 {
                continue;
            }
            let real = PySet::empty(py)?;
            for _ in 0..count {
                real.add(self.element(py, &mut steps)?)?;
            }
            if wanted {
                self.put_real(number, real);
            }
        }
        self.open.set(true);
        let mut tables = self.tables.borrow_mut();
        (tables.gathered, tables.steps) = (None, None);
        tables.groups.forget_places();
        let before = tables.whole.take();
        drop(tables);
        drop(before);
        Ok(())
    }
}

/// Notes where the elements of each set begin, and how many there are.
fn place(gathered: &Gathered, groups: &mut GroupTable) -> PyResult<()> {
    groups.forget_places();
    let mut steps = gathered.steps();
    let mut begun: Option<(u32, Place)> = None;
    let mut count = 0;
    loop {
        let live = steps.advance().map_err(|error| os_error(&error))?;
        let number = live.then(|| (steps.hash() >> 32) as u32);
        if let Some((before, place)) = begun
            && number != Some(before)
        {
            groups.set(before, place, count);
            begun = None;
        }
        let Some(number) = number else { return Ok(()) };
        if begun.is_none() {
            let (block, offset) = steps.place().unwrap_or_default();
            let place = Place { block, offset };
            if !GroupTable::fits(place) {
                return Err(PyMemoryError::new_err("too many elements"));
            }
            (begun, count) = (Some((number, place)), 0);
        }
        count += 1;
    }
}
