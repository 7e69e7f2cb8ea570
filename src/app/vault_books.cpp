#include "app/vault_books.hpp"

#include <array>

#include "app/accounts.hpp"
#include "app/text.hpp"
#include "contracts/escrow.hpp"
#include "contracts/public_goods.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 5> donor_phases{"draft", "funding", "active", "closed",
                                                       "failed"};
constexpr std::array<std::string_view, 4> escrow_phases{"proposed", "active", "closed", "failed"};
constexpr std::array<std::string_view, 5> state_names{"open", "released", "reclaimed", "split",
                                                      "paying"};

template <size_t N>
std::string name_in(const std::array<std::string_view, N>& names, uint8_t number) {
    return number < N ? std::string(names[number]) : "unknown";
}

/// Reads one vault; each kind adds its figures and what it waits for.
class Reader {
public:
    Reader(Session& session, VaultBooks& books, uint64_t now)
        : session_(session), books_(books), now_(now) {}

    Result<void> read() {
        if (books_.kind == "Vault") return read_milestones();
        if (books_.kind == "EscrowVault") return read_escrow();
        if (books_.kind == "PublicGoods") return read_goods();
        if (books_.kind == "RevenueShare") return read_revenue();
        return read_pool();
    }

private:
    template <class T>
    Result<T> ask(std::string_view signature) {
        const Hash hash = keccak256(signature);
        TRY(output, session_.call(books_.at, BytesView(hash).first(4)));
        auto value = abi::decode_one<T>(output);
        if (!value)
            return Error{exit_code::failed,
                         to_checksum(books_.at) + " does not answer as " + std::string(signature)};
        return std::move(*value);
    }

    Result<void> add_currency(const Address& at) {
        TRY(symbol, (session_.ask<"symbol() view returns (string)", std::string>(at)));
        TRY(decimals, (session_.ask<"decimals() view returns (uint8)", uint8_t>(at)));
        books_.currencies.push_back({at, symbol, decimals});
        return {};
    }

    Result<void> add_asset() {
        TRY(asset, ask<Address>("asset()"));
        if (auto added = add_currency(asset); !added) return added;
        add("asset", "currency", money().symbol, to_checksum(asset));
        add("symbol", "", "", money().symbol);
        add("decimals", "", "", money().decimals);
        return {};
    }

    const Currency& money() const { return books_.currencies.front(); }

    template <class T>
    void add(std::string key, std::string label, std::string text, const T& value) {
        books_.figures.push_back(
            {std::move(key), std::move(label), std::move(text), json::value_from(value)});
    }
    void add_amount(const std::string& key, const std::string& label, const Currency& currency,
                    const u256& amount) {
        add(key, label, currency.text(amount), to_decimal(amount));
    }
    /// A figure that a view without arguments answers with an amount of the vault's currency.
    Result<u256> add_view(const std::string& key, const std::string& label) {
        TRY(amount, ask<u256>(key + "()"));
        add_amount(key, label, money(), amount);
        return amount;
    }
    Result<void> add_views(
        std::initializer_list<std::pair<std::string_view, std::string_view>> views) {
        for (const auto& [key, label] : views)
            if (auto added = add_view(std::string(key), std::string(label)); !added)
                return std::move(added).error();
        return {};
    }
    Result<void> add_record() {
        TRY(record, ask<Hash>("record()"));
        add("record", "record", to_hex(record), to_hex(record));
        return {};
    }
    void add_day(const std::string& key, const std::string& label, uint64_t time) {
        add(key, label, format_day(time), time);
    }
    void wait(std::string sentence) { books_.waits.push_back(std::move(sentence)); }
    /// One sentence for each step of the plan at which something can or must happen.
    void wait_for_plan(std::string_view step) {
        for (size_t id = 0; id < books_.plan.size(); ++id)
            if (!books_.plan[id].now.empty())
                wait(std::string(step) + " " + std::to_string(id) + " " + books_.plan[id].now);
    }

    Result<void> read_milestones();
    Result<PlanStep> read_tranche(uint64_t id);
    Result<void> read_escrow();
    Result<PlanStep> read_escrow_tranche(uint64_t id, uint8_t phase);
    Result<void> read_goods();
    Result<void> read_goods_currency(const Currency& currency);
    Result<PlanStep> read_line(uint64_t id, uint8_t phase);
    Result<void> read_revenue();
    Result<void> read_pool();
    Result<void> read_requests();

