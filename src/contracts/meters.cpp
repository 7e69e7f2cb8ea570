#include "contracts/meters.hpp"

#include <algorithm>
#include <map>

#include "base/result.hpp"
#include "native/math.hpp"

namespace plume {

using namespace literals;

namespace {

constexpr u256 mask_128{0, 0, ~0ull, ~0ull};

/// Epoch k ends with second (k + 1) * epoch_seconds.
uint64_t epoch_of(uint64_t at, uint32_t epoch_seconds) {
    return at == 0 ? 0 : (at - 1) / epoch_seconds;
}

u256 lower_median(std::vector<u256> values) {
    std::ranges::sort(values);
    return values[(values.size() - 1) / 2];
}

/// Whether one device cannot have counted honestly and signed both.
bool contradict(const Reading& one, const Reading& other) {
    if (one.seq == other.seq) return one.at != other.at || one.cumulative != other.cumulative;
    const auto falls = [](const Reading& earlier, const Reading& later) {
        return (earlier.seq < later.seq || earlier.at < later.at) &&
               later.cumulative < earlier.cumulative;
    };
    return falls(one, other) || falls(other, one);
}

}  // namespace

// Words.

Meters::Head Meters::head_from(const u256& word) {
    return {word & mask_128, word.words[2], word.words[3]};
}
u256 Meters::word_of(const Head& head) {
    return {head.seq, head.at, head.cumulative.words[1], head.cumulative.words[0]};
}
Meters::Pulse Meters::pulse_from(const u256& word) {
    return {word.words[0], word.words[1], word.words[2], word.words[3]};
}
u256 Meters::word_of(const Pulse& pulse) {
    return {pulse.count, pulse.settled, pulse.up, pulse.block};
}
MeterCheckpoint Meters::checkpoint_from(const u256& word) {
    return {word & mask_128, word.words[2], word.words[3]};
}
u256 Meters::word_of(const MeterCheckpoint& checkpoint) {
    return {checkpoint.up, checkpoint.at, checkpoint.cumulative.words[1],
            checkpoint.cumulative.words[0]};
}

// Taking readings.

void Meters::report(u256 device, uint64_t at, u256 cumulative, uint64_t seq, Bytes signature) {
    if (auto error = try_report({device, at, cumulative, seq, std::move(signature)}))
        throw Revert{std::move(*error)};
}

u256 Meters::report_many(std::vector<Reading> readings) {
    require(readings.size() <= readings_max,
            TooManyReadings{u256{readings.size()}, u256{readings_max}});
    uint64_t accepted = 0;
    for (size_t i = 0; i < readings.size(); ++i) {
        const auto error = try_report(readings[i]);
        if (!error)
            ++accepted;
        else
            emit(ReadingSkipped{readings[i].device, u256{i},
                                *Selector::from(BytesView(*error).first(4))});
    }
    return u256{accepted};
}

std::optional<Bytes> Meters::try_report(const Reading& reading) {
    const detail::DevicePlace place = devices_[reading.device];
    if (get(place.owner()) == Address{}) return ERC721NonexistentToken{reading.device}.data();
    if (status_of(place) != DeviceStatus::active)
        return DeviceNotActive{reading.device, get(place.status())}.data();
    const Head head = head_from(get(meters_[reading.device].head()));
    // What is cheap to see is seen before the signature is paid for.
    if (auto error = refusal_of(reading, head)) return error;
    const Hash digest = reading_digest(reading.device, reading.at, reading.cumulative, reading.seq);
    if (!device_key::signed_by(*this, key_of(place), digest, reading.signature))
        return ReadingUnsigned{reading.device}.data();
    accept(reading, head);
    return std::nullopt;
}

std::optional<Bytes> Meters::refusal_of(const Reading& reading, const Head& head) const {
    const auto& [device, at, cumulative, seq, signature] = reading;
    const uint64_t registered = get(devices_[device].registered_at());
    if (at > now()) return ReadingInFuture{device, at, now()}.data();
    // Time 0 stands for no reading at all.
    if (at == 0 || at < registered) return ReadingBeforeRegistration{device, at, registered}.data();
    if (cumulative.bit_length() > 128) return CounterTooLarge{device, cumulative}.data();
    if (head.at == 0) return std::nullopt;
    if (seq <= head.seq) return SequenceUsed{device, seq, head.seq}.data();
    if (at <= head.at) return ReadingNotLater{device, at, head.at}.data();
    if (cumulative < head.cumulative)
        return CounterRolledBack{device, cumulative, head.cumulative}.data();
    return implausibility_of(reading, head);
}

std::optional<Bytes> Meters::implausibility_of(const Reading& reading, const Head& head) const {
    const u256& device = reading.device;
    const detail::DevicePlace place = devices_[device];
    const u256 delta = reading.cumulative - head.cumulative;
    // 128 bits by 64: no overflow.
    const u256 possible = get(place.capacity()).number * u256{reading.at - head.at};
    if (delta > possible) return Implausible{device, delta, possible}.data();

    const u256 cap = get(place.epoch_cap());
    if (cap.is_zero()) return std::nullopt;
    const uint32_t epoch_seconds = get(place.epoch_seconds());
    const uint64_t epoch = epoch_of(reading.at, epoch_seconds);
    // Counted from the last reading of an earlier epoch, or from the very first one.
    MeterCheckpoint base{head.cumulative, head.at, 0};
    const detail::MeterPlace meter = meters_[device];
    for (uint64_t i = pulse_from(get(meter.pulse())).count;
         i > 0 && epoch_of(base.at, epoch_seconds) == epoch; --i)
        base = checkpoint_from(get(meter.checkpoints()[i - 1]));
    const uint64_t epochs = std::max<uint64_t>(1, epoch - epoch_of(base.at, epoch_seconds));
    const u256 in_epoch = reading.cumulative - base.cumulative;
    const u256 allowed = cap * u256{epochs};
    if (in_epoch > allowed) return EpochCapExceeded{device, in_epoch, allowed}.data();
    return std::nullopt;
}

void Meters::accept(const Reading& reading, const Head& head) {
    const auto& [device, at, cumulative, seq, signature] = reading;
    const detail::DevicePlace place = devices_[device];
    const detail::MeterPlace meter = meters_[device];
    Pulse pulse = pulse_from(get(meter.pulse()));
    u256 delta;
    if (head.at != 0) {
        delta = cumulative - head.cumulative;
        keep(meter, get(place.epoch_seconds()), {head.cumulative, head.at, pulse.up}, reading,
             pulse);
        if (at - head.at <= get(place.heartbeat()))
            pulse.up += at - head.at;
        else
            emit(Gap{device, head.at, at});
    }
    pulse.block = block_number();
    set(meter.pulse(), word_of(pulse));
    set(meter.head(), word_of(Head{cumulative, at, seq}));
    emit(Metered{device, at, cumulative, seq, delta});
}

/// Makes a checkpoint of the reading that is about to be replaced: of the last one before this
/// block, so that readers find it, and of the last one of an epoch. The first checkpoint is the
/// first reading and stays; a later one gives way to another of its epoch, but not to one of this
/// block.
void Meters::keep(const detail::MeterPlace& meter, uint32_t epoch_seconds,
                  const MeterCheckpoint& old, const Reading& reading, Pulse& pulse) {
    const uint64_t epoch = epoch_of(old.at, epoch_seconds);
    const bool is_first_of_block = pulse.block != block_number();
    const bool is_last_of_epoch = epoch != epoch_of(reading.at, epoch_seconds);
    if (pulse.count > 0 && !is_first_of_block && !is_last_of_epoch) return;
    uint64_t index = pulse.count;
    if (is_first_of_block && pulse.count > 1) {
        const MeterCheckpoint last = checkpoint_from(get(meter.checkpoints()[pulse.count - 1]));
        if (epoch_of(last.at, epoch_seconds) == epoch) --index;
    }
    set(meter.checkpoints()[index], word_of(old));
    pulse.count = index + 1;
    if (is_first_of_block) pulse.settled = pulse.count;
}

Hash Meters::reading_digest(u256 device, uint64_t at, u256 cumulative, uint64_t seq) const {
    static constexpr Hash type_hash = keccak256_constexpr(
        "Reading(bytes32 deviceId,bytes32 metric,uint64 time,uint64 seq,int256 value,uint8 "
        "decimals)");
    const detail::DevicePlace place = devices_[device];
    return typed_data_digest(domain_separator(),
                             keccak256(abi::encode(type_hash, device, get(place.metric()), at, seq,
                                                   cumulative, get(place.decimals()))));
}

// Misconduct.

void Meters::require_signed(const u256& device, const DeviceKey& key,
                            const Reading& reading) const {
    require(reading.device == device && !reading.cumulative.bit(255), NoContradiction{device});
    const Hash digest = reading_digest(device, reading.at, reading.cumulative, reading.seq);
    require(device_key::signed_by(*this, key, digest, reading.signature), ReadingUnsigned{device});
}

void Meters::prove_contradiction(u256 device, DeviceKey key, Reading one, Reading other) {
    require_device(device);
    require(is_bound(key, device), KeyNotBound{device});
    require(contradict(one, other), NoContradiction{device});
    require_signed(device, key, one);
    require_signed(device, key, other);
    suspend(device, one, other);
}

void Meters::prove_rollback(u256 device, DeviceKey key, Reading reading) {
    require_device(device);
    require(is_bound(key, device), KeyNotBound{device});
    const Head head = head_from(get(meters_[device].head()));
    require(head.at != 0, NoContradiction{device});
    const Reading accepted{device, head.at, head.cumulative, head.seq, {}};
    require(contradict(accepted, reading), NoContradiction{device});
    require_signed(device, key, reading);
    suspend(device, accepted, reading);
}

void Meters::suspend(const u256& device, const Reading& one, const Reading& other) {
    const detail::DevicePlace place = devices_[device];
    require(status_of(place) == DeviceStatus::active, DeviceNotActive{device, get(place.status())});
    set_status(device, DeviceStatus::suspended);
    emit(Contradicted{device, sender(), one.seq, one.cumulative, other.seq, other.cumulative});
}

// Reading.

Meters::History Meters::history(const u256& device) const {
    const detail::MeterPlace meter = meters_[device];
    const Head head = head_from(get(meter.head()));
    const Pulse pulse = pulse_from(get(meter.pulse()));
    require(head.at != 0, MeterSilent{device});
    if (pulse.block == block_number()) {
        require(pulse.settled > 0, MeterSilent{device});
        return {meter, pulse.settled, std::nullopt};
    }
    return {meter, pulse.count, MeterCheckpoint{head.cumulative, head.at, pulse.up}};
}

MeterCheckpoint Meters::entry(const History& history, uint64_t index) const {
    if (index == history.count) return *history.head;
    return checkpoint_from(get(history.meter.checkpoints()[index]));
}

MeterCheckpoint Meters::latest(const u256& device) const {
    const History kept = history(device);
    return entry(kept, kept.size() - 1);
}

MeterCheckpoint Meters::at_time(const History& history, uint64_t time) const {
    uint64_t low = 0;  // entry(low) is the answer as far as is known
    uint64_t high = history.size();
    while (high - low > 1) {
        const uint64_t middle = low + (high - low) / 2;
        (entry(history, middle).at <= time ? low : high) = middle;
    }
    return entry(history, low);
}

std::tuple<u256, uint64_t, uint64_t> Meters::last_reading(u256 device) const {
    const Head head = head_from(get(meters_[device].head()));
    require(head.at != 0, MeterSilent{device});
    return {head.cumulative, head.at, head.seq};
}

std::tuple<u256, uint64_t, uint64_t> Meters::latest_reading(u256 device) const {
    const MeterCheckpoint last = latest(device);
    return {last.cumulative, last.at, last.up};
}

void Meters::require_aligned(const u256& device, uint64_t time) const {
    const uint32_t epoch_seconds = get(require_device(device).epoch_seconds());
    require(time % epoch_seconds == 0, TimeNotAligned{time, epoch_seconds});
}

void Meters::require_period(const u256& device, uint64_t from, uint64_t to) const {
    require_aligned(device, from);
    require_aligned(device, to);
    require(from < to && to <= now(), PeriodInvalid{from, to});
}

u256 Meters::delta_since(u256 device, uint64_t since) const {
    require_aligned(device, since);
    const History kept = history(device);
    return entry(kept, kept.size() - 1).cumulative - at_time(kept, since).cumulative;
}

u256 Meters::delta_between(u256 device, uint64_t from, uint64_t to) const {
    require_period(device, from, to);
    const History kept = history(device);
    return at_time(kept, to).cumulative - at_time(kept, from).cumulative;
}

u256 Meters::rate(u256 device) const {
    const History kept = history(device);
    require(kept.size() > 1, MeterSilent{device});
    const MeterCheckpoint last = entry(kept, kept.size() - 1);
    const MeterCheckpoint previous = entry(kept, kept.size() - 2);
    return mul_div_down(last.cumulative - previous.cumulative, 1'000'000'000'000'000'000_u256,
                        u256{last.at - previous.at});
}

u256 Meters::uptime_between(u256 device, uint64_t from, uint64_t to) const {
    require_period(device, from, to);
    const History kept = history(device);
    const MeterCheckpoint begin = at_time(kept, from);
    const MeterCheckpoint end = at_time(kept, to);
    uint64_t up = end.up - begin.up;
    // The interval that was running at `from` counts for what follows only as far as it lies in it.
    if (begin.at < from && from - begin.at <= get(devices_[device].heartbeat()))
        up -= std::min(up, from - begin.at);
    return u256{up};
}

void Meters::require_trusted(const u256& device) const {
    const detail::DevicePlace place = require_device(device);
    require(status_of(place) == DeviceStatus::active, DeviceNotActive{device, get(place.status())});
    record::require_live(*this, get(place.record()));
}

bool Meters::meter_fresh(u256 device, uint64_t age_max) const {
    require_trusted(device);
    return now() - latest(device).at <= age_max;
}

bool Meters::produced_at_least(u256 device, uint64_t from, uint64_t to, u256 amount) const {
    require_trusted(device);
    return delta_between(device, from, to) >= amount;
}

bool Meters::uptime_at_least(u256 device, uint64_t from, uint64_t to, uint16_t bps) const {
    require_trusted(device);
    return uptime_between(device, from, to) * u256{10'000u} >= u256{to - from} * u256{bps};
}

// Groups.

Hash Meters::create_meter_group(std::vector<u256> devices) {
    require(!devices.empty() && devices.size() <= group_size_max,
            GroupInvalid{u256{devices.size()}, u256{group_size_max}});
    const Hash id = keccak256(abi::encode(devices));
    const detail::GroupPlace group = groups_[id];
    require(length(group.devices()) == 0, GroupInvalid{u256{devices.size()}, u256{group_size_max}});
    const detail::DevicePlace first = require_device(devices[0]);
    for (size_t i = 0; i < devices.size(); ++i) {
        const detail::DevicePlace place = require_device(devices[i]);
        const auto begin = devices.begin();
        const bool is_new = std::find(begin, begin + static_cast<ptrdiff_t>(i), devices[i]) ==
                            begin + static_cast<ptrdiff_t>(i);
        require(is_new && get(place.metric()) == get(first.metric()) &&
                    get(place.decimals()) == get(first.decimals()),
                GroupMemberInvalid{devices[i]});
        set(push(group.devices()), devices[i]);
        set(push(group.bases()), latest(devices[i]).cumulative);
    }
    emit(MeterGroupCreated{id, devices});
    return id;
}

std::vector<u256> Meters::group_members(Hash group) const {
    const Array<u256> devices = groups_[group].devices();
    std::vector<u256> out(length(devices));
    require(!out.empty(), UnknownGroup{group});
    for (size_t i = 0; i < out.size(); ++i) out[i] = get(devices[i]);
    return out;
}

u256 Meters::cumulative_of(Hash group) const {
    std::vector<u256> values = group_members(group);
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = cumulative(values[i]) - get(groups_[group].bases()[i]);
    return lower_median(std::move(values));
}

u256 Meters::median_delta(Hash group, uint64_t since) const {
    std::vector<u256> values = group_members(group);
    for (u256& value : values) value = delta_since(value, since);
    return lower_median(std::move(values));
}

// Invariants.

std::optional<std::string> Meters::broken_invariant() const {
    if (auto broken = DeviceRegistry::broken_invariant()) return broken;
    std::map<u256, Head> heads;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto metered = Metered::decode(log)) {
            const auto& [device, at, cumulative, seq, delta] = *metered;
            const auto [found, fresh] =
                heads.try_emplace(device, head_from(before(meters_[device].head())));
            Head& last = found->second;
            if (at > now()) return "O-8: a reading of the future was accepted";
            if (last.at != 0) {
                if (seq <= last.seq) return "O-8: a number was accepted twice";
                if (at <= last.at) return "O-8: time ran back";
                if (cumulative < last.cumulative) return "O-8: a counter fell";
                if (cumulative - last.cumulative >
                    get(devices_[device].capacity()).number * u256{at - last.at})
                    return "O-8: a counter rose faster than its device can";
            }
            last = {cumulative, at, seq};
        } else if (const auto rotated = KeyRotated::decode(log)) {
            const u256& device = std::get<0>(*rotated);
            heads.try_emplace(device, head_from(before(meters_[device].head())));
        }
    }
    for (const auto& [device, last] : heads) {
        const Head head = head_from(get(meters_[device].head()));
        if (head.cumulative != last.cumulative || head.at != last.at || head.seq != last.seq)
            return "O-8: a counter stands where no reading put it";
    }
    return std::nullopt;
}

}  // namespace plume
