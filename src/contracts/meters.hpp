// Meters: what devices count, taken over from readings that they have signed.
//
// A reading says where a device's counter stands. It is EIP-712 data in the domain of devices.hpp:
//     Reading(bytes32 deviceId,bytes32 metric,uint64 time,uint64 seq,int256 value,uint8 decimals)
// with the device's own metric and decimals. Anyone may hand it in: the signature counts. Accepted
// is a reading whose number and time are greater than those of the last one, whose time has come
// and is not before the device's registration, and whose counter has not fallen and not risen by
// more than the device's capacity allows. The first reading sets the counter from which is counted.
//
// History: the last reading of each epoch is kept as a checkpoint for ever. Epoch k of a device
// holds the times after k * epochSeconds up to and with (k + 1) * epochSeconds; what is asked of
// the past is asked for whole epochs, so that periods that touch share no unit and lose none
// between them. A unit belongs to the period of the reading that brought it.
//
// Readers see what was accepted before the current block, never what was changed in it (O-3): who
// brings a reading and asks in one block is answered as if he had not brought it.
//
// Uptime: between two readings that are at most a heartbeat apart the device was up; longer is a
// gap, and all of it counts as down.
//
// Several devices that count the same thing can form a group, whose members never change: the
// group's counter is the lower median of what each has counted since the group was made.
//
// A device contradicts itself when two readings that it has signed have one number and different
// contents, or a counter that is lower later (by number or by time). Whoever shows them suspends
// it: no reading of it is accepted and no condition answered until its manufacturer reinstates it.
//
// Invariants:
//   O-8  a device's counter never falls, each (device, seq) is accepted once, times increase and
//        are not in the future, and no counter rises faster than the device's capacity; whatever
//        happens to its key.
#pragma once

#include "contracts/devices.hpp"

namespace plume {

/// A reading as it is handed in.
struct Reading {
    u256 device;
    uint64_t at = 0;   ///< seconds since 1970
    u256 cumulative;   ///< where the counter stands
    uint64_t seq = 0;  ///< the reading's number, increasing
    Bytes signature;

    static constexpr auto members = std::tuple{&Reading::device, &Reading::at, &Reading::cumulative,
                                               &Reading::seq, &Reading::signature};
};

/// Where a counter stood at a time. `up` counts seconds of uptime from the first reading on.
struct MeterCheckpoint {
    u256 cumulative;
    uint64_t at = 0;
    uint64_t up = 0;
};

namespace detail {

struct MeterPlace : Place {
    /// The last accepted reading: uint128 cumulative, uint64 at, uint64 seq.
    Slot<u256> head() const { return {position}; }
    /// uint64 block of the last acceptance, uint64 up, uint64 settled, uint64 count: how many
    /// checkpoints there are, and how many there were before that block.
    Slot<u256> pulse() const { return {position + u256{1u}}; }
    /// uint128 cumulative, uint64 at, uint64 up. Their number is in the pulse.
    Array<u256> checkpoints() const { return {{position + u256{2u}}}; }
};

/// struct { uint256[] devices; uint128[] base; }, never changed.
struct GroupPlace : Place {
    Array<u256> devices() const { return {{position}}; }
    Array<u256> bases() const { return {{position + u256{1u}}}; }
};

}  // namespace detail

class Meters : public DeviceRegistry {
public:
    using DeviceRegistry::DeviceRegistry;

    /// Readings of one reportMany.
    static constexpr size_t readings_max = 256;
    /// Devices of a group.
    static constexpr size_t group_size_max = 16;

    using Metered = Event<
        "Metered(uint256 indexed device, uint64 at, uint256 cumulative, uint64 seq, uint256 "
        "delta)",
        u256, uint64_t, u256, uint64_t, u256>;
    using Gap =
        Event<"Gap(uint256 indexed device, uint64 from, uint64 to)", u256, uint64_t, uint64_t>;
    /// An entry of reportMany that was left out, with the selector of the error it would have met.
    using ReadingSkipped =
        Event<"ReadingSkipped(uint256 indexed device, uint256 index, bytes4 reason)", u256, u256,
              Selector>;
    using Contradicted = Event<
        "Contradicted(uint256 indexed device, address indexed by, uint64 seq, uint256 "
        "cumulative, uint64 otherSeq, uint256 otherCumulative)",
        u256, Address, uint64_t, u256, uint64_t, u256>;
    using MeterGroupCreated = Event<"MeterGroupCreated(bytes32 indexed group, uint256[] devices)",
                                    Hash, std::vector<u256>>;

