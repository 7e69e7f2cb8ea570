#include "app/share_token.hpp"

#include "contracts/regulated_token.hpp"

namespace plume {

Bytes share_token_params(std::string_view name, std::string_view symbol, const Hash& record,
                         const Address& owner, const u256& supply) {
    const auto bit = [](Feature feature) { return static_cast<uint32_t>(feature); };
    RegulatedTokenParams params;
    params.name = name;
    params.symbol = symbol;
    params.decimals = 0;
    params.record = record;
    params.holder = owner;
    params.initial_supply = supply;
    params.features.on = bit(Feature::votes) | bit(Feature::holds) | bit(Feature::transferable);
    params.powers.mint = owner;
    params.powers.metadata = owner;
    return abi::encode(params);
}

}  // namespace plume
