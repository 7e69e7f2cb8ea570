#include "conformance/transaction_tests.hpp"

#include "chain/validate.hpp"
#include "conformance/forks.hpp"
#include "conformance/refusals.hpp"
#include "evm/gas.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

/// A block that any transaction fits into.
BlockEnvironment open_block(const Fork& fork) {
    BlockEnvironment out;
    out.revision = fork.revision;
    out.chain_id = 1;
    out.gas_limit = ~uint64_t{0};
    out.blob_count_max = fork.blobs.max;
    return out;
}

Result<TransactionPtr> read_valid(Bytes raw, const Fork& fork) {
    TRY(transaction, recover_transaction(std::move(raw)));
    if (auto valid = validate_rules(transaction->fields, open_block(fork)); !valid)
        return std::move(valid).error();
    const Transaction& fields = transaction->fields;
    if (overflowing_mul(u256{fields.gas_limit}, fields.max_fee_per_gas).overflow)
        return Error{.what = "insufficient funds: nobody has 2^256 wei or more"};
    return transaction;
}

Outcome run(const json::value& entry, const json::value& expected, const Fork& fork,
            bool prices_init_code) {
    const Bytes raw = test::hex_at(entry, "txbytes");
    const auto transaction = read_valid(raw, fork);
    const json::value* exception = test::find(expected, "exception");
    Outcome outcome;
    if (!transaction) {
        const std::string& refusal = transaction.error().what;
        if (exception == nullptr) return Outcome::failed("refused, but valid: " + refusal);
        outcome.expect(is_expected_refusal(test::string_of(*exception), refusal),
                       "expected to be refused for " + std::string(test::string_of(*exception)) +
                           ", found " + refusal);
        return outcome;
    }
    if (exception != nullptr)
        return Outcome::failed("accepted, but expected to be refused for " +
                               std::string(test::string_of(*exception)));
    const Transaction& fields = (*transaction)->fields;
    outcome.expect_equal("encoded again", raw, encode(fields));
    outcome.expect_equal("sender", test::fixed_of<Address>(test::at(expected, "sender")),
                         (*transaction)->sender);
    outcome.expect_equal("hash", test::fixed_of<Hash>(test::at(expected, "hash")),
                         (*transaction)->hash);
    if (fields.to || prices_init_code)
        outcome.expect_equal("intrinsic gas",
                             to_decimal(test::number_of(test::at(expected, "intrinsicGas"))),
                             std::to_string(intrinsic_gas(fields, fork.revision).standard));
    return outcome;
}

}  // namespace

Cases transaction_cases(const Entry& entry) {
    const json::value& results = test::at(entry.value, "result");
    Cases out;
    const auto add = [&](std::string_view name, const Fork& fork, bool prices_init_code) {
        const json::value* expected = test::find(results, name);
        if (expected == nullptr) return;
        out.push_back({entry.name + " " + std::string(name), [=, &value = entry.value] {
                           return run(value, *expected, fork, prices_init_code);
                       }});
    };
    for (const std::string_view name : {"Cancun", "Prague", "Osaka"})
        add(name, fork_called(name, nullptr).value(), true);
    const Fork cancun = fork_called("Cancun", nullptr).value();
    if (out.empty()) add("Shanghai", cancun, true);
    if (out.empty()) add("London", cancun, false);
    if (out.empty()) return skipped_case(entry, "no rules of London or later");
    return out;
}

}  // namespace plume::conformance
