// Bytes as a raw transaction: what decodes has no other encoding, and the sender that is recovered
// is whoever signed the hash of its fields. Its authorizations name an authority or none.
#include "base/result.hpp"
#include "crypto/keccak.hpp"
#include "types/transaction.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace plume;
    const BytesView raw{data, size};
    const auto included = decode_included(raw);
    if (included && included->type == TransactionType::system) {
        check(equal(encode(*included), raw), "a system transaction has one encoding");
        check(!decode_transaction(raw).ok(), "nobody can send one");
        return 0;
    }
    const auto fields = decode_transaction(raw);
    const auto whole = recover_transaction(to_bytes(raw));
    if (!fields) {
        check(!whole.ok(), "what does not decode has no sender");
        return 0;
    }
    check(equal(encode(*fields), raw), "a transaction has one encoding");
    const auto signer = recover(signing_hash(*fields), fields->signature);
    check(signer.has_value() == whole.ok(), "who signed is the sender");
    if (whole) {
        const SignedTransaction& transaction = **whole;
        check(transaction.sender == *signer, "who signed is the sender");
        check(transaction.hash == keccak256(raw), "the hash is that of the bytes");
        check(transaction.fields == *fields, "the fields are those of the bytes");
    }
    for (const Authorization& wish : fields->authorizations)
        (void)recover(signing_hash(wish), {wish.r, wish.s, wish.y_parity == 1});
    return 0;
}
