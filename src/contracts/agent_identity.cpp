#include "contracts/agent_identity.hpp"

#include <map>

#include "native/erc165.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

// The domain of ERC-8004's own registry, so that wallets show the same request.
constexpr std::string_view domain_name = "ERC8004IdentityRegistry";
constexpr std::string_view domain_version = "1";
constexpr Hash wallet_type_hash = keccak256_constexpr(
    "AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)");

using OnReceived = Remote<
    "onERC721Received(address operator, address from, uint256 tokenId, bytes data) returns "
    "(bytes4)",
    Selector, Address, Address, u256, Bytes>;
using IsValidSignature =
    Remote<"isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)", Selector, Hash,
           Bytes>;

bool is_signed(const Contract& contract, const Address& wallet, const Hash& digest,
               const Bytes& signature) {
    if (contract.has_code(wallet)) {
        const Answer answer =
            contract.static_call(wallet, IsValidSignature::calldata(digest, signature));
        return answer.success &&
               abi::decode_one<Selector>(answer.data) == IsValidSignature::selector;
    }
    if (signature.size() != 65) return false;
    const BytesView bytes(signature);
    return is_signed_by(contract, wallet, digest, signature[64], *Hash::from(bytes.first(32)),
                        *Hash::from(bytes.subspan(32, 32)));
}

}  // namespace

u256 AgentIdentity::register_agent(std::string uri, std::vector<MetadataEntry> metadata) {
    require(metadata.size() <= metadata_entries_max,
            TooManyEntries{u256{metadata.size()}, u256{metadata_entries_max}});
    require_size(uri.size(), uri_size_max);
    const u256 id = get(count_) + u256{1u};
    set(count_, id);
    set(owners_[id], sender());
    set(balances_[sender()], get(balances_[sender()]) + u256{1u});
    set(uris_[id], view_of(uri));
    emit(Transfer{{}, sender(), id});
    emit(Registered{id, uri, sender()});
    put_wallet(id, sender());
    for (const MetadataEntry& entry : metadata) put_metadata(id, entry.key, entry.value);
    return id;
}

void AgentIdentity::set_agent_uri(u256 id, std::string uri) {
    require_manager(id);
    require_size(uri.size(), uri_size_max);
    set(uris_[id], view_of(uri));
    emit(URIUpdated{id, uri, sender()});
}

Bytes AgentIdentity::metadata(u256 id, std::string key) const {
    if (key == wallet_key) {
        const Address wallet = get(wallets_[id]);
        return wallet == Address{} ? Bytes{} : Bytes(wallet.begin(), wallet.end());
    }
    return get(metadata_[id][key_hash(key)]);
}

void AgentIdentity::set_metadata(u256 id, std::string key, Bytes value) {
    require_manager(id);
    put_metadata(id, key, value);
}

void AgentIdentity::put_metadata(const u256& id, const std::string& key, const Bytes& value) {
    require(key != wallet_key, ReservedKey{});
    require_size(key.size(), metadata_key_size_max);
    require_size(value.size(), metadata_value_size_max);
    set(metadata_[id][key_hash(key)], value);
    emit(MetadataSet{id, key, key, value});
}

void AgentIdentity::put_wallet(const u256& id, const Address& wallet) {
    set(wallets_[id], wallet);
    const std::string key(wallet_key);
    emit(MetadataSet{id, key, key, metadata(id, key)});
}

void AgentIdentity::set_agent_wallet(u256 id, Address wallet, u256 deadline, Bytes signature) {
    require_manager(id);
    require(wallet != Address{}, WalletMissing{});
    const u256 latest{now() + wallet_deadline_max_seconds};
    require(u256{now()} <= deadline && deadline <= latest, WalletDeadlineInvalid{deadline, latest});
    const Hash digest = typed_data_digest(
        domain_separator(),
        keccak256(abi::encode(wallet_type_hash, id, wallet, owner_of(id), deadline)));
    require(is_signed(*this, wallet, digest, signature), WalletNotProven{wallet});
    put_wallet(id, wallet);
}

void AgentIdentity::unset_agent_wallet(u256 id) {
    require_manager(id);
    put_wallet(id, {});
}

