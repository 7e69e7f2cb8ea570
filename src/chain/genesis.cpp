#include "chain/genesis.hpp"

#include <boost/json.hpp>
#include <set>

#include "base/result.hpp"
#include "chain/system.hpp"
#include "contracts/catalog.hpp"
#include "evm/gas.hpp"
#include "state/root.hpp"
#include "state/state.hpp"

namespace plume {

namespace {

namespace json = boost::json;

constexpr size_t extra_data_max = 32;        // Yellow Paper 4.4.4
constexpr unsigned base_fee_bits_max = 128;  // far from any overflow, and from any wallet

Error at(std::string_view name, std::string_view why) {
    return {.what = "genesis: " + std::string(name) + " " + std::string(why)};
}

std::string path(std::string_view parent, std::string_view member) {
    return std::string(parent) + "." + std::string(member);
}

/// A JSON integer, or a decimal or 0x string.
Result<u256> number_of(const json::value& value, std::string_view name) {
    if (const int64_t* number = value.if_int64(); number != nullptr && *number >= 0)
        return u256{static_cast<uint64_t>(*number)};
    if (const uint64_t* number = value.if_uint64()) return u256{*number};
    if (const json::string* text = value.if_string())
        if (const auto number = parse_number(std::string_view(*text))) return *number;
    return at(name, "is not a number below 2^256");
}

Result<Bytes> bytes_of(const json::value& value, std::string_view name) {
    if (const json::string* text = value.if_string())
        if (auto bytes = from_hex(std::string_view(*text))) return std::move(*bytes);
    return at(name, "is not hexadecimal data");
}

template <class Fixed>
Result<Fixed> fixed_of(const json::value& value, std::string_view name) {
    if (const json::string* text = value.if_string())
        if (const auto fixed = Fixed::parse(std::string_view(*text))) return *fixed;
    return at(name, "is not " + std::to_string(Fixed::size) + " bytes in hexadecimal");
}

Result<const json::object*> object_of(const json::value& value, std::string_view name) {
    if (const json::object* object = value.if_object()) return object;
    return at(name, "is not an object");
}

/// Reads the members of an object into fields; a member that is absent or null leaves its field
/// alone.
class Reader {
public:
    Reader(const json::object& object, std::string_view name) : object_(object), name_(name) {}

    Result<void> read(std::string_view member, u256& field) const {
        const json::value* value = find(member);
        if (value == nullptr) return {};
        TRY(number, number_of(*value, path_of(member)));
        field = number;
        return {};
    }

    Result<void> read(std::string_view member, uint64_t& field) const {
        u256 number{field};
        if (auto read_in = read(member, number); !read_in) return read_in;
        if (!number.fits_uint64()) return at(path_of(member), "is not a number below 2^64");
        field = number.low64();
        return {};
    }

    Result<void> read(std::string_view member, Bytes& field) const {
        const json::value* value = find(member);
        if (value == nullptr) return {};
        TRY(bytes, bytes_of(*value, path_of(member)));
        field = std::move(bytes);
        return {};
    }

    template <size_t N>
    Result<void> read(std::string_view member, FixedBytes<N>& field) const {
        const json::value* value = find(member);
        if (value == nullptr) return {};
        TRY(fixed, fixed_of<FixedBytes<N>>(*value, path_of(member)));
        field = fixed;
        return {};
    }

    Result<void> read(std::string_view member, bool& field) const {
        const json::value* value = find(member);
        if (value == nullptr) return {};
        const bool* truth = value->if_bool();
        if (truth == nullptr) return at(path_of(member), "is neither true nor false");
        field = *truth;
        return {};
    }

    /// The member as an object; null when it is absent.
    Result<const json::object*> object(std::string_view member) const {
        const json::value* value = find(member);
        if (value == nullptr) return static_cast<const json::object*>(nullptr);
        return object_of(*value, path_of(member));
    }

    /// Refuses a member that would need what block 0 of this chain cannot have.
    Result<void> expect_zero(std::string_view member) const {
        u256 number;
        if (auto read_in = read(member, number); !read_in) return read_in;
        if (!number.is_zero())
            return at(path_of(member), "must be 0: block 0 is made, not imported");
        return {};
    }

private:
    const json::value* find(std::string_view member) const {
        const json::value* value = object_.if_contains(member);
        return value == nullptr || value->is_null() ? nullptr : value;
    }
    std::string path_of(std::string_view member) const {
        return name_.empty() ? std::string(member) : path(name_, member);
    }

