// evm_, anvil_, hardhat_: the clock, the blocks and the past of a development chain, with the
// arguments and answers that the users of anvil know. Where Hardhat's differ, anvil's count.

#include "rpc/dev.hpp"

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

/// Blocks that one request may make.
constexpr uint64_t mine_max = 100'000;
/// Seconds between blocks at the most: a day.
constexpr uint64_t mining_interval_max = 86'400;

Development& development(const Ask& ask) {
    check(ask.services().dev.has_value(), "these methods exist in development mode only");
    return ask.services().dev->development;
}

Solo& solo(const Ask& ask) {
    return development(ask).solo();
}

Json set_next_block_timestamp(Ask& ask) {
    or_throw(solo(ask).set_next_timestamp(ask[0].lenient_number()));
    return nullptr;
}

/// Answers how far the clock has been moved in all, in seconds.
Json increase_time(Ask& ask) {
    return or_throw(solo(ask).increase_time(ask[0].lenient_number()));
}

/// Answers by how many seconds that moves the clock.
Json set_time(Ask& ask) {
    // Clients in JavaScript often hand over milliseconds.
    constexpr uint64_t millisecond_min = 1'000'000'000'000;
    const uint64_t time = ask[0].lenient_number();
    return or_throw(solo(ask).set_time(time >= millisecond_min ? time / 1'000 : time));
}

Json set_block_timestamp_interval(Ask& ask) {
    const uint64_t seconds = ask[0].lenient_number();
    if (seconds > mining_interval_max) ask[0].refuse("more than a day");
    solo(ask).set_timestamp_interval(seconds);
    return nullptr;
}

Json remove_block_timestamp_interval(Ask& ask) {
    solo(ask).set_timestamp_interval(std::nullopt);
    return true;
}

CommittedBlockPtr mine_one(const Ask& ask) {
    auto block = solo(ask).mine();
    if (block == nullptr) throw RpcError{code::server_error, "the node is stopping"};
    return block;
}

/// `interval`: seconds from one block to the next; absent: as the clock goes.
void mine_many(const Ask& ask, uint64_t count, std::optional<uint64_t> interval) {
    if (count > mine_max)
        throw RpcError{code::limit_exceeded,
                       "at most " + std::to_string(mine_max) + " blocks at once"};
    for (uint64_t i = 0; i < count; ++i) {
        const auto block = mine_one(ask);
        if (interval && i + 1 < count)
            or_throw(solo(ask).set_next_timestamp(block->block.header.timestamp + *interval));
    }
}

/// No argument; a timestamp; or { timestamp?, blocks? }.
uint64_t mine_as_asked(const Ask& ask) {
    const Field argument = ask[0];
    const bool is_object = argument.is_object();
    if (is_object) argument.only_members({"timestamp", "blocks"});
    const Field timestamp = is_object ? argument["timestamp"] : argument;
    const bool has_count = is_object && argument["blocks"].given();
    const uint64_t count = has_count ? argument["blocks"].lenient_number() : 1;
    if (timestamp.given() && count <= mine_max)
        or_throw(solo(ask).set_next_timestamp(timestamp.lenient_number()));
    mine_many(ask, count, std::nullopt);
    return count;
}

Json evm_mine(Ask& ask) {
    mine_as_asked(ask);
    return quantity(0);
}

/// Answers the blocks with their transactions.
Json evm_mine_detailed(Ask& ask) {
    const uint64_t count = mine_as_asked(ask);
    const auto head = ask.chain().head();
    boost::json::array out;
    for (uint64_t number = head->number() - count + 1; number <= head->number(); ++number)
        out.push_back(to_json(head->block(number).value(), u256{}, true));
    return out;
}

/// How many blocks, and the seconds between them.
Json mine(Ask& ask) {
    const uint64_t count = ask[0].given() ? ask[0].lenient_number() : 1;
    if (ask[1].given())
        mine_many(ask, count, ask[1].lenient_number());
    else
        mine_many(ask, count, std::nullopt);
    return nullptr;
}

/// Switching it off leaves blocks at intervals as they are.
Json set_automine(Ask& ask) {
    if (ask[0].boolean())
        solo(ask).set_mining(Mining::automatic);
    else if (solo(ask).mining() == Mining::automatic)
        solo(ask).set_mining(Mining::manual);
    return nullptr;
}

Json get_automine(Ask& ask) {
    return solo(ask).mining() == Mining::automatic;
}

/// Seconds; 0 ends it, and blocks are made on demand only.
Json set_interval_mining(Ask& ask) {
    const uint64_t seconds = ask[0].lenient_number();
    if (seconds > mining_interval_max) ask[0].refuse("more than a day of seconds");
    if (seconds == 0)
        solo(ask).set_mining(Mining::manual);
    else
        solo(ask).set_interval(std::chrono::seconds(seconds));
    return nullptr;
}

Json get_interval_mining(Ask& ask) {
    if (solo(ask).mining() != Mining::at_interval) return nullptr;
    return std::chrono::duration_cast<std::chrono::seconds>(solo(ask).interval()).count();
}

Json snapshot(Ask& ask) {
    return quantity(or_throw(development(ask).snapshot()));
}

Json revert(Ask& ask) {
    return or_throw(development(ask).revert(ask[0].lenient_number()));
}

Json rollback(Ask& ask) {
    or_throw(development(ask).rollback(ask[0].given() ? ask[0].lenient_number() : 1));
    return nullptr;
}

Json reset(Ask& ask) {
    if (ask[0].is_object() && ask[0]["forking"].given())
        throw RpcError{code::invalid_params,
                       "invalid argument 0: this chain forks no other; reset without \"forking\""};
    or_throw(development(ask).reset());
    return nullptr;
}

constexpr Method methods[] = {
    {"evm_setNextBlockTimestamp", set_next_block_timestamp, 1},
    {"anvil_setNextBlockTimestamp", set_next_block_timestamp, 1},
    {"evm_increaseTime", increase_time, 1},
    {"anvil_increaseTime", increase_time, 1},
    {"evm_setTime", set_time, 1},
    {"anvil_setTime", set_time, 1},
    {"anvil_setBlockTimestampInterval", set_block_timestamp_interval, 1},
    {"evm_setBlockTimestampInterval", set_block_timestamp_interval, 1},
    {"anvil_removeBlockTimestampInterval", remove_block_timestamp_interval, 0},
    {"evm_removeBlockTimestampInterval", remove_block_timestamp_interval, 0},
    {"evm_mine", evm_mine, 1},
    {"evm_mineDetailed", evm_mine_detailed, 1},
    {"anvil_mineDetailed", evm_mine_detailed, 1},
    {"anvil_mine", mine, 2},
    {"hardhat_mine", mine, 2},
    {"evm_setAutomine", set_automine, 1},
    {"anvil_setAutomine", set_automine, 1},
    {"anvil_getAutomine", get_automine, 0},
    {"hardhat_getAutomine", get_automine, 0},
    {"evm_setIntervalMining", set_interval_mining, 1},
    {"anvil_setIntervalMining", set_interval_mining, 1},
    {"anvil_getIntervalMining", get_interval_mining, 0},
    {"evm_snapshot", snapshot, 0},
    {"anvil_snapshot", snapshot, 0},
    {"evm_revert", revert, 1},
    {"anvil_revert", revert, 1},
    {"anvil_rollback", rollback, 1},
    {"anvil_reset", reset, 1},
    {"hardhat_reset", reset, 1},
};

}  // namespace

std::span<const Method> dev_methods() {
    return methods;
}

}  // namespace plume::rpc
