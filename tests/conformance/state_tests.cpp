#include "conformance/state_tests.hpp"

#include "chain/transact.hpp"
#include "codec/rlp.hpp"
#include "conformance/admission.hpp"
#include "conformance/forks.hpp"
#include "conformance/refusals.hpp"
#include "conformance/trace.hpp"
#include "conformance/world.hpp"
#include "crypto/keccak.hpp"
#include "types/block.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

/// What the cases of a test for one fork share.
struct Setting {
    BlockEnvironment block;
    WorldPtr pre;
    std::optional<Address> sender;  ///< as the test says it
    LineTracer* tracer = nullptr;
};
using SettingPtr = std::shared_ptr<const Setting>;

/// State tests have no ancestors: BLOCKHASH(n) is the hash of n in decimal digits.
Hash invented_hash(uint64_t number) {
    return keccak256(std::to_string(number));
}

uint64_t number_or(const json::value& object, std::string_view key, uint64_t otherwise) {
    const json::value* found = test::find(object, key);
    return found == nullptr ? otherwise : test::uint64_of(*found);
}

BlockEnvironment environment_of(const json::value& entry, const Fork& fork) {
    const json::value& env = test::at(entry, "env");
    const json::value* config = test::find(entry, "config");
    BlockEnvironment out;
    out.revision = fork.revision;
    out.chain_id = config == nullptr ? 1 : number_or(*config, "chainid", 1);
    out.number = test::uint64_of(test::at(env, "currentNumber"));
    out.timestamp = test::uint64_of(test::at(env, "currentTimestamp"));
    out.gas_limit = test::uint64_of(test::at(env, "currentGasLimit"));
    out.coinbase = test::fixed_of<Address>(test::at(env, "currentCoinbase"));
    out.base_fee = test::number_of(test::at(env, "currentBaseFee"));
    out.prev_randao = to_word(test::number_of(test::at(env, "currentRandom")));
    out.blob_base_fee = blob_base_fee(fork.blobs, number_or(env, "currentExcessBlobGas", 0));
    out.blob_count_max = fork.blobs.max;
    out.ancestor_hash = invented_hash;
    return out;
}

/// keccak256(rlp([[address, [topics], data], ...])).
Hash hash_of(const std::vector<Log>& logs) {
    std::vector<std::tuple<Address, std::vector<Hash>, Bytes>> items;
    for (const Log& log : logs) items.emplace_back(log.address, log.topics, log.data);
    return keccak256(rlp::encode(items));
}

/// The transaction, when it may run.
Result<TransactionPtr> read_valid(State& state, const BlockEnvironment& block, Bytes raw) {
    TRY(transaction, recover_transaction(std::move(raw)));
    if (auto valid = validate(state, block, *transaction); !valid) return std::move(valid).error();
    return transaction;
}

/// A refused transaction leaves everything as it was.
Outcome judge_refusal(const Setting& setting, const json::value& expected, const Error& refusal) {
    Outcome outcome;
    const json::value* names = test::find(expected, "expectException");
    if (names == nullptr) return Outcome::failed("refused, but valid: " + refusal.what);
    outcome.expect(is_expected_refusal(test::string_of(*names), refusal.what),
                   "expected to be refused for " + std::string(test::string_of(*names)) +
                       ", found " + refusal.what);
    outcome.expect_equal("state root", test::fixed_of<Hash>(test::at(expected, "hash")),
                         setting.pre->root);
    outcome.expect_equal("logs hash", test::fixed_of<Hash>(test::at(expected, "logs")),
                         hash_of(std::vector<Log>{}));
    return outcome;
}

void expect_faithful(Outcome& outcome, const Setting& setting,
                     const SignedTransaction& transaction) {
    outcome.expect_equal("encoded again", transaction.raw, encode(transaction.fields));
    if (setting.sender) outcome.expect_equal("sender", *setting.sender, transaction.sender);
}

Outcome run(const Setting& setting, const std::string& name, const json::value& expected) {
    State state(setting.pre->store);
    const auto transaction = read_valid(state, setting.block, test::hex_at(expected, "txbytes"));
    if (!transaction) return judge_refusal(setting, expected, transaction.error());
    if (const json::value* names = test::find(expected, "expectException"))
        return Outcome::failed("accepted, but expected to be refused for " +
                               std::string(test::string_of(*names)));
    Outcome outcome;
    expect_faithful(outcome, setting, **transaction);
    const Transacted done = transact(state, setting.block, {}, (*transaction)->fields,
                                     (*transaction)->sender, setting.tracer);
    const Rooted rooted = update_root(setting.pre->store.nodes(), setting.pre->root, state.take());
    outcome.expect_equal("state root", test::fixed_of<Hash>(test::at(expected, "hash")),
                         rooted.root);
    outcome.expect_equal("logs hash", test::fixed_of<Hash>(test::at(expected, "logs")),
                         hash_of(done.logs));
    if (setting.tracer != nullptr)
        setting.tracer->end(name, done, rooted.root, !outcome.has_failed());
    const json::value* world = test::find(expected, "state");
    if (outcome.has_failed() && world != nullptr)
        outcome.fail(difference(*world_of(*world), *after(*setting.pre, rooted)));
    return outcome;
}

/// "add11 Cancun d0g1v0". The names of newer tests hold all of that already.
std::string name_of(const Entry& entry, std::string_view fork, const json::value& expected,
                    size_t count) {
    if (count == 1) return entry.name;
    const json::value& indexes = test::at(expected, "indexes");
    const auto index = [&](std::string_view of) {
        return of.substr(0, 1).data()[0] + std::to_string(test::uint64_of(test::at(indexes, of)));
    };
    return entry.name + " " + std::string(fork) + " " + index("data") + index("gas") +
           index("value");
}

Cases cases_of_fork(const Entry& entry, std::string_view name, const json::array& all,
                    const WorldPtr& pre, LineTracer* tracer) {
    Cases out;
    const auto fork = fork_called(name, test::find(entry.value, "config"));
    SettingPtr setting;
    if (fork) {
        const json::value* sender = test::find(test::at(entry.value, "transaction"), "sender");
        setting = std::make_shared<const Setting>(Setting{
            environment_of(entry.value, *fork), pre,
            sender == nullptr ? std::nullopt : std::optional(test::fixed_of<Address>(*sender)),
            tracer});
    }
    for (const json::value& expected : all) {
        const std::string case_name = name_of(entry, name, expected, all.size());
        if (setting)
            out.push_back(
                {case_name, [=, &expected] { return run(*setting, case_name, expected); }});
        else
            out.push_back({case_name, [reason = "the rules of " + std::string(name)] {
                               return Outcome::skipped(reason);
                           }});
    }
    return out;
}

Cases make_cases(const Entry& entry, LineTracer* tracer) {
    const WorldPtr pre = world_of(test::at(entry.value, "pre"));
    Cases out;
    for (const auto& [name, all] : test::object_of(test::at(entry.value, "post"))) {
        Cases more = cases_of_fork(entry, name, test::array_of(all), pre, tracer);
        std::ranges::move(more, std::back_inserter(out));
    }
    return out;
}

}  // namespace

bool is_state_test(const Entry& entry) {
    constexpr std::string_view members[] = {"env", "pre", "transaction", "post"};
    return std::ranges::all_of(members, [&](std::string_view member) {
        return test::find(entry.value, member) != nullptr;
    });
}

Cases state_cases(const Entry& entry) {
    return make_cases(entry, nullptr);
}

Cases traced_state_cases(const Entry& entry, LineTracer& tracer) {
    return make_cases(entry, &tracer);
}

}  // namespace plume::conformance
