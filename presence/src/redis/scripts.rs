//! The steps that Redis takes atomically, in Lua. Feed scripts take the keys of `keys::feed()`.

use redis::Script;

/// Writes a rep's facts unless their revision is lower than the known one. An equal revision is let
/// through: its writer may have been cut off before it reached the feed, which judges on its own.
///
/// KEYS: live. ARGV: revision, value, milliseconds to live.
pub(super) fn write() -> Script {
    Script::new(
        r"
local known = redis.call('GETRANGE', KEYS[1], 0, 20)
known = tonumber(string.match(known, '^(%d+)\n'))
if known and known > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1",
    )
}

/// Puts reps at the feed's end and on the map, each unless its revision is known already. Gives
/// the index (from 0) of each rep that was new.
///
/// ARGV: for each rep: rep, revision, longitude, latitude (both empty: not on the map).
pub(super) fn announce() -> Script {
    Script::new(
        r"
local fresh = {}
for i = 1, #ARGV, 4 do
  local rep, revision = ARGV[i], ARGV[i + 1]
  local known = tonumber(redis.call('HGET', KEYS[5], rep))
  if not known or known < tonumber(revision) then
    redis.call('HSET', KEYS[5], rep, revision)
    redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[2]), rep)
    if ARGV[i + 2] == '' then
      redis.call('ZREM', KEYS[4], rep)
    else
      redis.call('GEOADD', KEYS[4], ARGV[i + 2], ARGV[i + 3], rep)
    end
    fresh[#fresh + 1] = (i - 1) / 4
  end
end
return fresh",
    )
}

/// The epoch, as the beginning of a script: a new one when the server is empty, or another process
/// than the one that the epoch began in (a restart may have brought an older state back).
///
/// ARGV[1]: the name of a new epoch, should there be one.
const EPOCH: &str = r"
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local epoch = redis.call('HGET', KEYS[3], 'epoch')
if not epoch or redis.call('HGET', KEYS[3], 'run') ~= run then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[3])
  redis.call('HSET', KEYS[3], 'epoch', epoch, 'run', run)
end
";

/// The reps that changed after a cursor, the longest unchanged first: epoch, newest sequence,
/// whether the cursor was unknown, reps.
///
/// ARGV: new epoch, the cursor's epoch, its sequence.
pub(super) fn since() -> Script {
    let body = r"
local newest = redis.call('GET', KEYS[2]) or '0'
if ARGV[2] ~= epoch or tonumber(ARGV[3]) > tonumber(newest) then
  return {epoch, newest, 1, redis.call('ZRANGE', KEYS[1], 0, -1)}
end
return {epoch, newest, 0, redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[3], '+inf')}";
    Script::new(&format!("{EPOCH}{body}"))
}

/// The epoch, and whether all that the database knows has been put in.
///
/// ARGV: new epoch.
pub(super) fn epoch() -> Script {
    Script::new(&format!(
        "{EPOCH}return {{epoch, redis.call('HEXISTS', KEYS[3], 'filled')}}"
    ))
}

/// Marks the epoch as filled, if it is still the one. ARGV: new epoch, the epoch.
pub(super) fn fill() -> Script {
    let body = r"
if epoch ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[3], 'filled', '1')
return 1";
    Script::new(&format!("{EPOCH}{body}"))
}

/// Drops reps whose facts have expired, unless they came back after the sequence.
///
/// ARGV: sequence, reps.
pub(super) fn prune() -> Script {
    Script::new(
        r"
for i = 2, #ARGV do
  local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]))
  if score and score <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[4], ARGV[i])
    redis.call('HDEL', KEYS[5], ARGV[i])
  end
end
return 0",
    )
}

/// Drops a rep and begins a new epoch that is as full as the one before, so that every reader
/// starts over. ARGV: new epoch, rep.
pub(super) fn forget() -> Script {
    let body = r"
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('HDEL', KEYS[5], ARGV[2])
redis.call('HSET', KEYS[3], 'epoch', ARGV[1])
return 0";
    Script::new(&format!("{EPOCH}{body}"))
}
