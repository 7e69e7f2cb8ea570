#include "index/events.hpp"

#include "contracts/addresses.hpp"
#include "contracts/eas.hpp"
#include "contracts/items.hpp"
#include "contracts/scheduler.hpp"
#include "contracts/token.hpp"

namespace plume {

namespace {

constexpr std::array<std::string_view, 6> vault_kinds{"Vault", "EscrowVault", "RevenueShare",
                                                      "Pool",  "QueuedPool",  "PublicGoods"};

void tell_record(Facts& facts, const Log& log) {
    if (const auto made = eas::Attested::decode(log)) {
        const auto& [subject, attester, uid, schema] = *made;
        facts.record(uid, schema, attester, subject, false);
    } else if (const auto revoked = eas::Revoked::decode(log)) {
        const auto& [subject, attester, uid, schema] = *revoked;
        facts.record(uid, schema, attester, subject, true);
    }
}

void tell_schedule(Facts& facts, const Log& log) {
    if (const auto made = Scheduler::Scheduled::decode(log)) {
        const auto& [id, owner, target, due, gas_limit, count, amount] = *made;
        facts.run(id, "scheduled", owner, 0, amount);
    } else if (const auto run = Scheduler::Executed::decode(log)) {
        const auto& [id, number, success, fee] = *run;
        facts.run(id, success ? "executed" : "failed", {}, number, fee);
    } else if (const auto later = Scheduler::Postponed::decode(log)) {
        facts.run(std::get<0>(*later), "postponed", {}, std::get<1>(*later), {});
    } else if (const auto topped = Scheduler::ToppedUp::decode(log)) {
        facts.run(std::get<0>(*topped), "topped up", std::get<1>(*topped), 0, std::get<2>(*topped));
    } else if (const auto over = Scheduler::Finished::decode(log)) {
        facts.run(std::get<0>(*over), "finished", std::get<1>(*over), 0, std::get<2>(*over));
    } else if (const auto ended = Scheduler::Cancelled::decode(log)) {
        facts.run(std::get<0>(*ended), "cancelled", std::get<1>(*ended), 0, std::get<2>(*ended));
    }
}

}  // namespace

bool is_vault_kind(std::string_view kind) {
    return std::ranges::find(vault_kinds, kind) != vault_kinds.end();
}

void tell_instance(Facts& facts, const KnownContract& contract, const Log& log) {
    if (contract.kind == "AssetItems") return tell_items(facts, contract, log);
    tell_token(facts, contract, log);
    if (contract.kind == "Vault") return tell_vault(facts, contract, log);
    if (contract.kind == "EscrowVault") return tell_escrow(facts, contract, log);
    if (contract.kind == "PublicGoods") return tell_goods(facts, contract, log);
    if (contract.kind == "Pool") return tell_pool(facts, contract, log);
    if (contract.kind == "QueuedPool") return tell_queued_pool(facts, contract, log);
    tell_revenue(facts, contract, log);
}

void tell_genesis_contract(Facts& facts, const Log& log) {
    if (log.address == contracts::attestations)
        tell_record(facts, log);
    else if (log.address == contracts::scheduler)
        tell_schedule(facts, log);
}

void tell_token(Facts& facts, const KnownContract& token, const Log& log) {
    const auto moved = AssetToken::Transfer::decode(log);
    if (!moved) return;
    const auto& [from, to, amount] = *moved;
    facts.transfer(token.address, std::nullopt, from, to, amount);
}

void tell_items(Facts& facts, const KnownContract& items, const Log& log) {
    if (const auto single = AssetItems::TransferSingle::decode(log)) {
        const auto& [by, from, to, id, amount] = *single;
        facts.transfer(items.address, id, from, to, amount);
    } else if (const auto batch = AssetItems::TransferBatch::decode(log)) {
        const auto& [by, from, to, ids, amounts] = *batch;
        if (ids.size() != amounts.size()) return facts.fail("a batch of ids without amounts");
        for (size_t i = 0; i < ids.size(); ++i)
            facts.transfer(items.address, ids[i], from, to, amounts[i]);
    } else if (const auto made = AssetItems::ItemDefined::decode(log)) {
        facts.item(items.address, to_word(std::get<0>(*made)), std::get<1>(*made),
                   std::get<2>(*made));
    } else if (const auto user = AssetItems::UpdateUser::decode(log)) {
        facts.right(items.address, to_word(std::get<0>(*user)), "user", std::get<1>(*user), {},
                    std::get<2>(*user));
    } else if (const auto right = usage::CreateUserRecord::decode(log)) {
        const auto& [record, id, amount, owner, who, expires] = *right;
        facts.right(items.address, to_word(id), "granted", who, u256{amount}, expires);
    } else if (const auto used = usage::Consumed::decode(log)) {
        const auto& [record, meter, amount, left] = *used;
        facts.right(items.address, to_word(record), "consumed", meter, amount, 0);
    }
}

}  // namespace plume
