// A world with an escrow between a payer and a payee, before a panel of three jurors.
#pragma once

#include "crypto/signature.hpp"
#include "support/arbitration.hpp"

namespace plume::test {

/// The payer's key is 4711, the payee's 4712, so that they can sign.
class EscrowWorld : public ArbitrationWorld {
public:
    static constexpr uint64_t hour = 3'600;
    static constexpr uint64_t day = 24 * hour;
    static constexpr uint64_t fee = 3 * juror_fee;

    explicit EscrowWorld(std::span<const NativeType> more = {}) : ArbitrationWorld(more) {
        panel_ = create_panel(panel()).value<u256>();
        give(payer(), u256{1'000'000});
        give(payee(), u256{1'000'000});
    }

    static PrivateKey payer_key() { return *PrivateKey::from(to_word(u256{4711u})); }
    static PrivateKey payee_key() { return *PrivateKey::from(to_word(u256{4712u})); }
    static Address payer() {
        static const Address out = address_of(payer_key());
        return out;
    }
    static Address payee() {
        static const Address out = address_of(payee_key());
        return out;
    }
    const Address& vault() const { return vault_; }
    const u256& panel_id() const { return panel_; }

    EscrowTerms terms() {
        return {.asset = currency(),
                .record = mission(),
                .payer = payer(),
                .payee = payee(),
                .arbitrator = arbitrator(),
                .extra_data = encoded(panel_),
                .fee_max = {u256{100u}},
                .funding_deadline = block().timestamp + day,
                .fee_seconds = day,
                .ruling_seconds = 30 * day,
                .meta_evidence = "ipfs://contract"};
    }
    Tranche tranche(uint64_t amount) {
        return {.amount = {u256{amount}},
                .payees = {{payee(), {u256{amount}}}},
                .opens_at = 0,
                .deadline = block().timestamp + 10 * day,
                .challenge = static_cast<uint32_t>(day),
                .criteria = keccak256("a roof that holds"),
                .release = {},
                .cancel = {}};
    }
    Outcome create_escrow(const EscrowTerms& terms, const std::vector<Tranche>& plan,
                          std::string_view type = "EscrowVault") {
        Outcome out = create(founder(), type, keccak256(std::to_string(++count_)), terms, plan);
        if (!out.ok()) return out;
        vault_ = out.value<Address>();
        for (const Address& side : {payer(), payee()})
            send<"approve(address,uint256)">(side, terms.asset, vault_, u256_max);
        return out;
    }
    /// A funded one with tranches of these amounts.
    void begin(const std::vector<uint64_t>& amounts, std::string_view type = "EscrowVault") {
        std::vector<Tranche> plan;
        for (const uint64_t amount : amounts) plan.push_back(tranche(amount));
        check(create_escrow(terms(), plan, type).ok(), "the plan of a test is valid");
        check(fund().ok(), "the payer of a test has the money");
    }
    Hash plan_hash() { return ask<"planHash()">(vault_).value<Hash>(); }
    Outcome fund() { return send<"fund(bytes32)">(payer(), vault_, plan_hash()); }
    Outcome claim(uint64_t id) {
        return send<"claim(uint256,bytes32)">(payee(), vault_, u256{id}, keccak256("photos"));
    }
    Outcome release(const Address& by, uint64_t id) {
        return send<"release(uint256)">(by, vault_, u256{id});
    }
    Outcome reclaim(const Address& by, uint64_t id) {
        return send<"reclaim(uint256)">(by, vault_, u256{id});
    }
    Outcome dispute(uint64_t id) { return send<"dispute(uint256)">(payer(), vault_, u256{id}); }
    Outcome deposit(uint64_t id) { return send<"depositFee(uint256)">(payee(), vault_, u256{id}); }
    Outcome open(uint64_t id) { return send<"openDispute(uint256)">(anyone(), vault_, u256{id}); }
    Outcome expire(uint64_t id) { return send<"expire(uint256)">(anyone(), vault_, u256{id}); }
    Outcome recover(uint64_t id) { return send<"recoverFee(uint256)">(anyone(), vault_, u256{id}); }
    Outcome withdraw(const Address& account) {
        return send<"withdraw(address)">(anyone(), vault_, account);
    }
    /// Claimed, disputed, both fees paid, before the arbitrator. Its number there.
    u256 open_dispute(uint64_t id) {
        check(claim(id).ok(), "claimed");
        check(dispute(id).ok(), "disputed");
        check(deposit(id).ok(), "deposited");
        return open(id).value<u256>();
    }
    /// Two jurors vote so; the arbitrator tells the vault.
    Outcome decide(const u256& number, uint64_t ruling) {
        vote(number, {{juror(0), ruling}, {juror(1), ruling}});
        return execute(number);
    }

    template <FixedText signature, class... T>
    u256 number(const T&... arguments) {
        return ask<signature>(vault_, arguments...).template value<u256>();
    }
    u256 due_in_vault(const Address& account) { return number<"due(address)">(account); }
    u256 escrowed() { return number<"escrowed()">(); }
    u256 deposits() { return number<"deposits()">(); }
    u256 held() { return number<"held()">(); }
    uint8_t phase() { return ask<"phase()">(vault_).value<uint8_t>(); }
    uint8_t state(uint64_t id) {
        const Outcome out = ask<"tranche(uint256)">(vault_, u256{id});
        return std::get<1>(*abi::decode<Tranche, uint8_t, uint64_t>(out.result.output));
    }
    uint8_t stage(uint64_t id) {
        const Outcome out = ask<"disputeOf(uint256)">(vault_, u256{id});
        return std::get<3>(
            *abi::decode<Address, u256, u256, uint8_t, uint64_t, uint8_t>(out.result.output));
    }

    Consent consent(const PrivateKey& key, const Hash& struct_hash) {
        Bytes image{0x19, 0x01};
        append(image, ask<"DOMAIN_SEPARATOR()">(vault_).value<Hash>());
        append(image, struct_hash);
        const Signature signature = sign(keccak256(image), key);
        return {static_cast<uint8_t>(signature.y_parity ? 28 : 27), to_word(signature.r),
                to_word(signature.s)};
    }

    static constexpr FixedText amend_text =
        "amend(uint256[],(uint128,(address,uint128)[],uint64,uint64,uint32,bytes32,(address,bytes),"
        "(address,bytes))[],uint256,(uint8,bytes32,bytes32),(uint8,bytes32,bytes32))";
    /// What both sides sign to amend the plan as it stands.
    Hash amendment_hash(const std::vector<u256>& ended, const std::vector<Tranche>& added,
                        const u256& nonce, const u256& deadline) {
        Bytes words;
        for (const u256& id : ended) append(words, to_word(id));
        Hash plan = plan_hash();
        for (const Tranche& tranche : added)
            plan = keccak256(abi::encode(plan, keccak256(abi::encode(tranche))));
        return keccak256(abi::encode(
            keccak256("Amendment(uint256 nonce,uint256[] ended,bytes32 planHash,uint256 deadline)"),
            nonce, keccak256(words), plan, deadline));
    }

private:
    u256 panel_;
    Address vault_;
    uint64_t count_ = 0;
};

}  // namespace plume::test
