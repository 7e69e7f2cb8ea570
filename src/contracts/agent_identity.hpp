// AgentIdentity: the identity registry of ERC-8004, in which every agent is an ERC-721 token.
//
// Ids count from 1. Whoever registers owns the agent and may transfer it; its registration file
// stands at its URI. The wallet is where the agent is paid and from which it may act: at first the
// owner's address; another one has to sign for it (EIP-712, or ERC-1271 if it is a contract), and a
// transfer clears it. Metadata are free, except the key "agentWallet", which is the wallet.
//
// Registering asks no onERC721Received of a contract that registers itself; `safeTransferFrom`
// does.
//
// Invariant I-1, held after every transaction: an agent has exactly one owner, who changes as the
// Transfer events say; balances are the numbers of agents owned.
#pragma once

#include "native/contract.hpp"
#include "native/typed_data.hpp"

namespace plume {

/// ERC-8004's `struct MetadataEntry`.
struct MetadataEntry {
    std::string key;
    Bytes value;

    static constexpr auto members = std::tuple{&MetadataEntry::key, &MetadataEntry::value};
};

class AgentIdentity : public Contract {
public:
    using Contract::Contract;

    static constexpr size_t uri_size_max = 8'192;
    static constexpr size_t metadata_key_size_max = 64;
    static constexpr size_t metadata_value_size_max = 4'096;
    /// Entries given at registration.
    static constexpr size_t metadata_entries_max = 16;
    /// How far ahead a wallet's signature may expire, as in the ERC's own registry.
    static constexpr uint64_t wallet_deadline_max_seconds = 300;
    static constexpr std::string_view wallet_key = "agentWallet";

    using Transfer =
        Event<"Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
              Address, Address, u256>;
    using Approval =
        Event<"Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)",
              Address, Address, u256>;
    using ApprovalForAll =
        Event<"ApprovalForAll(address indexed owner, address indexed operator, bool approved)",
              Address, Address, bool>;
    using Registered =
        Event<"Registered(uint256 indexed agentId, string agentURI, address indexed owner)", u256,
              std::string, Address>;
    using MetadataSet = Event<
        "MetadataSet(uint256 indexed agentId, string indexed indexedMetadataKey, string "
        "metadataKey, bytes metadataValue)",
        u256, std::string, std::string, Bytes>;
    using URIUpdated =
        Event<"URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy)", u256,
              std::string, Address>;

    using ERC721NonexistentToken = CustomError<"ERC721NonexistentToken(uint256 tokenId)", u256>;
    using ERC721InvalidOwner = CustomError<"ERC721InvalidOwner(address owner)", Address>;
    using ERC721InvalidReceiver = CustomError<"ERC721InvalidReceiver(address receiver)", Address>;
    using ERC721InvalidOperator = CustomError<"ERC721InvalidOperator(address operator)", Address>;
    using ERC721InvalidApprover = CustomError<"ERC721InvalidApprover(address approver)", Address>;
    using ERC721IncorrectOwner =
        CustomError<"ERC721IncorrectOwner(address sender, uint256 tokenId, address owner)", Address,
                    u256, Address>;
    using ERC721InsufficientApproval =
        CustomError<"ERC721InsufficientApproval(address operator, uint256 tokenId)", Address, u256>;
    using TextTooLong = CustomError<"TextTooLong(uint256 size, uint256 max)", u256, u256>;
    using TooManyEntries = CustomError<"TooManyEntries(uint256 count, uint256 max)", u256, u256>;
    /// "agentWallet" is set by `setAgentWallet` alone.
    using ReservedKey = CustomError<"ReservedKey()">;
    using WalletMissing = CustomError<"WalletMissing()">;
    /// The deadline has passed, or lies further ahead than `wallet_deadline_max_seconds`.
    using WalletDeadlineInvalid =
        CustomError<"WalletDeadlineInvalid(uint256 deadline, uint256 latest)", u256, u256>;
    /// The new wallet has not signed.
    using WalletNotProven = CustomError<"WalletNotProven(address wallet)", Address>;

    // Registration.
    u256 register_agent(std::string uri, std::vector<MetadataEntry> metadata);
    u256 register_at(std::string uri) { return register_agent(std::move(uri), {}); }
    u256 register_bare() { return register_agent({}, {}); }
    void set_agent_uri(u256 id, std::string uri);
    Bytes metadata(u256 id, std::string key) const;
    void set_metadata(u256 id, std::string key, Bytes value);
    /// `signature` is r, s, v by the new wallet over AgentWalletSet(agentId, newWallet, owner,
    /// deadline); or whatever the new wallet, a contract, takes for one.
    void set_agent_wallet(u256 id, Address wallet, u256 deadline, Bytes signature);
    void unset_agent_wallet(u256 id);
    Address agent_wallet(u256 id) const;
    u256 agent_count() const { return get(count_); }

