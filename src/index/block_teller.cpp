#include "index/block_teller.hpp"

#include "contracts/addresses.hpp"
#include "contracts/catalog.hpp"
#include "contracts/launcher.hpp"
#include "index/events.hpp"

namespace plume {

namespace {

bool is_genesis_contract(const Address& address) {
    return std::ranges::find(genesis_contracts(), address, &GenesisContract::address) !=
           genesis_contracts().end();
}

/// "Vault.Milestone" from the text in the first bytes of a template's name.
std::string_view text_in(const Hash& name) {
    const auto* end = std::find(name.begin(), name.end(), uint8_t{0});
    return text_of({name.begin(), static_cast<size_t>(end - name.begin())});
}

}  // namespace

Result<void> BlockTeller::align() {
    const auto head = chain_.head();
    uint64_t common = facts_.next_block();
    while (common > 0 && facts_.hash_of(common - 1) != head->hash(common - 1)) --common;
    if (common == facts_.next_block()) return {};
    views_.forget();
    noted_.clear();
    return facts_.rewind_to_before(common);
}

Result<uint64_t> BlockTeller::advance(std::span<const CommittedBlockPtr> fresh) {
    if (auto aligned = align(); !aligned) return std::move(aligned).error();
    const auto head = chain_.head();
    const uint64_t first = facts_.next_block();
    if (first > head->number()) return uint64_t{0};
    const uint64_t last = std::min(head->number(), first + blocks_per_commit_max - 1);
    facts_.begin();
    for (uint64_t number = first; number <= last; ++number) {
        // A chain that was set back meanwhile has another block of this number.
        const auto hash = head->hash(number);
        const auto found = std::ranges::find_if(
            fresh, [&](const CommittedBlockPtr& each) { return each->block.hash == hash; });
        if (found != fresh.end())
            tell_block(**found);
        else
            tell_block(*head, number);
    }
    if (auto committed = facts_.commit(); !committed) return std::move(committed).error();
    return last - first + 1;
}

void BlockTeller::tell_block(const CommittedBlock& committed) {
    const Block& block = committed.block;
    uint64_t log_index = 0;
    for (size_t i = 0; i < committed.receipts.size(); ++i) {
        const Receipt& receipt = committed.receipts[i];
        tell_logs(receipt, block.transactions[i]->hash, block.header.number, log_index);
        log_index += receipt.logs.size();
    }
    facts_.end_block(block.header.number, block.hash, block.header.timestamp);
}

void BlockTeller::tell_block(const StoreSnapshot& head, uint64_t number) {
    const std::vector<Receipt> receipts = head.receipts(number).value();
    uint64_t log_index = 0;
    for (uint32_t i = 0; i < receipts.size(); ++i) {
        if (receipts[i].logs.empty()) continue;
        tell_logs(receipts[i], head.transaction({number, i})->hash, number, log_index);
        log_index += receipts[i].logs.size();
    }
    facts_.end_block(number, head.hash(number).value(), head.header(number)->timestamp);
}

void BlockTeller::tell_logs(const Receipt& receipt, const Hash& transaction, uint64_t number,
                            uint64_t first_log_index) {
    if (first_log_index + receipt.logs.size() > logs_per_block_max)
        return facts_.fail("too many logs in a block");
    for (const Log& log : receipt.logs) {
        facts_.place({first_place(number) + first_log_index++, transaction});
        tell_log(log);
    }
}

void BlockTeller::tell_log(const Log& log) {
    if (log.address == contracts::launcher) return tell_launch(log);
    if (is_genesis_contract(log.address)) return tell_genesis_contract(facts_, log);
    if (const KnownContract* contract = meet(log.address)) tell_instance(facts_, *contract, log);
}

void BlockTeller::tell_launch(const Log& log) {
    const auto launched = Launcher::Launched::decode(log);
    if (!launched) return;
    const auto& [by, name, instance, record] = *launched;
    if (meet(instance) == nullptr) return;
    views_.launched(instance, record);
    facts_.launched(instance, text_in(name), by, record);
}

const KnownContract* BlockTeller::meet(const Address& address) {
    const KnownContract* out = views_.find(address);
    if (out == nullptr || noted_.contains(address)) return out;
    if (!facts_.has_contract(address)) facts_.contract(*out);
    if (noted_.size() >= known_contracts_max) noted_.clear();
    noted_.insert(address);
    return out;
}

}  // namespace plume
