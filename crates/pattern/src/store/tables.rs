//! Computed tables as bytes. Each number is checked against what it refers to.

use crate::automaton::Automaton;
use crate::automaton::cache::{Cache, LIMIT, Tables};
use crate::automaton::table::{Grid, SetId, Sets, Steps, UNKNOWN, near};
use crate::store::StoreError;
use crate::store::bytes::{Reader, Writer};

pub(super) fn write(writer: &mut Writer, cache: &Cache) {
    write_sets(writer, &cache.sets);
    writer.count(cache.classes.len());
    for tables in &cache.classes {
        write_sets(writer, &tables.states);
        write_sets(writer, &tables.symbols);
        writer.number(tables.initial);
        writer.count(tables.columns.len());
        for symbol in &tables.columns {
            writer.number(SetId::from(*symbol));
        }
        write_cells(writer, &tables.steps.all());
        write_cells(writer, &tables.results.iter().collect::<Vec<_>>());
    }
}

/// Members are written as distances from the one before.
fn write_sets(writer: &mut Writer, sets: &Sets) {
    writer.count(sets.len());
    for set in sets.iter() {
        writer.count(set.len());
        let mut last = 0;
        for member in set {
            writer.number(*member - last);
            last = *member;
        }
    }
}

fn write_cells(writer: &mut Writer, cells: &[(SetId, u32, SetId)]) {
    writer.count(cells.len());
    for (row, column, value) in cells {
        for number in [*row, *column, *value] {
            writer.number(number);
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, automaton: &Automaton) -> Result<Cache, StoreError> {
    let mut cache = Cache::new(automaton);
    let sets = read_sets(reader, automaton.tests.len())?;
    if reader.count()? != automaton.classes.len() {
        return Err(StoreError::Damaged);
    }
    let nodes = sets.len();
    for (tables, class) in cache.classes.iter_mut().zip(&automaton.classes) {
        let states = read_sets(reader, class.kept.len())?;
        let symbols = read_sets(reader, class.letters.len())?;
        let initial = reader.at_most(states.len())?;
        let columns = (0..reader.count()?)
            .map(|_| Ok(near(reader.at_most(symbols.len())?)))
            .collect::<Result<_, _>>()?;
        let steps = read_steps(reader, states.len(), symbols.len())?;
        let results = read_grid(reader, states.len(), class.labels as usize * 2 - 1, nodes)?;
        let (states, symbols) = (Box::new(states), Box::new(symbols));
        *tables = Tables { columns, steps, results, initial, states, symbols };
    }
    cache.adopt(automaton, sets);
    Ok(cache)
}

fn read_sets(reader: &mut Reader<'_>, members: usize) -> Result<Sets, StoreError> {
    let mut sets = Sets::default();
    for number in 0..reader.count()? {
        let mut set: Vec<u32> = Vec::new();
        for _ in 0..reader.count()? {
            let last = set.last().copied();
            let member = reader.at_most(members)? + last.unwrap_or(0);
            if member as usize >= members || last == Some(member) {
                return Err(StoreError::Damaged);
            }
            set.push(member);
        }
        // The same set twice would have two numbers.
        if sets.number(&set) as usize != number + 1 {
            return Err(StoreError::Damaged);
        }
    }
    Ok(sets)
}

fn read_steps(reader: &mut Reader<'_>, states: usize, symbols: usize) -> Result<Steps, StoreError> {
    let mut steps = Steps::default();
    for _ in 0..reader.count()? {
        let (state, symbol) = (reader.at_most(states)?, reader.at_most(symbols)?);
        let next = reader.at_most(states)?;
        if [state, symbol, next].contains(&UNKNOWN) {
            return Err(StoreError::Damaged);
        }
        steps.set(state, symbol, next);
    }
    Ok(steps)
}

fn read_grid(
    reader: &mut Reader<'_>,
    rows: usize,
    columns: usize,
    values: usize,
) -> Result<Grid, StoreError> {
    let mut grid = Grid::default();
    for _ in 0..reader.count()? {
        let (row, column) = (reader.at_most(rows)?, reader.at_most(columns)?);
        let value = reader.at_most(values)?;
        // A few bytes must not ask for a table of any size.
        if (row as usize + 1).saturating_mul((column as usize + 1).next_power_of_two()) * 4 > LIMIT {
            return Err(StoreError::Damaged);
        }
        grid.set(row, column, value);
        if grid.bytes() > LIMIT {
            return Err(StoreError::Damaged);
        }
    }
    Ok(grid)
}
