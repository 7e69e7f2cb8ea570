#include "conformance/forks.hpp"

#include <array>
#include <charconv>

namespace plume::conformance {

namespace json = boost::json;

namespace {

struct NamedFork {
    std::string_view name;
    Fork fork;
};

/// The schedules after the second are no network's, and a test says what they are.
constexpr std::array<NamedFork, 8> forks{{
    {"Cancun", {Revision::cancun, {3, 6, 3'338'477}}},
    {"Prague", {Revision::prague, {6, 9, 5'007'716}}},
    {"Osaka", {Revision::osaka, {6, 9, 5'007'716}}},
    {"BPO1", {Revision::osaka, {10, 15, 8'346'193}}},
    {"BPO2", {Revision::osaka, {14, 21, 11'684'671}}},
    {"BPO3", {Revision::osaka, {}}},
    {"BPO4", {Revision::osaka, {}}},
    {"BPO5", {Revision::osaka, {}}},
}};

/// "15k" or "15000".
std::optional<uint64_t> time_of(std::string_view text) {
    uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const std::string_view rest(end, text.data() + text.size());
    if (error != std::errc{}) return std::nullopt;
    if (rest == "k") return out * 1'000;
    return rest.empty() ? std::optional(out) : std::nullopt;
}

}  // namespace

std::optional<Fork> fork_called(std::string_view name, const json::value* config) {
    const auto found = std::ranges::find(forks, name, &NamedFork::name);
    if (found == forks.end()) return std::nullopt;
    Fork out = found->fork;
    const json::value* schedule = config == nullptr ? nullptr : test::find(*config, "blobSchedule");
    const json::value* own = schedule == nullptr ? nullptr : test::find(*schedule, name);
    if (own != nullptr)
        out.blobs = {test::uint64_of(test::at(*own, "target")),
                     test::uint64_of(test::at(*own, "max")),
                     test::uint64_of(test::at(*own, "baseFeeUpdateFraction"))};
    if (out.blobs.max < out.blobs.target || out.blobs.max == 0 ||
        out.blobs.base_fee_update_fraction == 0)
        throw test::Malformed("no schedule of blobs for " + std::string(name));
    return out;
}

std::optional<Network> Network::called(std::string_view name, const json::value* config) {
    Network out;
    const size_t to = name.find("To");
    const size_t at = name.find("AtTime");
    const bool changes = to != name.npos && at != name.npos && to < at;
    const auto before = fork_called(changes ? name.substr(0, to) : name, config);
    const auto after = changes ? fork_called(name.substr(to + 2, at - to - 2), config) : before;
    const auto change = changes ? time_of(name.substr(at + 6)) : std::optional<uint64_t>(0);
    if (!before || !after || !change) return std::nullopt;
    out.before_ = *before;
    out.after_ = *after;
    out.change_ = *change;
    return out;
}

u256 blob_base_fee(const BlobSchedule& blobs, uint64_t excess_blob_gas) {
    // EIP-4844, fake_exponential(1, excess, fraction): the sum of the Taylor series of e^x, scaled.
    const u256 fraction{blobs.base_fee_update_fraction};
    u256 sum;
    u256 term = fraction;
    for (uint64_t i = 1; !term.is_zero(); ++i) {
        const auto [total, overflow] = overflowing_add(sum, term);
        const auto next = mul_div(term, u256{excess_blob_gas}, fraction * u256{i});
        // A price that needs more than 256 bits is one that nobody can pay.
        if (overflow || !next) return u256_max;
        sum = total;
        term = next->quotient;
    }
    return sum / fraction;
}

}  // namespace plume::conformance
