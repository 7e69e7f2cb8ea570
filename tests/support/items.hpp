// A World with a contract of items, its records, and credentials that a test hands out.
#pragma once

#include "contracts/items.hpp"
#include "support/records.hpp"

namespace plume::test {

/// Attestations whose answer to `holds` a test sets.
class CredentialDesk : public Attestations {
public:
    using Attestations::Attestations;

    void hand_out(Address account, Hash domain, bool held) { set(held_[domain][account], held); }
    bool is_held(Address account, Hash domain) const { return get(held_[domain][account]); }

    static constexpr auto constructor = Attestations::constructor;
    static constexpr auto abi =
        Attestations::abi +
        Methods<Method<"handOut(address account, bytes32 domain, bool held)",
                       &CredentialDesk::hand_out>,
                Method<"holds(address account, bytes32 domain) view returns (bool)",
                       &CredentialDesk::is_held>>{};

private:
    static constexpr Map<Hash, Map<Address, bool>> held_{namespace_slot("test.credentials")};
};

/// Takes items, batches too, or says something else, as it is told.
class Receiver : public Contract {
public:
    using Contract::Contract;
    enum Mood : uint8_t { takes, refuses, explains, mumbles, calls_back };
    using Reason = CustomError<"Reason(uint256 number)", u256>;

    void construct() {}
    void set_mood(uint8_t mood) { set(mood_, mood); }
    Selector received(Address, Address, u256 id, u256 value, Bytes) {
        return answer({{0xf2, 0x3a, 0x6e, 0x61}}, id, value);
    }
    Selector batch_received(Address, Address, std::vector<u256>, std::vector<u256>, Bytes) {
        return answer({{0xbc, 0x19, 0x7c, 0x81}}, {}, {});
    }

    static constexpr auto constructor = Method<"constructor()", &Receiver::construct>{};
    static constexpr auto abi = Methods<
        Method<"setMood(uint8 mood)", &Receiver::set_mood>,
        Method<"onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes "
               "data) returns (bytes4)",
               &Receiver::received>,
        Method<"onERC1155BatchReceived(address operator, address from, uint256[] ids, uint256[] "
               "values, bytes data) returns (bytes4)",
               &Receiver::batch_received>>{};

private:
    Selector answer(const Selector& right, const u256& id, const u256& value) {
        switch (get(mood_)) {
            case refuses:
                throw Revert{};
            case explains:
                refuse(Reason{u256{7u}});
            case mumbles:
                return {};
            case calls_back:
                Remote<
                    "safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes "
                    "data)",
                    void, Address, Address, u256, u256, Bytes>::call(*this, sender(), self(),
                                                                     person(1), id, value, Bytes{});
        }
        return right;
    }

    static constexpr Slot<uint8_t> mood_{0};
};

class ItemsWorld : public World {
public:
    static Address issuer() { return person(1); }
    static Address policy() { return person(2); }
    static Address pauser() { return person(3); }
    static Address freezer() { return person(4); }
    static Address forcer() { return person(5); }
    /// Who buys, sells and uses.
    static Address owner(uint16_t n) { return person(static_cast<uint16_t>(20 + n)); }

    /// `type` is the items' type: the right one, or one of a test's own.
    explicit ItemsWorld(std::string_view type = "AssetItems", std::vector<NativeType> more = {})
        : World(with_own_types(std::move(more))) {
        record_ = found_mission(*this, issuer());
        const Outcome made = create(issuer(), type, Hash{}, params());
        check(made.ok(), "the items of a test are valid");
        items_ = made.value<Address>();
        receiver_ = create(issuer(), "Receiver", Hash{}).value<Address>();
    }

    ItemsParams params() const {
        return {.uri = "https://items.example/{id}.json",
                .contract_uri = "https://items.example/all.json",
                .record = record_,
                .domain = {},
                .issuer = issuer(),
                .policy = policy(),
                .pauser = pauser(),
                .freezer = freezer(),
                .forcer = forcer()};
    }
    const Hash& record() const { return record_; }
    const Address& items() const { return items_; }
    const Address& receiver() const { return receiver_; }
    uint64_t now() { return block().timestamp; }

