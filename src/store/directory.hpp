// A data directory: who uses it, which format it has, and how far it has come.
//
//   DIR/LOCK       locked (flock) while a process uses the directory; tells which and since when
//   DIR/VERSION    "plume data format N"
//   DIR/HEAD       the newest block that was acknowledged: "block N HASH CHECK"
//   DIR/db/        the database
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace plume {

/// A block that was acknowledged: whoever asked for it has heard of it.
struct AcknowledgedBlock {
    uint64_t number = 0;
    Hash hash;

    friend bool operator==(const AcknowledgedBlock&, const AcknowledgedBlock&) = default;
};

/// A data directory that this object has to itself, among all objects and processes, until it is
/// destroyed; also when the process dies in whatever way.
class DataDirectory {
public:
    /// Makes the directory (mode 0700, as are all in it) unless it is there, locks it, and checks
    /// that its format is known.
    static Result<std::unique_ptr<DataDirectory>> open(const std::filesystem::path& path);
    /// The same to look only: of a directory that is there, and in which nothing is made or changed
    /// but the line in LOCK, where that can be written. One without a LOCK, such as a backup, is
    /// not locked.
    static Result<std::unique_ptr<DataDirectory>> look(const std::filesystem::path& path);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    const std::filesystem::path& path() const { return dir_; }
    std::filesystem::path database() const { return dir_ / "db"; }

    /// Notes the head beside the database, which has it on disk already. Only the first time is
    /// synced: after a power cut an older one may be noted, never a newer one. A database that ends
    /// before the block noted here has lost what was acknowledged, which its own checks cannot tell
    /// from a record that a crash cut short. One thread at a time. A disk that fails stops the
    /// process.
    void acknowledge(const AcknowledgedBlock& head);
    /// What was noted; nothing when there is no whole note.
    std::optional<AcknowledgedBlock> acknowledged() const;

private:
    DataDirectory(std::filesystem::path dir, int lock);

    std::filesystem::path dir_;
    int lock_;       ///< file descriptor; -1 for none
    int head_ = -1;  ///< file descriptor, once something was noted
};

/// What can be seen of a directory without taking it.
struct DirectoryFacts {
    bool exists = false;
    bool is_private = false;  ///< no other user may read or write it
    bool is_ours = false;     ///< belongs to this user
    /// Who has it locked: "process 4711 since 2026-08-01 12:00:00 UTC"; empty for nobody.
    std::string holder{};
    bool has_format = false;  ///< a node has been here
    /// Why this version cannot use what is there; empty when it can.
    std::string format_problem{};
};

DirectoryFacts look_at(const std::filesystem::path& path);

}  // namespace plume
