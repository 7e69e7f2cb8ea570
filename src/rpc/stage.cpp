#include "rpc/stage.hpp"

namespace plume::rpc {

namespace {

/// The member by one of its two names, not by both.
Field either(const Field& field, std::string_view name, std::string_view other_name) {
    const Field value = field[name];
    const Field other = field[other_name];
    if (value.given() && other.given()) other.refuse("is another name of " + std::string(name));
    return value.given() ? value : other;
}

/// A fee, small enough for arithmetic on it never to overflow.
u256 read_fee(const Field& field) {
    constexpr unsigned bits = 128;
    const u256 fee = field.quantity();
    if (fee.bit_length() > bits) field.refuse("number > 128 bits");
    return fee;
}

}  // namespace

Stage stage_of(const Ask& ask, const BlockId& id, bool as_next) {
    const Chain& chain = ask.chain();
    Stage out{or_throw(chain.at(id)), {}};
    const bool is_next = id == BlockId{BlockTag::pending} ||
                         (as_next && out.state->number() >= chain.head()->number());
    out.block = is_next ? chain.next_environment(ask.services().now())
                        : environment_of(out.state->header(), chain.rules().chain_id);
    return out;
}

BlockOverrides read_block_overrides(const Field& field) {
    BlockOverrides out;
    if (!field.given()) return out;
    field.only_members({"number", "time", "gasLimit", "feeRecipient", "coinbase", "prevRandao",
                        "random", "baseFeePerGas", "baseFee", "blobBaseFee", "difficulty"});
    if (field["number"].given()) out.number = field["number"].number();
    if (field["time"].given()) out.timestamp = field["time"].number();
    if (field["gasLimit"].given()) out.gas_limit = field["gasLimit"].number();
    const Field coinbase = either(field, "feeRecipient", "coinbase");
    if (coinbase.given()) out.coinbase = coinbase.address();
    const Field randao = either(field, "prevRandao", "random");
    if (randao.given()) out.prev_randao = randao.hash();
    const Field base_fee = either(field, "baseFeePerGas", "baseFee");
    if (base_fee.given()) out.base_fee = read_fee(base_fee);
    if (field["blobBaseFee"].given()) out.blob_base_fee = read_fee(field["blobBaseFee"]);
    const Field difficulty = field["difficulty"];
    if (difficulty.given() && !difficulty.quantity().is_zero())
        difficulty.refuse("blocks have no difficulty since the merge; set prevRandao");
    return out;
}

void apply(const BlockOverrides& overrides, BlockEnvironment& block) {
    if (overrides.number) block.number = *overrides.number;
    if (overrides.timestamp) block.timestamp = *overrides.timestamp;
    if (overrides.gas_limit) block.gas_limit = *overrides.gas_limit;
    if (overrides.coinbase) block.coinbase = *overrides.coinbase;
    if (overrides.prev_randao) block.prev_randao = *overrides.prev_randao;
    if (overrides.base_fee) block.base_fee = *overrides.base_fee;
    if (overrides.blob_base_fee) block.blob_base_fee = *overrides.blob_base_fee;
}

}  // namespace plume::rpc
