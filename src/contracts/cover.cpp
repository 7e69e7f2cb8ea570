#include "contracts/cover.hpp"

#include "native/remote.hpp"

namespace plume::cover {

namespace {

/// What the currency may use to say how much it has booked for the contract.
constexpr uint64_t cover_gas_max = 100'000;

using Transfer = Event<"Transfer(address indexed from, address indexed to, uint256 value)", Address,
                       Address, u256>;

}  // namespace

std::optional<std::string> broken_by(const Contract& contract, const Address& currency,
                                     const u256& booked, const u256& booked_before) {
    const Answer answer =
        contract.static_call(currency, erc20::BalanceOf::calldata(contract.self()), cover_gas_max);
    if (answer.success && abi::decode_one<u256>(answer.data).value_or(u256{}) >= booked)
        return std::nullopt;
    u256 arrived;
    u256 left;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != currency) continue;
        const auto transfer = Transfer::decode(log);
        if (!transfer) continue;
        const auto& [from, to, value] = *transfer;
        if (to == contract.self()) arrived += value;
        if (from == contract.self()) left += value;
    }
    if (booked_before + arrived < booked + left)
        return "V-12: the currency " + to_hex(currency) + " does not hold what the books say";
    return std::nullopt;
}

}  // namespace plume::cover
