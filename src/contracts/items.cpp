#include "contracts/items.hpp"

#include "contracts/types.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

using Holds =
    Remote<"holds(address account, bytes32 domain) view returns (bool)", bool, Address, Hash>;
using OnReceived = Remote<
    "onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes "
    "data) returns (bytes4)",
    Selector, Address, Address, u256, u256, Bytes>;
using OnBatchReceived = Remote<
    "onERC1155BatchReceived(address operator, address from, uint256[] ids, uint256[] "
    "values, bytes data) returns (bytes4)",
    Selector, Address, Address, AssetItems::Ids, AssetItems::Amounts, Bytes>;

u256 less(const u256& a, const u256& b) {
    return a > b ? a - b : u256{};
}

}  // namespace

void AssetItems::construct(ItemsParams params) {
    record::require_live(*this, params.record);
    set_text(uri_, params.uri);
    set_text(contract_uri_, params.contract_uri);
    set(record_, params.record);
    set(domain_, params.domain);
    const Address holders[] = {params.issuer, params.policy, params.pauser, params.freezer,
                               params.forcer};
    for (uint8_t power = 0; power <= last_power; ++power) set(powers_[power], holders[power]);
}

void AssetItems::set_text(const Text& text, const std::string& value) {
    require(value.size() <= uri_size_max, TextTooLong{u256{value.size()}, u256{uri_size_max}});
    set(text, view_of(value));
}

bool AssetItems::supports_interface(Selector id) const {
    static_assert(multi_token.interface_id() == Selector{{0xd9, 0xb6, 0x7a, 0x26}});
    static_assert(metadata.interface_id() == Selector{{0x0e, 0x89, 0x34, 0x1c}});
    static_assert(restricted.interface_id() == Selector{{0x41, 0xc4, 0xfb, 0xad}});
    static_assert(rentable.interface_id() == Selector{{0xc2, 0x6d, 0x96, 0xcc}});
    static_assert(single_use.interface_id() == Selector{{0xad, 0x09, 0x2b, 0x5c}});
    static_assert(roles.interface_id() == Selector{{0xc4, 0xc8, 0xa7, 0x1d}});
    constexpr Selector metadata_updates{{0x49, 0x06, 0x49, 0x06}};  // ERC-4906 has events only.
    return erc165::supports(
        id, {multi_token.interface_id(), metadata.interface_id(), restricted.interface_id(),
             rentable.interface_id(), single_use.interface_id(), roles.interface_id(),
             metadata_updates});
}

// ERC-1155.

AssetItems::Amounts AssetItems::balance_of_batch(std::vector<Address> accounts, Ids ids) const {
    require(accounts.size() == ids.size(),
            ERC1155InvalidArrayLength{u256{ids.size()}, u256{accounts.size()}});
    require(ids.size() <= item_batch_max, BatchTooLong{u256{ids.size()}, u256{item_batch_max}});
    Amounts out;
    for (size_t i = 0; i < ids.size(); ++i) out.push_back(balance_of(accounts[i], ids[i]));
    return out;
}

void AssetItems::set_approval_for_all(Address operator_, bool approved) {
    require(sender() != Address{}, ERC1155InvalidApprover{Address{}});
    require(operator_ != Address{}, ERC1155InvalidOperator{Address{}});
    set(approvals_[sender()][operator_], approved);
    emit(ApprovalForAll{sender(), operator_, approved});
}

void AssetItems::require_authorized(const Address& owner) const {
    require(owner == sender() || is_approved_for_all(owner, sender()),
            ERC1155MissingApprovalForAll{sender(), owner});
}

void AssetItems::safe_transfer_from(Address from, Address to, u256 id, u256 value, Bytes data) {
    require_authorized(from);
    require(to != Address{}, ERC1155InvalidReceiver{to});
    require(from != Address{}, ERC1155InvalidSender{from});
    move(from, to, {id}, {value}, Cause::transfer);
    ask_receiver(from, to, id, value, data);
}

