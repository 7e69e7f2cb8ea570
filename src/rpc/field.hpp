// One value of a request, read as what a method expects there.
//
//   QUANTITY  "0x" and hexadecimal digits without leading zeros, "0x0" for zero
//   DATA      "0x" and two hexadecimal digits a byte
//   block     a QUANTITY; "latest", "safe", "finalized", "pending" or "earliest"; a block hash; or
//   an
//             object { "blockNumber" } or { "blockHash", "requireCanonical"? } (EIP-1898)
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "chain/chain.hpp"
#include "rpc/error.hpp"

namespace plume::rpc {

/// An argument of a request, or a member or item of one; it looks at the request, which must
/// outlive it. Whatever it is asked for and is not throws RpcError -32602 with words that name the
/// argument: "missing value for required argument 0", "invalid argument 1: member gas: ...".
class Field {
public:
    /// `value` may be null: nothing was given. `member` is the name within the argument, if any.
    Field(const Json* value, size_t argument, std::string_view member = {})
        : value_(value), argument_(argument), member_(member) {}

    /// Whether there is something other than null.
    bool given() const { return value_ != nullptr && !value_->is_null(); }
    bool is_array() const { return given() && value_->is_array(); }
    bool is_object() const { return given() && value_->is_object(); }

    Address address() const;
    Hash hash() const;
    u256 quantity() const;
    /// A QUANTITY of at most 64 bits.
    uint64_t number() const;
    /// A QUANTITY of at most 64 bits, or a JSON number, or decimal digits: for the methods whose
    /// clients write all three.
    uint64_t lenient_number() const;
    Bytes data() const;
    bool boolean() const;
    double real() const;
    BlockId block() const;
    /// A storage slot: up to 32 bytes of hexadecimal digits, leading zeros and odd counts allowed.
    u256 slot() const;
    std::string_view text() const;
    /// The value itself.
    const Json& json() const { return value(); }

    /// A member of an object; one that is missing is a Field that is not `given`.
    Field operator[](std::string_view member) const;
    /// The items of an array of at most `count_max`; more throw -32005.
    std::vector<Field> items(size_t count_max) const;
    /// The members of an object that has at most `count_max`; more throw -32005.
    std::vector<Field> members(size_t count_max) const;
    /// The name of this member; empty for an argument.
    std::string_view name() const { return member_; }
    /// Refuses an object with members other than these, so that nothing asked for is ignored.
    void only_members(std::initializer_list<std::string_view> members) const;

    /// Refuses the value, saying where it stands.
    [[noreturn]] void refuse(std::string_view why) const;

private:
    void limit(size_t count, size_t count_max) const;
    /// The digits after 0x of a text.
    std::string_view digits() const;
    const Json& value() const;

    const Json* value_;
    size_t argument_;
    std::string_view member_;
};

}  // namespace plume::rpc
