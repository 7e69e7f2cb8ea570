#include "contracts/public_goods.hpp"

#include <algorithm>

#include "contracts/types.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

constexpr u256 weight_unit{1'000'000'000'000'000'000u};

/// The gas of a currency's share of a recipient in the line of matching, beyond the storage.
constexpr uint64_t share_gas = 100;

/// Whether an account is one person of a domain.
using Holds =
    Remote<"holds(address account, bytes32 domain) view returns (bool)", bool, Address, Hash>;

LineId line_id(const u256& id) {
    return LineId{id.fits_uint64() ? id.low64() : ~uint64_t{0}};
}

bool is_matched(const SpendLine& terms) {
    return spend_lines::Split{terms.split} == spend_lines::Split::matched;
}

}  // namespace

void PublicGoods::construct(GoodsTerms terms, std::vector<GoodsCurrency> currencies,
                            std::vector<SpendLine> plan, bool open_now) {
    record::require_live(*this, terms.record);
    require(terms.steward != Address{} && terms.reviewer != Address{}, OfficeVacant{});
    require(terms.funding_deadline > now() &&
                terms.funding_deadline - now() <= goods_funding_span_max_seconds,
            FundingDeadlineInvalid{terms.funding_deadline});
    require(terms.epoch_seconds > 0 && terms.epoch_seconds <= epoch_max_seconds,
            EpochInvalid{terms.epoch_seconds});
    require(!terms.soft_cap.number.is_zero() && terms.soft_cap.number <= terms.hard_cap.number,
            CapsInvalid{terms.soft_cap, terms.hard_cap});
    set_metadata(terms.name, terms.symbol, terms.decimals, terms.record);
    set(purpose_, terms.purpose);
    set(steward_, terms.steward);
    set(reviewer_, terms.reviewer);
    set(funding_deadline_, terms.funding_deadline);
    set(epoch_seconds_, terms.epoch_seconds);
    set(soft_cap_, terms.soft_cap);
    set(hard_cap_, terms.hard_cap);
    set(transferable_, terms.transferable);
    set(registry_, terms.registry);
    set(domain_, terms.domain);
    list_currencies(currencies);
    set(plan_hash_, keccak256(abi::encode(terms, currencies)));
    for (const SpendLine& line : plan) append(line);
    if (open_now) begin_funding();
}

void PublicGoods::list_currencies(const std::vector<GoodsCurrency>& currencies) {
    require(!currencies.empty() && currencies.size() <= currencies_max,
            CurrencyCount{u256{currencies.size()}, u256{currencies_max}});
    for (const GoodsCurrency& currency : currencies) {
        require(get(number_of_[currency.asset]).is_zero() && !currency.weight.number.is_zero(),
                CurrencyInvalid{currency.asset});
        const uint8_t decimals = erc20::Decimals::read(*this, currency.asset);
        require(decimals <= currency_decimals_max, AssetDecimals{decimals, currency_decimals_max});
        const Listed listed = push(currencies_);
        set(listed.asset(), currency.asset);
        set(listed.weight(), currency.weight);
        set(listed.epoch_cap(), currency.epoch_cap);
        set(number_of_[currency.asset], u256{length(currencies_)});
    }
}

u256 PublicGoods::add_line(SpendLine line) {
    require(sender() == steward(), NotSteward{sender()});
    require_phase(Phase::draft);
    append(line);
    return line_count() - u256{1u};
}

void PublicGoods::append(const SpendLine& line) {
    const u256 id = line_count();
    set(plan_hash_, spend_lines::add(*this, line, get(funding_deadline_), plan_hash()));
    emit(LineAdded{id, spend_lines::hash(*this, line_id(id)), line.share, line.split, line.purpose,
                   line.record});
}

void PublicGoods::open() {
    require(sender() == steward(), NotSteward{sender()});
    require_phase(Phase::draft);
    record::require_live(*this, record());
    begin_funding();
}

void PublicGoods::begin_funding() {
    require(!line_count().is_zero(), PlanEmpty{});
    require(now() <= get(funding_deadline_), FundingOver{get(funding_deadline_)});
    set_phase(Phase::funding);
    emit(Opened{plan_hash()});
}

void PublicGoods::register_recipient(Hash record) {
    require_before_end();
    require(sender() != self() && sender() != Address{}, NotAccepted{sender()});
    recipients::enroll(*this, sender(), record);
}

void PublicGoods::review_recipient(Address recipient, bool accepted) {
    require(sender() == reviewer(), NotReviewer{sender()});
    require_before_end();
    recipients::review(*this, recipient, accepted);
}

