//! The processor's time that a process has used, as Linux counts it.

use std::fs;

/// Milliseconds on the processors, of a process or of several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cpu(f64);

/// Linux counts in hundredths of a second.
const TICK_MS: f64 = 10.0;

impl Cpu {
    /// Of one process and all its threads.
    pub(crate) fn of(pid: u32) -> Self {
        let [user, system, ..] = times(pid).unwrap();
        Self((user + system) as f64 * TICK_MS)
    }

    /// Of a process, of its children, and of those that have ended.
    pub(crate) fn of_family(pid: u32) -> Self {
        let own: u64 = times(pid).unwrap().iter().sum();
        let of_children: u64 = children(pid)
            .filter_map(times)
            .map(|[user, system, ..]| user + system)
            .sum();
        Self((own + of_children) as f64 * TICK_MS)
    }

    /// The milliseconds used since.
    pub(crate) fn since(self, before: Self) -> f64 {
        self.0 - before.0
    }
}

/// User and system time of a process, then of those of its children that have ended.
fn times(pid: u32) -> Option<[u64; 4]> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold spaces; the times are the 14th to the 17th field.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let times: Vec<u64> = fields.get(11..15)?.iter().flat_map(|t| t.parse()).collect();
    times.try_into().ok()
}

fn children(parent: u32) -> impl Iterator<Item = u32> {
    let listed = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let pids: Vec<u32> = listed
        .unwrap_or_default()
        .split_whitespace()
        .flat_map(str::parse)
        .collect();
    pids.into_iter()
}
