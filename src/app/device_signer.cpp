#include "app/device_signer.hpp"

#include "base/result.hpp"
#include "crypto/keccak.hpp"
#include "native/typed_data.hpp"

namespace plume {

namespace {

PrivateKey key_called(std::string_view name) {
    Hash seed = keccak256("key of " + std::string(name));
    // One seed in 2^127 is no key.
    for (;;) {
        if (const auto key = PrivateKey::from(seed.bytes)) return *key;
        seed = keccak256(seed.bytes);
    }
}

}  // namespace

DeviceSigner::DeviceSigner(std::string_view name, const Hash& metric, const Hash& domain)
    : key_(key_called(name)), device_(to_u256(keccak256(name))), metric_(metric), domain_(domain) {}

Hash DeviceSigner::id() const {
    return to_word(device_);
}

DeviceKey DeviceSigner::key() const {
    return {static_cast<uint8_t>(KeyAlgorithm::secp256k1), to_bytes(address_of(key_))};
}

Bytes DeviceSigner::sign(const Hash& digest) const {
    const Signature made = plume::sign(digest, key_);
    Bytes out;
    out.reserve(65);
    append(out, to_word(made.r));
    append(out, to_word(made.s));
    out.push_back(made.y_parity ? 28 : 27);
    return out;
}

Reading DeviceSigner::read(uint64_t at, const u256& cumulative, uint64_t seq) const {
    static const Hash type = keccak256(
        "Reading(bytes32 deviceId,bytes32 metric,uint64 time,uint64 seq,int256 value,uint8 "
        "decimals)");
    const Hash digest = typed_data_digest(
        domain_, keccak256(abi::encode(type, device_, metric_, at, seq, cumulative, uint8_t{0})));
    return {device_, at, cumulative, seq, sign(digest)};
}

}  // namespace plume
