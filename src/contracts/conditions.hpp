// Conditions: joins conditions to one, which is a condition itself.
//
// It keeps nothing and stands in every chain from genesis on. Logic is three-valued and fails
// closed: an error in any part, even in one that could not change the outcome, is an error of the
// whole, and the whole reports it by a revert. So not(x) of something broken is broken, not true,
// and nobody gains by breaking a part.
//
//   {conditions, all([{attestations, kpi(...)}, {conditions, after_(t)}])}
//
// Two views answer with a number, made of the number that another view answers with: `linear` and
// `tiers`, for amounts that depend on a measure. They are no conditions, and none is made of them.
//
// Bounds: `part_count_max` parts side by side, `nesting_max` levels of this contract's own
// conditions inside one another, and the gas of one condition for all of it together.
#pragma once

#include "contracts/comparison.hpp"
#include "contracts/condition.hpp"
#include "native/erc165.hpp"

namespace plume {

class Conditions : public Contract {
public:
    using Contract::Contract;

    static constexpr size_t part_count_max = 16;
    static constexpr unsigned nesting_max = 8;
    static constexpr size_t tiers_max = 16;

    /// A part answered neither yes nor no.
    using Undecided = CustomError<"Undecided(address target)", Address>;
    /// None, or more than `part_count_max`. Waiting for nothing is a mistake, not a truth.
    using InvalidPartCount = CustomError<"InvalidPartCount(uint256 count)", u256>;
    /// `atLeast` none, or more than there are.
    using InvalidThreshold = CustomError<"InvalidThreshold(uint8 k, uint256 count)", uint8_t, u256>;
    using NestedTooDeep = CustomError<"NestedTooDeep()">;
    /// `compare` reads numbers. Holding a truth against 2 would make a yes of an error.
    using NotANumber = CustomError<"NotANumber()">;

    /// `from` is not below `to`, or the amount falls between them.
    using InvalidLine =
        CustomError<"InvalidLine(uint256 from, uint256 to, uint256 floor, uint256 cap)", u256, u256,
                    u256, u256>;
    /// None, more than `tiers_max`, not one amount for each, or steps that do not rise.
    using InvalidTiers = CustomError<"InvalidTiers(uint256 steps, uint256 amounts)", u256, u256>;

    void construct() {}

    /// 0 no, 1 yes, 2 error. Whoever lets it decide brings all the gas that a condition may use.
    uint8_t eval(Condition condition) const;
    bool all(std::vector<Condition> parts) const { return count_true(parts) == parts.size(); }
    bool any(std::vector<Condition> parts) const { return count_true(parts) > 0; }
    bool at_least(uint8_t k, std::vector<Condition> parts) const;
    bool negate(Condition condition) const { return !decide(condition); }
    /// `f(...) op rhs` for any view f that answers with a number.
    bool compare_answer(Address target, Bytes data, uint8_t op, u256 rhs) const;
    /// Whether the block's time is later than `time`, in seconds since 1970.
    bool after(uint64_t time) const { return now() > time; }

    /// An amount that rises with what a view answers: `floor` up to `from`, `cap` from `to` on, and
    /// on the straight line between, rounded down.
    u256 linear(Address target, Bytes data, u256 from, u256 to, u256 floor, u256 cap) const;
    /// The amount of the highest step that a view's answer reaches; 0 below the first.
    u256 tiers(Address target, Bytes data, std::vector<u256> steps,
               std::vector<u256> amounts) const;

    static constexpr auto constructor = Method<"constructor()", &Conditions::construct>{};
    static constexpr auto combinators = Methods<
        Method<"eval((address target, bytes data) condition) view returns (uint8)",
               &Conditions::eval>,
        Method<"all((address target, bytes data)[] parts) view returns (bool)", &Conditions::all>,
        Method<"any((address target, bytes data)[] parts) view returns (bool)", &Conditions::any>,
        Method<"atLeast(uint8 k, (address target, bytes data)[] parts) view returns (bool)",
               &Conditions::at_least>,
        Method<"not((address target, bytes data) condition) view returns (bool)",
               &Conditions::negate>,
        Method<"compare(address target, bytes data, uint8 op, uint256 rhs) view returns (bool)",
               &Conditions::compare_answer>,
        Method<"after_(uint64 time) view returns (bool)", &Conditions::after>>{};
    /// ERC-165: the combinators above are one interface.
    bool supports_interface(Selector id) const {
        return erc165::supports(id, {combinators.interface_id()});
    }
    static constexpr auto numbers = Methods<
        Method<"linear(address target, bytes data, uint256 from, uint256 to, uint256 floor, "
               "uint256 cap) view returns (uint256)",
               &Conditions::linear>,
        Method<"tiers(address target, bytes data, uint256[] steps, uint256[] amounts) view "
               "returns (uint256)",
               &Conditions::tiers>>{};
    static constexpr auto abi = combinators + numbers +
                                Methods<Method<"supportsInterface(bytes4 id) view returns (bool)",
                                               &Conditions::supports_interface>>{};
    static constexpr auto declarations =
        Declarations<Undecided, InvalidPartCount, InvalidThreshold, NestedTooDeep, NotANumber,
                     UnknownComparison, InvalidLine, InvalidTiers>{};

private:
    /// What a view answers; an error refuses the call.
    u256 number_of(const Address& target, const Bytes& data) const;
    size_t count_true(const std::vector<Condition>& parts) const;
    /// Yes or no; an error refuses the call.
    bool decide(const Condition& condition) const;
    /// The same for a condition of this contract, without a call.
    bool decide_inside(BytesView input) const;

    unsigned nesting_ = 0;
};

}  // namespace plume
