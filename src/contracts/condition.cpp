#include "contracts/condition.hpp"

namespace plume {

namespace {

void require_gas(const Contract& contract) {
    // The account access is paid before all but a 64th of the rest is handed on.
    constexpr uint64_t needed =
        gas::cold_account_access + condition_gas_max + condition_gas_max / 63 + 1;
    contract.require(contract.gas_left() >= needed,
                     InsufficientGas{u256{contract.gas_left()}, u256{needed}});
}

}  // namespace

Truth evaluate(const Contract& contract, const Condition& condition) {
    require_gas(contract);
    return evaluate_part(contract, condition);
}

std::optional<u256> evaluate_number(const Contract& contract, const Condition& view) {
    require_gas(contract);
    const Answer answer = contract.static_call(view.target, view.data, condition_gas_max);
    if (!answer.success || answer.data.size() < 32) return std::nullopt;
    return from_big_endian(BytesView(answer.data).first(32));
}

Truth evaluate_part(const Contract& contract, const Condition& condition) {
    // A call to an address without code succeeds; its empty answer is what makes it an error.
    const Answer answer = contract.static_call(condition.target, condition.data, condition_gas_max);
    if (!answer.success || answer.data.size() < 32) return Truth::error;
    const u256 word = from_big_endian(BytesView(answer.data).first(32));
    if (word.is_zero()) return Truth::no;
    return word == u256{1u} ? Truth::yes : Truth::error;
}

}  // namespace plume
