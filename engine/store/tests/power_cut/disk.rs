//! A disk with a volatile write cache: what was written is read back at once, and kept only after a flush.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

pub const BYTES: u64 = 512 * 1024 * 1024;
const BLOCK: usize = 4096;
/// What a disk writes as a whole or not at all.
const SECTOR: u64 = 512;

/// Blocks by their number; one that was never written is zeros. A clone shares the blocks.
#[derive(Clone, Default)]
struct Platter(HashMap<u64, Arc<[u8; BLOCK]>>);

#[derive(Default)]
pub struct Disk {
    /// With everything that was written.
    seen: Platter,
    /// With everything that was written before the last flush.
    kept: Platter,
    /// Writes since the last flush: offset and bytes.
    cache: Vec<(u64, Vec<u8>)>,
}

/// What a cut did to the writes in the cache.
pub struct Loss {
    pub cached: usize,
    pub lost: usize,
}

impl Disk {
    pub fn read(&self, offset: u64, bytes: u64) -> Vec<u8> {
        self.seen.read(offset, bytes)
    }

    pub fn write(&mut self, offset: u64, bytes: &[u8]) {
        self.seen.write(offset, bytes);
        self.cache.push((offset, bytes.to_vec()));
    }

    pub fn flush(&mut self) {
        for (offset, bytes) in self.cache.drain(..) {
            self.kept.write(offset, &bytes);
        }
    }

    /// The disk as it may be found after the power failed at this moment. In one of four cuts nothing of the
    /// cache had reached the platter, in one everything, and in two each write for itself was kept, lost or torn.
    pub fn cut(&self) -> (Disk, Loss) {
        let mut kept = self.kept.clone();
        let mut lost = 0;
        let way = random(4);
        for (offset, bytes) in &self.cache {
            let whole = bytes.len() as u64;
            let written = match way {
                0 => 0,
                1 => whole,
                _ => match random(3) {
                    0 => 0,
                    1 => whole,
                    _ => random(whole / SECTOR + 1) * SECTOR,
                },
            };
            kept.write(*offset, &bytes[..written as usize]);
            lost += usize::from(written < whole);
        }
        let loss = Loss {
            cached: self.cache.len(),
            lost,
        };
        let disk = Disk {
            seen: kept.clone(),
            kept,
            cache: Vec::new(),
        };
        (disk, loss)
    }
}

impl Platter {
    fn read(&self, offset: u64, bytes: u64) -> Vec<u8> {
        let mut read = vec![0; bytes as usize];
        for (block, within, part) in parts(offset, read.len()) {
            if let Some(content) = self.0.get(&block) {
                let length = part.len();
                read[part].copy_from_slice(&content[within..within + length]);
            }
        }
        read
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) {
        for (block, within, part) in parts(offset, bytes.len()) {
            let content = self.0.entry(block).or_insert_with(|| Arc::new([0; BLOCK]));
            let length = part.len();
            Arc::make_mut(content)[within..within + length].copy_from_slice(&bytes[part]);
        }
    }
}

/// The blocks that a range touches: number, first byte within the block, range within the bytes.
fn parts(offset: u64, bytes: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = offset + from as u64;
        let within = (at % BLOCK as u64) as usize;
        let to = bytes.min(from + BLOCK - within);
        let part = from..to;
        from = to;
        (!part.is_empty()).then_some((at / BLOCK as u64, within, part))
    })
}

/// From 0 up to, but not including, `below`.
pub fn random(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}
