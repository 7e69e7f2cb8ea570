// Batches against a plain model: aggregates with one thing wrong or nothing, signed by enough
// gateways or not, challenged by leaves that contradict them or do not, and sent again.
#include <gtest/gtest.h>

#include <array>

#include "contracts/batches.hpp"
#include "support/feeds.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;
using test::wallet_signature;

constexpr uint32_t period = 3'600;
constexpr uint32_t challenge_seconds = 600;
constexpr uint64_t epoch_count = 3;
constexpr uint64_t leaf_count = 4;
constexpr uint64_t honest_sum = 10 + 11 + 12 + 13;
/// Who signs: the first four are two of three gateways at least, each once and in order.
const std::array<std::vector<uint16_t>, 8> signers{
    {{0, 1}, {0, 2}, {1, 2}, {0, 1, 2}, {1}, {1, 0}, {1, 1}, {}}};

enum class Flaw : uint8_t {
    none,
    at_start,  ///< of the window, which does not belong to it
    at_end,    ///< which does
    after_end,
    too_little,
    too_much,
    negative,
    stranger,  ///< a device that is in the set later, if ever
    other_metric,
    other_decimals,
    twin,  ///< the number of the leaf beside it again, with another value
    copy,  ///< the leaf beside it again
    count
};

struct Step {
    enum class Kind : uint8_t { pass, submit, challenge, twice, add };
    Kind kind = Kind::pass;
    uint64_t epoch = 0;
    uint64_t seconds = 0;    ///< to pass, or by how much a window is wrong
    Flaw flaw = Flaw::none;  ///< of the leaf `at`
    uint64_t at = 0;         ///< or the leaf that is shown
    uint64_t other = 0;
    uint64_t sum = honest_sum;
    uint64_t signed_by = 0;
};

struct Model {
    struct Batch {
        uint64_t submitted_at = 0;
        bool is_rejected = false;
        Flaw flaw = Flaw::none;
        uint64_t at = 0;
        uint64_t sum = 0;

        friend bool operator==(const Batch&, const Batch&) = default;
    };

    std::array<Batch, epoch_count> batches;
    uint64_t start = 0, now = 0;
    uint64_t stranger_added_at = 0;

    friend bool operator==(const Model&, const Model&) = default;

    uint64_t end_of(uint64_t epoch) const { return start + (epoch + 1) * period; }
    BatchState state(uint64_t epoch) const {
        const Batch& batch = batches[epoch];
        if (batch.submitted_at == 0) return BatchState::none;
        if (batch.is_rejected) return BatchState::rejected;
        return now > batch.submitted_at + challenge_seconds ? BatchState::final
                                                            : BatchState::pending;
    }
    bool submit(const Step& step) {
        const BatchState before = state(step.epoch);
        if (before == BatchState::pending || before == BatchState::final) return false;
        if (step.seconds != 0 || end_of(step.epoch) > now || step.signed_by > 3) return false;
        // Four values from 10 to 13 each.
        if (step.sum < 40 || step.sum > 52) return false;
        batches[step.epoch] = {now, false, step.flaw, step.at, step.sum};
        return true;
    }
    bool is_contradicted(uint64_t epoch, uint64_t leaf) const {
        const Batch& batch = batches[epoch];
        if (batch.at != leaf) return false;
        if (batch.flaw == Flaw::stranger)
            return stranger_added_at == 0 || stranger_added_at >= end_of(epoch);
        return batch.flaw != Flaw::none && batch.flaw != Flaw::at_end && batch.flaw < Flaw::twin;
    }
    bool is_doubled(uint64_t epoch, uint64_t one, uint64_t other) const {
        const Batch& batch = batches[epoch];
        if (batch.flaw < Flaw::twin) return false;
        const bool are_both = one / 2 == batch.at / 2 && other / 2 == batch.at / 2;
        return are_both && (one != other || batch.flaw == Flaw::copy);
    }
};

template <class Contract>
struct BatchesTrial {
    using Operation = Step;

