#include "conformance/world.hpp"

#include "crypto/keccak.hpp"
#include "types/block.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

constexpr size_t difference_lines_max = 40;

std::vector<SlotChange> slots_of(const json::value& storage) {
    std::map<u256, u256> slots;
    for (const auto& [slot, value] : test::object_of(storage))
        slots[test::number_of(json::value(slot))] = test::number_of(value);
    std::vector<SlotChange> out;
    for (const auto& [slot, value] : slots)
        if (!value.is_zero()) out.push_back({slot, u256{}, value});
    return out;
}

/// The lines about what one account has.
void compare_account(std::vector<std::string>& lines, const Address& address, const World& expected,
                     const World& found) {
    const auto line = [&](const std::string& what, const std::string& a, const std::string& b) {
        if (a != b)
            lines.push_back(to_hex(address) + " " + what + ": expected " + a + ", found " + b);
    };
    const AccountFields a = expected.store.account(address).value_or(AccountFields{});
    const AccountFields b = found.store.account(address).value_or(AccountFields{});
    const auto presence = [&](const World& world) {
        return std::string(world.store.account(address) ? "to exist" : "not to exist");
    };
    line("is", presence(expected), presence(found));
    line("balance", to_quantity(a.balance), to_quantity(b.balance));
    line("nonce", std::to_string(a.nonce), std::to_string(b.nonce));
    line("code hash", to_hex(a.code_hash), to_hex(b.code_hash));
    std::map<u256, u256> slots = expected.store.slots(address);
    slots.merge(found.store.slots(address));
    for (const auto& [slot, value] : slots)
        line("slot " + to_quantity(slot), to_quantity(expected.store.storage(address, slot)),
             to_quantity(found.store.storage(address, slot)));
}

}  // namespace

WorldPtr world_of(const json::value& accounts) {
    std::map<Address, AccountChange> all;
    Changes changes;
    for (const auto& [name, account] : test::object_of(accounts)) {
        const Address address = test::fixed_of<Address>(json::value(name));
        AccountFields fields;
        fields.nonce = test::uint64_of(test::at(account, "nonce"));
        fields.balance = test::number_of(test::at(account, "balance"));
        Bytes code = test::hex_at(account, "code");
        if (!code.empty()) {
            fields.code_hash = keccak256(BytesView{code});
            changes.codes.push_back({fields.code_hash, std::move(code)});
        }
        all[address] = {address, std::nullopt, fields, slots_of(test::at(account, "storage"))};
    }
    for (auto& [address, change] : all) changes.accounts.push_back(std::move(change));
    World world;
    return after(world, update_root(world.store.nodes(), empty_trie_root, std::move(changes)));
}

WorldPtr after(const World& world, const Rooted& rooted) {
    auto out = std::make_shared<World>(world);
    out->store.apply(rooted.changes, rooted.nodes);
    out->root = rooted.root;
    return out;
}

std::string difference(const World& expected, const World& found) {
    std::map<Address, AccountFields> all = expected.store.accounts();
    all.insert(found.store.accounts().begin(), found.store.accounts().end());
    std::vector<std::string> lines;
    for (const auto& [address, fields] : all) compare_account(lines, address, expected, found);
    std::string out;
    for (size_t i = 0; i < std::min(lines.size(), difference_lines_max); ++i)
        out += (i == 0 ? "" : "\n") + lines[i];
    if (lines.size() > difference_lines_max)
        out += "\n" + std::to_string(lines.size() - difference_lines_max) + " more differences";
    return out;
}

}  // namespace plume::conformance