    Session& session_;
    VaultBooks& books_;
    uint64_t now_;
};

PlanStep step_of(uint64_t id, const Currency& currency, const Tranche& terms, uint8_t state,
                 uint64_t claimed_at) {
    json::array payees;
    for (const Payee& payee : terms.payees)
        payees.push_back(
            json::object{{"to", to_checksum(payee.to)}, {"amount", to_decimal(payee.amount)}});
    const std::string name = name_in(state_names, state);
    return {.amount = currency.text(terms.amount),
            .opens_at = terms.opens_at,
            .deadline = terms.deadline,
            .payee_count = terms.payees.size(),
            .state = name,
            .now = {},
            .json = {{"id", id},
                     {"amount", to_decimal(terms.amount)},
                     {"state", name},
                     {"payees", std::move(payees)},
                     {"opensAt", terms.opens_at},
                     {"deadline", terms.deadline},
                     {"claimedAt", claimed_at}}};
}

Result<void> Reader::read_milestones() {
    TRY(name, ask<std::string>("name()"));
    TRY(phase, ask<uint8_t>("phase()"));
    TRY(deadline, ask<uint64_t>("fundingDeadline()"));
    TRY(steward, ask<Address>("steward()"));
    books_.name = name;
    books_.phase = name_in(donor_phases, phase);
    if (auto added = add_asset(); !added) return added;
    if (auto added = add_record(); !added) return added;
    add_day("fundingDeadline", "funding ends", deadline);
    TRY(goal, add_view("goal", "goal"));
    TRY(raised, add_view("raised", "raised"));
    if (auto added = add_views({{"paid", "paid"},
                                {"owed", "owed"},
                                {"returned", "returned"},
                                {"withdrawn", "withdrawn"},
                                {"held", "held"}});
        !added)
        return added;
    TRY(count, ask<u256>("trancheCount()"));
    for (uint64_t id = 0; id < count.low64(); ++id) {
        TRY(step, read_tranche(id));
        books_.plan.push_back(std::move(step));
    }
    if (phase <= 1 && now_ > deadline)
        wait("its funding has failed: anyone can end it by fail()");
    else if (phase == 0)
        wait("its steward " + name_of(steward) + " has to open it by " + format_day(deadline));
    else if (phase == 1)
        wait(money().text(goal - raised) + " more are needed by " + format_day(deadline));
    else if (phase == 2)
        wait_for_plan("tranche");
    return {};
}

Result<PlanStep> Reader::read_tranche(uint64_t id) {
    TRY(output, session_.call(books_.at, calldata<"tranche(uint256 id)">(u256{id})));
    const auto values = abi::decode<Tranche, uint8_t, uint64_t>(output);
    if (!values) return Error{exit_code::failed, "the vault's answer is no tranche"};
    TRY(releasable,
        (session_.ask<"isReleasable(uint256 id) view returns (bool)", bool>(books_.at, u256{id})));
    TRY(reclaimable,
        (session_.ask<"isReclaimable(uint256 id) view returns (bool)", bool>(books_.at, u256{id})));
    const auto& [terms, state, claimed_at] = *values;
    PlanStep out = step_of(id, money(), terms, state, claimed_at);
    out.json["releasable"] = releasable;
    out.json["reclaimable"] = reclaimable;
    const TrancheState now{state};
    if (now == TrancheState::paying)
        out.now = "is paid over time: plume send VAULT draw";
    else if (now == TrancheState::open)
        out.now = tranche_status(terms, claimed_at, releasable, reclaimable, now_);
    return out;
}

Result<void> Reader::read_escrow() {
    TRY(payer, ask<Address>("payer()"));
    TRY(payee, ask<Address>("payee()"));
    TRY(phase, ask<uint8_t>("phase()"));
    TRY(deadline, ask<uint64_t>("fundingDeadline()"));
    books_.name = name_of(payer) + " pays " + name_of(payee);
    books_.phase = name_in(escrow_phases, phase);
    if (auto added = add_asset(); !added) return added;
    if (auto added = add_record(); !added) return added;
    add_day("fundingDeadline", "funding ends", deadline);
    TRY(goal, add_view("goal", "plan"));
    if (auto added =
            add_views({{"escrowed", "escrowed"}, {"deposits", "fees deposited"}, {"held", "held"}});
        !added)
        return added;
    TRY(count, ask<u256>("trancheCount()"));
    for (uint64_t id = 0; id < count.low64(); ++id) {
        TRY(step, read_escrow_tranche(id, phase));
        books_.plan.push_back(std::move(step));
    }
    if (phase == 0 && now_ > deadline)
        wait("it was not funded in time: anyone can end it by fail()");
    else if (phase == 0)
        wait("the payer " + name_of(payer) + " has to pay in " + money().text(goal) + " by " +
             format_day(deadline));
    else if (phase == 1)
        wait_for_plan("tranche");
    return {};
}

