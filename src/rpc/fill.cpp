#include "rpc/fill.hpp"

#include <algorithm>

#include "evm/gas.hpp"
#include "rpc/call_request.hpp"
#include "rpc/revert.hpp"
#include "rpc/stage.hpp"

namespace plume::rpc {

namespace {

TransactionType read_type(const Field& field, const CallRequest& call) {
    const bool is_legacy = field["gasPrice"].given();
    if (!call.authorizations.empty()) return TransactionType::set_code;
    if (field["type"].given()) {
        const uint64_t type = field["type"].lenient_number();
        if (type > 2 && type != 4) field["type"].refuse("not 0, 1, 2 or 4");
        if (type == 4) field["type"].refuse("4 needs an authorizationList");
        if (type == 2 && is_legacy) field["type"].refuse("2 has no gasPrice");
        return static_cast<TransactionType>(type);
    }
    if (!is_legacy) return TransactionType::dynamic_fee;
    return field["accessList"].given() ? TransactionType::access_list : TransactionType::legacy;
}

void fill_fees(const Ask& ask, const Field& field, Transaction& out) {
    const u256 base_fee = ask.chain().next_base_fee();
    const u256 tip{suggested_tip};
    if (out.type < TransactionType::dynamic_fee) {
        const u256 price =
            field["gasPrice"].given() ? field["gasPrice"].quantity() : base_fee + tip;
        out.max_fee_per_gas = out.max_priority_fee_per_gas = price;
        return;
    }
    const Field cap = field["maxFeePerGas"];
    const Field given_tip = field["maxPriorityFeePerGas"];
    const u256 wanted_tip = given_tip.given() ? given_tip.quantity() : tip;
    out.max_fee_per_gas = cap.given() ? cap.quantity() : base_fee * u256{2u} + wanted_tip;
    out.max_priority_fee_per_gas =
        given_tip.given() ? wanted_tip : std::min(wanted_tip, out.max_fee_per_gas);
}

uint64_t fill_gas(const Ask& ask, const CallRequest& call, Failing failing) {
    const Stage stage = stage_of(ask, BlockId{BlockTag::pending}, true);
    const auto estimated = estimate_gas(*stage.state, stage.block, ask.chain().rules(), call);
    if (estimated && estimated->result.status == Status::success) return estimated->gas;
    if (failing == Failing::send) return std::min(stage.block.gas_limit, gas::transaction_max);
    if (!estimated) throw RpcError{code::server_error, estimated.error().what};
    throw error_of(estimated->result);
}

}  // namespace

Filled fill_transaction(const Ask& ask, const Field& field, Failing failing) {
    if (!field["from"].given()) field.refuse("\"from\" not specified");
    const CallRequest call = read_call(field);
    const uint64_t chain_id = ask.chain().rules().chain_id;
    if (field["chainId"].given() && field["chainId"].lenient_number() != chain_id)
        field["chainId"].refuse("chainId does not match node's (have=" +
                                std::to_string(field["chainId"].lenient_number()) +
                                ", want=" + std::to_string(chain_id) + ")");
    Transaction out = unsigned_transaction(call, chain_id, 0);
    out.chain_id = chain_id;
    out.type = read_type(field, call);
    out.nonce = field["nonce"].given() ? field["nonce"].lenient_number()
                                       : ask.chain().pending_nonce(call.from);
    fill_fees(ask, field, out);
    out.gas_limit = call.gas_limit ? *call.gas_limit : fill_gas(ask, call, failing);
    return {std::move(out), call.from};
}

}  // namespace plume::rpc
