// What the system says of this process and of its disk.
#pragma once

#include <cstdint>
#include <filesystem>

namespace plume {

struct ProcessFacts {
    double cpu_seconds = 0;
    uint64_t resident_bytes = 0;
    uint64_t virtual_bytes = 0;
    uint64_t threads = 0;
    uint64_t open_descriptors = 0;
    uint64_t descriptors_limit = 0;
    double start_seconds = 0;  ///< since 1970
};

/// From /proc; what cannot be read is 0.
ProcessFacts process_facts();

struct DiskFacts {
    uint64_t free_bytes = 0;   ///< for this user
    uint64_t total_bytes = 0;  ///< of the file system
    bool is_writable = false;  ///< not mounted read-only, and ours to write
};

/// Of the file system that holds `directory`.
DiskFacts disk_facts(const std::filesystem::path& directory);

/// What the files directly in `directory` add up to. Files that go meanwhile do not count.
uint64_t bytes_in(const std::filesystem::path& directory);

}  // namespace plume
