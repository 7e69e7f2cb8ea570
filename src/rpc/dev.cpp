// evm_: the clock and the blocks of a development chain, with the arguments that Hardhat's and
// anvil's users write.

#include "rpc/dev.hpp"

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

/// Blocks that one evm_mine may make.
constexpr uint64_t mine_max = 1'000;

const DevControls& controls(const Ask& ask) {
    check(ask.services().dev.has_value(), "these methods exist in development mode only");
    return *ask.services().dev;
}

Json set_next_block_timestamp(Ask& ask) {
    or_throw(controls(ask).set_next_timestamp(ask[0].lenient_number()));
    return nullptr;
}

/// Answers how far the clock has been moved in all, in seconds.
Json increase_time(Ask& ask) {
    return or_throw(controls(ask).increase_time(ask[0].lenient_number()));
}

/// No argument; a timestamp; or { timestamp?, blocks? }.
Json mine(Ask& ask) {
    const Field argument = ask[0];
    const bool is_object = argument.is_object();
    if (is_object) argument.only_members({"timestamp", "blocks"});
    const Field timestamp = is_object ? argument["timestamp"] : argument;
    const bool has_count = is_object && argument["blocks"].given();
    const uint64_t count = has_count ? argument["blocks"].lenient_number() : 1;
    if (count > mine_max)
        throw RpcError{code::limit_exceeded,
                       "at most " + std::to_string(mine_max) + " blocks at once"};
    if (timestamp.given()) or_throw(controls(ask).set_next_timestamp(timestamp.lenient_number()));
    for (uint64_t i = 0; i < count; ++i) or_throw(controls(ask).mine());
    return quantity(0);
}

constexpr Method methods[] = {
    {"evm_setNextBlockTimestamp", set_next_block_timestamp, 1},
    {"evm_increaseTime", increase_time, 1},
    {"evm_mine", mine, 1},
};

}  // namespace

std::span<const Method> dev_methods() {
    return methods;
}

}  // namespace plume::rpc