u256 PublicGoods::contribute(Address asset, u256 assets, Address receiver, Hash ref) {
    return take_in({}, asset, assets, receiver, ref);
}

u256 PublicGoods::contribute_first(u256 assets, Address receiver, Hash ref) {
    return take_in({}, get(currencies_[0].asset()), assets, receiver, ref);
}

u256 PublicGoods::contribute_to(Address recipient, Address asset, u256 assets, Address receiver,
                                Hash ref) {
    require_recipient(recipient);
    return take_in(recipient, asset, assets, receiver, ref);
}

u256 PublicGoods::take_in(const Address& recipient, const Address& asset, const u256& assets,
                          const Address& receiver, const Hash& ref) {
    require_phase(Phase::funding);
    require(now() <= get(funding_deadline_), FundingOver{get(funding_deadline_)});
    require(receiver != Address{}, ERC20InvalidReceiver{receiver});
    require(!assets.is_zero(), AmountZero{});
    record::require_live(*this, record());
    const u256 value = mul_div_down(assets, currency(asset).weight, weight_unit);
    require(!value.is_zero(), AmountTooSmall{assets});
    const u256 left = get(hard_cap_) - total_supply();
    require(value <= left, ExceedsHardCap{value, left});
    const u256 received = erc20::pull(*this, asset, sender(), assets);
    require(received == assets, AssetsNotReceived{received, assets});
    const bool is_gift = recipient != Address{};
    const Account pot = is_gift ? Account::gifts : Account::pool;
    post(asset, Account::cash, pot, assets, ref);
    const Slot<u128> stake = stakes_[asset][receiver].of(pot);
    set(stake, checked_u128(checked_add(get(stake), assets)));
    if (is_gift) {
        set(gifts_to_[asset][recipient], get(gifts_to_[asset][recipient]) + assets);
        matching::voice(*this, recipient, sender(), value);
    }
    move({}, receiver, value);
    emit(Contributed{sender(), receiver, recipient, asset, assets, value, ref});
    return value;
}

void PublicGoods::require_recipient(const Address& recipient) const {
    require(spend_lines::matched_line(*this).has_value(), NoMatching{});
    require(recipients::status(*this, recipient) == recipients::Status::accepted,
            NotAccepted{recipient});
    const Address registry = get(registry_);
    if (registry == Address{}) return;
    require(Holds::read(*this, registry, sender(), get(domain_)),
            NotInDomain{sender(), get(domain_)});
}

void PublicGoods::end_funding() {
    if (phase_now() != Phase::draft) require_phase(Phase::funding);
    const bool is_full = total_supply() == get(hard_cap_);
    require(is_full || now() > get(funding_deadline_), FundingNotOver{get(funding_deadline_)});
    if (total_supply() >= get(soft_cap_)) return set_phase(Phase::active);
    set_phase(Phase::failed);
    give_back_rest();
}

void PublicGoods::release(u256 id) {
    const SpendLine terms = spend_lines::terms(*this, line_id(id));
    Bytes obstacle = obstacle_to_release(id, terms);
    if (!obstacle.empty()) throw Revert{std::move(obstacle)};
    const Hash hash = spend_lines::hash(*this, line_id(id));
    spend_lines::set_released(*this, line_id(id), recipients::count(*this));
    for (const Address& asset : assets()) {
        const u256 from_pool = entitled_together(terms, asset);
        const u256 from_gifts = is_matched(terms) ? raised(asset, Account::gifts) : u256{};
        if (from_pool.is_zero() && from_gifts.is_zero()) continue;
        post(asset, Account::pool, Account::payable, from_pool, hash);
        post(asset, Account::gifts, Account::payable, from_gifts, hash);
        emit(LineReleased{hash, asset, from_pool, from_gifts});
    }
}

bool PublicGoods::is_releasable(u256 id) const {
    return obstacle_to_release(id, spend_lines::terms(*this, line_id(id))).empty();
}

/// Why the line cannot be released now, as the error to refuse with; empty when it can.
Bytes PublicGoods::obstacle_to_release(const u256& id, const SpendLine& terms) const {
    if (phase_now() != Phase::active)
        return WrongPhase{phase(), static_cast<uint8_t>(Phase::active)}.data();
    if (spend_lines::is_released(*this, line_id(id))) return LineSettled{id}.data();
    if (now() < terms.opens_at) return NotOpenYet{id, terms.opens_at}.data();
    if (now() > terms.deadline) return DeadlinePassed{id, terms.deadline}.data();
    const bool is_equal = spend_lines::Split{terms.split} == spend_lines::Split::equal;
    if (is_equal && recipients::count(*this) == 0) return NoRecipients{id}.data();
    switch (evaluate(*this, terms.release)) {
        case Truth::yes:
            return {};
        case Truth::no:
            return ConditionNotMet{id}.data();
        case Truth::error:
            break;
    }
    return ConditionFailed{id}.data();
}

