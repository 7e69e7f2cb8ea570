#include "contracts/votes.hpp"

#include "native/math.hpp"

namespace plume::votes {

namespace {

constexpr u256 base = namespace_slot("plume.votes");

/// struct Checkpoint208 { uint48 _key; uint208 _value; } in one word, the key at its low end.
constexpr unsigned key_bits = 48;
using Trace = Array<u256>;

constexpr Map<Address, Address> delegates{{base}};
constexpr Map<Address, Trace> traces{{base + u256{1u}}};
constexpr Trace total_trace{{base + u256{2u}}};

u256 pack(const u48& key, const u256& value) {
    return u256{key.number} | value << key_bits;
}

Checkpoint unpack(const u256& word) {
    return {u48{(word & ((u256{1u} << key_bits) - u256{1u})).low64()}, u208{word >> key_bits}};
}

u256 latest(const Contract& contract, const Trace& trace) {
    const uint64_t count = contract.length(trace);
    return count == 0 ? u256{} : contract.get(trace[count - 1]) >> key_bits;
}

/// What stood at `timepoint`: the value of the last checkpoint that is not later.
u256 at(const Contract& contract, const Trace& trace, uint64_t timepoint) {
    uint64_t low = 0;
    uint64_t high = contract.length(trace);
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (unpack(contract.get(trace[middle])).key > timepoint)
            high = middle;
        else
            low = middle + 1;
    }
    return high == 0 ? u256{} : u256{unpack(contract.get(trace[high - 1])).value};
}

/// Several changes of one second leave one checkpoint.
void write(Contract& contract, const Trace& trace, const u256& value) {
    const u48 now = clock(contract);
    const uint64_t count = contract.length(trace);
    const bool is_of_now = count > 0 && unpack(contract.get(trace[count - 1])).key == now;
    const Slot<u256> place = is_of_now ? trace[count - 1] : contract.push(trace);
    contract.set(place, pack(now, value));
}

void change(Contract& contract, const Address& delegatee, const u256& previous, const u256& value) {
    write(contract, traces[delegatee], value);
    contract.emit(DelegateVotesChanged{delegatee, previous, value});
}

void move_votes(Contract& contract, const Address& from, const Address& to, const u256& units) {
    if (from == to || units.is_zero()) return;
    if (from != Address{}) {
        const u256 previous = current(contract, from);
        change(contract, from, previous, checked_sub(previous, units));
    }
    if (to != Address{}) {
        const u256 previous = current(contract, to);
        change(contract, to, previous, checked_add(previous, units));
    }
}

uint64_t past_timepoint(const Contract& contract, const u256& timepoint) {
    const u48 now = clock(contract);
    contract.require(timepoint < u256{now.number}, ERC5805FutureLookup{timepoint, now});
    return timepoint.low64();
}

u256 latest_before(const Contract& contract, const Trace& trace) {
    const uint64_t count = contract.before(trace.length()).low64();
    return count == 0 ? u256{} : contract.before(trace[count - 1]) >> key_bits;
}

/// G-7 of one trace, as far as a transaction can write it: what was the last checkpoint is as it
/// was, unless it is of this second, and at most one follows, later.
bool is_continued(const Contract& contract, const Trace& trace) {
    const uint64_t old_count = contract.before(trace.length()).low64();
    const uint64_t count = contract.length(trace);
    if (count < old_count || count > old_count + 1) return false;
    if (old_count == 0) return true;
    const Slot<u256> last = trace[old_count - 1];
    const Checkpoint was = unpack(contract.before(last));
    const bool is_of_now = was.key == clock(contract);
    if (contract.get(last) != contract.before(last) &&
        (!is_of_now || unpack(contract.get(last)).key != was.key))
        return false;
    return count == old_count || unpack(contract.get(trace[count - 1])).key > was.key;
}

}  // namespace

u48 clock(const Contract& contract) {
    return {contract.now()};
}

Address delegate_of(const Contract& contract, const Address& account) {
    return contract.get(delegates[account]);
}

u256 current(const Contract& contract, const Address& account) {
    return latest(contract, traces[account]);
}

u256 past(const Contract& contract, const Address& account, const u256& timepoint) {
    return at(contract, traces[account], past_timepoint(contract, timepoint));
}

u256 past_total(const Contract& contract, const u256& timepoint) {
    return at(contract, total_trace, past_timepoint(contract, timepoint));
}

uint32_t checkpoint_count(const Contract& contract, const Address& account) {
    return checked_narrow<uint32_t>(u256{contract.length(traces[account])});
}

Checkpoint checkpoint(const Contract& contract, const Address& account, uint32_t position) {
    contract.require(position < contract.length(traces[account]), Panic{panic_index});
    return unpack(contract.get(traces[account][position]));
}

void begin(Contract& contract, const u256& supply) {
    contract.require(supply <= safe_supply, ERC20ExceededSafeSupply{supply, safe_supply});
    if (!supply.is_zero()) write(contract, total_trace, supply);
}

void delegate(Contract& contract, const Address& account, const Address& delegatee,
              const u256& balance) {
    const Address previous = delegate_of(contract, account);
    contract.set(delegates[account], delegatee);
    contract.emit(DelegateChanged{account, previous, delegatee});
    move_votes(contract, previous, delegatee, balance);
}

void moved(Contract& contract, const Address& from, const Address& to, const u256& units,
           const u256& supply) {
    if (from == Address{})
        contract.require(supply <= safe_supply, ERC20ExceededSafeSupply{supply, safe_supply});
    if (from == Address{} || to == Address{}) write(contract, total_trace, supply);
    move_votes(contract, from == Address{} ? from : delegate_of(contract, from),
               to == Address{} ? to : delegate_of(contract, to), units);
}

std::vector<Address> delegators(const Contract& contract) {
    std::vector<Address> out;
    for (const Log& log : contract.transaction_logs())
        if (log.address == contract.self())
            if (const auto changed = DelegateChanged::decode(log))
                out.push_back(std::get<0>(*changed));
    return out;
}

std::optional<std::string> broken_invariant(const Contract& contract,
                                            std::map<Address, Holding> holdings,
                                            const u256& supply) {
    if (latest(contract, total_trace) != supply) return "G-3: the total of votes is not the supply";
    if (!is_continued(contract, total_trace)) return "G-7: the past of the total changed";
    std::map<Address, u256> gains;  // modulo 2^256
    for (const auto& [account, holding] : holdings) {
        if (account == Address{}) continue;
        gains[contract.before(delegates[account])] -= holding.before;
        gains[contract.get(delegates[account])] += holding.now;
    }
    for (const Log& log : contract.transaction_logs())
        if (log.address == contract.self())
            if (const auto changed = DelegateVotesChanged::decode(log))
                gains.try_emplace(std::get<0>(*changed));
    for (const auto& [delegatee, gain] : gains) {
        if (delegatee == Address{}) continue;
        const Trace trace = traces[delegatee];
        if (latest(contract, trace) - latest_before(contract, trace) != gain)
            return "G-3: the votes of " + to_hex(delegatee) + " are not the units of his";
        if (!is_continued(contract, trace))
            return "G-7: the past votes of " + to_hex(delegatee) + " changed";
    }
    return std::nullopt;
}

}  // namespace plume::votes
