// The rights on items, and the tokens that stand for whole ones.
#include "contracts/items.hpp"
#include "contracts/token.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

using Launch = Remote<"launch(bytes32 template, bytes params) returns (address[] instances)",
                      std::vector<Address>, Hash, Bytes>;
using Transfer = Remote<"transfer(address to, uint256 value) returns (bool)", bool, Address, u256>;
using TotalSupply = Remote<"totalSupply() view returns (uint256)", u256>;
using Burn = Remote<"burn(uint256 value)", void, u256>;

/// The launcher's name of a template: a text followed by zeros.
Hash template_called(std::string_view name) {
    Hash out;
    std::ranges::copy(view_of(name), out.bytes.begin());
    return out;
}

}  // namespace

// Usage.

u256 AssetItems::let(const UserRecord& record, const Meter& meter) {
    const u256& id = record.token_id;
    require_authorized(record.owner);
    require(!get(items_[id].is_paused()), ItemPaused{id});
    require(may_hold(record.user, id), ERC7943CannotReceive{record.user});
    require_free(record.owner, id, u256{record.amount});
    const u256 record_id = usage::create(*this, record, meter);
    if (total_supply_of(id) == u256{1u}) emit(UpdateUser{id, record.user, record.expiry});
    return record_id;
}

u256 AssetItems::create_user_record(Address owner, Address user, u256 id, uint64_t amount,
                                    uint64_t expiry) {
    return let({.token_id = id, .owner = owner, .amount = amount, .user = user, .expiry = expiry},
               {});
}

u256 AssetItems::create_metered_record(Address owner, Address user, u256 id, uint64_t amount,
                                       uint64_t expiry, Address meter, u128 units) {
    require(meter != Address{} && !u256{units}.is_zero(),
            usage::InvalidUserRecord{user, u256{amount}, u256{expiry}});
    return let({.token_id = id, .owner = owner, .amount = amount, .user = user, .expiry = expiry},
               {.meter = meter, .granted = units, .left = units});
}

void AssetItems::delete_user_record(u256 record_id) {
    const UserRecord record = usage::require_record(*this, record_id);
    require(record.user == sender() || !usage::is_running(*this, record),
            MayNotEndRecord{record_id, sender()});
    end_record(record_id);
}

void AssetItems::end_record(const u256& record_id) {
    const u256 id = usage::require_record(*this, record_id).token_id;
    const bool is_users = usage::latest(*this, id) == record_id;
    usage::remove(*this, record_id);
    if (is_users && total_supply_of(id) == u256{1u}) emit(UpdateUser{id, Address{}, 0});
}

UserRecord AssetItems::user_record_of(u256 record_id) const {
    return usage::find(*this, record_id).value_or(UserRecord{});
}

u256 AssetItems::usable_balance_of(Address account, u256 id) const {
    return free_of_rights(account, id) + usage::let_to(*this, account, id);
}

void AssetItems::consume(u256 record_id, u256 amount) {
    if (usage::consume(*this, record_id, amount)) end_record(record_id);
}

// Single items.

void AssetItems::set_user(u256 id, Address user, uint64_t expires) {
    const u256 one{1u};
    require(total_supply_of(id) == one, NotSingle{id, total_supply_of(id)});
    require(balance_of(sender(), id) == one, ERC1155InsufficientBalance{sender(), u256{}, one, id});
    const u256 latest = usage::latest(*this, id);
    const auto record = usage::find(*this, latest);
    if (!record || !usage::is_running(*this, *record)) {
        if (user == Address{})
            emit(UpdateUser{id, user, 0});
        else
            create_user_record(sender(), user, id, 1, expires);
        return;
    }
    require(user == record->user && expires >= record->expiry,
            UserStays{id, record->user, u256{record->expiry}});
    usage::extend(*this, latest, expires);
    emit(UpdateUser{id, user, expires});
}

Address AssetItems::user_of(u256 id) const {
    const auto record = usage::find(*this, usage::latest(*this, id));
    const bool is_single = total_supply_of(id) == u256{1u};
    return is_single && record && usage::is_running(*this, *record) ? record->user : Address{};
}

u256 AssetItems::user_expires(u256 id) const {
    const auto record = usage::find(*this, usage::latest(*this, id));
    return record && total_supply_of(id) == u256{1u} ? u256{record->expiry} : u256{};
}

// Roles.