void AssetItems::safe_batch_transfer_from(Address from, Address to, Ids ids, Amounts values,
                                          Bytes data) {
    require_authorized(from);
    require(to != Address{}, ERC1155InvalidReceiver{to});
    require(from != Address{}, ERC1155InvalidSender{from});
    move(from, to, ids, values, Cause::transfer);
    ask_receiver_of_batch(from, to, ids, values, data);
}

void AssetItems::ask_receiver(const Address& from, const Address& to, const u256& id,
                              const u256& value, const Bytes& data) {
    require_accepted(to, OnReceived::calldata(sender(), from, id, value, data),
                     OnReceived::selector);
}

void AssetItems::ask_receiver_of_batch(const Address& from, const Address& to, const Ids& ids,
                                       const Amounts& values, const Bytes& data) {
    require_accepted(to, OnBatchReceived::calldata(sender(), from, ids, values, data),
                     OnBatchReceived::selector);
}

void AssetItems::require_accepted(const Address& to, BytesView call, const Selector& expected) {
    if (!has_code(to)) return;
    const Answer answer = Contract::call(to, call);
    if (!answer.success) {
        require(!answer.data.empty(), ERC1155InvalidReceiver{to});
        throw Revert{answer.data};
    }
    const auto said = abi::decode_one<Selector>(answer.data);
    if (!said) throw Revert{};  // As Solidity refuses an answer that is no bytes4.
    require(*said == expected, ERC1155InvalidReceiver{to});
}

std::string AssetItems::uri(u256 /*id*/) const {
    return get_string(uri_);
}

// Movements.

void AssetItems::move(const Address& from, const Address& to, const Ids& ids, const Amounts& values,
                      Cause cause) {
    require(ids.size() == values.size(),
            ERC1155InvalidArrayLength{u256{ids.size()}, u256{values.size()}});
    require(ids.size() <= item_batch_max, BatchTooLong{u256{ids.size()}, u256{item_batch_max}});
    for (size_t i = 0; i < ids.size(); ++i) move_one(from, to, ids[i], values[i], cause);
    if (ids.size() == 1)
        emit(TransferSingle{sender(), from, to, ids[0], values[0]});
    else
        emit(TransferBatch{sender(), from, to, ids, values});
}

void AssetItems::move_one(const Address& from, const Address& to, const u256& id, const u256& value,
                          Cause cause) {
    if (from != Address{}) {
        const u256 balance = balance_of(from, id);
        require(balance >= value, ERC1155InsufficientBalance{from, balance, value, id});
    }
    require_allowed(from, to, id, value, cause);
    if (cause == Cause::force) unfreeze_for(from, id, value);
    if (from != Address{} && to != Address{} && from != to)
        carry_rights(from, to, id, value, cause);
    if (from == Address{}) {
        const u256 supply = checked_add(total_supply_of(id), value);
        const u256 cap = get(items_[id].cap());
        require(supply <= cap, SupplyCapExceeded{id, cap, supply});
        set(supplies_[id], supply);
        set(supply_of_all_, checked_add(total_supply(), value));
    } else {
        set(balances_[id][from], balance_of(from, id) - value);
    }
    if (to == Address{}) {
        set(supplies_[id], total_supply_of(id) - value);
        set(supply_of_all_, total_supply() - value);
    } else {
        // No overflow: the supply is the sum of all.
        set(balances_[id][to], balance_of(to, id) + value);
    }
}

void AssetItems::require_allowed(const Address& from, const Address& to, const u256& id,
                                 const u256& value, Cause cause) const {
    const bool is_pausable = cause != Cause::force && cause != Cause::redeem;
    const bool asks_sender =
        cause == Cause::transfer || cause == Cause::burn || cause == Cause::escrow;
    const bool asks_receiver = cause != Cause::burn && cause != Cause::escrow;
    require(!is_pausable || !get(items_[id].is_paused()), ItemPaused{id});
    require(!asks_sender || may_hold(from, id), ERC7943CannotSend{from});
    require(!asks_receiver || may_hold(to, id), ERC7943CannotReceive{to});
    if (!asks_sender) return;
    const u256 movable = spendable(from, id);
    require(value <= movable, ERC7943InsufficientUnfrozenBalance{from, id, value, movable});
    if (cause == Cause::burn) require_free(from, id, value);
}

