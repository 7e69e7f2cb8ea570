// A data directory: who uses it, and which format it has.
//
//   DIR/LOCK       locked (flock) while a process uses the directory; tells which one and since
//   when DIR/VERSION    "plume data format N" DIR/db/        the database
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace plume {

/// A data directory that this object has to itself, among all objects and processes, until it is
/// destroyed; also when the process dies in whatever way.
class DataDirectory {
public:
    /// Makes the directory (mode 0700, as are all in it) unless it is there, locks it, and checks
    /// that its format is known.
    static Result<std::unique_ptr<DataDirectory>> open(const std::filesystem::path& path);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::filesystem::path database() const { return dir_ / "db"; }

private:
    DataDirectory(std::filesystem::path dir, int lock);

    std::filesystem::path dir_;
    int lock_;  ///< file descriptor
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
