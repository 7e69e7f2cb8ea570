// Runs the cases of files on several threads.
#pragma once

#include <ostream>

#include "conformance/report.hpp"

namespace plume::conformance {

struct Options {
    std::vector<std::filesystem::path> paths;  ///< files, and folders whose *.json are meant
    unsigned jobs = 1;                         ///< threads
    std::string filter;    ///< only cases with this in their file's path or name
    bool is_slow = false;  ///< also the case that takes a minute
    unsigned every = 1;    ///< of each folder, every second, third, ... file
};

/// Runs them and reports to `out`. What cannot be read, or is of no known format, has failed.
Tally run(const Options& options, std::ostream& out);

}  // namespace plume::conformance