u256 AssetItems::spendable(const Address& account, const u256& id) const {
    return less(less(balance_of(account, id), frozen_tokens(account, id)),
                commitments::committed(*this, account, id));
}

u256 AssetItems::free_to_move(const Address& account, const u256& id) const {
    return less(spendable(account, id), usage::let_by(*this, account, id));
}

u256 AssetItems::free_of_rights(const Address& account, const u256& id) const {
    return less(less(balance_of(account, id), commitments::committed(*this, account, id)),
                usage::let_by(*this, account, id));
}

void AssetItems::require_free(const Address& account, const u256& id, const u256& amount) const {
    const u256 free = free_to_move(account, id);
    require(amount <= free, InsufficientFreeBalance{account, id, free, amount});
}

void AssetItems::carry_rights(const Address& from, const Address& to, const u256& id,
                              const u256& value, Cause cause) {
    const bool is_willing = cause == Cause::transfer || cause == Cause::escrow;
    u256 rest = less(value, is_willing ? free_to_move(from, id) : free_of_rights(from, id));
    if (rest.is_zero()) return;
    rest -= usage::move(*this, from, to, id, rest);
    if (cause == Cause::force && !rest.is_zero())
        rest -= commitments::move(*this, from, to, id, rest);
    require(rest.is_zero(), usage::UserRecordIndivisible{from, id, rest});
}

void AssetItems::unfreeze_for(const Address& from, const u256& id, const u256& value) {
    const u256 frozen = frozen_tokens(from, id);
    const u256 unfrozen = less(balance_of(from, id), frozen);
    if (value <= unfrozen) return;
    const u256 left = frozen - (value - unfrozen);
    set(frozen_[id][from], left);
    emit(Frozen{from, id, left});
}

// Issuance.

void AssetItems::require_power(Power power) const {
    require(sender() == get(powers_[static_cast<uint8_t>(power)]),
            OwnableUnauthorizedAccount{sender()});
}

void AssetItems::require_defined(const u256& id) const {
    require(!record_of(id).is_zero(), UnknownItem{id});
}

void AssetItems::define(u256 id, Hash record, u256 cap, Hash domain) {
    require_power(Power::issuer);
    require(record_of(id).is_zero(), ItemExists{id});
    require(!cap.is_zero(), InvalidCap{id, cap, u256{}});
    record::require_live(*this, record);
    set(items_[id].record(), record);
    set(items_[id].cap(), cap);
    set(items_[id].domain(), domain);
    emit(ItemDefined{id, record, cap, domain});
}

void AssetItems::mint(Address to, u256 id, u256 value, Bytes data) {
    require_power(Power::issuer);
    require(to != Address{}, ERC1155InvalidReceiver{to});
    require_mintable(id);
    move({}, to, {id}, {value}, Cause::mint);
    ask_receiver({}, to, id, value, data);
}

void AssetItems::mint_batch(Address to, Ids ids, Amounts values, Bytes data) {
    require_power(Power::issuer);
    require(to != Address{}, ERC1155InvalidReceiver{to});
    require(ids.size() <= item_batch_max, BatchTooLong{u256{ids.size()}, u256{item_batch_max}});
    for (const u256& id : ids) require_mintable(id);
    move({}, to, ids, values, Cause::mint);
    ask_receiver_of_batch({}, to, ids, values, data);
}

/// P-2: nothing is made while what it stands for is not on record.
void AssetItems::require_mintable(const u256& id) const {
    require_defined(id);
    const Address token = get(items_[id].token());
    require(token == Address{}, IsFractionalized{id, token});
    record::require_live(*this, record());
    record::require_live(*this, record_of(id));
}

void AssetItems::burn(Address account, u256 id, u256 value) {
    require_authorized(account);
    require(account != Address{}, ERC1155InvalidSender{account});
    move(account, {}, {id}, {value}, Cause::burn);
}

void AssetItems::burn_batch(Address account, Ids ids, Amounts values) {
    require_authorized(account);
    require(account != Address{}, ERC1155InvalidSender{account});
    move(account, {}, ids, values, Cause::burn);
}

