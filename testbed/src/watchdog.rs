//! Cleans up behind a test process, however it ends.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;

/// Waits until the pipe on its input closes, which the kernel does when the test process ends in
/// whatever way; then stops the server whose pid stands in the folder, and removes the folder.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
cat >/dev/null
pid=$(cat "$1/pid" 2>/dev/null)
if [ -n "$pid" ] && { [ ! -d /proc ] || [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]; }; then
    kill -QUIT "$pid"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    kill -KILL "$pid" 2>/dev/null
fi
rm -rf "$1"
"#;

/// A small shell that outlives the test process.
#[derive(Debug)]
pub(crate) struct Watchdog(Child);

impl Watchdog {
    /// Watches over a folder and the server in it, whose process is called `process`.
    pub(crate) fn over(folder: &Path, process: &str) -> anyhow::Result<Self> {
        // For whoever finds the folder and wonders.
        std::fs::write(folder.join("owner"), std::process::id().to_string())?;
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "watchdog"])
            .arg(folder)
            .arg(process)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own, so that Ctrl-C in a terminal does not reach it.
            .process_group(0)
            .spawn()
            .context("start the shell that cleans up")?;
        Ok(Self(shell))
    }

    /// Lets it clean up now, and waits for it.
    pub(crate) fn release(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
