// Batches: what many devices produced in a period, in one root and one sum.
//
// Readings that are too many for a chain go into a Merkle tree (OpenZeppelin's StandardMerkleTree)
// elsewhere; here comes the root, with what it adds up to, signed by gateways:
//     BatchAggregate(bytes32 deviceSet,uint64 epoch,uint64 windowStart,uint64 windowEnd,
//                    uint64 count,bytes32 root,uint256 sum,uint256 min,uint256 max,
//                    uint16 uptimeBps)
//     leaf = keccak256(keccak256(abi.encode(deviceId, metric, time, seq, value, decimals)))
// A leaf's value is what a device produced in the reading's interval, not where its counter stands.
//
// A set has an owner, who names its devices and its gateways; the gateways never change, devices
// are only added. Epoch e of a set is the time after start + e * period up to and with
// start + (e + 1) * period, and nothing else: periods cannot overlap. For each there is one
// aggregate, counted from when it came:
//
//   none     -> pending   `submitBatch`, with the signatures of `threshold` gateways
//   pending  -> rejected  `challengeBatch`, within the challenge window, by a leaf that contradicts
//                         it: below min or above max, negative, outside of the window, of a device
//                         that was not in the set then or signs something else;
//                         `challengeTwice`, by two places of the tree with one (device, seq)
//   rejected -> pending   again by `submitBatch`
//   pending  -> final     by time alone
//
// The sum is payable when it is final and not before; asked earlier, the answer is an error. It is
// never more than the set's capacity times the period.
//
// Invariants:
//   O-8  an epoch has one aggregate; a final one never changes, and none is payable that was
//        rejected.
#pragma once

#include "contracts/meters.hpp"

namespace plume {

struct SetParams {
    uint64_t start = 0;      ///< of epoch 0
    uint32_t period = 0;     ///< seconds of an epoch
    uint32_t challenge = 0;  ///< seconds in which an aggregate can be challenged
    u128 capacity;           ///< units per second of all its devices together
    Hash metric;
    uint8_t decimals = 0;
    uint8_t threshold = 1;  ///< gateways that have to sign
    std::vector<Address> gateways;

    static constexpr auto members = std::tuple{
        &SetParams::start,  &SetParams::period,   &SetParams::challenge, &SetParams::capacity,
        &SetParams::metric, &SetParams::decimals, &SetParams::threshold, &SetParams::gateways};
};

struct BatchAggregate {
    Hash device_set;
    uint64_t epoch = 0;
    uint64_t window_start = 0;
    uint64_t window_end = 0;
    uint64_t count = 0;
    Hash root;
    u256 sum;
    u256 min;
    u256 max;
    uint16_t uptime_bps = 0;

    static constexpr auto members = std::tuple{
        &BatchAggregate::device_set, &BatchAggregate::epoch, &BatchAggregate::window_start,
        &BatchAggregate::window_end, &BatchAggregate::count, &BatchAggregate::root,
        &BatchAggregate::sum,        &BatchAggregate::min,   &BatchAggregate::max,
        &BatchAggregate::uptime_bps};
};

/// A reading as it stands in the tree.
struct BatchLeaf {
    Hash device;
    Hash metric;
    uint64_t time = 0;
    uint64_t seq = 0;
    i256 value;
    uint8_t decimals = 0;

    static constexpr auto members =
        std::tuple{&BatchLeaf::device, &BatchLeaf::metric, &BatchLeaf::time,
                   &BatchLeaf::seq,    &BatchLeaf::value,  &BatchLeaf::decimals};
};

enum class BatchState : uint8_t { none = 0, pending = 1, rejected = 2, final = 3 };

namespace detail {

struct BatchPlace : Place {
    Slot<Hash> root() const { return {position}; }
    Slot<u128> sum() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> submitted_at() const { return {position + u256{1u}, 16}; }
    Slot<uint16_t> uptime_bps() const { return {position + u256{1u}, 24}; }
    Slot<bool> rejected() const { return {position + u256{1u}, 26}; }
    Slot<u128> min() const { return {position + u256{2u}, 0}; }
    Slot<u128> max() const { return {position + u256{2u}, 16}; }
};

struct SetPlace : Place {
    Slot<Address> owner() const { return {position, 0}; }
    Slot<uint8_t> decimals() const { return {position, 20}; }
    Slot<uint8_t> threshold() const { return {position, 21}; }
    Slot<uint64_t> start() const { return {position + u256{1u}, 0}; }
    Slot<uint32_t> period() const { return {position + u256{1u}, 8}; }
    Slot<uint32_t> challenge() const { return {position + u256{1u}, 12}; }
    Slot<u128> capacity() const { return {position + u256{1u}, 16}; }
    Slot<Hash> metric() const { return {position + u256{2u}}; }
    Array<Address> gateways() const { return {{position + u256{3u}}}; }
    /// When a device was added; 0 for who is not in the set.
    Map<u256, uint64_t> devices() const { return {{position + u256{4u}}}; }
    Map<uint64_t, BatchPlace> batches() const { return {{position + u256{5u}}}; }
};

}  // namespace detail

class Batches : public Meters {
public:
    using Meters::Meters;

