// A data directory: who uses it, and which format it has.
//
//   DIR/LOCK       locked (flock) while a process uses the directory; tells which one and since
//   when DIR/VERSION    "plume data format N" DIR/db/        the database
#pragma once

#include <filesystem>
#include <memory>

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

}  // namespace plume