/// What a line is about in a currency. Stands still once funding is over.
u256 PublicGoods::line_amount(const SpendLine& terms, const Address& asset) const {
    return mul_div_down(raised(asset, Account::pool), u256{terms.share}, u256{spend_lines::whole});
}

u256 PublicGoods::match_divisor(const SpendLine& terms) const {
    u256 value;  // At most 8 numbers below 2^128: what gave more than the hard cap was refused.
    for (const GoodsCurrency& listed : currencies())
        value += mul_div_down(line_amount(terms, listed.asset), listed.weight, weight_unit);
    return std::max(value, matching::total(*this));
}

/// What `to` gets of a line in a currency, if `recipient_count` recipients were accepted when it
/// was released.
u256 PublicGoods::entitled(const SpendLine& terms, uint64_t recipient_count, const Address& asset,
                           const Address& to) const {
    const u256 amount = line_amount(terms, asset);
    if (spend_lines::Split{terms.split} == spend_lines::Split::fixed) {
        u256 parts;
        u256 own;
        for (const LinePayee& payee : terms.payees) {
            parts += u256{payee.part};
            if (payee.to == to) own = u256{payee.part};
        }
        return mul_div_down(amount, own, parts);
    }
    if (recipients::status(*this, to) != recipients::Status::accepted) return {};
    if (!is_matched(terms)) return amount / u256{recipient_count};
    const u256 gifts = get(gifts_to_[asset][to]);
    const u256 weight = matching::weight(*this, to);
    if (weight.is_zero()) return gifts;
    return gifts + mul_div_down(amount, weight, match_divisor(terms));
}

/// What all payees of a line get of the pool, were it released now.
u256 PublicGoods::entitled_together(const SpendLine& terms, const Address& asset) const {
    const uint64_t count = recipients::count(*this);
    u256 sum;
    if (spend_lines::Split{terms.split} == spend_lines::Split::fixed) {
        for (const LinePayee& payee : terms.payees) sum += entitled(terms, count, asset, payee.to);
    } else if (!is_matched(terms)) {
        sum = line_amount(terms, asset) / u256{count} * u256{count};
    } else if (!matching::total(*this).is_zero()) {
        const u256 amount = line_amount(terms, asset);
        const u256 divisor = match_divisor(terms);
        charge(share_gas * count);
        for (uint64_t i = 0; i < count; ++i) {
            const Address recipient = recipients::at(*this, u256{i});
            sum += mul_div_down(amount, matching::weight(*this, recipient), divisor);
        }
    }
    return sum;
}

std::tuple<u256, u256> PublicGoods::due(u256 id, Address asset, Address to) const {
    const SpendLine terms = spend_lines::terms(*this, line_id(id));
    currency(asset);
    require(spend_lines::is_released(*this, line_id(id)), LineNotReleased{id});
    const uint64_t count = spend_lines::recipients_at_release(*this, line_id(id));
    return {entitled(terms, count, asset, to), get(paid_[id][asset][to])};
}

void PublicGoods::pay(u256 id, Address asset, Address to) {
    const auto [all, paid] = due(id, asset, to);
    require(all > paid, NothingToPay{to});
    if (epoch_left(asset).is_zero()) {
        const uint64_t seconds = get(epoch_seconds_);
        refuse(EpochSpent{asset, currency(asset).epoch_cap, (now() / seconds + 1) * seconds});
    }
    require(try_pay(id, spend_lines::terms(*this, line_id(id)), asset, to),
            erc20::SafeERC20FailedOperation{asset});
}

void PublicGoods::pay_many(u256 id, Address asset, std::vector<Address> to) {
    require(to.size() <= payments_max, TooManyPayments{u256{to.size()}, u256{payments_max}});
    const SpendLine terms = spend_lines::terms(*this, line_id(id));
    for (const Address& payee : to) try_pay(id, terms, asset, payee);
}

