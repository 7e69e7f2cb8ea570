// How much one eth_getLogs may ask for. What is beyond is refused with -32005 and words that say
// how to go on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace plume::rpc {

inline constexpr uint64_t log_blocks_max = 10'000;
/// Logs in one answer. A single block is always answered in full, as it cannot be asked for in
/// smaller parts.
inline constexpr size_t log_count_max = 10'000;
inline constexpr size_t log_addresses_max = 1'000;
inline constexpr size_t log_positions_max = 4;   ///< positions of topics
inline constexpr size_t log_topics_max = 1'000;  ///< alternatives at one position
inline constexpr std::chrono::seconds log_time_max{5};

}  // namespace plume::rpc
