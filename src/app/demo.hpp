// `plume demo`: a use case played from beginning to end on a chain of its own.
#pragma once

#include "app/cooperative.hpp"
#include "app/story.hpp"

namespace plume {

struct EducationOptions {
    std::string table;  ///< a table like examples/education.csv; empty: that one
    std::string raw;    ///< a folder of raw records, used instead of the table
    std::string course = "BBB";
    std::string presentation = "2013J";
    bool is_chosen =
        false;  ///< the two above were asked for: with raw records, play this course only
    uint32_t threshold_bps = 4'500;
    StoryOptions story;
};

struct SolarOptions {
    std::string table;  ///< a table like examples/solar.csv; empty: that one
    std::string raw;    ///< a file of raw samples, or a folder with one, used instead of the table
    uint64_t price = default_energy_price;  ///< millionths of cUSD per kWh
    StoryOptions story;
};

struct ComputeOptions {
    std::string table;  ///< a table like examples/compute.csv; empty: that one
    std::string raw;    ///< raw samples, used instead of the table
    StoryOptions story;
};

/// Plays the education mission; returns the program's exit code: 0 only when every book balances.
int run_education_demo(const EducationOptions& options);
/// Plays the solar co-op likewise.
int run_solar_demo(const SolarOptions& options);
/// Plays the GPU nodes; returns likewise.
int run_compute_demo(const ComputeOptions& options);

}  // namespace plume