void AssetItems::lower_cap(u256 id, u256 cap) {
    require_power(Power::issuer);
    require_defined(id);
    require(cap <= get(items_[id].cap()) && cap >= total_supply_of(id) && !cap.is_zero(),
            InvalidCap{id, cap, total_supply_of(id)});
    set(items_[id].cap(), cap);
    emit(CapLowered{id, cap});
}

void AssetItems::supersede_record(u256 id, Hash record) {
    require_power(Power::issuer);
    require_defined(id);
    record::require_live(*this, record);
    emit(RecordSuperseded{id, record_of(id), record});
    set(items_[id].record(), record);
    emit(MetadataUpdate{id});
}

void AssetItems::set_uri(std::string uri) {
    require_power(Power::issuer);
    set_text(uri_, uri);
    emit(BatchMetadataUpdate{u256{}, u256_max});
}

void AssetItems::set_contract_uri(std::string uri) {
    require_power(Power::issuer);
    set_text(contract_uri_, uri);
    emit(ContractURIUpdated{});
}

ItemTerms AssetItems::item_of(u256 id) const {
    const detail::ItemPlace place = items_[id];
    return {.record = get(place.record()),
            .cap = get(place.cap()),
            .domain = get(place.domain()),
            .is_paused = get(place.is_paused()),
            .token = get(place.token())};
}

Address AssetItems::power(uint8_t power) const {
    require(power <= last_power, UnknownPower{power});
    return get(powers_[power]);
}

void AssetItems::hand_on(uint8_t power, Address to) {
    require(this->power(power) == sender() && sender() != Address{},
            OwnableUnauthorizedAccount{sender()});
    set(powers_[power], to);
    emit(PowerHandedOn{power, sender(), to});
}

// Policy.

void AssetItems::set_domain(u256 id, Hash domain) {
    require_power(Power::policy);
    require_defined(id);
    set(items_[id].domain(), domain);
    emit(DomainSet{id, domain});
}

void AssetItems::set_paused(u256 id, bool paused) {
    require_power(Power::pauser);
    require_defined(id);
    set(items_[id].is_paused(), paused);
    emit(ItemPausedSet{id, paused});
}

bool AssetItems::set_frozen_tokens(Address account, u256 id, u256 amount) {
    require_power(Power::freezer);
    set(frozen_[id][account], amount);
    emit(Frozen{account, id, amount});
    return true;
}

bool AssetItems::forced_transfer(Address from, Address to, u256 id, u256 amount) {
    require_power(Power::forcer);
    require(from != to, SelfTransfer{from});
    require(from != Address{}, ERC1155InvalidSender{from});
    require(to != Address{}, ERC1155InvalidReceiver{to});
    // What a token stands for is the token's holders': the token is what can be taken from them.
    require(from != self(), IsFractionalized{id, get(items_[id].token())});
    move(from, to, {id}, {amount}, Cause::force);
    emit(ForcedTransfer{from, to, id, amount});
    ask_receiver(from, to, id, amount, {});
    return true;
}

bool AssetItems::has_credential(const Address& account, const Hash& domain) const {
    if (domain.is_zero()) return true;
    const Answer answer =
        static_call(contracts::attestations, Holds::calldata(account, domain), credential_gas_max);
    return answer.success && abi::decode_one<bool>(answer.data).value_or(false);
}

bool AssetItems::may_hold(Address account, u256 id) const {
    return can_send(account) && has_credential(account, get(items_[id].domain()));
}

bool AssetItems::can_transfer(Address from, Address to, u256 id, u256 amount) const {
    if (get(items_[id].is_paused()) || !may_hold(from, id) || !may_hold(to, id)) return false;
    if (amount > balance_of(from, id)) return true;  // The balance is not this question's business.
    if (amount > spendable(from, id)) return false;
    const u256 rest = from == to ? u256{} : less(amount, free_to_move(from, id));
    return rest.is_zero() || usage::movable(*this, from, to, id, rest) == rest;
}

NativeType asset_items_type() {
    return native_type<AssetItems>(6, 1, "AssetItems");
}

}  // namespace plume
