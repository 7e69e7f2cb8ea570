// The plan of the second act of an education mission: learning materials for everybody, written by
// many teachers, paid from a fund in two currencies once agents have told how the course went. A
// pure function of the course, so that a test can work out every amount on its own.
#pragma once

#include "app/campaign.hpp"
#include "contracts/spend_lines.hpp"

namespace plume {

/// The second currency: campus credits, in units of 10^-18. One is worth a quarter of a cUSD.
inline constexpr uint8_t credit_decimals = 18;
inline constexpr u256 credit_weight{250'000u};
/// cUSD is the reference currency: a unit of it counts one.
inline constexpr u256 dollar_weight{1'000'000'000'000'000'000u};

inline constexpr size_t writer_count = 24;
inline constexpr size_t patron_count = 7;
inline constexpr size_t reader_count = 30;
inline constexpr size_t supplier_count = 3;
/// Agents who answer the request: most of them agree on a wrong number.
inline constexpr size_t inquirer_count = 5;
inline constexpr size_t wrong_count = 3;
inline constexpr size_t juror_count = 3;
/// Jurors who find the challenger right.
inline constexpr size_t upholding_count = 2;

enum class CommonsCurrency : uint8_t { dollar = 0, credit = 1 };
inline constexpr size_t commons_currency_count = 2;

/// What somebody gives: to the pool, or to one writer.
struct CommonsGift {
    size_t from = 0;  ///< a patron's number, of a gift to a writer a reader's
    size_t to = 0;    ///< of a gift to a writer, his number
    CommonsCurrency currency = CommonsCurrency::dollar;
    u256 amount;
};

/// What a part of the pool is for.
struct CommonsLine {
    std::string purpose;
    uint16_t share = 0;  ///< ten-thousandths of the pool
    spend_lines::Split split = spend_lines::Split::fixed;
    std::vector<uint32_t> parts;  ///< of the suppliers, of a fixed line
    uint32_t least_bps = 0;       ///< the result of the course without which it is not spent
};

struct CommonsPlan {
    uint64_t founded_at = 0;  ///< after the last step of the first act
    uint64_t funding_deadline = 0;
    uint64_t asked_at = 0;  ///< when the agents are asked for the result
    uint64_t lines_deadline = 0;
    uint32_t result_bps = 0;  ///< of all learners in all assessments, how many scored 40 or more
    uint32_t wrong_bps = 0;   ///< what the wrong agents say: it would turn the verdict around
    std::vector<CommonsGift> grants;  ///< to the pool
    std::vector<CommonsGift> gifts;   ///< to writers
    std::vector<CommonsLine> lines;
    u256 soft_cap;  ///< in units of cUSD
    u256 hard_cap;
    u256 bounty;     ///< of the request, in units of cUSD
    u256 stake;      ///< of each agent
    u256 juror_fee;  ///< wei

    bool is_released(size_t line) const { return result_bps >= lines[line].least_bps; }
};

/// Gives the pool a part for each learner, in amounts that nothing divides evenly; readers give a
/// few cUSD, or credits, to some writers each. `threshold_bps` is from 1 to 10,000.
CommonsPlan plan_commons(const Course& course, uint32_t threshold_bps);

/// What an amount counts, in units of cUSD.
u256 value_of(CommonsCurrency currency, const u256& amount);

}  // namespace plume
