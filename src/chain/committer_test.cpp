#include "chain/committer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

namespace plume {
namespace {

Committer::Job job(uint64_t number, std::function<void(const CommittedBlockPtr&)> done = {}) {
    CommittedBlock committed;
    committed.block.header.number = number;
    BlockUnderWay block{std::make_shared<const CommittedBlock>(std::move(committed)), nullptr};
    return {std::make_shared<const BlockUnderWay>(std::move(block)), std::move(done)};
}

using Groups = std::vector<std::vector<uint64_t>>;

std::vector<uint64_t> numbers(std::span<const Committer::Job> jobs) {
    std::vector<uint64_t> out;
    for (const Committer::Job& each : jobs) out.push_back(each.block->number());
    return out;
}

TEST(Committer, what_comes_while_it_writes_is_written_together_and_in_order) {
    Groups groups;
    std::binary_semaphore begun{0};
    std::counting_semaphore<> may_write{0};
    Committer committer([&](std::span<const Committer::Job> jobs) {
        begun.release();
        may_write.acquire();
        groups.push_back(numbers(jobs));
    });
    committer.add(job(1));
    begun.acquire();
    committer.add(job(2));
    // The third fills it up: `add` returns when the first is written.
    std::jthread third([&] { committer.add(job(3)); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    may_write.release(2);
    third.join();
    committer.settle();
    ASSERT_EQ(groups.front(), (std::vector<uint64_t>{1}));
    std::vector<uint64_t> rest;
    for (size_t i = 1; i < groups.size(); ++i)
        rest.insert(rest.end(), groups[i].begin(), groups[i].end());
    EXPECT_EQ(rest, (std::vector<uint64_t>{2, 3}));
}

TEST(Committer, tells_since_when_the_oldest_block_is_under_way) {
    std::binary_semaphore begun{0};
    std::counting_semaphore<> may_write{0};
    Committer committer([&](std::span<const Committer::Job>) {
        begun.release();
        may_write.acquire();
    });
    EXPECT_EQ(committer.busy_since(), std::nullopt);
    const auto before = std::chrono::steady_clock::now();
    committer.add(job(1));
    begun.acquire();
    const auto first = committer.busy_since();
    ASSERT_TRUE(first.has_value());
    EXPECT_GE(*first, before);
    committer.add(job(2));
    EXPECT_EQ(committer.busy_since(), first);
    may_write.release();
    begun.acquire();
    ASSERT_TRUE(committer.busy_since().has_value());
    EXPECT_GE(*committer.busy_since(), *first);
    may_write.release();
    committer.settle();
    EXPECT_EQ(committer.busy_since(), std::nullopt);
}

TEST(Committer, no_more_than_its_maximum_is_under_way) {
    std::atomic<size_t> added{0};
    std::atomic<size_t> written{0};
    std::atomic<size_t> most{0};
    {
        Committer committer([&](std::span<const Committer::Job> jobs) {
            most = std::max(most.load(), added.load() - written.load());
            written += jobs.size();
        });
        for (uint64_t number = 1; number <= 1'000; ++number) {
            ++added;
            committer.add(job(number));
        }
    }
    EXPECT_EQ(written, 1'000u) << "all of it is written before it goes";
    EXPECT_LE(most, Committer::under_way_max + 1) << "one more may be about to be handed over";
}

TEST(Committer, tells_of_each_block_after_all_of_its_group_is_written) {
    std::vector<std::string> events;
    {
        Committer committer([&](std::span<const Committer::Job> jobs) {
            for (const uint64_t number : numbers(jobs))
                events.push_back("write " + std::to_string(number));
        });
        for (uint64_t number = 1; number <= 3; ++number)
            committer.add(job(number, [&](const CommittedBlockPtr& block) {
                events.push_back("done " + std::to_string(block->block.header.number));
            }));
        committer.settle();
        EXPECT_EQ(events.size(), 6u) << "settled means that they were told, too";
    }
    for (uint64_t number = 1; number <= 3; ++number) {
        const auto at = [&](const std::string& event) {
            return std::ranges::find(events, event + std::to_string(number));
        };
        ASSERT_NE(at("done "), events.end());
        EXPECT_LT(at("write "), at("done "));
    }
}

}  // namespace
}  // namespace plume