    const json::object& object_;
    std::string_view name_;
};

/// The first refusal of several readings, in their order.
template <class... Readings>
Result<void> all(Readings... readings) {
    Result<void> outcome;
    const auto take = [&outcome](auto& reading) {
        outcome = reading();
        return outcome.ok();
    };
    (take(readings) && ...);
    return outcome;
}

Result<std::map<u256, u256>> parse_storage(const json::object& object, std::string_view name) {
    std::map<u256, u256> out;
    for (const auto& member : object) {
        const std::string_view key = member.key();
        TRY(value, number_of(member.value(), path(name, key)));
        const auto slot =
            parse_number(key.starts_with("0x") ? std::string(key) : "0x" + std::string(key));
        if (!slot)
            return at(path(name, key), "is not a slot: its name is not 32 bytes in hexadecimal");
        if (!out.emplace(*slot, value).second) return at(path(name, key), "is given twice");
    }
    std::erase_if(out, [](const auto& entry) { return entry.second.is_zero(); });
    return out;
}

/// With `takes_native_code`, an account may be an instance of a native contract, as some are of a
/// state that was exported.
Result<GenesisAccount> parse_account(const json::value& value, std::string_view name,
                                     bool takes_native_code) {
    TRY(object, object_of(value, name));
    const Reader reader(*object, name);
    GenesisAccount out;
    auto outcome = all([&] { return reader.read("balance", out.balance); },
                       [&] { return reader.read("nonce", out.nonce); },
                       [&] { return reader.read("code", out.code); });
    if (!outcome) return std::move(outcome).error();
    if (out.code.size() > code_size_max)
        return at(path(name, "code"), "has more than 24576 bytes (EIP-170)");
    const bool is_native = out.code.size() > 1 && out.code[0] == native_marker[0] &&
                           out.code[1] == native_marker[1] && takes_native_code;
    if (!out.code.empty() && out.code[0] == native_marker[0] && !is_native &&
        !delegate_of(out.code))
        return at(path(name, "code"),
                  "begins with 0xef, which is reserved (EIP-3541): native contracts are named by "
                  "plume.nativeContracts, others are put there by the launcher");
    TRY(storage, reader.object("storage"));
    if (storage != nullptr) {
        TRY(slots, parse_storage(*storage, path(name, "storage")));
        out.storage = std::move(slots);
    }
    if (!out.storage.empty() && out.nonce == 0 && out.code.empty())
        return at(path(name, "storage"),
                  "needs a nonce or code: an account without them may be deleted as empty");
    return out;
}

Result<std::map<Address, GenesisAccount>> parse_alloc(const json::object& object,
                                                      bool takes_native_code) {
    std::map<Address, GenesisAccount> out;
    u256 total;
    for (const auto& member : object) {
        const std::string name = path("alloc", std::string_view(member.key()));
        const auto address = Address::parse(std::string_view(member.key()));
        if (!address) return at(name, "is not an address");
        TRY(account, parse_account(member.value(), name, takes_native_code));
        const auto [sum, overflow] = overflowing_add(total, account.balance);
        if (overflow) return at(name, "brings the sum of all balances to 2^256 or more");
        total = sum;
        if (!out.emplace(*address, std::move(account)).second) return at(name, "is given twice");
    }
    return out;
}

Result<void> parse_header(const Reader& reader, Genesis& out) {
    auto outcome = all([&] { return reader.read("gasLimit", out.gas_limit); },
                       [&] { return reader.read("baseFeePerGas", out.base_fee); },
                       [&] { return reader.read("timestamp", out.timestamp); },
                       [&] { return reader.read("coinbase", out.coinbase); },
                       [&] { return reader.read("extraData", out.extra_data); },
                       [&] { return reader.read("mixHash", out.prev_randao); },
                       [&] { return reader.read("difficulty", out.difficulty); },
                       [&] { return reader.expect_zero("number"); },
                       [&] { return reader.expect_zero("gasUsed"); },
                       [&] { return reader.expect_zero("parentHash"); },
                       [&] { return reader.expect_zero("blobGasUsed"); },
                       [&] { return reader.expect_zero("excessBlobGas"); });
    if (!outcome) return outcome;
    if (out.gas_limit < gas_limit_min) return at("gasLimit", "is below 5000");
    if (out.timestamp > timestamp_max) return at("timestamp", "lies beyond the year 9999");
    if (out.base_fee.bit_length() > base_fee_bits_max)
        return at("baseFeePerGas", "is 2^128 or more");
    if (out.extra_data.size() > extra_data_max) return at("extraData", "has more than 32 bytes");
    uint64_t nonce = 0;
    if (auto read_in = reader.read("nonce", nonce); !read_in) return read_in;
    for (size_t i = 0; i < 8; ++i) out.nonce[i] = static_cast<uint8_t>(nonce >> (56 - 8 * i));
    return {};
}

/// What stands under "plume".
struct PlumeMembers {
    bool has_native_contracts = true;
    bool takes_native_code = false;
};

Result<PlumeMembers> parse_plume(const json::object& object) {
    PlumeMembers out;
    for (const auto& member : object)
        if (member.key() != "nativeContracts" && member.key() != "nativeCode")
            return at(path("plume", std::string_view(member.key())),
                      "is not known to this version");
    const Reader reader(object, "plume");
    auto outcome = all([&] { return reader.read("nativeContracts", out.has_native_contracts); },
                       [&] { return reader.read("nativeCode", out.takes_native_code); });
    if (!outcome) return std::move(outcome).error();
    return out;
}

/// An instance of a native contract takes the place of an account that has nothing but a balance.
Result<void> check_native_places(const Genesis& genesis) {
    if (!genesis.has_native_contracts) return {};
    for (const GenesisContract& contract : genesis_contracts()) {
        const auto found = genesis.accounts.find(contract.address);
        if (found != genesis.accounts.end() &&
            (found->second.nonce != 0 || !found->second.code.empty()))
            return at(path("alloc", to_hex(contract.address)),
                      "is the place of a native contract: it can be given a balance only");
    }
    return {};
}

/// Block 0 has no trie below it.
class NoNodes final : public NodeSource, public StateView {
public:
    std::optional<Bytes> node(const TrieOwner&, const Nibbles&) const override {
        return std::nullopt;
    }
    std::optional<Leaf> first_leaf(const TrieOwner&, const Nibbles&) const override {
        return std::nullopt;
    }
    std::optional<AccountFields> account(const Address&) const override { return std::nullopt; }
    u256 storage(const Address&, const u256&) const override { return {}; }
    Bytes code(const Hash&) const override { fail("an empty world has no code to ask for"); }
};

Changes first_changes(const StateView& nothing, const Genesis& genesis,
                      std::span<const NativeType> natives) {
    State state(nothing);
    for (const auto& [address, account] : genesis.accounts) {
        state.set_balance(address, account.balance);
        state.set_nonce(address, account.nonce);
        if (!account.code.empty()) state.set_code(address, account.code);
        for (const auto& [slot, value] : account.storage) state.store(address, slot, value);
    }
    if (genesis.has_native_contracts && state.code(history_address).empty()) {
        state.set_nonce(history_address, 1);
        state.set_code(history_address, history_code());
    }
    if (genesis.has_native_contracts)
        for (const GenesisContract& contract : genesis_contracts()) {
            const auto type = std::ranges::find(natives, contract.type_name, &NativeType::name);
            check(type != natives.end(), "the types of genesis contracts are in the catalog");
            state.set_nonce(contract.address, 1);
            state.set_code(contract.address, native_code(*type));
        }
    return state.take();
}

}  // namespace

Result<Genesis> parse_genesis(std::string_view text) {
    if (text.size() > genesis_size_max)
        return Error{.what = "genesis: the file is larger than 64 MiB"};
    json::error_code error;
    const json::value parsed = json::parse(text, error);
    if (error) return Error{.what = "genesis: not JSON: " + error.message()};
    TRY(top, object_of(parsed, "the file"));
    const Reader reader(*top, "");
    Genesis out;
    TRY(config, reader.object("config"));
    if (config == nullptr || !config->contains("chainId"))
        return at("config.chainId", "is missing");
    if (auto outcome = Reader(*config, "config").read("chainId", out.chain_id); !outcome)
        return std::move(outcome).error();
    if (out.chain_id == 0) return at("config.chainId", "is 0");
    if (auto outcome = parse_header(reader, out); !outcome) return std::move(outcome).error();
    TRY(plume, reader.object("plume"));
    PlumeMembers members;
    if (plume != nullptr) {
        TRY(given, parse_plume(*plume));
        members = given;
    }
    out.has_native_contracts = members.has_native_contracts;
    TRY(alloc, reader.object("alloc"));
    if (alloc != nullptr) {
        TRY(accounts, parse_alloc(*alloc, members.takes_native_code));
        out.accounts = std::move(accounts);
    }
    if (auto outcome = check_native_places(out); !outcome) return std::move(outcome).error();
    return out;
}

Executed build_genesis(const Genesis& genesis, std::span<const NativeType> natives) {
    const NoNodes nothing;
    Rooted rooted = update_root(nothing, empty_trie_root, first_changes(nothing, genesis, natives));
    Executed out;
    Header& header = out.block.header;
    header.coinbase = genesis.coinbase;
    header.state_root = rooted.root;
    header.difficulty = genesis.difficulty;
    header.gas_limit = genesis.gas_limit;
    header.timestamp = genesis.timestamp;
    header.extra_data = genesis.extra_data;
    header.prev_randao = genesis.prev_randao;
    header.nonce = genesis.nonce;
    header.base_fee = genesis.base_fee;
    out.block.hash = hash_of(header);
    out.changes = std::move(rooted.changes);
    out.nodes = std::move(rooted.nodes);
    return out;
}

}  // namespace plume