std::string dispute_status(uint8_t stage, uint64_t until, bool is_over) {
    const std::string by =
        is_over ? "; time is up, anyone can end it by expire()" : " by " + format_day(until);
    switch (EscrowVault::DisputeStage{stage}) {
        case EscrowVault::DisputeStage::paid_by_payer:
            return "waits for the payee to deposit the arbitrator's fee" + by;
        case EscrowVault::DisputeStage::paid_by_both:
            return "waits to be handed over to the arbitrator" + by;
        case EscrowVault::DisputeStage::opened:
            return "waits for the arbitrator's ruling" + by;
        case EscrowVault::DisputeStage::none:
        case EscrowVault::DisputeStage::over:
            break;
    }
    return {};
}

Result<PlanStep> Reader::read_escrow_tranche(uint64_t id, uint8_t phase) {
    TRY(output, session_.call(books_.at, calldata<"tranche(uint256 id)">(u256{id})));
    const auto values = abi::decode<Tranche, uint8_t, uint64_t>(output);
    TRY(disputed, session_.call(books_.at, calldata<"disputeOf(uint256 id)">(u256{id})));
    const auto dispute = abi::decode<Address, u256, u256, uint8_t, uint64_t, uint8_t>(disputed);
    if (!values || !dispute) return Error{exit_code::failed, "the vault's answer is no tranche"};
    const auto& [terms, state, claimed_at] = *values;
    const uint8_t stage = std::get<3>(*dispute);
    const uint64_t until = std::get<4>(*dispute);
    PlanStep out = step_of(id, money(), terms, state, claimed_at);
    out.json["disputeStage"] = stage;
    if (phase != 1 || TrancheState{state} != TrancheState::open) return out;
    out.now = dispute_status(stage, until, now_ > until);
    if (!out.now.empty())
        out.state = "disputed";
    else
        out.now = tranche_status(terms, claimed_at,
                                 claimed_at != 0 && now_ >= claimed_at + terms.challenge,
                                 claimed_at == 0 && now_ > terms.deadline, now_);
    return out;
}

Result<void> Reader::read_goods() {
    TRY(terms, ask<GoodsTerms>("terms()"));
    TRY(phase, ask<uint8_t>("phase()"));
    TRY(listed, ask<std::vector<GoodsCurrency>>("currencies()"));
    TRY(contributed, ask<u256>("totalSupply()"));
    books_.name = terms.name;
    books_.phase = name_in(donor_phases, phase);
    const Currency reference{books_.at, terms.symbol, terms.decimals};
    if (auto added = add_record(); !added) return added;
    add_day("fundingDeadline", "funding ends", terms.funding_deadline);
    add_amount("softCap", "needs at least", reference, u256{terms.soft_cap});
    add_amount("hardCap", "takes at most", reference, u256{terms.hard_cap});
    add_amount("raised", "raised", reference, contributed);
    for (const GoodsCurrency& currency : listed) {
        if (auto added = add_currency(currency.asset); !added) return added;
        const Currency named = books_.currencies.back();
        if (auto added = read_goods_currency(named); !added) return added;
    }
    TRY(count, ask<u256>("lineCount()"));
    for (uint64_t id = 0; id < count.low64(); ++id) {
        TRY(step, read_line(id, phase));
        books_.plan.push_back(std::move(step));
    }
    const std::string end = format_day(terms.funding_deadline);
    if (phase <= 1 && now_ > terms.funding_deadline)
        wait("its funding is over: anyone can go on by endFunding()");
    else if (phase == 0)
        wait("its steward " + name_of(terms.steward) + " has to open it by " + end);
    else if (phase == 1)
        wait(contributed < u256{terms.soft_cap}
                 ? reference.text(u256{terms.soft_cap} - contributed) + " more are needed by " + end
                 : "it takes contributions until " + end);
    else if (phase == 2)
        wait_for_plan("line");
    return {};
}