    static constexpr size_t gateways_max = 16;
    /// Devices added to a set by one call.
    static constexpr size_t set_devices_max = 256;
    /// Steps from a leaf to the root: trees of up to 2^40 leaves.
    static constexpr size_t proof_size_max = 40;
    static constexpr uint32_t period_max_seconds = 31'622'400;

    using DeviceSetCreated =
        Event<"DeviceSetCreated(bytes32 indexed set, address indexed owner)", Hash, Address>;
    using SetDeviceAdded =
        Event<"SetDeviceAdded(bytes32 indexed set, uint256 indexed device)", Hash, u256>;
    using BatchSubmitted = Event<
        "BatchSubmitted(bytes32 indexed set, uint64 indexed epoch, bytes32 root, uint256 "
        "sum, uint64 count, uint16 uptimeBps)",
        Hash, uint64_t, Hash, u256, uint64_t, uint16_t>;
    using BatchRejected =
        Event<"BatchRejected(bytes32 indexed set, uint64 indexed epoch, address indexed by)", Hash,
              uint64_t, Address>;

    using SetParameterInvalid =
        CustomError<"SetParameterInvalid(bytes32 name, uint256 value)", Hash, u256>;
    using UnknownSet = CustomError<"UnknownSet(bytes32 set)", Hash>;
    using NotSetOwner = CustomError<"NotSetOwner(bytes32 set, address caller)", Hash, Address>;
    using GatewayInvalid = CustomError<"GatewayInvalid(address gateway)", Address>;
    /// The set's metric or decimals are not the device's, or it is in the set already.
    using SetDeviceInvalid = CustomError<"SetDeviceInvalid(uint256 device)", u256>;
    using TooManyDevices = CustomError<"TooManyDevices(uint256 count, uint256 max)", u256, u256>;
    /// The window is not the epoch's, or is not over.
    using BatchWindowInvalid =
        CustomError<"BatchWindowInvalid(uint64 start, uint64 end)", uint64_t, uint64_t>;
    /// What it says cannot be true of any readings.
    using BatchImpossible = CustomError<"BatchImpossible(uint256 sum, uint256 max)", u256, u256>;
    using BatchExists = CustomError<"BatchExists(bytes32 set, uint64 epoch)", Hash, uint64_t>;
    using QuorumNotReached =
        CustomError<"QuorumNotReached(uint256 signatures, uint256 threshold)", u256, u256>;
    using BatchNotPending = CustomError<"BatchNotPending(bytes32 set, uint64 epoch, uint8 state)",
                                        Hash, uint64_t, uint8_t>;
    using BatchNotFinal = CustomError<"BatchNotFinal(bytes32 set, uint64 epoch, uint8 state)", Hash,
                                      uint64_t, uint8_t>;
    using NotInBatch = CustomError<"NotInBatch(bytes32 root)", Hash>;
    using LeafConsistent = CustomError<"LeafConsistent()">;

    /// The id is keccak256(abi.encode(owner, number of his sets so far)).
    Hash create_device_set(SetParams params);
    void add_set_devices(Hash set, std::vector<u256> devices);
    /// `signatures` in the order of the set's gateways, none twice; those left out are left out.
    void submit_batch(BatchAggregate batch, std::vector<Bytes> signatures);
    void challenge_batch(Hash set, uint64_t epoch, BatchLeaf leaf, std::vector<Hash> proof);
    /// Two leaves of the tree, not at one place, that have one device and number.
    void challenge_twice(Hash set, uint64_t epoch, BatchLeaf one, std::vector<Hash> one_proof,
                         BatchLeaf other, std::vector<Hash> other_proof);

    SetParams device_set(Hash set) const;
    bool is_in_set(Hash set, u256 device) const { return get(sets_[set].devices()[device]) != 0; }
    Hash batch_digest(BatchAggregate batch) const;
    uint8_t batch_state(Hash set, uint64_t epoch) const;
    /// What an epoch brought, once that is final.
    u256 payable_delta(Hash set, uint64_t epoch) const;
    uint16_t batch_uptime(Hash set, uint64_t epoch) const;
    /// Conditions.
    bool batch_at_least(Hash set, uint64_t epoch, u256 amount) const {
        return payable_delta(set, epoch) >= amount;
    }
    bool batch_uptime_at_least(Hash set, uint64_t epoch, uint16_t bps) const {
        return batch_uptime(set, epoch) >= bps;
    }

