//! Has the pages embedded anew when the build of `web/` has made other files.

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
}
