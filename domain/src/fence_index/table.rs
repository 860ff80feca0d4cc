//! A hash table from squares of 8 × 8 cells to which of the cells are taken.
//!
//! A lookup is little else than waiting for memory. A square takes 16 bytes, so that the table of a
//! whole company stays in the processor's cache, and an empty cell needs nothing more.

/// The square a cell lies in (31 bits), and its place there (0 to 63).
#[inline]
pub(super) fn square_of(row: u32, column: u32) -> (u32, u32) {
    ((row >> 3) << 16 | column >> 3, (row & 7) << 3 | column & 7)
}

/// Squares by number: open addressing with linear probing.
#[derive(Debug, Default)]
pub(super) struct Table {
    buckets: Vec<Square>,
}

/// A square that has something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Square {
    pub(super) number: u32,
    /// Where the words of its taken cells begin.
    pub(super) first: u32,
    /// A bit for each taken cell; 0 marks a free bucket.
    pub(super) taken: u64,
}

impl Square {
    /// Where the word of a cell of this square is, if the cell is taken.
    #[inline]
    pub(super) fn word_of(&self, place: u32) -> Option<usize> {
        let before = self.taken & ((1 << place) - 1);
        let is_taken = self.taken >> place & 1 == 1;
        is_taken.then(|| (self.first + before.count_ones()) as usize)
    }
}

impl Table {
    /// A table of squares, no two with one number, each with a taken cell.
    pub(super) fn of(squares: &[Square]) -> Table {
        let size = if squares.is_empty() {
            0
        } else {
            squares.len() + squares.len() * 3 / 4 + 1
        };
        let mut table = Table {
            buckets: vec![Square::default(); size],
        };
        for square in squares {
            let mut at = table.home(square.number);
            while table.buckets[at].taken != 0 {
                at = table.after(at);
            }
            table.buckets[at] = *square;
        }
        table
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// The square with a number, if there is one. The table must not be empty.
    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<&Square> {
        let mut at = self.home(number);
        loop {
            let square = &self.buckets[at];
            if square.taken == 0 {
                return None;
            }
            if square.number == number {
                return Some(square);
            }
            at = self.after(at);
        }
    }

    /// Where a square belongs: a multiplicative hash, scaled to the table's size.
    #[inline]
    fn home(&self, number: u32) -> usize {
        let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        ((u128::from(mixed) * self.buckets.len() as u128) >> 64) as usize
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        if at + 1 == self.buckets.len() {
            0
        } else {
            at + 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_square_is_found_and_no_other() {
        for count in [1, 2, 7, 1_000, 50_000_u32] {
            // Neighbours, as in a city, up to the largest number there is.
            let square = |index: u32| Square {
                number: (1 << 31) - 1 - (index % 50) - ((index / 50) << 16),
                first: index,
                taken: 1 + u64::from(index),
            };
            let table = Table::of(&(0..count).map(square).collect::<Vec<_>>());
            for index in 0..count {
                assert_eq!(table.get(square(index).number), Some(&square(index)));
                assert_eq!(table.get(index), None);
            }
        }
    }

    #[test]
    fn taken_cells_have_their_words_in_order() {
        let square = Square {
            number: 0,
            first: 100,
            taken: 1 << 63 | 0b1010,
        };
        assert_eq!(
            [1, 3, 63].map(|place| square.word_of(place)),
            [Some(100), Some(101), Some(102)]
        );
        assert_eq!([0, 2, 62].map(|place| square.word_of(place)), [None; 3]);
    }
}