u256 AssetItems::commit_tokens(Address grantor, Address token_address, u256 id, u256 amount) {
    require(token_address == self(), NotThisContract{token_address});
    require_free(grantor, id, amount);
    return commitments::commit(*this, grantor, id, amount);
}

void AssetItems::grant_role(u256 commitment_id, Hash role, Address grantee, uint64_t expiration,
                            bool revocable, Bytes data) {
    commitments::grant(*this, commitment_id,
                       {.role = role,
                        .grantee = grantee,
                        .expiration = expiration,
                        .is_revocable = revocable,
                        .data = std::move(data)});
}

void AssetItems::revoke_role(u256 commitment_id, Hash role, Address grantee) {
    commitments::revoke(*this, commitment_id, role, grantee);
}

void AssetItems::set_role_approval_for_all(Address token_address, Address operator_,
                                           bool approved) {
    require(token_address == self(), NotThisContract{token_address});
    commitments::approve(*this, operator_, approved);
}

Address AssetItems::grantor_of(u256 commitment_id) const {
    return commitments::find(*this, commitment_id).grantor;
}

Address AssetItems::token_address_of(u256 commitment_id) const {
    return grantor_of(commitment_id) == Address{} ? Address{} : self();
}

u256 AssetItems::token_id_of(u256 commitment_id) const {
    return commitments::find(*this, commitment_id).token_id;
}

u256 AssetItems::token_amount_of(u256 commitment_id) const {
    return commitments::find(*this, commitment_id).amount;
}

Bytes AssetItems::role_data(u256 commitment_id, Hash role, Address grantee) const {
    return commitments::role_of(*this, commitment_id, role, grantee).data;
}

uint64_t AssetItems::role_expiration_date(u256 commitment_id, Hash role, Address grantee) const {
    return commitments::role_of(*this, commitment_id, role, grantee).expiration;
}

bool AssetItems::is_role_revocable(u256 commitment_id, Hash role, Address grantee) const {
    return commitments::role_of(*this, commitment_id, role, grantee).is_revocable;
}

bool AssetItems::is_role_approved_for_all(Address token_address, Address grantor,
                                          Address operator_) const {
    return token_address == self() && commitments::is_approved(*this, grantor, operator_);
}

// Fractions.

Address AssetItems::fractionalize(u256 id, std::string name, std::string symbol, uint8_t decimals,
                                  u256 supply) {
    require_defined(id);
    require(get(items_[id].token()) == Address{}, IsFractionalized{id, get(items_[id].token())});
    const u256 whole = total_supply_of(id);
    const u256 held = balance_of(sender(), id);
    require(held == whole && !whole.is_zero() && !supply.is_zero(), NotWhole{id, held, whole});
    move(sender(), self(), {id}, {whole}, Cause::escrow);
    const TokenParams params{.name = std::move(name),
                             .symbol = std::move(symbol),
                             .decimals = decimals,
                             .record = record_of(id),
                             .issuer = self(),
                             .initial_supply = supply,
                             .mintable = false};
    const std::vector<Address> made = Launch::call(
        *this, contracts::launcher, template_called("AssetToken"), abi::encode(params));
    require(made.size() == 1, InvalidAnswer{contracts::launcher, Launch::selector});
    set(items_[id].token(), made[0]);
    require(Transfer::call(*this, made[0], sender(), supply),
            InvalidAnswer{made[0], Transfer::selector});
    emit(Fractionalized{id, made[0], sender(), whole});
    return made[0];
}

void AssetItems::redeem(u256 id, Address to) {
    const Address token = get(items_[id].token());
    require(token != Address{}, NotFractionalized{id});
    require(to != Address{}, ERC1155InvalidReceiver{to});
    const u256 whole = TotalSupply::read(*this, token);
    const u256 held = erc20::BalanceOf::read(*this, token, sender());
    if (whole.is_zero())
        require_power(Power::forcer);
    else
        require(held == whole, NotWhole{id, held, whole});
    const u256 amount = total_supply_of(id);
    set(items_[id].token(), {});
    move(self(), to, {id}, {amount}, Cause::redeem);
    emit(Redeemed{id, token, sender(), amount});
    if (!whole.is_zero()) {
        erc20::pull(*this, token, sender(), whole);
        Burn::call(*this, token, whole);
    }
    ask_receiver(self(), to, id, amount, {});
}

}  // namespace plume
