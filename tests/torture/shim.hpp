// What the preloaded shim and those who use it agree upon: the log of what a process did to the
// files below one directory, and the switches by which its disk and its clock are made to fail.
//
//   PLUME_TORTURE_DIR      the directory; nothing outside it is touched, logged or made to fail
//   PLUME_TORTURE_LOG      file that records are appended to; without it nothing is logged
//   PLUME_TORTURE_CONTROL  file of sizeof(Control) that is mapped; without it nothing fails
//
// A record is a RecordHead and `size` bytes. Each is appended by one write, after what it tells of
// has been done and before the caller hears of it, so that whoever appends a record of his own
// afterwards, such as an acknowledgement, stands behind it. Numbers are those of this machine.
#pragma once

#include <atomic>
#include <cstdint>

namespace plume::torture {

enum class Did : uint32_t {
    open,        ///< a: file, b: flags of open(2); bytes: path
    write,       ///< a: file, b: offset; bytes: data
    truncate,    ///< a: file, b: new size
    sync_begin,  ///< a: file, b: ticket; what stands before this is on disk ...
    sync_end,    ///< a: file, b: ticket; ... once this is logged
    rename,      ///< bytes: from, 0, to
    remove,      ///< bytes: path
    make_dir,    ///< bytes: path
    link,        ///< bytes: from, 0, to
    unmodelled,  ///< something no image can be made of; bytes: what
    // Of those who drive the process:
    acknowledged,  ///< a: number of the block; bytes: its hash, hash of the transaction
    started,       ///< a process
};

struct RecordHead {
    uint32_t size;
    Did did;
    uint64_t a;
    uint64_t b;
};

/// What can be made to fail: bits of `Control::kinds`, and places in `Control::counts`.
enum Kind : uint32_t {
    kind_open = 0,
    kind_write,
    kind_sync,
    kind_rename,
    kind_remove,
    kind_truncate,
    kind_make_dir,
    kind_read,
    kind_count,
};

/// How a chosen call goes wrong.
enum Mode : uint32_t {
    mode_once = 0,    ///< it fails, and no other
    mode_from_there,  ///< it and all of its kinds after it fail
    mode_short,       ///< a write writes the first half only; no error
    mode_short_fail,  ///< a write writes the first half only, and the next one fails
};

struct Control {
    std::atomic<uint32_t> kinds;        ///< bits that count and fail
    std::atomic<uint32_t> mode;         ///< a Mode
    std::atomic<int32_t> error;         ///< errno of a failing call
    std::atomic<int64_t> left;          ///< calls until the one that fails; 1: the next; 0: never
    std::atomic<uint64_t> failed;       ///< how many calls were made to fail
    std::atomic<uint32_t> no_sync;      ///< fsync does nothing, and says that it has
    std::atomic<int64_t> clock_offset;  ///< seconds that the clock is ahead
    std::atomic<uint64_t> counts[kind_count];
};

}  // namespace plume::torture
