// What a disk's refusal means to an operator, and the end of a node whose disk refuses.
//
// Nobody knows what is on a disk after a write or an fsync failed: nothing is tried again, the
// process ends, and what the next start finds is what counts. What was acknowledged was on disk
// before.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plume {

/// What the program exits with when the disk has stopped it: EX_IOERR of sysexits.h.
inline constexpr int disk_exit_code = 74;

/// What to do about a system call that failed with `reason`, an errno: "; free some space ...".
/// Empty when the reason says nothing about the disk.
std::string advice_for(int reason);

/// The same where the reason is known from a text only, which tells of it in the system's words.
std::string advice_in(std::string_view text);

/// "cannot write /data/LOCK: No space left on device; free some space ..." of the errno `reason`.
Error disk_error(std::string_view doing, const std::filesystem::path& path, int reason);

/// Makes or replaces the file `path` (mode 0600): whoever reads it finds all of `text` or what was
/// there before, also after a power cut. What is under way is called `path`.new.
Result<void> write_durably(const std::filesystem::path& path, std::string_view text);
/// Makes sure that the names in a directory are on disk.
Result<void> sync_directory(const std::filesystem::path& dir);

/// Logs `why` and ends the process with `disk_exit_code`, at once: no destructor runs, nothing is
/// written any more. Any thread.
[[noreturn]] void stop_for_disk(const Error& why);

}  // namespace plume
