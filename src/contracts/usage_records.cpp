#include "contracts/usage_records.hpp"

#include <algorithm>
#include <map>

#include "contracts/id_list.hpp"
#include "native/math.hpp"

namespace plume::usage {

namespace {

constexpr u256 base = namespace_slot("plume.usage");

/// struct { uint256 tokenId; address owner; uint64 amount; address user; uint64 expiry; address
/// meter; uint128 granted; uint128 left; }
struct RecordPlace : Place {
    Slot<u256> token_id() const { return {position}; }
    Slot<Address> owner() const { return {position + u256{1u}, 0}; }
    /// 0 when there is no such record.
    Slot<uint64_t> amount() const { return {position + u256{1u}, 20}; }
    Slot<Address> user() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> expiry() const { return {position + u256{2u}, 20}; }
    Slot<Address> meter() const { return {position + u256{3u}}; }
    Slot<u128> granted() const { return {position + u256{4u}, 0}; }
    Slot<u128> left() const { return {position + u256{4u}, 16}; }
};

/// Records are numbered from 1.
constexpr Slot<uint64_t> count_slot{base};
constexpr Map<uint64_t, RecordPlace> records{{base + u256{1u}}};
constexpr Map<u256, Map<Address, id_list::List>> lists_of_owners{{base + u256{2u}}};
constexpr Map<u256, Map<Address, id_list::List>> lists_of_users{{base + u256{3u}}};
constexpr Map<u256, uint64_t> latest_of{{base + u256{4u}}};

id_list::List owned(const u256& id, const Address& owner) {
    return lists_of_owners[id][owner];
}
id_list::List used(const u256& id, const Address& user) {
    return lists_of_users[id][user];
}

/// A record's number as it is kept; 0, which is none's, for what is too large.
uint64_t number_of(const u256& record_id) {
    return record_id.bit_length() > 64 ? 0 : record_id.low64();
}

std::optional<UserRecord> read(const Contract& contract, uint64_t number) {
    const RecordPlace place = records[number];
    const uint64_t amount = contract.get(place.amount());
    if (amount == 0) return std::nullopt;
    return UserRecord{.token_id = contract.get(place.token_id()),
                      .owner = contract.get(place.owner()),
                      .amount = amount,
                      .user = contract.get(place.user()),
                      .expiry = contract.get(place.expiry())};
}

u256 running(const Contract& contract, const id_list::List& list) {
    u256 sum;
    for (const uint64_t number : id_list::all(contract, list)) {
        const auto record = read(contract, number);
        if (record && is_running(contract, *record)) sum += u256{record->amount};
    }
    return sum;
}

/// Forgets the ended records of a list.
void prune(Contract& contract, const id_list::List& list) {
    for (const uint64_t number : id_list::all(contract, list)) {
        const auto record = read(contract, number);
        if (record && !is_running(contract, *record)) remove(contract, u256{number});
    }
}

void require_room(const Contract& contract, const id_list::List& list, const Address& account,
                  const u256& id, uint64_t max) {
    contract.require(contract.length(list) < max, TooManyUserRecords{account, id, u256{max}});
}

/// The records that move with `amount` units beyond the free ones.
std::vector<uint64_t> chosen(const Contract& contract, const Address& owner, const u256& id,
                             u256 amount) {
    std::vector<uint64_t> out;
    for (const uint64_t number : id_list::all(contract, owned(id, owner))) {
        if (amount.is_zero()) break;
        const auto record = read(contract, number);
        if (!record || !is_running(contract, *record) || u256{record->amount} > amount) continue;
        out.push_back(number);
        amount -= u256{record->amount};
    }
    return out;
}

u256 worth(const Contract& contract, const std::vector<uint64_t>& numbers) {
    u256 sum;
    for (const uint64_t number : numbers) sum += u256{contract.get(records[number].amount())};
    return sum;
}

}  // namespace

bool is_running(const Contract& contract, const UserRecord& record) {
    return contract.now() < record.expiry;
}

std::optional<UserRecord> find(const Contract& contract, const u256& record_id) {
    return read(contract, number_of(record_id));
}

UserRecord require_record(const Contract& contract, const u256& record_id) {
    const auto record = find(contract, record_id);
    contract.require(record.has_value(), UnknownUserRecord{record_id});
    return *record;
}

u256 create(Contract& contract, const UserRecord& record, const Meter& meter) {
    contract.require(record.user != Address{} && record.amount != 0 && is_running(contract, record),
                     InvalidUserRecord{record.user, u256{record.amount}, u256{record.expiry}});
    const id_list::List by_owner = owned(record.token_id, record.owner);
    const id_list::List by_user = used(record.token_id, record.user);
    prune(contract, by_owner);
    prune(contract, by_user);
    require_room(contract, by_owner, record.owner, record.token_id, owner_records_max);
    require_room(contract, by_user, record.user, record.token_id, user_records_max);
    const uint64_t number = contract.get(count_slot) + 1;
    contract.set(count_slot, number);
    const RecordPlace place = records[number];
    contract.set(place.token_id(), record.token_id);
    contract.set(place.owner(), record.owner);
    contract.set(place.amount(), record.amount);
    contract.set(place.user(), record.user);
    contract.set(place.expiry(), record.expiry);
    if (meter.meter != Address{}) {
        contract.set(place.meter(), meter.meter);
        contract.set(place.granted(), meter.granted);
        contract.set(place.left(), meter.left);
    }
    id_list::append(contract, by_owner, number);
    id_list::append(contract, by_user, number);
    contract.set(latest_of[record.token_id], number);
    contract.emit(CreateUserRecord{u256{number}, record.token_id, record.amount, record.owner,
                                   record.user, record.expiry});
    return u256{number};
}

Meter meter_of(const Contract& contract, const u256& record_id) {
    const RecordPlace place = records[number_of(record_id)];
    return {.meter = contract.get(place.meter()),
            .granted = contract.get(place.granted()),
            .left = contract.get(place.left())};
}

void remove(Contract& contract, const u256& record_id) {
    const UserRecord record = require_record(contract, record_id);
    const uint64_t number = number_of(record_id);
    id_list::remove(contract, owned(record.token_id, record.owner), number);
    id_list::remove(contract, used(record.token_id, record.user), number);
    const RecordPlace place = records[number];
    contract.set(place.token_id(), {});
    contract.set(place.owner(), {});
    contract.set(place.amount(), 0);
    contract.set(place.user(), {});
    contract.set(place.expiry(), 0);
    contract.set(place.meter(), {});
    contract.set(place.granted(), {});
    contract.set(place.left(), {});
    if (contract.get(latest_of[record.token_id]) == number)
        contract.set(latest_of[record.token_id], 0);
    contract.emit(DeleteUserRecord{record_id});
}

void extend(Contract& contract, const u256& record_id, uint64_t expiry) {
    const UserRecord record = require_record(contract, record_id);
    contract.require(expiry >= record.expiry,
                     InvalidUserRecord{record.user, u256{record.amount}, u256{expiry}});
    contract.set(records[number_of(record_id)].expiry(), expiry);
    contract.emit(CreateUserRecord{record_id, record.token_id, record.amount, record.owner,
                                   record.user, expiry});
}

bool consume(Contract& contract, const u256& record_id, const u256& amount) {
    const UserRecord record = require_record(contract, record_id);
    contract.require(is_running(contract, record), UnknownUserRecord{record_id});
    const Meter meter = meter_of(contract, record_id);
    contract.require(meter.meter == contract.sender() && meter.meter != Address{},
                     NotTheMeter{meter.meter, contract.sender()});
    const u256 left{meter.left};
    contract.require(amount <= left, UsageExceeded{record_id, left, amount});
    contract.set(records[number_of(record_id)].left(), u128{left - amount});
    contract.emit(Consumed{record_id, meter.meter, amount, left - amount});
    return left == amount;
}

u256 latest(const Contract& contract, const u256& id) {
    return u256{contract.get(latest_of[id])};
}

u256 let_by(const Contract& contract, const Address& owner, const u256& id) {
    return running(contract, owned(id, owner));
}

u256 let_to(const Contract& contract, const Address& user, const u256& id) {
    return running(contract, used(id, user));
}

u256 movable(const Contract& contract, const Address& owner, const Address& to, const u256& id,
             const u256& amount) {
    const std::vector<uint64_t> moving = chosen(contract, owner, id, amount);
    uint64_t room = owner_records_max;
    for (const uint64_t number : id_list::all(contract, owned(id, to))) {
        const auto record = read(contract, number);
        if (record && is_running(contract, *record)) --room;
    }
    return moving.size() <= room ? worth(contract, moving) : u256{};
}

u256 move(Contract& contract, const Address& owner, const Address& to, const u256& id,
          const u256& amount) {
    const std::vector<uint64_t> moving = chosen(contract, owner, id, amount);
    const id_list::List target = owned(id, to);
    if (!moving.empty()) prune(contract, target);
    for (const uint64_t number : moving) {
        require_room(contract, target, to, id, owner_records_max);
        id_list::remove(contract, owned(id, owner), number);
        id_list::append(contract, target, number);
        contract.set(records[number].owner(), to);
        contract.emit(UserRecordMoved{u256{number}, owner, to});
    }
    return worth(contract, moving);
}

namespace {

std::optional<std::string> broken_record(const Contract& contract, uint64_t number) {
    const std::string name = "I-2: record " + std::to_string(number);
    const auto record = read(contract, number);
    if (!record) return std::nullopt;
    const auto owner_list = id_list::all(contract, owned(record->token_id, record->owner));
    const auto user_list = id_list::all(contract, used(record->token_id, record->user));
    if (std::ranges::count(owner_list, number) != 1)
        return name + " is not once in its owner's list";
    if (std::ranges::count(user_list, number) != 1) return name + " is not once in its user's list";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_invariant(const Contract& contract) {
    std::map<uint64_t, u256> consumed;  // by record that the events name
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto created = CreateUserRecord::decode(log)) {
            consumed[std::get<0>(*created).low64()];
        } else if (const auto moved = UserRecordMoved::decode(log)) {
            consumed[std::get<0>(*moved).low64()];
        } else if (const auto used_up = Consumed::decode(log)) {
            consumed[std::get<0>(*used_up).low64()] += std::get<2>(*used_up);
        } else if (const auto deleted = DeleteUserRecord::decode(log)) {
            if (find(contract, std::get<0>(*deleted)))
                return "I-2: a deleted record is still there";
        }
    }
    for (const auto& [number, amount] : consumed) {
        if (auto broken = broken_record(contract, number)) return broken;
        if (!read(contract, number)) continue;
        const RecordPlace place = records[number];
        const bool is_new = contract.before(place.amount()) == 0;
        const u256 earlier{is_new ? contract.get(place.granted()) : contract.before(place.left())};
        if (earlier - u256{contract.get(place.left())} != amount)
            return "I-2: a meter's count did not fall as Consumed says";
    }
    return std::nullopt;
}

}  // namespace plume::usage
