// A world in which calls are scheduled, and made as the node makes them.
#pragma once

#include "base/result.hpp"
#include "contracts/addresses.hpp"
#include "contracts/scheduler.hpp"
#include "support/world.hpp"

namespace plume::test {

/// What a job calls: it counts, refuses, burns all of its gas or calls the Scheduler back.
class Errand : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void visit(u256 number) {
        set(visits_[number], get(visits_[number]) + u256{1u});
        set(last_visitor_, sender());
    }
    void refuse_all() { refuse(ErrorString{"closed"}); }
    void burn() { charge(gas_left() + 1); }
    /// Tries everything that the Scheduler offers; none of it may succeed.
    void reenter(u256 id) {
        const auto attempt = [&]<FixedText text, class... T>(const T&... arguments) {
            const Address& to = contracts::scheduler;
            const Answer answer = call(to, World::calldata<text>(arguments...), {}, 100'000);
            if (answer.success) set(breaches_, get(breaches_) + u256{1u});
        };
        attempt.template operator()<"cancel(uint256 id)">(id);
        attempt.template operator()<"topUp(uint256 id)">(id);
        attempt.template operator()<"resume(uint256 id)">(id);
        attempt.template operator()<"withdraw()">();
        attempt.template operator()<"run(uint256 id, uint32 run)">(id, uint32_t{0});
        attempt.template operator()<"count()">();
        visit(id);
    }
    u256 visits(u256 number) const { return get(visits_[number]); }
    u256 breaches() const { return get(breaches_); }
    Address last_visitor() const { return get(last_visitor_); }

    /// Never true after `poison`.
    std::optional<std::string> broken_invariant() const {
        if (get(poison_) == 1) return "the errand is poisoned";
        return std::nullopt;
    }
    void poison() { set(poison_, 1); }

    static constexpr auto constructor = Method<"constructor()", &Errand::construct>{};
    static constexpr auto abi =
        Methods<Method<"visit(uint256 number)", &Errand::visit>,
                Method<"refuseAll()", &Errand::refuse_all>, Method<"burn()", &Errand::burn>,
                Method<"reenter(uint256 id)", &Errand::reenter>,
                Method<"poison()", &Errand::poison>,
                Method<"visits(uint256 number) view returns (uint256)", &Errand::visits>,
                Method<"breaches() view returns (uint256)", &Errand::breaches>,
                Method<"lastVisitor() view returns (address)", &Errand::last_visitor>>{};

private:
    static constexpr Map<u256, u256> visits_{0};
    static constexpr Slot<u256> breaches_{1};
    static constexpr Slot<uint8_t> poison_{2};
    static constexpr Slot<Address> last_visitor_{3};
};

inline const NativeType& errand_type() {
    static const NativeType type = native_type<Errand>(60'010, 1, "Errand");
    return type;
}

class ScheduleWorld : public World {
public:
    static constexpr uint64_t base_fee = 1'000;
    static constexpr uint64_t call_gas = 100'000;

    /// `more` are types beside the errand's; `scheduler` takes the place of the Scheduler.
    explicit ScheduleWorld(const NativeType* scheduler = nullptr)
        : World(scheduler != nullptr ? std::vector{errand_type(), *scheduler}
                                     : std::vector{errand_type()}) {
        block().base_fee = u256{base_fee};
        if (scheduler != nullptr) state().set_code(contracts::scheduler, native_code(*scheduler));
        errand_ = create(person(1), "Errand", Hash{}).value<Address>();
        for (uint16_t n = 1; n <= 9; ++n) state().set_balance(person(n), exp(u256{10u}, u256{24u}));
    }

    const Address& errand() const { return errand_; }
    uint64_t now() { return block().timestamp; }
    u256 balance(const Address& who) { return state().balance(who); }

    static Bytes visit(uint64_t number) { return calldata<"visit(uint256 number)">(u256{number}); }
    u256 visits(uint64_t number) {
        return ask<"visits(uint256 number)">(errand_, u256{number}).value<u256>();
    }

    /// What `count` runs cost at the base fee times `factor`.
    u256 price(uint64_t gas, size_t data_size, uint32_t count = 1, uint64_t factor = 1) {
        const u256 all =
            ask<"gasOf(uint64,uint256)">(contracts::scheduler, gas, u256{data_size}).value<u256>();
        return all * u256{count} * u256{base_fee * factor};
    }
    Outcome schedule_paid(const Address& owner, const Address& target, const Bytes& data,
                          uint64_t due, const Recurrence& recurrence, const u256& value,
                          uint64_t gas = call_gas) {
        return send_data(
            owner, contracts::scheduler,
            calldata<"schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 "
                     "period, uint8 unit, uint32 count) recurrence)">(target, data, gas, due,
                                                                      recurrence),
            value);
    }
    /// Paid for at twice the base fee.
    Outcome schedule(const Bytes& data, uint64_t due, const Recurrence& recurrence = {},
                     const Address& owner = person(1)) {
        return schedule_paid(owner, errand_, data, due, recurrence,
                             price(call_gas, data.size(), recurrence.count, 2));
    }
    uint64_t id_of(const Outcome& scheduled) { return scheduled.value<u256>().low64(); }

    template <FixedText text, class... T>
    Outcome tell(const Address& from, const T&... arguments) {
        return send<text>(from, contracts::scheduler, arguments...);
    }
    Outcome top_up(const Address& from, uint64_t id, const u256& value) {
        return send_data(from, contracts::scheduler, calldata<"topUp(uint256)">(u256{id}), value);
    }
    Job job(uint64_t id) {
        return ask<"job(uint256)">(contracts::scheduler, u256{id}).value<Job>();
    }
    bool exists(uint64_t id) { return ask<"job(uint256)">(contracts::scheduler, u256{id}).ok(); }
    u256 number(BytesView data) {
        return ask_data(Address{}, contracts::scheduler, data).value<u256>();
    }
    u256 prepaid() { return number(calldata<"prepaid()">()); }
    u256 owed() { return number(calldata<"owed()">()); }
    u256 owed_to(const Address& who) { return number(calldata<"owedTo(address)">(who)); }
    uint64_t next_due() { return ask<"nextDue()">(contracts::scheduler).value<uint64_t>(); }

    /// The run that is due; id 0: none.
    std::tuple<u256, uint32_t, uint64_t> next() {
        const Outcome out = ask<"next(uint64)">(contracts::scheduler, now());
        return abi::decode<u256, uint32_t, uint64_t>(out.result.output).value();
    }
    /// Makes the run that is due, as the node does, and burns its fee. Null when none is.
    std::optional<Outcome> run_next() {
        const auto [id, run, gas] = next();
        if (id.is_zero()) return std::nullopt;
        Outcome out = send_data(system_sender, contracts::scheduler,
                                calldata<"run(uint256,uint32)">(id, run), {}, gas);
        if (!out.ok()) return out;
        const auto [used, fee] = abi::decode<uint64_t, u256>(out.result.output).value();
        state().set_balance(contracts::scheduler, state().balance(contracts::scheduler) - fee);
        last_gas_ = used;
        return out;
    }
    /// The gas that the last run was charged.
    uint64_t last_gas() const { return last_gas_; }

private:
    Address errand_;
    uint64_t last_gas_ = 0;
};

}  // namespace plume::test
