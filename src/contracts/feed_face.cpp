#include "contracts/feed_face.hpp"

#include "contracts/types.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

using FeedOf = Remote<
    "feedOf(bytes32 feed) view returns ((string description, address base, address quote, uint8 "
    "baseDecimals, uint8 quoteDecimals, uint8 decimals, uint8 quorum, uint32 heartbeat, uint32 "
    "maxAge, uint32 window, uint32 healthy, uint32 sampling, uint16 lowerBps, uint16 upperBps, "
    "bytes32 record, address[] reporters))",
    FeedParams, Hash>;
using FeedStatusOf = Remote<"feedStatus(bytes32 feed) view returns (uint8)", uint8_t, Hash>;
using LatestRound = Remote<
    "latestRound(bytes32 feed) view returns (uint256 round, uint256 low, uint256 high, uint64 at)",
    std::tuple<u256, u256, u256, uint64_t>, Hash>;
using RoundAt = Remote<
    "roundAt(bytes32 feed, uint256 round) view returns (uint256 low, uint256 high, uint64 at)",
    std::tuple<u256, u256, uint64_t>, Hash, u256>;
using Quote = Remote<
    "quote(bytes32 feed, uint256 amount, address base, address quote) view returns (uint256)", u256,
    Hash, u256, Address, Address>;

std::tuple<u80, i256, u256, u256, u80> round_data(const u256& number, const Round& round) {
    return {u80{number}, i256{round.middle()}, u256{round.at}, u256{round.at}, u80{number}};
}

}  // namespace

void FeedFace::construct(Hash feed) {
    set(feeds_, sender());
    set(feed_, feed);
}

FeedParams FeedFace::params() const {
    return FeedOf::read(*this, feeds(), feed());
}

uint8_t FeedFace::decimals() const {
    return params().decimals;
}

std::string FeedFace::description() const {
    return params().description;
}

std::tuple<u80, i256, u256, u256, u80> FeedFace::latest_round_data() const {
    const auto [number, low, high, at] = LatestRound::read(*this, feeds(), feed());
    const uint8_t status = FeedStatusOf::read(*this, feeds(), feed());
    require(status != static_cast<uint8_t>(FeedStatus::closed),
            PriceFeeds::FeedNotOpen{feed(), status});
    return round_data(number, {low, high, at, 0});
}

std::tuple<u80, i256, u256, u256, u80> FeedFace::get_round_data(u80 round) const {
    const auto [low, high, at] = RoundAt::read(*this, feeds(), feed(), round.number);
    return round_data(round.number, {low, high, at, 0});
}

u256 FeedFace::price() const {
    const FeedParams feed_params = params();
    const u256 scale = exp(u256{10u}, u256{36u});
    return Quote::read(*this, feeds(), feed(), scale, feed_params.base, feed_params.quote);
}

u256 FeedFace::get_quote(u256 amount, Address base, Address quote) const {
    return Quote::read(*this, feeds(), feed(), amount, base, quote);
}

NativeType feed_face_type() {
    return native_type<FeedFace>(15, 1, "FeedFace");
}

}  // namespace plume