    // ERC-721.
    std::string name() const { return "AgentIdentity"; }
    std::string symbol() const { return "AGENT"; }
    std::string token_uri(u256 id) const;
    u256 balance_of(Address owner) const;
    Address owner_of(u256 id) const;
    void approve(Address to, u256 id);
    Address approved(u256 id) const;
    void set_approval_for_all(Address to, bool is_approved);
    bool is_approved_for_all(Address owner, Address to) const { return get(operators_[owner][to]); }
    void transfer_from(Address from, Address to, u256 id);
    void safe_transfer_from(Address from, Address to, u256 id) {
        safe_transfer_with_data(from, to, id, {});
    }
    void safe_transfer_with_data(Address from, Address to, u256 id, Bytes data);
    bool supports_interface(Selector id) const;
    Hash domain_separator() const;
    DomainDescription eip712_domain() const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto abi = Methods<
        Method<"register(string agentURI, (string metadataKey, bytes metadataValue)[] metadata) "
               "returns (uint256 agentId)",
               &AgentIdentity::register_agent>,
        Method<"register(string agentURI) returns (uint256 agentId)", &AgentIdentity::register_at>,
        Method<"register() returns (uint256 agentId)", &AgentIdentity::register_bare>,
        Method<"setAgentURI(uint256 agentId, string newURI)", &AgentIdentity::set_agent_uri>,
        Method<"getMetadata(uint256 agentId, string metadataKey) view returns (bytes)",
               &AgentIdentity::metadata>,
        Method<"setMetadata(uint256 agentId, string metadataKey, bytes metadataValue)",
               &AgentIdentity::set_metadata>,
        Method<"setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes "
               "signature)",
               &AgentIdentity::set_agent_wallet>,
        Method<"unsetAgentWallet(uint256 agentId)", &AgentIdentity::unset_agent_wallet>,
        Method<"getAgentWallet(uint256 agentId) view returns (address)",
               &AgentIdentity::agent_wallet>,
        Method<"agentCount() view returns (uint256)", &AgentIdentity::agent_count>,
        Method<"name() view returns (string)", &AgentIdentity::name>,
        Method<"symbol() view returns (string)", &AgentIdentity::symbol>,
        Method<"tokenURI(uint256 tokenId) view returns (string)", &AgentIdentity::token_uri>,
        Method<"balanceOf(address owner) view returns (uint256)", &AgentIdentity::balance_of>,
        Method<"ownerOf(uint256 tokenId) view returns (address)", &AgentIdentity::owner_of>,
        Method<"approve(address to, uint256 tokenId)", &AgentIdentity::approve>,
        Method<"getApproved(uint256 tokenId) view returns (address)", &AgentIdentity::approved>,
        Method<"setApprovalForAll(address operator, bool approved)",
               &AgentIdentity::set_approval_for_all>,
        Method<"isApprovedForAll(address owner, address operator) view returns (bool)",
               &AgentIdentity::is_approved_for_all>,
        Method<"transferFrom(address from, address to, uint256 tokenId)",
               &AgentIdentity::transfer_from>,
        Method<"safeTransferFrom(address from, address to, uint256 tokenId)",
               &AgentIdentity::safe_transfer_from>,
        Method<"safeTransferFrom(address from, address to, uint256 tokenId, bytes data)",
               &AgentIdentity::safe_transfer_with_data>,
        Method<eip712_domain_text, &AgentIdentity::eip712_domain>>{};
    static constexpr auto declarations =
        Declarations<Transfer, Approval, ApprovalForAll, Registered, MetadataSet, URIUpdated,
                     ERC721NonexistentToken, ERC721InvalidOwner, ERC721InvalidReceiver,
                     ERC721InvalidOperator, ERC721InvalidApprover, ERC721IncorrectOwner,
                     ERC721InsufficientApproval, TextTooLong, TooManyEntries, ReservedKey,
                     WalletMissing, WalletDeadlineInvalid, WalletNotProven>{};

protected:
    ~AgentIdentity() = default;

    /// Whether `who` may manage the agent: its owner, his operator, or who is approved for it.
    bool may_manage(const Address& who, const u256& id, const Address& owner) const;
    void require_manager(const u256& id) const;
    /// Whether `who` may act as the agent: who manages it, and its wallet.
    bool may_act(const Address& who, const u256& id, const Address& owner) const {
        return may_manage(who, id, owner) || who == get(wallets_[id]);
    }
    void require_size(size_t size, size_t max) const {
        require(size <= max, TextTooLong{u256{size}, u256{max}});
    }

private:
    void put_metadata(const u256& id, const std::string& key, const Bytes& value);
    void put_wallet(const u256& id, const Address& wallet);
    static Hash key_hash(const std::string& key) { return keccak256(key); }

    static constexpr Slot<u256> count_{0};
    static constexpr Map<u256, Address> owners_{1};
    static constexpr Map<Address, u256> balances_{2};
    static constexpr Map<u256, Address> approvals_{3};
    static constexpr Map<Address, Map<Address, bool>> operators_{4};
    static constexpr Map<u256, Text> uris_{5};
    static constexpr Map<u256, Map<Hash, Text>> metadata_{6};
    static constexpr Map<u256, Address> wallets_{7};
};

}  // namespace plume
