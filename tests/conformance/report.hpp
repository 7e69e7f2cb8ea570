// What a run tells people: failures, and a line for each folder as soon as it is done.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <ostream>
#include <vector>

#include "conformance/cases.hpp"

namespace plume::conformance {

struct Tally {
    size_t passed = 0;
    size_t failed = 0;
    size_t skipped = 0;

    Tally& operator+=(const Tally& more);
    friend bool operator==(const Tally&, const Tally&) = default;
};

/// A case that has ended.
struct Ended {
    std::string name;
    Outcome outcome;
};

/// A file whose cases have all ended.
struct EndedFile {
    std::filesystem::path path;
    std::vector<Ended> cases;
    std::chrono::nanoseconds time{};  ///< of all threads together
};

/// Takes what ends from any thread.
class Report {
public:
    /// `files`, each once, are those that will end. `out` outlives the report.
    Report(std::ostream& out, const std::vector<std::filesystem::path>& files);

    void add(EndedFile file);

    /// "12 passed, 0 failed" and, when some were, ", 3 skipped".
    void close();
    const Tally& total() const { return total_; }

private:
    struct Folder {
        size_t files_left = 0;
        std::vector<EndedFile> ended;
    };

    void print(const std::filesystem::path& path, Folder& folder);

    std::ostream& out_;
    std::mutex mutex_;
    std::map<std::filesystem::path, Folder> folders_;
    Tally total_;
};

}  // namespace plume::conformance