    Outcome define(uint64_t id, const u256& cap = u256_max, const Hash& domain = {}) {
        return send<"defineItem(uint256,bytes32,uint256,bytes32)">(issuer(), items_, u256{id},
                                                                   record_, cap, domain);
    }
    Outcome mint(const Address& to, uint64_t id, const u256& value) {
        return send<"mint(address,uint256,uint256,bytes)">(issuer(), items_, to, u256{id}, value,
                                                           Bytes{});
    }
    /// Defines the item and gives `value` of it to `to`.
    void issue(const Address& to, uint64_t id, uint64_t value) {
        check(define(id).ok(), "a test defines an item once");
        check(mint(to, id, u256{value}).ok(), "a test gives items to who may hold them");
    }
    Outcome give(const Address& from, const Address& to, uint64_t id, const u256& value) {
        return give_by(from, from, to, id, value);
    }
    Outcome give_by(const Address& caller, const Address& from, const Address& to, uint64_t id,
                    const u256& value) {
        return send<"safeTransferFrom(address,address,uint256,uint256,bytes)">(
            caller, items_, from, to, u256{id}, value, Bytes{});
    }
    Outcome burn(const Address& account, uint64_t id, const u256& value) {
        return send<"burn(address,uint256,uint256)">(account, items_, account, u256{id}, value);
    }
    Outcome approve(const Address& from, const Address& operator_, bool approved = true) {
        return send<"setApprovalForAll(address,bool)">(from, items_, operator_, approved);
    }
    Outcome freeze(const Address& account, uint64_t id, const u256& amount) {
        return send<"setFrozenTokens(address,uint256,uint256)">(freezer(), items_, account,
                                                                u256{id}, amount);
    }
    Outcome force(const Address& from, const Address& to, uint64_t id, const u256& amount) {
        return send<"forcedTransfer(address,address,uint256,uint256)">(forcer(), items_, from, to,
                                                                       u256{id}, amount);
    }
    Outcome pause(uint64_t id, bool paused = true) {
        return send<"setPaused(uint256,bool)">(pauser(), items_, u256{id}, paused);
    }
    /// From now on the world has credentials that `hand_out` gives.
    void open_desk() {
        state().begin_transaction();
        state().set_code(contracts::attestations, native_code(desk_type()));
        state().end_transaction();
    }
    void hand_out(const Address& account, const Hash& domain, bool held = true) {
        send<"handOut(address,bytes32,bool)">(issuer(), contracts::attestations, account, domain,
                                              held);
    }

    Outcome let(const Address& from, const Address& user, uint64_t id, uint64_t amount,
                uint64_t seconds) {
        return send<"createUserRecord(address,address,uint256,uint64,uint64)">(
            from, items_, from, user, u256{id}, amount, now() + seconds);
    }
    Outcome let_metered(const Address& from, const Address& user, uint64_t id, uint64_t amount,
                        uint64_t seconds, const Address& meter, uint64_t units) {
        return send<"createMeteredRecord(address,address,uint256,uint64,uint64,address,uint128)">(
            from, items_, from, user, u256{id}, amount, now() + seconds, meter, u128{u256{units}});
    }
    Outcome end(const Address& caller, uint64_t record_id) {
        return send<"deleteUserRecord(uint256)">(caller, items_, u256{record_id});
    }
    Outcome consume(const Address& meter, uint64_t record_id, uint64_t amount) {
        return send<"consume(uint256,uint256)">(meter, items_, u256{record_id}, u256{amount});
    }
    Outcome commit(const Address& grantor, uint64_t id, uint64_t amount) {
        return send<"commitTokens(address,address,uint256,uint256)">(
            grantor, items_, grantor, items_, u256{id}, u256{amount});
    }
    Outcome release(const Address& caller, uint64_t commitment_id) {
        return send<"releaseTokens(uint256)">(caller, items_, u256{commitment_id});
    }
    Outcome grant(const Address& caller, uint64_t commitment_id, const Hash& role,
                  const Address& grantee, uint64_t expiration, bool revocable,
                  const Bytes& data = {}) {
        return send<"grantRole(uint256,bytes32,address,uint64,bool,bytes)">(
            caller, items_, u256{commitment_id}, role, grantee, expiration, revocable, data);
    }
    Outcome revoke_role(const Address& caller, uint64_t commitment_id, const Hash& role,
                        const Address& grantee) {
        return send<"revokeRole(uint256,bytes32,address)">(caller, items_, u256{commitment_id},
                                                           role, grantee);
    }
    Outcome fractionalize(const Address& caller, uint64_t id, uint64_t supply) {
        return send<"fractionalize(uint256,string,string,uint8,uint256)">(
            caller, items_, u256{id}, std::string("Parcel"), std::string("PCL"), uint8_t{0},
            u256{supply});
    }
    Outcome redeem(const Address& caller, uint64_t id, const Address& to) {
        return send<"redeem(uint256,address)">(caller, items_, u256{id}, to);
    }

    template <FixedText signature, class T = u256, class... Arguments>
    T read(const Arguments&... arguments) {
        return ask<signature>(items_, arguments...).template value<T>();
    }
    u256 balance(const Address& account, uint64_t id) {
        return read<"balanceOf(address,uint256)">(account, u256{id});
    }
    u256 supply(uint64_t id) { return read<"totalSupply(uint256)">(u256{id}); }
    u256 usable(const Address& account, uint64_t id) {
        return read<"usableBalanceOf(address,uint256)">(account, u256{id});
    }
    u256 let_by(const Address& account, uint64_t id) {
        return read<"frozenBalanceOf(address,uint256)">(account, u256{id});
    }
    bool can_transfer(const Address& from, const Address& to, uint64_t id, const u256& amount) {
        return read<"canTransfer(address,address,uint256,uint256)", bool>(from, to, u256{id},
                                                                          amount);
    }
    UserRecord user_record(uint64_t id) {
        return read<"userRecordOf(uint256)", UserRecord>(u256{id});
    }

private:
    static const NativeType& desk_type() {
        static const NativeType type = native_type<CredentialDesk>(60'101, 1, "CredentialDesk");
        return type;
    }
    static std::vector<NativeType> with_own_types(std::vector<NativeType> more) {
        more.push_back(desk_type());
        more.push_back(native_type<Receiver>(60'102, 1, "Receiver"));
        return more;
    }

    Hash record_;
    Address items_;
    Address receiver_;
};

}  // namespace plume::test
