#include "evm/gas.hpp"

namespace plume {

IntrinsicGas intrinsic_gas(const Transaction& transaction, Revision revision) {
    const auto zeros = static_cast<uint64_t>(std::ranges::count(transaction.data, uint8_t{0}));
    const uint64_t others = transaction.data.size() - zeros;
    uint64_t standard = gas::transaction + zeros * gas::data_zero_byte + others * gas::data_byte;
    if (!transaction.to)
        standard +=
            gas::transaction_create + words_of(transaction.data.size()) * gas::init_code_word;
    for (const AccessListEntry& entry : transaction.access_list)
        standard += gas::access_list_address + entry.slots.size() * gas::access_list_slot;
    standard += transaction.authorizations.size() * gas::authorization;
    if (revision < Revision::prague) return {standard, 0};
    const uint64_t tokens = zeros + 4 * others;
    return {standard, gas::transaction + tokens * gas::floor_token};
}

}  // namespace plume
