// `plume demo`: a use case played from beginning to end on a chain of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace plume {

struct DemoOptions {
    std::string table;  ///< a table like examples/education.csv; empty: that one
    std::string raw;    ///< a folder of raw records, used instead of the table
    std::string course = "BBB";
    std::string presentation = "2013J";
    bool is_chosen =
        false;  ///< the two above were asked for: with raw records, play this course only
    uint32_t threshold_bps = 4'500;
    uint16_t port = 0;  ///< to serve on; 0: any free one
    std::string data;   ///< directory; empty: a fresh one, removed in the end
    bool keep = false;  ///< go on serving after the last table
    bool json = false;
};

/// Plays the education mission; returns the program's exit code: 0 only when every book balances.
int run_education_demo(const DemoOptions& options);

}  // namespace plume
