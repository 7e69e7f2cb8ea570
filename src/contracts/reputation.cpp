#include "contracts/reputation.hpp"

namespace plume::reputation {

namespace {

/// struct { int256 score; uint64 period; uint64 count; }
struct ScorePlace : Place {
    Slot<i256> score() const { return {position}; }
    /// The period in which the score was last written.
    Slot<uint64_t> period() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> count() const { return {position + u256{1u}, 8}; }
};

constexpr u256 base = namespace_slot("plume.agents.reputation");
constexpr Map<Address, Map<Hash, ScorePlace>> scores{{base}};
constexpr Map<Hash, Address> topics{{base + u256{1u}}};

i256 halved(const i256& score, uint64_t times) {
    const u256 magnitude = score.is_negative() ? -score.bits : score.bits;
    const u256 left = times < 256 ? magnitude >> static_cast<unsigned>(times) : u256{};
    return {score.is_negative() ? -left : left};
}

}  // namespace

Hash topic_of(const Address& currency, const Hash& indicator) {
    return keccak256(abi::encode(currency, indicator));
}

void open_topic(Contract& contract, const Hash& topic, const Address& currency) {
    contract.set(topics[topic], currency);
}

Address currency_of(const Contract& contract, const Hash& topic) {
    return contract.get(topics[topic]);
}

void record(Contract& contract, const Address& subject, const Hash& topic, const u256& weight,
            bool is_good) {
    const ScorePlace place = scores[subject][topic];
    const i256 change{is_good ? weight : -weight};
    // 2^64 outcomes below 2^131 each do not reach 2^255.
    const i256 next{score(contract, subject, topic).bits + change.bits};
    contract.set(place.score(), next);
    contract.set(place.period(), contract.now() / halving_seconds);
    contract.set(place.count(), contract.get(place.count()) + 1);
    contract.emit(ReputationChanged{subject, topic, change, next});
}

i256 score(const Contract& contract, const Address& subject, const Hash& topic) {
    const ScorePlace place = scores[subject][topic];
    const uint64_t period = contract.now() / halving_seconds;
    return halved(contract.get(place.score()), period - contract.get(place.period()));
}

uint64_t count(const Contract& contract, const Address& subject, const Hash& topic) {
    return contract.get(scores[subject][topic].count());
}

}  // namespace plume::reputation
