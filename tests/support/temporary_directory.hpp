// A place on disk for one test.
#pragma once

#include <filesystem>

namespace plume::test {

/// A fresh directory below the system's temporary folder, removed with all that is in it at the
/// end.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace plume::test