    BatchesTrial() : world({native_type<Contract>(60'051, 1, "Tried")}) {
        world.expect_broken_invariants();
        world.stand_at(world.create(person(1), "Tried", {}).template value<Address>());
        for (uint16_t n = 0; n < 3; ++n) devices.push_back(world.add_device(n));
        model.start = model.now = world.now();
        set = world
                  .template send<
                      "createDeviceSet((uint64,uint32,uint32,uint128,bytes32,uint8,uint8,"
                      "address[]))">(
                      FeedsWorld::owner(), world.feeds(),
                      SetParams{.start = model.start,
                                .period = period,
                                .challenge = challenge_seconds,
                                .capacity = {2_u256},
                                .metric = keccak256("energy|kWh"),
                                .decimals = 6,
                                .threshold = 2,
                                .gateways = {address_of(gateway(0)), address_of(gateway(1)),
                                             address_of(gateway(2))}})
                  .template value<Hash>();
        check(add({devices[0], devices[1]}).ok(), "two devices are of the set from the beginning");
    }

    static Step draw(model::Random& random) {
        static constexpr std::array<uint64_t, 6> times{
            1, challenge_seconds, challenge_seconds + 1, 1'200, period, period};
        const uint64_t kind = random() % 20;
        Step out{.epoch = random() % epoch_count, .at = random() % leaf_count};
        out.other = random() % 2 == 0 ? out.at ^ 1 : random() % leaf_count;
        if (kind < 4) {
            out.seconds = times[random() % times.size()];
        } else if (kind < 10) {
            out.kind = Step::Kind::submit;
            out.flaw = static_cast<Flaw>(random() % static_cast<uint64_t>(Flaw::count));
            out.seconds = random() % 10 == 0;
            out.sum = random() % 3 == 0 ? 38 + random() % 16 : honest_sum;
            out.signed_by = random() % (random() % 4 == 0 ? signers.size() : 4);
        } else if (kind < 19) {
            out.kind = kind < 15 ? Step::Kind::challenge : Step::Kind::twice;
        } else if (random() % 4 == 0) {
            out.kind = Step::Kind::add;
        }
        return out;
    }
    static std::vector<Step> alphabet() {
        using Kind = Step::Kind;
        return {{.kind = Kind::pass, .seconds = challenge_seconds},
                {.kind = Kind::pass, .seconds = 1},
                {.kind = Kind::pass, .seconds = period},
                {.kind = Kind::submit},
                {.kind = Kind::submit, .flaw = Flaw::stranger, .at = 1, .sum = 41},
                {.kind = Kind::submit, .epoch = 1, .flaw = Flaw::copy, .at = 2},
                {.kind = Kind::challenge, .at = 1},
                {.kind = Kind::twice, .epoch = 1, .at = 2, .other = 3},
                {.kind = Kind::add}};
    }
    static std::string show(const Step& step) {
        static constexpr std::array names{"pass", "submit", "challenge", "challenge twice", "add"};
        return std::string(names[static_cast<size_t>(step.kind)]) + " epoch " +
               std::to_string(step.epoch) + " seconds " + std::to_string(step.seconds) + " flaw " +
               std::to_string(static_cast<unsigned>(step.flaw)) + " at " + std::to_string(step.at) +
               " other " + std::to_string(step.other) + " sum " + std::to_string(step.sum) +
               " signed by " + std::to_string(step.signed_by);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Step& step) {
        if (step.kind == Step::Kind::pass) {
            world.advance(step.seconds);
            model.now = world.now();
            return std::nullopt;
        }
        const Model was = model;
        const bool expected = predict(step);
        const Outcome out = act(step, was.batches[step.epoch]);
        if (!out.broken.empty()) return "broken: " + out.broken;
        if (out.ok() != expected) return expected ? "refused" : "not refused";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        for (uint64_t epoch = 0; epoch < epoch_count; ++epoch) {
            const BatchState state = model.state(epoch);
            const Outcome said =
                world.template ask<"batchState(bytes32,uint64)">(world.feeds(), set, epoch);
            if (said.template value<uint8_t>() != static_cast<uint8_t>(state)) return "a state";
            const Outcome payable =
                world.template ask<"payableDelta(bytes32,uint64)">(world.feeds(), set, epoch);
            if (payable.ok() != (state == BatchState::final)) return "what is payable and what not";
            if (payable.ok() && payable.template value<u256>() != u256{model.batches[epoch].sum})
                return "a sum that is payable";
        }
        return std::nullopt;
    }

private:
    static PrivateKey gateway(uint16_t n) { return test::key(static_cast<uint16_t>(50 + n)); }

    Outcome add(const std::vector<u256>& of) {
        return world.template send<"addSetDevices(bytes32,uint256[])">(FeedsWorld::owner(),
                                                                       world.feeds(), set, of);
    }

    std::array<BatchLeaf, leaf_count> leaves(uint64_t epoch, Flaw flaw, uint64_t at) const {
        std::array<BatchLeaf, leaf_count> out;
        const uint64_t end = model.end_of(epoch);
        for (uint64_t i = 0; i < leaf_count; ++i)
            out[i] = {.device = to_word(devices[i % 2]),
                      .metric = keccak256("energy|kWh"),
                      .time = end - period + 800 * (i + 1),
                      .seq = i,
                      .value = {u256{10 + i}},
                      .decimals = 6};
        BatchLeaf& leaf = out[at];
        if (flaw == Flaw::at_start) leaf.time = end - period;
        if (flaw == Flaw::at_end) leaf.time = end;
        if (flaw == Flaw::after_end) leaf.time = end + 1;
        if (flaw == Flaw::too_little) leaf.value = {9_u256};
        if (flaw == Flaw::too_much) leaf.value = {14_u256};
        if (flaw == Flaw::negative) leaf.value = i256::of(-1);
        if (flaw == Flaw::stranger) leaf.device = to_word(devices[2]);
        if (flaw == Flaw::other_metric) leaf.metric = keccak256("water|l");
        if (flaw == Flaw::other_decimals) leaf.decimals = 5;
        if (flaw == Flaw::copy || flaw == Flaw::twin) leaf = out[at ^ 1];
        if (flaw == Flaw::twin) leaf.value = {out[at].value.bits ^ 1_u256};
        return out;
    }
    static Hash leaf_hash(const BatchLeaf& leaf) { return keccak256(keccak256(abi::encode(leaf))); }
    static Hash pair_hash(const Hash& a, const Hash& b) {
        Bytes image = to_bytes(std::min(a, b));
        append(image, std::max(a, b));
        return keccak256(image);
    }
    static Hash half(const std::array<BatchLeaf, leaf_count>& of, uint64_t i) {
        return pair_hash(leaf_hash(of[2 * i]), leaf_hash(of[2 * i + 1]));
    }
    static std::vector<Hash> proof(const std::array<BatchLeaf, leaf_count>& of, uint64_t i) {
        return {leaf_hash(of[i ^ 1]), half(of, 1 - i / 2)};
    }

    bool predict(const Step& step) {
        Model::Batch& batch = model.batches[step.epoch];
        const bool is_pending = model.state(step.epoch) == BatchState::pending;
        switch (step.kind) {
            case Step::Kind::submit:
                return model.submit(step);
            case Step::Kind::challenge:
                if (!is_pending || !model.is_contradicted(step.epoch, step.at)) return false;
                batch.is_rejected = true;
                return true;
            case Step::Kind::twice:
                if (!is_pending || !model.is_doubled(step.epoch, step.at, step.other)) return false;
                batch.is_rejected = true;
                return true;
            default:
                if (model.stranger_added_at != 0) return false;
                model.stranger_added_at = model.now;
                return true;
        }
    }
    /// `batch` is the epoch's as it stands.
    Outcome act(const Step& step, const Model::Batch& batch) {
        const auto of = leaves(step.epoch, batch.flaw, batch.at);
        switch (step.kind) {
            case Step::Kind::submit:
                return submit(step);
            case Step::Kind::challenge:
                return world.template send<
                    "challengeBatch(bytes32,uint64,(bytes32,bytes32,uint64,uint64,int256,uint8),"
                    "bytes32[])">(person(8), world.feeds(), set, step.epoch, of[step.at],
                                  proof(of, step.at));
            case Step::Kind::twice:
                return world.template send<
                    "challengeTwice(bytes32,uint64,(bytes32,bytes32,uint64,uint64,int256,uint8),"
                    "bytes32[],(bytes32,bytes32,uint64,uint64,int256,uint8),bytes32[])">(
                    person(8), world.feeds(), set, step.epoch, of[step.at], proof(of, step.at),
                    of[step.other], proof(of, step.other));
            default:
                return add({devices[2]});
        }
    }
    Outcome submit(const Step& step) {
        const auto of = leaves(step.epoch, step.flaw, step.at);
        const uint64_t end = model.end_of(step.epoch);
        const BatchAggregate batch{.device_set = set,
                                   .epoch = step.epoch,
                                   .window_start = end - period + step.seconds,
                                   .window_end = end + step.seconds,
                                   .count = leaf_count,
                                   .root = pair_hash(half(of, 0), half(of, 1)),
                                   .sum = u256{step.sum},
                                   .min = 10_u256,
                                   .max = 13_u256,
                                   .uptime_bps = 9'990};
        const Hash digest =
            world
                .template ask<
                    "batchDigest((bytes32,uint64,uint64,uint64,uint64,bytes32,uint256,uint256,"
                    "uint256,uint16))">(world.feeds(), batch)
                .template value<Hash>();
        std::vector<Bytes> signatures;
        for (const uint16_t n : signers[step.signed_by])
            signatures.push_back(wallet_signature(digest, gateway(n)));
        return world.template send<
            "submitBatch((bytes32,uint64,uint64,uint64,uint64,bytes32,uint256,uint256,uint256,"
            "uint16),bytes[])">(person(9), world.feeds(), batch, signatures);
    }

    FeedsWorld world;
    std::vector<u256> devices;
    Hash set;
    Model model;
};

TEST(BatchesModel, random_lives_are_as_the_model_says) {
    model::expect_random<BatchesTrial<Feeds>>({.operations = 3'000, .life = 100});
}
TEST(BatchesModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<BatchesTrial<Feeds>>(5, 8);
}

// Planted faults.

/// Another aggregate takes the place of one that waits.
class TakesAnother : public Feeds {
public:
    using Feeds::Feeds;
    void submit_again(BatchAggregate batch, std::vector<Bytes> signatures) {
        const auto kept = sets_[batch.device_set].batches()[batch.epoch];
        const bool is_pending = state_of(batch.device_set, batch.epoch) == BatchState::pending;
        if (is_pending) set(kept.submitted_at(), 0);
        submit_batch(batch, std::move(signatures));
    }
    static constexpr auto abi =
        Feeds::abi +
        Methods<Method<"submitBatch((bytes32 deviceSet, uint64 epoch, uint64 windowStart, uint64 "
                       "windowEnd, uint64 count, bytes32 root, uint256 sum, uint256 min, uint256 "
                       "max, uint16 uptimeBps) batch, bytes[] signatures)",
                       &TakesAnother::submit_again>>{};
};

/// What was rejected is paid after all: what comes in its place keeps its sum.
class KeepsTheSum : public Feeds {
public:
    using Feeds::Feeds;
    void submit_for_the_old_sum(BatchAggregate batch, std::vector<Bytes> signatures) {
        const auto kept = sets_[batch.device_set].batches()[batch.epoch];
        const auto before = get(kept.sum());
        submit_batch(batch, std::move(signatures));
        if (!before.number.is_zero()) set(kept.sum(), before);
    }
    static constexpr auto abi =
        Feeds::abi +
        Methods<Method<"submitBatch((bytes32 deviceSet, uint64 epoch, uint64 windowStart, uint64 "
                       "windowEnd, uint64 count, bytes32 root, uint256 sum, uint256 min, uint256 "
                       "max, uint16 uptimeBps) batch, bytes[] signatures)",
                       &KeepsTheSum::submit_for_the_old_sum>>{};
};

/// What waits for a challenge is payable.
class PaysEarly : public Feeds {
public:
    using Feeds::Feeds;
    u256 payable_early(Hash set, uint64_t epoch) const {
        if (state_of(set, epoch) != BatchState::pending) return payable_delta(set, epoch);
        return get(sets_[set].batches()[epoch].sum());
    }
    static constexpr auto abi =
        Feeds::abi +
        Methods<Method<"payableDelta(bytes32 set, uint64 epoch) view returns (uint256)",
                       &PaysEarly::payable_early>>{};
};

/// A device that joins has always been there.
class AddsBackwards : public Feeds {
public:
    using Feeds::Feeds;
    void add_for_ever(Hash set_id, std::vector<u256> devices) {
        add_set_devices(set_id, devices);
        for (const u256& device : devices) set(sets_[set_id].devices()[device], 1);
    }
    static constexpr auto abi =
        Feeds::abi + Methods<Method<"addSetDevices(bytes32 set, uint256[] devices)",
                                    &AddsBackwards::add_for_ever>>{};
};

constexpr model::Plan planted{.operations = 10'000, .life = 100};

TEST(BatchesModel, an_aggregate_in_anothers_place_is_caught) {
    model::expect_caught<BatchesTrial<TakesAnother>>(planted, 3);
}
TEST(BatchesModel, a_rejected_sum_is_caught) {
    model::expect_caught<BatchesTrial<KeepsTheSum>>(planted, 3);
}
TEST(BatchesModel, a_payment_before_its_time_is_caught) {
    model::expect_caught<BatchesTrial<PaysEarly>>(planted, 2);
}
TEST(BatchesModel, a_device_of_always_is_caught) {
    model::expect_caught<BatchesTrial<AddsBackwards>>(planted, 3);
}

}  // namespace
}  // namespace plume
