// Short ways to register devices, sign readings and report prices in a World.
#pragma once

#include "contracts/feeds.hpp"
#include "support/records.hpp"
#include "support/transactions.hpp"

namespace plume::test {

inline constexpr FixedText register_text =
    "registerDevice((bytes32,(uint8,bytes),bytes32,uint8,uint128,uint32,uint32,uint128,bytes32),"
    "bytes)";
inline constexpr FixedText rotate_text = "rotateKey(uint256,(uint8,bytes),bytes)";
inline constexpr FixedText report_text = "report(uint256,uint64,uint256,uint64,bytes)";
inline constexpr FixedText report_many_text = "reportMany((uint256,uint64,uint256,uint64,bytes)[])";
inline constexpr FixedText contradiction_text =
    "proveContradiction(uint256,(uint8,bytes),(uint256,uint64,uint256,uint64,bytes),"
    "(uint256,uint64,uint256,uint64,bytes))";
inline constexpr FixedText rollback_text =
    "proveRollback(uint256,(uint8,bytes),(uint256,uint64,uint256,uint64,bytes))";
inline constexpr FixedText create_feed_text =
    "createFeed((string,address,address,uint8,uint8,uint8,uint8,uint32,uint32,uint32,uint32,uint32,"
    "uint16,uint16,bytes32,address[]))";

/// r . s . v, as wallets and devices hand it over.
inline Bytes wallet_signature(const Hash& digest, const PrivateKey& key) {
    const Signature made = sign(digest, key);
    Bytes out = to_bytes(to_word(made.r));
    append(out, to_word(made.s));
    out.push_back(made.y_parity ? 28 : 27);
    return out;
}

inline DeviceKey key_of(const PrivateKey& key) {
    return {static_cast<uint8_t>(KeyAlgorithm::secp256k1), to_bytes(address_of(key))};
}

/// The genesis contract, or another in its place, and a manufacturer whose record all devices have.
class FeedsWorld : public World {
public:
    static constexpr uint32_t epoch_seconds = 3'600;
    static constexpr uint32_t heartbeat = 900;
    static constexpr uint64_t capacity = 10;

    explicit FeedsWorld(std::vector<NativeType> more = {}) : World(more) {
        // Epochs begin with the test.
        block().timestamp = 1'700'000'000 / epoch_seconds * epoch_seconds;
        record_ = found_mission(*this, manufacturer());
    }

    Address feeds() const { return feeds_; }
    void stand_at(const Address& address) { feeds_ = address; }
    Hash record() const { return record_; }
    uint64_t now() { return block().timestamp; }
    static Address manufacturer() { return person(500); }
    static Address owner() { return person(501); }
    static PrivateKey device_key(uint16_t n) { return key(static_cast<uint16_t>(1'000 + n)); }

    static u256 device(uint16_t n) { return u256{0xd0000u + n}; }
    DeviceParams params(uint16_t n) const {
        return {.id = to_word(device(n)),
                .key = key_of(device_key(n)),
                .metric = keccak256("energy|kWh"),
                .decimals = 6,
                .capacity = {u256{capacity}},
                .heartbeat = heartbeat,
                .epoch_seconds = epoch_seconds,
                .epoch_cap = {},
                .record = record_};
    }
    Hash binding(const u256& device, const Address& owner, uint32_t number) {
        return ask<"bindingDigest(uint256,address,uint32)">(feeds_, device, owner, number)
            .value<Hash>();
    }
    Outcome register_device(const DeviceParams& params, const PrivateKey& key,
                            const Address& by = owner()) {
        const Bytes possession = wallet_signature(binding(to_u256(params.id), by, 0), key);
        return send<register_text>(by, feeds_, params, possession);
    }
    u256 add_device(uint16_t n) {
        register_device(params(n), device_key(n));
        return device(n);
    }

    Reading reading(uint16_t n, uint64_t at, uint64_t cumulative, uint64_t seq) {
        return signed_reading(device(n), at, u256{cumulative}, seq, device_key(n));
    }
    Reading signed_reading(const u256& device, uint64_t at, const u256& cumulative, uint64_t seq,
                           const PrivateKey& key) {
        const Hash digest =
            ask<"readingDigest(uint256,uint64,uint256,uint64)">(feeds_, device, at, cumulative, seq)
                .value<Hash>();
        return {device, at, cumulative, seq, wallet_signature(digest, key)};
    }
    Outcome report(const Reading& reading) {
        return send<report_text>(person(99), feeds_, reading.device, reading.at, reading.cumulative,
                                 reading.seq, reading.signature);
    }
    Outcome report(uint16_t n, uint64_t at, uint64_t cumulative, uint64_t seq) {
        return report(reading(n, at, cumulative, seq));
    }
    uint8_t status(const u256& device) {
        return ask<"deviceStatus(uint256)">(feeds_, device).value<uint8_t>();
    }

    // Prices.
    static Address reporter(uint16_t n) { return person(static_cast<uint16_t>(600 + n)); }
    FeedParams feed_params() const {
        return {.description = "ACRE / USD",
                .base = person(700),
                .quote = person(701),
                .base_decimals = 18,
                .quote_decimals = 6,
                .decimals = 8,
                .quorum = 1,
                .heartbeat = 3'600,
                .age_max = 7'200,
                .window = 3'600,
                .healthy = 3'600,
                .sampling = 600,
                .lower_bps = 1'000,
                .upper_bps = 1'000,
                .record = record_,
                .reporters = {reporter(0)}};
    }
    Hash create_feed(const FeedParams& params) {
        return send<create_feed_text>(owner(), feeds_, params).value<Hash>();
    }
    Outcome price(const Hash& feed, uint64_t low, uint64_t high, uint16_t by = 0) {
        return send<"reportPrice(bytes32,uint128,uint128,uint64)">(
            reporter(by), feeds_, feed, u128{u256{low}}, u128{u256{high}}, now());
    }
    Outcome price(const Hash& feed, uint64_t value) { return price(feed, value, value); }
    FeedStatus feed_status(const Hash& feed) {
        return static_cast<FeedStatus>(ask<"feedStatus(bytes32)">(feeds_, feed).value<uint8_t>());
    }

private:
    Address feeds_ = contracts::feeds;
    Hash record_;
};

}  // namespace plume::test