    std::optional<std::string> broken_invariant() const;

    static constexpr auto abi =
        Meters::abi +
        Methods<
            Method<
                "createDeviceSet((uint64 start, uint32 period, uint32 challenge, uint128 capacity, "
                "bytes32 metric, uint8 decimals, uint8 threshold, address[] gateways) params) "
                "returns (bytes32 set)",
                &Batches::create_device_set>,
            Method<"addSetDevices(bytes32 set, uint256[] devices)", &Batches::add_set_devices>,
            Method<"submitBatch((bytes32 deviceSet, uint64 epoch, uint64 windowStart, uint64 "
                   "windowEnd, uint64 count, bytes32 root, uint256 sum, uint256 min, uint256 max, "
                   "uint16 uptimeBps) batch, bytes[] signatures)",
                   &Batches::submit_batch>,
            Method<"challengeBatch(bytes32 set, uint64 epoch, (bytes32 deviceId, bytes32 metric, "
                   "uint64 time, uint64 seq, int256 value, uint8 decimals) leaf, bytes32[] proof)",
                   &Batches::challenge_batch>,
            Method<
                "challengeTwice(bytes32 set, uint64 epoch, (bytes32 deviceId, bytes32 metric, "
                "uint64 time, uint64 seq, int256 value, uint8 decimals) one, bytes32[] oneProof, "
                "(bytes32 deviceId, bytes32 metric, uint64 time, uint64 seq, int256 value, uint8 "
                "decimals) other, bytes32[] otherProof)",
                &Batches::challenge_twice>,
            Method<"deviceSet(bytes32 set) view returns ((uint64 start, uint32 period, uint32 "
                   "challenge, uint128 capacity, bytes32 metric, uint8 decimals, uint8 threshold, "
                   "address[] gateways))",
                   &Batches::device_set>,
            Method<"isInSet(bytes32 set, uint256 device) view returns (bool)", &Batches::is_in_set>,
            Method<"batchDigest((bytes32 deviceSet, uint64 epoch, uint64 windowStart, uint64 "
                   "windowEnd, uint64 count, bytes32 root, uint256 sum, uint256 min, uint256 max, "
                   "uint16 uptimeBps) batch) view returns (bytes32)",
                   &Batches::batch_digest>,
            Method<"batchState(bytes32 set, uint64 epoch) view returns (uint8)",
                   &Batches::batch_state>,
            Method<"payableDelta(bytes32 set, uint64 epoch) view returns (uint256)",
                   &Batches::payable_delta>,
            Method<"batchUptime(bytes32 set, uint64 epoch) view returns (uint16)",
                   &Batches::batch_uptime>,
            Method<"batchAtLeast(bytes32 set, uint64 epoch, uint256 amount) view returns (bool)",
                   &Batches::batch_at_least>,
            Method<"batchUptimeAtLeast(bytes32 set, uint64 epoch, uint16 bps) view returns (bool)",
                   &Batches::batch_uptime_at_least>>{};
    static constexpr auto declarations =
        Meters::declarations +
        Declarations<DeviceSetCreated, SetDeviceAdded, BatchSubmitted, BatchRejected,
                     SetParameterInvalid, UnknownSet, NotSetOwner, GatewayInvalid, SetDeviceInvalid,
                     TooManyDevices, BatchWindowInvalid, BatchImpossible, BatchExists,
                     QuorumNotReached, BatchNotPending, BatchNotFinal, NotInBatch,
                     LeafConsistent>{};

protected:
    BatchState state_of(const Hash& set, uint64_t epoch) const;

    static constexpr Map<Hash, detail::SetPlace> sets_{20};

private:
    detail::SetPlace require_set(const Hash& set) const;
    detail::BatchPlace require_pending(const Hash& set, uint64_t epoch) const;
    detail::BatchPlace require_final(const Hash& set, uint64_t epoch) const;
    void require_possible(const detail::SetPlace& set, const BatchAggregate& batch) const;
    void require_quorum(const detail::SetPlace& set, const Hash& digest,
                        const std::vector<Bytes>& signatures) const;
    void require_in(const Hash& root, const BatchLeaf& leaf, const std::vector<Hash>& proof) const;
    void reject(const Hash& set, uint64_t epoch);
    /// The window of an epoch: after the first, up to and with the second.
    std::pair<uint64_t, uint64_t> window_of(const detail::SetPlace& set, uint64_t epoch) const;

    static constexpr Map<Address, uint64_t> set_counts_{21};
};

}  // namespace plume
