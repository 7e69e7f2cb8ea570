#include "chain/system.hpp"

#include "evm/call.hpp"

namespace plume {

using namespace literals;

const Address beacon_roots_address = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02"_address;
const Address history_address = "0x0000f90827f1c53a10cb7a02335b175320002935"_address;

namespace {

constexpr uint64_t system_gas = 30'000'000;
constexpr uint64_t history_size = 8'191;

}  // namespace

Bytes history_code() {
    constexpr std::string_view code =
        "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257"
        "611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
    return *from_hex(code);
}

std::optional<CallResult> system_call(State& state, const BlockEnvironment& block,
                                      std::span<const NativeType> natives, const Address& contract,
                                      BytesView input) {
    if (state.code(contract).empty()) return std::nullopt;
    state.begin_transaction();
    Execution execution{state, block, natives, system_sender, {}};
    CallResult result = call(execution, {.gas = system_gas,
                                         .sender = system_sender,
                                         .recipient = contract,
                                         .code_address = contract,
                                         .value = {},
                                         .input = input});
    state.end_transaction();
    return result;
}

void begin_block(State& state, const BlockEnvironment& block, std::span<const NativeType> natives,
                 const Header& header) {
    system_call(state, block, natives, beacon_roots_address, header.parent_beacon_block_root);
    if (block.revision >= Revision::prague)
        system_call(state, block, natives, history_address, header.parent_hash);
}

void know_ancestors(BlockEnvironment& block, const StateView& view) {
    block.ancestor_hash = [&view, parent = block.number - 1,
                           parent_hash = block.parent_hash](uint64_t number) {
        if (number == parent) return parent_hash;
        return to_word(view.storage(history_address, u256{number % history_size}));
    };
}

}  // namespace plume