    using ReadingUnsigned = CustomError<"ReadingUnsigned(uint256 device)", u256>;
    using SequenceUsed = CustomError<"SequenceUsed(uint256 device, uint64 seq, uint64 last)", u256,
                                     uint64_t, uint64_t>;
    using ReadingNotLater = CustomError<"ReadingNotLater(uint256 device, uint64 at, uint64 last)",
                                        u256, uint64_t, uint64_t>;
    using ReadingInFuture = CustomError<"ReadingInFuture(uint256 device, uint64 at, uint64 now)",
                                        u256, uint64_t, uint64_t>;
    using ReadingBeforeRegistration =
        CustomError<"ReadingBeforeRegistration(uint256 device, uint64 at, uint64 registered)", u256,
                    uint64_t, uint64_t>;
    using CounterRolledBack =
        CustomError<"CounterRolledBack(uint256 device, uint256 cumulative, uint256 last)", u256,
                    u256, u256>;
    /// Beyond 2^128 - 1.
    using CounterTooLarge =
        CustomError<"CounterTooLarge(uint256 device, uint256 cumulative)", u256, u256>;
    using Implausible =
        CustomError<"Implausible(uint256 device, uint256 delta, uint256 max)", u256, u256, u256>;
    using EpochCapExceeded =
        CustomError<"EpochCapExceeded(uint256 device, uint256 delta, uint256 max)", u256, u256,
                    u256>;
    using TooManyReadings = CustomError<"TooManyReadings(uint256 count, uint256 max)", u256, u256>;
    /// Nothing was accepted before this block.
    using MeterSilent = CustomError<"MeterSilent(uint256 device)", u256>;
    /// Not a multiple of the device's epoch.
    using TimeNotAligned =
        CustomError<"TimeNotAligned(uint64 time, uint32 epochSeconds)", uint64_t, uint32_t>;
    using PeriodInvalid = CustomError<"PeriodInvalid(uint64 from, uint64 to)", uint64_t, uint64_t>;
    using NoContradiction = CustomError<"NoContradiction(uint256 device)", u256>;
    using KeyNotBound = CustomError<"KeyNotBound(uint256 device)", u256>;
    using GroupInvalid = CustomError<"GroupInvalid(uint256 count, uint256 max)", u256, u256>;
    /// Not of the same metric and decimals as the first one, or twice in the list.
    using GroupMemberInvalid = CustomError<"GroupMemberInvalid(uint256 device)", u256>;
    using UnknownGroup = CustomError<"UnknownGroup(bytes32 group)", Hash>;

    /// Hands in one reading; refused with what is wrong with it.
    void report(u256 device, uint64_t at, u256 cumulative, uint64_t seq, Bytes signature);
    /// Hands in many; what is wrong is left out and told. Returns how many were accepted.
    u256 report_many(std::vector<Reading> readings);

    /// Suspends a device by two readings signed with `key`, which is or was its own.
    void prove_contradiction(u256 device, DeviceKey key, Reading one, Reading other);
    /// The same by one signed reading that contradicts the last accepted one.
    void prove_rollback(u256 device, DeviceKey key, Reading reading);

    /// What a device signs.
    Hash reading_digest(u256 device, uint64_t at, u256 cumulative, uint64_t seq) const;

    // Readers. All but lastReading see what was accepted before the current block.
    std::tuple<u256, uint64_t, uint64_t> last_reading(u256 device) const;
    /// Counter, time and uptime of the device's latest reading.
    std::tuple<u256, uint64_t, uint64_t> latest_reading(u256 device) const;
    u256 cumulative(u256 device) const { return latest(device).cumulative; }
    /// Units counted after `since`, the end of an epoch.
    u256 delta_since(u256 device, uint64_t since) const;
    /// Units counted after `from` up to `to`, both ends of epochs; `to` has passed.
    u256 delta_between(u256 device, uint64_t from, uint64_t to) const;
    /// Units per second times 1e18 over the latest kept interval, rounded down.
    u256 rate(u256 device) const;
    /// Seconds of uptime within a period, at least; between 0 and its length.
    u256 uptime_between(u256 device, uint64_t from, uint64_t to) const;

    // Conditions: refused, and so an error, when the device is not active, its record is not live
    // or it has said nothing.
    bool meter_fresh(u256 device, uint64_t age_max) const;
    bool produced_at_least(u256 device, uint64_t from, uint64_t to, u256 amount) const;
    bool uptime_at_least(u256 device, uint64_t from, uint64_t to, uint16_t bps) const;

