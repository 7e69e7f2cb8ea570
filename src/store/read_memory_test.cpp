#include "store/read_memory.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace plume {
namespace {

Address address_of(uint64_t number) {
    Address out{};
    for (size_t i = 0; i < 8; ++i)
        out[Address::size - 1 - i] = static_cast<uint8_t>(number >> (8 * i));
    return out;
}

AccountFields with_nonce(uint64_t nonce) {
    AccountFields out;
    out.nonce = nonce;
    return out;
}

TEST(ReadMemory, knows_what_was_kept_of_the_same_version_only) {
    ReadMemory memory;
    const Address address = address_of(1);
    const u256 slot{7u};
    EXPECT_FALSE(memory.account(1, address).has_value());
    EXPECT_FALSE(memory.storage(1, address, slot).has_value());
    EXPECT_FALSE(memory.code(Hash{}).has_value());

    memory.keep(1, address, with_nonce(5));
    memory.keep(1, address, slot, u256{9u});
    EXPECT_EQ(memory.account(1, address).value(), with_nonce(5));
    EXPECT_EQ(memory.storage(1, address, slot), u256{9u});
    EXPECT_FALSE(memory.account(2, address).has_value());
    EXPECT_FALSE(memory.storage(2, address, slot).has_value());
    EXPECT_FALSE(memory.storage(1, address, u256{8u}).has_value());
    EXPECT_FALSE(memory.storage(1, address_of(2), slot).has_value());

    memory.keep(2, address, std::nullopt);
    ASSERT_TRUE(memory.account(2, address).has_value());
    EXPECT_FALSE(memory.account(2, address)->has_value());
    EXPECT_FALSE(memory.account(1, address).has_value());
}

TEST(ReadMemory, keeps_codes_for_good) {
    ReadMemory memory;
    memory.keep(Hash{}, Bytes{1, 2, 3});
    EXPECT_EQ(memory.code(Hash{}), (Bytes{1, 2, 3}));
}

TEST(ReadMemory, never_takes_one_thing_for_another_however_many_there_are) {
    ReadMemory memory;
    constexpr uint64_t count = 4 * ReadMemory::slot_count;
    size_t accounts = 0;
    size_t slots = 0;
    for (uint64_t i = 0; i < count; ++i) {
        memory.keep(1, address_of(i), with_nonce(i));
        memory.keep(1, address_of(i % 16), u256{i}, u256{i});
    }
    for (uint64_t i = 0; i < count; ++i) {
        if (const auto found = memory.account(1, address_of(i))) {
            ++accounts;
            EXPECT_EQ((*found)->nonce, i);
        }
        if (const auto found = memory.storage(1, address_of(i % 16), u256{i})) {
            ++slots;
            EXPECT_EQ(*found, u256{i});
        }
    }
    EXPECT_LE(accounts, ReadMemory::account_count);
    EXPECT_GT(accounts, ReadMemory::account_count / 2);
    EXPECT_LE(slots, ReadMemory::slot_count);
    EXPECT_GT(slots, ReadMemory::slot_count / 2);
}

TEST(ReadMemory, is_right_for_threads_that_read_different_versions) {
    ReadMemory memory;
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (uint64_t version = 1; version <= 4; ++version)
        threads.emplace_back([&, version] {
            for (uint64_t i = 0; i < 20'000; ++i) {
                const Address address = address_of(i % 3);
                memory.keep(version, address, with_nonce(version));
                memory.keep(address == Address{} ? Hash{} : empty_code_hash, Bytes(i % 3 + 1));
                if (const auto found = memory.account(version, address))
                    if ((*found)->nonce != version) ++wrong;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace plume
