// AssetToken: a fungible token that refers to a live record.
//
// ERC-20 with metadata, ERC-2612 permits, ERC-5267 domain, ERC-165, ERC-6093 errors. Behaves as
// OpenZeppelin's ERC20Permit in every answer, event and refusal, and adds what ties it to the
// world: the record it stands for, an issuer, whether more of it may ever be made, and revenue that
// belongs to its holders (revenue_shares.hpp).
//
// Invariants, held after every transaction:
//   T-1  the supply changes by exactly what the Transfer events from and to the zero address say,
//        and every balance by what the events that name its owner say.
//   T-5  a permit's domain is computed from the chain id of the moment; its nonce is used once.
//   T-6  a balance shrinks only by its owner's call or permission.
//   D-1, D-2, D-5 and V-12 of revenue_shares.hpp.
//   T-7  `mintable` never changes. P-2: nothing is minted while the record is not live.
#pragma once

#include <map>

#include "contracts/record.hpp"
#include "contracts/revenue_shares.hpp"
#include "native/typed_data.hpp"

namespace plume {

/// What a token is made with.
struct TokenParams {
    std::string name;
    std::string symbol;
    uint8_t decimals = 18;
    Hash record;     ///< the record the token stands for; must be live
    Address issuer;  ///< who may mint; receives the initial supply
    u256 initial_supply;
    bool mintable = false;

    static constexpr auto members =
        std::tuple{&TokenParams::name,    &TokenParams::symbol, &TokenParams::decimals,
                   &TokenParams::record,  &TokenParams::issuer, &TokenParams::initial_supply,
                   &TokenParams::mintable};
};

class AssetToken : public RevenueShares {
public:
    using RevenueShares::RevenueShares;

    static constexpr size_t name_size_max = 64;
    static constexpr size_t symbol_size_max = 16;

    using Transfer = Event<"Transfer(address indexed from, address indexed to, uint256 value)",
                           Address, Address, u256>;
    using Approval =
        Event<"Approval(address indexed owner, address indexed spender, uint256 value)", Address,
              Address, u256>;

    using ERC20InsufficientBalance =
        CustomError<"ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
                    Address, u256, u256>;
    using ERC20InvalidSender = CustomError<"ERC20InvalidSender(address sender)", Address>;
    using ERC20InvalidReceiver = CustomError<"ERC20InvalidReceiver(address receiver)", Address>;
    using ERC20InsufficientAllowance = CustomError<
        "ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)", Address,
        u256, u256>;
    using ERC20InvalidApprover = CustomError<"ERC20InvalidApprover(address approver)", Address>;
    using ERC20InvalidSpender = CustomError<"ERC20InvalidSpender(address spender)", Address>;
    using ERC2612ExpiredSignature = CustomError<"ERC2612ExpiredSignature(uint256 deadline)", u256>;
    using ERC2612InvalidSigner =
        CustomError<"ERC2612InvalidSigner(address signer, address owner)", Address, Address>;
    using MintingClosed = CustomError<"MintingClosed()">;
    using TextTooLong = CustomError<"TextTooLong(uint256 size, uint256 max)", u256, u256>;

    void construct(TokenParams params);

    // ERC-20 and its metadata.
    std::string name() const { return get_string(name_); }
    std::string symbol() const { return get_string(symbol_); }
    uint8_t decimals() const { return get(decimals_); }
    u256 total_supply() const override { return get(supply_); }
    u256 balance_of(Address owner) const override { return get(balances_[owner]); }
    u256 allowance(Address owner, Address spender) const {
        return get(allowances_[owner][spender]);
    }
    bool transfer(Address to, u256 value);
    bool approve(Address spender, u256 value);
    bool transfer_from(Address from, Address to, u256 value);

    // ERC-2612 and ERC-5267.
    void permit(Address owner, Address spender, u256 value, u256 deadline, uint8_t v, Hash r,
                Hash s);
    u256 nonces(Address owner) const { return get(nonces_[owner]); }
    Hash domain_separator() const;
    DomainDescription eip712_domain() const;
    /// ERC-165: whether this is an interface of ERC-20 and its metadata, 2612, 5267 or 165 itself.
    bool supports_interface(Selector id) const;

