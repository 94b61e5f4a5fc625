//! The process that has the disks: `disk-<n>` for each, and `acknowledged`, where writers say what was acknowledged.
//!
//! One lock orders block writes, flushes and acknowledgements, so a cut knows exactly what came before it.
//! Commands come by stdin, one a line; each is answered by one line on stdout:
//!
//! | Command | Does | Answer |
//! |---|---|---|
//! | `new` | an empty disk; forgets the acknowledgements | its number |
//! | `cut <disk> <writes>` | lets so many more blocks be written, then cuts the power | number of the cut disk, writes in the cache, of these lost, `<writer>:<n>,…` |
//! | `drop <disk>` | removes a disk | `dropped` |

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, UNIX_EPOCH};

use fuser::{
    Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo,
    LockOwner, OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite,
    Request, WriteFlags,
};

use crate::disk::{BYTES, Disk};

const ACKNOWLEDGED: u64 = 2;
const FIRST_DISK: u64 = 10;
const TTL: Duration = Duration::from_secs(1);

#[derive(Default)]
struct State {
    disks: BTreeMap<u64, Disk>,
    next: u64,
    /// Writer and the number of its last acknowledged commit.
    acknowledged: BTreeMap<u64, u64>,
    ordered: Option<Order>,
    answer: Option<String>,
}

struct Order {
    disk: u64,
    writes: u64,
}

#[derive(Clone, Default)]
struct Machine(Arc<(Mutex<State>, Condvar)>);

/// Mounts on `folder` and obeys until stdin ends.
pub fn serve(folder: &Path) -> ExitCode {
    let machine = Machine::default();
    let mounted = fuser::spawn_mount(machine.clone(), folder, &Config::default());
    let mounted = mounted.expect("FUSE was tried before");
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("the session sends text");
        let words: Vec<&str> = line.split(' ').collect();
        let number = |nth: usize| words[nth].parse::<u64>().expect("a number");
        match words[0] {
            "new" => println!("{}", machine.state().start()),
            "cut" => println!("{}", machine.cut(number(1), number(2))),
            "drop" => {
                machine.state().disks.remove(&number(1));
                println!("dropped");
            }
            other => panic!("{other} is no command"),
        }
    }
    drop(mounted);
    ExitCode::SUCCESS
}

impl State {
    fn add(&mut self, disk: Disk) -> u64 {
        let number = FIRST_DISK + self.next;
        self.next += 1;
        self.disks.insert(number, disk);
        number
    }

    fn start(&mut self) -> u64 {
        self.acknowledged.clear();
        self.add(Disk::default())
    }

    fn cut(&mut self, disk: u64) {
        let (cut, loss) = self.disks[&disk].cut();
        let number = self.add(cut);
        let acknowledged: Vec<String> = self
            .acknowledged
            .iter()
            .map(|(writer, n)| format!("{writer}:{n}"))
            .collect();
        let (cached, lost) = (loss.cached, loss.lost);
        self.answer = Some(format!(
            "{number} {cached} {lost} {}",
            acknowledged.join(",")
        ));
    }
}

impl Machine {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().expect("nothing panics under the lock")
    }

    fn cut(&self, disk: u64, writes: u64) -> String {
        let mut state = self.state();
        state.ordered = Some(Order { disk, writes });
        let patience = Duration::from_secs(20);
        let (mut state, _) = self
            .0
            .1
            .wait_timeout_while(state, patience, |state| state.answer.is_none())
            .expect("nothing panics under the lock");
        if state.ordered.take().is_some() {
            // Nobody writes any more: the session will see why.
            state.cut(disk);
        }
        state.answer.take().expect("a cut has an answer")
    }
}

fn attributes(inode: u64) -> FileAttr {
    let (kind, perm, size) = match inode {
        1 => (FileType::Directory, 0o700, 0),
        ACKNOWLEDGED => (FileType::RegularFile, 0o600, 0),
        _ => (FileType::RegularFile, 0o600, BYTES),
    };
    FileAttr {
        ino: INodeNo(inode),
        size,
        blocks: size / 512,
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}

impl Filesystem for Machine {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let name = name.to_string_lossy();
        let inode = match name.strip_prefix("disk-").map(str::parse) {
            Some(Ok(disk)) if self.state().disks.contains_key(&disk) => disk,
            _ if name == "acknowledged" => ACKNOWLEDGED,
            _ => return reply.error(Errno::ENOENT),
        };
        reply.entry(&TTL, &attributes(inode), Generation(0));
    }

    fn getattr(&self, _: &Request, inode: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&TTL, &attributes(inode.0));
    }

    fn open(&self, _: &Request, inode: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        let flags = match inode.0 {
            // Every acknowledgement arrives at once and as it was written.
            ACKNOWLEDGED => FopenFlags::FOPEN_DIRECT_IO,
            _ => FopenFlags::empty(),
        };
        reply.opened(FileHandle(0), flags);
    }

    fn read(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let size = u64::from(size).min(BYTES.saturating_sub(offset));
        match self.state().disks.get(&inode.0) {
            Some(disk) => reply.data(&disk.read(offset, size)),
            None => reply.error(Errno::EIO),
        }
    }

    fn write(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut state = self.state();
        if inode.0 == ACKNOWLEDGED {
            let text = std::str::from_utf8(data).unwrap_or_default();
            let Some((Ok(writer), Ok(n))) = text
                .split_once(':')
                .map(|(writer, n)| (writer.parse(), n.parse()))
            else {
                return reply.error(Errno::EINVAL);
            };
            state.acknowledged.insert(writer, n);
            return reply.written(data.len() as u32);
        }
        let Some(disk) = state.disks.get_mut(&inode.0) else {
            return reply.error(Errno::EIO);
        };
        disk.write(offset, data);
        if let Some(order) = &mut state.ordered
            && order.disk == inode.0
        {
            if order.writes == 0 {
                state.ordered = None;
                state.cut(inode.0);
                self.0.1.notify_all();
            } else {
                order.writes -= 1;
            }
        }
        reply.written(data.len() as u32);
    }

    fn fsync(&self, _: &Request, inode: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        match self.state().disks.get_mut(&inode.0) {
            Some(disk) => {
                disk.flush();
                reply.ok();
            }
            None => reply.error(Errno::EIO),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        // Of close(), which promises nothing.
        reply.ok();
    }

    fn release(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        _: OpenFlags,
        _: Option<LockOwner>,
        _: bool,
        reply: ReplyEmpty,
    ) {
        reply.ok();
    }
}
