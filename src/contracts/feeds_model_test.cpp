// Meters against a plain model: every reading ever accepted in a list, every answer looked up in
// it. Readings come late, twice, with old and foreign keys; devices change keys and hands, are
// caught and reinstated.
#include <gtest/gtest.h>

#include <map>

#include "support/feeds.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::key_of;
using test::Outcome;
using test::person;
using test::wallet_signature;

constexpr uint64_t epoch = FeedsWorld::epoch_seconds;
constexpr uint64_t epoch_cap = 20'000;
constexpr uint16_t device_count = 3;

struct Step {
    enum class Kind : uint8_t { pass, report, rotate, prove, reinstate, transfer };
    Kind kind = Kind::pass;
    uint16_t device = 0;
    uint64_t seconds = 0;  ///< to pass, or how long ago the reading is
    int64_t units = 0;     ///< on the counter
    int64_t number = 1;    ///< on the reading's number
    bool is_stale_key = false;
};

/// What a device should be, written for reading.
struct DeviceModel {
    struct Accepted {
        uint64_t at = 0;
        uint64_t cumulative = 0;
        uint64_t up = 0;
        uint64_t block = 0;

        friend bool operator==(const Accepted&, const Accepted&) = default;
    };
    std::vector<Accepted> readings;
    uint64_t seq = 0;
    uint16_t key = 0;
    uint32_t key_count = 1;
    uint8_t status = 0;
    Address owner = FeedsWorld::owner();
    bool is_capped = false;

    bool accept(uint64_t at, int64_t cumulative, uint64_t number, uint64_t now, uint64_t block,
                uint64_t registered) {
        if (status != 0 || at > now || at < registered || cumulative < 0) return false;
        const auto counter = static_cast<uint64_t>(cumulative);
        if (readings.empty()) {
            readings.push_back({at, counter, 0, block});
            seq = number;
            return true;
        }
        const Accepted& last = readings.back();
        if (number <= seq || at <= last.at || counter < last.cumulative) return false;
        if (counter - last.cumulative > FeedsWorld::capacity * (at - last.at)) return false;
        if (is_capped && !is_within_cap(at, counter)) return false;
        const uint64_t passed = at - last.at;
        readings.push_back(
            {at, counter, last.up + (passed <= FeedsWorld::heartbeat ? passed : 0), block});
        seq = number;
        return true;
    }
    bool is_within_cap(uint64_t at, uint64_t counter) const {
        const uint64_t own = (at - 1) / epoch;
        for (auto it = readings.rbegin(); it != readings.rend(); ++it)
            if ((it->at - 1) / epoch < own)
                return counter - it->cumulative <= epoch_cap * (own - (it->at - 1) / epoch);
        return counter - readings[0].cumulative <= epoch_cap;
    }
    std::vector<Accepted> settled(uint64_t block) const {
        std::vector<Accepted> out;
        for (const Accepted& each : readings)
            if (each.block < block) out.push_back(each);
        return out;
    }
    static Accepted at_time(const std::vector<Accepted>& all, uint64_t time) {
        Accepted out = all[0];
        for (const Accepted& each : all)
            if (each.at <= time) out = each;
        return out;
    }

    friend bool operator==(const DeviceModel&, const DeviceModel&) = default;
};

template <class Contract>
struct Trial {
    using Operation = Step;