/// Pays what is due and the epoch allows; false when the currency refuses it.
bool PublicGoods::try_pay(const u256& id, const SpendLine& terms, const Address& asset,
                          const Address& to) {
    const auto [all, paid] = due(id, asset, to);
    const u256 amount = std::min(all - paid, epoch_left(asset));
    if (amount.is_zero()) return true;
    const Hash hash = spend_lines::hash(*this, line_id(id));
    const Spent spent = spent_[asset];
    const uint64_t epoch = now() / get(epoch_seconds_);
    const u256 spent_before = get(spent.epoch()) == epoch ? u256{get(spent.amount())} : u256{};
    set(spent.epoch(), epoch);
    set(spent.amount(), checked_u128(spent_before + amount));
    set(paid_[id][asset][to], paid + amount);
    post(asset, Account::payable, Account::cash, amount, hash);
    if (erc20::try_transfer(*this, asset, to, amount, goods_payment_gas_max)) {
        emit(Disbursed{hash, to, asset, amount, terms.purpose, terms.record});
        return true;
    }
    set(spent.amount(), checked_u128(spent_before));
    set(paid_[id][asset][to], paid);
    post(asset, Account::cash, Account::payable, amount, hash);
    emit(PaymentRefused{hash, to, asset, amount});
    return false;
}

u256 PublicGoods::epoch_left(Address asset) const {
    const u256 cap = currency(asset).epoch_cap;
    if (cap.is_zero()) return u256_max;
    const Spent spent = spent_[asset];
    return get(spent.epoch()) == now() / get(epoch_seconds_) ? cap - get(spent.amount()) : cap;
}

void PublicGoods::close() {
    require_phase(Phase::active);
    const uint64_t count = spend_lines::count(*this);
    for (uint64_t i = 0; i < count; ++i) {
        if (spend_lines::is_released(*this, LineId{i})) continue;
        const uint64_t deadline = spend_lines::terms(*this, LineId{i}).deadline;
        require(now() > deadline, LineOpen{u256{i}, deadline});
    }
    set_phase(Phase::closed);
    give_back_rest();
}

/// Whatever of the pots is not made over to payees belongs to who filled them.
void PublicGoods::give_back_rest() {
    for (const Address& asset : assets()) {
        post(asset, Account::pool, Account::pool_return,
             journal::in_credit(*this, asset, static_cast<uint8_t>(Account::pool)), plan_hash());
        post(asset, Account::gifts, Account::gift_return,
             journal::in_credit(*this, asset, static_cast<uint8_t>(Account::gifts)), plan_hash());
    }
}

void PublicGoods::withdraw_returned(Address holder, Address asset) {
    if (phase_now() != Phase::failed) require_phase(Phase::closed);
    currency(asset);
    const auto [pool, gifts] = stake_of(holder, asset);
    const u256 amount = consume(holder, asset, Account::pool, Account::pool_return) +
                        consume(holder, asset, Account::gifts, Account::gift_return);
    require(!amount.is_zero(), NothingToWithdraw{holder});
    const auto [pool_left, gifts_left] = stake_of(holder, asset);
    emit(Returned{holder, asset, pool + gifts - pool_left - gifts_left, amount});
    require(erc20::try_transfer(*this, asset, holder, amount),
            erc20::SafeERC20FailedOperation{asset});
}

/// Takes a stake out of the books and says what is to be paid for it.
u256 PublicGoods::consume(const Address& holder, const Address& asset, Account pot,
                          Account pot_return) {
    const Slot<u128> slot = stakes_[asset][holder].of(pot);
    const u256 stake = get(slot);
    const u256 returned = raised(asset, pot_return);
    if (stake.is_zero() || returned.is_zero()) return {};
    const u256 all = raised(asset, pot);
    const Division share = divide(stake * returned, all);  // Numbers below 2^128.
    const Hash ref = to_word(abi::Word<Address>::to(holder));
    set(slot, {});
    post(asset, pot_return, Account::cash, share.quotient, ref);
    const Slot<u256> fraction = fractions_[asset][static_cast<uint8_t>(pot)];
    const u256 fractions = get(fraction) + share.remainder;
    const bool is_unit = fractions >= all;
    set(fraction, is_unit ? fractions - all : fractions);
    if (is_unit) post(asset, pot_return, Account::dust, u256{1u}, ref);
    return share.quotient;
}

u256 PublicGoods::withdrawable(Address holder, Address asset) const {
    currency(asset);
    const auto [pool, gifts] = stake_of(holder, asset);
    const auto part = [&](const u256& stake, Account pot, Account pot_return) {
        return stake.is_zero() ? u256{} : stake * raised(asset, pot_return) / raised(asset, pot);
    };
    return part(pool, Account::pool, Account::pool_return) +
           part(gifts, Account::gifts, Account::gift_return);
}