Result<void> Reader::read_goods_currency(const Currency& currency) {
    constexpr std::pair<PublicGoods::Account, std::string_view> accounts[] = {
        {PublicGoods::Account::cash, "cash"},
        {PublicGoods::Account::pool, "pool"},
        {PublicGoods::Account::gifts, "gifts"},
        {PublicGoods::Account::payable, "payable"},
        {PublicGoods::Account::pool_return, "returned of the pool"},
        {PublicGoods::Account::gift_return, "returned of gifts"}};
    json::object books;
    for (const auto& [account, name] : accounts) {
        TRY(output, session_.call(books_.at, calldata<"account(address asset, uint8 number)">(
                                                 currency.at, static_cast<uint8_t>(account))));
        const auto sums = abi::decode<u256, u256>(output);
        if (!sums) return Error{exit_code::failed, "the vault's answer is no account"};
        const auto& [debits, credits] = *sums;
        const u256 balance = debits > credits ? debits - credits : credits - debits;
        books[name] = to_decimal(balance);
        add("", std::string(name), currency.text(balance), nullptr);
    }
    add("books " + currency.symbol, "", "", std::move(books));
    return {};
}

Result<PlanStep> Reader::read_line(uint64_t id, uint8_t phase) {
    TRY(output, session_.call(books_.at, calldata<"line(uint256 id)">(u256{id})));
    const auto values = abi::decode<SpendLine, Hash, bool>(output);
    if (!values) return Error{exit_code::failed, "the vault's answer is no line"};
    TRY(releasable,
        (session_.ask<"isReleasable(uint256 id) view returns (bool)", bool>(books_.at, u256{id})));
    const auto& [terms, hash, released] = *values;
    PlanStep out{.amount = format_bps(terms.share),
                 .opens_at = terms.opens_at,
                 .deadline = terms.deadline,
                 .payee_count = terms.payees.size(),
                 .state = released ? "released" : "open",
                 .now = {},
                 .json = {}};
    out.json = {{"id", id},
                {"shareBps", terms.share},
                {"state", out.state},
                {"opensAt", terms.opens_at},
                {"deadline", terms.deadline},
                {"releasable", releasable}};
    if (phase != 2 || released) return out;
    out.now = releasable              ? "can be released"
              : now_ > terms.deadline ? "is too late to be released"
              : now_ < terms.opens_at
                  ? "opens on " + format_day(terms.opens_at)
                  : "waits for its condition until " + format_day(terms.deadline);
    return out;
}

Result<void> Reader::read_revenue() {
    TRY(name, ask<std::string>("name()"));
    TRY(listed, ask<std::vector<Address>>("currencies()"));
    TRY(holders, ask<u256>("holderCount()"));
    TRY(announcements, ask<u256>("distributionCount()"));
    books_.name = name;
    books_.phase = "open";
    if (auto added = add_record(); !added) return added;
    add("holders", "holders", to_decimal(holders), to_decimal(holders));
    for (const Address& at : listed) {
        if (auto added = add_currency(at); !added) return added;
        const Currency currency = books_.currencies.back();
        const auto figure = [&](std::string_view view, const std::string& label) -> Result<void> {
            const Hash hash = keccak256(std::string(view) + "(address)");
            Bytes input = to_bytes(BytesView(hash).first(4));
            append(input, abi::encode(at));
            TRY(output, session_.call(books_.at, input));
            const auto amount = abi::decode_one<u256>(output);
            if (!amount) return Error{exit_code::failed, "the vault's answer is no amount"};
            add_amount(std::string(view) + " " + currency.symbol, label, currency, *amount);
            return {};
        };
        for (const auto& [view, label] :
             {std::pair{"distributed", "shared out"}, std::pair{"held", "not yet claimed"},
              std::pair{"owed", "owed to payees"}, std::pair{"announced", "announced"}})
            if (auto added = figure(view, label); !added) return added;
    }
    add("distributions", "announcements", to_decimal(announcements), to_decimal(announcements));
    wait("it takes revenue at any time, and holders claim their part: plume vault withdraw");
    return {};
}

