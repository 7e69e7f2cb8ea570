// A world with a mission, a currency and a vault, and short ways to act in it.
#pragma once

#include "base/result.hpp"
#include "contracts/vault.hpp"
#include "support/records.hpp"

namespace plume::test {

/// A contract whose views answer as they are told: what conditions look at.
class Switchboard : public Contract {
public:
    using Contract::Contract;

    static constexpr uint8_t off = 0;
    static constexpr uint8_t on = 1;
    static constexpr uint8_t broken = 2;

    void construct() {}
    void turn(u256 number, uint8_t to) { set(switches_[number], to); }
    bool is_on(u256 number) const {
        const uint8_t state = get(switches_[number]);
        require(state != broken, ErrorString{"broken"});
        return state == on;
    }

    static constexpr auto constructor = Method<"constructor()", &Switchboard::construct>{};
    static constexpr auto abi =
        Methods<Method<"turn(uint256 number, uint8 to)", &Switchboard::turn>,
                Method<"isOn(uint256 number) view returns (bool)", &Switchboard::is_on>>{};

private:
    static constexpr Map<u256, uint8_t> switches_{0};
};

inline const NativeType& switchboard_type() {
    static const NativeType type = native_type<Switchboard>(60'000, 1, "Switchboard");
    return type;
}

/// Beyond `more`, the type of the switchboard.
inline std::vector<NativeType> with_switchboard(std::vector<NativeType> more) {
    more.push_back(switchboard_type());
    return more;
}

/// The steward is person 1, the teachers are 11, 12, ..., the donors 21, 22, ...
class VaultWorld : public World {
public:
    static constexpr uint64_t funding_seconds = 1'000;
    static constexpr uint64_t tranche_seconds = 1'000;

    explicit VaultWorld(std::vector<NativeType> more = {})
        : World(with_switchboard(std::move(more))), start_(block().timestamp) {
        mission_ = found_mission(*this, steward());
        currency_ = create(steward(), "AssetToken", {},
                           TokenParams{.name = "Community dollar",
                                       .symbol = "cUSD",
                                       .decimals = 6,
                                       .record = mission_,
                                       .issuer = steward(),
                                       .initial_supply = u256{1u} << 200,
                                       .mintable = true})
                        .value<Address>();
        switchboard_ = create(steward(), "Switchboard", {}).value<Address>();
    }

    static Address steward() { return person(1); }
    static Address teacher(uint16_t n) { return person(static_cast<uint16_t>(11 + n)); }
    static Address donor(uint16_t n) { return person(static_cast<uint16_t>(21 + n)); }
    const Hash& mission() const { return mission_; }
    const Address& currency() const { return currency_; }
    const Address& vault() const { return vault_; }
    const Address& switchboard() const { return switchboard_; }

    uint64_t funding_deadline() const { return start_ + funding_seconds; }
    void go_to(uint64_t time) {
        check(time >= block().timestamp, "time runs forwards");
        advance(time - block().timestamp);
    }

    Condition when_on(uint64_t number) const {
        return {switchboard_, calldata<"isOn(uint256)">(u256{number})};
    }
    void turn(uint64_t number, uint8_t to) {
        send<"turn(uint256,uint8)">(steward(), switchboard_, u256{number}, to);
    }

    VaultTerms terms() const {
        return {.name = "School vault",
                .symbol = "SCHOOL",
                .asset = currency_,
                .record = mission_,
                .purpose = {},
                .steward = steward(),
                .funding_deadline = funding_deadline()};
    }

    /// Pays teacher 0 and, if the amount allows, a third of it to teacher 1, when switch `number`
    /// is on.
    Tranche tranche(uint64_t number, u256 amount) const {
        const u256 third = amount / u256{3u};
        Tranche out{.amount = {amount},
                    .payees = {{teacher(0), {amount - third}}},
                    .opens_at = start_,
                    .deadline = funding_deadline() + tranche_seconds,
                    .challenge = 0,
                    .criteria = keccak256("submitted with 40 or more"),
                    .release = when_on(number),
                    .cancel = {}};
        if (!third.is_zero()) out.payees.push_back({teacher(1), {third}});
        return out;
    }

    Outcome create_vault(const VaultTerms& terms, const std::vector<Tranche>& plan, bool open,
                         std::string_view type = "Vault") {
        Outcome out =
            create(steward(), type, keccak256(std::to_string(++vaults_)), terms, plan, open);
        if (out.ok()) vault_ = out.value<Address>();
        return out;
    }
    /// A vault in Funding with tranches of these amounts, which wait for switches 0, 1, 2, ...
    void open_vault(const std::vector<uint64_t>& amounts, std::string_view type = "Vault") {
        std::vector<Tranche> plan;
        for (size_t i = 0; i < amounts.size(); ++i) plan.push_back(tranche(i, u256{amounts[i]}));
        check(create_vault(terms(), plan, true, type).ok(), "the plan of a test is valid");
    }

    /// Gives the donor the money and its approval.
    void endow(const Address& donor, const u256& amount, const Address& currency) {
        send<"transfer(address,uint256)">(steward(), currency, donor, amount);
        send<"approve(address,uint256)">(donor, currency, vault_, u256_max);
    }
    Outcome contribute(const Address& donor, const u256& amount) {
        endow(donor, amount, currency_);
        return contribute_only(donor, amount);
    }
    Outcome contribute_only(const Address& donor, const u256& amount) {
        return send<"contribute(uint256,address,bytes32)">(donor, vault_, amount, donor, Hash{});
    }
    Outcome claim(const Address& payee, uint64_t id, const Hash& evidence = keccak256("report")) {
        return send<"claim(uint256,bytes32)">(payee, vault_, u256{id}, evidence);
    }
    Outcome release(uint64_t id) { return send<"release(uint256)">(person(99), vault_, u256{id}); }
    Outcome reclaim(uint64_t id) { return send<"reclaim(uint256)">(person(99), vault_, u256{id}); }
    Outcome fail() { return send<"fail()">(person(99), vault_); }
    Outcome withdraw(const Address& holder) {
        return send<"withdrawReturned(address)">(person(99), vault_, holder);
    }
    Outcome give_shares(const Address& from, const Address& to, const u256& shares) {
        return send<"transfer(address,uint256)">(from, vault_, to, shares);
    }

    template <FixedText signature, class... T>
    u256 number(const T&... arguments) {
        return ask<signature>(vault_, arguments...).template value<u256>();
    }
    u256 raised() { return number<"raised()">(); }
    u256 escrowed() { return number<"escrowed()">(); }
    u256 held() { return number<"held()">(); }
    u256 paid() { return number<"paid()">(); }
    u256 owed() { return number<"owed()">(); }
    u256 returned() { return number<"returned()">(); }
    u256 withdrawn() { return number<"withdrawn()">(); }
    u256 shares_of(const Address& holder) { return number<"balanceOf(address)">(holder); }
    u256 withdrawable(const Address& holder) {
        return number<"withdrawableFundsOf(address)">(holder);
    }
    Vault::Phase phase() { return Vault::Phase{ask<"phase()">(vault_).value<uint8_t>()}; }
    u256 money_of(const Address& holder) { return money_of(holder, currency_); }
    u256 money_of(const Address& holder, const Address& currency) {
        return ask<"balanceOf(address)">(currency, holder).value<u256>();
    }

private:
    uint64_t start_;
    Hash mission_;
    Address currency_;
    Address switchboard_;
    Address vault_;
    uint64_t vaults_ = 0;
};

}  // namespace plume::test