std::tuple<u256, u256> PublicGoods::stake_of(Address holder, Address asset) const {
    const Stake stake = stakes_[asset][holder];
    return {get(stake.pool()), get(stake.gifts())};
}

void PublicGoods::on_move(const Address& from, const Address& to, const u256& value) {
    require(to != self(), ERC20InvalidReceiver{to});
    if (from == Address{}) return;
    require(get(transferable_), NotTransferable{});
    const u256 balance = balance_of(from);
    if (from == to || value.is_zero() || value > balance) return;  // Too much is refused after.
    for (const Address& asset : assets()) {
        for (const Account pot : {Account::pool, Account::gifts}) {
            const Slot<u128> source = stakes_[asset][from].of(pot);
            const Slot<u128> target = stakes_[asset][to].of(pot);
            const u256 part = mul_div_down(get(source), value, balance);
            if (part.is_zero()) continue;
            set(source, checked_u128(get(source) - part));
            set(target, checked_u128(get(target) + part));
        }
    }
}

GoodsTerms PublicGoods::terms() const {
    return {.name = name(),
            .symbol = symbol(),
            .decimals = decimals(),
            .record = record(),
            .purpose = get(purpose_),
            .steward = steward(),
            .reviewer = reviewer(),
            .funding_deadline = get(funding_deadline_),
            .epoch_seconds = get(epoch_seconds_),
            .soft_cap = get(soft_cap_),
            .hard_cap = get(hard_cap_),
            .transferable = get(transferable_),
            .registry = get(registry_),
            .domain = get(domain_)};
}

std::vector<GoodsCurrency> PublicGoods::currencies() const {
    std::vector<GoodsCurrency> out;
    for (const Address& asset : assets()) out.push_back(currency(asset));
    return out;
}

std::vector<Address> PublicGoods::assets() const {
    std::vector<Address> out;
    for (uint64_t i = 0; i < length(currencies_); ++i) out.push_back(get(currencies_[i].asset()));
    return out;
}

GoodsCurrency PublicGoods::currency(const Address& asset) const {
    const u256 number = get(number_of_[asset]);
    require(!number.is_zero(), CurrencyNotListed{asset});
    const Listed listed = currencies_[number.low64() - 1];
    return {asset, get(listed.weight()), get(listed.epoch_cap())};
}

std::tuple<u256, u256> PublicGoods::account(Address asset, uint8_t number) const {
    return {journal::debits(*this, asset, number), journal::credits(*this, asset, number)};
}

std::tuple<SpendLine, Hash, bool> PublicGoods::line(u256 id) const {
    const LineId which = line_id(id);
    return {spend_lines::terms(*this, which), spend_lines::hash(*this, which),
            spend_lines::is_released(*this, which)};
}

std::tuple<uint8_t, Hash, u256> PublicGoods::recipient(Address who) const {
    return {static_cast<uint8_t>(recipients::status(*this, who)), recipients::record(*this, who),
            matching::weight(*this, who)};
}

u256 PublicGoods::match_of(Address who) const {
    const auto id = spend_lines::matched_line(*this);
    const u256 weight = matching::weight(*this, who);
    if (!id || weight.is_zero()) return {};
    const SpendLine terms = spend_lines::terms(*this, *id);
    u256 value;
    for (const GoodsCurrency& listed : currencies())
        value += mul_div_down(line_amount(terms, listed.asset), listed.weight, weight_unit);
    return mul_div_down(value, weight, std::max(value, matching::total(*this)));
}

void PublicGoods::require_before_end() const {
    if (phase_now() != Phase::draft) require_phase(Phase::funding);
    require(now() <= get(funding_deadline_), FundingOver{get(funding_deadline_)});
}

void PublicGoods::require_phase(Phase needed) const {
    require(phase_now() == needed, WrongPhase{phase(), static_cast<uint8_t>(needed)});
}

void PublicGoods::set_phase(Phase phase) {
    set(phase_, static_cast<uint8_t>(phase));
    emit(PhaseChanged{static_cast<uint8_t>(phase)});
}

void PublicGoods::post(const Address& asset, Account debit, Account credit, const u256& amount,
                       const Hash& ref) {
    journal::post(*this, asset, static_cast<uint8_t>(debit), static_cast<uint8_t>(credit), amount,
                  ref);
}

/// All that ever came into a pot, or into its return.
u256 PublicGoods::raised(const Address& asset, Account pot) const {
    return journal::credits(*this, asset, static_cast<uint8_t>(pot));
}

NativeType public_goods_type() {
    return native_type<PublicGoods>(13, 1, "PublicGoods");
}

}  // namespace plume