Address AgentIdentity::agent_wallet(u256 id) const {
    owner_of(id);
    return get(wallets_[id]);
}

std::string AgentIdentity::token_uri(u256 id) const {
    owner_of(id);
    return get_string(uris_[id]);
}

u256 AgentIdentity::balance_of(Address owner) const {
    require(owner != Address{}, ERC721InvalidOwner{owner});
    return get(balances_[owner]);
}

Address AgentIdentity::owner_of(u256 id) const {
    const Address owner = get(owners_[id]);
    require(owner != Address{}, ERC721NonexistentToken{id});
    return owner;
}

bool AgentIdentity::may_manage(const Address& who, const u256& id, const Address& owner) const {
    return who == owner || get(operators_[owner][who]) || get(approvals_[id]) == who;
}

void AgentIdentity::require_manager(const u256& id) const {
    require(may_manage(sender(), id, owner_of(id)), ERC721InsufficientApproval{sender(), id});
}

void AgentIdentity::approve(Address to, u256 id) {
    const Address owner = owner_of(id);
    require(sender() == owner || get(operators_[owner][sender()]), ERC721InvalidApprover{sender()});
    set(approvals_[id], to);
    emit(Approval{owner, to, id});
}

Address AgentIdentity::approved(u256 id) const {
    owner_of(id);
    return get(approvals_[id]);
}

void AgentIdentity::set_approval_for_all(Address to, bool is_approved) {
    require(to != Address{}, ERC721InvalidOperator{to});
    set(operators_[sender()][to], is_approved);
    emit(ApprovalForAll{sender(), to, is_approved});
}

void AgentIdentity::transfer_from(Address from, Address to, u256 id) {
    require(to != Address{}, ERC721InvalidReceiver{to});
    const Address owner = owner_of(id);
    require_manager(id);
    require(owner == from, ERC721IncorrectOwner{from, id, owner});
    set(approvals_[id], {});
    set(balances_[from], get(balances_[from]) - u256{1u});
    set(balances_[to], get(balances_[to]) + u256{1u});
    set(owners_[id], to);
    emit(Transfer{from, to, id});
    put_wallet(id, {});
}

void AgentIdentity::safe_transfer_with_data(Address from, Address to, u256 id, Bytes data) {
    transfer_from(from, to, id);
    if (!has_code(to)) return;
    const Answer answer = call(to, OnReceived::calldata(sender(), from, id, data));
    if (!answer.success && !answer.data.empty()) throw Revert{answer.data};
    require(answer.success && abi::decode_one<Selector>(answer.data) == OnReceived::selector,
            ERC721InvalidReceiver{to});
}

bool AgentIdentity::supports_interface(Selector id) const {
    return erc165::supports(id, {erc165::erc721, erc165::erc721_metadata, erc5267});
}

Hash AgentIdentity::domain_separator() const {
    return plume::domain_separator(*this, domain_name, domain_version);
}

DomainDescription AgentIdentity::eip712_domain() const {
    return describe_domain(*this, domain_name, domain_version);
}

std::optional<std::string> AgentIdentity::broken_invariant() const {
    std::map<Address, u256> gains;  // Modulo 2^256.
    std::map<u256, Address> owners;
    u256 made;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto moved = Transfer::decode(log);
        if (!moved) continue;
        const auto& [from, to, id] = *moved;
        const auto known = owners.find(id);
        const Address last = known == owners.end() ? before(owners_[id]) : known->second;
        if (last != from) return "I-1: an agent left who did not own it";
        owners[id] = to;
        gains[from] -= u256{1u};
        gains[to] += u256{1u};
        if (from == Address{}) made += u256{1u};
    }
    for (const auto& [id, owner] : owners)
        if (get(owners_[id]) != owner) return "I-1: an agent is not where its transfers led";
    for (const auto& [owner, gain] : gains)
        if (owner != Address{} && get(balances_[owner]) - before(balances_[owner]) != gain)
            return "I-1: a balance is not the number of agents owned";
    if (get(count_) - before(count_) != made) return "I-1: agents appeared without a transfer";
    return std::nullopt;
}

}  // namespace plume
