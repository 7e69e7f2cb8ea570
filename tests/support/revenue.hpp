// A world with a mission, two currencies and ways to make tokens that distribute them.
#pragma once

#include "base/result.hpp"
#include "contracts/token.hpp"
#include "support/records.hpp"

namespace plume::test {

/// A currency that refuses to pay who is blocked, and keeps a fee when it is told to.
class Moody : public AssetToken {
public:
    using AssetToken::AssetToken;

    void block(Address who, bool is_blocked) { set(blocked_[who], is_blocked); }
    void take_fee(u256 per_transfer) { set(fee_, per_transfer); }

    static constexpr auto abi =
        AssetToken::abi + Methods<Method<"block(address who, bool isBlocked)", &Moody::block>,
                                  Method<"takeFee(uint256 perTransfer)", &Moody::take_fee>>{};

protected:
    void on_move(const Address& /*from*/, const Address& to, const u256& /*value*/) override {
        require(!get(blocked_[to]), ErrorString{"blocked"});
    }
    void follow_shares(const Address& from, const Address& to, const u256& value) override {
        AssetToken::follow_shares(from, to, value);
        const u256 fee = get(fee_);
        if (from == Address{} || fee.is_zero() || is_in_fee_) return;
        is_in_fee_ = true;
        move(to, issuer(), fee);
        is_in_fee_ = false;
    }

private:
    bool is_in_fee_ = false;
    static constexpr Map<Address, bool> blocked_{50};
    static constexpr Slot<u256> fee_{51};
};

/// The issuer is person 1; people are funded in both currencies and have approved `token`.
class RevenueWorld : public World {
public:
    explicit RevenueWorld(std::vector<NativeType> more = {}) : World(with_moody(std::move(more))) {
        mission_ = found_mission(*this, issuer());
        euro_ = make_token("Moody", u256{1u} << 120);
        dollar_ = make_token("Moody", u256{1u} << 120);
    }

    static Address issuer() { return person(1); }
    const Address& euro() const { return euro_; }
    const Address& dollar() const { return dollar_; }
    const Hash& mission() const { return mission_; }

    TokenParams params(const u256& supply) const {
        return {.name = "Token",
                .symbol = "T",
                .decimals = 18,
                .record = mission_,
                .issuer = issuer(),
                .initial_supply = supply,
                .mintable = true};
    }
    Address make_token(std::string_view type, const u256& supply) {
        return create(issuer(), type, next_salt(), params(supply)).value<Address>();
    }
    Hash next_salt() { return keccak256(std::to_string(++salts_)); }
    /// A token of 1,000 units that the issuer holds, with both currencies listed.
    Address make_shares(std::string_view type = "AssetToken") {
        const Address token = make_token(type, u256{1'000u});
        list(token, euro_);
        list(token, dollar_);
        next_block();
        return token;
    }
    Outcome list(const Address& token, const Address& currency) {
        return send<"listCurrency(address)">(issuer(), token, currency);
    }
    Outcome give(const Address& token, const Address& from, const Address& to, const u256& value) {
        return send<"transfer(address,uint256)">(from, token, to, value);
    }
    Outcome distribute(const Address& token, const Address& currency, const u256& amount,
                       const Address& by = issuer()) {
        send<"approve(address,uint256)">(by, currency, token, amount);
        return send<"distribute(address,uint256)">(by, token, currency, amount);
    }
    Outcome claim(const Address& token, const Address& currency, const Address& account,
                  const Address& by = person(99)) {
        return send<"claimFor(address,address)">(by, token, account, currency);
    }
    u256 claimable(const Address& token, const Address& currency, const Address& account) {
        return ask<"claimable(address,address)">(token, account, currency).value<u256>();
    }
    u256 money(const Address& currency, const Address& account) {
        return ask<"balanceOf(address)">(currency, account).value<u256>();
    }
    u256 held(const Address& token, const Address& currency) {
        return ask<"held(address)">(token, currency).value<u256>();
    }

private:
    static std::vector<NativeType> with_moody(std::vector<NativeType> more) {
        more.push_back(native_type<Moody>(60'100, 1, "Moody"));
        return more;
    }

    Hash mission_;
    Address euro_;
    Address dollar_;
    uint64_t salts_ = 0;
};

}  // namespace plume::test
