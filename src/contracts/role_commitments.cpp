#include "contracts/role_commitments.hpp"

#include "contracts/id_list.hpp"
#include "native/math.hpp"

namespace plume::commitments {

namespace {

constexpr u256 base = namespace_slot("plume.commitments");

/// struct { bytes32 role; address grantee; uint64 expiration; bool revocable; bytes data; }
struct RolePlace : Place {
    static constexpr uint64_t slots = 3;
    Slot<Hash> role() const { return {position}; }
    /// The zero address when the place is free.
    Slot<Address> grantee() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> expiration() const { return {position + u256{1u}, 20}; }
    Slot<bool> revocable() const { return {position + u256{1u}, 28}; }
    Text data() const { return {{position + u256{2u}}}; }
};

/// struct { address grantor; uint256 tokenId; uint256 amount; Role[] roles; }
struct CommitmentPlace : Place {
    /// The zero address when there is no such commitment.
    Slot<Address> grantor() const { return {position}; }
    Slot<u256> token_id() const { return {position + u256{1u}}; }
    Slot<u256> amount() const { return {position + u256{2u}}; }
    Array<RolePlace> roles() const { return {{position + u256{3u}}}; }
};

/// Commitments are numbered from 1.
constexpr Slot<uint64_t> count_slot{base};
constexpr Map<uint64_t, CommitmentPlace> places{{base + u256{1u}}};
constexpr Map<u256, Map<Address, u256>> committed_amounts{{base + u256{2u}}};
constexpr Map<u256, Map<Address, id_list::List>> lists{{base + u256{3u}}};
constexpr Map<Address, Map<Address, bool>> approvals{{base + u256{4u}}};

uint64_t number_of(const u256& commitment_id) {
    return commitment_id.bit_length() > 64 ? 0 : commitment_id.low64();
}

bool binds(const Contract& contract, const RolePlace& place) {
    return contract.get(place.grantee()) != Address{} && !contract.get(place.revocable()) &&
           contract.now() < contract.get(place.expiration());
}

void clear(Contract& contract, const RolePlace& place) {
    contract.set(place.role(), {});
    contract.set(place.grantee(), {});
    contract.set(place.expiration(), 0);
    contract.set(place.revocable(), false);
    contract.set(place.data(), Bytes{});
}

std::optional<RolePlace> place_of(const Contract& contract, const u256& commitment_id,
                                  const Hash& role, const Address& grantee) {
    const Array<RolePlace> roles = places[number_of(commitment_id)].roles();
    const uint64_t count = contract.length(roles);
    for (uint64_t i = 0; i < count; ++i)
        if (contract.get(roles[i].role()) == role && contract.get(roles[i].grantee()) == grantee)
            return roles[i];
    return std::nullopt;
}

/// Where a new role can stand: a place whose role has expired or was revoked, or a new one.
RolePlace free_place(Contract& contract, const u256& commitment_id) {
    const Array<RolePlace> roles = places[number_of(commitment_id)].roles();
    const uint64_t count = contract.length(roles);
    for (uint64_t i = 0; i < count; ++i)
        if (contract.get(roles[i].grantee()) == Address{} ||
            contract.get(roles[i].expiration()) <= contract.now())
            return roles[i];
    contract.require(count < roles_max, TooManyRoles{commitment_id, u256{roles_max}});
    return contract.push(roles);
}

void require_may_act_for(const Contract& contract, const Address& grantor) {
    contract.require(may_act_for(contract, grantor, contract.sender()),
                     NotApprovedForRoles{grantor, contract.sender()});
}

RoleNotRevocable not_revocable(const Contract& contract, const u256& commitment_id,
                               const RolePlace& place) {
    return {commitment_id, contract.get(place.role()), contract.get(place.grantee()),
            u256{contract.get(place.expiration())}};
}

}  // namespace

bool is_approved(const Contract& contract, const Address& grantor, const Address& account) {
    return contract.get(approvals[grantor][account]);
}

bool may_act_for(const Contract& contract, const Address& grantor, const Address& account) {
    return grantor == account || is_approved(contract, grantor, account);
}

void approve(Contract& contract, const Address& operator_, bool approved) {
    contract.set(approvals[contract.sender()][operator_], approved);
    contract.emit(RoleApprovalForAll{contract.self(), operator_, approved});
}

u256 committed(const Contract& contract, const Address& owner, const u256& id) {
    return contract.get(committed_amounts[id][owner]);
}

u256 commit(Contract& contract, const Address& grantor, const u256& id, const u256& amount) {
    require_may_act_for(contract, grantor);
    contract.require(!amount.is_zero(), NothingCommitted{});
    const id_list::List list = lists[id][grantor];
    contract.require(contract.length(list) < commitments_max,
                     TooManyCommitments{grantor, id, u256{commitments_max}});
    const uint64_t number = contract.get(count_slot) + 1;
    contract.set(count_slot, number);
    const CommitmentPlace place = places[number];
    contract.set(place.grantor(), grantor);
    contract.set(place.token_id(), id);
    contract.set(place.amount(), amount);
    contract.set(committed_amounts[id][grantor],
                 checked_add(committed(contract, grantor, id), amount));
    id_list::append(contract, list, number);
    contract.emit(TokensCommitted{grantor, u256{number}, contract.self(), id, amount});
    return u256{number};
}

Commitment find(const Contract& contract, const u256& commitment_id) {
    const CommitmentPlace place = places[number_of(commitment_id)];
    return {.grantor = contract.get(place.grantor()),
            .token_id = contract.get(place.token_id()),
            .amount = contract.get(place.amount())};
}

Commitment require_commitment(const Contract& contract, const u256& commitment_id) {
    Commitment found = find(contract, commitment_id);
    contract.require(found.grantor != Address{}, UnknownCommitment{commitment_id});
    return found;
}

void release(Contract& contract, const u256& commitment_id) {
    const Commitment found = require_commitment(contract, commitment_id);
    require_may_act_for(contract, found.grantor);
    const CommitmentPlace place = places[number_of(commitment_id)];
    const Array<RolePlace> roles = place.roles();
    const uint64_t count = contract.length(roles);
    for (uint64_t i = 0; i < count; ++i) {
        contract.require(!binds(contract, roles[i]),
                         not_revocable(contract, commitment_id, roles[i]));
        clear(contract, roles[i]);
    }
    contract.set(roles.length(), {});
    contract.set(place.grantor(), {});
    contract.set(place.token_id(), {});
    contract.set(place.amount(), {});
    contract.set(committed_amounts[found.token_id][found.grantor],
                 committed(contract, found.grantor, found.token_id) - found.amount);
    id_list::remove(contract, lists[found.token_id][found.grantor], number_of(commitment_id));
    contract.emit(TokensReleased{commitment_id});
}

void grant(Contract& contract, const u256& commitment_id, const Role& role) {
    const Commitment found = require_commitment(contract, commitment_id);
    require_may_act_for(contract, found.grantor);
    contract.require(role.grantee != Address{} && role.expiration > contract.now(),
                     InvalidRole{role.grantee, u256{role.expiration}});
    contract.require(role.data.size() <= role_data_max,
                     RoleDataTooLong{u256{role.data.size()}, u256{role_data_max}});
    const auto earlier = place_of(contract, commitment_id, role.role, role.grantee);
    if (earlier)
        contract.require(!binds(contract, *earlier),
                         not_revocable(contract, commitment_id, *earlier));
    const RolePlace place = earlier ? *earlier : free_place(contract, commitment_id);
    contract.set(place.role(), role.role);
    contract.set(place.grantee(), role.grantee);
    contract.set(place.expiration(), role.expiration);
    contract.set(place.revocable(), role.is_revocable);
    contract.set(place.data(), role.data);
    contract.emit(RoleGranted{commitment_id, role.role, role.grantee, role.expiration,
                              role.is_revocable, role.data});
}

void revoke(Contract& contract, const u256& commitment_id, const Hash& role,
            const Address& grantee) {
    const Commitment found = require_commitment(contract, commitment_id);
    const auto place = grantee == Address{} ? std::optional<RolePlace>{}
                                            : place_of(contract, commitment_id, role, grantee);
    contract.require(place.has_value(), UnknownRole{commitment_id, role, grantee});
    if (!may_act_for(contract, grantee, contract.sender())) {
        require_may_act_for(contract, found.grantor);
        contract.require(!binds(contract, *place), not_revocable(contract, commitment_id, *place));
    }
    clear(contract, *place);
    contract.emit(RoleRevoked{commitment_id, role, grantee});
}

Role role_of(const Contract& contract, const u256& commitment_id, const Hash& role,
             const Address& grantee) {
    const auto place = place_of(contract, commitment_id, role, grantee);
    if (!place || grantee == Address{}) return {};
    return {.role = role,
            .grantee = grantee,
            .expiration = contract.get(place->expiration()),
            .is_revocable = contract.get(place->revocable()),
            .data = contract.get(place->data())};
}

u256 move(Contract& contract, const Address& owner, const Address& to, const u256& id,
          const u256& amount) {
    u256 moved;
    for (const uint64_t number : id_list::all(contract, lists[id][owner])) {
        const CommitmentPlace place = places[number];
        const u256 size = contract.get(place.amount());
        if (size > amount - moved) continue;
        contract.require(contract.length(lists[id][to]) < commitments_max,
                         TooManyCommitments{to, id, u256{commitments_max}});
        id_list::remove(contract, lists[id][owner], number);
        id_list::append(contract, lists[id][to], number);
        contract.set(place.grantor(), to);
        moved += size;
        contract.emit(CommitmentMoved{u256{number}, owner, to});
    }
    contract.set(committed_amounts[id][owner], committed(contract, owner, id) - moved);
    contract.set(committed_amounts[id][to], committed(contract, to, id) + moved);
    return moved;
}

std::optional<std::string> broken_invariant(const Contract& contract, const Address& owner,
                                            const u256& id) {
    u256 sum;
    for (const uint64_t number : id_list::all(contract, lists[id][owner])) {
        const Commitment found = find(contract, u256{number});
        if (found.grantor != owner || found.token_id != id)
            return "I-3: commitment " + std::to_string(number) + " is in another's list";
        sum += found.amount;
    }
    if (sum != committed(contract, owner, id))
        return "I-3: what is committed is not the sum of the commitments";
    return std::nullopt;
}

}  // namespace plume::commitments
