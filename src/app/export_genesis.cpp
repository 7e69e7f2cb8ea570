#include "app/export_genesis.hpp"

#include <fstream>
#include <iostream>
#include <map>

#include "app/serve.hpp"
#include "base/thread.hpp"
#include "chain/genesis_text.hpp"
#include "contracts/catalog.hpp"
#include "state/root.hpp"
#include "store/disk.hpp"

namespace plume {

namespace fs = std::filesystem;

namespace {

/// Whose hashes the keys of the state's tries are.
class Names {
public:
    void learn(const Changes& changes) {
        for (const AccountChange& account : changes.accounts) {
            addresses_[account_key(account.address)] = account.address;
            for (const SlotChange& slot : account.slots) slots_[slot_key(slot.slot)] = slot.slot;
        }
    }

    const Address* address(const Hash& key) const { return find(addresses_, key); }
    const u256* slot(const Hash& key) const { return find(slots_, key); }

private:
    template <class Map>
    static const typename Map::mapped_type* find(const Map& map, const Hash& key) {
        const auto found = map.find(key);
        return found == map.end() ? nullptr : &found->second;
    }

    std::map<Hash, Address> addresses_;
    std::map<Hash, u256> slots_;
};

Result<Names> collect_names(const StoreSnapshot& head, const StoreIdentity& identity,
                            const Genesis& first) {
    Names out;
    const Executed genesis = build_genesis(first, native_types());
    if (genesis.block.hash != identity.genesis_hash || first.chain_id != identity.chain_id)
        return Error{.what = "the genesis file is that of another chain: its block 0 is " +
                             to_hex(genesis.block.hash) + ", not " + to_hex(identity.genesis_hash)};
    out.learn(genesis.changes);
    const Rules rules{identity.chain_id, native_types()};
    for (uint64_t number = 1; number <= head.number(); ++number) {
        const auto before = head.at(number - 1);
        if (before == nullptr)
            return Error{.what = "the states before block " + std::to_string(head.kept_from()) +
                                 " have been pruned (history), without which nobody knows the "
                                 "names of all slots: export from a node that keeps them all"};
        const auto block = head.block(number);
        const auto again = reproduce(*before, *before, rules, before->header().state_root, *block);
        if (!again)
            return Error{.what = "block " + std::to_string(number) +
                                 " cannot be run again: " + again.error().what};
        out.learn(again->changes);
    }
    return out;
}

Result<GenesisAccount> export_account(const StoreSnapshot& head, const Names& names,
                                      const Hash& key, const Address& address) {
    const AccountFields fields = *head.account(address);
    GenesisAccount out{.balance = fields.balance, .nonce = fields.nonce};
    out.code = head.code(fields.code_hash);
    std::optional<Error> error;
    head.for_each_leaf(key, [&](const Hash& slot_hash, BytesView) {
        if (const u256* slot = names.slot(slot_hash))
            out.storage[*slot] = head.storage(address, *slot);
        else
            error = Error{.what = "nothing is known of the slot " + to_hex(slot_hash) + " of " +
                                  to_hex(address)};
    });
    if (error) return std::move(*error);
    return out;
}

Result<Genesis> read_genesis(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return Error{.what = file.string() +
                             " cannot be read: name the chain's own genesis file with --genesis"};
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    auto parsed = parse_genesis(text);
    if (!parsed) return Error{.what = file.string() + ": " + parsed.error().what};
    return parsed;
}

Result<Hash> export_to_file(const ExportGenesisOptions& options) {
    const fs::path data = options.data;
    TRY(first,
        read_genesis(options.genesis.empty() ? data / "genesis.json" : fs::path(options.genesis)));
    if (fs::exists(options.to)) return Error{.what = options.to + " is there already"};
    TRY(store, Store::open(data, {.identity = std::nullopt, .is_read_only = true}));
    const auto head = store->head();
    if (head == nullptr) return Error{.what = options.data + " holds no chain"};
    TRY(exported, export_genesis(*head, *store->identity(), first));
    if (options.chain_id) exported.chain_id = *options.chain_id;
    const std::string text = write_genesis(exported);
    if (text.size() > genesis_size_max)
        return Error{.what = "the state is larger than a genesis file may be: " +
                             std::to_string(text.size()) + " bytes, of " +
                             std::to_string(genesis_size_max)};
    if (auto written = write_durably(options.to, text); !written) return std::move(written).error();
    return head->header().state_root;
}

}  // namespace

Result<Genesis> export_genesis(const StoreSnapshot& head, const StoreIdentity& identity,
                               const Genesis& first) {
    TRY(names, collect_names(head, identity, first));
    const Header& header = head.header();
    Genesis out{.chain_id = identity.chain_id,
                .gas_limit = header.gas_limit,
                .base_fee = header.base_fee,
                .timestamp = header.timestamp,
                .coinbase = header.coinbase,
                .prev_randao = header.prev_randao,
                .has_native_contracts = false};
    std::optional<Error> error;
    head.for_each_leaf(TrieOwner{}, [&](const Hash& key, BytesView) {
        if (error) return;
        const Address* address = names.address(key);
        if (address == nullptr) {
            error = Error{.what = "nothing is known of the account with key " + to_hex(key)};
            return;
        }
        auto account = export_account(head, names, key, *address);
        if (account)
            out.accounts[*address] = std::move(*account);
        else
            error = std::move(account).error();
    });
    if (error) return std::move(*error);
    const Hash root = build_genesis(out, native_types()).block.header.state_root;
    check(root == header.state_root, "an exported state has the root that it was exported from");
    return out;
}

int run_export_genesis(const ExportGenesisOptions& options) {
    if (!fs::exists(fs::path(options.data) / "VERSION"))
        return report_error({exit_code::failed, options.data + " holds no chain"});
    std::optional<Result<Hash>> outcome;
    {
        const Thread runs("export", [&] { outcome.emplace(export_to_file(options)); });
    }
    if (!outcome->ok()) return report_error({exit_code::failed, outcome->error().what});
    std::cout << "exported to " << options.to << ": state root " << to_hex(**outcome) << "\n";
    std::cerr << "found a chain with it: plume init --data NEW --genesis " << options.to << "\n";
    return exit_code::ok;
}

}  // namespace plume
