//! The pages that were read last: items looked at by their places are likely to be
//! looked at again, and so are those beside them.

use std::collections::VecDeque;

use pyo3::prelude::*;

use super::SpillList;

/// The items of a page, made again.
pub struct Page {
    pub first: usize,
    pub items: Vec<Py<PyAny>>,
}

/// The pages that were read last.
#[derive(Default)]
pub struct Pages {
    /// The oldest first.
    pub kept: VecDeque<Page>,
    /// A slice took in so many.
    wide: usize,
}

/// So many pages are kept, and more where slices take in more, such as the windows that
/// are moved along a list, but not more than so many.
const PAGES: usize = 4;
const MOST_PAGES: usize = 8;

impl Pages {
    /// Keeps another page; gives what is let go, to be dropped when nothing is borrowed.
    fn keep(&mut self, page: Page) -> Vec<Page> {
        let room = self.wide.clamp(PAGES, MOST_PAGES);
        let done = (self.kept.len() + 1).saturating_sub(room);
        let old = self.kept.drain(..done).collect();
        self.kept.push_back(page);
        old
    }
}

impl SpillList {
    /// An item, if there is one at this index.
    pub(super) fn item<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let spilled = self.spilled.get();
        if index >= spilled {
            return Ok(self.tail_item(py, index - spilled));
        }
        if let Some(item) = self.cached(py, index) {
            return Ok(Some(item));
        }
        let page = self.page(py, index)?;
        let item = page.items.get(index - page.first).map(|item| item.bind(py).clone());
        let old = self.pages.borrow_mut().keep(page);
        drop(old);
        Ok(item)
    }

    /// The items from `start` to `end`, a page at a time.
    pub(super) fn window<'py>(
        &self,
        py: Python<'py>,
        start: usize,
        end: usize,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut items = Vec::with_capacity(end - start);
        let (mut index, mut pages) = (start, 0);
        while index < end {
            let copied = self.copy_cached(py, index, end, &mut items);
            pages += usize::from(copied > 0);
            index += copied;
            if index < end && copied == 0 {
                // The page is there now, for what follows.
                items.extend(self.item(py, index)?);
                index += 1;
            }
        }
        let mut kept = self.pages.borrow_mut();
        // Where it is moved on, one page more begins.
        kept.wide = kept.wide.max(pages + 1);
        Ok(items)
    }

    /// Copies what one of the pages holds from an index on; says how many items that were.
    fn copy_cached<'py>(
        &self,
        py: Python<'py>,
        index: usize,
        end: usize,
        into: &mut Vec<Bound<'py, PyAny>>,
    ) -> usize {
        let pages = self.pages.borrow();
        let rest = pages.kept.iter().rev().find_map(|page| {
            let rest = page.items.get(index.wrapping_sub(page.first)..)?;
            (!rest.is_empty()).then_some(rest)
        });
        let Some(rest) = rest else { return 0 };
        let some = &rest[..rest.len().min(end - index)];
        into.extend(some.iter().map(|item| item.bind(py).clone()));
        some.len()
    }

    #[inline]
    fn cached<'py>(&self, py: Python<'py>, index: usize) -> Option<Bound<'py, PyAny>> {
        let pages = self.pages.borrow();
        pages.kept.iter().rev().find_map(|page| {
            let item = page.items.get(index.wrapping_sub(page.first))?;
            Some(item.bind(py).clone())
        })
    }
}
