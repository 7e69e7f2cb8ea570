// A world with a public-goods vault in two currencies, and short ways to act in it.
#pragma once

#include "contracts/public_goods.hpp"
#include "support/vaults.hpp"

namespace plume::test {

/// A contract that says who is a person.
class PersonRegistry : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void admit(Address account, Hash domain) { set(members_[domain][account], true); }
    bool holds(Address account, Hash domain) const { return get(members_[domain][account]); }

    static constexpr auto constructor = Method<"constructor()", &PersonRegistry::construct>{};
    static constexpr auto abi =
        Methods<Method<"admit(address account, bytes32 domain)", &PersonRegistry::admit>,
                Method<"holds(address account, bytes32 domain) view returns (bool)",
                       &PersonRegistry::holds>>{};

private:
    static constexpr Map<Hash, Map<Address, bool>> members_{0};
};

/// Beyond `more`, the type of the registry.
inline std::vector<NativeType> with_registry(std::vector<NativeType> more) {
    more.push_back(native_type<PersonRegistry>(60'001, 1, "PersonRegistry"));
    return more;
}

/// The steward is person 1, the reviewer 2, recipients are the teachers, backers the donors. The
/// reference unit is a unit of the first currency; one of the second is worth two.
class GoodsWorld : public VaultWorld {
public:
    static constexpr uint64_t epoch_seconds = 100;

    explicit GoodsWorld(std::vector<NativeType> more = {})
        : VaultWorld(with_registry(std::move(more))) {
        other_ = create(steward(), "AssetToken", keccak256("other"),
                        TokenParams{.name = "Other",
                                    .symbol = "OTH",
                                    .decimals = 18,
                                    .record = mission(),
                                    .issuer = steward(),
                                    .initial_supply = u256{1u} << 200,
                                    .mintable = true})
                     .value<Address>();
        registry_ = create(steward(), "PersonRegistry", {}).value<Address>();
    }

    static Address reviewer() { return person(2); }
    const Address& other() const { return other_; }
    const Address& registry() const { return registry_; }
    const Address& goods() const { return goods_; }
    uint64_t line_deadline() const { return funding_deadline() + tranche_seconds; }

    GoodsTerms goods_terms() const {
        return {.name = "School fund",
                .symbol = "FUND",
                .decimals = 6,
                .record = mission(),
                .purpose = {},
                .steward = steward(),
                .reviewer = reviewer(),
                .funding_deadline = funding_deadline(),
                .epoch_seconds = epoch_seconds,
                .soft_cap = {u256{100u}},
                .hard_cap = {u256{1u} << 100},
                .transferable = true,
                .registry = {},
                .domain = {}};
    }
    std::vector<GoodsCurrency> two_currencies() const {
        const u256 one{1'000'000'000'000'000'000u};
        return {{currency(), {one}, {}}, {other_, {one + one}, {}}};
    }
    /// Released when switch `number` is on.
    SpendLine line(uint64_t number, uint16_t share, spend_lines::Split split) const {
        SpendLine out{.share = share,
                      .split = static_cast<uint8_t>(split),
                      .payees = {},
                      .purpose = keccak256("books"),
                      .record = mission(),
                      .opens_at = 0,
                      .deadline = line_deadline(),
                      .release = when_on(number)};
        if (split == spend_lines::Split::fixed) out.payees = {{person(31), 2}, {person(32), 1}};
        return out;
    }

    Outcome create_goods(const GoodsTerms& terms, const std::vector<GoodsCurrency>& currencies,
                         const std::vector<SpendLine>& plan, bool open,
                         std::string_view type = "PublicGoods") {
        Outcome out = create(steward(), type, keccak256("goods" + std::to_string(++goods_count_)),
                             terms, currencies, plan, open);
        if (out.ok()) goods_ = out.value<Address>();
        return out;
    }
    void open_goods(const std::vector<SpendLine>& plan, std::string_view type = "PublicGoods") {
        check(create_goods(goods_terms(), two_currencies(), plan, true, type).ok(),
              "the plan of a test is valid");
    }

    void accept(const Address& recipient) {
        send<"registerRecipient(bytes32)">(recipient, goods_, mission());
        review(recipient, true);
    }
    Outcome review(const Address& recipient, bool accepted) {
        return send<"reviewRecipient(address,bool)">(reviewer(), goods_, recipient, accepted);
    }
    void supply(const Address& donor, const Address& asset, const u256& amount) {
        send<"transfer(address,uint256)">(steward(), asset, donor, amount);
        send<"approve(address,uint256)">(donor, asset, goods_, u256_max);
    }
    Outcome give(const Address& donor, const Address& asset, const u256& amount) {
        supply(donor, asset, amount);
        return send<"contribute(address,uint256,address,bytes32)">(donor, goods_, asset, amount,
                                                                   donor, keccak256("receipt"));
    }
    Outcome give_to(const Address& recipient, const Address& donor, const Address& asset,
                    const u256& amount) {
        supply(donor, asset, amount);
        return send<"contributeTo(address,address,uint256,address,bytes32)">(
            donor, goods_, recipient, asset, amount, donor, keccak256("gift"));
    }
    Outcome end_funding() { return send<"endFunding()">(person(99), goods_); }
    Outcome release_line(uint64_t id) {
        return send<"release(uint256)">(person(99), goods_, u256{id});
    }
    Outcome pay(uint64_t id, const Address& asset, const Address& to) {
        return send<"pay(uint256,address,address)">(person(99), goods_, u256{id}, asset, to);
    }
    Outcome close_goods() { return send<"close()">(person(99), goods_); }
    Outcome take_back(const Address& holder, const Address& asset) {
        return send<"withdrawReturned(address,address)">(person(99), goods_, holder, asset);
    }
    void end_funding_in_time() {
        go_to(funding_deadline() + 1);
        check(end_funding().ok(), "the funding of a test ends");
    }

    template <FixedText signature, class... T>
    u256 goods_number(const T&... arguments) {
        return ask<signature>(goods_, arguments...).template value<u256>();
    }
    u256 match_of(const Address& recipient) { return goods_number<"matchOf(address)">(recipient); }
    u256 withdrawable_of(const Address& holder, const Address& asset) {
        return goods_number<"withdrawable(address,address)">(holder, asset);
    }
    /// credits - debits of an account, or debits - credits of cash.
    u256 account(const Address& asset, PublicGoods::Account which) {
        const Outcome out =
            ask<"account(address,uint8)">(goods_, asset, static_cast<uint8_t>(which));
        const auto [debits, credits] = abi::decode<u256, u256>(out.result.output).value();
        return which == PublicGoods::Account::cash ? debits - credits : credits - debits;
    }
    PublicGoods::Phase goods_phase() {
        return PublicGoods::Phase{ask<"phase()">(goods_).value<uint8_t>()};
    }

private:
    Address other_;
    Address registry_;
    Address goods_;
    uint64_t goods_count_ = 0;
};

}  // namespace plume::test
