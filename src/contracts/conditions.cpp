#include "contracts/conditions.hpp"

#include "contracts/types.hpp"

namespace plume {

uint8_t Conditions::eval(Condition condition) const {
    // What is asked by this contract itself is contained already: its errors may go up as reverts.
    const bool is_inside = nesting_ > 0 || sender() == self();
    const Truth truth =
        is_inside ? (decide(condition) ? Truth::yes : Truth::no) : evaluate_part(*this, condition);
    return static_cast<uint8_t>(truth);
}

bool Conditions::at_least(uint8_t k, std::vector<Condition> parts) const {
    require(k > 0 && k <= parts.size(), InvalidThreshold{k, u256{parts.size()}});
    return count_true(parts) >= k;
}

bool Conditions::compare_answer(Address target, Bytes data, uint8_t op, u256 rhs) const {
    require(target != self(), NotANumber{});
    const Answer answer = static_call(target, data, condition_gas_max);
    require(answer.success && answer.data.size() >= 32, Undecided{target});
    const u256 lhs = from_big_endian(BytesView(answer.data).first(32));
    const std::optional<bool> holds = compare(lhs, op, rhs);
    require(holds.has_value(), UnknownComparison{op});
    return *holds;
}

size_t Conditions::count_true(const std::vector<Condition>& parts) const {
    require(!parts.empty() && parts.size() <= part_count_max, InvalidPartCount{u256{parts.size()}});
    size_t count = 0;
    for (const Condition& part : parts) count += decide(part) ? 1 : 0;  // All: any may be an error.
    return count;
}

bool Conditions::decide(const Condition& condition) const {
    if (condition.target == self()) return decide_inside(condition.data);
    const Truth truth = evaluate_part(*this, condition);
    require(truth != Truth::error, Undecided{condition.target});
    return truth == Truth::yes;
}

bool Conditions::decide_inside(BytesView input) const {
    require(nesting_ < nesting_max, NestedTooDeep{});
    charge(gas::native_call + gas::native_word * words_of(input.size()));
    Conditions inner(*this);
    ++inner.nesting_;
    std::optional<Bytes> output;
    if (input.size() >= 4) {
        abi.find(*Selector::from(input.first(4)),
                 [&]<class M>() { output = M::invoke(std::as_const(inner), input.subspan(4)); });
    }
    require(output.has_value(), Undecided{self()});
    return !to_u256(*Hash::from(*output)).is_zero();
}

NativeType conditions_type() {
    return native_type<Conditions>(2, 1, "Conditions");
}

}  // namespace plume
