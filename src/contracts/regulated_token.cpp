#include "contracts/regulated_token.hpp"

#include <algorithm>

#include "contracts/types.hpp"
#include "native/math.hpp"

namespace plume {

void RegulatedToken::construct(RegulatedTokenParams params) {
    record::require_live(*this, params.record);
    set_metadata(params.name, params.symbol, params.decimals, params.record);
    if (!params.contract_uri.empty()) describe(params.contract_uri);
    policy::declare(*this, params.features);
    powers::assign(*this, params.powers);
    if (has(Feature::permissioned)) policy::set_rules(*this, params.rules, {});
    if (has(Feature::votes)) votes::begin(*this, {});
    if (params.initial_supply.is_zero()) return;
    require(params.holder != Address{}, ERC20InvalidReceiver{Address{}});
    move({}, params.holder, params.initial_supply);
}

void RegulatedToken::mint(Address to, u256 value) {
    powers::require_held(*this, Power::mint);
    require(mintable(), MintingClosed{});
    require(to != Address{}, ERC20InvalidReceiver{to});
    record::require_live(*this, record());
    move({}, to, value);
}

void RegulatedToken::burn(u256 value) {
    require(sender() != Address{}, ERC20InvalidSender{sender()});
    move(sender(), {}, value);
}

void RegulatedToken::burn_from(Address owner, u256 value) {
    spend_allowance(owner, sender(), value);
    require(owner != Address{}, ERC20InvalidSender{owner});
    move(owner, {}, value);
}

Bytes RegulatedToken::obstacle(const Address& from, const Address& to, const u256& value,
                               const u256& taken) const {
    const policy::Switches switches = policy::switches(*this);
    const bool is_mint = from == Address{};
    const bool is_burn = to == Address{};
    if (!is_mint && !is_burn) {
        if (!switches.has(Feature::transferable)) return policy::NotTransferable{}.data();
        if (now() < switches.locked_until) return policy::Locked{switches.locked_until}.data();
    }
    if (!is_mint && !policy::can_send(*this, switches, from))
        return policy::ERC7943CannotSend{from}.data();
    if (!is_burn && !policy::can_receive(*this, switches, to))
        return policy::ERC7943CannotReceive{to}.data();
    const bool may_be_withheld =
        switches.has(Feature::freezable) || switches.has(Feature::holds) || switches.has_lockups;
    if (!is_mint && may_be_withheld) {
        Bytes out = policy::obstacle_to_taking(*this, from, value, taken, balance_of(from),
                                               holds::held(*this, from));
        if (!out.empty()) return out;
    }
    if (!is_burn && from != to && switches.has_balance_max) {
        Bytes out = policy::obstacle_to_having(*this, to, balance_of(to), value);
        if (!out.empty()) return out;
    }
    if (is_mint && switches.has_supply_max)
        return policy::obstacle_to_supply(*this, total_supply(), value);
    return {};
}

void RegulatedToken::on_move(const Address& from, const Address& to, const u256& value) {
    if (is_forced_) return;
    Bytes reason = obstacle(from, to, value, taken());
    if (!reason.empty()) throw Revert{std::move(reason)};
    release_taken(from);
}

bool RegulatedToken::can_send(Address account) const {
    return policy::can_send(*this, policy::switches(*this), account);
}

bool RegulatedToken::can_receive(Address account) const {
    return policy::can_receive(*this, policy::switches(*this), account);
}

bool RegulatedToken::can_transfer(Address from, Address to, u256 amount) const {
    return obstacle(from, to, amount, {}).empty();
}

bool RegulatedToken::set_frozen_tokens(Address account, u256 amount) {
    powers::require_held(*this, Power::freeze);
    policy::require_feature(*this, Feature::freezable);
    policy::set_frozen(*this, account, amount);
    return true;
}

void RegulatedToken::set_address_frozen(Address account, bool is_frozen) {
    powers::require_held(*this, Power::freeze);
    policy::require_feature(*this, Feature::freezable);
    policy::set_account_frozen(*this, account, is_frozen);
}

bool RegulatedToken::forced_transfer(Address from, Address to, u256 amount) {
    powers::require_held(*this, Power::force);
    policy::require_feature(*this, Feature::forcible);
    // Moving to oneself would unfreeze and move nothing.
    require(from != to, policy::ERC7943CannotTransfer{from, to, amount});
    require(can_receive(to), policy::ERC7943CannotReceive{to});
    const u256 balance = balance_of(from);
    require(amount <= balance, ERC20InsufficientBalance{from, balance, amount});
    holds::release_beyond(*this, from, balance - amount);
    const u256 frozen = policy::frozen(*this, from);
    const u256 unfrozen = saturating_sub(balance, frozen);
    if (amount > unfrozen) policy::set_frozen(*this, from, frozen - (amount - unfrozen));
    policy::lower_lockup(*this, from, balance - amount);
    is_forced_ = true;
    move_between(from, to, amount);
    emit(policy::ForcedTransfer{from, to, amount});
    return true;
}

bool RegulatedToken::paused() const {
    const policy::Switches switches = policy::switches(*this);
    return !switches.has(Feature::transferable) || now() < switches.locked_until;
}

void RegulatedToken::set_policy(TransferRules rules) {
    powers::require_held(*this, Power::policy);
    policy::set_rules(*this, rules, total_supply());
}

void RegulatedToken::set_lockup(Address account, u256 amount, uint64_t until) {
    powers::require_held(*this, Power::policy);
    policy::set_lockup(*this, account, {amount, until});
}

std::tuple<u256, uint64_t> RegulatedToken::lockup_of(Address account) const {
    const policy::Lockup lockup = policy::lockup(*this, account);
    return {lockup.amount, lockup.until};
}

std::tuple<uint32_t, uint32_t> RegulatedToken::features() const {
    const policy::Switches switches = policy::switches(*this);
    return {switches.on, switches.later};
}

void RegulatedToken::enable(uint32_t features) {
    powers::require_held(*this, Power::enable);
    policy::enable(*this, features);
    if ((features & static_cast<uint32_t>(Feature::votes)) != 0)
        votes::begin(*this, total_supply());
}

Address RegulatedToken::power_of(Hash power) const {
    return powers::holder(*this, powers::power_called(*this, power));
}

Address RegulatedToken::power_offered_to(Hash power) const {
    return powers::offered_to(*this, powers::power_called(*this, power));
}

void RegulatedToken::offer_power(Hash power, Address to) {
    powers::offer(*this, powers::power_called(*this, power), to);
}

void RegulatedToken::accept_power(Hash power) {
    powers::accept(*this, powers::power_called(*this, power));
}

void RegulatedToken::renounce_power(Hash power) {
    powers::renounce(*this, powers::power_called(*this, power));
}

void RegulatedToken::recover(Address lost, Address heir) {
    powers::require_held(*this, Power::recover);
    policy::require_feature(*this, Feature::recoverable);
    const bool are_two = lost != Address{} && heir != Address{} && lost != heir;
    require(are_two, InvalidRecovery{lost, heir});
    require(can_receive(heir), policy::ERC7943CannotReceive{heir});
    const u256 amount = balance_of(lost);
    recover_delegate(lost, heir);
    recover_frozen(lost, heir);
    policy::move_lockup(*this, lost, heir);
    holds::reassign(*this, lost, heir);
    is_forced_ = true;
    if (!amount.is_zero()) move_between(lost, heir, amount);
    on_recovered(lost, heir);
    set(successors_[lost], heir);
    emit(Recovered{lost, heir, amount});
}

/// Who has named nobody yet is spoken for by whom the lost account had named.
void RegulatedToken::recover_delegate(const Address& lost, const Address& heir) {
    const Address named = delegates(lost);
    if (named == Address{} || delegates(heir) != Address{}) return;
    votes::delegate(*this, heir, named == lost ? heir : named, balance_of(heir));
}

void RegulatedToken::recover_frozen(const Address& lost, const Address& heir) {
    const u256 amount = policy::frozen(*this, lost);
    if (!amount.is_zero()) {
        policy::set_frozen(*this, lost, {});
        policy::set_frozen(*this, heir, saturating_add(policy::frozen(*this, heir), amount));
    }
    // The lost account stays frozen: its key may be in wrong hands.
    if (policy::is_frozen(*this, lost)) policy::set_account_frozen(*this, heir, true);
}

std::vector<Hash> RegulatedToken::provenance() const {
    std::vector<Hash> out;
    for (uint64_t i = 0; i < length(former_records_); ++i) out.push_back(get(former_records_[i]));
    out.push_back(record());
    return out;
}

void RegulatedToken::supersede(Hash next, std::string contract_uri) {
    powers::require_held(*this, Power::metadata);
    record::require_live(*this, next);
    const Hash previous = record();
    if (next != previous) {
        require(length(former_records_) + 1 < records_max, TooManyRecords{u256{records_max}});
        set(push(former_records_), previous);
        set_record(next);
        emit(RecordSuperseded{previous, next});
    }
    describe(contract_uri);
}

void RegulatedToken::describe(const std::string& contract_uri) {
    require(contract_uri.size() <= contract_uri_size_max,
            TextTooLong{u256{contract_uri.size()}, u256{contract_uri_size_max}});
    set(contract_uri_, view_of(contract_uri));
    emit(ContractURIUpdated{});
}

void RegulatedToken::set_ui_multiplier(u256 multiplier, u256 effective_at) {
    powers::require_held(*this, Power::split);
    split::set_multiplier(*this, multiplier, effective_at);
}

bool RegulatedToken::supports_interface(Selector id) const {
    constexpr std::array always{
        interface_id<"forcedTransfer(address,address,uint256)", "setFrozenTokens(address,uint256)",
                     "canSend(address)", "canReceive(address)", "getFrozenTokens(address)",
                     "canTransfer(address,address,uint256)">(),
        interface_id<"contractURI()">(),
        interface_id<"uiMultiplier()", "toUIAmount(uint256)", "fromUIAmount(uint256)",
                     "balanceOfUI(address)", "setUIMultiplier(uint256,uint256)">(),
        interface_id<"newUIMultiplier()", "effectiveAt()">()};
    if (std::ranges::find(always, id) != always.end()) return true;
    return VotingShares::supports_interface(id);
}

std::optional<std::string> RegulatedToken::broken_invariant() const {
    if (auto broken = AssetToken::broken_invariant()) return broken;
    if (auto broken = powers::broken_invariant(*this, is_new())) return broken;
    if (auto broken = policy::broken_invariant(*this, total_supply(), is_new())) return broken;
    if (auto broken = broken_votes_or_holds()) return broken;
    Hash expected = is_new() ? record() : record_before();
    uint64_t former = before(former_records_.length()).low64();
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto superseded = RecordSuperseded::decode(log);
        if (!superseded) continue;
        expected = std::get<1>(*superseded);
        ++former;
    }
    if (record() != expected || length(former_records_) != former)
        return "T-9: the record is another than was said";
    return std::nullopt;
}

NativeType regulated_token_type() {
    return native_type<RegulatedToken>(16, 1, "RegulatedToken");
}

}  // namespace plume
