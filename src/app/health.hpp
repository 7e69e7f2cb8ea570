// Whether a node may be relied upon, judged from facts; the facts are gathered in app/watch.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace plume {

/// A disk that takes longer for a block is taken to hang. One that is slow takes seconds, also when
/// the database has much to tidy up.
inline constexpr std::chrono::seconds commit_wait_limit{30};

struct HealthFacts {
    bool is_stopping = false;
    /// Since the chain thread last went round its loop, though it was nudged meanwhile.
    std::chrono::seconds silence{0};
    /// Since the oldest block that is not on disk yet was executed.
    std::chrono::milliseconds commit_wait{0};
    /// What that may be: `commit_wait_limit`, but in tests.
    std::chrono::milliseconds commit_limit = commit_wait_limit;
    /// The interval between blocks; absent when blocks are made on demand.
    std::optional<std::chrono::seconds> block_time;
    /// Since the newest block was committed by this process, or since it began.
    std::chrono::seconds block_age{0};
    bool is_disk_writable = true;
    uint64_t disk_free_bytes = ~uint64_t{0};
};

/// What a disk must have free: what a full write buffer of the database may need at once.
inline constexpr uint64_t disk_free_bytes_min = uint64_t{256} << 20;
/// A chain thread that is silent for longer is taken for dead. A full block takes a second or two.
inline constexpr std::chrono::seconds silence_limit{60};

struct Reason {
    std::string code;     ///< one word, for programs: "disk_full"
    std::string message;  ///< a sentence, with what to do
};

struct Health {
    bool is_alive = true;         ///< else a restart may help
    std::vector<Reason> reasons;  ///< why it is not ready; empty: it is

    bool is_ready() const { return reasons.empty(); }
    boost::json::object to_json() const;
};

Health judge(const HealthFacts& facts);

}  // namespace plume
