// FeedFace: one feed under an address of its own, in the words that lending markets and exchanges
// already know. It keeps no price: each answer is asked of the feed, and none is given that the
// feed does not stand for.
//
//   AggregatorV3   latestRoundData, getRoundData, decimals, description, version. The answer is the
//                  middle of the last round before this block; answeredInRound is its number,
//                  updatedAt the time it was seen at. Refused with FeedNotOpen while the feed is
//                  closed; while it is merely doubtful, the caller's own look at updatedAt decides,
//                  so that debts can be repaid and closed.
//   Morpho         price(): how much of the quote's smallest unit one of the base's is worth, times
//                  1e36, at the low price. Refused with OracleUntrustedData unless it is open.
//   ERC-7726       getQuote(amount, base, quote), either way round, rounded down, at the low price
//                  or for one over it at the high one; same refusals.
#pragma once

#include "contracts/prices.hpp"

namespace plume {

class FeedFace : public Contract {
public:
    using Contract::Contract;

    static constexpr uint64_t face_version = 1;

    /// Made by the contract that has the feed.
    void construct(Hash feed);

    uint8_t decimals() const;
    std::string description() const;
    u256 version() const { return u256{face_version}; }
    std::tuple<u80, i256, u256, u256, u80> latest_round_data() const;
    std::tuple<u80, i256, u256, u256, u80> get_round_data(u80 round) const;
    u256 price() const;
    u256 get_quote(u256 amount, Address base, Address quote) const;
    Hash feed() const { return get(feed_); }
    Address feeds() const { return get(feeds_); }

    static constexpr auto constructor = Method<"constructor(bytes32 feed)", &FeedFace::construct>{};
    static constexpr auto abi = Methods<
        Method<"decimals() view returns (uint8)", &FeedFace::decimals>,
        Method<"description() view returns (string)", &FeedFace::description>,
        Method<"version() view returns (uint256)", &FeedFace::version>,
        Method<"latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, "
               "uint256 updatedAt, uint80 answeredInRound)",
               &FeedFace::latest_round_data>,
        Method<"getRoundData(uint80 id) view returns (uint80 roundId, int256 answer, uint256 "
               "startedAt, uint256 updatedAt, uint80 answeredInRound)",
               &FeedFace::get_round_data>,
        Method<"price() view returns (uint256)", &FeedFace::price>,
        Method<"getQuote(uint256 baseAmount, address base, address quote) view returns (uint256 "
               "quoteAmount)",
               &FeedFace::get_quote>,
        Method<"feed() view returns (bytes32)", &FeedFace::feed>,
        Method<"feeds() view returns (address)", &FeedFace::feeds>>{};
    static constexpr auto declarations =
        Declarations<InvalidArguments, InvalidAnswer, PriceFeeds::FeedNotOpen, PriceFeeds::NoPrice,
                     PriceFeeds::UnknownRound, PriceFeeds::OracleUnsupportedPair,
                     PriceFeeds::OracleUntrustedData>{};

private:
    FeedParams params() const;

    static constexpr Slot<Address> feeds_{0};
    static constexpr Slot<Hash> feed_{1};
};

}  // namespace plume
