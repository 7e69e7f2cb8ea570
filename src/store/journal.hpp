// A file of records that is appended to: what can be had again after a crash, but need not be.
//
//   journal = record*
//   record  = size || check || bytes
//   size    = of `bytes`, four bytes, little-endian
//   check   = the CRC-32 (ISO 3309) of `size` and `bytes`, four bytes, little-endian
//
// A record that was appended outlives the process, also when that is killed; it outlives a power
// cut once `sync` has returned. What a crash cut short, or a disk damaged, ends the journal: it is
// told when the journal is opened, and cut off. A disk that refuses stops the process
// (store/disk.hpp).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace plume {

class Journal {
public:
    static constexpr size_t record_size_max = size_t{256} << 10;  ///< bytes
    static constexpr size_t size_max = size_t{512} << 20;         ///< of the file, with all records

    struct Opened {
        std::unique_ptr<Journal> journal;
        uint64_t lost = 0;  ///< bytes at the end that were no records
    };
    /// Opens or makes (mode 0600) the file `path` and hands its records to `read`, in their order.
    /// It grows to `bound` bytes.
    static Result<Opened> open(const std::filesystem::path& path,
                               const std::function<void(Bytes)>& read, uint64_t bound = size_max);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Appends a record of 1 to `record_size_max` bytes. False, and nothing is done, when the file
    /// would become larger than its bound. Any thread.
    bool append(BytesView record);
    /// The file's bytes. Any thread.
    uint64_t size() const;

    // One thread at a time.

    /// Makes what has been appended outlive a power cut.
    void sync();
    /// Puts `records` in the place of all that was appended while the file was no larger than
    /// `since`; what came later stays behind them. A crash leaves the old records or the new ones.
    /// Returns up to where the file outlives a power cut.
    uint64_t rewrite(std::span<const BytesView> records, uint64_t since);

private:
    Journal(std::filesystem::path path, int file, uint64_t bound);

    const std::filesystem::path path_;
    const uint64_t bound_;
    mutable std::mutex mutex_;
    int file_;
    uint64_t size_ = 0;
};

}  // namespace plume
