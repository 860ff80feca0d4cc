//! The fences of one grid: from a cell to its candidates.

use super::grid::{Cell, Extent, Grid};
use super::table::{Square, Table, square_of};

/// The fences of one grid.
#[derive(Debug, Default)]
pub(super) struct Level {
    squares: Table,
    /// For each square, one word for each taken cell, then the candidates of the cells that have
    /// several: what a lookup reads lies close together.
    words: Vec<u32>,
}

/// In the word of a cell: it is the only candidate; else it is where the candidates begin.
const IS_ALONE: u32 = 1 << 31;

/// A fence that touches a cell: its number; in bit 1 whether it is the cell's last, in bit 0
/// whether it covers the cell whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate(u32);

impl Candidate {
    const IS_WHOLE: u32 = 1;
    const IS_LAST: u32 = 2;

    #[inline]
    pub(super) fn number(self) -> usize {
        (self.0 >> 2) as usize
    }

    #[inline]
    pub(super) fn is_whole(self) -> bool {
        self.0 & Candidate::IS_WHOLE != 0
    }
}

/// A cell and a candidate in one word, so that many sort fast: the square's number (31 bits), the
/// cell's place in it (6), the fence's number (26), and whether the cell is covered whole (1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry(u64);

impl Entry {
    /// How many bits the number of a fence may have.
    pub(super) const NUMBER_BITS: u32 = 26;

    pub(super) fn new(cell: Cell, number: u32, is_whole: bool) -> Entry {
        let (square, place) = square_of(cell.row, cell.column);
        let cell = u64::from(square) << 6 | u64::from(place);
        Entry(cell << (Entry::NUMBER_BITS + 1) | u64::from(number) << 1 | u64::from(is_whole))
    }

    /// Square and place.
    fn cell(self) -> u64 {
        self.0 >> (Entry::NUMBER_BITS + 1)
    }

    fn square(self) -> u32 {
        (self.cell() >> 6) as u32
    }

    fn candidate(self) -> u32 {
        let number = (self.0 >> 1) & ((1 << Entry::NUMBER_BITS) - 1);
        (number << 2 | self.0 & u64::from(Candidate::IS_WHOLE)) as u32
    }
}

impl Level {
    pub(super) fn build(mut entries: Vec<Entry>) -> Level {
        entries.sort_unstable();
        // One fence may meet a cell twice, from both ends of a turn.
        entries.dedup_by_key(|entry| entry.0 >> 1);
        let mut level = Level::default();
        let mut squares: Vec<Square> = Vec::new();
        for square in entries.chunk_by(|a, b| a.square() == b.square()) {
            let first = level.words.len() as u32;
            let taken = level.add_square(square);
            squares.push(Square {
                number: square[0].square(),
                first,
                taken,
            });
        }
        level.squares = Table::of(&squares);
        level.words.shrink_to_fit();
        level
    }

    /// Adds the words of a square; which of its cells are taken.
    fn add_square(&mut self, entries: &[Entry]) -> u64 {
        let cells = || entries.chunk_by(|a, b| a.cell() == b.cell());
        let mut taken = 0;
        let first = self.words.len();
        self.words.resize(first + cells().count(), 0);
        for (at, cell) in (first..).zip(cells()) {
            taken |= 1 << (cell[0].cell() & 63);
            let last = cell[cell.len() - 1].candidate() | Candidate::IS_LAST;
            if cell.len() == 1 {
                self.words[at] = last | IS_ALONE;
            } else {
                self.words[at] = self.words.len() as u32;
                self.words
                    .extend(cell[..cell.len() - 1].iter().map(|entry| entry.candidate()));
                self.words.push(last);
            }
        }
        taken
    }

    pub(super) fn is_empty(&self) -> bool {
        self.squares.is_empty()
    }

    /// Calls for each candidate of a cell. The level must not be empty.
    #[inline]
    pub(super) fn for_each_candidate(&self, cell: Cell, mut call: impl FnMut(Candidate)) {
        let (square, place) = square_of(cell.row, cell.column);
        let Some(at) = self
            .squares
            .get(square)
            .and_then(|square| square.word_of(place))
        else {
            return;
        };
        let word = self.words[at];
        if word & IS_ALONE != 0 {
            call(Candidate(word & !IS_ALONE));
            return;
        }
        for word in &self.words[word as usize..] {
            call(Candidate(*word));
            if word & Candidate::IS_LAST != 0 {
                return;
            }
        }
    }

    /// Adds the numbers of the fences in all cells of a rectangle.
    pub(super) fn collect(&self, grid: &Grid, around: Extent, numbers: &mut Vec<usize>) {
        for row in grid.row(around.south)..=grid.row(around.north) {
            let span = grid.span(row, around.west, around.east);
            for column in span.first..span.first + span.count {
                let cell = grid.wrapped(row, column);
                self.for_each_candidate(cell, |candidate| numbers.push(candidate.number()));
            }
        }
    }
}
