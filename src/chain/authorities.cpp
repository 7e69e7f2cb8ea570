#include "chain/authorities.hpp"

#include <algorithm>

#include "evm/execution.hpp"

namespace plume {

std::optional<Address> authority_of(const Authorization& authorization, uint64_t chain_id) {
    if (!authorization.chain_id.is_zero() && authorization.chain_id != u256{chain_id})
        return std::nullopt;
    if (authorization.nonce == ~uint64_t{0} || authorization.y_parity > 1 ||
        authorization.s > secp256k1_half_n)
        return std::nullopt;
    return recover(signing_hash(authorization),
                   {authorization.r, authorization.s, authorization.y_parity == 1});
}

std::vector<LiveAuthorization> live_authorizations(const Transaction& transaction,
                                                   uint64_t chain_id, const StateView& view) {
    std::vector<LiveAuthorization> out;
    for (const Authorization& each : transaction.authorizations) {
        const auto authority = authority_of(each, chain_id);
        if (!authority) continue;
        const AccountFields account = view.account(*authority).value_or(AccountFields{});
        if (each.nonce < account.nonce) continue;
        if (account.has_code() && !delegate_of(view.code(account.code_hash))) continue;
        out.push_back({*authority, each.nonce, account.nonce});
    }
    return out;
}

void Authorities::add(std::span<const LiveAuthorization> authorizations) {
    for (const LiveAuthorization& each : authorizations) {
        Account& account = accounts_[each.authority];
        account.nonce = std::max(account.nonce, each.account_nonce);
        account.wished.insert(each.nonce);
    }
}

void Authorities::remove(std::span<const LiveAuthorization> authorizations) {
    for (const LiveAuthorization& each : authorizations) {
        const auto place = accounts_.find(each.authority);
        check(place != accounts_.end(), "what is taken out was added");
        std::multiset<uint64_t>& wished = place->second.wished;
        const auto wish = wished.find(each.nonce);
        check(wish != wished.end(), "each authorization is counted once");
        wished.erase(wish);
        if (wished.empty()) accounts_.erase(place);
    }
}

void Authorities::follow(const Address& account, uint64_t nonce) {
    const auto place = accounts_.find(account);
    if (place != accounts_.end()) place->second.nonce = nonce;
}

bool Authorities::awaits(const Address& account) const {
    const auto place = accounts_.find(account);
    return place != accounts_.end() && *place->second.wished.rbegin() >= place->second.nonce;
}

}  // namespace plume
