#include "conformance/formats.hpp"

#include "conformance/abi_tests.hpp"
#include "conformance/block_tests.hpp"
#include "conformance/key_tests.hpp"
#include "conformance/rlp_tests.hpp"
#include "conformance/signing_tests.hpp"
#include "conformance/state_tests.hpp"
#include "conformance/transaction_tests.hpp"
#include "conformance/trie_tests.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

/// An entry is of the first format all of whose members it has.
struct Format {
    std::vector<std::string_view> members;
    std::function<Cases(const Entry&)> cases;
};

Format judged(std::vector<std::string_view> members, Outcome (*run)(const json::value&)) {
    return {std::move(members), [run](const Entry& entry) { return one_case(entry, run); }};
}

Format not_run(std::vector<std::string_view> members, std::string reason) {
    return {std::move(members), [reason = std::move(reason)](const Entry& entry) {
                return skipped_case(entry, reason);
            }};
}

const std::vector<Format>& formats() {
    static const std::vector<Format> all{
        {{"env", "pre", "transaction", "post"}, state_cases},
        {{"blocks", "pre", "network"}, block_cases},
        {{"txbytes", "result"}, transaction_cases},
        {{"in", "root"}, trie_cases},
        judged({"in", "out"}, run_rlp),
        judged({"decoded", "encoded"}, run_ethers_rlp),
        judged({"seq", "term", "out"}, run_path),
        judged({"args", "types", "result"}, run_abi),
        judged({"interface", "types", "values", "result"}, run_interface),
        judged({"abi", "signature", "sigHash"}, run_selector),
        judged({"interface", "values", "topics", "data"}, run_event),
        judged({"types", "values", "ripemd160"}, run_packed),
        judged({"domain", "primaryType", "digest"}, run_typed_data),
        judged({"privateKey", "unsignedTransaction", "signedTransaction"}, run_legacy_transaction),
        judged({"key", "tx", "unsigned", "signed"}, run_typed_transaction),
        judged({"key", "unsigned", "signed"}, run_old_transaction),
        judged({"json", "password", "priv"}, run_key_store),
        {{"type", "json", "password", "privateKey"}, wallet_cases},
        judged({"mnemonic", "seed", "hdnodes"}, run_derivation),
        judged({"address", "checksumAddress"}, run_account),
        judged({"seed", "key", "addr"}, run_seeded_key),
        judged({"data", "keccak256", "sha512"}, run_hashes),
        judged({"wei", "ether"}, run_units),
        {{"decryption_type"}, cipher_cases},
        // What the suites have besides.
        not_run({"engineNewPayloads", "network"}, "Plume speaks no engine API"),
        not_run({"in", "tests"}, "Plume iterates over flat tables, not over the keys of a trie"),
        not_run({"inputs", "result"}, "genesis blocks of before the first network"),
        not_run({"genesis_rlp_hex"}, "headers of before London are not read"),
        not_run({"testcase", "value", "expectedValue"}, "numbers as JavaScript writes them"),
        not_run({"name", "expected", "test"}, "names of ENS are the business of wallets"),
        not_run({"comment", "input"}, "names of ENS are the business of wallets"),
        not_run({"locale", "content"}, "phrases are read without a list of words"),
        not_run({"files", "totals"}, "not a test: the list of an archive's files"),
        not_run({"test_cases", "root_hash"}, "not a test: the index of an archive"),
        not_run({"config", "alloc"}, "not a test: a genesis file"),
        not_run({"jsonrpc", "method"}, "not a test: a request"),
        not_run({"HIVE_CHAIN_ID"}, "not a test: settings of another program"),
    };
    return all;
}

}  // namespace

void for_each_entry(const std::filesystem::path& file, const json::value& content,
                    const std::function<void(const Entry&)>& use) {
    if (const json::array* entries = content.if_array()) {
        for (size_t i = 0; i < entries->size(); ++i) {
            const json::value* name = test::find((*entries)[i], "name");
            const bool is_named = name != nullptr && name->is_string() && *name != json::value("");
            use({file, is_named ? std::string(test::string_of(*name)) : "#" + std::to_string(i),
                 (*entries)[i]});
        }
        return;
    }
    const json::object* object = content.if_object();
    const auto is_object = [](const auto& member) { return member.value().is_object(); };
    if (object == nullptr || !std::ranges::all_of(*object, is_object))
        return use({file, file.stem().string(), content});
    for (const auto& [name, value] : *object) use({file, std::string(name), value});
}

Cases cases_of(const Entry& entry) {
    for (const Format& format : formats()) {
        const auto is_there = [&](std::string_view member) {
            const json::object* object = entry.value.if_object();
            return object != nullptr && object->contains(member);
        };
        if (std::ranges::all_of(format.members, is_there)) return format.cases(entry);
    }
    throw test::Malformed("of no known format");
}

}  // namespace plume::conformance
