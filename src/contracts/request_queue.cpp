#include "contracts/request_queue.hpp"

#include "native/math.hpp"

namespace plume::request_queue {

namespace {

void raise(Contract& contract, const Slot<u128>& slot, const u256& by) {
    contract.set(slot, checked_u128(checked_add(u256{contract.get(slot)}, by)));
}

void lower(Contract& contract, const Slot<u128>& slot, const u256& by) {
    contract.set(slot, checked_u128(checked_sub(u256{contract.get(slot)}, by)));
}

/// Changes one of the four amounts of a controller, and its sum with it.
template <class F>
void raise(Contract& contract, const Queue& queue, const Address& controller, F which,
           const u256& by) {
    raise(contract, (queue.of(controller).*which)(), by);
    raise(contract, (queue.sums().*which)(), by);
}

template <class F>
void lower(Contract& contract, const Queue& queue, const Address& controller, F which,
           const u256& by) {
    lower(contract, (queue.of(controller).*which)(), by);
    lower(contract, (queue.sums().*which)(), by);
}

Figures figures_before(const Contract& contract, const Amounts& amounts) {
    return {u256{contract.before(amounts.pending())}, u256{contract.before(amounts.returned())},
            u256{contract.before(amounts.brought())}, u256{contract.before(amounts.due())}};
}

Figures gains(const Contract& contract, const Amounts& amounts) {
    const Figures now = figures(contract, amounts);
    const Figures then = figures_before(contract, amounts);
    return {now.pending - then.pending, now.returned - then.returned, now.brought - then.brought,
            now.due - then.due};
}

bool have_moved_so(const Figures& gained, const Moves& moved) {
    // Their sum does not know of cancelling.
    if (gained.pending + gained.returned != moved.gains.pending + moved.gains.returned)
        return false;
    if (!moved.may_be_returned && gained.returned != moved.gains.returned) return false;
    return gained.brought == moved.gains.brought && gained.due == moved.gains.due;
}

Entry first_entry(const Contract& contract, const Queue& queue) {
    return queue.entries()[contract.get(queue.passed())];
}

void shorten(Contract& contract, const Queue& queue, const u256& by) {
    const Entry entry = first_entry(contract, queue);
    lower(contract, entry.amount(), by);
    if (contract.get(entry.amount()) == u128{}) pass(contract, queue);
}

/// How much of `whole` goes with `part` of `of`, rounded down.
u256 share(const u256& part, const u256& whole, const u256& of) {
    return of.is_zero() ? u256{} : mul_div_down(part, whole, of);
}

void claim(Contract& contract, const Queue& queue, const Address& controller, const u256& brought,
           const u256& due) {
    lower(contract, queue, controller, &Amounts::brought, brought);
    lower(contract, queue, controller, &Amounts::due, due);
}

}  // namespace

Figures figures(const Contract& contract, const Amounts& amounts) {
    return {u256{contract.get(amounts.pending())}, u256{contract.get(amounts.returned())},
            u256{contract.get(amounts.brought())}, u256{contract.get(amounts.due())}};
}

void add(Contract& contract, const Queue& queue, const Address& controller, const u256& amount) {
    const Entry entry = contract.push(queue.entries());
    contract.set(entry.controller(), controller);
    contract.set(entry.generation(), contract.get(queue.controllers()[controller].generation()));
    contract.set(entry.amount(), checked_u128(amount));
    contract.set(entry.time(), contract.now());
    raise(contract, queue, controller, &Amounts::pending, amount);
}

u256 cancel(Contract& contract, const Queue& queue, const Address& controller) {
    const u256 amount{contract.get(queue.of(controller).pending())};
    lower(contract, queue, controller, &Amounts::pending, amount);
    raise(contract, queue, controller, &Amounts::returned, amount);
    const Slot<uint64_t> generation = queue.controllers()[controller].generation();
    contract.set(generation, contract.get(generation) + 1);
    return amount;
}

std::optional<Request> first(const Contract& contract, const Queue& queue) {
    if (contract.get(queue.passed()) == contract.length(queue.entries())) return std::nullopt;
    const Entry entry = first_entry(contract, queue);
    Request out{.controller = contract.get(entry.controller()),
                .amount = u256{contract.get(entry.amount())},
                .time = contract.get(entry.time())};
    const Slot<uint64_t> generation = queue.controllers()[out.controller].generation();
    if (contract.get(entry.generation()) != contract.get(generation)) out.amount = {};
    return out;
}

void pass(Contract& contract, const Queue& queue) {
    contract.set(queue.passed(), contract.get(queue.passed()) + 1);
}

void fulfill(Contract& contract, const Queue& queue, const u256& part, const u256& due) {
    const Address controller = contract.get(first_entry(contract, queue).controller());
    lower(contract, queue, controller, &Amounts::pending, part);
    raise(contract, queue, controller, &Amounts::brought, part);
    raise(contract, queue, controller, &Amounts::due, due);
    shorten(contract, queue, part);
}

void give_back(Contract& contract, const Queue& queue) {
    const Entry entry = first_entry(contract, queue);
    const Address controller = contract.get(entry.controller());
    const u256 amount{contract.get(entry.amount())};
    lower(contract, queue, controller, &Amounts::pending, amount);
    raise(contract, queue, controller, &Amounts::returned, amount);
    shorten(contract, queue, amount);
}

u256 claim_brought(Contract& contract, const Queue& queue, const Address& controller,
                   const u256& brought) {
    const Figures mine = figures(contract, queue.of(controller));
    const u256 due = share(brought, mine.due, mine.brought);
    claim(contract, queue, controller, brought, due);
    return due;
}

u256 claim_due(Contract& contract, const Queue& queue, const Address& controller, const u256& due) {
    const Figures mine = figures(contract, queue.of(controller));
    const u256 brought = share(due, mine.brought, mine.due);
    claim(contract, queue, controller, brought, due);
    return brought;
}

u256 claim_returned(Contract& contract, const Queue& queue, const Address& controller) {
    const u256 amount{contract.get(queue.of(controller).returned())};
    lower(contract, queue, controller, &Amounts::returned, amount);
    return amount;
}

std::optional<std::string> broken_invariant(const Contract& contract, const Queue& queue,
                                            const std::map<Address, Moves>& moves) {
    Figures all;
    uint64_t requests = 0;
    for (const auto& [controller, moved] : moves) {
        const Figures gained = gains(contract, queue.of(controller));
        if (!have_moved_so(gained, moved))
            return "Q-1: the requests of " + to_hex(controller) +
                   " did not change as the events say";
        all.pending += gained.pending;
        all.returned += gained.returned;
        all.brought += gained.brought;
        all.due += gained.due;
        requests += moved.requests;
    }
    const Figures sums = gains(contract, queue.sums());
    if (sums.pending != all.pending || sums.returned != all.returned ||
        sums.brought != all.brought || sums.due != all.due)
        return "Q-2: the sums of the requests are not those of their controllers";
    const uint64_t passed = contract.get(queue.passed());
    if (passed < contract.before(queue.passed()) || passed > contract.length(queue.entries()))
        return "Q-3: the line of requests was passed another way than from its beginning";
    if (contract.length(queue.entries()) !=
        contract.before(queue.entries().length()).low64() + requests)
        return "Q-3: the line of requests did not grow by the requests that were made";
    return std::nullopt;
}

}  // namespace plume::request_queue
