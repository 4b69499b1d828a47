//! Codes as bytes, laid out so that a query meets 64 rows in one instruction.

/// Rows that are compared at once; their bytes stand side by side.
pub const LANES: usize = 64;

/// Rows of a block: as many as stay in the cache nearest to a core while queries pass over them.
pub const BLOCK_ROWS: usize = 1024;

/// How many bytes each column's codes take, which is 1 for most columns of most tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Widths {
    /// By column, in the order in which columns are compared: narrow ones first.
    columns: Vec<(usize, usize)>,
    n_narrow: usize,
}

impl Widths {
    /// For columns with so many codes.
    pub fn new(sizes: &[usize]) -> Self {
        let bytes = |size: usize| match size {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        };
        let mut columns: Vec<_> = sizes.iter().map(|&size| bytes(size)).enumerate().collect();
        columns.sort_by_key(|&(_, bytes)| bytes);
        let n_narrow = columns.iter().filter(|&&(_, bytes)| bytes == 1).count();
        Self { columns, n_narrow }
    }

    /// Number of columns of one byte; they come first.
    pub fn n_narrow(&self) -> usize {
        self.n_narrow
    }

    /// Bytes of each of the others.
    pub fn wide(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns[self.n_narrow..].iter().map(|&(_, bytes)| bytes)
    }

    /// Bytes of a row.
    pub fn n_bytes(&self) -> usize {
        self.columns.iter().map(|&(_, bytes)| bytes).sum()
    }

    /// The bytes of `codes[column][row]` in the order in which they are compared.
    pub fn row(&self, codes: &[Vec<u32>], row: usize) -> impl Iterator<Item = u8> {
        self.columns.iter().flat_map(move |&(column, bytes)| {
            codes[column][row].to_le_bytes().into_iter().take(bytes)
        })
    }
}

/// Different rows in blocks. All rows of a block count equally often.
pub struct Blocks {
    blocks: Vec<Block>,
}

/// At most [`BLOCK_ROWS`] rows.
pub struct Block {
    /// `[group of LANES rows][byte of a row][lane]`; lanes behind the last row are 0.
    pub bytes: Vec<u8>,
    /// Number of rows.
    pub n_rows: usize,
    /// How often each of them counts, a power of 2.
    pub weight: u32,
}

impl Blocks {
    /// Blocks of the rows `codes[column][row]`, which occur so often: a row stands in a block for
    /// each power of 2 in its number of copies, so never more often than it occurs.
    pub fn new(codes: &[Vec<u32>], copies: &[u32], widths: &Widths) -> Self {
        let mut blocks = Vec::new();
        for power in 0..u32::BITS {
            let of_weight = |&row: &usize| copies[row] >> power & 1 == 1;
            let rows: Vec<usize> = (0..copies.len()).filter(of_weight).collect();
            let block = |rows: &[usize]| Block::new(codes, rows, widths, 1 << power);
            blocks.extend(rows.chunks(BLOCK_ROWS).map(block));
        }
        Self { blocks }
    }

    /// The blocks.
    pub fn iter(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }
}

impl Block {
    fn new(codes: &[Vec<u32>], rows: &[usize], widths: &Widths, weight: u32) -> Self {
        let n_bytes = widths.n_bytes();
        let mut bytes = vec![0; rows.len().div_ceil(LANES) * n_bytes * LANES];
        for (i, &row) in rows.iter().enumerate() {
            let group = &mut bytes[i / LANES * n_bytes * LANES..][..n_bytes * LANES];
            for (position, byte) in widths.row(codes, row).enumerate() {
                group[position * LANES + i % LANES] = byte;
            }
        }
        Self { bytes, n_rows: rows.len(), weight }
    }
}
