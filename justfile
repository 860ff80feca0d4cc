# Recipes; `just --list` shows them.

# The demo: a believable company whose reps move
demo *arguments:
    cargo run --release -- demo {{arguments}}

# Everything that must hold
test:
    ./test

# The quick look while writing
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Rewrite schema.graphql, openapi.json and the snapshots from the code; read the diff
bless:
    cargo run -- schema > schema.graphql
    cargo run -- openapi > openapi.json
    INSTA_UPDATE=always cargo test --workspace

# Every fault of the list, at full length
faults:
    FIELDHUB_FAULTS=all cargo test --release --test it faults:: -- --nocapture --test-threads 1

# Licences, advisories, banned versions
deny:
    cargo deny check

# Every benchmark; each prints ratios against a reference of the same run
bench:
    cargo bench -p domain --bench fence_lookup
    cargo bench -p domain --bench derive_day
    cargo bench -p ingest --bench accept
    cargo bench --bench joined_query

# How steady the live map is with 5,000 reps; needs a running demo
bench-map:
    cd web && npm ci && node bench.mjs

# A million inputs for one reader: phones, recordings, tables or webhooks; needs nightly and cargo-fuzz
fuzz target:
    cargo +nightly fuzz run {{target}} --sanitizer none -- -runs=1000000 -max_len=4096
