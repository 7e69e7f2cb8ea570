#include "contracts/batches.hpp"

#include <algorithm>

#include "native/math.hpp"

namespace plume {

namespace {

Hash text_word(std::string_view text) {
    Hash out;
    std::ranges::copy(view_of(text), out.bytes.begin());
    return out;
}

Hash leaf_hash(const BatchLeaf& leaf) {
    return keccak256(keccak256(abi::encode(leaf)));
}

Hash pair_hash(const Hash& a, const Hash& b) {
    Bytes image = to_bytes(std::min(a, b));
    append(image, std::max(a, b));
    return keccak256(image);
}

/// Whether the leaf hangs in one of two equal halves, and so in both.
bool is_mirrored(const BatchLeaf& leaf, const std::vector<Hash>& proof) {
    Hash node = leaf_hash(leaf);
    for (const Hash& sibling : proof) {
        if (sibling == node) return true;
        node = pair_hash(node, sibling);
    }
    return false;
}

}  // namespace

// Sets.

detail::SetPlace Batches::require_set(const Hash& set) const {
    const detail::SetPlace place = sets_[set];
    require(get(place.owner()) != Address{}, UnknownSet{set});
    return place;
}

Hash Batches::create_device_set(SetParams params) {
    const auto within = [&](std::string_view name, uint64_t value, uint64_t min, uint64_t max) {
        require(value >= min && value <= max, SetParameterInvalid{text_word(name), u256{value}});
    };
    within("period", params.period, 1, period_max_seconds);
    within("challenge", params.challenge, 1, period_max_seconds);
    within("decimals", params.decimals, 0, device_decimals_max);
    within("start", params.start, 0, uint64_t{1} << 40);
    within("gateways", params.gateways.size(), 1, gateways_max);
    within("threshold", params.threshold, 1, params.gateways.size());
    const uint64_t number = get(set_counts_[sender()]);
    set(set_counts_[sender()], number + 1);
    const Hash id = keccak256(abi::encode(sender(), number));
    const detail::SetPlace place = sets_[id];
    set(place.owner(), sender());
    set(place.decimals(), params.decimals);
    set(place.threshold(), params.threshold);
    set(place.start(), params.start);
    set(place.period(), params.period);
    set(place.challenge(), params.challenge);
    set(place.capacity(), params.capacity);
    set(place.metric(), params.metric);
    for (auto it = params.gateways.begin(); it != params.gateways.end(); ++it) {
        require(*it != Address{} && std::find(params.gateways.begin(), it, *it) == it,
                GatewayInvalid{*it});
        set(push(place.gateways()), *it);
    }
    emit(DeviceSetCreated{id, sender()});
    return id;
}

void Batches::add_set_devices(Hash set_id, std::vector<u256> devices) {
    const detail::SetPlace set_place = require_set(set_id);
    require(sender() == get(set_place.owner()), NotSetOwner{set_id, sender()});
    require(devices.size() <= set_devices_max,
            TooManyDevices{u256{devices.size()}, u256{set_devices_max}});
    for (const u256& device : devices) {
        const detail::DevicePlace place = require_device(device);
        const Slot<uint64_t> entry = set_place.devices()[device];
        require(get(entry) == 0 && get(place.metric()) == get(set_place.metric()) &&
                    get(place.decimals()) == get(set_place.decimals()),
                SetDeviceInvalid{device});
        set(entry, now());
        emit(SetDeviceAdded{set_id, device});
    }
}

SetParams Batches::device_set(Hash set) const {
    const detail::SetPlace place = require_set(set);
    SetParams out{.start = get(place.start()),
                  .period = get(place.period()),
                  .challenge = get(place.challenge()),
                  .capacity = get(place.capacity()),
                  .metric = get(place.metric()),
                  .decimals = get(place.decimals()),
                  .threshold = get(place.threshold()),
                  .gateways = {}};
    const uint64_t count = length(place.gateways());
    for (uint64_t i = 0; i < count; ++i) out.gateways.push_back(get(place.gateways()[i]));
    return out;
}

// Aggregates.

std::pair<uint64_t, uint64_t> Batches::window_of(const detail::SetPlace& set,
                                                 uint64_t epoch) const {
    const u256 period{get(set.period())};
    const u256 start = checked_add(u256{get(set.start())}, checked_mul(u256{epoch}, period));
    return {checked_narrow<uint64_t>(start), checked_narrow<uint64_t>(start + period)};
}

Hash Batches::batch_digest(BatchAggregate batch) const {
    static constexpr Hash type_hash = keccak256_constexpr(
        "BatchAggregate(bytes32 deviceSet,uint64 epoch,uint64 windowStart,uint64 windowEnd,uint64 "
        "count,bytes32 root,uint256 sum,uint256 min,uint256 max,uint16 uptimeBps)");
    return typed_data_digest(domain_separator(), keccak256(abi::encode(type_hash, batch)));
}

void Batches::submit_batch(BatchAggregate batch, std::vector<Bytes> signatures) {
    const detail::SetPlace place = require_set(batch.device_set);
    const BatchState state = state_of(batch.device_set, batch.epoch);
    require(state == BatchState::none || state == BatchState::rejected,
            BatchExists{batch.device_set, batch.epoch});
    require_possible(place, batch);
    require_quorum(place, batch_digest(batch), signatures);
    const detail::BatchPlace kept = place.batches()[batch.epoch];
    set(kept.root(), batch.root);
    set(kept.sum(), checked_u128(batch.sum));
    set(kept.submitted_at(), now());
    set(kept.uptime_bps(), batch.uptime_bps);
    set(kept.rejected(), false);
    set(kept.min(), checked_u128(batch.min));
    set(kept.max(), checked_u128(batch.max));
    emit(BatchSubmitted{batch.device_set, batch.epoch, batch.root, batch.sum, batch.count,
                        batch.uptime_bps});
}

void Batches::require_possible(const detail::SetPlace& set, const BatchAggregate& batch) const {
    const auto [start, end] = window_of(set, batch.epoch);
    require(batch.window_start == start && batch.window_end == end && end <= now(),
            BatchWindowInvalid{batch.window_start, batch.window_end});
    const u256 capacity = checked_mul(get(set.capacity()), u256{get(set.period())});
    require(batch.sum <= capacity, BatchImpossible{batch.sum, capacity});
    const u256 count{batch.count};
    // What all of them are at least and at most; beyond 256 bits the bound says nothing more.
    const auto least = overflowing_mul(count, batch.min);
    const auto most = overflowing_mul(count, batch.max);
    require(batch.min <= batch.max && batch.uptime_bps <= 10'000 && !batch.root.is_zero() &&
                !least.overflow && least.value <= batch.sum &&
                (most.overflow || batch.sum <= most.value),
            BatchImpossible{batch.sum, most.value});
}

void Batches::require_quorum(const detail::SetPlace& set, const Hash& digest,
                             const std::vector<Bytes>& signatures) const {
    const uint64_t count = length(set.gateways());
    const u256 threshold{get(set.threshold())};
    require(signatures.size() <= count, QuorumNotReached{u256{signatures.size()}, threshold});
    // Each gateway is passed once, so that none signs for two.
    uint64_t gateway = 0;
    uint64_t found = 0;
    for (const Bytes& signature : signatures) {
        if (signature.size() != 65) continue;
        charge(gas::recover);
        const BytesView bytes(signature);
        const u256 s = from_big_endian(bytes.subspan(32, 32));
        const uint8_t v = bytes[64];
        if ((v != 27 && v != 28) || s > secp256k1_half_n) continue;
        const auto signer = recover(digest, {from_big_endian(bytes.first(32)), s, v == 28});
        if (!signer) continue;
        while (gateway < count && get(set.gateways()[gateway]) != *signer) ++gateway;
        if (gateway == count) break;
        ++gateway;
        ++found;
    }
    require(u256{found} >= threshold, QuorumNotReached{u256{found}, threshold});
}

BatchState Batches::state_of(const Hash& set, uint64_t epoch) const {
    const detail::BatchPlace kept = sets_[set].batches()[epoch];
    const uint64_t submitted = get(kept.submitted_at());
    if (submitted == 0) return BatchState::none;
    if (get(kept.rejected())) return BatchState::rejected;
    return now() - submitted > get(sets_[set].challenge()) ? BatchState::final
                                                           : BatchState::pending;
}

uint8_t Batches::batch_state(Hash set, uint64_t epoch) const {
    require_set(set);
    return static_cast<uint8_t>(state_of(set, epoch));
}

// Challenges.

detail::BatchPlace Batches::require_pending(const Hash& set, uint64_t epoch) const {
    require_set(set);
    const BatchState state = state_of(set, epoch);
    require(state == BatchState::pending, BatchNotPending{set, epoch, static_cast<uint8_t>(state)});
    return sets_[set].batches()[epoch];
}

void Batches::require_in(const Hash& root, const BatchLeaf& leaf,
                         const std::vector<Hash>& proof) const {
    require(proof.size() <= proof_size_max, NotInBatch{root});
    charge(gas::keccak * (proof.size() + 2));
    Hash node = leaf_hash(leaf);
    for (const Hash& sibling : proof) node = pair_hash(node, sibling);
    require(node == root, NotInBatch{root});
}

void Batches::challenge_batch(Hash set, uint64_t epoch, BatchLeaf leaf, std::vector<Hash> proof) {
    const detail::BatchPlace kept = require_pending(set, epoch);
    require_in(get(kept.root()), leaf, proof);
    const detail::SetPlace place = sets_[set];
    const auto [start, end] = window_of(place, epoch);
    const u256 device = to_u256(leaf.device);
    const bool is_outside = leaf.time <= start || leaf.time > end;
    const bool is_beyond = leaf.value.is_negative() || leaf.value.bits < get(kept.min()) ||
                           leaf.value.bits > get(kept.max());
    // A device that joins while an aggregate is pending does not make it true.
    const uint64_t added = get(place.devices()[device]);
    const bool is_strange = added == 0 || added >= end || leaf.metric != get(place.metric()) ||
                            leaf.decimals != get(place.decimals());
    require(is_outside || is_beyond || is_strange, LeafConsistent{});
    reject(set, epoch);
}

void Batches::challenge_twice(Hash set, uint64_t epoch, BatchLeaf one, std::vector<Hash> one_proof,
                              BatchLeaf other, std::vector<Hash> other_proof) {
    const detail::BatchPlace kept = require_pending(set, epoch);
    const Hash root = get(kept.root());
    require_in(root, one, one_proof);
    require_in(root, other, other_proof);
    // Pairs are sorted, so a proof does not say which half it comes from: equal leaves hang at two
    // places when their proofs differ, or meet their equal on the way.
    const bool is_two = leaf_hash(one) != leaf_hash(other) || one_proof != other_proof ||
                        is_mirrored(one, one_proof);
    require(one.device == other.device && one.seq == other.seq && is_two, LeafConsistent{});
    reject(set, epoch);
}

void Batches::reject(const Hash& set_id, uint64_t epoch) {
    set(sets_[set_id].batches()[epoch].rejected(), true);
    emit(BatchRejected{set_id, epoch, sender()});
}

// Payment.

detail::BatchPlace Batches::require_final(const Hash& set, uint64_t epoch) const {
    require_set(set);
    const BatchState state = state_of(set, epoch);
    require(state == BatchState::final, BatchNotFinal{set, epoch, static_cast<uint8_t>(state)});
    return sets_[set].batches()[epoch];
}

u256 Batches::payable_delta(Hash set, uint64_t epoch) const {
    return get(require_final(set, epoch).sum());
}

uint16_t Batches::batch_uptime(Hash set, uint64_t epoch) const {
    return get(require_final(set, epoch).uptime_bps());
}

// Invariants.

std::optional<std::string> Batches::broken_invariant() const {
    if (auto broken = Meters::broken_invariant()) return broken;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        Hash set;
        uint64_t epoch = 0;
        if (const auto submitted = BatchSubmitted::decode(log)) {
            set = std::get<0>(*submitted);
            epoch = std::get<1>(*submitted);
            if (std::get<3>(*submitted) >
                get(sets_[set].capacity()).number * u256{get(sets_[set].period())})
                return "O-8: a set produced more than it can";
        } else if (const auto rejected = BatchRejected::decode(log)) {
            set = std::get<0>(*rejected);
            epoch = std::get<1>(*rejected);
        } else {
            continue;
        }
        const detail::BatchPlace kept = sets_[set].batches()[epoch];
        const uint64_t was = before(kept.submitted_at());
        if (was != 0 && !before(kept.rejected()) && now() - was > get(sets_[set].challenge()))
            return "O-8: an aggregate that was final has changed";
    }
    return std::nullopt;
}

}  // namespace plume
