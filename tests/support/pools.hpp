// A world with a pool of euros, and short ways to use it. People 2 to 4 have 1,000,000,000 euros
// each and have approved the pool; so has the operator.
#pragma once

#include "contracts/pool.hpp"
#include "support/revenue.hpp"

namespace plume::test {

class PoolWorld : public RevenueWorld {
public:
    explicit PoolWorld(std::vector<NativeType> more = {}, std::string_view type = "Pool")
        : RevenueWorld(std::move(more)) {
        pool_ = make(terms(), type).value<Address>();
        for (uint16_t n = 2; n <= 5; ++n) fund_person(person(n));
        next_block();
    }

    static Address operator_account() { return person(5); }
    const Address& pool() const { return pool_; }

    PoolTerms terms() const {
        return {.name = "Euro pool",
                .symbol = "pEUR",
                .record = mission(),
                .asset = euro(),
                .operator_ = operator_account(),
                .principal_max = u128{u256{1'000'000u}}};
    }
    Outcome make(const PoolTerms& terms, std::string_view type = "Pool") {
        return create(issuer(), type, next_salt(), terms);
    }
    void fund_person(const Address& who) {
        give(euro(), issuer(), who, u256{1'000'000'000u});
        send<"approve(address,uint256)">(who, euro(), pool_, u256_max);
    }

    Outcome deposit(const Address& who, const u256& assets) {
        return send<"deposit(uint256,address)">(who, pool_, assets, who);
    }
    Outcome mint(const Address& who, const u256& shares) {
        return send<"mint(uint256,address)">(who, pool_, shares, who);
    }
    Outcome withdraw(const Address& who, const u256& assets) {
        return withdraw_for(who, assets, who);
    }
    Outcome redeem(const Address& who, const u256& shares) { return redeem_for(who, shares, who); }
    Outcome withdraw_for(const Address& caller, const u256& assets, const Address& owner) {
        return send<"withdraw(uint256,address,address)">(caller, pool_, assets, caller, owner);
    }
    Outcome redeem_for(const Address& caller, const u256& shares, const Address& owner) {
        return send<"redeem(uint256,address,address)">(caller, pool_, shares, caller, owner);
    }
    Outcome approve(const Address& owner, const Address& spender, const u256& shares) {
        return send<"approve(address,uint256)">(owner, pool_, spender, shares);
    }
    Outcome donate(const Address& who, const u256& assets) {
        return give(euro(), who, pool_, assets);
    }
    Outcome lend(const Address& to, const u256& amount) {
        return send<"fund(address,uint256,bytes32)">(operator_account(), pool_, to, amount, Hash{});
    }
    Outcome repay(const u256& principal, const u256& interest) {
        return send<"repay(uint256,uint256)">(operator_account(), pool_, principal, interest);
    }
    Outcome impair(const u256& loss) {
        return send<"impair(uint256)">(operator_account(), pool_, loss);
    }
    Outcome unimpair(const u256& loss) {
        return send<"unimpair(uint256)">(operator_account(), pool_, loss);
    }
    Outcome write_off(const u256& loss) {
        return send<"writeOff(uint256)">(operator_account(), pool_, loss);
    }

    /// A view of the pool's without arguments, or with an amount or an account.
    template <FixedText signature, class... T>
    u256 number(const T&... arguments) {
        return ask<signature>(pool_, arguments...).template value<u256>();
    }
    u256 total() { return number<"totalAssets()">(); }
    u256 cash() { return number<"cash()">(); }
    u256 supply() { return number<"totalSupply()">(); }
    u256 shares(const Address& who) { return money(pool_, who); }
    u256 euros(const Address& who) { return money(euro(), who); }

protected:
    /// From now on another pool is the one that is used.
    void use(const Address& pool) {
        pool_ = pool;
        for (uint16_t n = 2; n <= 5; ++n)
            send<"approve(address,uint256)">(person(n), euro(), pool_, u256_max);
    }

private:
    Address pool_;
};

}  // namespace plume::test