    // Groups. The id is the hash of the list: whoever makes it first makes it for all.
    Hash create_meter_group(std::vector<u256> devices);
    std::vector<u256> group_members(Hash group) const;
    /// Lower median of what each member has counted since the group was made.
    u256 cumulative_of(Hash group) const;
    /// Lower median of what each member has counted after `since`.
    u256 median_delta(Hash group, uint64_t since) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto abi =
        DeviceRegistry::abi +
        Methods<
            Method<"report(uint256 device, uint64 at, uint256 cumulative, uint64 seq, bytes "
                   "signature)",
                   &Meters::report>,
            Method<"reportMany((uint256 device, uint64 at, uint256 cumulative, uint64 seq, bytes "
                   "signature)[] readings) returns (uint256 accepted)",
                   &Meters::report_many>,
            Method<
                "proveContradiction(uint256 device, (uint8 algorithm, bytes key) key, (uint256 "
                "device, uint64 at, uint256 cumulative, uint64 seq, bytes signature) one, (uint256 "
                "device, uint64 at, uint256 cumulative, uint64 seq, bytes signature) other)",
                &Meters::prove_contradiction>,
            Method<
                "proveRollback(uint256 device, (uint8 algorithm, bytes key) key, (uint256 device, "
                "uint64 at, uint256 cumulative, uint64 seq, bytes signature) reading)",
                &Meters::prove_rollback>,
            Method<"readingDigest(uint256 device, uint64 at, uint256 cumulative, uint64 seq) view "
                   "returns (bytes32)",
                   &Meters::reading_digest>,
            Method<
                "lastReading(uint256 device) view returns (uint256 cumulative, uint64 at, uint64 "
                "seq)",
                &Meters::last_reading>,
            Method<
                "latestReading(uint256 device) view returns (uint256 cumulative, uint64 at, uint64 "
                "up)",
                &Meters::latest_reading>,
            Method<"cumulative(uint256 device) view returns (uint256)", &Meters::cumulative>,
            Method<"deltaSince(uint256 device, uint64 since) view returns (uint256)",
                   &Meters::delta_since>,
            Method<"deltaBetween(uint256 device, uint64 from, uint64 to) view returns (uint256)",
                   &Meters::delta_between>,
            Method<"rate(uint256 device) view returns (uint256)", &Meters::rate>,
            Method<"uptimeBetween(uint256 device, uint64 from, uint64 to) view returns (uint256)",
                   &Meters::uptime_between>,
            Method<"meterFresh(uint256 device, uint64 ageMax) view returns (bool)",
                   &Meters::meter_fresh>,
            Method<"producedAtLeast(uint256 device, uint64 from, uint64 to, uint256 amount) view "
                   "returns (bool)",
                   &Meters::produced_at_least>,
            Method<"uptimeAtLeast(uint256 device, uint64 from, uint64 to, uint16 bps) view returns "
                   "(bool)",
                   &Meters::uptime_at_least>,
            Method<"createMeterGroup(uint256[] devices) returns (bytes32 group)",
                   &Meters::create_meter_group>,
            Method<"groupMembers(bytes32 group) view returns (uint256[])", &Meters::group_members>,
            Method<"cumulativeOf(bytes32 group) view returns (uint256)", &Meters::cumulative_of>,
            Method<"medianDelta(bytes32 group, uint64 since) view returns (uint256)",
                   &Meters::median_delta>>{};
    static constexpr auto declarations =
        DeviceRegistry::declarations +
        Declarations<Metered, Gap, ReadingSkipped, Contradicted, MeterGroupCreated, ReadingUnsigned,
                     SequenceUsed, ReadingNotLater, ReadingInFuture, ReadingBeforeRegistration,
                     CounterRolledBack, CounterTooLarge, Implausible, EpochCapExceeded,
                     TooManyReadings, MeterSilent, TimeNotAligned, PeriodInvalid, NoContradiction,
                     KeyNotBound, GroupInvalid, GroupMemberInvalid, UnknownGroup>{};

protected:
    struct Head {
        u256 cumulative;
        uint64_t at = 0;  ///< 0: nothing was accepted yet
        uint64_t seq = 0;
    };
    struct Pulse {
        uint64_t block = 0;
        uint64_t up = 0;
        uint64_t settled = 0;
        uint64_t count = 0;
    };

    /// Accepts a reading whose signature is good; the error's data when it is refused.
    std::optional<Bytes> refusal_of(const Reading& reading, const Head& head) const;
    virtual void accept(const Reading& reading, const Head& head);

    static Head head_from(const u256& word);
    static u256 word_of(const Head& head);
    static Pulse pulse_from(const u256& word);
    static u256 word_of(const Pulse& pulse);
    static MeterCheckpoint checkpoint_from(const u256& word);
    static u256 word_of(const MeterCheckpoint& checkpoint);

    static constexpr Map<u256, detail::MeterPlace> meters_{10};

private:
    std::optional<Bytes> try_report(const Reading& reading);
    std::optional<Bytes> implausibility_of(const Reading& reading, const Head& head) const;
    void keep(const detail::MeterPlace& meter, uint32_t epoch_seconds, const MeterCheckpoint& old,
              const Reading& reading, Pulse& pulse);
    void require_signed(const u256& device, const DeviceKey& key, const Reading& reading) const;
    void suspend(const u256& device, const Reading& one, const Reading& other);

    /// The settled history of a device: how many checkpoints, the last accepted reading included.
    struct History {
        detail::MeterPlace meter;
        uint64_t count = 0;  ///< of kept checkpoints
        std::optional<MeterCheckpoint> head;

        uint64_t size() const { return count + (head ? 1 : 0); }
    };
    History history(const u256& device) const;
    MeterCheckpoint entry(const History& history, uint64_t index) const;
    MeterCheckpoint latest(const u256& device) const;
    /// The last entry at or before `time`; the first one when all are later.
    MeterCheckpoint at_time(const History& history, uint64_t time) const;
    void require_aligned(const u256& device, uint64_t time) const;
    void require_period(const u256& device, uint64_t from, uint64_t to) const;
    void require_trusted(const u256& device) const;

    static constexpr Map<Hash, detail::GroupPlace> groups_{11};
};

}  // namespace plume
