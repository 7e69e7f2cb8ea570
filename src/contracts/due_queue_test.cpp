#include "contracts/due_queue.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "support/world.hpp"

namespace plume::due_queue {
namespace {

using test::person;
using test::World;

/// A contract that is nothing but a queue.
class Queue : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void enter(uint64_t time, uint64_t id) { add(*this, {time, id}); }
    void shift(uint64_t time, uint64_t id) { move(*this, {time, id}); }
    void leave(uint64_t id) { remove(*this, id); }
    void fill(uint64_t count) {
        for (uint64_t i = 0; i < count; ++i) add(*this, {count - i, i});
    }
    std::tuple<uint64_t, uint64_t, uint64_t> head() const {
        const Entry entry = first(*this).value_or(Entry{});
        return {due_queue::size(*this), entry.time, entry.id};
    }
    uint64_t when(uint64_t id) const { return time_of(*this, id).value_or(0); }
    std::vector<uint64_t> all(uint64_t start, uint64_t count) const {
        std::vector<uint64_t> out;
        for (const Entry& entry : list(*this, start, count)) out.push_back(entry.id);
        return out;
    }
    std::string broken(uint64_t id) const { return broken_around(*this, id).value_or(""); }

    static constexpr auto constructor = Method<"constructor()", &Queue::construct>{};
    static constexpr auto abi =
        Methods<Method<"enter(uint64 time, uint64 id)", &Queue::enter>,
                Method<"shift(uint64 time, uint64 id)", &Queue::shift>,
                Method<"leave(uint64 id)", &Queue::leave>,
                Method<"fill(uint64 count)", &Queue::fill>,
                Method<"head() view returns (uint64 size, uint64 time, uint64 id)", &Queue::head>,
                Method<"when(uint64 id) view returns (uint64)", &Queue::when>,
                Method<"all(uint64 start, uint64 count) view returns (uint64[])", &Queue::all>,
                Method<"broken(uint64 id) view returns (string)", &Queue::broken>>{};
};

class DueQueueTest : public testing::Test {
protected:
    static inline const std::array types{native_type<Queue>(60'020, 1, "Queue")};

    DueQueueTest() : world(types) {
        queue = world.create(person(1), "Queue", Hash{}).value<Address>();
    }
    template <FixedText text, class... T>
    void tell(const T&... arguments) {
        const Bytes data = World::calldata<text>(arguments...);
        ASSERT_TRUE(world.send_data(person(1), queue, data, {}, 1'000'000'000'000).ok());
    }
    std::tuple<uint64_t, uint64_t, uint64_t> head() {
        const auto answer = world.ask<"head()">(queue).result.output;
        return abi::decode<uint64_t, uint64_t, uint64_t>(answer).value();
    }

    World world;
    Address queue;
};

TEST_F(DueQueueTest, is_empty_at_first) {
    EXPECT_EQ(head(), (std::tuple{0u, 0u, 0u}));
    EXPECT_TRUE((world.ask<"all(uint64,uint64)">(queue, uint64_t{0}, uint64_t{9})
                     .value<std::vector<uint64_t>>()
                     .empty()));
}

TEST_F(DueQueueTest, is_at_every_step_what_a_sorted_set_is) {
    constexpr uint64_t seed = 4'711;
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::set<Entry> model;
    std::map<uint64_t, uint64_t> times;
    for (uint64_t step = 0; step < 6'000; ++step) {
        const bool grows = step % 2'000 < 1'200;
        const uint64_t time = 1 + random() % 50;
        if (times.empty() || random() % 10 < (grows ? 6 : 2)) {
            tell<"enter(uint64,uint64)">(time, step);
            model.insert({time, step});
            times[step] = time;
        } else {
            auto chosen = times.lower_bound(random() % (step + 1));
            if (chosen == times.end()) chosen = times.begin();
            if (random() % 3 == 0) chosen = times.find(model.begin()->id);
            const uint64_t id = chosen->first;
            model.erase({chosen->second, id});
            if (random() % 3 == 0) {
                tell<"shift(uint64,uint64)">(time, id);
                model.insert({time, id});
                chosen->second = time;
            } else {
                tell<"leave(uint64)">(id);
                times.erase(chosen);
                ASSERT_EQ(world.ask<"when(uint64)">(queue, id).value<uint64_t>(), 0u);
            }
        }
        const Entry least = model.empty() ? Entry{} : *model.begin();
        ASSERT_EQ(head(), (std::tuple{model.size(), least.time, least.id})) << step;
        if (step % 97 != 0) continue;
        for (const auto& [id, at] : times) {
            ASSERT_EQ(world.ask<"when(uint64)">(queue, id).value<uint64_t>(), at);
            ASSERT_EQ(world.ask<"broken(uint64)">(queue, id).value<std::string>(), "");
        }
        auto all = world.ask<"all(uint64,uint64)">(queue, uint64_t{0}, ~0ull)
                       .value<std::vector<uint64_t>>();
        ASSERT_EQ(std::set<uint64_t>(all.begin(), all.end()).size(), times.size());
    }
}

TEST_F(DueQueueTest, takes_as_many_as_it_says_and_no_more) {
    tell<"fill(uint64)">(uint64_t{entries_max});
    EXPECT_EQ(head(), (std::tuple{entries_max, uint64_t{1}, entries_max - 1}));
    EXPECT_TRUE((world.send<"enter(uint64,uint64)">(person(1), queue, uint64_t{1}, ~0ull))
                    .refused_with(QueueFull{u256{entries_max}}));
    tell<"leave(uint64)">(entries_max - 1);
    EXPECT_EQ(head(), (std::tuple{entries_max - 1, uint64_t{2}, entries_max - 2}));
    tell<"enter(uint64,uint64)">(uint64_t{1}, ~0ull);
}

TEST_F(DueQueueTest, ids_and_times_keep_all_their_bits) {
    tell<"enter(uint64,uint64)">(~0ull, ~0ull);
    tell<"enter(uint64,uint64)">(~0ull - 1, ~0ull - 1);
    EXPECT_EQ(head(), (std::tuple{2u, ~0ull - 1, ~0ull - 1}));
    tell<"leave(uint64)">(~0ull - 1);
    EXPECT_EQ(head(), (std::tuple{1u, ~0ull, ~0ull}));
}

}  // namespace
}  // namespace plume::due_queue
