#include "conformance/admission.hpp"

#include "chain/validate.hpp"

namespace plume::conformance {

Result<void> validate(State& state, const BlockEnvironment& block,
                      const SignedTransaction& transaction) {
    const Transaction& fields = transaction.fields;
    const Address& sender = transaction.sender;
    if (auto valid = validate_rules(fields, block); !valid) return valid;
    const AccountFields account = state.account(sender);
    // A pool keeps such a transaction, hence the validators of the chain let it pass.
    if (fields.nonce > account.nonce)
        return Error{.what = "nonce too high: next nonce " + std::to_string(account.nonce) +
                             ", tx nonce " + std::to_string(fields.nonce)};
    return validate_account(fields, sender, account, state.code(sender), block);
}

}  // namespace plume::conformance
