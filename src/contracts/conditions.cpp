#include "contracts/conditions.hpp"

#include <algorithm>
#include <functional>

#include "contracts/types.hpp"
#include "native/math.hpp"

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
    const std::optional<bool> holds = compare(number_of(target, data), op, rhs);
    require(holds.has_value(), UnknownComparison{op});
    return *holds;
}

u256 Conditions::number_of(const Address& target, const Bytes& data) const {
    require(target != self(), NotANumber{});
    const Answer answer = static_call(target, data, condition_gas_max);
    require(answer.success && answer.data.size() >= 32, Undecided{target});
    return from_big_endian(BytesView(answer.data).first(32));
}

u256 Conditions::linear(Address target, Bytes data, u256 from, u256 to, u256 floor,
                        u256 cap) const {
    require(from < to && floor <= cap, InvalidLine{from, to, floor, cap});
    const u256 measure = number_of(target, data);
    if (measure <= from) return floor;
    if (measure >= to) return cap;
    return floor + mul_div_down(cap - floor, measure - from, to - from);
}

u256 Conditions::tiers(Address target, Bytes data, std::vector<u256> steps,
                       std::vector<u256> amounts) const {
    const bool rises = std::ranges::adjacent_find(steps, std::greater_equal{}) == steps.end();
    require(!steps.empty() && steps.size() <= tiers_max && steps.size() == amounts.size() && rises,
            InvalidTiers{u256{steps.size()}, u256{amounts.size()}});
    const u256 measure = number_of(target, data);
    const auto reached =
        std::ranges::count_if(steps, [&](const u256& step) { return step <= measure; });
    return reached == 0 ? u256{} : amounts[static_cast<size_t>(reached) - 1];
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
        // Numbers are not truths, even if they happen to be 1.
        combinators.find(*Selector::from(input.first(4)), [&]<class M>() {
            output = M::invoke(std::as_const(inner), input.subspan(4));
        });
    }
    require(output.has_value(), Undecided{self()});
    return !to_u256(*Hash::from(*output)).is_zero();
}

NativeType conditions_type() {
    return native_type<Conditions>(2, 1, "Conditions");
}

}  // namespace plume