Result<void> Reader::read_pool() {
    TRY(name, ask<std::string>("name()"));
    TRY(lender, ask<Address>("operator()"));
    books_.name = name;
    books_.phase = "open";
    if (auto added = add_asset(); !added) return added;
    if (auto added = add_record(); !added) return added;
    if (auto added = add_views({{"totalAssets", "assets"}, {"cash", "of it in cash"}}); !added)
        return added;
    TRY(lent, add_view("principalOut", "lent"));
    TRY(feared, add_view("lossUnrealized", "feared lost"));
    TRY(supply, ask<u256>("totalSupply()"));
    TRY(decimals, ask<uint8_t>("decimals()"));
    TRY(symbol, ask<std::string>("symbol()"));
    add_amount("shares", "shares", {books_.at, symbol, decimals}, supply);
    if (!lent.is_zero())
        wait(name_of(lender) + " has to bring back " + money().text(lent) + " that are lent" +
             (feared.is_zero() ? "" : ", of which " + money().text(feared) + " may be lost"));
    if (books_.kind == "QueuedPool") return read_requests();
    wait("it takes deposits, and pays who gives shares back as far as there is cash");
    return {};
}

Result<void> Reader::read_requests() {
    TRY(lender, ask<Address>("operator()"));
    TRY(decimals, ask<uint8_t>("decimals()"));
    TRY(symbol, ask<std::string>("symbol()"));
    const auto pending = [&](const Bytes& input) -> Result<u256> {
        TRY(output, session_.call(books_.at, input));
        const auto sums = abi::decode<u256, u256, u256, u256>(output);
        if (!sums) return Error{exit_code::failed, "the vault's answer is no sum of requests"};
        return std::get<0>(*sums);
    };
    TRY(deposits, pending(calldata<"depositRequests()">()));
    TRY(redemptions, pending(calldata<"redeemRequests()">()));
    const Currency share{books_.at, symbol, decimals};
    add_amount("pendingDeposits", "asked to deposit", money(), deposits);
    add_amount("pendingRedemptions", "asked to redeem", share, redemptions);
    if (!deposits.is_zero() || !redemptions.is_zero())
        wait(name_of(lender) + " has to answer requests: fulfillDeposits, fulfillRedeems");
    wait("it takes requests to deposit and to redeem, and answers them when it can");
    return {};
}

}  // namespace

std::string Currency::text(const u256& amount) const {
    return format_amount(amount, decimals) + " " + symbol;
}

std::string tranche_status(const Tranche& terms, uint64_t claimed_at, bool is_releasable,
                           bool is_reclaimable, uint64_t now) {
    if (is_releasable) return "can be released";
    if (is_reclaimable) return "can be reclaimed";
    if (now < terms.opens_at) return "opens on " + format_day(terms.opens_at);
    const std::string until = " until " + format_day(terms.deadline);
    if (terms.challenge != 0 && claimed_at == 0) return "waits to be claimed" + until;
    if (claimed_at != 0 && now < claimed_at + terms.challenge)
        return "was claimed, and can be disputed until " + format_day(claimed_at + terms.challenge);
    return "waits for its condition" + until;
}

json::object VaultBooks::json() const {
    json::object out{
        {"address", to_checksum(at)}, {"kind", kind}, {"name", name}, {"phase", phase}};
    for (const Figure& figure : figures)
        if (!figure.key.empty()) out[figure.key] = figure.value;
    json::array sentences;
    for (const std::string& sentence : waits) sentences.emplace_back(sentence);
    out["waitsFor"] = std::move(sentences);
    return out;
}

bool is_vault(std::string_view kind) {
    return kind == "Vault" || kind == "EscrowVault" || kind == "PublicGoods" ||
           kind == "RevenueShare" || kind == "Pool" || kind == "QueuedPool";
}

Result<VaultBooks> read_books(Session& session, const Address& at, const std::string& kind) {
    check(is_vault(kind), "the caller asks for the books of vaults only");
    TRY(now, session.head_time());
    VaultBooks out{.at = at,
                   .kind = kind,
                   .name = {},
                   .phase = {},
                   .currencies = {},
                   .figures = {},
                   .plan = {},
                   .waits = {}};
    if (auto read = Reader(session, out, now).read(); !read) return std::move(read).error();
    return out;
}

}  // namespace plume