    // Issuance.
    Hash record() const { return get(record_); }
    Address issuer() const override { return get(issuer_); }
    bool mintable() const { return get(mintable_); }
    void mint(Address to, u256 value);
    void burn(u256 value);

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, uint8 decimals, bytes32 record, address issuer, "
        "uint256 initialSupply, bool mintable) params)",
        &AssetToken::construct>{};
    /// What every fungible share has, whatever else makes it.
    static constexpr auto fungible = Methods<
        Method<"name() view returns (string)", &AssetToken::name>,
        Method<"symbol() view returns (string)", &AssetToken::symbol>,
        Method<"decimals() view returns (uint8)", &AssetToken::decimals>,
        Method<"totalSupply() view returns (uint256)", &AssetToken::total_supply>,
        Method<"balanceOf(address owner) view returns (uint256)", &AssetToken::balance_of>,
        Method<"allowance(address owner, address spender) view returns (uint256)",
               &AssetToken::allowance>,
        Method<"transfer(address to, uint256 value) returns (bool)", &AssetToken::transfer>,
        Method<"approve(address spender, uint256 value) returns (bool)", &AssetToken::approve>,
        Method<"transferFrom(address from, address to, uint256 value) returns (bool)",
               &AssetToken::transfer_from>,
        Method<"permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, "
               "bytes32 r, bytes32 s)",
               &AssetToken::permit>,
        Method<"nonces(address owner) view returns (uint256)", &AssetToken::nonces>,
        Method<"DOMAIN_SEPARATOR() view returns (bytes32)", &AssetToken::domain_separator>,
        Method<eip712_domain_text, &AssetToken::eip712_domain>,
        Method<"supportsInterface(bytes4 id) view returns (bool)", &AssetToken::supports_interface>,
        Method<"record() view returns (bytes32)", &AssetToken::record>>{};
    static constexpr auto abi =
        fungible + revenue_abi +
        Methods<Method<"issuer() view returns (address)", &AssetToken::issuer>,
                Method<"mintable() view returns (bool)", &AssetToken::mintable>,
                Method<"mint(address to, uint256 value)", &AssetToken::mint>,
                Method<"burn(uint256 value)", &AssetToken::burn>>{};
    static constexpr auto fungible_declarations =
        Declarations<Transfer, Approval, ERC20InsufficientBalance, ERC20InvalidSender,
                     ERC20InvalidReceiver, ERC20InsufficientAllowance, ERC20InvalidApprover,
                     ERC20InvalidSpender, ERC2612ExpiredSignature, ERC2612InvalidSigner,
                     ECDSAInvalidSignature, ECDSAInvalidSignatureS, TextTooLong, RecordNotLive>{};
    static constexpr auto declarations = fungible_declarations + revenue_declarations +
                                         Declarations<OwnableUnauthorizedAccount, MintingClosed>{};

protected:
    /// The one way a balance changes. From the zero address it mints, to it it burns.
    void move(const Address& from, const Address& to, const u256& value);
    /// Told of every movement before it happens, for contracts whose shares carry more than a
    /// balance.
    virtual void on_move(const Address& /*from*/, const Address& /*to*/, const u256& /*value*/) {}
    /// Told of every movement once it has happened and was announced.
    virtual void on_moved(const Address& /*from*/, const Address& /*to*/, const u256& /*value*/) {}
    /// Told at the end of a recovery, once all units of `lost` are `heir`'s, for contracts whose
    /// shares are owed more than a balance: all of it is to become his too (D-7).
    virtual void on_recovered(const Address& /*lost*/, const Address& /*heir*/) {}
    /// Moves from one holder to another: neither may be the zero address.
    void move_between(const Address& from, const Address& to, const u256& value);
    /// Takes `value` from what `owner` allows `spender`, unless that is without limit.
    void spend_allowance(const Address& owner, const Address& spender, const u256& value);
    /// Consumes the owner's next nonce and says which it was.
    u256 use_nonce(const Address& owner);
    void set_record(const Hash& record) { set(record_, record); }
    Hash record_before() const { return before(record_); }
    /// Whether this transaction made the token.
    bool is_new() const { return record_before().is_zero(); }
    /// By how much each balance changed in this transaction, as its Transfer events say: modulo
    /// 2^256. What the zero address lost was made.
    std::map<Address, u256> gains() const;
    /// What a balance was before the transaction.
    u256 balance_before(const Address& owner) const { return before(balances_[owner]); }
    /// What an allowance and the supply were before the transaction.
    u256 allowance_before(const Address& owner, const Address& spender) const {
        return before(allowances_[owner][spender]);
    }
    u256 supply_before() const { return before(supply_); }
    /// Whether name, symbol and record are what they were before the transaction.
    bool is_metadata_unchanged() const {
        return is_unchanged(name_) && is_unchanged(symbol_) && is_unchanged(record_);
    }
    void set_metadata(const std::string& name, const std::string& symbol, uint8_t decimals,
                      const Hash& record);

private:
    void set_allowance(const Address& owner, const Address& spender, const u256& value);

    static constexpr Map<Address, u256> balances_{0};
    static constexpr Map<Address, Map<Address, u256>> allowances_{1};
    static constexpr Slot<u256> supply_{2};
    static constexpr Text name_{3};
    static constexpr Text symbol_{4};
    static constexpr Slot<Address> issuer_{5, 0};
    static constexpr Slot<uint8_t> decimals_{5, 20};
    static constexpr Slot<bool> mintable_{5, 21};
    static constexpr Map<Address, u256> nonces_{6};
    static constexpr Slot<Hash> record_{7};
};

}  // namespace plume