    Trial() : world({native_type<Contract>(60'040, 1, "Tried")}) {
        world.expect_broken_invariants();
        world.stand_at(world.create(person(1), "Tried", {}).template value<Address>());
        start = world.now();
        for (uint16_t n = 0; n < device_count; ++n) {
            devices[n].key = n;
            devices[n].is_capped = n == 0;
            DeviceParams params = world.params(n);
            if (devices[n].is_capped) params.epoch_cap = {u256{epoch_cap}};
            world.register_device(params, FeedsWorld::device_key(n));
        }
    }

    static Step draw(model::Random& random) {
        Step out;
        const auto kind = random() % 20;
        out.device = static_cast<uint16_t>(random() % device_count);
        out.seconds = random() % (random() % 4 == 0 ? 4'000 : 900);
        if (kind < 6) return out;
        out.kind = Step::Kind::report;
        out.seconds = random() % 3 == 0 ? random() % 2'000 : 0;
        out.units = static_cast<int64_t>(random() % 9'000) - 200;
        out.number = static_cast<int64_t>(random() % 4);
        out.is_stale_key = random() % 16 == 0;
        if (kind == 16) out.kind = Step::Kind::rotate;
        if (kind == 17) out.kind = Step::Kind::prove;
        if (kind == 18) out.kind = Step::Kind::reinstate;
        if (kind == 19) out.kind = Step::Kind::transfer;
        return out;
    }
    static std::vector<Step> alphabet() {
        using Kind = Step::Kind;
        return {{.kind = Kind::pass, .seconds = 1},
                {.kind = Kind::pass, .seconds = epoch},
                {.kind = Kind::report, .units = 7},
                {.kind = Kind::report, .seconds = 1, .units = 3},
                {.kind = Kind::report, .units = -1},
                {.kind = Kind::report, .units = 0, .number = 0},
                {.kind = Kind::rotate}};
    }
    static std::string show(const Step& step) {
        static constexpr const char* names[] = {"pass",  "report",    "rotate",
                                                "prove", "reinstate", "transfer"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " device " +
               std::to_string(step.device) + " seconds " + std::to_string(step.seconds) +
               " units " + std::to_string(step.units) + " number " + std::to_string(step.number) +
               (step.is_stale_key ? " stale key" : "");
    }

    auto parts() { return std::tie(world, next_key, devices, wrong); }

    std::optional<std::string> apply(const Step& step) {
        switch (step.kind) {
            case Step::Kind::pass:
                world.advance(step.seconds);
                break;
            case Step::Kind::report:
                report(step);
                break;
            case Step::Kind::rotate:
                rotate(step.device);
                break;
            case Step::Kind::prove:
                prove(step);
                break;
            case Step::Kind::reinstate: {
                DeviceModel& device = devices[step.device];
                expect("reinstate",
                       world.template send<"reinstateDevice(uint256)">(
                           FeedsWorld::manufacturer(), world.feeds(), id(step.device)),
                       device.status == 1);
                device.status = 0;
                break;
            }
            case Step::Kind::transfer:
                transfer(step.device);
        }
        return wrong.empty() ? std::nullopt : std::optional(wrong);
    }
    std::optional<std::string> compare() {
        for (uint16_t n = 0; n < device_count; ++n) compare(n);
        return wrong.empty() ? std::nullopt : std::optional(wrong);
    }

private:
    static u256 id(uint16_t n) { return FeedsWorld::device(n); }
    void expect(const std::string& what, const Outcome& out, bool expected) {
        if (!out.broken.empty()) wrong = what + " breaks " + out.broken;
        if (out.ok() != expected) wrong = what + (expected ? " is refused" : " is not refused");
    }
    template <class T>
    void expect_equal(const std::string& what, const T& found, const T& expected) {
        if (found != expected) wrong = what + " is not as the model says";
    }

    void report(const Step& step) {
        DeviceModel& device = devices[step.device];
        const uint64_t at = world.now() - step.seconds;
        const uint64_t last = device.readings.empty() ? 1'000 : device.readings.back().cumulative;
        const int64_t cumulative = static_cast<int64_t>(last) + step.units;
        if (cumulative < 0) return;
        const uint64_t number = device.seq + static_cast<uint64_t>(step.number);
        // A key of somebody else's, which is what a former key is.
        const uint16_t key = step.is_stale_key ? uint16_t{999} : device.key;
        const Outcome out = world.report(
            world.signed_reading(id(step.device), at, u256{static_cast<uint64_t>(cumulative)},
                                 number, FeedsWorld::device_key(key)));
        const bool expected =
            !step.is_stale_key &&
            device.accept(at, cumulative, number, world.now(), world.block().number, start);
        expect("report", out, expected);
    }
    void rotate(uint16_t n) {
        DeviceModel& device = devices[n];
        const auto fresh = static_cast<uint16_t>(100 + next_key++);
        const PrivateKey key = FeedsWorld::device_key(fresh);
        const Bytes possession =
            wallet_signature(world.binding(id(n), device.owner, device.key_count), key);
        expect("rotate",
               world.template send<test::rotate_text>(device.owner, world.feeds(), id(n),
                                                      key_of(key), possession),
               true);
        device.key = fresh;
        ++device.key_count;
    }
    /// One signed reading against the last accepted one.
    void prove(const Step& step) {
        DeviceModel& device = devices[step.device];
        const uint64_t last = device.readings.empty() ? 1'000 : device.readings.back().cumulative;
        const int64_t cumulative = static_cast<int64_t>(last) + step.units % 3;
        const uint64_t at = world.now() - step.seconds;
        const uint64_t number = device.seq + static_cast<uint64_t>(step.number);
        if (cumulative < 0) return;
        const Reading reading =
            world.signed_reading(id(step.device), at, u256{static_cast<uint64_t>(cumulative)},
                                 number, FeedsWorld::device_key(device.key));
        bool is_caught = false;
        if (!device.readings.empty()) {
            const auto& head = device.readings.back();
            const auto counter = static_cast<uint64_t>(cumulative);
            const bool is_later = number > device.seq || at > head.at;
            is_caught = number == device.seq ? at != head.at || counter != head.cumulative
                                             : (is_later && counter < head.cumulative) ||
                                                   (at < head.at && counter > head.cumulative);
        }
        is_caught = is_caught && device.status == 0;
        expect("proveRollback",
               world.template send<test::rollback_text>(person(98), world.feeds(), id(step.device),
                                                        key_of(FeedsWorld::device_key(device.key)),
                                                        reading),
               is_caught);
        if (is_caught) device.status = 1;
    }
    void transfer(uint16_t n) {
        DeviceModel& device = devices[n];
        const Address to = device.owner == person(1) ? person(2) : person(1);
        expect("transferFrom",
               world.template send<"transferFrom(address,address,uint256)">(
                   device.owner, world.feeds(), device.owner, to, id(n)),
               true);
        device.owner = to;
    }
    void compare(uint16_t n) {
        const DeviceModel& device = devices[n];
        expect_equal("the status", world.status(id(n)), device.status);
        expect_equal(
            "the owner",
            world.template ask<"ownerOf(uint256)">(world.feeds(), id(n)).template value<Address>(),
            device.owner);
        const auto all = device.settled(world.block().number);
        const Outcome latest = world.template ask<"latestReading(uint256)">(world.feeds(), id(n));
        if (latest.ok() == all.empty()) wrong = "a meter is silent or not";
        if (all.empty() || !latest.ok()) return;
        expect_equal("the latest reading", latest.result.output,
                     abi::encode(u256{all.back().cumulative}, all.back().at, all.back().up));
        const uint64_t over = world.now() / epoch * epoch;
        const uint64_t from = std::max(start, over > 2 * epoch ? over - 2 * epoch : 0);
        for (const uint64_t to : {from + epoch, over}) {
            if (to <= from || to > world.now()) continue;
            const u256 produced{DeviceModel::at_time(all, to).cumulative -
                                DeviceModel::at_time(all, from).cumulative};
            expect_equal("a period's delta",
                         world
                             .template ask<"deltaBetween(uint256,uint64,uint64)">(world.feeds(),
                                                                                  id(n), from, to)
                             .template value<u256>(),
                         produced);
        }
    }

    FeedsWorld world;
    uint64_t start = 0;
    uint64_t next_key = 0;
    std::array<DeviceModel, device_count> devices;
    std::string wrong;
};

TEST(MetersModel, random_lives_are_as_the_model_says) {
    model::expect_random<Trial<Feeds>>({.operations = 4'000, .life = 120});
}

TEST(MetersModel, small_lives_are_as_the_model_says_in_every_case) {
    model::expect_exhaustive<Trial<Feeds>>(5, 8);
}

// Planted faults, each one step of the accounting done wrong.

/// A new key begins a new count.
class Recounting : public Feeds {
public:
    using Feeds::Feeds;
    void rotate_afresh(u256 device, DeviceKey key, Bytes possession) {
        rotate_key(device, key, possession);
        set(meters_[device].head(), {});
    }
    static constexpr auto abi =
        Feeds::abi +
        Methods<Method<"rotateKey(uint256 device, (uint8 algorithm, bytes key) key, bytes "
                       "possession)",
                       &Recounting::rotate_afresh>>{};
};

/// A number serves twice: what stands there is put back by one first.
class Replaying : public Feeds {
public:
    using Feeds::Feeds;
    void report_again(u256 device, uint64_t at, u256 cumulative, uint64_t seq, Bytes signature) {
        Head head = head_from(get(meters_[device].head()));
        if (head.seq > 0 && head.at != 0) --head.seq;
        set(meters_[device].head(), word_of(head));
        report(device, at, cumulative, seq, std::move(signature));
    }
    static constexpr auto abi =
        Feeds::abi +
        Methods<Method<"report(uint256 device, uint64 at, uint256 cumulative, uint64 seq, bytes "
                       "signature)",
                       &Replaying::report_again>>{};
};

/// The counter is a unit ahead of what was signed.
class Generous : public Feeds {
public:
    using Feeds::Feeds;

protected:
    void accept(const Reading& reading, const Head& head) override {
        Reading more = reading;
        more.cumulative += u256{1u};
        Feeds::accept(more, head);
    }
};

/// A gap counts as uptime.
class Dozing : public Feeds {
public:
    using Feeds::Feeds;

protected:
    void accept(const Reading& reading, const Head& head) override {
        Feeds::accept(reading, head);
        const Slot<u256> slot = meters_[reading.device].pulse();
        Pulse pulse = pulse_from(get(slot));
        if (head.at != 0 && reading.at - head.at > get(devices_[reading.device].heartbeat()))
            pulse.up += reading.at - head.at;
        set(slot, word_of(pulse));
    }
};

/// What came in this block is read in it.
class Hasty : public Feeds {
public:
    using Feeds::Feeds;

protected:
    void accept(const Reading& reading, const Head& head) override {
        Feeds::accept(reading, head);
        const Slot<u256> slot = meters_[reading.device].pulse();
        Pulse pulse = pulse_from(get(slot));
        --pulse.block;
        set(slot, word_of(pulse));
    }
};

/// The last reading of an epoch is forgotten.
class Forgetful : public Feeds {
public:
    using Feeds::Feeds;

protected:
    void accept(const Reading& reading, const Head& head) override {
        const Slot<u256> slot = meters_[reading.device].pulse();
        Feeds::accept(reading, head);
        Pulse pulse = pulse_from(get(slot));
        if (pulse.count > 2) --pulse.count;
        pulse.settled = std::min(pulse.settled, pulse.count);
        set(slot, word_of(pulse));
    }
};

constexpr model::Plan planted{.operations = 3'000, .life = 120};

TEST(MetersModel, a_recount_after_a_rotation_is_caught) {
    model::expect_caught<Trial<Recounting>>(planted);
}
TEST(MetersModel, a_number_that_serves_twice_is_caught) {
    model::expect_caught<Trial<Replaying>>(planted);
}
TEST(MetersModel, a_unit_too_many_is_caught) {
    model::expect_caught<Trial<Generous>>(planted);
}
TEST(MetersModel, uptime_over_a_gap_is_caught) {
    model::expect_caught<Trial<Dozing>>(planted);
}
TEST(MetersModel, a_read_of_the_current_block_is_caught) {
    model::expect_caught<Trial<Hasty>>(planted);
}
TEST(MetersModel, a_forgotten_checkpoint_is_caught) {
    model::expect_caught<Trial<Forgetful>>(planted);
}

}  // namespace
}  // namespace plume
